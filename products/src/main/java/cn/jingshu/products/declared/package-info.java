/** Makes products of declarations, whatever their kind: the one place that knows all of them. */
@NullMarked
package cn.jingshu.products.declared;

import org.jspecify.annotations.NullMarked;

/** A product that exists only in tests. */
@NullMarked
package cn.jingshu.products.garden;

import org.jspecify.annotations.NullMarked;

@NullMarked
package cn.jingshu.products.kind;

import org.jspecify.annotations.NullMarked;

/** Tests of the arrows between the packages. */
@NullMarked
package cn.jingshu.products;

import org.jspecify.annotations.NullMarked;

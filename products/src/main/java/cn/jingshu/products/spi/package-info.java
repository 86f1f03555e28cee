/** What a product brings: its contract and, for each method of it, an operation. */
@NullMarked
package cn.jingshu.products.spi;

import org.jspecify.annotations.NullMarked;

/** The contract mechanism: what the descriptor of a product says, and everything that is derived from it. */
@NullMarked
package cn.jingshu.products.contract;

import org.jspecify.annotations.NullMarked;

/** Interest rates over time: fixed ones, and those that follow the loan prime rate. */
@NullMarked
package cn.jingshu.products.lending.rate;

import org.jspecify.annotations.NullMarked;

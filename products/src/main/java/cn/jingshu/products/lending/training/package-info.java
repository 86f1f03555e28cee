/** Trains the scorecards from stated data sets; nothing of it runs in the product. */
@NullMarked
package cn.jingshu.products.lending.training;

import org.jspecify.annotations.NullMarked;

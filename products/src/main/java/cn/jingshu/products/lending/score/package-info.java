/** Scorecards: what a probability of default is made of, and why. */
@NullMarked
package cn.jingshu.products.lending.score;

import org.jspecify.annotations.NullMarked;

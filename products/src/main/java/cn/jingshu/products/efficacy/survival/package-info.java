/** Times until an event, some of them cut off before it: Kaplan and Meier, the log-rank test, Cox. */
@NullMarked
package cn.jingshu.products.efficacy.survival;

import org.jspecify.annotations.NullMarked;

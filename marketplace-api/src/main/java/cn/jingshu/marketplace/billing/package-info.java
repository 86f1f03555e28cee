/** From counted usage to money owed, and from a month's money to its settlement; the one place that knows both. */
@NullMarked
package cn.jingshu.marketplace.billing;

import org.jspecify.annotations.NullMarked;

/** Accounting periods: open until closed, and closed for good. */
@NullMarked
package cn.jingshu.ledger.period;

import org.jspecify.annotations.NullMarked;

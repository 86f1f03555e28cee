/**
 * Inclusive finance (普惠金融): estimates of loans from public records, repayment schedules and reference scorecards. An estimate is not
 * an offer, and no record leaves.
 */
@NullMarked
package cn.jingshu.products.lending;

import org.jspecify.annotations.NullMarked;

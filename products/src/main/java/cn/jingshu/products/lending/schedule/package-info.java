/** Repayment schedules: what is due when, to the fen. Nothing here knows a person. */
@NullMarked
package cn.jingshu.products.lending.schedule;

import org.jspecify.annotations.NullMarked;

/** From a period's revenue to what treasury, operator and merchants get, and the entries that book it. */
@NullMarked
package cn.jingshu.ledger.settlement;

import org.jspecify.annotations.NullMarked;

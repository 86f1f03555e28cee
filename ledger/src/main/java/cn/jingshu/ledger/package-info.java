/** The books of the marketplace: money in double entry, closed by period and split to the fen. */
@NullMarked
package cn.jingshu.ledger;

import org.jspecify.annotations.NullMarked;

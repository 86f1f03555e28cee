/** The append-only journal (日记账): balanced entries posted once, and the balances read from them. */
@NullMarked
package cn.jingshu.ledger.journal;

import org.jspecify.annotations.NullMarked;

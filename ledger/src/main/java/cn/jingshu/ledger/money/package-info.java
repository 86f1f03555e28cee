/** Exact money: whole fen, exact fractions, and the one place where an odd fen is handed out. Knows the JDK alone. */
@NullMarked
package cn.jingshu.ledger.money;

import org.jspecify.annotations.NullMarked;

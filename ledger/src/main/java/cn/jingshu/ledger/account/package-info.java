/** The chart of accounts (科目表) and the sides its balances stand on. */
@NullMarked
package cn.jingshu.ledger.account;

import org.jspecify.annotations.NullMarked;

package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.money.Money;

/**
 * Costs of a period on one expense account.
 *
 * @param account the account the vouchers were booked on, which the settlement brings to zero
 * @param amount without deductible VAT; below zero if more was taken back than spent
 */
public record Cost(CostKind kind, AccountCode account, Money amount) {}

package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;

/**
 * The part of the treasury's money that one data provider's resources brought, for its information projects first
 * (优先用于数据提供单位信息化项目).
 *
 * @param provider its id, or {@link ProductShares#GENERAL}
 */
public record Earmark(String provider, Money amount) {}

package cn.jingshu.ledger.period;

import cn.jingshu.ledger.money.Money;
import java.time.Instant;
import java.time.Year;

/**
 * What a year held when it was closed (年结), written once.
 *
 * @param total what all its entries debited, which is what they credited
 * @param sha256 64 hexadecimal digits over the digests of its closed months in their order
 */
public record YearFacts(Year year, Instant closedAt, long entries, Money total, String sha256) {}

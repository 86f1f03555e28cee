package cn.jingshu.ledger.period;

import cn.jingshu.ledger.money.Money;
import java.time.Instant;
import java.time.YearMonth;

/**
 * What a month held when it was closed (关账), written once.
 *
 * @param entries number of entries; their numbers are 1 to this
 * @param total what all of them debited, which is what they credited
 * @param sha256 64 hexadecimal digits over the entries' own digests in the order of their numbers
 */
public record ClosingFacts(YearMonth period, Instant closedAt, long entries, Money total, String sha256) {}

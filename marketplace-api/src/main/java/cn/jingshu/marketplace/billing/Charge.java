package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One rated line owed by one consumer (应收费用).
 *
 * @param id made from month and key, so rating again makes the same line
 * @param month the month it is billed in; later than the key's month when the usage arrived after that was closed
 * @param quantity units of the key's unit; below zero in a correction that takes back what was voided
 * @param amount tax included; below zero likewise
 * @param vat the value-added tax inside {@code amount}
 */
public record Charge(
        UUID id,
        YearMonth month,
        ChargeKey key,
        UnitPrice price,
        @Nullable UnitPrice ceiling,
        long quantity,
        Money amount,
        Money vat) {

    /** Whether this line bills usage of a month that had been closed. */
    public boolean isCorrection() {
        return month.isAfter(key.usageMonth());
    }
}

package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One rated line owed by one consumer (应收费用).
 *
 * <p>The amounts of all lines of one key up to this one add up to {@code basis.tariff} of {@code total} units over
 * {@code basis.share} of the month, rounded once, half up.
 *
 * @param id made from month and key, so rating again makes the same line
 * @param month the month it is billed in; later than the key's month when the usage arrived after that was closed
 * @param price what one unit costs; where not every unit costs the same, what one of the total costs on average
 * @param ceiling the highest price of one unit; null: free by its purpose, or on trial without a ceiling
 * @param quantity units of the key's unit; below zero in a correction that takes back what was voided
 * @param amount tax included; below zero likewise
 * @param vat the value-added tax inside {@code amount}
 * @param basis tariff and ceiling it was reckoned by, with their versions in {@code key} and here
 * @param total all units of its key so far, this line's included
 * @param corrects the first line of its key, which it corrects; null: it is that, or none was billed before
 * @param shadow what free use would have cost industry; zero in a line that is paid for
 */
public record Charge(
        UUID id,
        YearMonth month,
        ChargeKey key,
        UnitPrice price,
        @Nullable UnitPrice ceiling,
        long quantity,
        Money amount,
        Money vat,
        Basis basis,
        long total,
        @Nullable UUID corrects,
        Money shadow) {
    /** The order of one consumer's lines, however they were read: a preview has that of the bill. */
    public static final Comparator<Charge> ON_A_BILL = Comparator.comparing((Charge charge) -> charge.key().product())
            .thenComparing(charge -> charge.key().operation())
            .thenComparing(charge -> charge.key().usageMonth())
            .thenComparing(charge -> charge.id().toString());

    /** The first line of a key at a price for each unit over a whole month. */
    public Charge(UUID id, YearMonth month, ChargeKey key, UnitPrice price, @Nullable UnitPrice ceiling, long quantity,
            Money amount, Money vat) {
        this(id, month, key, price, ceiling, quantity, amount, vat, Basis.perUnit(price, ceiling), Math.max(0, quantity),
                null, Money.ZERO);
    }

    /** Whether this line bills usage of a month that had been closed. */
    public boolean isCorrection() {
        return month.isAfter(key.usageMonth());
    }

    /** The amount a month the ceiling allows besides its price of a unit. */
    public Money ceilingPerMonth() {
        Ceiling limit = basis.ceiling();
        return limit == null ? Money.ZERO : limit.perMonth();
    }
}

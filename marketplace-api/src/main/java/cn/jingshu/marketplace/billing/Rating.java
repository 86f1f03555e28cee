package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.money.Vat;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns counted usage into charges (批价). A pure function, so a preview and the final bill cannot differ. Rounding is
 * cumulative: after any number of lines of one key, their amounts add up to the price of all its usage, rounded once.
 */
public final class Rating {
    private Rating() {}

    /**
     * What earlier months billed for a key.
     *
     * @param price of the key's tariff, the same in every line
     * @param ceiling the lowest it was billed under; null: free by its purpose
     */
    public record Billed(long quantity, Money amount, UnitPrice price, @Nullable UnitPrice ceiling) {}

    /**
     * The lines to bill in {@code month}.
     *
     * @param usage everything counted so far, of this month and of closed ones
     * @param billedBefore what months before this one billed, by key
     * @param vatRate rate of the tax inside the price
     * @return lines in a stable order; a key with nothing new has none, one with less than was billed has one below zero
     */
    public static List<Charge> rate(
            YearMonth month, List<PricedUsage> usage, Map<ChargeKey, Billed> billedBefore, Portion vatRate) {
        List<Charge> charges = new ArrayList<>();
        Map<ChargeKey, Billed> left = new HashMap<>(billedBefore);
        for (PricedUsage priced : usage) {
            @Nullable Billed before = left.remove(priced.key());
            rate(month, priced, before == null ? 0 : before.quantity(), before == null ? Money.ZERO : before.amount(), vatRate)
                    .ifPresent(charges::add);
        }
        // Billed once, and every event of it voided since: nothing is counted any more, and all of it is owed back.
        left.forEach((key, before) -> rate(month, new PricedUsage(key, before.price(), before.ceiling(), 0),
                before.quantity(), before.amount(), vatRate).ifPresent(charges::add));
        charges.sort(Comparator.comparing((Charge charge) -> charge.key().toString()));
        return charges;
    }

    private static Optional<Charge> rate(
            YearMonth month, PricedUsage priced, long billedQuantity, Money billedAmount, Portion vatRate) {
        long quantity = Math.subtractExact(priced.quantity(), billedQuantity);
        if (quantity == 0) {
            return Optional.empty();
        }
        Money amount = priced.price().times(priced.quantity()).minus(billedAmount);
        return Optional.of(new Charge(idOf(month, priced.key()), month, priced.key(), priced.price(), priced.ceiling(),
                quantity, amount, Vat.inside(amount, vatRate).tax()));
    }

    private static UUID idOf(YearMonth month, ChargeKey key) {
        return UUID.nameUUIDFromBytes(("charge " + month + " " + key).getBytes(StandardCharsets.UTF_8));
    }
}

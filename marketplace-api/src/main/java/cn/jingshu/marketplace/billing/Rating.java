package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.Vat;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Turns counted usage into charges (批价). A pure function, so a preview and the final bill cannot differ. Rounding is
 * cumulative: after any number of lines of one key, their amounts add up to the price of all its usage, rounded once.
 */
public final class Rating {
    private Rating() {}

    /** What earlier months billed for a key. */
    public record Billed(long quantity, Money amount) {
        static final Billed NOTHING = new Billed(0, Money.ZERO);
    }

    /**
     * The lines to bill in {@code month}.
     *
     * @param usage everything counted so far, of this month and of closed ones
     * @param billedBefore what months before this one billed, by key
     * @param vatRate rate of the tax inside the price
     * @return lines in a stable order; a key with nothing new has none
     */
    public static List<Charge> rate(
            YearMonth month, List<PricedUsage> usage, Map<ChargeKey, Billed> billedBefore, Portion vatRate) {
        List<Charge> charges = new ArrayList<>();
        for (PricedUsage priced : usage) {
            Billed before = billedBefore.getOrDefault(priced.key(), Billed.NOTHING);
            long quantity = Math.subtractExact(priced.quantity(), before.quantity());
            if (quantity != 0) {
                Money amount = priced.price().times(priced.quantity()).minus(before.amount());
                Money vat = Vat.inside(amount, vatRate).tax();
                charges.add(new Charge(idOf(month, priced.key()), month, priced.key(), priced.price(), priced.ceiling(),
                        quantity, amount, vat));
            }
        }
        charges.sort(Comparator.comparing((Charge charge) -> charge.key().toString()));
        return charges;
    }

    private static UUID idOf(YearMonth month, ChargeKey key) {
        return UUID.nameUUIDFromBytes(("charge " + month + " " + key).getBytes(StandardCharsets.UTF_8));
    }
}

package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.Vat;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
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
     * @param shadow what free use would have cost, as far as lines say
     * @param first the first line of the key
     * @param basis what that line was reckoned by
     * @param refunded what granted refunds gave back of those lines, at least zero
     */
    public record Billed(long quantity, Money amount, Money shadow, UUID first, Basis basis, Money refunded) {
        /** Of which nothing was given back. */
        public Billed(long quantity, Money amount, Money shadow, UUID first, Basis basis) {
            this(quantity, amount, shadow, first, basis, Money.ZERO);
        }

        /** What one line billed. */
        public static Billed of(Charge line) {
            return new Billed(line.quantity(), line.amount(), line.shadow(), line.id(), line.basis());
        }

        /** What this and a later line of the same key billed. */
        public Billed plus(Charge later) {
            return new Billed(Math.addExact(quantity, later.quantity()), amount.plus(later.amount()),
                    shadow.plus(later.shadow()), first, basis, refunded);
        }

        /**
         * What is charged, or below zero taken back, once {@code owed} is all that is owed. What a refund gave back already is not taken back again,
         * and what is owed without doubt is charged whatever was given back.
         *
         * @see "《价格法》第四十一条: 应当退还多付部分 — the part paid too much, once"
         */
        Money upTo(Money owed) {
            Money change = owed.minus(amount);
            if (!change.isNegative()) {
                return change;
            }
            Money stillToGive = change.plus(refunded);
            return stillToGive.isNegative() ? stillToGive : Money.ZERO;
        }
    }

    /**
     * The lines to bill in {@code month}.
     *
     * @param usage everything counted so far, of this month and of closed ones
     * @param billedBefore what months before this one billed, by key
     * @param vatRate rate of the tax inside the price
     * @return lines in a stable order; a key with nothing new has none, one with less than was billed has one below zero, as far as no refund gave the
     *     difference back before
     */
    public static List<Charge> rate(
            YearMonth month, List<PricedUsage> usage, Map<ChargeKey, Billed> billedBefore, Portion vatRate) {
        List<Charge> charges = new ArrayList<>();
        Map<ChargeKey, Billed> left = new HashMap<>(billedBefore);
        for (PricedUsage priced : usage) {
            rate(month, priced, priced.basis().amount(priced.quantity()), left.remove(priced.key()), vatRate)
                    .ifPresent(charges::add);
        }
        // Billed once, and every event of it voided since: nothing is counted any more, and all of it is owed back.
        left.forEach((key, before) -> rate(month, new PricedUsage(key, before.basis(), 0, BigFraction.ZERO), Money.ZERO,
                before, vatRate).ifPresent(charges::add));
        charges.sort(Comparator.comparing((Charge charge) -> charge.key().toString()));
        return charges;
    }

    private static Optional<Charge> rate(
            YearMonth month, PricedUsage priced, Money owed, @Nullable Billed before, Portion vatRate) {
        long quantity = before == null ? priced.quantity() : Math.subtractExact(priced.quantity(), before.quantity());
        Money amount = before == null ? owed : before.upTo(owed);
        if (quantity == 0 && amount.isZero()) {
            return Optional.empty();
        }
        Money shadow = Tariff.round(priced.shadowFen());
        Basis basis = priced.basis();
        @Nullable Ceiling ceiling = basis.ceiling();
        // Of a total that is nothing any more, a line shows what a unit cost when it was billed.
        long shown = priced.quantity() == 0 && before != null ? before.quantity() : priced.quantity();
        return Optional.of(new Charge(idOf(month, priced.key()), month, priced.key(), basis.unitPrice(shown),
                ceiling == null ? null : ceiling.perUnit(), quantity, amount, Vat.inside(amount, vatRate).tax(), basis,
                priced.quantity(), before == null ? null : before.first(),
                before == null ? shadow : shadow.minus(before.shadow())));
    }

    private static UUID idOf(YearMonth month, ChargeKey key) {
        return UUID.nameUUIDFromBytes(("charge " + month + " " + key).getBytes(StandardCharsets.UTF_8));
    }
}

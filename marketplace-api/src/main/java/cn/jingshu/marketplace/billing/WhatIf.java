package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.settlement.MerchantShare;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.ProductRevenue;
import cn.jingshu.ledger.settlement.ProductShares;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementDetail;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.ledger.settlement.Waterfall;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareRecord;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Replays past months under proposed prices, ceilings or shares (测算): the same rating and the same waterfall over the same
 * usage and costs. Nothing is written.
 *
 * <p>A month is replayed by its use: what arrived, or was voided, after its close counts in it on both sides, and so no line that corrected it later counts besides. Refunds
 * are in no line, on either side: they gave back what one price had been found to charge too much, and nobody has found that of the proposed one. In the settlements what the
 * month's books have of earlier months' corrections and of refunds is the same before and after.
 */
@Singleton
public final class WhatIf {
    private static final String OPERATOR = "operator";

    private final MonthUsage monthUsage;
    private final PriceBook priceBook;
    private final Provider<PolicyRates> rates;
    private final SettlementBook settlements;
    private final Settling settling;

    WhatIf(MonthUsage monthUsage, PriceBook priceBook, Provider<PolicyRates> rates, SettlementBook settlements, Settling settling) {
        this.settling = settling;
        this.monthUsage = monthUsage;
        this.priceBook = priceBook;
        this.rates = rates;
        this.settlements = settlements;
    }

    /**
     * What is proposed, for the whole of the months replayed.
     *
     * @param tariffs take the place of the prices of the same product, operation, purpose and plan
     * @param ceilings take the place of the ceilings of the same product and operation
     * @param operatorShare the operator's portion of net profit after the treasury; null: as it was settled
     * @param merchantShares the merchants' portions, with the operator's one whole; used with {@code operatorShare}
     */
    public record Proposal(List<PublishedTariff> tariffs, List<PriceCeiling> ceilings, @Nullable Portion operatorShare,
            List<MerchantShare> merchantShares) {}

    /** What was sold for how much, tax included, and what it would have been. */
    public record Compared(String what, long quantity, Money before, Money after) {
        Compared plus(Compared other) {
            return new Compared(what, quantity + other.quantity, before.plus(other.before), after.plus(other.after));
        }
    }

    /**
     * The settlement of one month; without one that was stored there is nothing to replay.
     *
     * @param before as it was booked
     */
    public record Settled(YearMonth month, SettlementResult before, SettlementResult after) {}

    /** What came of a replay. */
    public sealed interface Outcome {
        /** By product and by consumer, the ids of whom are organisations; the settlements of the months that were closed. */
        record Replayed(List<Compared> products, List<Compared> consumers, List<Settled> settlements, Money before,
                Money after) implements Outcome {}

        /** The proposal would not save, or a month cannot be rated under it. */
        record Refused(String reason) implements Outcome {}
    }

    /** Replays the months from {@code first} to {@code last}; at most twelve. */
    public Outcome replay(YearMonth first, YearMonth last, Proposal proposal) {
        if (last.isBefore(first) || first.plusMonths(12).compareTo(last) <= 0) {
            return new Outcome.Refused("from " + first + " to " + last + " are not one to twelve months");
        }
        Map<String, Compared> products = new TreeMap<>();
        Map<String, Compared> consumers = new TreeMap<>();
        List<Settled> settled = new ArrayList<>();
        Money before = Money.ZERO;
        Money after = Money.ZERO;
        try {
            for (YearMonth month = first; !month.isAfter(last); month = month.plusMonths(1)) {
                List<Charge> actual = rate(month, priceBook::priceList);
                List<Charge> proposed = rate(month, product -> under(priceBook.priceList(product), proposal));
                for (Charge line : actual) {
                    before = before.plus(line.amount());
                    compare(products, consumers, line, line.quantity(), line.amount(), Money.ZERO);
                }
                for (Charge line : proposed) {
                    after = after.plus(line.amount());
                    compare(products, consumers, line, 0, Money.ZERO, line.amount());
                }
                settle(month, actual, proposed, proposal).ifPresent(settled::add);
            }
        } catch (UnratedUsageException | IllegalArgumentException unlawful) {
            return new Outcome.Refused(String.valueOf(unlawful.getMessage()));
        }
        return new Outcome.Replayed(List.copyOf(products.values()), List.copyOf(consumers.values()), settled, before, after);
    }

    private static void compare(Map<String, Compared> products, Map<String, Compared> consumers, Charge line, long quantity,
            Money before, Money after) {
        products.merge(line.key().product(), new Compared(line.key().product(), quantity, before, after), Compared::plus);
        String consumer = line.key().organisationId().toString();
        consumers.merge(consumer, new Compared(consumer, quantity, before, after), Compared::plus);
    }

    private List<Charge> rate(YearMonth month, Function<String, PriceList> lists) {
        Portion vat = rates.get().rateAt(Rule.VAT, month.atEndOfMonth()).rate();
        return Rating.rate(month, monthUsage.of(month, lists), Map.of(), vat);
    }

    /** A price list in which what is proposed held all along, but for what the product says of itself: once it is free, it is. */
    private PriceList under(PriceList actual, Proposal proposal) {
        Instant first = actual.tariffs().stream().map(PublishedTariff::effectiveFrom).min(Instant::compareTo).orElse(Instant.EPOCH);
        List<PublishedTariff> tariffs = new ArrayList<>(proposal.tariffs().stream()
                .filter(each -> each.product().equals(actual.product()))
                .map(each -> new PublishedTariff(each.id(), each.product(), each.operation(), each.purpose(), each.tariff(),
                        first, first, each.plan(), each.trial(), null, priceBook.unitOf(each.product(), each.operation(), each.tariff())))
                .toList());
        List<PriceCeiling> ceilings = new ArrayList<>(proposal.ceilings().stream()
                .filter(each -> each.product().equals(actual.product())).toList());
        actual.tariffs().stream()
                .filter(each -> each.saidByVersion() != null || tariffs.stream().noneMatch(other -> other.operation().equals(each.operation())
                        && other.purpose() == each.purpose() && Objects.equals(other.plan(), each.plan())))
                .toList().forEach(tariffs::add);
        actual.ceilings().stream()
                .filter(each -> ceilings.stream().noneMatch(other -> other.operation().equals(each.operation())))
                .toList().forEach(ceilings::add);
        return new PriceList(actual.product(), ceilings, tariffs);
    }

    /**
     * The month's settlement again, its receipts changed by what the proposal changes: each product's revenue, so that its own shares and its providers
     * weigh with it. What rounding left before it, tax losses and costs are those of the books; nothing changed gives what was booked.
     */
    private Optional<Settled> settle(YearMonth month, List<Charge> actual, List<Charge> proposed, Proposal proposal) {
        Optional<StoredSettlement> stored =
                settlements.findSettlement(SettlementPeriod.month(month), Dimensions.AUTHORISED_OPERATION);
        return stored.map(kept -> {
            SettlementInputs in = kept.inputs();
            Money gross = in.gross().plus(total(proposed, Charge::amount)).minus(total(actual, Charge::amount));
            Money vat = in.outputVat().plus(total(proposed, Charge::vat)).minus(total(actual, Charge::vat));
            SettlementDetail detail = in.detail() == null ? null : detail(month, in.detail(), actual, proposed, proposal);
            Portion operator = proposal.operatorShare() == null ? in.operatorShare() : proposal.operatorShare();
            List<MerchantShare> merchants = proposal.operatorShare() == null ? in.merchantShares() : proposal.merchantShares();
            if (detail != null) {
                ProductShares weighed = detail.shares();
                operator = weighed.operator();
                merchants = weighed.merchants();
            }
            SettlementInputs changed = new SettlementInputs(in.period(), in.businessLine(), gross, vat, in.inputVat(),
                    in.merchantCosts(), in.costs(), in.rates(), in.treasuryBase(), in.lossesCarried(), operator, merchants, detail);
            return new Settled(month, kept.result(), Waterfall.settle(changed));
        });
    }

    private SettlementDetail detail(YearMonth month, SettlementDetail booked, List<Charge> actual, List<Charge> proposed, Proposal proposal) {
        Map<String, Money> more = new TreeMap<>();
        proposed.forEach(line -> more.merge(line.key().product(), line.amount().minus(line.vat()), Money::plus));
        actual.forEach(line -> more.merge(line.key().product(), line.vat().minus(line.amount()), Money::plus));
        List<ProductRevenue> products = settling.changed(month, booked.products(), more);
        if (proposal.operatorShare() != null) {
            products = products.stream().map(product -> new ProductRevenue(product.product(), product.netRevenue(),
                    shares(month, product, proposal.operatorShare(), proposal.merchantShares()), product.providerShares(), product.resources())).toList();
        }
        return new SettlementDetail(booked.bookedOn(), products, booked.costKey(), booked.taxLosses(), booked.carried(), booked.carriedByProvider());
    }

    /** The proposed portions of one product, as if they had been agreed. */
    private static ShareRecord shares(YearMonth month, ProductRevenue product, Portion operatorShare, List<MerchantShare> merchants) {
        BigInteger whole = operatorShare.denominator();
        for (MerchantShare each : merchants) {
            BigInteger other = each.portion().denominator();
            whole = whole.divide(whole.gcd(other)).multiply(other);
        }
        List<ShareInputs.Weight> weights = new ArrayList<>();
        weights.add(new ShareInputs.Weight(OPERATOR, weight(operatorShare, whole)));
        for (MerchantShare each : merchants) {
            weights.add(new ShareInputs.Weight(each.merchant(), weight(each.portion(), whole)));
        }
        weights.removeIf(each -> each.weight().signum() == 0 && !each.party().equals(OPERATOR));
        return ShareRecord.of(new ShareInputs(product.product(), month, OPERATOR, new ShareInputs.Agreed(weights, "proposed")));
    }

    private static BigDecimal weight(Portion portion, BigInteger whole) {
        return new BigDecimal(portion.numerator().multiply(whole.divide(portion.denominator())));
    }

    private static Money total(List<Charge> lines, Function<Charge, Money> part) {
        return Money.sum(lines.stream().map(part).toList());
    }

    /** An id for what is only proposed; the same content has the same id, so that a replay repeats. */
    public static UUID proposedId(String content) {
        return UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8));
    }
}

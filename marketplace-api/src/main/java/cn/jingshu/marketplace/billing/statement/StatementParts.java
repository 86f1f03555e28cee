package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.ChargeKey;
import cn.jingshu.marketplace.billing.Charges;
import cn.jingshu.marketplace.billing.ShadowPrices;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.products.contract.Contracts;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts a statement together, final or not: one function, so that a preview and the bill cannot differ. */
@Singleton
final class StatementParts {
    private final Charges charges;
    private final PriceBook prices;
    private final ShadowPrices shadows;
    private final Contracts contracts;
    private final PolicyRates rates;

    StatementParts(Charges charges, PriceBook prices, ShadowPrices shadows, Contracts contracts, PolicyRates rates) {
        this.charges = charges;
        this.prices = prices;
        this.shadows = shadows;
        this.contracts = contracts;
        this.rates = rates;
    }

    /**
     * Whether a statement is issued, and how.
     *
     * @param number of the consumer's statements of that year; null: a preview
     * @param dueOn until when it is to be paid; null: a preview
     */
    record Issue(@Nullable Integer number, Instant asOf, @Nullable LocalDate dueOn) {}

    /**
     * The statement of a month.
     *
     * @param charged the consumer's lines of that month
     * @param opening where the account stood after the statement before
     * @param movements since then, those of this month's charges included
     */
    Statement put(Organisation consumer, YearMonth month, Issue issue, List<Charge> charged, Balance opening,
            List<Movement> movements) {
        Map<String, PriceList> lists = new HashMap<>();
        List<Statement.Line> lines = charged.stream()
                .map(charge -> line(charge, lists.computeIfAbsent(charge.key().product(), prices::priceList)))
                .toList();
        Balance closing = opening;
        for (Movement movement : movements) {
            closing = closing.with(movement);
        }
        Portion vat = rates.rateAt(Rule.VAT, month.atEndOfMonth()).rate();
        return new Statement(
                new Statement.Heading(consumer.id(), consumer.uscc().code(), consumer.nameZh(), consumer.nameEn(), month,
                        issue.number(), issue.asOf(), issue.dueOn(), vat.toString()),
                lines, movements, opening, closing);
    }

    private Statement.Line line(Charge charge, PriceList list) {
        ChargeKey key = charge.key();
        Optional<Charge> corrected = charge.isCorrection() ? charges.findFirstOf(key, charge.month()) : Optional.empty();
        var contract = contracts.findByCode(key.product());
        var ceiling = charge.ceiling();
        Optional<Money> shadow = key.tariffId() == null ? shadows.of(key, charge.quantity()) : Optional.empty();
        return new Statement.Line(charge.id(), key.usageMonth(), charge.isCorrection(),
                corrected.map(Charge::id).orElse(null), corrected.map(Charge::month).orElse(null), key.subscriptionId(),
                key.product(), contract.map(each -> each.nameZh()).orElse(key.product()),
                contract.map(each -> each.nameEn()).orElse(key.product()), key.operation(), key.purpose(), key.unit(),
                charge.quantity(), charge.price().fenPerUnit().stripTrailingZeros(), key.tariffId(),
                ceiling == null ? null : ceilingVersion(key, list).orElse(null),
                ceiling == null ? null : ceiling.fenPerUnit().stripTrailingZeros(), charge.amount(), charge.vat(),
                shadow.orElse(null));
    }

    /** The ceiling in force when the tariff was first used in that month. */
    private static Optional<UUID> ceilingVersion(ChargeKey key, PriceList list) {
        Instant start = new BillingPeriod(key.usageMonth()).start();
        Instant first = list.tariffs().stream()
                .filter(tariff -> tariff.id().equals(key.tariffId()))
                .map(PublishedTariff::effectiveFrom)
                .filter(from -> from.isAfter(start))
                .findFirst()
                .orElse(start);
        return list.ceilingAt(key.operation(), first).map(PriceCeiling::id);
    }
}

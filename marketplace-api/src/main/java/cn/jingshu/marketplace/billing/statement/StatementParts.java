package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.ChargeKey;
import cn.jingshu.marketplace.billing.Charges;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.products.contract.Contracts;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts a statement together, final or not: one function, so that a preview and the bill cannot differ. */
@Singleton
final class StatementParts {
    private final Charges charges;
    private final Contracts contracts;
    private final Provider<PolicyRates> rates;

    StatementParts(Charges charges, Contracts contracts, Provider<PolicyRates> rates) {
        this.charges = charges;
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
        List<Statement.Line> lines = charged.stream().sorted(Charge.ON_A_BILL).map(this::line).toList();
        Balance closing = opening;
        for (Movement movement : movements) {
            closing = closing.with(movement);
        }
        Portion vat = rates.get().rateAt(Rule.VAT, month.atEndOfMonth()).rate();
        return new Statement(
                new Statement.Heading(consumer.id(), consumer.uscc().code(), consumer.nameZh(), consumer.nameEn(), month,
                        issue.number(), issue.asOf(), issue.dueOn(), vat.toString()),
                lines, movements, opening, closing);
    }

    private Statement.Line line(Charge charge) {
        ChargeKey key = charge.key();
        UUID first = charge.corrects();
        var contract = contracts.findByCode(key.product());
        var ceiling = charge.ceiling();
        return new Statement.Line(charge.id(), key.usageMonth(), charge.isCorrection(), first,
                first == null ? null : charges.find(first).map(Charge::month).orElse(null), key.subscriptionId(),
                key.product(), contract.map(each -> each.nameZh()).orElse(key.product()),
                contract.map(each -> each.nameEn()).orElse(key.product()), key.operation(), key.purpose(), key.unit(),
                charge.quantity(), charge.price().fenPerUnit().stripTrailingZeros(), key.tariffId(),
                charge.basis().ceilingId(), ceiling == null ? null : ceiling.fenPerUnit().stripTrailingZeros(),
                charge.amount(), charge.vat(), key.tariffId() == null ? charge.shadow() : null);
    }
}

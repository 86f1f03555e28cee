package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every charge there is; appended by {@link MonthClose} and never changed. */
@Singleton
public final class Charges {
    private static final String ADD = """
            INSERT INTO market.charge
                   (id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit,
                    tariff_id, fen_per_unit, ceiling_fen, quantity, amount_fen, vat_fen, terms, month_share,
                    total_quantity, ceiling_id, ceiling_month_fen, corrects, shadow_fen)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private final ChargeRepository repository;

    Charges(ChargeRepository repository) {
        this.repository = repository;
    }

    /** The lines billed in {@code month}, corrections of earlier months included. */
    public List<Charge> listOf(YearMonth month) {
        return repository.listOf(month.atDay(1)).stream().map(ChargeRow::toCharge).toList();
    }

    /** One consumer's lines of {@code month}. */
    public List<Charge> listOf(YearMonth month, UUID organisationId) {
        return repository.listOf(month.atDay(1), organisationId).stream().map(ChargeRow::toCharge).toList();
    }

    /** One subscription's lines of {@code month} for usage of {@code usageMonth}. */
    List<Charge> listOf(YearMonth month, YearMonth usageMonth, UUID subscriptionId) {
        return repository.listOf(month.atDay(1), usageMonth.atDay(1), subscriptionId).stream()
                .map(ChargeRow::toCharge)
                .toList();
    }

    public Optional<Charge> find(UUID id) {
        return repository.find(id).map(ChargeRow::toCharge);
    }

    /** What all months before {@code month} billed, by key. */
    Map<ChargeKey, Rating.Billed> billedBefore(YearMonth month) {
        return repository.listBilledBefore(month.atDay(1)).stream()
                .collect(Collectors.toMap(BilledRow::key, BilledRow::billed));
    }

    void add(Transaction t, Charge charge) throws SQLException {
        ChargeKey key = charge.key();
        @Nullable UnitPrice ceiling = charge.ceiling();
        t.change(ADD, charge.id(), charge.month().atDay(1), key.usageMonth().atDay(1), key.subscriptionId(),
                key.organisationId(), key.product(), key.operation(), key.purpose(), key.unit(), key.tariffId(),
                charge.price().fenPerUnit(), ceiling == null ? null : ceiling.fenPerUnit(), charge.quantity(),
                charge.amount().fen(), charge.vat().fen(), TariffJson.write(charge.basis().tariff()),
                MonthShare.text(charge.basis().share()), charge.total(), charge.basis().ceilingId(),
                charge.ceilingPerMonth().fen(), charge.corrects(), charge.shadow().fen());
    }
}

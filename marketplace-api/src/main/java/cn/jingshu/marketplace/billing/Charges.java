package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Every charge there is; appended by {@link MonthClose} and never changed. */
@Singleton
public final class Charges {
    private static final String ADD = """
            INSERT INTO market.charge
                   (id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit,
                    tariff_id, fen_per_unit, ceiling_fen, quantity, amount_fen, vat_fen)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String OF_MONTH = """
            SELECT id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit,
                   tariff_id, fen_per_unit, ceiling_fen, quantity, amount_fen, vat_fen
              FROM market.charge
             WHERE period = ?
             ORDER BY organisation_id, product_code, operation, usage_period, id
            """;
    private static final String OF_ORGANISATION = """
            SELECT id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit,
                   tariff_id, fen_per_unit, ceiling_fen, quantity, amount_fen, vat_fen
              FROM market.charge
             WHERE period = ? AND organisation_id = ?
             ORDER BY product_code, operation, usage_period, id
            """;
    private static final String BILLED_BEFORE = """
            SELECT usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit, tariff_id,
                   CAST(sum(quantity) AS bigint) AS quantity, CAST(sum(amount_fen) AS bigint) AS amount_fen
              FROM market.charge
             WHERE period < ?
             GROUP BY usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit, tariff_id
            """;

    private final Database database;

    Charges(Database database) {
        this.database = database;
    }

    /** The lines billed in {@code month}, corrections of earlier months included. */
    public List<Charge> listOf(YearMonth month) {
        return database.inTransaction(t -> t.list(OF_MONTH, Charges::read, month.atDay(1)));
    }

    /** One consumer's lines of {@code month}. */
    public List<Charge> listOf(YearMonth month, UUID organisationId) {
        return database.inTransaction(t -> t.list(OF_ORGANISATION, Charges::read, month.atDay(1), organisationId));
    }

    /** What all months before {@code month} billed, by key. */
    Map<ChargeKey, Rating.Billed> billedBefore(Transaction t, YearMonth month) throws SQLException {
        Map<ChargeKey, Rating.Billed> billed = new HashMap<>();
        t.list(BILLED_BEFORE, row -> Map.entry(readKey(row),
                        new Rating.Billed(row.number("quantity"), Money.ofFen(row.number("amount_fen")))),
                month.atDay(1)).forEach(entry -> billed.put(entry.getKey(), entry.getValue()));
        return billed;
    }

    void add(Transaction t, Charge charge) throws SQLException {
        ChargeKey key = charge.key();
        @Nullable UnitPrice ceiling = charge.ceiling();
        t.change(ADD, charge.id(), charge.month().atDay(1), key.usageMonth().atDay(1), key.subscriptionId(),
                key.organisationId(), key.product(), key.operation(), key.purpose(), key.unit(), key.tariffId(),
                charge.price().fenPerUnit(), ceiling == null ? null : ceiling.fenPerUnit(), charge.quantity(),
                charge.amount().fen(), charge.vat().fen());
    }

    private static Charge read(Row row) throws SQLException {
        @Nullable BigDecimal ceiling = row.decimalOrNull("ceiling_fen");
        return new Charge(row.uuid("id"), YearMonth.from(row.day("period")), readKey(row),
                new UnitPrice(row.decimal("fen_per_unit")), ceiling == null ? null : new UnitPrice(ceiling),
                row.number("quantity"), Money.ofFen(row.number("amount_fen")), Money.ofFen(row.number("vat_fen")));
    }

    private static ChargeKey readKey(Row row) throws SQLException {
        return new ChargeKey(YearMonth.from(row.day("usage_period")), row.uuid("subscription_id"),
                row.uuid("organisation_id"), row.text("product_code"), row.text("operation"), row.text("purpose"),
                row.text("unit"), row.uuidOrNull("tariff_id"));
    }
}

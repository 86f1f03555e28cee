package cn.jingshu.marketplace.export;

import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.export.Bookkeeper;
import cn.jingshu.ledger.export.ExportView;
import cn.jingshu.ledger.export.TableFile;
import cn.jingshu.ledger.export.TableSink;
import cn.jingshu.ledger.export.ShareTables;
import cn.jingshu.ledger.export.TextParts;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.share.ShareRecord;
import cn.jingshu.ledger.tariff.Stretch;
import cn.jingshu.marketplace.billing.Subscribers;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables of the market: who took part, at which prices, what was used, what was billed. Read inside the books' own view. */
public final class MarketTables {
    private static final int FETCHED_ROWS = 2_000;

    private static final String PARTIES = """
            SELECT id, uscc, name_zh, name_en, array_to_string(kinds, ' ') AS kinds
              FROM market.organisation
             ORDER BY id
            """;
    /** Entries by hand with who wrote and who approved them, costs with who entered them and whether their document is kept, and their cancellations. */
    private static final String WRITTEN = """
            SELECT p.id, proposer.display_name AS prepared_by, decider.display_name AS reviewed_by, 0 AS attachments
              FROM market.entry_proposal p
              JOIN market.person proposer ON proposer.id = p.proposed_by
              LEFT JOIN market.person decider ON decider.id = p.decided_by
             WHERE p.status = 'BOOKED' AND p.effective_on >= ? AND p.effective_on < ?
            UNION ALL
            SELECT v.id, coalesce(person.display_name, v.entered_by), NULL,
                   CASE WHEN v.document_sha256 IS NULL THEN 0 ELSE 1 END
              FROM market.cost_voucher v
              LEFT JOIN market.person ON CAST(person.id AS text) = v.entered_by
             WHERE v.period >= ? AND v.period < ?
            UNION ALL
            SELECT c.id, proposer.display_name, decider.display_name, 0
              FROM market.cost_cancellation c
              JOIN market.person proposer ON proposer.id = c.proposed_by
              LEFT JOIN market.person decider ON decider.id = c.decided_by
             WHERE c.status = 'BOOKED' AND c.period >= ? AND c.period < ?
            """;
    private static final String CEILINGS = """
            SELECT id, product_code, operation, fen_per_unit, fen_per_month, effective_from, citation, set_by, signed_by
              FROM market.price_ceiling
             ORDER BY product_code, operation, effective_from
            """;
    /** Prices found too high afterwards: lines that pay back name the finding as their ceiling. */
    private static final String FINDINGS = """
            SELECT id, product_code, operation, first_month, last_month, fen_per_unit, fen_per_month, citation, proposed_by, decided_by
              FROM market.ceiling_finding
             WHERE status = 'SIGNED'
             ORDER BY product_code, operation, first_month, id
            """;
    private static final String TARIFFS = """
            SELECT id, product_code, operation, purpose, plan_code, trial, terms, effective_from, published_at, proposed_by, signed_by
              FROM market.tariff
             ORDER BY product_code, operation, purpose, plan_code, effective_from, id
            """;

    /** And of the year before if the bundle has its close: what it deducts comes off the memo of over-recovery with that. */
    private static final String PERMITTED_REVENUE = """
            WITH asked AS (SELECT CAST(? AS date) AS first_day, CAST(? AS date) AS last_first_day)
            SELECT id, year, platform_fen, processing_fen, staff_fen, acquisition_fen, period_fen, subsidies_fen, bond_yield, margin_points,
                   rate, taxes_fen, vat_in_taxes, carried_fen, highest_fen, citation, proposed_by, decided_by
              FROM market.permitted_revenue, asked
             WHERE status = 'SIGNED' AND year <= extract(year FROM last_first_day)
               AND (year >= extract(year FROM first_day)
                    OR (year = extract(year FROM first_day) - 1
                        AND EXISTS (SELECT 1
                                      FROM ledger.settlement s
                                     WHERE s.first_month = make_date(year, 1, 1) AND s.last_month = make_date(year, 12, 1) AND s.revision = 1
                                       AND CAST(CAST(s.inputs AS json) ->> 'bookedOn' AS date) >= first_day
                                       AND CAST(CAST(s.inputs AS json) ->> 'bookedOn' AS date) < last_first_day + interval '1 month')))
             ORDER BY year
            """;

    /** Shares that are or were in force; those asked for in vain are no rule. */
    private static final String SHARES = """
            SELECT id, inputs, result, sha256, proposed_by, proposed_at, decided_by, decided_at, ground
              FROM market.share_proposal
             WHERE status = 'APPROVED'
             ORDER BY product_code COLLATE "C", subject COLLATE "C", effective_from
            """;
    private static final String STATEMENTS = """
            SELECT s.period, s.organisation_id, s.id, CAST(s.content AS json) ->> 'statement' AS reference, s.number, s.issued_at, s.due_on, s.opening_fen,
                   s.charges_fen, s.vat_fen, s.closing_fen, s.last_movement, s.sha256
              FROM market.statement s
             WHERE s.period >= ? AND s.period <= ?
             ORDER BY s.period, s.organisation_id
            """;
    private static final String STATEMENT_TEXTS = """
            SELECT id, content FROM market.statement WHERE period >= ? AND period <= ? ORDER BY period, organisation_id
            """;
    /** Texts that may be long are fetched a few at a time. */
    private static final int FETCHED_TEXTS = 8;

    /**
     * Units counted, net of voids; those of them that lines of other months bill; and those no line bills yet: events that arrived after the
     * last rating, less what was voided since. What is left is in lines of the exported months.
     */
    private static final String USAGE = """
            WITH counted AS (
                SELECT CAST(date_trunc('month', h.hour AT TIME ZONE 'Asia/Shanghai') AS date) AS period, h.subscription_id, h.product,
                       h.purpose_class, h.unit, sum(h.quantity) AS units
                  FROM metering.usage_hour h
                 WHERE NOT h.sandbox AND h.hour >= CAST(? AS timestamp) AT TIME ZONE 'Asia/Shanghai'
                   AND h.hour < (CAST(? AS timestamp) + interval '1 month') AT TIME ZONE 'Asia/Shanghai'
                 GROUP BY 1, 2, 3, 4, 5),
            late AS (
                SELECT CAST(date_trunc('month', e.occurred_at AT TIME ZONE 'Asia/Shanghai') AS date) AS period, e.subscription_id,
                       e.product, e.purpose_class, e.unit, sum(e.quantity) AS units
                  FROM metering.usage_event e
                  LEFT JOIN market.rated_position p
                    ON p.node_id = e.node_id AND p.period = (SELECT max(b.period) FROM market.billing_period b)
                 WHERE NOT e.sandbox AND e.occurred_at >= CAST(? AS timestamp) AT TIME ZONE 'Asia/Shanghai'
                   AND e.occurred_at < (CAST(? AS timestamp) + interval '1 month') AT TIME ZONE 'Asia/Shanghai'
                   AND e.sequence >= coalesce(p.next_sequence, 0)
                 GROUP BY 1, 2, 3, 4, 5),
            voided AS (
                SELECT v.usage_period AS period, v.subscription_id, v.product_code AS product, v.purpose AS purpose_class, v.unit,
                       sum(v.quantity) AS units
                  FROM market.event_void v
                 WHERE v.status = 'APPROVED' AND NOT v.sandbox AND v.usage_period <= v.rated_until
                   AND v.rated_until = (SELECT max(b.period) FROM market.billing_period b)
                   AND v.usage_period >= ? AND v.usage_period <= ?
                 GROUP BY 1, 2, 3, 4, 5),
            elsewhere AS (
                SELECT c.usage_period AS period, c.subscription_id, c.product_code AS product, c.purpose AS purpose_class, c.unit,
                       sum(c.quantity) AS units
                  FROM market.charge c
                 WHERE c.usage_period >= ? AND c.usage_period <= ? AND c.period > ?
                 GROUP BY 1, 2, 3, 4, 5)
            SELECT period, subscription_id, product, purpose_class, unit, CAST(coalesce(counted.units, 0) AS bigint) AS units,
                   CAST(coalesce(elsewhere.units, 0) AS bigint) AS elsewhere_units,
                   CAST(coalesce(late.units, 0) - coalesce(voided.units, 0) AS bigint) AS not_yet_units
              FROM counted
              FULL JOIN late USING (period, subscription_id, product, purpose_class, unit)
              FULL JOIN voided USING (period, subscription_id, product, purpose_class, unit)
              FULL JOIN elsewhere USING (period, subscription_id, product, purpose_class, unit)
             ORDER BY period, subscription_id, product COLLATE "C", purpose_class COLLATE "C", unit COLLATE "C"
            """;

    /** What the sealed batches add up to, in the order of the log; a batch without use outside the sandbox has no row. */
    private static final String SEALED_BATCHES = """
            SELECT l.leaf_index, b.node_id, b.number, b.sums
              FROM ledger.leaves_of_months(coalesce((SELECT c.size FROM ledger.log_checkpoint c ORDER BY c.number DESC LIMIT 1), 0), ?, ?) l
              JOIN metering.usage_batch b ON b.node_id = l.chain AND b.number = l.number
             WHERE l.kind = 'USAGE_BATCH'
             ORDER BY l.leaf_index
            """;
    /** Batches that no checkpoint covers yet, as far as they may hold events of the months. */
    private static final String OPEN_BATCHES = """
            SELECT b.node_id, b.number, b.sums
              FROM metering.journal_position p
             CROSS JOIN LATERAL (
                   SELECT coalesce(max(l.number), 0) AS number
                     FROM ledger.log_leaf l
                    WHERE l.kind = 'USAGE_BATCH' AND l.chain = p.node_id
                      AND l.leaf_index < coalesce((SELECT c.size FROM ledger.log_checkpoint c ORDER BY c.number DESC LIMIT 1), 0)) sealed
              JOIN metering.usage_batch b ON b.node_id = p.node_id AND b.number > sealed.number
             WHERE b.shipped_at >= CAST(? AS timestamp) AT TIME ZONE 'Asia/Shanghai' - interval '10 minutes'
             ORDER BY b.node_id COLLATE "C", b.number
            """;
    private static final String VOIDS = """
            SELECT v.void_id, v.event_id, CAST(date_trunc('month', v.occurred_at AT TIME ZONE 'Asia/Shanghai') AS date) AS period,
                   v.subscription_id, v.product, v.operation, v.purpose_class, v.unit, v.quantity, v.approved_by, v.voided_at
              FROM metering.usage_void v
             WHERE NOT v.sandbox AND v.occurred_at >= CAST(? AS timestamp) AT TIME ZONE 'Asia/Shanghai'
               AND v.occurred_at < (CAST(? AS timestamp) + interval '1 month') AT TIME ZONE 'Asia/Shanghai'
             ORDER BY v.void_id
            """;

    /** The first month that a line billed in the months is about, or the first of these months. */
    private static final String FIRST_USAGE = """
            SELECT least(CAST(? AS date), min(usage_period)) AS first FROM market.charge WHERE period >= ? AND period <= ?
            """;

    /** Lines billed in the months, and what earlier lines of the same key had billed before them. */
    private static final String CHARGES = """
            SELECT c.period, c.id, c.usage_period, c.subscription_id, c.organisation_id, c.product_code, c.operation, c.purpose,
                   c.unit, c.tariff_id, c.terms, c.month_share, c.ceiling_id, c.ceiling_fen, c.ceiling_month_fen, c.quantity,
                   c.total_quantity, c.amount_fen, c.vat_fen, c.corrects, c.shadow_fen,
                   CAST(coalesce(b.quantity, 0) AS bigint) AS billed_quantity, CAST(coalesce(b.amount_fen, 0) AS bigint) AS billed_fen
              FROM market.charge c
              LEFT JOIN LATERAL (
                    SELECT sum(e.quantity) AS quantity, sum(e.amount_fen) AS amount_fen
                      FROM market.charge e
                     WHERE c.period > c.usage_period AND e.period < c.period AND e.usage_period = c.usage_period
                       AND e.organisation_id = c.organisation_id
                       AND (e.subscription_id, e.product_code, e.operation, e.purpose, e.unit)
                           = (c.subscription_id, c.product_code, c.operation, c.purpose, c.unit)
                       AND e.tariff_id IS NOT DISTINCT FROM c.tariff_id) b ON true
             WHERE c.period >= ? AND c.period <= ?
             ORDER BY c.period, c.organisation_id, c.usage_period, c.id
            """;

    /** What was given back of lines of the months, whenever that was. */
    private static final String REFUNDS = """
            SELECT n.id, l.corrects, n.issued_on, l.amount_fen, l.vat_fen
              FROM market.credit_note n
              JOIN market.credit_note_line l ON l.note_id = n.id
              JOIN market.charge c ON c.id = l.corrects
             WHERE n.kind = 'REFUND' AND c.period >= ? AND c.period <= ?
             ORDER BY n.id
            """;

    private MarketTables() {}

    /** All of them. */
    public static List<TableFile> list() {
        return List.of(
                new TableFile(Table.PARTIES, MarketTables::parties),
                new TableFile(Table.CEILINGS, MarketTables::ceilings),
                new TableFile(Table.FINDINGS, MarketTables::findings),
                new TableFile(Table.TARIFFS, MarketTables::tariffs),
                new TableFile(Table.PERMITTED_REVENUE, MarketTables::permittedRevenue),
                new TableFile(Table.SHARES, (view, sink) -> shares(view, share -> ShareTables.share(sink, share))),
                new TableFile(Table.SHARE_PARTIES, (view, sink) -> shares(view, share -> ShareTables.parties(sink, share))),
                new TableFile(Table.USAGE, MarketTables::usage),
                new TableFile(Table.USAGE_BATCHES, MarketTables::usageBatches),
                new TableFile(Table.USAGE_VOIDS, MarketTables::usageVoids),
                new TableFile(Table.CHARGES, MarketTables::charges),
                new TableFile(Table.REFUNDS, MarketTables::refunds),
                new TableFile(Table.SPELLS, MarketTables::spells),
                new TableFile(Table.STATEMENTS, MarketTables::statements),
                new TableFile(Table.STATEMENT_TEXTS, MarketTables::statementTexts));
    }

    private static void parties(ExportView view, TableSink sink) throws SQLException, IOException {
        each(view, PARTIES, row -> sink.row(row.getObject("id"), row.getString("uscc"), row.getString("name_zh"),
                row.getString("name_en"), row.getString("kinds")));
    }

    private static void ceilings(ExportView view, TableSink sink) throws SQLException, IOException {
        each(view, CEILINGS, row -> sink.row(row.getObject("id"), row.getString("product_code"), row.getString("operation"),
                row.getBigDecimal("fen_per_unit"), new Money(row.getLong("fen_per_month")), instant(row, "effective_from"),
                row.getString("citation"), row.getObject("set_by"), row.getObject("signed_by")));
    }

    private static void findings(ExportView view, TableSink sink) throws SQLException, IOException {
        each(view, FINDINGS, row -> sink.row(row.getObject("id"), row.getString("product_code"), row.getString("operation"),
                month(row, "first_month"), month(row, "last_month"), row.getBigDecimal("fen_per_unit"),
                new Money(row.getLong("fen_per_month")), row.getString("citation"), row.getObject("proposed_by"),
                row.getObject("decided_by")));
    }

    private static void tariffs(ExportView view, TableSink sink) throws SQLException, IOException {
        each(view, TARIFFS, row -> sink.row(row.getObject("id"), row.getString("product_code"), row.getString("operation"),
                row.getString("purpose"), row.getString("plan_code"), row.getBoolean("trial"), row.getString("terms"),
                instant(row, "effective_from"), instant(row, "published_at"), row.getObject("proposed_by"),
                row.getObject("signed_by")));
    }

    private static void permittedRevenue(ExportView view, TableSink sink) throws SQLException, IOException {
        each(view, PERMITTED_REVENUE, row -> sink.row(row.getObject("id"), row.getInt("year"), new Money(row.getLong("platform_fen")),
                new Money(row.getLong("processing_fen")), new Money(row.getLong("staff_fen")), new Money(row.getLong("acquisition_fen")),
                new Money(row.getLong("period_fen")), new Money(row.getLong("subsidies_fen")), row.getBigDecimal("bond_yield"),
                row.getBigDecimal("margin_points"), row.getBigDecimal("rate"), new Money(row.getLong("taxes_fen")),
                row.getBoolean("vat_in_taxes"), new Money(row.getLong("carried_fen")), new Money(row.getLong("highest_fen")),
                row.getString("citation"), row.getObject("proposed_by"), row.getObject("decided_by")),
                view.months().from().atDay(1), view.months().through().atDay(1));
    }

    /** Takes one share after the other. */
    @FunctionalInterface
    private interface ShareSink {
        void share(ShareTables.Approved share) throws IOException;
    }

    private static void shares(ExportView view, ShareSink sink) throws SQLException, IOException {
        fetch(view, SHARES, FETCHED_TEXTS, row -> sink.share(new ShareTables.Approved(row.getObject("id", UUID.class),
                new ShareRecord(row.getString("inputs"), row.getString("result"), HexFormat.of().formatHex(row.getBytes("sha256"))),
                row.getObject("proposed_by", UUID.class), instant(row, "proposed_at"), row.getObject("decided_by", UUID.class),
                instant(row, "decided_at"), row.getString("ground"))));
    }

    private static void statements(ExportView view, TableSink sink) throws SQLException, IOException {
        each(view, STATEMENTS, row -> sink.row(month(row, "period"), row.getObject("organisation_id"), row.getObject("id"),
                row.getString("reference"), row.getInt("number"), instant(row, "issued_at"), row.getObject("due_on", LocalDate.class),
                new Money(row.getLong("opening_fen")), new Money(row.getLong("charges_fen")), new Money(row.getLong("vat_fen")),
                new Money(row.getLong("closing_fen")), row.getLong("last_movement"), HexFormat.of().formatHex(row.getBytes("sha256"))),
                view.months().from().atDay(1), view.months().through().atDay(1));
    }

    private static void statementTexts(ExportView view, TableSink sink) throws SQLException, IOException {
        fetch(view, STATEMENT_TEXTS, FETCHED_TEXTS, row -> TextParts.write(sink, row.getObject("id", UUID.class), row.getString("content")),
                view.months().from().atDay(1), view.months().through().atDay(1));
    }

    private static void usage(ExportView view, TableSink sink) throws SQLException, IOException {
        LocalDate first = view.months().from().atDay(1);
        LocalDate last = view.months().through().atDay(1);
        each(view, USAGE, row -> sink.row(month(row, "period"), row.getObject("subscription_id"), row.getString("product"),
                row.getString("purpose_class"), row.getString("unit"), row.getLong("units"), row.getLong("elsewhere_units"),
                row.getLong("not_yet_units")), first, last, first, last, first, last, first, last, last);
    }

    private static void usageBatches(ExportView view, TableSink sink) throws SQLException, IOException {
        try (PreparedStatement select = view.connection().prepareStatement(SEALED_BATCHES)) {
            select.setFetchSize(FETCHED_ROWS);
            select.setString(1, view.months().from().toString());
            select.setString(2, view.months().through().toString());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String sums = row.getString("sums");
                    if (sums != null) { // of one without, the leaf says that they were not kept
                        sums(sink, row.getLong("leaf_index"), row, sums);
                    }
                }
            }
        }
        each(view, OPEN_BATCHES, row -> {
            String sums = row.getString("sums");
            if (sums == null) {
                sink.row(null, row.getString("node_id"), row.getLong("number"), null, null, null, null, null, null, null);
            } else {
                sums(sink, null, row, sums);
            }
        }, view.months().from().atDay(1));
    }

    /** A row for each line of a batch's sums. */
    private static void sums(TableSink sink, @Nullable Long leaf, ResultSet batch, String sums) throws SQLException, IOException {
        for (String line : sums.lines().toList()) {
            String[] cells = line.split("\t", -1);
            sink.row(leaf, batch.getString("node_id"), batch.getLong("number"), cells[0], cells[1], cells[2], cells[3], cells[4], cells[5],
                    Long.parseLong(cells[6]));
        }
    }

    private static void usageVoids(ExportView view, TableSink sink) throws SQLException, IOException {
        each(view, VOIDS, row -> sink.row(row.getObject("void_id"), row.getObject("event_id"), month(row, "period"), row.getObject("subscription_id"),
                row.getString("product"), row.getString("operation"), row.getString("purpose_class"), row.getString("unit"), row.getLong("quantity"),
                row.getString("approved_by"), instant(row, "voided_at")), view.months().from().atDay(1), view.months().through().atDay(1));
    }

    private static void charges(ExportView view, TableSink sink) throws SQLException, IOException {
        eachCharge(view, row -> sink.row(month(row, "period"), row.getObject("id"), month(row, "usage_period"),
                row.getObject("subscription_id"), row.getObject("organisation_id"), row.getString("product_code"),
                row.getString("operation"), row.getString("purpose"), row.getString("unit"), row.getObject("tariff_id"),
                row.getString("terms"), row.getString("month_share"), row.getObject("ceiling_id"),
                row.getBigDecimal("ceiling_fen"), new Money(row.getLong("ceiling_month_fen")), row.getLong("quantity"),
                row.getLong("total_quantity"), row.getLong("billed_quantity"), new Money(row.getLong("billed_fen")),
                new Money(row.getLong("amount_fen")), new Money(row.getLong("vat_fen")), row.getObject("corrects"),
                new Money(row.getLong("shadow_fen"))));
    }

    private static void refunds(ExportView view, TableSink sink) throws SQLException, IOException {
        each(view, REFUNDS, row -> sink.row(row.getObject("id"), row.getObject("corrects"), row.getObject("issued_on", LocalDate.class),
                new Money(row.getLong("amount_fen")), new Money(row.getLong("vat_fen"))),
                view.months().from().atDay(1), view.months().through().atDay(1));
    }

    /** When subscriptions of products with monthly prices could be used, as far as it reaches into the months. */
    private static void spells(ExportView view, TableSink sink) throws SQLException, IOException {
        Transaction t = Transaction.on(view.connection());
        YearMonth first = t.find(FIRST_USAGE, row -> YearMonth.from(row.day("first")), view.months().from().atDay(1), view.months().from().atDay(1),
                view.months().through().atDay(1)).orElseThrow();
        // A call under way when its subscription's time ended is owed too, for an hour at most, and may lie in the next month.
        Stretch months = new Stretch(new BillingPeriod(first).start().minus(Duration.ofHours(1)), new BillingPeriod(view.months().through()).end());
        for (Subscribers.Standing each : Subscribers.listStanding(t, months)) {
            sink.row(each.subscriptionId(), each.product(), each.plan(), each.time().from(), each.time().to());
        }
    }

    /** Who keeps the books, and with whom the operator deals. */
    public static Bookkeeper bookkeeper(ExportView view) throws SQLException {
        List<Bookkeeper.Party> operators = new ArrayList<>();
        List<Bookkeeper.Party> customers = new ArrayList<>();
        List<Bookkeeper.Party> suppliers = new ArrayList<>();
        try (PreparedStatement select = view.connection().prepareStatement(PARTIES); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                List<String> kinds = List.of(rows.getString("kinds").split(" ", -1));
                Bookkeeper.Party party = new Bookkeeper.Party(rows.getString("id"), rows.getString("name_zh"));
                if (kinds.contains("OPERATOR")) {
                    operators.add(new Bookkeeper.Party(rows.getString("uscc"), rows.getString("name_zh")));
                }
                if (kinds.contains("CONSUMER")) {
                    customers.add(party);
                }
                if (kinds.contains("MERCHANT")) {
                    suppliers.add(party);
                }
            }
        }
        Bookkeeper.Party keeper = operators.isEmpty() ? new Bookkeeper.Party("", "") : operators.getFirst();
        return new Bookkeeper(keeper.name(), keeper.code(), customers, suppliers, written(view));
    }

    private static Map<UUID, Bookkeeper.Written> written(ExportView view) throws SQLException {
        LocalDate from = view.months().from().atDay(1);
        LocalDate end = view.months().through().plusMonths(1).atDay(1);
        Map<UUID, Bookkeeper.Written> written = new HashMap<>();
        try (PreparedStatement select = view.connection().prepareStatement(WRITTEN)) {
            int at = 1;
            for (LocalDate day : List.of(from, end, from, end, from, end)) {
                select.setObject(at++, day);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    written.put(rows.getObject("id", UUID.class), new Bookkeeper.Written(rows.getString("prepared_by"), rows.getString("reviewed_by"),
                            rows.getInt("attachments")));
                }
            }
        }
        return written;
    }

    /** Reads one row. */
    @FunctionalInterface
    interface RowReader {
        void read(ResultSet row) throws SQLException, IOException;
    }

    /** Every line billed in the months, in the order of the table. */
    static void eachCharge(ExportView view, RowReader reader) throws SQLException, IOException {
        each(view, CHARGES, reader, view.months().from().atDay(1), view.months().through().atDay(1));
    }

    static void each(ExportView view, String sql, RowReader reader, LocalDate... parameters) throws SQLException, IOException {
        fetch(view, sql, FETCHED_ROWS, reader, parameters);
    }

    private static void fetch(ExportView view, String sql, int rowsAtOnce, RowReader reader, LocalDate... parameters)
            throws SQLException, IOException {
        try (PreparedStatement select = view.connection().prepareStatement(sql)) {
            select.setFetchSize(rowsAtOnce);
            for (int i = 0; i < parameters.length; i++) {
                select.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }

    static YearMonth month(ResultSet row, String column) throws SQLException {
        return YearMonth.from(row.getObject(column, LocalDate.class));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}

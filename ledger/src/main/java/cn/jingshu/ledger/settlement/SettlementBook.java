package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.money.Money;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * The settlements (结算): stores each with its inputs, and books it in the same transaction under ids that follow from
 * period, revision and step. A crash leaves nothing or all of it; settling again completes it exactly once.
 */
public final class SettlementBook {

    /** Nothing is booked between reading what the books say and booking the settlement of it. */
    private static final String HOLD_BOOKINGS = """
            LOCK TABLE ledger.period IN SHARE ROW EXCLUSIVE MODE
            """;

    private static final String LIST_SETTLEMENTS = """
            SELECT first_month, last_month, business_line, revision, inputs, result, sha256, settled_at
              FROM ledger.settlement
             WHERE first_month = ? AND last_month = ? AND business_line = ?
             ORDER BY revision
            """;

    private static final String INSERT_SETTLEMENT = """
            INSERT INTO ledger.settlement (first_month, last_month, business_line, revision, inputs, result, sha256, settled_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /** Debits minus credits of the profit and loss and of VAT, without what settlements and tax payments booked, and what takes such a payment back. */
    private static final String SUM_FACTS = """
            SELECT p.account_code, p.purpose_class = 'PUBLIC_INTEREST' AS free_use, a.kind,
                   CAST(sum(CASE p.side WHEN 'DEBIT' THEN p.amount_fen ELSE -p.amount_fen END) AS bigint) AS balance_fen
              FROM ledger.posting p
              JOIN ledger.entry e ON e.period = p.period AND e.number = p.number
              JOIN ledger.account a ON a.code = p.account_code
             WHERE p.period >= ? AND p.period <= ? AND p.business_line = ?
               AND (a.kind IN ('INCOME', 'EXPENSE') OR a.code IN ('222101', '222104'))
               AND e.reason NOT IN ('MERCHANT_COST', 'SURCHARGES', 'INCOME_TAX', 'CLOSING', 'DISTRIBUTION', 'TAX_PAYMENT')
               AND NOT EXISTS (SELECT 1 FROM ledger.entry t WHERE t.entry_id = e.reverses AND t.reason = 'TAX_PAYMENT')
             GROUP BY p.account_code, p.purpose_class = 'PUBLIC_INTEREST', a.kind
             ORDER BY p.account_code
            """;

    /** Credits minus debits of income by month and product, without what settlements booked. */
    private static final String SUM_PRODUCTS = """
            SELECT p.period, coalesce(p.product, '-') AS product,
                   CAST(sum(CASE p.side WHEN 'CREDIT' THEN p.amount_fen ELSE -p.amount_fen END) AS bigint) AS revenue_fen
              FROM ledger.posting p
              JOIN ledger.entry e ON e.period = p.period AND e.number = p.number
              JOIN ledger.account a ON a.code = p.account_code
             WHERE p.period >= ? AND p.period <= ? AND p.business_line = ? AND a.kind = 'INCOME'
               AND e.reason NOT IN ('MERCHANT_COST', 'SURCHARGES', 'INCOME_TAX', 'CLOSING', 'DISTRIBUTION', 'TAX_PAYMENT')
             GROUP BY p.period, coalesce(p.product, '-')
             ORDER BY p.period, 2
            """;

    private static final String LIST_LATEST = """
            SELECT s.first_month, s.last_month, s.business_line, s.revision, s.inputs, s.result, s.sha256, s.settled_at
              FROM ledger.settlement s
             WHERE s.business_line = ?
               AND s.revision = (SELECT max(l.revision)
                                   FROM ledger.settlement l
                                  WHERE l.first_month = s.first_month AND l.last_month = s.last_month
                                    AND l.business_line = s.business_line)
             ORDER BY s.last_month, s.first_month DESC
            """;

    private final DataSource dataSource;
    private final Journal journal;
    private final Clock clock;

    /** @param clock says when a settlement was made */
    public SettlementBook(DataSource dataSource, Journal journal, Clock clock) {
        this.dataSource = dataSource;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * What the books say about a period of a business line: the part of the inputs nobody may choose. Postings count
     * by their business-line dimension; costs on {@link Chart#COST_OF_SERVICE} of purpose class
     * {@code PUBLIC_INTEREST} are free use, others paid use; costs on any other expense account are shared.
     */
    public BookFacts facts(SettlementPeriod period, String businessLine) {
        return Transaction.read(dataSource, connection -> facts(connection, period, businessLine));
    }

    /**
     * What one product brought in one month, without VAT.
     *
     * @param product {@link ProductRevenue#NONE}: of no single product
     */
    public record MonthRevenue(YearMonth month, String product, Money netRevenue) {}

    /** What the books say each product brought in each month of a period, before anything a settlement books. */
    public List<MonthRevenue> productRevenue(SettlementPeriod period, String businessLine) {
        return Transaction.read(dataSource, connection -> productRevenue(connection, period, businessLine));
    }

    /** The settlements that count of all periods, the oldest period first, a year behind its months. */
    public List<StoredSettlement> listSettlements(String businessLine) {
        return Transaction.read(dataSource, connection -> {
            try (PreparedStatement select = connection.prepareStatement(LIST_LATEST)) {
                select.setString(1, businessLine);
                try (ResultSet rows = select.executeQuery()) {
                    List<StoredSettlement> latest = new ArrayList<>();
                    while (rows.next()) {
                        latest.add(stored(rows));
                    }
                    return latest;
                }
            }
        });
    }

    /**
     * Settles a period. Settled before with other inputs (late charges, a corrected cost): a new revision is stored
     * and the difference booked. The annual settlement books the difference to the months of its year.
     */
    public SettleResult settle(SettlementInputs inputs) {
        try {
            return Transaction.run(dataSource, connection -> settle(connection, inputs));
        } catch (RefusedException refused) {
            return refused.answer();
        }
    }

    /** The settlement of a period that counts; empty if it is not settled. */
    public Optional<StoredSettlement> findSettlement(SettlementPeriod period, String businessLine) {
        List<StoredSettlement> revisions = listRevisions(period, businessLine);
        return revisions.isEmpty() ? Optional.empty() : Optional.of(revisions.getLast());
    }

    /** All settlements of a period, by revision. */
    public List<StoredSettlement> listRevisions(SettlementPeriod period, String businessLine) {
        return Transaction.read(dataSource, connection -> revisions(connection, period, businessLine));
    }

    /** The ledger entries of a settlement: what was booked for it, found by their ids. */
    public List<JournalEntry> entriesOf(StoredSettlement settlement) {
        return Transaction.read(dataSource, connection -> entries(
                connection, revisions(connection, settlement.period(), settlement.businessLine()), settlement));
    }

    private SettleResult settle(Connection connection, SettlementInputs inputs) throws SQLException {
        try (Statement hold = connection.createStatement()) {
            hold.execute(HOLD_BOOKINGS);
        }
        SettlementPeriod period = inputs.period();
        List<StoredSettlement> revisions = new ArrayList<>(revisions(connection, period, inputs.businessLine()));
        String inputsJson = SettlementJson.write(inputs);
        if (!revisions.isEmpty() && revisions.getLast().inputsJson().equals(inputsJson)) {
            return new SettleResult.AlreadySettled(revisions.getLast());
        }
        SettlementPeriod year = SettlementPeriod.year(Year.of(period.first().getYear()));
        if (!period.equals(year) && !revisions(connection, year, inputs.businessLine()).isEmpty()) {
            return new SettleResult.Refused(SettleResult.Fault.YEAR_SETTLED, "year " + year + " is settled");
        }
        String disagreement = disagreement(inputs, facts(connection, period, inputs.businessLine()));
        if (!disagreement.isEmpty()) {
            return new SettleResult.Refused(SettleResult.Fault.BOOKS_DISAGREE, disagreement);
        }
        if (inputs.detail() != null) {
            for (MonthVat month : inputs.detail().vatByMonth()) {
                BookFacts ofMonth = facts(connection, SettlementPeriod.month(month.month()), inputs.businessLine());
                List<String> differences = new ArrayList<>();
                compare(differences, "output VAT of " + month.month(), month.outputVat(), ofMonth.outputVat());
                compare(differences, "input VAT of " + month.month(), month.inputVat(), ofMonth.inputVat());
                if (!differences.isEmpty()) {
                    return new SettleResult.Refused(SettleResult.Fault.BOOKS_DISAGREE, String.join("; ", differences));
                }
            }
        }
        String ofProducts = disagreement(inputs, productRevenue(connection, period, inputs.businessLine()));
        if (!ofProducts.isEmpty()) {
            return new SettleResult.Refused(SettleResult.Fault.BOOKS_DISAGREE, ofProducts);
        }
        String resultJson = SettlementJson.write(Waterfall.settle(inputs));
        StoredSettlement settlement = new StoredSettlement(
                period,
                inputs.businessLine(),
                revisions.size() + 1,
                inputsJson,
                resultJson,
                SettlementJson.digest(inputsJson, resultJson),
                clock.instant().truncatedTo(ChronoUnit.MICROS));
        insert(connection, settlement);
        revisions.add(settlement);
        List<JournalEntry> entries = entries(connection, revisions, settlement);
        if (!entries.isEmpty()) {
            for (PostResult posted : journal.postAll(connection, entries)) {
                if (posted instanceof PostResult.Rejected(var code, var detail)) {
                    throw new RefusedException(new SettleResult.Refused(
                            SettleResult.Fault.ENTRY_REJECTED, code + ": " + detail));
                }
            }
        }
        return new SettleResult.Settled(settlement);
    }

    /** The movements of this revision that no earlier revision and, for a year, no month has booked. */
    private static List<JournalEntry> entries(
            Connection connection, List<StoredSettlement> revisions, StoredSettlement settlement) throws SQLException {
        Transfers before = Transfers.none();
        if (settlement.revision() > 1) {
            before = transfers(revisions.get(settlement.revision() - 2));
        } else if (settlement.period().basis() == SettlementPeriod.Basis.ANNUAL_BINDING) {
            YearMonth month = settlement.period().first();
            for (; !month.isAfter(settlement.period().last()); month = month.plusMonths(1)) {
                List<StoredSettlement> ofMonth =
                        revisions(connection, SettlementPeriod.month(month), settlement.businessLine());
                if (!ofMonth.isEmpty()) {
                    before = before.plus(transfers(ofMonth.getLast()));
                }
            }
        }
        return transfers(settlement)
                .minus(before)
                .entries(settlement.period(), settlement.inputs().bookedOn(), settlement.businessLine(), settlement.revision());
    }

    private static Transfers transfers(StoredSettlement settlement) {
        return Transfers.of(settlement.inputs(), settlement.result());
    }

    private static String disagreement(SettlementInputs inputs, BookFacts facts) {
        List<String> differences = new ArrayList<>();
        compare(differences, "gross", inputs.gross(), facts.gross());
        compare(differences, "output VAT", inputs.outputVat(), facts.outputVat());
        compare(differences, "input VAT", inputs.inputVat(), facts.inputVat());
        Map<String, Money> given = byKindAndAccount(inputs.costs());
        Map<String, Money> booked = byKindAndAccount(facts.costs());
        Map<String, Money> all = new TreeMap<>(given);
        all.putAll(booked);
        for (String cost : all.keySet()) {
            compare(differences, cost, given.getOrDefault(cost, Money.ZERO), booked.getOrDefault(cost, Money.ZERO));
        }
        return String.join("; ", differences);
    }

    /** Whether the products' revenue is that of the books, for inputs that name it. */
    private static String disagreement(SettlementInputs inputs, List<MonthRevenue> booked) {
        List<String> differences = new ArrayList<>();
        if (inputs.detail() != null) {
            Map<String, Money> given = new TreeMap<>();
            inputs.detail().products().forEach(each -> given.merge(each.product(), each.netRevenue(), Money::plus));
            Map<String, Money> known = new TreeMap<>();
            booked.forEach(each -> known.merge(each.product(), each.netRevenue(), Money::plus));
            Map<String, Money> all = new TreeMap<>(given);
            all.putAll(known);
            for (String product : all.keySet()) {
                compare(differences, "revenue of " + product, given.getOrDefault(product, Money.ZERO),
                        known.getOrDefault(product, Money.ZERO));
            }
        }
        return String.join("; ", differences);
    }

    private static void compare(List<String> differences, String what, Money given, Money booked) {
        if (!given.equals(booked)) {
            differences.add(what + ": inputs say " + given + ", the books " + booked);
        }
    }

    private static Map<String, Money> byKindAndAccount(List<Cost> costs) {
        Map<String, Money> sums = new TreeMap<>();
        for (Cost cost : costs) {
            sums.merge(cost.kind() + " on " + cost.account(), cost.amount(), Money::plus);
        }
        return sums;
    }

    private static BookFacts facts(Connection connection, SettlementPeriod period, String businessLine)
            throws SQLException {
        Money revenue = Money.ZERO;
        Money outputVat = Money.ZERO;
        Money inputVat = Money.ZERO;
        List<Cost> costs = new ArrayList<>();
        try (PreparedStatement sum = connection.prepareStatement(SUM_FACTS)) {
            sum.setObject(1, period.first().atDay(1));
            sum.setObject(2, period.last().atDay(1));
            sum.setString(3, businessLine);
            try (ResultSet rows = sum.executeQuery()) {
                while (rows.next()) {
                    AccountCode account = new AccountCode(rows.getString("account_code"));
                    Money debits = new Money(rows.getLong("balance_fen"));
                    boolean freeUse = rows.getBoolean("free_use");
                    if (account.equals(Chart.OUTPUT_VAT)) {
                        outputVat = outputVat.minus(debits);
                    } else if (account.equals(Chart.INPUT_VAT)) {
                        inputVat = inputVat.plus(debits);
                    } else if (rows.getString("kind").equals("INCOME")) {
                        revenue = revenue.minus(debits);
                    } else {
                        CostKind direct = freeUse ? CostKind.DIRECT_FREE : CostKind.DIRECT_PAID;
                        costs.add(new Cost(
                                account.equals(Chart.COST_OF_SERVICE) ? direct : CostKind.SHARED, account, debits));
                    }
                }
            }
        }
        return new BookFacts(revenue.plus(outputVat), outputVat, inputVat, merged(costs));
    }

    private static List<MonthRevenue> productRevenue(
            Connection connection, SettlementPeriod period, String businessLine) throws SQLException {
        List<MonthRevenue> revenue = new ArrayList<>();
        try (PreparedStatement sum = connection.prepareStatement(SUM_PRODUCTS)) {
            sum.setObject(1, period.first().atDay(1));
            sum.setObject(2, period.last().atDay(1));
            sum.setString(3, businessLine);
            try (ResultSet rows = sum.executeQuery()) {
                while (rows.next()) {
                    revenue.add(new MonthRevenue(YearMonth.from(rows.getObject("period", LocalDate.class)),
                            rows.getString("product"), new Money(rows.getLong("revenue_fen"))));
                }
            }
        }
        return revenue;
    }

    /** One cost per kind and account. */
    private static List<Cost> merged(List<Cost> costs) {
        Map<CostKind, Map<AccountCode, Money>> sums = new TreeMap<>();
        for (Cost cost : costs) {
            sums.computeIfAbsent(cost.kind(), kind -> new TreeMap<>()).merge(cost.account(), cost.amount(), Money::plus);
        }
        List<Cost> merged = new ArrayList<>();
        sums.forEach((kind, accounts) -> accounts.forEach((account, amount) -> {
            if (!amount.isZero()) {
                merged.add(new Cost(kind, account, amount));
            }
        }));
        return merged;
    }

    private static List<StoredSettlement> revisions(Connection connection, SettlementPeriod period, String businessLine)
            throws SQLException {
        List<StoredSettlement> revisions = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(LIST_SETTLEMENTS)) {
            select.setObject(1, period.first().atDay(1));
            select.setObject(2, period.last().atDay(1));
            select.setString(3, businessLine);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    revisions.add(stored(rows));
                }
            }
        }
        return revisions;
    }

    private static StoredSettlement stored(ResultSet row) throws SQLException {
        return new StoredSettlement(
                new SettlementPeriod(
                        YearMonth.from(row.getObject("first_month", LocalDate.class)),
                        YearMonth.from(row.getObject("last_month", LocalDate.class))),
                row.getString("business_line"),
                row.getInt("revision"),
                row.getString("inputs"),
                row.getString("result"),
                HexFormat.of().formatHex(row.getBytes("sha256")),
                row.getObject("settled_at", OffsetDateTime.class).toInstant());
    }

    private static void insert(Connection connection, StoredSettlement settlement) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_SETTLEMENT)) {
            insert.setObject(1, settlement.period().first().atDay(1));
            insert.setObject(2, settlement.period().last().atDay(1));
            insert.setString(3, settlement.businessLine());
            insert.setInt(4, settlement.revision());
            insert.setString(5, settlement.inputsJson());
            insert.setString(6, settlement.resultJson());
            insert.setBytes(7, HexFormat.of().parseHex(settlement.sha256()));
            insert.setObject(8, settlement.settledAt().atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    /** Carries a refusal out of a transaction, so that nothing of it is kept. */
    private static final class RefusedException extends RuntimeException {

        private final SettleResult.Refused answer;

        RefusedException(SettleResult.Refused answer) {
            super(answer.detail());
            this.answer = answer;
        }

        SettleResult.Refused answer() {
            return answer;
        }
    }
}

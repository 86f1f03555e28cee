package cn.jingshu.ledger.export;

import cn.jingshu.ledger.account.Account;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.journal.AccountBalance;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tables of the books themselves. */
public final class LedgerTables {
    private static final String PERIODS = """
            SELECT period, last_number, last_chain_sha256, closed_at
              FROM ledger.period
             WHERE period >= ? AND period <= ?
             ORDER BY period
            """;
    private static final String RATES = """
            SELECT rule, numerator, denominator, effective_from, citation
              FROM ledger.policy_rate
             ORDER BY rule COLLATE "C", effective_from
            """;
    /** Those of the months asked for, and those booked in them because their own month was closed: a year, usually. */
    private static final String SETTLEMENTS = """
            WITH asked AS (SELECT CAST(? AS date) AS first_day, CAST(? AS date) AS last_first_day)
            SELECT s.first_month, s.last_month, s.business_line, s.revision, s.settled_at, s.sha256, s.inputs, s.result
              FROM ledger.settlement s, asked
             WHERE (s.last_month >= asked.first_day AND s.last_month <= asked.last_first_day)
                OR EXISTS (SELECT 1
                             FROM ledger.settlement b
                            WHERE b.first_month = s.first_month AND b.last_month = s.last_month AND b.business_line = s.business_line
                              AND CAST(CAST(b.inputs AS json) ->> 'bookedOn' AS date) >= asked.first_day
                              AND CAST(CAST(b.inputs AS json) ->> 'bookedOn' AS date) < asked.last_first_day + interval '1 month')
             ORDER BY s.last_month, s.first_month DESC, s.business_line, s.revision
            """;

    private LedgerTables() {}

    /** All of them. */
    public static List<TableFile> list() {
        return List.of(
                new TableFile(Table.ACCOUNTS, LedgerTables::accounts),
                new TableFile(Table.PERIODS, LedgerTables::periods),
                new TableFile(Table.ENTRIES, LedgerTables::entries),
                new TableFile(Table.POSTINGS, LedgerTables::postings),
                new TableFile(Table.BALANCES, LedgerTables::balances),
                new TableFile(Table.RATES, LedgerTables::rates),
                new TableFile(Table.SETTLEMENTS, LedgerTables::settlements));
    }

    private static void accounts(ExportView view, TableSink sink) throws SQLException, IOException {
        for (Account account : Chart.listAccounts(view.connection())) {
            sink.row(account.code(), account.nameZh(), account.nameEn(), account.kind(), account.normalSide(),
                    account.parent(), account.postable());
        }
    }

    private static void periods(ExportView view, TableSink sink) throws SQLException, IOException {
        try (PreparedStatement select = between(view, PERIODS); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                byte[] chain = rows.getBytes("last_chain_sha256");
                OffsetDateTime closedAt = rows.getObject("closed_at", OffsetDateTime.class);
                sink.row(month(rows, "period"), rows.getLong("last_number"),
                        chain == null ? null : HexFormat.of().formatHex(chain), closedAt == null ? null : closedAt.toInstant());
            }
        }
    }

    private static void entries(ExportView view, TableSink sink) throws SQLException {
        Journal.forEachNumbered(view.connection(), view.months().from(), view.months().through(), booked -> {
            JournalEntry entry = booked.entry();
            row(sink, entry.period(), booked.number(), entry.entryId(), entry.effectiveOn(), booked.bookedAt(),
                    entry.reason(), entry.description(), entry.reverses(), entry.amount(), booked.contentSha256(),
                    booked.chainSha256());
            view.progress().entryWritten();
        });
    }

    private static void postings(ExportView view, TableSink sink) throws SQLException {
        Map<AccountCode, String> names = new HashMap<>();
        for (Account account : Chart.listAccounts(view.connection())) {
            names.put(account.code(), account.nameZh());
        }
        Journal.forEachNumbered(view.connection(), view.months().from(), view.months().through(), booked -> {
            int line = 0;
            for (Posting posting : booked.entry().postings()) {
                line++;
                Dimensions about = posting.dimensions();
                row(sink, booked.entry().period(), booked.number(), line, posting.account(),
                        names.get(posting.account()), posting.side(), posting.amount(), about.product(),
                        about.provider(), about.merchant(), about.consumer(), about.purposeClass(),
                        about.businessLine(), about.priceVersion(), about.servicePeriod());
            }
            view.progress().entryWritten();
        });
    }

    private static void row(TableSink sink, @Nullable Object... cells) {
        try {
            sink.row(cells);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Every account that ever moved up to the month: what it began with, what was booked, what it ended with. */
    private static void balances(ExportView view, TableSink sink) throws SQLException, IOException {
        YearMonth before = view.months().from().minusMonths(1);
        Map<AccountCode, AccountBalance> earlier = balances(view, before);
        for (YearMonth month : view.months().list()) {
            Map<AccountCode, AccountBalance> now = balances(view, month);
            for (AccountBalance account : now.values()) {
                AccountBalance opening = earlier.getOrDefault(
                        account.account(), new AccountBalance(account.account(), Money.ZERO, Money.ZERO));
                sink.row(month, account.account(), opening.debitBalance(), account.debits().minus(opening.debits()),
                        account.credits().minus(opening.credits()), account.debitBalance());
            }
            earlier = now;
        }
    }

    private static Map<AccountCode, AccountBalance> balances(ExportView view, YearMonth month) throws SQLException {
        Map<AccountCode, AccountBalance> balances = new TreeMap<>();
        Balances.trialBalance(view.connection(), ReadPoint.endOf(month)).accounts()
                .forEach(account -> balances.put(account.account(), account));
        return balances;
    }

    private static void rates(ExportView view, TableSink sink) throws SQLException, IOException {
        try (PreparedStatement select = view.connection().prepareStatement(RATES); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                sink.row(rows.getString("rule"), rows.getLong("numerator") + "/" + rows.getLong("denominator"),
                        rows.getObject("effective_from", LocalDate.class), rows.getString("citation"));
            }
        }
    }

    private static void settlements(ExportView view, TableSink sink) throws SQLException, IOException {
        try (PreparedStatement select = between(view, SETTLEMENTS); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                YearMonth first = month(rows, "first_month");
                YearMonth last = month(rows, "last_month");
                Instant settledAt = rows.getObject("settled_at", OffsetDateTime.class).toInstant();
                sink.row(first.equals(last) ? first : Integer.toString(first.getYear()), rows.getString("business_line"),
                        rows.getInt("revision"), settledAt, HexFormat.of().formatHex(rows.getBytes("sha256")),
                        rows.getString("inputs"), rows.getString("result"));
            }
        }
    }

    /** A statement with the first days of the first and the last month as its parameters. */
    private static PreparedStatement between(ExportView view, String sql) throws SQLException {
        PreparedStatement select = view.connection().prepareStatement(sql);
        select.setObject(1, view.months().from().atDay(1));
        select.setObject(2, view.months().through().atDay(1));
        return select;
    }

    private static YearMonth month(ResultSet row, String column) throws SQLException {
        return YearMonth.from(row.getObject(column, LocalDate.class));
    }
}

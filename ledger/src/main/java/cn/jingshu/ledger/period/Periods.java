package cn.jingshu.ledger.period;

import cn.jingshu.ledger.Transaction;
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
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The months of the books. A month opens with its first entry and closes once, in order; after that the journal
 * rejects entries dated in it, and corrections go to an open month.
 */
public final class Periods {

    /** Waits for bookings under way and holds back new ones, so that the facts are those of the whole month. */
    private static final String HOLD_BOOKINGS = """
            LOCK TABLE ledger.period IN SHARE ROW EXCLUSIVE MODE
            """;

    private static final String FIND_EARLIER_OPEN = """
            SELECT min(period) AS period
              FROM ledger.period
             WHERE closed_at IS NULL AND period < ?
            """;

    private static final String FIND_UNSETTLED = """
            SELECT t.account_code, CAST(sum(t.debit_fen - t.credit_fen) AS bigint) AS balance_fen
              FROM ledger.account_total t
              JOIN ledger.account a ON a.code = t.account_code
             WHERE t.period <= ? AND a.kind IN ('INCOME', 'EXPENSE')
             GROUP BY t.account_code
            HAVING sum(t.debit_fen - t.credit_fen) <> 0
             ORDER BY t.account_code
            """;

    private static final String FIND_PERIOD = """
            SELECT period, last_number, closed_at, closed_entries, closed_total_fen, closed_sha256
              FROM ledger.period
             WHERE period = ?
            """;

    private static final String LIST_PERIODS = """
            SELECT period, last_number, closed_at, closed_entries, closed_total_fen, closed_sha256
              FROM ledger.period
             ORDER BY period
            """;

    private static final String OPEN_PERIOD = """
            INSERT INTO ledger.period (period)
            VALUES (?)
            ON CONFLICT (period) DO NOTHING
            """;

    private static final String SUM_UP = """
            SELECT ledger.sum_up(?)
            """;

    private static final String COUNT_TOTALS_THAT_DIFFER = """
            SELECT count(*) AS differing
              FROM (SELECT account_code, debit_fen, credit_fen
                      FROM ledger.account_sum
                     WHERE period = ?) kept
              FULL JOIN (SELECT account_code,
                                coalesce(sum(amount_fen) FILTER (WHERE side = 'DEBIT'), 0) AS debit_fen,
                                coalesce(sum(amount_fen) FILTER (WHERE side = 'CREDIT'), 0) AS credit_fen
                           FROM ledger.posting
                          WHERE period = ?
                          GROUP BY account_code) summed ON summed.account_code = kept.account_code
             WHERE kept.debit_fen IS DISTINCT FROM summed.debit_fen
                OR kept.credit_fen IS DISTINCT FROM summed.credit_fen
            """;

    private static final String CLOSE = """
            UPDATE ledger.period p
               SET closed_at = ?, closed_entries = facts.entries, closed_total_fen = facts.total_fen,
                   closed_sha256 = facts.sha256
              FROM (SELECT count(*) AS entries,
                           CAST(coalesce(sum(e.amount_fen), 0) AS bigint) AS total_fen,
                           sha256(coalesce(string_agg(e.content_sha256, CAST('' AS bytea) ORDER BY e.number), CAST('' AS bytea))) AS sha256
                      FROM ledger.entry e
                     WHERE e.period = ?) facts
             WHERE p.period = ? AND p.last_number = facts.entries
            """;

    private static final String FIND_YEAR = """
            SELECT year, closed_at, entries, total_fen, sha256
              FROM ledger.fiscal_year
             WHERE year = ?
            """;

    private static final String LIST_YEARS = """
            SELECT year, closed_at, entries, total_fen, sha256
              FROM ledger.fiscal_year
             ORDER BY year
            """;

    /** 本年利润 (4103): at the end of a year it is carried to 利润分配 and holds nothing (企业会计准则应用指南 附录, 4103 本年利润). */
    private static final String UNDISTRIBUTED = """
            SELECT CAST(coalesce(sum(credit_fen - debit_fen), 0) AS bigint) AS profit_fen
              FROM ledger.account_total
             WHERE account_code = '4103' AND period <= ?
            """;

    private static final String CLOSE_YEAR = """
            INSERT INTO ledger.fiscal_year (year, closed_at, entries, total_fen, sha256)
            SELECT ?, ?, coalesce(sum(p.closed_entries), 0), coalesce(sum(p.closed_total_fen), 0),
                   sha256(coalesce(string_agg(p.closed_sha256, CAST('' AS bytea) ORDER BY p.period), CAST('' AS bytea)))
              FROM ledger.period p
             WHERE p.period >= ? AND p.period <= ?
            """;

    private final DataSource dataSource;
    private final Clock clock;

    /** @param clock says when a month was closed */
    public Periods(DataSource dataSource, Clock clock) {
        this.dataSource = dataSource;
        this.clock = clock;
    }

    /**
     * Closes a month for good. A month without entries can be closed too; a month may be closed before its last day,
     * and what happens in the rest of it is then booked in the next.
     *
     * @throws IllegalStateException if the kept totals are not those of the postings: the books are damaged
     */
    public CloseResult close(YearMonth period) {
        return Transaction.run(dataSource, connection -> close(connection, period));
    }

    /** The state of a month; empty if nothing was ever booked in it and it was not closed. */
    public Optional<PeriodState> findPeriod(YearMonth period) {
        return Transaction.read(dataSource, connection -> find(connection, period));
    }

    /** All months with entries or closing facts, in order. */
    public List<PeriodState> listPeriods() {
        return Transaction.read(dataSource, connection -> {
            List<PeriodState> periods = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(LIST_PERIODS);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    periods.add(state(rows));
                }
            }
            return periods;
        });
    }

    /** Closes a year for good, once its last month is; what is found later is booked in the next year. */
    public YearCloseResult closeYear(Year year) {
        return Transaction.run(dataSource, connection -> {
            try (Statement hold = connection.createStatement()) {
                hold.execute(HOLD_BOOKINGS);
            }
            Optional<YearFacts> before = findYear(connection, year);
            if (before.isPresent()) {
                return new YearCloseResult.Closed(before.get(), true);
            }
            YearMonth december = year.atMonth(12);
            if (find(connection, december).filter(state -> !state.isOpen()).isEmpty()) {
                return new YearCloseResult.Refused(YearCloseResult.Obstacle.MONTH_OPEN, december + " is open");
            }
            try (PreparedStatement undistributed = connection.prepareStatement(UNDISTRIBUTED)) {
                undistributed.setObject(1, december.atDay(1));
                try (ResultSet row = undistributed.executeQuery()) {
                    row.next();
                    if (row.getLong("profit_fen") != 0) {
                        return new YearCloseResult.Refused(YearCloseResult.Obstacle.PROFIT_NOT_DISTRIBUTED,
                                "account 4103 holds " + new Money(row.getLong("profit_fen")));
                    }
                }
            }
            try (PreparedStatement close = connection.prepareStatement(CLOSE_YEAR)) {
                close.setInt(1, year.getValue());
                close.setObject(2, clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
                close.setObject(3, year.atDay(1));
                close.setObject(4, december.atDay(1));
                close.executeUpdate();
            }
            return new YearCloseResult.Closed(findYear(connection, year).orElseThrow(), false);
        });
    }

    /** The years that are closed, in order. */
    public List<YearFacts> listYears() {
        return Transaction.read(dataSource, connection -> {
            List<YearFacts> years = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(LIST_YEARS);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    years.add(yearFacts(rows));
                }
            }
            return years;
        });
    }

    private static Optional<YearFacts> findYear(Connection connection, Year year) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FIND_YEAR)) {
            select.setInt(1, year.getValue());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(yearFacts(rows)) : Optional.empty();
            }
        }
    }

    private static YearFacts yearFacts(ResultSet row) throws SQLException {
        return new YearFacts(Year.of(row.getInt("year")), row.getObject("closed_at", OffsetDateTime.class).toInstant(),
                row.getLong("entries"), new Money(row.getLong("total_fen")), HexFormat.of().formatHex(row.getBytes("sha256")));
    }

    private CloseResult close(Connection connection, YearMonth period) throws SQLException {
        LocalDate firstDay = period.atDay(1);
        try (Statement hold = connection.createStatement()) {
            hold.execute(HOLD_BOOKINGS);
        }
        Optional<PeriodState> before = find(connection, period);
        if (before.isPresent() && before.get().closing() != null) {
            return new CloseResult.AlreadyClosed(before.get().closing());
        }
        try (PreparedStatement earlier = connection.prepareStatement(FIND_EARLIER_OPEN)) {
            earlier.setObject(1, firstDay);
            try (ResultSet row = earlier.executeQuery()) {
                row.next();
                LocalDate open = row.getObject("period", LocalDate.class);
                if (open != null) {
                    return new CloseResult.Refused(
                            CloseResult.Obstacle.EARLIER_PERIOD_OPEN, YearMonth.from(open) + " is open");
                }
            }
        }
        try (PreparedStatement unsettled = connection.prepareStatement(FIND_UNSETTLED)) {
            unsettled.setObject(1, firstDay);
            try (ResultSet rows = unsettled.executeQuery()) {
                List<String> balances = new ArrayList<>();
                while (rows.next()) {
                    balances.add("account " + rows.getString("account_code") + " holds "
                            + new Money(rows.getLong("balance_fen")));
                }
                if (!balances.isEmpty()) {
                    return new CloseResult.Refused(
                            CloseResult.Obstacle.PROFIT_AND_LOSS_NOT_SETTLED, String.join(", ", balances));
                }
            }
        }
        try (PreparedStatement sumUp = connection.prepareStatement(SUM_UP)) {
            sumUp.setObject(1, firstDay);
            sumUp.execute();
        }
        try (PreparedStatement compare = connection.prepareStatement(COUNT_TOTALS_THAT_DIFFER)) {
            compare.setObject(1, firstDay);
            compare.setObject(2, firstDay);
            try (ResultSet row = compare.executeQuery()) {
                row.next();
                if (row.getLong("differing") != 0) {
                    throw new IllegalStateException("period " + period + ": totals of " + row.getLong("differing")
                            + " accounts are not the sums of their postings");
                }
            }
        }
        try (PreparedStatement open = connection.prepareStatement(OPEN_PERIOD)) {
            open.setObject(1, firstDay);
            open.executeUpdate();
        }
        try (PreparedStatement close = connection.prepareStatement(CLOSE)) {
            close.setObject(1, clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
            close.setObject(2, firstDay);
            close.setObject(3, firstDay);
            if (close.executeUpdate() != 1) {
                throw new IllegalStateException("period " + period + ": the entries are not numbered without a gap");
            }
        }
        ClosingFacts facts = find(connection, period).map(PeriodState::closing).orElseThrow();
        return new CloseResult.Closed(facts);
    }

    private static Optional<PeriodState> find(Connection connection, YearMonth period) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FIND_PERIOD)) {
            select.setObject(1, period.atDay(1));
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(state(rows)) : Optional.empty();
            }
        }
    }

    private static PeriodState state(ResultSet row) throws SQLException {
        YearMonth period = YearMonth.from(row.getObject("period", LocalDate.class));
        OffsetDateTime closedAt = row.getObject("closed_at", OffsetDateTime.class);
        return new PeriodState(
                period,
                row.getLong("last_number"),
                closedAt == null
                        ? null
                        : new ClosingFacts(
                                period,
                                closedAt.toInstant(),
                                row.getLong("closed_entries"),
                                new Money(row.getLong("closed_total_fen")),
                                HexFormat.of().formatHex(row.getBytes("closed_sha256"))));
    }
}

package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.money.Money;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The subsidiary ledger of an account (明细账) and the general ledger by a dimension (总账、辅助核算), page by page. Every balance is debits minus
 * credits. What is asked for as known at a moment stays the same for ever; else an entry booked between two pages is on the later one or in none.
 */
public final class GeneralLedger {
    private static final String OPENING = """
            SELECT CAST(coalesce(sum(CASE p.side WHEN 'DEBIT' THEN p.amount_fen ELSE -p.amount_fen END), 0) AS bigint) AS balance_fen
              FROM ledger.posting p
              JOIN ledger.entry e ON e.period = p.period AND e.number = p.number
             WHERE starts_with(p.account_code, ?)
               AND (CAST(? AS timestamptz) IS NULL OR e.booked_at <= CAST(? AS timestamptz))
               AND (CAST(? AS text) IS NULL OR p.product = ?)
               AND (CAST(? AS text) IS NULL OR p.provider = ?)
               AND (CAST(? AS text) IS NULL OR p.merchant = ?)
               AND (CAST(? AS text) IS NULL OR p.consumer = ?)
               AND (CAST(? AS text) IS NULL OR p.purpose_class = ?)
               AND (CAST(? AS text) IS NULL OR p.business_line = ?)
               AND (CAST(? AS text) IS NULL OR p.price_version = ?)
               AND (CAST(? AS date) IS NULL OR coalesce(p.service_period, p.period) = CAST(? AS date))
               AND (e.effective_on, e.number, p.line) <= (CAST(? AS date), CAST(? AS bigint), CAST(? AS integer))
            """;

    private static final String LINES = """
            SELECT e.entry_id, e.effective_on, e.number, p.line, e.booked_at, e.reason, e.description, p.account_code, p.side, p.amount_fen,
                   p.product, p.provider, p.merchant, p.consumer, p.purpose_class, p.business_line, p.price_version, p.service_period
              FROM ledger.posting p
              JOIN ledger.entry e ON e.period = p.period AND e.number = p.number
             WHERE starts_with(p.account_code, ?)
               AND (CAST(? AS timestamptz) IS NULL OR e.booked_at <= CAST(? AS timestamptz))
               AND (CAST(? AS text) IS NULL OR p.product = ?)
               AND (CAST(? AS text) IS NULL OR p.provider = ?)
               AND (CAST(? AS text) IS NULL OR p.merchant = ?)
               AND (CAST(? AS text) IS NULL OR p.consumer = ?)
               AND (CAST(? AS text) IS NULL OR p.purpose_class = ?)
               AND (CAST(? AS text) IS NULL OR p.business_line = ?)
               AND (CAST(? AS text) IS NULL OR p.price_version = ?)
               AND (CAST(? AS date) IS NULL OR coalesce(p.service_period, p.period) = CAST(? AS date))
               AND (e.effective_on, e.number, p.line) > (CAST(? AS date), CAST(? AS bigint), CAST(? AS integer))
               AND (CAST(? AS date) IS NULL OR e.effective_on <= CAST(? AS date))
             ORDER BY e.effective_on, e.number, p.line
             LIMIT ?
            """;

    private static final String BY_DIMENSION = """
            SELECT g.account_code, g.value, CAST(g.opening_fen AS bigint) AS opening_fen, CAST(g.debit_fen AS bigint) AS debit_fen,
                   CAST(g.credit_fen AS bigint) AS credit_fen
              FROM (SELECT p.account_code,
                           coalesce(CASE CAST(? AS text)
                                    WHEN 'PRODUCT' THEN p.product
                                    WHEN 'PROVIDER' THEN p.provider
                                    WHEN 'MERCHANT' THEN p.merchant
                                    WHEN 'CONSUMER' THEN p.consumer
                                    WHEN 'PURPOSE_CLASS' THEN p.purpose_class
                                    WHEN 'BUSINESS_LINE' THEN p.business_line
                                    WHEN 'PRICE_VERSION' THEN p.price_version
                                    WHEN 'SERVICE_PERIOD' THEN to_char(coalesce(p.service_period, p.period), 'YYYY-MM')
                                    END, '') AS value,
                           coalesce(sum(CASE p.side WHEN 'DEBIT' THEN p.amount_fen ELSE -p.amount_fen END)
                                        FILTER (WHERE e.effective_on < ?), 0) AS opening_fen,
                           coalesce(sum(p.amount_fen) FILTER (WHERE e.effective_on >= ? AND p.side = 'DEBIT'), 0) AS debit_fen,
                           coalesce(sum(p.amount_fen) FILTER (WHERE e.effective_on >= ? AND p.side = 'CREDIT'), 0) AS credit_fen
                      FROM ledger.posting p
                      JOIN ledger.entry e ON e.period = p.period AND e.number = p.number
                     WHERE starts_with(p.account_code, ?)
                       AND (CAST(? AS timestamptz) IS NULL OR e.booked_at <= CAST(? AS timestamptz))
                       AND (CAST(? AS date) IS NULL OR e.effective_on <= CAST(? AS date))
                     GROUP BY 1, 2) g
             WHERE (g.account_code, g.value) > (?, ?)
             ORDER BY g.account_code, g.value
             LIMIT ?
            """;

    /** Before every entry there can be. */
    private static final LocalDate BEGINNING = LocalDate.of(1, 1, 1);

    private static final int MOST = 1_000;

    private final DataSource dataSource;

    public GeneralLedger(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What postings can be told apart by (辅助核算项). */
    public enum Dimension {
        PRODUCT,
        PROVIDER,
        MERCHANT,
        CONSUMER,
        PURPOSE_CLASS,
        BUSINESS_LINE,
        PRICE_VERSION,
        /** The month a posting is about, for most the one it is booked in. */
        SERVICE_PERIOD
    }

    /** The place of a line in a statement: by voucher date, number and line. */
    public record Position(LocalDate effectiveOn, long number, int line) {
        public Position {
            if (number < 0 || line < 0) {
                throw new IllegalArgumentException("no place in the books: " + number + ", line " + line);
            }
        }
    }

    /**
     * One posting of a statement.
     *
     * @param balance after it
     */
    public record Line(
            UUID entryId,
            Position position,
            Instant bookedAt,
            EntryReason reason,
            String description,
            Posting posting,
            Money balance) {}

    /**
     * A page of an account's statement.
     *
     * @param opening the balance before its first line
     * @param closing the balance after its last line
     * @param next where the next page begins; empty: this is the last
     */
    public record Statement(Money opening, List<Line> lines, Money closing, Optional<Position> next) {
        public Statement {
            lines = List.copyOf(lines);
        }
    }

    /**
     * One account and one value of a dimension.
     *
     * @param value empty: postings without this dimension
     * @param opening the balance before the first day asked for
     */
    public record Turnover(AccountCode account, String value, Money opening, Money debits, Money credits) {
        public Money closing() {
            return opening.plus(debits).minus(credits);
        }
    }

    /**
     * A page of turnovers.
     *
     * @param next the account and value of the last; empty: there are no more
     */
    public record Turnovers(List<Turnover> rows, Optional<Turnover> next) {
        public Turnovers {
            rows = List.copyOf(rows);
        }
    }

    /**
     * The postings of an account and its sub-accounts, by voucher date.
     *
     * @param about only postings with these dimensions; null components match any
     * @param from the first day; null: from the beginning
     * @param at the last day and the moment of knowledge
     * @param after the end of the page before; null: the first page
     * @param limit 1 to 1,000
     */
    public Statement statement(
            AccountCode account, Dimensions about, @Nullable LocalDate from, ReadPoint at, @Nullable Position after, int limit) {
        requireLimit(limit);
        Position begin = after != null
                ? after
                : new Position(from == null ? BEGINNING : from.minusDays(1), Long.MAX_VALUE, Integer.MAX_VALUE);
        return Transaction.read(dataSource, connection -> {
            Money opening = opening(connection, account, about, at, begin);
            Money balance = opening;
            List<Line> lines = new ArrayList<>();
            boolean more = false;
            try (PreparedStatement select = connection.prepareStatement(LINES)) {
                int next = bind(select, account, about, at, begin);
                select.setObject(next++, at.asOf(), Types.DATE);
                select.setObject(next++, at.asOf(), Types.DATE);
                select.setInt(next, limit + 1);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        if (lines.size() == limit) {
                            more = true;
                            break;
                        }
                        Posting posting = EntryRows.posting(row);
                        balance = posting.side() == Side.DEBIT ? balance.plus(posting.amount()) : balance.minus(posting.amount());
                        lines.add(new Line(
                                row.getObject("entry_id", UUID.class),
                                new Position(row.getObject("effective_on", LocalDate.class), row.getLong("number"), row.getInt("line")),
                                row.getObject("booked_at", OffsetDateTime.class).toInstant(),
                                EntryReason.valueOf(row.getString("reason")),
                                row.getString("description"),
                                posting,
                                balance));
                    }
                }
            }
            return new Statement(opening, lines, balance, more ? Optional.of(lines.getLast().position()) : Optional.empty());
        });
    }

    /**
     * Turnover and balances by account and value of a dimension, in their order.
     *
     * @param accounts beginning of the codes; empty: all accounts
     * @param from the first day; null: from the beginning
     * @param after the last row of the page before; null: the first page
     * @param limit 1 to 1,000
     */
    public Turnovers byDimension(
            String accounts, Dimension dimension, @Nullable LocalDate from, ReadPoint at, @Nullable Turnover after, int limit) {
        requireLimit(limit);
        LocalDate first = from == null ? BEGINNING : from;
        return Transaction.read(dataSource, connection -> {
            List<Turnover> rows = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(BY_DIMENSION)) {
                select.setString(1, dimension.name());
                select.setObject(2, first);
                select.setObject(3, first);
                select.setObject(4, first);
                select.setString(5, accounts);
                Object known = moment(at.asKnownAt());
                select.setObject(6, known, Types.TIMESTAMP_WITH_TIMEZONE);
                select.setObject(7, known, Types.TIMESTAMP_WITH_TIMEZONE);
                select.setObject(8, at.asOf(), Types.DATE);
                select.setObject(9, at.asOf(), Types.DATE);
                select.setString(10, after == null ? "" : after.account().value());
                select.setString(11, after == null ? "" : after.value());
                select.setInt(12, limit + 1);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        rows.add(new Turnover(new AccountCode(row.getString("account_code")), row.getString("value"),
                                new Money(row.getLong("opening_fen")), new Money(row.getLong("debit_fen")), new Money(row.getLong("credit_fen"))));
                    }
                }
            }
            return rows.size() > limit
                    ? new Turnovers(rows.subList(0, limit), Optional.of(rows.get(limit - 1)))
                    : new Turnovers(rows, Optional.empty());
        });
    }

    private static Money opening(Connection connection, AccountCode account, Dimensions about, ReadPoint at, Position begin)
            throws SQLException {
        try (PreparedStatement sum = connection.prepareStatement(OPENING)) {
            bind(sum, account, about, at, begin);
            try (ResultSet row = sum.executeQuery()) {
                row.next();
                return new Money(row.getLong("balance_fen"));
            }
        }
    }

    /** @return the index of the first parameter that is left */
    private static int bind(PreparedStatement statement, AccountCode account, Dimensions about, ReadPoint at, Position begin)
            throws SQLException {
        int next = 1;
        statement.setString(next++, account.value());
        Object known = moment(at.asKnownAt());
        statement.setObject(next++, known, Types.TIMESTAMP_WITH_TIMEZONE);
        statement.setObject(next++, known, Types.TIMESTAMP_WITH_TIMEZONE);
        for (@Nullable String value : Arrays.asList(about.product(), about.provider(), about.merchant(), about.consumer(),
                about.purposeClass(), about.businessLine(), about.priceVersion())) {
            statement.setString(next++, value);
            statement.setString(next++, value);
        }
        YearMonth servicePeriod = about.servicePeriod();
        LocalDate month = servicePeriod == null ? null : servicePeriod.atDay(1);
        statement.setObject(next++, month, Types.DATE);
        statement.setObject(next++, month, Types.DATE);
        statement.setObject(next++, begin.effectiveOn());
        statement.setLong(next++, begin.number());
        statement.setInt(next++, begin.line());
        return next;
    }

    private static @Nullable Object moment(@Nullable Instant moment) {
        return moment == null ? null : moment.atOffset(ZoneOffset.UTC);
    }

    private static void requireLimit(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("a page of " + limit + " lines, allowed: 1 to " + MOST);
        }
    }
}

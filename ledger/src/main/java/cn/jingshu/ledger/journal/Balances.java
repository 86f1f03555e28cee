package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.money.Money;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Sums read from the journal: trial balance, balance of an account, turnover of a month. */
public final class Balances {

    /** Whole months as known now: a few rows per month instead of all postings. */
    private static final String SUM_TOTALS = """
            SELECT account_code, CAST(sum(debit_fen) AS bigint) AS debit_fen, CAST(sum(credit_fen) AS bigint) AS credit_fen
              FROM ledger.account_total
             WHERE CAST(? AS date) IS NULL OR period <= CAST(? AS date)
             GROUP BY account_code
             ORDER BY account_code
            """;

    private static final String SUM_POSTINGS = """
            SELECT p.account_code,
                   CAST(coalesce(sum(p.amount_fen) FILTER (WHERE p.side = 'DEBIT'), 0) AS bigint) AS debit_fen,
                   CAST(coalesce(sum(p.amount_fen) FILTER (WHERE p.side = 'CREDIT'), 0) AS bigint) AS credit_fen
              FROM ledger.posting p
              JOIN ledger.entry e ON e.period = p.period AND e.number = p.number
             WHERE (CAST(? AS date) IS NULL OR e.effective_on <= CAST(? AS date))
               AND (CAST(? AS timestamptz) IS NULL OR e.booked_at <= CAST(? AS timestamptz))
             GROUP BY p.account_code
             ORDER BY p.account_code
            """;

    private static final String SUM_ACCOUNT = """
            SELECT CAST(coalesce(sum(p.amount_fen) FILTER (WHERE p.side = 'DEBIT'), 0) AS bigint) AS debit_fen,
                   CAST(coalesce(sum(p.amount_fen) FILTER (WHERE p.side = 'CREDIT'), 0) AS bigint) AS credit_fen
              FROM ledger.posting p
              JOIN ledger.entry e ON e.period = p.period AND e.number = p.number
             WHERE starts_with(p.account_code, ?)
               AND (CAST(? AS date) IS NULL OR e.effective_on >= CAST(? AS date))
               AND (CAST(? AS date) IS NULL OR e.effective_on <= CAST(? AS date))
               AND (CAST(? AS timestamptz) IS NULL OR e.booked_at <= CAST(? AS timestamptz))
               AND (CAST(? AS text) IS NULL OR p.product = ?)
               AND (CAST(? AS text) IS NULL OR p.provider = ?)
               AND (CAST(? AS text) IS NULL OR p.merchant = ?)
               AND (CAST(? AS text) IS NULL OR p.consumer = ?)
               AND (CAST(? AS text) IS NULL OR p.purpose_class = ?)
               AND (CAST(? AS text) IS NULL OR p.business_line = ?)
               AND (CAST(? AS text) IS NULL OR p.price_version = ?)
               AND (CAST(? AS date) IS NULL OR coalesce(p.service_period, p.period) = CAST(? AS date))
            """;

    private final DataSource dataSource;

    public Balances(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Every account with postings and what was debited and credited to it, at {@code at}. */
    public TrialBalance trialBalance(ReadPoint at) {
        return Transaction.read(dataSource, connection -> trialBalance(connection, at));
    }

    /** {@link #trialBalance(ReadPoint)} inside a transaction the caller has begun. */
    public static TrialBalance trialBalance(Connection connection, ReadPoint at) throws SQLException {
        boolean wholeMonths = at.asOf() == null
                || at.asOf().equals(YearMonth.from(at.asOf()).atEndOfMonth());
        List<AccountBalance> accounts = new ArrayList<>();
        try (PreparedStatement sum =
                connection.prepareStatement(wholeMonths && at.asKnownAt() == null ? SUM_TOTALS : SUM_POSTINGS)) {
            setDateTwice(sum, 1, at.asOf());
            if (!wholeMonths || at.asKnownAt() != null) {
                setMomentTwice(sum, 3, at.asKnownAt());
            }
            try (ResultSet rows = sum.executeQuery()) {
                while (rows.next()) {
                    accounts.add(new AccountBalance(
                            new AccountCode(rows.getString("account_code")),
                            new Money(rows.getLong("debit_fen")),
                            new Money(rows.getLong("credit_fen"))));
                }
            }
        }
        return new TrialBalance(at, accounts);
    }

    /**
     * Balance of an account with its sub-accounts.
     *
     * @param about only postings that have these dimensions; null components match any
     */
    public AccountBalance balance(AccountCode account, Dimensions about, ReadPoint at) {
        return Transaction.read(dataSource, connection -> balance(connection, account, about, at));
    }

    /** {@link #balance(AccountCode, Dimensions, ReadPoint)} inside a transaction the caller has begun. */
    public static AccountBalance balance(Connection connection, AccountCode account, Dimensions about, ReadPoint at)
            throws SQLException {
        return sum(connection, account, about, null, at);
    }

    /** What was debited and credited to an account and its sub-accounts in one month. */
    public AccountBalance turnover(AccountCode account, Dimensions about, YearMonth period) {
        return turnover(account, about, period.atDay(1), ReadPoint.endOf(period));
    }

    /** What was debited and credited to an account and its sub-accounts from the first day to that of {@code at}. */
    public AccountBalance turnover(AccountCode account, Dimensions about, LocalDate from, ReadPoint at) {
        return Transaction.read(dataSource, connection -> sum(connection, account, about, from, at));
    }

    private static AccountBalance sum(
            Connection connection, AccountCode account, Dimensions about, @Nullable LocalDate from, ReadPoint at)
            throws SQLException {
        try (PreparedStatement sum = connection.prepareStatement(SUM_ACCOUNT)) {
            sum.setString(1, account.value());
            setDateTwice(sum, 2, from);
            setDateTwice(sum, 4, at.asOf());
            setMomentTwice(sum, 6, at.asKnownAt());
            setTextTwice(sum, 8, about.product());
            setTextTwice(sum, 10, about.provider());
            setTextTwice(sum, 12, about.merchant());
            setTextTwice(sum, 14, about.consumer());
            setTextTwice(sum, 16, about.purposeClass());
            setTextTwice(sum, 18, about.businessLine());
            setTextTwice(sum, 20, about.priceVersion());
            setDateTwice(sum, 22, about.servicePeriod() == null ? null : about.servicePeriod().atDay(1));
            try (ResultSet row = sum.executeQuery()) {
                row.next();
                return new AccountBalance(
                        account, new Money(row.getLong("debit_fen")), new Money(row.getLong("credit_fen")));
            }
        }
    }

    private static void setDateTwice(PreparedStatement statement, int index, @Nullable LocalDate value)
            throws SQLException {
        statement.setObject(index, value, Types.DATE);
        statement.setObject(index + 1, value, Types.DATE);
    }

    private static void setMomentTwice(PreparedStatement statement, int index, @Nullable Instant value)
            throws SQLException {
        Object moment = value == null ? null : value.atOffset(ZoneOffset.UTC);
        statement.setObject(index, moment, Types.TIMESTAMP_WITH_TIMEZONE);
        statement.setObject(index + 1, moment, Types.TIMESTAMP_WITH_TIMEZONE);
    }

    private static void setTextTwice(PreparedStatement statement, int index, @Nullable String value)
            throws SQLException {
        statement.setString(index, value);
        statement.setString(index + 1, value);
    }
}

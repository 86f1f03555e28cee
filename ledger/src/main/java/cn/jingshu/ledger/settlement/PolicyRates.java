package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.money.Portion;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Every rate that law or the plan sets, with its date and source. The rates are rows of {@code ledger.policy_rate},
 * never constants in code: a new law is a new row.
 */
public record PolicyRates(List<DatedRate> rates) {

    private static final String LIST_RATES = """
            SELECT rule, effective_from, numerator, denominator, citation
              FROM ledger.policy_rate
             ORDER BY rule, effective_from
            """;

    public PolicyRates {
        rates = List.copyOf(rates);
    }

    /** The rates in the database. */
    public static PolicyRates load(DataSource dataSource) {
        return Transaction.read(dataSource, connection -> {
            List<DatedRate> rates = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(LIST_RATES);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    rates.add(new DatedRate(
                            Rule.valueOf(rows.getString("rule")),
                            Portion.of(rows.getLong("numerator"), rows.getLong("denominator")),
                            rows.getObject("effective_from", LocalDate.class),
                            rows.getString("citation")));
                }
            }
            return new PolicyRates(rates);
        });
    }

    /**
     * Brings in a rate that holds from {@code from} on, in the caller's transaction.
     *
     * @param from first of a month still to come, of which no month from then on is closed; {@code citation} where it is written
     * @param proposedBy another person than {@code approvedBy}
     * @throws SQLException if the books refuse it: {@code JL010} to {@code JL014}, or there is a rate of that day
     */
    public static void enact(Connection connection, String rule, LocalDate from, long numerator, long denominator, String citation,
            UUID proposedBy, UUID approvedBy) throws SQLException {
        try (PreparedStatement enact = connection.prepareStatement("SELECT ledger.enact_rate(?, ?, ?, ?, ?, ?, ?)")) {
            enact.setString(1, rule);
            enact.setObject(2, from);
            enact.setLong(3, numerator);
            enact.setLong(4, denominator);
            enact.setString(5, citation);
            enact.setObject(6, proposedBy);
            enact.setObject(7, approvedBy);
            enact.execute();
        }
    }

    /**
     * The rate of {@code rule} that applies on {@code day}.
     *
     * @throws IllegalStateException if none applies yet: the marketplace must not guess a rate
     */
    public DatedRate rateAt(Rule rule, LocalDate day) {
        return rates.stream()
                .filter(rate -> rate.rule() == rule && !rate.from().isAfter(day))
                .max(Comparator.comparing(DatedRate::from))
                .orElseThrow(() -> new IllegalStateException("no rate for " + rule + " on " + day));
    }
}

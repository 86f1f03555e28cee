package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.money.Portion;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

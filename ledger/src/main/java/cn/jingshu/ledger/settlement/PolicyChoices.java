package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.Transaction;
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
 * What law or the plan decides otherwise than by a rate, with date and source: rows of {@code ledger.policy_choice}. A new
 * decision is a new row.
 */
public record PolicyChoices(List<Choice> choices) {

    private static final String LIST_CHOICES = """
            SELECT rule, effective_from, choice, citation
              FROM ledger.policy_choice
             ORDER BY rule, effective_from
            """;

    /** What is decided; stable text in {@code ledger.policy_choice}. */
    public enum Rule {
        /** Of what the treasury's portion is taken: a {@link TreasuryBase}. */
        TREASURY_BASE,
        /** For how many years after it a loss lowers the taxed profit. */
        TAX_LOSS_YEARS
    }

    /** @param from first day it applies; it applies until a later choice of the same rule does */
    public record Choice(Rule rule, LocalDate from, String choice, String citation) {}

    public PolicyChoices {
        choices = List.copyOf(choices);
    }

    /** The choices in the database. */
    public static PolicyChoices load(DataSource dataSource) {
        return Transaction.read(dataSource, connection -> {
            List<Choice> choices = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(LIST_CHOICES);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    choices.add(new Choice(Rule.valueOf(rows.getString("rule")),
                            rows.getObject("effective_from", LocalDate.class), rows.getString("choice"),
                            rows.getString("citation")));
                }
            }
            return new PolicyChoices(choices);
        });
    }

    /** Brings in a choice that holds from {@code from} on, by the rules of {@link PolicyRates#enact}. */
    public static void enact(Connection connection, String rule, LocalDate from, String choice, String citation, UUID proposedBy, UUID approvedBy)
            throws SQLException {
        try (PreparedStatement enact = connection.prepareStatement("SELECT ledger.enact_choice(?, ?, ?, ?, ?, ?)")) {
            enact.setString(1, rule);
            enact.setObject(2, from);
            enact.setString(3, choice);
            enact.setString(4, citation);
            enact.setObject(5, proposedBy);
            enact.setObject(6, approvedBy);
            enact.execute();
        }
    }

    public TreasuryBase treasuryBaseAt(LocalDate day) {
        return TreasuryBase.valueOf(at(Rule.TREASURY_BASE, day).choice());
    }

    public int taxLossYearsAt(LocalDate day) {
        return Integer.parseInt(at(Rule.TAX_LOSS_YEARS, day).choice());
    }

    /** @throws IllegalStateException if none applies yet: the marketplace must not guess */
    private Choice at(Rule rule, LocalDate day) {
        return choices.stream()
                .filter(choice -> choice.rule() == rule && !choice.from().isAfter(day))
                .max(Comparator.comparing(Choice::from))
                .orElseThrow(() -> new IllegalStateException("no choice for " + rule + " on " + day));
    }
}

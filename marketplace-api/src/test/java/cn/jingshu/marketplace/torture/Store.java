package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.StorePostgres;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What PostgreSQL holds, read by plain SQL past the product. */
final class Store {
    private static final String EVENTS = """
            SELECT event_id, request_id, quantity, subscription_id
              FROM metering.usage_event
             WHERE subscription_id = ANY (?)
            """;
    private static final String TOTALS = """
            SELECT subscription_id, sum(calls) AS calls, sum(quantity) AS quantity
              FROM metering.usage_hour
             WHERE subscription_id = ANY (?)
             GROUP BY subscription_id
            """;
    private static final String IS_STORED = """
            SELECT EXISTS (
                   SELECT 1 FROM metering.usage_event WHERE subscription_id = ? AND request_id = ?) AS stored
            """;
    private static final String EVERYTHING = """
            SELECT (SELECT count(*) FROM metering.usage_event)                                 AS events,
                   (SELECT count(DISTINCT event_id) FROM metering.usage_event)                 AS event_ids,
                   (SELECT CAST(sum(quantity) AS bigint) FROM metering.usage_event)            AS units,
                   (SELECT CAST(sum(calls) AS bigint) FROM metering.usage_hour)                AS total_calls,
                   (SELECT CAST(sum(quantity) AS bigint) FROM metering.usage_hour)             AS total_units
            """;
    private static final String ABOVE_QUOTA = """
            SELECT u.subscription_id, u.units, p.monthly_quota_units
              FROM (SELECT subscription_id, CAST(sum(quantity) AS bigint) AS units
                      FROM metering.usage_event
                     GROUP BY subscription_id) u
              JOIN market.subscription s ON s.id = u.subscription_id
              JOIN market.plan p ON p.id = s.plan_id
             WHERE u.units > p.monthly_quota_units
            """;

    private static final String ABOVE_BUDGET = """
            SELECT u.organisation_id, u.units, a.budget_fen
              FROM (SELECT s.organisation_id, CAST(sum(e.quantity) AS bigint) AS units
                      FROM metering.usage_event e
                      JOIN market.subscription s ON s.id = e.subscription_id
                     GROUP BY s.organisation_id) u
              JOIN market.consumer_account a ON a.organisation_id = u.organisation_id AND a.budget_hard
             WHERE u.units * CAST(? AS bigint) >= a.budget_fen * 100 + 50
            """;

    private final StorePostgres postgres;

    Store(StorePostgres postgres) {
        this.postgres = postgres;
    }

    /** The events and totals of some subscriptions at one moment. */
    record Picture(Map<UUID, List<Account.Stored>> events, Map<UUID, Account.Totals> totals) {
        List<Account.Stored> eventsOf(Account account) {
            return events.getOrDefault(account.subscriptionId(), List.of());
        }

        Account.Totals totalsOf(Account account) {
            return totals.getOrDefault(account.subscriptionId(), new Account.Totals(0, 0));
        }
    }

    Picture pictureOf(List<Account> accounts) throws SQLException {
        Map<UUID, List<Account.Stored>> events = new HashMap<>();
        Map<UUID, Account.Totals> totals = new HashMap<>();
        try (Connection connection = postgres.connect()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            Array ids = connection.createArrayOf("uuid", accounts.stream().map(Account::subscriptionId).toArray());
            try (PreparedStatement statement = connection.prepareStatement(EVENTS)) {
                statement.setArray(1, ids);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        events.computeIfAbsent(row.getObject("subscription_id", UUID.class), id -> new ArrayList<>())
                                .add(new Account.Stored(row.getString("event_id"), row.getString("request_id"),
                                        row.getLong("quantity")));
                    }
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(TOTALS)) {
                statement.setArray(1, ids);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        totals.put(row.getObject("subscription_id", UUID.class),
                                new Account.Totals(row.getLong("calls"), row.getLong("quantity")));
                    }
                }
            }
            connection.commit();
        }
        return new Picture(events, totals);
    }

    boolean isStored(UUID subscriptionId, String requestId) throws SQLException {
        try (Connection connection = postgres.connect();
                PreparedStatement statement = connection.prepareStatement(IS_STORED)) {
            statement.setObject(1, subscriptionId);
            statement.setString(2, requestId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean("stored");
            }
        }
    }

    /**
     * Holds everything that is stored against what the rounds counted.
     *
     * @param counted events that were found and checked, each once
     */
    Findings checkEverything(long counted) throws SQLException {
        Findings findings = new Findings();
        try (Connection connection = postgres.connect();
                PreparedStatement everything = connection.prepareStatement(EVERYTHING);
                PreparedStatement aboveQuota = connection.prepareStatement(ABOVE_QUOTA);
                PreparedStatement aboveBudget = connection.prepareStatement(ABOVE_BUDGET)) {
            try (ResultSet row = everything.executeQuery()) {
                row.next();
                long events = row.getLong("events");
                compare(findings, counted, events, "events that were checked and events stored");
                compare(findings, events, row.getLong("event_ids"), "events and their ids");
                compare(findings, events, row.getLong("total_calls"), "events and calls in the hourly totals");
                compare(findings, row.getLong("units"), row.getLong("total_units"), "units of events and of the hourly totals");
            }
            aboveBudget.setLong(1, Account.CENTIFEN_A_CALL);
            try (ResultSet row = aboveBudget.executeQuery()) {
                while (row.next()) {
                    findings.oversold(1, row.getString("organisation_id") + " has used " + row.getLong("units")
                            + " units on a budget of " + row.getLong("budget_fen") + " fen");
                }
            }
            try (ResultSet row = aboveQuota.executeQuery()) {
                while (row.next()) {
                    long above = row.getLong("units") - row.getLong("monthly_quota_units");
                    findings.oversold(above, row.getString("subscription_id") + " is " + above + " units above its quota");
                }
            }
        }
        return findings;
    }

    private static void compare(Findings findings, long expected, long found, String what) {
        if (found < expected) {
            findings.lost(expected - found, what + ": " + expected + " and " + found);
        } else if (found > expected) {
            findings.doubled(found - expected, what + ": " + expected + " and " + found);
        }
    }
}

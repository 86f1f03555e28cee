package cn.jingshu.marketplace.billing;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribed to what, and when it could be used: what fixed amounts are owed for. A change of plan ends one
 * subscription and begins another, and each is owed for its own part of the month.
 */
@Singleton
final class Subscribers {
    private static final String ONE = """
            SELECT s.id, s.organisation_id, p.product_code, p.code, s.purpose, u.starts_at, u.ends_at
              FROM market.subscription s
              JOIN market.plan p ON p.id = s.plan_id
              LEFT JOIN market.authorised_use u ON u.subscription_id = s.id
             WHERE s.id = ?
            """;
    private static final String SOME = """
            SELECT s.id, s.organisation_id, p.product_code, p.code, s.purpose, u.starts_at, u.ends_at
              FROM market.subscription s
              JOIN market.plan p ON p.id = s.plan_id
              LEFT JOIN market.authorised_use u ON u.subscription_id = s.id
             WHERE s.id = ANY (CAST(? AS uuid[]))
            """;
    private static final String OF_PRODUCT = """
            SELECT s.id, s.organisation_id, p.product_code, p.code, s.purpose, u.starts_at, u.ends_at
              FROM market.subscription s
              JOIN market.plan p ON p.id = s.plan_id
              JOIN market.authorised_use u ON u.subscription_id = s.id
             WHERE p.product_code = ? AND s.purpose = 'INDUSTRY' AND u.starts_at < ? AND u.ends_at > ?
             ORDER BY s.id
            """;
    private static final String STEPS = """
            SELECT a.subject_id, a.at, a.action
              FROM market.audit_log a
              JOIN market.subscription s ON CAST(s.id AS text) = a.subject_id
              JOIN market.plan p ON p.id = s.plan_id
             WHERE a.subject_kind = 'subscription' AND p.product_code = ? AND a.at < ?
               AND a.action IN ('subscription.suspend', 'subscription.restore', 'subscription.end')
             ORDER BY a.sequence
            """;
    /** Products that a price of a month's kind may be owed for, with or without usage. */
    private static final String MONTHLY_PRODUCTS = """
            SELECT DISTINCT product_code
              FROM market.tariff
             WHERE kind NOT IN ('FREE', 'PER_UNIT') AND effective_from < ?
             ORDER BY product_code
            """;

    private final Database database;

    Subscribers(Database database) {
        this.database = database;
    }

    /**
     * One subscription.
     *
     * @param plan the plan's code
     * @param spells when it could be used, in order; known of those that {@link #listOf} answers
     */
    record Subscriber(UUID subscriptionId, UUID organisationId, String product, String plan, String purpose, List<Spell> spells) {
        /** The part of {@code whole} it could be used in within {@code part}. */
        BigFraction share(Spell part, Spell whole) {
            long seconds = spells.stream().mapToLong(spell -> spell.overlap(part).toSeconds()).sum();
            return new BigFraction(seconds).divide(new BigFraction(whole.length().toSeconds()));
        }
    }

    /** A stretch of time, {@code [from, to)}. */
    record Spell(Instant from, Instant to) {
        Duration length() {
            return Duration.between(from, to);
        }

        Duration overlap(Spell other) {
            Instant begin = from.isAfter(other.from) ? from : other.from;
            Instant end = to.isBefore(other.to) ? to : other.to;
            return begin.isBefore(end) ? Duration.between(begin, end) : Duration.ZERO;
        }
    }

    Optional<Subscriber> find(UUID subscriptionId) {
        return database.inTransaction(t -> t.find(ONE, row -> read(row, List.of()), subscriptionId));
    }

    /** As {@link #find}, of several at once. */
    List<Subscriber> listOf(Set<UUID> subscriptionIds) {
        return database.inTransaction(t -> t.list(SOME, row -> read(row, List.of()), subscriptionIds));
    }

    /** Products with a price that fixed amounts, bands or packages belong to, in force before {@code moment}. */
    List<String> listMonthlyProducts(Instant moment) {
        return database.inTransaction(t -> t.list(MONTHLY_PRODUCTS, row -> row.text("product_code"), moment));
    }

    /** The subscriptions of a product for use by industry that could be used at any time within {@code period}. */
    List<Subscriber> listOf(String product, Spell period) {
        return database.inTransaction(t -> listOf(t, product, period));
    }

    private static List<Subscriber> listOf(Transaction t, String product, Spell period) throws SQLException {
        Map<String, List<Step>> steps = new HashMap<>();
        for (Step step : t.list(STEPS, Subscribers::step, product, period.to())) {
            steps.computeIfAbsent(step.subscription(), _ -> new ArrayList<>()).add(step);
        }
        return t.list(OF_PRODUCT, row -> read(row, spells(new Spell(row.instant("starts_at"), row.instant("ends_at")),
                steps.getOrDefault(row.uuid("id").toString(), List.of()))), product, period.to(), period.from());
    }

    private record Step(String subscription, Instant at, boolean opens) {}

    private static Step step(Row row) throws SQLException {
        return new Step(row.text("subject_id"), row.instant("at"), row.text("action").equals("subscription.restore"));
    }

    private static List<Spell> spells(Spell approved, List<Step> steps) {
        List<Spell> spells = new ArrayList<>();
        @Nullable Instant open = approved.from();
        for (Step step : steps) {
            if (open != null && !step.opens()) {
                spells.add(new Spell(open, step.at()));
                open = null;
            } else if (open == null && step.opens()) {
                open = step.at();
            }
        }
        if (open != null) {
            spells.add(new Spell(open, approved.to()));
        }
        return spells.stream()
                .map(spell -> spell.to().isAfter(approved.to()) ? new Spell(spell.from(), approved.to()) : spell)
                .filter(spell -> spell.from().isBefore(spell.to()))
                .toList();
    }

    private static Subscriber read(Row row, List<Spell> spells) throws SQLException {
        return new Subscriber(row.uuid("id"), row.uuid("organisation_id"), row.text("product_code"), row.text("code"),
                row.text("purpose"), spells);
    }
}

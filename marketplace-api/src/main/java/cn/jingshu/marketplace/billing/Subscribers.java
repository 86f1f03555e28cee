package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.tariff.Stretch;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribed to what, on which plan, and when it could be used: what fixed amounts are owed for. A change of plan splits
 * the month at its instant, and each plan is owed for its own part.
 */
@Singleton
public final class Subscribers {
    private static final String SOME = """
            SELECT s.id, s.organisation_id, p.product_code, p.code, s.purpose, u.starts_at, u.ends_at,
                   c.effective_at AS changed_at, before.code AS from_code, after.code AS to_code
              FROM market.subscription s
              JOIN market.plan p ON p.id = s.plan_id
              LEFT JOIN market.authorised_use u ON u.subscription_id = s.id
              LEFT JOIN market.plan_change c ON c.subscription_id = s.id AND c.status = 'MADE'
              LEFT JOIN market.plan before ON before.id = c.from_plan_id
              LEFT JOIN market.plan after ON after.id = c.to_plan_id
             WHERE s.id = ANY (CAST(? AS uuid[]))
             ORDER BY s.id, c.effective_at, c.number
            """;
    private static final String OF_PRODUCT = """
            SELECT s.id, s.organisation_id, p.product_code, p.code, s.purpose, u.starts_at, u.ends_at,
                   c.effective_at AS changed_at, before.code AS from_code, after.code AS to_code
              FROM market.subscription s
              JOIN market.plan p ON p.id = s.plan_id
              JOIN market.authorised_use u ON u.subscription_id = s.id
              LEFT JOIN market.plan_change c ON c.subscription_id = s.id AND c.status = 'MADE'
              LEFT JOIN market.plan before ON before.id = c.from_plan_id
              LEFT JOIN market.plan after ON after.id = c.to_plan_id
             WHERE p.product_code = ? AND s.purpose = 'INDUSTRY' AND u.starts_at < ? AND u.ends_at > ?
             ORDER BY s.id, c.effective_at, c.number
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
    /** Products of which a price depends on when a subscription could be used, and on which plan. */
    private static final String PRODUCTS_BY_PLAN = """
            SELECT DISTINCT product_code
              FROM market.tariff
             WHERE (kind NOT IN ('FREE', 'PER_UNIT') OR plan_code IS NOT NULL) AND effective_from < ?
             ORDER BY product_code
            """;

    private final Database database;

    Subscribers(Database database) {
        this.database = database;
    }

    /**
     * One subscription.
     *
     * @param plans which plan it was on since when, in order; the first one since ever
     * @param spells when it could be used, in order; whole, suspensions left out, of those that {@link #listOf(String, Stretch)} answers
     */
    record Subscriber(UUID subscriptionId, UUID organisationId, String product, List<PlanFrom> plans, String purpose, List<Stretch> spells) {
        /** The code of the plan that what happened at a moment belongs to. */
        String planAt(Instant moment) {
            return plans.stream().filter(each -> !each.from().isAfter(moment)).reduce((_, later) -> later).orElseThrow().code();
        }

        /** A stretch of time, cut where the plan changed within it; two neighbours are on different plans, or on one it came back to. */
        List<Stretch> pieces(Stretch whole) {
            List<Stretch> pieces = new ArrayList<>();
            Instant from = whole.from();
            for (PlanFrom each : plans) {
                if (each.from().isAfter(from) && each.from().isBefore(whole.to())) {
                    pieces.add(new Stretch(from, each.from()));
                    from = each.from();
                }
            }
            pieces.add(new Stretch(from, whole.to()));
            return pieces;
        }

        /** The part of {@code whole} it could be used in within {@code part}. */
        BigFraction share(Stretch part, Stretch whole) {
            return spells.stream()
                    .map(spell -> spell.within(part).map(both -> both.shareOf(whole)).orElse(BigFraction.ZERO))
                    .reduce(BigFraction.ZERO, BigFraction::add);
        }
    }

    /** From a moment on a subscription is on the plan with this code, until the next. */
    record PlanFrom(Instant from, String code) {}

    Optional<Subscriber> find(UUID subscriptionId) {
        return listOf(Set.of(subscriptionId)).stream().findFirst();
    }

    /** Subscriptions by id. */
    List<Subscriber> listOf(Set<UUID> subscriptionIds) {
        return database.inTransaction(t -> subscribers(t.list(SOME, Subscribers::read, subscriptionIds), Map.of()));
    }

    /** Products with a price that fixed amounts, bands or packages belong to, in force before {@code moment}. */
    List<String> listMonthlyProducts(Instant moment) {
        return database.inTransaction(t -> t.list(MONTHLY_PRODUCTS, row -> row.text("product_code"), moment));
    }

    /** The subscriptions of a product for use by industry that could be used at any time within {@code period}. */
    List<Subscriber> listOf(String product, Stretch period) {
        return database.inTransaction(t -> listOf(t, product, period));
    }

    /** When a subscription could be used on one plan. */
    public record Standing(UUID subscriptionId, String product, String plan, Stretch time) {}

    /**
     * When subscriptions could be used within {@code period} of products with a price of a month's kind or of a plan's own, in a view of the caller's: by the text of
     * their ids, then by time. Where a plan changed, one time ends and the next begins.
     */
    public static List<Standing> listStanding(Transaction t, Stretch period) throws SQLException {
        List<Standing> all = new ArrayList<>();
        for (String product : t.list(PRODUCTS_BY_PLAN, row -> row.text("product_code"), period.to())) {
            for (Subscriber each : listOf(t, product, period)) {
                each.spells().stream().filter(spell -> spell.within(period).isPresent()).flatMap(spell -> each.pieces(spell).stream())
                        .forEach(piece -> all.add(new Standing(each.subscriptionId(), product, each.planAt(piece.from()), piece)));
            }
        }
        all.sort(Comparator.comparing((Standing each) -> each.subscriptionId().toString()).thenComparing(each -> each.time().from()));
        return all;
    }

    private static List<Subscriber> listOf(Transaction t, String product, Stretch period) throws SQLException {
        Map<String, List<Step>> steps = new HashMap<>();
        for (Step step : t.list(STEPS, Subscribers::step, product, period.to())) {
            steps.computeIfAbsent(step.subscription(), _ -> new ArrayList<>()).add(step);
        }
        return subscribers(t.list(OF_PRODUCT, Subscribers::read, product, period.to(), period.from()), steps);
    }

    /** One row of a subscription for each change of its plan, in order; one without a change if there was none. */
    private record Found(Subscriber subscriber, @Nullable Stretch approved, @Nullable String from, @Nullable PlanFrom to) {}

    private static Found read(Row row) throws SQLException {
        Subscriber subscriber = new Subscriber(row.uuid("id"), row.uuid("organisation_id"), row.text("product_code"),
                List.of(new PlanFrom(Instant.MIN, row.text("code"))), row.text("purpose"), List.of());
        Instant starts = row.instantOrNull("starts_at");
        Instant changed = row.instantOrNull("changed_at");
        return new Found(subscriber, starts == null ? null : new Stretch(starts, row.instant("ends_at")), row.textOrNull("from_code"),
                changed == null ? null : new PlanFrom(changed, row.text("to_code")));
    }

    private static List<Subscriber> subscribers(List<Found> rows, Map<String, List<Step>> steps) {
        Map<UUID, List<Found>> byId = new LinkedHashMap<>();
        rows.forEach(each -> byId.computeIfAbsent(each.subscriber().subscriptionId(), _ -> new ArrayList<>()).add(each));
        return byId.values().stream().map(each -> subscriber(each, steps)).toList();
    }

    private static Subscriber subscriber(List<Found> rows, Map<String, List<Step>> steps) {
        Found first = rows.getFirst();
        Subscriber one = first.subscriber();
        List<PlanFrom> plans = new ArrayList<>();
        plans.add(first.from() == null ? one.plans().getFirst() : new PlanFrom(Instant.MIN, first.from()));
        rows.stream().map(Found::to).filter(Objects::nonNull).forEach(plans::add);
        List<Stretch> spells = first.approved() == null
                ? List.of() : spells(first.approved(), steps.getOrDefault(one.subscriptionId().toString(), List.of()));
        return new Subscriber(one.subscriptionId(), one.organisationId(), one.product(), List.copyOf(plans), one.purpose(), spells);
    }

    private record Step(String subscription, Instant at, boolean opens) {}

    private static Step step(Row row) throws SQLException {
        return new Step(row.text("subject_id"), row.instant("at"), row.text("action").equals("subscription.restore"));
    }

    private static List<Stretch> spells(Stretch approved, List<Step> steps) {
        List<Stretch> spells = new ArrayList<>();
        @Nullable Instant open = approved.from();
        for (Step step : steps) {
            if (open != null && !step.opens()) {
                add(spells, open, step.at());
                open = null;
            } else if (open == null && step.opens()) {
                open = step.at();
            }
        }
        if (open != null) {
            add(spells, open, approved.to());
        }
        return spells.stream().flatMap(spell -> spell.within(approved).stream()).toList();
    }

    /** None of it, if a clock was set back or the approved time was over already. */
    private static void add(List<Stretch> spells, Instant from, Instant to) {
        if (from.isBefore(to)) {
            spells.add(new Stretch(from, to));
        }
    }
}

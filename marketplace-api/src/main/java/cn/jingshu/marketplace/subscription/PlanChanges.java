package cn.jingshu.marketplace.subscription;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.marketplace.subscription.Subscriptions.Fault;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Changing a subscription's plan (变更套餐) as one act: the old plan ends and the new one begins at the same instant, in one transaction, while the
 * subscription, its keys, its approved use and its counted units go on. Who decides is who decides about a subscription: use by industry changes by
 * rule, once it has been on its plan for the shortest time ({@code plan.shortest-stay-days}), for a month is shared by time; use in the public interest waits for a
 * person of the bureau. A change of product or purpose is another use, and is applied for anew.
 *
 * @see "发改价格〔2025〕65号: 用于公共治理、公益事业的免费提供 — the use decides, so a change of plan never changes the use"
 */
@Singleton
public final class PlanChanges {
    private static final String BY_ID = """
            SELECT id, subscription_id, from_plan_id, to_plan_id, statement, status, asked_by, asked_at, decided_by, decided_at, reason,
                   effective_at
              FROM market.plan_change
             WHERE id = ?
            """;
    private static final String OF_SUBSCRIPTION = """
            SELECT id, subscription_id, from_plan_id, to_plan_id, statement, status, asked_by, asked_at, decided_by, decided_at, reason,
                   effective_at
              FROM market.plan_change
             WHERE subscription_id = ?
             ORDER BY number
            """;
    private static final String PENDING = """
            SELECT id, subscription_id, from_plan_id, to_plan_id, statement, status, asked_by, asked_at, decided_by, decided_at, reason,
                   effective_at
              FROM market.plan_change
             WHERE status = 'PENDING'
             ORDER BY asked_at, number
            """;
    private static final String LAST_MADE = """
            SELECT max(effective_at) AS effective_at FROM market.plan_change WHERE subscription_id = ? AND status = 'MADE'
            """;
    private static final String SHORTEST_STAY = """
            SELECT value FROM market.policy_parameter WHERE name = 'plan.shortest-stay-days' AND effective_from <= ?
             ORDER BY effective_from DESC LIMIT 1
            """;
    /** When a subscription began, or went over to its plan. */
    private static final String ON_PLAN_SINCE = """
            SELECT greatest(u.starts_at, (SELECT max(c.effective_at) FROM market.plan_change c WHERE c.subscription_id = u.subscription_id AND c.status = 'MADE')) AS since
              FROM market.authorised_use u
             WHERE u.subscription_id = ?
            """;
    private static final String ADD = """
            INSERT INTO market.plan_change
                   (id, subscription_id, from_plan_id, to_plan_id, statement, status, asked_by, asked_at, decided_at, effective_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String DECIDE = """
            UPDATE market.plan_change
               SET status = ?, from_plan_id = ?, decided_by = ?, decided_at = ?, reason = ?, effective_at = ?
             WHERE id = ?
            """;
    private static final String SET_PLAN = """
            UPDATE market.subscription SET plan_id = ? WHERE id = ?
            """;

    private final Database database;
    private final Clock clock;

    public PlanChanges(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A wish to change plans; the caller makes the id, so asking twice makes one change, and under one id another wish is refused.
     *
     * @param statement why, at most {@value Subscriptions#LONGEST_STATEMENT} characters; may be empty for use by industry, which no person judges
     */
    public record Request(UUID id, UUID subscriptionId, UUID toPlanId, String statement, UUID askedBy) {}

    /** The answer to a wish or a decision. */
    public sealed interface Outcome {
        /**
         * @param change as it stands now; its status says whether it waits for the bureau
         * @param already whether it had been asked for, or decided so, before
         */
        record Done(PlanChange change, boolean already) implements Outcome {}

        record Refused(Fault fault) implements Outcome {}
    }

    /** Asks for another plan, from now on where no person decides. */
    public Outcome ask(Request request) {
        try {
            return database.inTransaction(t -> ask(t, request));
        } catch (DatabaseException e) {
            return refusedBy(e).orElseThrow(() -> e);
        }
    }

    private static Optional<Outcome> refusedBy(DatabaseException e) {
        if (e.violates("subscription_one_open_per_plan")) {
            return Optional.of(new Outcome.Refused(Fault.SUBSCRIBED_ALREADY));
        }
        // Asked for under another subscription's lock since this one looked.
        return e.violates("plan_change_pk") ? Optional.of(new Outcome.Refused(Fault.ID_TAKEN)) : Optional.empty();
    }

    private Outcome ask(Transaction t, Request request) throws SQLException {
        Optional<Subscription> found = Subscriptions.lockIn(t, request.subscriptionId());
        if (found.isEmpty()) {
            return new Outcome.Refused(Fault.NO_SUCH_SUBSCRIPTION);
        }
        Subscription subscription = found.get();
        if (!People.getIn(t, request.askedBy()).organisationId().equals(subscription.organisationId())) {
            return new Outcome.Refused(Fault.NOT_OF_THIS_ORGANISATION);
        }
        Optional<PlanChange> before = findIn(t, request.id());
        if (before.isPresent()) {
            return again(request, before.get());
        }
        Instant now = clock.instant();
        Optional<Fault> fault = fault(t, subscription, request.toPlanId(), now);
        if (fault.isPresent()) {
            return new Outcome.Refused(fault.get());
        }
        boolean byRule = subscription.purpose() == Purpose.INDUSTRY;
        String statement = request.statement().strip();
        if (statement.length() > Subscriptions.LONGEST_STATEMENT) {
            return new Outcome.Refused(Fault.STATEMENT_TOO_LONG);
        }
        if (!byRule && statement.isEmpty()) {
            return new Outcome.Refused(Fault.STATEMENT_MISSING);
        }
        if (list(t, subscription.id()).stream().anyMatch(each -> each.status() == PlanChange.Status.PENDING)) {
            return new Outcome.Refused(Fault.CHANGE_PENDING);
        }
        @Nullable Instant effectiveAt = byRule ? instant(t, subscription.id(), now) : null;
        t.change(ADD, request.id(), subscription.id(), subscription.planId(), request.toPlanId(), statement,
                byRule ? PlanChange.Status.MADE : PlanChange.Status.PENDING, request.askedBy(), now, byRule ? now : null, effectiveAt);
        AuditLog.append(t, clock, request.askedBy(), "subscription.ask-plan", "subscription", subscription.id(),
                Map.of("change", request.id().toString(), "plan", request.toPlanId().toString()));
        if (byRule) {
            t.change(SET_PLAN, request.toPlanId(), subscription.id());
            AuditLog.append(t, clock, null, "subscription.change-plan", "subscription", subscription.id(),
                    Map.of("change", request.id().toString(), "from", subscription.planId().toString(), "to", request.toPlanId().toString(),
                            "rule", Subscriptions.INDUSTRY_RULE));
        }
        return new Outcome.Done(findIn(t, request.id()).orElseThrow(), false);
    }

    /** What was entered is the answer to the same once more, whatever became of it since. */
    private static Outcome again(Request request, PlanChange before) {
        boolean same = before.subscriptionId().equals(request.subscriptionId()) && before.toPlanId().equals(request.toPlanId())
                && before.statement().equals(request.statement().strip());
        return same ? new Outcome.Done(before, true) : new Outcome.Refused(Fault.ID_TAKEN);
    }

    /** Why the subscription cannot go over to the plan now; empty: it can. */
    private static Optional<Fault> fault(Transaction t, Subscription subscription, UUID toPlanId, Instant now) throws SQLException {
        if (subscription.status() != Subscription.Status.ACTIVE) {
            return Optional.of(Fault.NOT_OPEN);
        }
        Optional<Plan> plan = Plans.findIn(t, toPlanId).filter(each -> each.offeredAt(now));
        if (plan.isEmpty()) {
            return Optional.of(Fault.NO_SUCH_PLAN);
        }
        if (toPlanId.equals(subscription.planId())) {
            return Optional.of(Fault.SAME_PLAN);
        }
        String product = Plans.findIn(t, subscription.planId()).orElseThrow().product();
        if (!plan.get().product().equals(product) || plan.get().purpose() != subscription.purpose()) {
            return Optional.of(Fault.OTHER_USE);
        }
        if (!Organisations.findIn(t, subscription.organisationId()).orElseThrow().mayBuy()) {
            return Optional.of(Fault.ORGANISATION_MAY_NOT_BUY);
        }
        if (Scenarios.findFor(t, product, subscription.purpose(), now).isEmpty()) {
            return Optional.of(Fault.NO_SCENARIO);
        }
        return staysOn(t, subscription, now) ? Optional.of(Fault.CHANGED_LATELY) : Optional.empty();
    }

    /** Whether a subscription that is paid for has not been on its plan for as long as it has to be. */
    private static boolean staysOn(Transaction t, Subscription subscription, Instant now) throws SQLException {
        if (subscription.purpose() != Purpose.INDUSTRY) {
            return false; // free on every plan, and a person decides
        }
        long days = t.find(SHORTEST_STAY, row -> Long.parseLong(row.text("value")), now)
                .orElseThrow(() -> new IllegalStateException("no policy number plan.shortest-stay-days at " + now));
        return days > 0 // and a clock that was set back holds nobody up
                && t.find(ON_PLAN_SINCE, row -> row.instant("since"), subscription.id()).filter(since -> now.isBefore(since.plus(Duration.ofDays(days)))).isPresent();
    }

    /** Now, but never before the last change: plans follow one another although a clock was set back. */
    private static Instant instant(Transaction t, UUID subscriptionId, Instant now) throws SQLException {
        @Nullable Instant last = t.list(LAST_MADE, row -> Optional.ofNullable(row.instantOrNull("effective_at")), subscriptionId)
                .getFirst().orElse(null);
        return last != null && last.isAfter(now) ? last : now;
    }

    /** Makes a change that waits; another person than the asker, of the bureau, does it. The new plan holds from that instant. */
    public Outcome approve(UUID changeId, UUID decidedBy, String reason) {
        try {
            return decide(changeId, decidedBy, (t, subscription, pending) -> {
                Instant now = clock.instant();
                Optional<Fault> fault = fault(t, subscription, pending.toPlanId(), now);
                if (fault.isPresent()) {
                    return new Outcome.Refused(fault.get());
                }
                t.change(DECIDE, PlanChange.Status.MADE, subscription.planId(), decidedBy, now, reason, instant(t, subscription.id(), now),
                        changeId);
                t.change(SET_PLAN, pending.toPlanId(), subscription.id());
                AuditLog.append(t, clock, decidedBy, "subscription.change-plan", "subscription", subscription.id(),
                        Map.of("change", changeId.toString(), "from", subscription.planId().toString(), "to", pending.toPlanId().toString(),
                                "reason", reason));
                return new Outcome.Done(findIn(t, changeId).orElseThrow(), false);
            });
        } catch (DatabaseException e) {
            return refusedBy(e).orElseThrow(() -> e);
        }
    }

    /** Turns a change that waits down: the old plan goes on. */
    public Outcome refuse(UUID changeId, UUID decidedBy, String reason) {
        return decide(changeId, decidedBy, (t, subscription, pending) -> {
            t.change(DECIDE, PlanChange.Status.REFUSED, pending.fromPlanId(), decidedBy, clock.instant(), reason, null, changeId);
            AuditLog.append(t, clock, decidedBy, "subscription.refuse-plan", "subscription", subscription.id(),
                    Map.of("change", changeId.toString(), "reason", reason));
            return new Outcome.Done(findIn(t, changeId).orElseThrow(), false);
        });
    }

    @FunctionalInterface
    private interface Decision {
        Outcome take(Transaction t, Subscription subscription, PlanChange pending) throws SQLException;
    }

    private Outcome decide(UUID changeId, UUID decidedBy, Decision decision) {
        return database.inTransaction(t -> {
            Optional<Subscription> found = lockFor(t, changeId);
            if (found.isEmpty()) {
                return new Outcome.Refused(Fault.NO_SUCH_CHANGE);
            }
            // Read behind the lock: only this cannot change any more.
            PlanChange change = findIn(t, changeId).orElseThrow();
            Optional<Fault> fault = Subscriptions.deciderFault(found.get(), change.askedBy(), People.getIn(t, decidedBy));
            if (fault.isPresent()) {
                return new Outcome.Refused(fault.get());
            }
            return change.status() == PlanChange.Status.PENDING
                    ? decision.take(t, found.get(), change) : new Outcome.Refused(Fault.NOT_PENDING);
        });
    }

    /** Takes a change that waits back, by anyone of the organisation that asked for it. */
    public Outcome withdraw(UUID changeId, UUID withdrawnBy) {
        return database.inTransaction(t -> {
            Optional<Subscription> found = lockFor(t, changeId);
            if (found.isEmpty()) {
                return new Outcome.Refused(Fault.NO_SUCH_CHANGE);
            }
            if (!People.getIn(t, withdrawnBy).organisationId().equals(found.get().organisationId())) {
                return new Outcome.Refused(Fault.NOT_OF_THIS_ORGANISATION);
            }
            PlanChange change = findIn(t, changeId).orElseThrow();
            return switch (change.status()) {
                case WITHDRAWN -> new Outcome.Done(change, true);
                case MADE, REFUSED -> new Outcome.Refused(Fault.NOT_PENDING);
                case PENDING -> {
                    t.change(DECIDE, PlanChange.Status.WITHDRAWN, change.fromPlanId(), withdrawnBy, clock.instant(), null, null, changeId);
                    AuditLog.append(t, clock, withdrawnBy, "subscription.withdraw-plan", "subscription", change.subscriptionId(),
                            Map.of("change", changeId.toString()));
                    yield new Outcome.Done(findIn(t, changeId).orElseThrow(), false);
                }
            };
        });
    }

    private static Optional<Subscription> lockFor(Transaction t, UUID changeId) throws SQLException {
        Optional<PlanChange> change = findIn(t, changeId);
        return change.isEmpty() ? Optional.empty() : Subscriptions.lockIn(t, change.get().subscriptionId());
    }

    public Optional<PlanChange> find(UUID changeId) {
        return database.inTransaction(t -> findIn(t, changeId));
    }

    /** Every change a subscription's consumer ever asked for, in the order of asking. */
    public List<PlanChange> listOf(UUID subscriptionId) {
        return database.inTransaction(t -> list(t, subscriptionId));
    }

    /** The changes that wait for the bureau, oldest first. */
    public List<PlanChange> listPending() {
        return database.inTransaction(t -> t.list(PENDING, PlanChanges::read));
    }

    private static List<PlanChange> list(Transaction t, UUID subscriptionId) throws SQLException {
        return t.list(OF_SUBSCRIPTION, PlanChanges::read, subscriptionId);
    }

    private static Optional<PlanChange> findIn(Transaction t, UUID changeId) throws SQLException {
        return t.find(BY_ID, PlanChanges::read, changeId);
    }

    private static PlanChange read(Row row) throws SQLException {
        return new PlanChange(row.uuid("id"), row.uuid("subscription_id"), row.uuid("from_plan_id"), row.uuid("to_plan_id"),
                row.text("statement"), row.constant("status", PlanChange.Status.class), row.uuid("asked_by"), row.instant("asked_at"),
                row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("reason"), row.instantOrNull("effective_at"));
    }
}

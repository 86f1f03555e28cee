package cn.jingshu.marketplace.subscription;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Subscribing, approving, ending. Use by industry of a product that needs no consent is approved by rule for a verified
 * organisation; use in the public interest, being free, is approved by a person of the bureau who did not apply.
 */
@Singleton
public final class Subscriptions {
    /** The rule that approves paid use by a verified organisation, as the audit log names it. */
    static final String INDUSTRY_RULE = "INDUSTRY_BY_VERIFIED_ORGANISATION";

    /** How long an approval lasts before the use is looked at again. */
    static final Duration APPROVED_FOR = Duration.ofDays(365);

    private static final String ADD = """
            INSERT INTO market.subscription
                   (id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String ADD_USE = """
            INSERT INTO market.authorised_use
                   (id, subscription_id, purpose, scenario_id, operations, districts, starts_at, ends_at, approved_by,
                    approved_by_rule, approved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String LOCK = """
            SELECT id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at
              FROM market.subscription
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String BY_ID = """
            SELECT id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at
              FROM market.subscription
             WHERE id = ?
            """;
    private static final String OF_ORGANISATION = """
            SELECT id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at
              FROM market.subscription
             WHERE organisation_id = ?
             ORDER BY applied_at, id
            """;
    private static final String OF_ORGANISATIONS = """
            SELECT id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at
              FROM market.subscription
             WHERE organisation_id = ANY (CAST(? AS uuid[]))
             ORDER BY organisation_id, applied_at, id
            """;
    private static final String PENDING = """
            SELECT id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at
              FROM market.subscription
             WHERE status = 'PENDING'
             ORDER BY applied_at, id
            """;
    private static final String ALL = """
            SELECT id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at
              FROM market.subscription
             ORDER BY applied_at, id
            """;
    private static final String PAGE = """
            SELECT id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at
              FROM market.subscription
             WHERE id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final String DECIDED = """
            SELECT s.id, s.organisation_id, s.plan_id, s.purpose, s.statement, s.status, s.applied_by, s.applied_at,
                   a.at AS decided_at, a.actor_id, a.action, a.detail ->> 'reason' AS reason
              FROM market.audit_log a
              JOIN market.subscription s ON CAST(s.id AS text) = a.subject_id
             WHERE a.subject_kind = 'subscription'
               AND a.action IN ('subscription.approve', 'subscription.refuse', 'subscription.change-plan', 'subscription.refuse-plan')
               AND a.actor_id IS NOT NULL
             ORDER BY a.at DESC
             LIMIT ?
            """;
    private static final String REFUSED_FOR = """
            SELECT detail ->> 'reason' AS reason
              FROM market.audit_log
             WHERE subject_kind = 'subscription' AND subject_id = ? AND action = 'subscription.refuse'
             ORDER BY at DESC
             LIMIT 1
            """;
    private static final String USE_OF = """
            SELECT id, purpose, scenario_id, operations, districts, starts_at, ends_at
              FROM market.authorised_use
             WHERE subscription_id = ?
            """;
    private static final String BIND = """
            UPDATE market.authorised_use SET scenario_id = ?, districts = ? WHERE subscription_id = ?
            """;
    private static final String SET_STATUS = """
            UPDATE market.subscription SET status = ? WHERE id = ?
            """;

    /** A change of plan that waits is over with its subscription. */
    private static final String WITHDRAW_CHANGE = """
            UPDATE market.plan_change SET status = 'WITHDRAWN', decided_at = ? WHERE subscription_id = ? AND status = 'PENDING'
            """;

    /** Characters of a statement of purpose, or of a reason, at most. */
    public static final int LONGEST_STATEMENT = 2_000;

    private final Database database;
    private final Clock clock;

    public Subscriptions(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A request to subscribe; the caller makes the id, so asking twice makes one subscription; under one id, another application is refused. */
    public record Application(UUID subscriptionId, UUID organisationId, UUID planId, String statement, UUID appliedBy) {}

    /** The answer to an application or a decision about one. */
    public sealed interface Outcome {
        /** @param subscription as it stands now; its status says whether it waits for the bureau */
        record Done(Subscription subscription) implements Outcome {}

        record Refused(Fault fault) implements Outcome {}
    }

    /** Why an application, a change of plan or a decision is refused. */
    public enum Fault {
        NO_SUCH_PLAN("套餐不存在或未在提供", "there is no such plan on offer"),
        NOT_OF_THIS_ORGANISATION("申请人不属于该单位", "the applicant does not belong to the organisation"),
        ORGANISATION_MAY_NOT_BUY(
                "单位未核验、已暂停或不是数据使用方", "the organisation is unverified, suspended or no consumer"),
        STATEMENT_MISSING("请说明数据用途", "the statement of purpose is missing"),
        SUBSCRIBED_ALREADY("该单位已订阅此套餐", "the organisation is subscribed to this plan already"),
        ID_TAKEN("该编号已用于其他申请", "the id was used for another application"),
        NO_SUCH_SUBSCRIPTION("订阅不存在", "there is no such subscription"),
        NO_SCENARIO("该产品与用途尚无获批场景", "no approved scenario allows this product and purpose"),
        NOT_PENDING("该申请已处理", "the application has been decided already"),
        NOT_A_REGULATOR("只有主管部门人员可以审批", "only a person of the bureau decides"),
        SAME_PERSON("申请人不得审批自己的申请", "the applicant does not decide on the own application"),
        NOT_OPEN("订阅未获批、已暂停或已终止", "the subscription was not approved, is suspended or has ended"),
        SAME_PLAN("该订阅已是此套餐", "the subscription is on this plan already"),
        OTHER_USE("变更套餐不改变产品与用途,请另行申请", "a change of plan changes neither product nor purpose: apply for the other use"),
        CHANGED_LATELY("自订阅开始或上次变更套餐起未满最短使用期限(默认30天,见政策参数 plan.shortest-stay-days)",
                "the subscription began or changed its plan less than the shortest stay ago (30 days unless policy says otherwise: plan.shortest-stay-days)"),
        STATEMENT_TOO_LONG("用途说明或变更理由最多2000个字符", "a statement of purpose or a reason has at most 2,000 characters"),
        CHANGE_PENDING("该订阅已有待审核的套餐变更", "a change of this subscription's plan waits to be decided"),
        NO_SUCH_CHANGE("套餐变更不存在", "there is no such change of plan");

        private final String zh;
        private final String en;

        Fault(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }

    public Outcome subscribe(Application application) {
        if (application.statement().isBlank()) {
            return new Outcome.Refused(Fault.STATEMENT_MISSING);
        }
        if (application.statement().length() > LONGEST_STATEMENT) {
            return new Outcome.Refused(Fault.STATEMENT_TOO_LONG);
        }
        try {
            return database.inTransaction(t -> subscribe(t, application));
        } catch (DatabaseException e) {
            if (e.violates("subscription_one_open_per_plan")) {
                return new Outcome.Refused(Fault.SUBSCRIBED_ALREADY);
            }
            if (e.violates("subscription_pk")) { // entered by another request since this one looked
                return find(application.subscriptionId()).map(before -> again(application, before))
                        .orElseGet(() -> new Outcome.Refused(Fault.ID_TAKEN));
            }
            throw e;
        }
    }

    /** What was entered is the answer to the same once more, whatever became of the plan, its scenario or the organisation since. */
    private static Outcome again(Application application, Subscription before) {
        boolean same = before.organisationId().equals(application.organisationId()) && before.planId().equals(application.planId())
                && before.statement().equals(application.statement().strip());
        return same ? new Outcome.Done(before) : new Outcome.Refused(Fault.ID_TAKEN);
    }

    private Outcome subscribe(Transaction t, Application application) throws SQLException {
        Instant now = clock.instant();
        Optional<Organisation> organisation = Organisations.findIn(t, application.organisationId());
        if (organisation.isEmpty() || !People.getIn(t, application.appliedBy()).organisationId()
                .equals(application.organisationId())) {
            return new Outcome.Refused(Fault.NOT_OF_THIS_ORGANISATION);
        }
        Optional<Subscription> before = t.find(BY_ID, Subscriptions::read, application.subscriptionId());
        if (before.isPresent()) {
            return again(application, before.get());
        }
        Optional<Plan> plan = Plans.findIn(t, application.planId()).filter(p -> p.offeredAt(now));
        if (plan.isEmpty()) {
            return new Outcome.Refused(Fault.NO_SUCH_PLAN);
        }
        if (!organisation.get().mayBuy()) {
            return new Outcome.Refused(Fault.ORGANISATION_MAY_NOT_BUY);
        }
        Purpose purpose = plan.get().purpose();
        Optional<UUID> scenario = Scenarios.findFor(t, plan.get().product(), purpose, now);
        if (purpose == Purpose.INDUSTRY && scenario.isEmpty()) {
            return new Outcome.Refused(Fault.NO_SCENARIO); // the rule approves no use that no review has passed
        }
        Subscription.Status status =
                purpose == Purpose.INDUSTRY ? Subscription.Status.ACTIVE : Subscription.Status.PENDING;
        Subscription subscription = new Subscription(application.subscriptionId(), application.organisationId(),
                application.planId(), purpose, application.statement().strip(), status, application.appliedBy(), now);
        t.change(ADD, subscription.id(), subscription.organisationId(), subscription.planId(), purpose,
                subscription.statement(), status, subscription.appliedBy(), now);
        AuditLog.append(t, clock, application.appliedBy(), "subscription.apply", "subscription", subscription.id(),
                Map.of("plan", plan.get().code(), "purpose", purpose.name()));
        if (status == Subscription.Status.ACTIVE) {
            // The use takes the subscription's id: made by the caller, and one use per subscription.
            t.change(ADD_USE, subscription.id(), subscription.id(), purpose, scenario.orElseThrow(), Set.of(), Set.of(),
                    now, now.plus(APPROVED_FOR), null, INDUSTRY_RULE, now);
            AuditLog.append(t, clock, null, "subscription.approve", "subscription", subscription.id(),
                    Map.of("rule", INDUSTRY_RULE, "scenario", scenario.orElseThrow().toString()));
        }
        return new Outcome.Done(subscription);
    }

    /**
     * Approves a pending application for the purpose it states; another person than the applicant does it.
     *
     * @param operations operations allowed; empty: every operation of the plan's product
     * @param endsAt when the use has to be looked at again; in the future
     */
    public Outcome approve(UUID subscriptionId, Set<String> operations, Instant endsAt, UUID approvedBy) {
        return approve(subscriptionId, operations, endsAt, approvedBy, "");
    }

    private Outcome approve(
            UUID subscriptionId, Set<String> operations, Instant endsAt, UUID approvedBy, String reason) {
        return decide(subscriptionId, approvedBy, (t, pending) -> {
            Instant now = clock.instant();
            String product = Plans.findIn(t, pending.planId()).orElseThrow().product();
            Optional<UUID> scenario = Scenarios.findFor(t, product, pending.purpose(), now);
            if (scenario.isEmpty()) {
                return new Outcome.Refused(Fault.NO_SCENARIO);
            }
            AuthorisedUse use = new AuthorisedUse(
                    subscriptionId, pending.purpose(), scenario.get(), operations, Set.of(), now, endsAt);
            t.change(ADD_USE, use.id(), subscriptionId, use.purpose(), scenario.get(), use.operations(),
                    use.districts(), use.startsAt(), use.endsAt(), approvedBy, null, now);
            AuditLog.append(t, clock, approvedBy, "subscription.approve", "subscription", subscriptionId,
                    Map.of("purpose", use.purpose().name(), "scenario", scenario.get().toString(), "operations",
                            use.operations().toString(), "until", use.endsAt().toString(), "reason", reason));
            return setStatus(t, pending, Subscription.Status.ACTIVE);
        });
    }

    /** Approves a pending application for every operation of its product, for a year from now. */
    public Outcome approve(UUID subscriptionId, UUID approvedBy) {
        return approve(subscriptionId, Set.of(), clock.instant().plus(APPROVED_FOR), approvedBy);
    }

    /** The same, on a ground the applicant may read. */
    public Outcome approve(UUID subscriptionId, UUID approvedBy, String reason) {
        return approve(subscriptionId, Set.of(), clock.instant().plus(APPROVED_FOR), approvedBy, reason);
    }

    /** Turns a pending application down. */
    public Outcome refuse(UUID subscriptionId, UUID decidedBy, String reason) {
        return decide(subscriptionId, decidedBy, (t, pending) -> {
            AuditLog.append(t, clock, decidedBy, "subscription.refuse", "subscription", subscriptionId,
                    Map.of("reason", reason));
            return setStatus(t, pending, Subscription.Status.REFUSED);
        });
    }

    /**
     * Binds the approved use of a subscription to a scenario and to districts, from the next call on.
     *
     * @param districts codes of the districts; empty: the whole city
     */
    public Change bind(UUID subscriptionId, UUID scenarioId, Set<String> districts, UUID decidedBy) {
        try {
            return database.inTransaction(t -> {
                if (t.change(BIND, scenarioId, districts, subscriptionId) == 0) {
                    return new Change.Refused(Change.Fault.UNKNOWN);
                }
                AuditLog.append(t, clock, decidedBy, "subscription.bind", "subscription", subscriptionId,
                        Map.of("scenario", scenarioId.toString(), "districts", districts.toString()));
                return new Change.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("authorised_use_scenario_fk")) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            throw e;
        }
    }

    @FunctionalInterface
    private interface Decision {
        Outcome take(Transaction t, Subscription pending) throws SQLException;
    }

    private Outcome decide(UUID subscriptionId, UUID decidedBy, Decision decision) {
        return database.inTransaction(t -> {
            Optional<Subscription> found = lockIn(t, subscriptionId);
            Optional<Fault> fault = found.isEmpty()
                    ? Optional.of(Fault.NO_SUCH_SUBSCRIPTION)
                    : faultOf(found.get(), People.getIn(t, decidedBy));
            return fault.isPresent()
                    ? new Outcome.Refused(fault.get())
                    : decision.take(t, found.orElseThrow());
        });
    }

    private static Optional<Fault> faultOf(Subscription subscription, Person decider) {
        Optional<Fault> fault = deciderFault(subscription, subscription.appliedBy(), decider);
        return fault.isPresent() || subscription.status() == Subscription.Status.PENDING ? fault : Optional.of(Fault.NOT_PENDING);
    }

    /** Why a person may not decide what another one asked for about a subscription; empty: that person may. */
    static Optional<Fault> deciderFault(Subscription subscription, UUID askedBy, Person decider) {
        if (!decider.roles().contains(Role.REGULATOR)) {
            return Optional.of(Fault.NOT_A_REGULATOR);
        }
        return decider.id().equals(askedBy) || decider.organisationId().equals(subscription.organisationId())
                ? Optional.of(Fault.SAME_PERSON) : Optional.empty();
    }

    /** The subscription, locked until the transaction ends. */
    static Optional<Subscription> lockIn(Transaction t, UUID subscriptionId) throws SQLException {
        return t.find(LOCK, Subscriptions::read, subscriptionId);
    }

    /** Stops a subscription until it is restored; every key of it stops working at once. */
    public Outcome suspend(UUID subscriptionId, UUID decidedBy, String reason) {
        return move(subscriptionId, Subscription.Status.SUSPENDED, decidedBy, "subscription.suspend", reason);
    }

    /** Lets a suspended subscription work again. */
    public Outcome restore(UUID subscriptionId, UUID decidedBy, String reason) {
        return move(subscriptionId, Subscription.Status.ACTIVE, decidedBy, "subscription.restore", reason);
    }

    /** Ends a subscription for good; what was used stays on the bill. */
    public Outcome end(UUID subscriptionId, UUID decidedBy, String reason) {
        return move(subscriptionId, Subscription.Status.ENDED, decidedBy, "subscription.end", reason);
    }

    private Outcome move(
            UUID subscriptionId, Subscription.Status to, @Nullable UUID decidedBy, String action, String reason) {
        return database.inTransaction(t -> {
            Optional<Subscription> found = lockIn(t, subscriptionId);
            if (found.isEmpty()) {
                return new Outcome.Refused(Fault.NO_SUCH_SUBSCRIPTION);
            }
            if (found.get().status() == to) {
                return new Outcome.Done(found.get()); // taken before, and logged then
            }
            boolean open = switch (found.get().status()) {
                case ACTIVE, SUSPENDED -> true;
                case PENDING -> to == Subscription.Status.ENDED;
                case REFUSED, ENDED -> false;
            };
            if (!open) {
                return new Outcome.Refused(Fault.NOT_OPEN);
            }
            AuditLog.append(t, clock, decidedBy, action, "subscription", subscriptionId, Map.of("reason", reason));
            if (to == Subscription.Status.ENDED) {
                t.change(WITHDRAW_CHANGE, clock.instant(), subscriptionId);
            }
            return setStatus(t, found.get(), to);
        });
    }

    private static Outcome setStatus(Transaction t, Subscription before, Subscription.Status status)
            throws SQLException {
        t.change(SET_STATUS, status, before.id());
        return new Outcome.Done(new Subscription(before.id(), before.organisationId(), before.planId(),
                before.purpose(), before.statement(), status, before.appliedBy(), before.appliedAt()));
    }

    public Optional<Subscription> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, Subscriptions::read, id));
    }

    public List<Subscription> listOf(UUID organisationId) {
        return database.inTransaction(t -> t.list(OF_ORGANISATION, Subscriptions::read, organisationId));
    }

    /** The subscriptions of several organisations, by organisation. */
    public List<Subscription> listOf(Set<UUID> organisationIds) {
        return database.inTransaction(t -> t.list(OF_ORGANISATIONS, Subscriptions::read, organisationIds));
    }

    /** The applications that wait for the bureau, oldest first. */
    public List<Subscription> listPending() {
        return database.inTransaction(t -> t.list(PENDING, Subscriptions::read));
    }

    /**
     * A decision a person of the bureau took about an application or a change of plan.
     *
     * @param subscription as it stands now
     * @param reason the ground that was given; empty: none
     */
    public record Decided(Subscription subscription, boolean approved, String reason, UUID decidedBy, Instant decidedAt) {}

    /** The decisions people took last, the youngest first; approvals by rule are not among them. */
    public List<Decided> listDecided(int most) {
        return database.inTransaction(t -> t.list(DECIDED, row -> new Decided(read(row),
                row.text("action").equals("subscription.approve") || row.text("action").equals("subscription.change-plan"),
                Objects.requireNonNullElse(row.textOrNull("reason"), ""), row.uuid("actor_id"),
                row.instant("decided_at")), most));
    }

    /** Why the bureau turned an application down; empty: it did not, or gave no reason. */
    public Optional<String> findRefusalReason(UUID subscriptionId) {
        return database.inTransaction(t -> t.list(REFUSED_FOR,
                        row -> Objects.requireNonNullElse(row.textOrNull("reason"), ""), subscriptionId.toString()))
                .stream()
                .filter(reason -> !reason.isEmpty())
                .findFirst();
    }

    /** At most {@code most} subscriptions behind the id {@code after}, in the order of ids; null: from the first. */
    public List<Subscription> list(@Nullable UUID after, int most) {
        return database.inTransaction(
                t -> t.list(PAGE, Subscriptions::read, after == null ? new UUID(0, 0) : after, most));
    }

    public List<Subscription> listAll() {
        return database.inTransaction(t -> t.list(ALL, Subscriptions::read));
    }

    /** The approved use of a subscription; empty: nothing is approved. */
    public Optional<AuthorisedUse> findUse(UUID subscriptionId) {
        return database.inTransaction(t -> t.find(USE_OF,
                row -> new AuthorisedUse(row.uuid("id"), row.constant("purpose", Purpose.class),
                        row.uuidOrNull("scenario_id"), Set.copyOf(row.texts("operations")),
                        Set.copyOf(row.texts("districts")), row.instant("starts_at"), row.instant("ends_at")),
                subscriptionId));
    }

    private static Subscription read(Row row) throws SQLException {
        return new Subscription(row.uuid("id"), row.uuid("organisation_id"), row.uuid("plan_id"),
                row.constant("purpose", Purpose.class), row.text("statement"),
                row.constant("status", Subscription.Status.class), row.uuid("applied_by"), row.instant("applied_at"));
    }
}

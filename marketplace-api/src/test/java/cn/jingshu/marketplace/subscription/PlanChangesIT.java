package cn.jingshu.marketplace.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.subscription.Subscriptions.Fault;
import cn.jingshu.metering.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlanChangesIT {
    private final DemoMarket market = new DemoMarket();
    private final Subscriptions subscriptions = new Subscriptions(market.database, market.clock);
    private final PlanChanges changes = new PlanChanges(market.database, market.clock);
    private final Instant began = market.clock.instant();
    private final UUID bureau = DemoMarket.person("AUTHORITY");
    private final UUID paid = DemoMarket.subscription("BANK", "echo-paid");
    private final UUID free = DemoMarket.subscription("INSTITUTE", "echo-public");
    private final UUID large = offer("echo-large", "echo", Purpose.INDUSTRY);
    private final UUID largeFree = offer("echo-public-large", "echo", Purpose.PUBLIC_INTEREST);

    /** What is tested here needs changes that follow each other at once; how long they have to wait has a test of its own. */
    @BeforeEach
    void noShortestStay() {
        market.letPlansChangeAtOnce();
    }

    private UUID offer(String code, String product, Purpose purpose) {
        UUID id = UUID.randomUUID();
        Instant now = market.clock.instant();
        new Plans(market.database, market.clock).offer(new Plan(id, code, product, 1, purpose, "大量", "Large", 1_000,
                new RateLimit(100, Duration.ofSeconds(1)), now, now, null), null);
        return id;
    }

    private static PlanChanges.Request request(UUID subscription, UUID plan, String party) {
        return new PlanChanges.Request(UUID.randomUUID(), subscription, plan, "调用量增加", DemoMarket.person(party));
    }

    private static PlanChange done(PlanChanges.Outcome outcome) {
        assertThat(outcome).isInstanceOf(PlanChanges.Outcome.Done.class);
        return ((PlanChanges.Outcome.Done) outcome).change();
    }

    private static void refused(Fault fault, PlanChanges.Outcome outcome) {
        assertThat(outcome).isEqualTo(new PlanChanges.Outcome.Refused(fault));
    }

    private UUID planOf(UUID subscription) {
        return subscriptions.find(subscription).orElseThrow().planId();
    }

    @Test
    void useByIndustryGoesOverAtOnceWithItsKeysAndItsUse() {
        ApiKey key = market.issue(paid);
        AuthorisedUse use = subscriptions.findUse(paid).orElseThrow();
        UUID before = planOf(paid);
        PlanChange made = done(changes.ask(request(paid, large, "BANK")));
        assertThat(made.status()).isEqualTo(PlanChange.Status.MADE);
        assertThat(made.effectiveAt()).isEqualTo(market.clock.instant());
        assertThat(made.fromPlanId()).isEqualTo(before);
        assertThat(made.toPlanId()).isEqualTo(large).isEqualTo(planOf(paid));
        assertThat(market.keys.findLive(key)).hasValueSatisfying(record -> assertThat(record.subscriptionId()).isEqualTo(paid));
        assertThat(subscriptions.findUse(paid)).contains(use);
        assertThat(MarketDatabase.texts(market.dataSource, """
                SELECT action || ' ' || (actor_id IS NULL) FROM market.audit_log
                 WHERE subject_id = '%s' AND action LIKE '%%plan' ORDER BY sequence
                """.formatted(paid))).containsExactly("subscription.ask-plan false", "subscription.change-plan true");
    }

    @Test
    void theSameOnceMoreChangesNothingAndAnotherWishUnderItsIdIsRefused() {
        PlanChanges.Request once = request(paid, large, "BANK");
        PlanChange first = done(changes.ask(once));
        UUID back = DemoMarket.id("plan", "echo-paid");
        market.turnClockBy(Duration.ofHours(1));
        done(changes.ask(request(paid, back, "BANK")));
        assertThat(changes.ask(once)).isEqualTo(new PlanChanges.Outcome.Done(first, true));
        assertThat(planOf(paid)).as("asked again, not made again").isEqualTo(back);
        refused(Fault.ID_TAKEN, changes.ask(new PlanChanges.Request(once.id(), paid, back, once.statement(), once.askedBy())));
        refused(Fault.ID_TAKEN, changes.ask(new PlanChanges.Request(once.id(), paid, large, "另一理由", once.askedBy())));
        UUID studio = DemoMarket.subscription("APP_STUDIO", "echo-paid");
        refused(Fault.ID_TAKEN, changes.ask(new PlanChanges.Request(once.id(), studio, large, once.statement(), DemoMarket.person("APP_STUDIO"))));
        assertThat(changes.listOf(paid)).hasSize(2);
    }

    /** For minutes on the large plan and back would cost minutes of both: a discount nobody published. */
    @Test
    void aPlanThatIsPaidForIsKeptForTheShortestStay() {
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.policy_parameter (name, effective_from, value, citation)
                SELECT 'plan.shortest-stay-days', TIMESTAMPTZ '2026-06-02 00:00+08', '30', 'test' FROM set_config('market.numbers_of', 'release', true)
                """);
        Instant earliest = subscriptions.findUse(paid).orElseThrow().startsAt().plus(Duration.ofDays(30));
        market.turnClockBy(Duration.between(began, earliest).minusMillis(1));
        refused(Fault.CHANGED_LATELY, changes.ask(request(paid, large, "BANK")));
        assertThat(done(changes.ask(request(free, largeFree, "INSTITUTE"))).status()).as("free use costs nothing on any plan").isEqualTo(PlanChange.Status.PENDING);
        market.turnClockBy(Duration.ofMillis(1));
        done(changes.ask(request(paid, large, "BANK")));
        UUID back = DemoMarket.id("plan", "echo-paid");
        market.turnClockBy(Duration.ofMinutes(10));
        refused(Fault.CHANGED_LATELY, changes.ask(request(paid, back, "BANK")));
        market.turnClockBy(Duration.ofDays(30).minusMinutes(10));
        done(changes.ask(request(paid, back, "BANK")));
        assertThat(changes.listOf(paid)).hasSize(2);
    }

    @Test
    void aReasonIsNoBook() {
        UUID id = UUID.randomUUID();
        refused(Fault.STATEMENT_TOO_LONG, changes.ask(new PlanChanges.Request(id, paid, large, "长".repeat(2_001), DemoMarket.person("BANK"))));
        done(changes.ask(new PlanChanges.Request(id, paid, large, " " + "长".repeat(2_000), DemoMarket.person("BANK"))));
    }

    @Test
    void whatIsNoChangeOfPlanIsRefusedAndTheOldPlanStays() {
        UUID before = planOf(paid);
        refused(Fault.SAME_PLAN, changes.ask(request(paid, before, "BANK")));
        refused(Fault.OTHER_USE, changes.ask(request(paid, DemoMarket.id("plan", "transit-standard"), "BANK")));
        refused(Fault.OTHER_USE, changes.ask(request(paid, largeFree, "BANK")));
        refused(Fault.NO_SUCH_PLAN, changes.ask(request(paid, UUID.randomUUID(), "BANK")));
        refused(Fault.NO_SUCH_SUBSCRIPTION, changes.ask(request(UUID.randomUUID(), large, "BANK")));
        refused(Fault.NOT_OF_THIS_ORGANISATION, changes.ask(request(paid, large, "APP_STUDIO")));
        new Plans(market.database, market.clock).withdraw(large, bureau, "test");
        refused(Fault.NO_SUCH_PLAN, changes.ask(request(paid, large, "BANK")));
        UUID other = offer("echo-other", "echo", Purpose.INDUSTRY);
        subscriptions.suspend(paid, bureau, "alert");
        refused(Fault.NOT_OPEN, changes.ask(request(paid, other, "BANK")));
        subscriptions.restore(paid, bureau, "rectified");
        assertThat(subscriptions.subscribe(new Subscriptions.Application(UUID.randomUUID(), DemoMarket.organisation("BANK"), other, "用途", DemoMarket.person("BANK"))))
                .isInstanceOf(Subscriptions.Outcome.Done.class);
        refused(Fault.SUBSCRIBED_ALREADY, changes.ask(request(paid, other, "BANK")));
        assertThat(planOf(paid)).isEqualTo(before);
        assertThat(changes.listOf(paid)).isEmpty();
    }

    @Test
    void useInThePublicInterestWaitsForAnotherPersonOfTheBureau() {
        UUID before = planOf(free);
        refused(Fault.STATEMENT_MISSING, changes.ask(new PlanChanges.Request(UUID.randomUUID(), free, largeFree, " ", DemoMarket.person("INSTITUTE"))));
        PlanChange pending = done(changes.ask(request(free, largeFree, "INSTITUTE")));
        assertThat(pending.status()).isEqualTo(PlanChange.Status.PENDING);
        assertThat(planOf(free)).as("the old plan goes on").isEqualTo(before);
        assertThat(changes.listPending()).containsExactly(pending);
        refused(Fault.CHANGE_PENDING, changes.ask(request(free, largeFree, "INSTITUTE")));
        refused(Fault.NOT_A_REGULATOR, changes.approve(pending.id(), DemoMarket.person("INSTITUTE"), "x"));
        refused(Fault.NO_SUCH_CHANGE, changes.approve(UUID.randomUUID(), bureau, "x"));
        market.turnClockBy(Duration.ofDays(2));
        PlanChange made = done(changes.approve(pending.id(), bureau, "用量属实"));
        assertThat(made.effectiveAt()).as("from the approval on").isEqualTo(market.clock.instant());
        assertThat(made.reason()).isEqualTo("用量属实");
        assertThat(planOf(free)).isEqualTo(largeFree);
        refused(Fault.NOT_PENDING, changes.refuse(pending.id(), bureau, "too late"));
        refused(Fault.NOT_PENDING, changes.withdraw(pending.id(), DemoMarket.person("INSTITUTE")));
        assertThat(subscriptions.listDecided(10)).first().satisfies(decided -> {
            assertThat(decided.subscription().id()).isEqualTo(free);
            assertThat(decided.approved()).isTrue();
        });
    }

    @Test
    void aChangeIsRefusedTakenBackOrOverWithItsSubscription() {
        UUID before = planOf(free);
        PlanChange first = done(changes.ask(request(free, largeFree, "INSTITUTE")));
        assertThat(done(changes.refuse(first.id(), bureau, "用量不足")).status()).isEqualTo(PlanChange.Status.REFUSED);
        PlanChange second = done(changes.ask(request(free, largeFree, "INSTITUTE")));
        refused(Fault.NOT_OF_THIS_ORGANISATION, changes.withdraw(second.id(), DemoMarket.person("BANK")));
        assertThat(done(changes.withdraw(second.id(), DemoMarket.person("INSTITUTE"))).status()).isEqualTo(PlanChange.Status.WITHDRAWN);
        assertThat(changes.withdraw(second.id(), DemoMarket.person("INSTITUTE"))).isInstanceOfSatisfying(PlanChanges.Outcome.Done.class,
                again -> assertThat(again.already()).isTrue());
        PlanChange third = done(changes.ask(request(free, largeFree, "INSTITUTE")));
        assertThat(subscriptions.end(free, bureau, "over")).isInstanceOf(Subscriptions.Outcome.Done.class);
        assertThat(changes.find(third.id()).orElseThrow().status()).isEqualTo(PlanChange.Status.WITHDRAWN);
        refused(Fault.NOT_PENDING, changes.approve(third.id(), bureau, "too late"));
        assertThat(planOf(free)).isEqualTo(before);
    }

    @Test
    void nobodyDecidesOnTheOwnOrganisationsChange() {
        MarketDatabase.execute(market.dataSource, """
                UPDATE market.person SET roles = roles || ARRAY['REGULATOR'] WHERE id = '%s'
                """.formatted(DemoMarket.person("INSTITUTE")));
        PlanChange pending = done(changes.ask(request(free, largeFree, "INSTITUTE")));
        refused(Fault.SAME_PERSON, changes.approve(pending.id(), DemoMarket.person("INSTITUTE"), "own"));
    }

    @Test
    void aDecidedChangeIsNotRewritten() {
        PlanChange made = done(changes.ask(request(paid, large, "BANK")));
        for (String statement : List.of("UPDATE market.plan_change SET effective_at = effective_at - interval '1 day' WHERE id = '%s'",
                "UPDATE market.plan_change SET status = 'WITHDRAWN', effective_at = NULL WHERE id = '%s'",
                "DELETE FROM market.plan_change WHERE id = '%s'")) {
            assertThatThrownBy(() -> MarketDatabase.execute(market.dataSource, statement.formatted(made.id()))).as(statement)
                    .hasStackTraceContaining("market.plan_change");
        }
        assertThat(changes.find(made.id())).contains(made);
    }

    @Test
    void aClockThatWasSetBackPutsNoChangeBeforeTheLast() {
        market.turnClockBy(Duration.ofHours(5));
        PlanChange first = done(changes.ask(request(paid, large, "BANK")));
        market.turnClockBy(Duration.ofHours(-3));
        PlanChange second = done(changes.ask(request(paid, DemoMarket.id("plan", "echo-paid"), "BANK")));
        assertThat(second.effectiveAt()).isEqualTo(first.effectiveAt());
        assertThat(planOf(paid)).isEqualTo(DemoMarket.id("plan", "echo-paid"));
    }

    /** Whoever comes first, each change goes on from where the one before it ended. */
    @Test
    void changesAtOneTimeFollowOneAnother() throws Exception {
        UUID larger = offer("echo-larger", "echo", Purpose.INDUSTRY);
        UUID start = planOf(paid);
        List<PlanChanges.Request> wishes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            wishes.add(request(paid, List.of(large, larger, start).get(i % 3), "BANK"));
        }
        try (ExecutorService clients = Executors.newFixedThreadPool(6)) {
            List<Future<PlanChanges.Outcome>> answers = new ArrayList<>();
            for (PlanChanges.Request wish : wishes) {
                answers.add(clients.submit(() -> changes.ask(wish)));
                answers.add(clients.submit(() -> changes.ask(wish))); // sent twice
            }
            for (Future<PlanChanges.Outcome> answer : answers) {
                if (answer.get() instanceof PlanChanges.Outcome.Refused(var fault)) {
                    assertThat(fault).isEqualTo(Fault.SAME_PLAN);
                }
            }
        }
        List<PlanChange> made = changes.listOf(paid);
        assertThat(made).isNotEmpty().extracting(PlanChange::id).doesNotHaveDuplicates();
        UUID at = start;
        Instant last = Instant.MIN;
        for (PlanChange each : made) {
            assertThat(each.fromPlanId()).isEqualTo(at);
            assertThat(each.effectiveAt()).isNotNull().isAfterOrEqualTo(last);
            at = each.toPlanId();
            last = Objects.requireNonNull(each.effectiveAt());
        }
        assertThat(planOf(paid)).isEqualTo(at);
    }
}

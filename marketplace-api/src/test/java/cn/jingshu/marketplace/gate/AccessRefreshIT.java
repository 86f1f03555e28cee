package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.quota.QuotaDecision;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is decided in PostgreSQL holds at the gate soon after: by announcement within a second, by polling without one. */
class AccessRefreshIT {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final DemoMarket market = new DemoMarket();
    private final AtomicBoolean postgresAway = new AtomicBoolean();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final UUID bureau = DemoMarket.person("AUTHORITY");
    private AccessRefresh refresh = refresh(NEVER);

    private AccessRefresh refresh(Duration pollEvery) {
        // The refresh polls by a clock that runs; what it reads was decided at the demo market's own time.
        return new AccessRefresh(severable(market.dataSource), this::lineage, pollEvery, Duration.ofMillis(20), runningClock());
    }

    private Lineage lineage() {
        if (broken.get()) {
            throw new ArithmeticException("long overflow");
        }
        return new Lineage(Map.of());
    }

    private Clock runningClock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return Instant.now().plus(ahead.get());
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** A command has the bean and never starts it. */
    @Test
    void oneThatWasNeverStartedIsClosedWithoutAWord() {
        refresh = refresh(Duration.ofMinutes(1));
        assertThatCode(refresh::close).doesNotThrowAnyException();
    }

    @AfterEach
    void stop() {
        refresh.close();
    }

    private void startWithPoll(Duration pollEvery) throws InterruptedException {
        refresh = refresh(pollEvery);
        refresh.start();
        assertThat(refresh.awaitFirst(Duration.ofSeconds(20))).isTrue();
    }

    private Admission call(ApiKey key, String product) {
        Gate gate = new Gate(refresh.latest(), market.pepper,
                (_, _) -> CompletableFuture.completedStage(new LimitDecision.Allowed(1, Duration.ZERO)),
                new Plenty(), new NoBudgets(), new EventIds(Clock.systemUTC()), _ -> {});
        return gate.admit(new Call(key.reveal(), product, "AnyOperation", Stated.NOTHING, null,
                        DemoMarket.OPENED.plusSeconds(60)))
                .toCompletableFuture().join();
    }

    private boolean refusedAs(Refusal refusal) {
        return call(market.readyKey, "transit") instanceof Admission.Refused refused && refused.refusal() == refusal;
    }

    private boolean admitted() {
        return call(market.readyKey, "transit") instanceof Admission.Admitted;
    }

    private static void within(Duration deadline, BooleanSupplier holds) {
        Instant end = Instant.now().plus(deadline);
        while (!holds.getAsBoolean()) {
            assertThat(Instant.now()).as("deadline of " + deadline).isBefore(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void everythingTheDemoCitySellsIsAdmitted() throws Exception {
        startWithPoll(NEVER);
        assertThat(admitted()).isTrue();
        assertThat(call(market.issue(DemoMarket.subscription("INSTITUTE", "transit-public")), "transit"))
                .satisfies(_ -> within(SECOND, this::admitted));
    }

    @Test
    void aNewKeyWorksAndARevokedOneDoesNotWithinASecond() throws Exception {
        startWithPoll(NEVER);
        ApiKey key = market.issue(DemoMarket.subscription("INSTITUTE", "transit-public"));
        within(SECOND, () -> call(key, "transit") instanceof Admission.Admitted);
        UUID id = market.keys.listOf(DemoMarket.subscription("INSTITUTE", "transit-public")).getFirst().id();
        market.keys.revoke(id, null, "test");
        within(SECOND, () -> call(key, "transit") instanceof Admission.Refused refused
                && refused.refusal() == Refusal.KEY_REVOKED);
    }

    @Test
    void everyDecisionThatEndsARightHoldsWithinASecondAndItsReversalToo() throws Exception {
        startWithPoll(NEVER);
        Organisations organisations = new Organisations(market.database, market.clock);
        for (String party : new String[] {"APP_STUDIO", "OPERATOR", "TRANSIT_MERCHANT"}) {
            organisations.suspend(DemoMarket.organisation(party), bureau, "test");
            within(SECOND, () -> refusedAs(Refusal.ORGANISATION_SUSPENDED));
            organisations.restore(DemoMarket.organisation(party), bureau, "test");
            within(SECOND, this::admitted);
        }
        Registrations registrations = new Registrations(market.database, market.clock);
        registrations.suspend(DemoMarket.id("registration", "transit"), bureau, "test");
        within(SECOND, () -> refusedAs(Refusal.PRODUCT_NOT_LIVE));
        registrations.restore(DemoMarket.id("registration", "transit"), bureau, "test");
        within(SECOND, this::admitted);
        ProviderGrants grants = new ProviderGrants(market.database, market.clock);
        grants.suspend(DemoMarket.id("grant", "A2.8.6"), bureau, "test");
        within(SECOND, () -> refusedAs(Refusal.GRANT_MISSING));
        grants.restore(DemoMarket.id("grant", "A2.8.6"), bureau, "test");
        within(SECOND, this::admitted);
        UUID subscription = DemoMarket.subscription("APP_STUDIO", "transit-standard");
        Subscriptions subscriptions = new Subscriptions(market.database, market.clock);
        subscriptions.suspend(subscription, bureau, "test");
        within(SECOND, () -> refusedAs(Refusal.SUBSCRIPTION_NOT_ACTIVE));
        subscriptions.restore(subscription, bureau, "test");
        within(SECOND, this::admitted);
        MarketDatabase.execute(market.dataSource, "UPDATE market.data_resource SET kind = 'BLOCKED', blocked_by = '新法' WHERE id = 'A2.8.7'");
        within(SECOND, () -> refusedAs(Refusal.BLOCKED_BY_LAW));
        MarketDatabase.execute(market.dataSource, "ALTER TABLE market.data_resource DISABLE TRIGGER data_resource_stays_blocked;"
                + "UPDATE market.data_resource SET kind = 'THING', blocked_by = NULL WHERE id = 'A2.8.7';"
                + "ALTER TABLE market.data_resource ENABLE TRIGGER data_resource_stays_blocked");
        within(SECOND, this::admitted);
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.price_ceiling (id, product_code, operation, fen_per_unit, effective_from, citation, set_by, set_at)
                VALUES (gen_random_uuid(), 'transit', '*', 1, '%s', '测试', '%s', now())
                """.formatted(DemoMarket.OPENED.plusSeconds(30), bureau));
        within(SECOND, () -> refusedAs(Refusal.NO_LAWFUL_PRICE));
        MarketDatabase.execute(market.dataSource, "UPDATE market.agreement SET terminated_at = now()");
        within(SECOND, () -> refusedAs(Refusal.AGREEMENT_EXPIRED));
    }

    @Test
    void aChangeWhoseAnnouncementIsLostIsFoundByThePoll() throws Exception {
        startWithPoll(Duration.ofMillis(300));
        MarketDatabase.execute(market.dataSource, "ALTER TABLE market.api_key DISABLE TRIGGER api_key_changed");
        UUID id = market.keys.listOf(DemoMarket.subscription("APP_STUDIO", "transit-standard")).getFirst().id();
        market.keys.revoke(id, null, "test");
        within(Duration.ofSeconds(2), () -> refusedAs(Refusal.KEY_REVOKED));
    }

    @Test
    void whilePostgresIsAwayTheLastTableStaysInUseAndItsAgeGrows() throws Exception {
        startWithPoll(Duration.ofMillis(100));
        postgresAway.set(true);
        cutConnections();
        within(Duration.ofSeconds(10), () -> refresh.failure().isPresent());
        assertThat(admitted()).isTrue();
        Duration age = refresh.age().orElseThrow();
        within(SECOND, () -> refresh.age().orElseThrow().compareTo(age) > 0);
        ahead.set(Duration.ofHours(2));
        assertThat(refresh.isStale()).as("a database that is away stops no calls").isFalse();
        ahead.set(Duration.ZERO);

        UUID id = market.keys.listOf(DemoMarket.subscription("APP_STUDIO", "transit-standard")).getFirst().id();
        market.keys.revoke(id, null, "test");
        assertThat(admitted()).isTrue();
        postgresAway.set(false);
        within(Duration.ofSeconds(10), () -> refusedAs(Refusal.KEY_REVOKED));
        assertThat(refresh.failure()).isEmpty();
    }

    @Test
    void whateverARowBringsAboutTheThreadGoesOnAndTheNodeIsNotReadyMeanwhile() throws Exception {
        startWithPoll(Duration.ofMillis(100));
        assertThat(refresh.isStale()).isFalse();
        broken.set(true);
        within(Duration.ofSeconds(10), () -> refresh.failure().isPresent());
        assertThat(admitted()).isTrue();
        assertThat(refresh.isStale()).as("it may heal").isFalse();
        ahead.set(Duration.ofMinutes(2));
        assertThat(refresh.isStale()).as("nobody minds revocations any longer").isTrue();

        UUID id = market.keys.listOf(DemoMarket.subscription("APP_STUDIO", "transit-standard")).getFirst().id();
        market.keys.revoke(id, null, "test");
        broken.set(false);
        within(Duration.ofSeconds(10), () -> refusedAs(Refusal.KEY_REVOKED));
        assertThat(refresh.failure()).isEmpty();
        assertThat(refresh.isStale()).isFalse();
    }

    /** As one could be entered before there was a bound; its thousandths of a fen are out of range. */
    @Test
    void aBudgetWithoutBoundsEndsNoReading() throws Exception {
        startWithPoll(NEVER);
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.consumer_account (organisation_id, budget_fen, budget_hard, budget_set_by, budget_set_at)
                VALUES ('%s', 9223372036854775807, true, '%s', now())
                """.formatted(DemoMarket.organisation("APP_STUDIO"), bureau));
        within(SECOND, () -> refresh.latest().table() != null
                && Long.valueOf(Money.MOST_ENTERED.fen() * 1_000).equals(refresh.latest().table().budgets().get(DemoMarket.organisation("APP_STUDIO"))));
        assertThat(refresh.failure()).isEmpty();
    }

    @Test
    void aNodeThatHasNotReadATableSaysSoAndStopsAtOnce() throws Exception {
        postgresAway.set(true);
        refresh.start();
        assertThat(refresh.awaitFirst(Duration.ofMillis(100))).isFalse();
        assertThat(refusedAs(Refusal.NODE_NOT_READY)).isTrue();
        assertThat(refresh.age()).isEmpty();
        Instant before = Instant.now();
        refresh.close();
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(4));
    }

    /** Ends every connection to this test's database but the one that says so. */
    private void cutConnections() {
        MarketDatabase.execute(market.dataSource, """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()
                """);
    }

    private DataSource severable(DataSource real) {
        return (DataSource) Proxy.newProxyInstance(DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class},
                (_, method, arguments) -> {
                    if (postgresAway.get()) {
                        throw new SQLException("connection refused by the test");
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static final class Plenty implements QuotaSource {
        @Override
        public CompletionStage<QuotaDecision> take(UUID subscription, YearMonth period, long limit, long units) {
            return CompletableFuture.completedStage(new QuotaDecision.Taken(limit - units));
        }

        @Override
        public void giveBack(UUID subscription, YearMonth period, long units) {}

        @Override
        public void book(UUID subscription, YearMonth period, long units) {}
    }
}

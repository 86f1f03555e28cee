package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.gate.SimulatedAccessTables.PlanRow;
import cn.jingshu.marketplace.gate.SimulatedAccessTables.SubscriptionRow;
import cn.jingshu.marketplace.gate.SimulatedAccessTables.Writes;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulated facts of the gate answer and announce as PostgreSQL does: the same decisions made in both. */
final class SimulatedFactsIT {
    private static final long SEED = 20_261_129;
    private static final int DECISIONS = 120;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final List<String> TABLES = List.of("organisation", "agreement", "data_resource", "registration",
            "registration_resource", "provider_grant", "price_ceiling", "tariff", "plan", "subscription",
            "authorised_use", "api_key", "authorisation", "scenario", "impact_assessment", "consent", "payment_stop",
            "consumer_account");

    /** Where nothing says in which order rows come, any order is the same. */
    private static final RecursiveComparisonConfiguration ANY_ORDER =
            RecursiveComparisonConfiguration.builder().withIgnoreCollectionOrder(true).build();

    private final DemoMarket market = new DemoMarket();
    private final Random random = new Random(SEED);
    private final UUID bureau = DemoMarket.person("AUTHORITY");
    private final UUID scenarioId = UUID.fromString(
            MarketDatabase.texts(market.dataSource, "SELECT id FROM market.scenario ORDER BY code LIMIT 1").getFirst());
    private final AccessFacts postgres = new PostgresAccessFacts(market.database);
    private final SimulatedAccessTables tables = new SimulatedAccessTables(SimulatedAccessTables.Lie.NONE);
    private final AccessFacts model = tables.reachedBy(SimulatedProcess.observer());
    private final AccessTableSource fromPostgres = new AccessTableSource(postgres, () -> new Lineage(Map.of()), market.clock);
    private final AccessTableSource fromModel = new AccessTableSource(model, () -> new Lineage(Map.of()), market.clock);
    private final Set<SubjectToken> subjects = new HashSet<>();
    private Announcements.Listening real = nobody();
    private Announcements.Listening simulated = nobody();

    private static Announcements.Listening nobody() {
        return new Announcements.Listening() {
            @Override
            public Announced await(Duration atMost) {
                return new Announced();
            }

            @Override
            public void cut() {}

            @Override
            public void close() {}
        };
    }

    @BeforeEach
    void begin() throws SQLException {
        tables.commit(writes -> postgres.onSnapshot(facts -> {
            load(writes, facts);
            return writes;
        }));
        real = new PostgresAnnouncements(market.dataSource).listen();
        simulated = tables.announcedTo(SimulatedProcess.observer(), Runnable::run).listen();
    }

    @AfterEach
    void end() throws SQLException {
        real.close();
    }

    private record Planned(UUID id, UUID planId) {}

    private void load(Writes writes, AccessFacts.Snapshot facts) throws SQLException {
        AccessFacts.FewRows few = facts.few();
        few.suspended().forEach(id -> writes.organisation(id, true));
        for (AccessFacts.Agreed each : few.agreements()) {
            writes.agreement(agreementId(each.organisationId()), each);
        }
        few.registrations().forEach(writes::registration);
        few.resources().forEach(each -> writes.resource(each.registrationId(), each.resource().id(),
                each.resource().provider(), each.resource().blockedBy()));
        few.grants().forEach(writes::grant);
        few.authorisations().forEach(writes::authorisation);
        few.scenarios().forEach(writes::scenario);
        few.assessments().forEach(writes::assessment);
        few.ceilings().forEach(writes::ceiling);
        few.tariffs().forEach(writes::tariff);
        few.stops().forEach((organisation, stops) ->
                stops.forEach(stop -> writes.stop(organisation, stop.reason().refusal(), stop.until())));
        few.budgets().forEach(writes::budget);
        plans().forEach(writes::plan);
        Map<UUID, UUID> planOf = new HashMap<>();
        planned().forEach(each -> planOf.put(each.id(), each.planId()));
        for (AccessFacts.Subscribed each : facts.subscriptions()) {
            UUID planId = planOf.get(each.id());
            AuthorisedUse use = each.use();
            if (planId == null) {
                throw new IllegalStateException("no plan of " + each);
            }
            writes.subscription(new SubscriptionRow(each.id(), each.organisationId(), planId, each.purpose(), each.status()));
            if (use != null) {
                writes.use(each.id(), use);
            }
        }
        facts.keys().forEach(each -> writeKey(writes, each));
        facts.consents().forEach(each -> writeConsent(writes, each));
    }

    private static UUID agreementId(UUID organisationId) {
        return new UUID(organisationId.getMostSignificantBits(), ~organisationId.getLeastSignificantBits());
    }

    private List<PlanRow> plans() {
        return market.database.inTransaction(t -> t.list(
                "SELECT id, product_code, code, rate_capacity, rate_period_millis, monthly_quota_units FROM market.plan",
                row -> new PlanRow(row.uuid("id"), row.text("product_code"), row.text("code"),
                        new RateLimit(row.number("rate_capacity"), Duration.ofMillis(row.number("rate_period_millis"))),
                        row.number("monthly_quota_units"))));
    }

    private List<Planned> planned() {
        return market.database.inTransaction(t -> t.list("SELECT id, plan_id FROM market.subscription",
                row -> new Planned(row.uuid("id"), row.uuid("plan_id"))));
    }

    private static void writeKey(Writes writes, AccessFacts.StoredKey key) {
        writes.key(key.id(), key.subscriptionId(), key.sandbox(), key.hash(), key.expiresAt(), key.revokedAt());
    }

    private static void writeConsent(Writes writes, ConsentIndex.Change consent) {
        ConsentIndex.Entry e = consent.entry();
        writes.consent(e.id(), consent.subject(), e.recipientId(), e.scenarioId(), e.purpose(), e.product(),
                e.operations(), e.startsAt(), e.endsAt(), consent.withdrawn());
    }

    /**
     * One decision: how it is written to PostgreSQL, and what of the rows PostgreSQL then has is written to the model.
     */
    private record Decision(String what, String sql, BiConsumer<Writes, Rows> written) {}

    /** What PostgreSQL has after a decision. */
    private record Rows(AccessFacts.FewRows few, List<AccessFacts.Subscribed> subscriptions, List<AccessFacts.StoredKey> keys,
            List<ConsentIndex.Change> consents) {
        static <T> T one(List<T> rows, Predicate<T> which) {
            return rows.stream().filter(which).findFirst().orElseThrow();
        }
    }

    private Rows rows(Set<UUID> consents) {
        return postgres.onSnapshot(facts ->
                new Rows(facts.few(), facts.subscriptions(), facts.keys(), facts.consents(consents)));
    }

    private <T> T any(List<T> rows) {
        return rows.get(random.nextInt(rows.size()));
    }

    private Decision decide(int number) {
        Rows before = rows(Set.of());
        String now = "TIMESTAMPTZ '" + market.clock.instant() + "'";
        return switch (random.nextInt(19)) {
            case 0, 1 -> {
                AccessFacts.StoredKey key = any(before.keys());
                yield new Decision("a key is revoked",
                        "UPDATE market.api_key SET revoked_at = %1$s, retired_at = %1$s WHERE id = '%2$s'"
                                .formatted(now, key.id()),
                        (writes, rows) -> writeKey(writes, Rows.one(rows.keys(), each -> each.id().equals(key.id()))));
            }
            case 2 -> {
                UUID subscription = any(before.subscriptions()).id();
                UUID id = new UUID(77, number);
                yield new Decision("a key is issued", """
                        INSERT INTO market.api_key (id, subscription_id, sandbox, hash, last_four, slot, created_at, retired_at)
                        VALUES ('%s', '%s', false, sha256('%d'::bytea), 'abcd', 1, %4$s, %4$s)
                        """.formatted(id, subscription, number, now),
                        (writes, rows) -> writeKey(writes, Rows.one(rows.keys(), each -> each.id().equals(id))));
            }
            case 3 -> {
                UUID organisation = any(before.subscriptions()).organisationId();
                yield new Decision("an organisation is suspended or restored", """
                        UPDATE market.organisation SET status = CASE status WHEN 'ACTIVE' THEN 'SUSPENDED' ELSE 'ACTIVE' END
                         WHERE id = '%s'
                        """.formatted(organisation),
                        (writes, rows) -> writes.organisation(organisation, rows.few().suspended().contains(organisation)));
            }
            case 4 -> {
                AccessFacts.Subscribed one = any(before.subscriptions());
                UUID planId = Rows.one(planned(), each -> each.id().equals(one.id())).planId();
                yield new Decision("a subscription is suspended or restored", """
                        UPDATE market.subscription SET status = CASE status WHEN 'ACTIVE' THEN 'SUSPENDED' ELSE 'ACTIVE' END
                         WHERE id = '%s'
                        """.formatted(one.id()),
                        (writes, rows) -> {
                            AccessFacts.Subscribed after = Rows.one(rows.subscriptions(), each -> each.id().equals(one.id()));
                            writes.subscription(new SubscriptionRow(
                                    one.id(), one.organisationId(), planId, one.purpose(), after.status()));
                        });
            }
            case 5 -> {
                PlanRow plan = any(plans());
                yield new Decision("a plan is raised", """
                        UPDATE market.plan SET monthly_quota_units = monthly_quota_units + 7, rate_capacity = rate_capacity + 1
                         WHERE id = '%s'
                        """.formatted(plan.id()),
                        (writes, rows) -> writes.plan(Rows.one(plans(), each -> each.id().equals(plan.id()))));
            }
            case 6, 7 -> {
                UUID id = new UUID(88, number);
                SubjectToken subject = SubjectToken.of(market.pepper, "person " + number);
                subjects.add(subject);
                yield new Decision("a consent is given", """
                        INSERT INTO market.consent (id, subject_token, recipient_id, scenario_id, purpose, product_code,
                               operations, notice_version, evidence, starts_at, ends_at, recorded_by, recorded_at)
                        VALUES ('%s', '\\x%s', '%s', '%s', '%s', 'transit', '{}', 'v1', 'doc', %6$s, %6$s + INTERVAL '1 year',
                               '%7$s', %6$s)
                        """.formatted(id, hex(subject.bytes()), any(before.subscriptions()).organisationId(), scenarioId,
                                Purpose.INDUSTRY, now, bureau),
                        (writes, rows) -> writeConsent(writes, any(rows.consents())));
            }
            case 8 -> {
                List<ConsentIndex.Change> given = postgres.onSnapshot(AccessFacts.Snapshot::consents);
                if (given.isEmpty()) {
                    yield nothing();
                }
                UUID id = any(given).entry().id();
                yield new Decision("a consent is withdrawn", """
                        UPDATE market.consent SET withdrawn_at = %s, withdrawn_by = recorded_by WHERE id = '%s'
                        """.formatted(now, id),
                        (writes, rows) -> writeConsent(writes, any(rows.consents())));
            }
            case 9 -> {
                UUID id = any(before.few().registrations()).id();
                yield new Decision("a registration is suspended or restored", """
                        UPDATE market.registration
                           SET status = CASE status WHEN 'REGISTERED' THEN 'SUSPENDED' ELSE 'REGISTERED' END
                         WHERE id = '%s'
                        """.formatted(id),
                        (writes, rows) -> writes.registration(
                                Rows.one(rows.few().registrations(), each -> each.id().equals(id))));
            }
            case 10 -> {
                ProviderGrant grant = any(before.few().grants());
                yield new Decision("a grant is suspended or restored", """
                        UPDATE market.provider_grant SET suspended_at = CASE WHEN suspended_at IS NULL THEN %s END WHERE id = '%s'
                        """.formatted(now, grant.id()),
                        (writes, rows) -> writes.grant(
                                Rows.one(rows.few().grants(), each -> each.id().equals(grant.id()))));
            }
            case 11 -> new Decision("a scenario is suspended or restored", """
                    UPDATE market.scenario SET suspended_at = CASE WHEN suspended_at IS NULL THEN %s END WHERE id = '%s'
                    """.formatted(now, scenarioId),
                    (writes, rows) -> writes.scenario(
                            Rows.one(rows.few().scenarios(), each -> each.scenario().id().equals(scenarioId))));
            case 12 -> {
                UUID id = any(before.few().authorisations()).authorisation().id();
                yield new Decision("an authorisation is suspended or restored", """
                        UPDATE market.authorisation SET suspended_at = CASE WHEN suspended_at IS NULL THEN %s END WHERE id = '%s'
                        """.formatted(now, id),
                        (writes, rows) -> writes.authorisation(Rows.one(
                                rows.few().authorisations(), each -> each.authorisation().id().equals(id))));
            }
            case 13 -> {
                UUID id = new UUID(99, number);
                yield new Decision("a ceiling is set", """
                        INSERT INTO market.price_ceiling
                               (id, product_code, operation, fen_per_unit, effective_from, citation, set_by, set_at)
                        VALUES ('%s', 'transit', 'op%d', 100, %3$s, 'test', '%4$s', %3$s)
                        """.formatted(id, number, now, bureau),
                        (writes, rows) -> writes.ceiling(
                                Rows.one(rows.few().ceilings(), each -> each.id().equals(id))));
            }
            case 14 -> {
                AccessFacts.Needed one = any(before.few().resources());
                String resource = one.resource().id();
                yield new Decision("the law blocks a resource", """
                        UPDATE market.data_resource SET kind = 'BLOCKED', blocked_by = 'a law' WHERE id = '%s' AND blocked_by IS NULL
                        """.formatted(resource),
                        (writes, rows) -> writes.blocked(resource, Rows.one(
                                rows.few().resources(), each -> each.resource().id().equals(resource)).resource().blockedBy()));
            }
            case 15 -> {
                UUID organisation = any(before.subscriptions()).organisationId();
                PaymentStop.Reason reason = any(List.of(PaymentStop.Reason.values()));
                yield new Decision("payment is stopped", """
                        INSERT INTO market.payment_stop (organisation_id, reason, since, until)
                        VALUES ('%s', '%s', %s, %s)
                        ON CONFLICT (organisation_id, reason) DO UPDATE SET until = EXCLUDED.until
                        """.formatted(organisation, reason, now, random.nextBoolean() ? "NULL" : now + " + INTERVAL '1 hour'"),
                        (writes, rows) -> writes.stop(organisation, reason.refusal(),
                                Rows.one(rows.few().stops().getOrDefault(organisation, List.of()), each -> each.reason() == reason).until()));
            }
            case 16 -> {
                UUID organisation = any(before.subscriptions()).organisationId();
                yield new Decision("payment goes on",
                        "DELETE FROM market.payment_stop WHERE organisation_id = '%s'".formatted(organisation),
                        (writes, rows) -> writes.lifted(organisation));
            }
            case 17 -> {
                UUID organisation = any(before.subscriptions()).organisationId();
                yield new Decision("a budget is set", """
                        INSERT INTO market.consumer_account (organisation_id, budget_fen, budget_hard, budget_set_by, budget_set_at)
                        VALUES ('%s', %d, true, '%s', %s)
                        ON CONFLICT (organisation_id) DO UPDATE SET budget_fen = EXCLUDED.budget_fen, budget_hard = true,
                               budget_set_by = EXCLUDED.budget_set_by, budget_set_at = EXCLUDED.budget_set_at
                        """.formatted(organisation, 1_000 + number, bureau, now),
                        (writes, rows) -> writes.budget(organisation, rows.few().budgets().getOrDefault(organisation, 0L)));
            }
            default -> terminated(before, now);
        };
    }

    private Decision terminated(Rows before, String now) {
        if (before.few().agreements().isEmpty()) {
            return nothing();
        }
        AccessFacts.Agreed one = any(before.few().agreements());
        return new Decision("an agreement is terminated", """
                UPDATE market.agreement SET terminated_at = %s WHERE organisation_id = '%s' AND terminated_at IS NULL
                """.formatted(now, one.organisationId()),
                (writes, rows) -> writes.terminated(agreementId(one.organisationId())));
    }

    private static Decision nothing() {
        return new Decision("nothing", "SELECT 1", (writes, rows) -> {});
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void whatIsDecidedIsReadAndAnnouncedAlike() throws SQLException {
        assertSame("as loaded", fromPostgres.read(), fromModel.read());
        List<String> decided = new ArrayList<>();
        for (int i = 0; i < DECISIONS; i++) {
            Decision decision = decide(i);
            decided.add(decision.what());
            String where = "seed " + SEED + ", decision " + i + ": " + decision.what();
            List<AccessFacts.Fingerprint> realBefore = fingerprints(postgres);
            List<AccessFacts.Fingerprint> modelBefore = fingerprints(model);
            MarketDatabase.execute(market.dataSource, decision.sql());
            // A consent is told by its id, so the announcement says which row to write to the model.
            Announced announced = decision.what().equals("nothing") ? new Announced() : announced();
            Rows after = rows(announced.consents());
            if (!decision.what().equals("nothing")) {
                tables.commit(writes -> decision.written().accept(writes, after));
            }
            Announced told = simulated.await(Duration.ZERO);
            assertThat(names(told)).as(where).isEqualTo(names(announced));
            assertThat(told.consents()).as(where).isEqualTo(announced.consents());
            assertThat(changed(modelBefore, fingerprints(model))).as(where)
                    .isEqualTo(changed(realBefore, fingerprints(postgres)));
            if (random.nextInt(3) > 0) {
                assertSame(where, fromPostgres.read(announced), fromModel.read(told));
            } else if (random.nextBoolean()) { // else it is never told of this one
                assertSame(where, fromPostgres.check(), fromModel.check());
            }
        }
        assertSame("looked over", fromPostgres.check(), fromModel.check());
        assertSame("read anew", new AccessTableSource(postgres, () -> new Lineage(Map.of()), market.clock).read(), fromModel.check());
        assertThat(decided).contains("a key is revoked", "a consent is withdrawn", "an agreement is terminated", "a plan is raised",
                "the law blocks a resource", "payment is stopped", "payment goes on", "a budget is set");
    }

    private Announced announced() throws SQLException {
        Instant end = Instant.now().plus(PATIENCE);
        Announced announced = real.await(Duration.ofMillis(200));
        while (announced.isEmpty() && Instant.now().isBefore(end)) {
            announced = real.await(Duration.ofMillis(200));
        }
        return announced;
    }

    private static List<String> names(Announced announced) {
        return TABLES.stream().filter(announced::names).toList();
    }

    private static List<AccessFacts.Fingerprint> fingerprints(AccessFacts facts) {
        return facts.onSnapshot(of ->
                List.of(of.subscriptionsFingerprint(), of.keysFingerprint(), of.consentsFingerprint()));
    }

    private static List<Boolean> changed(List<AccessFacts.Fingerprint> before, List<AccessFacts.Fingerprint> after) {
        return List.of(!before.get(0).equals(after.get(0)), !before.get(1).equals(after.get(1)), !before.get(2).equals(after.get(2)));
    }

    private void assertSame(String where, AccessTable real, AccessTable simulated) {
        assertThat(simulated.keys()).as(where).isEqualTo(real.keys());
        assertThat(simulated.scenarios()).as(where).isEqualTo(real.scenarios());
        assertThat(simulated.products()).as(where).usingRecursiveComparison(ANY_ORDER).isEqualTo(real.products());
        assertThat(simulated.stops()).as(where).isEqualTo(real.stops());
        assertThat(simulated.budgets()).as(where).isEqualTo(real.budgets());
        assertThat(simulated.consents().size()).as(where).isEqualTo(real.consents().size());
        for (SubjectToken subject : subjects) {
            assertThat(simulated.consents().of(subject)).as(where)
                    .usingRecursiveComparison()
                    .ignoringFields("version")
                    .isEqualTo(real.consents().of(subject));
        }
    }
}

package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.scope.Standing;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.quota.QuotaDecision;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GateTest {
    private static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");
    private static final Instant MONTH_END = Instant.parse("2026-11-30T16:00:00Z"); // December begins in Shanghai
    private static final Instant PAST = NOW.minus(Duration.ofDays(100));
    private static final Instant FUTURE = NOW.plus(Duration.ofDays(100));
    private static final Pepper PEPPER = new Pepper(new byte[Pepper.MIN_BYTES]);
    private static final ApiKey LIVE = ApiKey.next(false, new Random(1));
    private static final ApiKey TEST = ApiKey.next(true, new Random(2));
    private static final UUID SUBSCRIPTION = new UUID(1, 1);
    private static final UUID ORGANISATION = new UUID(2, 2);
    private static final UUID SCENARIO = new UUID(11, 11);
    private static final UUID CONSENT = new UUID(14, 14);

    /** One call and everything around it, all in order; each rule's case breaks one thing of it. */
    static final class World {
        @Nullable String credential = LIVE.reveal();
        boolean tableRead = true;
        boolean keyKnown = true;
        @Nullable Instant revokedAt = null;
        @Nullable Instant expiresAt = null;
        boolean consumerActive = true;
        boolean operatorActive = true;
        boolean merchantActive = true;
        Subscription.Status status = Subscription.Status.ACTIVE;
        Instant agreementEnd = FUTURE;
        Registration.Status registration = Registration.Status.REGISTERED;
        @Nullable Instant approvedAt = PAST;
        Instant registeredUntil = FUTURE;
        boolean productThere = true;
        @Nullable Instant grantSuspendedAt = null;
        Instant grantEnd = FUTURE;
        @Nullable String blockedBy = null;
        String planProduct = "transit";
        Set<String> operations = Set.of();
        Instant useEnd = FUTURE;
        boolean useApproved = true;
        Purpose purpose = Purpose.INDUSTRY;
        @Nullable String stated = null;
        boolean authorised = true;
        Set<String> grantedColumns = Set.of("Vehicle.id", "Vehicle.position");
        Set<String> readColumns = Set.of("Vehicle.position");
        boolean readRegistered = true;
        boolean scenarioApproved = true;
        Set<String> districts = Set.of();
        @Nullable String statedScenario = null;
        @Nullable String statedDistrict = null;
        @Nullable String statedConsent = null;
        boolean personal = false;
        @Nullable List<String> subjects = List.of("reader 1"); // null: the request cannot be read
        List<ConsentIndex.Change> consents = List.of();
        boolean assessed = false;
        int subjectsAsked;
        String priceFen = "1.20";
        @Nullable Tariff tariff = null; // null: priceFen for each unit
        Money perMonth = Money.ZERO; // of the ceiling
        List<PriceCeiling> laterCeilings = List.of();
        @Nullable PaymentStop stop = null;
        boolean room = true;
        boolean tooFast = false;
        QuotaDecision quota = new QuotaDecision.Taken(41);
        RateLimit rate = new RateLimit(200, Duration.ofSeconds(1));
        long quotaUnits = 1_000;
        @Nullable Long budget = null; // thousandths of a fen
        long mostWithoutAnswer = 1;
        QuotaDecision money = new QuotaDecision.Taken(1);
        List<ApiKey> others = List.of(); // live keys, each of a subscription of its own

        final List<Alarm.Breach> alarms = new ArrayList<>();
        final List<Long> taken = new ArrayList<>();
        final List<Long> givenBack = new ArrayList<>();
        final List<Long> booked = new ArrayList<>();
        final List<String> ofBudget = new ArrayList<>();
        int limitsAsked;
        @Nullable String counted;

        Admission admit() {
            return gate().admit(call()).toCompletableFuture().join();
        }

        Call call() {
            return callWith(credential);
        }

        Call callWith(@Nullable String sent) {
            return new Call(sent, "transit", "ListVehicles",
                    Stated.of(stated, statedScenario, statedDistrict, statedConsent), personal ? this::subjects : null, NOW,
                    _ -> room, mostWithoutAnswer, "CALL");
        }

        private Optional<List<String>> subjects() {
            subjectsAsked++;
            return Optional.ofNullable(subjects);
        }

        /** Everything in order for a call about a person. */
        void aboutAPerson() {
            personal = true;
            consents = List.of(consent("reader 1", entry -> entry));
            assessed = true;
        }

        static ConsentIndex.Change consent(String subject, UnaryOperator<ConsentIndex.Entry> changed) {
            return new ConsentIndex.Change(SubjectToken.of(PEPPER, subject), changed.apply(new ConsentIndex.Entry(CONSENT,
                    ORGANISATION, SCENARIO, Purpose.INDUSTRY, "transit", Set.of(), PAST, FUTURE, 1)), false);
        }

        Gate gate(Limits limits, QuotaSource quotas) {
            LatestAccess access = new LatestAccess();
            if (tableRead) {
                access.replace(table());
            }
            return new Gate(access, PEPPER, limits, quotas, new NotedBudget(), new EventIds(Clock.systemUTC()), alarms::add);
        }

        /** What is asked of the budget, in order. */
        private final class NotedBudget implements BudgetSource {
            @Override
            public CompletionStage<QuotaDecision> take(UUID organisation, YearMonth period, long limit, long milliFen) {
                assertThat(organisation).isEqualTo(ORGANISATION);
                assertThat(period).isEqualTo(YearMonth.of(2026, 11));
                ofBudget.add("take " + milliFen + " of " + limit);
                return CompletableFuture.completedStage(money);
            }

            @Override
            public void giveBack(UUID organisation, YearMonth period, long milliFen) {
                ofBudget.add("back " + milliFen);
            }

            @Override
            public void recorded(UUID organisation, YearMonth period, long milliFen) {
                ofBudget.add("recorded " + milliFen);
            }
        }

        Gate gate() {
            Limits limits = (_, _) -> {
                limitsAsked++;
                return CompletableFuture.completedStage(tooFast
                        ? new LimitDecision.Limited(Duration.ofMillis(5))
                        : new LimitDecision.Allowed(199, Duration.ofMillis(5)));
            };
            QuotaSource quotas = new QuotaSource() {
                @Override
                public CompletionStage<QuotaDecision> take(UUID subscription, YearMonth period, long limit, long units) {
                    assertThat(period).isEqualTo(YearMonth.of(2026, 11));
                    taken.add(units);
                    return CompletableFuture.completedStage(quota);
                }

                @Override
                public void giveBack(UUID subscription, YearMonth period, long units) {
                    givenBack.add(units);
                }

                @Override
                public void book(UUID subscription, YearMonth period, long units) {
                    assertThat(period).isEqualTo(YearMonth.of(2026, 11));
                    booked.add(units);
                }
            };
            return gate(limits, quotas);
        }

        private AccessTable table() {
            AuthorisedUse use = useApproved
                    ? new AuthorisedUse(new UUID(3, 3), purpose, SCENARIO, operations, districts, PAST, useEnd)
                    : null;
            AccessTable.Grant grant = grant(SUBSCRIPTION, use);
            Map<KeyHash, AccessTable.KeyEntry> keys = new HashMap<>();
            if (keyKnown) {
                keys.put(PEPPER.hash(LIVE), new AccessTable.KeyEntry(new UUID(4, 4), false, expiresAt, revokedAt, grant, "live"));
                keys.put(PEPPER.hash(TEST), new AccessTable.KeyEntry(new UUID(5, 5), true, expiresAt, revokedAt, grant, "test"));
            }
            for (ApiKey other : others) {
                UUID id = new UUID(15, keys.size());
                keys.put(PEPPER.hash(other), new AccessTable.KeyEntry(id, false, null, null, grant(id, use), id.toString()));
            }
            return new AccessTable(keys, productThere ? Map.of("transit", product()) : Map.of(), Map.of(SCENARIO, scenario()),
                    stop == null ? Map.of() : Map.of(ORGANISATION, List.of(stop)),
                    budget == null ? Map.of() : Map.of(ORGANISATION, budget), ConsentIndex.EMPTY.with(consents), NOW);
        }

        private AccessTable.Grant grant(UUID subscription, @Nullable AuthorisedUse use) {
            return new AccessTable.Grant(
                    subscription, ORGANISATION, consumerActive, status, planProduct, "transit-plan", purpose, use, rate, quotaUnits);
        }

        private Scenario.Reviewed scenario() {
            return new Scenario.Reviewed(new Scenario(SCENARIO, "travel-apps", "出行", "Travel", "…", Scenario.Source.TOP_DOWN,
                    Scenario.Stage.PILOT, Set.of("transit"), Set.of(Purpose.values()), PAST, FUTURE), standing(scenarioApproved));
        }

        private static Standing standing(boolean approved) {
            return approved
                    ? new Standing(new UUID(12, 1), PAST, new UUID(12, 2), PAST, "纪要", null, null)
                    : new Standing(new UUID(12, 1), PAST, null, null, null, null, null);
        }

        private AccessTable.Product product() {
            List<AccessTable.Term> terms = List.of(new AccessTable.Term(PAST, agreementEnd));
            Registration registered = new Registration(new UUID(6, 6), "transit", 1, "公交", "Transit", "R1", PAST,
                    registeredUntil, new UUID(7, 7), new UUID(8, 8), registration, approvedAt, List.of("A2.8.4"));
            List<AccessTable.Resource> resources = new ArrayList<>();
            AccessTable.Resource granted = new AccessTable.Resource("A2.8.4", "A2.8", null, List.of(new ProviderGrant(
                    new UUID(9, 9), "A2.8.4", "transit", grantedColumns, PAST, grantEnd, grantSuspendedAt, null)));
            resources.add(granted);
            if (blockedBy != null) {
                resources.add(new AccessTable.Resource("A2.10.2", "A2.10", blockedBy, List.of()));
            }
            Map<String, List<AccessTable.Read>> reads = Map.of(
                    "ListVehicles", List.of(AccessTable.Read.of(readRegistered ? granted : null, readColumns)));
            List<AccessTable.Mandate> mandates =
                    List.of(new AccessTable.Mandate(new AccessTable.Term(PAST, FUTURE), standing(authorised), null));
            List<ImpactAssessment.Reviewed> assessments = List.of(new ImpactAssessment.Reviewed(
                    new ImpactAssessment(new UUID(13, 1), "transit", Set.of(Purpose.values()), "PIA-1", "可行", PAST, FUTURE),
                    standing(assessed)));
            List<PriceCeiling> ceilings = new ArrayList<>(laterCeilings);
            ceilings.add(new PriceCeiling(new UUID(10, 1), "transit", "*", new Ceiling(UnitPrice.ofFen("1.50"), perMonth), PAST, "依据"));
            PriceList prices = new PriceList("transit", ceilings,
                    List.of(new PublishedTariff(new UUID(10, 2), "transit", "*", Purpose.INDUSTRY,
                            tariff == null ? new Tariff.PerUnit(UnitPrice.ofFen(priceFen)) : tariff, PAST, PAST, null, false, null, counted)));
            return new AccessTable.Product(registered, new AccessTable.Party(operatorActive, terms),
                    new AccessTable.Party(merchantActive, terms), mandates, resources, reads, assessments, prices);
        }
    }

    record Case(Refusal refusal, String why, Consumer<World> breaking) {
        @Override
        public String toString() {
            return refusal + ": " + why;
        }
    }

    /** One or more ways to break each rule, in the gate's order. */
    private static final List<Case> CASES = List.of(
            new Case(Refusal.KEY_MISSING, "nothing sent", w -> w.credential = null),
            new Case(Refusal.KEY_MISSING, "blank", w -> w.credential = " "),
            new Case(Refusal.KEY_MALFORMED, "checksum", w -> w.credential = "js_live_" + "0".repeat(36)),
            new Case(Refusal.NODE_NOT_READY, "no table yet", w -> w.tableRead = false),
            new Case(Refusal.KEY_UNKNOWN, "not in the table", w -> w.keyKnown = false),
            new Case(Refusal.KEY_REVOKED, "revoked", w -> w.revokedAt = PAST),
            new Case(Refusal.KEY_EXPIRED, "expires this very moment", w -> w.expiresAt = NOW),
            new Case(Refusal.ORGANISATION_SUSPENDED, "consumer", w -> w.consumerActive = false),
            new Case(Refusal.ORGANISATION_SUSPENDED, "operator", w -> w.operatorActive = false),
            new Case(Refusal.ORGANISATION_SUSPENDED, "merchant", w -> w.merchantActive = false),
            new Case(Refusal.SUBSCRIPTION_NOT_ACTIVE, "pending", w -> w.status = Subscription.Status.PENDING),
            new Case(Refusal.SUBSCRIPTION_NOT_ACTIVE, "suspended", w -> w.status = Subscription.Status.SUSPENDED),
            new Case(Refusal.SUBSCRIPTION_NOT_ACTIVE, "ended", w -> w.status = Subscription.Status.ENDED),
            new Case(Refusal.AGREEMENT_EXPIRED, "ends this very moment", w -> w.agreementEnd = NOW),
            new Case(Refusal.AUTHORISATION_MISSING, "not approved", w -> w.authorised = false),
            new Case(Refusal.PRODUCT_NOT_LIVE, "unregistered", w -> w.productThere = false),
            new Case(Refusal.PRODUCT_NOT_LIVE, "suspended", w -> w.registration = Registration.Status.SUSPENDED),
            new Case(Refusal.PRODUCT_NOT_LIVE, "not approved", w -> w.approvedAt = null),
            new Case(Refusal.PRODUCT_NOT_LIVE, "registration over", w -> w.registeredUntil = NOW),
            new Case(Refusal.GRANT_MISSING, "suspended", w -> w.grantSuspendedAt = PAST),
            new Case(Refusal.GRANT_MISSING, "over", w -> w.grantEnd = NOW),
            new Case(Refusal.GRANT_MISSING, "registered without it", w -> w.readRegistered = false),
            new Case(Refusal.COLUMN_NOT_GRANTED, "another column", w -> w.grantedColumns = Set.of("Vehicle.id")),
            new Case(Refusal.BLOCKED_BY_LAW, "a blocked resource in it", w -> w.blockedBy = "《个人信息保护法》第二十六条"),
            new Case(Refusal.OVER_SCOPE, "another product", w -> w.planProduct = "echo"),
            new Case(Refusal.OVER_SCOPE, "another operation", w -> w.operations = Set.of("ListStops")),
            new Case(Refusal.OVER_SCOPE, "window over", w -> w.useEnd = NOW),
            new Case(Refusal.OVER_SCOPE, "nothing approved", w -> w.useApproved = false),
            new Case(Refusal.SCENARIO_NOT_APPROVED, "not reviewed", w -> w.scenarioApproved = false),
            new Case(Refusal.WRONG_SCENARIO, "another scenario", w -> w.statedScenario = "advertising"),
            new Case(Refusal.WRONG_PURPOSE, "the other purpose", w -> w.stated = "PUBLIC_INTEREST"),
            new Case(Refusal.WRONG_PURPOSE, "no purpose of ours", w -> w.stated = "industry"),
            new Case(Refusal.WRONG_DISTRICT, "none stated", w -> w.districts = Set.of("420802")),
            new Case(Refusal.CONSENT_REQUIRED, "nobody agreed", w -> {
                w.personal = true;
                w.consents = List.of();
            }),
            new Case(Refusal.CONSENT_REQUIRED, "nobody named", w -> {
                w.aboutAPerson();
                w.subjects = List.of();
            }),
            new Case(Refusal.IMPACT_ASSESSMENT_MISSING, "not approved", w -> {
                w.aboutAPerson();
                w.assessed = false;
            }),
            new Case(Refusal.NO_LAWFUL_PRICE, "above its ceiling", w -> w.priceFen = "1.51"),
            new Case(Refusal.PAYMENT_OVERDUE, "not paid", w -> w.stop = new PaymentStop(PaymentStop.Reason.OVERDUE, null)),
            new Case(Refusal.PREPAID_USED_UP, "nothing left", w -> w.stop = new PaymentStop(PaymentStop.Reason.PREPAID_USED_UP, null)),
            new Case(Refusal.CREDIT_USED_UP, "limit", w -> w.stop = new PaymentStop(PaymentStop.Reason.CREDIT_USED_UP, null)),
            new Case(Refusal.BUDGET_USED_UP, "this month", w -> w.stop = new PaymentStop(PaymentStop.Reason.BUDGET_USED_UP, MONTH_END)),
            new Case(Refusal.NODE_OVERLOADED, "no room", w -> w.room = false),
            new Case(Refusal.RATE_LIMITED, "too fast", w -> w.tooFast = true),
            new Case(Refusal.QUOTA_EXHAUSTED, "used up", w -> w.quota = new QuotaDecision.Exhausted(MONTH_END, 0)),
            new Case(Refusal.METER_UNAVAILABLE, "not to be asked", w -> w.quota = new QuotaDecision.Unavailable()));

    private static final Set<Refusal> STOPS = Set.of(Refusal.PAYMENT_OVERDUE, Refusal.PREPAID_USED_UP, Refusal.CREDIT_USED_UP,
            Refusal.BUDGET_USED_UP);

    static Stream<Case> cases() {
        return CASES.stream();
    }

    /** Every pair of cases of different rules: broken together, the earlier rule answers. */
    static Stream<Arguments> pairs() {
        return IntStream.range(0, CASES.size()).boxed().flatMap(i -> IntStream.range(i + 1, CASES.size())
                .filter(j -> compatible(CASES.get(i), CASES.get(j)))
                .mapToObj(j -> Arguments.of(CASES.get(i), CASES.get(j))));
    }

    private static boolean compatible(Case earlier, Case later) {
        // Without a registration there is no operator, no merchant and no agreement to look at; and the quota has one answer.
        boolean aboutTheProduct = later.why().equals("unregistered")
                && (earlier.why().equals("operator") || earlier.why().equals("merchant")
                        || earlier.refusal() == Refusal.AGREEMENT_EXPIRED
                        || earlier.refusal() == Refusal.AUTHORISATION_MISSING);
        boolean bothQuota = earlier.refusal() == Refusal.QUOTA_EXHAUSTED;
        boolean bothPayment = STOPS.contains(earlier.refusal()) && STOPS.contains(later.refusal()); // one stop in this world
        return earlier.refusal() != later.refusal() && !aboutTheProduct && !bothQuota && !bothPayment;
    }

    @Test
    void whoDoesNotPayStillHasWhatIsFreeAndTheSandbox() {
        World world = new World();
        world.stop = new PaymentStop(PaymentStop.Reason.OVERDUE, null);
        world.purpose = Purpose.PUBLIC_INTEREST;
        assertThat(world.admit()).isInstanceOf(Admission.Admitted.class);
        World testing = new World();
        testing.stop = new PaymentStop(PaymentStop.Reason.OVERDUE, null);
        testing.credential = TEST.reveal();
        assertThat(testing.admit()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void aStopEndsAtItsTime() {
        World world = new World();
        world.stop = new PaymentStop(PaymentStop.Reason.BUDGET_USED_UP, NOW);
        assertThat(world.admit()).isInstanceOf(Admission.Admitted.class);
    }

    private static Admission.Refused refused(Admission admission) {
        assertThat(admission).isInstanceOf(Admission.Refused.class);
        return (Admission.Refused) admission;
    }

    private static Admission.Admitted admitted(Admission admission) {
        assertThat(admission).isInstanceOf(Admission.Admitted.class);
        return (Admission.Admitted) admission;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachBrokenRuleRefuses(Case broken) {
        World world = new World();
        broken.breaking().accept(world);
        assertThat(refused(world.admit()).refusal()).isEqualTo(broken.refusal());
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void ofTwoBrokenRulesTheEarlierAnswers(Case earlier, Case later) {
        World world = new World();
        later.breaking().accept(world);
        earlier.breaking().accept(world);
        assertThat(refused(world.admit()).refusal()).isEqualTo(earlier.refusal());
    }

    @Test
    void everyRefusalOfTheGateHasACase() {
        List<Refusal> ofTheGate = Stream.of(Refusal.values())
                .takeWhile(refusal -> refusal != Refusal.KEY_IN_QUERY)
                .toList();
        assertThat(CASES.stream().map(Case::refusal).distinct()).containsExactlyElementsOf(ofTheGate);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRefusedCallTakesNothingOfTheQuota(Case broken) {
        World world = new World();
        broken.breaking().accept(world);
        world.admit();
        boolean askedForQuota =
                broken.refusal() == Refusal.QUOTA_EXHAUSTED || broken.refusal() == Refusal.METER_UNAVAILABLE;
        assertThat(world.taken).hasSize(askedForQuota ? 1 : 0);
        assertThat(world.limitsAsked).isEqualTo(askedForQuota || broken.refusal() == Refusal.RATE_LIMITED ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void onlyAnAttemptBeyondTheScopeRaisesAnAlert(Case broken) {
        World world = new World();
        broken.breaking().accept(world);
        world.admit();
        Set<Refusal> alarming = Set.of(Refusal.OVER_SCOPE, Refusal.WRONG_PURPOSE, Refusal.BLOCKED_BY_LAW,
                Refusal.WRONG_SCENARIO, Refusal.WRONG_DISTRICT, Refusal.COLUMN_NOT_GRANTED);
        assertThat(world.alarms).hasSize(alarming.contains(broken.refusal()) ? 1 : 0);
        assertThat(world.alarms).allSatisfy(breach -> assertThat(breach).isEqualTo(new Alarm.Breach(
                ORGANISATION, SUBSCRIPTION, "transit", "ListVehicles", broken.refusal(), NOW)));
    }

    @Test
    void aCallInOrderIsAdmittedWithItsLimits() {
        World world = new World();
        Admission.Admitted admitted = admitted(world.admit());
        assertThat(admitted.subscriptionId()).isEqualTo(SUBSCRIPTION);
        assertThat(admitted.keyId()).isEqualTo(new UUID(4, 4));
        assertThat(admitted.purpose()).isEqualTo(Purpose.INDUSTRY);
        assertThat(admitted.sandbox()).isFalse();
        assertThat(admitted.occurredAt()).isEqualTo(NOW);
        assertThat(admitted.limits()).isEqualTo(new LimitFacts(rate(199, 1), month(41L), null));
        assertThat(world.taken).containsExactly(1L);
    }

    @Test
    void eachAdmittedCallHasAnIdOfItsOwn() {
        Gate gate = new World().gate();
        Call call = new World().call();
        List<UUID> ids = IntStream.range(0, 1_000)
                .mapToObj(_ -> admitted(gate.admit(call).toCompletableFuture().join()).eventId())
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void statingWhatIsApprovedChangesNothing() {
        World world = new World();
        world.aboutAPerson();
        world.stated = "INDUSTRY";
        world.statedScenario = "travel-apps";
        world.districts = Set.of("420802", "420804");
        world.statedDistrict = "420804";
        world.statedConsent = CONSENT.toString();
        admitted(world.admit());
    }

    /** Each way in which what a person agreed to is something else than what is asked. */
    static Stream<Arguments> otherConsents() {
        UUID other = new UUID(0, 99);
        return Stream.of(
                Arguments.of("another person", World.consent("reader 2", entry -> entry)),
                Arguments.of("another recipient", World.consent("reader 1", e -> new ConsentIndex.Entry(e.id(), other,
                        e.scenarioId(), e.purpose(), e.product(), e.operations(), e.startsAt(), e.endsAt(), 1))),
                Arguments.of("another scenario", World.consent("reader 1", e -> new ConsentIndex.Entry(e.id(), e.recipientId(),
                        other, e.purpose(), e.product(), e.operations(), e.startsAt(), e.endsAt(), 1))),
                Arguments.of("another purpose", World.consent("reader 1", e -> new ConsentIndex.Entry(e.id(), e.recipientId(),
                        e.scenarioId(), Purpose.PUBLIC_INTEREST, e.product(), e.operations(), e.startsAt(), e.endsAt(), 1))),
                Arguments.of("another product", World.consent("reader 1", e -> new ConsentIndex.Entry(e.id(), e.recipientId(),
                        e.scenarioId(), e.purpose(), "echo", e.operations(), e.startsAt(), e.endsAt(), 1))),
                Arguments.of("another operation", World.consent("reader 1", e -> new ConsentIndex.Entry(e.id(), e.recipientId(),
                        e.scenarioId(), e.purpose(), e.product(), Set.of("ListStops"), e.startsAt(), e.endsAt(), 1))),
                Arguments.of("later", World.consent("reader 1", e -> new ConsentIndex.Entry(e.id(), e.recipientId(),
                        e.scenarioId(), e.purpose(), e.product(), e.operations(), NOW.plusMillis(1), e.endsAt(), 1))),
                Arguments.of("until this very moment", World.consent("reader 1", e -> new ConsentIndex.Entry(e.id(),
                        e.recipientId(), e.scenarioId(), e.purpose(), e.product(), e.operations(), e.startsAt(), NOW, 1))));
    }

    @ParameterizedTest
    @MethodSource("otherConsents")
    void aConsentServesNothingElseThanWhatWasAgreedTo(String difference, ConsentIndex.Change consent) {
        World world = new World();
        world.aboutAPerson();
        world.consents = List.of(consent);
        assertThat(refused(world.admit()).refusal()).as(difference).isEqualTo(Refusal.CONSENT_REQUIRED);
    }

    @Test
    void everybodyAskedAboutMustHaveAgreed() {
        World world = new World();
        world.aboutAPerson();
        world.subjects = List.of("reader 1", "reader 2");
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.CONSENT_REQUIRED);
        world.consents = List.of(World.consent("reader 1", entry -> entry), World.consent(" reader 2 ", entry -> entry));
        admitted(world.admit());
    }

    @Test
    void aConsentThatIsNamedIsTheOnlyOneThatCounts() {
        World world = new World();
        world.aboutAPerson();
        world.statedConsent = new UUID(0, 77).toString();
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.CONSENT_REQUIRED);
        world.statedConsent = "not an id";
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.CONSENT_REQUIRED);
    }

    @Test
    void aWithdrawnConsentIsNone() {
        World world = new World();
        world.aboutAPerson();
        ConsentIndex.Change given = World.consent("reader 1", entry -> entry);
        world.consents = List.of(given, new ConsentIndex.Change(given.subject(), given.entry(), true));
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.CONSENT_REQUIRED);
    }

    @Test
    void aRequestThatCannotBeReadIsLeftToItsOwnRefusal() {
        World world = new World();
        world.aboutAPerson();
        world.consents = List.of();
        world.subjects = null;
        admitted(world.admit());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whoIsAskedAboutIsOnlyReadOnceAllBeforeHolds(Case broken) {
        World world = new World();
        world.aboutAPerson();
        broken.breaking().accept(world);
        world.admit();
        boolean beforeConsent = broken.refusal().compareTo(Refusal.CONSENT_REQUIRED) < 0;
        assertThat(world.subjectsAsked).isEqualTo(beforeConsent ? 0 : 1);
    }

    @Test
    void grantsOfOneResourceCoverItsColumnsTogether() {
        ProviderGrant one = ProviderGrant.given(new UUID(9, 1), "A2.8.4", "transit", Set.of("Vehicle.id"), PAST, FUTURE);
        ProviderGrant two = ProviderGrant.given(new UUID(9, 2), "A2.8.4", "transit", Set.of("Vehicle.position"), PAST, NOW);
        AccessTable.Read read = AccessTable.Read.of(new AccessTable.Resource("A2.8.4", "A2.8", null, List.of(one, two)),
                Set.of("Vehicle.id", "Vehicle.position"));
        assertThat(read.covered(NOW.minusMillis(1))).isTrue();
        assertThat(read.covered(NOW)).isFalse();
        ProviderGrant all = ProviderGrant.given(new UUID(9, 3), "A2.8.4", "transit", Set.of("*"), PAST, FUTURE);
        assertThat(AccessTable.Read.of(new AccessTable.Resource("A2.8.4", "A2.8", null, List.of(all)),
                Set.of("Vehicle.id", "Vehicle.position")).covered(NOW)).isTrue();
    }

    @Test
    void anAuthorisationByScenarioCoversCallsBoundToItsScenariosOnly() {
        Standing approved = World.standing(true);
        AccessTable.Mandate mandate =
                new AccessTable.Mandate(new AccessTable.Term(PAST, FUTURE), approved, Set.of(SCENARIO));
        assertThat(mandate.covers(SCENARIO, NOW)).isTrue();
        assertThat(mandate.covers(new UUID(0, 5), NOW)).isFalse();
        assertThat(mandate.covers(null, NOW)).isFalse();
        assertThat(mandate.covers(SCENARIO, FUTURE)).isFalse();
    }

    @Test
    void useInThePublicInterestNeedsNoPriceAndGoesOnWhileTheQuotaCannotBeAsked() {
        World world = new World();
        world.purpose = Purpose.PUBLIC_INTEREST;
        world.priceFen = "1.51";
        world.quota = new QuotaDecision.Unavailable();
        Admission.Admitted admitted = admitted(world.admit());
        assertThat(admitted.unitsTaken()).isZero();
        assertThat(admitted.limits().month().remaining()).isNull();
        world.gate().settle(admitted, 0);
        assertThat(world.booked).isEmpty();
        world.gate().settle(admitted, 3);
        assertThat(world.booked).as("and counts afterwards").containsExactly(3L);
        assertThat(world.givenBack).isEmpty();
    }

    @Test
    void aTestKeyTakesNoQuotaNeedsNoPriceAndNoConsentAndWorksWhileTheBureauDecides() {
        World world = new World();
        world.credential = TEST.reveal();
        world.personal = true;
        world.priceFen = "1.51";
        world.status = Subscription.Status.PENDING;
        world.useApproved = false;
        world.quota = new QuotaDecision.Exhausted(MONTH_END, 0);
        Admission.Admitted admitted = admitted(world.admit());
        assertThat(admitted.sandbox()).isTrue();
        assertThat(admitted.unitsTaken()).isZero();
        world.gate().settle(admitted, 1);
        assertThat(world.taken).isEmpty();
        assertThat(world.booked).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Subscription.Status.class, names = {"REFUSED", "SUSPENDED", "ENDED"})
    void aTestKeyOfAClosedSubscriptionDoesNotWork(Subscription.Status status) {
        World world = new World();
        world.credential = TEST.reveal();
        world.status = status;
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.SUBSCRIPTION_NOT_ACTIVE);
    }

    @Test
    void refusalsThatPassWithTimeSayWhen() {
        World fast = new World();
        fast.tooFast = true;
        assertThat(refused(fast.admit()).retryAfter()).isEqualTo(Duration.ofMillis(5));
        World used = new World();
        used.quota = new QuotaDecision.Exhausted(MONTH_END, 0);
        assertThat(refused(used.admit()).retryAfter()).isEqualTo(Duration.between(NOW, MONTH_END));
    }

    private static LimitFact rate(long remaining, long resetSeconds) {
        return new LimitFact(LimitFact.Kind.RATE, 200, 1, remaining, resetSeconds);
    }

    private static LimitFact month(@Nullable Long remaining) {
        return new LimitFact(LimitFact.Kind.MONTH, 1_000, Duration.ofDays(30).toSeconds(), remaining,
                Duration.between(NOW, MONTH_END).toSeconds());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRefusalTellsTheLimitsOnceOneWasAskedAndNeverAnUnknownOneAsUsedUp(Case broken) {
        World world = new World();
        broken.breaking().accept(world);
        LimitFacts told = refused(world.admit()).limits();
        if (broken.refusal() == Refusal.RATE_LIMITED) {
            assertThat(told).isEqualTo(new LimitFacts(rate(0, 1), month(null), null));
        } else if (broken.refusal() == Refusal.QUOTA_EXHAUSTED) {
            assertThat(told).isEqualTo(new LimitFacts(rate(199, 1), month(0L), null));
        } else if (broken.refusal() == Refusal.METER_UNAVAILABLE) {
            assertThat(told).isEqualTo(new LimitFacts(rate(199, 1), month(null), null));
        } else {
            assertThat(told).isNull();
        }
    }

    @Test
    void aLimitSaysNoTimeBeforeTheOneToTryAgainAt() {
        World fast = new World();
        fast.tooFast = true;
        Admission.Refused refused = refused(fast.admit());
        LimitFacts told = Objects.requireNonNull(refused.limits());
        assertThat(Duration.ofSeconds(told.rate().resetSeconds())).isGreaterThanOrEqualTo(refused.retryAfter());
    }

    @Test
    void settlingSquaresTheQuotaWithWhatWasUsed() {
        World world = new World();
        Gate gate = world.gate();
        Admission.Admitted admitted = admitted(world.admit());
        gate.settle(admitted, 1);
        assertThat(world.givenBack).isEmpty();
        gate.settle(admitted, 0);
        assertThat(world.givenBack).containsExactly(1L);
        gate.settle(admitted, 50);
        assertThat(world.taken).containsExactly(1L);
        assertThat(world.booked).as("units used beyond count whatever the quota").containsExactly(49L);
    }

    /** Its usage counts at the most there was to pay, so that is taken: nothing was, and a hard budget was passed. */
    @Test
    void aCallThatIsRunAgainAndFirstCameWhenNoPriceWasLawfulTakesWhatItsUsageCountsAt() {
        World world = new World();
        world.budget = 300_000L;
        world.laterCeilings = List.of(
                new PriceCeiling(new UUID(10, 3), "transit", "*", UnitPrice.ofFen("1.00"), NOW.minus(Duration.ofHours(2)), "依据"),
                new PriceCeiling(new UUID(10, 4), "transit", "*", UnitPrice.ofFen("1.50"), NOW.minus(Duration.ofHours(1)), "依据"));
        Gate gate = world.gate();
        if (!(gate.judge(world.call()).toCompletableFuture().join() instanceof Passed passed)) {
            throw new AssertionError("the price is lawful again");
        }
        Instant firstCame = NOW.minus(Duration.ofMinutes(90));
        admitted(gate.take(passed, new UUID(20, 1), firstCame).toCompletableFuture().join());
        assertThat(world.ofBudget).as("1.20 fen, and half a fen of rounding").containsExactly("take 1700 of 300000");
    }

    @Test
    void aPaidCallTakesItsDearestPriceOfAHardBudgetAndGivesBackWhatItDidNotUse() {
        World world = new World();
        world.budget = 300_000L;
        world.mostWithoutAnswer = 3;
        Gate gate = world.gate();
        Admission.Admitted admitted = admitted(world.admit());
        assertThat(world.ofBudget).as("1.20 fen a unit, and half a fen of rounding").containsExactly("take 4100 of 300000");
        assertThat(admitted.unitsTaken()).as("and as many units of the quota").isEqualTo(3);
        gate.settle(admitted, 1);
        assertThat(world.ofBudget).containsExactly("take 4100 of 300000", "back 2400", "recorded 1700");
        world.ofBudget.clear();
        Admission.Admitted whole = admitted(gate.takeRest(admitted, 50).toCompletableFuture().join());
        assertThat(world.ofBudget).as("50 units less the three taken").containsExactly("take 56400 of 300000");
        gate.settle(whole, 50);
        assertThat(world.ofBudget).containsExactly("take 56400 of 300000", "recorded 60500");
        world.ofBudget.clear();
        gate.settle(admitted, 0);
        assertThat(world.ofBudget).containsExactly("back 4100");
    }

    @Test
    void aCallTakesTheMostItCanCostWithoutAnAnswerAndGivesBackWhatItDidNotCost() {
        World world = new World();
        world.mostWithoutAnswer = 5;
        Gate gate = world.gate();
        Admission.Admitted admitted = admitted(world.admit());
        assertThat(world.taken).containsExactly(5L);
        gate.settle(admitted, 5);
        assertThat(world.givenBack).isEmpty();
        gate.settle(admitted, 1);
        gate.settle(admitted, 0);
        assertThat(world.givenBack).containsExactly(4L, 5L);
        assertThat(gate.takeRest(admitted, 4).toCompletableFuture().join()).isSameAs(admitted);
        Admission.Admitted whole = admitted(gate.takeRest(admitted, 7).toCompletableFuture().join());
        assertThat(world.taken).as("beyond the five").containsExactly(5L, 2L);
        gate.settle(whole, 7);
        assertThat(world.booked).as("nothing is used that was not taken").isEmpty();
        world.quota = new QuotaDecision.Exhausted(MONTH_END, 0);
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.QUOTA_EXHAUSTED);
        world.credential = TEST.reveal();
        assertThat(admitted(world.admit()).unitsTaken()).isZero();
    }

    /** What says whether a caller may, and not what is asked of each call or each unit sold. */
    private static final Set<Refusal> NO_RIGHT = EnumSet.range(Refusal.KEY_UNKNOWN, Refusal.IMPACT_ASSESSMENT_MISSING);

    @ParameterizedTest
    @MethodSource("cases")
    void aRightThatHasEndedIsToldOfACallUnderWayAndNothingIsTakenOrAlarmed(Case broken) {
        World world = new World();
        broken.breaking().accept(world);
        Admission.Refused ended = world.gate().endedRight(world.call());
        if (NO_RIGHT.contains(broken.refusal())) {
            assertThat(ended).isEqualTo(new Admission.Refused(
                    broken.refusal(), broken.refusal() == Refusal.KEY_UNKNOWN ? null : SUBSCRIPTION, null, null));
        } else {
            assertThat(ended).isNull();
        }
        assertThat(world.alarms).isEmpty();
        assertThat(world.limitsAsked).isZero();
        assertThat(world.taken).isEmpty();
    }

    @Test
    void whoseRightsStandGoesOnByEachTableThatIsRead() {
        World world = new World();
        LatestAccess access = new LatestAccess();
        assertThat(access.number()).isZero();
        access.replace(world.table());
        assertThat(access.number()).isEqualTo(1);
        assertThat(world.gate().endedRight(world.call())).isNull();
        world.credential = TEST.reveal();
        world.aboutAPerson();
        world.consents = List.of();
        assertThat(world.gate().endedRight(world.call())).as("the twin holds nothing about anyone").isNull();
    }

    /** 100 yuan for the first thousand units and 500 beyond: the unit that begins the second band costs more than any price of a unit says. */
    @Test
    void aBudgetIsAskedWhereOnlyBandsHaveAPriceAndUnitsHaveNone() {
        World world = new World();
        world.budget = 30_000_000L;
        world.tariff = new Tariff.Graduated(List.of(new Tier(1_000L, UnitPrice.ofFen("0"), Money.ofFen(10_000)),
                new Tier(null, UnitPrice.ofFen("0"), Money.ofFen(50_000))));
        world.perMonth = Money.ofFen(100_000);
        world.money = new QuotaDecision.Exhausted(MONTH_END, 0);
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.BUDGET_USED_UP);
        assertThat(world.ofBudget).as("the least there is").containsExactly("take 1 of 30000000");
        world.ofBudget.clear();
        world.tariff = new Tariff.Flat(Money.ofFen(50_000));
        admitted(world.admit());
        assertThat(world.ofBudget).as("no number of units changes what is due").isEmpty();
    }

    /** What is let in has a price: else no close could say what it costs. */
    @Test
    void aPriceByTheMonthThatCountsInAnotherUnitIsNoPriceOfTheOperation() {
        World world = new World();
        world.perMonth = Money.ofFen(100_000);
        world.tariff = new Tariff.BasePlusUsage(Money.ofFen(50_000), new Tariff.PerUnit(UnitPrice.ofFen("1")));
        world.counted = "CALL";
        admitted(world.admit());
        world.counted = "ROW";
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.NO_LAWFUL_PRICE);
        world.tariff = new Tariff.Flat(Money.ofFen(50_000));
        admitted(world.admit()); // a plain fee looks at no quantity
    }

    @Test
    void whatIsFreeOrATestTakesNothingOfABudget() {
        for (Consumer<World> free : List.<Consumer<World>>of(world -> world.purpose = Purpose.PUBLIC_INTEREST,
                world -> world.credential = TEST.reveal(), world -> world.priceFen = "0", world -> world.budget = null)) {
            World world = new World();
            world.budget = 0L;
            free.accept(world);
            Admission.Admitted admitted = admitted(world.admit());
            world.gate().settle(admitted, 1);
            assertThat(world.ofBudget).isEmpty();
        }
    }

    @Test
    void whatDoesNotFitTheBudgetIsRefusedAndKeepsNothing() {
        World world = new World();
        world.budget = 300_000L;
        Gate gate = world.gate();
        Admission.Admitted admitted = admitted(world.admit());
        world.money = new QuotaDecision.Exhausted(MONTH_END, 0);
        assertThat(refused(world.admit()).refusal()).isEqualTo(Refusal.BUDGET_USED_UP);
        assertThat(world.givenBack).as("the unit of the quota").containsExactly(1L);
        assertThat(refused(gate.takeRest(admitted, 50).toCompletableFuture().join()).refusal()).isEqualTo(Refusal.BUDGET_USED_UP);
        assertThat(world.givenBack).as("the rest of the units").containsExactly(1L, 49L);
        world.money = new QuotaDecision.Unavailable();
        Admission.Refused unasked = refused(world.admit());
        assertThat(unasked.refusal()).as("paid use fails closed").isEqualTo(Refusal.METER_UNAVAILABLE);
        assertThat(unasked.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(world.ofBudget).noneMatch(asked -> asked.startsWith("back"));
    }

    @Test
    void whatAnAnswerCostsBeyondItsFirstUnitIsTakenBeforeItLeaves() {
        World world = new World();
        Gate gate = world.gate();
        Admission.Admitted admitted = admitted(world.admit());
        world.quota = new QuotaDecision.Taken(700);
        Admission.Admitted whole = admitted(gate.takeRest(admitted, 50).toCompletableFuture().join());
        assertThat(world.taken).containsExactly(1L, 49L);
        assertThat(whole.unitsTaken()).isEqualTo(50);
        assertThat(whole.limits().month().remaining()).isEqualTo(700);
        gate.settle(whole, 50);
        assertThat(world.booked).isEmpty();
        gate.settle(whole, 0);
        assertThat(world.givenBack).containsExactly(50L);
        assertThat(gate.takeRest(admitted, 1).toCompletableFuture().join()).isSameAs(admitted);
        assertThat(gate.takeRest(admitted, 0).toCompletableFuture().join()).isSameAs(admitted);
        assertThat(world.taken).hasSize(2);
    }

    @Test
    void whoWantsMoreThanRemainsIsToldWhatDoes() {
        World world = new World();
        Gate gate = world.gate();
        Admission.Admitted admitted = admitted(world.admit());
        world.quota = new QuotaDecision.Exhausted(MONTH_END, 3);
        assertThat(Objects.requireNonNull(refused(world.admit()).limits()).month()).isEqualTo(month(3L));
        Admission.Refused answer = refused(gate.takeRest(admitted, 50).toCompletableFuture().join());
        assertThat(admitted.unitsTaken()).isEqualTo(1);
        assertThat(Objects.requireNonNull(answer.limits()).month()).as("with what it took itself, which comes back").isEqualTo(month(4L));
    }

    @Test
    void anAnswerThatDoesNotFitTheQuotaIsRefused() {
        World world = new World();
        Gate gate = world.gate();
        Admission.Admitted admitted = admitted(world.admit());
        world.quota = new QuotaDecision.Exhausted(MONTH_END, 0);
        Admission.Refused refused = refused(gate.takeRest(admitted, 50).toCompletableFuture().join());
        assertThat(refused.refusal()).isEqualTo(Refusal.QUOTA_EXHAUSTED);
        assertThat(refused.retryAfter()).isEqualTo(Duration.between(NOW, MONTH_END));
        world.quota = new QuotaDecision.Unavailable();
        assertThat(refused(gate.takeRest(admitted, 50).toCompletableFuture().join()).refusal()).isEqualTo(Refusal.METER_UNAVAILABLE);
    }

    @Test
    void aFreeAnswerGoesOnWhileTheQuotaCannotBeAskedAndIsBookedAfterwards() {
        World world = new World();
        world.purpose = Purpose.PUBLIC_INTEREST;
        Gate gate = world.gate();
        Admission.Admitted admitted = admitted(world.admit());
        world.quota = new QuotaDecision.Unavailable();
        assertThat(gate.takeRest(admitted, 50).toCompletableFuture().join()).isSameAs(admitted);
        gate.settle(admitted, 50);
        assertThat(world.booked).containsExactly(49L);
    }

    @Test
    void aPrintedCallDoesNotShowItsKey() {
        World world = new World();
        world.aboutAPerson();
        assertThat(world.call().toString()).doesNotContain(LIVE.reveal().substring(8)).doesNotContain("reader");
        assertThat(world.subjectsAsked).isZero();
    }
}

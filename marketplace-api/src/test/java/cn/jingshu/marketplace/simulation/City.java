package cn.jingshu.marketplace.simulation;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.SimulatedAccessTables;
import cn.jingshu.marketplace.gate.SimulatedAccessTables.PlanRow;
import cn.jingshu.marketplace.gate.SimulatedAccessTables.SubscriptionRow;
import cn.jingshu.marketplace.gate.SimulatedAccessTables.Writes;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import cn.jingshu.marketplace.scope.Authorisation;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.scope.Standing;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The city whose facts the simulated gates read: what is decided in it, and what each decision lets a gate answer. The
 * decisions are written to the simulated tables; what they mean is known here apart from the gate's own code.
 */
final class City {
    static final String PRODUCT = "library";
    /** About a person, so it needs a consent. */
    static final String PERSONAL = "ListLoans";

    private static final Instant PAST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant FUTURE = Instant.parse("2031-01-01T00:00:00Z");
    private static final UUID OPERATOR = new UUID(1, 1);
    private static final UUID MERCHANT = new UUID(1, 2);
    private static final UUID SCENARIO = new UUID(2, 1);
    private static final UUID GRANT = new UUID(3, 1);
    private static final UUID REGISTRATION = new UUID(4, 1);
    private static final UUID AGREEMENT = new UUID(5, 1);
    private static final UUID AUTHORISATION = new UUID(6, 1);
    private static final UUID ASSESSMENT = new UUID(7, 1);
    private static final UUID OTHER_SCENARIO = new UUID(2, 2);
    private static final UUID OTHER_GRANT = new UUID(3, 2);
    private static final int PEOPLE = 4;
    private static final PublishedTariff TARIFF = new PublishedTariff(new UUID(10, 1), PRODUCT, "*", Purpose.INDUSTRY,
            new Tariff.Graduated(List.of(
                    Tier.of(Spending.DEAR_UNITS, UnitPrice.ofFen("2")), Tier.of(null, UnitPrice.ofFen("0.5")))), PAST, PAST);

    /** What the operations read of the product's first resource; of its second none reads anything by name. */
    static final Map<String, Set<String>> COLUMNS = Map.of(
            "GetBook", Set.of("title"), "ListBooks", Set.of("title"), "ReadBook", Set.of("title", "text"),
            Streams.OPERATION, Set.of("title"));

    /** Codes of the scenarios a use may be bound to, the usual one first. */
    static final List<String> SCENARIOS = List.of("reading", "research");

    /** Districts a use may be limited to. */
    static final List<String> DISTRICTS = List.of("420802", "420804");

    /** Why paid calls may be stopped, the gravest first. */
    private static final List<Refusal> STOPS =
            List.of(Refusal.PAYMENT_OVERDUE, Refusal.PREPAID_USED_UP, Refusal.CREDIT_USED_UP, Refusal.BUDGET_USED_UP);

    /** A consumer's subscription; what may change about it stands in {@link Facts}. */
    record Subscribed(UUID id, UUID organisationId, UUID planId, Purpose purpose, Set<String> operations) {
        boolean covers(String operation) {
            return operations.isEmpty() || operations.contains(operation);
        }
    }

    /** A key of a subscription. */
    record Key(UUID id, ApiKey secret, Subscribed subscription, @Nullable Instant expiresAt) {}

    /** The limits of a plan. */
    record Plan(RateLimit rate, long quota) {}

    /**
     * What a subscription is approved for, besides its operations.
     *
     * @param scenario one of {@link #SCENARIOS}
     * @param districts empty: the whole city
     */
    record Approved(String scenario, Set<String> districts) {
        static final Approved USUAL = new Approved(SCENARIOS.getFirst(), Set.of());
    }

    /** Why a consumer's paid calls are refused; {@code until} null: until it is lifted. */
    record Stop(Refusal refusal, @Nullable Instant until) {}

    /**
     * Everything decided up to one decision.
     *
     * @param at when it was decided
     * @param granted whether the first resource is granted
     * @param columns whether that grant is of all columns; else it is of titles alone
     * @param otherGranted whether the second resource is granted
     * @param blocked whether the law blocks the second resource
     * @param priced whether the price is within its ceiling
     * @param uses what was amended; a subscription that is not in it has the usual use
     */
    record Facts(long number, Instant at, Set<UUID> keys, Set<UUID> revoked, Set<UUID> suspended,
            Map<UUID, Subscription.Status> statuses, boolean agreed, boolean authorised, boolean registered,
            boolean granted, boolean columns, boolean otherGranted, boolean blocked, boolean scenario, Set<Integer> consents,
            boolean assessed, boolean priced, Map<UUID, Approved> uses, Map<UUID, List<Stop>> stops) {
        Approved use(Asked asked) {
            return uses.getOrDefault(asked.key().subscription().id(), Approved.USUAL);
        }
    }

    /**
     * A call as the gate's rules see it.
     *
     * @param person null: it is about nobody
     * @param scenario the scenario it states; null: none
     * @param district the district it states; null: none
     */
    record Asked(Key key, String operation, @Nullable Integer person, Purpose stated, @Nullable String scenario,
            @Nullable String district, Instant at) {
        /** Whether it is to be paid for. */
        boolean paid() {
            return !key.secret().sandbox() && key.subscription().purpose() != Purpose.PUBLIC_INTEREST;
        }

        /** Whether a stop of its consumer's payment holds. */
        boolean stopped(Facts facts, Refusal by) {
            return paid() && facts.stops().getOrDefault(key.subscription().organisationId(), List.of()).stream()
                    .anyMatch(stop -> stop.refusal() == by && (stop.until() == null || at.isBefore(stop.until())));
        }
    }

    private final SimulatedAccessTables tables;
    private final Random random;
    private final Pepper pepper;
    private final List<Facts> history = new ArrayList<>();
    private final List<Subscribed> subscriptions = new ArrayList<>();
    private final List<Key> keys = new ArrayList<>();
    private final Map<UUID, Plan> plans = new LinkedHashMap<>();
    private long ids;

    // As last decided.
    private final Set<UUID> existing = new LinkedHashSet<>();
    private final Set<UUID> revoked = new LinkedHashSet<>();
    private final Set<UUID> suspended = new LinkedHashSet<>();
    private final Map<UUID, Subscription.Status> statuses = new LinkedHashMap<>();
    private final Set<Integer> consents = new LinkedHashSet<>();
    private boolean agreed = true;
    private boolean authorised = true;
    private boolean registered = true;
    private boolean granted = true;
    private boolean scenario = true;
    private boolean assessed = true;
    private boolean columns = true;
    private boolean otherGranted = true;
    private boolean blocked;
    private boolean priced = true;
    private final Map<UUID, Approved> uses = new LinkedHashMap<>();
    private final Map<UUID, List<Stop>> stops = new LinkedHashMap<>();
    private final Map<UUID, Long> budgets = new LinkedHashMap<>();

    City(SimulatedAccessTables tables, Random random, Pepper pepper, Instant now) {
        this.tables = tables;
        this.random = random;
        this.pepper = pepper;
        found(now);
    }

    private UUID nextId() {
        return new UUID(9, ++ids);
    }

    private void decided(Instant now) {
        history.add(new Facts(history.size(), now, Set.copyOf(existing), Set.copyOf(revoked), Set.copyOf(suspended),
                Map.copyOf(statuses), agreed, authorised, registered, granted, columns, otherGranted, blocked, scenario, Set.copyOf(consents),
                assessed, priced, Map.copyOf(uses), Map.copyOf(stops)));
    }

    /** The last of all decisions. */
    Facts latest() {
        return history.getLast();
    }

    /** The decisions from one to the last. */
    List<Facts> since(long number) {
        return history.subList((int) number, history.size());
    }

    Facts numbered(long number) {
        return history.get((int) number);
    }

    List<Subscribed> subscriptions() {
        return subscriptions;
    }

    /** The hard budgets as last decided, by consumer, in thousandths of a fen; each was only ever raised. */
    Map<UUID, Long> budgets() {
        return budgets;
    }

    /** Who pays for what a subscription uses; null: nobody, since it is free or of earlier consumers. */
    @Nullable UUID payer(UUID subscriptionId) {
        for (Subscribed each : subscriptions) {
            if (each.id().equals(subscriptionId)) {
                return each.purpose() == Purpose.PUBLIC_INTEREST ? null : each.organisationId();
            }
        }
        return null;
    }

    /** The plan's limits as last decided. */
    Plan plan(UUID planId) {
        Plan plan = plans.get(planId);
        if (plan == null) {
            throw new IllegalArgumentException("no plan " + planId);
        }
        return plan;
    }

    /** A key somebody might use: mostly one that was not revoked. */
    Key anyKey() {
        Key key = keys.get(random.nextInt(keys.size()));
        for (int i = 0; i < 4 && revoked.contains(key.id()); i++) {
            key = keys.get(random.nextInt(keys.size()));
        }
        return key;
    }

    static String person(int number) {
        return "reader " + number;
    }

    // Decisions.

    private static Standing standing(boolean inForce) {
        return new Standing(new UUID(8, 1), PAST, new UUID(8, 2), PAST, "minutes", inForce ? null : PAST, null);
    }

    private void found(Instant now) {
        tables.commit(writes -> {
            writes.organisation(OPERATOR, false);
            writes.organisation(MERCHANT, false);
            writeAgreement(writes);
            writes.agreement(new UUID(5, 2), MERCHANT, AgreementKind.MERCHANT, LocalDate.of(2026, 1, 1), LocalDate.of(2031, 1, 1));
            writeAuthorisation(writes);
            writeRegistration(writes);
            writes.resource(REGISTRATION, "A1", "A", null);
            writes.resource(REGISTRATION, "A2", "A", null);
            writeGrant(writes);
            writeOtherGrant(writes);
            writeScenario(writes);
            writes.scenario(reviewed(OTHER_SCENARIO, SCENARIOS.getLast(), true));
            writeAssessment(writes);
            writes.ceiling(ceiling(PAST));
            writes.tariff(TARIFF);
            for (int person = 0; person < PEOPLE; person++) {
                consents.add(person);
            }
        });
        decided(now);
    }

    private void writeAgreement(Writes writes) {
        if (agreed) {
            writes.agreement(AGREEMENT, OPERATOR, AgreementKind.OPERATOR, LocalDate.of(2026, 1, 1), LocalDate.of(2031, 1, 1));
        } else {
            writes.terminated(AGREEMENT);
        }
    }

    private void writeAuthorisation(Writes writes) {
        writes.authorisation(new Authorisation.Reviewed(new Authorisation(AUTHORISATION, OPERATOR, AGREEMENT,
                new Authorisation.Extent.Whole(), LocalDate.of(2026, 1, 1), LocalDate.of(2031, 1, 1)), standing(authorised)));
    }

    private void writeRegistration(Writes writes) {
        writes.registration(new Registration(REGISTRATION, PRODUCT, 1, "图书馆", "Library", "R1", PAST, FUTURE, OPERATOR,
                MERCHANT, registered ? Registration.Status.REGISTERED : Registration.Status.SUSPENDED, PAST, List.of()));
    }

    private void writeGrant(Writes writes) {
        writes.grant(new ProviderGrant(
                GRANT, "A1", PRODUCT, Set.of(columns ? "*" : "title"), PAST, FUTURE, granted ? null : PAST, null));
    }

    private void writeOtherGrant(Writes writes) {
        writes.grant(new ProviderGrant(OTHER_GRANT, "A2", PRODUCT, Set.of("*"), PAST, FUTURE, otherGranted ? null : PAST, null));
    }

    private void writeBlock(Writes writes) {
        writes.blocked("A2", blocked ? "a law" : null);
    }

    private void writeScenario(Writes writes) {
        writes.scenario(reviewed(SCENARIO, SCENARIOS.getFirst(), scenario));
    }

    private static Scenario.Reviewed reviewed(UUID id, String code, boolean inForce) {
        return new Scenario.Reviewed(new Scenario(id, code, "阅读", "Reading", "…", Scenario.Source.TOP_DOWN, Scenario.Stage.PILOT,
                Set.of(PRODUCT), Set.of(Purpose.values()), PAST, FUTURE), standing(inForce));
    }

    /** The highest lawful price from now on: above the one there is, or below it. */
    private PriceCeiling ceiling(Instant from) {
        return new PriceCeiling(nextId(), PRODUCT, "*", UnitPrice.ofFen(priced ? "2" : "0.5"), from, "a decision");
    }

    private void writeUse(Writes writes, Subscribed subscribed) {
        Approved approved = uses.getOrDefault(subscribed.id(), Approved.USUAL);
        writes.use(subscribed.id(), new AuthorisedUse(nextId(), subscribed.purpose(),
                approved.scenario().equals(SCENARIOS.getFirst()) ? SCENARIO : OTHER_SCENARIO, subscribed.operations(), approved.districts(),
                PAST, FUTURE));
    }

    private void writeAssessment(Writes writes) {
        writes.assessment(new ImpactAssessment.Reviewed(new ImpactAssessment(ASSESSMENT, PRODUCT, Set.of(Purpose.values()),
                "PIA-1", "feasible", PAST, FUTURE), standing(assessed)));
    }

    private void writeConsents(Writes writes, int person) {
        for (Subscribed each : subscriptions) {
            writeConsent(writes, person, each);
        }
    }

    private void writeConsent(Writes writes, int person, Subscribed to) {
        writes.consent(new UUID(to.id().getLeastSignificantBits(), person), SubjectToken.of(pepper, person(person)),
                to.organisationId(), SCENARIO, to.purpose(), PRODUCT, Set.of(), PAST, FUTURE, !consents.contains(person));
    }

    /** New consumers with subscriptions and keys; the earlier ones are called no more. */
    void newConsumers(Instant now) {
        subscriptions.clear();
        keys.clear();
        tables.commit(writes -> {
            writes.onlyPrices(ceiling(PAST), TARIFF);
            UUID firm = nextId();
            UUID other = nextId();
            UUID bureau = nextId();
            for (UUID organisation : List.of(firm, other, bureau)) {
                writes.organisation(organisation, false);
            }
            budgets.clear();
            setBudget(writes, firm, random.nextInt(2) > 0 ? random.nextLong(2_000, 60_000) : 100_000_000);
            if (random.nextBoolean()) {
                setBudget(writes, other, random.nextLong(1_000, 40_000));
            }
            subscribe(writes, firm, Purpose.INDUSTRY, new Plan(rate(1_000, 1_000), random.nextLong(10, 80)), Set.of());
            subscribe(writes, firm, Purpose.INDUSTRY, new Plan(rate(5, 5_000), 1_000_000), Set.of("OrderBooks", "GetBook", Streams.OPERATION));
            subscribe(writes, other, Purpose.INDUSTRY, new Plan(rate(60, 6_000), 1_000_000),
                    Set.of("OrderBooks", "ListBooks", PERSONAL, Streams.OPERATION));
            subscribe(writes, bureau, Purpose.PUBLIC_INTEREST, new Plan(rate(40, 2_000), random.nextLong(10, 120)),
                    Set.of("OrderBooks", PERSONAL, "GetBook", "ListBooks", Streams.OPERATION));
        });
        decided(now);
    }

    private void setBudget(Writes writes, UUID organisation, long milliFen) {
        budgets.put(organisation, milliFen);
        writes.budget(organisation, milliFen);
    }

    private static RateLimit rate(long calls, long millis) {
        return new RateLimit(calls, Duration.ofMillis(millis));
    }

    private void subscribe(Writes writes, UUID organisation, Purpose purpose, Plan plan, Set<String> operations) {
        Subscribed subscribed = new Subscribed(nextId(), organisation, nextId(), purpose, operations);
        subscriptions.add(subscribed);
        plans.put(subscribed.planId(), plan);
        statuses.put(subscribed.id(), Subscription.Status.ACTIVE);
        writes.plan(new PlanRow(subscribed.planId(), PRODUCT, PRODUCT + "-plan", plan.rate(), plan.quota()));
        writes.subscription(new SubscriptionRow(
                subscribed.id(), organisation, subscribed.planId(), purpose, Subscription.Status.ACTIVE));
        writeUse(writes, subscribed);
        for (int person = 0; person < PEOPLE; person++) {
            writeConsent(writes, person, subscribed);
        }
        issue(writes, subscribed, false, null);
        issue(writes, subscribed, true, null);
    }

    private void issue(Writes writes, Subscribed to, boolean sandbox, @Nullable Instant expiresAt) {
        Key key = new Key(nextId(), ApiKey.next(sandbox, random), to, expiresAt);
        keys.add(key);
        existing.add(key.id());
        writes.key(key.id(), to.id(), sandbox, pepper.hash(key.secret()), expiresAt, null);
    }

    /** Something is decided; says what. */
    String decide(Instant now) {
        String[] what = {""};
        tables.commit(writes -> what[0] = decide(writes, now));
        decided(now);
        return what[0];
    }

    private String decide(Writes writes, Instant now) {
        int what = random.nextInt(100);
        if (what < 30) {
            return decideAboutAKey(writes, now);
        } else if (what < 45) {
            Subscribed one = subscriptions.get(random.nextInt(subscriptions.size()));
            UUID organisation = what < 33 ? OPERATOR : what < 36 ? MERCHANT : one.organisationId();
            boolean ends = suspended.remove(organisation);
            if (!ends) {
                suspended.add(organisation);
            }
            writes.organisation(organisation, !ends);
            return ends ? "an organisation is restored" : "an organisation is suspended";
        } else if (what < 52) {
            Subscribed one = subscriptions.get(random.nextInt(subscriptions.size()));
            Subscription.Status next = statuses.get(one.id()) == Subscription.Status.ACTIVE
                    ? Subscription.Status.SUSPENDED
                    : Subscription.Status.ACTIVE;
            statuses.put(one.id(), next);
            writes.subscription(new SubscriptionRow(one.id(), one.organisationId(), one.planId(), one.purpose(), next));
            return "a subscription is " + next;
        } else if (what < 58) {
            return amendAUse(writes);
        } else if (what < 65) {
            return decideAboutPayment(writes, now);
        } else if (what < 68) {
            priced = !priced;
            writes.ceiling(ceiling(now));
            return priced ? "the ceiling is raised above the price" : "the ceiling falls below the price";
        } else if (what < 78) {
            int person = random.nextInt(PEOPLE);
            if (!consents.remove(person)) {
                consents.add(person);
            }
            writeConsents(writes, person);
            return consents.contains(person) ? "a consent is given" : "a consent is withdrawn";
        } else if (what < 81 && !budgets.isEmpty()) {
            UUID one = List.copyOf(budgets.keySet()).get(random.nextInt(budgets.size()));
            setBudget(writes, one, budgets.getOrDefault(one, 0L) + random.nextLong(1_000, 30_000));
            return "a budget is raised";
        } else if (what < 86) {
            Subscribed one = subscriptions.get(random.nextInt(subscriptions.size()));
            Plan before = plan(one.planId());
            Plan next = random.nextInt(3) == 0
                    ? new Plan(new RateLimit(before.rate().capacity() + 1, before.rate().period()), before.quota())
                    : new Plan(before.rate(), before.quota() + random.nextLong(1, 50));
            plans.put(one.planId(), next);
            writes.plan(new PlanRow(one.planId(), PRODUCT, PRODUCT + "-plan", next.rate(), next.quota()));
            return "a plan is raised";
        }
        return decideOfTheProduct(writes);
    }

    private String decideAboutAKey(Writes writes, Instant now) {
        Key key = keys.get(random.nextInt(keys.size()));
        if (!revoked.add(key.id())) {
            issue(writes, key.subscription(), key.secret().sandbox(), null);
            return "a key is issued";
        }
        writes.key(key.id(), key.subscription().id(), key.secret().sandbox(), pepper.hash(key.secret()), key.expiresAt(),
                now);
        issue(writes, key.subscription(), key.secret().sandbox(),
                random.nextInt(2) == 0 ? now.plusSeconds(random.nextLong(1, 20)) : null);
        return "a key is revoked and the next issued";
    }

    private String amendAUse(Writes writes) {
        Subscribed one = subscriptions.get(random.nextInt(subscriptions.size()));
        Approved next = new Approved(SCENARIOS.get(random.nextInt(SCENARIOS.size())), switch (random.nextInt(4)) {
            case 0 -> Set.copyOf(DISTRICTS);
            case 1 -> Set.of(DISTRICTS.get(random.nextInt(DISTRICTS.size())));
            default -> Set.of();
        });
        uses.put(one.id(), next);
        writeUse(writes, one);
        return "a use is amended";
    }

    private String decideAboutPayment(Writes writes, Instant now) {
        Subscribed one = subscriptions.get(random.nextInt(subscriptions.size()));
        UUID organisation = one.organisationId();
        if (stops.containsKey(organisation) && random.nextInt(3) > 0) {
            stops.remove(organisation);
            writes.lifted(organisation);
            return "payment goes on";
        }
        Stop stop = new Stop(STOPS.get(random.nextInt(STOPS.size())),
                random.nextInt(2) == 0 ? now.plusMillis(random.nextLong(500, 5_000)) : null);
        List<Stop> all = new ArrayList<>(stops.getOrDefault(organisation, List.of()));
        all.removeIf(each -> each.refusal() == stop.refusal());
        all.add(stop);
        stops.put(organisation, List.copyOf(all));
        writes.stop(organisation, stop.refusal(), stop.until());
        return "payment is stopped";
    }

    private String decideOfTheProduct(Writes writes) {
        switch (random.nextInt(10)) {
            case 0 -> {
                agreed = !agreed;
                writeAgreement(writes);
            }
            case 1 -> {
                authorised = !authorised;
                writeAuthorisation(writes);
            }
            case 2 -> {
                registered = !registered;
                writeRegistration(writes);
            }
            case 3 -> {
                granted = !granted;
                writeGrant(writes);
            }
            case 4 -> {
                scenario = !scenario;
                writeScenario(writes);
            }
            case 5, 6, 7 -> {
                columns = !columns;
                writeGrant(writes);
            }
            case 8 -> {
                blocked = !blocked; // a newer law may open what one has blocked; who granted it before need not have withdrawn
                otherGranted = !blocked || random.nextBoolean();
                writeBlock(writes);
                writeOtherGrant(writes);
            }
            default -> {
                assessed = !assessed;
                writeAssessment(writes);
            }
        }
        return "something of the product is suspended or restored";
    }

    /** Whether anything is suspended that would be in force otherwise. */
    boolean restricts() {
        return !suspended.isEmpty() || !(agreed && authorised && registered && granted && columns && otherGranted && scenario && assessed && priced)
                || blocked || !uses.isEmpty() || !stops.isEmpty()
                || subscriptions.stream().anyMatch(each -> statuses.get(each.id()) != Subscription.Status.ACTIVE);
    }

    /** Whatever was suspended is in force again. */
    void restoreAll(Instant now) {
        tables.commit(writes -> {
            for (UUID one : List.copyOf(suspended)) {
                writes.organisation(one, false);
            }
            suspended.clear();
            for (Subscribed one : subscriptions) {
                if (statuses.put(one.id(), Subscription.Status.ACTIVE) != Subscription.Status.ACTIVE) {
                    writes.subscription(new SubscriptionRow(
                            one.id(), one.organisationId(), one.planId(), one.purpose(), Subscription.Status.ACTIVE));
                }
            }
            agreed = authorised = registered = granted = columns = otherGranted = scenario = assessed = true;
            blocked = false;
            writeBlock(writes);
            writeOtherGrant(writes);
            if (!priced) {
                priced = true;
                writes.ceiling(ceiling(now));
            }
            for (UUID organisation : stops.keySet()) {
                writes.lifted(organisation);
            }
            stops.clear();
            Set<UUID> amended = Set.copyOf(uses.keySet());
            uses.clear();
            for (Subscribed one : subscriptions) {
                if (amended.contains(one.id())) {
                    writeUse(writes, one);
                }
            }
            writeAgreement(writes);
            writeAuthorisation(writes);
            writeRegistration(writes);
            writeGrant(writes);
            writeScenario(writes);
            writeAssessment(writes);
        });
        decided(now);
    }

    // What a gate may answer.

    /** The rules in the gate's order, as they bear on this city. */
    private enum Rule {
        KEY_UNKNOWN {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return !facts.keys().contains(asked.key().id());
            }
        },
        KEY_REVOKED {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return facts.revoked().contains(asked.key().id());
            }
        },
        KEY_EXPIRED {
            @Override
            boolean broken(Asked asked, Facts facts) {
                Instant expiresAt = asked.key().expiresAt();
                return expiresAt != null && !asked.at().isBefore(expiresAt);
            }
        },
        ORGANISATION_SUSPENDED {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return facts.suspended().contains(asked.key().subscription().organisationId())
                        || facts.suspended().contains(OPERATOR) || facts.suspended().contains(MERCHANT);
            }
        },
        SUBSCRIPTION_NOT_ACTIVE {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return facts.statuses().get(asked.key().subscription().id()) != Subscription.Status.ACTIVE;
            }
        },
        AGREEMENT_EXPIRED {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return !facts.agreed();
            }
        },
        AUTHORISATION_MISSING {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return !facts.authorised();
            }
        },
        PRODUCT_NOT_LIVE {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return !facts.registered();
            }
        },
        GRANT_MISSING {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return !facts.granted() || (!facts.blocked() && !facts.otherGranted());
            }
        },
        COLUMN_NOT_GRANTED {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return !facts.columns() && COLUMNS.getOrDefault(asked.operation(), Set.of()).contains("text");
            }
        },
        BLOCKED_BY_LAW {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return facts.blocked();
            }
        },
        OVER_SCOPE {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return !asked.key().subscription().covers(asked.operation());
            }
        },
        SCENARIO_NOT_APPROVED {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return facts.use(asked).scenario().equals(SCENARIOS.getFirst()) && !facts.scenario();
            }
        },
        WRONG_SCENARIO {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.scenario() != null && !asked.scenario().equals(facts.use(asked).scenario());
            }
        },
        WRONG_PURPOSE {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.stated() != asked.key().subscription().purpose();
            }
        },
        WRONG_DISTRICT {
            @Override
            boolean broken(Asked asked, Facts facts) {
                Set<String> districts = facts.use(asked).districts();
                return !districts.isEmpty() && (asked.district() == null || !districts.contains(asked.district()));
            }
        },
        /** Consents are all to the usual scenario. */
        CONSENT_REQUIRED {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.person() != null && !asked.key().secret().sandbox()
                        && !(facts.consents().contains(asked.person()) && facts.use(asked).scenario().equals(SCENARIOS.getFirst()));
            }
        },
        IMPACT_ASSESSMENT_MISSING {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.person() != null && !asked.key().secret().sandbox() && !facts.assessed();
            }
        },
        NO_LAWFUL_PRICE {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.paid() && !facts.priced();
            }
        },
        PAYMENT_OVERDUE {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.stopped(facts, Refusal.PAYMENT_OVERDUE);
            }
        },
        PREPAID_USED_UP {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.stopped(facts, Refusal.PREPAID_USED_UP);
            }
        },
        CREDIT_USED_UP {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.stopped(facts, Refusal.CREDIT_USED_UP);
            }
        },
        BUDGET_USED_UP {
            @Override
            boolean broken(Asked asked, Facts facts) {
                return asked.stopped(facts, Refusal.BUDGET_USED_UP);
            }
        };

        abstract boolean broken(Asked asked, Facts facts);
    }

    /** Whether a refusal is by one of the rules that only the facts decide. */
    static boolean isOfTheFacts(Refusal refusal) {
        for (Rule rule : Rule.values()) {
            if (rule.name().equals(refusal.name())) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is one of the rules of price and payment. */
    static boolean isOfMoney(Refusal refusal) {
        return isOfTheFacts(refusal) && Rule.valueOf(refusal.name()).compareTo(Rule.NO_LAWFUL_PRICE) >= 0;
    }

    /** Whether no rule but those of price and payment is broken in all of these decisions. */
    static boolean stands(Asked asked, List<Facts> seen) {
        for (Rule rule : Rule.values()) {
            if (rule.compareTo(Rule.NO_LAWFUL_PRICE) < 0 && seen.stream().allMatch(facts -> rule.broken(asked, facts))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a gate whose every fact is as one of these decisions left it may have answered so: let the call on when
     * {@code refusal} is null, refused it by this rule and no earlier one otherwise.
     */
    static boolean allows(Asked asked, List<Facts> seen, @Nullable Refusal refusal) {
        for (Rule rule : Rule.values()) {
            if (refusal != null && rule.name().equals(refusal.name())) {
                return seen.stream().anyMatch(facts -> rule.broken(asked, facts));
            }
            if (seen.stream().allMatch(facts -> rule.broken(asked, facts))) {
                return false; // this rule would have answered first
            }
        }
        return refusal == null;
    }
}

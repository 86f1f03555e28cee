package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.billing.RevenueShares;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.runtime.Beans;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.metering.limit.RateLimit;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Sells the library of the tests on a node with the demo city, by the same stores the pages use. */
public final class Market {
    public static final RateLimit WIDE = new RateLimit(50_000, Duration.ofSeconds(1));

    private final Beans node;
    private final Clock clock;

    public Market(Beans node) {
        this.node = node;
        this.clock = node.get(Clock.class);
    }

    /** A person of the demo city by what they sign in as. */
    public Person person(String signInName) {
        return node.get(Organisations.class).listAll().stream()
                .flatMap(organisation -> node.get(People.class).listOf(organisation.id()).stream())
                .filter(person -> person.signInName().equals(signInName))
                .findFirst()
                .orElseThrow();
    }

    public Organisation organisationOf(String signInName) {
        return node.get(Organisations.class).find(person(signInName).organisationId()).orElseThrow();
    }

    /** Registers, prices and shares the library, as the demo city does with its own products. */
    void sellLibrary(String ceilingFen, String priceFen) {
        sell("library", 1, "reading", List.of(), ceilingFen, priceFen);
    }

    /** Registers, prices and shares a product of {@code merchant2}, two parts to the operator and one to the merchant. */
    public void sell(String product, int version, String scenario, List<String> resources, String ceilingFen, String priceFen) {
        Instant now = clock.instant();
        UUID id = UUID.randomUUID();
        String code = ("6" + product.toUpperCase(java.util.Locale.ROOT).replace("-", "") + "0".repeat(31)).substring(0, 32);
        node.get(Registrations.class).register(new Registration(id, product, version, product.equals("library") ? "图书馆" : product,
                product.equals("library") ? "Library" : product, code, now, now.plus(Duration.ofDays(300)),
                person("operator").organisationId(), person("merchant2").organisationId(),
                Registration.Status.REGISTERED, null, resources), person("operator").id());
        assertThat(node.get(Registrations.class).approve(id, person("bureau").id()))
                .isEqualTo(Registrations.Approval.APPROVED);
        passScenario(scenario, product);
        assertThat(node.get(PriceBook.class).setCeiling(new PriceCeiling(UUID.randomUUID(), product,
                        PriceBook.EVERY_OPERATION, UnitPrice.ofFen(ceilingFen), clock.instant().plusMillis(300), "test"),
                person("bureau").id())).isInstanceOf(PriceBook.Outcome.Saved.class);
        setPrice(product, priceFen, clock.instant().plusMillis(400));
        YearMonth month = YearMonth.from(clock.instant().atZone(java.time.ZoneId.of("Asia/Shanghai")));
        String operator = person("operator").organisationId().toString();
        share(new ShareInputs(product, month, operator, new ShareInputs.Agreed(
                List.of(new ShareInputs.Weight(operator, BigDecimal.TWO), new ShareInputs.Weight(
                        person("merchant2").organisationId().toString(), BigDecimal.ONE)), "test")));
    }

    /** Shares proposed by the operator and approved by the bureau. */
    void share(ShareInputs inputs) {
        UUID id = UUID.randomUUID();
        RevenueShares shares = node.get(RevenueShares.class);
        assertThat(shares.propose(id, inputs, person("operator").id())).isEqualTo(new RevenueShares.Outcome.Done(false));
        assertThat(shares.approve(id, person("bureau").id(), "test")).isEqualTo(new RevenueShares.Outcome.Done(false));
    }

    /** A scenario for every purpose of a product, passed by the bureau; answers its id. */
    UUID passScenario(String code, String product) {
        UUID id = UUID.randomUUID();
        Instant now = clock.instant();
        assertThat(node.get(Scenarios.class).register(new Scenario(id, code, "测试", "Test", "test", Scenario.Source.TOP_DOWN,
                Scenario.Stage.PILOT, Set.of(product), Set.of(Purpose.values()), now, now.plus(Duration.ofDays(300))),
                person("operator").id())).isEqualTo(new Change.Done(false));
        assertThat(node.get(Scenarios.class).approve(id, person("bureau").id(), "test")).isEqualTo(new Change.Done(false));
        return id;
    }

    /** Lets subscriptions change their plan whenever they like: the shortest stay is none. By the owner, as with a release; a node may not. */
    public static void letPlansChangeAtOnce(RunningNode.Postgres postgres) throws SQLException {
        try (Connection owner = DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
                Statement statement = owner.createStatement()) {
            statement.execute("""
                    INSERT INTO market.policy_parameter (name, effective_from, value, citation)
                    SELECT 'plan.shortest-stay-days', TIMESTAMPTZ '2026-06-01 00:00+08', '0', 'test' FROM set_config('market.numbers_of', 'release', true)
                    """);
        }
    }

    void setPrice(String product, String priceFen, Instant effectiveFrom) {
        assertThat(node.get(PriceBook.class).save(new PriceBook.Proposal(UUID.randomUUID(), product,
                PriceBook.EVERY_OPERATION, Purpose.INDUSTRY, new Tariff.PerUnit(UnitPrice.ofFen(priceFen)),
                effectiveFrom, clock.instant(), person("operator").id(), person("bureau").id())))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
    }

    /** A new plan and a subscription of {@code consumer} to it. */
    public Subscription subscribe(String consumer, String product, Purpose purpose, long monthlyQuota, RateLimit rate) {
        UUID planId = UUID.randomUUID();
        Instant now = clock.instant();
        node.get(Plans.class).offer(new Plan(planId, "test-" + planId, product, 1, purpose, "测试", "Test",
                monthlyQuota, rate, now, now, null), person("operator").id());
        UUID id = UUID.randomUUID();
        Person buyer = person(consumer);
        assertThat(node.get(Subscriptions.class).subscribe(
                new Subscriptions.Application(id, buyer.organisationId(), planId, "test", buyer.id())))
                .isInstanceOf(Subscriptions.Outcome.Done.class);
        if (purpose == Purpose.PUBLIC_INTEREST) {
            assertThat(node.get(Subscriptions.class).approve(id, person("bureau").id()))
                    .isInstanceOf(Subscriptions.Outcome.Done.class);
        }
        return node.get(Subscriptions.class).find(id).orElseThrow();
    }

    /** The scenario a subscription's calls are bound to. */
    UUID scenarioOf(Subscription subscription) {
        UUID scenario = node.get(Subscriptions.class).findUse(subscription.id()).orElseThrow().scenarioId();
        return Objects.requireNonNull(scenario);
    }

    /** The demo city's subscription of {@code consumer} to the plan with {@code planCode}. */
    public Subscription subscriptionOf(String consumer, String planCode) {
        UUID plan = node.get(Plans.class).findByCode(planCode).orElseThrow().id();
        return node.get(Subscriptions.class).listOf(person(consumer).organisationId()).stream()
                .filter(subscription -> subscription.planId().equals(plan))
                .findFirst()
                .orElseThrow();
    }

    ApiKeys.Issue.Issued issueKey(Subscription subscription, boolean sandbox) {
        ApiKeys.Issue issue = node.get(ApiKeys.class).issue(UUID.randomUUID(), subscription.id(), sandbox, null);
        assertThat(issue).isInstanceOf(ApiKeys.Issue.Issued.class);
        return (ApiKeys.Issue.Issued) issue;
    }

    public String key(Subscription subscription) {
        ApiKey key = issueKey(subscription, false).key();
        return key.reveal();
    }
}

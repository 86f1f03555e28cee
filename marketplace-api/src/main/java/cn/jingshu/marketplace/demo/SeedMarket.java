package cn.jingshu.marketplace.demo;

import static cn.jingshu.marketplace.demo.DemoParty.demoId;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.billing.RevenueShares;
import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.governance.Agreements;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.gate.Lineage;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Passwords;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.scope.Authorisation;
import cn.jingshu.marketplace.scope.Authorisations;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.transit.v1.TransitProto;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Fills an empty market with the demo city. Whatever is there already stays as it is, so it may run on every start, and
 * one that was interrupted goes on where it stopped. Only ever for the embedded mode: its passwords are public.
 */
@Singleton
public final class SeedMarket {
    /** The password of every demo person; public, and therefore never to be used anywhere else. */
    public static final String DEMO_PASSWORD = "jingshu-demo";

    /** The plan the ready key calls under. */
    public static final String READY_PLAN = "transit-standard";

    private static final String CITATION = "荆门市数据局价格决定〔2026〕演示1号(演示数据,非真实文件 · demo, not a real document)";
    private static final List<String> TRANSIT_RESOURCES =
            IntStream.rangeClosed(1, 7).mapToObj(i -> "A2.8." + i).toList();

    private final Database database;
    private final Passwords passwords;
    private final Pepper pepper;
    private final Clock clock;

    public SeedMarket(
            Database database, Passwords passwords, Pepper pepper, Clock clock) {
        this.database = database;
        this.passwords = passwords;
        this.pepper = pepper;
        this.clock = clock;
    }

    /** A person one can sign in as, with {@link #DEMO_PASSWORD}. */
    public record DemoPerson(String signInName, String organisationZh, String organisationEn) {}

    /**
     * What the launcher tells the newcomer.
     *
     * @param newKey a fresh live key on {@link #READY_PLAN}, given this once; empty: the one given before is
     *     still the one, or its subscription takes no further key
     * @param subscriptionId the subscription that key belongs to
     */
    public record Seeded(List<DemoPerson> people, Optional<ApiKey> newKey, UUID subscriptionId) {
        public Seeded {
            people = List.copyOf(people);
        }
    }

    /**
     * Adds what is missing.
     *
     * @param keyIsKept the caller still holds the key of an earlier run; if not, that key is revoked and replaced
     */
    public Seeded seed(boolean keyIsKept) {
        // One moment for all of it: a price cannot apply before it is saved, and here it applies at once.
        Clock moment = Clock.fixed(clock.instant(), ZoneOffset.UTC);
        addParties(moment);
        addAgreements(moment);
        addAuthorisation(moment);
        addProducts(moment);
        addScenarios(moment);
        addPrices(moment);
        addPlans(moment);
        addSubscriptions(moment);
        addRevenueShares(moment);
        UUID subscriptionId = subscriptionId(DemoParty.APP_STUDIO, READY_PLAN);
        return new Seeded(people(), readyKey(moment, subscriptionId, keyIsKept), subscriptionId);
    }

    private static List<DemoPerson> people() {
        List<DemoPerson> people = new ArrayList<>();
        for (DemoParty party : DemoParty.values()) {
            String signInName = party.signInName();
            if (signInName != null) {
                people.add(new DemoPerson(signInName, party.nameZh(), party.nameEn()));
            }
        }
        return people;
    }

    private void addParties(Clock moment) {
        Organisations organisations = new Organisations(database, moment);
        People people = new People(database, passwords, moment);
        for (DemoParty party : DemoParty.values()) {
            if (organisations.find(party.id()).isEmpty()) {
                organisations.add(new Organisation(party.id(), party.uscc(), party.nameZh(), party.nameEn(),
                        Set.of(party.kind()), Organisation.Status.ACTIVE, Organisation.Verification.DOCUMENT, true,
                        moment.instant()), null);
            }
            String signInName = party.signInName();
            String personName = party.personName();
            if (signInName != null && personName != null && people.find(party.personId()).isEmpty()) {
                people.add(new Person(party.personId(), party.id(), signInName, personName, party.roles()),
                        DEMO_PASSWORD.toCharArray(), null);
            }
        }
    }

    private void addAgreements(Clock moment) {
        Agreements agreements = new Agreements(database, moment);
        LocalDate today = LocalDate.ofInstant(moment.instant(), BillingPeriod.ZONE);
        for (DemoParty party : List.of(
                DemoParty.OPERATOR, DemoParty.TRANSIT_MERCHANT, DemoParty.TOOLS_MERCHANT)) {
            UUID id = demoId("agreement", party.name());
            if (!agreements.exists(id)) {
                AgreementKind kind = party == DemoParty.OPERATOR ? AgreementKind.OPERATOR : AgreementKind.MERCHANT;
                agreements.sign(new Agreements.Agreement(id, party.id(), kind, today,
                        today.plusYears(3), "演示数据,非真实文件:授权运营协议"), DemoParty.AUTHORITY.personId());
            }
        }
    }

    private void addAuthorisation(Clock moment) {
        Authorisations authorisations = new Authorisations(database, moment);
        UUID id = demoId("authorisation", "whole");
        if (authorisations.find(id).isEmpty()) {
            UUID agreementId = demoId("agreement", DemoParty.OPERATOR.name());
            Agreements.Agreement agreement =
                    new Agreements(database, moment).find(agreementId).orElseThrow().agreement();
            // Refused only if somebody has ended the agreement: then the operator has nothing to be authorised under.
            authorisations.apply(new Authorisation(id, DemoParty.OPERATOR.id(), agreementId,
                    new Authorisation.Extent.Whole(), agreement.startsOn(), agreement.endsOn()),
                    DemoParty.OPERATOR.personId());
        }
        authorisations.approve(id, DemoParty.AUTHORITY.personId(), "演示数据,非真实文件:三重一大会议纪要");
    }

    /** What the demo city's data are used for, each passed by a made-up joint review. */
    private void addScenarios(Clock moment) {
        scenario(moment, "travel-apps", "出行应用", "Travel apps", "transit", Purpose.INDUSTRY);
        scenario(moment, "transit-research", "公益交通研究", "Public transport research", "transit", Purpose.PUBLIC_INTEREST);
        scenario(moment, "connectivity", "接入连通性检查", "Connectivity checks", "echo", Purpose.INDUSTRY);
        scenario(moment, "connectivity-public", "公益接入连通性检查", "Connectivity checks, public interest", "echo",
                Purpose.PUBLIC_INTEREST);
    }

    private void scenario(
            Clock moment, String code, String nameZh, String nameEn, String product, Purpose purpose) {
        Scenarios scenarios = new Scenarios(database, moment);
        UUID id = scenarioId(code);
        if (scenarios.find(id).isEmpty()) {
            scenarios.register(new Scenario(id, code, nameZh, nameEn, "演示场景,非真实项目", Scenario.Source.BOTTOM_UP,
                    Scenario.Stage.PILOT, Set.of(product), Set.of(purpose), moment.instant(),
                    moment.instant().plus(Duration.ofDays(3 * 365))), DemoParty.OPERATOR.personId());
        }
        scenarios.approve(id, DemoParty.AUTHORITY.personId(), "演示数据,非真实文件:联合论证纪要");
    }

    private static UUID scenarioId(String code) {
        return demoId("scenario", code);
    }

    private void addProducts(Clock moment) {
        ProviderGrants grants = new ProviderGrants(database, moment);
        Registrations registrations = new Registrations(database, moment);
        DataProviders providers = new DataProviders(database);
        for (DemoParty party : DemoParty.values()) {
            providers.join(party.catalogueName(), party.id()); // false for those that provide nothing
        }
        Instant now = moment.instant();
        Set<UUID> granted = grants.listOf("transit").stream()
                .map(ProviderGrants.ProviderGrant::id)
                .collect(Collectors.toSet());
        // Column by column what the contract shows; of a resource that only bytes show, everything.
        Map<String, Set<String>> columns = Lineage.columnsOf(
                Contract.of(TransitProto.getDescriptor().findServiceByName("TransitService")));
        for (String resource : TRANSIT_RESOURCES) {
            UUID grantId = demoId("grant", resource);
            if (!granted.contains(grantId)) {
                ProviderGrants.Outcome outcome = grants.grant(
                        ProviderGrants.ProviderGrant.given(grantId, resource, "transit",
                                columns.getOrDefault(resource, Set.of(ProviderGrants.EVERY_COLUMN)), now,
                                now.plus(Duration.ofDays(3 * 365))),
                        DemoParty.BUS_GROUP.personId());
                require(outcome == ProviderGrants.Outcome.GRANTED, "grant of " + resource + ": " + outcome);
            }
        }
        register(registrations, "transit", "公共交通实时数据", "Real-time public transport data",
                DemoParty.TRANSIT_MERCHANT, TRANSIT_RESOURCES, now);
        register(registrations, "echo", "连通性检查", "Connectivity check", DemoParty.TOOLS_MERCHANT, List.of(), now);
    }

    private static void register(Registrations registrations, String product, String nameZh, String nameEn,
            DemoParty merchant, List<String> resources, Instant now) {
        UUID id = demoId("registration", product);
        if (registrations.listAll().stream().noneMatch(r -> r.id().equals(id))) {
            // 32 characters after the samples seen elsewhere: 6, the holder's code, four digits of the area, nine more.
            String code = "6" + DemoParty.OPERATOR.uscc() + "4208"
                    + (product.toUpperCase(Locale.ROOT) + "000000000").substring(0, 9);
            registrations.register(new Registration(id, product, 1, nameZh, nameEn, code, now,
                    now.plus(Duration.ofDays(3 * 365)), DemoParty.OPERATOR.id(), merchant.id(),
                    Registration.Status.REGISTERED, null, resources), DemoParty.OPERATOR.personId());
        }
        registrations.approve(id, DemoParty.AUTHORITY.personId()); // nothing to approve on a later start
    }

    private void addPrices(Clock moment) {
        PriceBook priceBook = new PriceBook(database, moment);
        price(priceBook, moment, "transit", "1.50", "1.20");
        price(priceBook, moment, "echo", "0.10", "0.05");
    }

    private static void price(PriceBook priceBook, Clock moment, String product, String ceilingFen, String priceFen) {
        PriceList before = priceBook.priceList(product);
        if (before.ceilings().isEmpty()) {
            requireSaved(priceBook.setCeiling(new PriceCeiling(demoId("ceiling", product), product,
                    PriceBook.EVERY_OPERATION, UnitPrice.ofFen(ceilingFen), moment.instant(), CITATION),
                    DemoParty.AUTHORITY.personId()));
        }
        if (before.tariffs().isEmpty()) {
            requireSaved(priceBook.save(new PriceBook.Proposal(demoId("tariff", product), product,
                    PriceBook.EVERY_OPERATION, Purpose.INDUSTRY, new Tariff.PerUnit(UnitPrice.ofFen(priceFen)),
                    moment.instant(), moment.instant(), DemoParty.OPERATOR.personId(),
                    DemoParty.AUTHORITY.personId())));
        }
    }

    private static void requireSaved(PriceBook.Outcome outcome) {
        require(outcome instanceof PriceBook.Outcome.Saved, outcome.toString());
    }

    private void addPlans(Clock moment) {
        Plans plans = new Plans(database, moment);
        RateLimit measured = new RateLimit(50_000, Duration.ofSeconds(1)); // wide enough to measure the house by
        offer(plans, moment, "transit-public", "transit", Purpose.PUBLIC_INTEREST, "公交数据·公益版",
                "Transit, public interest", 100_000, new RateLimit(20, Duration.ofSeconds(1)));
        offer(plans, moment, READY_PLAN, "transit", Purpose.INDUSTRY, "公交数据·标准版", "Transit, standard", 1_000_000,
                new RateLimit(200, Duration.ofSeconds(1)));
        offer(plans, moment, "echo-public", "echo", Purpose.PUBLIC_INTEREST, "连通性检查·公益版",
                "Echo, public interest", 100_000_000, measured);
        offer(plans, moment, "echo-paid", "echo", Purpose.INDUSTRY, "连通性检查·付费版", "Echo, paid", 100_000_000, measured);
    }

    private static void offer(Plans plans, Clock moment, String code, String product, Purpose purpose, String nameZh,
            String nameEn, long monthlyQuotaUnits, RateLimit rate) {
        if (plans.findByCode(code).isEmpty()) {
            plans.offer(new Plan(demoId("plan", code), code, product, 1, purpose, nameZh, nameEn, monthlyQuotaUnits,
                    rate, moment.instant(), moment.instant(), null), DemoParty.OPERATOR.personId());
        }
    }

    private void addSubscriptions(Clock moment) {
        Subscriptions subscriptions = new Subscriptions(database, moment);
        subscribe(subscriptions, DemoParty.APP_STUDIO, READY_PLAN, "travel-apps", "出行应用:向用户展示实时公交位置与到站时间");
        subscribe(subscriptions, DemoParty.APP_STUDIO, "echo-paid", "connectivity", "出行应用:上线前的连通性检查");
        subscribe(subscriptions, DemoParty.BANK, "echo-paid", "connectivity", "银行接入:连通性检查");
        subscribe(subscriptions, DemoParty.INSTITUTE, "transit-public", "transit-research", "公益研究:公交准点率与线网评估");
        subscribe(subscriptions, DemoParty.INSTITUTE, "echo-public", "connectivity-public", "公益研究:连通性检查");
    }

    private static void subscribe(
            Subscriptions subscriptions, DemoParty party, String planCode, String scenario, String statement) {
        UUID id = subscriptionId(party, planCode);
        if (subscriptions.find(id).isEmpty()) {
            Subscriptions.Outcome outcome = subscriptions.subscribe(new Subscriptions.Application(
                    id, party.id(), demoId("plan", planCode), statement, party.personId()));
            require(outcome instanceof Subscriptions.Outcome.Done, outcome.toString());
        }
        if (subscriptions.find(id).filter(s -> s.status() == Subscription.Status.PENDING).isPresent()) {
            subscriptions.approve(id, DemoParty.AUTHORITY.personId());
        }
        if (subscriptions.findUse(id).filter(use -> use.scenarioId() == null).isPresent()) {
            // A demo city of before scenarios were kept.
            subscriptions.bind(id, scenarioId(scenario), Set.of(), DemoParty.AUTHORITY.personId());
        }
    }

    /** How the demo's net profit is shared, as if the parties had agreed on it. */
    private void addRevenueShares(Clock moment) {
        YearMonth firstMonth = BillingPeriod.of(moment.instant()).month();
        share(moment, "transit", firstMonth, DemoParty.TRANSIT_MERCHANT, 45);
        share(moment, "echo", firstMonth, DemoParty.TOOLS_MERCHANT, 20);
    }

    /** The merchant's hundredths; the rest is the operator's. Refused, and so left alone, where the product has shares already. */
    private void share(Clock moment, String product, YearMonth from, DemoParty merchant, int weight) {
        RevenueShares shares = new RevenueShares(database, moment);
        UUID id = demoId("share", product);
        if (shares.find(id).isEmpty()) {
            String operator = DemoParty.OPERATOR.id().toString();
            shares.propose(id, new ShareInputs(product, from, operator, new ShareInputs.Agreed(
                    List.of(new ShareInputs.Weight(operator, BigDecimal.valueOf(100L - weight)),
                            new ShareInputs.Weight(merchant.id().toString(), BigDecimal.valueOf(weight))),
                    "演示数据:按加工成本、市场需求、价值贡献商定")), DemoParty.OPERATOR.personId());
        }
        shares.approve(id, DemoParty.AUTHORITY.personId(), "演示数据,非真实文件:分成比例批复");
    }

    /** The n-th ready key has the n-th id, so that only keys given here are ever revoked here. */
    private Optional<ApiKey> readyKey(Clock moment, UUID subscriptionId, boolean keyIsKept) {
        ApiKeys keys = new ApiKeys(database, pepper, moment);
        int given = 0;
        while (keys.find(readyKeyId(given)).isPresent()) {
            given++;
        }
        if (given > 0 && keyIsKept) {
            return Optional.empty();
        }
        if (given > 0) {
            keys.revoke(readyKeyId(given - 1), null, "the text of the demo key was lost");
        }
        return switch (keys.issue(readyKeyId(given), subscriptionId, false, null)) {
            case ApiKeys.Issue.Issued issued -> Optional.of(issued.key());
            case ApiKeys.Issue.Refused _ -> Optional.empty(); // somebody has closed or filled the subscription since
        };
    }

    private static UUID readyKeyId(int number) {
        return demoId("key", READY_PLAN + "/" + number);
    }

    private static UUID subscriptionId(DemoParty party, String planCode) {
        return demoId("subscription", party.name() + "/" + planCode);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException("the demo city cannot be loaded: " + otherwise);
        }
    }
}

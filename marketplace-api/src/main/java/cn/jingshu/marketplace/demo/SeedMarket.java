package cn.jingshu.marketplace.demo;

import static cn.jingshu.marketplace.demo.DemoParty.demoId;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.governance.Agreements;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.gate.Lineage;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Passwords;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.Authorisation;
import cn.jingshu.marketplace.scope.Authorisations;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.transit.v1.TransitProto;
import cn.jingshu.products.contract.Contracts;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

    /** The two products seeded here say nothing about their price. */
    private static final Contracts UNSAID = Contracts.of(List.of());

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

    /**
     * A person one can sign in as, with {@link #DEMO_PASSWORD}.
     *
     * @param introduced true: the newcomer is told of them
     */
    public record DemoPerson(String signInName, String organisationZh, String organisationEn, boolean introduced) {}

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
        Seeding seeding = new Seeding(database, moment, UNSAID);
        addScenarios(seeding);
        addPrices(seeding);
        addPlans(seeding);
        addSubscriptions(seeding);
        addRevenueShares(seeding);
        UUID subscriptionId = Seeding.subscriptionId(DemoParty.APP_STUDIO, READY_PLAN);
        return new Seeded(people(), readyKey(moment, subscriptionId, keyIsKept), subscriptionId);
    }

    private static List<DemoPerson> people() {
        List<DemoPerson> people = new ArrayList<>();
        for (DemoParty party : DemoParty.values()) {
            people.add(new DemoPerson(party.signInName(), party.nameZh(), party.nameEn(), party.introduced()));
        }
        return people;
    }

    private void addParties(Clock moment) {
        Organisations organisations = new Organisations(database, moment);
        People people = new People(database, passwords, moment);
        String hash = ""; // one for all of them: the password is public, and a hash takes its time
        for (DemoParty party : DemoParty.values()) {
            if (organisations.find(party.id()).isEmpty()) {
                organisations.add(new Organisation(party.id(), party.uscc(), party.nameZh(), party.nameEn(),
                        Set.of(party.kind()), Organisation.Status.ACTIVE, Organisation.Verification.DOCUMENT, true,
                        moment.instant()), null);
            }
            if (people.find(party.personId()).isEmpty()) {
                hash = hash.isEmpty() ? passwords.hash(DEMO_PASSWORD.toCharArray()) : hash;
                people.addHashed(new Person(party.personId(), party.id(), party.signInName(), party.personName(), party.roles()),
                        hash, null);
            }
        }
    }

    private void addAgreements(Clock moment) {
        Agreements agreements = new Agreements(database, moment);
        LocalDate today = LocalDate.ofInstant(moment.instant(), BillingPeriod.ZONE);
        for (DemoParty party : List.of(
                DemoParty.OPERATOR, DemoParty.TRANSIT_MERCHANT, DemoParty.TOOLS_MERCHANT, DemoParty.FINANCE_MERCHANT,
                DemoParty.HEALTH_MERCHANT, DemoParty.HOUSING_MERCHANT)) {
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
    private static void addScenarios(Seeding seeding) {
        seeding.scenario("travel-apps", "出行应用", "Travel apps", "transit", Purpose.INDUSTRY);
        seeding.scenario("transit-research", "公益交通研究", "Public transport research", "transit", Purpose.PUBLIC_INTEREST);
        seeding.scenario("connectivity", "接入连通性检查", "Connectivity checks", "echo", Purpose.INDUSTRY);
        seeding.scenario("connectivity-public", "公益接入连通性检查", "Connectivity checks, public interest", "echo",
                Purpose.PUBLIC_INTEREST);
    }

    private void addProducts(Clock moment) {
        ProviderGrants grants = new ProviderGrants(database, moment);
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
                Seeding.require(outcome == ProviderGrants.Outcome.GRANTED, "grant of " + resource + ": " + outcome);
            } else {
                grantNewColumns(grants, resource, columns.getOrDefault(resource, Set.of()), now);
            }
        }
        Seeding seeding = new Seeding(database, moment, UNSAID);
        seeding.register("transit", "公共交通实时数据", "Real-time public transport data", DemoParty.TRANSIT_MERCHANT, TRANSIT_RESOURCES);
        seeding.register("echo", "连通性检查", "Connectivity check", DemoParty.TOOLS_MERCHANT, List.of());
    }

    /** What the contract shows since a city was made with an older version of it; columns somebody took back stay taken. */
    private static void grantNewColumns(ProviderGrants grants, String resource, Set<String> shown, Instant now) {
        Set<String> missing = new TreeSet<>(shown);
        grants.listOf("transit").stream().filter(grant -> grant.resource().equals(resource)).forEach(grant -> {
            missing.removeAll(grant.columns());
            if (grant.columns().contains(ProviderGrants.EVERY_COLUMN)) {
                missing.clear();
            }
        });
        if (!missing.isEmpty()) {
            ProviderGrants.Outcome outcome = grants.grant(ProviderGrants.ProviderGrant.given(demoId("grant", resource + " " + String.join(",", missing)),
                    resource, "transit", missing, now, now.plus(Duration.ofDays(3 * 365))), DemoParty.BUS_GROUP.personId());
            Seeding.require(outcome == ProviderGrants.Outcome.GRANTED, "grant of new columns of " + resource + ": " + outcome);
        }
    }

    private static void addPrices(Seeding seeding) {
        seeding.price("transit", "1.50", "1.20");
        seeding.price("echo", "0.10", "0.05");
    }

    private static void addPlans(Seeding seeding) {
        RateLimit measured = new RateLimit(50_000, Duration.ofSeconds(1)); // wide enough to measure the house by
        seeding.offer("transit-public", "transit", Purpose.PUBLIC_INTEREST, "公交数据·公益版",
                "Transit, public interest", 100_000, new RateLimit(20, Duration.ofSeconds(1)));
        seeding.offer(READY_PLAN, "transit", Purpose.INDUSTRY, "公交数据·标准版", "Transit, standard", 1_000_000,
                new RateLimit(200, Duration.ofSeconds(1)));
        seeding.offer("echo-public", "echo", Purpose.PUBLIC_INTEREST, "连通性检查·公益版",
                "Echo, public interest", 100_000_000, measured);
        seeding.offer("echo-paid", "echo", Purpose.INDUSTRY, "连通性检查·付费版", "Echo, paid", 100_000_000, measured);
    }

    private static void addSubscriptions(Seeding seeding) {
        seeding.subscribe(DemoParty.APP_STUDIO, READY_PLAN, "travel-apps", "出行应用:向用户展示实时公交位置与到站时间");
        seeding.subscribe(DemoParty.APP_STUDIO, "echo-paid", "connectivity", "出行应用:上线前的连通性检查");
        seeding.subscribe(DemoParty.BANK, "echo-paid", "connectivity", "银行接入:连通性检查");
        seeding.subscribe(DemoParty.INSTITUTE, "transit-public", "transit-research", "公益研究:公交准点率与线网评估");
        seeding.subscribe(DemoParty.INSTITUTE, "echo-public", "connectivity-public", "公益研究:连通性检查");
    }

    /** How the demo's net profit is shared, as if the parties had agreed on it. */
    private static void addRevenueShares(Seeding seeding) {
        seeding.share("transit", DemoParty.TRANSIT_MERCHANT, 45);
        seeding.share("echo", DemoParty.TOOLS_MERCHANT, 20);
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
}

package cn.jingshu.marketplace.demo;

import static cn.jingshu.marketplace.demo.DemoParty.demoId;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.consent.Consent;
import cn.jingshu.marketplace.consent.Consents;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.gate.Lineage;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.ImpactAssessments;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.sandbox.TestSubject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Offers the products of the plan's first list in the demo city: registered, granted, assessed, priced, subscribed to, and with the
 * consents of the made-up {@link TestSubject}s, so that each can be called at once. Runs after {@link SeedMarket}, as often as one likes.
 */
@Singleton
public final class SeedProducts {
    private static final Duration LASTS = Duration.ofDays(3 * 365);
    private static final RateLimit RATE = new RateLimit(50, Duration.ofSeconds(1));
    private static final long MONTHLY_UNITS = 100_000;

    private final Database database;
    private final Pepper pepper;
    private final Clock clock;
    private final Contracts contracts;

    SeedProducts(Database database, Pepper pepper, Clock clock, Contracts contracts) {
        this.database = database;
        this.pepper = pepper;
        this.clock = clock;
        this.contracts = contracts;
    }

    /** Adds what is missing of the products that are served here. */
    public void seed() {
        Clock moment = Clock.fixed(clock.instant(), ZoneOffset.UTC);
        Seeding seeding = new Seeding(database, moment, contracts);
        for (DemoProduct product : DemoProduct.values()) {
            contracts.list().stream()
                    .filter(contract -> contract.code().equals(product.code()))
                    .findFirst()
                    .ifPresent(contract -> add(product, contract, seeding, moment));
        }
    }

    private void add(DemoProduct product, Contract contract, Seeding seeding, Clock moment) {
        grant(product, contract, moment);
        seeding.register(product.code(), contract.nameZh(), contract.nameEn(), product.merchant(), contract.resources());
        seeding.scenario(product.scenario(), product.scenarioZh(), product.scenarioEn(), product.code(), product.purpose());
        String ceiling = product.ceilingFen();
        String price = product.priceFen();
        if (ceiling != null && price != null) {
            seeding.price(product.code(), ceiling, price);
            seeding.share(product.code(), product.merchant(), product.merchantHundredths());
        }
        seeding.offer(product.planCode(), product.code(), product.purpose(), contract.nameZh() + "·演示版", contract.nameEn() + ", demo",
                MONTHLY_UNITS, RATE);
        if (contract.methods().stream().anyMatch(ContractMethod::personal)) {
            assess(product, moment);
        }
        seeding.subscribe(product.consumer(), product.planCode(), product.scenario(), "演示:" + product.scenarioZh());
        if (contract.methods().stream().anyMatch(ContractMethod::personal)) {
            consent(product, moment);
        }
    }

    /** Everything of each resource the product names: which columns it may read is narrower still, as it asks for no more. */
    private void grant(DemoProduct product, Contract contract, Clock moment) {
        ProviderGrants grants = new ProviderGrants(database, moment);
        Instant now = moment.instant();
        Map<String, Set<String>> columns = Lineage.columnsOf(contract);
        Set<String> resources = new TreeSet<>(contract.resources());
        resources.addAll(columns.keySet());
        Set<UUID> granted = grants.listOf(product.code()).stream().map(ProviderGrants.ProviderGrant::id).collect(Collectors.toSet());
        for (String resource : resources) {
            UUID id = demoId("grant", product.code() + "/" + resource);
            if (!granted.contains(id)) {
                ProviderGrants.Outcome outcome = grants.grant(
                        ProviderGrants.ProviderGrant.given(id, resource, product.code(), Set.of(ProviderGrants.EVERY_COLUMN), now, now.plus(LASTS)),
                        providerOf(resource).personId());
                Seeding.require(outcome == ProviderGrants.Outcome.GRANTED, "grant of " + resource + " to " + product.code() + ": " + outcome);
            }
        }
    }

    /** The office whose row of Annex 2 the resource stands in: {@code A2.5.1} is the fifth. */
    private static DemoParty providerOf(String resource) {
        return switch (resource.split("\\.", -1)[1]) {
            case "1" -> DemoParty.MARKET_REGULATION;
            case "2" -> DemoParty.HEALTH;
            case "3" -> DemoParty.MEDICAL_INSURANCE;
            case "4" -> DemoParty.HOUSING;
            case "5" -> DemoParty.NATURAL_RESOURCES;
            case "6" -> DemoParty.SOCIAL_SECURITY;
            case "7" -> DemoParty.PROVIDENT_FUND;
            case "8" -> DemoParty.BUS_GROUP;
            case "9" -> DemoParty.SCIENCE;
            case "10" -> DemoParty.PUBLIC_SECURITY;
            case "11" -> DemoParty.JUSTICE;
            default -> throw new IllegalArgumentException("no office of the demo city provides " + resource);
        };
    }

    private void assess(DemoProduct product, Clock moment) {
        ImpactAssessments assessments = new ImpactAssessments(database, moment);
        UUID id = demoId("assessment", product.code());
        if (assessments.find(id).isEmpty()) {
            assessments.file(new ImpactAssessment(id, product.code(), Set.of(product.purpose()), "演示评估-" + product.code(),
                    "演示数据,非真实文件:仅涉及虚构人员", moment.instant(), moment.instant().plus(LASTS)), DemoParty.OPERATOR.personId());
        }
        assessments.approve(id, DemoParty.AUTHORITY.personId(), "演示数据,非真实文件:个人信息保护影响评估备案");
    }

    /** The made-up people and enterprises agree; whoever else is asked about has not, and the gate says so. */
    private void consent(DemoProduct product, Clock moment) {
        Consents consents = new Consents(database, moment);
        for (TestSubject subject : TestSubject.values()) {
            for (String identifier : List.of(subject.person().number(), subject.enterprise().code())) {
                UUID id = demoId("consent", product.code() + "/" + identifier);
                if (consents.find(id).isEmpty()) {
                    consents.give(new Consent(id, SubjectToken.of(pepper, identifier), product.consumer().id(),
                            Seeding.scenarioId(product.scenario()), product.purpose(), product.code(), Set.of(), "demo-1",
                            "演示同意书,非真实文件", moment.instant(), moment.instant().plus(LASTS)), DemoParty.OPERATOR.personId());
                }
            }
        }
    }
}

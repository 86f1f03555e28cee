package cn.jingshu.marketplace.demo;

import static cn.jingshu.marketplace.demo.DemoParty.demoId;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.billing.RevenueShares;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.limit.RateLimit;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** What the seeds of the demo city do alike, each step leaving alone what is there already. */
final class Seeding {
    private static final String CITATION = "荆门市数据局价格决定〔2026〕演示1号(演示数据,非真实文件 · demo, not a real document)";

    private final Database database;
    private final Clock moment;
    private final Contracts contracts;

    /**
     * @param moment stands still: a price cannot apply before it is saved, and here it applies at once
     * @param contracts what the products that are seeded say of themselves
     */
    Seeding(Database database, Clock moment, Contracts contracts) {
        this.database = database;
        this.moment = moment;
        this.contracts = contracts;
    }

    /** A use of data, passed by a made-up joint review. */
    void scenario(String code, String nameZh, String nameEn, String product, Purpose purpose) {
        Scenarios scenarios = new Scenarios(database, moment);
        UUID id = scenarioId(code);
        if (scenarios.find(id).isEmpty()) {
            scenarios.register(new Scenario(id, code, nameZh, nameEn, "演示场景,非真实项目", Scenario.Source.BOTTOM_UP,
                    Scenario.Stage.PILOT, Set.of(product), Set.of(purpose), moment.instant(),
                    moment.instant().plus(Duration.ofDays(3 * 365))), DemoParty.OPERATOR.personId());
        }
        scenarios.approve(id, DemoParty.AUTHORITY.personId(), "演示数据,非真实文件:联合论证纪要");
    }

    static UUID scenarioId(String code) {
        return demoId("scenario", code);
    }

    /** A product of the operator's and its merchant's, approved by the bureau. */
    void register(String product, String nameZh, String nameEn, DemoParty merchant, List<String> resources) {
        Registrations registrations = new Registrations(database, moment);
        Instant now = moment.instant();
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

    /** A ceiling and a price a unit for use by industry, fen. */
    void price(String product, String ceilingFen, String priceFen) {
        PriceBook priceBook = new PriceBook(database, moment, () -> contracts);
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

    void offer(String code, String product, Purpose purpose, String nameZh, String nameEn, long monthlyQuotaUnits,
            RateLimit rate) {
        Plans plans = new Plans(database, moment);
        if (plans.findByCode(code).isEmpty()) {
            plans.offer(new Plan(demoId("plan", code), code, product, 1, purpose, nameZh, nameEn, monthlyQuotaUnits,
                    rate, moment.instant(), moment.instant(), null), DemoParty.OPERATOR.personId());
        }
    }

    /** A subscription, approved and bound to its scenario. */
    void subscribe(DemoParty party, String planCode, String scenario, String statement) {
        Subscriptions subscriptions = new Subscriptions(database, moment);
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

    static UUID subscriptionId(DemoParty party, String planCode) {
        return demoId("subscription", party.name() + "/" + planCode);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException("the demo city cannot be loaded: " + otherwise);
        }
    }

    /** The merchant's hundredths; the rest is the operator's. Refused, and so left alone, where the product has shares already. */
    void share(String product, DemoParty merchant, int weight) {
        YearMonth from = BillingPeriod.of(moment.instant()).month();
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
}

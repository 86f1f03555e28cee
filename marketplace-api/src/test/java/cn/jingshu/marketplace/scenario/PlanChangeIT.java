package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.verify.Check;
import cn.jingshu.ledger.verify.Finding;
import cn.jingshu.ledger.verify.Verifier;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A subscription goes up to a larger plan within a month and down again, with one key; told in its order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlanChangeIT {
    private static final YearMonth FEBRUARY = YearMonth.of(2027, 2);
    private static final Instant BEGINS = Instant.parse("2027-01-31T16:00:00Z");
    private static final Tariff SMALL = new Tariff.BasePlusUsage(
            Money.ofYuan("28"), new Tariff.Included(28, new Tariff.PerUnit(UnitPrice.ofFen("0.5"))));
    private static final Tariff LARGE = new Tariff.Flat(Money.ofYuan("199.99"));

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static UsageRecords usage;
    private static Subscription bank;
    private static String key;
    private static UUID small = new UUID(0, 0);
    private static UUID large = new UUID(0, 0);
    private static final UUID UP = UUID.randomUUID();

    @BeforeAll
    static void openTheMarket() throws Exception {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1.37");
        rest = new RestCaller(node.httpPort());
        usage = new UsageRecords(node);
        bank = market.subscribe("bank", "library", Purpose.INDUSTRY, 40, Market.WIDE);
        small = bank.planId();
        large = UUID.randomUUID();
        Instant now = clock.instant();
        node.get(Plans.class).offer(new Plan(large, "library-large", "library", 1, Purpose.INDUSTRY, "大量", "Large", 1_000, Market.WIDE, now, now, null),
                market.person("operator").id());
        PriceBook book = node.get(PriceBook.class);
        assertThat(book.setCeiling(new PriceCeiling(UUID.randomUUID(), "library", PriceBook.EVERY_OPERATION,
                new Ceiling(UnitPrice.ofFen("5"), Money.ofYuan("200")), BEGINS, "test"), market.person("bureau").id()))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        for (Map.Entry<UUID, Tariff> fee : Map.of(small, SMALL, large, LARGE).entrySet()) {
            assertThat(book.save(new PriceBook.Proposal(UUID.randomUUID(), "library", "ListBooks", Purpose.INDUSTRY, fee.getValue(),
                    node.get(Plans.class).find(fee.getKey()).orElseThrow().code(), false, BEGINS, clock.instant(),
                    market.person("operator").id(), market.person("bureau").id()))).isInstanceOf(PriceBook.Outcome.Saved.class);
        }
        key = market.key(bank);
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    private static Desk desk(String who) {
        return Desk.of(node, rest, who);
    }

    private static RestCaller.Reply list(int rows) throws Exception {
        return rest.get("/v1/library/books?pageSize=" + rows, key);
    }

    private static void used(RestCaller.Reply reply) throws Exception {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(usage.one(reply.requestId()).subscriptionId()).isEqualTo(bank.id());
    }

    private static Desk.Answer change(UUID change, UUID plan) throws Exception {
        return desk("bank").send("PUT", "/api/subscriptions/" + bank.id() + "/plan-changes/" + change, "{\"planId\":\"" + plan + "\"}");
    }

    @Test
    @Order(1)
    void theQuotaOfTheNewPlanHoldsForTheSameKey() throws Exception {
        clock.moveTo(Instant.parse("2027-02-04T02:00:00Z"));
        used(list(35));
        assertThat(list(20).status()).as("beyond the 40 of the small plan").isEqualTo(429);
        clock.moveTo(Instant.parse("2027-02-07T16:00:00Z")); // a quarter of February is over in Shanghai
        Desk.Answer early = change(UUID.randomUUID(), large);
        assertThat(early.code()).as("not 30 days after it began").isEqualTo("RULE_BROKEN");
        assertThat(early.text()).contains("plan.shortest-stay-days");
        Market.letPlansChangeAtOnce(node.postgres());
        Desk.Answer up = change(UP, large);
        assertThat(up.status()).as(up.text()).isEqualTo(201);
        assertThat(up.json().path("status").asText()).isEqualTo("MADE");
        used(Until.holds(Duration.ofSeconds(10), () -> list(50), reply -> reply.status() == 200));
    }

    @Test
    @Order(2)
    void whatIsAskedTwiceIsMadeOnceAndOthersDoNotChangeIt() throws Exception {
        assertThat(change(UP, large).status()).isEqualTo(200);
        assertThat(change(UP, small).code()).isEqualTo("CONFLICT");
        assertThat(change(UUID.randomUUID(), large).code()).isEqualTo("RULE_BROKEN");
        String path = "/api/subscriptions/" + bank.id() + "/plan-changes";
        assertThat(desk("institute").send("PUT", path + "/" + UUID.randomUUID(), "{\"planId\":\"" + small + "\"}").status()).isEqualTo(404);
        assertThat(desk("institute").get(path).status()).isEqualTo(404);
        assertThat(desk("operator").send("PUT", path + "/" + UUID.randomUUID(), "{\"planId\":\"" + small + "\"}").code()).isEqualTo("FORBIDDEN");
        assertThat(desk("bureau").send("POST", path + "/" + UP + "/approval", "{\"reason\":\"x\"}").code()).isEqualTo("CONFLICT");
        assertThat(desk("bank").get(path).json().path("changes")).singleElement().satisfies(made -> {
            assertThat(made.path("fromPlanId").asText()).isEqualTo(small.toString());
            assertThat(made.path("toPlanId").asText()).isEqualTo(large.toString());
        });
    }

    @Test
    @Order(3)
    void goingDownTheMonthsUseCountsAgainstTheSmallerQuota() throws Exception {
        clock.moveTo(Instant.parse("2027-02-21T16:00:00Z")); // three quarters are over
        assertThat(change(UUID.randomUUID(), small).status()).isEqualTo(201);
        Until.holds(Duration.ofSeconds(10), () -> list(1).status(), status -> status == 429);
    }

    private static List<Charge> ofBank(List<Charge> charges) {
        return charges.stream().filter(charge -> charge.key().operation().equals("ListBooks"))
                .filter(charge -> charge.key().subscriptionId().equals(bank.id())).toList();
    }

    /** Half of the month each, some seconds apart; every call on the line of its plan. */
    @Test
    @Order(4)
    void theMonthIsSharedBetweenBothPlansAndPreviewIsFinal() throws Exception {
        clock.moveTo(Instant.parse("2027-03-02T02:00:00Z"));
        JsonNode preview = desk("bank").get("/api/statements/2027-02").json();
        List<Charge> previewed = node.get(MonthClose.class).preview(FEBRUARY);
        MonthClose.Outcome closed = node.get(MonthClose.class).close(FEBRUARY, _ -> {});
        assertThat(closed).isInstanceOfSatisfying(MonthClose.Outcome.Closed.class,
                done -> assertThat(done.charges()).containsExactlyInAnyOrderElementsOf(previewed));
        List<Charge> lines = ofBank(previewed);
        assertThat(lines).hasSize(2);
        Charge ofSmall = lines.stream().filter(line -> line.basis().tariff().equals(SMALL)).findFirst().orElseThrow();
        Charge ofLarge = lines.stream().filter(line -> line.basis().tariff().equals(LARGE)).findFirst().orElseThrow();
        assertThat(ofSmall.basis().share().add(ofLarge.basis().share())).isEqualTo(BigFraction.ONE);
        assertThat(ofLarge.basis().share().doubleValue()).isBetween(0.4999, 0.5001);
        assertThat(ofLarge.quantity()).isEqualTo(50);
        assertThat(ofSmall.quantity()).isGreaterThanOrEqualTo(35).isLessThanOrEqualTo(40);
        for (Charge line : lines) {
            assertThat(line.amount()).isEqualTo(line.basis().tariff().amount(line.quantity(), line.basis().share()));
        }
        assertThat(ofLarge.amount().fen()).isBetween(9_997L, 10_003L);
        assertThat(node.get(Reconciliation.class).run(FEBRUARY)).allMatch(Reconciliation.Check::agrees);

        JsonNode issued = desk("bank").get("/api/statements/2027-02").json();
        assertThat(issued.path("lines")).isEqualTo(preview.path("lines"));
        Set<String> versions = new HashSet<>();
        for (JsonNode line : issued.path("lines")) {
            if (line.path("operation").asText().equals("ListBooks") && line.path("subscriptionId").asText().equals(bank.id().toString())) {
                versions.add(line.path("priceVersion").asText());
                long counted = desk("bank").get("/api/statements/2027-02/lines/" + line.path("chargeId").asText() + "/events").json()
                        .path("events").valueStream().mapToLong(event -> event.path("quantity").asLong()).sum();
                assertThat(counted).as("the calls of the line").isEqualTo(line.path("quantity").asLong());
            }
        }
        assertThat(versions).hasSize(2);
    }

    @Test
    @Order(5)
    void theSharedMonthIsVerifiedWithoutTheHouse() throws Exception {
        Path bundle = data.resolve("bundle.zip");
        node.get(BundleExport.class).write(new Months(FEBRUARY, FEBRUARY), bundle, ExportProgress.SILENT);
        assertThat(new Verifier(List.of()).verify(bundle).findings()).extracting(Finding::check).isSubsetOf(Check.SIGNATURE);
    }
}

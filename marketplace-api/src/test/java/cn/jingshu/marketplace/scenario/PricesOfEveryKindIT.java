package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.settlement.MerchantShare;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.verify.Check;
import cn.jingshu.ledger.verify.Finding;
import cn.jingshu.ledger.verify.Verifier;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.RevenueGauge;
import cn.jingshu.marketplace.billing.WhatIf;
import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.billing.account.RevenueWatch;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A fee with usage, a part of a month, a refund, the permitted revenue and a replay, told in their order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PricesOfEveryKindIT {
    private static final YearMonth JANUARY = YearMonth.of(2027, 1);
    private static final YearMonth FEBRUARY = YearMonth.of(2027, 2);
    private static final YearMonth MARCH = YearMonth.of(2027, 3);
    private static final Tariff FEE = new Tariff.BasePlusUsage(
            Money.ofYuan("28"), new Tariff.Included(5, new Tariff.PerUnit(UnitPrice.ofFen("0.5"))));

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static UsageRecords usage;
    private static String bank;
    private static UUID januaryLine = new UUID(0, 0);
    private static Money januaryAmount = Money.ZERO;

    @BeforeAll
    static void openTheMarket() throws Exception {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1.37");
        rest = new RestCaller(node.httpPort());
        usage = new UsageRecords(node);
        bank = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/absent", bank).status(), status -> status == 200);
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    private static void list(String key, int rows) throws Exception {
        RestCaller.Reply reply = rest.get("/v1/library/books?pageSize=" + rows, key);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        usage.one(reply.requestId());
    }

    private static List<Charge> lines(List<Charge> charges, String consumer) {
        return charges.stream()
                .filter(charge -> charge.key().operation().equals("ListBooks"))
                .filter(charge -> charge.key().organisationId().equals(market.person(consumer).organisationId()))
                .toList();
    }

    private static List<Charge> close(YearMonth month) {
        List<Charge> previewed = node.get(MonthClose.class).preview(month);
        MonthClose.Outcome closed = node.get(MonthClose.class).close(month, _ -> {});
        assertThat(closed).isInstanceOf(MonthClose.Outcome.Closed.class);
        assertThat(((MonthClose.Outcome.Closed) closed).charges()).containsExactlyInAnyOrderElementsOf(previewed);
        return ((MonthClose.Outcome.Closed) closed).charges();
    }

    private static void assertReconciled(YearMonth month) throws SQLException {
        assertThat(node.get(Reconciliation.class).run(month)).allMatch(Reconciliation.Check::agrees);
    }

    private static Desk desk(String who) {
        return Desk.of(node, rest, who);
    }

    private static JsonNode json(Desk.Answer answer) throws Exception {
        assertThat(answer.status()).as(answer.text()).isBetween(200, 201);
        return new ObjectMapper().readTree(answer.text());
    }

    @Test
    @Order(1)
    void aFeeIsPublishedForTheMonthToCome() throws Exception {
        PriceBook book = node.get(PriceBook.class);
        Instant february = Instant.parse("2027-01-31T16:00:00Z");
        UUID bureau = market.person("bureau").id();
        assertThat(book.setCeiling(new PriceCeiling(UUID.randomUUID(), "library", "ListBooks",
                new Ceiling(UnitPrice.ofFen("1"), Money.ofYuan("28")), february, "test"), bureau))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(book.save(new PriceBook.Proposal(UUID.randomUUID(), "library", "ListBooks", Purpose.INDUSTRY, FEE,
                february, clock.instant(), market.person("operator").id(), bureau)))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        list(bank, 35);
        String institute = market.key(market.subscribe("institute", "library", Purpose.PUBLIC_INTEREST, 1_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/absent", institute).status(), status -> status == 200);
        list(institute, 20);
    }

    @Test
    @Order(2)
    void freeUseCostsNothingAndShowsWhatItWouldHaveCost() throws Exception {
        clock.moveTo(Instant.parse("2027-02-02T02:00:00Z"));
        List<Charge> january = close(JANUARY);
        Charge line = lines(january, "bank").getFirst();
        januaryLine = line.id();
        januaryAmount = line.amount();
        assertThat(januaryAmount).isEqualTo(UnitPrice.ofFen("1.37").times(35));
        assertThat(line.basis().ceilingId()).isNotNull();
        assertThat(lines(january, "institute")).singleElement().satisfies(free -> {
            assertThat(free.amount()).isEqualTo(Money.ZERO);
            assertThat(free.quantity()).isEqualTo(20);
            assertThat(free.shadow()).isEqualTo(UnitPrice.ofFen("1.37").times(20));
        });
        assertReconciled(JANUARY);
    }

    @Test
    @Order(3)
    void whoComesInMidMonthPaysForHisPartOfItWhetherHeUsesItOrNot() throws Exception {
        list(bank, 30);
        clock.moveTo(Instant.parse("2027-02-14T16:00:00Z")); // half of February is over in Shanghai
        market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000, Market.WIDE);
        clock.moveTo(Instant.parse("2027-03-02T02:00:00Z"));
        List<Charge> february = close(FEBRUARY);
        assertThat(lines(february, "bank")).singleElement().satisfies(line -> {
            assertThat(line.basis().tariff()).isEqualTo(FEE);
            assertThat(line.basis().share()).isEqualTo(BigFraction.ONE);
            assertThat(line.amount()).isEqualTo(new Money(2_800 + 13)); // 25 rows beyond the five, 12.5 fen
        });
        assertThat(lines(february, "app-studio")).singleElement().satisfies(line -> {
            assertThat(line.quantity()).isZero();
            assertThat(line.amount().fen()).isBetween(1_395L, 1_400L); // subscribed some seconds after midnight
            assertThat(line.amount()).isEqualTo(Tariff.round(FEE.exactFen(BigFraction.ZERO, line.basis().share())));
        });
        assertReconciled(FEBRUARY);
    }

    @Test
    @Order(4)
    void aPriceFoundTooHighIsPaidBackByTheNextBill() throws Exception {
        String path = "/api/ceiling-findings/" + UUID.randomUUID();
        Map<String, Object> finding = Map.of("product", "library", "operation", "ListBooks", "firstMonth", "2027-01",
                "lastMonth", "2027-01", "fenPerUnit", "1", "citation", "test");
        assertThat(desk("bank").send("PUT", path, new ObjectMapper().writeValueAsString(finding)).code()).isEqualTo("FORBIDDEN");
        json(desk("bureau").send("PUT", path, new ObjectMapper().writeValueAsString(finding)));
        assertThat(desk("bureau").send("POST", path + "/signature", "{\"citation\":\"test\"}").code()).isEqualTo("FORBIDDEN");
        assertReconciled(FEBRUARY);
        json(desk("price").send("POST", path + "/signature", "{\"citation\":\"test\"}"));
        assertReconciled(FEBRUARY); // owed back with the next close
        Money back = UnitPrice.ofFen("1").times(35).minus(januaryAmount);
        JsonNode run = json(desk("operator").get("/api/refunds/2027-03"));
        assertThat(run.path("totalYuan").asText()).isEqualTo(back.negated().toYuan());
        assertThat(run.path("refunds").path(0).path("corrects").asText()).isEqualTo(januaryLine.toString());
        clock.moveTo(Instant.parse("2027-04-02T02:00:00Z"));
        List<Charge> march = close(MARCH);
        assertThat(lines(march, "bank").stream().filter(Charge::isCorrection)).singleElement().satisfies(line -> {
            assertThat(line.amount()).isEqualTo(back);
            assertThat(line.quantity()).isZero();
            assertThat(line.corrects()).isEqualTo(januaryLine);
        });
        assertReconciled(MARCH);
    }

    @Test
    @Order(5)
    void revenueIsHeldAgainstWhatIsPermitted() throws Exception {
        String path = "/api/permitted-revenues/" + UUID.randomUUID();
        String revenue = """
                {"year":2027,"cycleFirst":2027,"cycleLast":2029,"platformYuan":"60","processingYuan":"0","staffYuan":"0",
                 "acquisitionYuan":"0","periodYuan":"0","subsidiesYuan":"10","surveyYear":2027,"bondYear":2026,
                 "bondYield":"0.022","rate":"0.08","taxesYuan":"6","vatInTaxes":false,"highestYuan":"%s","citation":"test"}
                """;
        Desk.Answer broken = desk("price").send("PUT", path, revenue.formatted("60.01"));
        assertThat(broken.code()).isEqualTo("RULE_BROKEN");
        assertThat(broken.text()).contains("60.01", "60.00", "发改价格〔2025〕65号");
        json(desk("price").send("PUT", path, revenue.formatted("60")));
        assertThat(json(desk("bureau").send("POST", path + "/signature", "{\"citation\":\"test\"}")).path("status").asText())
                .isEqualTo("SIGNED");
        JsonNode gauge = json(desk("bureau").get("/api/revenue-gauge?year=2027"));
        assertThat(gauge.path("permittedYuan").asText()).isEqualTo("60.00");
        assertThat(gauge.path("months")).hasSize(4);
        assertThat(gauge.path("deviationTest").path("binding").asBoolean()).isFalse();
        assertThat(gauge.path("warnings")).hasSize(3);
        assertThat(desk("bank").get("/api/revenue-gauge").code()).isEqualTo("FORBIDDEN");
    }

    private static Money yuan(JsonNode field) {
        return Money.ofYuan(field.asText());
    }

    /** The gauge says what the books say: a refund lowers revenue, and with it what counts as earned too much. */
    @Test
    @Order(6)
    void aRefundLowersTheRevenueTheGaugeShows() throws Exception {
        JsonNode before = json(desk("bureau").get("/api/revenue-gauge?year=2027"));
        Charge february = node.get(MonthClose.class).preview(FEBRUARY).stream()
                .filter(line -> line.amount().compareTo(Money.ofYuan("20")) > 0).findFirst().orElseThrow();
        UUID id = UUID.randomUUID();
        json(desk("operator").send("POST", "/api/refunds", """
                {"refundId":"%s","chargeId":"%s","amountYuan":"10.60","reason":"test"}
                """.formatted(id, february.id())));
        json(Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS).send("POST", "/api/refunds/" + id + "/grant", "{}"));
        JsonNode after = json(desk("bureau").get("/api/revenue-gauge?year=2027"));
        assertThat(yuan(after.path("revenueYuan"))).isEqualTo(yuan(before.path("revenueYuan")).minus(Money.ofYuan("10.00")));
        assertThat(yuan(after.path("months").path(3).path("revenueYuan")))
                .isEqualTo(yuan(before.path("months").path(3).path("revenueYuan")).minus(Money.ofYuan("10.00")));
        assertThat(after.path("months").path(2)).isEqualTo(before.path("months").path(2));
        RevenueGauge.Year gauge = node.get(RevenueGauge.class).of(2027);
        assertThat(Money.sum(gauge.products().stream().map(RevenueGauge.ProductRevenue::revenue).toList())).isEqualTo(gauge.revenue());
        var books = node.get(SettlementBook.class).facts(SettlementPeriod.year(java.time.Year.of(2027)),
                Dimensions.AUTHORISED_OPERATION);
        Money notBooked = Money.sum(node.get(MonthClose.class).preview(YearMonth.of(2027, 4)).stream()
                .map(line -> line.amount().minus(line.vat())).toList());
        assertThat(gauge.revenue()).isEqualTo(books.gross().minus(books.outputVat()).plus(notBooked));
    }

    private static List<String> toldOfRevenue(String who) {
        return node.get(Notifications.class).listNewest(market.person(who).organisationId(), 100).stream()
                .filter(each -> each.kind().name().startsWith("REVENUE_")).map(each -> each.kind() + " " + each.about()).sorted().toList();
    }

    @Test
    @Order(6)
    void whoFixesPricesIsToldOnceThatTheRevenueReachedItsThresholds() {
        RevenueGauge.Year year = node.get(RevenueGauge.class).of(2027);
        assertThat(year.warnings()).as("more was earned than permitted").allMatch(warning -> warning.reachedIn() != null);
        RevenueWatch watch = node.get(RevenueWatch.class);
        for (int look = 0; look < 2; look++) {
            assertThat(watch.tell()).isEqualTo(3);
            for (String who : List.of("operator", "bureau", "price")) {
                assertThat(toldOfRevenue(who)).as(who).containsExactly("REVENUE_100 2027", "REVENUE_80 2027", "REVENUE_90 2027");
            }
        }
        assertThat(toldOfRevenue("bank")).isEmpty();
        assertThat(watch.portionOfPermitted()).isCloseTo(year.revenue().fen() / 6_000.0, Offset.offset(0.000_001));
    }

    /** January's line was found too high since, so a replay starts from what is owed now, not from what was billed then. */
    @Test
    @Order(7)
    void aReplayOfNothingShowsNoChange() {
        WhatIf.Outcome outcome = node.get(WhatIf.class).replay(JANUARY, MARCH, new WhatIf.Proposal(List.of(), List.of(), null, List.of()));
        assertThat(outcome).isInstanceOfSatisfying(WhatIf.Outcome.Replayed.class, replayed -> {
            assertThat(replayed.after()).isEqualTo(replayed.before());
            assertThat(replayed.products()).allSatisfy(each -> assertThat(each.after()).isEqualTo(each.before()));
            assertThat(replayed.products()).filteredOn(each -> each.what().equals("library")).singleElement()
                    .satisfies(library -> assertThat(library.before()).isGreaterThan(Money.ofYuan("28")));
            assertThat(replayed.settlements()).hasSize(3).allSatisfy(each -> {
                assertThat(each.after()).isEqualTo(each.before());
                assertThat(each.before().detail()).isNotNull();
                assertThat(each.before()).isEqualTo(node.get(SettlementBook.class)
                        .findSettlement(SettlementPeriod.month(each.month()), Dimensions.AUTHORISED_OPERATION).orElseThrow().result());
            });
        });
    }

    /** What the operator gives up, a merchant gets; treasury and providers are as before. */
    @Test
    @Order(7)
    void aReplayUnderOtherSharesMovesWhatIsLeftOnly() {
        String merchant = market.person("merchant2").organisationId().toString();
        WhatIf.Outcome outcome = node.get(WhatIf.class).replay(FEBRUARY, FEBRUARY, new WhatIf.Proposal(List.of(), List.of(), Portion.of(2, 3),
                List.of(new MerchantShare(merchant, Portion.of(1, 3)))));
        assertThat(outcome).isInstanceOfSatisfying(WhatIf.Outcome.Replayed.class, replayed ->
                assertThat(replayed.settlements()).singleElement().satisfies(each -> {
                    assertThat(each.after().netProfit()).isEqualTo(each.before().netProfit());
                    assertThat(each.after().treasury()).isEqualTo(each.before().treasury());
                    Money rest = each.before().netProfit().minus(each.before().treasury());
                    assertThat(rest.isPositive()).isTrue();
                    assertThat(rest).isEqualTo(each.after().operator().plus(each.after().merchants()));
                    assertThat(each.after().merchants().fen()).isCloseTo(rest.fen() / 3, Offset.offset(1L));
                    assertThat(Objects.requireNonNull(each.after().detail()).earmarks())
                            .isEqualTo(Objects.requireNonNull(each.before().detail()).earmarks());
                }));
    }

    @Test
    @Order(7)
    void aReplayUnderOtherPricesTouchesNothing() throws Exception {
        List<Charge> before = node.get(MonthClose.class).preview(JANUARY);
        String proposal = """
                {"prices":[{"product":"library","tariff":{"kind":"PER_UNIT","fenPerUnit":"1"}}]}
                """;
        JsonNode replayed = json(desk("operator").send("POST", "/api/what-if?from=2027-01&to=2027-01", proposal));
        JsonNode library = replayed.path("products").valueStream()
                .filter(product -> product.path("product").asText().equals("library")).findFirst().orElseThrow();
        // The finding holds 1.37 fen to 1 on both sides.
        assertThat(library.path("beforeYuan").asText()).isEqualTo("0.35");
        assertThat(library.path("afterYuan").asText()).isEqualTo("0.35");
        JsonNode settled = replayed.path("settlements").path(0);
        assertThat(settled.path("netProfitAfterYuan")).isEqualTo(settled.path("netProfitBeforeYuan"));
        JsonNode cheaper = json(desk("operator").send("POST", "/api/what-if?from=2027-01&to=2027-01", """
                {"prices":[{"product":"library","tariff":{"kind":"PER_UNIT","fenPerUnit":"0.6"}}]}
                """));
        assertThat(cheaper.path("beforeYuan").asText()).isEqualTo("0.35");
        assertThat(cheaper.path("afterYuan").asText()).isEqualTo("0.21");
        JsonNode month = cheaper.path("settlements").path(0);
        // Booked: 48 fen, 3 of them VAT, 11 income tax (25 % of 45). 14 fen less with 1 less of VAT (2 of 35, 1 of 21): 45 - 13 = 32, 8 income tax.
        assertThat(month.path("netProfitBeforeYuan").asText()).isEqualTo("0.34");
        assertThat(month.path("netProfitAfterYuan").asText()).isEqualTo("0.24");
        assertThat(desk("operator").send("POST", "/api/what-if?from=2027-01&to=2027-01", """
                {"prices":[{"product":"library","tariff":{"kind":"PER_UNIT","fenPerUnit":"5.01"}}]}
                """).code()).isEqualTo("RULE_BROKEN");
        assertThat(node.get(MonthClose.class).preview(JANUARY)).isEqualTo(before);
    }

    @Test
    @Order(8)
    void theBooksOfTheseMonthsAreVerifiedWithoutTheHouse() throws Exception {
        Path bundle = data.resolve("bundle.zip");
        node.get(BundleExport.class).write(new Months(JANUARY, MARCH), bundle, ExportProgress.SILENT);
        assertThat(new Verifier(List.of()).verify(bundle).findings()).extracting(Finding::check)
                .isSubsetOf(Check.SIGNATURE, Check.PERMITTED_REVENUE) // more was earned than the 60 yuan permitted
                .contains(Check.PERMITTED_REVENUE);
    }

    @Test
    @Order(9)
    void theFeesAreOpenToEveryoneWithTheirCeilings() throws Exception {
        JsonNode fees = new ObjectMapper().readTree(rest.get("/fees.json", null).text());
        assertThat(fees.path("permittedRevenueYuan").asText()).isEqualTo("60.00");
        JsonNode fee = fees.path("tariffs").valueStream()
                .filter(each -> each.path("operation").asText().equals("ListBooks")).findFirst().orElseThrow();
        assertThat(fee.path("tariff").path("kind").asText()).isEqualTo("BASE_PLUS_USAGE");
        assertThat(fee.path("ceilingFenPerMonth").asLong()).isEqualTo(2_800);
        assertThat(rest.get("/fees", null).text()).contains("每月基本费 ¥28.00");
    }
}

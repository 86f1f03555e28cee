package cn.jingshu.marketplace.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.pricing.PermittedRevenues.Left;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketBeans;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.products.contract.Contracts;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The example of POLICY §1.2: cost 8,000,000 yuan, yield 2.20 %, rate 8.20 %. */
class PermittedRevenuesIT {
    private static final UUID PRICE_OFFICER = DemoMarket.person("PRICE_AUTHORITY");
    private static final UUID BUREAU = DemoMarket.person("AUTHORITY");
    private static final PermittedRevenues.OverRecovery NONE = _ -> Left.of(Money.ZERO);

    private final DemoMarket market = new DemoMarket();
    private final MarketBeans beans = market.beans();
    private final PermittedRevenues book =
            new PermittedRevenues(market.database, beans.get(PolicyParameters.class), market.clock);

    @AfterEach
    void close() {
        beans.close();
    }

    private static PermittedRevenue revenue(int year, int first, int last, String rate, int bondYear, String carried,
            @Nullable String smoothing, String highest) {
        return new PermittedRevenue(UUID.randomUUID(), year, first, last, Money.ofYuan("5000000"), Money.ofYuan("2000000"),
                Money.ofYuan("1500000"), Money.ofYuan("300000"), Money.ofYuan("200000"), Money.ofYuan("1000000"), 2026,
                bondYear, new BigDecimal("0.022"), new BigDecimal(rate), Money.ofYuan("120000"), false,
                Money.ofYuan(carried), smoothing, Money.ofYuan(highest), "成本调查报告第1号");
    }

    private static PermittedRevenue lawful(int year) {
        return revenue(year, 2027, 2029, "0.082", 2025, "0", null, "8776000.00");
    }

    private void refused(RevenueFault fault, PermittedRevenues.Outcome outcome) {
        assertThat(outcome).isInstanceOfSatisfying(PermittedRevenues.Outcome.Unlawful.class,
                unlawful -> assertThat(unlawful.fault()).as(unlawful.detail()).isEqualTo(fault));
    }

    @Test
    void twoAuthoritiesSignWhatTheFormulaGives() {
        PermittedRevenue revenue = lawful(2027);
        assertThat(book.propose(revenue, PRICE_OFFICER, NONE)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.propose(revenue, PRICE_OFFICER, NONE)).isEqualTo(new PermittedRevenues.Outcome.Done(true));
        assertThat(book.findSigned(2027)).isEmpty();
        assertThat(book.sign(revenue.id(), PRICE_OFFICER, "核定文件", NONE))
                .isInstanceOf(PermittedRevenues.Outcome.Refused.class);
        assertThat(book.sign(revenue.id(), BUREAU, "核定文件", NONE)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.findSigned(2027)).contains(revenue);
        refused(RevenueFault.YEAR_TAKEN, book.propose(lawful(2027), BUREAU, NONE));
        assertThat(catchThrowableOfType(DatabaseException.class, () -> MarketDatabase.execute(market.dataSource,
                "UPDATE market.permitted_revenue SET citation = 'x'")).violates("permitted_revenue_decided_once")).isTrue();
    }

    @Test
    void whatBreaksTheFormulaOrTheRateIsNotEvenWritten() {
        refused(RevenueFault.FORMULA_BROKEN, book.propose(
                revenue(2027, 2027, 2029, "0.082", 2025, "0", null, "8776000.01"), BUREAU, NONE));
        refused(RevenueFault.RATE_TOO_HIGH, book.propose(
                revenue(2027, 2027, 2029, "0.08200001", 2025, "0", null, "8776000.08"), BUREAU, NONE));
        refused(RevenueFault.WRONG_BOND_YEAR, book.propose(
                revenue(2027, 2027, 2029, "0.082", 2026, "0", null, "8776000"), BUREAU, NONE));
        refused(RevenueFault.CYCLE_TOO_LONG, book.propose(
                revenue(2027, 2027, 2030, "0.082", 2025, "0", null, "8776000"), BUREAU, NONE));
        refused(RevenueFault.YEAR_IS_OVER, book.propose(
                revenue(2025, 2025, 2026, "0.082", 2025, "0", null, "8776000"), BUREAU, NONE));
        refused(RevenueFault.NOT_AN_AUTHORITY, book.propose(lawful(2027), DemoMarket.person("OPERATOR"), NONE));
        assertThat(book.list()).isEmpty();
    }

    @Test
    void theDatabaseItselfTakesNoOtherSum() {
        DatabaseException broken = catchThrowableOfType(DatabaseException.class, () -> MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.permitted_revenue
                SELECT gen_random_uuid(), 2027, 2027, 2029, 100, 0, 0, 0, 0, 0, 2026, 2025, 0.02, 0.06, 0.05, 7, false, 0,
                       NULL, 113, 'x', '%s', 'REGULATOR', now(), 'OPEN', NULL, NULL, NULL, NULL
                """.formatted(BUREAU)));
        assertThat(broken.violates("permitted_revenue_formula")).isTrue();
    }

    @Test
    void whatTheLastCycleEarnedTooMuchIsDeductedAtOnceOrByAPlan() {
        PermittedRevenues.OverRecovery half = _ -> Left.of(Money.ofYuan("500000"));
        refused(RevenueFault.NOT_CARRIED, book.propose(lawful(2027), BUREAU, half));
        refused(RevenueFault.NOT_CARRIED, book.propose(
                revenue(2027, 2027, 2029, "0.082", 2025, "200000", null, "8576000"), BUREAU, half));
        assertThat(book.propose(revenue(2027, 2027, 2029, "0.082", 2025, "200000", "分三年平滑", "8576000"), BUREAU, half))
                .isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.propose(revenue(2027, 2027, 2029, "0.082", 2025, "500000", null, "8276000"), BUREAU, half))
                .isEqualTo(new PermittedRevenues.Outcome.Done(false));
    }

    /** 100,000 yuan, less what signed years deduct. */
    private Left untilSigned(int year) {
        Money carried = Money.sum(book.list().stream().filter(kept -> kept.status() == PermittedRevenue.Status.SIGNED)
                .map(kept -> kept.revenue().carried()).toList());
        return Left.of(Money.ofYuan("100000").minus(carried).orZeroIfNegative());
    }

    private List<PermittedRevenues.Outcome> signedAtOnce(PermittedRevenue one, PermittedRevenue other) {
        CyclicBarrier together = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<CompletableFuture<PermittedRevenues.Outcome>> both = List.of(one, other).stream().map(each -> CompletableFuture.supplyAsync(() -> {
                try {
                    together.await();
                } catch (Exception broken) {
                    throw new AssertionError(broken);
                }
                return book.sign(each.id(), BUREAU, "核定文件", this::untilSigned);
            }, threads)).toList();
            return both.stream().map(CompletableFuture::join).toList();
        }
    }

    private void oneOfBothStands(RevenueFault fault, PermittedRevenue one, PermittedRevenue other, PermittedRevenues.OverRecovery over) {
        assertThat(book.propose(one, PRICE_OFFICER, over)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.propose(other, PRICE_OFFICER, over)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        List<PermittedRevenues.Outcome> both = signedAtOnce(one, other);
        assertThat(both).containsOnlyOnce(new PermittedRevenues.Outcome.Done(false));
        refused(fault, both.stream().filter(PermittedRevenues.Outcome.Unlawful.class::isInstance).findFirst().orElseThrow());
        assertThat(book.list().stream().filter(kept -> kept.status() == PermittedRevenue.Status.SIGNED)).hasSize(1);
    }

    @Test
    void ofTwoYearsThatDeductTheSameOneIsSigned() {
        oneOfBothStands(RevenueFault.NOT_CARRIED, revenue(2027, 2027, 2029, "0.082", 2025, "100000", null, "8676000"),
                revenue(2028, 2027, 2029, "0.082", 2025, "100000", null, "8676000"), this::untilSigned);
        assertThat(untilSigned(2027)).isEqualTo(Left.of(Money.ZERO));
    }

    @Test
    void ofTwoCyclesThatOverlapOneIsSigned() {
        PermittedRevenues.OverRecovery over = year -> Left.of(Money.ZERO);
        PermittedRevenue one = lawful(2027);
        PermittedRevenue other = revenue(2030, 2028, 2030, "0.082", 2025, "0", null, "8776000");
        assertThat(book.propose(one, PRICE_OFFICER, over)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.propose(other, PRICE_OFFICER, over)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.sign(one.id(), BUREAU, "核定文件", over)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        refused(RevenueFault.CYCLES_OVERLAP, book.sign(other.id(), BUREAU, "核定文件", over));
        assertThat(book.findSigned(2030)).isEmpty();
        assertThat(book.refuse(other.id(), BUREAU, "周期交叉")).as("what cannot be signed can be turned down").isEqualTo(new PermittedRevenues.Outcome.Done(false));
    }

    /** While the last year of a cycle runs, the next one's first year deducts what is in sight, and its second what is left then. */
    @Test
    void aYearWrittenBeforeTheCycleIsOverDeductsWhatIsForecast() {
        PermittedRevenues.OverRecovery heading = _ -> new Left(Money.ofYuan("100000"), Money.ofYuan("300000"));
        refused(RevenueFault.NOT_CARRIED, book.propose(lawful(2027), BUREAU, heading));
        refused(RevenueFault.NOT_CARRIED, book.propose(revenue(2027, 2027, 2029, "0.082", 2025, "99999.99", null, "8676000.01"), BUREAU, heading));
        refused(RevenueFault.NOT_CARRIED, book.propose(revenue(2027, 2027, 2029, "0.082", 2025, "300000.01", null, "8475999.99"), BUREAU, heading));
        PermittedRevenues.OverRecovery nothingBooked = _ -> new Left(Money.ZERO, Money.ofYuan("300000"));
        refused(RevenueFault.NOT_CARRIED, book.propose(lawful(2027), BUREAU, nothingBooked));
        PermittedRevenue first = revenue(2027, 2027, 2029, "0.082", 2025, "250000", null, "8526000");
        assertThat(book.propose(first, PRICE_OFFICER, heading)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.sign(first.id(), BUREAU, "核定文件", heading)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        refused(RevenueFault.NOT_CARRIED, book.propose(lawful(2028), BUREAU, _ -> new Left(Money.ZERO, Money.ofYuan("50000"))));
        assertThat(book.propose(revenue(2028, 2027, 2029, "0.082", 2025, "0", "其余于2029年扣减", "8776000"), BUREAU,
                _ -> new Left(Money.ZERO, Money.ofYuan("50000")))).isEqualTo(new PermittedRevenues.Outcome.Done(false));
    }

    @Test
    void whatIsLeftAtTheSecondYearIsDeductedOrPlanned() {
        PermittedRevenues.OverRecovery rest = _ -> Left.of(Money.ofYuan("60000"));
        refused(RevenueFault.NOT_CARRIED, book.propose(lawful(2028), BUREAU, rest));
        refused(RevenueFault.NOT_CARRIED, book.propose(revenue(2028, 2027, 2029, "0.082", 2025, "20000", null, "8756000"), BUREAU, rest));
        refused(RevenueFault.NOT_CARRIED, book.propose(revenue(2028, 2027, 2029, "0.082", 2025, "0", "以后再扣", "8776000"), BUREAU, rest));
        assertThat(book.propose(revenue(2028, 2027, 2029, "0.082", 2025, "20000", "分三年平滑", "8756000"), BUREAU, rest))
                .isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.propose(revenue(2028, 2027, 2029, "0.082", 2025, "60000", null, "8716000"), BUREAU, rest))
                .isEqualTo(new PermittedRevenues.Outcome.Done(false));
    }

    @Test
    void afterTheFirstFullYearACeilingStandsBeneathASignedRevenue() {
        PriceBook prices = new PriceBook(market.database, market.clock, () -> Contracts.of(List.of()));
        Instant end = prices.priceList("transit").findTrialEnd().orElseThrow();
        PriceCeiling ceiling = new PriceCeiling(UUID.randomUUID(), "transit", "*", UnitPrice.ofFen("1.5"), end, "依据");
        assertThat(prices.setCeiling(ceiling, BUREAU)).isInstanceOfSatisfying(PriceBook.Outcome.Refused.class,
                refused -> assertThat(refused.fault()).isEqualTo(PriceFault.NO_PERMITTED_REVENUE));
        PermittedRevenue revenue = lawful(2027);
        book.propose(revenue, BUREAU, NONE);
        book.sign(revenue.id(), PRICE_OFFICER, "核定文件", NONE);
        assertThat(prices.setCeiling(ceiling, BUREAU)).isInstanceOf(PriceBook.Outcome.Saved.class);
    }
}

package cn.jingshu.products.lending.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.lending.policy.PolicyBook;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersonalEstimatesTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 30);
    private static final LocalDate BIRTH = LocalDate.of(1990, 1, 1);
    private static final Proceedings CLEAN = new Proceedings(0, 0, 0, 0);
    private static final EstimateAsk.Consented ALL = new EstimateAsk.Consented(true, true, true);
    private static final PolicyBook BOOK = PolicyBook.load(null);

    @TempDir
    Path folder;

    private static PersonFacts person(@Nullable Long baseFen, Proceedings adverse) {
        return new PersonFacts(24, baseFen, 24, 240_000L, 6_000_000L, List.of(), false, adverse);
    }

    private static EstimateAsk.Mortgage ask(long priceFen, long requestedFen, long debtFen, boolean withFund) {
        return new EstimateAsk.Mortgage(DAY, 360, new BigDecimal("0.0305"), requestedFen, BIRTH, priceFen, true, true, debtFen, 0, 0, withFund, ALL);
    }

    private static LoanRange range(LoanEstimate estimate) {
        return Objects.requireNonNull(estimate.range(), "no range is given");
    }

    private static List<ReasonCode> codes(LoanEstimate estimate) {
        return estimate.reasons().stream().map(Reason::code).toList();
    }

    @Test
    void capacityHoldsTheLoanWhereTheHomeIsDear() {
        LoanEstimate estimate = PersonalEstimates.mortgage(ask(1_000_000_000, 0, 0, false), person(1_000_000L, CLEAN), BOOK);
        // half of 10,000 yuan repays 1,178,395 over 30 years at 3.05 %: to the step of 50,000
        assertThat(range(estimate).likelyFen()).isEqualTo(115_000_000);
        assertThat(range(estimate).lowFen()).isLessThan(range(estimate).likelyFen());
        assertThat(codes(estimate)).contains(ReasonCode.HOUSING_EXPENSE_CAPACITY);
    }

    @Test
    void otherDebtsTakeFromTheCapacity() {
        LoanEstimate estimate = PersonalEstimates.mortgage(ask(1_000_000_000, 0, 300_000, false), person(1_000_000L, CLEAN), BOOK);
        // 55 % less 3,000 yuan is 2,500 a month: 589,197
        assertThat(range(estimate).likelyFen()).isEqualTo(58_000_000);
        assertThat(codes(estimate)).contains(ReasonCode.REPAYMENT_CAPACITY);
    }

    @Test
    void notMoreThanWasAskedFor() {
        LoanEstimate estimate = PersonalEstimates.mortgage(ask(100_000_000, 30_000_000, 0, false), person(1_000_000L, CLEAN), BOOK);
        assertThat(range(estimate).highFen()).isEqualTo(30_000_000);
        assertThat(codes(estimate)).contains(ReasonCode.REQUESTED_AMOUNT);
    }

    @Test
    void debtsAboveTheLimitLeaveNothing() {
        LoanEstimate estimate = PersonalEstimates.mortgage(ask(100_000_000, 0, 900_000, false), person(1_000_000L, CLEAN), BOOK);
        assertThat(range(estimate).highFen()).isZero();
    }

    @Test
    void withoutTheCitysFormulaThereIsNoProvidentFundPart() throws IOException {
        LoanEstimate without = PersonalEstimates.mortgage(ask(1_000_000_000, 0, 0, true), person(1_000_000L, CLEAN), BOOK);
        assertThat(codes(without)).contains(ReasonCode.PROVIDENT_FUND_FORMULA_NOT_SET);
        assertThat(range(without).providentFundFen()).isZero();

        Path file = folder.resolve("policy.csv");
        Files.writeString(file, """
                key,since,value,source
                provident-fund.city-cap,2026-01-01,70000000,test
                provident-fund.balance-multiple,2026-01-01,10,test
                provident-fund.capacity-share,2026-01-01,0.5,test
                provident-fund.deposit-share,2026-01-01,0.24,test
                """);
        PolicyBook set = PolicyBook.load(file);
        LoanEstimate with = PersonalEstimates.mortgage(ask(1_000_000_000, 0, 0, true), person(1_000_000L, CLEAN), set);
        // the least of 700,000, ten times 60,000 and what half of the 10,000 behind 2,400 repays at 2.6 %
        assertThat(range(with).providentFundFen()).isEqualTo(60_000_000);
        assertThat(range(with).likelyFen()).isGreaterThan(range(without).likelyFen()); // it costs less
        assertThat(with.policies()).extracting(PolicyBook.Row::key).contains("provident-fund.city-cap", "provident-fund.rate.first.over-5y");
    }

    @Test
    void theAgeAtTheEndShortensTheTerm() {
        EstimateAsk.Mortgage old = new EstimateAsk.Mortgage(DAY, 360, new BigDecimal("0.0305"), 0, LocalDate.of(1960, 1, 1), 100_000_000, true, true,
                0, 0, 0, false, ALL);
        assertThat(PersonalEstimates.mortgage(old, person(1_000_000L, CLEAN), BOOK).months()).isEqualTo(108);
        EstimateAsk.Mortgage tooOld = new EstimateAsk.Mortgage(DAY, 360, new BigDecimal("0.0305"), 0, LocalDate.of(1951, 1, 1), 100_000_000, true,
                true, 0, 0, 0, false, ALL);
        LoanEstimate none = PersonalEstimates.mortgage(tooOld, person(1_000_000L, CLEAN), BOOK);
        assertThat(none.range()).isNull();
        assertThat(none.reasons().getFirst()).isEqualTo(new Reason(ReasonCode.TERM_OR_AGE_LIMIT, Reason.Effect.STOPS, 1));
    }

    @Test
    void whatIsOpenStopsAndWhatIsClosedLowers() {
        LoanEstimate open = PersonalEstimates.mortgage(ask(100_000_000, 0, 0, false), person(1_000_000L, new Proceedings(0, 0, 1, 0)), BOOK);
        assertThat(open.range()).isNull();
        assertThat(open.humanReview()).isTrue();
        LoanEstimate clean = PersonalEstimates.mortgage(ask(1_000_000_000, 0, 0, false), person(1_000_000L, CLEAN), BOOK);
        LoanEstimate closed = PersonalEstimates.mortgage(ask(1_000_000_000, 0, 0, false), person(1_000_000L, new Proceedings(0, 0, 0, 1)), BOOK);
        assertThat(range(closed).likelyFen()).isLessThan(range(clean).likelyFen());
        assertThat(codes(closed)).contains(ReasonCode.ENFORCEMENT_IN_FIVE_YEARS).doesNotContain(ReasonCode.NO_ADVERSE_RECORD);
    }

    @Test
    void whatWasLeftOutNeitherHelpsNorHarms() {
        PersonFacts little = new PersonFacts(24, 1_000_000L, -1, null, null, null, false, CLEAN);
        EstimateAsk.Consented income = new EstimateAsk.Consented(true, false, false);
        EstimateAsk.Startup ask = new EstimateAsk.Startup(DAY, 36, new BigDecimal("0.0345"), 0, 0, 0, income);
        LoanEstimate estimate = PersonalEstimates.startup(ask, little, BOOK);
        assertThat(estimate.band()).isEqualTo(Band.A);
        assertThat(codes(estimate)).contains(ReasonCode.DEPOSITS_LEFT_OUT, ReasonCode.REAL_ESTATE_LEFT_OUT);
    }

    @Test
    void aStartupLoanKeepsToItsCeilingAndTerm() {
        EstimateAsk.Startup ask = new EstimateAsk.Startup(DAY, 60, new BigDecimal("0.0345"), 0, 0, 0, ALL);
        LoanEstimate estimate = PersonalEstimates.startup(ask, person(5_000_000L, CLEAN), BOOK);
        assertThat(range(estimate).likelyFen()).isEqualTo(30_000_000);
        assertThat(estimate.months()).isEqualTo(36);
        assertThat(codes(estimate)).contains(ReasonCode.SCHEME_LIMIT, ReasonCode.TERM_OR_AGE_LIMIT);
    }

    @Test
    void amountsAreCoarse() {
        assertThat(LoanRange.down(9_999_999)).isEqualTo(9_900_000);
        assertThat(LoanRange.down(99_999_999)).isEqualTo(99_000_000);
        assertThat(LoanRange.down(999_999_999)).isEqualTo(995_000_000);
        assertThat(LoanRange.down(1_999_999_999)).isEqualTo(1_950_000_000);
        LoanRange range = LoanRange.coarse(50, -3, 10, 0);
        assertThat(range).isEqualTo(new LoanRange(0, 0, 0, 0));
    }
}

package cn.jingshu.products.lending.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.lending.policy.PolicyBook;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnterpriseEstimatesTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 30);
    private static final Proceedings CLEAN = new Proceedings(0, 0, 0, 0);
    private static final PolicyBook BOOK = PolicyBook.load(null);

    private static EnterpriseFacts firm(boolean active, boolean dishonest, boolean abnormal, @Nullable Long revenue, int arrears,
            Proceedings adverse, List<OwnedUnit> units) {
        return new EnterpriseFacts(LocalDate.of(2014, 1, 1), active, dishonest, abnormal, true, revenue, null, 12, arrears, 20, 20,
                20L * 600_000 * 12, 12, 1, 1, adverse, units);
    }

    private static EstimateAsk.Enterprise ask(long requestedFen, long existingFen) {
        return new EstimateAsk.Enterprise(DAY, 12, new BigDecimal("0.0345"), requestedFen, existingFen, 0);
    }

    private static LoanRange range(LoanEstimate estimate) {
        return Objects.requireNonNull(estimate.range(), "no range is given");
    }

    private static List<ReasonCode> codes(LoanEstimate estimate) {
        return estimate.reasons().stream().map(Reason::code).toList();
    }

    @Test
    void theNeedOfWorkingCapitalIsTheFormulas() {
        LoanEstimate estimate = EnterpriseEstimates.estimate(ask(0, 0), firm(true, false, false, 1_000_000_000L, 0, CLEAN, List.of()), BOOK);
        // 10 million × 0.92 ÷ 4 × 0.7
        assertThat(range(estimate).likelyFen()).isEqualTo(160_000_000);
        assertThat(estimate.band()).isEqualTo(Band.A);
        assertThat(codes(estimate)).contains(ReasonCode.WORKING_CAPITAL_NEED);
    }

    @Test
    void loansItHasAreTakenOffAndRevenueIsInferredWhereItIsNotKnown() {
        LoanEstimate with = EnterpriseEstimates.estimate(ask(0, 60_000_000), firm(true, false, false, 1_000_000_000L, 0, CLEAN, List.of()), BOOK);
        assertThat(range(with).likelyFen()).isEqualTo(100_000_000);
        LoanEstimate inferred = EnterpriseEstimates.estimate(ask(0, 0), firm(true, false, false, null, 0, CLEAN, List.of()), BOOK);
        // payroll of 1.44 million over a quarter: 5.76 million of revenue
        assertThat(range(inferred).likelyFen()).isEqualTo(92_000_000);
        assertThat(codes(inferred)).contains(ReasonCode.REVENUE_NOT_PUBLISHED);
    }

    @Test
    void listsAndProceedingsInForceStopOrAreReviewed() {
        for (EnterpriseFacts facts : List.of(
                firm(false, false, false, 1_000_000_000L, 0, CLEAN, List.of()),
                firm(true, true, false, 1_000_000_000L, 0, CLEAN, List.of()),
                firm(true, false, false, 1_000_000_000L, 0, new Proceedings(0, 0, 1, 0), List.of()))) {
            LoanEstimate stopped = EnterpriseEstimates.estimate(ask(0, 0), facts, BOOK);
            assertThat(stopped.range()).isNull();
            assertThat(stopped.humanReview()).isTrue();
            assertThat(stopped.reasons().getFirst().effect()).isEqualTo(Reason.Effect.STOPS);
        }
        LoanEstimate abnormal = EnterpriseEstimates.estimate(ask(0, 0), firm(true, false, true, 1_000_000_000L, 0, CLEAN, List.of()), BOOK);
        assertThat(abnormal.band()).isEqualTo(Band.C);
        assertThat(abnormal.humanReview()).isTrue();
        assertThat(range(abnormal).likelyFen()).isEqualTo(80_000_000); // half
    }

    @Test
    void collateralMakesUpForABandButNeverForASeizure() {
        EnterpriseFacts plain = firm(true, false, true, 1_000_000_000L, 0, CLEAN, List.of());
        EnterpriseFacts owning = firm(true, false, true, 1_000_000_000L, 0, CLEAN,
                List.of(new OwnedUnit(1, false, 100_000_000L, 20_000_000, false)));
        EnterpriseFacts seized = firm(true, false, true, 1_000_000_000L, 0, CLEAN,
                List.of(new OwnedUnit(1, false, 100_000_000L, 20_000_000, true)));
        long without = likely(plain);
        assertThat(likely(owning)).isEqualTo(without + 40_000_000); // 60 % of a million less 200,000
        assertThat(likely(seized)).isEqualTo(without);
    }

    private static long likely(EnterpriseFacts facts) {
        return range(EnterpriseEstimates.estimate(ask(0, 0), facts, BOOK)).likelyFen();
    }

    @Test
    void arrearsAreAReason() {
        LoanEstimate estimate = EnterpriseEstimates.estimate(ask(0, 0), firm(true, false, false, 1_000_000_000L, 8, CLEAN, List.of()), BOOK);
        assertThat(codes(estimate)).contains(ReasonCode.CONTRIBUTIONS_IN_ARREARS);
    }
}

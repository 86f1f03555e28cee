package cn.jingshu.products.lending;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.lending.rate.LprHistory;
import cn.jingshu.products.lending.v1.Basis;
import cn.jingshu.products.lending.v1.DayCount;
import cn.jingshu.products.lending.v1.LprRate;
import cn.jingshu.products.lending.v1.Method;
import cn.jingshu.products.lending.v1.MonthEnd;
import cn.jingshu.products.lending.v1.Prepayment;
import cn.jingshu.products.lending.v1.Rate;
import cn.jingshu.products.lending.v1.Repricing;
import cn.jingshu.products.lending.v1.Rounding;
import cn.jingshu.products.lending.v1.ScheduleRequest;
import cn.jingshu.products.lending.v1.ScheduleResponse;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ScheduleOperationTest {
    private static final CallFacts FACTS = new CallFacts(Instant.parse("2026-11-30T02:00:00Z"), "r", false, CallerRef.MARKET);
    private static final ScheduleOperation OPERATION = new ScheduleOperation(LprHistory.load(null));

    private static ScheduleRequest.Builder million() {
        return ScheduleRequest.newBuilder().setPrincipalFen(100_000_000).setMonths(360).setRate(Rate.newBuilder().setAnnualPercent(4.9))
                .setDrawnOn("2019-12-15");
    }

    private static ScheduleResponse found(ScheduleRequest.Builder request) {
        return ((Answer.Found<ScheduleResponse>) OPERATION.answer(FACTS, request.build()).toCompletableFuture().join()).message();
    }

    private static Answer.Refused<ScheduleResponse> refused(ScheduleRequest.Builder request) {
        return (Answer.Refused<ScheduleResponse>) OPERATION.answer(FACTS, request.build()).toCompletableFuture().join();
    }

    private static String field(ScheduleRequest.Builder request) {
        return refused(request).violations().getFirst().field();
    }

    @Test
    void theUsualLoanNeedsNothingButItsFourFigures() {
        ScheduleResponse answer = found(million().setAsOf("2020-12-15"));
        assertThat(answer.getFirstInstalmentFen()).isEqualTo(530_727);
        assertThat(answer.getTotalInterestFen()).isEqualTo(91_061_619);
        assertThat(answer.getInstalmentsCount()).isEqualTo(360);
        assertThat(answer.getInstalments(359).getDueOn()).isEqualTo("2049-12-15");
        assertThat(answer.getStanding().getPaymentsDue()).isEqualTo(12);
        assertThat(answer.getStanding().getBalanceFen()).isEqualTo(98_497_841);
        assertThat(answer.getStanding().getNextDueOn()).isEqualTo("2021-01-15");
        assertThat(answer.getRateAssumedFrom()).isEmpty();
        assertThat(answer.getRoundingZh()).isNotBlank();
        assertThat(answer.getFormulaVersion()).isEqualTo("schedule-1");
    }

    @Test
    void aFineractScheduleIsItsOptions() {
        ScheduleResponse answer = found(ScheduleRequest.newBuilder().setPrincipalFen(500_000).setMonths(18)
                .setRate(Rate.newBuilder().setAnnualPercent(12)).setDrawnOn("2022-11-01").setBasis(Basis.DAILY).setDayCount(DayCount.ACTUAL_365)
                .setRounding(Rounding.INSTALMENT_TO_YUAN));
        assertThat(answer.getInstalments(0).getInterestFen()).isEqualTo(4_932);
        assertThat(answer.getInstalments(0).getPaymentFen()).isEqualTo(30_500);
        assertThat(answer.getTotalInterestFen()).isEqualTo(48_733);
    }

    @Test
    void zeroIsARate() {
        ScheduleResponse answer = found(million().setRate(Rate.newBuilder().setAnnualPercent(0)));
        assertThat(answer.getTotalInterestFen()).isZero();
    }

    @Test
    void theLprIsFollowedAndTheFutureIsSaidToBeAssumed() {
        Rate lpr = Rate.newBuilder().setLpr(LprRate.newBuilder().setSpreadBasisPoints(-45).setRepricing(Repricing.EACH_JANUARY)).build();
        ScheduleResponse answer = found(million().setDrawnOn("2023-03-31").setMonthEnd(MonthEnd.LAST_DAY).setRate(lpr).setAsOf("2025-01-25"));
        assertThat(answer.getInstalments(0).getAnnualPercent()).isEqualTo(3.85); // 4.30 less 45 points
        assertThat(answer.getInstalments(0).getDueOn()).isEqualTo("2023-04-30");
        assertThat(answer.getInstalments(1).getDueOn()).isEqualTo("2023-05-31");
        assertThat(answer.getInstalments(12).getAnnualPercent()).isEqualTo(3.75); // 4.20
        assertThat(answer.getInstalments(24).getAnnualPercent()).isEqualTo(3.15); // 3.60
        assertThat(answer.getRateAssumedFrom()).isEqualTo("2026-01-01");
        assertThat(refused(million().setDrawnOn("2023-03-31").setRate(lpr)).en()).contains("2025-12");
        assertThat(refused(million().setDrawnOn("2025-03-25").setRate(lpr).setAsOf("2025-03-25")).en()).contains("2025-03");
        assertThat(refused(million().setDrawnOn("2010-01-31").setRate(lpr)).fault()).isEqualTo(Answer.Fault.NOT_FOUND);
    }

    @Test
    void quartersAndPrepaymentsAreTaken() {
        ScheduleResponse answer = found(million().setMonths(12).setEveryMonths(3).setMethod(Method.EQUAL_PRINCIPAL).setDrawnOn("2026-01-31")
                .addPrepayments(Prepayment.newBuilder().setPaidOn("2026-06-15").setAmountFen(10_000_000)));
        assertThat(answer.getInstalmentsList()).extracting(i -> i.getNumber() + " " + i.getDueOn())
                .containsExactly("1 2026-04-30", "0 2026-06-15", "2 2026-07-31", "3 2026-10-31", "4 2027-01-31");
        assertThat(answer.getInstalments(0).getInterestFen()).isEqualTo(1_225_000);
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThat(field(million().setDrawnOn("2026-02-30"))).isEqualTo("drawnOn");
        assertThat(field(million().setDrawnOn("1066-10-14"))).isEqualTo("drawnOn");
        assertThat(field(million().setEveryMonths(7))).isEqualTo("everyMonths");
        assertThat(field(million().setFirstPaymentOn("2019-12-15"))).isEqualTo("firstPaymentOn");
        assertThat(field(million().setFirstPaymentOn("2020-01-20").setPaymentDay(21))).isEqualTo("paymentDay");
        assertThat(field(million().setGracePrincipalPayments(360))).isEqualTo("gracePrincipalPayments");
        assertThat(field(million().setRate(Rate.getDefaultInstance()))).isEqualTo("rate");
        assertThat(field(million().addPrepayments(Prepayment.newBuilder().setPaidOn("2019-12-15").setAmountFen(1)))).isEqualTo("prepayments[0].paidOn");
        assertThat(field(million().setAsOf("tomorrow"))).isEqualTo("asOf");
    }

    @Test
    void theLargestLoanThatIsAllowedFits() {
        for (Method method : new Method[] {Method.EQUAL_INSTALMENTS, Method.EQUAL_PRINCIPAL, Method.FLAT, Method.INTEREST_FIRST}) {
            ScheduleResponse answer = found(million().setPrincipalFen(1_000_000_000_000_000L).setMonths(1_200).setMethod(method)
                    .setRate(Rate.newBuilder().setAnnualPercent(100)));
            assertThat(answer.getInstalmentsList().stream().mapToLong(i -> i.getPrincipalFen()).sum()).isEqualTo(1_000_000_000_000_000L);
        }
    }
}

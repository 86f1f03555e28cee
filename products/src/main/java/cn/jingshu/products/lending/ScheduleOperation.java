package cn.jingshu.products.lending;

import cn.jingshu.products.lending.rate.LprHistory;
import cn.jingshu.products.lending.rate.MissingLprException;
import cn.jingshu.products.lending.rate.RatePath;
import cn.jingshu.products.lending.schedule.Amortisation;
import cn.jingshu.products.lending.schedule.DayCount;
import cn.jingshu.products.lending.schedule.Grace;
import cn.jingshu.products.lending.schedule.InterestBasis;
import cn.jingshu.products.lending.schedule.LoanTerms;
import cn.jingshu.products.lending.schedule.MonthEnd;
import cn.jingshu.products.lending.schedule.PaymentDates;
import cn.jingshu.products.lending.schedule.Prepayment;
import cn.jingshu.products.lending.schedule.RepaymentMethod;
import cn.jingshu.products.lending.schedule.Rounding;
import cn.jingshu.products.lending.schedule.Schedule;
import cn.jingshu.products.lending.v1.Instalment;
import cn.jingshu.products.lending.v1.Rate;
import cn.jingshu.products.lending.v1.ScheduleRequest;
import cn.jingshu.products.lending.v1.ScheduleResponse;
import cn.jingshu.products.lending.v1.Standing;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Works out repayment schedules; reads nobody's data. */
final class ScheduleOperation {
    static final String FORMULA = "schedule-1";
    private final LprHistory lpr;

    ScheduleOperation(LprHistory lpr) {
        this.lpr = lpr;
    }

    CompletionStage<Answer<ScheduleResponse>> answer(CallFacts facts, ScheduleRequest request) {
        try {
            LocalDate asOf = request.getAsOf().isEmpty() ? Requests.today(facts) : Requests.day("asOf", request.getAsOf());
            LoanTerms terms = terms(request, asOf);
            return CompletableFuture.completedFuture(Answer.of(response(terms, Amortisation.schedule(terms), asOf)));
        } catch (RefusedException refused) {
            return CompletableFuture.completedFuture(refused.answer());
        }
    }

    private LoanTerms terms(ScheduleRequest request, LocalDate asOf) {
        int every = Math.max(1, request.getEveryMonths());
        if (request.getMonths() % every != 0) {
            throw RefusedException.invalid("everyMonths", "须整除 months", "must divide months");
        }
        int payments = request.getMonths() / every;
        LocalDate drawn = Requests.day("drawnOn", request.getDrawnOn());
        PaymentDates dates = dates(request, drawn, every);
        LocalDate last = dates.date(payments);
        Grace grace = new Grace(request.getGracePrincipalPayments(), request.getGraceInterestPayments(), request.getInterestFreePayments());
        if (Math.max(grace.principalPayments(), Math.max(grace.interestDeferredPayments(), grace.interestFreePayments())) >= payments) {
            throw RefusedException.invalid("gracePrincipalPayments", "宽限期数须少于还款期数", "grace must leave at least one payment");
        }
        return new LoanTerms(request.getPrincipalFen(), method(request), payments, drawn, dates,
                path(request.getRate(), request.getMonths(), drawn, last, asOf), basis(request), dayCount(request), rounding(request), grace,
                prepayments(request, drawn, last));
    }

    private static PaymentDates dates(ScheduleRequest request, LocalDate drawn, int every) {
        MonthEnd monthEnd = request.getMonthEnd() == cn.jingshu.products.lending.v1.MonthEnd.LAST_DAY ? MonthEnd.LAST_DAY : MonthEnd.SAME_DAY;
        boolean said = !request.getFirstPaymentOn().isEmpty();
        LocalDate first;
        int day;
        if (said) {
            first = Requests.day("firstPaymentOn", request.getFirstPaymentOn());
            day = request.getPaymentDay() == 0 ? first.getDayOfMonth() : request.getPaymentDay();
        } else {
            day = request.getPaymentDay() == 0 ? drawn.getDayOfMonth() : request.getPaymentDay();
            YearMonth month = YearMonth.from(drawn).plusMonths(every);
            boolean atEnd = monthEnd == MonthEnd.LAST_DAY && request.getPaymentDay() == 0 && drawn.getDayOfMonth() == drawn.lengthOfMonth();
            first = atEnd ? month.atEndOfMonth() : month.atDay(Math.min(day, month.lengthOfMonth()));
            day = atEnd ? first.getDayOfMonth() : day;
        }
        if (!first.isAfter(drawn)) {
            throw RefusedException.invalid("firstPaymentOn", "须晚于放款日", "must be after drawnOn");
        }
        if (first.getDayOfMonth() != Math.min(day, first.lengthOfMonth())) {
            throw RefusedException.invalid("paymentDay", "首个还款日不在该还款日上", "the first payment does not fall on it");
        }
        return new PaymentDates(first, day, every, monthEnd);
    }

    private RatePath path(Rate rate, int months, LocalDate drawn, LocalDate last, LocalDate asOf) {
        Requests.requireOne(rate);
        if (rate.hasAnnualPercent()) {
            return RatePath.fixed(Requests.fraction(rate.getAnnualPercent()));
        }
        LprHistory.Repricing repricing = switch (rate.getLpr().getRepricing()) {
            case NEVER -> LprHistory.Repricing.NONE;
            case REPRICING_UNSPECIFIED, EACH_JANUARY, UNRECOGNIZED -> LprHistory.Repricing.EACH_JANUARY;
            case EACH_ANNIVERSARY -> LprHistory.Repricing.EACH_ANNIVERSARY;
            case EACH_QUARTER -> LprHistory.Repricing.EACH_QUARTER;
        };
        try {
            return lpr.path(Requests.tenor(rate.getLpr(), months), Requests.spread(rate.getLpr()), drawn, repricing, last, asOf);
        } catch (MissingLprException missing) {
            throw Requests.missing(missing);
        }
    }

    private static List<Prepayment> prepayments(ScheduleRequest request, LocalDate drawn, LocalDate last) {
        List<Prepayment> prepayments = new ArrayList<>();
        for (int i = 0; i < request.getPrepaymentsCount(); i++) {
            var given = request.getPrepayments(i);
            String field = "prepayments[" + i + "].paidOn";
            LocalDate day = Requests.day(field, given.getPaidOn());
            if (!day.isAfter(drawn) || !day.isBefore(last)) {
                throw RefusedException.invalid(field, "须在放款日之后、末期还款日之前", "must lie after drawnOn and before the last payment");
            }
            prepayments.add(new Prepayment(day, given.getAmountFen(), switch (given.getEffect()) {
                case PREPAYMENT_EFFECT_UNSPECIFIED, SHORTER_TERM, UNRECOGNIZED -> Prepayment.Effect.SHORTER_TERM;
                case LOWER_INSTALMENT -> Prepayment.Effect.LOWER_INSTALMENT;
            }));
        }
        return prepayments;
    }

    private static ScheduleResponse response(LoanTerms terms, Schedule schedule, LocalDate asOf) {
        ScheduleResponse.Builder response = ScheduleResponse.newBuilder()
                .setFirstInstalmentFen(schedule.firstInstalmentFen())
                .setLastInstalmentFen(schedule.lastInstalmentFen())
                .setTotalInterestFen(schedule.totalInterestFen())
                .setTotalPaidFen(schedule.totalPaidFen())
                .setRoundingZh(roundingZh(terms.rounding()))
                .setRoundingEn(roundingEn(terms.rounding()))
                .setFormulaVersion(FORMULA);
        LocalDate assumed = terms.rate().assumedFrom();
        if (assumed != null) {
            response.setRateAssumedFrom(assumed.toString());
        }
        String next = "";
        for (var instalment : schedule.instalments()) {
            response.addInstalments(Instalment.newBuilder()
                    .setNumber(instalment.number())
                    .setDueOn(instalment.dueOn().toString())
                    .setDays(instalment.days())
                    .setAnnualPercent(instalment.annualRate().multiply(BigDecimal.valueOf(100)).doubleValue())
                    .setPaymentFen(instalment.paymentFen())
                    .setPrincipalFen(instalment.principalFen())
                    .setInterestFen(instalment.interestFen())
                    .setBalanceFen(instalment.balanceFen()));
            if (next.isEmpty() && instalment.number() > 0 && instalment.dueOn().isAfter(asOf)) {
                next = instalment.dueOn().toString();
            }
        }
        return response.setStanding(Standing.newBuilder()
                        .setAsOf(asOf.toString())
                        .setPaymentsDue(schedule.paymentsDueBy(asOf))
                        .setBalanceFen(schedule.balanceFenOn(asOf))
                        .setNextDueOn(next))
                .build();
    }

    private static String roundingZh(Rounding rounding) {
        return switch (rounding) {
            case EXACT -> "全程精确计算,累计已还与累计本金各只四舍五入一次到分;各期相差不超过一分,合计与余额精确。";
            case INSTALMENT_TO_FEN -> "等额月供与每期利息四舍五入到分,余差归末期。";
            case INSTALMENT_TO_YUAN -> "等额月供四舍五入到元,每期利息到分,余差归末期。";
        };
    }

    private static String roundingEn(Rounding rounding) {
        return switch (rounding) {
            case EXACT -> "Carried exactly; what is paid and what is repaid in all are each rounded once, half up, to the fen, so an instalment may"
                    + " be a fen beside the regular one while totals and balances are exact.";
            case INSTALMENT_TO_FEN -> "The equal instalment and each interest are rounded half up to the fen; the last payment takes the residue.";
            case INSTALMENT_TO_YUAN -> "The equal instalment is rounded half up to the yuan, each interest to the fen; the last payment takes the residue.";
        };
    }

    private static RepaymentMethod method(ScheduleRequest request) {
        return switch (request.getMethod()) {
            case METHOD_UNSPECIFIED, EQUAL_INSTALMENTS, UNRECOGNIZED -> RepaymentMethod.EQUAL_INSTALMENTS;
            case EQUAL_PRINCIPAL -> RepaymentMethod.EQUAL_PRINCIPAL;
            case FLAT -> RepaymentMethod.FLAT;
            case INTEREST_FIRST -> RepaymentMethod.INTEREST_FIRST;
        };
    }

    private static InterestBasis basis(ScheduleRequest request) {
        return switch (request.getBasis()) {
            case BASIS_UNSPECIFIED, MONTHLY, UNRECOGNIZED -> InterestBasis.MONTHLY;
            case DAILY -> InterestBasis.DAILY;
        };
    }

    private static DayCount dayCount(ScheduleRequest request) {
        return switch (request.getDayCount()) {
            case DAY_COUNT_UNSPECIFIED, ACTUAL_360, UNRECOGNIZED -> DayCount.ACTUAL_360;
            case ACTUAL_365 -> DayCount.ACTUAL_365;
            case ACTUAL_ACTUAL -> DayCount.ACTUAL_ACTUAL;
            case THIRTY_360 -> DayCount.THIRTY_360;
        };
    }

    private static Rounding rounding(ScheduleRequest request) {
        return switch (request.getRounding()) {
            case ROUNDING_UNSPECIFIED, EXACT, UNRECOGNIZED -> Rounding.EXACT;
            case INSTALMENT_TO_FEN -> Rounding.INSTALMENT_TO_FEN;
            case INSTALMENT_TO_YUAN -> Rounding.INSTALMENT_TO_YUAN;
        };
    }
}

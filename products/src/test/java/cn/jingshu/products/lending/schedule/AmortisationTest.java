package cn.jingshu.products.lending.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.lending.rate.RatePath;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class AmortisationTest {
    private static final LocalDate DRAWN = LocalDate.of(2024, 1, 31);

    private static LoanTerms loan(long yuan, RepaymentMethod method, int months, String percent) {
        return LoanTerms.monthly(yuan * 100, method, months, new BigDecimal(percent).movePointLeft(2), DRAWN);
    }

    @Test
    void theFiguresOfPublicCalculatorsHoldWithoutAnyFile() {
        Schedule equal = Amortisation.schedule(loan(1_000_000, RepaymentMethod.EQUAL_INSTALMENTS, 360, "4.9"));
        assertThat(equal.firstInstalmentFen()).isEqualTo(530_727);
        assertThat(equal.totalInterestFen()).isEqualTo(91_061_619);
        assertThat(equal.instalments().get(11).balanceFen()).isEqualTo(98_497_841);
        assertThat(equal.instalments().getFirst().paymentFen()).isEqualTo(530_727);
        Schedule principal = Amortisation.schedule(loan(1_000_000, RepaymentMethod.EQUAL_PRINCIPAL, 360, "4.9"));
        assertThat(principal.firstInstalmentFen()).isEqualTo(686_111);
        assertThat(principal.lastInstalmentFen()).isEqualTo(278_912);
        assertThat(principal.totalInterestFen()).isEqualTo(73_704_167);
    }

    @Test
    void whatABankBooksIsInterestOnTheRoundedBalance() {
        Schedule booked = Amortisation.schedule(loan(1_000_000, RepaymentMethod.EQUAL_INSTALMENTS, 360, "4.9").with(Rounding.INSTALMENT_TO_FEN));
        Instalment first = booked.instalments().getFirst();
        assertThat(List.of(first.paymentFen(), first.interestFen(), first.principalFen())).containsExactly(530_727L, 408_333L, 122_394L);
        assertThat(booked.totalInterestFen()).isEqualTo(91_061_512);
        assertThat(booked.instalments().getLast().paymentFen()).isEqualTo(530_519); // takes the residue
    }

    @Test
    void withoutInterestEachPaymentIsPrincipal() {
        Schedule free = Amortisation.schedule(loan(1_000_000, RepaymentMethod.EQUAL_INSTALMENTS, 360, "0"));
        assertThat(free.totalInterestFen()).isZero();
        assertThat(free.firstInstalmentFen()).isEqualTo(277_778);
        assertThat(free.instalments()).allMatch(i -> i.paymentFen() == 277_777 || i.paymentFen() == 277_778);
    }

    @Test
    void oneMonthIsOnePayment() {
        for (RepaymentMethod method : RepaymentMethod.values()) {
            Schedule schedule = Amortisation.schedule(loan(10_000, method, 1, "6"));
            assertThat(schedule.instalments()).hasSize(1);
            assertThat(schedule.totalPaidFen()).isEqualTo(1_005_000);
        }
    }

    @Test
    void aFenOverManyYearsIsRepaidOnce() {
        for (Rounding rounding : Rounding.values()) {
            Schedule schedule = Amortisation.schedule(LoanTerms.monthly(1, RepaymentMethod.EQUAL_INSTALMENTS, 1_200, new BigDecimal("0.24"), DRAWN)
                    .with(rounding));
            assertThat(schedule.instalments().getLast().balanceFen()).isZero();
        }
    }

    @Test
    void flatInterestIsOnTheWholeLoan() {
        Schedule flat = Amortisation.schedule(loan(12_000, RepaymentMethod.FLAT, 12, "12"));
        assertThat(flat.instalments()).allMatch(i -> i.interestFen() == 12_000 && i.principalFen() == 100_000);
    }

    @Test
    void interestFirstRepaysAtTheEnd() {
        Schedule schedule = Amortisation.schedule(loan(120_000, RepaymentMethod.INTEREST_FIRST, 12, "3.45"));
        assertThat(schedule.instalments().stream().limit(11)).allMatch(i -> i.principalFen() == 0 && i.interestFen() == 34_500);
        assertThat(schedule.instalments().getLast().principalFen()).isEqualTo(12_000_000);
    }

    @Test
    void endsOfMonthsAreKeptAndLeapYearsCounted() {
        PaymentDates same = new PaymentDates(LocalDate.of(2024, 2, 29), 31, 1, MonthEnd.SAME_DAY);
        assertThat(List.of(same.date(1), same.date(2), same.date(3), same.date(13), same.date(25))).containsExactly(
                LocalDate.of(2024, 2, 29), LocalDate.of(2024, 3, 31), LocalDate.of(2024, 4, 30), LocalDate.of(2025, 2, 28), LocalDate.of(2026, 2, 28));
        PaymentDates last = new PaymentDates(LocalDate.of(2023, 4, 30), 30, 1, MonthEnd.LAST_DAY);
        assertThat(last.date(2)).isEqualTo(LocalDate.of(2023, 5, 31));
        assertThat(last.date(11)).isEqualTo(LocalDate.of(2024, 2, 29));
        PaymentDates thirtieth = PaymentDates.monthlyFrom(LocalDate.of(2023, 4, 30));
        assertThat(thirtieth.date(2)).isEqualTo(LocalDate.of(2023, 5, 30));
    }

    @Test
    void dailyInterestFollowsTheDayCount() {
        LoanTerms year = new LoanTerms(100_000_000, RepaymentMethod.INTEREST_FIRST, 1, LocalDate.of(2023, 7, 1),
                new PaymentDates(LocalDate.of(2024, 7, 1), 1, 12, MonthEnd.SAME_DAY), RatePath.fixed(new BigDecimal("0.036")),
                InterestBasis.DAILY, DayCount.ACTUAL_360, Rounding.EXACT, Grace.NONE, List.of());
        assertThat(Amortisation.schedule(year).totalInterestFen()).isEqualTo(3_660_000); // 366 days
        assertThat(Amortisation.schedule(year.with(InterestBasis.DAILY, DayCount.ACTUAL_365)).totalInterestFen()).isEqualTo(3_609_863);
        // 184 days of 2023 over 365, 182 of 2024 over 366
        assertThat(Amortisation.schedule(year.with(InterestBasis.DAILY, DayCount.ACTUAL_ACTUAL)).totalInterestFen()).isEqualTo(3_604_958);
        assertThat(Amortisation.schedule(year.with(InterestBasis.DAILY, DayCount.THIRTY_360)).totalInterestFen()).isEqualTo(3_600_000);
    }

    /** 银发〔2005〕129号: whole months by the month, odd days by the day. */
    @Test
    void aFirstPeriodOfOddDaysPaysThemByTheDay() {
        LoanTerms terms = new LoanTerms(100_000_000, RepaymentMethod.INTEREST_FIRST, 2, LocalDate.of(2024, 1, 10),
                new PaymentDates(LocalDate.of(2024, 2, 20), 20, 1, MonthEnd.SAME_DAY), RatePath.fixed(new BigDecimal("0.036")),
                InterestBasis.MONTHLY, DayCount.ACTUAL_360, Rounding.EXACT, Grace.NONE, List.of());
        // a month of 3,000 yuan and ten days of 100
        assertThat(Amortisation.schedule(terms).instalments().getFirst().interestFen()).isEqualTo(400_000);
    }

    @Test
    void aNewRateSplitsThePeriodByDaysAndSetsANewInstalment() {
        LoanTerms terms = loan(1_000_000, RepaymentMethod.EQUAL_INSTALMENTS, 360, "4.2").with(new RatePath(List.of(
                new RatePath.Step(LocalDate.MIN, new BigDecimal("0.042")), new RatePath.Step(LocalDate.of(2025, 1, 1), new BigDecimal("0.036"))), null));
        List<Instalment> rows = Amortisation.schedule(terms).instalments();
        assertThat(rows.get(10).paymentFen()).isCloseTo(489_017, within(1L));
        Instalment split = rows.get(11); // 31 December to 31 January: one day old, thirty new
        BigDecimal expected = BigDecimal.valueOf(rows.get(10).balanceFen()).multiply(
                new BigDecimal("0.042").add(new BigDecimal("0.036").multiply(BigDecimal.valueOf(30))))
                .divide(BigDecimal.valueOf(12 * 31), 0, RoundingMode.HALF_UP);
        assertThat(split.interestFen()).isCloseTo(expected.longValueExact(), within(1L));
        // 348 payments are left at the new rate
        BigDecimal anew = Amortisation.equalInstalment(split.balanceFen(), new BigDecimal("0.036"), 348);
        assertThat(rows.get(12).paymentFen()).isCloseTo(anew.longValue(), within(1L));
        assertThat(rows.get(12).annualRate()).isEqualByComparingTo("0.036");
    }

    @Test
    void aPrepaymentShortensTheTermOrLowersTheInstalment() {
        LoanTerms terms = loan(1_000_000, RepaymentMethod.EQUAL_INSTALMENTS, 360, "4.9");
        LocalDate day = LocalDate.of(2026, 1, 31); // a payment day: after that day's payment
        Schedule shorter = Amortisation.schedule(terms.with(List.of(new Prepayment(day, 20_000_000, Prepayment.Effect.SHORTER_TERM))));
        Schedule lower = Amortisation.schedule(terms.with(List.of(new Prepayment(day, 20_000_000, Prepayment.Effect.LOWER_INSTALMENT))));
        Instalment paid = lower.instalments().stream().filter(i -> i.number() == 0).findFirst().orElseThrow();
        assertThat(paid.principalFen()).isEqualTo(20_000_000);
        assertThat(paid.interestFen()).isZero();
        assertThat(lower.instalments().getLast().number()).isEqualTo(360);
        assertThat(lower.instalments().get(30).paymentFen())
                .isCloseTo(Amortisation.equalInstalment(paid.balanceFen(), new BigDecimal("0.049"), 336).longValue(),
                        within(1L));
        assertThat(shorter.instalments().getLast().number()).isLessThan(360);
        assertThat(shorter.instalments().get(30).paymentFen()).isCloseTo(530_727, within(1L));
        assertThat(shorter.instalments().getLast().paymentFen()).isLessThanOrEqualTo(530_728);
        assertThat(shorter.totalInterestFen()).isLessThan(lower.totalInterestFen());
    }

    @Test
    void aPrepaymentBetweenPaymentsStopsInterestOnItsDay() {
        LoanTerms terms = loan(310_000, RepaymentMethod.INTEREST_FIRST, 12, "12").with(
                List.of(new Prepayment(LocalDate.of(2024, 3, 15), 15_500_000, Prepayment.Effect.LOWER_INSTALMENT)));
        // 29 February to 31 March: 15 of 31 days on the whole, 16 on half of it, of a month's 3,100 yuan
        Instalment march = Amortisation.schedule(terms).instalments().get(2);
        assertThat(march.interestFen()).isEqualTo(310_000L * 15 / 31 + 310_000L * 16 / 31 / 2);
    }

    @Test
    void repayingEverythingEndsTheLoanWithItsInterest() {
        LoanTerms terms = loan(310_000, RepaymentMethod.EQUAL_INSTALMENTS, 12, "12").with(
                List.of(new Prepayment(LocalDate.of(2024, 2, 15), Long.MAX_VALUE, Prepayment.Effect.SHORTER_TERM)));
        Schedule schedule = Amortisation.schedule(terms);
        assertThat(schedule.instalments()).hasSize(1);
        assertThat(schedule.instalments().getFirst().principalFen()).isEqualTo(31_000_000);
        assertThat(schedule.instalments().getFirst().interestFen()).isEqualTo(Math.round(310_000.0 * 15 / 29));
    }

    @Test
    void interestThatIsFreeNeverFallsDueAndInterestThatIsDeferredDoes() {
        LoanTerms terms = loan(5_000, RepaymentMethod.EQUAL_PRINCIPAL, 18, "12");
        Schedule free = Amortisation.schedule(terms.with(new Grace(3, 0, 3)));
        Schedule deferred = Amortisation.schedule(terms.with(new Grace(3, 3, 0)));
        assertThat(free.instalments().stream().limit(3)).allMatch(i -> i.paymentFen() == 0);
        assertThat(deferred.instalments().get(3).interestFen()).isEqualTo(20_000);
        assertThat(deferred.totalInterestFen() - free.totalInterestFen()).isEqualTo(15_000);
    }

    @Test
    void theLargestLoanOfAnInstalmentIsWhatItRepays() {
        long principal = Amortisation.principalFor(530_727, new BigDecimal("0.049"), 360);
        assertThat(Amortisation.equalInstalment(principal, new BigDecimal("0.049"), 360)).isLessThanOrEqualTo(BigDecimal.valueOf(530_727));
        assertThat(Amortisation.equalInstalment(principal + 1, new BigDecimal("0.049"), 360)).isGreaterThan(BigDecimal.valueOf(530_727));
        assertThat(Amortisation.principalFor(1_000, BigDecimal.ZERO, 12)).isEqualTo(12_000);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> loan(0, RepaymentMethod.FLAT, 12, "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> loan(1, RepaymentMethod.FLAT, 12, "1").with(new Grace(12, 0, 0))).hasMessageContaining("grace");
        assertThatThrownBy(() -> new PaymentDates(LocalDate.of(2024, 1, 30), 31, 1, MonthEnd.SAME_DAY)).hasMessageContaining("31");
        assertThatThrownBy(() -> RatePath.fixed(new BigDecimal("-0.01"))).isInstanceOf(IllegalArgumentException.class);
    }
}

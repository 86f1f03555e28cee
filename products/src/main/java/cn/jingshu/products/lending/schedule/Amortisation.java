package cn.jingshu.products.lending.schedule;

import cn.jingshu.products.lending.rate.RatePath;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Works out schedules.
 *
 * <p>A period's interest is the sum, over the stretches in which neither rate nor balance changes, of balance × yearly rate × part
 * of a year. With r<sub>s</sub> the interest of period s on one yuan, the equal instalment of a balance B over the periods t…n is
 * the A for which the payments are worth the balance: B = A · Σ<sub>s</sub> Π<sub>u=t…s</sub> 1/(1+r<sub>u</sub>) (for equal
 * periods the annuity formula A = B·i·(1+i)ⁿ/((1+i)ⁿ−1), at a rate of zero B/n). It is worked out anew where the rate changes and
 * at a prepayment that lowers it, from what is left and as if the new rate stayed.
 *
 * <p>Numbers are decimals of {@value #DIGITS} digits: a rate that does not end (a year's over twelve) is off by 10⁻⁷⁰ of itself, so the
 * one rounding to the fen sees the true value.
 */
public final class Amortisation {
    private static final int DIGITS = 70;
    private static final MathContext EXACT = new MathContext(DIGITS, RoundingMode.HALF_EVEN);
    private static final BigDecimal YUAN = BigDecimal.valueOf(100);
    private static final BigDecimal MONTHS = BigDecimal.valueOf(12);

    /** Below this a balance is what division left over: a quintillionth of a fen. */
    private static final BigDecimal NOTHING = new BigDecimal("1e-18");

    private final LoanTerms terms;
    private final boolean booked;
    private final Deque<Prepayment> prepayments;
    private final List<Paid> paid = new ArrayList<>();

    private BigDecimal balance;
    private BigDecimal equal = BigDecimal.ZERO; // the equal instalment, or the equal principal
    private boolean stale = true; // equal has to be worked out anew
    private boolean shorten; // the term has to be worked out anew
    private int end; // number of the last payment
    private BigDecimal deferred = BigDecimal.ZERO;
    private BigDecimal repaidInAll = BigDecimal.ZERO;
    private BigDecimal interestInAll = BigDecimal.ZERO;
    private BigDecimal first = BigDecimal.ZERO;
    private BigDecimal last = BigDecimal.ZERO;

    /** One payment with the exact sums up to and with it, in fen. */
    private record Paid(int number, LocalDate on, int days, BigDecimal repaid, BigDecimal interest) {}

    private Amortisation(LoanTerms terms) {
        this.terms = terms;
        this.booked = terms.rounding() != Rounding.EXACT;
        this.prepayments = new ArrayDeque<>(terms.prepayments());
        this.balance = BigDecimal.valueOf(terms.principalFen());
        this.end = terms.payments();
    }

    /** The schedule of a loan. @throws ArithmeticException if an amount does not fit into a long of fen */
    public static Schedule schedule(LoanTerms terms) {
        return new Amortisation(terms).run();
    }

    /** The equal instalment of a loan at one rate, not rounded, in fen: what a limit is reckoned with. */
    public static BigDecimal equalInstalment(long principalFen, BigDecimal annualRate, int months) {
        BigDecimal monthly = annualRate.divide(MONTHS, EXACT);
        return BigDecimal.valueOf(principalFen).divide(annuity(monthly, months), EXACT);
    }

    /** The largest loan in whole fen whose equal instalment is at most {@code paymentFen} a month. */
    public static long principalFor(long paymentFen, BigDecimal annualRate, int months) {
        return BigDecimal.valueOf(paymentFen).multiply(annuity(annualRate.divide(MONTHS, EXACT), months), EXACT)
                .setScale(0, RoundingMode.DOWN).longValueExact();
    }

    /** What one fen at the end of each of {@code periods} is worth now. */
    private static BigDecimal annuity(BigDecimal periodRate, int periods) {
        if (periodRate.signum() == 0) {
            return BigDecimal.valueOf(periods);
        }
        BigDecimal worth = BigDecimal.ONE.divide(BigDecimal.ONE.add(periodRate).pow(periods, EXACT), EXACT);
        return BigDecimal.ONE.subtract(worth).divide(periodRate, EXACT);
    }

    private Schedule run() {
        LocalDate start = terms.drawnOn();
        BigDecimal rateBefore = terms.rate().on(start);
        for (int number = 1; number <= end && !done(); number++) {
            LocalDate due = terms.dates().date(number);
            BigDecimal rate = terms.rate().on(start);
            stale |= terms.method() == RepaymentMethod.EQUAL_INSTALMENTS && rate.compareTo(rateBefore) != 0;
            rateBefore = rate;
            period(number, start, due);
            if (shorten && balance.signum() > 0) {
                end = shorterEnd(number, due);
            }
            shorten = false;
            start = due;
        }
        return new Schedule(terms.principalFen(), instalments(), fen(first), fen(last));
    }

    /**
     * Rounds the sums: what is paid and what is repaid up to each payment once to the fen, interest is the difference. Of two
     * roundings the difference may step back by a fen where hardly any interest arises; it is held where it was, and never above
     * all the interest there is.
     */
    private List<Instalment> instalments() {
        List<Instalment> rows = new ArrayList<>();
        long inAll = fen(interestInAll);
        long repaid = 0;
        long interest = 0;
        for (Paid payment : paid) {
            long repaidNow = fen(payment.repaid());
            long interestNow = Math.min(Math.max(interest, fen(payment.repaid().add(payment.interest())) - repaidNow), inAll);
            rows.add(new Instalment(payment.number(), payment.on(), payment.days(), terms.rate().on(payment.on().minusDays(1)),
                    repaidNow - repaid, interestNow - interest, terms.principalFen() - repaidNow));
            repaid = repaidNow;
            interest = interestNow;
        }
        return rows;
    }

    /** True: nothing is left to be paid. A flat loan owes its interest to the end. */
    private boolean done() {
        return balance.signum() == 0 && deferred.signum() == 0
                && (terms.method() != RepaymentMethod.FLAT || !terms.prepayments().isEmpty());
    }

    private void period(int number, LocalDate from, LocalDate due) {
        BigDecimal interest = BigDecimal.ZERO;
        LocalDate at = from;
        while (!prepayments.isEmpty() && prepayments.getFirst().paidOn().isBefore(due)) {
            Prepayment prepayment = prepayments.removeFirst();
            interest = interest.add(interest(number, from, due, at, prepayment.paidOn()), EXACT);
            at = prepayment.paidOn();
            if (BigDecimal.valueOf(prepayment.amountFen()).compareTo(balance) >= 0) {
                pay(0, at, 0, balance, rounded(interest).add(deferred));
                deferred = BigDecimal.ZERO;
                return;
            }
            pay(0, at, 0, BigDecimal.valueOf(prepayment.amountFen()), BigDecimal.ZERO);
            take(prepayment.effect());
        }
        interest = rounded(interest.add(interest(number, from, due, at, due), EXACT));
        BigDecimal principal = principal(number, from, interest);
        if (number <= terms.grace().interestDeferredPayments()) {
            deferred = deferred.add(interest);
            interest = BigDecimal.ZERO;
        } else {
            interest = interest.add(deferred);
            deferred = BigDecimal.ZERO;
        }
        if (first.signum() == 0 && number > terms.grace().longest()) {
            first = principal.add(interest);
        }
        last = principal.add(interest);
        pay(number, due, (int) ChronoUnit.DAYS.between(from, due), principal, interest);
        prepayOn(due);
    }

    /** A prepayment on a payment day comes after that day's payment. */
    private void prepayOn(LocalDate due) {
        while (!prepayments.isEmpty() && prepayments.getFirst().paidOn().equals(due) && balance.signum() > 0) {
            Prepayment prepayment = prepayments.removeFirst();
            BigDecimal amount = BigDecimal.valueOf(prepayment.amountFen()).min(balance);
            BigDecimal owed = amount.compareTo(balance) == 0 ? deferred : BigDecimal.ZERO;
            deferred = deferred.subtract(owed);
            pay(0, due, 0, amount, owed);
            take(prepayment.effect());
        }
    }

    private void take(Prepayment.Effect effect) {
        switch (effect) {
            case LOWER_INSTALMENT -> stale = true;
            case SHORTER_TERM -> shorten = !stale; // before the first instalment there is none that could stay
        }
    }

    /** The payment with which the loan ends if the instalments stay as they are. */
    private int shorterEnd(int paid, LocalDate at) {
        int number = paid;
        BigDecimal left = balance;
        LocalDate from = at;
        while (number < end && left.compareTo(NOTHING) > 0 && equal.signum() > 0) {
            number++;
            LocalDate due = terms.dates().date(number);
            BigDecimal interest = terms.method() == RepaymentMethod.EQUAL_INSTALMENTS
                    ? left.multiply(factor(number, from, due, from, due, RatePath.fixed(terms.rate().on(at))), EXACT)
                    : BigDecimal.ZERO;
            left = left.add(interest, EXACT).subtract(equal, EXACT);
            from = due;
        }
        return left.compareTo(NOTHING) > 0 ? end : number;
    }

    private BigDecimal principal(int number, LocalDate from, BigDecimal interest) {
        if (number == end) {
            return balance;
        }
        if (number <= terms.grace().principalPayments() || terms.method() == RepaymentMethod.INTEREST_FIRST) {
            return BigDecimal.ZERO;
        }
        if (stale) {
            equal = equal(number, from, interest);
            stale = false;
        }
        BigDecimal principal = switch (terms.method()) {
            case EQUAL_INSTALMENTS -> equal.subtract(interest);
            case EQUAL_PRINCIPAL, FLAT -> equal;
            case INTEREST_FIRST -> BigDecimal.ZERO;
        };
        return principal.max(BigDecimal.ZERO).min(balance);
    }

    private BigDecimal equal(int number, LocalDate from, BigDecimal interest) {
        int left = end - number + 1;
        BigDecimal share = balance.divide(BigDecimal.valueOf(left), EXACT);
        return switch (terms.method()) {
            case EQUAL_INSTALMENTS -> instalmentRounded(balance.divide(worthOfOne(number, from), EXACT));
            // What is rounded is the instalment; its interest is known.
            case FLAT -> booked ? instalmentRounded(share.add(interest)).subtract(interest) : share;
            case EQUAL_PRINCIPAL, INTEREST_FIRST -> booked ? fenOf(share) : share;
        };
    }

    /** What one fen with each payment from {@code number} on is worth at {@code from}, if the rate of that day stayed. */
    private BigDecimal worthOfOne(int number, LocalDate from) {
        RatePath stays = RatePath.fixed(terms.rate().on(from));
        BigDecimal worth = BigDecimal.ONE;
        BigDecimal sum = BigDecimal.ZERO;
        LocalDate at = from;
        for (int s = number; s <= end; s++) {
            LocalDate due = terms.dates().date(s);
            BigDecimal factor = factor(s, at, due, at, due, stays);
            worth = worth.divide(BigDecimal.ONE.add(factor), EXACT);
            sum = sum.add(worth, EXACT);
            at = due;
        }
        return sum;
    }

    /** Interest that arises from {@code from} to {@code to}, inside the period from {@code start} to {@code due}. */
    private BigDecimal interest(int number, LocalDate start, LocalDate due, LocalDate from, LocalDate to) {
        BigDecimal on = terms.method() == RepaymentMethod.FLAT ? BigDecimal.valueOf(terms.principalFen()) : balance;
        return on.multiply(factor(number, start, due, from, to, terms.rate()), EXACT);
    }

    private BigDecimal factor(int number, LocalDate start, LocalDate due, LocalDate from, LocalDate to, RatePath rates) {
        if (number <= terms.grace().interestFreePayments()) {
            return BigDecimal.ZERO;
        }
        List<LocalDate> ends = new ArrayList<>(rates.changesWithin(from, to));
        ends.add(to);
        BigDecimal sum = BigDecimal.ZERO;
        LocalDate at = from;
        for (LocalDate end : ends) {
            sum = sum.add(rates.on(at).multiply(years(number, start, due, at, end), EXACT), EXACT);
            at = end;
        }
        return sum;
    }

    private BigDecimal years(int number, LocalDate start, LocalDate due, LocalDate from, LocalDate to) {
        if (terms.basis() == InterestBasis.DAILY) {
            return terms.dayCount().years(from, to, EXACT);
        }
        BigDecimal whole = number == 1 ? firstPeriod(start, due)
                : BigDecimal.valueOf(terms.dates().everyMonths()).divide(MONTHS, EXACT);
        if (from.equals(start) && to.equals(due)) {
            return whole;
        }
        return whole.multiply(BigDecimal.valueOf(ChronoUnit.DAYS.between(from, to)), EXACT)
                .divide(BigDecimal.valueOf(ChronoUnit.DAYS.between(start, due)), EXACT);
    }

    /** Whole months as months, odd days by the day count; a first payment on the payment day after whole months has none. */
    private BigDecimal firstPeriod(LocalDate drawn, LocalDate due) {
        long months = ChronoUnit.MONTHS.between(drawn.withDayOfMonth(1), due.withDayOfMonth(1));
        LocalDate reached = terms.dates().monthEnd() == MonthEnd.LAST_DAY && drawn.getDayOfMonth() == drawn.lengthOfMonth()
                        && due.getDayOfMonth() == due.lengthOfMonth()
                ? due : drawn.plusMonths(months);
        if (reached.isAfter(due)) {
            months--;
            reached = drawn.plusMonths(months);
        }
        return BigDecimal.valueOf(months).divide(MONTHS, EXACT).add(terms.dayCount().years(reached, due, EXACT), EXACT);
    }

    private void pay(int number, LocalDate on, int days, BigDecimal principal, BigDecimal interest) {
        balance = balance.subtract(principal, EXACT);
        repaidInAll = repaidInAll.add(principal, EXACT);
        if (balance.compareTo(NOTHING) < 0) {
            balance = BigDecimal.ZERO;
            repaidInAll = BigDecimal.valueOf(terms.principalFen());
        }
        interestInAll = interestInAll.add(interest, EXACT);
        paid.add(new Paid(number, on, days, repaidInAll, interestInAll));
    }

    private BigDecimal rounded(BigDecimal interest) {
        return booked ? fenOf(interest) : interest;
    }

    private BigDecimal instalmentRounded(BigDecimal instalment) {
        return switch (terms.rounding()) {
            case EXACT -> instalment;
            case INSTALMENT_TO_FEN -> fenOf(instalment);
            case INSTALMENT_TO_YUAN ->
                instalment.divide(YUAN, EXACT).setScale(0, RoundingMode.HALF_UP).multiply(YUAN);
        };
    }

    private static BigDecimal fenOf(BigDecimal amount) {
        return amount.setScale(0, RoundingMode.HALF_UP);
    }

    private static long fen(BigDecimal amount) {
        return fenOf(amount).longValueExact();
    }
}

package cn.jingshu.products.lending.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.lending.rate.RatePath;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Laws every schedule keeps, over made-up loans; a failure names the seed. */
class AmortisationPropertyTest {
    private static final MathContext DIGITS = new MathContext(60);

    @Test
    void principalAddsUpBalancesFallAndNothingIsBelowZero() {
        for (int seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            LoanTerms terms = terms(random);
            Schedule schedule = Amortisation.schedule(terms);
            String at = "seed " + seed + " " + terms;
            long balance = terms.principalFen();
            LocalDate day = terms.drawnOn();
            for (Instalment row : schedule.instalments()) {
                assertThat(row.principalFen()).as(at).isNotNegative();
                assertThat(row.interestFen()).as(at).isNotNegative();
                assertThat(row.balanceFen()).as(at).isEqualTo(balance - row.principalFen());
                assertThat(row.dueOn()).as(at).isAfterOrEqualTo(day);
                balance = row.balanceFen();
                day = row.dueOn();
            }
            assertThat(balance).as(at).isZero();
            assertThat(schedule.totalPaidFen()).as(at).isEqualTo(terms.principalFen() + schedule.totalInterestFen());
        }
    }

    /** The closed formula of the annuity, which the schedule does not use. */
    @Test
    void exactBalancesAndTotalsAreThoseOfTheClosedFormula() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            long principal = 1 + random.nextLong(1_000_000_000_000L);
            int months = 1 + random.nextInt(600);
            BigDecimal rate = new BigDecimal(random.nextInt(1, 300_000)).movePointLeft(6); // up to 30 %, six digits
            Schedule schedule =
                    Amortisation.schedule(LoanTerms.monthly(principal, RepaymentMethod.EQUAL_INSTALMENTS, months, rate, LocalDate.of(2024, 1, 31)));
            BigDecimal i = rate.divide(BigDecimal.valueOf(12), DIGITS);
            BigDecimal growth = BigDecimal.ONE.add(i);
            BigDecimal all = growth.pow(months, DIGITS);
            BigDecimal instalment = BigDecimal.valueOf(principal).multiply(i, DIGITS).multiply(all, DIGITS).divide(all.subtract(BigDecimal.ONE), DIGITS);
            assertThat(schedule.firstInstalmentFen()).as("seed " + seed).isEqualTo(fen(instalment));
            assertThat(schedule.totalPaidFen()).as("seed " + seed).isEqualTo(fen(instalment.multiply(BigDecimal.valueOf(months), DIGITS)));
            int k = 1 + random.nextInt(months);
            BigDecimal grown = growth.pow(k, DIGITS);
            BigDecimal left = BigDecimal.valueOf(principal).multiply(grown, DIGITS)
                    .subtract(instalment.multiply(grown.subtract(BigDecimal.ONE), DIGITS).divide(i, DIGITS), DIGITS);
            assertThat(BigDecimal.valueOf(schedule.instalments().get(k - 1).balanceFen()).subtract(left).abs())
                    .as("seed " + seed).isLessThanOrEqualTo(new BigDecimal("0.5"));
        }
    }

    @Test
    void bookedInstalmentsAreEqualButTheLast() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int months = 2 + random.nextInt(400);
            Schedule schedule = Amortisation.schedule(LoanTerms.monthly(10_000_000L + random.nextLong(1_000_000_000L),
                    RepaymentMethod.EQUAL_INSTALMENTS, months, new BigDecimal(random.nextInt(0, 150_000)).movePointLeft(6),
                    LocalDate.of(2024, 1, 31)).with(Rounding.INSTALMENT_TO_FEN));
            List<Instalment> rows = schedule.instalments();
            assertThat(rows).hasSize(months);
            assertThat(rows.stream().limit(months - 1L).map(Instalment::paymentFen).distinct()).as("seed " + seed).hasSize(1);
            // half a fen a month, with what it earns
            assertThat(Math.abs(rows.getLast().paymentFen() - rows.getFirst().paymentFen())).as("seed " + seed).isLessThan(months * 40L);
        }
    }

    private static LoanTerms terms(Random random) {
        RepaymentMethod method = List.of(RepaymentMethod.values()).get(random.nextInt(4));
        int every = List.of(1, 1, 1, 3, 6).get(random.nextInt(5));
        int payments = 1 + random.nextInt(120);
        long principal = random.nextInt(5) == 0 ? 1 + random.nextInt(50) : 1 + random.nextLong(100_000_000_000L);
        LocalDate drawn = LocalDate.of(2019, 1, 1).plusDays(random.nextInt(4_000));
        LocalDate first = drawn.plusDays(1 + random.nextInt(60));
        List<RatePath.Step> steps = new ArrayList<>();
        steps.add(new RatePath.Step(LocalDate.MIN, rate(random)));
        for (int i = random.nextInt(4); i > 0; i--) {
            LocalDate after = steps.getLast().from().equals(LocalDate.MIN) ? drawn : steps.getLast().from();
            steps.add(new RatePath.Step(after.plusDays(1 + random.nextInt(900)), rate(random)));
        }
        Grace grace = payments < 4 || random.nextBoolean() ? Grace.NONE
                : new Grace(random.nextInt(payments), random.nextInt(payments), random.nextInt(payments));
        List<Prepayment> prepayments = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            prepayments.add(new Prepayment(drawn.plusDays(1 + random.nextInt(2_000)), 1 + random.nextLong(principal),
                    List.of(Prepayment.Effect.values()).get(random.nextInt(2))));
        }
        return new LoanTerms(principal, method, payments, drawn,
                new PaymentDates(first, first.getDayOfMonth(), every, List.of(MonthEnd.values()).get(random.nextInt(2))), new RatePath(steps, null),
                List.of(InterestBasis.values()).get(random.nextInt(2)), List.of(DayCount.values()).get(random.nextInt(4)), List.of(Rounding.values()).get(random.nextInt(3)), grace,
                prepayments);
    }

    private static BigDecimal rate(Random random) {
        return random.nextInt(6) == 0 ? BigDecimal.ZERO : new BigDecimal(random.nextInt(0, 250_000)).movePointLeft(6);
    }

    private static long fen(BigDecimal amount) {
        return amount.setScale(0, RoundingMode.HALF_UP).longValueExact();
    }
}

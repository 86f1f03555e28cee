package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RatingTest {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final Portion VAT = Portion.percent(6);
    private static final UnitPrice PRICE = UnitPrice.ofFen("0.37");
    private static final ChargeKey KEY = new ChargeKey(
            NOVEMBER, new UUID(1, 1), new UUID(1, 2), "library", "ListBooks", "INDUSTRY", "ROW", new UUID(1, 3));

    private static final UUID FIRST = new UUID(1, 4);

    private static List<Charge> rate(YearMonth month, long counted, Map<ChargeKey, Rating.Billed> before) {
        // A key of which nothing counts any more is not among the usage at all.
        List<PricedUsage> usage =
                counted == 0 ? List.of() : List.of(new PricedUsage(KEY, PRICE, UnitPrice.ofFen("0.5"), counted));
        return Rating.rate(month, usage, before, VAT);
    }

    private static Map<ChargeKey, Rating.Billed> billed(long quantity, Money amount) {
        return Map.of(KEY, new Rating.Billed(quantity, amount, Money.ZERO, FIRST, Basis.perUnit(PRICE, UnitPrice.ofFen("0.5"))));
    }

    @Test
    void whatWasVoidedAfterItWasBilledIsALineBelowZero() {
        Charge line = rate(NOVEMBER.plusMonths(1), 70, billed(100, Money.ofFen(37))).getFirst();
        assertThat(line.quantity()).isEqualTo(-30);
        assertThat(line.amount()).isEqualTo(Money.ofFen(26 - 37)); // 70 × 0.37 = 25.9
        assertThat(line.vat().isNegative()).isTrue();
        assertThat(line.isCorrection()).isTrue();
        assertThat(line.corrects()).isEqualTo(FIRST);
        assertThat(line.total()).isEqualTo(70);
    }

    @Test
    void aLineOfWhichEveryEventWasVoidedIsTakenBackWhole() {
        Charge line = rate(NOVEMBER.plusMonths(1), 0, billed(100, Money.ofFen(37))).getFirst();
        assertThat(line.quantity()).isEqualTo(-100);
        assertThat(line.amount()).isEqualTo(Money.ofFen(-37));
        assertThat(line.price()).isEqualTo(PRICE);
        assertThat(rate(NOVEMBER.plusMonths(2), 0, billed(0, Money.ZERO))).as("taken back once").isEmpty();
    }

    @Test
    void afterAnyLateUsageAndVoidsTheLinesAddUpToTheWholeRoundedOnce() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            Map<ChargeKey, Rating.Billed> before = new HashMap<>();
            for (int month = 0; month < 12; month++) {
                long counted = random.nextInt(4) == 0 ? 0 : random.nextLong(1_000);
                for (Charge line : rate(NOVEMBER.plusMonths(month), counted, before)) {
                    before.compute(KEY, (_, sum) -> sum == null ? Rating.Billed.of(line) : sum.plus(line));
                }
                Rating.Billed sum = before.getOrDefault(
                        KEY, new Rating.Billed(0, Money.ZERO, Money.ZERO, FIRST, Basis.perUnit(PRICE, null)));
                assertThat(sum.quantity()).as("seed %d", seed).isEqualTo(counted);
                assertThat(sum.amount()).as("seed %d", seed).isEqualTo(PRICE.times(counted));
            }
        }
    }

    private static Rating.Billed refunded(Rating.Billed of, Money given) {
        return new Rating.Billed(of.quantity(), of.amount(), of.shadow(), of.first(), of.basis(), of.refunded().plus(given));
    }

    @Test
    void whatARefundGaveBackNoCorrectionTakesBackAgain() {
        Rating.Billed all = billed(100, Money.ofFen(37)).get(KEY);
        Charge line = rate(NOVEMBER.plusMonths(1), 70, Map.of(KEY, refunded(Objects.requireNonNull(all), Money.ofFen(4)))).getFirst();
        assertThat(line.quantity()).isEqualTo(-30);
        assertThat(line.amount()).as("11 less the 4").isEqualTo(Money.ofFen(-7));
        assertThat(rate(NOVEMBER.plusMonths(2), 70, Map.of(KEY, refunded(all, Money.ofFen(4)).plus(line)))).as("once").isEmpty();
        assertThat(rate(NOVEMBER.plusMonths(1), 0, Map.of(KEY, refunded(all, Money.ofFen(37))))).singleElement()
                .satisfies(none -> assertThat(none.amount()).isEqualTo(Money.ZERO));
        assertThat(rate(NOVEMBER.plusMonths(1), 110, Map.of(KEY, refunded(all, Money.ofFen(37))))).singleElement()
                .satisfies(more -> assertThat(more.amount()).as("later usage is owed").isEqualTo(Money.ofFen(41 - 37)));
    }

    @Test
    void afterAnyRefundsVoidsAndLateUsageNothingIsGivenBackTwiceAndNothingIsLost() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            Rating.Billed sum = new Rating.Billed(0, Money.ZERO, Money.ZERO, FIRST, Basis.perUnit(PRICE, null));
            for (int month = 0; month < 12; month++) {
                long counted = random.nextInt(4) == 0 ? 0 : random.nextLong(1_000);
                for (Charge line : rate(NOVEMBER.plusMonths(month), counted, Map.of(KEY, sum))) {
                    sum = sum.plus(line);
                }
                Money owed = PRICE.times(counted);
                Money tooMuch = sum.amount().minus(owed);
                assertThat(sum.quantity()).as("seed %d", seed).isEqualTo(counted);
                assertThat(tooMuch.isNegative()).as("seed %d: all that is owed is charged", seed).isFalse();
                assertThat(tooMuch).as("seed %d: what is charged above it was refunded", seed).isLessThanOrEqualTo(sum.refunded());
                assertThat(sum.amount().minus(sum.refunded()).isNegative()).as("seed %d: no more is given back than was charged", seed).isFalse();
                long left = sum.amount().minus(sum.refunded()).fen(); // as much as a refund may give back
                if (left > 0 && random.nextBoolean()) {
                    sum = refunded(sum, Money.ofFen(1 + random.nextLong(left)));
                }
            }
        }
    }
}

package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
}

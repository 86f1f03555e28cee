package cn.jingshu.ledger.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;

/** Rounding over many periods favours nobody; jqwik prints the seed of every run. */
class CarryingPropertyTest {
    private static final int PERIODS = 600;

    /** @param spread 1: the same amount every time, which is what would favour the first party; more: up to so many fen */
    @Property(tries = 60)
    void overManyPeriodsEveryPartyHasItsExactPart(
            @ForAll @Size(min = 1, max = 9) List<@IntRange(min = 1, max = 1_000) Integer> weights,
            @ForAll @IntRange(min = 1, max = 100_000) int spread,
            @ForAll long seed) {
        List<Portion> portions = Portion.ofWeights(weights.stream().map(BigDecimal::valueOf).toList());
        List<BigDecimal> carried = Collections.nCopies(portions.size(), BigDecimal.ZERO);
        List<BigFraction> exact = new ArrayList<>(Collections.nCopies(portions.size(), BigFraction.ZERO));
        long[] given = new long[portions.size()];
        Random random = new Random(seed);
        long same = 1L + random.nextInt(1_000_000);
        for (int period = 0; period < PERIODS; period++) {
            Money whole = new Money(spread == 1 ? same : same + random.nextInt(spread));
            Allotment.Carrying split = Allotment.splitCarrying(whole, portions, carried);
            assertThat(Money.sum(split.parts())).isEqualTo(whole);
            for (int i = 0; i < portions.size(); i++) {
                BigFraction part = new BigFraction(portions.get(i).numerator(), portions.get(i).denominator())
                        .multiply(new BigFraction(whole.fen()));
                long fen = split.parts().get(i).fen();
                assertThat(part.subtract(fen).abs()).as("each single split is less than a fen away").isLessThan(BigFraction.ONE);
                exact.set(i, exact.get(i).add(part));
                given[i] += fen;
            }
            carried = split.carried();
        }
        for (int i = 0; i < portions.size(); i++) {
            assertThat(exact.get(i).subtract(given[i]).abs()).as("party %s of %s", i, weights)
                    .isLessThan(new BigFraction(portions.size()));
        }
    }

    @Test
    void threeEqualPartiesTakeTurns() {
        List<Portion> thirds = Collections.nCopies(3, Portion.of(1, 3));
        List<BigDecimal> carried = Collections.nCopies(3, BigDecimal.ZERO);
        List<List<Long>> splits = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Allotment.Carrying split = Allotment.splitCarrying(new Money(100), thirds, carried);
            splits.add(split.parts().stream().map(Money::fen).toList());
            carried = split.carried();
        }
        assertThat(splits).containsExactly(List.of(34L, 33L, 33L), List.of(33L, 34L, 33L), List.of(33L, 33L, 34L));
    }

    @Test
    void aPartyWithoutAPortionNeverGetsAFenWhateverItIsOwed() {
        List<Portion> portions = List.of(Portion.NONE, Portion.of(1, 2), Portion.of(1, 2));
        List<BigDecimal> owed = List.of(new BigDecimal("5"), BigDecimal.ZERO, BigDecimal.ZERO);
        assertThat(Allotment.splitCarrying(new Money(3), portions, owed).parts())
                .containsExactly(Money.ZERO, new Money(2), new Money(1));
        assertThatThrownBy(() -> Allotment.splitCarrying(new Money(-1), portions, owed))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package cn.jingshu.ledger.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Laws of the split; jqwik prints the seed of every run. */
class AllotmentPropertyTest {

    @Property(tries = 2000)
    void partsAlwaysAddUpToTheWholeAndStayWithinOneFenOfTheirExactShare(
            @ForAll long fen, @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 100_000) Integer> weights) {
        Assume.that(weights.stream().anyMatch(w -> w > 0));
        List<Portion> portions = portions(weights);
        List<Money> parts = Allotment.split(new Money(fen), portions);

        assertThat(Money.sum(parts)).isEqualTo(new Money(fen));
        for (int i = 0; i < parts.size(); i++) {
            Portion portion = portions.get(i);
            // |part · d − whole · n| < d says: less than one fen away from the exact share.
            BigInteger apart = BigInteger.valueOf(parts.get(i).fen()).multiply(portion.denominator())
                    .subtract(BigInteger.valueOf(fen).multiply(portion.numerator()))
                    .abs();
            assertThat(apart).isLessThan(portion.denominator());
            if (portion.equals(Portion.NONE)) {
                assertThat(parts.get(i)).isEqualTo(Money.ZERO);
            }
        }
    }

    @Property
    void aCorrectionUndoesTheSplitExactly(
            @ForAll @LongRange(min = 0) long fen,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 99) Integer> weights) {
        List<Portion> portions = portions(weights);
        assertThat(Allotment.split(new Money(-fen), portions))
                .isEqualTo(Allotment.split(new Money(fen), portions).stream().map(Money::negated).toList());
    }

    @Property
    void whoHasTheLargerPortionNeverGetsLess(
            @ForAll @LongRange(min = 0, max = 1_000_000) long fen,
            @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 0, max = 50) Integer> weights) {
        Assume.that(weights.stream().anyMatch(w -> w > 0));
        List<Money> parts = Allotment.split(new Money(fen), portions(weights));
        for (int i = 0; i < parts.size(); i++) {
            for (int j = 0; j < parts.size(); j++) {
                if (weights.get(i) > weights.get(j)) {
                    assertThat(parts.get(i)).isGreaterThanOrEqualTo(parts.get(j));
                }
            }
        }
    }

    @Property(tries = 2000)
    void vatAndNetAlwaysAddUpToTheGross(@ForAll long gross, @ForAll @IntRange(max = 100) int percent) {
        Vat vat = Vat.inside(new Money(gross), Portion.percent(percent));
        assertThat(vat.gross()).isEqualTo(new Money(gross));
    }

    private static List<Portion> portions(List<Integer> weights) {
        return Portion.ofWeights(weights.stream().map(BigDecimal::valueOf).toList());
    }
}

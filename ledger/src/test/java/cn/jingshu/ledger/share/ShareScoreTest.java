package cn.jingshu.ledger.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.share.ShareScore.PartyPortion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;

class ShareScoreTest {

    private static final ShareScore SCORE = new ShareScore(Portion.of(1, 2), Portion.of(3, 10), Portion.of(1, 5));

    private static PartyScore party(String id, long costFen, int demand, int contribution) {
        return new PartyScore(id, Money.ofFen(costFen), new BigFraction(demand), new BigFraction(contribution));
    }

    @Test
    void eachCriterionIsPartedAndWeighed() {
        // cost 3/4 and 1/4, demand 1/5 and 4/5, contribution all of B's
        assertThat(SCORE.portions(List.of(party("A", 300, 10, 0), party("B", 100, 40, 9)))).containsExactly(
                new PartyPortion("A", Portion.of(87, 200)), // 3/8 + 3/50
                new PartyPortion("B", Portion.of(113, 200)));
    }

    @Test
    void aCriterionOfNobodyIsLeftOut() {
        assertThat(SCORE.portions(List.of(party("A", 0, 10, 0), party("B", 0, 10, 1)))).containsExactly(
                new PartyPortion("A", Portion.of(3, 10)), // demand 3/5 by half
                new PartyPortion("B", Portion.of(7, 10)));
        assertThat(SCORE.portions(List.of(party("A", 1, 0, 0)))).containsExactly(new PartyPortion("A", Portion.WHOLE));
    }

    @Test
    void whoTakesFromTheWholeGetsNothingForIt() {
        assertThat(new ShareScore(Portion.NONE, Portion.NONE, Portion.WHOLE)
                .portions(List.of(party("A", 5, 5, -3), party("B", 5, 5, 3))))
                .containsExactly(new PartyPortion("A", Portion.NONE), new PartyPortion("B", Portion.WHOLE));
    }

    @Test
    void whatCannotBeSharedIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> SCORE.portions(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> SCORE.portions(List.of(party("A", 0, 0, -1))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SCORE.portions(List.of(party("A", 1, 0, 0), party("A", 1, 0, 0))));
        assertThatIllegalArgumentException().isThrownBy(() -> party("A", -1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> party("A", 0, -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> party(" ", 0, 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ShareScore(Portion.of(1, 2), Portion.of(1, 2), Portion.of(1, 2)));
    }

    /** The weights of {@code ShapleyTest}'s suppliers in the score, all the way from measured groups to portions. */
    @Test
    void comparisonsAndMeasuredGroupsBecomePortions() {
        ShareScore score = ShareScore.by(AhpWeights.of(List.of(
                List.of(new BigFraction(1), new BigFraction(2), new BigFraction(4)),
                List.of(new BigFraction(1, 2), new BigFraction(1), new BigFraction(2)),
                List.of(new BigFraction(1, 4), new BigFraction(1, 2), new BigFraction(1)))));
        Map<String, BigFraction> values = Shapley.exact(new CoalitionWorth(List.of("A", "B"), Map.of(
                Set.of("A"), new BigFraction(1), Set.of("B"), new BigFraction(1), Set.of("A", "B"), new BigFraction(4))));
        assertThat(values).containsEntry("A", new BigFraction(2)).containsEntry("B", new BigFraction(2));
        assertThat(score.portions(List.of(party("A", 7, 7, 2), party("B", 7, 7, 2)))).containsExactly(
                new PartyPortion("A", Portion.of(1, 2)), new PartyPortion("B", Portion.of(1, 2)));
    }

    @Property(tries = 500)
    void portionsAlwaysAddUpToOne(@ForAll @Size(min = 1, max = 9) List<@IntRange(max = 1_000) Integer> costs,
            @ForAll @Size(min = 9, max = 9) List<@IntRange(max = 1_000) Integer> demands,
            @ForAll @Size(min = 9, max = 9) List<@IntRange(min = -500, max = 500) Integer> contributions) {
        List<PartyScore> parties = new ArrayList<>();
        for (int i = 0; i < costs.size(); i++) {
            parties.add(party("p" + i, costs.get(i), demands.get(i), contributions.get(i)));
        }
        Assume.that(parties.stream().anyMatch(one -> one.processingCost().isPositive()
                || one.demand().compareTo(BigFraction.ZERO) > 0 || one.contribution().compareTo(BigFraction.ZERO) > 0));
        BigFraction whole = BigFraction.ZERO;
        for (PartyPortion one : SCORE.portions(parties)) {
            whole = whole.add(new BigFraction(one.portion().numerator(), one.portion().denominator()));
        }
        assertThat(whole).isEqualTo(BigFraction.ONE);
    }
}

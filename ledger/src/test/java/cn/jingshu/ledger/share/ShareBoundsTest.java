package cn.jingshu.ledger.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import cn.jingshu.ledger.money.Portion;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.YearMonth;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How far numbers, parties and orders may go, and what is no record of shares. */
class ShareBoundsTest {
    private static final YearMonth FROM = YearMonth.of(2026, 12);

    @ParameterizedTest
    @CsvSource({"40,40,1", "-40,-40,1", "0.35,7,20", "-0.5,-1,2", "155/3,155,3", "-2/4,-1,2", "0/7,0,1", "00,0,1"})
    void numbersAreReadAsPeopleWriteThem(String text, int numerator, int denominator) {
        assertThat(Fractions.parse(text)).isEqualTo(new BigFraction(numerator, denominator));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " 1", "1.", ".5", "/2", "1/", "1/0", "1/00", "1/-2", "1/2/3", "1,5", "1e3", "+1", "x"})
    void whatIsNoNumberIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Fractions.parse(text));
    }

    @Test
    void aNumberHasAtMostSixtyDigits() {
        String longest = "9".repeat(60);
        assertThat(Fractions.parse(longest)).isEqualTo(new BigFraction(new BigInteger(longest)));
        assertThatIllegalArgumentException().isThrownBy(() -> Fractions.parse(longest + "9"));
    }

    @Test
    void aWeightIsNotBelowZeroAndNotTooLong() {
        assertThat(weight("2.500")).isEqualTo(new BigDecimal("2.5"));
        assertThat(weight("0.000")).isEqualTo(BigDecimal.ZERO);
        assertThat(weight("1e30")).isEqualByComparingTo("1e30");
        assertThat(weight("1e-30")).isEqualByComparingTo("1e-30");
        assertThat(weight("1".repeat(30))).isEqualByComparingTo("1".repeat(30));
        for (String unfit : List.of("-1", "1e31", "1e-31", "1".repeat(31))) {
            assertThatIllegalArgumentException().as(unfit).isThrownBy(() -> weight(unfit)).withMessageContaining("a: weight");
        }
    }

    private static BigDecimal weight(String text) {
        return new ShareInputs.Weight("a", new BigDecimal(text)).weight();
    }

    private static ShareInputs.Agreed agreed(String... parties) {
        return new ShareInputs.Agreed(List.of(parties).stream().map(party -> new ShareInputs.Weight(party, BigDecimal.ONE)).toList(), "协议");
    }

    @Test
    void sharesAreOfAProductAndOfPartiesThatDiffer() {
        assertThat(new ShareInputs("p", FROM, null, agreed("a")).basis().parties()).containsExactly("a");
        assertThatIllegalArgumentException().isThrownBy(() -> new ShareInputs(" ", FROM, null, agreed("a"))).withMessageContaining("no product");
        assertThatIllegalArgumentException().isThrownBy(() -> agreed()).withMessageContaining("missing, nameless or named twice");
        assertThatIllegalArgumentException().isThrownBy(() -> agreed("a", " ")).withMessageContaining("missing, nameless or named twice");
        assertThatIllegalArgumentException().isThrownBy(() -> agreed("a", "a")).withMessageContaining("missing, nameless or named twice");
        assertThatIllegalArgumentException().isThrownBy(() -> new ShareInputs.Measure("a", -1, BigFraction.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> new ShareInputs.Measure("a", 0, new BigFraction(-1)));
        assertThat(new ShareInputs.Measure("a", 0, BigFraction.ZERO).processingCostFen()).isZero();
        assertThat(agreed("a").source()).isEqualTo("协议");
    }

    private static List<List<BigFraction>> ones(int criteria) {
        return Collections.nCopies(criteria, Collections.nCopies(criteria, BigFraction.ONE));
    }

    @Test
    void measuresAndContributionsAreOfTheSameParties() {
        List<ShareInputs.Measure> measures = List.of(new ShareInputs.Measure("b", 1, BigFraction.ONE), new ShareInputs.Measure("a", 1, BigFraction.ONE));
        Map<Set<String>, BigFraction> worth = Map.of(Set.of("a"), BigFraction.ONE, Set.of("b"), BigFraction.ONE, Set.of("a", "b"), new BigFraction(3));
        ShareInputs.Scored scored = new ShareInputs.Scored(ones(3), measures, new ShareInputs.Contribution.Exact(new CoalitionWorth(List.of("b", "a"), worth)), "x");
        assertThat(scored.parties()).containsExactly("a", "b");
        assertThat(scored.source()).isEqualTo("x");
        ShareInputs.Contribution others = new ShareInputs.Contribution.Exact(new CoalitionWorth(List.of("c"), Map.of(Set.of("c"), BigFraction.ONE)));
        assertThatIllegalArgumentException().isThrownBy(() -> new ShareInputs.Scored(ones(3), measures, others, "x")).withMessageContaining("contributions are those of [c]");
        assertThatIllegalArgumentException().isThrownBy(() -> new ShareInputs.Scored(ones(3), measures, null, " ")).withMessageContaining("source");
        assertThatIllegalArgumentException().isThrownBy(() -> new ShareInputs.Scored(ones(3), List.of(), null, "x"));
        ShareRecord record = ShareRecord.of(new ShareInputs("p", FROM, null, new ShareInputs.Scored(ones(3), measures, null, "x")));
        assertThat(record.inputsJson()).contains("\"contribution\":{\"method\":\"NONE\"}");
        assertThat(record.findFault()).isEmpty();
        assertThat(record.result().portions()).extracting(ShareScore.PartyPortion::portion).containsExactly(Portion.of(1, 2), Portion.of(1, 2));
    }

    @Test
    void twelvePartiesAreMeasuredWholeAndThirteenAreDrawn() {
        List<String> twelve = IntStream.range(0, 12).mapToObj(i -> "p%02d".formatted(i)).toList();
        Map<Set<String>, BigFraction> worth = new HashMap<>();
        for (int mask = 1; mask < 1 << 12; mask++) {
            Set<String> group = new HashSet<>();
            for (int i = 0; i < 12; i++) {
                if ((mask >> i & 1) == 1) {
                    group.add(twelve.get(i));
                }
            }
            worth.put(group, new BigFraction(group.size()));
        }
        CoalitionWorth whole = new CoalitionWorth(twelve, worth);
        assertThat(whole.of(0)).isEqualTo(BigFraction.ZERO);
        assertThat(Shapley.exact(whole)).hasSize(12).allSatisfy((_, value) -> assertThat(value).isEqualTo(BigFraction.ONE));
        List<String> thirteen = IntStream.range(0, 13).mapToObj(i -> "p%02d".formatted(i)).toList();
        assertThat(new ShareInputs.Contribution.Sampled(new GroupWorth(thirteen, Map.of()), 2, 1).parties()).isEqualTo(thirteen);
        assertThatIllegalArgumentException().isThrownBy(() -> new ShareInputs.Contribution.Sampled(new GroupWorth(twelve, Map.of()), 2, 1));
    }

    @Test
    void ordersAreDrawnForTwoToSixtyPartiesThatDiffer() {
        Shapley.Measured size = group -> new BigFraction(group.size());
        List<String> sixty = IntStream.range(0, 60).mapToObj(i -> "p" + i).toList();
        assertThat(Shapley.estimate(List.of("a", "b"), size, 2, 1).values()).containsEntry("a", BigFraction.ONE).containsEntry("b", BigFraction.ONE);
        assertThat(Shapley.estimate(sixty, size, 2, 1).values()).hasSize(60);
        assertThat(Shapley.estimate(sixty, size, 2, 1).halfWidths().get("p0")).isEqualByComparingTo("0");
        assertThatIllegalArgumentException().isThrownBy(() -> Shapley.estimate(List.of("a"), size, 2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Shapley.estimate(List.of("a", "a"), size, 2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Shapley.estimate(IntStream.range(0, 61).mapToObj(i -> "p" + i).toList(), size, 2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Shapley.estimate(List.of("a", "b"), size, 1, 1));
        assertThat(Shapley.groupsOf(List.of("a", "b"), 2, 1)).contains(Set.of("a", "b")).doesNotContain(Set.of());
    }

    /** Of two parties the second to come brings two, the first nothing: what a brings is 0 or 2, and its spread is known. */
    @Test
    void theStatedErrorIsThatOfTheNormalApproximation() {
        Shapley.Estimate estimate = Shapley.estimate(List.of("a", "b"), group -> new BigFraction(group.size() == 2 ? 2 : 0), 400, 7);
        double mean = Objects.requireNonNull(estimate.values().get("a")).doubleValue(); // in a share of mean/2 of the orders a came second
        double deviation = Math.sqrt(400 / 399.0 * mean * (2 - mean));
        assertThat(Objects.requireNonNull(estimate.halfWidths().get("a")).doubleValue()).isCloseTo(1.959964 * deviation / 20, org.assertj.core.api.Assertions.within(2e-6));
        assertThat(mean).isBetween(0.8, 1.2);
    }

    @Test
    void aGroupThatWasMeasuredHoldsPartiesAlone() {
        GroupWorth worth = new GroupWorth(List.of("b", "a"), Map.of(Set.of("a"), BigFraction.TWO));
        assertThat(worth.parties()).containsExactly("a", "b");
        assertThat(worth.of(Set.of("a"))).isEqualTo(BigFraction.TWO);
        assertThatIllegalArgumentException().isThrownBy(() -> worth.of(Set.of("b", "a"))).withMessage("the worth of [a, b] is missing");
        assertThatIllegalArgumentException().isThrownBy(() -> new GroupWorth(List.of("a"), Map.of(Set.of(), BigFraction.ONE)));
        assertThatIllegalArgumentException().isThrownBy(() -> new GroupWorth(List.of("a"), Map.of(Set.of("x"), BigFraction.ONE)));
    }

    @Test
    void comparisonsAreOfOneToTenCriteriaAndAgreeEnough() {
        assertThat(AhpWeights.of(ones(10)).weights()).hasSize(10).allMatch(Portion.of(1, 10)::equals);
        assertThatIllegalArgumentException().isThrownBy(() -> AhpWeights.of(ones(11))).withMessageContaining("11 criteria");
        List<Portion> thirds = Collections.nCopies(3, Portion.of(1, 3));
        assertThat(new AhpWeights(thirds, BigDecimal.ONE, new BigDecimal("0.100000")).isConsistent()).isTrue();
        assertThat(new AhpWeights(thirds, BigDecimal.ONE, new BigDecimal("0.100001")).isConsistent()).isFalse();
        assertThat(ShareScore.by(AhpWeights.of(ones(3)))).isEqualTo(new ShareScore(Portion.of(1, 3), Portion.of(1, 3), Portion.of(1, 3)));
        assertThatIllegalArgumentException().isThrownBy(() -> ShareScore.by(AhpWeights.of(ones(2)))).withMessageContaining("not 2 with");
    }

    @Test
    void whatGivesNoSharesIsAFaultOfTheRecord() {
        assertThat(sealed("{", "{}").findFault()).hasValueSatisfying(fault -> assertThat(fault).startsWith("inputs give no shares: "));
        ShareRecord good = ShareRecord.of(new ShareInputs("p", FROM, null, agreed("a")));
        assertThat(sealed(good.inputsJson().replace("AGREED", "GIVEN"), good.resultJson()).findFault())
                .hasValueSatisfying(fault -> assertThat(fault).contains("GIVEN"));
        assertThat(new ShareRecord(good.inputsJson(), good.resultJson(), "00").findFault())
                .contains("digest " + good.sha256() + " computed, 00 kept");
        assertThat(sealed(good.inputsJson(), "{}").findFault()).contains("result " + good.resultJson() + " computed, {} kept");
        // printf 'a\nb' | sha256sum
        assertThat(ShareJson.digest("a", "b")).isEqualTo("7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78");
        assertThat(ShareJson.text(new BigFraction(6, 4))).isEqualTo("3/2");
        assertThat(ShareJson.text(new BigFraction(6, 3))).isEqualTo("2");
    }

    private static ShareRecord sealed(String inputs, String result) {
        return new ShareRecord(inputs, result, ShareJson.digest(inputs, result));
    }
}

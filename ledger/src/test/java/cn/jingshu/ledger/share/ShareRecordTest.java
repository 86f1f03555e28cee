package cn.jingshu.ledger.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.money.Portion;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;

/** Shares as they are kept: made from their inputs, read back, recomputed. */
class ShareRecordTest {
    private static final YearMonth FROM = YearMonth.of(2026, 12);
    private static final List<List<BigFraction>> EVEN = comparisons(1, 1, 1);

    /** How much more cost matters than demand, cost than contribution, demand than contribution. */
    private static List<List<BigFraction>> comparisons(int costDemand, int costValue, int demandValue) {
        return List.of(
                List.of(BigFraction.ONE, new BigFraction(costDemand), new BigFraction(costValue)),
                List.of(new BigFraction(1, costDemand), BigFraction.ONE, new BigFraction(demandValue)),
                List.of(new BigFraction(1, costValue), new BigFraction(1, demandValue), BigFraction.ONE));
    }

    /** POLICY §10.5: three suppliers and what each group of them was measured to be worth. */
    private static ShareInputs.Contribution policyVector() {
        return new ShareInputs.Contribution.Exact(new CoalitionWorth(List.of("R", "M", "H"), Map.of(
                Set.of("H"), new BigFraction(40), Set.of("M"), new BigFraction(20), Set.of("R"), new BigFraction(10),
                Set.of("H", "M"), new BigFraction(75), Set.of("H", "R"), new BigFraction(55),
                Set.of("M", "R"), new BigFraction(35), Set.of("H", "M", "R"), new BigFraction(100))));
    }

    private static ShareInputs scored() {
        return new ShareInputs("hydrology", FROM, null, new ShareInputs.Scored(EVEN, List.of(
                new ShareInputs.Measure("R", 1_000, new BigFraction(1)),
                new ShareInputs.Measure("H", 3_000, new BigFraction(1)),
                new ShareInputs.Measure("M", 2_000, new BigFraction(2))), policyVector(), "测算报告〔2026〕3号"));
    }

    @Test
    void theVectorOfThePolicyLeadsToItsPortions() {
        ShareRecord record = ShareRecord.of(scored());
        ShareResult.Score score = Objects.requireNonNull(record.result().score());
        assertThat(score.contributions()).extracting(ShareResult.Contributed::party).containsExactly("H", "M", "R");
        assertThat(score.contributions()).extracting(ShareResult.Contributed::value)
                .containsExactly(new BigFraction(155, 3), new BigFraction(95, 3), new BigFraction(50, 3));
        // Thirds of cost 3:2:1, of demand 1:2:1 and of contribution 155:95:50, with weights of 333333, 333333, 333333.
        assertThat(record.result().portions()).extracting(ShareScore.PartyPortion::portion).containsExactly(
                third(3, 6, 1, 4, 155, 300), third(2, 6, 2, 4, 95, 300), third(1, 6, 1, 4, 50, 300));
        assertThat(record.findFault()).isEmpty();
        assertThat(record.inputs()).isEqualTo(scored());
    }

    private static Portion third(int cost, int costs, int demand, int demands, int value, int values) {
        BigFraction sum = new BigFraction(cost, costs).add(new BigFraction(demand, demands))
                .add(new BigFraction(value, values)).divide(3);
        return new Portion(sum.getNumerator(), sum.getDenominator());
    }

    @Test
    void agreedSharesAreReadTogether() {
        ShareInputs inputs = new ShareInputs("transit", FROM, "op", new ShareInputs.Agreed(List.of(
                new ShareInputs.Weight("op", new BigDecimal("55.000")), new ShareInputs.Weight("m1", new BigDecimal("45"))),
                "分成协议〔2026〕1号"));
        ShareRecord record = ShareRecord.of(inputs);
        assertThat(record.inputsJson()).isEqualTo("{\"form\":\"jingshu share inputs 1\",\"product\":\"transit\","
                + "\"from\":\"2026-12\",\"operator\":\"op\",\"basis\":\"AGREED\",\"source\":\"分成协议〔2026〕1号\","
                + "\"weights\":[{\"party\":\"m1\",\"weight\":\"45\"},{\"party\":\"op\",\"weight\":\"55\"}]}");
        assertThat(record.resultJson()).isEqualTo("{\"form\":\"jingshu share result 1\","
                + "\"portions\":[{\"party\":\"m1\",\"portion\":\"9/20\"},{\"party\":\"op\",\"portion\":\"11/20\"}]}");
        assertThat(record.inputs()).isEqualTo(inputs);
    }

    /** Whoever is told the digest and all figures but one cannot try out which one gives it. */
    @Test
    void aSaltedRecordsDigestTellsNothingOfItsFigures() {
        ShareInputs inputs = new ShareInputs("transit", FROM, "op", new ShareInputs.Agreed(List.of(
                new ShareInputs.Weight("op", new BigDecimal("55")), new ShareInputs.Weight("m1", new BigDecimal("45"))), "x"));
        java.security.SecureRandom random = new java.security.SecureRandom();
        ShareRecord one = ShareRecord.of(inputs.salted(random));
        ShareRecord other = ShareRecord.of(inputs.salted(random));
        assertThat(one.sha256()).isNotEqualTo(other.sha256()).isNotEqualTo(ShareRecord.of(inputs).sha256());
        assertThat(one.resultJson()).isEqualTo(other.resultJson());
        String salt = java.util.Objects.requireNonNull(one.inputs().salt());
        assertThat(one.inputsJson()).startsWith("{\"form\":\"jingshu share inputs 2\"").endsWith(",\"salt\":\"" + salt + "\"}");
        assertThat(one.findFault()).isEmpty();
        assertThat(one.inputs().unsalted()).isEqualTo(inputs);
        String changed = one.inputsJson().replaceFirst("\"salt\":\"[0-9a-f]", "\"salt\":\"" + (salt.startsWith("0") ? "1" : "0"));
        assertThat(new ShareRecord(changed, one.resultJson(), one.sha256()).findFault()).isPresent();
        assertThatThrownBy(() -> new ShareInputs("p", FROM, null, inputs.basis(), "00")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void moreThanTwelvePartiesAreSampledWithAStatedErrorAndRecomputedAlike() {
        List<String> parties = IntStream.range(0, 13).mapToObj(i -> "p%02d".formatted(i)).toList();
        Map<Set<String>, BigFraction> worth = new HashMap<>();
        Shapley.groupsOf(parties, 40, 7).forEach(group -> worth.put(group, new BigFraction(group.size() * group.size())));
        List<ShareInputs.Measure> measures = new ArrayList<>();
        parties.forEach(party -> measures.add(new ShareInputs.Measure(party, 0, BigFraction.ZERO)));
        ShareInputs inputs = new ShareInputs("many", FROM, null, new ShareInputs.Scored(EVEN, measures,
                new ShareInputs.Contribution.Sampled(new GroupWorth(parties, worth), 40, 7), "测算报告"));
        ShareRecord record = ShareRecord.of(inputs);
        ShareResult.Score score = Objects.requireNonNull(record.result().score());
        assertThat(score.contributions()).allMatch(each -> each.halfWidth() != null && each.halfWidth().signum() > 0);
        assertThat(score.contributions().stream().map(ShareResult.Contributed::value).reduce(BigFraction.ZERO, BigFraction::add))
                .isEqualTo(new BigFraction(169));
        assertThat(record.inputs()).isEqualTo(inputs);
        assertThat(record.findFault()).isEmpty();

        Map<Set<String>, BigFraction> incomplete = new HashMap<>(worth);
        incomplete.remove(Set.copyOf(parties));
        assertThatThrownBy(() -> ShareRecord.of(new ShareInputs("many", FROM, null, new ShareInputs.Scored(EVEN, measures,
                new ShareInputs.Contribution.Sampled(new GroupWorth(parties, incomplete), 40, 7), "测算报告"))))
                .hasMessageContaining("is missing");
    }

    @Test
    void whatWasChangedAfterwardsIsFound() {
        ShareRecord record = ShareRecord.of(scored());
        String richer = record.inputsJson().replace("\"processingCostFen\":3000", "\"processingCostFen\":3001");
        assertThat(new ShareRecord(richer, record.resultJson(), record.sha256()).findFault()).isPresent();
        assertThat(new ShareRecord(richer, record.resultJson(), ShareJson.digest(richer, record.resultJson())).findFault())
                .hasValueSatisfying(fault -> assertThat(fault).startsWith("result "));
    }

    @Test
    void sharesThatCannotBeAreRefused() {
        ShareInputs.Scored contradicting = new ShareInputs.Scored(comparisons(9, 1, 9), List.of(
                new ShareInputs.Measure("a", 1, BigFraction.ONE)), null, "x");
        assertThatThrownBy(() -> ShareRecord.of(new ShareInputs("p", FROM, "a", contradicting)))
                .hasMessageContaining("consistency ratio");
        assertThatThrownBy(() -> new ShareInputs("p", FROM, "b", contradicting)).hasMessageContaining("operator");
        assertThatThrownBy(() -> new ShareInputs.Agreed(List.of(new ShareInputs.Weight("a", BigDecimal.ZERO)), "x"))
                .hasMessageContaining("zero");
        assertThatThrownBy(() -> new ShareInputs.Agreed(List.of(new ShareInputs.Weight("a", BigDecimal.ONE)), " "))
                .hasMessageContaining("source");
        assertThatThrownBy(() -> new ShareInputs.Contribution.Sampled(new GroupWorth(List.of("a", "b"), Map.of()), 2, 1))
                .hasMessageContaining("exactly");
        assertThatThrownBy(() -> Fractions.parse("1/0")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Fractions.parse("0.35")).isEqualTo(new BigFraction(7, 20));
    }
}

package cn.jingshu.products.efficacy.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NearestMatchingTest {
    @Test
    void theHighestScoreChoosesFirstAndTiesGoToTheLastInTheData() {
        double[] scores = {0.9, 0.8, 0.7, 0.7, 0.85, 0.1};
        boolean[] treated = {true, true, false, false, false, false};
        assertThat(NearestMatching.match(scores, treated, Double.POSITIVE_INFINITY))
                .containsExactly(new NearestMatching.Pair(0, 4), new NearestMatching.Pair(1, 3));
        assertThat(NearestMatching.match(scores, treated, 0.06)).containsExactly(new NearestMatching.Pair(0, 4));
        assertThat(NearestMatching.match(new double[] {0.5, 0.4, 0.6}, new boolean[] {true, false, false}, 1))
                .containsExactly(new NearestMatching.Pair(0, 1));
        assertThat(NearestMatching.match(new double[] {0.5, 0.9, 0.6}, new boolean[] {true, false, false}, 1))
                .as("above only when none is left below").containsExactly(new NearestMatching.Pair(0, 2));
    }

    @Test
    void itIsTheGreedySearchOverAllControls() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int n = 60;
            double[] scores = new double[n];
            boolean[] treated = new boolean[n];
            for (int i = 0; i < n; i++) {
                scores[i] = random.nextInt(20) / 20.0; // many ties
                treated[i] = random.nextDouble() < 0.4;
            }
            assertThat(NearestMatching.match(scores, treated, 0.1)).as("seed %d", seed).isEqualTo(slowly(scores, treated, 0.1));
        }
    }

    private static List<NearestMatching.Pair> slowly(double[] scores, boolean[] treated, double caliper) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            if (treated[i]) {
                order.add(i);
            }
        }
        order.sort((a, b) -> Double.compare(scores[b], scores[a]));
        boolean[] used = new boolean[scores.length];
        List<NearestMatching.Pair> pairs = new ArrayList<>();
        for (int i : order) {
            int best = -1;
            for (int j = 0; j < scores.length; j++) {
                boolean free = !treated[j] && !used[j];
                if (free && (best < 0 || comesBefore(scores[j], scores[best], scores[i]))) {
                    best = j;
                }
            }
            if (best >= 0 && Math.abs(scores[best] - scores[i]) <= caliper) {
                used[best] = true;
                pairs.add(new NearestMatching.Pair(i, best));
            }
        }
        return pairs;
    }

    /** Not above before above, then nearer, then (for it is asked in the order of the data) later. */
    private static boolean comesBefore(double score, double best, double of) {
        boolean above = score > of;
        return above == best > of ? Math.abs(score - of) <= Math.abs(best - of) : !above;
    }

    @Test
    void weightingRemovesAConfounderThatIsKnown() {
        SplittableRandom random = new SplittableRandom(4);
        int n = 20_000;
        boolean[] treated = new boolean[n];
        double[][] covariates = new double[n][1];
        double[] outcome = new double[n];
        for (int i = 0; i < n; i++) {
            covariates[i][0] = random.nextDouble() * 2 - 1;
            treated[i] = random.nextDouble() < 1 / (1 + Math.exp(-2 * covariates[i][0]));
            outcome[i] = 3 * covariates[i][0] + (treated[i] ? 1 : 0) + random.nextDouble() - 0.5;
        }
        double[] propensity = TreatmentEffect.propensity(treated, covariates);
        assertThat(TreatmentEffect.unadjusted(outcome, treated).difference()).isGreaterThan(2);
        assertThat(TreatmentEffect.weighted(outcome, treated, propensity).difference()).isCloseTo(1, within(0.1));
        assertThat(TreatmentEffect.regression(outcome, treated, covariates).difference()).isCloseTo(1, within(0.02));
        assertThat(Math.abs(Balance.of(covariates, 0, treated, TreatmentEffect.weights(treated, propensity)).standardisedDifference()))
                .isLessThan(0.02);
    }
}

package cn.jingshu.products.efficacy.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SurvivalPropertyTest {
    private static List<FollowUp> drawn(SplittableRandom random, int n, double rate) {
        List<FollowUp> followUps = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double time = -Math.log(random.nextDouble()) / rate;
            double cut = random.nextDouble() * 20;
            followUps.add(new FollowUp(Math.ceil(Math.min(time, cut)), time <= cut));
        }
        return followUps;
    }

    @Test
    void aCurveFallsFromOneWithinItsInterval() {
        for (int seed = 0; seed < 40; seed++) {
            KaplanMeier curve = KaplanMeier.of(drawn(new SplittableRandom(seed), 5 + seed * 3, 0.1));
            double before = 1;
            for (KaplanMeier.Step step : curve.steps()) {
                assertThat(step.survival()).as("seed %d", seed).isBetween(0.0, before + 1e-12);
                if (step.survival() > 0) {
                    assertThat(step.survival()).isBetween(step.lower(), step.upper());
                }
                before = step.survival();
            }
            assertThat(curve.steps().stream().mapToInt(s -> s.events() + s.censored()).sum()).isEqualTo(curve.cases());
        }
    }

    @Test
    void aMedianLiesMidwayWhereTheCurveRestsAtOneHalf() {
        KaplanMeier curve = KaplanMeier.of(List.of(new FollowUp(1, true), new FollowUp(2, true), new FollowUp(3, false), new FollowUp(4, true)));
        assertThat(curve.median().estimate()).isEqualTo(OptionalDouble.of(3));
        KaplanMeier never = KaplanMeier.of(List.of(new FollowUp(1, true), new FollowUp(2, false), new FollowUp(3, false)));
        assertThat(never.median().estimate()).isEmpty();
        assertThatThrownBy(() -> KaplanMeier.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FollowUp(Double.NaN, true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withTwoGroupsTheScoreOfCoxAgreesWithTheLogRankTestAndTheOrderOfGroupsDoesNotMatter() {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<FollowUp> first = drawn(random, 200, 0.2);
            List<FollowUp> second = drawn(random, 200, 0.1);
            LogRank test = LogRank.of(List.of(first, second));
            assertThat(LogRank.of(List.of(second, first)).chiSquare()).isCloseTo(test.chiSquare(), within(1e-9));
            assertThat(test.observed().getFirst() + test.observed().getLast())
                    .isCloseTo(test.expected().getFirst() + test.expected().getLast(), within(1e-9));
            List<FollowUp> all = new ArrayList<>(first);
            all.addAll(second);
            double[][] group = new double[400][1];
            for (int i = 0; i < 200; i++) {
                group[i][0] = 1;
            }
            var fit = (CoxResult.Fitted) CoxRegression.fit(all, group, CoxRegression.Ties.EFRON);
            assertThat(fit.coefficients().getFirst()).as("seed %d", seed).isCloseTo(Math.log(2), within(0.45));
            assertThat(fit.likelihoodRatio()).isCloseTo(test.chiSquare(), within(0.25 * test.chiSquare() + 1));
        }
    }

    @Test
    void coxDoesNotCareForUnitsOrCentres() {
        SplittableRandom random = new SplittableRandom(5);
        List<FollowUp> followUps = drawn(random, 300, 0.1);
        double[][] plain = new double[300][2];
        double[][] moved = new double[300][2];
        for (int i = 0; i < 300; i++) {
            plain[i] = new double[] {random.nextDouble(), random.nextDouble()};
            moved[i] = new double[] {plain[i][0] * 1e9 + 1e12, plain[i][1] * 1e-7 - 4};
        }
        var one = (CoxResult.Fitted) CoxRegression.fit(followUps, plain, CoxRegression.Ties.EFRON);
        var other = (CoxResult.Fitted) CoxRegression.fit(followUps, moved, CoxRegression.Ties.EFRON);
        assertThat(other.coefficients().get(0) * 1e9).isCloseTo(one.coefficients().get(0), within(1e-5));
        assertThat(other.coefficients().get(1) * 1e-7).isCloseTo(one.coefficients().get(1), within(1e-5));
        assertThat(other.logLikelihood()).isCloseTo(one.logLikelihood(), within(1e-6));
    }

    @Test
    void whatTheDataDoNotDetermineIsSaid() {
        List<FollowUp> followUps = List.of(new FollowUp(1, true), new FollowUp(2, true), new FollowUp(3, false), new FollowUp(4, false),
                new FollowUp(5, false), new FollowUp(6, false));
        double[][] separating = {{1}, {1}, {0}, {0}, {0}, {0}};
        double[][] constant = {{1}, {1}, {1}, {1}, {1}, {1}};
        double[][] dependent = {{1, 2}, {2, 4}, {0, 0}, {5, 10}, {1, 2}, {0, 0}};
        assertThat(CoxRegression.fit(followUps, separating, CoxRegression.Ties.EFRON)).isInstanceOf(CoxResult.NotEstimable.class);
        assertThat(CoxRegression.fit(followUps, constant, CoxRegression.Ties.EFRON)).isInstanceOf(CoxResult.NotEstimable.class);
        assertThat(CoxRegression.fit(followUps, dependent, CoxRegression.Ties.EFRON)).isInstanceOf(CoxResult.NotEstimable.class);
        assertThat(CoxRegression.fit(List.of(new FollowUp(1, false)), new double[][] {{1}}, CoxRegression.Ties.EFRON))
                .isEqualTo(new CoxResult.NotEstimable("nobody had the event"));
    }

    @Test
    void concordanceIsOfAllComparablePairs() {
        SplittableRandom random = new SplittableRandom(9);
        List<FollowUp> followUps = drawn(random, 120, 0.15).stream().sorted((a, b) -> Double.compare(a.time(), b.time())).toList();
        double[] times = followUps.stream().mapToDouble(FollowUp::time).toArray();
        boolean[] events = new boolean[120];
        double[] risk = new double[120];
        double agreeing = 0;
        double pairs = 0;
        for (int i = 0; i < 120; i++) {
            events[i] = followUps.get(i).event();
            risk[i] = random.nextInt(10);
        }
        for (int i = 0; i < 120; i++) {
            for (int j = 0; j < 120; j++) {
                if (events[i] && (times[j] > times[i] || (times[j] >= times[i] && !events[j]))) {
                    pairs++;
                    agreeing += risk[i] > risk[j] ? 1 : risk[i] < risk[j] ? 0 : 0.5;
                }
            }
        }
        assertThat(Concordance.of(times, events, risk)).isCloseTo(agreeing / pairs, within(1e-12));
    }
}

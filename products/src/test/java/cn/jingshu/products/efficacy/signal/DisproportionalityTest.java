package cn.jingshu.products.efficacy.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DisproportionalityTest {
    /** 25 of 100 with the drug, 75 of 900 without: worked out with scipy 1.17.1. */
    private static final PairCount PAIR = new PairCount("drug", "event", 25, 10, 100, 100, 1_000);

    @Test
    void ratiosAndTheirIntervals() {
        Interval prr = Disproportionality.proportionalReportingRatio(PAIR);
        assertThat(prr.estimate()).isCloseTo(3.0, within(1e-12));
        assertThat(prr.lower()).isCloseTo(2.005469, within(1e-6));
        assertThat(prr.upper()).isCloseTo(4.487728, within(1e-6));
        Interval ror = Disproportionality.reportingOddsRatio(PAIR);
        assertThat(ror.estimate()).isCloseTo(25.0 * 825 / (75 * 75), within(1e-12));
        assertThat(ror.lower()).isCloseTo(3.6666667 / Math.exp(1.959963985 * Math.sqrt(1 / 25.0 + 2 / 75.0 + 1 / 825.0)), within(1e-6));
        assertThat(Disproportionality.relativeRate(PAIR)).isCloseTo(2.5, within(1e-12));
        // n (|ad - bc| - n/2)^2 over the product of the margins
        assertThat(Disproportionality.chiSquareYates(PAIR)).isCloseTo(
                1_000 * Math.pow(15_000 - 500, 2) / (100.0 * 900 * 100 * 900), within(1e-9));
    }

    @Test
    void bothInformationComponentsLieAroundTheirEstimate() {
        Interval shrunk = Disproportionality.informationComponent(PAIR);
        assertThat(shrunk.estimate()).isCloseTo(Math.log(25.5 / 10.5) / Math.log(2), within(1e-12));
        assertThat(shrunk.lower()).isCloseTo(0.659132, within(1e-5));
        assertThat(shrunk.upper()).isCloseTo(1.789898, within(1e-5));
        Interval network = Disproportionality.informationComponentOfNetwork(PAIR);
        assertThat(network.lower()).isLessThan(network.estimate());
        assertThat(network.estimate()).isCloseTo(shrunk.estimate(), within(0.25));
    }

    @Test
    void anEventOfNoOtherProductIsInfinitelyDisproportionateAndHasNoInterval() {
        PairCount only = new PairCount("drug", "event", 3, 0.03, 3, 3, 300);
        assertThat(Disproportionality.proportionalReportingRatio(only).estimate()).isInfinite();
        assertThat(Disproportionality.proportionalReportingRatio(only).lower()).isNaN();
        assertThat(Disproportionality.reportingOddsRatio(only).estimate()).isInfinite();
        PairCount everything = new PairCount("drug", "event", 5, 5, 5, 5, 5);
        assertThat(Disproportionality.proportionalReportingRatio(everything).estimate()).isNaN();
        assertThat(Disproportionality.chiSquareYates(everything)).isZero();
    }

    @Test
    void impossibleTablesCannotBeBuilt() {
        assertThatThrownBy(() -> new PairCount("d", "e", 5, 1, 4, 9, 100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PairCount("d", "e", 1, 1, 60, 60, 100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PairCount("d", "e", 1, 0, 2, 2, 100)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void expectationsAreSummedOverStrataAndCasesCountOnce() {
        PairTable table = new PairTable();
        table.add(new Report("1", "a", "x", "M"));
        table.add(new Report("1", "a", "x", "M"));
        table.add(new Report("2", "b", "x", "M"));
        table.add(new Report("3", "a", "y", "F"));
        table.add(new Report("4", "b", "x", "F"));
        PairCount pair = table.pairs().getFirst();
        assertThat(pair).isEqualTo(new PairCount("a", "x", 1, 1.0 * 2 / 2 + 1.0 * 1 / 2, 2, 3, 4));
        assertThatThrownBy(() -> table.add(new Report("1", "a", "z", "F"))).hasMessageContaining("two strata");
    }

    @Test
    void thePriorThatMadeTheCountsIsFoundAgain() {
        SplittableRandom random = new SplittableRandom(11);
        List<PairCount> pairs = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            double lambda = random.nextDouble() < 0.1 ? 6 : 1; // one pair in ten is six times as frequent as expected
            double expected = 2 + 8 * random.nextDouble();
            int n = poisson(random, lambda * expected);
            if (n > 0) {
                pairs.add(new PairCount("p" + i, "e", n, expected, n, n, 1_000_000));
            }
        }
        GammaPoisson prior = GammaPoisson.fit(pairs).prior();
        double high = Math.max(prior.alpha1() / prior.beta1(), prior.alpha2() / prior.beta2());
        double low = Math.min(prior.alpha1() / prior.beta1(), prior.alpha2() / prior.beta2());
        assertThat(high).isCloseTo(6, within(0.3));
        assertThat(low).isCloseTo(1, within(0.05));
        assertThat(Math.min(prior.weight(), 1 - prior.weight())).isCloseTo(0.1, within(0.02));
    }

    private static int poisson(SplittableRandom random, double mean) {
        double limit = Math.exp(-mean);
        int n = 0;
        for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
            n++;
        }
        return n;
    }

    @Test
    void quantilesOfAMixtureInvertItsDistribution() {
        for (double shape : new double[] {0.01, 0.5, 3, 400}) {
            GammaMixture mixture = new GammaMixture(0.3, shape, 2, 5, 0.1);
            for (double p : new double[] {0.001, 0.05, 0.5, 0.95, 0.999}) {
                assertThat(mixture.cumulative(mixture.quantile(p))).isCloseTo(p, within(1e-9));
            }
        }
    }

    @Test
    void aReferenceQuantileIsNearTheRootAndStaysAboveZeroWhereTheReferenceHasNoAnswer() {
        for (double rate : new double[] {1e-7, 1e-3, 0.5, 1, 3, 1_000, 1e6}) {
            GammaMixture mixture = new GammaMixture(0.3, 2, rate, 5, rate);
            for (double p : new double[] {0.05, 0.5, 0.95}) {
                assertThat(mixture.referenceQuantile(p)).as(rate + " " + p).isPositive().isCloseTo(mixture.quantile(p), within(0.006));
            }
        }
        GammaMixture far = GammaMixture.of(5, 1e-7);
        assertThat(far.referenceQuantile(0.05)).isEqualTo(far.quantile(0.05));
    }
}

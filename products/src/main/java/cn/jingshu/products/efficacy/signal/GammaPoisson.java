package cn.jingshu.products.efficacy.signal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.PointValuePair;
import org.apache.commons.math3.optim.SimpleValueChecker;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.SimplexOptimizer;
import org.apache.commons.math3.special.Gamma;

/**
 * The gamma-Poisson shrinker (DuMouchel 1999, The American Statistician 53:177): N is Poisson with mean lambda times E, and lambda
 * comes from a mixture of two gamma distributions that all pairs share. EBGM is the geometric mean of lambda once N was seen.
 *
 * @param alpha1 shape of the first gamma, above zero
 * @param beta1 its rate
 * @param alpha2 shape of the second
 * @param beta2 its rate
 * @param weight share of the first, in (0, 1)
 */
public record GammaPoisson(double alpha1, double beta1, double alpha2, double beta2, double weight) {
    private static final int MOST_EVALUATIONS = 6_000;
    /** DuMouchel's own starting point, and two far from it: the likelihood has more than one hill. */
    private static final List<GammaPoisson> STARTS = List.of(
            new GammaPoisson(0.2, 0.1, 2, 4, 1.0 / 3), new GammaPoisson(3, 0.5, 2, 2, 0.1), new GammaPoisson(1, 1, 5, 5, 0.5));

    public GammaPoisson {
        if (!(alpha1 > 0 && beta1 > 0 && alpha2 > 0 && beta2 > 0 && weight > 0 && weight < 1)) {
            throw new IllegalArgumentException("no prior: " + alpha1 + ", " + beta1 + ", " + alpha2 + ", " + beta2 + ", " + weight);
        }
    }

    /**
     * What the shrinker says of one pair.
     *
     * @param ebgm empirical Bayes geometric mean
     * @param eb05 5 % quantile of the posterior, found as openEBGM finds it and so within 0.003 of it
     * @param eb95 95 % quantile of the posterior, likewise
     */
    public record Score(double ebgm, double eb05, double eb95) {}

    /** A prior found by maximum likelihood, and the logarithm of that likelihood. */
    public record Fit(GammaPoisson prior, double logLikelihood) {}

    public Score score(PairCount pair) {
        GammaMixture posterior = posterior(pair.observed(), pair.expected());
        return new Score(posterior.geometricMean(), posterior.referenceQuantile(0.05), posterior.referenceQuantile(0.95));
    }

    /** What is known of lambda once {@code n} cases were seen where {@code e} were expected. */
    GammaMixture posterior(long n, double e) {
        double first = Math.log(weight) + logNegativeBinomial(n, alpha1, beta1, e);
        double second = Math.log1p(-weight) + logNegativeBinomial(n, alpha2, beta2, e);
        double share = 1 / (1 + Math.exp(second - first));
        return new GammaMixture(share, alpha1 + n, beta1 + e, alpha2 + n, beta2 + e);
    }

    /** The logarithm of the probability of n cases where e are expected and lambda is a gamma, without the factor n!. */
    private static double logNegativeBinomial(long n, double alpha, double beta, double e) {
        return Gamma.logGamma(alpha + n) - Gamma.logGamma(alpha) - n * Math.log1p(beta / e) - alpha * Math.log1p(e / beta);
    }

    /**
     * The prior under which what was observed is likeliest, given that a pair is only seen if it was told at least once. The
     * simplex method of Nelder and Mead on logarithms, from fixed starting points and from its own result again: the same
     * pairs always give the same prior.
     *
     * @throws IllegalArgumentException if there are fewer than ten pairs
     */
    public static Fit fit(List<PairCount> pairs) {
        if (pairs.size() < 10) {
            throw new IllegalArgumentException(pairs.size() + " pairs are too few to learn a prior of five numbers from");
        }
        Sample sample = Sample.of(pairs);
        Fit best = null;
        for (GammaPoisson start : STARTS) {
            Fit fit = climb(sample, climb(sample, start).prior());
            if (best == null || fit.logLikelihood() > best.logLikelihood()) {
                best = fit;
            }
        }
        if (best == null) {
            throw new IllegalStateException("no starting point");
        }
        return best;
    }

    /** The logarithm of the likelihood of pairs that were told at least once, up to a constant that no prior changes. */
    public double logLikelihood(List<PairCount> pairs) {
        return Sample.of(pairs).logLikelihood(this);
    }

    private static Fit climb(Sample sample, GammaPoisson start) {
        PointValuePair found = new SimplexOptimizer(new SimpleValueChecker(1e-11, 1e-9)).optimize(
                new MaxEval(MOST_EVALUATIONS), GoalType.MAXIMIZE,
                new ObjectiveFunction(point -> sample.logLikelihood(at(point))),
                new InitialGuess(start.point()), new NelderMeadSimplex(5, 0.5));
        return new Fit(at(found.getPoint()), found.getValue());
    }

    private double[] point() {
        return new double[] {Math.log(alpha1), Math.log(beta1), Math.log(alpha2), Math.log(beta2), Math.log(weight / (1 - weight))};
    }

    private static GammaPoisson at(double[] point) {
        return new GammaPoisson(bounded(point[0]), bounded(point[1]), bounded(point[2]), bounded(point[3]),
                Math.min(1 - 1e-9, Math.max(1e-9, 1 / (1 + Math.exp(-point[4])))));
    }

    private static double bounded(double logarithm) {
        return Math.exp(Math.min(12, Math.max(-12, logarithm))); // beyond, a gamma is a point or no distribution
    }

    /** Pairs with equal N and E counted together: the likelihood is the same and the climb much shorter. */
    private static final class Sample {
        private final long[] observed;
        private final double[] expected;
        private final long[] times;
        private final int mostObserved;

        private Sample(long[] observed, double[] expected, long[] times, int mostObserved) {
            this.observed = observed;
            this.expected = expected;
            this.times = times;
            this.mostObserved = mostObserved;
        }

        static Sample of(List<PairCount> pairs) {
            record Cell(long n, double e) {}
            Map<Cell, Long> cells = new HashMap<>();
            pairs.forEach(pair -> cells.merge(new Cell(pair.observed(), pair.expected()), 1L, Long::sum));
            // in one order whatever the hashing, so that sums round alike every time
            List<Cell> order = cells.keySet().stream()
                    .sorted((a, b) -> a.n() == b.n() ? Double.compare(a.e(), b.e()) : Long.compare(a.n(), b.n()))
                    .toList();
            long[] observed = order.stream().mapToLong(Cell::n).toArray();
            double[] expected = order.stream().mapToDouble(Cell::e).toArray();
            long[] times = order.stream().mapToLong(cell -> cells.getOrDefault(cell, 0L)).toArray();
            long most = observed.length == 0 ? 0 : observed[observed.length - 1];
            return new Sample(observed, expected, times, (int) Math.min(most, 1_000_000));
        }

        double logLikelihood(GammaPoisson prior) {
            double[] rising1 = rising(prior.alpha1);
            double[] rising2 = rising(prior.alpha2);
            double log1 = Math.log(prior.weight);
            double log2 = Math.log1p(-prior.weight);
            double sum = 0;
            for (int i = 0; i < observed.length; i++) {
                double e = expected[i];
                long n = observed[i];
                double none1 = log1 - prior.alpha1 * Math.log1p(e / prior.beta1);
                double none2 = log2 - prior.alpha2 * Math.log1p(e / prior.beta2);
                double seen = logSum(none1 + at(rising1, prior.alpha1, n) - n * Math.log1p(prior.beta1 / e),
                        none2 + at(rising2, prior.alpha2, n) - n * Math.log1p(prior.beta2 / e));
                double none = logSum(none1, none2);
                sum += times[i] * (seen - Math.log(-Math.expm1(Math.min(none, -1e-300))));
            }
            return sum;
        }

        /** {@code log(Gamma(alpha + n) / Gamma(alpha))} for n from zero. */
        private double[] rising(double alpha) {
            double[] sums = new double[mostObserved + 1];
            for (int n = 1; n < sums.length; n++) {
                sums[n] = sums[n - 1] + Math.log(alpha + n - 1);
            }
            return sums;
        }

        private static double at(double[] rising, double alpha, long n) {
            return n < rising.length ? rising[(int) n] : Gamma.logGamma(alpha + n) - Gamma.logGamma(alpha);
        }

        private static double logSum(double a, double b) {
            double most = Math.max(a, b);
            return most + Math.log1p(Math.exp(Math.min(a, b) - most));
        }
    }
}

package cn.jingshu.products.efficacy.signal;

import org.apache.commons.math3.special.Gamma;

/**
 * A mixture of two gamma distributions.
 *
 * @param weight of the first, in [0, 1]
 * @param shape1 of the first, above zero
 * @param rate1 of the first, above zero
 * @param shape2 of the second
 * @param rate2 of the second
 */
record GammaMixture(double weight, double shape1, double rate1, double shape2, double rate2) {
    private static final double ENOUGH = 1e-13;
    private static final int MOST_HALVINGS = 200;

    /** Between these openEBGM looks for a quantile, from 1 up or down, and so often it halves what is left. */
    private static final double REFERENCE_REACH = 100_000;
    private static final int REFERENCE_HALVINGS = 24;

    GammaMixture {
        if (!(weight >= 0 && weight <= 1 && shape1 > 0 && rate1 > 0 && shape2 > 0 && rate2 > 0)) {
            throw new IllegalArgumentException("no mixture of gammas: " + weight + ", " + shape1 + "/" + rate1 + ", " + shape2 + "/" + rate2);
        }
    }

    static GammaMixture of(double shape, double rate) {
        return new GammaMixture(1, shape, rate, shape, rate);
    }

    double cumulative(double x) {
        double sum = 0;
        if (weight > 0) {
            sum += weight * Gamma.regularizedGammaP(shape1, rate1 * x);
        }
        if (weight < 1) {
            sum += (1 - weight) * Gamma.regularizedGammaP(shape2, rate2 * x);
        }
        return sum;
    }

    /** The value below which {@code probability} lies, to 13 digits, by halving its logarithm. */
    double quantile(double probability) {
        if (!(probability > 0 && probability < 1)) {
            throw new IllegalArgumentException("probability " + probability);
        }
        double mean = Math.max(shape1 / rate1, shape2 / rate2);
        double high = Math.log(mean);
        while (cumulative(Math.exp(high)) < probability) {
            high += 1;
        }
        double low = high - 1;
        while (cumulative(Math.exp(low)) > probability && low > -700) {
            high = low;
            low -= 2;
        }
        for (int i = 0; i < MOST_HALVINGS && high - low > ENOUGH; i++) {
            double middle = (low + high) / 2;
            if (cumulative(Math.exp(middle)) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp((low + high) / 2);
    }

    /**
     * The quantile as openEBGM, by which published scores are reckoned, finds it: from 1 up to or down from 100,000 by 24 halvings, so that
     * it ends within 0.003 of the root. Where that search has no answer (a quantile above 100,000, or one so near zero that it ends at
     * or below it) it is {@link #quantile}.
     *
     * @see "openEBGM 0.9.1 (CRAN), quantBisect: limits -100000 and 100000, tolerance for two decimals; DuMouchel 1999"
     */
    double referenceQuantile(double probability) {
        boolean below = cumulative(1) > probability;
        double low = below ? -REFERENCE_REACH : 1;
        double high = below ? 1 : REFERENCE_REACH;
        if (cumulative(high) < probability) {
            return quantile(probability);
        }
        for (int halving = 0; halving < REFERENCE_HALVINGS; halving++) {
            double middle = (low + high) / 2;
            if (middle <= 0 || cumulative(middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double found = (low + high) / 2;
        return found > 0 ? found : quantile(probability);
    }

    /** {@code exp(E[log x])}. */
    double geometricMean() {
        double sum = 0;
        if (weight > 0) {
            sum += weight * (Gamma.digamma(shape1) - Math.log(rate1));
        }
        if (weight < 1) {
            sum += (1 - weight) * (Gamma.digamma(shape2) - Math.log(rate2));
        }
        return Math.exp(sum);
    }
}

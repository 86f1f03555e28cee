package cn.jingshu.products.efficacy.signal;

/**
 * The measures of disproportionality that rest on the table of two by two alone.
 *
 * <ul>
 * <li>RR, the relative report rate N/E (DuMouchel 1999)
 * <li>PRR, the proportional reporting ratio, with the 95 % interval of its logarithm and the chi-square of Yates (Evans, Waller,
 *     Davis 2001, Pharmacoepidemiol Drug Saf 10:483)
 * <li>ROR, the reporting odds ratio, with Woolf's interval (van Puijenbroek et al. 2002, same journal 11:3)
 * <li>IC, the information component, in two forms: the Bayesian network's (Bate et al. 1998, Eur J Clin Pharmacol 54:315) and the
 *     shrunk observed-to-expected ratio with its exact credibility interval (Norén, Hopstadius, Bate 2013, Stat Methods Med
 *     Res 22:57)
 * </ul>
 */
public final class Disproportionality {
    private static final double LN2 = Math.log(2);

    private Disproportionality() {}

    /** N/E. */
    public static double relativeRate(PairCount pair) {
        return pair.observed() / pair.expected();
    }

    /** PRR with its 95 % interval; infinite if the event is told with no other product. */
    public static Interval proportionalReportingRatio(PairCount pair) {
        double a = pair.observed();
        double exposed = pair.withProduct();
        double c = pair.eventOnly();
        double others = pair.total() - exposed;
        if (others <= 0) {
            return new Interval(Double.NaN, Double.NaN, Double.NaN); // nothing to compare with
        }
        double ratio = a / exposed / (c / others);
        return Interval.ofRatio(ratio, Math.sqrt(1 / a - 1 / exposed + 1 / c - 1 / others));
    }

    /** The chi-square of the table with the correction of Yates, one degree of freedom; zero if a margin is empty. */
    public static double chiSquareYates(PairCount pair) {
        double a = pair.observed();
        double b = pair.productOnly();
        double c = pair.eventOnly();
        double d = pair.neither();
        double n = pair.total();
        double margins = (a + b) * (c + d) * (a + c) * (b + d);
        double distance = Math.max(0, Math.abs(a * d - b * c) - n / 2);
        return margins <= 0 ? 0 : n * distance * distance / margins;
    }

    /** ROR with Woolf's 95 % interval; infinite if a cell off the diagonal is empty. */
    public static Interval reportingOddsRatio(PairCount pair) {
        double a = pair.observed();
        double b = pair.productOnly();
        double c = pair.eventOnly();
        double d = pair.neither();
        double off = b * c;
        return Interval.ofRatio(off <= 0 && a * d <= 0 ? Double.NaN : a * d / off, Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d));
    }

    /**
     * {@code log2((N + 1/2) / (E + 1/2))} with the 95 % credibility interval: the quantiles of a gamma distribution of shape
     * N + 1/2 and rate E + 1/2.
     */
    public static Interval informationComponent(PairCount pair) {
        double shape = pair.observed() + 0.5;
        double rate = pair.expected() + 0.5;
        return new Interval(Math.log(shape / rate) / LN2, Math.log(GammaMixture.of(shape, rate).quantile(0.025)) / LN2,
                Math.log(GammaMixture.of(shape, rate).quantile(0.975)) / LN2);
    }

    /**
     * Expectation of the information component in the confidence propagation network with the priors of Bate et al. 1998
     * (gamma11 = alpha1 = beta1 = 1, alpha = beta = 2), and 1.96 standard deviations to either side.
     */
    public static Interval informationComponentOfNetwork(PairCount pair) {
        double c11 = pair.observed();
        double c1 = pair.withProduct();
        double cx = pair.withEvent();
        double c = pair.total();
        double gamma = (c + 2) * (c + 2) / ((c1 + 1) * (cx + 1));
        double expectation = Math.log((c11 + 1) * (c + 2) * (c + 2) / ((c + gamma) * (c1 + 1) * (cx + 1))) / LN2;
        double variance = ((c - c11 + gamma - 1) / ((c11 + 1) * (1 + c + gamma))
                + (c - c1 + 1) / ((c1 + 1) * (1 + c + 2))
                + (c - cx + 1) / ((cx + 1) * (1 + c + 2))) / (LN2 * LN2);
        double reach = Interval.NORMAL_975 * Math.sqrt(variance);
        return new Interval(expectation, expectation - reach, expectation + reach);
    }
}

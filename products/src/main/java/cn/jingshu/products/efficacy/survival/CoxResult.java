package cn.jingshu.products.efficacy.survival;

import java.util.List;

/** What came of fitting a proportional-hazards model. */
public sealed interface CoxResult {
    /**
     * A fit.
     *
     * @param coefficients logarithms of the hazard ratios, one for each column
     * @param standardErrors of them
     * @param logLikelihoodNull partial, with all coefficients zero
     * @param logLikelihood partial, at the estimate
     * @param concordance probability that of two comparable cases the one with the higher risk had the event first; ties count half
     * @param cases cases used
     * @param events events used
     */
    record Fitted(List<Double> coefficients, List<Double> standardErrors, double logLikelihoodNull, double logLikelihood,
            double concordance, int cases, int events) implements CoxResult {
        public Fitted {
            coefficients = List.copyOf(coefficients);
            standardErrors = List.copyOf(standardErrors);
        }

        /** Twice the gain of the log likelihood: chi-square with one degree of freedom for each column. */
        public double likelihoodRatio() {
            return 2 * (logLikelihood - logLikelihoodNull);
        }
    }

    /** The data do not determine the coefficients: no events, dependent columns, or a column that separates the events. */
    record NotEstimable(String why) implements CoxResult {}
}

package cn.jingshu.products.efficacy.matching;

/**
 * How alike two groups are in one covariate.
 *
 * @param treatedMean mean of the treated
 * @param controlMean mean of the others, weighted if weights were given
 * @param standardisedDifference difference of the means in standard deviations of the treated before any adjustment (Austin 2009,
 *     Stat Med 28:3083: beyond 0.1 is imbalance); NaN if the treated are all alike
 */
public record Balance(double treatedMean, double controlMean, double standardisedDifference) {
    /** Of column {@code column}; cases of weight zero are left out of the means, not of the standard deviation. */
    public static Balance of(double[][] covariates, int column, boolean[] treated, double[] weights) {
        double[] total = new double[2];
        double[] sum = new double[2];
        double plain = 0;
        int count = 0;
        for (int i = 0; i < treated.length; i++) {
            int group = treated[i] ? 1 : 0;
            total[group] += weights[i];
            sum[group] += weights[i] * covariates[i][column];
            if (treated[i]) {
                plain += covariates[i][column];
                count++;
            }
        }
        double mean = plain / count;
        double squares = 0;
        for (int i = 0; i < treated.length; i++) {
            if (treated[i]) {
                squares += (covariates[i][column] - mean) * (covariates[i][column] - mean);
            }
        }
        double deviation = Math.sqrt(squares / (count - 1));
        double with = sum[1] / total[1];
        double without = sum[0] / total[0];
        return new Balance(with, without, deviation > 0 ? (with - without) / deviation : Double.NaN);
    }
}

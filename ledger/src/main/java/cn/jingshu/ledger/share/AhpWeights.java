package cn.jingshu.ledger.share;

import cn.jingshu.ledger.money.Portion;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.math3.fraction.BigFraction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * Weights of criteria from comparing them in pairs (层次分析法, AHP): the main eigenvector of the matrix of comparisons.
 *
 * @param weights one a criterion, in the matrix's order, from six decimals, adding up to exactly one
 * @param largestEigenvalue of the matrix, to six decimals; the number of criteria, if no comparison contradicts another
 * @param consistencyRatio how far the comparisons contradict each other beside random ones, to six decimals
 * @see "T. L. Saaty, The Analytic Hierarchy Process, 1980"
 */
public record AhpWeights(List<Portion> weights, BigDecimal largestEigenvalue, BigDecimal consistencyRatio) {
    /** Comparisons that contradict each other more than this are to be made anew. */
    public static final BigDecimal MOST_RATIO = new BigDecimal("0.10");

    private static final int SCALE = 6;

    /** By number of criteria from one: the mean consistency index of matrices filled at random (Saaty's table). */
    private static final List<BigDecimal> RANDOM_INDEX = Stream.of(
                    "0", "0", "0.58", "0.90", "1.12", "1.24", "1.32", "1.41", "1.45", "1.49")
            .map(BigDecimal::new)
            .toList();

    private static final BigFraction LEAST = new BigFraction(1, 9);
    private static final BigFraction MOST = new BigFraction(9);

    public AhpWeights {
        weights = List.copyOf(weights);
    }

    /**
     * @param comparisons line by line how many times more the line's criterion matters than the column's: 1 to 9, or the
     *     reverse fraction; 1 to 10 criteria
     * @throws IllegalArgumentException if the matrix is not square, a comparison is beyond 1/9 to 9, or the reverse of one
     *     is not its reciprocal
     */
    public static AhpWeights of(List<List<BigFraction>> comparisons) {
        int n = comparisons.size();
        if (n < 1 || n > RANDOM_INDEX.size()) {
            throw new IllegalArgumentException(n + " criteria, allowed: 1 to " + RANDOM_INDEX.size());
        }
        RealMatrix matrix = new Array2DRowRealMatrix(n, n);
        for (int line = 0; line < n; line++) {
            if (comparisons.get(line).size() != n) {
                throw new IllegalArgumentException("line " + (line + 1) + " has " + comparisons.get(line).size()
                        + " comparisons, not " + n);
            }
            for (int column = 0; column < n; column++) {
                BigFraction times = comparisons.get(line).get(column);
                if (times.compareTo(LEAST) < 0 || times.compareTo(MOST) > 0) {
                    throw new IllegalArgumentException("a comparison is " + times + ", allowed: 1/9 to 9");
                }
                if (!times.multiply(comparisons.get(column).get(line)).equals(BigFraction.ONE)) {
                    throw new IllegalArgumentException("line " + (line + 1) + ", column " + (column + 1) + " is " + times
                            + ", and its reverse " + comparisons.get(column).get(line));
                }
                matrix.setEntry(line, column, times.doubleValue());
            }
        }
        EigenDecomposition eigen = new EigenDecomposition(matrix);
        int main = 0;
        for (int i = 1; i < n; i++) {
            if (eigen.getRealEigenvalue(i) > eigen.getRealEigenvalue(main)) {
                main = i;
            }
        }
        RealVector vector = eigen.getEigenvector(main);
        List<BigDecimal> lengths = new ArrayList<>();
        for (double part : vector.mapDivide(vector.getL1Norm()).toArray()) {
            lengths.add(BigDecimal.valueOf(Math.abs(part)).setScale(SCALE, RoundingMode.HALF_UP)); // all of one sign (Perron)
        }
        double eigenvalue = eigen.getRealEigenvalue(main);
        double index = n < 2 ? 0 : Math.max(0, (eigenvalue - n) / (n - 1));
        double random = RANDOM_INDEX.get(n - 1).doubleValue();
        return new AhpWeights(Portion.ofWeights(lengths), rounded(eigenvalue), rounded(random == 0 ? 0 : index / random));
    }

    private static BigDecimal rounded(double number) {
        return BigDecimal.valueOf(number).setScale(SCALE, RoundingMode.HALF_UP);
    }

    /** Whether the weights may be used. */
    public boolean isConsistent() {
        return consistencyRatio.compareTo(MOST_RATIO) <= 0;
    }
}

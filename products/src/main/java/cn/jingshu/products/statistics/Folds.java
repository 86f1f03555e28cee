package cn.jingshu.products.statistics;

import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Cross-validation with stated folds: row {@code i} belongs to fold {@code i mod folds}, so anyone can repeat it. */
public final class Folds {
    private Folds() {}

    /**
     * The score of each row by a model that was trained without the row's fold.
     *
     * @param train from the rows and events of the other folds to a scoring function of a row
     */
    public static double[] scores(double[][] rows, boolean[] events, int folds,
            BiFunction<double[][], boolean[], ToDoubleFunction<double[]>> train) {
        double[] scores = new double[rows.length];
        for (int fold = 0; fold < folds; fold++) {
            int held = fold;
            int[] others = IntStream.range(0, rows.length).filter(i -> i % folds != held).toArray();
            double[][] trainRows = new double[others.length][];
            boolean[] trainEvents = new boolean[others.length];
            for (int k = 0; k < others.length; k++) {
                trainRows[k] = rows[others[k]];
                trainEvents[k] = events[others[k]];
            }
            ToDoubleFunction<double[]> model = train.apply(trainRows, trainEvents);
            for (int i = fold; i < rows.length; i += folds) {
                scores[i] = model.applyAsDouble(rows[i]);
            }
        }
        return scores;
    }
}

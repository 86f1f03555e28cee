package cn.jingshu.products.lending.training;

import cn.jingshu.products.lending.score.Characteristic;
import cn.jingshu.products.lending.score.Input;
import cn.jingshu.products.statistics.LogisticRegression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Fits a scorecard: bins each characteristic, regresses default on the weights of evidence, and drops, until there is
 * none, the characteristics whose coefficients would turn their evidence round. Deterministic.
 *
 * @param names of the characteristics to begin with
 * @param leastShare of the cases a bin holds at least
 * @param chiSquared by which neighbouring bins differ at least
 * @param ridge penalty of the regression
 */
public record ScorecardTrainer(List<String> names, double leastShare, double chiSquared, double ridge) {
    public ScorecardTrainer {
        names = List.copyOf(names);
    }

    /** What was fitted. */
    public record Fitted(double intercept, List<Characteristic> characteristics, List<Double> coefficients) {
        public Fitted {
            characteristics = List.copyOf(characteristics);
            coefficients = List.copyOf(coefficients);
        }

        /** Log odds of default. */
        public double logOdds(Map<String, Input> values) {
            double sum = intercept;
            for (int i = 0; i < characteristics.size(); i++) {
                Characteristic characteristic = characteristics.get(i);
                sum += coefficients.get(i) * characteristic.weights().get(characteristic.bin(value(values, characteristic.name())));
            }
            return sum;
        }
    }

    public Fitted fit(TrainingTable table) {
        boolean[] events = table.events();
        List<Characteristic> kept = new ArrayList<>();
        for (String name : names) {
            Characteristic characteristic = binned(table, name, events);
            if (characteristic.weights().size() > 1) {
                kept.add(characteristic);
            }
        }
        double[] ones = new double[events.length];
        Arrays.fill(ones, 1);
        while (true) {
            List<Characteristic> now = kept;
            double[][] rows = table.cases().stream().map(values -> evidence(now, values)).toArray(double[][]::new);
            double[] beta = LogisticRegression.fit(rows, events, ones, ridge).coefficients();
            List<Characteristic> better = IntStream.range(0, now.size()).filter(i -> beta[i + 1] >= 0).mapToObj(now::get).toList();
            if (better.size() == now.size()) {
                return new Fitted(beta[0], now, Arrays.stream(beta).skip(1).boxed().toList());
            }
            kept = better;
        }
    }

    /** Log odds of each case by a model fitted without its fold, row modulo {@code folds}. Bins are fitted within the fold too. */
    public double[] heldOut(TrainingTable table, int folds) {
        double[] scores = new double[table.cases().size()];
        for (int fold = 0; fold < folds; fold++) {
            ToDoubleFunction<Map<String, Input>> model = fit(table.fold(folds, fold, false))::logOdds;
            for (int i = fold; i < scores.length; i += folds) {
                scores[i] = model.applyAsDouble(table.cases().get(i));
            }
        }
        return scores;
    }

    private Characteristic binned(TrainingTable table, String name, boolean[] events) {
        boolean numbers = table.cases().stream().allMatch(values -> value(values, name) instanceof Input.Amount);
        if (numbers) {
            double[] values = table.cases().stream()
                    .mapToDouble(v -> value(v, name) instanceof Input.Amount(double number) ? number : Double.NaN).toArray();
            return Characteristic.ofNumbers(name, values, events, leastShare, chiSquared);
        }
        String[] values = table.cases().stream()
                .map(v -> value(v, name) instanceof Input.Category(String text) ? text : "").toArray(String[]::new);
        return Characteristic.ofCategories(name, values, events, leastShare);
    }

    private static double[] evidence(List<Characteristic> characteristics, Map<String, Input> values) {
        return characteristics.stream().mapToDouble(c -> c.weights().get(c.bin(value(values, c.name())))).toArray();
    }

    private static Input value(Map<String, Input> values, String name) {
        Input value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no value for " + name);
        }
        return value;
    }
}

package cn.jingshu.products.domain.quality;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How good a load is: each rule 100 × conforming / checked, each dimension the mean of its rules, the whole the weighted mean of the
 * dimensions that were measured.
 *
 * @param total 0 to 100; null: nothing could be measured
 * @param dimensions those that were measured
 */
public record QualityScore(@Nullable Double total, Map<Dimension, Double> dimensions, List<Result> results) {
    public QualityScore {
        dimensions = Map.copyOf(dimensions);
        results = List.copyOf(results);
    }

    /**
     * What a rule found.
     *
     * @param checked how many items it looked at; 0: it could not be measured
     * @param failed how many of them do not conform
     * @param score 0 to 100; null: it could not be measured
     */
    public record Result(QualityRule rule, long checked, long failed, @Nullable Double score) {
        public static Result of(QualityRule rule, long checked, long failed) {
            if (checked == 0) {
                return new Result(rule, 0, 0, null);
            }
            double conforming = (double) (checked - failed) / checked;
            double enough = rule instanceof QualityRule.Filled filled ? filled.share() : 1;
            return new Result(rule, checked, failed, 100 * Math.min(1, conforming / enough));
        }
    }

    public static QualityScore of(QualityRules rules, List<Result> results) {
        Map<Dimension, Double> dimensions = means(results, each -> each.rule().dimension(), Result::score);
        double sum = 0;
        double weights = 0;
        for (Map.Entry<Dimension, Double> each : dimensions.entrySet()) {
            sum += rules.weight(each.getKey()) * each.getValue();
            weights += rules.weight(each.getKey());
        }
        // Rounding may lead a hair above what every part is.
        return new QualityScore(weights > 0 ? Math.clamp(sum / weights, 0, 100) : null, dimensions, results);
    }

    /** The mean of the scores in each dimension of which something could be measured; of the others there is none. */
    public static <T> Map<Dimension, Double> means(List<T> found, Function<T, Dimension> dimension, Function<T, @Nullable Double> score) {
        Map<Dimension, List<Double>> measured = new EnumMap<>(Dimension.class);
        for (T each : found) {
            Double known = score.apply(each);
            if (known != null) {
                measured.computeIfAbsent(dimension.apply(each), _ -> new ArrayList<>()).add(known);
            }
        }
        Map<Dimension, Double> means = new EnumMap<>(Dimension.class);
        measured.forEach((each, scores) -> means.put(each, scores.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
        return means;
    }

    /** Whether it is below what is good enough; what could not be measured is not. */
    public boolean isDegraded(QualityRules rules) {
        return total != null && total < rules.threshold();
    }
}

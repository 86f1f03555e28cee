package cn.jingshu.products.health.risk;

import cn.jingshu.products.spi.WatchedModel;
import cn.jingshu.products.statistics.WatchedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Counts what the published scores are asked about, in the bins below. Of the people they were fitted on no distribution was published that could be
 * compared with, so that drift is measured against the first cases of the installation.
 */
public final class WatchedScores {
    /** Bins of what is measured; a yes or no has two, a choice one for each number. The bounds are ours. */
    private static final Map<Input, List<Double>> EDGES = Map.of(
            Input.AGE, List.of(30.0, 40.0, 50.0, 60.0, 70.0, 80.0),
            Input.SYSTOLIC, List.of(110.0, 120.0, 130.0, 140.0, 160.0, 180.0),
            Input.SYSTOLIC_DEVIATION, List.of(5.0, 10.0, 15.0),
            Input.TOTAL_CHOLESTEROL, List.of(4.0, 5.0, 6.0, 7.0),
            Input.HDL, List.of(1.0, 1.2, 1.4, 1.6),
            Input.WAIST, List.of(75.0, 85.0, 95.0, 105.0),
            Input.BMI, List.of(18.5, 24.0, 28.0, 32.0),
            Input.TOWNSEND, List.of(-2.0, 0.0, 2.0, 4.0));

    private static final List<Input> ALL = List.of(Input.values());

    private final Map<String, WatchedRows> byCode = new LinkedHashMap<>();

    public WatchedScores(RiskScores scores) {
        List<WatchedRows.Column> columns = new ArrayList<>();
        for (Input input : ALL) {
            columns.add(new WatchedRows.Column(ALL.indexOf(input), input.name(), edges(input), List.of()));
        }
        scores.all().forEach(score -> byCode.put(score.facts().code(),
                new WatchedRows(score.facts().code() + " " + score.facts().version(), "", 0, columns)));
    }

    private static List<Double> edges(Input input) {
        List<Double> measured = EDGES.get(input);
        if (measured != null) {
            return measured;
        }
        List<Double> edges = new ArrayList<>();
        for (double number = input.least(); number < input.greatest(); number++) {
            edges.add(number + 0.5);
        }
        return edges;
    }

    /** Counts a person of whom the score says something. */
    public void count(RiskScore score, Inputs person) {
        double[] row = new double[ALL.size()];
        Arrays.fill(row, Double.NaN);
        score.inputsOf(person).forEach(input -> row[ALL.indexOf(input)] = person.value(input));
        Objects.requireNonNull(byCode.get(score.facts().code())).count(row);
    }

    public List<WatchedModel> models() {
        return byCode.values().stream().map(WatchedRows::model).toList();
    }
}

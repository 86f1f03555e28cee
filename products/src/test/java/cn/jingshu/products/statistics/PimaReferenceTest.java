package cn.jingshu.products.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import java.util.List;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The regression, the folds and the ranking of the house on data whose figures an independent program has given. */
class PimaReferenceTest {
    private static final List<String> ALL = List.of("pregnant", "glucose", "pressure", "triceps", "insulin", "mass", "pedigree", "age");
    private static final List<String> FIVE = List.of("pregnant", "glucose", "mass", "pedigree", "age");

    private static List<CSVRecord> complete(List<String> columns) {
        return SharedData.rows("health-profile/pima_diabetes2.csv").stream()
                .filter(row -> columns.stream().noneMatch(column -> row.get(column).isEmpty())).toList();
    }

    private static double auc(List<CSVRecord> complete, List<String> columns) {
        double[][] rows = complete.stream().map(row -> columns.stream().mapToDouble(column -> Double.parseDouble(row.get(column))).toArray())
                .toArray(double[][]::new);
        boolean[] events = new boolean[rows.length];
        for (int i = 0; i < rows.length; i++) {
            events[i] = complete.get(i).get("diabetes").equals("pos");
        }
        double[] scores = Folds.scores(rows, events, 10, (others, outcomes) -> LogisticRegression.fit(others, outcomes)::probability);
        return RankingQuality.auc(scores, events);
    }

    @Test
    void thereAreTheStatedWomen() {
        List<CSVRecord> rows = SharedData.rows("health-profile/pima_diabetes2.csv");
        assertThat(rows).hasSize(768);
        assertThat(rows.stream().filter(row -> row.get("diabetes").equals("pos")).count() / 768.0).isCloseTo(0.349, within(0.0005));
    }

    @Test
    void theStatedAreasAreReached() {
        List<CSVRecord> whole = complete(ALL);
        assertThat(whole).hasSize(392);
        assertThat(auc(whole, ALL)).isCloseTo(0.843, within(0.0005));
        List<CSVRecord> five = complete(FIVE);
        assertThat(five).hasSize(752);
        assertThat(auc(five, FIVE)).isCloseTo(0.838, within(0.0005));
    }
}

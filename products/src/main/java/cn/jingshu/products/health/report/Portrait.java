package cn.jingshu.products.health.report;

import cn.jingshu.products.health.guideline.Category;
import cn.jingshu.products.health.guideline.Guidelines;
import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.health.history.History;
import cn.jingshu.products.health.risk.Input;
import cn.jingshu.products.health.risk.Outcome;
import cn.jingshu.products.health.risk.RiskScore;
import cn.jingshu.products.health.trend.Trend;
import cn.jingshu.products.health.warning.Warning;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is said to one person, in no language yet.
 *
 * @param masked identity number as people may see it
 * @param recordsAsOf when the records were loaded; null: not known
 * @param stale the records are older than promised
 * @param warnings null: the person has not opted in
 * @param synthetic made-up records
 */
public record Portrait(String masked, int age, boolean male, LocalDate today, List<Value> values, List<Series> series,
        List<Assessed> scores, @Nullable List<Warning> warnings, @Nullable LocalDate recordsAsOf, boolean stale, int rejected, boolean synthetic) {
    /** Years of records that are drawn. */
    public static final int YEARS = 5;

    private static final List<Measure> DRAWN = List.of(Measure.SYSTOLIC, Measure.DIASTOLIC, Measure.FASTING_GLUCOSE, Measure.HBA1C,
            Measure.TOTAL_CHOLESTEROL, Measure.LDL, Measure.HDL, Measure.TRIGLYCERIDES, Measure.BMI);

    /** The newest value of a measure, and what it is called. */
    public record Value(History.Reading reading, Category category) {}

    /** The days of a measure and where they go. */
    public record Series(Measure measure, List<Trend.Point> points, Trend trend, List<Guidelines.Line> lines) {
        /** Where an axis of the values may begin: below all values and the nearest bound. */
        public double axisLow() {
            return Chart.axis(points, lines)[0];
        }

        public double axisHigh() {
            return Chart.axis(points, lines)[1];
        }
    }

    /** A score and what it says; the inputs it was reckoned from. */
    public record Assessed(RiskScore score, Outcome outcome, List<Input> used) {}

    /** The newest value of every measure there is. */
    public static List<Value> values(History history) {
        List<Value> values = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            history.newest(measure).ifPresent(reading ->
                    values.add(new Value(reading, Guidelines.categoryOf(measure, reading.value(), history.male()))));
        }
        return values;
    }

    /** The series of every measure that is drawn and has values. */
    public static List<Series> series(History history, LocalDate from) {
        List<Series> series = new ArrayList<>();
        for (Measure measure : DRAWN) {
            List<Trend.Point> points = history.series(measure, from);
            if (!points.isEmpty()) {
                series.add(new Series(measure, points, Trend.of(points), Guidelines.lines(measure, history.male())));
            }
        }
        return series;
    }
}

package cn.jingshu.products.health.report;

import cn.jingshu.products.health.guideline.Guidelines;
import cn.jingshu.products.health.trend.Trend;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Where things lie in a chart of one series, as fractions of its width and height from the lower left: the same for the page and
 * the PDF.
 */
final class Chart {
    /** Part of the width that a label takes. */
    private static final double LABEL_WIDTH = 0.45;

    private final List<Trend.Point> points;
    private final LocalDate from;
    private final double days;
    private final double low;
    private final double high;

    Chart(Portrait.Series series) {
        this.points = series.points();
        this.from = series.points().getFirst().day();
        this.days = Math.max(1, ChronoUnit.DAYS.between(from, series.points().getLast().day()));
        double[] axis = axis(series.points(), series.lines());
        this.low = axis[0];
        this.high = axis[1];
    }

    double x(LocalDate day) {
        return ChronoUnit.DAYS.between(from, day) / days;
    }

    double y(double value) {
        return (value - low) / (high - low);
    }

    double low() {
        return low;
    }

    double high() {
        return high;
    }

    /** Whether a bound of a guideline falls into the chart. */
    boolean shows(Guidelines.Line line) {
        return line.value() > low && line.value() < high;
    }

    /** Whether a line's label has more room at the left end, where the values are farther from it. */
    boolean labelsLeft(Guidelines.Line line) {
        return distance(line, true) >= distance(line, false);
    }

    private double distance(Guidelines.Line line, boolean left) {
        return points.stream()
                .filter(point -> left ? x(point.day()) <= LABEL_WIDTH : x(point.day()) >= 1 - LABEL_WIDTH)
                .mapToDouble(point -> Math.abs(point.value() - line.value()))
                .min().orElse(Double.POSITIVE_INFINITY);
    }

    /** Lowest and highest value of the axis: all values and the bound nearest to them, with a margin. */
    static double[] axis(List<Trend.Point> points, List<Guidelines.Line> lines) {
        double least = points.stream().mapToDouble(Trend.Point::value).min().orElseThrow();
        double most = points.stream().mapToDouble(Trend.Point::value).max().orElseThrow();
        double middle = (least + most) / 2;
        double nearest = lines.stream().mapToDouble(Guidelines.Line::value).boxed()
                .min(Comparator.comparingDouble(value -> Math.abs(value - middle))).orElse(middle);
        double low = DoubleStream.of(least, nearest).min().orElseThrow();
        double high = DoubleStream.of(most, nearest).max().orElseThrow();
        double margin = Math.max((high - low) * 0.15, Math.abs(high) * 0.03 + 0.05);
        return new double[] {Math.max(0, low - margin), high + margin};
    }
}

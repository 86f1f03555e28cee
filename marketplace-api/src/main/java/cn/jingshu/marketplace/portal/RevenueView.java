package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.billing.RevenueGauge;
import java.time.YearMonth;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A year's revenue against what is permitted. */
public record RevenueView(int year, Reading<Gauge> gauge) {

    /**
     * The gauge.
     *
     * @param permittedFen null: nothing is signed for the year, trial prices apply
     * @param leftFen null likewise; below zero: earned too much
     * @param test null: there is nothing to compare with
     */
    public record Gauge(@Nullable Long permittedFen, boolean withVat, long revenueFen, @Nullable Long leftFen,
            long forecastFen, List<Month> months, List<Warned> warnings, @Nullable Test test, List<Product> products,
            List<Cycle> cycles) {
        private static final int CHART_WIDTH = 1000;

        /** How far an amount reaches in a chart 1,000 wide, whose end is the largest amount there is to draw. */
        public int width(long fen) {
            long end = Math.max(Math.max(forecastFen, revenueFen), permittedFen == null ? 0 : permittedFen);
            return end <= 0 || fen <= 0 ? 0 : (int) Math.max(1, Math.min(CHART_WIDTH, fen / (end / CHART_WIDTH + 1)));
        }
    }

    /** @param closed false: the month can still change */
    public record Month(YearMonth month, long revenueFen, long yearToDateFen, boolean closed) {}

    /** @param reachedIn null: not reached; then {@code forecast} says whether the year is heading for it */
    public record Warned(int percent, @Nullable YearMonth reachedIn, boolean forecast) {}

    /** @param percent with a sign, such as {@code +12.30 %} */
    public record Test(String percent, RevenueGauge.Consequence consequence, boolean binding, boolean done) {
        /** Whether prices are to be adjusted rather than ceilings. */
        public boolean withinTolerance() {
            return consequence == RevenueGauge.Consequence.ADJUST_PRICES;
        }
    }

    public record Product(Bilingual name, long quantity, long revenueFen) {}

    public record Cycle(int first, int last, long permittedFen, long revenueFen, long overFen, boolean forecast, long carriedFen) {}
}

package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The permitted revenues (最高准许收入) as they were reckoned and signed.
 *
 * @param mayWrite the reader is of the price authority or the data authority
 * @param revenueId the id one written on this page would have
 */
public record PermittedView(boolean mayWrite, UUID revenueId, Reading<List<Reckoned>> records, Form form) {
    private static final int CHART_WIDTH = 1000;

    /** Where it stands. */
    public enum RecordState implements Labelled {
        OPEN,
        SIGNED,
        REFUSED;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case OPEN -> "warning";
                case SIGNED -> "done";
                case REFUSED -> "failed";
            };
        }
    }

    /**
     * One year's.
     *
     * @param items of the cost, subsidies last and below zero
     * @param rate such as {@code 7.8 %}; likewise yield, margin and their sum
     * @param formulaHolds C + C·ρ + T − carried is what is stated
     * @param rateHolds ρ is at most the yield and the points above it
     * @param own the reader wrote it
     * @param decidedBy empty: nobody yet
     */
    public record Reckoned(UUID id, int year, String cycle, List<Item> items, long costFen, String rate, long profitFen, long taxesFen,
            boolean vatInTaxes, long carriedFen, String smoothing, long reckonedFen, long highestFen, boolean formulaHolds, String bondYear, String yield,
            String margin, String limit, boolean rateHolds, String citation, RecordState state, String proposedBy, Instant proposedAt,
            String decidedBy, Instant decidedAt, String ground, boolean own) {
        public Reckoned {
            items = List.copyOf(items);
        }

        /** How far an amount reaches in a chart 1,000 wide, whose end is cost, profit and taxes together. */
        public int width(long fen) {
            long end = costFen + profitFen + taxesFen;
            return end <= 0 || fen <= 0 ? 0 : (int) Math.min(CHART_WIDTH, fen * CHART_WIDTH / end);
        }
    }

    /** An item of the cost. */
    public enum CostItem implements Labelled {
        PLATFORM,
        PROCESSING,
        STAFF,
        ACQUISITION,
        PERIOD,
        SUBSIDIES
    }

    public record Item(CostItem what, long fen) {}

    /** What is entered beside percentages and texts. */
    public enum RevenueField implements Labelled {
        YEAR("year"),
        CYCLE_FIRST("cycleFirst"),
        CYCLE_LAST("cycleLast"),
        SURVEY_YEAR("surveyYear"),
        BOND_YEAR("bondYear"),
        PLATFORM("platform"),
        PROCESSING("processing"),
        STAFF("staff"),
        ACQUISITION("acquisition"),
        PERIOD("period"),
        SUBSIDIES("subsidies"),
        TAXES("taxes");

        private final String field;

        RevenueField(String field) {
            this.field = field;
        }

        /** As the form names it. */
        public String field() {
            return field;
        }

        public boolean isYear() {
            return compareTo(PLATFORM) < 0;
        }
    }
}

package cn.jingshu.ledger.period;

/** What became of a wish to close a year. */
public sealed interface YearCloseResult {

    /** Closed now, or before: then nothing was changed. */
    record Closed(YearFacts facts, boolean already) implements YearCloseResult {}

    /**
     * Still open.
     *
     * @param detail the values at fault, for people
     */
    record Refused(Obstacle obstacle, String detail) implements YearCloseResult {}

    /** Why a year cannot be closed; stable text. */
    enum Obstacle {
        /** Its last month is open. */
        MONTH_OPEN,
        /** The profit of the year (本年利润) was not handed on to the distribution of profit. */
        PROFIT_NOT_DISTRIBUTED
    }
}

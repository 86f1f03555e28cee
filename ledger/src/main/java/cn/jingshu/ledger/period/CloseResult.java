package cn.jingshu.ledger.period;

/** What became of a wish to close a month. */
public sealed interface CloseResult {

    /** Closed now. */
    record Closed(ClosingFacts facts) implements CloseResult {}

    /** Closed before; nothing was changed. */
    record AlreadyClosed(ClosingFacts facts) implements CloseResult {}

    /**
     * Still open.
     *
     * @param detail the values at fault, for people
     */
    record Refused(Obstacle obstacle, String detail) implements CloseResult {}

    /** Why a month cannot be closed; stable text. */
    enum Obstacle {
        /** Months close in their order. */
        EARLIER_PERIOD_OPEN,
        /** Income or expense accounts hold a balance: the month has not been settled to its last entry. */
        PROFIT_AND_LOSS_NOT_SETTLED
    }
}

package cn.jingshu.ledger.settlement;

/** What became of a wish to settle a period. */
public sealed interface SettleResult {

    /** Stored and booked now; a revision above 1 booked the difference to the one before. */
    record Settled(StoredSettlement settlement) implements SettleResult {}

    /** Stored and booked before with the same inputs; nothing was changed. */
    record AlreadySettled(StoredSettlement settlement) implements SettleResult {}

    /**
     * Neither stored nor booked.
     *
     * @param detail the values at fault, for people
     */
    record Refused(Fault fault, String detail) implements SettleResult {}

    /** Why a period cannot be settled with the given inputs; stable text. */
    enum Fault {
        /** Revenue, VAT or costs are not those of the books. */
        BOOKS_DISAGREE,
        /** The year of the month is settled. */
        YEAR_SETTLED,
        /** The journal rejected an entry, for example because the month is closed. */
        ENTRY_REJECTED
    }
}

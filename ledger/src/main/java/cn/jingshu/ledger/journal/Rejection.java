package cn.jingshu.ledger.journal;

/** Why an entry was not booked; stable text. All are the caller's to mend. */
public enum Rejection {
    /** The id is booked with other content: "done differently", not "already done". */
    ID_REUSED_WITH_OTHER_CONTENT,
    /** The period of the entry, or a later one, is closed; the correction belongs to an open period. */
    PERIOD_CLOSED,
    /** A posting names an account the chart does not have. */
    UNKNOWN_ACCOUNT,
    /** A posting names an account that only adds up its sub-accounts. */
    ACCOUNT_NOT_POSTABLE,
    /** The entry to reverse is not booked. */
    REVERSED_ENTRY_UNKNOWN,
    /** The entry to reverse has been reversed. */
    ALREADY_REVERSED,
    /** The postings are not the mirror of the entry to reverse. */
    REVERSAL_IS_NO_MIRROR,
    /** Entries of a settlement change by settling again. */
    SETTLEMENT_NOT_REVERSIBLE,
    /** Nothing is reserved under this id. */
    PENDING_UNKNOWN,
    /** The reservation's time is over. */
    PENDING_EXPIRED,
    /** The reservation was voided. */
    PENDING_VOIDED,
    /** It is booked: nothing is left to reserve or to void. */
    PENDING_POSTED,
    /** The balance, less what is reserved of it, does not cover the reservation. */
    BALANCE_TOO_LOW
}

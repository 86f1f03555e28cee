package cn.jingshu.marketplace.simulation;

/** What a node does wrong in a run that must fail. */
enum Mistake {
    NONE,
    /** The gate never reads the facts again. */
    KEEPS_ITS_FIRST_TABLE,
    /** Every call is as slow as it should be. */
    LETS_CALLS_THROUGH_THAT_COME_TOO_FAST,
    /** A node that lost Redis decides alone for ever. */
    NEVER_LOOKS_FOR_REDIS_AGAIN,
    /** Units taken for a call that then used none are not given back. */
    BURNS_WHAT_WAS_NOT_USED,
    /** Money of a budget is not asked for. */
    GIVES_CREDIT,
    /** Money taken for a call that then cost less is not given back. */
    KEEPS_MONEY_THAT_WAS_NOT_USED,
    /** What of a budget was used by recorded events is never said. */
    FORGETS_WHAT_MONEY_WAS_TAKEN_FOR,
    /** What of a budget was used by recorded events is said twice, so that more is freed than they did not cost. */
    COUNTS_MONEY_TWICE,
    /** Whether the right of an open stream has ended is never looked at. */
    NEVER_LOOKS_AT_OPEN_STREAMS,
    /** The first item of a minute leaves before the minute is in the journal. */
    SENDS_BEFORE_A_MINUTE_IS_RECORDED,
    /** A minute of a stream is recorded under two events now and then. */
    RECORDS_A_MINUTE_TWICE,
    /** What is sold as a minute takes three. */
    SELLS_LONG_MINUTES,
    /** Units are taken before the rules are asked. */
    TAKES_FOR_WHAT_IT_REFUSES,
    /** An answer leaves before the units it costs beyond the first are there. */
    GIVES_LARGE_ANSWERS_UNASKED,
    /** Free use that went on while the quota could not be asked is never counted against it. */
    FORGETS_WHAT_FREE_USE_OWES,
    /** The answer leaves before its event is in the journal. */
    ANSWERS_BEFORE_IT_IS_RECORDED
}

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
    /** Units are taken before the rules are asked. */
    TAKES_FOR_WHAT_IT_REFUSES,
    /** An answer leaves before the units it costs beyond the first are there. */
    GIVES_LARGE_ANSWERS_UNASKED,
    /** Free use that went on while the quota could not be asked is never counted against it. */
    FORGETS_WHAT_FREE_USE_OWES,
    /** The answer leaves before its event is in the journal. */
    ANSWERS_BEFORE_IT_IS_RECORDED
}

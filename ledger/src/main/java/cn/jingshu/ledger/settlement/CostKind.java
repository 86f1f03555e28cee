package cn.jingshu.ledger.settlement;

/** What a cost was incurred for; paid and free use are kept apart because only paid use may enter a price cap. */
public enum CostKind {
    /** Direct cost of use that is paid for (产业发展、行业发展). */
    DIRECT_PAID,
    /** Direct cost of use that is free (公共治理、公益事业). */
    DIRECT_FREE,
    /** Cost of both, and of running the marketplace (期间费用). */
    SHARED
}

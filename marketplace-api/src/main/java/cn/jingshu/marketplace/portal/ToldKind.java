package cn.jingshu.marketplace.portal;

/** What an organisation was told, as a page names it. */
public enum ToldKind implements Labelled {
    STATEMENT_ISSUED,
    DUE,
    REMINDER,
    FINAL_NOTICE,
    SUSPENDED,
    REINSTATED,
    SETTLED,
    BUDGET_80,
    BUDGET_100,
    BUDGET_STOPPED,
    CREDIT_STOPPED,
    CREDIT_NOTE,
    TERM_OVERDUE,
    OBJECTION_RAISED,
    OBJECTION_MESSAGE,
    OBJECTION_ANSWERED,
    OBJECTION_ESCALATED,
    OBJECTION_DECIDED,
    DATA_CORRECTED,
    REVENUE_80,
    REVENUE_90,
    REVENUE_100,
    MODEL_DRIFT,
    PRICE_ENDED,
    USAGE_WITHOUT_PRICE,
    STALE_IS_FREE,
    FAILED_IS_FREE
}

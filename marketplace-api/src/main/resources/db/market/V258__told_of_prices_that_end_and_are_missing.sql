-- Operator and merchant are told when a price ends because its product is free; operator and consumer, when usage under a hard budget has no lawful price;
-- and a merchant, when stale answers of its declared product, which its contract billed once, are free.
ALTER TABLE market.notification DROP CONSTRAINT notification_kind_known;
ALTER TABLE market.notification ADD CONSTRAINT notification_kind_known CHECK (kind IN ('STATEMENT_ISSUED', 'DUE', 'REMINDER',
    'FINAL_NOTICE', 'SUSPENDED', 'REINSTATED', 'SETTLED', 'BUDGET_80', 'BUDGET_100', 'BUDGET_STOPPED', 'CREDIT_STOPPED', 'CREDIT_NOTE',
    'TERM_OVERDUE', 'OBJECTION_RAISED', 'OBJECTION_MESSAGE', 'OBJECTION_ANSWERED', 'OBJECTION_ESCALATED', 'OBJECTION_DECIDED',
    'DATA_CORRECTED', 'REVENUE_80', 'REVENUE_90', 'REVENUE_100', 'MODEL_DRIFT', 'PRICE_ENDED', 'USAGE_WITHOUT_PRICE', 'STALE_IS_FREE'));

-- Operator, data authority and price authority are told when revenue reaches 80, 90 and 100 % of the year's permitted revenue.
ALTER TABLE market.notification DROP CONSTRAINT notification_kind_known;
ALTER TABLE market.notification ADD CONSTRAINT notification_kind_known CHECK (kind IN ('STATEMENT_ISSUED', 'DUE', 'REMINDER',
    'FINAL_NOTICE', 'SUSPENDED', 'REINSTATED', 'SETTLED', 'BUDGET_80', 'BUDGET_100', 'BUDGET_STOPPED', 'CREDIT_STOPPED', 'CREDIT_NOTE',
    'TERM_OVERDUE', 'OBJECTION_RAISED', 'OBJECTION_MESSAGE', 'OBJECTION_ANSWERED', 'OBJECTION_ESCALATED', 'OBJECTION_DECIDED',
    'DATA_CORRECTED', 'REVENUE_80', 'REVENUE_90', 'REVENUE_100'));

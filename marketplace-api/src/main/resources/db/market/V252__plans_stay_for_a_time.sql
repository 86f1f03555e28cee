-- A month is shared between plans by time, so a change for minutes and back would cost next to nothing: a discount nobody published.
INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('plan.shortest-stay-days', TIMESTAMPTZ '2026-01-01 00:00+08', '30',
     '运营机构套餐变更规则(自定): 产业用途的订阅开始或变更套餐后满30天方可再变更; no rule of law with a number was found');

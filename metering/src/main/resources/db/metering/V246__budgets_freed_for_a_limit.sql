-- How much of a budget may be taken depends on the limit: what a later band or the next package costs at its entry is kept back only if so much
-- may be taken that it is reached. So it is reckoned for a limit, and beside it what holds whatever the limit.

ALTER TABLE metering.quota_period
    ADD COLUMN freed_for_limit bigint,
    ADD COLUMN freed_anyhow bigint,
    ADD CONSTRAINT quota_period_freed_for_a_budget CHECK (budget OR freed_for_limit IS NULL),
    ADD CONSTRAINT quota_period_freed_both_ways CHECK ((freed_for_limit IS NULL) = (freed_anyhow IS NULL)),
    ADD CONSTRAINT quota_period_freed_at_least_anyhow CHECK (freed_units >= freed_anyhow);

COMMENT ON COLUMN metering.quota_period.freed_for_limit IS
    'The limit freed_units was reckoned for: leases up to freed_for_limit + freed_units fit it and every higher one. Null: freed_units holds for any.';
COMMENT ON COLUMN metering.quota_period.freed_anyhow IS
    'Leased units that no longer count, whatever the limit.';

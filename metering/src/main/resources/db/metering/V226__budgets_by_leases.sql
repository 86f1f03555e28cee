-- A budget is kept by leases as a quota is. But what a unit costs is known only once the month's usage is reckoned: units of money are taken at
-- the most a call can cost and come back when what they were taken for is stored and reckoned, so both are written down here.

ALTER TABLE metering.quota_period
    ADD COLUMN budget boolean NOT NULL DEFAULT false,
    ADD COLUMN freed_units bigint DEFAULT 0,
    ADD CONSTRAINT quota_period_quota_frees_nothing CHECK (budget OR coalesce(freed_units, 1) = 0);

COMMENT ON COLUMN metering.quota_period.budget IS
    'Whether it is a budget: subscription_id is then the account whose it is, and a unit a thousandth of a fen.';
COMMENT ON COLUMN metering.quota_period.freed_units IS
    'Leased units that no longer count against the limit; below zero, so many more count. Null: a budget not reckoned yet, of which nothing is leased.';

ALTER TABLE metering.quota_lease
    ADD COLUMN recorded_units  bigint NOT NULL DEFAULT 0,
    ADD COLUMN recorded_before bigint NOT NULL DEFAULT 1,
    ADD COLUMN stored_units    bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT quota_lease_recorded_before_from_one CHECK (recorded_before >= 1),
    ADD CONSTRAINT quota_lease_stored_was_recorded CHECK (stored_units >= 0 AND stored_units <= recorded_units);

COMMENT ON COLUMN metering.quota_lease.recorded_units IS
    'Of a budget: units used by events of the run that were recorded when the journal''s next sequence was recorded_before.';
COMMENT ON COLUMN metering.quota_lease.stored_units IS
    'Of a budget: units used by events of the run known to be stored; recorded_units are, once the node''s position has reached recorded_before.';

COMMENT ON TABLE metering.quota_period IS
    'Units of a quota or budget handed out to nodes, or used without a lease and booked, in a billing month: always the sum of its quota_lease rows.';

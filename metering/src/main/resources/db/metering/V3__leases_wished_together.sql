-- Wishes of many subscriptions are granted in one statement that says itself what it granted.

ALTER TABLE metering.quota_period DROP COLUMN last_block_units;

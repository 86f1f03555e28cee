-- Usage events, their totals, the journal positions and the quota leases live here, so that every call is counted
-- once and no subscription uses more than its quota, whichever node answers and whichever node dies.

CREATE TABLE metering.usage_event (
    event_id        uuid        NOT NULL,
    occurred_at     timestamptz NOT NULL,
    node_id         text        NOT NULL,
    sequence        bigint      NOT NULL,
    subscription_id uuid        NOT NULL,
    key_id          uuid        NOT NULL,
    product         text        NOT NULL,
    operation       text        NOT NULL,
    purpose_class   text        NOT NULL,
    outcome         text        NOT NULL,
    unit            text        NOT NULL,
    quantity        bigint      NOT NULL,
    status          integer     NOT NULL,
    latency_micros  bigint      NOT NULL,
    answer_bytes    bigint      NOT NULL,
    request_id      text        NOT NULL,
    sandbox         boolean     NOT NULL,
    protocol        text        NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT usage_event_pk PRIMARY KEY (event_id, occurred_at),
    CONSTRAINT usage_event_quantity_not_negative CHECK (quantity >= 0)
) PARTITION BY RANGE (occurred_at);

COMMENT ON TABLE metering.usage_event IS
    'One admitted call (用量事件), never edited. One partition per billing month in Asia/Shanghai.';
COMMENT ON COLUMN metering.usage_event.sequence IS 'Place of the event in its node''s journal, from 1, without gaps.';
COMMENT ON COLUMN metering.usage_event.received_at IS 'When the meter stored it; occurred_at is when the call was admitted.';

CREATE INDEX usage_event_subscription_idx ON metering.usage_event (subscription_id, occurred_at, event_id);

-- An event is never edited: a void is an opposite event.
CREATE FUNCTION metering.refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'metering.usage_event is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage_event_append_only';
END $$;

CREATE TRIGGER usage_event_append_only BEFORE UPDATE OR DELETE ON metering.usage_event
    FOR EACH ROW EXECUTE FUNCTION metering.refuse_event_change();
-- A row trigger is inherited by the partitions, one for TRUNCATE is not; the partitions get theirs when they are made.
CREATE TRIGGER usage_event_not_truncated BEFORE TRUNCATE ON metering.usage_event
    FOR EACH STATEMENT EXECUTE FUNCTION metering.refuse_event_change();

-- Makes the partition of the billing month that begins on `month`. Waits its turn behind another shipper doing the same.
CREATE FUNCTION metering.ensure_usage_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    partition_name text := 'usage_event_' || to_char(month, 'YYYY_MM');
    starts_at timestamptz := CAST(month AS timestamp) AT TIME ZONE 'Asia/Shanghai';
    ends_at timestamptz := (CAST(month AS timestamp) + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
BEGIN
    IF to_regclass('metering.' || partition_name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('metering.' || partition_name, 0));
    IF to_regclass('metering.' || partition_name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS metering.%I PARTITION OF metering.usage_event FOR VALUES FROM (%L) TO (%L)',
        partition_name, starts_at, ends_at);
    EXECUTE format(
        'CREATE TRIGGER usage_event_not_truncated BEFORE TRUNCATE ON metering.%I '
        'FOR EACH STATEMENT EXECUTE FUNCTION metering.refuse_event_change()',
        partition_name);
END $$;

CREATE TABLE metering.usage_hour (
    hour            timestamptz NOT NULL,
    subscription_id uuid        NOT NULL,
    product         text        NOT NULL,
    operation       text        NOT NULL,
    purpose_class   text        NOT NULL,
    unit            text        NOT NULL,
    outcome         text        NOT NULL,
    sandbox         boolean     NOT NULL,
    calls           bigint      NOT NULL,
    quantity        bigint      NOT NULL,
    answer_bytes    bigint      NOT NULL,
    CONSTRAINT usage_hour_pk PRIMARY KEY
        (subscription_id, hour, product, operation, purpose_class, unit, outcome, sandbox)
);

COMMENT ON TABLE metering.usage_hour IS
    'Sums of usage_event per hour of occurred_at (UTC hours, which are also Asia/Shanghai hours), moved in the transaction that stores the events.';

CREATE INDEX usage_hour_hour_idx ON metering.usage_hour (hour);

CREATE TABLE metering.journal_position (
    node_id             text        NOT NULL,
    next_sequence       bigint      NOT NULL DEFAULT 1,
    segment             bigint      NOT NULL DEFAULT 0,
    byte_offset         bigint      NOT NULL DEFAULT 0,
    last_frame_bytes    integer     NOT NULL DEFAULT 0,
    last_frame_checksum integer     NOT NULL DEFAULT 0,
    repeated_events     bigint      NOT NULL DEFAULT 0,
    last_occurred_at    timestamptz,
    shipped_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT journal_position_pk PRIMARY KEY (node_id),
    CONSTRAINT journal_position_sequence_from_one CHECK (next_sequence >= 1)
);

COMMENT ON TABLE metering.journal_position IS
    'How far each node''s journal is stored: the next sequence to ship, where it begins, and a fingerprint of the frame before it.';
COMMENT ON COLUMN metering.journal_position.repeated_events IS
    'Frames that carried an event already stored (same id, same moment); they were counted once.';

CREATE TABLE metering.quota_period (
    subscription_id  uuid   NOT NULL,
    period           date   NOT NULL,
    leased_units     bigint NOT NULL DEFAULT 0,
    last_block_units bigint NOT NULL DEFAULT 0,
    CONSTRAINT quota_period_pk PRIMARY KEY (subscription_id, period),
    CONSTRAINT quota_period_starts_a_month CHECK (EXTRACT(DAY FROM period) = 1),
    CONSTRAINT quota_period_leased_not_negative CHECK (leased_units >= 0)
);

COMMENT ON TABLE metering.quota_period IS
    'Units of a subscription''s quota handed out to nodes in a billing month: always the sum of its quota_lease rows.';

CREATE TABLE metering.quota_lease (
    node_id         text        NOT NULL,
    run_id          uuid        NOT NULL,
    subscription_id uuid        NOT NULL,
    period          date        NOT NULL,
    leased_units    bigint      NOT NULL,
    touched_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT quota_lease_pk PRIMARY KEY (subscription_id, period, node_id, run_id),
    CONSTRAINT quota_lease_leased_not_negative CHECK (leased_units >= 0),
    CONSTRAINT quota_lease_of_period FOREIGN KEY (subscription_id, period)
        REFERENCES metering.quota_period (subscription_id, period)
);

COMMENT ON TABLE metering.quota_lease IS
    'Units one run of one node holds or has used. Rows of ended runs are settled down to what their events used.';

CREATE INDEX quota_lease_node_idx ON metering.quota_lease (node_id, run_id);

-- A wrong event is answered by an opposite one, and no event disappears before its time, so that a bill can be traced
-- back to its calls for as long as the law asks for it.

CREATE TABLE metering.usage_void (
    void_id         uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    occurred_at     timestamptz NOT NULL,
    subscription_id uuid        NOT NULL,
    product         text        NOT NULL,
    operation       text        NOT NULL,
    purpose_class   text        NOT NULL,
    unit            text        NOT NULL,
    outcome         text        NOT NULL,
    sandbox         boolean     NOT NULL,
    quantity        bigint      NOT NULL,
    answer_bytes    bigint      NOT NULL,
    reason          text        NOT NULL,
    approved_by     text        NOT NULL,
    voided_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT usage_void_pk PRIMARY KEY (void_id),
    CONSTRAINT usage_void_once UNIQUE (event_id),
    CONSTRAINT usage_void_says_why CHECK (btrim(reason) <> ''),
    CONSTRAINT usage_void_says_who CHECK (btrim(approved_by) <> '')
);

COMMENT ON TABLE metering.usage_void IS
    'The opposite of a usage event (作废): it takes one call, the event''s quantity and its bytes back out of the event''s own hour and month. Never edited.';
COMMENT ON COLUMN metering.usage_void.occurred_at IS 'Of the voided event: every total is keyed by it.';

CREATE INDEX usage_void_occurred_idx ON metering.usage_void (occurred_at);

CREATE FUNCTION metering.refuse_void_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'metering.usage_void is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage_void_append_only';
END $$;

CREATE TRIGGER usage_void_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON metering.usage_void
    FOR EACH STATEMENT EXECUTE FUNCTION metering.refuse_void_change();

-- Events are stored in the order they are received, so a few blocks a page are enough to find the late ones.
CREATE INDEX usage_event_received_idx ON metering.usage_event USING brin (received_at);

-- Half as wide as before, since it is what shipping pays most for; events of one moment are few and sorted when read.
DROP INDEX metering.usage_event_subscription_idx;
CREATE INDEX usage_event_subscription_idx ON metering.usage_event (subscription_id, occurred_at);

CREATE TABLE metering.usage_partition (
    month      date        NOT NULL,
    dropped_at timestamptz,
    CONSTRAINT usage_partition_pk PRIMARY KEY (month),
    CONSTRAINT usage_partition_starts_a_month CHECK (EXTRACT(DAY FROM month) = 1)
);

COMMENT ON TABLE metering.usage_partition IS
    'The months of usage_event there are, and those dropped after their time; of these the hourly totals stay.';

INSERT INTO metering.usage_partition (month)
SELECT to_date(substr(c.relname, length('usage_event_') + 1), 'YYYY_MM')
  FROM pg_inherits i
  JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = CAST('metering.usage_event' AS regclass);

CREATE TABLE metering.usage_dropped (
    month   date   NOT NULL,
    node_id text   NOT NULL,
    events  bigint NOT NULL,
    CONSTRAINT usage_dropped_pk PRIMARY KEY (month, node_id),
    CONSTRAINT usage_dropped_of_month FOREIGN KEY (month) REFERENCES metering.usage_partition (month)
);

COMMENT ON TABLE metering.usage_dropped IS
    'How many stored events of each node went with a dropped month: frames shipped stay comparable with events stored.';

-- Makes the partition of the billing month that begins on `month`. Waits its turn behind another shipper doing the same.
CREATE OR REPLACE FUNCTION metering.ensure_usage_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
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
    IF EXISTS (SELECT 1 FROM metering.usage_partition p WHERE p.month = ensure_usage_partition.month) THEN
        RAISE EXCEPTION 'the events of % were dropped after their time; none is stored there any more',
                to_char(month, 'YYYY-MM')
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage_partition_dropped';
    END IF;
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS metering.%I PARTITION OF metering.usage_event FOR VALUES FROM (%L) TO (%L)',
        partition_name, starts_at, ends_at);
    EXECUTE format(
        'CREATE TRIGGER usage_event_not_truncated BEFORE TRUNCATE ON metering.%I '
        'FOR EACH STATEMENT EXECUTE FUNCTION metering.refuse_event_change()',
        partition_name);
    INSERT INTO metering.usage_partition (month) VALUES (ensure_usage_partition.month);
END $$;

-- The first moment at which the events of a month may go. Operation records are kept for three years at least
-- (按要求建立数据流转台账,留存操作记录不少于3年), counted from the end of the month.
CREATE FUNCTION metering.usage_kept_until(month date, keep_months integer) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT (CAST(month AS timestamp) + interval '1 month' + make_interval(months => GREATEST(keep_months, 36)))
           AT TIME ZONE 'Asia/Shanghai'
$$;

-- Drops the events of a month whose time is over; the only way they go. Its hourly totals, voids and counts by node stay.
CREATE FUNCTION metering.drop_usage_month(month date, keep_months integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    partition_name text := 'usage_event_' || to_char(month, 'YYYY_MM');
    events bigint;
BEGIN
    IF metering.usage_kept_until(month, keep_months) > now() THEN
        RAISE EXCEPTION 'the events of % are kept until %',
                to_char(month, 'YYYY-MM'), metering.usage_kept_until(month, keep_months)
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage_retention';
    END IF;
    UPDATE metering.usage_partition p
       SET dropped_at = now()
     WHERE p.month = drop_usage_month.month AND p.dropped_at IS NULL;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    -- Nobody stores a late event between the count and the drop.
    EXECUTE format('LOCK TABLE metering.%I IN ACCESS EXCLUSIVE MODE', partition_name);
    EXECUTE format(
        'INSERT INTO metering.usage_dropped (month, node_id, events) SELECT %L, node_id, count(*) FROM metering.%I GROUP BY node_id',
        drop_usage_month.month, partition_name);
    SELECT COALESCE(sum(d.events), 0) INTO events FROM metering.usage_dropped d WHERE d.month = drop_usage_month.month;
    EXECUTE format('DROP TABLE metering.%I', partition_name);
    RETURN events;
END $$;

-- The lock: after any command that changes or drops a table, every month not dropped by the function above is still
-- attached under its name.
CREATE FUNCTION metering.refuse_lost_month() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    lost text;
BEGIN
    SELECT to_char(p.month, 'YYYY-MM') INTO lost
      FROM metering.usage_partition p
     WHERE p.dropped_at IS NULL
       AND NOT EXISTS (
               SELECT 1
                 FROM pg_inherits i
                WHERE i.inhparent = to_regclass('metering.usage_event')
                  AND i.inhrelid = to_regclass('metering.usage_event_' || to_char(p.month, 'YYYY_MM'))
                  AND NOT i.inhdetachpending)
     LIMIT 1;
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'the usage events of % must stay: % refused; metering.drop_usage_month drops what is old enough',
                lost, TG_TAG
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage_retention';
    END IF;
END $$;

-- Only a superuser may set an event trigger. Where the migration runs as somebody else, an administrator sets it once
-- with this very command; Retention.isLocked says whether it is there.
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        CREATE EVENT TRIGGER usage_retention ON ddl_command_end
            WHEN TAG IN ('ALTER TABLE', 'DROP TABLE')
            EXECUTE FUNCTION metering.refuse_lost_month();
    ELSE
        RAISE NOTICE 'the retention lock is not set: % is no superuser', current_user;
    END IF;
END $$;

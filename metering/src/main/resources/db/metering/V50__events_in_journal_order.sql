-- Whoever passes events on reads them in the order of each node's journal, and whoever asks about one call has its request
-- id; both find their few blocks without an index entry for every call. And two shippers may open a month at once.

-- Nodes are stored in turns, so a range of blocks holds a few runs of sequences, not one.
CREATE INDEX usage_event_journal_idx ON metering.usage_event
    USING brin (node_id, sequence int8_minmax_multi_ops) WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX usage_event_request_idx ON metering.usage_event
    USING brin (request_id text_bloom_ops) WITH (pages_per_range = 64, autosummarize = on);

-- Of two shippers that meet the first event of a month, the second must find the partition the first has made while it
-- waited. to_regclass may still answer from what this session knew before; reading the list of months does not.
CREATE OR REPLACE FUNCTION metering.ensure_usage_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    partition_name text := 'usage_event_' || to_char(month, 'YYYY_MM');
    starts_at timestamptz := CAST(month AS timestamp) AT TIME ZONE 'Asia/Shanghai';
    ends_at timestamptz := (CAST(month AS timestamp) + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
    known metering.usage_partition;
BEGIN
    IF to_regclass('metering.' || partition_name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('metering.' || partition_name, 0));
    SELECT p.month, p.dropped_at INTO known FROM metering.usage_partition p WHERE p.month = ensure_usage_partition.month;
    IF FOUND AND known.dropped_at IS NULL THEN
        RETURN;
    END IF;
    IF FOUND THEN
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

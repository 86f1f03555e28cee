-- What a node ships in one transaction is a batch with a number, a digest and no gap before it, written in that very transaction: who seals
-- the usage needs no more than these rows, and who checks it reckons the digest from the events.

CREATE FUNCTION metering.text_bytes(said text) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT int2send(CAST(octet_length(convert_to(said, 'UTF8')) AS smallint)) || convert_to(said, 'UTF8')
$$;

-- The bytes of an event as a node's journal holds them, version 1 (EventBytes).
CREATE FUNCTION metering.event_bytes(e metering.usage_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT '\x01'::bytea || uuid_send(e.event_id)
        || int8send(CAST(extract(epoch FROM e.occurred_at) * 1000000 AS bigint))
        || uuid_send(e.subscription_id) || uuid_send(e.key_id)
        || CASE e.outcome WHEN 'ANSWERED' THEN '\x01'::bytea WHEN 'NOT_FOUND' THEN '\x02' WHEN 'NOT_MODIFIED' THEN '\x03'
                          WHEN 'REFUSED' THEN '\x04' WHEN 'FAILED' THEN '\x05' END
        || CASE WHEN e.sandbox THEN '\x01'::bytea ELSE '\x00' END
        || int8send(e.quantity) || int4send(e.status) || int8send(e.latency_micros) || int8send(e.answer_bytes)
        || metering.text_bytes(e.node_id) || metering.text_bytes(e.product) || metering.text_bytes(e.operation)
        || metering.text_bytes(e.purpose_class) || metering.text_bytes(e.unit) || metering.text_bytes(e.request_id)
        || metering.text_bytes(e.protocol)
$$;

CREATE TABLE metering.usage_batch (
    node_id        text        NOT NULL,
    number         bigint      NOT NULL,
    first_sequence bigint      NOT NULL,
    next_sequence  bigint      NOT NULL,
    events         bigint      NOT NULL,
    content_sha256 bytea       NOT NULL,
    shipped_at     timestamptz NOT NULL,
    CONSTRAINT usage_batch_pk PRIMARY KEY (node_id, number),
    CONSTRAINT usage_batch_first_unique UNIQUE (node_id, first_sequence),
    CONSTRAINT usage_batch_from_one CHECK (number >= 1 AND first_sequence >= 1),
    CONSTRAINT usage_batch_events_in_it CHECK (events BETWEEN 0 AND next_sequence - first_sequence AND next_sequence > first_sequence),
    CONSTRAINT usage_batch_digest CHECK (octet_length(content_sha256) = 32)
);

COMMENT ON TABLE metering.usage_batch IS
    'Events that one transaction took from a node''s journal: the places [first_sequence, next_sequence), numbered from 1 without a gap.';
COMMENT ON COLUMN metering.usage_batch.events IS 'Stored by it; fewer than places where an event had been stored before.';
COMMENT ON COLUMN metering.usage_batch.content_sha256 IS 'SHA-256 over metering.event_bytes of the stored ones, by sequence.';

CREATE FUNCTION metering.check_usage_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    SELECT b.number, b.next_sequence INTO last
      FROM metering.usage_batch b WHERE b.node_id = NEW.node_id ORDER BY b.number DESC LIMIT 1;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.first_sequence <> coalesce(last.next_sequence, 1) THEN
        RAISE EXCEPTION 'node %: batch % from sequence % does not follow batch %', NEW.node_id, NEW.number, NEW.first_sequence, last.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage_batch_follows';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER usage_batch_follows BEFORE INSERT ON metering.usage_batch
    FOR EACH ROW EXECUTE FUNCTION metering.check_usage_batch();

CREATE FUNCTION metering.refuse_batch_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'metering.usage_batch is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage_batch_append_only';
END $$;

CREATE TRIGGER usage_batch_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON metering.usage_batch
    FOR EACH STATEMENT EXECUTE FUNCTION metering.refuse_batch_change();

-- What was shipped before is batched as it stands, ten thousand places each.
DO $$
DECLARE
    node record;
    first bigint;
    next bigint;
    batch bigint;
BEGIN
    FOR node IN SELECT p.node_id, p.next_sequence, p.shipped_at FROM metering.journal_position p ORDER BY p.node_id LOOP
        first := 1;
        batch := 0;
        WHILE first < node.next_sequence LOOP
            next := least(first + 10000, node.next_sequence);
            batch := batch + 1;
            INSERT INTO metering.usage_batch (node_id, number, first_sequence, next_sequence, events, content_sha256, shipped_at)
            SELECT node.node_id, batch, first, next, count(*),
                   sha256(coalesce(string_agg(metering.event_bytes(e), ''::bytea ORDER BY e.sequence), '')), node.shipped_at
              FROM metering.usage_event e
             WHERE e.node_id = node.node_id AND e.sequence >= first AND e.sequence < next;
            first := next;
        END LOOP;
    END LOOP;
END $$;

-- In a rush a node's journal is shipped seconds after the calls it holds; what waits there is shown meanwhile, as sums that no bill reads.

-- Unlogged: after a crash of PostgreSQL they are gone and the nodes, which know them, say them again.
CREATE UNLOGGED TABLE metering.usage_live_node (
    node_id        text        NOT NULL,
    from_sequence  bigint      NOT NULL,
    next_sequence  bigint      NOT NULL,
    recorded_until timestamptz NOT NULL,
    heard_at       timestamptz NOT NULL,
    CONSTRAINT usage_live_node_pk PRIMARY KEY (node_id),
    CONSTRAINT usage_live_node_forwards CHECK (from_sequence >= 1 AND next_sequence >= from_sequence)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

COMMENT ON TABLE metering.usage_live_node IS
    'What each node says of its journal several times a second. Its sums in usage_live are those of the places [from_sequence, next_sequence).';
COMMENT ON COLUMN metering.usage_live_node.recorded_until IS
    'By the node''s clock: everything it recorded before is in usage_hour or in usage_live.';
COMMENT ON COLUMN metering.usage_live_node.heard_at IS 'By the clock of PostgreSQL.';

CREATE UNLOGGED TABLE metering.usage_live (
    node_id         text      NOT NULL,
    part            smallint  NOT NULL,
    products        text[]    NOT NULL,
    operations      text[]    NOT NULL,
    purpose_classes text[]    NOT NULL,
    units           text[]    NOT NULL,
    outcomes        text[]    NOT NULL,
    sandboxes       boolean[] NOT NULL,
    kind            integer[] NOT NULL,
    hour            integer[] NOT NULL,
    subscription_id uuid[]    NOT NULL,
    calls           bigint[]  NOT NULL,
    quantity        bigint[]  NOT NULL,
    answer_bytes    bigint[]  NOT NULL,
    CONSTRAINT usage_live_pk PRIMARY KEY (node_id, part),
    CONSTRAINT usage_live_part_known CHECK (part BETWEEN 0 AND 15)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, toast.autovacuum_vacuum_scale_factor = 0,
        toast.autovacuum_vacuum_threshold = 1000);

COMMENT ON TABLE metering.usage_live IS
    'Sums of calls a node recorded and has not shipped, columns of a sixteenth of the subscriptions each; read through usage_unshipped alone.';
COMMENT ON COLUMN metering.usage_live.kind IS 'Place in products to sandboxes, from 1.';
COMMENT ON COLUMN metering.usage_live.hour IS 'Hours since 1970 began in UTC.';

CREATE FUNCTION metering.usage_part(subscription_id uuid) RETURNS smallint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CAST(get_byte(uuid_send(subscription_id), 15) & 15 AS smallint)
$$;

-- Said before the journal was shipped further, sums would count twice what was shipped since: then they count nothing.
CREATE VIEW metering.usage_unshipped AS
SELECT l.node_id, l.part, timestamptz '1970-01-01 00:00:00+00' + u.hour * interval '1 hour' AS hour, u.subscription_id,
       l.products[u.kind] AS product, l.operations[u.kind] AS operation, l.purpose_classes[u.kind] AS purpose_class,
       l.units[u.kind] AS unit, l.outcomes[u.kind] AS outcome, l.sandboxes[u.kind] AS sandbox,
       u.calls, u.quantity, u.answer_bytes
  FROM metering.usage_live l
  JOIN metering.usage_live_node n ON n.node_id = l.node_id
  LEFT JOIN metering.journal_position p ON p.node_id = n.node_id
 CROSS JOIN LATERAL unnest(l.kind, l.hour, l.subscription_id, l.calls, l.quantity, l.answer_bytes)
                    AS u (kind, hour, subscription_id, calls, quantity, answer_bytes)
 WHERE n.from_sequence = COALESCE(p.next_sequence, 1);

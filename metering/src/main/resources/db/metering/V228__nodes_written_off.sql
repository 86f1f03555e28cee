-- A node that is lost with its disk keeps what it had leased until somebody who knows says that its journal will not come.

CREATE TABLE metering.node_written_off (
    node_id        text        NOT NULL,
    written_off_at timestamptz NOT NULL DEFAULT now(),
    next_sequence  bigint      NOT NULL,
    freed_units    bigint      NOT NULL,
    written_off_by text        NOT NULL,
    reason         text        NOT NULL,
    CONSTRAINT node_written_off_pk PRIMARY KEY (node_id, written_off_at),
    CONSTRAINT node_written_off_sequence_from_one CHECK (next_sequence >= 1),
    CONSTRAINT node_written_off_says_why CHECK (btrim(reason) <> '' AND btrim(written_off_by) <> '')
);

COMMENT ON TABLE metering.node_written_off IS
    'Nodes that were given up, up to where their journals were stored by then (next_sequence): whatever is stored of them from there on turned up later.';

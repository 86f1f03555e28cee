-- An answer about a lease may be lost, so every question has a number that makes an earlier one void; and what a node used
-- without a lease is booked, be it after the node's end, so how far its events are squared with its leases is written down.

ALTER TABLE metering.quota_lease ADD COLUMN question bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN metering.quota_lease.question IS
    'Number of the run''s last question about this quota that was heard; one with a lower number is never done any more.';

CREATE TABLE metering.quota_settlement (
    node_id       text        NOT NULL,
    next_sequence bigint      NOT NULL,
    settled_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT quota_settlement_pk PRIMARY KEY (node_id),
    CONSTRAINT quota_settlement_sequence_from_one CHECK (next_sequence >= 1)
);

COMMENT ON TABLE metering.quota_settlement IS
    'Up to which of a node''s events the leases of its ended runs are squared with what was used.';

INSERT INTO metering.quota_settlement (node_id, next_sequence, settled_at)
SELECT node_id, next_sequence, shipped_at FROM metering.journal_position;

COMMENT ON TABLE metering.quota_period IS
    'Units of a subscription''s quota handed out to nodes, or used without a lease and booked, in a billing month: always the sum of its quota_lease rows.';
COMMENT ON TABLE metering.quota_lease IS
    'Units one run of one node holds or has used. Rows of ended runs are squared with what their events used.';

-- A run of a call belongs to one life (start) of its node. A node that starts again shows that its earlier lives have
-- ended: what they left unanswered may be taken over at once, not only after the longest time an answer may take.

CREATE TABLE market.node_life (
    node_id  text        NOT NULL,                   -- of the usage journal, which one process at a time has open
    life_id  uuid        NOT NULL,
    began_at timestamptz NOT NULL,
    CONSTRAINT node_life_pk PRIMARY KEY (node_id),
    CONSTRAINT node_life_once UNIQUE (life_id)
);

COMMENT ON TABLE market.node_life IS 'The present or last life of every node; a life that is not here has ended.';

ALTER TABLE market.idempotent_call ADD COLUMN running_life uuid;
COMMENT ON COLUMN market.idempotent_call.running_life IS
    'Of the run that may answer; null: none runs, and a retry runs at once, under the same event.';

-- A wrong usage event is taken back by two people, its bill follows exactly, and usage is passed on to whoever wants a
-- warehouse of it.

-- 作废: the wish to void a usage event and the decision about it. What it takes back is the event's own, noted here so
-- that the books can be compared without the meter's events.
CREATE TABLE market.event_void (
    id              uuid        NOT NULL,            -- also the id of the void in the meter
    event_id        uuid        NOT NULL,
    usage_period    date        NOT NULL,            -- the month the event occurred in
    occurred_at     timestamptz NOT NULL,            -- of the event
    subscription_id uuid        NOT NULL,
    product_code    text        NOT NULL,
    operation       text        NOT NULL,
    purpose         text        NOT NULL,
    unit            text        NOT NULL,
    quantity        bigint      NOT NULL,            -- units the event counted
    sandbox         boolean     NOT NULL,
    reason          text        NOT NULL,
    requested_by    uuid        NOT NULL,
    requested_at    timestamptz NOT NULL,
    status          text        NOT NULL,
    decided_by      uuid,                            -- null: nobody has decided yet
    decided_at      timestamptz,
    refusal         text,                            -- why it was refused; null: it was not
    rated_until     date,                            -- approved: the youngest month rated by then; null: none was
    told_at         timestamptz,                     -- when the usage sink took it; null: it has not, or there is none
    CONSTRAINT event_void_pk PRIMARY KEY (id),
    CONSTRAINT event_void_first_day CHECK (extract(day FROM usage_period) = 1),
    CONSTRAINT event_void_reasoned CHECK (btrim(reason) <> ''),
    CONSTRAINT event_void_status_known CHECK (status IN ('REQUESTED', 'APPROVED', 'REFUSED')),
    CONSTRAINT event_void_decided_by_someone CHECK
        ((status = 'REQUESTED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT event_void_refused_for_a_reason CHECK ((status = 'REFUSED') = (refusal IS NOT NULL)),
    CONSTRAINT event_void_four_eyes CHECK (decided_by <> requested_by),
    CONSTRAINT event_void_subscription_fk FOREIGN KEY (subscription_id) REFERENCES market.subscription (id),
    CONSTRAINT event_void_requested_by_fk FOREIGN KEY (requested_by) REFERENCES market.person (id),
    CONSTRAINT event_void_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id)
);
CREATE UNIQUE INDEX event_void_once ON market.event_void (event_id) WHERE status <> 'REFUSED';
CREATE INDEX event_void_by_time ON market.event_void (requested_at, id);
CREATE INDEX event_void_untold ON market.event_void (decided_at, id) WHERE status = 'APPROVED' AND told_at IS NULL;

-- How far each node's journal was stored when a month was rated: an event before it was rated with that month at the
-- latest, one after it may have come too late. No clock says so as exactly.
CREATE TABLE market.rated_position (
    period        date   NOT NULL,
    node_id       text   NOT NULL,
    next_sequence bigint NOT NULL,
    CONSTRAINT rated_position_pk PRIMARY KEY (period, node_id),
    CONSTRAINT rated_position_period_fk FOREIGN KEY (period) REFERENCES market.billing_period (period)
);

-- What a sink of usage events last said, shared by all nodes, so that they do not each ask a sink that is down.
CREATE TABLE market.usage_push_sink (
    sink            text        NOT NULL,
    failures        integer     NOT NULL DEFAULT 0,  -- in a row
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    last_failure    text,                            -- what went wrong last; null: nothing ever did
    delivered_at    timestamptz,                     -- the last delivery; null: none yet
    gone_url        text,                            -- the address that said 410 Gone; null: none did, or it was resumed
    CONSTRAINT usage_push_sink_pk PRIMARY KEY (sink),
    CONSTRAINT usage_push_sink_failures_counted CHECK (failures >= 0)
);

-- Every event of the node's journal before next_sequence was taken by the sink, at least once.
CREATE TABLE market.usage_push_position (
    sink          text   NOT NULL,
    node_id       text   NOT NULL,
    next_sequence bigint NOT NULL,
    CONSTRAINT usage_push_position_pk PRIMARY KEY (sink, node_id),
    CONSTRAINT usage_push_position_sink_fk FOREIGN KEY (sink) REFERENCES market.usage_push_sink (sink),
    CONSTRAINT usage_push_position_from_one CHECK (next_sequence >= 1)
);

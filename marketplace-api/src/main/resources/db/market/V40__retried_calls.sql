-- A call retried with the same Idempotency-Key is the same call: its answer is kept, so that it is given again, not sold again.

CREATE TABLE market.idempotent_call (
    subscription_id uuid        NOT NULL,
    key_hash        bytea       NOT NULL,            -- keyed hash of the caller's Idempotency-Key
    request_hash    bytea       NOT NULL,            -- of the operation and the request as the contract reads it
    event_id        uuid        NOT NULL,            -- the usage event of this call, whichever run of it answers
    occurred_at     timestamptz NOT NULL,
    claimed_at      timestamptz NOT NULL,            -- when the run that may answer began
    answered_at     timestamptz,                     -- null: still running, or its node died
    answer          bytea,                           -- sealed with the caller's own key
    expires_at      timestamptz NOT NULL,
    CONSTRAINT idempotent_call_pk PRIMARY KEY (subscription_id, key_hash),
    CONSTRAINT idempotent_call_subscription_fk FOREIGN KEY (subscription_id) REFERENCES market.subscription (id),
    CONSTRAINT idempotent_call_hash_sizes CHECK (octet_length(key_hash) = 32 AND octet_length(request_hash) = 32),
    CONSTRAINT idempotent_call_answer_whole CHECK ((answered_at IS NULL) = (answer IS NULL)),
    CONSTRAINT idempotent_call_ends CHECK (expires_at > occurred_at)
);
CREATE INDEX idempotent_call_by_expiry ON market.idempotent_call (expires_at);

-- A stream may come with an idempotency key, too. However long it takes to send its first item, and after it has sent it, it runs until it is ended or its
-- node begins another life; so unlike a call it is never taken for abandoned by its age.

ALTER TABLE market.idempotent_call ADD COLUMN stream boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN market.idempotent_call.stream IS
    'Whether it is a stream: it runs as long as running_life is a life of a node, also once it is answered, which it is when its first minute is recorded.';

-- Several sources run on a node at once, so a run is held by a lease in its row instead of a connection: whoever looks when the lease has run out takes over.
-- A source that is read on behind its last load can be ordered to be read from its beginning.

ALTER TABLE market.load_run
    ADD COLUMN leased_until timestamptz,             -- by the database's clock; null: of a version that held a lock instead
    ADD COLUMN whole        boolean NOT NULL DEFAULT false;

-- The database itself holds that one node at a time runs a source.
CREATE UNIQUE INDEX load_run_one_open ON market.load_run (source_code) WHERE ended_at IS NULL;

ALTER TABLE market.load_source_state
    ADD COLUMN whole_asked boolean NOT NULL DEFAULT false;  -- the next run reads the whole, until one has

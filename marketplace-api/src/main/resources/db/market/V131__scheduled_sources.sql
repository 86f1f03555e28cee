-- Tables of other databases and interfaces are loaded by themselves at set times. What a source is and when it is loaded are dated facts;
-- where it stands is one row that nodes take in turn. No secret is here: a source names one, and it lies in a file on each node.

CREATE TABLE market.load_source (
    code          text        NOT NULL,
    version       integer     NOT NULL,
    table_name    text        NOT NULL,              -- of the data domain
    resource      text        NOT NULL,              -- the data resource that table is of
    kind          text        NOT NULL,
    definition    jsonb       NOT NULL,
    secret_name   text,                              -- a file below the host's folder of secrets; null: none is needed
    mode          text        NOT NULL,
    drift         text        NOT NULL,
    most_rejected numeric     NOT NULL,
    set_by        uuid        NOT NULL,
    set_at        timestamptz NOT NULL,
    CONSTRAINT load_source_pk PRIMARY KEY (code, version),
    CONSTRAINT load_source_set_by_fk FOREIGN KEY (set_by) REFERENCES market.person (id),
    CONSTRAINT load_source_code_form CHECK (code ~ '^[a-z][a-z0-9-]{1,39}$'),
    CONSTRAINT load_source_kind_known CHECK (kind IN ('TABLE', 'INTERFACE')),
    CONSTRAINT load_source_mode_known CHECK (mode IN ('REPLACE', 'UPSERT')),
    CONSTRAINT load_source_drift_known CHECK (drift IN ('STOP', 'GO_ON')),
    CONSTRAINT load_source_rejected_share CHECK (most_rejected BETWEEN 0 AND 1),
    CONSTRAINT load_source_secret_form CHECK (secret_name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    CONSTRAINT load_source_version_counted CHECK (version >= 1)
);
CREATE TRIGGER load_source_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.load_source
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE TABLE market.load_schedule (
    number         bigint      GENERATED ALWAYS AS IDENTITY,
    source_code    text        NOT NULL,
    effective_from timestamptz NOT NULL,
    every_seconds  bigint,                           -- one of the two, or neither: it rests
    daily_at       time,                             -- in Asia/Shanghai
    reason         text        NOT NULL,
    set_by         uuid        NOT NULL,
    set_at         timestamptz NOT NULL,
    CONSTRAINT load_schedule_pk PRIMARY KEY (number),
    CONSTRAINT load_schedule_set_by_fk FOREIGN KEY (set_by) REFERENCES market.person (id),
    CONSTRAINT load_schedule_one_timing CHECK (every_seconds IS NULL OR daily_at IS NULL),
    CONSTRAINT load_schedule_every_range CHECK (every_seconds BETWEEN 60 AND 31622400),
    CONSTRAINT load_schedule_reasoned CHECK (btrim(reason) <> '')
);
CREATE INDEX load_schedule_by_source ON market.load_schedule (source_code, effective_from DESC, number DESC);
CREATE TRIGGER load_schedule_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.load_schedule
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE TABLE market.load_source_state (
    source_code   text        NOT NULL,
    due_at        timestamptz,                       -- the moment that waits for a run; null: it was never planned, or rests
    planned_by    bigint,                            -- number of the schedule the moment follows from; null: asked for by hand
    not_before    timestamptz,                       -- left alone until then after failures; null: it may run
    failures      integer     NOT NULL DEFAULT 0,    -- in a row
    succeeded_at  timestamptz,                       -- end of the newest run after which the table holds what the source says
    CONSTRAINT load_source_state_pk PRIMARY KEY (source_code),
    CONSTRAINT load_source_state_failures CHECK (failures >= 0)
);

CREATE TABLE market.load_run (
    id          uuid        NOT NULL,
    source_code text        NOT NULL,
    due_at      timestamptz NOT NULL,
    attempt     integer     NOT NULL,
    node        text        NOT NULL,
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,                         -- null: it runs, or its node died
    outcome     text,
    records     bigint,                              -- read from the source; null: none
    sentence_zh text,
    sentence_en text,
    load_id     uuid,                                -- the load in the data domain's history; null: none was begun
    CONSTRAINT load_run_pk PRIMARY KEY (id),
    CONSTRAINT load_run_once UNIQUE (source_code, due_at, attempt),
    CONSTRAINT load_run_outcome_known CHECK (outcome IN ('LOADED', 'UNCHANGED', 'REFUSED', 'BROKEN', 'BUSY', 'UNREADY', 'DIED')),
    CONSTRAINT load_run_ended_whole CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT load_run_said_why CHECK (outcome IS NULL OR outcome IN ('LOADED', 'UNCHANGED') OR (sentence_zh IS NOT NULL AND sentence_en IS NOT NULL))
);
CREATE INDEX load_run_newest ON market.load_run (source_code, started_at DESC);

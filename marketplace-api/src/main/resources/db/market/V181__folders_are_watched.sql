-- Folders that providers put files into are looked at when due. Of each file it is kept what became of it; the file itself is neither moved nor changed.

ALTER TABLE market.load_source
    DROP CONSTRAINT load_source_kind_known,
    ADD CONSTRAINT load_source_kind_known CHECK (kind IN ('TABLE', 'INTERFACE', 'FOLDER'));

CREATE TABLE market.load_file (
    source_code    text        NOT NULL,
    name           text        NOT NULL,              -- within its folder
    bytes          bigint      NOT NULL,
    modified_at    timestamptz NOT NULL,              -- of the file or of what says that it is complete, whichever is later
    source_version integer     NOT NULL,              -- of what the source was when it was looked at
    state          text        NOT NULL,
    digest         text,                              -- hexadecimal SHA-256; null: it was not read yet
    sentence_zh    text,
    sentence_en    text,
    load_id        uuid,                              -- the load in the data domain's history; null: none was begun
    seen_at        timestamptz NOT NULL,              -- first seen so, by the database's clock
    settled_at     timestamptz,                       -- null: it waits
    CONSTRAINT load_file_pk PRIMARY KEY (source_code, name, bytes, modified_at),
    CONSTRAINT load_file_state_known CHECK (state IN ('WAITING', 'LOADED', 'KNOWN', 'REFUSED')),
    CONSTRAINT load_file_settled CHECK ((state = 'WAITING') = (settled_at IS NULL)),
    CONSTRAINT load_file_said_why CHECK (state <> 'REFUSED' OR (sentence_zh IS NOT NULL AND sentence_en IS NOT NULL))
);
CREATE INDEX load_file_newest ON market.load_file (source_code, seen_at DESC);

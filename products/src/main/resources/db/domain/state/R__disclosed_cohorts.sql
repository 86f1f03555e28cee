-- What a product that answers aggregates has answered about: sketches of cohorts, so that no two answers differ by a few subjects.
CREATE TABLE IF NOT EXISTS disclosure_asker (
    asker    text        CONSTRAINT disclosure_asker_pk PRIMARY KEY,
    asked_at timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS disclosed_cohort (
    asker        text        NOT NULL,
    reach        integer     NOT NULL,             -- largest difference the sketch tells apart, subjects
    sketch       bytea       NOT NULL,
    disclosed_at timestamptz NOT NULL,
    CONSTRAINT disclosed_cohort_pk PRIMARY KEY (asker, reach, sketch)
);
-- Which question it was, as a digest; empty: of a version that did not keep it.
ALTER TABLE disclosed_cohort ADD COLUMN IF NOT EXISTS question text NOT NULL DEFAULT '';

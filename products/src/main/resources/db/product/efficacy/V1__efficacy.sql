-- Cohorts are kept as definitions and analyses as what was answered, so that a result can be repeated and its trail audited; no
-- member of a cohort is kept.
CREATE TABLE cohort (
    cohort_id uuid PRIMARY KEY,
    protocol_id text NOT NULL,
    ethics_approval_id text NOT NULL,
    sponsor text NOT NULL,
    definition text NOT NULL,
    size bigint NOT NULL CONSTRAINT cohort_size_not_negative CHECK (size >= 0),
    usable boolean NOT NULL,
    methods_version text NOT NULL,
    data_as_of timestamptz,
    defined_at timestamptz NOT NULL
);

CREATE TABLE analysis (
    analysis_id uuid PRIMARY KEY,
    cohort_id uuid NOT NULL REFERENCES cohort,
    operation text NOT NULL,
    analysed_at timestamptz NOT NULL,
    package text NOT NULL,
    digest text NOT NULL
);

CREATE INDEX analysis_of_cohort ON analysis (cohort_id, analysed_at);

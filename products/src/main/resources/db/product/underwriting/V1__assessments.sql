-- Every assessment can be explained on request (PIPL Art. 24), without anything here that tells whose it is: application and
-- declaration are kept as keyed digests that the domain alone can make.
CREATE TABLE application (
    application_digest text PRIMARY KEY,
    declaration_digest text NOT NULL,
    first_asked_on     date NOT NULL
);

CREATE TABLE assessment (
    assessment_id uuid PRIMARY KEY,
    assessed_at   timestamptz NOT NULL,
    policy_type   text NOT NULL,
    band          text NOT NULL,
    reasons       text NOT NULL,
    referrals     text NOT NULL,
    model_version text NOT NULL
);
CREATE INDEX assessment_by_time ON assessment (assessed_at);

-- How many assessments of a day had an input in which bin of the training data: what drift is reckoned from.
CREATE TABLE input_count (
    model   text NOT NULL,
    input   text NOT NULL,
    bin     integer NOT NULL,
    counted_on date NOT NULL,
    cases   bigint NOT NULL CONSTRAINT input_count_positive CHECK (cases > 0),
    CONSTRAINT input_count_pk PRIMARY KEY (model, input, bin, counted_on)
);

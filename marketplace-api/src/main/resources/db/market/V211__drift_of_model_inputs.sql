-- What models of products are asked about is compared with what they were trained on: counts by bin and day, which say nothing of one call; the
-- distribution compared with, and where it comes from; how far apart they were, day by day.
CREATE TABLE market.model_input_count (
    product_code text    NOT NULL,
    model        text    NOT NULL,
    input        text    NOT NULL,
    bin          text    NOT NULL,                     -- what it holds: <40, 40–50
    counted_on   date    NOT NULL,
    cases        bigint  NOT NULL,
    CONSTRAINT model_input_count_pk PRIMARY KEY (product_code, model, input, bin, counted_on),
    CONSTRAINT model_input_count_positive CHECK (cases > 0)
);
CREATE INDEX model_input_count_by_day ON market.model_input_count (counted_on);

CREATE TABLE market.model_reference (
    product_code text               NOT NULL,
    model        text               NOT NULL,
    input        text               NOT NULL,
    bins         text[]             NOT NULL,          -- as counts name them
    shares       double precision[] NOT NULL,          -- of the cases in each bin, adding to one
    origin       text               NOT NULL,
    source       text               NOT NULL,          -- the training data, as the model's card or file names them; empty: not known
    cases        bigint             NOT NULL,          -- how many the shares are of; 0: not known
    until        date,                                 -- the last day of the first cases; null: of training
    stored_at    timestamptz        NOT NULL,
    CONSTRAINT model_reference_pk PRIMARY KEY (product_code, model, input, stored_at),   -- the newest counts
    CONSTRAINT model_reference_origin_known CHECK (origin IN ('TRAINING', 'FIRST_CASES')),
    CONSTRAINT model_reference_whole CHECK (cardinality(bins) > 0 AND cardinality(bins) = cardinality(shares)),
    CONSTRAINT model_reference_until_of_first_cases CHECK ((until IS NULL) = (origin = 'TRAINING'))
);
CREATE TRIGGER model_reference_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON market.model_reference
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE TABLE market.model_drift (
    product_code    text             NOT NULL,
    model           text             NOT NULL,
    input           text             NOT NULL,
    day             date             NOT NULL,
    cases           bigint           NOT NULL,         -- of the 30 days up to that day
    stability_index double precision NOT NULL,
    reckoned_at     timestamptz      NOT NULL,
    CONSTRAINT model_drift_pk PRIMARY KEY (product_code, model, input, day),
    CONSTRAINT model_drift_not_below_zero CHECK (cases > 0 AND stability_index >= 0)
);
CREATE INDEX model_drift_by_day ON market.model_drift (day);

-- Which node looked last: the next to look takes the row, and then the hour is its own.
CREATE TABLE market.drift_look (
    only_one  boolean     NOT NULL DEFAULT true,
    looked_at timestamptz NOT NULL,
    node      text        NOT NULL,
    CONSTRAINT drift_look_pk PRIMARY KEY (only_one),
    CONSTRAINT drift_look_only_one CHECK (only_one)
);
INSERT INTO market.drift_look (looked_at, node) VALUES (TIMESTAMPTZ '1970-01-01 00:00+00', '');

ALTER TABLE market.notification DROP CONSTRAINT notification_kind_known;
ALTER TABLE market.notification ADD CONSTRAINT notification_kind_known CHECK (kind IN ('STATEMENT_ISSUED', 'DUE', 'REMINDER',
    'FINAL_NOTICE', 'SUSPENDED', 'REINSTATED', 'SETTLED', 'BUDGET_80', 'BUDGET_100', 'BUDGET_STOPPED', 'CREDIT_STOPPED', 'CREDIT_NOTE',
    'TERM_OVERDUE', 'OBJECTION_RAISED', 'OBJECTION_MESSAGE', 'OBJECTION_ANSWERED', 'OBJECTION_ESCALATED', 'OBJECTION_DECIDED',
    'DATA_CORRECTED', 'REVENUE_80', 'REVENUE_90', 'REVENUE_100', 'MODEL_DRIFT'));

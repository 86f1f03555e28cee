-- How many scored cases fell into each bin of each characteristic: what the drift of inputs is measured by. No case is kept.
CREATE TABLE score_count (
    model          text   NOT NULL,
    characteristic text   NOT NULL,
    bin            bigint NOT NULL,
    cases          bigint NOT NULL,
    CONSTRAINT score_count_pk PRIMARY KEY (model, characteristic, bin),
    CONSTRAINT score_count_positive CHECK (cases > 0)
);

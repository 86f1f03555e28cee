-- A wrong cost voucher is taken back by a cancellation that says why, above the limit of entries by hand only once a second person has approved it
-- (decision 0072). A voucher itself stays as it was entered.

CREATE TABLE market.cost_cancellation (
    id          uuid        NOT NULL,             -- the id its reversal is booked under
    voucher_id  uuid        NOT NULL,
    reason      text        NOT NULL,             -- it stands in the books
    amount_fen  bigint      NOT NULL,             -- the voucher's, with the VAT that may be deducted
    limit_fen   bigint      NOT NULL,             -- above it a second person was needed when it was proposed
    proposed_by uuid        NOT NULL,
    proposed_at timestamptz NOT NULL,
    status      text        NOT NULL,
    period      date,                             -- the month whose costs it lowers: the voucher's, or the first one open; null: not booked
    decided_by  uuid,                             -- null: open, or booked by one person within the limit
    decided_at  timestamptz,
    ground      text,                             -- why it was refused or withdrawn
    CONSTRAINT cost_cancellation_pk PRIMARY KEY (id),
    CONSTRAINT cost_cancellation_voucher_fk FOREIGN KEY (voucher_id) REFERENCES market.cost_voucher (id),
    CONSTRAINT cost_cancellation_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT cost_cancellation_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT cost_cancellation_status_known CHECK (status IN ('OPEN', 'BOOKED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT cost_cancellation_first_day CHECK (extract(day FROM period) = 1),
    CONSTRAINT cost_cancellation_booked_in_a_month CHECK ((status = 'BOOKED') = (period IS NOT NULL)),
    CONSTRAINT cost_cancellation_amount_positive CHECK (amount_fen > 0),
    CONSTRAINT cost_cancellation_says_why CHECK (btrim(reason) <> '' AND btrim(ground) <> ''),
    CONSTRAINT cost_cancellation_decided_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL)
        AND (status <> 'OPEN' OR decided_by IS NULL) AND (status NOT IN ('REFUSED', 'WITHDRAWN') OR (decided_by IS NOT NULL AND ground IS NOT NULL))),
    CONSTRAINT cost_cancellation_four_eyes CHECK (status <> 'BOOKED' OR amount_fen <= limit_fen
        OR (decided_by IS NOT NULL AND decided_by <> proposed_by)),
    CONSTRAINT cost_cancellation_refused_by_another CHECK (status <> 'REFUSED' OR decided_by <> proposed_by),
    CONSTRAINT cost_cancellation_withdrawn_by_its_own CHECK (status <> 'WITHDRAWN' OR decided_by = proposed_by)
);
CREATE UNIQUE INDEX cost_cancellation_once ON market.cost_cancellation (voucher_id) WHERE status IN ('OPEN', 'BOOKED');
CREATE INDEX cost_cancellation_of_month ON market.cost_cancellation (period) WHERE status = 'BOOKED';
CREATE INDEX cost_cancellation_youngest ON market.cost_cancellation (proposed_at DESC, id DESC);
CREATE TRIGGER cost_cancellation_kept BEFORE DELETE OR TRUNCATE ON market.cost_cancellation
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE FUNCTION market.refuse_changing_cost_cancellation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'market.cost_cancellation % is decided, or its content would change', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'cost_cancellation_decided_once';
END
$$;
CREATE TRIGGER cost_cancellation_decided_once BEFORE UPDATE ON market.cost_cancellation
    FOR EACH ROW WHEN (OLD.status <> 'OPEN'
        OR (OLD.id, OLD.voucher_id, OLD.reason, OLD.amount_fen, OLD.limit_fen, OLD.proposed_by, OLD.proposed_at)
           IS DISTINCT FROM
           (NEW.id, NEW.voucher_id, NEW.reason, NEW.amount_fen, NEW.limit_fen, NEW.proposed_by, NEW.proposed_at))
    EXECUTE FUNCTION market.refuse_changing_cost_cancellation();

-- A price that turns out to have been above what was allowed is paid back: the finding says which months and what was
-- allowed, two people stand behind it, and the next close bills the difference back.

CREATE TABLE market.ceiling_finding (
    id             uuid           NOT NULL,
    product_code   text           NOT NULL,
    operation      text           NOT NULL,          -- '*': every line of the product
    first_month    date           NOT NULL,
    last_month     date           NOT NULL,
    fen_per_unit   numeric(18, 6) NOT NULL,          -- what was allowed
    fen_per_month  bigint         NOT NULL,
    citation       text           NOT NULL,          -- the decision that found it
    proposed_by    uuid           NOT NULL,
    proposed_at    timestamptz    NOT NULL,
    status         text           NOT NULL,
    decided_by     uuid,                             -- null: open
    decided_at     timestamptz,
    ground         text,
    CONSTRAINT ceiling_finding_pk PRIMARY KEY (id),
    CONSTRAINT ceiling_finding_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT ceiling_finding_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT ceiling_finding_months CHECK (extract(day FROM first_month) = 1 AND extract(day FROM last_month) = 1
        AND first_month <= last_month),
    CONSTRAINT ceiling_finding_not_negative CHECK (fen_per_unit >= 0 AND fen_per_month >= 0),
    CONSTRAINT ceiling_finding_cited CHECK (btrim(citation) <> '' AND btrim(ground) <> ''),
    CONSTRAINT ceiling_finding_status_known CHECK (status IN ('OPEN', 'SIGNED', 'REFUSED')),
    CONSTRAINT ceiling_finding_decision_whole CHECK ((status = 'OPEN') = (decided_by IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (ground IS NULL)),
    CONSTRAINT ceiling_finding_signed_by_two CHECK (status <> 'SIGNED' OR decided_by <> proposed_by)
);
CREATE TRIGGER ceiling_finding_kept BEFORE DELETE OR TRUNCATE ON market.ceiling_finding
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE FUNCTION market.refuse_redeciding_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'market.ceiling_finding % has been decided', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ceiling_finding_decided_once';
END
$$;
CREATE TRIGGER ceiling_finding_decided_once BEFORE UPDATE ON market.ceiling_finding
    FOR EACH ROW WHEN (OLD.status <> 'OPEN') EXECUTE FUNCTION market.refuse_redeciding_finding();

-- A line may have been held against a finding instead of a ceiling of the price book: ceiling_id names either.
ALTER TABLE market.charge DROP CONSTRAINT charge_ceiling_fk;

-- Prices and ceilings come in through the management interface: proposed by one person, signed by another, and only then
-- part of the price book. An organisation may leave the market for good.

-- Proposals --------------------------------------------------------------------------------------------------------

-- 上限收费标准 and 具体收费标准 on their way into the price book. What was signed stands there under the same id.
CREATE TABLE market.price_proposal (
    id             uuid           NOT NULL,
    subject        text           NOT NULL,          -- what it sets
    product_code   text           NOT NULL,
    operation      text           NOT NULL,          -- '*': every operation without a line of its own
    purpose        text,                             -- of a tariff; null: a ceiling holds for every paid use
    kind           text,                             -- of a tariff; null: a ceiling
    fen_per_unit   numeric(18, 6),                   -- null: free
    effective_from timestamptz    NOT NULL,
    citation       text           NOT NULL,          -- the decision it rests on
    proposed_by    uuid           NOT NULL,          -- who wrote it as it stands
    proposed_at    timestamptz    NOT NULL,
    status         text           NOT NULL,
    decided_by     uuid,                             -- null: open
    decided_at     timestamptz,
    ground         text,                             -- what the signature cites, or why there is none
    CONSTRAINT price_proposal_pk PRIMARY KEY (id),
    CONSTRAINT price_proposal_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT price_proposal_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT price_proposal_subject_known CHECK (subject IN ('CEILING', 'TARIFF')),
    CONSTRAINT price_proposal_purpose_known CHECK (purpose IN ('PUBLIC_INTEREST', 'INDUSTRY')),
    CONSTRAINT price_proposal_kind_known CHECK (kind IN ('FREE', 'PER_UNIT')),
    CONSTRAINT price_proposal_fits_subject CHECK ((subject = 'TARIFF') = (purpose IS NOT NULL)
        AND (subject = 'TARIFF') = (kind IS NOT NULL)),
    CONSTRAINT price_proposal_price_fits_kind
        CHECK ((subject = 'CEILING' OR kind = 'PER_UNIT') = (fen_per_unit IS NOT NULL)),
    CONSTRAINT price_proposal_price_not_negative CHECK (fen_per_unit >= 0),
    CONSTRAINT price_proposal_public_interest_is_free CHECK (purpose <> 'PUBLIC_INTEREST' OR kind = 'FREE'),
    CONSTRAINT price_proposal_cited CHECK (btrim(citation) <> '' AND btrim(ground) <> ''),
    CONSTRAINT price_proposal_status_known CHECK (status IN ('OPEN', 'SIGNED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT price_proposal_decision_whole CHECK ((status = 'OPEN') = (decided_by IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (ground IS NULL)),
    CONSTRAINT price_proposal_signed_by_another CHECK (status <> 'SIGNED' OR decided_by <> proposed_by)
);
CREATE INDEX price_proposal_open ON market.price_proposal (id) WHERE status = 'OPEN';
CREATE TRIGGER price_proposal_kept BEFORE DELETE OR TRUNCATE ON market.price_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- What has been decided is decided: another price is another proposal.
CREATE FUNCTION market.refuse_redeciding_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'market.price_proposal % has been decided', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'price_proposal_decided_once';
END
$$;
CREATE TRIGGER price_proposal_decided_once BEFORE UPDATE ON market.price_proposal
    FOR EACH ROW WHEN (OLD.status <> 'OPEN') EXECUTE FUNCTION market.refuse_redeciding_price();

-- A ceiling is signed by another person, too; null: set before that, or by the installation.
ALTER TABLE market.price_ceiling ADD COLUMN signed_by uuid;
ALTER TABLE market.price_ceiling ADD CONSTRAINT price_ceiling_signed_by_fk
    FOREIGN KEY (signed_by) REFERENCES market.person (id);
ALTER TABLE market.price_ceiling ADD CONSTRAINT price_ceiling_signed_by_another CHECK (signed_by <> set_by);

-- Parties ----------------------------------------------------------------------------------------------------------

-- 退出: an organisation that has left does nothing any more; its records stay.
ALTER TABLE market.organisation DROP CONSTRAINT organisation_status_known;
ALTER TABLE market.organisation ADD CONSTRAINT organisation_status_known
    CHECK (status IN ('ACTIVE', 'SUSPENDED', 'ENDED'));

CREATE FUNCTION market.refuse_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'market.organisation % has left', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'organisation_ended_stays_ended';
END
$$;
CREATE TRIGGER organisation_ended_stays_ended BEFORE UPDATE ON market.organisation
    FOR EACH ROW WHEN (OLD.status = 'ENDED' AND NEW.status <> 'ENDED') EXECUTE FUNCTION market.refuse_return();

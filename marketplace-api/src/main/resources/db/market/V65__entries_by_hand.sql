-- Entries people write into the books by hand, and reversals: each with its reason, and above a limit only once a second person
-- has approved it. The limit is a dated record like every other number of policy.

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('books.four-eyes-above-yuan', TIMESTAMPTZ '2025-03-01 00:00+08', '1000.00',
     '中华人民共和国会计法(内部会计监督):记账人员与审批人员、经办人员的职责权限应当明确,并相互分离、相互制约;金额为本平台自定(the article was not read; the amount is this platform''s own)');

CREATE TABLE market.entry_proposal (
    id             uuid        NOT NULL,             -- the id it is booked under
    reason         text        NOT NULL,
    effective_on   date        NOT NULL,
    description    text        NOT NULL,             -- why; it stands in the books
    reverses       uuid,                             -- the entry it mirrors; null: it has lines of its own
    amount_fen     bigint      NOT NULL,             -- debited, which is credited
    limit_fen      bigint      NOT NULL,             -- above it a second person was needed when it was proposed
    proposed_by    uuid        NOT NULL,
    proposed_at    timestamptz NOT NULL,
    status         text        NOT NULL,
    decided_by     uuid,                             -- null: open, or booked by one person within the limit
    decided_at     timestamptz,
    ground         text,                             -- why it was refused or withdrawn
    CONSTRAINT entry_proposal_pk PRIMARY KEY (id),
    CONSTRAINT entry_proposal_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT entry_proposal_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT entry_proposal_status_known CHECK (status IN ('OPEN', 'BOOKED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT entry_proposal_reversal_names_its_entry CHECK ((reason = 'REVERSAL') = (reverses IS NOT NULL)),
    CONSTRAINT entry_proposal_amount_positive CHECK (amount_fen > 0),
    CONSTRAINT entry_proposal_says_why CHECK (btrim(description) <> '' AND btrim(ground) <> ''),
    CONSTRAINT entry_proposal_decided_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL)
        AND (status <> 'OPEN' OR decided_by IS NULL) AND (status NOT IN ('REFUSED', 'WITHDRAWN') OR decided_by IS NOT NULL)),
    CONSTRAINT entry_proposal_four_eyes CHECK (status <> 'BOOKED' OR amount_fen <= limit_fen
        OR (decided_by IS NOT NULL AND decided_by <> proposed_by))
);
CREATE INDEX entry_proposal_youngest ON market.entry_proposal (proposed_at DESC, id DESC);
CREATE TRIGGER entry_proposal_kept BEFORE DELETE OR TRUNCATE ON market.entry_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE TABLE market.entry_proposal_line (
    proposal_id    uuid    NOT NULL,
    line           integer NOT NULL,
    account_code   text    NOT NULL,
    side           text    NOT NULL,
    amount_fen     bigint  NOT NULL,
    product        text,
    provider       text,
    merchant       text,
    consumer       text,
    purpose_class  text,
    business_line  text,
    price_version  text,
    service_period date,
    CONSTRAINT entry_proposal_line_pk PRIMARY KEY (proposal_id, line),
    CONSTRAINT entry_proposal_line_proposal_fk FOREIGN KEY (proposal_id) REFERENCES market.entry_proposal (id)
);
CREATE TRIGGER entry_proposal_line_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON market.entry_proposal_line
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE FUNCTION market.refuse_changing_proposed_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'market.entry_proposal % is decided, or its content would change', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'entry_proposal_decided_once';
END
$$;
CREATE TRIGGER entry_proposal_decided_once BEFORE UPDATE ON market.entry_proposal
    FOR EACH ROW WHEN (OLD.status <> 'OPEN'
        OR (OLD.id, OLD.reason, OLD.effective_on, OLD.description, OLD.reverses, OLD.amount_fen, OLD.limit_fen, OLD.proposed_by)
           IS DISTINCT FROM
           (NEW.id, NEW.reason, NEW.effective_on, NEW.description, NEW.reverses, NEW.amount_fen, NEW.limit_fen, NEW.proposed_by))
    EXECUTE FUNCTION market.refuse_changing_proposed_entry();

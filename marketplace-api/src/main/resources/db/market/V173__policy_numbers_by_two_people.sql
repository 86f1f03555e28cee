-- A number of policy is proposed by one person of the bureau and approved by another, with its citation and the day it begins to hold, which has not
-- come when it is approved. What was decided stays, and so does every number that once held.
CREATE TABLE market.policy_proposal (
    id             uuid        NOT NULL,
    name           text        NOT NULL,             -- of market.policy_parameter; rate.X and choice.X: of the books
    value          text        NOT NULL,
    effective_on   date        NOT NULL,             -- from its beginning in Asia/Shanghai
    citation       text        NOT NULL,
    ground         text        NOT NULL,
    proposed_by    uuid        NOT NULL,
    proposed_at    timestamptz NOT NULL,
    approved       boolean,                          -- null: not decided
    decided_by     uuid,
    decided_at     timestamptz,
    decision       text,
    CONSTRAINT policy_proposal_pk PRIMARY KEY (id),
    CONSTRAINT policy_proposal_cited CHECK (btrim(citation) <> '' AND btrim(ground) <> '' AND btrim(value) <> ''),
    CONSTRAINT policy_proposal_to_come CHECK (effective_on > CAST(proposed_at AT TIME ZONE 'Asia/Shanghai' AS date)
        AND (approved IS NOT TRUE OR effective_on > CAST(decided_at AT TIME ZONE 'Asia/Shanghai' AS date))),
    CONSTRAINT policy_proposal_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT policy_proposal_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT policy_proposal_decision_whole CHECK ((approved IS NULL) = (decided_by IS NULL) AND (approved IS NULL) = (decided_at IS NULL)
        AND (approved IS NULL) = (decision IS NULL)),
    CONSTRAINT policy_proposal_decided_by_another CHECK (decided_by <> proposed_by)
);
CREATE INDEX policy_proposal_by_name ON market.policy_proposal (name, proposed_at);
CREATE TRIGGER policy_proposal_kept BEFORE DELETE OR TRUNCATE ON market.policy_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER policy_proposal_decided_once BEFORE UPDATE ON market.policy_proposal
    FOR EACH ROW WHEN (OLD.approved IS NOT NULL
        OR ROW(NEW.id, NEW.name, NEW.value, NEW.effective_on, NEW.citation, NEW.ground, NEW.proposed_by, NEW.proposed_at)
        IS DISTINCT FROM ROW(OLD.id, OLD.name, OLD.value, OLD.effective_on, OLD.citation, OLD.ground, OLD.proposed_by, OLD.proposed_at))
    EXECUTE FUNCTION market.refuse_rewriting();

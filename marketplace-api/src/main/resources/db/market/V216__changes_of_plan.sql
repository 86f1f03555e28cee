-- A subscription goes over to another plan at one instant (变更套餐): its keys, use and counted units go on, and each call
-- belongs to the plan of the moment it occurred at.

CREATE TABLE market.plan_change (
    id              uuid        NOT NULL,
    number          bigint      GENERATED ALWAYS AS IDENTITY, -- of two changes at one instant the later one holds
    subscription_id uuid        NOT NULL,
    from_plan_id    uuid        NOT NULL,
    to_plan_id      uuid        NOT NULL,
    statement       text        NOT NULL,            -- why, in the asker's words; empty where no person judges it
    status          text        NOT NULL,
    asked_by        uuid        NOT NULL,
    asked_at        timestamptz NOT NULL,
    decided_by      uuid,                            -- null: not decided, or made by the rule that approved the use
    decided_at      timestamptz,
    reason          text,                            -- of the decision; null: none was needed
    effective_at    timestamptz,                     -- the instant; null: not made
    CONSTRAINT plan_change_pk PRIMARY KEY (id),
    CONSTRAINT plan_change_subscription_fk FOREIGN KEY (subscription_id) REFERENCES market.subscription (id),
    CONSTRAINT plan_change_from_plan_fk FOREIGN KEY (from_plan_id) REFERENCES market.plan (id),
    CONSTRAINT plan_change_to_plan_fk FOREIGN KEY (to_plan_id) REFERENCES market.plan (id),
    CONSTRAINT plan_change_asked_by_fk FOREIGN KEY (asked_by) REFERENCES market.person (id),
    CONSTRAINT plan_change_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT plan_change_is_one CHECK (from_plan_id <> to_plan_id),
    CONSTRAINT plan_change_two_people CHECK (decided_by IS NULL OR status = 'WITHDRAWN' OR decided_by <> asked_by),
    CONSTRAINT plan_change_status_known CHECK (status IN ('PENDING', 'MADE', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT plan_change_decided CHECK ((status = 'PENDING') = (decided_at IS NULL) AND (status = 'MADE') = (effective_at IS NOT NULL))
);
CREATE UNIQUE INDEX plan_change_one_pending ON market.plan_change (subscription_id) WHERE status = 'PENDING';
CREATE INDEX plan_change_made ON market.plan_change (subscription_id, effective_at, number) WHERE status = 'MADE';

-- What bills rest on is not rewritten: a change is decided once, and nothing else of it ever changes.
CREATE FUNCTION market.check_plan_change_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'PENDING'
            OR ROW(NEW.id, NEW.number, NEW.subscription_id, NEW.to_plan_id, NEW.statement, NEW.asked_by, NEW.asked_at)
                IS DISTINCT FROM ROW(OLD.id, OLD.number, OLD.subscription_id, OLD.to_plan_id, OLD.statement, OLD.asked_by, OLD.asked_at) THEN
        RAISE EXCEPTION 'market.plan_change % was decided, or is changed otherwise than by a decision', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'plan_change_goes_forward';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER plan_change_goes_forward BEFORE UPDATE ON market.plan_change
    FOR EACH ROW EXECUTE FUNCTION market.check_plan_change_step();
CREATE TRIGGER plan_change_kept BEFORE DELETE OR TRUNCATE ON market.plan_change
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

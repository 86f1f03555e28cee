-- Objections (数据异议): an organisation says that a resource or a product's answer is wrong, incomplete or out of date; who supplies it
-- corrects it or says why it is right; what stays in dispute the bureau decides (《政务数据共享条例》第二十六条、第二十八条).

CREATE TABLE market.objection (
    id              uuid        NOT NULL,
    number          bigint      GENERATED ALWAYS AS IDENTITY,
    organisation_id uuid        NOT NULL,            -- whose objection it is
    raised_by       uuid        NOT NULL,
    raised_at       timestamptz NOT NULL,
    resource_id     text,                            -- what it is about: a resource in a version, or a product in a version
    batch_id        uuid,
    product_code    text,
    product_version integer,
    event_id        uuid,                            -- the call whose answer it is about; null: none in particular
    fault           text        NOT NULL,
    statement       text        NOT NULL,
    answerer_id     uuid,                            -- the organisation that has to answer; null: the bureau
    status          text        NOT NULL,
    due_on          date,                            -- the last day of the answer's term as it was when it was answered
    answered_by     uuid,
    answered_at     timestamptz,
    answer          text,
    corrected_load  uuid,                            -- the load that corrected it
    corrected_batch uuid,                            -- the batch of the catalogue that corrected it
    escalated_at    timestamptz,
    decided_by      uuid,
    decided_at      timestamptz,
    decision        text,
    CONSTRAINT objection_pk PRIMARY KEY (id),
    CONSTRAINT objection_number_unique UNIQUE (number),
    CONSTRAINT objection_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT objection_raised_by_fk FOREIGN KEY (raised_by) REFERENCES market.person (id),
    CONSTRAINT objection_version_fk FOREIGN KEY (batch_id, resource_id) REFERENCES market.catalogue_entry (batch_id, resource_id),
    CONSTRAINT objection_product_fk FOREIGN KEY (product_code, product_version)
        REFERENCES market.registration (product_code, product_version),
    CONSTRAINT objection_answerer_fk FOREIGN KEY (answerer_id) REFERENCES market.organisation (id),
    CONSTRAINT objection_answered_by_fk FOREIGN KEY (answered_by) REFERENCES market.person (id),
    CONSTRAINT objection_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT objection_about_one_thing CHECK ((resource_id IS NULL) = (batch_id IS NULL)
        AND (product_code IS NULL) = (product_version IS NULL) AND (resource_id IS NULL) <> (product_code IS NULL)),
    CONSTRAINT objection_fault_known CHECK (fault IN ('WRONG', 'INCOMPLETE', 'OUTDATED')),
    CONSTRAINT objection_stated CHECK (btrim(statement) <> ''),
    CONSTRAINT objection_status_known CHECK (status IN ('OPEN', 'CORRECTED', 'NOT_WRONG', 'ESCALATED', 'UPHELD', 'DISMISSED', 'WITHDRAWN')),
    CONSTRAINT objection_answer_whole CHECK ((answered_by IS NULL) = (answered_at IS NULL) AND (answered_by IS NULL) = (answer IS NULL)),
    CONSTRAINT objection_decision_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (decision IS NULL)),
    CONSTRAINT objection_answered CHECK (status NOT IN ('CORRECTED', 'NOT_WRONG') OR answered_by IS NOT NULL),
    CONSTRAINT objection_decided CHECK (status NOT IN ('UPHELD', 'DISMISSED') OR decided_by IS NOT NULL),
    CONSTRAINT objection_decided_by_another CHECK (decided_by <> raised_by AND decided_by <> answered_by)
);
CREATE INDEX objection_by_organisation ON market.objection (organisation_id, raised_at);
CREATE INDEX objection_by_answerer ON market.objection (answerer_id, status);
CREATE TRIGGER objection_kept BEFORE DELETE OR TRUNCATE ON market.objection
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER objection_said_once BEFORE UPDATE ON market.objection
    FOR EACH ROW WHEN (OLD.status IN ('DISMISSED', 'WITHDRAWN')
        OR ROW(NEW.id, NEW.number, NEW.organisation_id, NEW.raised_by, NEW.raised_at, NEW.resource_id, NEW.batch_id, NEW.product_code,
               NEW.product_version, NEW.event_id, NEW.fault, NEW.statement, NEW.answerer_id)
        IS DISTINCT FROM
        ROW(OLD.id, OLD.number, OLD.organisation_id, OLD.raised_by, OLD.raised_at, OLD.resource_id, OLD.batch_id, OLD.product_code,
            OLD.product_version, OLD.event_id, OLD.fault, OLD.statement, OLD.answerer_id))
    EXECUTE FUNCTION market.refuse_rewriting();

-- The lineage: which loads stood in the tables of the resources concerned when it was raised.
CREATE TABLE market.objection_load (
    objection_id uuid NOT NULL,
    load_id      uuid NOT NULL,
    table_name   text NOT NULL,
    resource_id  text NOT NULL,
    CONSTRAINT objection_load_pk PRIMARY KEY (objection_id, load_id),
    CONSTRAINT objection_load_objection_fk FOREIGN KEY (objection_id) REFERENCES market.objection (id)
);
CREATE TRIGGER objection_load_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.objection_load
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- What the sides say to one another, and every step, in order.
CREATE TABLE market.objection_message (
    id           uuid        NOT NULL,
    objection_id uuid        NOT NULL,
    number       bigint      GENERATED ALWAYS AS IDENTITY,
    side         text        NOT NULL,
    step         text        NOT NULL,
    person_id    uuid        NOT NULL,
    at           timestamptz NOT NULL,
    text         text        NOT NULL,
    CONSTRAINT objection_message_pk PRIMARY KEY (id),
    CONSTRAINT objection_message_objection_fk FOREIGN KEY (objection_id) REFERENCES market.objection (id),
    CONSTRAINT objection_message_person_fk FOREIGN KEY (person_id) REFERENCES market.person (id),
    CONSTRAINT objection_message_side_known CHECK (side IN ('RAISER', 'ANSWERER', 'BUREAU')),
    CONSTRAINT objection_message_step_known CHECK (step IN ('RAISED', 'MESSAGE', 'CORRECTED', 'NOT_WRONG', 'ESCALATED', 'UPHELD', 'DISMISSED',
        'WITHDRAWN')),
    CONSTRAINT objection_message_says_something CHECK (btrim(text) <> '')
);
CREATE INDEX objection_message_by_objection ON market.objection_message (objection_id, number);
CREATE TRIGGER objection_message_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.objection_message
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

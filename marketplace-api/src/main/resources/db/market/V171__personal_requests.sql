-- What a person asks about their own data (个人信息保护法第四十四条至第五十条): raised by who proved who they are to the city's identity provider, or on paper at
-- the bureau's window. Who it is, is kept as a keyed token alone.
CREATE TABLE market.personal_request (
    id            uuid        NOT NULL,
    number        bigint      GENERATED ALWAYS AS IDENTITY,
    subject_token bytea       NOT NULL,              -- keyed: nobody learns from it who it is
    wish          text        NOT NULL,
    product_code  text,                              -- what it is about: what a product keeps or answers, or a resource
    resource_id   text,
    statement     text        NOT NULL,
    way           text        NOT NULL,
    evidence      text        NOT NULL,              -- SHA-256 of the paper, or of the proof of identity
    entered_by    uuid,                              -- who entered the paper; null: the person did it
    raised_at     timestamptz NOT NULL,
    answerer_id   uuid,                              -- the organisation that has to answer; null: the bureau
    status        text        NOT NULL,
    due_on        date,                              -- the last day as it was when it was answered
    answer        text,
    corrected_load uuid,                             -- the load that corrected it; null: none is named
    answered_by   uuid,
    answered_at   timestamptz,
    told_by       uuid,                              -- who told the person what came of it, on paper or in person
    told_at       timestamptz,
    CONSTRAINT personal_request_pk PRIMARY KEY (id),
    CONSTRAINT personal_request_number_unique UNIQUE (number),
    CONSTRAINT personal_request_token_size CHECK (octet_length(subject_token) = 32),
    CONSTRAINT personal_request_wish_known CHECK (wish IN ('CORRECT', 'COMPLETE', 'ERASE', 'EXPLAIN')),
    CONSTRAINT personal_request_about_one_thing CHECK ((product_code IS NULL) <> (resource_id IS NULL)),
    CONSTRAINT personal_request_resource_fk FOREIGN KEY (resource_id) REFERENCES market.data_resource (id),
    CONSTRAINT personal_request_stated CHECK (btrim(statement) <> ''),
    CONSTRAINT personal_request_way_known CHECK (way IN ('PROVED', 'WINDOW')),
    CONSTRAINT personal_request_evidence_form CHECK (evidence ~ '^[0-9a-f]{64}$'),
    CONSTRAINT personal_request_entered CHECK ((way = 'WINDOW') = (entered_by IS NOT NULL)),
    CONSTRAINT personal_request_entered_by_fk FOREIGN KEY (entered_by) REFERENCES market.person (id),
    CONSTRAINT personal_request_answerer_fk FOREIGN KEY (answerer_id) REFERENCES market.organisation (id),
    CONSTRAINT personal_request_status_known CHECK (status IN ('OPEN', 'GRANTED', 'REFUSED')),
    CONSTRAINT personal_request_answer_whole CHECK ((status = 'OPEN') = (answer IS NULL) AND (status = 'OPEN') = (answered_by IS NULL)
        AND (status = 'OPEN') = (answered_at IS NULL)),
    CONSTRAINT personal_request_answered_by_fk FOREIGN KEY (answered_by) REFERENCES market.person (id),
    CONSTRAINT personal_request_answered_by_another CHECK (answered_by <> entered_by),
    CONSTRAINT personal_request_told_of_an_answer CHECK ((told_by IS NULL) = (told_at IS NULL) AND (told_at IS NULL OR status <> 'OPEN')),
    CONSTRAINT personal_request_told_by_fk FOREIGN KEY (told_by) REFERENCES market.person (id)
);
-- A proof of identity is good for one request.
CREATE UNIQUE INDEX personal_request_proof_once ON market.personal_request (evidence) WHERE way = 'PROVED';
CREATE INDEX personal_request_by_subject ON market.personal_request (subject_token) WHERE status = 'OPEN';
CREATE INDEX personal_request_by_product ON market.personal_request (product_code, status);
CREATE TRIGGER personal_request_kept BEFORE DELETE OR TRUNCATE ON market.personal_request
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER personal_request_said_once BEFORE UPDATE ON market.personal_request
    FOR EACH ROW WHEN (OLD.told_at IS NOT NULL
        OR (OLD.status <> 'OPEN' AND ROW(NEW.status, NEW.answer, NEW.answered_by, NEW.answered_at, NEW.due_on, NEW.corrected_load)
            IS DISTINCT FROM ROW(OLD.status, OLD.answer, OLD.answered_by, OLD.answered_at, OLD.due_on, OLD.corrected_load))
        OR ROW(NEW.id, NEW.number, NEW.subject_token, NEW.wish, NEW.product_code, NEW.resource_id, NEW.statement, NEW.way, NEW.evidence, NEW.entered_by,
               NEW.raised_at, NEW.answerer_id)
        IS DISTINCT FROM
        ROW(OLD.id, OLD.number, OLD.subject_token, OLD.wish, OLD.product_code, OLD.resource_id, OLD.statement, OLD.way, OLD.evidence, OLD.entered_by,
            OLD.raised_at, OLD.answerer_id))
    EXECUTE FUNCTION market.refuse_rewriting();

-- How each kind of rows a product keeps names the person: what is open holds them, what is granted erases those that may go.
CREATE TABLE market.personal_request_subject (
    request_id uuid NOT NULL,
    kind       text NOT NULL,
    subject    text NOT NULL,
    CONSTRAINT personal_request_subject_pk PRIMARY KEY (request_id, kind),
    CONSTRAINT personal_request_subject_request_fk FOREIGN KEY (request_id) REFERENCES market.personal_request (id)
);
CREATE TRIGGER personal_request_subject_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.personal_request_subject
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('term.personal-request', TIMESTAMPTZ '2021-11-01 00:00+08', '10',
     '本市自定(《个人信息保护法》第五十条要求建立便捷的申请受理和处理机制,未定期限;参照《政务数据共享条例》第二十六条)');

-- The first step of a registration has a clock of its own: within three working days it is taken in, or sent back once with everything that is missing.
-- The review's term runs from the day it was taken in.
CREATE TABLE market.registration_acceptance (
    registration_id uuid        NOT NULL,
    accepted        boolean     NOT NULL,            -- false: sent back, and to be handed in anew
    said            text        NOT NULL,            -- what is missing, whole and at once; or the number under which it was taken in
    decided_by      uuid        NOT NULL,
    decided_at      timestamptz NOT NULL,
    CONSTRAINT registration_acceptance_pk PRIMARY KEY (registration_id),
    CONSTRAINT registration_acceptance_registration_fk FOREIGN KEY (registration_id) REFERENCES market.registration (id),
    CONSTRAINT registration_acceptance_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT registration_acceptance_says_something CHECK (btrim(said) <> '')
);
CREATE TRIGGER registration_acceptance_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.registration_acceptance
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('term.registration-acceptance', TIMESTAMPTZ '2025-03-01 00:00+08', '3',
     '《公共数据资源登记管理暂行办法》(发改数据规〔2025〕26号):3个工作日内决定受理,材料不齐的一次性告知'),
    ('term.delivery', TIMESTAMPTZ '2025-08-01 00:00+08', '20',
     '参照《政务数据共享条例》第二十二条:同意后20个工作日内提供数据;授权运营不属共享,本市自定');

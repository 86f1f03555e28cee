-- What products keep of their own has a time, and goes when it is over (《个人信息保护法》第十九条:最短时间). How long, is a dated number of policy;
-- what law asks for at least stands in the code besides, and no number undercuts it. Values are ISO 8601 periods.
INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('retention.claims.case', TIMESTAMPTZ '2026-11-30 00:00+08', 'P3Y',
     '《网络数据安全管理条例》第十二条:向其他网络数据处理者提供个人信息的处理情况记录至少保存3年;《个人信息保护法》第十九条、第五十六条'),
    ('retention.efficacy.cohort', TIMESTAMPTZ '2026-11-30 00:00+08', 'P5Y',
     '本市自定(参照《政务数据共享条例》第二十九条使用记录保存不少于3年;研究结果复核留足5年;不含个人信息)'),
    ('retention.underwriting.assessment', TIMESTAMPTZ '2026-11-30 00:00+08', 'P3Y',
     '《个人信息保护法》第二十四条(应要求说明)、第五十六条(处理情况记录至少保存三年)'),
    ('retention.underwriting.application', TIMESTAMPTZ '2026-11-30 00:00+08', 'P1Y',
     '本市自定(《个人信息保护法》第十九条:实现目的所必要的最短时间;健康险多为一年期)'),
    ('retention.underwriting.input-count', TIMESTAMPTZ '2026-11-30 00:00+08', 'P2Y',
     '本市自定(模型偏移按日统计,跨年度比较;不含个人信息)'),
    ('retention.prescription.refill', TIMESTAMPTZ '2026-11-30 00:00+08', 'P3Y',
     '《网络数据安全管理条例》第十二条:提供个人信息的处理情况记录至少保存3年(长于普通处方的保存期限)'),
    ('retention.rental.listing', TIMESTAMPTZ '2026-11-30 00:00+08', 'P0D',
     '本市自定(《个人信息保护法》第十九条:有效期届满即无必要)'),
    ('retention.rental.failed-question', TIMESTAMPTZ '2026-11-30 00:00+08', 'P1D',
     '本市自定(防猜测的计数窗口为24小时,《个人信息保护法》第十九条)'),
    ('retention.health.session', TIMESTAMPTZ '2026-11-30 00:00+08', 'P0D', '本市自定(《个人信息保护法》第十九条:会话到期即无必要)'),
    ('retention.health.used-proof', TIMESTAMPTZ '2026-11-30 00:00+08', 'P0D', '本市自定(《个人信息保护法》第十九条:证明到期后不能再用)'),
    ('retention.health.preference', TIMESTAMPTZ '2026-11-30 00:00+08', 'P2Y',
     '本市自定(《个人信息保护法》第十四条、第十九条:同意须明确,两年后重新征询)'),
    ('retention.lending.score-count', TIMESTAMPTZ '2026-11-30 00:00+08', 'P2Y', '本市自定(评分偏移按日统计,跨年度比较;不含个人信息)'),
    ('retention.disclosure', TIMESTAMPTZ '2026-11-30 00:00+08', 'P1Y', '本市自定(防相减的记忆期为365天,不得更短)'),
    ('retention.domain.twin-made-up', TIMESTAMPTZ '2026-11-30 00:00+08', 'P90D', '本市自定(登记审核与公示期间可查试运行;数据为虚构)'),
    ('retention.domain.twin-sample', TIMESTAMPTZ '2026-11-30 00:00+08', 'P3Y',
     '《个人信息保护法》第五十六条:个人信息保护影响评估报告和处理情况记录应当至少保存三年');

-- What may not go although its time is over: a court's, an auditor's or a disciplinary body's written demand. Released by another person than
-- who placed it, since then rows go for good.
CREATE TABLE market.retention_hold (
    id              uuid        NOT NULL,
    product_code    text        NOT NULL,
    kind            text,                            -- null: everything the product keeps
    organisation_id uuid,                            -- rows of this organisation alone
    row_key         text,                            -- this row alone
    about_a_person  boolean     NOT NULL,            -- rows of retention_hold_subject alone
    document        text        NOT NULL,            -- the demand it rests on, with its number
    placed_by       uuid        NOT NULL,
    placed_at       timestamptz NOT NULL,
    released_by     uuid,                            -- null: it holds
    released_at     timestamptz,
    release_ground  text,
    CONSTRAINT retention_hold_pk PRIMARY KEY (id),
    CONSTRAINT retention_hold_cited CHECK (btrim(document) <> ''),
    CONSTRAINT retention_hold_row_of_a_kind CHECK (row_key IS NULL OR kind IS NOT NULL),
    CONSTRAINT retention_hold_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT retention_hold_placed_by_fk FOREIGN KEY (placed_by) REFERENCES market.person (id),
    CONSTRAINT retention_hold_released_by_fk FOREIGN KEY (released_by) REFERENCES market.person (id),
    CONSTRAINT retention_hold_release_whole CHECK ((released_by IS NULL) = (released_at IS NULL) AND (released_by IS NULL) = (release_ground IS NULL)),
    CONSTRAINT retention_hold_released_by_another CHECK (released_by <> placed_by)
);
CREATE INDEX retention_hold_in_force ON market.retention_hold (product_code) WHERE released_at IS NULL;
CREATE TRIGGER retention_hold_kept BEFORE DELETE OR TRUNCATE ON market.retention_hold
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER retention_hold_released_once BEFORE UPDATE ON market.retention_hold
    FOR EACH ROW WHEN (OLD.released_at IS NOT NULL
        OR ROW(NEW.id, NEW.product_code, NEW.kind, NEW.organisation_id, NEW.row_key, NEW.about_a_person, NEW.document, NEW.placed_by, NEW.placed_at)
        IS DISTINCT FROM
        ROW(OLD.id, OLD.product_code, OLD.kind, OLD.organisation_id, OLD.row_key, OLD.about_a_person, OLD.document, OLD.placed_by, OLD.placed_at))
    EXECUTE FUNCTION market.refuse_rewriting();

-- Whom a hold is about, as each kind names people: a keyed digest, never a number.
CREATE TABLE market.retention_hold_subject (
    hold_id uuid NOT NULL,
    kind    text NOT NULL,
    subject text NOT NULL,
    CONSTRAINT retention_hold_subject_pk PRIMARY KEY (hold_id, kind),
    CONSTRAINT retention_hold_subject_hold_fk FOREIGN KEY (hold_id) REFERENCES market.retention_hold (id)
);
CREATE TRIGGER retention_hold_subject_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.retention_hold_subject
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

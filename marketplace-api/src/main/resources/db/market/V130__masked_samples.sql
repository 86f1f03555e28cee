-- A sample of real people's rows is drawn into a sandbox twin only when a second person has approved it; what a sample must keep to is a dated number of policy.

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('sandbox.sample-least-k', TIMESTAMPTZ '2025-03-01 00:00+08', '5',
     'GB/T 37964-2019、GB/T 42460-2023附录D(K-匿名)(原文未在手);数值为本平台自定(the number is this platform''s own)'),
    ('sandbox.sample-most-unique', TIMESTAMPTZ '2025-03-01 00:00+08', '0.05',
     '个人多行记录合并后唯一者的比例上限,仅适用于真实个人;数值为本平台自定(share of people whose rows together are unique; the number is this platform''s own)');

CREATE TABLE market.twin_sample (
    id              uuid        NOT NULL,            -- made by the caller
    product         text        NOT NULL,
    product_version integer     NOT NULL,
    rows_asked      bigint      NOT NULL,            -- about so many of the largest table about persons
    k               integer     NOT NULL,
    personal        boolean     NOT NULL,            -- live rows about real people: a second person decides
    reason          text        NOT NULL,            -- what the sample is for
    proposed_by     uuid        NOT NULL,
    proposed_at     timestamptz NOT NULL,
    status          text        NOT NULL,
    decided_by      uuid,                            -- null: open, or nobody had to decide
    decided_at      timestamptz,
    ground          text,                            -- the assessment it rests on, or why it was refused or withdrawn
    drawn_by        text,
    drawn_at        timestamptz,
    report_digest   text,                            -- of the report on record in the data domain; null: none was measured
    CONSTRAINT twin_sample_pk PRIMARY KEY (id),
    CONSTRAINT twin_sample_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT twin_sample_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT twin_sample_numbers CHECK (product_version >= 1 AND rows_asked >= 1 AND k >= 2),
    CONSTRAINT twin_sample_says_why CHECK (btrim(reason) <> '' AND btrim(ground) <> ''),
    CONSTRAINT twin_sample_status_known CHECK (status IN ('OPEN', 'APPROVED', 'REFUSED', 'WITHDRAWN', 'DRAWN', 'WITHHELD')),
    CONSTRAINT twin_sample_decided_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL)
        AND (status NOT IN ('REFUSED', 'WITHDRAWN') OR decided_by IS NOT NULL) AND (decided_by IS NULL OR ground IS NOT NULL)),
    CONSTRAINT twin_sample_four_eyes CHECK (NOT personal OR status IN ('OPEN', 'REFUSED', 'WITHDRAWN')
        OR (decided_by IS NOT NULL AND decided_by <> proposed_by)),
    CONSTRAINT twin_sample_drawn_whole CHECK ((status IN ('DRAWN', 'WITHHELD')) = (drawn_at IS NOT NULL)
        AND (drawn_at IS NULL) = (drawn_by IS NULL) AND (status <> 'DRAWN' OR report_digest IS NOT NULL))
);
CREATE INDEX twin_sample_youngest ON market.twin_sample (proposed_at DESC, id DESC);
CREATE TRIGGER twin_sample_kept BEFORE DELETE OR TRUNCATE ON market.twin_sample
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER twin_sample_decided_once BEFORE UPDATE ON market.twin_sample
    FOR EACH ROW WHEN (OLD.status NOT IN ('OPEN', 'APPROVED')
        OR (OLD.decided_by IS NOT NULL AND (OLD.decided_by, OLD.decided_at, OLD.ground) IS DISTINCT FROM (NEW.decided_by, NEW.decided_at, NEW.ground))
        OR (OLD.id, OLD.product, OLD.product_version, OLD.rows_asked, OLD.k, OLD.personal, OLD.reason, OLD.proposed_by, OLD.proposed_at)
           IS DISTINCT FROM
           (NEW.id, NEW.product, NEW.product_version, NEW.rows_asked, NEW.k, NEW.personal, NEW.reason, NEW.proposed_by, NEW.proposed_at))
    EXECUTE FUNCTION market.refuse_rewriting();

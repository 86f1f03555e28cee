-- The resource catalogue is edited: every change is an entry of a batch (批次), which one person submits, another publishes, and
-- which holds from a date on, so what was listed on any day can be shown and two days compared. Fields: 《政务数据共享条例》 Art. 13-15.

-- Batches ----------------------------------------------------------------------------------------------------------

CREATE TABLE market.catalogue_batch (
    id           uuid        NOT NULL,
    number       integer,                            -- 第几批, in the order of publication; null: not published
    title_zh     text        NOT NULL,
    title_en     text        NOT NULL,
    applies_from date        NOT NULL,               -- first day, in Asia/Shanghai, its entries hold
    status       text        NOT NULL,
    revision     integer     NOT NULL,               -- counts what was written to the batch or its entries
    drafted_by   uuid,                               -- null: the plan's first batch
    drafted_at   timestamptz NOT NULL,
    submitted_by uuid,
    submitted_at timestamptz,
    decided_by   uuid,                               -- who published or returned it last
    decided_at   timestamptz,
    ground       text,                               -- the document a publication rests on, or why it was returned
    applied_at   timestamptz,                        -- null: its entries are not in market.data_resource yet
    CONSTRAINT catalogue_batch_pk PRIMARY KEY (id),
    CONSTRAINT catalogue_batch_number_unique UNIQUE (number),
    CONSTRAINT catalogue_batch_titled CHECK (btrim(title_zh) <> '' AND btrim(title_en) <> ''),
    CONSTRAINT catalogue_batch_status_known CHECK (status IN ('DRAFT', 'SUBMITTED', 'RETURNED', 'PUBLISHED')),
    CONSTRAINT catalogue_batch_drafted_by_fk FOREIGN KEY (drafted_by) REFERENCES market.person (id),
    CONSTRAINT catalogue_batch_submitted_by_fk FOREIGN KEY (submitted_by) REFERENCES market.person (id),
    CONSTRAINT catalogue_batch_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT catalogue_batch_numbered CHECK ((status = 'PUBLISHED') = (number IS NOT NULL)),
    CONSTRAINT catalogue_batch_applied_when_published CHECK (applied_at IS NULL OR status = 'PUBLISHED'),
    CONSTRAINT catalogue_batch_decided CHECK (status NOT IN ('RETURNED', 'PUBLISHED') OR ground IS NOT NULL),
    CONSTRAINT catalogue_batch_published_by_another CHECK (status <> 'PUBLISHED' OR drafted_by IS NULL
        OR (decided_by IS NOT NULL AND decided_by <> drafted_by AND decided_by <> submitted_by)),
    -- What was listed on a day that is over stays as it was.
    CONSTRAINT catalogue_batch_not_retroactive CHECK (status <> 'PUBLISHED' OR drafted_by IS NULL
        OR applies_from >= CAST(decided_at AT TIME ZONE 'Asia/Shanghai' AS date))
);

-- A law that opens a resource another law has blocked: recorded by one person and confirmed by another.
CREATE TABLE market.law_record (
    id            uuid        NOT NULL,
    resource_id   text        NOT NULL,
    citation_zh   text        NOT NULL,              -- law, article and what it says
    citation_en   text        NOT NULL,
    in_force_from date        NOT NULL,
    source        text        NOT NULL,              -- where the text was published
    recorded_by   uuid        NOT NULL,
    recorded_at   timestamptz NOT NULL,
    confirmed_by  uuid,                              -- null: nobody else has read the law yet, and it opens nothing
    confirmed_at  timestamptz,
    CONSTRAINT law_record_pk PRIMARY KEY (id),
    CONSTRAINT law_record_resource_fk FOREIGN KEY (resource_id) REFERENCES market.data_resource (id),
    CONSTRAINT law_record_cited CHECK (btrim(citation_zh) <> '' AND btrim(citation_en) <> '' AND btrim(source) <> ''),
    CONSTRAINT law_record_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES market.person (id),
    CONSTRAINT law_record_confirmed_by_fk FOREIGN KEY (confirmed_by) REFERENCES market.person (id),
    CONSTRAINT law_record_confirmation_whole CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT law_record_confirmed_by_another CHECK (confirmed_by <> recorded_by)
);
CREATE TRIGGER law_record_kept BEFORE DELETE OR TRUNCATE ON market.law_record
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER law_record_confirmed_once BEFORE UPDATE ON market.law_record
    FOR EACH ROW WHEN (OLD.confirmed_by IS NOT NULL
        OR ROW(NEW.id, NEW.resource_id, NEW.citation_zh, NEW.citation_en, NEW.in_force_from, NEW.source, NEW.recorded_by, NEW.recorded_at)
        IS DISTINCT FROM
        ROW(OLD.id, OLD.resource_id, OLD.citation_zh, OLD.citation_en, OLD.in_force_from, OLD.source, OLD.recorded_by, OLD.recorded_at))
    EXECUTE FUNCTION market.refuse_rewriting();

-- Entries ----------------------------------------------------------------------------------------------------------

CREATE TABLE market.catalogue_entry (
    batch_id          uuid        NOT NULL,
    resource_id       text        NOT NULL,
    withdrawn         boolean     NOT NULL,          -- true: no longer listed from the batch's date on
    base_batch_id     uuid,                          -- the batch whose version was changed; null: the resource is new
    provider_code     text        NOT NULL,
    name_zh           text        NOT NULL,
    name_en           text        NOT NULL,
    items             jsonb       NOT NULL,          -- 数据项: [{"code", "zh", "en"}]; empty: not stated by the plan
    data_format       text,                          -- null: not stated by the plan
    update_cycle      text        NOT NULL,
    update_frequency  text,                          -- how often, in words; null: the cycle alone is stated
    sharing_attribute text,                          -- null: not stated by the plan
    sharing_basis     text,                          -- the provision that forbids sharing; null: it may be shared
    channels          text[]      NOT NULL,          -- 共享方式
    conditions_zh     text,                          -- what is to be observed in use; null: nothing particular
    conditions_en     text,
    classification    text        NOT NULL,          -- 数据分类
    grade             text        NOT NULL,          -- 数据分级, GB/T 43697-2024
    grading_basis     text        NOT NULL,          -- what class and grade rest on
    origin            text        NOT NULL,          -- 来源
    kind              text        NOT NULL,          -- whom it is about
    blocked_by        text,
    law_record_id     uuid,                          -- what opens a resource that was blocked; null: nothing had to
    assessment        text,                          -- secrecy and personal-information assessment and who approved it
    reason            text        NOT NULL,          -- why it is entered, changed or withdrawn
    drafted_by        uuid,                          -- null: the plan's first batch
    drafted_at        timestamptz NOT NULL,
    CONSTRAINT catalogue_entry_pk PRIMARY KEY (batch_id, resource_id),
    CONSTRAINT catalogue_entry_batch_fk FOREIGN KEY (batch_id) REFERENCES market.catalogue_batch (id),
    CONSTRAINT catalogue_entry_base_fk FOREIGN KEY (base_batch_id, resource_id) REFERENCES market.catalogue_entry (batch_id, resource_id),
    CONSTRAINT catalogue_entry_provider_fk FOREIGN KEY (provider_code) REFERENCES market.data_provider (code),
    CONSTRAINT catalogue_entry_law_fk FOREIGN KEY (law_record_id) REFERENCES market.law_record (id),
    CONSTRAINT catalogue_entry_drafted_by_fk FOREIGN KEY (drafted_by) REFERENCES market.person (id),
    CONSTRAINT catalogue_entry_id_form CHECK (resource_id ~ '^[A-Z][0-9]{1,3}(\.[0-9]{1,4}){2}$'
        AND starts_with(resource_id, provider_code || '.')),
    CONSTRAINT catalogue_entry_named CHECK (btrim(name_zh) <> '' AND btrim(name_en) <> ''),
    CONSTRAINT catalogue_entry_items_listed CHECK (jsonb_typeof(items) = 'array'),
    CONSTRAINT catalogue_entry_update_known CHECK (update_cycle IN ('PERIODIC', 'REAL_TIME')),
    CONSTRAINT catalogue_entry_sharing_known CHECK (sharing_attribute IN ('UNCONDITIONAL', 'CONDITIONAL', 'NOT_SHARED')),
    CONSTRAINT catalogue_entry_not_shared_cited CHECK (sharing_attribute IS NULL
        OR (sharing_attribute = 'NOT_SHARED') = (sharing_basis IS NOT NULL)),
    CONSTRAINT catalogue_entry_channels_known CHECK (cardinality(channels) > 0 AND channels <@ ARRAY['API', 'TABLE', 'FILE']),
    CONSTRAINT catalogue_entry_grade_known CHECK (grade IN ('GENERAL', 'IMPORTANT', 'CORE')),
    CONSTRAINT catalogue_entry_graded CHECK (btrim(classification) <> '' AND btrim(grading_basis) <> ''),
    CONSTRAINT catalogue_entry_origin_known CHECK (origin IN ('LOCAL', 'PROVINCE_RETURN', 'STATE_RETURN', 'SHARED')),
    CONSTRAINT catalogue_entry_kind_known CHECK (kind IN ('LEGAL', 'LEGAL_AND_PERSONAL', 'THING', 'PERSONAL',
        'SENSITIVE_PERSONAL', 'TREATED_AS_SENSITIVE', 'BLOCKED')),
    CONSTRAINT catalogue_entry_block_cited CHECK ((kind = 'BLOCKED') = (blocked_by IS NOT NULL)),
    -- A blocked resource stays listed, so that anyone can see why it is not for sale.
    CONSTRAINT catalogue_entry_blocked_stays_listed CHECK (NOT (withdrawn AND kind = 'BLOCKED')),
    CONSTRAINT catalogue_entry_reasoned CHECK (btrim(reason) <> ''),
    -- Whatever is entered after the plan states all of Art. 13, with the assessments it asks for.
    CONSTRAINT catalogue_entry_whole CHECK (drafted_by IS NULL OR withdrawn
        OR (jsonb_array_length(items) > 0 AND data_format IS NOT NULL AND sharing_attribute IS NOT NULL AND assessment IS NOT NULL))
);
CREATE INDEX catalogue_entry_by_resource ON market.catalogue_entry (resource_id);

-- A published batch is history; before, only drafts and what was returned can be changed.
CREATE FUNCTION market.refuse_changing_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch uuid := coalesce(NEW.batch_id, OLD.batch_id);
BEGIN
    IF (SELECT status FROM market.catalogue_batch WHERE id = batch) NOT IN ('DRAFT', 'RETURNED')
            OR (TG_OP = 'UPDATE' AND OLD.batch_id <> NEW.batch_id) THEN
        RAISE EXCEPTION 'catalogue batch % is not open', batch
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'catalogue_entry_of_open_batch';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER catalogue_entry_truncated BEFORE TRUNCATE ON market.catalogue_entry
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER catalogue_batch_kept BEFORE DELETE OR TRUNCATE ON market.catalogue_batch
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER catalogue_batch_published_once BEFORE UPDATE ON market.catalogue_batch
    FOR EACH ROW WHEN (OLD.status = 'PUBLISHED' AND (OLD.applied_at IS NOT NULL
        OR ROW(NEW.id, NEW.number, NEW.title_zh, NEW.title_en, NEW.applies_from, NEW.status, NEW.revision, NEW.drafted_by,
               NEW.drafted_at, NEW.submitted_by, NEW.submitted_at, NEW.decided_by, NEW.decided_at, NEW.ground)
        IS DISTINCT FROM
        ROW(OLD.id, OLD.number, OLD.title_zh, OLD.title_en, OLD.applies_from, OLD.status, OLD.revision, OLD.drafted_by,
            OLD.drafted_at, OLD.submitted_by, OLD.submitted_at, OLD.decided_by, OLD.decided_at, OLD.ground)))
    EXECUTE FUNCTION market.refuse_rewriting();

-- What the gate reads ----------------------------------------------------------------------------------------------

ALTER TABLE market.data_resource ADD COLUMN withdrawn_on date;    -- null: listed
ALTER TABLE market.data_resource ADD COLUMN blocked_since date;   -- since when the law blocks it; null: it does not
ALTER TABLE market.data_resource ADD COLUMN law_record_id uuid;   -- what opened it after a block; null: nothing had to
ALTER TABLE market.data_resource ADD CONSTRAINT data_resource_law_fk FOREIGN KEY (law_record_id) REFERENCES market.law_record (id);
ALTER TABLE market.data_resource ADD CONSTRAINT data_resource_blocked_stays_listed
    CHECK (withdrawn_on IS NULL OR blocked_by IS NULL);

-- The days the two provisions came into force: PIPL on 2021-11-01, the revised 《治安管理处罚法》 on 2026-01-01.
UPDATE market.data_resource SET blocked_since = DATE '2021-11-01' WHERE id = 'A2.10.2';
UPDATE market.data_resource SET blocked_since = DATE '2026-01-01' WHERE id = 'A2.10.3';

-- Nothing but a newer law, recorded and confirmed, opens what a law has blocked; and no resource ever vanishes.
CREATE FUNCTION market.keep_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'resource % stays on record', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'data_resource_kept';
    END IF;
    IF NEW.blocked_by IS NOT NULL AND OLD.blocked_by IS NULL AND NEW.blocked_since IS NULL THEN
        NEW.blocked_since := CAST(now() AT TIME ZONE 'Asia/Shanghai' AS date);
    END IF;
    IF OLD.blocked_by IS NOT NULL AND NEW.blocked_by IS NULL THEN
        IF NOT EXISTS (SELECT 1 FROM market.law_record l
                        WHERE l.id = NEW.law_record_id AND l.resource_id = OLD.id AND l.confirmed_by IS NOT NULL
                          AND l.in_force_from > OLD.blocked_since) THEN
            RAISE EXCEPTION 'resource % is blocked by law: %', OLD.id, OLD.blocked_by
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'data_resource_stays_blocked';
        END IF;
        NEW.blocked_since := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER data_resource_stays_blocked BEFORE UPDATE OR DELETE ON market.data_resource
    FOR EACH ROW EXECUTE FUNCTION market.keep_block();
CREATE TRIGGER data_resource_truncated BEFORE TRUNCATE ON market.data_resource
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- What is no longer listed is not granted any more.
CREATE FUNCTION market.refuse_withdrawn_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT withdrawn_on FROM market.data_resource WHERE id = NEW.resource_id) IS NOT NULL THEN
        RAISE EXCEPTION 'resource % is withdrawn from the catalogue', NEW.resource_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'provider_grant_of_listed_resource';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER provider_grant_of_listed_resource BEFORE INSERT ON market.provider_grant
    FOR EACH ROW EXECUTE FUNCTION market.refuse_withdrawn_grant();

-- The first batch --------------------------------------------------------------------------------------------------

-- Annex 2 states provider, name, channels and update cycle. Class and grade are set beforehand from whom a resource is about, and
-- say so: the provider decides them by GB/T 43697-2024 with the first change it enters.
INSERT INTO market.catalogue_batch (id, number, title_zh, title_en, applies_from, status, revision, drafted_at, decided_at, ground, applied_at)
VALUES ('00000000-0000-7000-8000-000000000001', 1, '第一批公共数据资源(实施方案附件2)', 'First batch of public data resources (Annex 2 of the plan)',
        DATE '2026-01-01', 'PUBLISHED', 1, TIMESTAMPTZ '2026-01-01 00:00:00+08', TIMESTAMPTZ '2026-01-01 00:00:00+08',
        '实施方案附件2', TIMESTAMPTZ '2026-01-01 00:00:00+08');

INSERT INTO market.catalogue_entry
       (batch_id, resource_id, withdrawn, provider_code, name_zh, name_en, items, update_cycle, channels, conditions_zh,
        conditions_en, classification, grade, grading_basis, origin, kind, blocked_by, reason, drafted_at)
SELECT '00000000-0000-7000-8000-000000000001', r.id, false, r.provider_code, r.name_zh, r.name_en, '[]', r.update_cycle,
       ARRAY['API', 'TABLE', 'FILE'], r.note_zh, r.note, c.class, 'GENERAL',
       '按附件2预置,待提供单位依据 GB/T 43697-2024 核定 (set beforehand, to be decided by the provider)', 'LOCAL', r.kind, r.blocked_by,
       '实施方案附件2第一批 (first batch, Annex 2)', TIMESTAMPTZ '2026-01-01 00:00:00+08'
  FROM market.data_resource r
  JOIN (VALUES
    ('A2.1', '市场监管'), ('A2.2', '卫生健康'), ('A2.3', '医疗保障'), ('A2.4', '住房'), ('A2.5', '自然资源'), ('A2.6', '人力资源社会保障'),
    ('A2.7', '住房公积金'), ('A2.8', '交通运输'), ('A2.9', '科技'), ('A2.10', '公共安全'), ('A2.11', '司法')
  ) AS c (provider, class) ON c.provider = r.provider_code;

CREATE TRIGGER catalogue_entry_of_open_batch BEFORE INSERT OR UPDATE OR DELETE ON market.catalogue_entry
    FOR EACH ROW EXECUTE FUNCTION market.refuse_changing_published();

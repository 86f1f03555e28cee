-- Working days (工作日) and the terms that run in them. Which days are worked is said each year by a notice of the State Council's
-- General Office; a year without one has weekends and the statutory days alone, and a date that rests on it is provisional.

-- The calendar -----------------------------------------------------------------------------------------------------

-- A notice states a whole year; of several about one year the one signed last holds, so that an amended year is a new notice.
CREATE TABLE market.holiday_notice (
    id           uuid        NOT NULL,
    year         integer     NOT NULL,
    title        text        NOT NULL,               -- as it was published, with its number where that is known
    issued_on    date        NOT NULL,
    source       text        NOT NULL,               -- where the text was read, and what of it was not checked
    recorded_by  uuid,                               -- null: by the installation
    recorded_at  timestamptz NOT NULL,
    confirmed_by uuid,                               -- null: nobody else has compared it, and it changes no date; or the installation's
    confirmed_at timestamptz,
    CONSTRAINT holiday_notice_pk PRIMARY KEY (id),
    CONSTRAINT holiday_notice_year_sane CHECK (year BETWEEN 2008 AND 2200),
    CONSTRAINT holiday_notice_cited CHECK (btrim(title) <> '' AND btrim(source) <> ''),
    CONSTRAINT holiday_notice_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES market.person (id),
    CONSTRAINT holiday_notice_confirmed_by_fk FOREIGN KEY (confirmed_by) REFERENCES market.person (id),
    CONSTRAINT holiday_notice_confirmation_whole CHECK (recorded_by IS NULL OR (confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT holiday_notice_confirmed_by_another CHECK (confirmed_by <> recorded_by)
);
CREATE INDEX holiday_notice_by_year ON market.holiday_notice (year, confirmed_at);
CREATE TRIGGER holiday_notice_kept BEFORE DELETE OR TRUNCATE ON market.holiday_notice
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER holiday_notice_confirmed_once BEFORE UPDATE ON market.holiday_notice
    FOR EACH ROW WHEN (OLD.confirmed_at IS NOT NULL
        OR ROW(NEW.id, NEW.year, NEW.title, NEW.issued_on, NEW.source, NEW.recorded_by, NEW.recorded_at)
        IS DISTINCT FROM
        ROW(OLD.id, OLD.year, OLD.title, OLD.issued_on, OLD.source, OLD.recorded_by, OLD.recorded_at))
    EXECUTE FUNCTION market.refuse_rewriting();

-- What a notice says of single days. The new year's holiday may begin in the last days of the year before.
CREATE TABLE market.holiday_notice_day (
    notice_id uuid NOT NULL,
    day       date NOT NULL,
    kind      text NOT NULL,                         -- OFF: 放假 or 调休; WORKED: 上班, on a weekend
    name_zh   text NOT NULL,
    name_en   text NOT NULL,
    CONSTRAINT holiday_notice_day_pk PRIMARY KEY (notice_id, day),
    CONSTRAINT holiday_notice_day_notice_fk FOREIGN KEY (notice_id) REFERENCES market.holiday_notice (id),
    CONSTRAINT holiday_notice_day_kind_known CHECK (kind IN ('OFF', 'WORKED')),
    CONSTRAINT holiday_notice_day_worked_on_weekends CHECK (kind <> 'WORKED' OR extract(isodow FROM day) >= 6),
    CONSTRAINT holiday_notice_day_named CHECK (btrim(name_zh) <> '' AND btrim(name_en) <> '')
);
CREATE TRIGGER holiday_notice_day_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.holiday_notice_day
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- The days off by law itself, for years whose notice is not out yet. Where one falls on a weekend a working day is given instead,
-- but which one the notice says; it is not guessed here, so that a provisional date is rather too early than too late.
CREATE TABLE market.statutory_day (
    day     date NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    CONSTRAINT statutory_day_pk PRIMARY KEY (day)
);
CREATE TRIGGER statutory_day_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.statutory_day
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

INSERT INTO market.holiday_notice (id, year, title, issued_on, source, recorded_at, confirmed_at) VALUES
    ('00000000-0000-7000-8000-000000002025', 2025, '国务院办公厅关于2025年部分节假日安排的通知(国办发明电〔2024〕12号)', DATE '2024-11-12',
     '新华社2024年11月12日电,光明网转载全文 m.gmw.cn/2024-11/12/content_1303894933.htm;文号见其他转载,未与国务院公报核对',
     TIMESTAMPTZ '2024-11-12 00:00+08', TIMESTAMPTZ '2024-11-12 00:00+08'),
    ('00000000-0000-7000-8000-000000002026', 2026, '国务院办公厅关于2026年部分节假日安排的通知', DATE '2025-11-04',
     '新华社2025年11月4日电,光明网转载全文 politics.gmw.cn/2025-11/04/content_38391083.htm,与《中山日报》2025年11月5日版一致;文号未核实',
     TIMESTAMPTZ '2025-11-04 00:00+08', TIMESTAMPTZ '2025-11-04 00:00+08');

INSERT INTO market.holiday_notice_day (notice_id, day, kind, name_zh, name_en)
SELECT n.id, CAST(d.day AS date), h.kind, h.name_zh, h.name_en
  FROM (VALUES
    (2025, DATE '2025-01-01', DATE '2025-01-01', 'OFF', '元旦', 'New Year'),
    (2025, DATE '2025-01-28', DATE '2025-02-04', 'OFF', '春节', 'Spring Festival'),
    (2025, DATE '2025-01-26', DATE '2025-01-26', 'WORKED', '春节', 'Spring Festival'),
    (2025, DATE '2025-02-08', DATE '2025-02-08', 'WORKED', '春节', 'Spring Festival'),
    (2025, DATE '2025-04-04', DATE '2025-04-06', 'OFF', '清明节', 'Qingming'),
    (2025, DATE '2025-05-01', DATE '2025-05-05', 'OFF', '劳动节', 'Labour Day'),
    (2025, DATE '2025-04-27', DATE '2025-04-27', 'WORKED', '劳动节', 'Labour Day'),
    (2025, DATE '2025-05-31', DATE '2025-06-02', 'OFF', '端午节', 'Dragon Boat Festival'),
    (2025, DATE '2025-10-01', DATE '2025-10-08', 'OFF', '国庆节、中秋节', 'National Day and Mid-Autumn Festival'),
    (2025, DATE '2025-09-28', DATE '2025-09-28', 'WORKED', '国庆节、中秋节', 'National Day and Mid-Autumn Festival'),
    (2025, DATE '2025-10-11', DATE '2025-10-11', 'WORKED', '国庆节、中秋节', 'National Day and Mid-Autumn Festival'),
    (2026, DATE '2026-01-01', DATE '2026-01-03', 'OFF', '元旦', 'New Year'),
    (2026, DATE '2026-01-04', DATE '2026-01-04', 'WORKED', '元旦', 'New Year'),
    (2026, DATE '2026-02-15', DATE '2026-02-23', 'OFF', '春节', 'Spring Festival'),
    (2026, DATE '2026-02-14', DATE '2026-02-14', 'WORKED', '春节', 'Spring Festival'),
    (2026, DATE '2026-02-28', DATE '2026-02-28', 'WORKED', '春节', 'Spring Festival'),
    (2026, DATE '2026-04-04', DATE '2026-04-06', 'OFF', '清明节', 'Qingming'),
    (2026, DATE '2026-05-01', DATE '2026-05-05', 'OFF', '劳动节', 'Labour Day'),
    (2026, DATE '2026-05-09', DATE '2026-05-09', 'WORKED', '劳动节', 'Labour Day'),
    (2026, DATE '2026-06-19', DATE '2026-06-21', 'OFF', '端午节', 'Dragon Boat Festival'),
    (2026, DATE '2026-09-25', DATE '2026-09-27', 'OFF', '中秋节', 'Mid-Autumn Festival'),
    (2026, DATE '2026-10-01', DATE '2026-10-07', 'OFF', '国庆节', 'National Day'),
    (2026, DATE '2026-09-20', DATE '2026-09-20', 'WORKED', '国庆节', 'National Day'),
    (2026, DATE '2026-10-10', DATE '2026-10-10', 'WORKED', '国庆节', 'National Day')
  ) AS h (year, first, last, kind, name_zh, name_en)
  JOIN market.holiday_notice n ON n.year = h.year
 CROSS JOIN LATERAL generate_series(h.first, h.last, INTERVAL '1 day') AS d (day);

-- 《全国年节及纪念日放假办法》 as revised in November 2024: New Year 1 day, Spring Festival 4 (eve to the third), Qingming 1, Labour Day 2,
-- Dragon Boat 1, Mid-Autumn 1, National Day 3. Moving days were reckoned from new moons and the sun's longitude in Beijing time.
INSERT INTO market.statutory_day (day, name_zh, name_en)
SELECT make_date(y, m, d), zh, en
  FROM generate_series(2027, 2032) AS y
 CROSS JOIN (VALUES (1, 1, '元旦', 'New Year'), (5, 1, '劳动节', 'Labour Day'), (5, 2, '劳动节', 'Labour Day'),
    (10, 1, '国庆节', 'National Day'), (10, 2, '国庆节', 'National Day'), (10, 3, '国庆节', 'National Day')) AS f (m, d, zh, en);
INSERT INTO market.statutory_day (day, name_zh, name_en)
SELECT CAST(d AS date), '春节', 'Spring Festival'
  FROM (VALUES (DATE '2027-02-06'), (DATE '2028-01-26'), (DATE '2029-02-13'), (DATE '2030-02-03'), (DATE '2031-01-23'),
    (DATE '2032-02-11')) AS s (first)
 CROSS JOIN LATERAL generate_series(s.first - 1, s.first + 2, INTERVAL '1 day') AS g (d);
INSERT INTO market.statutory_day (day, name_zh, name_en)
SELECT day, zh, en
  FROM (VALUES
    (DATE '2027-04-05', '清明节', 'Qingming'), (DATE '2028-04-04', '清明节', 'Qingming'), (DATE '2029-04-04', '清明节', 'Qingming'),
    (DATE '2030-04-05', '清明节', 'Qingming'), (DATE '2031-04-05', '清明节', 'Qingming'), (DATE '2032-04-04', '清明节', 'Qingming'),
    (DATE '2027-06-09', '端午节', 'Dragon Boat Festival'), (DATE '2028-05-28', '端午节', 'Dragon Boat Festival'),
    (DATE '2029-06-16', '端午节', 'Dragon Boat Festival'), (DATE '2030-06-05', '端午节', 'Dragon Boat Festival'),
    (DATE '2031-06-24', '端午节', 'Dragon Boat Festival'), (DATE '2032-06-12', '端午节', 'Dragon Boat Festival'),
    (DATE '2027-09-15', '中秋节', 'Mid-Autumn Festival'), (DATE '2028-10-03', '中秋节', 'Mid-Autumn Festival'),
    (DATE '2029-09-22', '中秋节', 'Mid-Autumn Festival'), (DATE '2030-09-12', '中秋节', 'Mid-Autumn Festival'),
    (DATE '2031-10-01', '中秋节', 'Mid-Autumn Festival'), (DATE '2032-09-19', '中秋节', 'Mid-Autumn Festival')
  ) AS m (day, zh, en)
ON CONFLICT ON CONSTRAINT statutory_day_pk DO NOTHING;   -- two feasts on one day

-- Terms ------------------------------------------------------------------------------------------------------------

-- All in working days; in force since the day of the rule that sets them.
INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('term.catalogue-update', TIMESTAMPTZ '2025-08-01 00:00+08', '10', '《政务数据共享条例》第十七条:发生变化之日起10个工作日内更新政务数据目录'),
    ('term.catalogue-update.extension', TIMESTAMPTZ '2025-08-01 00:00+08', '5', '《政务数据共享条例》第十七条:经主管部门同意可延长5个工作日'),
    ('term.catalogue-review', TIMESTAMPTZ '2025-08-01 00:00+08', '2', '《政务数据共享条例》第十七条:主管部门2个工作日内审核发布'),
    ('term.use-application', TIMESTAMPTZ '2025-08-01 00:00+08', '10', '参照《政务数据共享条例》第二十一条(有条件共享10个工作日内答复);授权运营不属共享,本市自定'),
    ('term.use-application.extension', TIMESTAMPTZ '2025-08-01 00:00+08', '10', '参照《政务数据共享条例》第二十一条:延长不超过10个工作日'),
    ('term.registration-review', TIMESTAMPTZ '2025-03-01 00:00+08', '20', '《公共数据资源登记管理暂行办法》(发改数据规〔2025〕26号):受理之日起20个工作日内完成形式审核'),
    ('term.objection', TIMESTAMPTZ '2025-08-01 00:00+08', '10', '《政务数据共享条例》第二十六条:收到校核申请之日起10个工作日内核实、更正并答复'),
    ('term.objection-decision', TIMESTAMPTZ '2025-08-01 00:00+08', '10', '本市自定(《政务数据共享条例》第二十八条规定争议由主管部门协调,未定期限)');

-- A change that the catalogue has to follow (条例第十七条): when it happened and on what it rests. Its term ends when a batch that says
-- the resource anew is handed to review.
CREATE TABLE market.catalogue_change (
    id          uuid        NOT NULL,
    resource_id text        NOT NULL,
    happened_on date        NOT NULL,                -- the day, in Asia/Shanghai, from which the term runs
    ground      text        NOT NULL,                -- the law, or the change of duties
    noticed_by  uuid        NOT NULL,
    noticed_at  timestamptz NOT NULL,
    CONSTRAINT catalogue_change_pk PRIMARY KEY (id),
    CONSTRAINT catalogue_change_once UNIQUE (resource_id, happened_on),
    CONSTRAINT catalogue_change_resource_fk FOREIGN KEY (resource_id) REFERENCES market.data_resource (id),
    CONSTRAINT catalogue_change_noticed_by_fk FOREIGN KEY (noticed_by) REFERENCES market.person (id),
    CONSTRAINT catalogue_change_grounded CHECK (btrim(ground) <> ''),
    CONSTRAINT catalogue_change_has_happened CHECK (happened_on <= CAST(noticed_at AT TIME ZONE 'Asia/Shanghai' AS date))
);
CREATE INDEX catalogue_change_by_resource ON market.catalogue_change (resource_id);
CREATE TRIGGER catalogue_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.catalogue_change
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- A term may be extended once: asked for by one person, granted by another of the bureau.
CREATE TABLE market.term_extension (
    term         text        NOT NULL,
    subject_id   uuid        NOT NULL,               -- what the term runs for
    working_days integer     NOT NULL,
    reason       text        NOT NULL,
    asked_by     uuid        NOT NULL,
    asked_at     timestamptz NOT NULL,
    granted      boolean,                            -- null: not decided
    decided_by   uuid,
    decided_at   timestamptz,
    CONSTRAINT term_extension_pk PRIMARY KEY (term, subject_id),
    CONSTRAINT term_extension_term_known CHECK (term IN ('CATALOGUE_UPDATE', 'USE_APPLICATION')),
    CONSTRAINT term_extension_longer CHECK (working_days BETWEEN 1 AND 60),
    CONSTRAINT term_extension_reasoned CHECK (btrim(reason) <> ''),
    CONSTRAINT term_extension_asked_by_fk FOREIGN KEY (asked_by) REFERENCES market.person (id),
    CONSTRAINT term_extension_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT term_extension_decision_whole CHECK ((granted IS NULL) = (decided_by IS NULL) AND (granted IS NULL) = (decided_at IS NULL)),
    CONSTRAINT term_extension_decided_by_another CHECK (decided_by <> asked_by)
);
CREATE TRIGGER term_extension_kept BEFORE DELETE OR TRUNCATE ON market.term_extension
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER term_extension_decided_once BEFORE UPDATE ON market.term_extension
    FOR EACH ROW WHEN (OLD.granted IS NOT NULL
        OR ROW(NEW.term, NEW.subject_id, NEW.working_days, NEW.reason, NEW.asked_by, NEW.asked_at)
        IS DISTINCT FROM ROW(OLD.term, OLD.subject_id, OLD.working_days, OLD.reason, OLD.asked_by, OLD.asked_at))
    EXECUTE FUNCTION market.refuse_rewriting();

-- Providers, merchants and the bureau are told things too.
ALTER TABLE market.notification DROP CONSTRAINT notification_kind_known;
ALTER TABLE market.notification ADD CONSTRAINT notification_kind_known CHECK (kind IN ('STATEMENT_ISSUED', 'DUE', 'REMINDER',
    'FINAL_NOTICE', 'SUSPENDED', 'REINSTATED', 'SETTLED', 'BUDGET_80', 'BUDGET_100', 'BUDGET_STOPPED', 'CREDIT_STOPPED', 'CREDIT_NOTE',
    'TERM_OVERDUE', 'OBJECTION_RAISED', 'OBJECTION_MESSAGE', 'OBJECTION_ANSWERED', 'OBJECTION_ESCALATED', 'OBJECTION_DECIDED',
    'DATA_CORRECTED'));

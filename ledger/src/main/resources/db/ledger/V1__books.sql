-- The books stand here from the first day so that no entry is ever kept anywhere else: accounts, periods, an
-- append-only journal that the database itself keeps balanced, numbered and unchanged, and the settlements.

CREATE TABLE ledger.account (
    code        text    NOT NULL,
    name_zh     text    NOT NULL,
    name_en     text    NOT NULL,
    kind        text    NOT NULL,
    normal_side text    NOT NULL,
    parent_code text,
    postable    boolean NOT NULL,
    CONSTRAINT account_pk PRIMARY KEY (code),
    CONSTRAINT account_parent_fk FOREIGN KEY (parent_code) REFERENCES ledger.account (code),
    CONSTRAINT account_code_form CHECK (code ~ '^[0-9]{4}([0-9]{2}){0,4}$'),
    CONSTRAINT account_code_extends_parent CHECK (parent_code IS NULL OR starts_with(code, parent_code)),
    CONSTRAINT account_kind_known CHECK (kind IN ('ASSET', 'LIABILITY', 'EQUITY', 'INCOME', 'EXPENSE')),
    CONSTRAINT account_normal_side_known CHECK (normal_side IN ('DEBIT', 'CREDIT'))
);

INSERT INTO ledger.account (code, name_zh, name_en, kind, normal_side, parent_code, postable) VALUES
    ('1002',   '银行存款',               'Bank',                              'ASSET',     'DEBIT',  NULL,   true),
    ('1122',   '应收账款',               'Receivables from consumers',        'ASSET',     'DEBIT',  NULL,   true),
    ('2202',   '应付账款–数商',          'Payables to merchants',             'LIABILITY', 'CREDIT', NULL,   true),
    ('2203',   '预收账款(合同负债)',     'Prepayments of consumers',          'LIABILITY', 'CREDIT', NULL,   true),
    ('2221',   '应交税费',               'Taxes payable',                     'LIABILITY', 'CREDIT', NULL,   false),
    ('222101', '应交增值税(销项税额)',   'Output VAT',                        'LIABILITY', 'CREDIT', '2221', true),
    ('222102', '应交附加税费',           'Surcharges payable',                'LIABILITY', 'CREDIT', '2221', true),
    ('222103', '应交企业所得税',         'Income tax payable',                'LIABILITY', 'CREDIT', '2221', true),
    ('222104', '应交增值税(进项税额)',   'Input VAT',                         'LIABILITY', 'DEBIT',  '2221', true),
    ('2232',   '应付利润–财政',          'Profit payable to the treasury',    'LIABILITY', 'CREDIT', NULL,   true),
    ('4103',   '本年利润',               'Profit of the year',                'EQUITY',    'CREDIT', NULL,   true),
    ('4104',   '利润分配',               'Distribution of profit',            'EQUITY',    'CREDIT', NULL,   false),
    ('410401', '待分配利润',             'Profit to distribute',              'EQUITY',    'CREDIT', '4104', true),
    ('410402', '运营机构留存',           'Retained by the operator',          'EQUITY',    'CREDIT', '4104', true),
    ('6001',   '主营业务收入',           'Operating service fees',            'INCOME',    'CREDIT', NULL,   true),
    ('6401',   '主营业务成本',           'Cost of service',                   'EXPENSE',   'DEBIT',  NULL,   true),
    ('6403',   '税金及附加',             'Surcharges on VAT',                 'EXPENSE',   'DEBIT',  NULL,   true),
    ('6602',   '管理费用',               'Administration and shared costs',   'EXPENSE',   'DEBIT',  NULL,   true),
    ('6603',   '财务费用',               'Finance costs',                     'EXPENSE',   'DEBIT',  NULL,   false),
    ('660301', '财务费用–一般',          'Finance costs, general',            'EXPENSE',   'DEBIT',  '6603', true),
    ('660302', '财务费用–尾差',          'Rounding residue',                  'EXPENSE',   'DEBIT',  '6603', true),
    ('6801',   '所得税费用',             'Income tax',                        'EXPENSE',   'DEBIT',  NULL,   true);

-- A month of the books. last_number and last_booked_at are advanced by the journal's own trigger; the closed_ columns
-- are the closing facts, written once.
CREATE TABLE ledger.period (
    period           date        NOT NULL,
    last_number      bigint      NOT NULL DEFAULT 0,
    last_booked_at   timestamptz,
    closed_at        timestamptz,
    closed_entries   bigint,
    closed_total_fen bigint,
    closed_sha256    bytea,
    CONSTRAINT period_pk PRIMARY KEY (period),
    CONSTRAINT period_is_a_month CHECK (extract(day FROM period) = 1),
    CONSTRAINT period_closed_with_facts CHECK (
        (closed_at IS NULL) = (closed_entries IS NULL)
        AND (closed_at IS NULL) = (closed_total_fen IS NULL)
        AND (closed_at IS NULL) = (closed_sha256 IS NULL))
);

CREATE TABLE ledger.entry (
    entry_id       uuid        NOT NULL,
    period         date        NOT NULL,
    number         bigint      NOT NULL,
    effective_on   date        NOT NULL,
    booked_at      timestamptz NOT NULL,
    reason         text        NOT NULL,
    description    text        NOT NULL,
    reverses       uuid,
    lines          integer     NOT NULL,
    amount_fen     bigint      NOT NULL,
    content_sha256 bytea       NOT NULL,
    CONSTRAINT entry_pk PRIMARY KEY (entry_id),
    CONSTRAINT entry_number_unique UNIQUE (period, number),
    CONSTRAINT entry_reversed_once UNIQUE (reverses),
    CONSTRAINT entry_period_fk FOREIGN KEY (period) REFERENCES ledger.period (period),
    CONSTRAINT entry_reverses_fk FOREIGN KEY (reverses) REFERENCES ledger.entry (entry_id),
    CONSTRAINT entry_effective_in_period CHECK (effective_on >= period AND effective_on < period + interval '1 month'),
    CONSTRAINT entry_has_lines CHECK (lines >= 2),
    CONSTRAINT entry_amount_positive CHECK (amount_fen > 0)
);
CREATE INDEX entry_by_date ON ledger.entry (effective_on, number);

CREATE TABLE ledger.posting (
    entry_id      uuid    NOT NULL,
    line          integer NOT NULL,
    period        date    NOT NULL,
    account_code  text    NOT NULL,
    side          text    NOT NULL,
    amount_fen    bigint  NOT NULL,
    product       text,
    provider      text,
    merchant      text,
    consumer      text,
    purpose_class text,
    business_line text,
    price_version text,
    CONSTRAINT posting_pk PRIMARY KEY (entry_id, line),
    CONSTRAINT posting_entry_fk FOREIGN KEY (entry_id) REFERENCES ledger.entry (entry_id),
    CONSTRAINT posting_account_fk FOREIGN KEY (account_code) REFERENCES ledger.account (code),
    CONSTRAINT posting_side_known CHECK (side IN ('DEBIT', 'CREDIT')),
    CONSTRAINT posting_amount_positive CHECK (amount_fen > 0)
);
CREATE INDEX posting_by_account ON ledger.posting (account_code, period);

-- Turnover per account and month, kept beside the postings so that a trial balance reads a few rows.
CREATE TABLE ledger.account_total (
    account_code text   NOT NULL,
    period       date   NOT NULL,
    debit_fen    bigint NOT NULL,
    credit_fen   bigint NOT NULL,
    CONSTRAINT account_total_pk PRIMARY KEY (account_code, period),
    CONSTRAINT account_total_account_fk FOREIGN KEY (account_code) REFERENCES ledger.account (code),
    CONSTRAINT account_total_period_fk FOREIGN KEY (period) REFERENCES ledger.period (period)
);

-- Rates that law or the plan set, dated and with their source. A new rate is a new row; the old one stays.
CREATE TABLE ledger.policy_rate (
    rule           text   NOT NULL,
    effective_from date   NOT NULL,
    numerator      bigint NOT NULL,
    denominator    bigint NOT NULL,
    citation       text   NOT NULL,
    CONSTRAINT policy_rate_pk PRIMARY KEY (rule, effective_from),
    CONSTRAINT policy_rate_is_portion CHECK (numerator >= 0 AND denominator > 0 AND numerator <= denominator)
);

INSERT INTO ledger.policy_rate (rule, effective_from, numerator, denominator, citation) VALUES
    ('VAT',               DATE '2026-01-01',  6, 100,
     '中华人民共和国增值税法 Art. 9–11 (services and intangible assets, 6 %), in force 2026-01-01; read in the text'),
    ('URBAN_MAINTENANCE', DATE '2021-09-01',  7, 100,
     '中华人民共和国城市维护建设税法 Art. 4: 纳税人所在地在市区的,税率为百分之七; in force 2021-09-01; read in the text'),
    ('EDUCATION',         DATE '2005-10-01',  3, 100,
     '征收教育费附加的暂行规定 (3 % of VAT payable); the text was not at hand, only tables that cite it'),
    ('LOCAL_EDUCATION',   DATE '2010-11-07',  2, 100,
     '财综〔2010〕98号 地方教育附加 (2 % of VAT payable); the text was not at hand, only tables that cite it'),
    ('INCOME_TAX',        DATE '2008-01-01', 25, 100,
     '中华人民共和国企业所得税法 Art. 4 (25 %; 15 % and 20 % for those it names are not applied); read in the text'),
    ('STATUTORY_RESERVE', DATE '2024-07-01', 10, 100,
     '中华人民共和国公司法 Art. 210 (10 % of after-tax profit until 50 % of registered capital, earlier losses first); read in the text'),
    ('TREASURY',          DATE '2025-12-18', 30, 100,
     '荆门市公共数据资源授权运营实施方案(试行)(征求意见稿), 荆门市数据局, 2025-12-18: '
     '参考国有资本收益上缴比例,将30%公共数据授权运营净利润上缴财政; a draft open for comments until 2026-01-17, in force when adopted');

CREATE TABLE ledger.settlement (
    first_month   date        NOT NULL,
    last_month    date        NOT NULL,
    business_line text        NOT NULL,
    revision      integer     NOT NULL,
    inputs        text        NOT NULL,
    result        text        NOT NULL,
    sha256        bytea       NOT NULL,
    settled_at    timestamptz NOT NULL,
    CONSTRAINT settlement_pk PRIMARY KEY (first_month, last_month, business_line, revision),
    CONSTRAINT settlement_inputs_json CHECK (CAST(inputs AS json) IS NOT NULL),
    CONSTRAINT settlement_result_json CHECK (CAST(result AS json) IS NOT NULL),
    CONSTRAINT settlement_revision_counts_from_one CHECK (revision >= 1)
);

-- What was written stays written (会计法: amounts are never altered, errors are corrected by new entries).
CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'JL001';
END $$;

CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger.entry
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER entry_never_truncated BEFORE TRUNCATE ON ledger.entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON ledger.posting
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER posting_never_truncated BEFORE TRUNCATE ON ledger.posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER settlement_append_only BEFORE UPDATE OR DELETE ON ledger.settlement
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER settlement_never_truncated BEFORE TRUNCATE ON ledger.settlement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER policy_rate_append_only BEFORE UPDATE OR DELETE ON ledger.policy_rate
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER policy_rate_never_truncated BEFORE TRUNCATE ON ledger.policy_rate
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER period_never_deleted BEFORE DELETE ON ledger.period
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER period_never_truncated BEFORE TRUNCATE ON ledger.period
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER period_closed_for_good BEFORE UPDATE ON ledger.period
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_total_never_deleted BEFORE DELETE ON ledger.account_total
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_total_never_truncated BEFORE TRUNCATE ON ledger.account_total
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Entries are numbered without a gap in each open month (连续编号); the month's counter moves here and nowhere else.
CREATE FUNCTION ledger.number_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added record;
    month ledger.period%ROWTYPE;
BEGIN
    FOR added IN
        SELECT n.period, min(n.number) AS first_number, max(n.number) AS last_number, count(*) AS entries,
               min(n.booked_at) AS first_booked_at, max(n.booked_at) AS last_booked_at
          FROM new_entries n GROUP BY n.period ORDER BY n.period
    LOOP
        SELECT p.period, p.last_number, p.last_booked_at, p.closed_at INTO month.period, month.last_number,
               month.last_booked_at, month.closed_at
          FROM ledger.period p WHERE p.period = added.period FOR UPDATE;
        IF month.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'period % is closed', to_char(added.period, 'YYYY-MM') USING ERRCODE = 'JL002';
        END IF;
        -- Numbers are unique per period by constraint, so these ends and this count leave no gap.
        IF added.first_number <> month.last_number + 1 OR added.last_number <> month.last_number + added.entries THEN
            RAISE EXCEPTION 'period %: entries numbered % to % do not follow %', to_char(added.period, 'YYYY-MM'),
                added.first_number, added.last_number, month.last_number USING ERRCODE = 'JL003';
        END IF;
        IF added.first_booked_at < month.last_booked_at THEN
            RAISE EXCEPTION 'period %: booked at %, before %', to_char(added.period, 'YYYY-MM'),
                added.first_booked_at, month.last_booked_at USING ERRCODE = 'JL003';
        END IF;
        UPDATE ledger.period SET last_number = added.last_number, last_booked_at = added.last_booked_at
         WHERE period = added.period;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER entry_numbered AFTER INSERT ON ledger.entry
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger.number_entries();

-- All postings of an entry come in one statement and must be exactly what the entry announced; so an entry can
-- neither be unbalanced nor get another posting later. Totals are touched in account order: two bookings that share
-- accounts cannot deadlock.
CREATE FUNCTION ledger.check_and_total_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added record;
    announced record;
BEGIN
    FOR added IN
        SELECT n.entry_id, min(n.period) AS first_period, max(n.period) AS last_period, min(n.line) AS first_line,
               max(n.line) AS last_line, count(*) AS lines,
               coalesce(sum(n.amount_fen) FILTER (WHERE n.side = 'DEBIT'), 0) AS debit_fen,
               coalesce(sum(n.amount_fen) FILTER (WHERE n.side = 'CREDIT'), 0) AS credit_fen
          FROM new_postings n GROUP BY n.entry_id
    LOOP
        SELECT e.period, e.lines, e.amount_fen INTO announced FROM ledger.entry e WHERE e.entry_id = added.entry_id;
        IF added.debit_fen <> added.credit_fen OR added.debit_fen <> announced.amount_fen THEN
            RAISE EXCEPTION 'entry %: debits % fen, credits % fen, announced % fen', added.entry_id,
                added.debit_fen, added.credit_fen, announced.amount_fen USING ERRCODE = 'JL004';
        END IF;
        IF added.lines <> announced.lines OR added.first_line <> 1 OR added.last_line <> announced.lines
           OR added.first_period <> announced.period OR added.last_period <> announced.period THEN
            RAISE EXCEPTION 'entry %: % postings do not match the % announced', added.entry_id,
                added.lines, announced.lines USING ERRCODE = 'JL004';
        END IF;
    END LOOP;

    INSERT INTO ledger.account_total AS t (account_code, period, debit_fen, credit_fen)
    SELECT n.account_code, n.period,
           coalesce(sum(n.amount_fen) FILTER (WHERE n.side = 'DEBIT'), 0),
           coalesce(sum(n.amount_fen) FILTER (WHERE n.side = 'CREDIT'), 0)
      FROM new_postings n
     GROUP BY n.account_code, n.period
     ORDER BY n.account_code, n.period
    ON CONFLICT (account_code, period) DO UPDATE
       SET debit_fen = t.debit_fen + EXCLUDED.debit_fen, credit_fen = t.credit_fen + EXCLUDED.credit_fen;
    RETURN NULL;
END $$;

CREATE TRIGGER posting_checked AFTER INSERT ON ledger.posting
    REFERENCING NEW TABLE AS new_postings FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_and_total_postings();

-- An entry that announced postings and got none must not survive its transaction.
CREATE FUNCTION ledger.check_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found_lines bigint;
    found_balance numeric;
BEGIN
    SELECT count(*), coalesce(sum(CASE p.side WHEN 'DEBIT' THEN p.amount_fen ELSE -p.amount_fen END), 0)
      INTO found_lines, found_balance
      FROM ledger.posting p WHERE p.entry_id = NEW.entry_id;
    IF found_lines <> NEW.lines OR found_balance <> 0 THEN
        RAISE EXCEPTION 'entry %: % of % postings, off by % fen', NEW.entry_id, found_lines, NEW.lines, found_balance
            USING ERRCODE = 'JL004';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entry_balanced AFTER INSERT ON ledger.entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.check_entry_balanced();

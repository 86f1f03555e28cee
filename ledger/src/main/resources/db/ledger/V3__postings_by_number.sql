-- Postings are kept by the place of their entry in its month instead of by its id: they are then written and read in order, and everything a
-- booking must prove is proved for a whole statement at once instead of by a foreign key a row. What the month's row counts twice,
-- entries and entries with their postings, is equal at every commit.

CREATE TABLE ledger.posting_by_number (
    period         date    NOT NULL,
    line           integer NOT NULL,
    number         bigint  NOT NULL,
    amount_fen     bigint  NOT NULL,
    account_code   text    NOT NULL,
    side           text    NOT NULL,
    product        text,
    provider       text,
    merchant       text,
    consumer       text,
    purpose_class  text,
    business_line  text,
    price_version  text,
    service_period date
);

INSERT INTO ledger.posting_by_number (period, line, number, amount_fen, account_code, side, product, provider, merchant, consumer,
                                      purpose_class, business_line, price_version)
SELECT e.period, p.line, e.number, p.amount_fen, p.account_code, p.side, p.product, p.provider, p.merchant, p.consumer,
       p.purpose_class, p.business_line, p.price_version
  FROM ledger.posting p
  JOIN ledger.entry e ON e.entry_id = p.entry_id
 ORDER BY e.period, e.number, p.line;

ALTER TABLE ledger.entry DROP CONSTRAINT entry_has_postings;
ALTER TABLE ledger.entry DROP COLUMN first_line;
DROP TABLE ledger.posting;
ALTER TABLE ledger.posting_by_number RENAME TO posting;

COMMENT ON COLUMN ledger.posting.service_period IS
    'First day of the month whose use, cost or profit the line is about; NULL: the month it is booked in.';

ALTER TABLE ledger.posting
    ADD CONSTRAINT posting_pk PRIMARY KEY (period, number, line),
    ADD CONSTRAINT posting_side_known CHECK (side IN ('DEBIT', 'CREDIT')),
    ADD CONSTRAINT posting_amount_positive CHECK (amount_fen > 0),
    ADD CONSTRAINT posting_service_period_is_a_month CHECK (extract(day FROM service_period) = 1);

-- The chart has few accounts, each with a large part of all postings: an index by account chose next to nothing and was a tenth of a booking.
-- What tells postings apart is whom they are about.
CREATE INDEX posting_by_consumer ON ledger.posting (consumer, period, number) WHERE consumer IS NOT NULL;

CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON ledger.posting
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER posting_never_truncated BEFORE TRUNCATE ON ledger.posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- The month of an entry, its turn and the entry it reverses are asked for by number_entries, for all entries of a statement at once.
ALTER TABLE ledger.entry DROP CONSTRAINT entry_period_fk;
ALTER TABLE ledger.entry DROP CONSTRAINT entry_reverses_fk;

-- A month is read by its numbers and sorted by date where that is wanted.
DROP INDEX ledger.entry_by_date;

-- Few entries reverse another: only they are in the index.
ALTER TABLE ledger.entry DROP CONSTRAINT entry_reversed_once;
CREATE UNIQUE INDEX entry_reversed_once ON ledger.entry (reverses) WHERE reverses IS NOT NULL;

-- The month's row is changed by every booking: room beside it keeps the changes off the index.
ALTER TABLE ledger.period SET (fillfactor = 20);

ALTER TABLE ledger.period ADD COLUMN last_posted_number bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN ledger.period.last_posted_number IS 'Number of the last entry whose postings are here; at a commit it is last_number.';
ALTER TABLE ledger.period ADD COLUMN last_summed_number bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN ledger.period.last_summed_number IS 'Number of the last entry that is in the sums of account_sum.';
ALTER TABLE ledger.period DISABLE TRIGGER period_closed_for_good;
UPDATE ledger.period SET last_posted_number = last_number, last_summed_number = last_number;
ALTER TABLE ledger.period ENABLE TRIGGER period_closed_for_good;

-- Changing two totals for every entry cost more than writing it. They are now sums up to an entry, moved on by thousands of
-- entries at a time; what came after is added when they are read.
ALTER TABLE ledger.account_total RENAME TO account_sum;
ALTER TABLE ledger.account_sum RENAME CONSTRAINT account_total_pk TO account_sum_pk;
-- Only sum_up writes them, from postings whose account and month were asked for.
ALTER TABLE ledger.account_sum DROP CONSTRAINT account_total_account_fk;
ALTER TABLE ledger.account_sum DROP CONSTRAINT account_total_period_fk;
ALTER TABLE ledger.account_sum SET (fillfactor = 50);
ALTER TRIGGER account_total_never_deleted ON ledger.account_sum RENAME TO account_sum_never_deleted;
ALTER TRIGGER account_total_never_truncated ON ledger.account_sum RENAME TO account_sum_never_truncated;

-- Turnover per account and month.
CREATE VIEW ledger.account_total AS
SELECT t.account_code, t.period, CAST(sum(t.debit_fen) AS bigint) AS debit_fen, CAST(sum(t.credit_fen) AS bigint) AS credit_fen
  FROM (SELECT s.account_code, s.period, s.debit_fen, s.credit_fen
          FROM ledger.account_sum s
         UNION ALL
        SELECT p.account_code, p.period, CASE p.side WHEN 'DEBIT' THEN p.amount_fen ELSE 0 END,
               CASE p.side WHEN 'DEBIT' THEN 0 ELSE p.amount_fen END
          FROM ledger.period m
          JOIN ledger.posting p ON p.period = m.period AND p.number > m.last_summed_number
         WHERE m.last_summed_number < m.last_posted_number) t
 GROUP BY t.account_code, t.period;

-- Brings a month's sums up to its last entry.
CREATE FUNCTION ledger.sum_up(month date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ledger.period WHERE period = month FOR UPDATE; -- whoever holds the month moves its sums
    WITH turnover AS MATERIALIZED (
        SELECT p.account_code, sum(CASE p.side WHEN 'DEBIT' THEN p.amount_fen ELSE 0 END) AS debit_fen,
               sum(CASE p.side WHEN 'DEBIT' THEN 0 ELSE p.amount_fen END) AS credit_fen
          FROM ledger.period m
          JOIN ledger.posting p ON p.period = m.period AND p.number > m.last_summed_number
         WHERE m.period = month
         GROUP BY p.account_code
    ), known AS (
        UPDATE ledger.account_sum s
           SET debit_fen = s.debit_fen + u.debit_fen, credit_fen = s.credit_fen + u.credit_fen
          FROM turnover u
         WHERE s.account_code = u.account_code AND s.period = month
        RETURNING s.account_code
    )
    INSERT INTO ledger.account_sum (account_code, period, debit_fen, credit_fen)
    SELECT u.account_code, month, u.debit_fen, u.credit_fen
      FROM turnover u
     WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.account_code = u.account_code);
    UPDATE ledger.period SET last_summed_number = last_posted_number WHERE period = month;
END $$;

-- The months wanted that are open, locked in order; those not begun yet are begun, unless they or a later one are closed. The table is locked
-- before any row, as a close does, so that the two cannot wait for each other.
CREATE FUNCTION ledger.hold_months(wanted date[])
    RETURNS TABLE (period date, last_number bigint, last_booked_at timestamptz, last_chain_sha256 bytea)
    LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    LOCK TABLE ledger.period IN ROW EXCLUSIVE MODE;
    INSERT INTO ledger.period (period)
    SELECT w.month
      FROM unnest(wanted) AS w(month)
     WHERE NOT EXISTS (SELECT 1 FROM ledger.period p WHERE p.period = w.month)
       AND NOT EXISTS (SELECT 1 FROM ledger.period p WHERE p.closed_at IS NOT NULL AND p.period >= w.month)
     ORDER BY w.month
    ON CONFLICT (period) DO NOTHING;
    RETURN QUERY
    SELECT p.period, p.last_number, p.last_booked_at, p.last_chain_sha256
      FROM ledger.period p
     WHERE p.period = ANY (wanted) AND p.closed_at IS NULL
     ORDER BY p.period
       FOR UPDATE;
END $$;

CREATE OR REPLACE FUNCTION ledger.number_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added record;
    month ledger.period%ROWTYPE;
    broken bigint;
    unknown uuid;
BEGIN
    SELECT n.reverses INTO unknown
      FROM new_entries n
     WHERE n.reverses IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger.entry e WHERE e.entry_id = n.reverses)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is to be reversed and is not booked', unknown USING ERRCODE = 'JL018';
    END IF;
    FOR added IN
        SELECT n.period, min(n.number) AS first_number, max(n.number) AS last_number, count(*) AS entries,
               min(n.booked_at) AS first_booked_at, max(n.booked_at) AS last_booked_at
          FROM new_entries n GROUP BY n.period ORDER BY n.period
    LOOP
        SELECT p.period, p.last_number, p.last_booked_at, p.closed_at, p.last_chain_sha256
          INTO month.period, month.last_number, month.last_booked_at, month.closed_at, month.last_chain_sha256
          FROM ledger.period p WHERE p.period = added.period FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'period % is not begun', to_char(added.period, 'YYYY-MM') USING ERRCODE = 'JL003';
        END IF;
        IF month.closed_at IS NOT NULL
           OR EXISTS (SELECT 1 FROM ledger.period p WHERE p.period > added.period AND p.closed_at IS NOT NULL) THEN
            RAISE EXCEPTION 'period % or a later one is closed', to_char(added.period, 'YYYY-MM') USING ERRCODE = 'JL002';
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
        month.last_chain_sha256 := coalesce(month.last_chain_sha256, ledger.chain_start(added.period));
        SELECT min(c.number) INTO broken
          FROM (SELECT n.number, n.chain_sha256, n.content_sha256, n.booked_at,
                       lag(n.chain_sha256, 1, month.last_chain_sha256) OVER (ORDER BY n.number) AS before
                  FROM new_entries n WHERE n.period = added.period) c
         WHERE c.chain_sha256 IS DISTINCT FROM ledger.chain_link(c.before, c.content_sha256, c.number, c.booked_at);
        IF broken IS NOT NULL THEN
            RAISE EXCEPTION 'period %: entry % does not follow the chain of the one before it',
                to_char(added.period, 'YYYY-MM'), broken USING ERRCODE = 'JL005';
        END IF;
        UPDATE ledger.period
           SET last_number = added.last_number, last_booked_at = added.last_booked_at,
               last_chain_sha256 = (SELECT n.chain_sha256 FROM new_entries n
                                     WHERE n.period = added.period AND n.number = added.last_number)
         WHERE period = added.period;
    END LOOP;
    RETURN NULL;
END $$;

-- The postings of a statement are those of the entries that have none yet, of all of them up to the last, and each entry's are what it
-- announced, on accounts that may be posted to. So an entry can neither be unbalanced nor get another posting later.
DROP FUNCTION ledger.check_and_total_postings();
CREATE FUNCTION ledger.check_postings() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    added record;
    posted bigint;
    summed bigint;
    wrong record;
BEGIN
    SELECT n.period, n.number, n.account_code INTO wrong
      FROM new_postings n
     WHERE NOT EXISTS (SELECT 1 FROM ledger.account a WHERE a.code = n.account_code AND a.postable)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'period %, entry %: the chart has no account % to post to', to_char(wrong.period, 'YYYY-MM'), wrong.number,
            wrong.account_code USING ERRCODE = 'JL016';
    END IF;
    FOR added IN
        SELECT n.period, min(n.number) AS first_number, max(n.number) AS last_number
          FROM new_postings n GROUP BY n.period ORDER BY n.period
    LOOP
        SELECT p.last_posted_number, p.last_summed_number INTO posted, summed
          FROM ledger.period p WHERE p.period = added.period FOR UPDATE;
        IF NOT FOUND OR added.first_number <> posted + 1 THEN
            RAISE EXCEPTION 'period %: postings of entry % do not follow those of entry %', to_char(added.period, 'YYYY-MM'),
                added.first_number, posted USING ERRCODE = 'JL004';
        END IF;
        SELECT coalesce(e.number, a.number) AS number, a.debit_fen, a.credit_fen, a.lines,
               e.amount_fen AS announced_fen, e.lines AS announced_lines
          INTO wrong
          FROM (SELECT n.number, min(n.line) AS first_line, max(n.line) AS last_line, count(*) AS lines,
                       sum(CASE n.side WHEN 'DEBIT' THEN n.amount_fen ELSE 0 END) AS debit_fen,
                       sum(CASE n.side WHEN 'DEBIT' THEN 0 ELSE n.amount_fen END) AS credit_fen
                  FROM new_postings n WHERE n.period = added.period GROUP BY n.number) a
          FULL JOIN (SELECT f.number, f.lines, f.amount_fen
                       FROM ledger.entry f
                      WHERE f.period = added.period AND f.number >= added.first_number
                        AND f.number <= added.last_number) e ON e.number = a.number
         WHERE a.debit_fen IS DISTINCT FROM e.amount_fen OR a.credit_fen IS DISTINCT FROM e.amount_fen
            OR a.lines IS DISTINCT FROM e.lines OR a.last_line IS DISTINCT FROM e.lines OR a.first_line <> 1
         LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'period %, entry %: % postings, debits % fen, credits % fen; announced: % postings, % fen',
                to_char(added.period, 'YYYY-MM'), wrong.number, wrong.lines, wrong.debit_fen, wrong.credit_fen,
                wrong.announced_lines, wrong.announced_fen USING ERRCODE = 'JL004';
        END IF;
        UPDATE ledger.period SET last_posted_number = added.last_number WHERE period = added.period;
        IF added.last_number - summed >= 20000 THEN
            PERFORM ledger.sum_up(added.period);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER account_never_deleted BEFORE DELETE ON ledger.account
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_never_truncated BEFORE TRUNCATE ON ledger.account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER posting_checked AFTER INSERT ON ledger.posting
    REFERENCING NEW TABLE AS new_postings FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_postings();

-- An entry whose postings did not come must not survive its transaction.
CREATE FUNCTION ledger.check_month_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    booked bigint;
    posted bigint;
BEGIN
    SELECT p.last_number, p.last_posted_number INTO booked, posted FROM ledger.period p WHERE p.period = NEW.period;
    IF booked <> posted THEN
        RAISE EXCEPTION 'period %: entries % to % have no postings', to_char(NEW.period, 'YYYY-MM'), posted + 1, booked
            USING ERRCODE = 'JL004';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER period_complete AFTER UPDATE ON ledger.period
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.last_number <> NEW.last_posted_number)
    EXECUTE FUNCTION ledger.check_month_complete();

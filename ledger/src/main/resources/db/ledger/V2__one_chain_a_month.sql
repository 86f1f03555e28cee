-- Each entry names the one before it in its month, so that none can be taken out, put in between or moved: a month is one chain. The checks
-- of a booking look at all entries of a statement at once, since a writer books many together.

ALTER TABLE ledger.entry ADD COLUMN chain_sha256 bytea;
ALTER TABLE ledger.period ADD COLUMN last_chain_sha256 bytea;

COMMENT ON COLUMN ledger.entry.chain_sha256 IS
    'SHA-256 over the chain before it, content_sha256, number and booked_at in microseconds (eight bytes each).';
COMMENT ON COLUMN ledger.period.last_chain_sha256 IS 'The chain of the last entry; NULL: there is none yet.';

-- What the first entry of a month follows.
CREATE FUNCTION ledger.chain_start(month date) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to('jingshu chain 1 ' || to_char(month, 'YYYY-MM'), 'UTF8'))
$$;

CREATE FUNCTION ledger.chain_link(before bytea, content bytea, number bigint, booked_at timestamptz)
    RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(before || content || int8send(number) || int8send(CAST(extract(epoch FROM booked_at) * 1000000 AS bigint)))
$$;

-- What was booked before is chained as it stands; nothing else of it is touched.
ALTER TABLE ledger.entry DISABLE TRIGGER entry_append_only;
ALTER TABLE ledger.period DISABLE TRIGGER period_closed_for_good;
DO $$
DECLARE
    booked record;
    month date;
    chain bytea;
BEGIN
    FOR booked IN SELECT e.entry_id, e.period, e.number, e.booked_at, e.content_sha256
                    FROM ledger.entry e ORDER BY e.period, e.number
    LOOP
        IF month IS DISTINCT FROM booked.period THEN
            month := booked.period;
            chain := ledger.chain_start(month);
        END IF;
        chain := ledger.chain_link(chain, booked.content_sha256, booked.number, booked.booked_at);
        UPDATE ledger.entry SET chain_sha256 = chain WHERE entry_id = booked.entry_id;
        UPDATE ledger.period SET last_chain_sha256 = chain WHERE period = month;
    END LOOP;
END $$;
ALTER TABLE ledger.entry ENABLE TRIGGER entry_append_only;
ALTER TABLE ledger.period ENABLE TRIGGER period_closed_for_good;
ALTER TABLE ledger.entry ALTER COLUMN chain_sha256 SET NOT NULL;

CREATE OR REPLACE FUNCTION ledger.number_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added record;
    month ledger.period%ROWTYPE;
    broken bigint;
BEGIN
    FOR added IN
        SELECT n.period, min(n.number) AS first_number, max(n.number) AS last_number, count(*) AS entries,
               min(n.booked_at) AS first_booked_at, max(n.booked_at) AS last_booked_at
          FROM new_entries n GROUP BY n.period ORDER BY n.period
    LOOP
        SELECT p.period, p.last_number, p.last_booked_at, p.closed_at, p.last_chain_sha256
          INTO month.period, month.last_number, month.last_booked_at, month.closed_at, month.last_chain_sha256
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
        SELECT min(c.number) INTO broken
          FROM (SELECT n.number, n.chain_sha256, n.content_sha256, n.booked_at,
                       lag(n.chain_sha256) OVER (ORDER BY n.number) AS before
                  FROM new_entries n WHERE n.period = added.period) c
         WHERE c.chain_sha256 IS DISTINCT FROM ledger.chain_link(
                   coalesce(c.before, month.last_chain_sha256, ledger.chain_start(added.period)),
                   c.content_sha256, c.number, c.booked_at);
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

-- All entries of the statement at once: a query an entry would cost more than the booking.
CREATE OR REPLACE FUNCTION ledger.check_and_total_postings() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    wrong record;
BEGIN
    SELECT a.entry_id, a.debit_fen, a.credit_fen, a.lines, e.amount_fen AS announced_fen, e.lines AS announced_lines
      INTO wrong
      FROM (SELECT n.entry_id, min(n.period) AS first_period, max(n.period) AS last_period, min(n.line) AS first_line,
                   max(n.line) AS last_line, count(*) AS lines,
                   coalesce(sum(n.amount_fen) FILTER (WHERE n.side = 'DEBIT'), 0) AS debit_fen,
                   coalesce(sum(n.amount_fen) FILTER (WHERE n.side = 'CREDIT'), 0) AS credit_fen
              FROM new_postings n GROUP BY n.entry_id) a
      JOIN ledger.entry e ON e.entry_id = a.entry_id
     WHERE a.debit_fen <> a.credit_fen OR a.debit_fen <> e.amount_fen
        OR a.lines <> e.lines OR a.first_line <> 1 OR a.last_line <> e.lines
        OR a.first_period <> e.period OR a.last_period <> e.period
     ORDER BY a.entry_id
     LIMIT 1;
    IF FOUND AND (wrong.debit_fen <> wrong.credit_fen OR wrong.debit_fen <> wrong.announced_fen) THEN
        RAISE EXCEPTION 'entry %: debits % fen, credits % fen, announced % fen', wrong.entry_id,
            wrong.debit_fen, wrong.credit_fen, wrong.announced_fen USING ERRCODE = 'JL004';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'entry %: % postings do not match the % announced', wrong.entry_id,
            wrong.lines, wrong.announced_lines USING ERRCODE = 'JL004';
    END IF;

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

-- An entry without its postings must not survive its transaction. Postings come whole or not at all (above), so their first
-- line stands for all of them; a foreign key asks for it at a fraction of what counting them again cost.
ALTER TABLE ledger.entry ADD COLUMN first_line integer NOT NULL DEFAULT 1;
ALTER TABLE ledger.entry ADD CONSTRAINT entry_first_line_is_one CHECK (first_line = 1);
DROP TRIGGER entry_balanced ON ledger.entry;
DROP FUNCTION ledger.check_entry_balanced();
ALTER TABLE ledger.entry ADD CONSTRAINT entry_has_postings FOREIGN KEY (entry_id, first_line)
    REFERENCES ledger.posting (entry_id, line) DEFERRABLE INITIALLY DEFERRED;

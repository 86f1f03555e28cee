-- The check of a booking's accounts asks once for each account instead of once for each line, and sums are moved on by 50,000 entries at a time:
-- with ten thousand accounts the two were a quarter of what a booking cost the database.

CREATE OR REPLACE FUNCTION ledger.check_postings() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    added record;
    posted bigint;
    summed bigint;
    wrong record;
BEGIN
    SELECT n.period, n.number, n.account_code INTO wrong
      FROM (SELECT DISTINCT ON (p.account_code) p.period, p.number, p.account_code FROM new_postings p) n
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
        IF added.last_number - summed >= 50000 THEN
            PERFORM ledger.sum_up(added.period);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

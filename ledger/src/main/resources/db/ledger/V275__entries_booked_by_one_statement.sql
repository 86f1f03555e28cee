-- A group of entries is booked by one statement: what was asked, decided and written in six to ten round trips is done where the books are, so that a
-- month is held for no longer than the database itself needs, and one rule says what is booked, whoever asks.

-- Books entries in their order and answers each: POSTED, ALREADY_POSTED, or why it is rejected. Works with the rights of whoever calls it, so that
-- grants, keys and triggers hold for it as for any other statement. Months are locked in their order.
--
-- Arrays of one length say the entries, others of one length their postings (`of_entries`: the place of the entry, from 1; `line_numbers`: from 1).
-- `settlement_reasons`: entries with these are not reversed. `clock`: when it is; what is booked is never earlier than an entry before it.
-- Its queries are planned once, for groups of any size: to plan them anew costs a small group more than to book it.
CREATE FUNCTION ledger.book(
    clock timestamptz, settlement_reasons text[],
    entry_ids uuid[], months date[], days date[], reasons text[], descriptions text[], reversed_ids uuid[], lines integer[],
    amounts bigint[], contents bytea[],
    of_entries integer[], line_numbers integer[], fens bigint[], accounts text[], sides text[], products text[], providers text[],
    merchants text[], consumers text[], purpose_classes text[], business_lines text[], price_versions text[], service_periods date[])
    RETURNS TABLE (place integer, outcome text, period date, number bigint, booked_at timestamptz, account_code text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    open_months date[];
    moment      timestamptz;
    no_account  text[];
    wrong       record;
    back        record;
    ends        integer[] := ARRAY[]::integer[];
    first       integer := 1;
    last        integer;
    unlike      integer[];
    given       record;
    month       date;
    last_number bigint;
    chain       bytea;
    numbers     bigint[] := array_fill(CAST(0 AS bigint), ARRAY[cardinality(entry_ids)]);
    chains      bytea[]  := array_fill(CAST('' AS bytea), ARRAY[cardinality(entry_ids)]);
    accepted    integer;
BEGIN
    -- Never before an entry with a lower number of the same month, even if the clock was set back.
    SELECT coalesce(array_agg(h.period), ARRAY[]::date[]), greatest(clock, max(h.last_booked_at))
      INTO open_months, moment
      FROM ledger.hold_months(ARRAY(SELECT DISTINCT m.month FROM unnest(months) AS m(month))) h;

    -- Of each entry, the first account that cannot be posted to.
    FOR wrong IN
        SELECT l.entry, l.account
          FROM unnest(of_entries, accounts) WITH ORDINALITY AS l(entry, account, turn)
         WHERE l.account IN (SELECT d.account
                               FROM (SELECT DISTINCT u.account FROM unnest(accounts) AS u(account)) d
                              WHERE NOT EXISTS (SELECT 1 FROM ledger.account a WHERE a.code = d.account AND a.postable))
         ORDER BY l.turn DESC
    LOOP
        no_account[wrong.entry] := wrong.account;
    END LOOP;

    -- An entry that speaks of one before it in its group (the same id again, or one to be reversed) waits until that is written, so that
    -- everything is asked of the books and of nothing else. Most groups have no such entry and are written at once.
    FOR back IN
        SELECT s.place, s.before
          FROM (SELECT r.place, lag(r.place) OVER (PARTITION BY r.id ORDER BY r.place) AS before
                  FROM (SELECT CAST(e.place AS integer) AS place, e.id
                          FROM unnest(entry_ids) WITH ORDINALITY AS e(id, place)
                         UNION
                        SELECT CAST(o.place AS integer), o.id
                          FROM unnest(reversed_ids) WITH ORDINALITY AS o(id, place)
                         WHERE o.id IS NOT NULL) r) s
         WHERE s.before IS NOT NULL
         ORDER BY s.place
    LOOP
        IF back.before >= first THEN
            first := back.place;
            ends := ends || (first - 1);
        END IF;
    END LOOP;
    ends := ends || cardinality(entry_ids);

    first := 1;
    FOREACH last IN ARRAY ends LOOP
        -- Reversals that are not the mirror of what they reverse: same accounts, amounts and dimensions on the opposite sides.
        unlike := NULL;
        IF EXISTS (SELECT 1 FROM unnest(reversed_ids[first:last]) AS r(id) WHERE r.id IS NOT NULL) THEN
            unlike := ARRAY(
                SELECT coalesce(o.place, l.entry)
                  FROM (SELECT CAST(r.place AS integer) AS place, p.line, p.amount_fen, p.account_code,
                               CASE p.side WHEN 'DEBIT' THEN 'CREDIT' ELSE 'DEBIT' END AS side, p.product, p.provider, p.merchant,
                               p.consumer, p.purpose_class, p.business_line, p.price_version, p.service_period
                          FROM unnest(reversed_ids) WITH ORDINALITY AS r(id, place)
                          JOIN ledger.entry e ON e.entry_id = r.id
                          JOIN ledger.posting p ON p.period = e.period AND p.number = e.number
                         WHERE r.place BETWEEN first AND last) o
                  FULL JOIN (SELECT n.entry, n.line, n.fen, n.account, n.side, n.product, n.provider, n.merchant, n.consumer,
                                    n.purpose_class, n.business_line, n.price_version, n.service_period
                               FROM unnest(of_entries, line_numbers, fens, accounts, sides, products, providers, merchants, consumers,
                                           purpose_classes, business_lines, price_versions, service_periods)
                                    AS n(entry, line, fen, account, side, product, provider, merchant, consumer, purpose_class,
                                         business_line, price_version, service_period)
                              WHERE n.entry BETWEEN first AND last AND reversed_ids[n.entry] IS NOT NULL) l
                    ON l.entry = o.place AND l.line = o.line
                 WHERE (o.amount_fen, o.account_code, o.side, o.product, o.provider, o.merchant, o.consumer, o.purpose_class,
                        o.business_line, o.price_version, o.service_period)
                       IS DISTINCT FROM
                       (l.fen, l.account, l.side, l.product, l.provider, l.merchant, l.consumer, l.purpose_class,
                        l.business_line, l.price_version, l.service_period));
        END IF;

        accepted := 0;
        month := NULL;
        FOR given IN
            SELECT CAST(g.place AS integer) AS place, g.month, g.content, b.period, b.number, b.booked_at,
                   CASE WHEN b.content_sha256 = g.content THEN 'ALREADY_POSTED'
                        WHEN b.entry_id IS NOT NULL THEN 'ID_REUSED_WITH_OTHER_CONTENT'
                        WHEN g.month <> ALL (open_months) THEN 'PERIOD_CLOSED'
                        WHEN no_account[g.place] IS NOT NULL THEN
                            CASE WHEN EXISTS (SELECT 1 FROM ledger.account a WHERE a.code = no_account[g.place])
                                 THEN 'ACCOUNT_NOT_POSTABLE' ELSE 'UNKNOWN_ACCOUNT' END
                        WHEN g.reversed_id IS NULL THEN 'POSTED'
                        WHEN o.entry_id IS NULL THEN 'REVERSED_ENTRY_UNKNOWN'
                        WHEN o.reason = ANY (settlement_reasons) THEN 'SETTLEMENT_NOT_REVERSIBLE'
                        WHEN EXISTS (SELECT 1 FROM ledger.entry r WHERE r.reverses = g.reversed_id) THEN 'ALREADY_REVERSED'
                        WHEN g.place = ANY (unlike) THEN 'REVERSAL_IS_NO_MIRROR'
                        ELSE 'POSTED' END AS outcome
              FROM unnest(entry_ids, months, contents, reversed_ids) WITH ORDINALITY AS g(entry_id, month, content, reversed_id, place)
              LEFT JOIN ledger.entry b ON b.entry_id = g.entry_id
              LEFT JOIN ledger.entry o ON o.entry_id = g.reversed_id
             WHERE g.place BETWEEN first AND last
             ORDER BY g.month, g.place
        LOOP
            place := given.place;
            outcome := given.outcome;
            period := coalesce(given.period, given.month);
            number := given.number;
            booked_at := given.booked_at;
            account_code := no_account[given.place];
            IF outcome = 'POSTED' THEN
                IF month IS DISTINCT FROM given.month THEN
                    month := given.month;
                    SELECT p.last_number, coalesce(p.last_chain_sha256, ledger.chain_start(month))
                      INTO last_number, chain
                      FROM ledger.period p WHERE p.period = month;
                END IF;
                last_number := last_number + 1;
                chain := ledger.chain_link(chain, given.content, last_number, moment);
                numbers[given.place] := last_number;
                chains[given.place] := chain;
                accepted := accepted + 1;
                number := last_number;
                booked_at := moment;
            END IF;
            RETURN NEXT;
        END LOOP;

        IF accepted > 0 THEN
            INSERT INTO ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, reverses, lines, amount_fen,
                                      content_sha256, chain_sha256)
            SELECT g.entry_id, g.month, numbers[g.place], g.day, moment, g.reason, g.description, g.reversed_id, g.lines, g.amount,
                   g.content, chains[g.place]
              FROM unnest(entry_ids, months, days, reasons, descriptions, reversed_ids, lines, amounts, contents) WITH ORDINALITY
                   AS g(entry_id, month, day, reason, description, reversed_id, lines, amount, content, place)
             WHERE g.place BETWEEN first AND last AND numbers[g.place] > 0;
            INSERT INTO ledger.posting (period, line, number, amount_fen, account_code, side, product, provider, merchant, consumer,
                                        purpose_class, business_line, price_version, service_period)
            SELECT months[l.entry], l.line, numbers[l.entry], l.fen, l.account, l.side, l.product, l.provider, l.merchant, l.consumer,
                   l.purpose_class, l.business_line, l.price_version, l.service_period
              FROM unnest(of_entries, line_numbers, fens, accounts, sides, products, providers, merchants, consumers, purpose_classes,
                          business_lines, price_versions, service_periods)
                   AS l(entry, line, fen, account, side, product, provider, merchant, consumer, purpose_class, business_line,
                        price_version, service_period)
             WHERE l.entry BETWEEN first AND last AND numbers[l.entry] > 0;
        END IF;
        first := last + 1;
    END LOOP;
END $$;

-- An export also shows, of each node, the batch before the first one it showed so far: shipped before the months, it proves that none of the
-- months' batches is left out in front.

-- The leaves below `size` that an export of these months (YYYY-MM) shows one by one: entries of the months; and of each node, from ten minutes
-- before the first month (clocks differ by less), the batches shipped before the end of the last, the one behind those, which shows that none is
-- left out, later ones with events of the months or of earlier ones, and the one before the first of all these.
CREATE OR REPLACE FUNCTION ledger.leaves_of_months(size bigint, first_month text, last_month text)
RETURNS TABLE (leaf_index bigint, kind text, chain text, number bigint, content text) LANGUAGE sql STABLE AS $$
    WITH months AS (
        SELECT CAST(to_date(first_month, 'YYYY-MM') AS timestamp) AT TIME ZONE 'Asia/Shanghai' AS begun,
               (CAST(to_date(last_month, 'YYYY-MM') AS timestamp) + interval '1 month') AT TIME ZONE 'Asia/Shanghai' AS ended),
    of_months AS (
        SELECT l.leaf_index, l.kind, l.chain, l.number, l.content
          FROM ledger.log_leaf l
         CROSS JOIN months m
         WHERE l.leaf_index < leaves_of_months.size
           AND CASE l.kind
               WHEN 'ENTRY' THEN l.chain >= first_month AND l.chain <= last_month
               ELSE l.leaf_index >= (SELECT min(f.leaf_index) FROM ledger.log_leaf f WHERE f.sealed_at >= m.begun - interval '10 minutes')
                    AND (ledger.leaf_shipped_at(l.content) < m.ended
                      OR substring(l.content FROM '\nearliest ([^\n]+)\n') COLLATE "C" <= last_month
                      OR coalesce((SELECT ledger.leaf_shipped_at(b.content) < m.ended
                                     FROM ledger.log_leaf b
                                    WHERE b.kind = l.kind AND b.chain = l.chain AND b.number = l.number - 1), true))
               END),
    before AS (
        SELECT l.leaf_index, l.kind, l.chain, l.number, l.content
          FROM (SELECT o.chain, min(o.number) AS number FROM of_months o WHERE o.kind = 'USAGE_BATCH' GROUP BY o.chain) first
          JOIN ledger.log_leaf l ON l.kind = 'USAGE_BATCH' AND l.chain = first.chain AND l.number = first.number - 1)
    SELECT o.leaf_index, o.kind, o.chain, o.number, o.content FROM of_months o
     UNION ALL
    SELECT b.leaf_index, b.kind, b.chain, b.number, b.content FROM before b
     ORDER BY 1
$$;

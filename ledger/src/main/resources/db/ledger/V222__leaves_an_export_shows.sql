-- Usage may arrive after its month: an export shows every batch whose sums reach back into its months, and the tables made of the log agree on which.

-- When a usage batch was shipped, as its leaf says; null of any other leaf.
CREATE FUNCTION ledger.leaf_shipped_at(content text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CAST(substring(content FROM '\nshipped ([^\n]+)\n') AS timestamptz)
$$;

-- The leaves below `size` that an export of these months (YYYY-MM) shows one by one: entries of the months; and of each node, from ten minutes
-- before the first month (clocks differ by less), the batches shipped before the end of the last, the one behind those, which shows that none is
-- left out, and later ones with events of the months or of earlier ones.
CREATE FUNCTION ledger.leaves_of_months(size bigint, first_month text, last_month text)
RETURNS TABLE (leaf_index bigint, kind text, chain text, number bigint, content text) LANGUAGE sql STABLE AS $$
    WITH months AS (
        SELECT CAST(to_date(first_month, 'YYYY-MM') AS timestamp) AT TIME ZONE 'Asia/Shanghai' AS begun,
               (CAST(to_date(last_month, 'YYYY-MM') AS timestamp) + interval '1 month') AT TIME ZONE 'Asia/Shanghai' AS ended)
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
           END
     ORDER BY l.leaf_index
$$;

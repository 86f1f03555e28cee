-- What a batch's events add up to is written with the batch: sealed with it, it ties the usage a bill rests on to the log, without a look at single calls.

ALTER TABLE metering.usage_batch ADD COLUMN sums text;

COMMENT ON COLUMN metering.usage_batch.sums IS
    'A line for each month (Asia/Shanghai), subscription, product, operation, purpose and unit of the stored events outside the sandbox, and their units: separated by tabs, ended by a line feed, by their bytes. Null: shipped before sums were kept.';

-- The sums of the events stored at the places [first, next) of a node's journal, as the node that shipped them wrote them (HourTotals.monthSums).
CREATE FUNCTION metering.batch_sums(node text, first bigint, next bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_agg(s.line, '' ORDER BY s.line COLLATE "C"), '')
      FROM (SELECT concat_ws(E'\t', to_char(e.occurred_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), e.subscription_id, e.product, e.operation,
                             e.purpose_class, e.unit, sum(e.quantity)) || E'\n' AS line
              FROM metering.usage_event e
             WHERE e.node_id = batch_sums.node AND e.sequence >= batch_sums.first AND e.sequence < batch_sums.next AND NOT e.sandbox
             GROUP BY to_char(e.occurred_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), e.subscription_id, e.product, e.operation, e.purpose_class,
                      e.unit) s
$$;

-- The books are kept from the application by rights as well as by triggers: the role a node works as reads them, adds to them and does nothing
-- else. What a booking moves on (numbers, chain, sums) is moved by functions that work as the owner.

ALTER FUNCTION ledger.hold_months(date[]) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION ledger.sum_up(date) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION ledger.number_entries() SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION ledger.check_postings() SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION ledger.check_month_complete() SECURITY DEFINER SET search_path = pg_catalog, pg_temp;

-- Gives a role what a node needs in this schema, and takes from it whatever else it had. A table that refuses changes by trigger gets no
-- right to change; the others are told by name. MAINTAIN (PostgreSQL 17) lets a close lock a table; it changes no row.
CREATE FUNCTION ledger.grant_to(node text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept record;
BEGIN
    PERFORM pg_advisory_xact_lock(27); -- two nodes that start at one moment
    EXECUTE format('REVOKE ALL ON SCHEMA ledger FROM %I', node);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM %I', node);
    EXECUTE format('GRANT USAGE ON SCHEMA ledger TO %I', node);
    EXECUTE format('GRANT SELECT, MAINTAIN ON ALL TABLES IN SCHEMA ledger TO %I', node);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA ledger TO %I', node);
    FOR kept IN
        SELECT c.oid, c.relname,
               EXISTS (SELECT 1 FROM pg_trigger t
                        WHERE t.tgrelid = c.oid AND t.tgfoid = CAST('ledger.refuse_change()' AS regprocedure)
                          AND (t.tgtype & 16) <> 0) AS unchangeable,
               EXISTS (SELECT 1 FROM pg_trigger t
                        WHERE t.tgrelid = c.oid AND t.tgfoid = CAST('ledger.refuse_change()' AS regprocedure)
                          AND (t.tgtype & 8) <> 0) AS undeletable
          FROM pg_class c
         WHERE c.relnamespace = CAST('ledger' AS regnamespace) AND c.relkind IN ('r', 'p')
           AND c.relname NOT IN ('account', 'account_sum', 'period', 'policy_rate', 'flyway_schema_history')
    LOOP
        EXECUTE format('GRANT INSERT ON ledger.%I TO %I', kept.relname, node);
        IF NOT kept.unchangeable THEN
            EXECUTE format('GRANT UPDATE ON ledger.%I TO %I', kept.relname, node);
        END IF;
        IF NOT kept.undeletable THEN
            EXECUTE format('GRANT DELETE ON ledger.%I TO %I', kept.relname, node);
        END IF;
    END LOOP;
    -- A month without entries is begun by its close; what else a close writes are its facts.
    EXECUTE format('GRANT INSERT (period) ON ledger.period TO %I', node);
    EXECUTE format('GRANT UPDATE (closed_at, closed_entries, closed_total_fen, closed_sha256) ON ledger.period TO %I', node);
END $$;
REVOKE ALL ON FUNCTION ledger.grant_to(text) FROM PUBLIC;

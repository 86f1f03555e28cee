-- Choices of law come into the books as rates do, by ledger.enact_choice alone: a node had the right to insert them. Nobody is no second person.

CREATE OR REPLACE FUNCTION ledger.grant_to(node text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
           AND c.relname NOT IN ('account', 'account_sum', 'period', 'policy_rate', 'policy_choice', 'flyway_schema_history')
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

CREATE OR REPLACE FUNCTION ledger.require_enactable(from_day date, citation text, proposed_by uuid, approved_by uuid) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(btrim(citation), '') = '' OR proposed_by IS NULL OR approved_by IS NULL OR proposed_by = approved_by THEN
        RAISE EXCEPTION 'a rate is cited, and approved by another than who proposes it' USING ERRCODE = 'JL010';
    END IF;
    IF extract(day FROM from_day) <> 1 THEN
        RAISE EXCEPTION 'a month has one rate: % is no first of a month', from_day USING ERRCODE = 'JL011';
    END IF;
    IF from_day <= CAST(now() AT TIME ZONE 'Asia/Shanghai' AS date) THEN
        RAISE EXCEPTION 'a rate is never set back: % has begun', from_day USING ERRCODE = 'JL012';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger.period p WHERE p.period >= from_day AND p.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a month from % on is closed', from_day USING ERRCODE = 'JL013';
    END IF;
END $$;

REVOKE ALL ON FUNCTION ledger.require_enactable(date, text, uuid, uuid) FROM PUBLIC;

-- What PostgreSQL gives to every role by default and no product may have. Run by a superuser, in the domain's database, with the roles that may
-- go on using it (the owner, the node) named in the setting jingshu.trusted, separated by commas; running it again changes nothing. By hand:
--   psql -d jingshu -c "SET jingshu.trusted = 'jingshu,jingshu_node'" -f harden.sql
DO $$
DECLARE
    trusted  text[] := pg_catalog.string_to_array(pg_catalog.current_setting('jingshu.trusted'), ',');
    -- Settings of a session, locks and messages shared with nodes, sleeping, large objects, text run as SQL, other sessions, sizes of tables.
    names    text[] := ARRAY['set_config', 'pg_notify', 'pg_logical_emit_message', 'pg_export_snapshot', 'pg_cancel_backend',
                             'pg_terminate_backend', 'pg_sleep', 'pg_sleep_for', 'pg_sleep_until', 'loread', 'lowrite', 'ts_stat', 'ts_rewrite',
                             'pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size', 'pg_database_size',
                             'pg_get_functiondef', 'pg_stat_get_activity', 'pg_lock_status', 'pg_prepared_xact'];
    patterns text[] := ARRAY['pg\_advisory\_%', 'pg\_try\_advisory\_%', 'lo\_%', '%\_to\_xml%', 'pg\_stat\_get\_%tuples%',
                             'pg\_stat\_get\_backend\_%', 'pg\_replication\_origin\_%'];
    views    text[] := ARRAY['pg_stat_activity', 'pg_locks', 'pg_prepared_xacts', 'pg_stat_all_tables', 'pg_stat_sys_tables', 'pg_stat_user_tables',
                             'pg_stat_xact_all_tables', 'pg_stat_xact_user_tables', 'pg_statio_all_tables', 'pg_statio_user_tables',
                             'pg_stat_database', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_stat_replication', 'pg_cursors', 'pg_prepared_statements'];
    each     record;
    role     text;
BEGIN
    -- What pg_monitor was given here before is what the public had; what PostgreSQL itself keeps from the public stays as it is.
    FOR each IN
        SELECT p.oid, CAST(CAST(p.oid AS regprocedure) AS text) AS name, p.proacl AS acl
          FROM pg_catalog.pg_proc p
          JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = 'pg_catalog' AND (p.proname = ANY (names) OR p.proname LIKE ANY (patterns))
           AND (pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE')
                OR EXISTS (SELECT 1 FROM pg_catalog.aclexplode(p.proacl) a JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
                            WHERE r.rolname = 'pg_monitor'))
    LOOP
        FOREACH role IN ARRAY trusted || ARRAY['pg_monitor'] LOOP
            IF NOT EXISTS (SELECT 1 FROM pg_catalog.aclexplode(each.acl) a JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
                            WHERE r.rolname = role) THEN
                EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %I', each.name, role);
            END IF;
        END LOOP;
        IF pg_catalog.has_function_privilege('public', each.oid, 'EXECUTE') THEN
            EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', each.name);
        END IF;
    END LOOP;
    FOR each IN
        SELECT c.oid, c.relname AS name
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'pg_catalog' AND c.relname = ANY (views)
           AND (pg_catalog.has_table_privilege('public', c.oid, 'SELECT')
                OR NOT (SELECT pg_catalog.bool_and(pg_catalog.has_table_privilege(t, c.oid, 'SELECT')) FROM pg_catalog.unnest(trusted) t))
    LOOP
        EXECUTE pg_catalog.format('GRANT SELECT ON pg_catalog.%I TO pg_monitor', each.name);
        FOREACH role IN ARRAY trusted LOOP
            EXECUTE pg_catalog.format('GRANT SELECT ON pg_catalog.%I TO %I', each.name, role);
        END LOOP;
        EXECUTE pg_catalog.format('REVOKE SELECT ON pg_catalog.%I FROM PUBLIC', each.name);
    END LOOP;
    -- What the owner sets for the roles of products, and PostgreSQL lets a superuser alone set otherwise.
    FOREACH role IN ARRAY trusted LOOP
        EXECUTE pg_catalog.format('GRANT SET ON PARAMETER temp_file_limit, log_min_messages, log_min_error_statement, log_error_verbosity, '
            || 'log_parameter_max_length, log_parameter_max_length_on_error, log_statement, log_min_duration_statement TO %I', role);
    END LOOP;
    EXECUTE pg_catalog.format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', pg_catalog.current_database());
    FOREACH role IN ARRAY trusted LOOP
        EXECUTE pg_catalog.format('GRANT TEMPORARY ON DATABASE %I TO %I', pg_catalog.current_database(), role);
    END LOOP;
END
$$;

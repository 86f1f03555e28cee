-- A case whose time is over goes whole, by the owner of the tables alone: the product itself still only adds, and an event never goes while
-- its case stays.
CREATE OR REPLACE FUNCTION refuse_change_of_case_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_catalog.pg_has_role(current_user, (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = TG_RELID), 'USAGE') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'events of a case are only added';
END
$$;

CREATE FUNCTION refuse_change_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_catalog.pg_has_role(current_user, (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = TG_RELID), 'USAGE') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a case is not removed by the product';
END
$$;
CREATE TRIGGER investigation_is_kept BEFORE DELETE ON investigation
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_case();

CREATE FUNCTION refuse_part_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    cases bigint;
BEGIN
    EXECUTE pg_catalog.format('SELECT count(*) FROM %I.investigation WHERE case_id = $1', TG_TABLE_SCHEMA) INTO cases USING OLD.case_id;
    IF cases > 0 THEN
        RAISE EXCEPTION 'events go with their case or not at all';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER case_event_goes_with_its_case AFTER DELETE ON case_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_part_of_case();

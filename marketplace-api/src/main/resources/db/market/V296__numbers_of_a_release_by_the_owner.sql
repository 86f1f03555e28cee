-- That a number of policy comes with a release is taken from the role alone that owns the table and brings releases: any role may set a variable of its own
-- transaction, the node's too. Where nodes sign in as the owner, the two are one and the database cannot tell them apart.
CREATE OR REPLACE FUNCTION market.require_two_for_a_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('market.numbers_of', true) = 'release'
        AND pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE') THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1
          FROM market.policy_proposal p
         WHERE p.name = NEW.name AND p.value = NEW.value AND p.citation = NEW.citation
           AND CAST(p.effective_on AS timestamp) AT TIME ZONE 'Asia/Shanghai' = NEW.effective_from
           AND p.approved AND p.decided_by <> p.proposed_by) THEN
        RAISE EXCEPTION 'the number % was not proposed by one person and approved by another', NEW.name
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'policy_parameter_by_two';
    END IF;
    RETURN NEW;
END $$;

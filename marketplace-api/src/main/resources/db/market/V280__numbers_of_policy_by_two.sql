-- A number of policy is held to two people by the database too, and not only by the code that writes it: it stands here only as another person approved
-- what one had proposed. What comes with a release says so for its own transaction: SET LOCAL market.numbers_of = 'release'.
CREATE FUNCTION market.require_two_for_a_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('market.numbers_of', true) = 'release' THEN
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
CREATE TRIGGER policy_parameter_by_two BEFORE INSERT ON market.policy_parameter
    FOR EACH ROW EXECUTE FUNCTION market.require_two_for_a_number();

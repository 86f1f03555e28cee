-- A rate or choice of law comes into the books by a function that holds what no caller may pass over: it begins with a month still to come and open,
-- it is cited, and two people answer for it. Nodes keep having no right to write the tables themselves.
CREATE FUNCTION ledger.require_enactable(from_day date, citation text, proposed_by uuid, approved_by uuid) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF btrim(citation) = '' OR proposed_by = approved_by THEN
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

CREATE FUNCTION ledger.enact_rate(of_rule text, from_day date, numerator bigint, denominator bigint, citation text, proposed_by uuid, approved_by uuid)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM ledger.require_enactable(from_day, citation, proposed_by, approved_by);
    IF NOT EXISTS (SELECT 1 FROM ledger.policy_rate r WHERE r.rule = of_rule) THEN
        RAISE EXCEPTION 'there is no rate %', of_rule USING ERRCODE = 'JL014';
    END IF;
    INSERT INTO ledger.policy_rate (rule, effective_from, numerator, denominator, citation)
    VALUES (of_rule, from_day, enact_rate.numerator, enact_rate.denominator, enact_rate.citation);
END $$;

CREATE FUNCTION ledger.enact_choice(of_rule text, from_day date, chosen text, citation text, proposed_by uuid, approved_by uuid)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM ledger.require_enactable(from_day, citation, proposed_by, approved_by);
    INSERT INTO ledger.policy_choice (rule, effective_from, choice, citation) VALUES (of_rule, from_day, chosen, enact_choice.citation);
END $$;

-- What a price by the month counts is fixed once and never again: a later version of its product does not change the line it is owed on.

CREATE TABLE market.tariff_unit (
    tariff_id uuid NOT NULL,
    unit      text NOT NULL,                         -- as usage events have it; MIXED: of several, before that was refused
    CONSTRAINT tariff_unit_pk PRIMARY KEY (tariff_id),
    CONSTRAINT tariff_unit_tariff_fk FOREIGN KEY (tariff_id) REFERENCES market.tariff (id),
    CONSTRAINT tariff_unit_named CHECK (btrim(unit) <> '')
);
CREATE TRIGGER tariff_unit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.tariff_unit
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- What was billed by the month so far goes on in the unit it was billed in last. The other prices get theirs from the contracts, at the next start.
INSERT INTO market.tariff_unit (tariff_id, unit)
SELECT DISTINCT ON (c.tariff_id) c.tariff_id, c.unit
  FROM market.charge c
 WHERE c.tariff_id IS NOT NULL
   AND (CASE WHEN CAST(c.terms AS json) ->> 'kind' = 'DISCOUNTED' THEN CAST(c.terms AS json) #>> '{list,kind}'
             ELSE CAST(c.terms AS json) ->> 'kind' END) NOT IN ('FREE', 'PER_UNIT', 'DISCOUNTED')
 ORDER BY c.tariff_id, c.period DESC, c.usage_period DESC, c.total_quantity DESC, c.unit;

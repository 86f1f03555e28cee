-- Prices of every kind, and lines of bills that say by themselves how they were reckoned: tariff, ceiling and total are
-- on the line, so that a bill can be repeated from the line and the usage alone.

-- Ceilings and prices ----------------------------------------------------------------------------------------------

-- 上限收费标准 may allow an amount a month besides the amount a unit; 0: every fen must be owed to usage.
ALTER TABLE market.price_ceiling ADD COLUMN fen_per_month bigint NOT NULL DEFAULT 0;
ALTER TABLE market.price_ceiling ADD CONSTRAINT price_ceiling_month_not_negative CHECK (fen_per_month >= 0);

ALTER TABLE market.tariff ADD COLUMN terms text;                       -- the tariff as TariffJson writes it
ALTER TABLE market.tariff ADD COLUMN plan_code text;                   -- for subscribers of this plan alone; null: for all
ALTER TABLE market.tariff ADD COLUMN trial boolean NOT NULL DEFAULT false;  -- 试行收费标准
ALTER TABLE market.tariff DISABLE TRIGGER tariff_append_only;
UPDATE market.tariff
   SET terms = CASE kind WHEN 'FREE' THEN '{"kind":"FREE"}'
                         ELSE '{"kind":"PER_UNIT","fenPerUnit":"' || trim_scale(fen_per_unit) || '"}' END;
ALTER TABLE market.tariff ENABLE TRIGGER tariff_append_only;
ALTER TABLE market.tariff ALTER COLUMN terms SET NOT NULL;
ALTER TABLE market.tariff ADD CONSTRAINT tariff_plan_fk FOREIGN KEY (plan_code) REFERENCES market.plan (code);
ALTER TABLE market.tariff DROP CONSTRAINT tariff_kind_known;
ALTER TABLE market.tariff ADD CONSTRAINT tariff_kind_known CHECK (kind IN ('FREE', 'FLAT', 'PER_UNIT', 'GRADUATED',
    'VOLUME', 'PACKAGES', 'BASE_PLUS_USAGE', 'MINIMUM', 'INCLUDED', 'DISCOUNTED'));
-- fen_per_unit is the dearest one unit can be on average: what a ceiling for units alone is held against.
ALTER TABLE market.tariff DROP CONSTRAINT tariff_price_fits_kind;
ALTER TABLE market.tariff ADD CONSTRAINT tariff_price_fits_kind CHECK ((kind <> 'FREE') = (fen_per_unit IS NOT NULL));
-- A discount is for whoever meets a published condition, and the condition is the plan anyone may choose.
ALTER TABLE market.tariff ADD CONSTRAINT tariff_discount_has_condition CHECK (kind <> 'DISCOUNTED' OR plan_code IS NOT NULL);
ALTER TABLE market.tariff DROP CONSTRAINT tariff_dated;
ALTER TABLE market.tariff ADD CONSTRAINT tariff_dated
    UNIQUE NULLS NOT DISTINCT (product_code, operation, purpose, plan_code, effective_from);

-- A ceiling of units alone binds here already; one with an amount a month is held against the whole tariff before it saves.
CREATE OR REPLACE FUNCTION market.refuse_price_above_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    highest market.price_ceiling;
BEGIN
    SELECT c.* INTO highest
      FROM market.price_ceiling c
     WHERE c.product_code = NEW.product_code AND c.operation IN (NEW.operation, '*') AND c.effective_from <= NEW.effective_from
     ORDER BY (c.operation = NEW.operation) DESC, c.effective_from DESC
     LIMIT 1;
    IF NEW.fen_per_unit > 0
            AND ((highest.id IS NULL AND NOT NEW.trial)
                OR (highest.id IS NOT NULL AND highest.fen_per_month = 0 AND NEW.fen_per_unit > highest.fen_per_unit)) THEN
        RAISE EXCEPTION 'price % fen of %/% has no ceiling at or above it', NEW.fen_per_unit, NEW.product_code, NEW.operation
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tariff_within_ceiling';
    END IF;
    RETURN NEW;
END
$$;

ALTER TABLE market.price_proposal ADD COLUMN terms text;               -- null: a ceiling
ALTER TABLE market.price_proposal ADD COLUMN plan_code text;
ALTER TABLE market.price_proposal ADD COLUMN trial boolean NOT NULL DEFAULT false;
ALTER TABLE market.price_proposal ADD COLUMN fen_per_month bigint NOT NULL DEFAULT 0;
ALTER TABLE market.price_proposal DISABLE TRIGGER price_proposal_decided_once;
UPDATE market.price_proposal
   SET terms = CASE kind WHEN 'FREE' THEN '{"kind":"FREE"}'
                         ELSE '{"kind":"PER_UNIT","fenPerUnit":"' || trim_scale(fen_per_unit) || '"}' END
 WHERE subject = 'TARIFF';
ALTER TABLE market.price_proposal ENABLE TRIGGER price_proposal_decided_once;
ALTER TABLE market.price_proposal ADD CONSTRAINT price_proposal_terms_fit CHECK ((subject = 'TARIFF') = (terms IS NOT NULL));
ALTER TABLE market.price_proposal ADD CONSTRAINT price_proposal_plan_fk FOREIGN KEY (plan_code) REFERENCES market.plan (code);
ALTER TABLE market.price_proposal ADD CONSTRAINT price_proposal_month_not_negative CHECK (fen_per_month >= 0);
ALTER TABLE market.price_proposal ADD CONSTRAINT price_proposal_month_fits CHECK (subject = 'CEILING' OR fen_per_month = 0);
ALTER TABLE market.price_proposal DROP CONSTRAINT price_proposal_kind_known;
ALTER TABLE market.price_proposal ADD CONSTRAINT price_proposal_kind_known CHECK (kind IN ('FREE', 'FLAT', 'PER_UNIT',
    'GRADUATED', 'VOLUME', 'PACKAGES', 'BASE_PLUS_USAGE', 'MINIMUM', 'INCLUDED', 'DISCOUNTED'));
ALTER TABLE market.price_proposal DROP CONSTRAINT price_proposal_price_fits_kind;
ALTER TABLE market.price_proposal ADD CONSTRAINT price_proposal_price_fits_kind
    CHECK ((subject = 'CEILING' OR kind <> 'FREE') = (fen_per_unit IS NOT NULL));

-- Lines of bills ---------------------------------------------------------------------------------------------------

ALTER TABLE market.charge ADD COLUMN terms text;                       -- the tariff it was reckoned by, as TariffJson writes it
ALTER TABLE market.charge ADD COLUMN month_share text NOT NULL DEFAULT '1/1';  -- part of the usage month the tariff applied in
ALTER TABLE market.charge ADD COLUMN total_quantity bigint;            -- all units of its key, this line's and those before it
ALTER TABLE market.charge ADD COLUMN ceiling_id uuid;                  -- null: free, or on trial without one
ALTER TABLE market.charge ADD COLUMN ceiling_month_fen bigint NOT NULL DEFAULT 0;
ALTER TABLE market.charge ADD COLUMN corrects uuid;                    -- the first line of its key; null: it is the first
ALTER TABLE market.charge ADD COLUMN shadow_fen bigint NOT NULL DEFAULT 0;  -- what free use would have cost as industry
ALTER TABLE market.charge DISABLE TRIGGER charge_append_only;
UPDATE market.charge c
   SET terms = CASE WHEN c.fen_per_unit = 0 THEN '{"kind":"FREE"}'
                    ELSE '{"kind":"PER_UNIT","fenPerUnit":"' || trim_scale(c.fen_per_unit) || '"}' END,
       total_quantity = (SELECT sum(e.quantity) FROM market.charge e
                          WHERE e.period <= c.period
                            AND (e.usage_period, e.subscription_id, e.product_code, e.operation, e.purpose, e.unit)
                                = (c.usage_period, c.subscription_id, c.product_code, c.operation, c.purpose, c.unit)
                            AND e.tariff_id IS NOT DISTINCT FROM c.tariff_id),
       corrects = (SELECT e.id FROM market.charge e
                    WHERE e.period < c.period
                      AND (e.usage_period, e.subscription_id, e.product_code, e.operation, e.purpose, e.unit)
                          = (c.usage_period, c.subscription_id, c.product_code, c.operation, c.purpose, c.unit)
                      AND e.tariff_id IS NOT DISTINCT FROM c.tariff_id
                    ORDER BY e.period LIMIT 1),
       ceiling_id = (SELECT p.id FROM market.price_ceiling p JOIN market.tariff t ON t.id = c.tariff_id
                      WHERE p.product_code = c.product_code AND p.operation IN (c.operation, '*')
                        AND p.effective_from <= t.effective_from AND p.fen_per_unit = c.ceiling_fen
                      ORDER BY (p.operation = c.operation) DESC, p.effective_from DESC LIMIT 1);
ALTER TABLE market.charge ENABLE TRIGGER charge_append_only;
ALTER TABLE market.charge ALTER COLUMN terms SET NOT NULL;
ALTER TABLE market.charge ALTER COLUMN total_quantity SET NOT NULL;
ALTER TABLE market.charge ADD CONSTRAINT charge_share_form CHECK (month_share ~ '^[0-9]+/[1-9][0-9]*$');
ALTER TABLE market.charge ADD CONSTRAINT charge_total_not_negative CHECK (total_quantity >= 0);
ALTER TABLE market.charge ADD CONSTRAINT charge_ceiling_fk FOREIGN KEY (ceiling_id) REFERENCES market.price_ceiling (id);
ALTER TABLE market.charge ADD CONSTRAINT charge_corrects_fk FOREIGN KEY (corrects) REFERENCES market.charge (id);
ALTER TABLE market.charge ADD CONSTRAINT charge_free_alone_has_shadow CHECK (shadow_fen = 0 OR purpose = 'PUBLIC_INTEREST');
-- fen_per_unit is what a unit of the total costs on average; with an amount a month allowed besides, it may exceed ceiling_fen.
ALTER TABLE market.charge DROP CONSTRAINT charge_within_ceiling;
ALTER TABLE market.charge ADD CONSTRAINT charge_within_ceiling
    CHECK (ceiling_fen IS NULL OR ceiling_month_fen > 0 OR fen_per_unit <= ceiling_fen);

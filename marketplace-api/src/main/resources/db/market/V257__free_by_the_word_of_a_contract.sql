-- A product may say of itself that it is free after prices for it were stored. From then on none of them is applied: beside each stands a dated price of
-- nothing, which nobody signed, since the contract says it and not people, and which goes before a price that begins at the same moment.

ALTER TABLE market.tariff
    ALTER COLUMN proposed_by DROP NOT NULL,
    ALTER COLUMN signed_by DROP NOT NULL,
    ADD COLUMN said_by_version integer,
    ADD CONSTRAINT tariff_signed_or_said CHECK (num_nulls(proposed_by, signed_by) = CASE WHEN said_by_version IS NULL THEN 0 ELSE 2 END),
    ADD CONSTRAINT tariff_contract_says_free_alone CHECK (said_by_version IS NULL OR kind = 'FREE'),
    DROP CONSTRAINT tariff_dated,
    ADD CONSTRAINT tariff_dated UNIQUE NULLS NOT DISTINCT (product_code, operation, purpose, plan_code, effective_from, said_by_version);

COMMENT ON COLUMN market.tariff.said_by_version IS 'The version of the product whose contract says that it is free; null: people signed this price.';

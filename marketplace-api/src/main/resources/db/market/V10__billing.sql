-- Billing turns counted usage into money owed: charges are appended, never edited, so a bill can always be recomputed.

-- How far the close of a month has come; each status is reached once, in this order, and survives a crash between.
CREATE TABLE market.billing_period (
    period     date        NOT NULL,                 -- first day of the month
    status     text        NOT NULL,
    rated_at   timestamptz NOT NULL,
    closed_at  timestamptz,                          -- null: the close has begun and is not finished
    CONSTRAINT billing_period_pk PRIMARY KEY (period),
    CONSTRAINT billing_period_first_day CHECK (extract(day FROM period) = 1),
    CONSTRAINT billing_period_status_known CHECK (status IN ('RATED', 'POSTED', 'SETTLED', 'CLOSED')),
    CONSTRAINT billing_period_closed_once CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL))
);

-- 应收费用: one rated line. Usage that arrives after its month was closed becomes a line of a later period
-- (period > usage_period), so what was billed before never changes.
CREATE TABLE market.charge (
    id              uuid           NOT NULL,
    period          date           NOT NULL,         -- the month it is billed in
    usage_period    date           NOT NULL,         -- the month the usage occurred in
    subscription_id uuid           NOT NULL,
    organisation_id uuid           NOT NULL,
    product_code    text           NOT NULL,
    operation       text           NOT NULL,
    purpose         text           NOT NULL,
    unit            text           NOT NULL,
    tariff_id       uuid,                            -- null: free by its purpose
    fen_per_unit    numeric(18, 6) NOT NULL,
    ceiling_fen     numeric(18, 6),                  -- the ceiling in force when the tariff took effect; null: free
    quantity        bigint         NOT NULL,
    amount_fen      bigint         NOT NULL,         -- tax included
    vat_fen         bigint         NOT NULL,         -- the tax inside amount_fen
    CONSTRAINT charge_pk PRIMARY KEY (id),
    CONSTRAINT charge_period_fk FOREIGN KEY (period) REFERENCES market.billing_period (period),
    CONSTRAINT charge_subscription_fk FOREIGN KEY (subscription_id) REFERENCES market.subscription (id),
    CONSTRAINT charge_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT charge_tariff_fk FOREIGN KEY (tariff_id) REFERENCES market.tariff (id),
    CONSTRAINT charge_not_before_its_usage CHECK (period >= usage_period),
    CONSTRAINT charge_free_costs_nothing CHECK (tariff_id IS NOT NULL OR (amount_fen = 0 AND fen_per_unit = 0)),
    CONSTRAINT charge_within_ceiling CHECK (ceiling_fen IS NULL OR fen_per_unit <= ceiling_fen),
    CONSTRAINT charge_public_interest_is_free CHECK (purpose <> 'PUBLIC_INTEREST' OR amount_fen = 0),
    CONSTRAINT charge_once UNIQUE NULLS NOT DISTINCT
        (period, usage_period, subscription_id, product_code, operation, purpose, unit, tariff_id)
);
CREATE INDEX charge_by_organisation ON market.charge (organisation_id, period);
CREATE TRIGGER charge_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.charge
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- Costs are facts with a document; settlement deducts those of its month.
CREATE TABLE market.cost_voucher (
    id           uuid        NOT NULL,
    period       date        NOT NULL,
    kind         text        NOT NULL,
    product_code text,                               -- null: of no single product
    merchant_id  uuid,                               -- whom a MERCHANT_SERVICE cost is owed to
    amount_fen   bigint      NOT NULL,
    document     text        NOT NULL,               -- number of the original document
    description  text        NOT NULL,
    entered_by   text        NOT NULL,
    entered_at   timestamptz NOT NULL,
    CONSTRAINT cost_voucher_pk PRIMARY KEY (id),
    CONSTRAINT cost_voucher_first_day CHECK (extract(day FROM period) = 1),
    CONSTRAINT cost_voucher_kind_known CHECK (kind IN ('MERCHANT_SERVICE', 'DIRECT_PAID', 'DIRECT_FREE', 'SHARED')),
    CONSTRAINT cost_voucher_merchant_named CHECK ((kind = 'MERCHANT_SERVICE') = (merchant_id IS NOT NULL)),
    CONSTRAINT cost_voucher_positive CHECK (amount_fen > 0),
    CONSTRAINT cost_voucher_documented CHECK (btrim(document) <> ''),
    CONSTRAINT cost_voucher_merchant_fk FOREIGN KEY (merchant_id) REFERENCES market.organisation (id)
);
CREATE TRIGGER cost_voucher_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.cost_voucher
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- 分成比例: how the net profit a product brings is shared after the treasury; the weights of one product and date are
-- read together, so they need not add up to anything.
CREATE TABLE market.revenue_share (
    id             uuid           NOT NULL,
    product_code   text           NOT NULL,
    party_id       uuid           NOT NULL,          -- the operator or a merchant
    weight         numeric(12, 6) NOT NULL,
    effective_from date           NOT NULL,          -- first day of a month: a share never changes within one
    approved_by    uuid           NOT NULL,
    approved_at    timestamptz    NOT NULL,
    reason         text           NOT NULL,          -- processing cost, market demand, value contribution
    CONSTRAINT revenue_share_pk PRIMARY KEY (id),
    CONSTRAINT revenue_share_dated UNIQUE (product_code, party_id, effective_from),
    CONSTRAINT revenue_share_first_day CHECK (extract(day FROM effective_from) = 1),
    CONSTRAINT revenue_share_not_negative CHECK (weight >= 0),
    CONSTRAINT revenue_share_reasoned CHECK (btrim(reason) <> ''),
    CONSTRAINT revenue_share_party_fk FOREIGN KEY (party_id) REFERENCES market.organisation (id),
    CONSTRAINT revenue_share_approved_by_fk FOREIGN KEY (approved_by) REFERENCES market.person (id)
);
CREATE TRIGGER revenue_share_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.revenue_share
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

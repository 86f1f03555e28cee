-- 最高准许收入: what the authorised operation may earn in a year, signed by the price authority and the data authority.
-- Ceilings stand beneath it; the gauge, the yearly deviation test and what is carried over are reckoned from it.

CREATE TABLE market.permitted_revenue (
    id                  uuid          NOT NULL,
    year                integer       NOT NULL,
    cycle_first         integer       NOT NULL,      -- first year of its review cycle (评估周期)
    cycle_last          integer       NOT NULL,
    platform_fen        bigint        NOT NULL,      -- 平台建设及运行维护
    processing_fen      bigint        NOT NULL,      -- 数据传输、汇聚、存储、治理
    staff_fen           bigint        NOT NULL,      -- 人员
    acquisition_fen     bigint        NOT NULL,      -- 获取公共数据资源的支出
    period_fen          bigint        NOT NULL,      -- 期间费用
    subsidies_fen       bigint        NOT NULL,      -- government subsidies, deducted from the cost
    survey_year         integer       NOT NULL,      -- year of the cost survey (成本调查)
    bond_year           integer       NOT NULL,      -- the year before it
    bond_yield          numeric(9, 8) NOT NULL,      -- average yield of ten-year treasury bonds in that year
    margin_points       numeric(9, 8) NOT NULL,      -- points the rate may exceed it by, as policy had it at the signature
    rate                numeric(9, 8) NOT NULL,      -- 准许利润率
    taxes_fen           bigint        NOT NULL,
    vat_in_taxes        boolean       NOT NULL,      -- whether VAT is among the taxes, so that revenue counts with it
    carried_fen         bigint        NOT NULL,      -- over-recovery of earlier cycles, deducted
    smoothing           text,                        -- why not all of it is deducted at once; null: all is
    highest_fen         bigint        NOT NULL,
    citation            text          NOT NULL,      -- report of the cost survey and decision
    proposed_by         uuid          NOT NULL,
    proposed_role       text          NOT NULL,
    proposed_at         timestamptz   NOT NULL,
    status              text          NOT NULL,
    decided_by          uuid,                        -- null: open
    decided_role        text,
    decided_at          timestamptz,
    ground              text,                        -- what the signature cites, or why there is none
    CONSTRAINT permitted_revenue_pk PRIMARY KEY (id),
    CONSTRAINT permitted_revenue_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT permitted_revenue_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT permitted_revenue_in_its_cycle CHECK (year BETWEEN cycle_first AND cycle_last),
    CONSTRAINT permitted_revenue_costs_not_negative CHECK (platform_fen >= 0 AND processing_fen >= 0 AND staff_fen >= 0
        AND acquisition_fen >= 0 AND period_fen >= 0 AND subsidies_fen >= 0 AND taxes_fen >= 0 AND carried_fen >= 0
        AND platform_fen + processing_fen + staff_fen + acquisition_fen + period_fen >= subsidies_fen),
    CONSTRAINT permitted_revenue_bond_year CHECK (bond_year = survey_year - 1),
    CONSTRAINT permitted_revenue_rate CHECK (rate >= 0 AND rate <= bond_yield + margin_points),
    -- C + C·ρ + T − over-recovery carried
    CONSTRAINT permitted_revenue_formula CHECK (highest_fen >= 0 AND highest_fen
        = (platform_fen + processing_fen + staff_fen + acquisition_fen + period_fen - subsidies_fen)
        + round((platform_fen + processing_fen + staff_fen + acquisition_fen + period_fen - subsidies_fen) * rate)
        + taxes_fen - carried_fen),
    CONSTRAINT permitted_revenue_cited CHECK (btrim(citation) <> '' AND btrim(ground) <> '' AND btrim(smoothing) <> ''),
    CONSTRAINT permitted_revenue_roles_known CHECK (proposed_role IN ('PRICE_OFFICER', 'REGULATOR')
        AND decided_role IN ('PRICE_OFFICER', 'REGULATOR')),
    CONSTRAINT permitted_revenue_status_known CHECK (status IN ('OPEN', 'SIGNED', 'REFUSED')),
    CONSTRAINT permitted_revenue_decision_whole CHECK ((status = 'OPEN') = (decided_by IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (ground IS NULL)
        AND (decided_by IS NULL) = (decided_role IS NULL)),
    CONSTRAINT permitted_revenue_signed_by_two
        CHECK (status <> 'SIGNED' OR (decided_by <> proposed_by AND decided_role <> proposed_role))
);
CREATE UNIQUE INDEX permitted_revenue_one_a_year ON market.permitted_revenue (year) WHERE status = 'SIGNED';
CREATE TRIGGER permitted_revenue_kept BEFORE DELETE OR TRUNCATE ON market.permitted_revenue
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE FUNCTION market.refuse_redeciding_revenue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'market.permitted_revenue % has been decided', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'permitted_revenue_decided_once';
END
$$;
CREATE TRIGGER permitted_revenue_decided_once BEFORE UPDATE ON market.permitted_revenue
    FOR EACH ROW WHEN (OLD.status <> 'OPEN') EXECUTE FUNCTION market.refuse_redeciding_revenue();

-- The permitted revenue a ceiling stands beneath; null: set while no full year had been operated yet.
ALTER TABLE market.price_ceiling ADD COLUMN permitted_revenue_id uuid;
ALTER TABLE market.price_ceiling ADD CONSTRAINT price_ceiling_permitted_revenue_fk
    FOREIGN KEY (permitted_revenue_id) REFERENCES market.permitted_revenue (id);

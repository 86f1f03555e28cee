-- The rest of what every call must fit: the operator's authorisation, the scenario, the columns a provider granted, the
-- person's consent and the impact assessment. Each is a fact with the people who decided it, and each announces its
-- changes, because the gate reads a copy of it.

-- Agreements -------------------------------------------------------------------------------------------------------

-- 授权期限原则上不超过5年: longer only with the decision that allows it.
ALTER TABLE market.agreement ADD COLUMN exception_citation text;    -- null: no exception was made
ALTER TABLE market.agreement DROP CONSTRAINT agreement_term_at_most_five_years;
ALTER TABLE market.agreement ADD CONSTRAINT agreement_term_at_most_five_years
    CHECK (ends_on <= starts_on + INTERVAL '5 years' OR exception_citation IS NOT NULL);
ALTER TABLE market.agreement ADD CONSTRAINT agreement_exception_cited CHECK (btrim(exception_citation) <> '');

-- Authorisation of the operator ------------------------------------------------------------------------------------

-- 授权: whole (整体), by domain (分领域) or by scenario (依场景). The last two rest on a plan of their own and a decision
-- of the city government (一事一议).
CREATE TABLE market.authorisation (
    id                  uuid        NOT NULL,
    operator_id         uuid        NOT NULL,
    agreement_id        uuid        NOT NULL,
    mode                text        NOT NULL,
    providers           text[]      NOT NULL,        -- of DOMAIN: the providers whose resources are covered
    scenarios           uuid[]      NOT NULL,        -- of SCENARIO: the scenarios covered
    ground              text,                        -- why not whole; null: it is whole
    plan_citation       text,
    government_citation text,
    starts_on           date        NOT NULL,
    ends_on             date        NOT NULL,        -- first day it no longer holds
    entered_by          uuid        NOT NULL,
    entered_at          timestamptz NOT NULL,
    approved_by         uuid,                        -- a person of the bureau; null: not approved yet
    approved_at         timestamptz,
    approval_citation   text,                        -- the minutes (三重一大) it was approved by
    suspended_at        timestamptz,                 -- null: not suspended
    ended_at            timestamptz,                 -- null: runs to its end
    CONSTRAINT authorisation_pk PRIMARY KEY (id),
    CONSTRAINT authorisation_operator_fk FOREIGN KEY (operator_id) REFERENCES market.organisation (id),
    CONSTRAINT authorisation_agreement_fk FOREIGN KEY (agreement_id) REFERENCES market.agreement (id),
    CONSTRAINT authorisation_entered_by_fk FOREIGN KEY (entered_by) REFERENCES market.person (id),
    CONSTRAINT authorisation_approved_by_fk FOREIGN KEY (approved_by) REFERENCES market.person (id),
    CONSTRAINT authorisation_mode_known CHECK (mode IN ('WHOLE', 'DOMAIN', 'SCENARIO')),
    CONSTRAINT authorisation_extent_fits_mode CHECK ((cardinality(providers) > 0) = (mode = 'DOMAIN')
        AND (cardinality(scenarios) > 0) = (mode = 'SCENARIO')),
    CONSTRAINT authorisation_ground_known CHECK (ground IN ('ADDED_VALUE', 'ECONOMY', 'INDUSTRY', 'RESEARCH')),
    CONSTRAINT authorisation_part_has_its_own_plan CHECK ((mode = 'WHOLE') = (ground IS NULL)
        AND (mode = 'WHOLE') = (plan_citation IS NULL) AND (mode = 'WHOLE') = (government_citation IS NULL)),
    CONSTRAINT authorisation_cited CHECK (btrim(plan_citation) <> '' AND btrim(government_citation) <> ''),
    CONSTRAINT authorisation_term_positive CHECK (ends_on > starts_on),
    CONSTRAINT authorisation_approval_whole CHECK ((approved_by IS NULL) = (approved_at IS NULL)
        AND (approved_by IS NULL) = (approval_citation IS NULL)),
    CONSTRAINT authorisation_approved_by_another CHECK (approved_by <> entered_by),
    -- 整体授权: one operator at a time.
    CONSTRAINT authorisation_one_whole_at_a_time EXCLUDE USING gist (daterange(starts_on, ends_on) WITH &&)
        WHERE (mode = 'WHOLE' AND approved_at IS NOT NULL AND ended_at IS NULL)
);
CREATE INDEX authorisation_by_operator ON market.authorisation (operator_id);

-- Scenarios --------------------------------------------------------------------------------------------------------

-- 应用场景 (一场景一审核): what products may be used for, in force once the joint review has passed it.
CREATE TABLE market.scenario (
    id                uuid        NOT NULL,
    code              text        NOT NULL,          -- what a caller may state in Jingshu-Scenario
    name_zh           text        NOT NULL,
    name_en           text        NOT NULL,
    description       text        NOT NULL,
    source            text        NOT NULL,
    stage             text        NOT NULL,
    products          text[]      NOT NULL,
    purposes          text[]      NOT NULL,
    starts_at         timestamptz NOT NULL,
    ends_at           timestamptz NOT NULL,
    entered_by        uuid        NOT NULL,
    entered_at        timestamptz NOT NULL,
    approved_by       uuid,
    approved_at       timestamptz,
    approval_citation text,                          -- the minutes of the joint review
    suspended_at      timestamptz,
    ended_at          timestamptz,
    CONSTRAINT scenario_pk PRIMARY KEY (id),
    CONSTRAINT scenario_code_unique UNIQUE (code),
    CONSTRAINT scenario_code_form CHECK (code ~ '^[a-z][a-z0-9-]{1,63}$'),
    CONSTRAINT scenario_named CHECK (btrim(name_zh) <> '' AND btrim(name_en) <> '' AND btrim(description) <> ''),
    CONSTRAINT scenario_source_known CHECK (source IN ('TOP_DOWN', 'BOTTOM_UP')),
    CONSTRAINT scenario_stage_known CHECK (stage IN ('PILOT', 'STANDARDISED', 'ROLLED_OUT')),
    CONSTRAINT scenario_products_named CHECK (cardinality(products) > 0),
    CONSTRAINT scenario_purposes_known
        CHECK (cardinality(purposes) > 0 AND purposes <@ ARRAY['PUBLIC_INTEREST', 'INDUSTRY']),
    CONSTRAINT scenario_window_positive CHECK (ends_at > starts_at),
    CONSTRAINT scenario_entered_by_fk FOREIGN KEY (entered_by) REFERENCES market.person (id),
    CONSTRAINT scenario_approved_by_fk FOREIGN KEY (approved_by) REFERENCES market.person (id),
    CONSTRAINT scenario_approval_whole CHECK ((approved_by IS NULL) = (approved_at IS NULL)
        AND (approved_by IS NULL) = (approval_citation IS NULL)),
    CONSTRAINT scenario_approved_by_another CHECK (approved_by <> entered_by)
);

-- Every call is bound to one scenario, that of its subscription's approved use.
ALTER TABLE market.authorised_use ADD COLUMN scenario_id uuid;       -- null: approved before scenarios were kept; refused
ALTER TABLE market.authorised_use ADD COLUMN districts text[] NOT NULL DEFAULT '{}';   -- empty: the whole city
ALTER TABLE market.authorised_use ADD CONSTRAINT authorised_use_scenario_fk
    FOREIGN KEY (scenario_id) REFERENCES market.scenario (id);

-- Provider grants, column by column --------------------------------------------------------------------------------

-- Grants given before this were given for the resource as a whole, which '*' says.
ALTER TABLE market.provider_grant ADD COLUMN columns text[] NOT NULL DEFAULT '{*}';
ALTER TABLE market.provider_grant ALTER COLUMN columns DROP DEFAULT;
ALTER TABLE market.provider_grant ADD CONSTRAINT provider_grant_columns_named CHECK (cardinality(columns) > 0);
ALTER TABLE market.provider_grant ADD COLUMN withdrawn_at timestamptz;               -- null: not withdrawn

-- Impact assessments -----------------------------------------------------------------------------------------------

-- 个人信息保护影响评估, PIPL 55 and 56: before anything about a person is answered; kept for at least three years.
CREATE TABLE market.impact_assessment (
    id                uuid        NOT NULL,
    product_code      text        NOT NULL,
    purposes          text[]      NOT NULL,
    report            text        NOT NULL,          -- number of the report
    conclusion        text        NOT NULL,
    starts_at         timestamptz NOT NULL,
    ends_at           timestamptz NOT NULL,
    entered_by        uuid        NOT NULL,
    entered_at        timestamptz NOT NULL,
    approved_by       uuid,
    approved_at       timestamptz,
    approval_citation text,
    suspended_at      timestamptz,
    ended_at          timestamptz,
    CONSTRAINT impact_assessment_pk PRIMARY KEY (id),
    CONSTRAINT impact_assessment_purposes_known
        CHECK (cardinality(purposes) > 0 AND purposes <@ ARRAY['PUBLIC_INTEREST', 'INDUSTRY']),
    CONSTRAINT impact_assessment_reported CHECK (btrim(report) <> '' AND btrim(conclusion) <> ''),
    CONSTRAINT impact_assessment_window_positive CHECK (ends_at > starts_at),
    CONSTRAINT impact_assessment_entered_by_fk FOREIGN KEY (entered_by) REFERENCES market.person (id),
    CONSTRAINT impact_assessment_approved_by_fk FOREIGN KEY (approved_by) REFERENCES market.person (id),
    CONSTRAINT impact_assessment_approval_whole CHECK ((approved_by IS NULL) = (approved_at IS NULL)
        AND (approved_by IS NULL) = (approval_citation IS NULL)),
    CONSTRAINT impact_assessment_approved_by_another CHECK (approved_by <> entered_by)
);
CREATE TRIGGER impact_assessment_kept BEFORE DELETE OR TRUNCATE ON market.impact_assessment
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- Consents ---------------------------------------------------------------------------------------------------------

-- 单独同意, PIPL 23 and 29: one person, one recipient, one scenario and purpose, one product. The person is a keyed
-- token; who holds only the database cannot tell who it is.
CREATE TABLE market.consent (
    id             uuid        NOT NULL,
    subject_token  bytea       NOT NULL,             -- HMAC-SHA-256 of the person's identifier
    recipient_id   uuid        NOT NULL,
    scenario_id    uuid        NOT NULL,
    purpose        text        NOT NULL,
    product_code   text        NOT NULL,
    operations     text[]      NOT NULL,             -- empty: every operation of the product
    notice_version text        NOT NULL,             -- which notice (PIPL 17, 30) the person was given
    evidence       text        NOT NULL,             -- number or digest of what the person signed
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    recorded_by    uuid        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    withdrawn_at   timestamptz,                      -- null: not withdrawn
    withdrawn_by   uuid,                             -- who entered the withdrawal
    CONSTRAINT consent_pk PRIMARY KEY (id),
    CONSTRAINT consent_token_size CHECK (octet_length(subject_token) = 32),
    CONSTRAINT consent_recipient_fk FOREIGN KEY (recipient_id) REFERENCES market.organisation (id),
    CONSTRAINT consent_scenario_fk FOREIGN KEY (scenario_id) REFERENCES market.scenario (id),
    CONSTRAINT consent_purpose_known CHECK (purpose IN ('PUBLIC_INTEREST', 'INDUSTRY')),
    CONSTRAINT consent_evident CHECK (btrim(notice_version) <> '' AND btrim(evidence) <> ''),
    CONSTRAINT consent_window_positive CHECK (ends_at > starts_at),
    CONSTRAINT consent_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES market.person (id),
    CONSTRAINT consent_withdrawn_by_fk FOREIGN KEY (withdrawn_by) REFERENCES market.person (id),
    CONSTRAINT consent_withdrawal_whole CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX consent_by_recipient ON market.consent (recipient_id, id);
CREATE TRIGGER consent_kept BEFORE DELETE OR TRUNCATE ON market.consent
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- What a person agreed to is never widened afterwards, and a withdrawal is never taken back: a new consent is a new row.
CREATE FUNCTION market.refuse_rewriting_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL
            OR ROW(NEW.id, NEW.subject_token, NEW.recipient_id, NEW.scenario_id, NEW.purpose, NEW.product_code,
                   NEW.operations, NEW.notice_version, NEW.evidence, NEW.starts_at, NEW.ends_at, NEW.recorded_by,
                   NEW.recorded_at)
               IS DISTINCT FROM
               ROW(OLD.id, OLD.subject_token, OLD.recipient_id, OLD.scenario_id, OLD.purpose, OLD.product_code,
                   OLD.operations, OLD.notice_version, OLD.evidence, OLD.starts_at, OLD.ends_at, OLD.recorded_by,
                   OLD.recorded_at) THEN
        RAISE EXCEPTION 'market.consent can only be withdrawn, once'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'consent_withdrawn_once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER consent_withdrawn_once BEFORE UPDATE ON market.consent
    FOR EACH ROW EXECUTE FUNCTION market.refuse_rewriting_consent();

-- Alerts -----------------------------------------------------------------------------------------------------------

ALTER TABLE market.scope_alert ADD COLUMN decided_by uuid;           -- null: nobody has looked into it yet
ALTER TABLE market.scope_alert ADD COLUMN decided_at timestamptz;
ALTER TABLE market.scope_alert ADD COLUMN reason text;
ALTER TABLE market.scope_alert ADD CONSTRAINT scope_alert_decided_by_fk
    FOREIGN KEY (decided_by) REFERENCES market.person (id);
ALTER TABLE market.scope_alert ADD CONSTRAINT scope_alert_decision_whole CHECK ((status = 'OPEN') = (decided_by IS NULL)
    AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (reason IS NULL));

-- Calls that came in so many kinds at once that a node kept their number alone, one row per hour and rule.
CREATE TABLE market.scope_alert_undetailed (
    window_start timestamptz NOT NULL,
    rule         text        NOT NULL,
    calls        bigint      NOT NULL,
    CONSTRAINT scope_alert_undetailed_pk PRIMARY KEY (window_start, rule),
    CONSTRAINT scope_alert_undetailed_calls_positive CHECK (calls > 0)
);

-- Announcements ----------------------------------------------------------------------------------------------------

-- Consents are many and change one by one: a few are announced by their ids, so that a node reads only these. The text
-- of an announcement is limited to 8,000 bytes; more rows than fit are announced as the table.
CREATE FUNCTION market.announce_consents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids text;
BEGIN
    SELECT CASE WHEN count(*) <= 100 THEN string_agg(CAST(id AS text), ',') END INTO ids FROM changed_rows;
    PERFORM pg_notify('market_changed', 'consent' || coalesce(':' || ids, ''));
    RETURN NULL;
END
$$;
CREATE TRIGGER consent_given AFTER INSERT ON market.consent
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION market.announce_consents();
CREATE TRIGGER consent_changed AFTER UPDATE ON market.consent
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION market.announce_consents();
CREATE TRIGGER authorisation_changed AFTER INSERT OR UPDATE OR DELETE ON market.authorisation
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER scenario_changed AFTER INSERT OR UPDATE OR DELETE ON market.scenario
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER impact_assessment_changed AFTER INSERT OR UPDATE ON market.impact_assessment
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();

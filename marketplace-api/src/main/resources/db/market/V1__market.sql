-- The market's own facts: who takes part, what may be sold, at which price, to whom, and who decided it. The gate reads
-- a copy of these tables on every call, so each of them announces its changes.

CREATE SCHEMA IF NOT EXISTS market;

-- Triggers ---------------------------------------------------------------------------------------------------------

-- Tells every node that something the gate reads has changed. Sent at commit, folded by PostgreSQL per transaction.
CREATE FUNCTION market.announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('market_changed', TG_TABLE_NAME);
    RETURN NULL;
END
$$;

-- History is written once: a later fact is a later row.
CREATE FUNCTION market.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'market.% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$;

-- Parties ----------------------------------------------------------------------------------------------------------

CREATE TABLE market.organisation (
    id           uuid        NOT NULL,
    uscc         text        NOT NULL,               -- unified social credit code, GB 32100
    name_zh      text        NOT NULL,
    name_en      text        NOT NULL,
    kinds        text[]      NOT NULL,
    status       text        NOT NULL,
    verified_by  text,                               -- how the name behind the code was checked; null: not checked
    synthetic    boolean     NOT NULL,               -- true: made up for the demo city
    joined_at    timestamptz NOT NULL,
    CONSTRAINT organisation_pk PRIMARY KEY (id),
    CONSTRAINT organisation_uscc_unique UNIQUE (uscc),
    CONSTRAINT organisation_uscc_form CHECK (uscc ~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$'),
    CONSTRAINT organisation_named CHECK (name_zh <> '' AND name_en <> ''),
    CONSTRAINT organisation_kinds_known CHECK (cardinality(kinds) > 0 AND kinds <@ ARRAY['AUTHORITY', 'OPERATOR',
        'MERCHANT', 'PROVIDER', 'CONSUMER', 'TREASURY', 'PRICE_AUTHORITY']),
    -- The operator and its related parties do not develop what is delivered through it any further.
    CONSTRAINT organisation_operator_is_no_merchant CHECK (NOT kinds @> ARRAY['OPERATOR', 'MERCHANT']),
    CONSTRAINT organisation_status_known CHECK (status IN ('ACTIVE', 'SUSPENDED')),
    CONSTRAINT organisation_verified_by_known CHECK (verified_by IN ('CHECK_DIGITS', 'DOCUMENT', 'REGISTER'))
);

CREATE TABLE market.person (
    id              uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    sign_in_name    text        NOT NULL,            -- lower case
    display_name    text        NOT NULL,
    password_hash   text        NOT NULL,            -- Argon2id, PHC string
    roles           text[]      NOT NULL,
    created_at      timestamptz NOT NULL,
    CONSTRAINT person_pk PRIMARY KEY (id),
    CONSTRAINT person_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT person_sign_in_name_unique UNIQUE (sign_in_name),
    CONSTRAINT person_sign_in_name_lower CHECK (sign_in_name = lower(sign_in_name) AND sign_in_name <> ''),
    CONSTRAINT person_password_is_argon2id CHECK (password_hash LIKE '$argon2id$%'),
    CONSTRAINT person_roles_known CHECK (roles <@ ARRAY['OWNER', 'DEVELOPER', 'REGULATOR', 'PRICE_OFFICER',
        'TREASURY_OFFICER', 'OPERATIONS', 'PROVIDER_OFFICER', 'MERCHANT_OFFICER', 'AUDITOR']),
    CONSTRAINT person_auditor_does_not_operate CHECK (NOT roles @> ARRAY['OPERATIONS', 'AUDITOR'])
);
CREATE INDEX person_by_organisation ON market.person (organisation_id);

-- Failed sign-ins by name, whether or not a person of that name exists, so a lock tells nobody which names exist.
CREATE TABLE market.sign_in_attempt (
    name_hash    bytea       NOT NULL,               -- SHA-256 of the lower-case name
    failures     integer     NOT NULL,
    last_at      timestamptz NOT NULL,
    locked_until timestamptz,                        -- null: not locked
    CONSTRAINT sign_in_attempt_pk PRIMARY KEY (name_hash),
    CONSTRAINT sign_in_attempt_hash_size CHECK (octet_length(name_hash) = 32),
    CONSTRAINT sign_in_attempt_failures_counted CHECK (failures >= 0)
);

CREATE TABLE market.session (
    token_hash bytea       NOT NULL,                 -- SHA-256 of the cookie's value
    person_id  uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT session_pk PRIMARY KEY (token_hash),
    CONSTRAINT session_person_fk FOREIGN KEY (person_id) REFERENCES market.person (id),
    CONSTRAINT session_hash_size CHECK (octet_length(token_hash) = 32),
    CONSTRAINT session_ends CHECK (expires_at > created_at)
);
CREATE INDEX session_by_person ON market.session (person_id);
CREATE INDEX session_by_expiry ON market.session (expires_at);

-- Governance -------------------------------------------------------------------------------------------------------

-- 授权运营协议 and the merchant's agreement with the operator.
CREATE TABLE market.agreement (
    id              uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    kind            text        NOT NULL,
    starts_on       date        NOT NULL,
    ends_on         date        NOT NULL,            -- first day it no longer holds
    citation        text        NOT NULL,
    signed_at       timestamptz NOT NULL,
    terminated_at   timestamptz,                     -- null: runs to its end
    CONSTRAINT agreement_pk PRIMARY KEY (id),
    CONSTRAINT agreement_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT agreement_kind_known CHECK (kind IN ('OPERATOR', 'MERCHANT')),
    CONSTRAINT agreement_term_positive CHECK (ends_on > starts_on),
    CONSTRAINT agreement_term_at_most_five_years CHECK (ends_on <= starts_on + INTERVAL '5 years'),
    CONSTRAINT agreement_cited CHECK (citation <> '')
);
CREATE INDEX agreement_by_organisation ON market.agreement (organisation_id);

-- A number of policy with the day it begins to hold; never a constant in code.
CREATE TABLE market.policy_parameter (
    name           text        NOT NULL,
    effective_from timestamptz NOT NULL,
    value          text        NOT NULL,
    citation       text        NOT NULL,
    CONSTRAINT policy_parameter_pk PRIMARY KEY (name, effective_from),
    CONSTRAINT policy_parameter_cited CHECK (citation <> '')
);
CREATE TRIGGER policy_parameter_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.policy_parameter
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE TABLE market.audit_log (
    sequence     bigint      GENERATED ALWAYS AS IDENTITY,
    at           timestamptz NOT NULL,
    actor_id     uuid,                               -- the person who decided; null: a rule or the installation itself
    action       text        NOT NULL,
    subject_kind text        NOT NULL,
    subject_id   text        NOT NULL,
    detail       jsonb       NOT NULL,
    CONSTRAINT audit_log_pk PRIMARY KEY (sequence),
    CONSTRAINT audit_log_actor_fk FOREIGN KEY (actor_id) REFERENCES market.person (id)
);
CREATE INDEX audit_log_by_subject ON market.audit_log (subject_kind, subject_id, sequence);
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- Catalogue --------------------------------------------------------------------------------------------------------

CREATE TABLE market.data_provider (
    code            text NOT NULL,                   -- A2.8
    name_zh         text NOT NULL,
    name_en         text NOT NULL,
    organisation_id uuid,                            -- null: has not joined the market yet
    CONSTRAINT data_provider_pk PRIMARY KEY (code),
    CONSTRAINT data_provider_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id)
);

CREATE TABLE market.data_resource (
    id            text    NOT NULL,                  -- A2.8.4
    ordinal       integer NOT NULL,
    provider_code text    NOT NULL,
    name_zh       text    NOT NULL,
    name_en       text    NOT NULL,
    update_cycle  text    NOT NULL,
    kind          text    NOT NULL,
    note          text,                              -- null: nothing particular to observe
    blocked_by    text,                              -- the provision that forbids supplying it; null: may be granted
    CONSTRAINT data_resource_pk PRIMARY KEY (id),
    CONSTRAINT data_resource_ordinal_unique UNIQUE (ordinal),
    CONSTRAINT data_resource_provider_fk FOREIGN KEY (provider_code) REFERENCES market.data_provider (code),
    CONSTRAINT data_resource_update_known CHECK (update_cycle IN ('PERIODIC', 'REAL_TIME')),
    CONSTRAINT data_resource_kind_known CHECK (kind IN ('LEGAL', 'LEGAL_AND_PERSONAL', 'THING', 'PERSONAL',
        'SENSITIVE_PERSONAL', 'TREATED_AS_SENSITIVE', 'BLOCKED')),
    CONSTRAINT data_resource_block_cited CHECK ((kind = 'BLOCKED') = (blocked_by IS NOT NULL))
);

-- 产品登记备案: what may be offered, since when, until when, approved by whom.
CREATE TABLE market.registration (
    id                uuid        NOT NULL,
    product_code      text        NOT NULL,
    product_version   integer     NOT NULL,
    name_zh           text        NOT NULL,
    name_en           text        NOT NULL,
    registration_code text        NOT NULL,
    valid_from        timestamptz NOT NULL,
    valid_to          timestamptz NOT NULL,
    operator_id       uuid        NOT NULL,
    merchant_id       uuid        NOT NULL,
    status            text        NOT NULL,
    registered_by     uuid,                          -- null: by the installation
    registered_at     timestamptz NOT NULL,
    approved_by       uuid,                          -- a person of the bureau; null: not approved yet
    approved_at       timestamptz,
    CONSTRAINT registration_pk PRIMARY KEY (id),
    CONSTRAINT registration_product_unique UNIQUE (product_code, product_version),
    CONSTRAINT registration_code_unique UNIQUE (registration_code),
    CONSTRAINT registration_product_form CHECK (product_code ~ '^[a-z][a-z0-9-]{1,39}$' AND product_version > 0),
    CONSTRAINT registration_operator_fk FOREIGN KEY (operator_id) REFERENCES market.organisation (id),
    CONSTRAINT registration_merchant_fk FOREIGN KEY (merchant_id) REFERENCES market.organisation (id),
    CONSTRAINT registration_registered_by_fk FOREIGN KEY (registered_by) REFERENCES market.person (id),
    CONSTRAINT registration_approved_by_fk FOREIGN KEY (approved_by) REFERENCES market.person (id),
    CONSTRAINT registration_status_known CHECK (status IN ('REGISTERED', 'SUSPENDED', 'CANCELLED')),
    CONSTRAINT registration_valid_for_at_most_three_years
        CHECK (valid_to > valid_from AND valid_to <= valid_from + INTERVAL '3 years'),
    CONSTRAINT registration_approval_whole CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT registration_approved_by_another CHECK (approved_by <> registered_by)
);

-- Which resources a product version is built from: it lives only while each of them is granted to it.
CREATE TABLE market.registration_resource (
    registration_id uuid NOT NULL,
    resource_id     text NOT NULL,
    CONSTRAINT registration_resource_pk PRIMARY KEY (registration_id, resource_id),
    CONSTRAINT registration_resource_registration_fk FOREIGN KEY (registration_id) REFERENCES market.registration (id),
    CONSTRAINT registration_resource_resource_fk FOREIGN KEY (resource_id) REFERENCES market.data_resource (id)
);

CREATE TABLE market.provider_grant (
    id           uuid        NOT NULL,
    resource_id  text        NOT NULL,
    product_code text        NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    granted_by   uuid        NOT NULL,
    granted_at   timestamptz NOT NULL,
    suspended_at timestamptz,                        -- null: in force
    CONSTRAINT provider_grant_pk PRIMARY KEY (id),
    CONSTRAINT provider_grant_resource_fk FOREIGN KEY (resource_id) REFERENCES market.data_resource (id),
    CONSTRAINT provider_grant_granted_by_fk FOREIGN KEY (granted_by) REFERENCES market.person (id),
    CONSTRAINT provider_grant_window_positive CHECK (ends_at > starts_at)
);
CREATE INDEX provider_grant_by_product ON market.provider_grant (product_code, resource_id);

-- What the law blocks can never be granted; a grant given before the block stays as history and opens nothing.
CREATE FUNCTION market.refuse_blocked_grant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    law text;
BEGIN
    SELECT blocked_by INTO law FROM market.data_resource WHERE id = NEW.resource_id;
    IF law IS NOT NULL THEN
        RAISE EXCEPTION 'resource % is blocked by law: %', NEW.resource_id, law
            USING ERRCODE = 'check_violation', CONSTRAINT = 'provider_grant_not_blocked_by_law';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER provider_grant_not_blocked BEFORE INSERT ON market.provider_grant
    FOR EACH ROW EXECUTE FUNCTION market.refuse_blocked_grant();

-- Prices -----------------------------------------------------------------------------------------------------------

-- 上限收费标准, per product and operation ('*': every operation without a ceiling of its own).
CREATE TABLE market.price_ceiling (
    id             uuid           NOT NULL,
    product_code   text           NOT NULL,
    operation      text           NOT NULL,
    fen_per_unit   numeric(18, 6) NOT NULL,
    effective_from timestamptz    NOT NULL,
    citation       text           NOT NULL,
    set_by         uuid           NOT NULL,
    set_at         timestamptz    NOT NULL,
    CONSTRAINT price_ceiling_pk PRIMARY KEY (id),
    CONSTRAINT price_ceiling_dated UNIQUE (product_code, operation, effective_from),
    CONSTRAINT price_ceiling_not_negative CHECK (fen_per_unit >= 0),
    CONSTRAINT price_ceiling_cited CHECK (btrim(citation) <> ''),
    CONSTRAINT price_ceiling_set_by_fk FOREIGN KEY (set_by) REFERENCES market.person (id)
);
CREATE TRIGGER price_ceiling_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.price_ceiling
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- 具体收费标准, per product, operation and purpose.
CREATE TABLE market.tariff (
    id             uuid           NOT NULL,
    product_code   text           NOT NULL,
    operation      text           NOT NULL,
    purpose        text           NOT NULL,
    kind           text           NOT NULL,
    fen_per_unit   numeric(18, 6),                   -- null: the kind has no unit price
    effective_from timestamptz    NOT NULL,
    published_at   timestamptz    NOT NULL,
    proposed_by    uuid           NOT NULL,
    signed_by      uuid           NOT NULL,
    CONSTRAINT tariff_pk PRIMARY KEY (id),
    CONSTRAINT tariff_dated UNIQUE (product_code, operation, purpose, effective_from),
    CONSTRAINT tariff_purpose_known CHECK (purpose IN ('PUBLIC_INTEREST', 'INDUSTRY')),
    CONSTRAINT tariff_kind_known CHECK (kind IN ('FREE', 'PER_UNIT')),
    CONSTRAINT tariff_price_fits_kind CHECK ((kind = 'PER_UNIT') = (fen_per_unit IS NOT NULL)),
    CONSTRAINT tariff_price_not_negative CHECK (fen_per_unit >= 0),
    CONSTRAINT tariff_public_interest_is_free CHECK (purpose <> 'PUBLIC_INTEREST' OR kind = 'FREE'),
    CONSTRAINT tariff_published_before_it_applies CHECK (published_at <= effective_from),
    CONSTRAINT tariff_signed_by_two CHECK (proposed_by <> signed_by),
    CONSTRAINT tariff_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT tariff_signed_by_fk FOREIGN KEY (signed_by) REFERENCES market.person (id)
);
CREATE TRIGGER tariff_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.tariff
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- The ceiling that holds for one operation at one moment: its own before the product's; null: there is none.
CREATE FUNCTION market.ceiling_at(product text, op text, moment timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT c.fen_per_unit
      FROM market.price_ceiling c
     WHERE c.product_code = product AND c.operation IN (op, '*') AND c.effective_from <= moment
     ORDER BY (c.operation = op) DESC, c.effective_from DESC
     LIMIT 1
$$;

CREATE FUNCTION market.refuse_price_above_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.fen_per_unit IS NOT NULL
            AND NEW.fen_per_unit > coalesce(market.ceiling_at(NEW.product_code, NEW.operation, NEW.effective_from), -1) THEN
        RAISE EXCEPTION 'price % fen of %/% has no ceiling at or above it', NEW.fen_per_unit, NEW.product_code, NEW.operation
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tariff_within_ceiling';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tariff_within_ceiling BEFORE INSERT ON market.tariff
    FOR EACH ROW EXECUTE FUNCTION market.refuse_price_above_ceiling();

-- 套餐: quota and rate limit for one product and purpose; what it costs is the tariff of that product and purpose.
CREATE TABLE market.plan (
    id                  uuid        NOT NULL,
    code                text        NOT NULL,
    product_code        text        NOT NULL,
    product_version     integer     NOT NULL,
    purpose             text        NOT NULL,
    name_zh             text        NOT NULL,
    name_en             text        NOT NULL,
    monthly_quota_units bigint      NOT NULL,
    rate_capacity       bigint      NOT NULL,
    rate_period_millis  bigint      NOT NULL,
    effective_from      timestamptz NOT NULL,
    published_at        timestamptz NOT NULL,
    withdrawn_at        timestamptz,                 -- null: still offered; subscriptions outlive the withdrawal
    CONSTRAINT plan_pk PRIMARY KEY (id),
    CONSTRAINT plan_code_unique UNIQUE (code),
    CONSTRAINT plan_registration_fk FOREIGN KEY (product_code, product_version)
        REFERENCES market.registration (product_code, product_version),
    CONSTRAINT plan_purpose_known CHECK (purpose IN ('PUBLIC_INTEREST', 'INDUSTRY')),
    CONSTRAINT plan_quota_positive CHECK (monthly_quota_units > 0),
    CONSTRAINT plan_rate_can_be_kept CHECK (rate_capacity BETWEEN 1 AND 1000000000
        AND rate_period_millis BETWEEN 1 AND 2678400000 AND rate_capacity <= rate_period_millis * 1000000),
    CONSTRAINT plan_published_before_it_applies CHECK (published_at <= effective_from)
);

-- Subscriptions and keys -------------------------------------------------------------------------------------------

CREATE TABLE market.subscription (
    id              uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    plan_id         uuid        NOT NULL,
    purpose         text        NOT NULL,
    statement       text        NOT NULL,            -- what the data are for, in the applicant's words
    status          text        NOT NULL,
    applied_by      uuid        NOT NULL,
    applied_at      timestamptz NOT NULL,
    CONSTRAINT subscription_pk PRIMARY KEY (id),
    CONSTRAINT subscription_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT subscription_plan_fk FOREIGN KEY (plan_id) REFERENCES market.plan (id),
    CONSTRAINT subscription_applied_by_fk FOREIGN KEY (applied_by) REFERENCES market.person (id),
    CONSTRAINT subscription_purpose_known CHECK (purpose IN ('PUBLIC_INTEREST', 'INDUSTRY')),
    CONSTRAINT subscription_status_known CHECK (status IN ('PENDING', 'ACTIVE', 'REFUSED', 'SUSPENDED', 'ENDED')),
    CONSTRAINT subscription_purpose_stated CHECK (btrim(statement) <> '')
);
CREATE UNIQUE INDEX subscription_one_open_per_plan ON market.subscription (organisation_id, plan_id)
    WHERE status IN ('PENDING', 'ACTIVE', 'SUSPENDED');

-- The approved use of a subscription (一场景一审核): purpose, operations and window. No row: nothing is approved.
CREATE TABLE market.authorised_use (
    id               uuid        NOT NULL,
    subscription_id  uuid        NOT NULL,
    purpose          text        NOT NULL,
    operations       text[]      NOT NULL,           -- empty: every operation of the plan's product
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    approved_by      uuid,                           -- null: approved by the rule named beside it
    approved_by_rule text,
    approved_at      timestamptz NOT NULL,
    CONSTRAINT authorised_use_pk PRIMARY KEY (id),
    CONSTRAINT authorised_use_one_per_subscription UNIQUE (subscription_id),
    CONSTRAINT authorised_use_subscription_fk FOREIGN KEY (subscription_id) REFERENCES market.subscription (id),
    CONSTRAINT authorised_use_approved_by_fk FOREIGN KEY (approved_by) REFERENCES market.person (id),
    CONSTRAINT authorised_use_purpose_known CHECK (purpose IN ('PUBLIC_INTEREST', 'INDUSTRY')),
    CONSTRAINT authorised_use_window_positive CHECK (ends_at > starts_at),
    CONSTRAINT authorised_use_has_one_approver CHECK ((approved_by IS NULL) <> (approved_by_rule IS NULL)),
    CONSTRAINT authorised_use_public_interest_approved_by_a_person
        CHECK (purpose <> 'PUBLIC_INTEREST' OR approved_by IS NOT NULL)
);

CREATE TABLE market.api_key (
    id              uuid        NOT NULL,
    subscription_id uuid        NOT NULL,
    sandbox         boolean     NOT NULL,
    hash            bytea       NOT NULL,            -- HMAC-SHA-256 of the key text; the text is kept nowhere
    last_four       text        NOT NULL,
    slot            smallint    NOT NULL,            -- one of the two places a subscription has for keys of one kind
    created_by      uuid,                            -- null: by the installation
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,                     -- null: until revoked
    revoked_at      timestamptz,                     -- null: not revoked
    retired_at      timestamptz,                     -- when the slot was freed, by revocation or after expiry
    CONSTRAINT api_key_pk PRIMARY KEY (id),
    CONSTRAINT api_key_hash_unique UNIQUE (hash),
    CONSTRAINT api_key_hash_size CHECK (octet_length(hash) = 32),
    CONSTRAINT api_key_last_four_form CHECK (last_four ~ '^[0-9A-Za-z]{4}$'),
    CONSTRAINT api_key_two_slots CHECK (slot IN (1, 2)),
    CONSTRAINT api_key_revoked_is_retired CHECK (revoked_at IS NULL OR retired_at IS NOT NULL),
    CONSTRAINT api_key_subscription_fk FOREIGN KEY (subscription_id) REFERENCES market.subscription (id),
    CONSTRAINT api_key_created_by_fk FOREIGN KEY (created_by) REFERENCES market.person (id)
);
CREATE UNIQUE INDEX api_key_two_live_per_subscription ON market.api_key (subscription_id, sandbox, slot)
    WHERE retired_at IS NULL;

-- 超授权调用: refused calls outside an authorised scope, one row per hour, party and rule.
CREATE TABLE market.scope_alert (
    id              uuid        NOT NULL,
    window_start    timestamptz NOT NULL,            -- the hour
    organisation_id uuid        NOT NULL,
    subscription_id uuid        NOT NULL,
    product_code    text        NOT NULL,
    operation       text        NOT NULL,
    rule            text        NOT NULL,            -- the refusal's code
    calls           bigint      NOT NULL,
    first_at        timestamptz NOT NULL,
    last_at         timestamptz NOT NULL,
    status          text        NOT NULL,
    CONSTRAINT scope_alert_pk PRIMARY KEY (id),
    CONSTRAINT scope_alert_aggregated UNIQUE (window_start, subscription_id, product_code, operation, rule),
    CONSTRAINT scope_alert_calls_positive CHECK (calls > 0),
    CONSTRAINT scope_alert_status_known CHECK (status IN ('OPEN', 'VERIFIED', 'DISMISSED')),
    CONSTRAINT scope_alert_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT scope_alert_subscription_fk FOREIGN KEY (subscription_id) REFERENCES market.subscription (id)
);

-- Announcements ----------------------------------------------------------------------------------------------------

CREATE TRIGGER organisation_changed AFTER INSERT OR UPDATE OR DELETE ON market.organisation
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER agreement_changed AFTER INSERT OR UPDATE OR DELETE ON market.agreement
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER data_resource_changed AFTER INSERT OR UPDATE OR DELETE ON market.data_resource
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER registration_changed AFTER INSERT OR UPDATE OR DELETE ON market.registration
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER registration_resource_changed AFTER INSERT OR UPDATE OR DELETE ON market.registration_resource
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER provider_grant_changed AFTER INSERT OR UPDATE OR DELETE ON market.provider_grant
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER price_ceiling_changed AFTER INSERT ON market.price_ceiling
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER tariff_changed AFTER INSERT ON market.tariff
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER plan_changed AFTER INSERT OR UPDATE OR DELETE ON market.plan
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER subscription_changed AFTER INSERT OR UPDATE OR DELETE ON market.subscription
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER authorised_use_changed AFTER INSERT OR UPDATE OR DELETE ON market.authorised_use
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER api_key_changed AFTER INSERT OR UPDATE OR DELETE ON market.api_key
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();

-- Policy numbers known today ---------------------------------------------------------------------------------------

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('price.deviation', TIMESTAMPTZ '2025-03-01 00:00+08', '0.10', '发改价格〔2025〕65号:偏离10%以内调整具体收费标准,超过10%调整上限收费标准'),
    ('price.review-years', TIMESTAMPTZ '2025-03-01 00:00+08', '3', '发改价格〔2025〕65号:评估周期原则上不超过3年'),
    ('price.margin-points', TIMESTAMPTZ '2025-03-01 00:00+08', '0.06', '发改价格〔2025〕65号:准许利润率不超过10年期国债平均收益率加6个百分点'),
    ('registration.valid-years', TIMESTAMPTZ '2025-03-01 00:00+08', '3', '发改数据规〔2025〕26号:登记结果有效期3年'),
    ('agreement.max-years', TIMESTAMPTZ '2025-03-01 00:00+08', '5', '发改数据规〔2025〕27号:授权运营期限原则上最长不超过5年');

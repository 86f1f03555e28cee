-- A consumer has one account: what it owes and what it has paid ahead, movement by movement, and a statement a month
-- that says so and never changes. The books hold the same amounts as accounts 1122 and 2203.

-- Terms an account runs under, and the limit its consumer sets itself. No row: postpaid, no limit agreed.
CREATE TABLE market.consumer_account (
    organisation_id  uuid        NOT NULL,
    credit_limit_fen bigint,                         -- most that may be owed, unbilled use included; 0: prepaid; null: no limit
    terms_set_by     uuid,                           -- null: never set
    terms_set_at     timestamptz,
    budget_fen       bigint,                         -- what the consumer wants to spend a month at most; null: says nothing
    budget_hard      boolean     NOT NULL DEFAULT false,   -- true: paid calls beyond it are refused; false: it only warns
    budget_set_by    uuid,
    budget_set_at    timestamptz,
    CONSTRAINT consumer_account_pk PRIMARY KEY (organisation_id),
    CONSTRAINT consumer_account_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT consumer_account_terms_set_by_fk FOREIGN KEY (terms_set_by) REFERENCES market.person (id),
    CONSTRAINT consumer_account_budget_set_by_fk FOREIGN KEY (budget_set_by) REFERENCES market.person (id),
    CONSTRAINT consumer_account_limit_not_negative CHECK (credit_limit_fen >= 0),
    CONSTRAINT consumer_account_budget_not_negative CHECK (budget_fen >= 0),
    CONSTRAINT consumer_account_hard_needs_budget CHECK (budget_fen IS NOT NULL OR NOT budget_hard)
);

-- What changed an account. owed_fen adds up to the consumer's part of 1122, prepaid_fen to its part of 2203; the id is
-- also that of the journal entry, but for CHARGES, which one entry a line books.
CREATE TABLE market.account_movement (
    organisation_id uuid        NOT NULL,
    number          bigint      NOT NULL,            -- from 1 without gaps, in the order they were made
    id              uuid        NOT NULL,
    kind            text        NOT NULL,
    effective_on    date        NOT NULL,
    period          date,                            -- of CHARGES and SET_OFF: the month that was billed
    owed_fen        bigint      NOT NULL,
    prepaid_fen     bigint      NOT NULL,
    document        text        NOT NULL,            -- bank reference, number of a credit note or of a month
    entered_by      uuid,                            -- null: a rule
    entered_at      timestamptz NOT NULL,
    CONSTRAINT account_movement_pk PRIMARY KEY (organisation_id, number),
    CONSTRAINT account_movement_id_unique UNIQUE (id),
    CONSTRAINT account_movement_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT account_movement_entered_by_fk FOREIGN KEY (entered_by) REFERENCES market.person (id),
    CONSTRAINT account_movement_kind_known CHECK (kind IN ('CHARGES', 'SET_OFF', 'RECEIPT', 'CREDIT_NOTE')),
    CONSTRAINT account_movement_period_named CHECK
        ((kind IN ('CHARGES', 'SET_OFF')) = (period IS NOT NULL) AND extract(day FROM period) = 1),
    CONSTRAINT account_movement_charges_are_owed CHECK (kind <> 'CHARGES' OR prepaid_fen = 0),
    -- 抵扣: what was paid ahead is used for what is owed, or what is owed back is kept for later.
    CONSTRAINT account_movement_set_off_moves_over CHECK (kind <> 'SET_OFF' OR (owed_fen <> 0 AND owed_fen = prepaid_fen)),
    CONSTRAINT account_movement_receipt_lowers_debt CHECK
        (kind NOT IN ('RECEIPT', 'CREDIT_NOTE') OR (owed_fen <= 0 AND prepaid_fen >= 0 AND prepaid_fen > owed_fen)),
    CONSTRAINT account_movement_documented CHECK (btrim(document) <> '')
);
CREATE UNIQUE INDEX account_movement_once_a_month ON market.account_movement (organisation_id, period, kind)
    WHERE period IS NOT NULL;
-- One transfer at the bank is received once.
CREATE UNIQUE INDEX account_movement_one_receipt ON market.account_movement (document) WHERE kind = 'RECEIPT';
CREATE TRIGGER account_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.account_movement
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- 账单: what a consumer was told for a month. content is all of it; page, PDF, CSV and JSON are made of it.
CREATE TABLE market.statement (
    id              uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    period          date        NOT NULL,
    year            integer     NOT NULL,
    number          integer     NOT NULL,            -- of the consumer's statements of that year, from 1 without gaps
    issued_at       timestamptz NOT NULL,
    due_on          date        NOT NULL,
    opening_fen     bigint      NOT NULL,            -- owed less paid ahead, before
    charges_fen     bigint      NOT NULL,            -- of this month, tax included
    vat_fen         bigint      NOT NULL,            -- the tax inside charges_fen
    closing_fen     bigint      NOT NULL,            -- owed less paid ahead, with everything on it
    last_movement   bigint      NOT NULL,            -- the last movement on it; 0: none yet
    content         text        NOT NULL,
    sha256          bytea       NOT NULL,
    CONSTRAINT statement_pk PRIMARY KEY (id),
    CONSTRAINT statement_once UNIQUE (organisation_id, period),
    CONSTRAINT statement_number_unique UNIQUE (organisation_id, year, number),
    CONSTRAINT statement_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT statement_period_fk FOREIGN KEY (period) REFERENCES market.billing_period (period),
    CONSTRAINT statement_of_its_year CHECK (year = extract(year FROM period)),
    CONSTRAINT statement_json CHECK (CAST(content AS json) IS NOT NULL),
    CONSTRAINT statement_digest CHECK (sha256 = sha256(convert_to(content, 'UTF8')))
);
CREATE INDEX statement_by_period ON market.statement (period);
CREATE TRIGGER statement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.statement
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- Numbers follow each other: whoever leaves one out, or begins anew, is refused.
CREATE FUNCTION market.number_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> 1 + coalesce((SELECT max(s.number) FROM market.statement s
            WHERE s.organisation_id = NEW.organisation_id AND s.year = NEW.year), 0) THEN
        RAISE EXCEPTION 'statement % of % does not follow the one before', NEW.number, NEW.year
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'statement_numbered_without_gap';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER statement_numbered_without_gap BEFORE INSERT ON market.statement
    FOR EACH ROW EXECUTE FUNCTION market.number_statement();

CREATE FUNCTION market.number_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> 1 + coalesce((SELECT max(m.number) FROM market.account_movement m
            WHERE m.organisation_id = NEW.organisation_id), 0) THEN
        RAISE EXCEPTION 'movement % does not follow the one before', NEW.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'account_movement_numbered_without_gap';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER account_movement_numbered_without_gap BEFORE INSERT ON market.account_movement
    FOR EACH ROW EXECUTE FUNCTION market.number_movement();

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('billing.payment-days', TIMESTAMPTZ '2026-01-01 00:00+08', '15',
     '运营机构收费规则(自定,非法定期限):账单出具之日起15日内支付');

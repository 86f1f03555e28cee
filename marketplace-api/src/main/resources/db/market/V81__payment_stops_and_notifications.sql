-- Paid calls of a consumer may be stopped: by its own budget, by its credit, or because it does not pay. The gate reads the
-- stops with everything else it needs; free use in the public interest is never stopped.

CREATE TABLE market.payment_stop (
    organisation_id uuid        NOT NULL,
    reason          text        NOT NULL,
    since           timestamptz NOT NULL,
    until           timestamptz,                     -- first moment it no longer holds; null: until it is lifted
    CONSTRAINT payment_stop_pk PRIMARY KEY (organisation_id, reason),
    CONSTRAINT payment_stop_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT payment_stop_reason_known CHECK (reason IN ('OVERDUE', 'PREPAID_USED_UP', 'CREDIT_USED_UP', 'BUDGET_USED_UP')),
    CONSTRAINT payment_stop_term_positive CHECK (until > since)
);
CREATE TRIGGER payment_stop_changed AFTER INSERT OR UPDATE OR DELETE ON market.payment_stop
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();

-- What a consumer was told and when; shown on its pages and to the operator. Nothing is sent from here.
CREATE TABLE market.notification (
    id              uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    kind            text        NOT NULL,
    about           text        NOT NULL,            -- number of a statement or credit note, or a month
    amount_fen      bigint,                          -- null: it is about no amount
    at              timestamptz NOT NULL,
    CONSTRAINT notification_pk PRIMARY KEY (id),
    CONSTRAINT notification_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT notification_kind_known CHECK (kind IN ('STATEMENT_ISSUED', 'DUE', 'REMINDER', 'FINAL_NOTICE', 'SUSPENDED',
        'REINSTATED', 'SETTLED', 'BUDGET_80', 'BUDGET_100', 'BUDGET_STOPPED', 'CREDIT_STOPPED', 'CREDIT_NOTE')),
    CONSTRAINT notification_about_something CHECK (btrim(about) <> '')
);
CREATE INDEX notification_by_organisation ON market.notification (organisation_id, at, id);
CREATE TRIGGER notification_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.notification
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- A consumer that leaves gets back what it paid ahead: set aside when it is approved, so that it can be spent no more, and paid when the bank says so.

ALTER TABLE market.account_movement DROP CONSTRAINT account_movement_kind_known;
ALTER TABLE market.account_movement ADD CONSTRAINT account_movement_kind_known
    CHECK (kind IN ('CHARGES', 'SET_OFF', 'RECEIPT', 'CREDIT_NOTE', 'PAY_BACK', 'PAY_BACK_ENDED'));
ALTER TABLE market.account_movement ADD CONSTRAINT account_movement_pay_back_of_prepayments CHECK
    ((kind <> 'PAY_BACK' OR (owed_fen = 0 AND prepaid_fen < 0)) AND (kind <> 'PAY_BACK_ENDED' OR (owed_fen = 0 AND prepaid_fen > 0)));

CREATE TABLE market.pay_back (
    id              uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    amount_fen      bigint      NOT NULL,
    payee_name      text        NOT NULL,            -- the consumer's own registered name
    payee_bank      text        NOT NULL,
    payee_account   text        NOT NULL,
    reference       text        NOT NULL,            -- written into the transfer's text, by which the bank's line is known
    reason          text        NOT NULL,
    alone_limit_fen bigint      NOT NULL,            -- up to this amount one person may ask and approve; as it was when it was asked for
    status          text        NOT NULL,
    requested_by    uuid        NOT NULL,
    requested_at    timestamptz NOT NULL,
    approved_by     uuid,
    approved_at     timestamptz,
    sent_by         uuid,
    sent_at         timestamptz,
    bank_reference  text,                            -- the bank's own, when it was given one
    ended_at        timestamptz,
    ground          text,                            -- why it was returned or cancelled
    CONSTRAINT pay_back_pk PRIMARY KEY (id),
    CONSTRAINT pay_back_reference_unique UNIQUE (reference),
    CONSTRAINT pay_back_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT pay_back_requested_by_fk FOREIGN KEY (requested_by) REFERENCES market.person (id),
    CONSTRAINT pay_back_approved_by_fk FOREIGN KEY (approved_by) REFERENCES market.person (id),
    CONSTRAINT pay_back_sent_by_fk FOREIGN KEY (sent_by) REFERENCES market.person (id),
    CONSTRAINT pay_back_positive CHECK (amount_fen > 0 AND alone_limit_fen >= 0),
    CONSTRAINT pay_back_said CHECK (btrim(payee_name) <> '' AND btrim(payee_bank) <> '' AND btrim(payee_account) <> '' AND btrim(reason) <> ''),
    CONSTRAINT pay_back_status_known CHECK (status IN ('REQUESTED', 'APPROVED', 'SENT', 'PAID', 'RETURNED', 'CANCELLED')),
    CONSTRAINT pay_back_four_eyes CHECK (amount_fen <= alone_limit_fen OR approved_by <> requested_by),
    CONSTRAINT pay_back_steps CHECK ((approved_by IS NULL) = (approved_at IS NULL) AND (sent_by IS NULL) = (sent_at IS NULL)
        AND (status NOT IN ('APPROVED', 'SENT', 'PAID', 'RETURNED') OR approved_by IS NOT NULL)
        AND (status NOT IN ('SENT', 'PAID', 'RETURNED') OR sent_by IS NOT NULL)
        AND (status IN ('PAID', 'RETURNED', 'CANCELLED')) = (ended_at IS NOT NULL)
        AND (status NOT IN ('RETURNED', 'CANCELLED') OR btrim(ground) <> ''))
);
-- One at a time: what is left is known only when the one before has ended.
CREATE UNIQUE INDEX pay_back_one_open ON market.pay_back (organisation_id) WHERE status IN ('REQUESTED', 'APPROVED', 'SENT');
CREATE TRIGGER pay_back_kept BEFORE DELETE OR TRUNCATE ON market.pay_back
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- It goes forward only, and what was asked for is what is approved, sent and paid.
CREATE FUNCTION market.check_pay_back_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (('REQUESTED', 'APPROVED'), ('REQUESTED', 'CANCELLED'), ('APPROVED', 'SENT'),
            ('APPROVED', 'CANCELLED'), ('SENT', 'PAID'), ('SENT', 'RETURNED'), ('PAID', 'RETURNED'))
       OR ROW(NEW.organisation_id, NEW.amount_fen, NEW.payee_name, NEW.payee_bank, NEW.payee_account, NEW.reference, NEW.reason,
              NEW.alone_limit_fen, NEW.requested_by, NEW.requested_at)
          IS DISTINCT FROM ROW(OLD.organisation_id, OLD.amount_fen, OLD.payee_name, OLD.payee_bank, OLD.payee_account, OLD.reference,
              OLD.reason, OLD.alone_limit_fen, OLD.requested_by, OLD.requested_at) THEN
        RAISE EXCEPTION 'market.pay_back % does not go from % to %, nor change otherwise', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pay_back_goes_forward';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER pay_back_goes_forward BEFORE UPDATE ON market.pay_back
    FOR EACH ROW EXECUTE FUNCTION market.check_pay_back_step();

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('payment.pay-back-alone-yuan', TIMESTAMPTZ '2026-01-01 00:00+08', '1000',
     '运营机构资金管理规则(自定): 退还预收款超过1000元须由另一人批准; no rule of law with a number was found');

-- A red-letter invoice is found by the credit note it is issued for as well as the note by the invoice.
CREATE INDEX invoice_record_by_credit_note ON market.invoice_record (credit_note_id) WHERE credit_note_id IS NOT NULL;
CREATE INDEX invoice_record_by_red_of ON market.invoice_record (red_of) WHERE red_of IS NOT NULL;

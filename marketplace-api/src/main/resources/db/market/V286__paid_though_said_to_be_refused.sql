-- A person said that the bank had refused a transfer, and the bank's file shows that it paid. Two people say so, and then it is booked (decision 0081).

ALTER TABLE market.payment_order DROP CONSTRAINT payment_order_status_known;
ALTER TABLE market.payment_order ADD CONSTRAINT payment_order_status_known
    CHECK (status IN ('DRAFT', 'APPROVED', 'SENT', 'CONFIRMED', 'RETURNED', 'CANCELLED', 'PAID_AFTER_ALL'));
ALTER TABLE market.payment_order DROP CONSTRAINT payment_order_steps;
ALTER TABLE market.payment_order ADD CONSTRAINT payment_order_steps CHECK ((approved_by IS NULL) = (approved_at IS NULL) AND (sent_by IS NULL) = (sent_at IS NULL)
    AND (status NOT IN ('APPROVED', 'SENT', 'CONFIRMED', 'RETURNED', 'PAID_AFTER_ALL') OR approved_by IS NOT NULL)
    AND (status NOT IN ('SENT', 'CONFIRMED', 'RETURNED', 'PAID_AFTER_ALL') OR sent_by IS NOT NULL)
    AND (status IN ('CONFIRMED', 'RETURNED', 'CANCELLED', 'PAID_AFTER_ALL')) = (ended_at IS NOT NULL)
    AND (status NOT IN ('RETURNED', 'CANCELLED', 'PAID_AFTER_ALL') OR btrim(ground) <> ''));
ALTER TABLE market.payment_order ADD COLUMN said_paid_by uuid;      -- who said first that the bank paid after all; null: nobody
ALTER TABLE market.payment_order ADD COLUMN confirmed_paid_by uuid; -- who said so too
ALTER TABLE market.payment_order ADD CONSTRAINT payment_order_said_paid_by_fk FOREIGN KEY (said_paid_by) REFERENCES market.person (id);
ALTER TABLE market.payment_order ADD CONSTRAINT payment_order_confirmed_paid_by_fk FOREIGN KEY (confirmed_paid_by) REFERENCES market.person (id);
ALTER TABLE market.payment_order ADD CONSTRAINT payment_order_after_all_by_two
    CHECK (status <> 'PAID_AFTER_ALL' OR coalesce(said_paid_by <> confirmed_paid_by, false));

CREATE OR REPLACE FUNCTION market.check_payment_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (('DRAFT', 'APPROVED'), ('DRAFT', 'CANCELLED'), ('APPROVED', 'SENT'),
            ('APPROVED', 'CANCELLED'), ('SENT', 'CONFIRMED'), ('SENT', 'RETURNED'), ('CONFIRMED', 'RETURNED'),
            ('RETURNED', 'PAID_AFTER_ALL'), ('PAID_AFTER_ALL', 'RETURNED'))
       OR ROW(NEW.kind, NEW.first_month, NEW.last_month, NEW.party, NEW.amount_fen, NEW.payee_name, NEW.payee_bank,
              NEW.payee_account, NEW.reference, NEW.drafted_by, NEW.drafted_at)
          IS DISTINCT FROM ROW(OLD.kind, OLD.first_month, OLD.last_month, OLD.party, OLD.amount_fen, OLD.payee_name,
              OLD.payee_bank, OLD.payee_account, OLD.reference, OLD.drafted_by, OLD.drafted_at) THEN
        RAISE EXCEPTION 'market.payment_order % does not go from % to %, nor change otherwise', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_order_goes_forward';
    END IF;
    RETURN NEW;
END
$$;

ALTER TABLE market.pay_back DROP CONSTRAINT pay_back_status_known;
ALTER TABLE market.pay_back ADD CONSTRAINT pay_back_status_known
    CHECK (status IN ('REQUESTED', 'APPROVED', 'SENT', 'PAID', 'RETURNED', 'CANCELLED', 'PAID_AFTER_ALL'));
ALTER TABLE market.pay_back DROP CONSTRAINT pay_back_steps;
ALTER TABLE market.pay_back ADD CONSTRAINT pay_back_steps CHECK ((approved_by IS NULL) = (approved_at IS NULL) AND (sent_by IS NULL) = (sent_at IS NULL)
    AND (status NOT IN ('APPROVED', 'SENT', 'PAID', 'RETURNED', 'PAID_AFTER_ALL') OR approved_by IS NOT NULL)
    AND (status NOT IN ('SENT', 'PAID', 'RETURNED', 'PAID_AFTER_ALL') OR sent_by IS NOT NULL)
    AND (status IN ('PAID', 'RETURNED', 'CANCELLED', 'PAID_AFTER_ALL')) = (ended_at IS NOT NULL)
    AND (status NOT IN ('RETURNED', 'CANCELLED', 'PAID_AFTER_ALL') OR btrim(ground) <> ''));
ALTER TABLE market.pay_back ADD COLUMN said_paid_by uuid;
ALTER TABLE market.pay_back ADD COLUMN confirmed_paid_by uuid;
ALTER TABLE market.pay_back ADD CONSTRAINT pay_back_said_paid_by_fk FOREIGN KEY (said_paid_by) REFERENCES market.person (id);
ALTER TABLE market.pay_back ADD CONSTRAINT pay_back_confirmed_paid_by_fk FOREIGN KEY (confirmed_paid_by) REFERENCES market.person (id);
ALTER TABLE market.pay_back ADD CONSTRAINT pay_back_after_all_by_two
    CHECK (status <> 'PAID_AFTER_ALL' OR coalesce(said_paid_by <> confirmed_paid_by, false));

CREATE OR REPLACE FUNCTION market.check_pay_back_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (('REQUESTED', 'APPROVED'), ('REQUESTED', 'CANCELLED'), ('APPROVED', 'SENT'),
            ('APPROVED', 'CANCELLED'), ('SENT', 'PAID'), ('SENT', 'RETURNED'), ('PAID', 'RETURNED'),
            ('RETURNED', 'PAID_AFTER_ALL'), ('PAID_AFTER_ALL', 'RETURNED'))
       OR ROW(NEW.organisation_id, NEW.amount_fen, NEW.payee_name, NEW.payee_bank, NEW.payee_account, NEW.reference, NEW.reason,
              NEW.alone_limit_fen, NEW.requested_by, NEW.requested_at, NEW.held_until)
          IS DISTINCT FROM ROW(OLD.organisation_id, OLD.amount_fen, OLD.payee_name, OLD.payee_bank, OLD.payee_account, OLD.reference,
              OLD.reason, OLD.alone_limit_fen, OLD.requested_by, OLD.requested_at, OLD.held_until) THEN
        RAISE EXCEPTION 'market.pay_back % does not go from % to %, nor change otherwise', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pay_back_goes_forward';
    END IF;
    RETURN NEW;
END
$$;

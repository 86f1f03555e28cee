-- The money of a pay-back is held from the moment it is asked for, until it is approved, given up, or its time is over.

ALTER TABLE market.pay_back ADD COLUMN held_until timestamptz; -- null: asked for before money was held
ALTER TABLE market.pay_back ADD CONSTRAINT pay_back_held_for_a_time CHECK (held_until > requested_at);

CREATE OR REPLACE FUNCTION market.check_pay_back_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (('REQUESTED', 'APPROVED'), ('REQUESTED', 'CANCELLED'), ('APPROVED', 'SENT'),
            ('APPROVED', 'CANCELLED'), ('SENT', 'PAID'), ('SENT', 'RETURNED'), ('PAID', 'RETURNED'))
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

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('payment.pay-back-hold-days', TIMESTAMPTZ '2026-01-01 00:00+08', '30',
     '运营机构资金管理规则(自定): 退还预收款申请提出后预留30天,期满未获批准即失效; no rule of law with a number was found');

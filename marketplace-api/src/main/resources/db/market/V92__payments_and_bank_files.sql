-- What is owed to treasury, merchants and operator is paid by orders two people answer for, and what the bank says is compared with them.

CREATE TABLE market.payment_order (
    id             uuid        NOT NULL,
    kind           text        NOT NULL,             -- what is paid
    first_month    date        NOT NULL,             -- of the settlement it is owed by
    last_month     date        NOT NULL,
    party          text        NOT NULL,             -- organisation, or of a remittance the data provider it is earmarked for
    amount_fen     bigint      NOT NULL,
    payee_name     text        NOT NULL,
    payee_bank     text        NOT NULL,
    payee_account  text        NOT NULL,
    reference      text        NOT NULL,             -- written into the transfer's text, by which the bank's line is known
    status         text        NOT NULL,
    drafted_by     uuid        NOT NULL,
    drafted_at     timestamptz NOT NULL,
    approved_by    uuid,
    approved_at    timestamptz,
    sent_by        uuid,
    sent_at        timestamptz,
    bank_reference text,                             -- the bank's own, when it was given one
    ended_at       timestamptz,                      -- confirmed, returned or cancelled
    ground         text,                             -- why it was returned or cancelled
    CONSTRAINT payment_order_pk PRIMARY KEY (id),
    CONSTRAINT payment_order_reference_unique UNIQUE (reference),
    CONSTRAINT payment_order_drafted_by_fk FOREIGN KEY (drafted_by) REFERENCES market.person (id),
    CONSTRAINT payment_order_approved_by_fk FOREIGN KEY (approved_by) REFERENCES market.person (id),
    CONSTRAINT payment_order_sent_by_fk FOREIGN KEY (sent_by) REFERENCES market.person (id),
    CONSTRAINT payment_order_kind_known CHECK (kind IN ('REMITTANCE', 'MERCHANT_COST', 'MERCHANT_SHARE', 'OPERATOR_SHARE')),
    CONSTRAINT payment_order_period CHECK (extract(day FROM first_month) = 1 AND extract(day FROM last_month) = 1
        AND first_month <= last_month),
    -- 上缴与利润分成以年度决算为准: only costs of service are owed before the year is settled.
    CONSTRAINT payment_order_of_what_binds CHECK (kind = 'MERCHANT_COST' OR last_month = first_month + interval '11 months'),
    CONSTRAINT payment_order_positive CHECK (amount_fen > 0),
    CONSTRAINT payment_order_payee_said CHECK (btrim(payee_name) <> '' AND btrim(payee_bank) <> '' AND btrim(payee_account) <> ''),
    CONSTRAINT payment_order_status_known
        CHECK (status IN ('DRAFT', 'APPROVED', 'SENT', 'CONFIRMED', 'RETURNED', 'CANCELLED')),
    CONSTRAINT payment_order_approved_by_another CHECK (approved_by <> drafted_by),
    CONSTRAINT payment_order_steps CHECK ((approved_by IS NULL) = (approved_at IS NULL) AND (sent_by IS NULL) = (sent_at IS NULL)
        AND (status NOT IN ('APPROVED', 'SENT', 'CONFIRMED', 'RETURNED') OR approved_by IS NOT NULL)
        AND (status NOT IN ('SENT', 'CONFIRMED', 'RETURNED') OR sent_by IS NOT NULL)
        AND (status IN ('CONFIRMED', 'RETURNED', 'CANCELLED')) = (ended_at IS NOT NULL)
        AND (status NOT IN ('RETURNED', 'CANCELLED') OR btrim(ground) <> ''))
);
CREATE INDEX payment_order_by_period ON market.payment_order (last_month, kind, party);
CREATE TRIGGER payment_order_kept BEFORE DELETE OR TRUNCATE ON market.payment_order
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- An order goes forward only, and what was drafted is what is approved, sent and paid.
CREATE FUNCTION market.check_payment_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (('DRAFT', 'APPROVED'), ('DRAFT', 'CANCELLED'), ('APPROVED', 'SENT'),
            ('APPROVED', 'CANCELLED'), ('SENT', 'CONFIRMED'), ('SENT', 'RETURNED'), ('CONFIRMED', 'RETURNED'))
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
CREATE TRIGGER payment_order_goes_forward BEFORE UPDATE ON market.payment_order
    FOR EACH ROW EXECUTE FUNCTION market.check_payment_step();

CREATE TABLE market.bank_file (
    id          uuid        NOT NULL,
    sha256      bytea       NOT NULL,
    name        text        NOT NULL,
    form        text        NOT NULL,                -- what it was read as
    account     text        NOT NULL,                -- our own
    from_day    date        NOT NULL,
    to_day      date        NOT NULL,
    opening_fen bigint      NOT NULL,
    closing_fen bigint      NOT NULL,
    lines       integer     NOT NULL,                -- in the file; those seen in an earlier file among them
    imported_by uuid,                                -- null: at the command line
    imported_at timestamptz NOT NULL,
    CONSTRAINT bank_file_pk PRIMARY KEY (id),
    CONSTRAINT bank_file_once UNIQUE (sha256),
    CONSTRAINT bank_file_imported_by_fk FOREIGN KEY (imported_by) REFERENCES market.person (id),
    CONSTRAINT bank_file_form_known CHECK (form IN ('JINGSHU_CSV', 'CAMT_053')),
    CONSTRAINT bank_file_days CHECK (from_day <= to_day)
);
CREATE TRIGGER bank_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.bank_file
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE TABLE market.bank_line (
    id                   uuid        NOT NULL,
    file_id              uuid        NOT NULL,
    line                 integer     NOT NULL,       -- from 1, in the file
    account              text        NOT NULL,
    booked_on            date        NOT NULL,
    direction            text        NOT NULL,
    amount_fen           bigint      NOT NULL,
    counterparty_name    text        NOT NULL,
    counterparty_account text        NOT NULL,
    bank_reference       text        NOT NULL,       -- the bank's own number of the movement
    text                 text        NOT NULL,
    difference           text,                       -- why it was not matched; null: it was
    matched_kind         text,                       -- what it was matched with; null: nothing yet
    matched_id           text,
    matched_by           uuid,                       -- null: by rule
    matched_at           timestamptz,
    note                 text,                       -- what a person said about it
    CONSTRAINT bank_line_pk PRIMARY KEY (id),
    CONSTRAINT bank_line_in_file UNIQUE (file_id, line),
    CONSTRAINT bank_line_once UNIQUE (account, bank_reference),
    CONSTRAINT bank_line_file_fk FOREIGN KEY (file_id) REFERENCES market.bank_file (id),
    CONSTRAINT bank_line_matched_by_fk FOREIGN KEY (matched_by) REFERENCES market.person (id),
    CONSTRAINT bank_line_direction_known CHECK (direction IN ('IN', 'OUT')),
    CONSTRAINT bank_line_positive CHECK (amount_fen > 0),
    CONSTRAINT bank_line_matched_whole CHECK ((matched_kind IS NULL) = (matched_id IS NULL)
        AND (matched_kind IS NULL) = (matched_at IS NULL) AND (matched_kind IS NULL) = (difference IS NOT NULL))
);
CREATE INDEX bank_line_open ON market.bank_line (booked_on, id) WHERE matched_kind IS NULL;
CREATE TRIGGER bank_line_kept BEFORE DELETE OR TRUNCATE ON market.bank_line
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- What the bank said stays; only what a line was matched with is written, once.
CREATE FUNCTION market.check_bank_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.matched_kind IS NOT NULL
       OR ROW(NEW.file_id, NEW.line, NEW.account, NEW.booked_on, NEW.direction, NEW.amount_fen, NEW.counterparty_name,
              NEW.counterparty_account, NEW.bank_reference, NEW.text)
          IS DISTINCT FROM ROW(OLD.file_id, OLD.line, OLD.account, OLD.booked_on, OLD.direction, OLD.amount_fen,
              OLD.counterparty_name, OLD.counterparty_account, OLD.bank_reference, OLD.text) THEN
        RAISE EXCEPTION 'market.bank_line % stays as the bank said and as it was matched', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bank_line_stays';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER bank_line_stays BEFORE UPDATE ON market.bank_line
    FOR EACH ROW EXECUTE FUNCTION market.check_bank_line();

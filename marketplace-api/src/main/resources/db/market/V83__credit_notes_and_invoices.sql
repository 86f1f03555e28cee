-- Money given back is a numbered note with its lines; invoices are issued by the tax platform and only noted here.

-- 退费申请: the wish to give back a part of what a line charged; one person asks, another decides.
CREATE TABLE market.refund_request (
    id             uuid        NOT NULL,
    charge_id      uuid        NOT NULL,             -- the line that charged too much
    amount_fen     bigint      NOT NULL,             -- tax included
    reason         text        NOT NULL,
    requested_by   uuid        NOT NULL,
    requested_at   timestamptz NOT NULL,
    status         text        NOT NULL,
    decided_by     uuid,
    decided_at     timestamptz,
    refusal        text,                             -- why it was refused; null: it was not
    CONSTRAINT refund_request_pk PRIMARY KEY (id),
    CONSTRAINT refund_request_charge_fk FOREIGN KEY (charge_id) REFERENCES market.charge (id),
    CONSTRAINT refund_request_requested_by_fk FOREIGN KEY (requested_by) REFERENCES market.person (id),
    CONSTRAINT refund_request_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT refund_request_positive CHECK (amount_fen > 0),
    CONSTRAINT refund_request_reasoned CHECK (btrim(reason) <> ''),
    CONSTRAINT refund_request_status_known CHECK (status IN ('REQUESTED', 'GRANTED', 'REFUSED')),
    CONSTRAINT refund_request_decided_by_someone CHECK
        ((status = 'REQUESTED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT refund_request_refused_for_a_reason CHECK ((status = 'REFUSED') = (refusal IS NOT NULL)),
    CONSTRAINT refund_request_four_eyes CHECK (decided_by <> requested_by)
);
CREATE INDEX refund_request_by_charge ON market.refund_request (charge_id);
CREATE INDEX refund_request_by_time ON market.refund_request (requested_at, id);
CREATE TRIGGER refund_request_kept BEFORE DELETE OR TRUNCATE ON market.refund_request
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- 红字通知 (credit note): amounts are written above zero and mean less owed.
CREATE TABLE market.credit_note (
    id              uuid        NOT NULL,            -- of a REFUND also the id of its journal entry
    organisation_id uuid        NOT NULL,
    year            integer     NOT NULL,
    number          integer     NOT NULL,            -- of the consumer's notes of that year, from 1 without gaps
    kind            text        NOT NULL,
    statement_id    uuid,                            -- the statement that charged it; null: issued before statements were kept
    carried_by      uuid,                            -- CORRECTION: the statement whose lines below zero it is about
    refund_id       uuid,                            -- REFUND: the request it grants
    amount_fen      bigint      NOT NULL,            -- tax included
    vat_fen         bigint      NOT NULL,
    reason          text        NOT NULL,
    issued_on       date        NOT NULL,
    issued_at       timestamptz NOT NULL,
    CONSTRAINT credit_note_pk PRIMARY KEY (id),
    CONSTRAINT credit_note_number_unique UNIQUE (organisation_id, year, number),
    CONSTRAINT credit_note_refund_once UNIQUE (refund_id),
    CONSTRAINT credit_note_organisation_fk FOREIGN KEY (organisation_id) REFERENCES market.organisation (id),
    CONSTRAINT credit_note_statement_fk FOREIGN KEY (statement_id) REFERENCES market.statement (id),
    CONSTRAINT credit_note_carried_by_fk FOREIGN KEY (carried_by) REFERENCES market.statement (id),
    CONSTRAINT credit_note_refund_fk FOREIGN KEY (refund_id) REFERENCES market.refund_request (id),
    CONSTRAINT credit_note_kind_known CHECK (kind IN ('CORRECTION', 'REFUND')),
    CONSTRAINT credit_note_ground_fits_kind CHECK
        ((kind = 'CORRECTION') = (carried_by IS NOT NULL) AND (kind = 'REFUND') = (refund_id IS NOT NULL)),
    CONSTRAINT credit_note_positive CHECK (amount_fen > 0 AND vat_fen >= 0 AND vat_fen <= amount_fen),
    CONSTRAINT credit_note_reasoned CHECK (btrim(reason) <> '')
);
CREATE TRIGGER credit_note_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.credit_note
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE TABLE market.credit_note_line (
    note_id    uuid   NOT NULL,
    line       integer NOT NULL,
    charge_id  uuid,                                 -- CORRECTION: the line below zero
    corrects   uuid,                                 -- the line that charged it; null: no earlier line had its price
    amount_fen bigint NOT NULL,
    vat_fen    bigint NOT NULL,
    CONSTRAINT credit_note_line_pk PRIMARY KEY (note_id, line),
    CONSTRAINT credit_note_line_note_fk FOREIGN KEY (note_id) REFERENCES market.credit_note (id),
    CONSTRAINT credit_note_line_charge_fk FOREIGN KEY (charge_id) REFERENCES market.charge (id),
    CONSTRAINT credit_note_line_corrects_fk FOREIGN KEY (corrects) REFERENCES market.charge (id),
    CONSTRAINT credit_note_line_positive CHECK (amount_fen > 0 AND vat_fen >= 0)
);
CREATE INDEX credit_note_line_by_corrected ON market.credit_note_line (corrects);
CREATE TRIGGER credit_note_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.credit_note_line
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE FUNCTION market.number_credit_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> 1 + coalesce((SELECT max(n.number) FROM market.credit_note n
            WHERE n.organisation_id = NEW.organisation_id AND n.year = NEW.year), 0) THEN
        RAISE EXCEPTION 'credit note % of % does not follow the one before', NEW.number, NEW.year
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'credit_note_numbered_without_gap';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER credit_note_numbered_without_gap BEFORE INSERT ON market.credit_note
    FOR EACH ROW EXECUTE FUNCTION market.number_credit_note();

-- 数电发票: what the tax platform issued, noted by hand. A red-letter invoice (红字) takes back one that was issued before.
CREATE TABLE market.invoice_record (
    id           uuid        NOT NULL,
    statement_id uuid        NOT NULL,
    number       text        NOT NULL,               -- 20 digits
    issued_on    date        NOT NULL,
    amount_fen   bigint      NOT NULL,               -- tax included; red-letter: above zero too, it means less
    vat_fen      bigint      NOT NULL,
    red_of       uuid,                               -- the invoice it takes back; null: it is no red-letter invoice
    credit_note_id uuid,                             -- the note it is issued for; null: it is for none
    recorded_by  uuid        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT invoice_record_pk PRIMARY KEY (id),
    CONSTRAINT invoice_record_number_unique UNIQUE (number),
    CONSTRAINT invoice_record_number_form CHECK (number ~ '^[0-9]{20}$'),
    CONSTRAINT invoice_record_statement_fk FOREIGN KEY (statement_id) REFERENCES market.statement (id),
    CONSTRAINT invoice_record_red_of_fk FOREIGN KEY (red_of) REFERENCES market.invoice_record (id),
    CONSTRAINT invoice_record_credit_note_fk FOREIGN KEY (credit_note_id) REFERENCES market.credit_note (id),
    CONSTRAINT invoice_record_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES market.person (id),
    CONSTRAINT invoice_record_note_needs_red CHECK (credit_note_id IS NULL OR red_of IS NOT NULL),
    CONSTRAINT invoice_record_positive CHECK (amount_fen > 0 AND vat_fen >= 0 AND vat_fen <= amount_fen)
);
CREATE INDEX invoice_record_by_statement ON market.invoice_record (statement_id);
CREATE TRIGGER invoice_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.invoice_record
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- Entries that are reserved before they are booked: they count in no balance and no chain until then. A reservation ends by being booked under its
-- own id, by being voided, or by its time; it is never changed.

CREATE TABLE ledger.pending (
    entry_id       uuid        NOT NULL,
    effective_on   date        NOT NULL,
    reason         text        NOT NULL,
    description    text        NOT NULL,
    reserved_at    timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    content_sha256 bytea       NOT NULL,
    CONSTRAINT pending_pk PRIMARY KEY (entry_id),
    CONSTRAINT pending_lasts CHECK (expires_at > reserved_at)
);

CREATE TABLE ledger.pending_line (
    entry_id       uuid    NOT NULL,
    line           integer NOT NULL,
    account_code   text    NOT NULL,
    side           text    NOT NULL,
    amount_fen     bigint  NOT NULL,
    product        text,
    provider       text,
    merchant       text,
    consumer       text,
    purpose_class  text,
    business_line  text,
    price_version  text,
    service_period date,
    CONSTRAINT pending_line_pk PRIMARY KEY (entry_id, line),
    CONSTRAINT pending_line_entry_fk FOREIGN KEY (entry_id) REFERENCES ledger.pending (entry_id),
    CONSTRAINT pending_line_account_fk FOREIGN KEY (account_code) REFERENCES ledger.account (code),
    CONSTRAINT pending_line_side_known CHECK (side IN ('DEBIT', 'CREDIT')),
    CONSTRAINT pending_line_amount_positive CHECK (amount_fen > 0)
);
CREATE INDEX pending_line_by_account ON ledger.pending_line (account_code COLLATE "C", consumer);

CREATE TABLE ledger.pending_void (
    entry_id  uuid        NOT NULL,
    voided_at timestamptz NOT NULL,
    reason    text        NOT NULL,
    CONSTRAINT pending_void_pk PRIMARY KEY (entry_id),
    CONSTRAINT pending_void_entry_fk FOREIGN KEY (entry_id) REFERENCES ledger.pending (entry_id)
);

CREATE TRIGGER pending_append_only BEFORE UPDATE OR DELETE ON ledger.pending
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER pending_never_truncated BEFORE TRUNCATE ON ledger.pending
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER pending_line_append_only BEFORE UPDATE OR DELETE ON ledger.pending_line
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER pending_line_never_truncated BEFORE TRUNCATE ON ledger.pending_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER pending_void_append_only BEFORE UPDATE OR DELETE ON ledger.pending_void
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER pending_void_never_truncated BEFORE TRUNCATE ON ledger.pending_void
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- An id that was reserved is booked with the content reserved, before its time is over, and not once it was voided. Booking and voiding lock the
-- reservation first, so that one sees what the other did.
CREATE FUNCTION ledger.check_reserved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong uuid;
BEGIN
    PERFORM 1 FROM ledger.pending p WHERE p.entry_id IN (SELECT n.entry_id FROM new_entries n) ORDER BY p.entry_id FOR UPDATE;
    IF FOUND THEN
        SELECT p.entry_id INTO wrong
          FROM new_entries n
          JOIN ledger.pending p ON p.entry_id = n.entry_id
          LEFT JOIN ledger.pending_void v ON v.entry_id = p.entry_id
         WHERE v.entry_id IS NOT NULL OR n.booked_at >= p.expires_at OR n.content_sha256 <> p.content_sha256
         LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'entry % was reserved, and is voided, expired or other than what was reserved', wrong
                USING ERRCODE = 'JL017';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_as_reserved AFTER INSERT ON ledger.entry
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_reserved();

CREATE FUNCTION ledger.check_void() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM ledger.pending p WHERE p.entry_id = NEW.entry_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM ledger.entry e WHERE e.entry_id = NEW.entry_id) THEN
        RAISE EXCEPTION 'entry % is booked: it is reversed, not voided', NEW.entry_id USING ERRCODE = 'JL017';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pending_void_before_booking BEFORE INSERT ON ledger.pending_void
    FOR EACH ROW EXECUTE FUNCTION ledger.check_void();

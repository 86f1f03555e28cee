-- A year of the books is closed once all its months are: from then on its figures stand, and what is found later is booked in the next.

CREATE TABLE ledger.fiscal_year (
    year      integer     NOT NULL,
    closed_at timestamptz NOT NULL,
    entries   bigint      NOT NULL,
    total_fen bigint      NOT NULL,
    sha256    bytea       NOT NULL,
    CONSTRAINT fiscal_year_pk PRIMARY KEY (year)
);
COMMENT ON COLUMN ledger.fiscal_year.sha256 IS 'SHA-256 over closed_sha256 of the year''s months that were closed, in their order.';

CREATE TRIGGER fiscal_year_append_only BEFORE UPDATE OR DELETE ON ledger.fiscal_year
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER fiscal_year_never_truncated BEFORE TRUNCATE ON ledger.fiscal_year
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- A month before a closed one takes nothing, so a year whose last month is closed is closed whole.
CREATE FUNCTION ledger.check_year() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger.period p WHERE p.period = make_date(NEW.year, 12, 1) AND p.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'year %: its last month is not closed', NEW.year USING ERRCODE = 'JL002';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fiscal_year_of_closed_months BEFORE INSERT ON ledger.fiscal_year
    FOR EACH ROW EXECUTE FUNCTION ledger.check_year();

-- A movement of the bank that nothing known explains is closed by a person's word. Above the limit of entries by hand that takes two (decision 0072): the
-- first says what it is, another says so too. What was explained before the rule stays.
ALTER TABLE market.bank_line ADD COLUMN said_by uuid;      -- who said first what it is; null: nobody
ALTER TABLE market.bank_line ADD COLUMN limit_fen bigint;  -- above it a second person had to say so
ALTER TABLE market.bank_line ADD CONSTRAINT bank_line_said_by_fk FOREIGN KEY (said_by) REFERENCES market.person (id);
ALTER TABLE market.bank_line ADD CONSTRAINT bank_line_said_whole CHECK ((said_by IS NULL) = (limit_fen IS NULL)
    AND (said_by IS NULL OR note IS NOT NULL OR matched_kind IS NOT NULL));
ALTER TABLE market.bank_line ADD CONSTRAINT bank_line_explained_by_two CHECK (matched_kind IS DISTINCT FROM 'EXPLAINED'
    OR coalesce(amount_fen <= limit_fen OR matched_by <> said_by, false)) NOT VALID;

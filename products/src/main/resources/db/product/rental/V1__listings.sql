-- What was verified, so that a tenant can ask by its token, and which questions failed, so that nobody walks the register by guessing.
CREATE TABLE verified_listing (
    token       text PRIMARY KEY,
    unit_code   text        NOT NULL,
    platform    text        NOT NULL,
    verified_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    CONSTRAINT verified_listing_ends_later CHECK (valid_until > verified_at)
);
CREATE INDEX verified_listing_by_end ON verified_listing (valid_until);

-- Who asked is kept as a keyed token and what was asked as a keyed digest: neither can be read back.
CREATE TABLE failed_question (
    asker     text        NOT NULL,
    question  text        NOT NULL,
    failed_at timestamptz NOT NULL,
    CONSTRAINT failed_question_pk PRIMARY KEY (asker, question)
);
CREATE INDEX failed_question_by_time ON failed_question (failed_at);

-- Who asks (a session lasts minutes, a proof of identity is good once) and whether a person wants to be warned. Sessions and
-- proofs are kept as digests, persons as tokens: nothing here opens anything or names anyone.
CREATE TABLE health_session (
    session_digest text NOT NULL,
    person         text NOT NULL,
    opened_at      timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    CONSTRAINT health_session_pk PRIMARY KEY (session_digest),
    CONSTRAINT health_session_ends_later CHECK (expires_at > opened_at)
);
CREATE INDEX health_session_expires ON health_session (expires_at);
CREATE INDEX health_session_person ON health_session (person, opened_at);

CREATE TABLE used_proof (
    proof_digest text NOT NULL,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT used_proof_pk PRIMARY KEY (proof_digest)
);
CREATE INDEX used_proof_expires ON used_proof (expires_at);

CREATE TABLE warning_preference (
    person     text NOT NULL,
    opted_in   boolean NOT NULL,
    topics     text NOT NULL, -- separated by spaces; empty: all
    changed_at timestamptz NOT NULL,
    CONSTRAINT warning_preference_pk PRIMARY KEY (person)
);

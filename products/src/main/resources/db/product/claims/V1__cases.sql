-- A case is what happened to it: events that are only added, each chained to the one before, so that a bundle can prove nothing
-- was taken out. The row of the case holds what is asked for often, and its version keeps two people from overwriting each other.
CREATE TABLE investigation (
    case_id        uuid PRIMARY KEY,
    claim_digest   text NOT NULL CONSTRAINT investigation_claim_once UNIQUE,
    subject_digest text NOT NULL,
    state          text NOT NULL,
    version        integer NOT NULL CONSTRAINT investigation_version_positive CHECK (version > 0),
    opened_at      timestamptz NOT NULL
);

CREATE TABLE case_event (
    case_id     uuid NOT NULL CONSTRAINT case_event_of_a_case REFERENCES investigation (case_id),
    number      integer NOT NULL CONSTRAINT case_event_number_positive CHECK (number > 0),
    occurred_at timestamptz NOT NULL,
    kind        text NOT NULL,
    body        text NOT NULL,
    sha256      text NOT NULL,
    sm3         text NOT NULL,
    CONSTRAINT case_event_pk PRIMARY KEY (case_id, number)
);

CREATE FUNCTION refuse_change_of_case_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of a case are only added';
END
$$;
CREATE TRIGGER case_event_is_only_added BEFORE UPDATE OR DELETE ON case_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_case_event();

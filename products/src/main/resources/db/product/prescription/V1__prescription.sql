-- A renewal is kept so that its way can be followed and checked; the patient is a token, the drug a keyed digest, and no diagnosis
-- or amount is kept at all.
CREATE TABLE refill (
    refill_id uuid PRIMARY KEY,
    person text NOT NULL,
    drug_token text NOT NULL,
    days integer NOT NULL CONSTRAINT refill_days_positive CHECK (days > 0),
    status text NOT NULL
        CONSTRAINT refill_status_known CHECK (status IN ('REQUESTED', 'DECLINED', 'APPROVED', 'ROUTED', 'DISPENSED')),
    rules_version text NOT NULL,
    requested_at timestamptz NOT NULL,
    practitioner text,
    hospital text,
    signature_reference text,
    decided_at timestamptz,
    institution text,
    settlement_reference text,
    CONSTRAINT refill_decided_by_a_doctor CHECK (
        (status = 'REQUESTED') = (practitioner IS NULL)
        AND (status = 'REQUESTED' OR (hospital IS NOT NULL AND signature_reference IS NOT NULL AND decided_at IS NOT NULL))),
    CONSTRAINT refill_routed_somewhere CHECK (status NOT IN ('ROUTED', 'DISPENSED') OR institution IS NOT NULL),
    CONSTRAINT refill_settled_by_reference CHECK ((status = 'DISPENSED') = (settlement_reference IS NOT NULL))
);

CREATE TABLE refill_step (
    refill_id uuid NOT NULL REFERENCES refill,
    step integer NOT NULL,
    status text NOT NULL,
    institution text,
    at timestamptz NOT NULL,
    PRIMARY KEY (refill_id, step)
);

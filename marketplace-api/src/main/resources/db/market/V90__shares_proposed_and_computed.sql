-- Shares are computed from stated inputs or agreed on, proposed by one person and approved by another, and kept with all that they
-- rest on. They were weights that one person entered; those are carried over as agreed shares.

CREATE TABLE market.share_proposal (
    id             uuid        NOT NULL,
    subject        text        NOT NULL,             -- PARTIES: operator and merchants; PROVIDERS: of what the treasury gets
    product_code   text        NOT NULL,
    effective_from date        NOT NULL,             -- first day of a month: shares never change within one
    inputs         text        NOT NULL,             -- all that the shares rest on, see ledger.share.ShareInputs
    result         text        NOT NULL,
    sha256         bytea       NOT NULL,             -- over inputs, a line feed and result
    proposed_by    uuid,                             -- null: entered before shares were proposed
    proposed_at    timestamptz NOT NULL,
    status         text        NOT NULL,
    decided_by     uuid,                             -- null: open
    decided_at     timestamptz,
    ground         text,                             -- the document the approval rests on, or why there is none
    CONSTRAINT share_proposal_pk PRIMARY KEY (id),
    CONSTRAINT share_proposal_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES market.person (id),
    CONSTRAINT share_proposal_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT share_proposal_subject_known CHECK (subject IN ('PARTIES', 'PROVIDERS')),
    CONSTRAINT share_proposal_first_day CHECK (extract(day FROM effective_from) = 1),
    CONSTRAINT share_proposal_json CHECK (CAST(inputs AS json) IS NOT NULL AND CAST(result AS json) IS NOT NULL),
    CONSTRAINT share_proposal_digest CHECK (sha256 = sha256(convert_to(inputs || chr(10) || result, 'UTF8'))),
    CONSTRAINT share_proposal_status_known CHECK (status IN ('OPEN', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT share_proposal_decision_whole CHECK ((status = 'OPEN') = (decided_by IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (ground IS NULL)),
    CONSTRAINT share_proposal_approved_by_another CHECK (status <> 'APPROVED' OR decided_by <> proposed_by),
    -- Not even the first shares of a product reach back behind the month they are approved in.
    CONSTRAINT share_proposal_not_retroactive CHECK (status <> 'APPROVED' OR proposed_by IS NULL
        OR effective_from + interval '1 month' > decided_at AT TIME ZONE 'Asia/Shanghai')
);
CREATE UNIQUE INDEX share_proposal_date_taken ON market.share_proposal (subject, product_code, effective_from)
    WHERE status = 'APPROVED';
CREATE TRIGGER share_proposal_kept BEFORE DELETE OR TRUNCATE ON market.share_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- A proposal is decided once, and only its decision is ever written to it: other shares are another proposal.
CREATE FUNCTION market.refuse_rewriting_shares() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'market.share_proposal % stays as it was proposed and decided', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'share_proposal_decided_once';
END
$$;
CREATE TRIGGER share_proposal_decided_once BEFORE UPDATE ON market.share_proposal
    FOR EACH ROW WHEN (OLD.status <> 'OPEN' OR ROW(NEW.subject, NEW.product_code, NEW.effective_from, NEW.inputs, NEW.result,
            NEW.sha256, NEW.proposed_by, NEW.proposed_at)
        IS DISTINCT FROM ROW(OLD.subject, OLD.product_code, OLD.effective_from, OLD.inputs, OLD.result,
            OLD.sha256, OLD.proposed_by, OLD.proposed_at))
    EXECUTE FUNCTION market.refuse_rewriting_shares();

-- Weights of before: all of one product and month are one record of agreed shares, parties in the order of their ids. Shares
-- without the operator among them, or without any weight, gave everything to merchants or were no shares; the operator is added with 0.
WITH the_operator AS (
    SELECT id FROM market.organisation WHERE 'OPERATOR' = ANY (kinds) ORDER BY joined_at LIMIT 1
), weighed AS (
    SELECT product_code, effective_from, party_id, weight FROM market.revenue_share
    UNION
    SELECT s.product_code, s.effective_from, o.id, 0
      FROM market.revenue_share s, the_operator o
     WHERE NOT EXISTS (SELECT 1
                         FROM market.revenue_share t
                        WHERE t.product_code = s.product_code AND t.effective_from = s.effective_from AND t.party_id = o.id)
), whole AS (
    SELECT product_code, effective_from, CAST(weight * 1000000 AS numeric(30, 0)) AS part,
           CAST(sum(weight) OVER (PARTITION BY product_code, effective_from) * 1000000 AS numeric(30, 0)) AS total,
           party_id, weight
      FROM weighed
), texts AS (
    SELECT w.product_code, w.effective_from,
           '{"form":"jingshu share inputs 1","product":' || CAST(to_json(w.product_code) AS text) || ',"from":"'
               || to_char(w.effective_from, 'YYYY-MM') || '","operator":"' || o.id || '","basis":"AGREED","source":'
               || CAST(to_json((SELECT min(r.reason) FROM market.revenue_share r
                                 WHERE r.product_code = w.product_code AND r.effective_from = w.effective_from)) AS text)
               || ',"weights":['
               || string_agg('{"party":"' || w.party_id || '","weight":"' || trim_scale(w.weight) || '"}', ','
                             ORDER BY CAST(w.party_id AS text) COLLATE "C")
               || ']}' AS inputs,
           '{"form":"jingshu share result 1","portions":['
               || string_agg('{"party":"' || w.party_id || '","portion":"' || div(w.part, gcd(w.part, w.total)) || '/'
                             || div(w.total, gcd(w.part, w.total)) || '"}', ',' ORDER BY CAST(w.party_id AS text) COLLATE "C")
               || ']}' AS result
      FROM (SELECT product_code, effective_from, party_id, weight, part, total FROM whole WHERE total > 0) w, the_operator o
     GROUP BY w.product_code, w.effective_from, o.id
)
INSERT INTO market.share_proposal (id, subject, product_code, effective_from, inputs, result, sha256, proposed_by, proposed_at,
                                   status, decided_by, decided_at, ground)
SELECT gen_random_uuid(), 'PARTIES', t.product_code, t.effective_from, t.inputs, t.result,
       sha256(convert_to(t.inputs || chr(10) || t.result, 'UTF8')), NULL, s.approved_at, 'APPROVED', s.approved_by, s.approved_at, s.reason
  FROM texts t
  JOIN LATERAL (SELECT r.approved_by, r.approved_at, r.reason
                  FROM market.revenue_share r
                 WHERE r.product_code = t.product_code AND r.effective_from = t.effective_from
                 ORDER BY r.approved_at DESC, r.id LIMIT 1) s ON true;

DROP TABLE market.revenue_share;

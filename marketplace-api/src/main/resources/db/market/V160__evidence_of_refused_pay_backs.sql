-- That the bank refused a pay-back rests on a person's word: the bank's own paper is kept beside it, as it was handed in.

CREATE TABLE market.pay_back_evidence (
    pay_back_id uuid        NOT NULL,
    sha256      bytea       NOT NULL,
    name        text        NOT NULL,                -- of the file, as it was handed in
    media_type  text        NOT NULL,                -- by what the content begins with, whatever the name says
    content     bytea       NOT NULL,
    added_by    uuid        NOT NULL,
    added_at    timestamptz NOT NULL,
    CONSTRAINT pay_back_evidence_pk PRIMARY KEY (pay_back_id, sha256),
    CONSTRAINT pay_back_evidence_pay_back_fk FOREIGN KEY (pay_back_id) REFERENCES market.pay_back (id),
    CONSTRAINT pay_back_evidence_added_by_fk FOREIGN KEY (added_by) REFERENCES market.person (id),
    CONSTRAINT pay_back_evidence_named CHECK (btrim(name) <> '' AND char_length(name) <= 200),
    CONSTRAINT pay_back_evidence_type_known CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
    CONSTRAINT pay_back_evidence_size CHECK (octet_length(content) BETWEEN 1 AND 5242880 AND octet_length(sha256) = 32)
);
CREATE TRIGGER pay_back_evidence_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON market.pay_back_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

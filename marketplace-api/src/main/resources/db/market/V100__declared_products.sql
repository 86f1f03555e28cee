-- A merchant's product may be declared instead of coded: what it says of it, the contract made from that, and who let it be served.

CREATE TABLE market.declared_product (
    id            uuid        NOT NULL,
    product_code  text        NOT NULL,
    version       integer     NOT NULL,          -- of the contract: what breaks callers needs the next
    revision      integer     NOT NULL,          -- of the version: what breaks nobody
    kind          text        NOT NULL,
    merchant_id   uuid        NOT NULL,
    definition    text        NOT NULL,          -- JSON exactly as it was sent: the digest is of it
    contract      bytea       NOT NULL,          -- a FileDescriptorSet of the contract's own files
    artefact      bytea,                         -- the file of a model; null: none
    digest        text        NOT NULL,          -- SHA-256 of definition and artefact
    status        text        NOT NULL,
    entered_by    uuid        NOT NULL,          -- who wrote it as it stands
    entered_at    timestamptz NOT NULL,
    submitted_by  uuid,
    submitted_at  timestamptz,
    decided_by    uuid,                          -- null: not decided yet
    decided_at    timestamptz,
    ground        text,                          -- what the approval cites, or why it was refused
    CONSTRAINT declared_product_pk PRIMARY KEY (id),
    CONSTRAINT declared_product_revision_unique UNIQUE (product_code, version, revision),
    CONSTRAINT declared_product_code_form CHECK (product_code ~ '^[a-z][a-z0-9-]{1,39}$'),
    CONSTRAINT declared_product_numbers_positive CHECK (version BETWEEN 1 AND 999 AND revision > 0),
    CONSTRAINT declared_product_kind_known CHECK (kind IN ('SQL', 'MODEL', 'UPSTREAM')),
    CONSTRAINT declared_product_status_known CHECK (status IN ('DRAFT', 'SUBMITTED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT declared_product_digest_form CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT declared_product_merchant_fk FOREIGN KEY (merchant_id) REFERENCES market.organisation (id),
    CONSTRAINT declared_product_entered_by_fk FOREIGN KEY (entered_by) REFERENCES market.person (id),
    CONSTRAINT declared_product_submitted_by_fk FOREIGN KEY (submitted_by) REFERENCES market.person (id),
    CONSTRAINT declared_product_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT declared_product_submission_whole CHECK ((submitted_by IS NULL) = (submitted_at IS NULL)
        AND (submitted_by IS NULL) = (status = 'DRAFT')),
    CONSTRAINT declared_product_decision_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL)
        AND (decided_by IS NULL) = (ground IS NULL) AND (decided_by IS NULL) = (status IN ('DRAFT', 'SUBMITTED'))),
    CONSTRAINT declared_product_grounded CHECK (btrim(ground) <> ''),
    CONSTRAINT declared_product_decided_by_another CHECK (decided_by <> entered_by AND decided_by <> submitted_by)
);
CREATE INDEX declared_product_by_merchant ON market.declared_product (merchant_id, id);
CREATE TRIGGER declared_product_kept BEFORE TRUNCATE ON market.declared_product
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

-- What was submitted is decided as it stands, and what was decided stays: only a draft is rewritten or thrown away, and only what
-- is served is taken back.
CREATE FUNCTION market.refuse_changing_declared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status = 'DRAFT' THEN
            RETURN OLD;
        END IF;
    ELSIF OLD.status = 'DRAFT' AND NEW.status IN ('DRAFT', 'SUBMITTED')
            AND ROW(NEW.id, NEW.product_code, NEW.merchant_id) IS NOT DISTINCT FROM ROW(OLD.id, OLD.product_code, OLD.merchant_id) THEN
        RETURN NEW;
    ELSIF ROW(NEW.id, NEW.product_code, NEW.version, NEW.revision, NEW.kind, NEW.merchant_id, NEW.definition, NEW.contract, NEW.artefact,
              NEW.digest, NEW.entered_by, NEW.entered_at, NEW.submitted_by, NEW.submitted_at)
          IS NOT DISTINCT FROM
          ROW(OLD.id, OLD.product_code, OLD.version, OLD.revision, OLD.kind, OLD.merchant_id, OLD.definition, OLD.contract, OLD.artefact,
              OLD.digest, OLD.entered_by, OLD.entered_at, OLD.submitted_by, OLD.submitted_at)
          AND ((OLD.status = 'SUBMITTED' AND NEW.status IN ('APPROVED', 'REFUSED')) OR (OLD.status = 'APPROVED' AND NEW.status = 'WITHDRAWN')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'market.declared_product % is % and changes no more', OLD.id, OLD.status
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'declared_product_changes_in_steps';
END
$$;
CREATE TRIGGER declared_product_changes_in_steps BEFORE UPDATE OR DELETE ON market.declared_product
    FOR EACH ROW EXECUTE FUNCTION market.refuse_changing_declared();

-- That a version is on its way out (RFC 9745, RFC 8594): each change of mind is a row of its own, the newest counts.
CREATE TABLE market.declared_retirement (
    product_code  text        NOT NULL,
    version       integer     NOT NULL,
    decided_at    timestamptz NOT NULL,
    deprecated_at timestamptz NOT NULL,
    sunset_at     timestamptz,                   -- null: no end is decided
    decided_by    uuid        NOT NULL,
    CONSTRAINT declared_retirement_pk PRIMARY KEY (product_code, version, decided_at),
    CONSTRAINT declared_retirement_in_order CHECK (sunset_at >= deprecated_at),
    CONSTRAINT declared_retirement_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id)
);
CREATE TRIGGER declared_retirement_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON market.declared_retirement
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

CREATE TRIGGER declared_product_changed AFTER INSERT OR UPDATE OR DELETE ON market.declared_product
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();
CREATE TRIGGER declared_retirement_changed AFTER INSERT ON market.declared_retirement
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();

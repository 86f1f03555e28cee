-- A case belongs to the organisation that opened it: to any other it is not there. Of a case opened before, nobody knows whose it
-- is, so it is nobody's until the operator writes in whose.
ALTER TABLE investigation ADD COLUMN caller text NOT NULL DEFAULT '';
ALTER TABLE investigation ALTER COLUMN caller DROP DEFAULT;
ALTER TABLE investigation DROP CONSTRAINT investigation_claim_once;
ALTER TABLE investigation ADD CONSTRAINT investigation_claim_once UNIQUE (caller, claim_digest);

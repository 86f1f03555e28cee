-- An assessment belongs to the organisation that asked for it and is explained with the applicant's consent of that day. So its row knows whose it is, and
-- holds a keyed digest of its own id and the applicant, with which a stated person can be compared and nobody be looked for. Of an assessment made before
-- neither is known: it is explained to nobody and goes when its time is over.
ALTER TABLE assessment ADD COLUMN caller text NOT NULL DEFAULT '', ADD COLUMN subject_digest text NOT NULL DEFAULT '';
ALTER TABLE assessment ALTER COLUMN caller DROP DEFAULT, ALTER COLUMN subject_digest DROP DEFAULT;

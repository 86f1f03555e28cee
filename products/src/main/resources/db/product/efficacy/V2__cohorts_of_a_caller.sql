-- A cohort and its analyses belong to the organisation that defined it: to any other they are not there. Of one defined before, nobody
-- knows whose it is, so it is nobody's until the operator writes in whose.
ALTER TABLE cohort ADD COLUMN caller text NOT NULL DEFAULT '';
ALTER TABLE cohort ALTER COLUMN caller DROP DEFAULT;

-- A count has a day, so that its time can be over. Counts of before have none and are taken for today's: they stay rather too long.
ALTER TABLE score_count ADD COLUMN counted_on date NOT NULL DEFAULT CAST(now() AT TIME ZONE 'Asia/Shanghai' AS date);
ALTER TABLE score_count ALTER COLUMN counted_on DROP DEFAULT;
ALTER TABLE score_count DROP CONSTRAINT score_count_pk;
ALTER TABLE score_count ADD CONSTRAINT score_count_pk PRIMARY KEY (model, characteristic, bin, counted_on);

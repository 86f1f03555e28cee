-- Failing questions are counted by caller, of whom there are few, so the newest of one have to be found among many.
CREATE INDEX failed_question_of_asker ON failed_question (asker, failed_at);

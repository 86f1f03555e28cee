-- Calls take of a consumer's hard budget before they are answered, so every gate has to know of a new one at once.

CREATE TRIGGER consumer_account_budget_set AFTER INSERT OR DELETE OR UPDATE OF budget_fen, budget_hard ON market.consumer_account
    FOR EACH STATEMENT EXECUTE FUNCTION market.announce_change();

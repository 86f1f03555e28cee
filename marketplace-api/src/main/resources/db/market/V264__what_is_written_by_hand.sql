-- Entries by hand touch nothing that another record of the market stands on, and take back only what was written by hand (decision 0072): bills, accounts
-- of consumers, vouchers, payment orders and settlements have their own ways, which move both. What was proposed before the rule stays as it is.

ALTER TABLE market.entry_proposal ADD CONSTRAINT entry_proposal_reverses_by_hand
    FOREIGN KEY (reverses) REFERENCES market.entry_proposal (id) NOT VALID;

-- Bank, taxes, what the operator keeps and finance costs. Which of them goes with which reason is for the application.
ALTER TABLE market.entry_proposal_line ADD CONSTRAINT entry_proposal_line_account_by_hand
    CHECK (account_code IN ('1002', '222101', '222102', '222103', '222104', '410402', '660301', '660302')) NOT VALID;

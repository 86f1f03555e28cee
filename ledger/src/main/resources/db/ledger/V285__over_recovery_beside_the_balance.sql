-- What a review cycle earned above its permitted revenue is kept beside the balance sheet (表外备查) until later prices have given it back: it is neither owed nor owned yet,
-- and whoever reads the books alone has to see it. Entries move accounts of this kind against each other only.

ALTER TABLE ledger.account DROP CONSTRAINT account_kind_known;
ALTER TABLE ledger.account ADD CONSTRAINT account_kind_known CHECK (kind IN ('ASSET', 'LIABILITY', 'EQUITY', 'INCOME', 'EXPENSE', 'MEMO'));

INSERT INTO ledger.account (code, name_zh, name_en, kind, normal_side, parent_code, postable) VALUES
    ('9001',   '超额收入(表外备查)',   'Over-recovery (memo)',               'MEMO', 'CREDIT', NULL,   false),
    ('900101', '超额收入–已认定',        'Over-recovery found',                'MEMO', 'CREDIT', '9001', true),
    ('900102', '超额收入–已抵减',        'Over-recovery deducted',             'MEMO', 'DEBIT',  '9001', true),
    ('9002',   '超额收入备查对方',       'Counterpart of over-recovery (memo)', 'MEMO', 'DEBIT',  NULL,   true);

-- What a leaving consumer had paid ahead and is to get back is set aside until the bank has paid it, so that nobody spends it twice.

INSERT INTO ledger.account (code, name_zh, name_en, kind, normal_side, parent_code, postable) VALUES
    ('2241', '其他应付款–待退预收款', 'Prepayments being returned', 'LIABILITY', 'CREDIT', NULL, true);

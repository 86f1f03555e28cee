-- Citations say what was read in the text itself: a settlement shows them to whoever recomputes it. No rate changes, and
-- settlements stored before keep the words they were made with.

ALTER TABLE ledger.policy_rate DISABLE TRIGGER policy_rate_append_only;

UPDATE ledger.policy_rate r
   SET citation = t.citation
  FROM (VALUES
    ('VAT', DATE '2026-01-01',
     '中华人民共和国增值税法 Art. 9–11 (services and intangible assets, 6 %), in force 2026-01-01; read in the text'),
    ('URBAN_MAINTENANCE', DATE '2021-09-01',
     '中华人民共和国城市维护建设税法 Art. 4: 纳税人所在地在市区的,税率为百分之七; in force 2021-09-01; read in the text'),
    ('EDUCATION', DATE '2005-10-01',
     '征收教育费附加的暂行规定 (3 % of VAT payable); the text was not at hand, only tables that cite it'),
    ('LOCAL_EDUCATION', DATE '2010-11-07',
     '财综〔2010〕98号 地方教育附加 (2 % of VAT payable); the text was not at hand, only tables that cite it'),
    ('INCOME_TAX', DATE '2008-01-01',
     '中华人民共和国企业所得税法 Art. 4 (25 %; 15 % and 20 % for those it names are not applied); read in the text'),
    ('STATUTORY_RESERVE', DATE '2024-07-01',
     '中华人民共和国公司法 Art. 210 (10 % of after-tax profit until 50 % of registered capital, earlier losses first); read in the text'),
    ('TREASURY', DATE '2025-12-18',
     '荆门市公共数据资源授权运营实施方案(试行)(征求意见稿), 荆门市数据局, 2025-12-18: '
     '参考国有资本收益上缴比例,将30%公共数据授权运营净利润上缴财政; a draft open for comments until 2026-01-17, in force when adopted')
  ) AS t (rule, effective_from, citation)
 WHERE r.rule = t.rule AND r.effective_from = t.effective_from;

ALTER TABLE ledger.policy_rate ENABLE TRIGGER policy_rate_append_only;

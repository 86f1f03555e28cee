-- What the treasury's portion is taken of, and how long a loss counts, are decided by law or plan like the rates: dated, cited, never edited.

CREATE TABLE ledger.policy_choice (
    rule           text NOT NULL,
    effective_from date NOT NULL,
    choice         text NOT NULL,
    citation       text NOT NULL,
    CONSTRAINT policy_choice_pk PRIMARY KEY (rule, effective_from),
    CONSTRAINT policy_choice_known CHECK (
        (rule = 'TREASURY_BASE' AND choice IN ('NET_PROFIT', 'NP_AFTER_LOSS_RESERVE'))
        OR (rule = 'TAX_LOSS_YEARS' AND choice ~ '^[0-9]{1,2}$')),
    CONSTRAINT policy_choice_cited CHECK (btrim(citation) <> '')
);

INSERT INTO ledger.policy_choice (rule, effective_from, choice, citation) VALUES
    ('TREASURY_BASE',  DATE '2025-12-18', 'NET_PROFIT',
     '荆门市公共数据资源授权运营实施方案(试行)(征求意见稿): 将30%公共数据授权运营净利润上缴财政; read word by word: of the net profit. '
     'Earlier losses and the reserve come off first where the finance bureau follows 湖北省国有资本收益收取管理办法 (2011): then NP_AFTER_LOSS_RESERVE'),
    ('TAX_LOSS_YEARS', DATE '2008-01-01', '5',
     '中华人民共和国企业所得税法 Art. 18: 准予向以后年度结转,用以后年度的所得弥补,但结转年限最长不得超过五年; the text was not at hand');

CREATE TRIGGER policy_choice_append_only BEFORE UPDATE OR DELETE ON ledger.policy_choice
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER policy_choice_never_truncated BEFORE TRUNCATE ON ledger.policy_choice
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

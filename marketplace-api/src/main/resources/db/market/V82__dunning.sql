-- What is not paid is asked for in steps; each is reached once and stays on record. Terms are policy with their dates.

CREATE TABLE market.dunning_step (
    statement_id uuid        NOT NULL,
    state        text        NOT NULL,
    reached_on   date        NOT NULL,
    at           timestamptz NOT NULL,
    open_fen     bigint      NOT NULL,               -- unpaid of the statement then
    CONSTRAINT dunning_step_pk PRIMARY KEY (statement_id, state),
    CONSTRAINT dunning_step_statement_fk FOREIGN KEY (statement_id) REFERENCES market.statement (id),
    CONSTRAINT dunning_step_state_known CHECK (state IN ('DUE', 'REMINDED', 'FINAL_NOTICE', 'SUSPENDED', 'SETTLED')),
    CONSTRAINT dunning_step_settled_is_paid CHECK ((state = 'SETTLED') = (open_fen = 0)),
    CONSTRAINT dunning_step_open_not_negative CHECK (open_fen >= 0)
);
CREATE TRIGGER dunning_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON market.dunning_step
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();

INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('dunning.reminder-days', TIMESTAMPTZ '2026-01-01 00:00+08', '3',
     '运营机构收费规则(自定,非法定期限):到期后3日催款'),
    ('dunning.final-notice-days', TIMESTAMPTZ '2026-01-01 00:00+08', '10',
     '运营机构收费规则(自定,非法定期限):催款后10日发出最后通知'),
    ('dunning.suspension-days', TIMESTAMPTZ '2026-01-01 00:00+08', '15',
     '运营机构收费规则(自定,非法定期限):最后通知后15日暂停付费调用;民法典第五百二十六条、第五百六十三条(经催告后在合理期限内仍未履行)(原文未在手)');

package cn.jingshu.products.claims;

import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import java.time.Period;
import java.util.List;

/** What the product keeps: cases with their events. */
final class ClaimsKept {
    /** A case goes whole or not at all; what is still open does not go. */
    static final List<Kept> ALL = List.of(new Kept("case", "retention.claims.case",
            new Words("理赔调查案件及其事件", "Cases with their events"),
            new Words("向保险机构提供个人信息的处理记录;案件结论可能被质疑", "The record of giving personal information to an insurer; a conclusion may be disputed"),
            new Words("结案后最后一次事件", "its last event, once it is closed"), Period.ofYears(3), true, false, CaseOperations::subjectOf, """
            SELECT CAST(i.case_id AS text) AS key,
                   coalesce((SELECT max(e.occurred_at) FROM case_event e WHERE e.case_id = i.case_id), i.opened_at) AS since,
                   i.caller AS caller, i.subject_digest AS subject, i.state <> 'CLOSED' AS open
              FROM investigation i
            """, List.of(
                    new Removal("case_event", "DELETE FROM case_event WHERE case_id = ANY (CAST(CAST(? AS text[]) AS uuid[]))"),
                    new Removal("investigation", "DELETE FROM investigation WHERE case_id = ANY (CAST(CAST(? AS text[]) AS uuid[]))"))));

    private ClaimsKept() {}
}

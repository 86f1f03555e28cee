package cn.jingshu.products.underwriting;

import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import java.time.Period;
import java.util.List;

/** What the product keeps: assessments that can be explained, what an application was first declared with, counts of inputs. */
final class UnderwritingKept {
    static final List<Kept> ALL = List.of(
            new Kept("assessment", "retention.underwriting.assessment",
                    new Words("核保评估(不含可识别申请人的内容)", "Assessments, without anything the applicant could be found by"),
                    new Words("应要求说明自动化决策;处理记录", "An automated decision is explained on request; the record of processing"),
                    new Words("评估之时", "when it was made"), Period.ofYears(3), true, false, null, """
                    SELECT CAST(a.assessment_id AS text) AS key, a.assessed_at AS since, nullif(a.caller, '') AS caller,
                           CAST(NULL AS text) AS subject, false AS open
                      FROM assessment a
                    """, List.of(new Removal("assessment",
                            "DELETE FROM assessment WHERE assessment_id = ANY (CAST(CAST(? AS text[]) AS uuid[]))"))),
            new Kept("application", "retention.underwriting.application",
                    new Words("投保申请与告知内容的密钥摘要", "Keyed digests of applications and what was declared"),
                    new Words("同一申请不得更改告知后反复试探", "An application is not tried again with another declaration"),
                    new Words("首次询问之日", "the day it was asked about first"), Period.ZERO, false, false, null, """
                    SELECT a.application_digest AS key, CAST(a.first_asked_on AS timestamp) AT TIME ZONE 'Asia/Shanghai' AS since,
                           CAST(NULL AS text) AS caller, CAST(NULL AS text) AS subject, false AS open
                      FROM application a
                    """, List.of(new Removal("application", "DELETE FROM application WHERE application_digest = ANY (CAST(? AS text[]))"))),
            new Kept("input-count", "retention.underwriting.input-count",
                    new Words("模型输入的每日计数", "Counts of a model's inputs by day"),
                    new Words("监测模型输入的偏移", "How far inputs have moved is watched"),
                    new Words("计数之日", "the day that is counted"), Period.ZERO, false, false, null, """
                    SELECT CAST(c.ctid AS text) AS key, CAST(c.counted_on AS timestamp) AT TIME ZONE 'Asia/Shanghai' AS since,
                           CAST(NULL AS text) AS caller, CAST(NULL AS text) AS subject, false AS open
                      FROM input_count c
                    """, List.of(new Removal("input_count", "DELETE FROM input_count WHERE ctid = ANY (CAST(CAST(? AS text[]) AS tid[]))"))));

    private UnderwritingKept() {}
}

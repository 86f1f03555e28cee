package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import java.time.Period;
import java.util.List;

/** What the product keeps: cohorts as definitions, and analyses as what was answered. */
final class EfficacyKept {
    static final List<Kept> ALL = List.of(new Kept("cohort", "retention.efficacy.cohort",
            new Words("研究人群的定义与分析结果(不含任何成员)", "Definitions of cohorts and what was answered, without any member"),
            new Words("研究结果须可复核", "A result can be checked again"),
            new Words("最近一次分析,没有分析的为定义之时", "its latest analysis, or its definition where there is none"), Period.ofYears(3), true, false, null, """
            SELECT CAST(c.cohort_id AS text) AS key,
                   greatest(c.defined_at, (SELECT max(a.analysed_at) FROM analysis a WHERE a.cohort_id = c.cohort_id)) AS since,
                   c.caller AS caller, CAST(NULL AS text) AS subject, false AS open
              FROM cohort c
            """, List.of(
                    new Removal("analysis", "DELETE FROM analysis WHERE cohort_id = ANY (CAST(CAST(? AS text[]) AS uuid[]))"),
                    new Removal("cohort", "DELETE FROM cohort WHERE cohort_id = ANY (CAST(CAST(? AS text[]) AS uuid[]))"))));

    private EfficacyKept() {}
}

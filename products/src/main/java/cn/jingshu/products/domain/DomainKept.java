package cn.jingshu.products.domain;

import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import java.time.Period;
import java.util.List;

/** What the domain itself keeps: the record of sandbox twins, and in the state of each product what the guard of aggregates remembers. */
final class DomainKept {
    /** Under which its own kinds stand among those of products. */
    static final String PRODUCT = "domain";

    private static final Words MADE = new Words("制作之时", "when it was made");

    /** Newest of the product version, and the twin is there: what the twin is said to hold. */
    private static final String STANDS = """
            (h.kind <> 'WITHHELD'
                AND EXISTS (SELECT 1 FROM synthetic_fill f WHERE f.product = h.product AND f.version = h.version AND f.schema_name LIKE 'twin\\_%')
                AND NOT EXISTS (SELECT 1 FROM twin_history n
                                 WHERE n.product = h.product AND n.version = h.version AND n.kind <> 'WITHHELD' AND n.number > h.number))
            """;

    /** The report of the time before there was a history would bring it back. */
    private static final Removal REPORT = new Removal("twin_report", """
            DELETE FROM twin_report r
             USING twin_history h
             WHERE h.number = ANY (CAST(CAST(? AS text[]) AS bigint[])) AND r.product = h.product AND r.version = h.version
               AND NOT EXISTS (SELECT 1 FROM synthetic_fill f WHERE f.product = h.product AND f.version = h.version)
            """);
    private static final Removal HISTORY =
            new Removal("twin_history", "DELETE FROM twin_history WHERE number = ANY (CAST(CAST(? AS text[]) AS bigint[]))");

    static final List<Kept> OWN = List.of(
            new Kept("twin-made-up", "retention.domain.twin-made-up",
                    new Words("虚构数据填充沙箱的记录(含每次试运行)", "Records of twins filled with made-up rows, each trial included"),
                    new Words("登记审核期间可查试运行;数据不涉及任何人", "A trial can be looked up while the registration is reviewed; the rows are about nobody"),
                    MADE, Period.ZERO, false, false, null, """
                    SELECT CAST(h.number AS text) AS key, h.made_at AS since, CAST(NULL AS text) AS caller, CAST(NULL AS text) AS subject,
                    """ + STANDS + """
                           AS open
                      FROM twin_history h
                     WHERE h.kind = 'SYNTHETIC'
                    """, List.of(REPORT, HISTORY)),
            new Kept("twin-sample", "retention.domain.twin-sample",
                    new Words("脱敏样例的制作与不予制作记录", "Records of masked samples, drawn or withheld"),
                    new Words("个人信息处理情况记录至少保存三年", "Records of processing are kept for three years at least"),
                    MADE, Period.ofYears(3), true, false, null, """
                    SELECT CAST(h.number AS text) AS key, h.made_at AS since, CAST(NULL AS text) AS caller, CAST(NULL AS text) AS subject,
                    """ + STANDS + """
                           AS open
                      FROM twin_history h
                     WHERE h.kind <> 'SYNTHETIC'
                    """, List.of(REPORT, HISTORY)));

    static final List<Kept> GUARD = List.of(
            new Kept("disclosed-cohort", "retention.disclosure",
                    new Words("已答复人群的概要(不能还原到人)", "Sketches of cohorts that were answered about, which name nobody"),
                    new Words("防止两次答复相减得出少数人", "No two answers may differ by a few people"),
                    new Words("最近一次答复之时", "when it was answered last"), Period.ofYears(1), false, false, null, """
                    SELECT CAST(d.ctid AS text) AS key, d.disclosed_at AS since, d.asker AS caller, CAST(NULL AS text) AS subject, false AS open
                      FROM disclosed_cohort d
                    """, List.of(new Removal("disclosed_cohort",
                            "DELETE FROM disclosed_cohort WHERE ctid = ANY (CAST(CAST(? AS text[]) AS tid[]))"))),
            new Kept("disclosure-asker", "retention.disclosure",
                    new Words("提问单位", "Who asked for aggregates"),
                    new Words("同一单位的提问须依次判断", "Questions of one organisation are judged one after the other"),
                    new Words("最近一次提问之时", "when it asked last"), Period.ofYears(1), false, false, null, """
                    SELECT a.asker AS key, a.asked_at AS since, a.asker AS caller, CAST(NULL AS text) AS subject,
                           EXISTS (SELECT 1 FROM disclosed_cohort d WHERE d.asker = a.asker) AS open
                      FROM disclosure_asker a
                    """, List.of(new Removal("disclosure_asker", "DELETE FROM disclosure_asker WHERE asker = ANY (CAST(? AS text[]))"))));

    private DomainKept() {}
}

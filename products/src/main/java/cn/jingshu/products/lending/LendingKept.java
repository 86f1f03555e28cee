package cn.jingshu.products.lending;

import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import java.time.Period;
import java.util.List;

/** What the product keeps: how often which bin of a characteristic was seen, by day. */
final class LendingKept {
    static final List<Kept> ALL = List.of(new Kept("score-count", "retention.lending.score-count",
            new Words("评分输入的每日计数", "Counts of scored cases by day"),
            new Words("监测评分模型输入的偏移", "How far a scorecard's inputs have moved is watched"),
            new Words("计数之日", "the day that is counted"), Period.ZERO, false, false, null, """
            SELECT CAST(c.ctid AS text) AS key, CAST(c.counted_on AS timestamp) AT TIME ZONE 'Asia/Shanghai' AS since,
                   CAST(NULL AS text) AS caller, CAST(NULL AS text) AS subject, false AS open
              FROM score_count c
            """, List.of(new Removal("score_count", "DELETE FROM score_count WHERE ctid = ANY (CAST(CAST(? AS text[]) AS tid[]))"))));

    private LendingKept() {}
}

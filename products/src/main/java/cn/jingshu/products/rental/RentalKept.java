package cn.jingshu.products.rental;

import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import java.time.Period;
import java.util.List;

/** What the product keeps: what was verified, and which questions failed. */
final class RentalKept {
    static final List<Kept> ALL = List.of(
            new Kept("listing", "retention.rental.listing",
                    new Words("已核验房源的凭证", "Tokens of verified listings"),
                    new Words("租客在有效期内可凭证查询", "A tenant can ask by its token while it is valid"),
                    new Words("有效期届满", "the end of its validity"), Period.ZERO, true, false, null, """
                    SELECT l.token AS key, l.valid_until AS since, CAST(NULL AS text) AS caller, CAST(NULL AS text) AS subject, false AS open
                      FROM verified_listing l
                    """, List.of(new Removal("verified_listing", "DELETE FROM verified_listing WHERE token = ANY (CAST(? AS text[]))"))),
            new Kept("failed-question", "retention.rental.failed-question",
                    new Words("未通过的询问(密钥摘要)", "Questions that failed, as keyed digests"),
                    new Words("防止逐一猜测登记簿", "Nobody walks the register by guessing"),
                    new Words("失败之时", "when it failed"), Period.ofDays(1), false, false, null, """
                    SELECT CAST(f.ctid AS text) AS key, f.failed_at AS since, CAST(NULL AS text) AS caller, CAST(NULL AS text) AS subject,
                           false AS open
                      FROM failed_question f
                    """, List.of(new Removal("failed_question",
                            "DELETE FROM failed_question WHERE ctid = ANY (CAST(CAST(? AS text[]) AS tid[]))"))));

    private RentalKept() {}
}

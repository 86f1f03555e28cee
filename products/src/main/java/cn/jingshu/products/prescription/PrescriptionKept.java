package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import java.time.Period;
import java.util.List;

/** What the product keeps: renewals with their steps. */
final class PrescriptionKept {
    /** A renewal nobody went on with can be handed out no more within days, so none counts as open for years. */
    static final List<Kept> ALL = List.of(new Kept("refill", "retention.prescription.refill",
            new Words("续方及其步骤", "Renewals with their steps"),
            new Words("流转与医保结算可核查;提供个人信息的处理记录", "Its way and settlement can be checked; the record of giving personal information"),
            new Words("最后一步", "its last step"), Period.ofYears(3), true, false, Kept.BY_TOKEN, """
            SELECT CAST(r.refill_id AS text) AS key,
                   coalesce((SELECT max(s.at) FROM refill_step s WHERE s.refill_id = r.refill_id), r.decided_at, r.requested_at) AS since,
                   CAST(NULL AS text) AS caller, r.person AS subject, false AS open
              FROM refill r
            """, List.of(
                    new Removal("refill_step", "DELETE FROM refill_step WHERE refill_id = ANY (CAST(CAST(? AS text[]) AS uuid[]))"),
                    new Removal("refill", "DELETE FROM refill WHERE refill_id = ANY (CAST(CAST(? AS text[]) AS uuid[]))"))));

    private PrescriptionKept() {}
}

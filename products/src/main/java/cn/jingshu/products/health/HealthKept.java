package cn.jingshu.products.health;

import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.Kept.Removal;
import cn.jingshu.products.domain.Kept.Words;
import java.time.Period;
import java.util.List;

/** What the product keeps: sessions, proofs that were used, and whether a person wants to be warned. */
final class HealthKept {
    private static final Words END = new Words("到期之时", "when it ends");

    static final List<Kept> ALL = List.of(
            new Kept("session", "retention.health.session",
                    new Words("本人查询会话", "Sessions in which people ask for their own"),
                    new Words("会话有效期内确认本人", "It tells that the person has proved who they are"), END, Period.ZERO, false, false, Kept.BY_TOKEN, """
                    SELECT s.session_digest AS key, s.expires_at AS since, CAST(NULL AS text) AS caller, s.person AS subject, false AS open
                      FROM health_session s
                    """, List.of(new Removal("health_session", "DELETE FROM health_session WHERE session_digest = ANY (CAST(? AS text[]))"))),
            new Kept("used-proof", "retention.health.used-proof",
                    new Words("已使用的身份证明摘要", "Digests of proofs of identity that were used"),
                    new Words("一份证明只用一次", "A proof is good once"), END, Period.ZERO, false, false, null, """
                    SELECT p.proof_digest AS key, p.expires_at AS since, CAST(NULL AS text) AS caller, CAST(NULL AS text) AS subject, false AS open
                      FROM used_proof p
                    """, List.of(new Removal("used_proof", "DELETE FROM used_proof WHERE proof_digest = ANY (CAST(? AS text[]))"))),
            new Kept("preference", "retention.health.preference",
                    new Words("是否接受风险提醒", "Whether a person wants to be warned"),
                    new Words("按本人选择提醒;期满视为未选择,不再提醒", "Warnings go by it; once it is gone, the person is not warned until they choose again"),
                    new Words("最近一次选择", "when it was chosen last"), Period.ZERO, true, true, Kept.BY_TOKEN, """
                    SELECT w.person AS key, w.changed_at AS since, CAST(NULL AS text) AS caller, w.person AS subject, false AS open
                      FROM warning_preference w
                    """, List.of(new Removal("warning_preference", "DELETE FROM warning_preference WHERE person = ANY (CAST(? AS text[]))"))));

    private HealthKept() {}
}

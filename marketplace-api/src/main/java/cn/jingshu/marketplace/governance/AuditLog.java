package cn.jingshu.marketplace.governance;

import cn.jingshu.marketplace.store.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The log of decisions: written in the transaction of the decision itself, never changed afterwards. */
public final class AuditLog {
    private static final String APPEND = """
            INSERT INTO market.audit_log (at, actor_id, action, subject_kind, subject_id, detail)
            VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb))
            """;

    private AuditLog() {}

    /**
     * Records that {@code action} was taken.
     *
     * @param actorId the person who decided; null: a rule or the installation itself
     * @param detail what the decision rested on; no personal data and no key material
     */
    public static void append(Transaction transaction, Clock clock, @Nullable UUID actorId, String action,
            String subjectKind, Object subjectId, Map<String, String> detail) throws SQLException {
        transaction.change(APPEND, clock.instant(), actorId, action, subjectKind, subjectId.toString(), json(detail));
    }

    private static String json(Map<String, String> detail) {
        StringBuilder json = new StringBuilder("{");
        detail.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            if (json.length() > 1) {
                json.append(',');
            }
            quote(json, entry.getKey());
            json.append(':');
            quote(json, entry.getValue());
        });
        return json.append('}').toString();
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                // PostgreSQL keeps no NUL in jsonb; the replacement character says something stood there.
                case 0 -> json.append('\uFFFD');
                default -> {
                    if (c < 0x20) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}

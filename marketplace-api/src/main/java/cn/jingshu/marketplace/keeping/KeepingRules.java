package cn.jingshu.marketplace.keeping;

import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.RetentionRules;
import cn.jingshu.products.spi.CallerRef;
import jakarta.inject.Singleton;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rules of the market for what products keep: numbers of policy, holds, open objections. Read from the database whenever asked. */
@Singleton
public final class KeepingRules implements RetentionRules {
    private static final String HOLDS = """
            SELECT h.organisation_id, h.row_key, h.about_a_person, s.subject
              FROM market.retention_hold h
              LEFT JOIN market.retention_hold_subject s ON s.hold_id = h.id AND s.kind = ?
             WHERE h.released_at IS NULL AND h.product_code = ? AND (h.kind IS NULL OR h.kind = ?)
            """;
    private static final String OBJECTING = """
            SELECT DISTINCT organisation_id
              FROM market.objection
             WHERE product_code = ? AND status IN ('OPEN', 'UPHELD', 'ESCALATED')
            """;

    /** Who has asked something about their own data and was not answered. */
    private static final String ASKING = """
            SELECT DISTINCT s.subject
              FROM market.personal_request_subject s
              JOIN market.personal_request q ON q.id = s.request_id
             WHERE q.product_code = ? AND s.kind = ? AND q.status = 'OPEN'
            """;
    private static final String ERASURES = """
            SELECT q.id, s.subject, q.answered_at
              FROM market.personal_request q
              JOIN market.personal_request_subject s ON s.request_id = q.id
             WHERE q.product_code = ? AND s.kind = ? AND q.wish = 'ERASE' AND q.status = 'GRANTED'
             ORDER BY q.answered_at, q.id
            """;

    private final Database database;
    private final PolicyParameters policy;

    KeepingRules(Database database, PolicyParameters policy) {
        this.database = database;
        this.policy = policy;
    }

    private record Held(@Nullable UUID organisation, @Nullable String key, boolean aboutAPerson, @Nullable String subject) {
        boolean everything() {
            return organisation == null && key == null && !aboutAPerson;
        }
    }

    /** @throws IllegalStateException if what stands there is no period */
    @Override
    public Optional<Rule> findRule(String rule, Instant at) {
        return policy.findAt(rule, at).map(number -> new Rule(period(number.name(), number.value()), number.effectiveFrom(), number.citation()));
    }

    private static Period period(String name, String text) {
        try {
            return Period.parse(text);
        } catch (DateTimeException wrong) {
            throw new IllegalStateException("the policy number " + name + " is no period: " + text, wrong);
        }
    }

    @Override
    public Holds holds(String product, Kept kept) {
        return database.inTransaction(t -> {
            List<Held> held = t.list(HOLDS, row -> new Held(row.uuidOrNull("organisation_id"), row.textOrNull("row_key"), row.flag("about_a_person"),
                    row.textOrNull("subject")), kept.kind(), product, kept.kind());
            List<String> callers = new ArrayList<>();
            List<String> subjects = new ArrayList<>();
            List<String> keys = new ArrayList<>();
            boolean all = false;
            boolean unowned = false;
            for (Held each : held) {
                all |= each.everything();
                UUID organisation = each.organisation();
                if (organisation != null) {
                    callers.add(new CallerRef(organisation).text());
                    unowned = true; // it may be theirs
                }
                if (each.key() != null) {
                    keys.add(each.key());
                }
                if (each.subject() != null) {
                    subjects.add(each.subject());
                }
            }
            if (kept.evidence()) {
                for (UUID objecting : t.list(OBJECTING, row -> row.uuid("organisation_id"), product)) {
                    callers.add(new CallerRef(objecting).text());
                    unowned = true;
                }
            }
            subjects.addAll(t.list(ASKING, row -> row.text("subject"), product, kept.kind()));
            return new Holds(all, callers, unowned, subjects, keys);
        });
    }

    @Override
    public List<Erasure> erasures(String product, String kind) {
        return database.inTransaction(t -> t.list(ERASURES,
                row -> new Erasure(row.uuid("id"), row.text("subject"), row.instant("answered_at")), product, kind));
    }
}

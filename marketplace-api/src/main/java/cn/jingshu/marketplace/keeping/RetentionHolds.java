package cn.jingshu.marketplace.keeping;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.RetentionRules;
import cn.jingshu.products.identifier.ResidentId;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What may not go although its time is over (法律保留): placed by a person of the bureau on a written demand, and released by another. While one is being
 * placed nothing is removed, and what it holds is never removed afterwards.
 */
@Singleton
public final class RetentionHolds {
    /** Characters of a document or ground. */
    public static final int MOST_TEXT = 500;

    private static final String PLACE = """
            INSERT INTO market.retention_hold (id, product_code, kind, organisation_id, row_key, about_a_person, document, placed_by, placed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT retention_hold_pk DO NOTHING
            """;
    private static final String SUBJECT = "INSERT INTO market.retention_hold_subject (hold_id, kind, subject) VALUES (?, ?, ?)";
    private static final String SUBJECTS = "SELECT kind, subject FROM market.retention_hold_subject WHERE hold_id = ? ORDER BY kind";
    private static final String BY_ID = """
            SELECT id, product_code, kind, organisation_id, row_key, about_a_person, document, placed_by, placed_at, released_by, released_at,
                   release_ground
              FROM market.retention_hold
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String ALL = """
            SELECT id, product_code, kind, organisation_id, row_key, about_a_person, document, placed_by, placed_at, released_by, released_at,
                   release_ground
              FROM market.retention_hold
             ORDER BY (released_at IS NULL) DESC, placed_at DESC, id
             LIMIT ?
            """;
    private static final String RELEASE = """
            UPDATE market.retention_hold SET released_by = ?, released_at = ?, release_ground = ? WHERE id = ?
            """;

    private final Database database;
    private final JdbcDataDomain domain;
    private final Clock clock;

    RetentionHolds(Database database, JdbcDataDomain domain, Clock clock) {
        this.database = database;
        this.domain = domain;
        this.clock = clock;
    }

    /**
     * What is to be held.
     *
     * @param kind null: everything the product keeps
     * @param organisation rows of this one alone; null: of anyone
     * @param key this row alone; null: not one row
     * @param person rows about this person alone, who is not kept; null: about anyone
     * @param document the demand, with its number
     */
    public record Asked(String product, @Nullable String kind, @Nullable UUID organisation, @Nullable String key, @Nullable ResidentId person,
            String document) {
        public Asked {
            if (document.isBlank() || (key != null && (kind == null || key.isBlank()))
                    || (organisation == null ? 0 : 1) + (key == null ? 0 : 1) + (person == null ? 0 : 1) > 1) {
                throw new IllegalArgumentException("a document, and at most one of an organisation, a person and a row of a kind");
            }
        }

        /** Nothing of the person. */
        @Override
        public String toString() {
            return "Asked[" + product + " " + kind + "]";
        }
    }

    /**
     * A hold.
     *
     * @param releasedAt null: it holds
     */
    public record Hold(UUID id, String product, @Nullable String kind, @Nullable UUID organisation, @Nullable String key, boolean aboutAPerson,
            String document, UUID placedBy, Instant placedAt, @Nullable UUID releasedBy, @Nullable Instant releasedAt, @Nullable String ground) {
        public boolean inForce() {
            return releasedAt == null;
        }
    }

    /** Places one under an id its maker chose. */
    public Change place(UUID id, Asked asked, UUID by) {
        List<JdbcDataDomain.KeptOf> kept = domain.kept().stream().filter(each -> each.product().equals(asked.product())
                && (asked.kind() == null || each.kept().kind().equals(asked.kind()))).toList();
        ResidentId person = asked.person();
        Map<String, String> subjects = person == null ? Map.of() : domain.subjectKeys(asked.product(), person);
        if (kept.isEmpty() || (person != null && kept.stream().noneMatch(each -> subjects.containsKey(each.kept().kind())))) {
            return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
        }
        try {
            return database.inTransaction(t -> {
                t.list(RetentionRules.TURN, _ -> true);
                boolean aboutAPerson = person != null;
                if (t.change(PLACE, id, asked.product(), asked.kind(), asked.organisation(), asked.key(), aboutAPerson, asked.document(), by,
                        clock.instant()) == 0) {
                    return isSame(t, id, asked, subjects, by) ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
                }
                for (JdbcDataDomain.KeptOf each : kept) {
                    String subject = subjects.get(each.kept().kind());
                    if (subject != null) {
                        t.change(SUBJECT, id, each.kept().kind(), subject);
                    }
                }
                String kind = asked.kind();
                AuditLog.append(t, clock, by, "retention.hold", "retention_hold", id,
                        Map.of("product", asked.product(), "kind", kind == null ? "" : kind, "document", asked.document()));
                return new Change.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("retention_hold_organisation_fk")) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            throw e;
        }
    }

    private static boolean isSame(Transaction t, UUID id, Asked asked, Map<String, String> subjects, UUID by) throws SQLException {
        Hold before = t.find(BY_ID, RetentionHolds::read, id).orElseThrow();
        return new Hold(id, asked.product(), asked.kind(), asked.organisation(), asked.key(), asked.person() != null, asked.document(), by,
                before.placedAt(), before.releasedBy(), before.releasedAt(), before.ground()).equals(before)
                && t.list(SUBJECTS, row -> row.text("subject").equals(subjects.get(row.text("kind"))), id).stream().allMatch(same -> same);
    }

    /** Releases one; who placed it does not. */
    public Change release(UUID id, String ground, UUID by) {
        return database.inTransaction(t -> {
            Optional<Hold> found = t.find(BY_ID, RetentionHolds::read, id);
            if (found.isEmpty()) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            Hold hold = found.get();
            if (!hold.inForce()) {
                return by.equals(hold.releasedBy()) && ground.equals(hold.ground()) ? new Change.Done(true) : new Change.Refused(Change.Fault.OVER);
            }
            if (hold.placedBy().equals(by)) {
                return new Change.Refused(Change.Fault.SAME_PERSON);
            }
            t.change(RELEASE, by, clock.instant(), ground, id);
            AuditLog.append(t, clock, by, "retention.release", "retention_hold", id, Map.of("ground", ground));
            return new Change.Done(false);
        });
    }

    public Optional<Hold> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, RetentionHolds::read, id));
    }

    /** Those in force first. */
    public List<Hold> list(int most) {
        return database.inTransaction(t -> t.list(ALL, RetentionHolds::read, most));
    }

    private static Hold read(Row row) throws SQLException {
        return new Hold(row.uuid("id"), row.text("product_code"), row.textOrNull("kind"), row.uuidOrNull("organisation_id"), row.textOrNull("row_key"),
                row.flag("about_a_person"), row.text("document"), row.uuid("placed_by"), row.instant("placed_at"), row.uuidOrNull("released_by"),
                row.instantOrNull("released_at"), row.textOrNull("release_ground"));
    }
}

package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Laws that open what an older law has blocked: recorded by one person of the bureau, confirmed by another. */
@Singleton
public final class LawRecords {
    private static final String ADD = """
            INSERT INTO market.law_record
                   (id, resource_id, citation_zh, citation_en, in_force_from, source, recorded_by, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT law_record_pk DO NOTHING
            """;
    private static final String CONFIRM = """
            UPDATE market.law_record SET confirmed_by = ?, confirmed_at = ? WHERE id = ? AND confirmed_by IS NULL
            """;
    private static final String BY_ID = """
            SELECT id, resource_id, citation_zh, citation_en, in_force_from, source, recorded_by, confirmed_by
              FROM market.law_record
             WHERE id = ?
            """;
    private static final String ALL = """
            SELECT id, resource_id, citation_zh, citation_en, in_force_from, source, recorded_by, confirmed_by
              FROM market.law_record
             ORDER BY recorded_at, id
            """;

    private final Database database;
    private final Clock clock;

    public LawRecords(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A law that opens a resource.
     *
     * @param source where its text was published
     * @param confirmedBy null: nobody else has read it yet, so it opens nothing
     */
    public record LawRecord(UUID id, String resource, String citationZh, String citationEn, LocalDate inForceFrom, String source,
            UUID recordedBy, @Nullable UUID confirmedBy) {}

    /** Records a law under an id of the caller's own. */
    public Change record(LawRecord law) {
        try {
            return database.inTransaction(t -> {
                if (!People.getIn(t, law.recordedBy()).roles().contains(Role.REGULATOR)) {
                    return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
                }
                if (t.change(ADD, law.id(), law.resource(), law.citationZh(), law.citationEn(), law.inForceFrom(), law.source(),
                        law.recordedBy(), clock.instant()) == 0) {
                    return t.find(BY_ID, LawRecords::read, law.id()).filter(before -> sameLaw(before, law)).isPresent()
                            ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
                }
                AuditLog.append(t, clock, law.recordedBy(), "law.record", "law_record", law.id(),
                        Map.of("resource", law.resource(), "citation", law.citationZh(), "from", law.inForceFrom().toString()));
                return new Change.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("law_record_resource_fk")) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            throw e;
        }
    }

    private static boolean sameLaw(LawRecord before, LawRecord again) {
        return before.resource().equals(again.resource()) && before.citationZh().equals(again.citationZh())
                && before.citationEn().equals(again.citationEn()) && before.inForceFrom().equals(again.inForceFrom())
                && before.source().equals(again.source()) && before.recordedBy().equals(again.recordedBy());
    }

    /** Another person of the bureau has read the law. */
    public Change confirm(UUID id, UUID confirmedBy) {
        return database.inTransaction(t -> {
            Optional<LawRecord> law = t.find(BY_ID, LawRecords::read, id);
            if (law.isEmpty() || !People.getIn(t, confirmedBy).roles().contains(Role.REGULATOR)) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            if (law.get().recordedBy().equals(confirmedBy)) {
                return new Change.Refused(Change.Fault.SAME_PERSON);
            }
            if (t.change(CONFIRM, confirmedBy, clock.instant(), id) == 0) {
                return new Change.Done(true);
            }
            AuditLog.append(t, clock, confirmedBy, "law.confirm", "law_record", id, Map.of("resource", law.get().resource()));
            return new Change.Done(false);
        });
    }

    public Optional<LawRecord> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, LawRecords::read, id));
    }

    /** All of them, oldest first. */
    public List<LawRecord> listAll() {
        return database.inTransaction(t -> t.list(ALL, LawRecords::read));
    }

    static LawRecord read(Row row) throws SQLException {
        return new LawRecord(row.uuid("id"), row.text("resource_id"), row.text("citation_zh"), row.text("citation_en"),
                row.day("in_force_from"), row.text("source"), row.uuid("recorded_by"), row.uuidOrNull("confirmed_by"));
    }
}

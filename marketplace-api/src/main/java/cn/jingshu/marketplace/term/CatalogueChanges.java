package cn.jingshu.marketplace.term;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Changes of law or of duties that the catalogue has to follow within a term (条例第十七条): noted by the provider or the bureau. */
@Singleton
public final class CatalogueChanges {
    /** Changes of one resource that may be open at a time. */
    static final int MOST_OPEN = 20;

    /** How long ago a change may have happened that is noted now. */
    static final Period LONGEST_AGO = Period.ofYears(1);

    private static final String ADD = """
            INSERT INTO market.catalogue_change (id, resource_id, happened_on, ground, noticed_by, noticed_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT catalogue_change_pk DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, resource_id, happened_on, ground, noticed_by FROM market.catalogue_change WHERE id = ?
            """;
    private static final String OF_RESOURCE = """
            SELECT id, resource_id, happened_on, ground, noticed_by
              FROM market.catalogue_change
             WHERE resource_id = ?
             ORDER BY happened_on DESC
            """;
    /** Held, so that what is noted of one resource at the same time is counted one after another. */
    private static final String PROVIDER = """
            SELECT v.organisation_id
              FROM market.data_resource r
              JOIN market.data_provider v ON v.code = r.provider_code
             WHERE r.id = ?
               FOR NO KEY UPDATE OF r
            """;
    private static final String OPEN_OF = """
            SELECT count(*) AS open FROM market.catalogue_change c WHERE c.resource_id = ? AND\s""" + Deadlines.CHANGE_IS_OPEN;

    private final Database database;
    private final Clock clock;

    CatalogueChanges(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A change the catalogue has to follow; {@code ground}: the law, or the change of duties. */
    public record CatalogueChange(UUID id, String resource, LocalDate happenedOn, String ground, UUID noticedBy) {}

    /** Notes a change under an id of the caller's own; the term runs from the day it happened, which is at most a year ago. */
    public Change notice(CatalogueChange change) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), Deadlines.ZONE);
        if (change.happenedOn().isAfter(today)) {
            return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
        }
        try {
            return database.inTransaction(t -> {
                Person person = People.getIn(t, change.noticedBy());
                List<Optional<UUID>> provider = t.list(PROVIDER, row -> Optional.ofNullable(row.uuidOrNull("organisation_id")), change.resource());
                if (provider.isEmpty()) {
                    return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
                }
                if (!person.roles().contains(Role.REGULATOR) && !(person.roles().contains(Role.PROVIDER_OFFICER)
                        && provider.getFirst().filter(person.organisationId()::equals).isPresent())) {
                    return new Change.Refused(Change.Fault.NOT_ITS_PROVIDER);
                }
                Optional<CatalogueChange> before = t.find(BY_ID, CatalogueChanges::read, change.id());
                if (before.isPresent()) {
                    return before.filter(change::equals).isPresent() ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
                }
                if (change.happenedOn().isBefore(today.minus(LONGEST_AGO))) {
                    return new Change.Refused(Change.Fault.TOO_LONG_AGO);
                }
                if (t.find(OPEN_OF, row -> row.integer("open"), change.resource()).orElse(0) >= MOST_OPEN) {
                    return new Change.Refused(Change.Fault.TOO_MANY_OPEN);
                }
                if (t.change(ADD, change.id(), change.resource(), change.happenedOn(), change.ground(), change.noticedBy(),
                        clock.instant()) == 0) {
                    return t.find(BY_ID, CatalogueChanges::read, change.id()).filter(change::equals).isPresent()
                            ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
                }
                AuditLog.append(t, clock, change.noticedBy(), "catalogue.change", "catalogue_change", change.id(),
                        Map.of("resource", change.resource(), "on", change.happenedOn().toString(), "ground", change.ground()));
                return new Change.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("catalogue_change_once")) {
                return new Change.Refused(Change.Fault.CODE_TAKEN);
            }
            throw e;
        }
    }

    public Optional<CatalogueChange> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, CatalogueChanges::read, id));
    }

    /** The changes noted for a resource, the newest first. */
    public List<CatalogueChange> listOf(String resource) {
        return database.inTransaction(t -> t.list(OF_RESOURCE, CatalogueChanges::read, resource));
    }

    private static CatalogueChange read(Row row) throws SQLException {
        return new CatalogueChange(row.uuid("id"), row.text("resource_id"), row.day("happened_on"), row.text("ground"), row.uuid("noticed_by"));
    }
}

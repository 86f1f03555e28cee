package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The registrations of products: registered by the operator, approved by another person of the bureau. */
@Singleton
public final class Registrations {
    private static final String ADD = """
            INSERT INTO market.registration
                   (id, product_code, product_version, name_zh, name_en, registration_code, valid_from, valid_to,
                    operator_id, merchant_id, status, registered_by, registered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT registration_pk DO NOTHING
            """;
    private static final String ADD_RESOURCE = """
            INSERT INTO market.registration_resource (registration_id, resource_id) VALUES (?, ?)
            """;
    private static final String APPROVE = """
            UPDATE market.registration SET approved_by = ?, approved_at = ? WHERE id = ? AND approved_by IS NULL
            """;
    private static final String REGISTERED_BY = """
            SELECT registered_by FROM market.registration WHERE id = ?
            """;
    private static final String SET_STATUS = """
            UPDATE market.registration SET status = ? WHERE id = ? AND status <> ? AND status <> 'CANCELLED'
            """;
    private static final String ALL = """
            SELECT r.id, r.product_code, r.product_version, r.name_zh, r.name_en, r.registration_code, r.valid_from,
                   r.valid_to, r.operator_id, r.merchant_id, r.status, r.approved_at,
                   ARRAY(SELECT q.resource_id
                           FROM market.registration_resource q
                           JOIN market.data_resource d ON d.id = q.resource_id
                          WHERE q.registration_id = r.id
                          ORDER BY d.ordinal) AS resources
              FROM market.registration r
             ORDER BY r.product_code, r.product_version
            """;

    private static final String BY_ID = """
            SELECT r.id, r.product_code, r.product_version, r.name_zh, r.name_en, r.registration_code, r.valid_from,
                   r.valid_to, r.operator_id, r.merchant_id, r.status, r.approved_at,
                   ARRAY(SELECT q.resource_id
                           FROM market.registration_resource q
                           JOIN market.data_resource d ON d.id = q.resource_id
                          WHERE q.registration_id = r.id
                          ORDER BY d.ordinal) AS resources
              FROM market.registration r
             WHERE r.id = ?
            """;

    private static final String TAKE_IN = """
            INSERT INTO market.registration_acceptance (registration_id, accepted, said, decided_by, decided_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT registration_acceptance_pk DO NOTHING
            """;
    private static final String TAKEN_IN = """
            SELECT accepted, said, decided_by, decided_at FROM market.registration_acceptance WHERE registration_id = ?
            """;

    private final Database database;
    private final Clock clock;

    public Registrations(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** The answer to an approval. */
    public enum Approval {
        APPROVED,
        /** Approved before, or there is no such registration. */
        NOTHING_TO_APPROVE,
        /** Who registers does not approve. */
        SAME_PERSON,
        /** Only a person of the bureau approves. */
        NOT_A_REGULATOR
    }

    /** Registers a product; its {@code approvedAt} is not looked at, approval is a step of its own. */
    public Change register(Registration registration, @Nullable UUID registeredBy) {
        try {
            return database.inTransaction(t -> register(t, registration, registeredBy));
        } catch (DatabaseException e) {
            if (e.violates("registration_product_unique") || e.violates("registration_code_unique")) {
                return new Change.Refused(Change.Fault.CODE_TAKEN);
            }
            if (e.violates("registration_operator_fk") || e.violates("registration_merchant_fk")
                    || e.violates("registration_resource_resource_fk")) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            throw e;
        }
    }

    private Change register(Transaction t, Registration registration, @Nullable UUID registeredBy)
            throws SQLException {
        if (t.change(ADD, registration.id(), registration.product(), registration.productVersion(),
                registration.nameZh(), registration.nameEn(), registration.registrationCode(),
                registration.validFrom(), registration.validTo(), registration.operatorId(),
                registration.merchantId(), registration.status(), registeredBy, clock.instant()) == 0) {
            boolean same = t.find(BY_ID, Registrations::read, registration.id())
                    .filter(before -> sameApplication(before, registration)).isPresent();
            return same ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
        }
        for (String resource : registration.resources()) {
            t.change(ADD_RESOURCE, registration.id(), resource);
        }
        AuditLog.append(t, clock, registeredBy, "product.register", "registration", registration.id(),
                Map.of("product", registration.product(), "code", registration.registrationCode()));
        return new Change.Done(false);
    }

    /** Whether two registrations ask for the same, whatever has been decided about either. */
    private static boolean sameApplication(Registration before, Registration again) {
        return before.product().equals(again.product()) && before.productVersion() == again.productVersion()
                && before.nameZh().equals(again.nameZh()) && before.nameEn().equals(again.nameEn())
                && before.registrationCode().equals(again.registrationCode())
                && before.validFrom().equals(again.validFrom().truncatedTo(ChronoUnit.MICROS))
                && before.validTo().equals(again.validTo().truncatedTo(ChronoUnit.MICROS))
                && before.operatorId().equals(again.operatorId()) && before.merchantId().equals(again.merchantId())
                && Set.copyOf(before.resources()).equals(Set.copyOf(again.resources()));
    }

    /**
     * The first step of a registration.
     *
     * @param accepted false: sent back, and to be handed in anew
     * @param said what is missing, whole and at once; or the number under which it was taken in
     */
    public record Acceptance(boolean accepted, String said, UUID decidedBy, Instant decidedAt) {}

    /** Takes a registration in, or sends it back once; the review's term begins with it. Who registers does not. */
    public Change takeIn(UUID registrationId, boolean accepted, String said, UUID by) {
        return database.inTransaction(t -> {
            Optional<Registration> found = t.find(BY_ID, Registrations::read, registrationId);
            if (found.isEmpty() || !People.getIn(t, by).roles().contains(Role.REGULATOR)) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            if (registeredBy(t, registrationId).filter(by::equals).isPresent()) {
                return new Change.Refused(Change.Fault.SAME_PERSON);
            }
            Optional<Acceptance> before = t.find(TAKEN_IN, Registrations::readAcceptance, registrationId);
            if (before.isPresent()) {
                Acceptance is = before.get();
                return is.accepted() == accepted && is.said().equals(said) && is.decidedBy().equals(by) ? new Change.Done(true)
                        : new Change.Refused(Change.Fault.OVER);
            }
            if (found.get().approvedAt() != null || t.change(TAKE_IN, registrationId, accepted, said, by, clock.instant()) == 0) {
                return new Change.Refused(Change.Fault.OVER);
            }
            AuditLog.append(t, clock, by, accepted ? "product.take-in" : "product.send-back", "registration", registrationId, Map.of("said", said));
            return new Change.Done(false);
        });
    }

    /** The first step; empty: it was not taken. */
    public Optional<Acceptance> findAcceptance(UUID registrationId) {
        return database.inTransaction(t -> t.find(TAKEN_IN, Registrations::readAcceptance, registrationId));
    }

    private static Acceptance readAcceptance(Row row) throws SQLException {
        return new Acceptance(row.flag("accepted"), row.text("said"), row.uuid("decided_by"), row.instant("decided_at"));
    }

    public Approval approve(UUID registrationId, UUID approvedBy) {
        return database.inTransaction(t -> {
            if (!People.getIn(t, approvedBy).roles().contains(Role.REGULATOR)) {
                return Approval.NOT_A_REGULATOR;
            }
            if (registeredBy(t, registrationId).filter(approvedBy::equals).isPresent()) {
                return Approval.SAME_PERSON;
            }
            if (t.change(APPROVE, approvedBy, clock.instant(), registrationId) == 0) {
                return Approval.NOTHING_TO_APPROVE;
            }
            AuditLog.append(t, clock, approvedBy, "product.approve", "registration", registrationId, Map.of());
            return Approval.APPROVED;
        });
    }

    private static Optional<UUID> registeredBy(Transaction t, UUID registrationId) throws SQLException {
        return t.list(REGISTERED_BY, row -> Optional.ofNullable(row.uuidOrNull("registered_by")), registrationId)
                .stream().flatMap(Optional::stream).findFirst();
    }

    /** Takes a product off the market at once; false: it was off already. */
    public boolean suspend(UUID registrationId, UUID decidedBy, String reason) {
        return changeStatus(registrationId, Registration.Status.SUSPENDED, decidedBy, "product.suspend", reason);
    }

    /** Puts a suspended product back; false: it was not suspended, or cancelled for good. */
    public boolean restore(UUID registrationId, UUID decidedBy, String reason) {
        return changeStatus(registrationId, Registration.Status.REGISTERED, decidedBy, "product.restore", reason);
    }

    /** Takes a product off the market for good; false: it was off for good already. */
    public boolean cancel(UUID registrationId, UUID decidedBy, String reason) {
        return changeStatus(registrationId, Registration.Status.CANCELLED, decidedBy, "product.cancel", reason);
    }

    private boolean changeStatus(
            UUID registrationId, Registration.Status status, UUID decidedBy, String action, String reason) {
        return database.inTransaction(t -> {
            boolean changed = t.change(SET_STATUS, status, registrationId, status) == 1;
            if (changed) {
                AuditLog.append(t, clock, decidedBy, action, "registration", registrationId, Map.of("reason", reason));
            }
            return changed;
        });
    }

    public Optional<Registration> find(UUID registrationId) {
        return database.inTransaction(t -> t.find(BY_ID, Registrations::read, registrationId));
    }

    public List<Registration> listAll() {
        return database.inTransaction(t -> t.list(ALL, Registrations::read));
    }

    /** The registration of a product in force at {@code moment}; of several versions the newest. */
    public Optional<Registration> findInForce(String product, Instant moment) {
        return listAll().stream()
                .filter(r -> r.product().equals(product) && r.inForceAt(moment))
                .reduce((_, newer) -> newer);
    }

    private static Registration read(Row row) throws SQLException {
        return new Registration(row.uuid("id"), row.text("product_code"), row.integer("product_version"),
                row.text("name_zh"), row.text("name_en"), row.text("registration_code"), row.instant("valid_from"),
                row.instant("valid_to"), row.uuid("operator_id"), row.uuid("merchant_id"),
                row.constant("status", Registration.Status.class), row.instantOrNull("approved_at"),
                row.texts("resources"));
    }
}

package cn.jingshu.marketplace.governance;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The agreements under which an operator or a merchant works (授权运营协议). */
@Singleton
public final class Agreements {
    /** Longest term in years. Source: 发改数据规〔2025〕27号; the plan repeats it. The table's constraint holds it too. */
    static final int MAX_YEARS = 5;

    private static final String SIGN = """
            INSERT INTO market.agreement
                   (id, organisation_id, kind, starts_on, ends_on, citation, exception_citation, signed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT agreement_pk DO NOTHING
            """;
    private static final String TERMINATE = """
            UPDATE market.agreement SET terminated_at = ? WHERE id = ? AND terminated_at IS NULL
            """;
    private static final String BY_ID = """
            SELECT id, organisation_id, kind, starts_on, ends_on, citation, exception_citation, terminated_at
              FROM market.agreement
             WHERE id = ?
            """;
    private static final String PAGE = """
            SELECT id, organisation_id, kind, starts_on, ends_on, citation, exception_citation, terminated_at
              FROM market.agreement
             WHERE id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final String OF_ORGANISATION = """
            SELECT id, organisation_id, kind, starts_on, ends_on, citation, exception_citation
              FROM market.agreement
             WHERE organisation_id = ? AND terminated_at IS NULL
             ORDER BY starts_on
            """;

    private final Database database;
    private final Clock clock;

    public Agreements(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** What an agreement permits its party to do. */
    public enum AgreementKind {
        OPERATOR,
        MERCHANT
    }

    /**
     * An agreement with one party, in force on the days {@code [startsOn, endsOn)} in Asia/Shanghai; one with an empty
     * term cannot be built, nor one of more than five years without an exception.
     *
     * @param exceptionCitation the decision that allows a term of more than five years; null: no exception
     */
    public record Agreement(UUID id, UUID organisationId, AgreementKind kind, LocalDate startsOn, LocalDate endsOn,
            String citation, @Nullable String exceptionCitation) {
        public Agreement {
            if (!endsOn.isAfter(startsOn) || (exceptionCitation == null && tooLong(startsOn, endsOn))
                    || (exceptionCitation != null && exceptionCitation.isBlank())) {
                throw new IllegalArgumentException("agreement term " + startsOn + " to " + endsOn
                        + ": at least a day, at most five years unless an exception is cited");
            }
        }

        /** An agreement of at most five years. */
        public Agreement(UUID id, UUID organisationId, AgreementKind kind, LocalDate startsOn, LocalDate endsOn,
                String citation) {
            this(id, organisationId, kind, startsOn, endsOn, citation, null);
        }

        /** Whether such a term needs an exception. */
        public static boolean tooLong(LocalDate startsOn, LocalDate endsOn) {
            return endsOn.isAfter(startsOn.plusYears(MAX_YEARS));
        }
    }

    /** An agreement with its early end; {@code terminatedAt} null: it runs to its end. */
    public record Kept(Agreement agreement, @Nullable Instant terminatedAt) {}

    /** Enters a signed agreement under an id its maker chose. */
    public Change sign(Agreement agreement, @Nullable UUID signedBy) {
        try {
            return database.inTransaction(t -> {
                if (t.change(SIGN, agreement.id(), agreement.organisationId(), agreement.kind(), agreement.startsOn(),
                        agreement.endsOn(), agreement.citation(), agreement.exceptionCitation(),
                        clock.instant()) == 0) {
                    boolean same = t.find(BY_ID, Agreements::readKept, agreement.id())
                            .filter(before -> before.agreement().equals(agreement)).isPresent();
                    return same ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
                }
                String exception = agreement.exceptionCitation();
                AuditLog.append(t, clock, signedBy, "agreement.sign", "agreement", agreement.id(),
                        Map.of("until", agreement.endsOn().toString(), "exception", exception == null ? "" : exception));
                return new Change.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("agreement_organisation_fk")) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            throw e;
        }
    }

    /** Ends an agreement at once; false: it had ended before or does not exist. */
    public boolean terminate(UUID agreementId, UUID decidedBy, String reason) {
        return database.inTransaction(t -> {
            boolean ended = t.change(TERMINATE, clock.instant(), agreementId) == 1;
            if (ended) {
                AuditLog.append(t, clock, decidedBy, "agreement.terminate", "agreement", agreementId,
                        Map.of("reason", reason));
            }
            return ended;
        });
    }

    /** Whether an agreement of this id was ever signed, be it terminated or not. */
    public boolean exists(UUID agreementId) {
        return find(agreementId).isPresent();
    }

    public Optional<Kept> find(UUID agreementId) {
        return database.inTransaction(t -> t.find(BY_ID, Agreements::readKept, agreementId));
    }

    /** At most {@code most} agreements behind the id {@code after}, in the order of ids; null: from the first. */
    public List<Kept> list(@Nullable UUID after, int most) {
        return database.inTransaction(
                t -> t.list(PAGE, Agreements::readKept, after == null ? new UUID(0, 0) : after, most));
    }

    /** The agreements of one party that were not terminated, past and future ones included. */
    public List<Agreement> listOf(UUID organisationId) {
        return database.inTransaction(t -> t.list(OF_ORGANISATION, Agreements::read, organisationId));
    }

    private static Agreement read(Row row) throws SQLException {
        return new Agreement(row.uuid("id"), row.uuid("organisation_id"), row.constant("kind", AgreementKind.class),
                row.day("starts_on"), row.day("ends_on"), row.text("citation"), row.textOrNull("exception_citation"));
    }

    private static Kept readKept(Row row) throws SQLException {
        return new Kept(read(row), row.instantOrNull("terminated_at"));
    }
}

package cn.jingshu.marketplace.governance;

import cn.jingshu.marketplace.store.Database;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The agreements under which an operator or a merchant works (授权运营协议). */
@Singleton
public final class Agreements {
    /** Longest term in years. Source: 发改数据规〔2025〕27号; the plan repeats it. The table's constraint holds it too. */
    static final int MAX_YEARS = 5;

    private static final String SIGN = """
            INSERT INTO market.agreement (id, organisation_id, kind, starts_on, ends_on, citation, signed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String TERMINATE = """
            UPDATE market.agreement SET terminated_at = ? WHERE id = ? AND terminated_at IS NULL
            """;
    private static final String BY_ID = """
            SELECT id FROM market.agreement WHERE id = ?
            """;
    private static final String OF_ORGANISATION = """
            SELECT id, organisation_id, kind, starts_on, ends_on, citation
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
     * term or a term of more than five years cannot be built.
     */
    public record Agreement(
            UUID id, UUID organisationId, AgreementKind kind, LocalDate startsOn, LocalDate endsOn, String citation) {
        public Agreement {
            if (!endsOn.isAfter(startsOn) || endsOn.isAfter(startsOn.plusYears(MAX_YEARS))) {
                throw new IllegalArgumentException(
                        "agreement term " + startsOn + " to " + endsOn + ": at least a day, at most five years");
            }
        }
    }

    public void sign(Agreement agreement, @Nullable UUID signedBy) {
        database.inTransaction(t -> {
            t.change(SIGN, agreement.id(), agreement.organisationId(), agreement.kind(), agreement.startsOn(),
                    agreement.endsOn(), agreement.citation(), clock.instant());
            AuditLog.append(t, clock, signedBy, "agreement.sign", "agreement", agreement.id(),
                    Map.of("until", agreement.endsOn().toString()));
            return agreement;
        });
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
        return database.inTransaction(t -> t.find(BY_ID, row -> row.uuid("id"), agreementId)).isPresent();
    }

    /** The agreements of one party that were not terminated, past and future ones included. */
    public List<Agreement> listOf(UUID organisationId) {
        return database.inTransaction(t -> t.list(OF_ORGANISATION,
                row -> new Agreement(row.uuid("id"), row.uuid("organisation_id"),
                        row.constant("kind", AgreementKind.class), row.day("starts_on"), row.day("ends_on"),
                        row.text("citation")),
                organisationId));
    }
}

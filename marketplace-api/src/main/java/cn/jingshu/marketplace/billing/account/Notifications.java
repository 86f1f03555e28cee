package cn.jingshu.marketplace.billing.account;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What organisations were told about their account, terms, objections and models, shown on their pages. Nothing is sent: the house has no mail. */
@Singleton
public final class Notifications {
    private static final String ADD = """
            INSERT INTO market.notification (id, organisation_id, kind, about, amount_fen, at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT notification_pk DO NOTHING
            """;
    private static final String NEWEST = """
            SELECT id, kind, about, amount_fen, at
              FROM market.notification
             WHERE organisation_id = ?
             ORDER BY at DESC, id DESC
             LIMIT ?
            """;
    private static final String OF_PRODUCT = """
            SELECT o.id
              FROM market.organisation o
             WHERE o.status = 'ACTIVE'
               AND (o.kinds && ARRAY['OPERATOR'] OR o.id IN (SELECT g.merchant_id FROM market.registration g
                                                              WHERE g.product_code = ? AND g.approved_at IS NOT NULL AND g.status <> 'CANCELLED'))
             ORDER BY o.id
            """;

    private final Database database;
    private final Clock clock;

    Notifications(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** What it is about; stable text in {@code market.notification}. */
    public enum Kind {
        STATEMENT_ISSUED,
        DUE,
        REMINDER,
        FINAL_NOTICE,
        SUSPENDED,
        REINSTATED,
        SETTLED,
        BUDGET_80,
        BUDGET_100,
        BUDGET_STOPPED,
        CREDIT_STOPPED,
        CREDIT_NOTE,
        TERM_OVERDUE,
        OBJECTION_RAISED,
        OBJECTION_MESSAGE,
        OBJECTION_ANSWERED,
        OBJECTION_ESCALATED,
        OBJECTION_DECIDED,
        /** Data that products the consumer subscribes to rest on were corrected. */
        DATA_CORRECTED,
        /** Revenue of a year reached this percentage of its permitted revenue. */
        REVENUE_80,
        REVENUE_90,
        REVENUE_100,
        /** What a model of a product is asked about has moved far from what it was trained on. */
        MODEL_DRIFT,
        /** A price is not applied any more, since the product's contract says that it is free. */
        PRICE_ENDED,
        /** Usage of a consumer with a limit has no lawful price: of the limit it counts at the most that can have been taken for it. */
        USAGE_WITHOUT_PRICE,
        /** Stale answers of a declared product are free, which its contract billed when it was approved. */
        STALE_IS_FREE,
        /** Failed calls of a declared product are free, which its contract billed when it was approved. */
        FAILED_IS_FREE
    }

    /**
     * A notification.
     *
     * @param about number of a statement, credit note or objection, a month, a resource or product, a product and its model, a consumer, or what is
     *     overdue
     * @param amount null: it is about no amount
     */
    public record Notification(UUID id, Kind kind, String about, @Nullable Money amount, Instant at) {}

    private static final String TOLD = "SELECT id FROM market.notification WHERE id = ANY (CAST(? AS uuid[]))";

    /** Which of these were told. */
    static Set<UUID> toldOf(Transaction t, Set<UUID> ids) throws SQLException {
        return Set.copyOf(t.list(TOLD, row -> row.uuid("id"), ids));
    }

    static UUID idOf(UUID organisationId, Kind kind, String about, String occasion) {
        return UUID.nameUUIDFromBytes((kind + " " + organisationId + " " + about + " " + occasion).getBytes(StandardCharsets.UTF_8));
    }

    /** Tells an organisation something, once for the same {@code occasion}. */
    public void tell(Transaction t, UUID organisationId, Kind kind, String about, @Nullable Money amount, String occasion)
            throws SQLException {
        UUID id = idOf(organisationId, kind, about, occasion);
        t.change(ADD, id, organisationId, kind, about, amount == null ? null : amount.fen(), clock.instant());
    }

    /** Tells the operator and the merchants whose registration of a product stands, once for the same {@code occasion}. */
    public void tellOfProduct(Transaction t, String product, Kind kind, String about, String occasion) throws SQLException {
        for (UUID organisation : t.list(OF_PRODUCT, row -> row.uuid("id"), product)) {
            tell(t, organisation, kind, about, null, occasion);
        }
    }

    /** The youngest notifications of an organisation, the youngest first. */
    public List<Notification> listNewest(UUID organisationId, int most) {
        return database.inTransaction(t -> t.list(NEWEST, row -> new Notification(row.uuid("id"),
                row.constant("kind", Kind.class), row.text("about"),
                row.decimalOrNull("amount_fen") == null ? null : Money.ofFen(row.number("amount_fen")), row.instant("at")),
                organisationId, most));
    }
}

package cn.jingshu.marketplace.scenario;

import cn.jingshu.marketplace.runtime.Beans;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** The usage events a node has stored, found by the request id of their call. */
final class UsageRecords {
    private static final String OF_REQUEST = """
            SELECT event_id, product, operation, purpose_class, outcome, unit, quantity, status, answer_bytes, sandbox,
                   protocol, subscription_id, key_id
              FROM metering.usage_event
             WHERE request_id = ?
             ORDER BY event_id
            """;
    private static final String COUNT = "SELECT count(*) AS events FROM metering.usage_event";

    private final Database database;

    UsageRecords(Beans node) {
        this.database = node.get(Database.class);
    }

    /** What the tests look at of one event. */
    record Recorded(UUID eventId, String product, String operation, String purpose, String outcome, String unit,
            long quantity, int status, boolean sandbox, String protocol, UUID subscriptionId) {}

    List<Recorded> of(String requestId) {
        return database.inTransaction(t -> t.list(OF_REQUEST, UsageRecords::read, requestId));
    }

    /** The one event of a request, waited for; more than one fails. */
    Recorded one(String requestId) throws Exception {
        List<Recorded> events = Until.holds(Duration.ofSeconds(10), () -> of(requestId), found -> !found.isEmpty());
        if (events.size() != 1) {
            throw new AssertionError("not one event: " + events);
        }
        return events.getFirst();
    }

    long count() {
        return database.inTransaction(t -> t.find(COUNT, row -> row.number("events"))).orElseThrow();
    }

    private static Recorded read(Row row) throws SQLException {
        return new Recorded(row.uuid("event_id"), row.text("product"), row.text("operation"),
                row.text("purpose_class"), row.text("outcome"), row.text("unit"), row.number("quantity"),
                row.integer("status"), row.flag("sandbox"), row.text("protocol"), row.uuid("subscription_id"));
    }
}

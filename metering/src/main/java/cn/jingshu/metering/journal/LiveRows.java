package cn.jingshu.metering.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Writes what a node has not shipped to {@code metering.usage_live}: some rows of columns, however many calls. */
final class LiveRows {
    /** As {@code metering.usage_part} reckons it. */
    private static final int PARTS = 16;

    private static final String SAY = """
        INSERT INTO metering.usage_live_node AS n (node_id, from_sequence, next_sequence, recorded_until, heard_at)
        VALUES (?, ?, ?, ?, clock_timestamp())
            ON CONFLICT ON CONSTRAINT usage_live_node_pk DO UPDATE
           SET from_sequence = EXCLUDED.from_sequence, next_sequence = EXCLUDED.next_sequence,
               recorded_until = EXCLUDED.recorded_until, heard_at = EXCLUDED.heard_at
        """;
    private static final String FORGET = """
        DELETE FROM metering.usage_live WHERE node_id = ?
        """;
    private static final String WRITE = """
        INSERT INTO metering.usage_live (node_id, part, products, operations, purpose_classes, units, outcomes, sandboxes,
               kind, hour, subscription_id, calls, quantity, answer_bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;
    private static final String GO_BEHIND = """
        WITH gone AS (
            DELETE FROM metering.usage_live_node WHERE node_id = ? AND next_sequence > ? RETURNING node_id)
        DELETE FROM metering.usage_live l USING gone g WHERE l.node_id = g.node_id
        """;

    private LiveRows() {}

    static void write(Connection connection, Unshipped unshipped) throws SQLException {
        try (PreparedStatement say = connection.prepareStatement(SAY)) {
            say.setString(1, unshipped.nodeId());
            say.setLong(2, unshipped.fromSequence());
            say.setLong(3, unshipped.nextSequence());
            say.setObject(4, unshipped.recordedUntil().atOffset(ZoneOffset.UTC));
            say.executeUpdate();
        }
        try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
            forget.setString(1, unshipped.nodeId());
            forget.executeUpdate();
        }
        if (unshipped.totals().isEmpty()) {
            return;
        }
        @Nullable Part[] parts = new Part[PARTS];
        unshipped.totals().forEach((key, sums) -> {
            int number = (int) (key.subscriptionId().getLeastSignificantBits() & (PARTS - 1));
            Part part = parts[number];
            if (part == null) {
                part = new Part();
                parts[number] = part;
            }
            part.put(key, sums);
        });
        PGConnection arrays = connection.unwrap(PGConnection.class);
        try (PreparedStatement write = connection.prepareStatement(WRITE)) {
            for (int number = 0; number < PARTS; number++) {
                Part part = parts[number];
                if (part != null) {
                    write.setString(1, unshipped.nodeId());
                    write.setInt(2, number);
                    part.set(write, arrays);
                    write.addBatch();
                }
            }
            write.executeBatch();
        }
    }

    /** Deletes what a node said if it said it of places at or behind {@code nextSequence}. */
    static void delete(Connection connection, String nodeId, long nextSequence) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(GO_BEHIND)) {
            delete.setString(1, nodeId);
            delete.setLong(2, nextSequence);
            delete.executeUpdate();
        }
    }

    /** What the rows of a part have in common with many of their like. */
    private record Kind(String product, String operation, String purposeClass, String unit, String outcome, boolean sandbox) {}

    /** The columns of one row. */
    private static final class Part {
        private final Map<Kind, Integer> places = new HashMap<>();
        private final List<Kind> kinds = new ArrayList<>();
        private final List<Integer> kind = new ArrayList<>();
        private final List<Integer> hour = new ArrayList<>();
        private final List<UUID> subscriptionId = new ArrayList<>();
        private final List<Long> calls = new ArrayList<>();
        private final List<Long> quantity = new ArrayList<>();
        private final List<Long> answerBytes = new ArrayList<>();

        void put(HourTotals.Key key, HourTotals.Sums sums) {
            Kind of = new Kind(key.product(), key.operation(), key.purposeClass(), key.unit(), key.outcome().name(), key.sandbox());
            kind.add(places.computeIfAbsent(of, added -> {
                kinds.add(added);
                return kinds.size();
            }));
            hour.add((int) (key.hour().getEpochSecond() / 3_600));
            subscriptionId.add(key.subscriptionId());
            calls.add(sums.calls);
            quantity.add(sums.quantity);
            answerBytes.add(sums.answerBytes);
        }

        void set(PreparedStatement write, PGConnection arrays) throws SQLException {
            write.setArray(3, arrays.createArrayOf("text", kinds.stream().map(Kind::product).toArray(String[]::new)));
            write.setArray(4, arrays.createArrayOf("text", kinds.stream().map(Kind::operation).toArray(String[]::new)));
            write.setArray(5, arrays.createArrayOf("text", kinds.stream().map(Kind::purposeClass).toArray(String[]::new)));
            write.setArray(6, arrays.createArrayOf("text", kinds.stream().map(Kind::unit).toArray(String[]::new)));
            write.setArray(7, arrays.createArrayOf("text", kinds.stream().map(Kind::outcome).toArray(String[]::new)));
            write.setArray(8, arrays.createArrayOf("boolean", kinds.stream().map(Kind::sandbox).toArray(Boolean[]::new)));
            write.setArray(9, arrays.createArrayOf("int4", kind.stream().mapToInt(Integer::intValue).toArray()));
            write.setArray(10, arrays.createArrayOf("int4", hour.stream().mapToInt(Integer::intValue).toArray()));
            write.setArray(11, arrays.createArrayOf("uuid", subscriptionId.toArray(UUID[]::new)));
            write.setArray(12, arrays.createArrayOf("bigint", calls.stream().mapToLong(Long::longValue).toArray()));
            write.setArray(13, arrays.createArrayOf("bigint", quantity.stream().mapToLong(Long::longValue).toArray()));
            write.setArray(14, arrays.createArrayOf("bigint", answerBytes.stream().mapToLong(Long::longValue).toArray()));
        }
    }
}

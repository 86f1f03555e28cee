package cn.jingshu.metering.usage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Reads what the nodes shipped, batch by batch: for whoever seals the usage, and for whoever checks it. */
public final class ShippedBatches {
    private static final String NODES = "SELECT node_id FROM metering.journal_position ORDER BY node_id COLLATE \"C\"";

    private static final String AFTER = """
        SELECT b.node_id, b.number, b.first_sequence, b.next_sequence, b.events, b.shipped_at, b.content_sha256, b.earliest, b.sums_sha256
          FROM unnest(CAST(? AS text[]), CAST(? AS bigint[])) AS a(node_id, number)
         CROSS JOIN LATERAL (SELECT s.node_id, s.number, s.first_sequence, s.next_sequence, s.events, s.shipped_at, s.content_sha256,
                                    left(s.sums, 7) AS earliest, sha256(convert_to(s.sums, 'UTF8')) AS sums_sha256
                               FROM metering.usage_batch s
                              WHERE s.node_id = a.node_id AND s.number > a.number
                              ORDER BY s.number
                              LIMIT ?) b
         ORDER BY b.node_id COLLATE "C", b.number
         LIMIT ?
        """;

    private static final String OF_SEQUENCE = """
        SELECT node_id, number, first_sequence, next_sequence, events, shipped_at, content_sha256, left(sums, 7) AS earliest,
               sha256(convert_to(sums, 'UTF8')) AS sums_sha256
          FROM metering.usage_batch
         WHERE node_id = ? AND first_sequence <= ? AND next_sequence > ?
         ORDER BY first_sequence DESC
         LIMIT 1
        """;

    /** A batch some of whose events are gone after their time cannot be reckoned again, and is not said to be altered. */
    private static final String ALTERED = """
        SELECT b.node_id, b.number, b.first_sequence, b.next_sequence, b.events, b.shipped_at, b.content_sha256, left(b.sums, 7) AS earliest,
               sha256(convert_to(b.sums, 'UTF8')) AS sums_sha256
          FROM metering.usage_batch b
         CROSS JOIN LATERAL (SELECT count(*) AS events,
                                    sha256(coalesce(string_agg(metering.event_bytes(e), ''::bytea ORDER BY e.sequence), '')) AS sha256
                               FROM metering.usage_event e
                              WHERE e.node_id = b.node_id AND e.sequence >= b.first_sequence AND e.sequence < b.next_sequence) found
         WHERE b.node_id = ? AND b.number > ? AND b.number <= ?
           AND CASE WHEN found.events = b.events
                    THEN found.sha256 <> b.content_sha256 OR b.sums <> metering.batch_sums(b.node_id, b.first_sequence, b.next_sequence)
                    ELSE NOT EXISTS (SELECT 1 FROM metering.usage_dropped d WHERE d.node_id = b.node_id) END
         ORDER BY b.number
        """;

    private final DataSource dataSource;

    public ShippedBatches(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Every node that ever shipped, in the order of the bytes of its id. */
    public List<String> listNodes() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement list = connection.prepareStatement(NODES);
                ResultSet row = list.executeQuery()) {
            List<String> nodes = new ArrayList<>();
            while (row.next()) {
                nodes.add(row.getString("node_id"));
            }
            return nodes;
        }
    }

    /**
     * Batches behind the given ones, by node and number, none left out.
     *
     * @param after the number before the first one asked for, by node
     * @param most batches answered at the most
     */
    public List<ShippedBatch> listAfter(Map<String, Long> after, int most) throws SQLException {
        TreeMap<String, Long> ordered = new TreeMap<>(after);
        try (Connection connection = dataSource.getConnection();
                PreparedStatement list = connection.prepareStatement(AFTER)) {
            list.setArray(1, connection.createArrayOf("text", ordered.keySet().toArray()));
            list.setArray(2, connection.createArrayOf("bigint", ordered.values().toArray()));
            list.setInt(3, most);
            list.setInt(4, most);
            return batches(list);
        }
    }

    /** The batch that a place of a node's journal was shipped in; empty: it is not shipped yet. */
    public Optional<ShippedBatch> findOf(String nodeId, long sequence) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement find = connection.prepareStatement(OF_SEQUENCE)) {
            find.setString(1, nodeId);
            find.setLong(2, sequence);
            find.setLong(3, sequence);
            return batches(find).stream().findFirst();
        }
    }

    /** Batches of a node with numbers in {@code (after, upTo]} whose stored events are not those of their digest, or do not add up to their sums. */
    public List<ShippedBatch> listAltered(String nodeId, long after, long upTo) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement list = connection.prepareStatement(ALTERED)) {
            list.setString(1, nodeId);
            list.setLong(2, after);
            list.setLong(3, upTo);
            return batches(list);
        }
    }

    private static List<ShippedBatch> batches(PreparedStatement list) throws SQLException {
        try (ResultSet row = list.executeQuery()) {
            List<ShippedBatch> batches = new ArrayList<>();
            while (row.next()) {
                String earliest = row.getString("earliest");
                byte[] sums = row.getBytes("sums_sha256");
                batches.add(new ShippedBatch(
                        row.getString("node_id"),
                        row.getLong("number"),
                        row.getLong("first_sequence"),
                        row.getLong("next_sequence"),
                        row.getLong("events"),
                        row.getObject("shipped_at", OffsetDateTime.class).toInstant(),
                        HexFormat.of().formatHex(row.getBytes("content_sha256")),
                        earliest == null || earliest.isEmpty() ? null : YearMonth.parse(earliest),
                        sums == null ? null : HexFormat.of().formatHex(sums)));
            }
            return List.copyOf(batches);
        }
    }
}

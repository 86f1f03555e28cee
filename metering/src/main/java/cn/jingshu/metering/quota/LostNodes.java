package cn.jingshu.metering.quota;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that are lost with their disks. What one had leased and is not known to have used is free again once it is written off; what its journal
 * held beyond what was stored is not counted, for nobody knows it. Should the journal turn up after all, its events are stored and counted as any
 * others, and their units booked whatever the limit: a quota may be passed by them then, and they are named.
 */
public final class LostNodes {
    /** A node that was heard of so lately may be alive; it speaks every second. */
    public static final Duration SILENT_FOR = Duration.ofMinutes(1);

    private static final String KNOWN = """
        SELECT (SELECT next_sequence FROM metering.journal_position WHERE node_id = ?) AS next_sequence,
               EXISTS (SELECT 1 FROM metering.quota_lease WHERE node_id = ?) AS leased,
               (SELECT heard_at FROM metering.usage_live_node
                 WHERE node_id = ? AND heard_at > clock_timestamp() - CAST(? AS interval)) AS heard_at
        """;

    private static final String NOTE = """
        INSERT INTO metering.node_written_off (node_id, next_sequence, freed_units, written_off_by, reason) VALUES (?, ?, ?, ?, ?)
        """;

    private static final String FORGET_WHAT_IT_SAID = "DELETE FROM metering.usage_live_node WHERE node_id = ?";

    private static final String ALL = """
        SELECT w.node_id, w.written_off_at, w.next_sequence, w.freed_units, w.written_off_by, w.reason,
               coalesce(p.next_sequence, 1) AS stored_up_to
          FROM metering.node_written_off w
          LEFT JOIN metering.journal_position p ON p.node_id = w.node_id
         ORDER BY w.written_off_at, w.node_id
        """;

    private static final String SILENT = """
        SELECT p.node_id, p.shipped_at
          FROM metering.journal_position p
          LEFT JOIN metering.usage_live_node n ON n.node_id = p.node_id AND n.heard_at > clock_timestamp() - CAST(? AS interval)
         WHERE n.node_id IS NULL
         ORDER BY p.shipped_at, p.node_id
        """;

    private final DataSource dataSource;

    public LostNodes(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * A node that was written off.
     *
     * @param nextSequence up to where its journal was stored then
     * @param freedUnits units of quotas that were free again
     * @param storedUpTo up to where it is stored now; beyond {@code nextSequence} are events that turned up later
     */
    public record Lost(String nodeId, Instant writtenOffAt, long nextSequence, long freedUnits, String writtenOffBy, String reason,
            long storedUpTo) {
        /** Events that turned up after it was written off: those of the sequences from {@code nextSequence} on. */
        public long lateEvents() {
            return Math.max(0, storedUpTo - nextSequence);
        }
    }

    /** The answer to who writes a node off. */
    public sealed interface Outcome {
        /** Done; units of quotas are free again, and of budgets whatever it did not use. */
        record WrittenOff(long nextSequence, long freedUnits) implements Outcome {}

        /** Nothing was ever stored or leased by such a node. */
        record Unknown() implements Outcome {}

        /** It spoke a moment ago: nothing was done. */
        record Alive(Instant heardAt) implements Outcome {}
    }

    /**
     * Writes a node off. It must not run, nor ever again with the disk it had: who does this knows.
     *
     * @param by who says so
     */
    public Outcome writeOff(String nodeId, String by, String reason) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            Long next = null;
            boolean leased;
            Instant heardAt;
            try (PreparedStatement ask = connection.prepareStatement(KNOWN)) {
                ask.setString(1, nodeId);
                ask.setString(2, nodeId);
                ask.setString(3, nodeId);
                ask.setString(4, SILENT_FOR.toString());
                try (ResultSet row = ask.executeQuery()) {
                    row.next();
                    next = row.getObject("next_sequence", Long.class);
                    leased = row.getBoolean("leased");
                    heardAt = moment(row.getObject("heard_at", OffsetDateTime.class));
                }
            }
            if (heardAt != null) {
                return new Outcome.Alive(heardAt);
            }
            if (next == null && !leased) {
                return new Outcome.Unknown();
            }
            long storedUpTo = next == null ? 1 : next;
            long freed = Quotas.settleEnded(dataSource, nodeId, storedUpTo);
            try (PreparedStatement note = connection.prepareStatement(NOTE)) {
                note.setString(1, nodeId);
                note.setLong(2, storedUpTo);
                note.setLong(3, freed);
                note.setString(4, by);
                note.setString(5, reason);
                note.executeUpdate();
            }
            try (PreparedStatement forget = connection.prepareStatement(FORGET_WHAT_IT_SAID)) {
                forget.setString(1, nodeId); // what it said of its journal will not be stored
                forget.executeUpdate();
            }
            return new Outcome.WrittenOff(storedUpTo, freed);
        }
    }

    /**
     * A node that does not speak: it was stopped, or is lost.
     *
     * @param shippedAt when anything of its journal was stored last
     */
    public record Silent(String nodeId, Instant shippedAt) {}

    /** The nodes that were not heard of within {@link #SILENT_FOR}, the longest silent first. */
    public List<Silent> listSilent() throws SQLException {
        List<Silent> silent = new ArrayList<>();
        try (Connection connection = dataSource.getConnection(); PreparedStatement all = connection.prepareStatement(SILENT)) {
            all.setString(1, SILENT_FOR.toString());
            try (ResultSet row = all.executeQuery()) {
                while (row.next()) {
                    silent.add(new Silent(row.getString("node_id"), row.getObject("shipped_at", OffsetDateTime.class).toInstant()));
                }
            }
        }
        return silent;
    }

    /** The nodes that were written off, oldest first. */
    public List<Lost> list() throws SQLException {
        List<Lost> lost = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement all = connection.prepareStatement(ALL);
                ResultSet row = all.executeQuery()) {
            while (row.next()) {
                lost.add(new Lost(row.getString("node_id"), row.getObject("written_off_at", OffsetDateTime.class).toInstant(),
                        row.getLong("next_sequence"), row.getLong("freed_units"), row.getString("written_off_by"),
                        row.getString("reason"), row.getLong("stored_up_to")));
            }
        }
        return lost;
    }

    private static @Nullable Instant moment(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }
}

package cn.jingshu.ledger.export;

import cn.jingshu.ledger.bundle.Table;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * The append-only log under its last checkpoint, as far as an export needs it: the leaves of its entries and of the usage batches with events of
 * its months one by one, and of all others the hashes of whole subtrees. Together they cover the log from its first leaf to its last, so
 * that the root follows from them, and with it that every one of these leaves is in the log. Subtrees end where a listed checkpoint does.
 */
public final class LogTables {
    private static final String KEY_SETS = "SELECT number, note FROM ledger.log_key_set ORDER BY number";

    /** The last one of each day, and the last of all. */
    private static final String CHECKPOINTS = """
            SELECT number, size, key_set, note
              FROM (SELECT c.number, c.size, c.key_set, c.note,
                           row_number() OVER (PARTITION BY CAST(c.signed_at AT TIME ZONE 'Asia/Shanghai' AS date)
                                                  ORDER BY c.number DESC) AS from_last
                      FROM ledger.log_checkpoint c) c
             WHERE from_last = 1
             ORDER BY number
            """;
    private static final String LEAVES = """
            SELECT leaf_index, kind, chain, number, content FROM ledger.leaves_of_months(?, ?, ?) ORDER BY leaf_index
            """;
    private static final String NODE = "SELECT sha256, sm3 FROM ledger.log_node WHERE level = ? AND node_index = ?";
    private static final int FETCHED_ROWS = 2_000;

    private LogTables() {}

    /** All of them. */
    public static List<TableFile> list() {
        return List.of(
                new TableFile(Table.KEY_SETS, (view, sink) -> {
                    try (PreparedStatement select = view.connection().prepareStatement(KEY_SETS);
                            ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            sink.row(rows.getLong("number"), rows.getString("note"));
                        }
                    }
                }),
                new TableFile(Table.CHECKPOINTS, (view, sink) -> {
                    try (PreparedStatement select = view.connection().prepareStatement(CHECKPOINTS);
                            ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            sink.row(rows.getLong("number"), rows.getLong("size"), rows.getLong("key_set"), rows.getString("note"));
                        }
                    }
                }),
                new TableFile(Table.LOG, LogTables::log));
    }

    private static void log(ExportView view, TableSink sink) throws SQLException, IOException {
        TreeMap<Long, Long> sizes = new TreeMap<>();
        try (PreparedStatement select = view.connection().prepareStatement(CHECKPOINTS); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                sizes.put(rows.getLong("size"), rows.getLong("number"));
            }
        }
        if (sizes.isEmpty()) {
            return;
        }
        Deque<Long> ends = new ArrayDeque<>(sizes.keySet());
        try (PreparedStatement leaves = view.connection().prepareStatement(LEAVES);
                PreparedStatement node = view.connection().prepareStatement(NODE)) {
            leaves.setFetchSize(FETCHED_ROWS);
            leaves.setLong(1, ends.getLast());
            leaves.setString(2, view.months().from().toString());
            leaves.setString(3, view.months().through().toString());
            long at = 0;
            try (ResultSet rows = leaves.executeQuery()) {
                while (rows.next()) {
                    long leaf = rows.getLong("leaf_index");
                    at = subtrees(at, leaf, ends, node, sink);
                    boolean entry = rows.getString("kind").equals("ENTRY"); // whose content follows from the table of entries
                    sink.row(leaf, 1, rows.getString("kind"), rows.getString("chain"), rows.getLong("number"),
                            entry ? null : rows.getString("content"), null, null);
                    at++;
                    view.progress().entryWritten();
                }
            }
            subtrees(at, ends.isEmpty() ? at : ends.getLast(), ends, node, sink);
        }
    }

    /** Covers the leaves from {@code from} to before {@code to} with whole subtrees, none of which goes beyond the end of a checkpoint. */
    private static long subtrees(long from, long to, Deque<Long> ends, PreparedStatement node, TableSink sink)
            throws SQLException, IOException {
        long at = from;
        while (true) {
            while (!ends.isEmpty() && ends.getFirst() <= at) {
                ends.removeFirst();
            }
            if (at >= to) {
                return at;
            }
            long end = ends.isEmpty() ? to : Math.min(to, ends.getFirst());
            int level = Math.min(at == 0 ? 62 : Long.numberOfTrailingZeros(at), 63 - Long.numberOfLeadingZeros(end - at));
            node.setInt(1, level);
            node.setLong(2, at >> level);
            try (ResultSet row = node.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("the log has no node " + level + "/" + (at >> level));
                }
                Base64.Encoder base64 = Base64.getEncoder();
                sink.row(at, 1L << level, null, null, null, null, base64.encodeToString(row.getBytes("sha256")),
                        base64.encodeToString(row.getBytes("sm3")));
            }
            at += 1L << level;
        }
    }
}

package cn.jingshu.ledger.log;

import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogNodes;
import cn.jingshu.ledger.seal.MerkleLog;
import cn.jingshu.ledger.seal.NodeHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads stored nodes of the log a tile at a time (eight levels, up to 255 nodes) and keeps some, so that the proofs of leaves side by
 * side cost a query for many. Lives as long as its connection.
 */
final class LogTiles {
    private static final int LEVELS = 8;
    private static final int KEPT = 128;

    private static final String SIZE = "SELECT coalesce(max(leaf_index) + 1, 0) AS size FROM ledger.log_leaf";

    private static final String TILE = """
            SELECT n.level, n.node_index, n.sha256, n.sm3
              FROM generate_series(0, 7) AS s(step)
             CROSS JOIN LATERAL (SELECT t.level, t.node_index, t.sha256, t.sm3
                                   FROM ledger.log_node t
                                  WHERE t.level = CAST(? AS integer) + s.step
                                    AND t.node_index BETWEEN CAST(? AS bigint) << (7 - s.step)
                                                         AND ((CAST(? AS bigint) + 1) << (7 - s.step)) - 1) n
            """;

    private record Place(int level, long index) {}

    private final Connection connection;
    private final long size;
    private final Map<Place, Map<Place, HashPair>> tiles = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Map<Place, HashPair>> eldest) {
            return size() > KEPT;
        }
    };

    private LogTiles(Connection connection, long size) {
        this.connection = connection;
        this.size = size;
    }

    static LogTiles over(Connection connection) throws SQLException {
        return new LogTiles(connection, sizeOf(connection));
    }

    static long sizeOf(Connection connection) throws SQLException {
        try (PreparedStatement size = connection.prepareStatement(SIZE); ResultSet row = size.executeQuery()) {
            row.next();
            return row.getLong("size");
        }
    }

    /** Leaves of the log. */
    long size() {
        return size;
    }

    /** The log as it is stored, for roots and proofs. */
    MerkleLog log(LogHash hash) {
        return new MerkleLog(hash, new LogNodes() {
            @Override
            public NodeHash get(int level, long index) {
                return LogTiles.this.get(level, index).by(hash);
            }

            @Override
            public void put(int level, long index, NodeHash node) {
                throw new UnsupportedOperationException("stored nodes are read here; the sequencer adds them");
            }
        }, size);
    }

    HashPair get(int level, long index) {
        int step = level % LEVELS;
        Place tile = new Place(level - step, index >> (LEVELS - 1 - step));
        Map<Place, HashPair> nodes = tiles.get(tile);
        if (nodes == null) {
            nodes = read(tile);
            tiles.put(tile, nodes);
        }
        HashPair node = nodes.get(new Place(level, index));
        if (node == null) {
            throw new LogBrokenException("node " + level + "/" + index + " of the log is not there, although it has " + size + " leaves");
        }
        return node;
    }

    private Map<Place, HashPair> read(Place tile) {
        try (PreparedStatement read = connection.prepareStatement(TILE)) {
            read.setInt(1, tile.level());
            read.setLong(2, tile.index());
            read.setLong(3, tile.index());
            Map<Place, HashPair> nodes = new HashMap<>();
            try (ResultSet rows = read.executeQuery()) {
                while (rows.next()) {
                    nodes.put(new Place(rows.getInt("level"), rows.getLong("node_index")),
                            new HashPair(NodeHash.of(rows.getBytes("sha256")), NodeHash.of(rows.getBytes("sm3"))));
                }
            }
            return nodes;
        } catch (SQLException e) {
            throw new LedgerStoreException(e);
        }
    }
}

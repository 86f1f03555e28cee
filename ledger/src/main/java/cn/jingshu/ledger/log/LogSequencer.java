package cn.jingshu.ledger.log;

import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.LogNodes;
import cn.jingshu.ledger.seal.MerkleLog;
import cn.jingshu.ledger.seal.NodeHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Appends to the log what was booked and metered since: source by source (the entries first), chain by chain (months, nodes), each by
 * its numbers; what comes later comes behind. A leaf, its hashes and those above it are stored in one
 * transaction under a lock, so any number of nodes may sequence at any time, and a crash leaves a log that ends a little earlier.
 */
public final class LogSequencer {
    /** Leaves a transaction at the most. */
    static final int MOST = 2_000;

    /** The one lock of the log: held to the end of the transaction by whoever appends or signs. */
    static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('ledger.log', 0))";

    private static final String SEALED = """
            SELECT c.chain, coalesce((SELECT max(l.number) FROM ledger.log_leaf l WHERE l.kind = ? AND l.chain = c.chain), 0) AS number
              FROM unnest(CAST(? AS text[])) AS c(chain)
            """;

    private static final String ADD_LEAVES = """
            INSERT INTO ledger.log_leaf (leaf_index, kind, chain, number, content, sealed_at)
            SELECT l.leaf_index, l.kind, l.chain, l.number, l.content, CAST(? AS timestamptz)
              FROM unnest(CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS text[]))
                   AS l(leaf_index, kind, chain, number, content)
            """;

    private static final String ADD_NODES = """
            INSERT INTO ledger.log_node (level, node_index, sha256, sm3)
            SELECT n.level, n.node_index, n.sha256, n.sm3
              FROM unnest(CAST(? AS smallint[]), CAST(? AS bigint[]), CAST(? AS bytea[]), CAST(? AS bytea[]))
                   AS n(level, node_index, sha256, sm3)
            """;

    /** Where a test may let a sequencer die. */
    enum Step {
        LOCKED,
        LEAVES_ADDED,
        NODES_ADDED,
        COMMITTED
    }

    /** Called between the steps of a transaction; a test throws from it. */
    @FunctionalInterface
    interface StepWatch {
        StepWatch NONE = step -> {};

        void reached(Step step) throws SQLException;
    }

    private final DataSource dataSource;
    private final Clock clock;
    private final List<LeafSource> sources;
    private final StepWatch watch;

    /** @param sources in the order in which they are sealed */
    public LogSequencer(DataSource dataSource, Clock clock, List<LeafSource> sources) {
        this(dataSource, clock, sources, StepWatch.NONE);
    }

    LogSequencer(DataSource dataSource, Clock clock, List<LeafSource> sources, StepWatch watch) {
        this.dataSource = dataSource;
        this.clock = clock;
        this.sources = List.copyOf(sources);
        this.watch = watch;
    }

    /**
     * Appends what there is when called, in as many transactions as it takes.
     *
     * @return leaves appended by this call
     * @throws LogBrokenException if a chain has a gap behind its last sealed number
     */
    public long appendNew() {
        long appended = 0;
        List<LogLeaf> waiting;
        do {
            waiting = listWaiting();
            if (!waiting.isEmpty()) {
                appended += append(waiting);
            }
        } while (waiting.size() == MOST);
        return appended;
    }

    /** Read before the lock is taken: nothing of it can change, and what another appends meanwhile is left out then. */
    private List<LogLeaf> listWaiting() {
        List<LogLeaf> waiting = new ArrayList<>();
        for (LeafSource source : sources) {
            List<String> chains = source.chains();
            if (!chains.isEmpty() && waiting.size() < MOST) {
                Map<String, Long> sealed = Transaction.run(dataSource, connection -> sealed(connection, source.kind(), chains));
                waiting.addAll(source.after(sealed, MOST - waiting.size()));
            }
        }
        return waiting;
    }

    private long append(List<LogLeaf> waiting) {
        long appended = Transaction.run(dataSource, connection -> {
            lock(connection);
            watch.reached(Step.LOCKED);
            List<LogLeaf> leaves = follow(connection, waiting);
            if (!leaves.isEmpty()) {
                Appended log = hash(connection, leaves);
                addLeaves(connection, leaves, log.firstIndex());
                watch.reached(Step.LEAVES_ADDED);
                addNodes(connection, log);
                watch.reached(Step.NODES_ADDED);
            }
            return (long) leaves.size();
        });
        try {
            watch.reached(Step.COMMITTED);
        } catch (SQLException died) {
            throw new LedgerStoreException(died);
        }
        return appended;
    }

    static void lock(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.execute();
        }
    }

    private static Map<String, Long> sealed(Connection connection, LogLeaf.Kind kind, List<String> chains) throws SQLException {
        try (PreparedStatement sealed = connection.prepareStatement(SEALED)) {
            sealed.setString(1, kind.name());
            sealed.setArray(2, connection.createArrayOf("text", chains.toArray()));
            Map<String, Long> numbers = new LinkedHashMap<>();
            try (ResultSet rows = sealed.executeQuery()) {
                while (rows.next()) {
                    numbers.put(rows.getString("chain"), rows.getLong("number"));
                }
            }
            return numbers;
        }
    }

    /** What of {@code waiting} still comes next, now that nobody else appends. */
    private static List<LogLeaf> follow(Connection connection, List<LogLeaf> waiting) throws SQLException {
        Map<LogLeaf.Kind, Map<String, Long>> sealed = new HashMap<>();
        for (LogLeaf.Kind kind : LogLeaf.Kind.values()) {
            List<String> chains = waiting.stream().filter(leaf -> leaf.kind() == kind).map(LogLeaf::chain).distinct().toList();
            sealed.put(kind, sealed(connection, kind, chains));
        }
        List<LogLeaf> leaves = new ArrayList<>();
        for (LogLeaf leaf : waiting) {
            Map<String, Long> numbers = Objects.requireNonNull(sealed.get(leaf.kind()));
            long last = Objects.requireNonNull(numbers.get(leaf.chain()));
            if (leaf.number() <= last) {
                continue;
            }
            if (leaf.number() != last + 1) {
                throw new LogBrokenException(leaf.kind() + " " + leaf.number() + " of " + leaf.chain() + " where " + (last + 1)
                        + " was expected: the records have a gap");
            }
            numbers.put(leaf.chain(), leaf.number());
            leaves.add(leaf);
        }
        return leaves;
    }

    /** @param nodes new ones, those of the leaves among them */
    private record Appended(long firstIndex, Map<Place, HashPair> nodes) {}

    private record Place(int level, long index) {}

    private static Appended hash(Connection connection, List<LogLeaf> leaves) throws SQLException {
        LogTiles stored = LogTiles.over(connection);
        Map<Place, NodeHash> sha256 = grow(LogHash.SHA_256, stored, leaves);
        Map<Place, NodeHash> sm3 = grow(LogHash.SM3, stored, leaves);
        Map<Place, HashPair> both = new LinkedHashMap<>();
        sha256.forEach((place, hash) -> both.put(place, new HashPair(hash, Objects.requireNonNull(sm3.get(place)))));
        return new Appended(stored.size(), both);
    }

    private static Map<Place, NodeHash> grow(LogHash hash, LogTiles stored, List<LogLeaf> leaves) {
        Map<Place, NodeHash> added = new LinkedHashMap<>();
        MerkleLog log = new MerkleLog(hash, new LogNodes() {
            @Override
            public NodeHash get(int level, long index) {
                NodeHash node = added.get(new Place(level, index));
                return node == null ? stored.get(level, index).by(hash) : node;
            }

            @Override
            public void put(int level, long index, NodeHash node) {
                added.put(new Place(level, index), node);
            }
        }, stored.size());
        leaves.forEach(leaf -> log.append(leaf.hash(hash)));
        return added;
    }

    private void addLeaves(Connection connection, List<LogLeaf> leaves, long firstIndex) throws SQLException {
        Long[] indexes = new Long[leaves.size()];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = firstIndex + i;
        }
        Instant now = clock.instant();
        try (PreparedStatement add = connection.prepareStatement(ADD_LEAVES)) {
            add.setObject(1, now.atOffset(ZoneOffset.UTC));
            add.setArray(2, connection.createArrayOf("bigint", indexes));
            add.setArray(3, connection.createArrayOf("text", leaves.stream().map(leaf -> leaf.kind().name()).toArray()));
            add.setArray(4, connection.createArrayOf("text", leaves.stream().map(LogLeaf::chain).toArray()));
            add.setArray(5, connection.createArrayOf("bigint", leaves.stream().map(LogLeaf::number).toArray()));
            add.setArray(6, connection.createArrayOf("text", leaves.stream().map(LogLeaf::toText).toArray()));
            add.executeUpdate();
        }
    }

    private static void addNodes(Connection connection, Appended log) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(ADD_NODES)) {
            add.setArray(1, connection.createArrayOf("smallint", log.nodes().keySet().stream().map(Place::level).toArray()));
            add.setArray(2, connection.createArrayOf("bigint", log.nodes().keySet().stream().map(Place::index).toArray()));
            add.setArray(3, connection.createArrayOf("bytea",
                    log.nodes().values().stream().map(pair -> pair.sha256().bytes()).toArray(byte[][]::new)));
            add.setArray(4, connection.createArrayOf("bytea",
                    log.nodes().values().stream().map(pair -> pair.sm3().bytes()).toArray(byte[][]::new)));
            add.executeUpdate();
        }
    }
}

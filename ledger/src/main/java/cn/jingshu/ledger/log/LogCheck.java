package cn.jingshu.ledger.log;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.LogNodes;
import cn.jingshu.ledger.seal.MerkleLog;
import cn.jingshu.ledger.seal.NodeHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Holds everything against everything: each leaf against the record it seals and that against its digest, each node against those
 * below it, each checkpoint against the leaves and its signatures, each set of keys against the one before.
 */
public final class LogCheck {
    private static final int ROWS_AT_ONCE = 1_000;

    /** More are not listed: whoever finds as many has to look at the whole. */
    private static final int MOST_FAULTS = 100;

    private static final String LEAVES = """
            SELECT l.leaf_index, l.content, l.sealed_at FROM ledger.log_leaf l ORDER BY l.leaf_index
            """;
    private static final String CHECKPOINTS = """
            SELECT number, size, sha256_root, sm3_root, key_set, signed_at, note FROM ledger.log_checkpoint ORDER BY number
            """;
    private static final String LEAVES_OF_CHAIN = """
            SELECT leaf_index, content, sealed_at, number
              FROM ledger.log_leaf
             WHERE kind = ? AND chain = ? AND number > ?
             ORDER BY number
             LIMIT ?
            """;

    /**
     * What was found.
     *
     * @param faults sentences; empty: all of it holds
     */
    public record Result(long leaves, long checkpoints, long keySets, List<String> faults) {
        public Result {
            faults = List.copyOf(faults);
        }
    }

    private final DataSource dataSource;
    private final List<LeafSource> sources;

    public LogCheck(DataSource dataSource, List<LeafSource> sources) {
        this.dataSource = dataSource;
        this.sources = List.copyOf(sources);
    }

    /** Takes time and little memory; what is appended meanwhile is not looked at. */
    public Result run() {
        List<String> faults = new ArrayList<>();
        Result log = Transaction.read(dataSource, connection -> checkLog(connection, faults));
        for (LeafSource source : sources) {
            List<String> chains = new SealedLog(dataSource).listChains(source.kind());
            List<String> known = source.chains();
            for (String chain : chains) {
                if (!known.contains(chain)) {
                    fault(faults, "the log seals " + source.kind() + " of " + chain + ", of which there are no records");
                    continue;
                }
                try {
                    checkChain(source, chain, faults);
                } catch (LogBrokenException e) {
                    fault(faults, Objects.requireNonNullElse(e.getMessage(), "the log cannot be read"));
                }
            }
        }
        return new Result(log.leaves(), log.checkpoints(), log.keySets(), faults);
    }

    private static void fault(List<String> faults, String fault) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(fault);
        }
    }

    private Result checkLog(Connection connection, List<String> faults) throws SQLException {
        List<KeySet> sets = new ArrayList<>();
        try {
            sets.addAll(KeySet.history(SealedLog.keySets(connection)));
        } catch (IllegalArgumentException | LogBrokenException e) {
            fault(faults, "keys: " + e.getMessage());
        }
        Deque<SignedCheckpoint> checkpoints = new ArrayDeque<>(checkpoints(connection, sets, faults));
        long signed = checkpoints.size();
        LogTiles stored = LogTiles.over(connection);
        Tree sha256 = new Tree(LogHash.SHA_256, stored, faults);
        Tree sm3 = new Tree(LogHash.SM3, stored, faults);
        compareRoots(checkpoints, sha256, sm3, faults);
        try (PreparedStatement list = connection.prepareStatement(LEAVES)) {
            list.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet rows = list.executeQuery()) {
                while (rows.next()) {
                    SealedLeaf leaf = SealedLog.leaf(rows);
                    if (leaf.index() != sha256.log.size()) {
                        fault(faults, "leaf " + leaf.index() + " where " + sha256.log.size() + " was expected");
                        break;
                    }
                    sha256.log.append(leaf.leaf().hash(LogHash.SHA_256));
                    sm3.log.append(leaf.leaf().hash(LogHash.SM3));
                    compareRoots(checkpoints, sha256, sm3, faults);
                }
            }
        } catch (LogBrokenException e) {
            fault(faults, Objects.requireNonNullElse(e.getMessage(), "the log cannot be read"));
        }
        checkpoints.forEach(beyond -> fault(faults, "checkpoint " + beyond.number() + " was signed over "
                + beyond.checkpoint().size() + " leaves, the log has " + sha256.log.size()));
        return new Result(sha256.log.size(), signed, sets.size(), List.of());
    }

    private static List<SignedCheckpoint> checkpoints(Connection connection, List<KeySet> sets, List<String> faults)
            throws SQLException {
        List<SignedCheckpoint> checkpoints = new ArrayList<>();
        long expected = 1;
        try (PreparedStatement list = connection.prepareStatement(CHECKPOINTS); ResultSet rows = list.executeQuery()) {
            while (rows.next()) {
                SignedCheckpoint checkpoint = SealedLog.checkpoint(rows);
                String which = "checkpoint " + checkpoint.number();
                if (checkpoint.number() != expected) {
                    fault(faults, which + " where " + expected + " was expected");
                }
                expected = checkpoint.number() + 1;
                if (checkpoint.keySet() < 1 || checkpoint.keySet() > sets.size()
                        || !sets.get((int) checkpoint.keySet() - 1).signed(checkpoint.note())) {
                    fault(faults, which + " is not signed by the keys of its time");
                }
                checkpoints.add(checkpoint);
            }
        } catch (LogBrokenException e) {
            fault(faults, Objects.requireNonNullElse(e.getMessage(), "a checkpoint cannot be read"));
        }
        return checkpoints;
    }

    private static void compareRoots(Deque<SignedCheckpoint> waiting, Tree sha256, Tree sm3, List<String> faults) {
        long size = sha256.log.size();
        SignedCheckpoint next = waiting.peekFirst();
        while (next != null && next.checkpoint().size() == size) {
            Checkpoint told = next.checkpoint();
            if (!told.root().equals(sha256.log.root(size)) || !told.sm3Root().equals(sm3.log.root(size))) {
                fault(faults, "checkpoint " + next.number() + " over " + size + " leaves has another root than these leaves");
            }
            waiting.removeFirst();
            next = waiting.peekFirst();
        }
    }

    /** The tree over the leaves, made anew; of each level the last two nodes are all that growing it asks for. */
    private static final class Tree {
        private final MerkleLog log;

        Tree(LogHash hash, LogTiles stored, List<String> faults) {
            Map<Integer, Deque<Map.Entry<Long, NodeHash>>> last = new HashMap<>();
            this.log = new MerkleLog(hash, new LogNodes() {
                @Override
                public NodeHash get(int level, long index) {
                    return last.getOrDefault(level, new ArrayDeque<>()).stream()
                            .filter(node -> node.getKey() == index)
                            .findFirst()
                            .orElseThrow(() -> new IllegalStateException("node " + level + "/" + index + " is no longer kept"))
                            .getValue();
                }

                @Override
                public void put(int level, long index, NodeHash node) {
                    Deque<Map.Entry<Long, NodeHash>> kept = last.computeIfAbsent(level, none -> new ArrayDeque<>());
                    kept.addLast(Map.entry(index, node));
                    if (kept.size() > 2) {
                        kept.removeFirst();
                    }
                    if (!stored.get(level, index).by(hash).equals(node)) {
                        fault(faults, "node " + level + "/" + index + " of the log is not the hash (" + hash + ") of what is below it");
                    }
                }
            }, 0);
        }
    }

    private void checkChain(LeafSource source, String chain, List<String> faults) {
        long reached = 0;
        while (true) {
            List<LogLeaf> sealed = leavesOf(source.kind(), chain, reached);
            if (sealed.isEmpty()) {
                return;
            }
            List<LogLeaf> records = source.after(Map.of(chain, reached), sealed.size());
            for (int i = 0; i < sealed.size(); i++) {
                long number = reached + i + 1;
                if (i >= records.size()) {
                    fault(faults, source.kind() + " " + number + " of " + chain + " is sealed, and its record is gone");
                } else if (!records.get(i).equals(sealed.get(i))) {
                    fault(faults, source.kind() + " " + number + " of " + chain + " is not what was sealed");
                }
            }
            source.listAltered(chain, reached, reached + sealed.size()).forEach(altered -> fault(faults, altered));
            reached += sealed.size();
        }
    }

    private List<LogLeaf> leavesOf(LogLeaf.Kind kind, String chain, long after) {
        return Transaction.run(dataSource, connection -> {
            try (PreparedStatement list = connection.prepareStatement(LEAVES_OF_CHAIN)) {
                list.setString(1, kind.name());
                list.setString(2, chain);
                list.setLong(3, after);
                list.setInt(4, ROWS_AT_ONCE);
                List<LogLeaf> leaves = new ArrayList<>();
                try (ResultSet rows = list.executeQuery()) {
                    while (rows.next()) {
                        leaves.add(SealedLog.leaf(rows).leaf());
                    }
                }
                return leaves;
            }
        });
    }
}

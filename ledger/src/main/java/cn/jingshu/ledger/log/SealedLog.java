package cn.jingshu.ledger.log;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.SignedNote;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Reads the log: its leaves, its signed checkpoints, its keys, and proofs for whoever does not trust the reader. */
public final class SealedLog {
    private static final int ROWS_AT_ONCE = 1_000;

    private static final String LEAF_OF_ENTRY = """
            SELECT l.leaf_index, l.content, l.sealed_at
              FROM ledger.entry e
              JOIN ledger.log_leaf l ON l.kind = 'ENTRY' AND l.chain = to_char(e.period, 'YYYY-MM') AND l.number = e.number
             WHERE e.entry_id = ?
            """;
    private static final String LEAF_OF_CHAIN = """
            SELECT leaf_index, content, sealed_at FROM ledger.log_leaf WHERE kind = ? AND chain = ? AND number = ?
            """;
    private static final String LEAVES_OF_CHAIN = """
            SELECT leaf_index, content, sealed_at
              FROM ledger.log_leaf
             WHERE kind = ? AND chain = ? AND leaf_index < ?
             ORDER BY number
            """;
    private static final String CHAINS = """
            WITH RECURSIVE chains(chain) AS (
                SELECT min(l.chain) FROM ledger.log_leaf l WHERE l.kind = ?
                UNION ALL
                SELECT (SELECT min(l.chain) FROM ledger.log_leaf l WHERE l.kind = ? AND l.chain > c.chain)
                  FROM chains c WHERE c.chain IS NOT NULL)
            SELECT chain FROM chains WHERE chain IS NOT NULL
            """;
    private static final String LATEST = """
            SELECT number, key_set, note FROM ledger.log_checkpoint ORDER BY number DESC LIMIT 1
            """;
    private static final String CHECKPOINT = """
            SELECT number, key_set, note FROM ledger.log_checkpoint WHERE number = ?
            """;
    private static final String CHECKPOINTS = """
            SELECT number, key_set, note FROM ledger.log_checkpoint WHERE number < ? ORDER BY number DESC LIMIT ?
            """;
    private static final String FIRST_OVER = """
            SELECT number, key_set, note FROM ledger.log_checkpoint WHERE size > ? ORDER BY size, number LIMIT 1
            """;
    private static final String KEY_SETS = "SELECT note FROM ledger.log_key_set ORDER BY number";

    private final DataSource dataSource;

    public SealedLog(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Leaves in the log, whether a checkpoint covers them or not. */
    public long size() {
        return Transaction.run(dataSource, LogTiles::sizeOf);
    }

    /** The leaf of a booked entry; empty: there is no such entry, or it is not sealed yet. */
    public Optional<SealedLeaf> findEntry(UUID entryId) {
        return Transaction.run(dataSource, connection -> {
            try (PreparedStatement find = connection.prepareStatement(LEAF_OF_ENTRY)) {
                find.setObject(1, entryId);
                return leaf(find);
            }
        });
    }

    /** The leaf at a place of a chain; empty: it is not sealed yet, or never was. */
    public Optional<SealedLeaf> find(LogLeaf.Kind kind, String chain, long number) {
        return Transaction.run(dataSource, connection -> {
            try (PreparedStatement find = connection.prepareStatement(LEAF_OF_CHAIN)) {
                find.setString(1, kind.name());
                find.setString(2, chain);
                find.setLong(3, number);
                return leaf(find);
            }
        });
    }

    private static Optional<SealedLeaf> leaf(PreparedStatement find) throws SQLException {
        try (ResultSet row = find.executeQuery()) {
            return row.next() ? Optional.of(leaf(row)) : Optional.empty();
        }
    }

    static SealedLeaf leaf(ResultSet row) throws SQLException {
        long index = row.getLong("leaf_index");
        try {
            return new SealedLeaf(index, LogLeaf.parse(row.getString("content")),
                    row.getObject("sealed_at", OffsetDateTime.class).toInstant());
        } catch (IllegalArgumentException e) {
            throw new LogBrokenException("leaf " + index + " of the log cannot be read", e);
        }
    }

    /** Chains of a kind that have leaves, in their order: months, or nodes. */
    public List<String> listChains(LogLeaf.Kind kind) {
        return Transaction.run(dataSource, connection -> {
            try (PreparedStatement list = connection.prepareStatement(CHAINS)) {
                list.setString(1, kind.name());
                list.setString(2, kind.name());
                List<String> chains = new ArrayList<>();
                try (ResultSet rows = list.executeQuery()) {
                    while (rows.next()) {
                        chains.add(rows.getString("chain"));
                    }
                }
                return chains;
            }
        });
    }

    /** The last signed checkpoint; empty: none was signed yet. */
    public Optional<SignedCheckpoint> findLatest() {
        return Transaction.run(dataSource, SealedLog::latest);
    }

    static Optional<SignedCheckpoint> latest(Connection connection) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement(LATEST)) {
            return checkpoints(find).stream().findFirst();
        }
    }

    public Optional<SignedCheckpoint> findCheckpoint(long number) {
        return Transaction.run(dataSource, connection -> {
            try (PreparedStatement find = connection.prepareStatement(CHECKPOINT)) {
                find.setLong(1, number);
                return checkpoints(find).stream().findFirst();
            }
        });
    }

    /** The earliest checkpoint that covers a leaf: since then it is proved; empty: none covers it yet. */
    public Optional<SignedCheckpoint> findFirstOver(long index) {
        return Transaction.run(dataSource, connection -> {
            try (PreparedStatement find = connection.prepareStatement(FIRST_OVER)) {
                find.setLong(1, index);
                return checkpoints(find).stream().findFirst();
            }
        });
    }

    /**
     * Checkpoints, the youngest first.
     *
     * @param before only those with a lower number
     */
    public List<SignedCheckpoint> listCheckpoints(long before, int most) {
        return Transaction.run(dataSource, connection -> {
            try (PreparedStatement list = connection.prepareStatement(CHECKPOINTS)) {
                list.setLong(1, before);
                list.setInt(2, most);
                return checkpoints(list);
            }
        });
    }

    private static List<SignedCheckpoint> checkpoints(PreparedStatement list) throws SQLException {
        try (ResultSet rows = list.executeQuery()) {
            List<SignedCheckpoint> checkpoints = new ArrayList<>();
            while (rows.next()) {
                checkpoints.add(checkpoint(rows));
            }
            return checkpoints;
        }
    }

    static SignedCheckpoint checkpoint(ResultSet row) throws SQLException {
        long number = row.getLong("number");
        try {
            SignedNote note = SignedNote.parse(row.getString("note"));
            return new SignedCheckpoint(number, Checkpoint.parse(note.text()), row.getLong("key_set"), note);
        } catch (IllegalArgumentException e) {
            throw new LogBrokenException("checkpoint " + number + " cannot be read", e);
        }
    }

    /** The notes by which the log's keys were told, the first first ({@link cn.jingshu.ledger.seal.KeySet#history}). */
    public List<SignedNote> listKeySets() {
        return Transaction.run(dataSource, SealedLog::keySets);
    }

    static List<SignedNote> keySets(Connection connection) throws SQLException {
        try (PreparedStatement list = connection.prepareStatement(KEY_SETS); ResultSet rows = list.executeQuery()) {
            List<SignedNote> notes = new ArrayList<>();
            while (rows.next()) {
                notes.add(SignedNote.parse(rows.getString("note")));
            }
            return notes;
        } catch (IllegalArgumentException e) {
            throw new LogBrokenException("a set of the log's keys cannot be read", e);
        }
    }

    /**
     * Proves a leaf under a checkpoint.
     *
     * @throws IllegalArgumentException if the checkpoint does not cover it
     */
    public InclusionProof prove(SealedLeaf leaf, SignedCheckpoint under) {
        return Transaction.run(dataSource, connection -> prove(LogTiles.over(connection), leaf, under.checkpoint().size()));
    }

    private static InclusionProof prove(LogTiles tiles, SealedLeaf leaf, long size) {
        return new InclusionProof(leaf.index(), size, leaf.leaf(), tiles.log(LogHash.SHA_256).inclusion(leaf.index(), size),
                tiles.log(LogHash.SM3).inclusion(leaf.index(), size));
    }

    /** Proves that the log only grew from one checkpoint to another. */
    public ConsistencyProof proveGrowth(SignedCheckpoint earlier, SignedCheckpoint later) {
        long from = earlier.checkpoint().size();
        long to = later.checkpoint().size();
        return Transaction.run(dataSource, connection -> {
            LogTiles tiles = LogTiles.over(connection);
            return new ConsistencyProof(from, to, tiles.log(LogHash.SHA_256).consistency(from, to),
                    tiles.log(LogHash.SM3).consistency(from, to));
        });
    }

    /**
     * Proves every entry of the months from {@code first} to {@code last} that a checkpoint covers, by month and number, one at a
     * time, in constant memory.
     *
     * @return proofs given
     */
    public long proofsOf(YearMonth first, YearMonth last, SignedCheckpoint under, Consumer<InclusionProof> reader) {
        long given = 0;
        for (YearMonth month = first; !month.isAfter(last); month = month.plusMonths(1)) {
            given += proofsOf(LogLeaf.Kind.ENTRY, month.toString(), under, reader);
        }
        return given;
    }

    /** As {@link #proofsOf(YearMonth, YearMonth, SignedCheckpoint, Consumer)}, of one chain: the usage batches of a node, say. */
    public long proofsOf(LogLeaf.Kind kind, String chain, SignedCheckpoint under, Consumer<InclusionProof> reader) {
        long size = under.checkpoint().size();
        return Transaction.read(dataSource, connection -> {
            LogTiles tiles = LogTiles.over(connection);
            try (PreparedStatement list = connection.prepareStatement(LEAVES_OF_CHAIN)) {
                list.setFetchSize(ROWS_AT_ONCE);
                list.setString(1, kind.name());
                list.setString(2, chain);
                list.setLong(3, size);
                long given = 0;
                try (ResultSet rows = list.executeQuery()) {
                    while (rows.next()) {
                        reader.accept(prove(tiles, leaf(rows), size));
                        given++;
                    }
                }
                return given;
            }
        });
    }
}

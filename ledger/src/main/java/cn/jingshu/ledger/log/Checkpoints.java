package cn.jingshu.ledger.log;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.SealKeystore;
import cn.jingshu.ledger.seal.Sealer;
import cn.jingshu.ledger.seal.SignedNote;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Signs what the log is, with every key of the set in force, and changes that set. The keystore is read each time, so keys that
 * another process changed are found.
 */
public final class Checkpoints {
    private static final String ADD_SET = "INSERT INTO ledger.log_key_set (number, valid_from, note) VALUES (?, ?, ?)";
    private static final String ADD = """
            INSERT INTO ledger.log_checkpoint (number, size, sha256_root, sm3_root, key_set, signed_at, note)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    private final DataSource dataSource;
    private final Clock clock;
    private final String origin;
    private final SealKeystore keystore;

    /** @param origin the log's name, also that of its keys; one and the same for ever */
    public Checkpoints(DataSource dataSource, Clock clock, String origin, SealKeystore keystore) {
        this.dataSource = dataSource;
        this.clock = clock;
        this.origin = origin;
        this.keystore = keystore;
    }

    /**
     * Checks that each set of keys follows the one before and that the stored log is what its last checkpoint says and more, and
     * makes the first keys of a log that has none.
     *
     * @param sm2 whether a log that begins, or has no SM2 key yet, gets one
     * @return whether the keys in force are in the keystore: without them there is no {@link #sign}
     * @throws LogBrokenException if log, checkpoints and keys contradict each other
     * @throws IllegalArgumentException if the log has another name, or the keystore cannot be read
     */
    public boolean open(boolean sm2) {
        return Transaction.run(dataSource, connection -> {
            LogSequencer.lock(connection);
            Optional<KeySet> last = lastSet(connection);
            if (last.isEmpty()) {
                if (SealedLog.latest(connection).isPresent()) {
                    throw new LogBrokenException("the log has checkpoints, and the keys that signed them are gone");
                }
                takeNewKeys(connection, Optional.empty(), sm2);
                return true;
            }
            KeySet set = last.get();
            if (!set.origin().equals(origin)) {
                throw new IllegalArgumentException("the log is called " + set.origin() + " and cannot be called " + origin + " from now on");
            }
            requireExtended(connection, set);
            if (set.keys().stream().anyMatch(key -> keystore.find(key).isEmpty())) {
                return false;
            }
            if (sm2 && set.keys().stream().noneMatch(key -> key.kind() == SealKey.Kind.SM2)) {
                List<Sealer> sealers = new ArrayList<>(sealersOf(set));
                sealers.addAll(keystore.add(origin, List.of(SealKey.Kind.SM2), now()));
                addSet(connection, last, sealers);
            }
            return true;
        });
    }

    /**
     * Signs what the log is now. Where nothing was appended and no key changed since the last checkpoint, that one is answered.
     *
     * @throws LogBrokenException if the stored log is not what the last checkpoint says and more
     * @throws IllegalStateException if the keys in force are not in the keystore
     */
    public SignedCheckpoint sign() {
        return Transaction.run(dataSource, connection -> {
            LogSequencer.lock(connection);
            KeySet set = lastSet(connection).orElseThrow(() -> new IllegalStateException("the log has no keys yet"));
            LogTiles tiles = requireExtended(connection, set);
            Optional<SignedCheckpoint> last = SealedLog.latest(connection);
            if (last.filter(same -> same.checkpoint().size() == tiles.size() && same.keySet() == set.number()).isPresent()) {
                return last.get();
            }
            return add(connection, last, set, tiles);
        });
    }

    /**
     * Takes new keys of the same kinds into use; the ones before sign them, and stay in the keystore. The next checkpoint is
     * signed with the new ones.
     *
     * @param sm2 whether there is an SM2 key from now on
     * @throws IllegalStateException if the keys in force are not in the keystore
     */
    public KeySet rotate(boolean sm2) {
        return Transaction.run(dataSource, connection -> {
            LogSequencer.lock(connection);
            Optional<KeySet> last = lastSet(connection);
            last.ifPresent(set -> sealersOf(set));
            return takeNewKeys(connection, last, sm2);
        });
    }

    /**
     * Takes new keys into use because keys in force are lost: a set that says so, signed by its own keys and by those of the set before it that are left, if any.
     * The log goes on from its last checkpoint; whoever trusted the keys before has to be told the new ones by another way, and sees which of the old vouch.
     *
     * @param reason one line that stands in the set for ever
     * @throws IllegalStateException if the keys in force are in the keystore, so that they can hand over themselves, or the log has none yet
     * @throws IllegalArgumentException if the reason is not one line
     * @throws LogBrokenException if the stored log is not what its last checkpoint says and more
     */
    public KeySet replaceLost(boolean sm2, String reason) {
        return Transaction.run(dataSource, connection -> {
            LogSequencer.lock(connection);
            KeySet last = lastSet(connection).orElseThrow(() -> new IllegalStateException("the log has no keys yet"));
            if (last.keys().stream().allMatch(key -> keystore.find(key).isPresent())) {
                throw new IllegalStateException("the keys in force are in " + keystore.file() + ": they hand over to new ones with rotate-keys");
            }
            requireExtended(connection, last);
            // Said before any key is made, so that a bad reason leaves nothing behind.
            KeySet checked = new KeySet(origin, last.number() + 1, last.from(), last.keys(), reason);
            List<Sealer> sealers = keystore.add(origin,
                    sm2 ? List.of(SealKey.Kind.ED25519, SealKey.Kind.SM2) : List.of(SealKey.Kind.ED25519), now());
            Instant from = last.from().isAfter(now()) ? last.from() : now();
            KeySet set = new KeySet(origin, checked.number(), from, sealers.stream().map(Sealer::key).toList(), checked.lost());
            List<Sealer> signing = new ArrayList<>(sealers);
            last.keys().forEach(key -> keystore.find(key).ifPresent(signing::add));
            store(connection, set, signing);
            return set;
        });
    }

    /** The keys in force, to sign other texts of the house with, such as an export's manifest; empty: they are not in the keystore. */
    public List<Sealer> listSealers() {
        return Transaction.run(dataSource, Checkpoints::lastSet)
                .filter(set -> set.keys().stream().allMatch(key -> keystore.find(key).isPresent()))
                .map(this::sealersOf)
                .orElse(List.of());
    }

    private KeySet takeNewKeys(Connection connection, Optional<KeySet> last, boolean sm2) throws SQLException {
        List<Sealer> sealers = keystore.add(origin,
                sm2 ? List.of(SealKey.Kind.ED25519, SealKey.Kind.SM2) : List.of(SealKey.Kind.ED25519), now());
        return addSet(connection, last, sealers);
    }

    /** The keys are in the keystore by now: a crash before the commit leaves some there that nobody uses. */
    private KeySet addSet(Connection connection, Optional<KeySet> last, List<Sealer> sealers) throws SQLException {
        Instant from = last.map(KeySet::from).filter(before -> before.isAfter(now())).orElse(now());
        KeySet set = new KeySet(origin, last.map(KeySet::number).orElse(0L) + 1, from, sealers.stream().map(Sealer::key).toList());
        List<Sealer> signing = new ArrayList<>(sealers);
        for (Sealer before : last.map(this::sealersOf).orElse(List.of())) {
            if (!set.keys().contains(before.key())) {
                signing.add(before);
            }
        }
        store(connection, set, signing);
        return set;
    }

    private static void store(Connection connection, KeySet set, List<Sealer> signing) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(ADD_SET)) {
            add.setLong(1, set.number());
            add.setObject(2, set.from().atOffset(ZoneOffset.UTC));
            add.setString(3, SignedNote.sign(set.toText(), signing).toString());
            add.executeUpdate();
        }
    }

    private SignedCheckpoint add(Connection connection, Optional<SignedCheckpoint> last, KeySet set, LogTiles tiles)
            throws SQLException {
        long size = tiles.size();
        // A clock that was set back does not make a checkpoint older than the one before it.
        Instant signedAt = last.map(before -> before.checkpoint().signedAt()).filter(before -> before.isAfter(now())).orElse(now());
        Checkpoint checkpoint = new Checkpoint(
                origin, size, tiles.log(LogHash.SHA_256).root(size), tiles.log(LogHash.SM3).root(size), signedAt);
        SignedCheckpoint signed = new SignedCheckpoint(
                last.map(SignedCheckpoint::number).orElse(0L) + 1, checkpoint, set.number(), checkpoint.sign(sealersOf(set)));
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            add.setLong(1, signed.number());
            add.setLong(2, size);
            add.setBytes(3, checkpoint.root().bytes());
            add.setBytes(4, checkpoint.sm3Root().bytes());
            add.setLong(5, set.number());
            add.setObject(6, signedAt.atOffset(ZoneOffset.UTC));
            add.setString(7, signed.note().toString());
            add.executeUpdate();
        }
        return signed;
    }

    private static Optional<KeySet> lastSet(Connection connection) throws SQLException {
        try {
            List<KeySet> sets = KeySet.history(SealedLog.keySets(connection));
            return sets.isEmpty() ? Optional.empty() : Optional.of(sets.getLast());
        } catch (IllegalArgumentException e) {
            throw new LogBrokenException("the log's keys: " + e.getMessage(), e);
        }
    }

    private List<Sealer> sealersOf(KeySet set) {
        return set.keys().stream()
                .map(key -> keystore.find(key).orElseThrow(() -> new IllegalStateException("the log is signed with " + key
                        + ", and " + keystore.file() + " has no such key: put the keystore of the log there")))
                .toList();
    }

    /** Whether all leaves of the last checkpoint are still there as they were. */
    private static LogTiles requireExtended(Connection connection, KeySet set) throws SQLException {
        LogTiles tiles = LogTiles.over(connection);
        Optional<SignedCheckpoint> last = SealedLog.latest(connection);
        if (last.isPresent()) {
            Checkpoint told = last.get().checkpoint();
            String which = "checkpoint " + last.get().number() + " over " + told.size() + " leaves";
            if (last.get().keySet() == set.number() && !set.signed(last.get().note())) {
                throw new LogBrokenException(which + " is not signed by the keys of its time");
            }
            requireBegins(tiles, told, which);
        }
        return tiles;
    }

    private static void requireBegins(LogTiles tiles, Checkpoint told, String which) {
        if (tiles.size() < told.size()) {
            throw new LogBrokenException(which + ": the log has " + tiles.size());
        }
        if (!tiles.log(LogHash.SHA_256).root(told.size()).equals(told.root())
                || !tiles.log(LogHash.SM3).root(told.size()).equals(told.sm3Root())) {
            throw new LogBrokenException(which + " has another root than the log: a leaf was changed");
        }
    }

    /**
     * Holds the stored log against a checkpoint kept elsewhere.
     *
     * @throws LogBrokenException if the log does not begin with the leaves it was signed over, or no key of the log signed it
     */
    public void requireExtends(SignedNote kept) {
        Transaction.run(dataSource, connection -> {
            Checkpoint told = Checkpoint.in(kept)
                    .orElseThrow(() -> new LogBrokenException("what was kept elsewhere is no checkpoint"));
            if (!told.origin().equals(origin)
                    || KeySet.history(SealedLog.keySets(connection)).stream().noneMatch(set -> set.signed(kept))) {
                throw new LogBrokenException("the checkpoint that was kept, over " + told.size() + " leaves of " + told.origin()
                        + ", was not signed by a key of this log");
            }
            requireBegins(LogTiles.over(connection), told, "the checkpoint that was kept, over " + told.size() + " leaves");
            return true;
        });
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}

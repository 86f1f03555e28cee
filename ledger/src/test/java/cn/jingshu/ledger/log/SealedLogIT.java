package cn.jingshu.ledger.log;

import static cn.jingshu.ledger.LedgerDatabase.entry;
import static cn.jingshu.ledger.LedgerDatabase.execute;
import static cn.jingshu.ledger.LedgerDatabase.queryLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.LogProof;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.SealKeystore;
import cn.jingshu.ledger.seal.SignedNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealedLogIT {
    private static final String ORIGIN = "city.example/log";
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Instant NOW = Instant.parse("2026-11-23T04:00:00.123456Z");
    private static final long EVERYTHING = Long.MAX_VALUE;

    @TempDir
    private Path folder;

    private final DataSource dataSource = LedgerDatabase.create();
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final Journal journal = new Journal(dataSource, clock);
    private final Batches batches = new Batches();
    private final List<LeafSource> sources = List.of(new EntryLeaves(dataSource, journal), batches);
    private final LogSequencer sequencer = new LogSequencer(dataSource, clock, sources);
    private final SealedLog log = new SealedLog(dataSource);
    private Checkpoints checkpoints = new Checkpoints(dataSource, clock, ORIGIN, SealKeystore.of(Path.of(""), new char[0]));

    @BeforeEach
    void keystore() {
        checkpoints = checkpoints("keys.p12");
    }

    private Checkpoints checkpoints(String file) {
        return new Checkpoints(dataSource, clock, ORIGIN, SealKeystore.of(folder.resolve(file), "a password".toCharArray()));
    }

    /** Usage batches of two nodes, as a meter would tell them. */
    private static final class Batches implements LeafSource {
        private final Map<String, List<LogLeaf>> kept = Map.of("node-a", new ArrayList<>(), "node-b", new ArrayList<>());

        synchronized void ship(String node, int batches) {
            List<LogLeaf> of = kept.getOrDefault(node, List.of());
            for (int i = 0; i < batches; i++) {
                long number = of.size() + 1L;
                of.add(new LogLeaf.UsageBatch(node, number, 10 * number - 9, 10 * number + 1, 10, NOW, "ab".repeat(32), null));
            }
        }

        @Override
        public LogLeaf.Kind kind() {
            return LogLeaf.Kind.USAGE_BATCH;
        }

        @Override
        public List<String> chains() {
            return List.of("node-a", "node-b");
        }

        @Override
        public synchronized List<LogLeaf> after(Map<String, Long> sealed, int most) {
            return chains().stream().filter(sealed::containsKey)
                    .flatMap(node -> kept.getOrDefault(node, List.of()).stream().skip(sealed.getOrDefault(node, 0L)))
                    .limit(most).toList();
        }

        @Override
        public List<String> listAltered(String chain, long after, long upTo) {
            return List.of();
        }
    }

    private List<JournalEntry> book(LocalDate day, int entries) {
        List<JournalEntry> given = IntStream.range(0, entries)
                .mapToObj(i -> entry(UUID.randomUUID(), day, Chart.RECEIVABLES, Chart.REVENUE, 100 + i))
                .toList();
        journal.postAll(given);
        return given;
    }

    private SignedCheckpoint signed() {
        checkpoints.open(true);
        return checkpoints.sign();
    }

    private LogCheck.Result check() {
        return new LogCheck(dataSource, sources).run();
    }

    @Test
    void everythingBookedAndMeteredIsALeafInAStatedOrder() {
        List<JournalEntry> november = book(DAY, 3);
        List<JournalEntry> october = book(DAY.minusMonths(1), 2);
        batches.ship("node-b", 1);
        batches.ship("node-a", 2);

        assertThat(sequencer.appendNew()).isEqualTo(8);
        assertThat(sequencer.appendNew()).isZero();
        List<JournalEntry> later = book(DAY.minusMonths(1), 1);
        assertThat(sequencer.appendNew()).isEqualTo(1);

        assertThat(IntStream.range(0, 2).mapToObj(i -> index(october.get(i)))).containsExactly(0L, 1L);
        assertThat(IntStream.range(0, 3).mapToObj(i -> index(november.get(i)))).containsExactly(2L, 3L, 4L);
        assertThat(log.find(LogLeaf.Kind.USAGE_BATCH, "node-a", 2).orElseThrow().index()).isEqualTo(6);
        assertThat(log.find(LogLeaf.Kind.USAGE_BATCH, "node-b", 1).orElseThrow().index()).isEqualTo(7);
        assertThat(index(later.getFirst())).isEqualTo(8);
        assertThat(log.listChains(LogLeaf.Kind.ENTRY)).containsExactly("2026-10", "2026-11");
        assertThat(log.findEntry(UUID.randomUUID())).isEmpty();
        assertThat(check().faults()).isEmpty();
    }

    private long index(JournalEntry booked) {
        return log.findEntry(booked.entryId()).orElseThrow().index();
    }

    @Test
    void aLeafIsWrittenFromTheBooksByAnybody() {
        JournalEntry booked = book(DAY, 1).getFirst();
        sequencer.appendNew();
        var row = journal.findEntry(booked.entryId()).orElseThrow();
        String text = "jingshu leaf 1 entry\nid " + booked.entryId() + "\nmonth 2026-11\nnumber 1\nbooked 2026-11-23T04:00:00.123456Z\ncontent "
                + row.contentSha256() + "\nchain " + row.chainSha256() + "\n";
        assertThat(log.findEntry(booked.entryId()).orElseThrow().leaf().toText()).isEqualTo(text);
        assertThat(queryLong(dataSource, "SELECT count(*) FROM ledger.log_node WHERE level = 0 AND sha256 = sha256('\\x00'::bytea || convert_to('"
                + text + "', 'UTF8'))")).isEqualTo(1);
    }

    @Test
    void sequencersMayRunAtOnceAndWhileOthersBook() throws Exception {
        AtomicBoolean booking = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newFixedThreadPool(7)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                running.add(threads.submit(() -> {
                    LogSequencer own = new LogSequencer(dataSource, clock, sources);
                    while (booking.get()) {
                        own.appendNew();
                    }
                    return own.appendNew();
                }));
            }
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int month = i % 2;
                writers.add(threads.submit(() -> {
                    for (int round = 0; round < 30; round++) {
                        book(DAY.minusMonths(month), 1 + round % 5);
                        batches.ship(month == 0 ? "node-a" : "node-b", 2);
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            booking.set(false);
            for (Future<?> each : running) {
                each.get();
            }
        }
        assertThat(log.size()).isEqualTo(4 * 90 + 4 * 60);
        assertThat(check().faults()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LogSequencer.Step.class)
    void aSequencerMayDieAtAnyStep(LogSequencer.Step dies) {
        book(DAY, 5);
        LogSequencer mortal = new LogSequencer(dataSource, clock, sources, step -> {
            if (step == dies) {
                throw new SQLException("died at " + step);
            }
        });
        assertThatThrownBy(mortal::appendNew).isInstanceOf(LedgerStoreException.class).hasMessageContaining("died at");
        assertThat(log.size()).isEqualTo(dies == LogSequencer.Step.COMMITTED ? 5 : 0);
        book(DAY, 2);
        sequencer.appendNew();
        assertThat(log.size()).isEqualTo(7);
        assertThat(check().faults()).isEmpty();
    }

    @Test
    void everyOneOfTenThousandLeavesIsProvedUnderEveryCheckpointThatCoversIt() {
        List<SignedCheckpoint> signed = new ArrayList<>();
        signed.add(signed());
        for (int i = 0; i < 8; i++) {
            book(DAY, 1_000);
            batches.ship("node-a", 250 + i);
            sequencer.appendNew();
            signed.add(checkpoints.sign());
        }
        batches.ship("node-b", 1);
        sequencer.appendNew();
        signed.add(checkpoints.sign());
        assertThat(log.size()).isGreaterThan(10_000);

        for (SignedCheckpoint under : List.of(signed.get(1), signed.getLast())) {
            List<Long> proved = new ArrayList<>();
            log.proofsOf(NOVEMBER, NOVEMBER, under, proof -> {
                assertThat(proof.holds(under.checkpoint())).isTrue();
                proved.add(proof.index());
            });
            for (String node : batches.chains()) {
                log.proofsOf(LogLeaf.Kind.USAGE_BATCH, node, under, proof -> {
                    assertThat(proof.holds(under.checkpoint())).isTrue();
                    proved.add(proof.index());
                });
            }
            assertThat(proved.stream().sorted()).containsExactlyElementsOf(
                    LongStream.range(0, under.checkpoint().size()).boxed().toList());
        }
        for (SignedCheckpoint earlier : signed) {
            for (SignedCheckpoint later : signed.subList(signed.indexOf(earlier), signed.size())) {
                assertThat(log.proveGrowth(earlier, later).holds(earlier.checkpoint(), later.checkpoint())).isTrue();
            }
        }
        assertThat(log.proveGrowth(signed.get(2), signed.get(5)).holds(signed.get(2).checkpoint(), signed.get(6).checkpoint())).isFalse();
        LogCheck.Result result = check();
        assertThat(result.faults()).isEmpty();
        assertThat(result.leaves()).isEqualTo(log.size());
        assertThat(result.checkpoints()).isEqualTo(signed.size());
    }

    @Test
    void aProofFileGoesToWhoeverHasTheKey() {
        JournalEntry booked = book(DAY, 9).get(4);
        sequencer.appendNew();
        SignedCheckpoint under = signed();
        SealedLeaf leaf = log.findEntry(booked.entryId()).orElseThrow();
        assertThat(log.findFirstOver(leaf.index())).contains(under);
        String file = new LogProof(leaf.index(), log.prove(leaf, under).sha256(), under.note()).toString();
        SealKey key = KeySet.history(log.listKeySets()).getLast().keys().getFirst();
        assertThat(LogProof.parse(file).proves(leaf.leaf().toText().getBytes(StandardCharsets.UTF_8), ORIGIN, key)).isTrue();
        assertThatThrownBy(() -> log.prove(new SealedLeaf(9, leaf.leaf(), NOW), under)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "UPDATE ledger.log_leaf SET content = 'x' WHERE leaf_index = 1",
        "DELETE FROM ledger.log_leaf WHERE leaf_index = 2",
        "TRUNCATE ledger.log_leaf CASCADE",
        "UPDATE ledger.log_node SET sm3 = sha256 WHERE level = 0",
        "DELETE FROM ledger.log_node",
        "TRUNCATE ledger.log_node CASCADE",
        "UPDATE ledger.log_checkpoint SET signed_at = now()",
        "DELETE FROM ledger.log_checkpoint",
        "TRUNCATE ledger.log_checkpoint",
        "UPDATE ledger.log_key_set SET valid_from = now()",
        "DELETE FROM ledger.log_key_set",
        "TRUNCATE ledger.log_key_set CASCADE"
    })
    void whatIsInTheLogStaysAsItIs(String change) {
        book(DAY, 3);
        sequencer.appendNew();
        signed();
        assertThatThrownBy(() -> execute(dataSource, change)).isInstanceOf(LedgerStoreException.class)
                .hasMessageContaining("append-only");
        assertThat(check().faults()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // a leaf with a gap before it, one of a chain with a gap, one that comes again, one without its hash
        "INSERT INTO ledger.log_leaf VALUES (4, 'ENTRY', '2026-11', 4, 'x', now())",
        "INSERT INTO ledger.log_leaf VALUES (3, 'ENTRY', '2026-11', 5, 'x', now())",
        "INSERT INTO ledger.log_leaf VALUES (3, 'ENTRY', '2026-11', 3, 'x', now())",
        "INSERT INTO ledger.log_leaf VALUES (3, 'ENTRY', '2026-12', 1, 'x', now())",
        // two leaves of a chain the wrong way round
        "INSERT INTO ledger.log_leaf VALUES (3, 'ENTRY', '2026-11', 5, 'x', now()), (4, 'ENTRY', '2026-11', 4, 'x', now())",
        // a leaf's node that is not its hash, a node without what is below it
        "INSERT INTO ledger.log_node VALUES (0, 3, sha256('x'), sha256('x'))",
        "INSERT INTO ledger.log_node VALUES (1, 1, sha256('x'), sha256('x'))",
        "INSERT INTO ledger.log_node VALUES (5, 0, sha256('x'), sha256('x'))",
        // checkpoints: out of number, shorter than the last, over leaves that are not there, another root than the note's
        "INSERT INTO ledger.log_checkpoint SELECT 3, size, sha256_root, sm3_root, 1, signed_at, note FROM ledger.log_checkpoint",
        "INSERT INTO ledger.log_checkpoint SELECT 2, 2, sha256_root, sm3_root, 1, signed_at, replace(note, E'\\n3\\n', E'\\n2\\n') FROM ledger.log_checkpoint",
        "INSERT INTO ledger.log_checkpoint SELECT 2, 4, sha256_root, sm3_root, 1, signed_at, replace(note, E'\\n3\\n', E'\\n4\\n') FROM ledger.log_checkpoint",
        "INSERT INTO ledger.log_checkpoint SELECT 2, size, sm3_root, sm3_root, 1, signed_at, note FROM ledger.log_checkpoint",
        "INSERT INTO ledger.log_key_set SELECT 3, valid_from, replace(note, 'set 1', 'set 3') FROM ledger.log_key_set"
    })
    void whatDoesNotFollowIsNotTaken(String added) {
        book(DAY, 3);
        sequencer.appendNew();
        signed();
        assertThatThrownBy(() -> execute(dataSource, added)).isInstanceOf(LedgerStoreException.class);
        assertThat(log.size()).isEqualTo(3);
        assertThat(check().faults()).isEmpty();
    }

    /** Done by someone with the owner's rights, who switches the triggers off. */
    @ParameterizedTest
    @ValueSource(strings = {
        "UPDATE ledger.posting SET amount_fen = amount_fen + 1 WHERE line <= 2 AND number = 2",
        "UPDATE ledger.entry SET description = 'other' WHERE number = 2",
        "UPDATE ledger.entry SET booked_at = booked_at + interval '1 microsecond' WHERE number = 2",
        "UPDATE ledger.entry SET content_sha256 = sha256('x') WHERE number = 2",
        "UPDATE ledger.log_leaf SET content = replace(content, 'number 2', 'number 3') WHERE number = 2",
        "UPDATE ledger.log_leaf SET content = 'x' WHERE number = 2",
        "UPDATE ledger.log_node SET sha256 = sha256('x') WHERE level = 0 AND node_index = 1",
        "UPDATE ledger.log_node SET sm3 = sha256('x') WHERE level = 1 AND node_index = 0",
        "DELETE FROM ledger.log_node WHERE level = 1 AND node_index = 0",
        "DELETE FROM ledger.log_leaf WHERE leaf_index = 4",
        "UPDATE ledger.log_checkpoint SET note = replace(note, E'\\n5\\n', E'\\n4\\n'), size = 4",
        "UPDATE ledger.log_checkpoint SET signed_at = signed_at, note = regexp_replace(note, 'time 2026', 'time 2025')",
        "UPDATE ledger.log_key_set SET note = regexp_replace(note, 'from 2026', 'from 2025')"
    })
    void aChangedRowOfTheBooksOrTheLogIsFound(String change) {
        book(DAY, 5);
        sequencer.appendNew();
        signed();
        execute(dataSource, "SET session_replication_role = replica; " + change + "; SET session_replication_role = DEFAULT");
        assertThat(check().faults()).isNotEmpty();
    }

    @Test
    void aLogThatLostItsEndOrWasChangedIsNotOpenedNorSignedAgain() {
        book(DAY, 5);
        sequencer.appendNew();
        SignedCheckpoint kept = signed();
        execute(dataSource, "SET session_replication_role = replica; DELETE FROM ledger.log_leaf WHERE leaf_index = 4;"
                + " SET session_replication_role = DEFAULT");
        assertThatThrownBy(() -> checkpoints.open(true)).isInstanceOf(LogBrokenException.class).hasMessageContaining("the log has 4");
        assertThatThrownBy(checkpoints::sign).isInstanceOf(LogBrokenException.class);
        // With the checkpoint gone too, only who kept it elsewhere can tell.
        execute(dataSource, "SET session_replication_role = replica; DELETE FROM ledger.log_checkpoint; SET session_replication_role = DEFAULT");
        checkpoints.open(true);
        assertThatThrownBy(() -> checkpoints.requireExtends(kept.note())).isInstanceOf(LogBrokenException.class)
                .hasMessageContaining("the log has 4");
    }

    @Test
    void anotherRootThanTheSignedOneIsRefused() {
        book(DAY, 4);
        sequencer.appendNew();
        SignedCheckpoint kept = signed();
        checkpoints.requireExtends(kept.note());
        execute(dataSource, "SET session_replication_role = replica; UPDATE ledger.log_node SET sm3 = sha256('x') WHERE level = 2;"
                + " SET session_replication_role = DEFAULT");
        assertThatThrownBy(checkpoints::sign).isInstanceOf(LogBrokenException.class).hasMessageContaining("another root");
        assertThatThrownBy(() -> checkpoints.requireExtends(kept.note())).isInstanceOf(LogBrokenException.class);
        SignedNote foreign = kept.checkpoint().sign(List.of(cn.jingshu.ledger.seal.Sealer.newEd25519(ORIGIN)));
        assertThatThrownBy(() -> checkpoints.requireExtends(foreign)).isInstanceOf(LogBrokenException.class)
                .hasMessageContaining("not signed by a key of this log");
    }

    @Test
    void aCheckpointIsSignedOnceForWhatItSays() {
        SignedCheckpoint empty = signed();
        assertThat(empty.checkpoint().size()).isZero();
        assertThat(empty.note().signatures()).hasSize(2);
        assertThat(checkpoints.sign()).isEqualTo(empty);
        book(DAY, 1);
        sequencer.appendNew();
        assertThat(checkpoints.sign().number()).isEqualTo(2);
        assertThat(checkpoints.sign().number()).isEqualTo(2);
        assertThat(log.listCheckpoints(EVERYTHING, 10)).extracting(SignedCheckpoint::number).containsExactly(2L, 1L);
        assertThat(log.findCheckpoint(1)).contains(empty);
        assertThat(log.findLatest().orElseThrow().number()).isEqualTo(2);
    }

    @Test
    void keysAreChangedByTheKeysBeforeThem() throws IOException {
        checkpoints.open(false);
        SignedCheckpoint first = checkpoints.sign();
        checkpoints.open(true); // the city has SM2 from now on
        SignedCheckpoint second = checkpoints.sign();
        KeySet third = checkpoints.rotate(true);
        SignedCheckpoint last = checkpoints.sign();

        List<KeySet> sets = KeySet.history(log.listKeySets());
        assertThat(sets).extracting(set -> set.keys().size()).containsExactly(1, 2, 2);
        assertThat(sets.getLast()).isEqualTo(third);
        assertThat(sets.get(1).keys()).doesNotContainAnyElementsOf(third.keys()).contains(sets.getFirst().keys().getFirst());
        assertThat(List.of(first.keySet(), second.keySet(), last.keySet())).containsExactly(1L, 2L, 3L);
        assertThat(third.signed(last.note())).isTrue();
        assertThat(checkpoints.listSealers()).extracting(sealer -> sealer.key()).containsExactlyElementsOf(third.keys());
        assertThat(checkpoints("elsewhere.p12").listSealers()).isEmpty();
        assertThat(sets.get(1).signed(last.note())).isFalse();
        assertThat(check().faults()).isEmpty();

        Path file = folder.resolve("keys.p12");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThatThrownBy(() -> new Checkpoints(dataSource, clock, ORIGIN, SealKeystore.of(file, "another".toCharArray())).open(true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("password");
    }

    @Test
    void aKeyThatNobodyBeforeSignedIsNoKeyOfTheLog() {
        checkpoints.open(false);
        KeySet first = KeySet.history(log.listKeySets()).getFirst();
        var thief = cn.jingshu.ledger.seal.Sealer.newEd25519(ORIGIN);
        KeySet forged = new KeySet(ORIGIN, 2, first.from(), List.of(thief.key()));
        SignedNote note = SignedNote.sign(forged.toText(), List.of(thief));
        execute(dataSource, "INSERT INTO ledger.log_key_set VALUES (2, now(), '" + note + "')");
        assertThatThrownBy(checkpoints::sign).isInstanceOf(LogBrokenException.class).hasMessageContaining("did not sign it");
        assertThat(check().faults()).isNotEmpty();
    }

    @Test
    void withoutItsKeysALogIsNotSignedAndItKeepsItsName() {
        checkpoints.open(true);
        assertThat(checkpoints.open(true)).isTrue();
        assertThat(checkpoints("elsewhere.p12").open(true)).isFalse();
        assertThatThrownBy(() -> checkpoints("elsewhere.p12").sign()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has no such key");
        assertThatThrownBy(() -> checkpoints("elsewhere.p12").rotate(true)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> checkpoints.replaceLost(true, "they are not lost")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("rotate-keys");
        Checkpoints renamed = new Checkpoints(dataSource, clock, "other.example/log",
                SealKeystore.of(folder.resolve("keys.p12"), "a password".toCharArray()));
        assertThatThrownBy(() -> renamed.open(true)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is called");
    }

    @Test
    void aKeyThatIsLeftSignsTheSetThatReplacesTheLostOne() throws Exception {
        checkpoints.open(true);
        book(DAY, 1);
        sequencer.appendNew();
        checkpoints.sign();
        KeySet first = KeySet.history(log.listKeySets()).getFirst();
        Path file = folder.resolve("keys.p12");
        java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12", new org.bouncycastle.jce.provider.BouncyCastleProvider());
        try (var in = Files.newInputStream(file)) {
            store.load(in, "a password".toCharArray());
        }
        for (String alias : java.util.Collections.list(store.aliases())) {
            if (alias.startsWith("sm2-")) {
                store.deleteEntry(alias);
            }
        }
        try (var out = Files.newOutputStream(folder.resolve("partly.p12"))) {
            store.store(out, "a password".toCharArray());
        }
        Checkpoints partly = checkpoints("partly.p12");
        assertThat(partly.open(true)).as("one of two is not enough to sign").isFalse();
        KeySet second = partly.replaceLost(true, "the card of the SM2 key is broken");
        SignedNote note = log.listKeySets().getLast();
        assertThat(second.signed(note)).isTrue();
        assertThat(KeySet.leftOf(first, note)).extracting(SealKey::kind).containsExactly(SealKey.Kind.ED25519);
        assertThat(partly.sign().keySet()).isEqualTo(2);
        assertThat(check().faults()).isEmpty();
    }

    @Test
    void aClockThatWasSetBackMakesNoCheckpointOlderThanTheLast() {
        SignedCheckpoint first = signed();
        book(DAY, 1);
        sequencer.appendNew();
        Checkpoints behind = new Checkpoints(dataSource, Clock.offset(clock, Duration.ofHours(-1)), ORIGIN,
                SealKeystore.of(folder.resolve("keys.p12"), "a password".toCharArray()));
        assertThat(behind.sign().checkpoint().signedAt()).isEqualTo(first.checkpoint().signedAt());
    }
}

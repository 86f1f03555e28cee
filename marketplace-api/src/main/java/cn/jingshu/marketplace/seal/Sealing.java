package cn.jingshu.marketplace.seal;

import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.log.Checkpoints;
import cn.jingshu.ledger.log.LogBrokenException;
import cn.jingshu.ledger.log.LogSequencer;
import cn.jingshu.ledger.log.SealedLog;
import cn.jingshu.ledger.log.SignedCheckpoint;
import cn.jingshu.ledger.seal.Sealer;
import cn.jingshu.ledger.seal.SignedNote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals in the background: every second what was booked and metered since goes into the log, and as often as set a checkpoint is
 * signed. Any number of nodes do so on one database. The last checkpoint is also kept as a file beside the database, so that
 * one that was set back, checkpoints and all, is noticed at the next start.
 */
public final class Sealing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** How often a checkpoint is signed, and whether the log has an SM2 key. */
    public record Settings(Duration checkpointEvery, boolean sm2) {}

    private final LogSequencer sequencer;
    private final Checkpoints checkpoints;
    private final SealedLog log;
    private final Settings settings;
    private final Path kept;
    private final Clock clock;

    private boolean opened;
    private boolean signs;
    private @Nullable Thread thread;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile @Nullable SignedCheckpoint lastSeen; // null: none was seen yet
    private volatile @Nullable String fault; // null: the last round went well

    /** @param kept the file of the last checkpoint; need not be there */
    public Sealing(
            LogSequencer sequencer, Checkpoints checkpoints, SealedLog log, Settings settings, Path kept, Clock clock) {
        this.sequencer = sequencer;
        this.checkpoints = checkpoints;
        this.log = log;
        this.settings = settings;
        this.kept = kept;
        this.clock = clock;
    }

    /**
     * Checks the log against its checkpoints and that of the file, and makes the first keys of a log that has none.
     *
     * @throws LogBrokenException if the log does not go on from them
     * @throws IllegalArgumentException if the log has another name or the keystore cannot be read
     */
    public synchronized void open() {
        if (opened) {
            return;
        }
        signs = checkpoints.open(settings.sm2());
        if (!signs) {
            LOG.warn("the keystore of this node has not the keys of the log: it seals, and signs no checkpoints");
        }
        if (Files.exists(kept)) {
            try {
                checkpoints.requireExtends(SignedNote.parse(Files.readString(kept)));
            } catch (IllegalArgumentException unreadable) {
                throw new LogBrokenException("the checkpoint kept in " + kept + " cannot be read", unreadable);
            } catch (IOException e) {
                throw new UncheckedIOException("the checkpoint kept in " + kept + " cannot be read", e);
            }
        }
        opened = true;
    }

    /**
     * Seals what there is now and signs it.
     *
     * @return the checkpoint that covers it; empty: this node has not the keys, another signs it in its time
     */
    public synchronized Optional<SignedCheckpoint> seal() {
        open();
        sequencer.appendNew();
        return signs ? Optional.of(sign()) : Optional.empty();
    }

    /** Takes new keys into use and signs with them at once. */
    public synchronized SignedCheckpoint rotateKeys() {
        open();
        checkpoints.rotate(settings.sm2());
        sequencer.appendNew();
        return sign();
    }

    /**
     * Takes new keys into use in place of lost ones and signs with them at once.
     *
     * @throws IllegalStateException if the keys in force are there
     */
    public synchronized SignedCheckpoint replaceLostKeys(String reason) {
        open();
        checkpoints.replaceLost(settings.sm2(), reason);
        signs = true;
        sequencer.appendNew();
        return sign();
    }

    /** The keys in force, to sign other texts of the house with, such as an export's manifest; empty: this node has them not. */
    public synchronized List<Sealer> sealers() {
        open();
        return checkpoints.listSealers();
    }

    private SignedCheckpoint sign() {
        SignedCheckpoint signed = checkpoints.sign();
        lastSeen = signed;
        Path partial = kept.resolveSibling(kept.getFileName() + ".new");
        try {
            Files.writeString(partial, signed.note().toString());
            Files.move(partial, kept, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the checkpoint cannot be kept in " + kept, e);
        }
        return signed;
    }

    /** Seals in the background from now on. */
    public synchronized void start() {
        open();
        if (thread != null) {
            throw new IllegalStateException("sealing was started before");
        }
        thread = Thread.ofPlatform().name("sealing").daemon().start(this::sealForever);
    }

    private void sealForever() {
        do {
            try {
                round();
                if (fault != null) {
                    LOG.info("the log is sealed again");
                }
                fault = null;
            } catch (LedgerStoreException | UncheckedIOException away) {
                failed(away, false);
            } catch (RuntimeException broken) {
                failed(broken, true);
            }
        } while (!stopped());
    }

    private boolean stopped() {
        try {
            return stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private synchronized void round() {
        sequencer.appendNew();
        Optional<SignedCheckpoint> latest = log.findLatest();
        lastSeen = latest.orElse(null);
        boolean due = latest
                .map(last -> !clock.instant().isBefore(last.checkpoint().signedAt().plus(settings.checkpointEvery())))
                .orElse(true);
        if (signs && due) {
            sign();
        }
    }

    private void failed(RuntimeException failure, boolean loud) {
        String said = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
        if (!said.equals(fault)) {
            if (loud) {
                LOG.error("nothing is sealed any further", failure);
            } else {
                LOG.warn("nothing is sealed for now: {}", said);
            }
        }
        fault = said;
    }

    /** The last checkpoint this node knows of. */
    public Optional<SignedCheckpoint> lastSeen() {
        return Optional.ofNullable(lastSeen);
    }

    /** What keeps this node from sealing; empty: nothing. */
    public Optional<String> fault() {
        return Optional.ofNullable(fault);
    }

    /** Ends the background; what is not sealed yet is at the next start. */
    @Override
    public void close() {
        stop.countDown();
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null) {
            try {
                running.join();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

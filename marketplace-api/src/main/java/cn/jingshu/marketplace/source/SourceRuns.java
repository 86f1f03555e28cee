package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.source.LoadSources.Begun;
import cn.jingshu.marketplace.source.LoadSources.Result;
import cn.jingshu.marketplace.source.SourceRun.Outcome;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.LoadOutcome;
import cn.jingshu.products.domain.load.LoadProgress;
import cn.jingshu.products.domain.load.LoadRecord;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.domain.load.RecordSource;
import cn.jingshu.products.domain.load.UnfitSourceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads sources when they are due, a few at once. Every node looks; a run is held by a lease that its node renews, so that one node at a time runs a source, and
 * another takes over when the lease of a dead one has run out. What is due is read again when a run begins, so that no moment is run twice. A failed run is tried
 * again after a pause that doubles; one whose node died likewise, by whoever looks then, behind the position the load has kept: it may be the source that killed
 * the node. A node that lost a lease it believed to have stops its run; until it has, the loader's lock of the table tells the other node "busy".
 */
public final class SourceRuns implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceRuns.class);
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int MOST_CAUSES = 5;
    private static final int MOST_NAMES = 5;
    private static final Duration STOPPING = Duration.ofSeconds(10);

    /** How long a run is held; a pause of the whole process for that long costs it the run, not the rows. */
    static final Duration LEASE = Duration.ofSeconds(60);

    private static final long RENEWED_NANOS = LEASE.dividedBy(4).toNanos();

    private final LoadSources sources;
    private final SourceOpenings openings;
    private final LoadTables tables;
    private final Loader loader;
    private final FolderRun folders;
    private final String node;
    private final Duration every;
    private final int atOnce;
    private final RandomGenerator random;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private @Nullable Thread thread;
    private String saidLast = "";

    /**
     * @param node names this node in the record
     * @param every how often it is looked whether something is due
     * @param atOnce how many sources this node runs at once, at the most; of one provider one less, so that a provider's long loads leave a place to others
     */
    SourceRuns(LoadSources sources, SourceOpenings openings, LoadTables tables, Loader loader, FolderRun folders, String node, Duration every,
            int atOnce, RandomGenerator random) {
        this.sources = sources;
        this.openings = openings;
        this.tables = tables;
        this.loader = loader;
        this.folders = folders;
        this.node = node;
        this.every = every;
        this.atOnce = atOnce;
        this.random = random;
    }

    /** A run of this node. */
    private static final class Running {
        private final Begun run;
        private final RunLimits limits;
        private final Thread thread;
        private long renewedAt = System.nanoTime();

        Running(Begun run, RunLimits limits, Thread thread) {
            this.run = run;
            this.limits = limits;
            this.thread = thread;
        }
    }

    /** Begins; to be called once. */
    public synchronized void start() {
        try {
            folders.clean();
        } catch (IOException unreadable) {
            LOG.warn("copies of files that an earlier process has left cannot be removed: {}", unreadable.getClass().getSimpleName());
        }
        thread = Thread.ofPlatform().daemon().name("load-sources").start(this::run);
    }

    private void run() {
        try {
            while (!closing.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    renew();
                    begin();
                    saidLast = "";
                } catch (DatabaseException | DomainException away) {
                    say("sources that are due wait until PostgreSQL can be asked: " + away);
                } catch (RuntimeException | Error broken) {
                    // Without this thread no source of the node is ever loaded again: whatever it was, it looks again.
                    say("a source cannot be run: " + framesOf(broken));
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String what) {
        if (!what.equals(saidLast) && closing.getCount() > 0) {
            LOG.warn("{}", what);
            saidLast = what;
        }
    }

    /** Runs what is due and waits until it has ended; how many runs there were. */
    int look() throws InterruptedException {
        int runs = 0;
        List<Running> begun = begin();
        while (!begun.isEmpty()) {
            runs += begun.size();
            for (Running each : begun) {
                each.thread.join();
            }
            begun = begin();
        }
        return runs;
    }

    /** Begins what is due and nobody holds, as far as there is room; what was begun. */
    private synchronized List<Running> begin() {
        List<Running> begun = new ArrayList<>();
        if (running.size() >= atOnce) {
            return begun;
        }
        for (LoadSources.Due due : sources.listDue()) {
            if (closing.getCount() == 0 || running.size() >= atOnce) {
                break;
            }
            long ofProvider = running.values().stream().filter(each -> each.run.source().provider().equals(due.provider())).count();
            boolean here = !(due.source().from() instanceof LoadSource.From.Folder) || openings.isHere(due.source()); // else it is left to a node that has it
            if (here && !running.containsKey(due.code()) && ofProvider < Math.max(1, atOnce - 1)) {
                sources.begin(due.code(), node, LEASE, this::pauseAfter).ifPresent(run -> begun.add(started(run)));
            }
        }
        return begun;
    }

    private Running started(Begun run) {
        RunLimits limits = RunLimits.from(sources.clock());
        Thread own = Thread.ofPlatform().daemon().name("load-source-" + run.source().code()).unstarted(() -> {
            try {
                run(run, limits);
            } catch (RuntimeException | Error broken) {
                // Its lease runs out, and whoever looks then counts it as a failure.
                LOG.error("the end of a run of source {} was not written: {}", run.source().code(), framesOf(broken));
            } finally {
                running.remove(run.source().code());
            }
        });
        Running started = new Running(run, limits, own);
        running.put(run.source().code(), started);
        own.start();
        return started;
    }

    /** Holds the runs of this node for longer where it is time to. */
    private void renew() {
        for (Running each : running.values()) {
            if (System.nanoTime() - each.renewedAt >= RENEWED_NANOS) {
                renew(each);
            }
        }
    }

    private void renew(Running held) {
        if (sources.renew(held.run, LEASE)) {
            held.renewedAt = System.nanoTime();
        } else {
            held.limits.taken().set(true); // or it has just ended
        }
    }

    /** Holds all runs of this node for longer, now. */
    void renewAll() {
        running.values().forEach(this::renew);
    }

    private void run(Begun run, RunLimits limits) {
        Result result = result(run, limits);
        sources.end(run, result, pauseAfter(sources.failures(run.source().code()) + 1));
        if (result.outcome().isSuccess()) {
            LOG.info("source {}: {}, {} records", run.source().code(), result.outcome(), result.records());
        } else {
            LOG.warn("source {}: {}: {}", run.source().code(), result.outcome(), result.en());
        }
    }

    private Result result(Begun run, RunLimits limits) {
        LoadSource source = run.source();
        try {
            Optional<ResourceTable> table = tables.find(source.table()).filter(each -> each.resource().equals(source.resource()));
            if (table.isEmpty()) {
                return failed(Outcome.UNREADY, "数据资源 " + source.resource() + " 没有表 " + source.table() + "。",
                        "There is no table " + source.table() + " of " + source.resource() + ".", List.of());
            }
            if (source.from() instanceof LoadSource.From.Folder folder) {
                return result(folders.run(run.versioned(), folder, openings.rootOf(source, folder), table.get(), run.whole(), limits));
            }
            RecordSource.Opening opening = openings.open(source, limits);
            return result(loader.load(new LoadRequest(List.of(new LoadRequest.Part(table.get(), opening)), source.mode(), source.drift(),
                    source.mostRejected().doubleValue(), "source " + source.code(), null, run.whole()), LoadProgress.NONE));
        } catch (SourceOpenings.UnreadyException unready) {
            return failed(Outcome.UNREADY, unready.zh(), unready.en(), List.of());
        } catch (UnfitSourceException unfit) {
            return failed(Outcome.REFUSED, unfit.zh(), unfit.en(), List.of());
        } catch (DomainException away) {
            return failed(Outcome.BROKEN, "数据域暂不可用。", "The data domain is away: " + away.getMessage() + ".", List.of());
        } catch (Throwable defect) {
            // Whatever it is, the run has ended, and others wait for theirs; that the memory was full is over with it.
            LOG.error("source {} failed by a defect: {}", source.code(), framesOf(defect));
            return failed(Outcome.BROKEN, "内部错误:" + defect.getClass().getSimpleName(), "A defect: " + defect.getClass().getSimpleName() + ".", List.of());
        }
    }

    /** Classes and places without the messages: these may repeat a value of a row. */
    private static String framesOf(Throwable defect) {
        StringBuilder text = new StringBuilder();
        Throwable each = defect;
        for (int depth = 0; each != null && depth < MOST_CAUSES; depth++) {
            text.append(depth == 0 ? "" : "\n caused by ").append(each.getClass().getName());
            for (StackTraceElement frame : each.getStackTrace()) {
                text.append("\n\tat ").append(frame);
            }
            each = each.getCause();
        }
        return text.toString();
    }

    private static Result result(LoadOutcome outcome) {
        return switch (outcome) {
            case LoadOutcome.Loaded(var loads) -> new Result(Outcome.LOADED, read(loads), null, null, id(loads));
            case LoadOutcome.AlreadyLoaded(var loads) -> new Result(Outcome.UNCHANGED, read(loads), null, null, id(loads));
            case LoadOutcome.Refused(var zh, var en, var loads) -> failed(Outcome.REFUSED, zh, en, loads);
            case LoadOutcome.Broken(var zh, var en, var loads) -> failed(Outcome.BROKEN, zh, en, loads);
            case LoadOutcome.Busy(var busy) -> failed(Outcome.BUSY, "表 " + busy + " 正在进行另一次装载。", "Another load of " + busy + " is running.",
                    List.of());
        };
    }

    private static Result result(FolderRun.Came came) {
        LoadOutcome broken = came.brokenBy();
        if (broken != null) {
            return result(broken);
        }
        LoadRecord last = came.last();
        if (!came.refused().isEmpty()) {
            String names = String.join(", ", came.refused().subList(0, Math.min(MOST_NAMES, came.refused().size())));
            return new Result(Outcome.REFUSED, came.records(), came.refused().size() + " 个文件被拒:" + names + "。",
                    "Files refused: " + came.refused().size() + " (" + names + ").", last == null ? null : last.id());
        }
        return last == null ? new Result(Outcome.UNCHANGED, null, null, null, null) : new Result(Outcome.LOADED, came.records(), null, null, last.id());
    }

    private static Result failed(Outcome outcome, String zh, String en, List<LoadRecord> loads) {
        return new Result(outcome, loads.isEmpty() ? null : read(loads), zh, en, id(loads));
    }

    private static long read(List<LoadRecord> loads) {
        return loads.stream().mapToLong(LoadRecord::rowsIn).sum();
    }

    private static java.util.@Nullable UUID id(List<LoadRecord> loads) {
        return loads.isEmpty() ? null : loads.getFirst().id();
    }

    /** Doubled with each failure in a row, shortened by up to half by chance, so that several who failed together do not come back together. */
    private synchronized Duration pauseAfter(int failures) {
        long millis = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(Math.max(0, failures - 1), 20));
        return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
    }

    /** Stops; what runs is left where it is, and gone on with by another node or the next start. */
    @Override
    public void close() {
        closing.countDown();
        List<Thread> threads = new ArrayList<>();
        synchronized (this) {
            if (thread != null) {
                threads.add(thread);
                thread = null;
            }
            running.values().forEach(each -> threads.add(each.thread));
        }
        threads.forEach(Thread::interrupt);
        try {
            for (Thread each : threads) {
                each.join(STOPPING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

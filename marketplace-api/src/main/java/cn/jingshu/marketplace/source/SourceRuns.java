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
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads sources when they are due. Every node looks; of one source one node has the turn at a time, and what is due is read again under the turn, so that no
 * moment is run twice. A failed run is tried again after a pause that doubles; one whose node died likewise, by
 * whoever looks then, behind the position the load has kept: it may be the source that killed the node.
 */
public final class SourceRuns implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceRuns.class);
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int MOST_CAUSES = 5;
    private static final Duration STOPPING = Duration.ofSeconds(10);

    private final LoadSources sources;
    private final SourceTurns turns;
    private final SourceOpenings openings;
    private final LoadTables tables;
    private final Loader loader;
    private final String node;
    private final Duration every;
    private final RandomGenerator random;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;
    private String saidLast = "";

    /**
     * @param node names this node in the record
     * @param every how often it is looked whether something is due
     */
    SourceRuns(LoadSources sources, SourceTurns turns, SourceOpenings openings, LoadTables tables, Loader loader, String node, Duration every,
            RandomGenerator random) {
        this.sources = sources;
        this.turns = turns;
        this.openings = openings;
        this.tables = tables;
        this.loader = loader;
        this.node = node;
        this.every = every;
        this.random = random;
    }

    /** Begins; to be called once. */
    public synchronized void start() {
        thread = Thread.ofPlatform().daemon().name("load-sources").start(this::run);
    }

    private void run() {
        try {
            while (!closing.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    look();
                    saidLast = "";
                } catch (DatabaseException | DomainException | SQLException away) {
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

    /** Runs what is due, one after the other; how many runs there were. */
    int look() throws SQLException {
        int runs = 0;
        for (String code : sources.listDue()) {
            Optional<SourceTurns.Turn> turn = closing.getCount() == 0 ? Optional.empty() : turns.tryTurn(code);
            if (turn.isPresent()) {
                try (SourceTurns.Turn _ = turn.get()) {
                    Optional<Begun> begun = sources.begin(code, node, this::pauseAfter);
                    if (begun.isPresent()) {
                        run(begun.get());
                        runs++;
                    }
                }
            }
        }
        return runs;
    }

    private void run(Begun run) {
        Result result = result(run.source());
        sources.end(run, result, pauseAfter(sources.failures(run.source().code()) + 1));
        if (result.outcome().isSuccess()) {
            LOG.info("source {}: {}, {} records", run.source().code(), result.outcome(), result.records());
        } else {
            LOG.warn("source {}: {}: {}", run.source().code(), result.outcome(), result.en());
        }
    }

    private Result result(LoadSource source) {
        try {
            Optional<ResourceTable> table = tables.find(source.table()).filter(each -> each.resource().equals(source.resource()));
            if (table.isEmpty()) {
                return failed(Outcome.UNREADY, "数据资源 " + source.resource() + " 没有表 " + source.table() + "。",
                        "There is no table " + source.table() + " of " + source.resource() + ".", List.of());
            }
            RecordSource.Opening opening = openings.open(source, RunLimits.from(sources.clock()));
            return result(loader.load(new LoadRequest(List.of(new LoadRequest.Part(table.get(), opening)), source.mode(), source.drift(), source.mostRejected().doubleValue(), "source " + source.code()), LoadProgress.NONE));
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
    private Duration pauseAfter(int failures) {
        long millis = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(Math.max(0, failures - 1), 20));
        return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
    }

    /** Stops; what runs is left where it is, and gone on with by another node or the next start. */
    @Override
    public synchronized void close() {
        closing.countDown();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            try {
                running.join(STOPPING);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
    }
}

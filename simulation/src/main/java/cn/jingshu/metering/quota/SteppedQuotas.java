package cn.jingshu.metering.quota;

import cn.jingshu.metering.simulation.SimulatedProcess;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A node's quotas as they are, asking for leases, sweeping and timing out only when a simulation says so. */
public final class SteppedQuotas {
    private static final QuotaSettings SETTINGS = new QuotaSettings(
            24,
            4,
            Duration.ofMillis(200),
            Duration.ofMillis(20),
            Duration.ofMillis(25),
            Duration.ofMillis(400),
            6,
            Duration.ofSeconds(2));

    private static final QuotaSettings BUDGETS = new QuotaSettings(
            160,
            SETTINGS.shrink(),
            SETTINGS.answerWithin(),
            SETTINGS.recheckAfter(),
            SETTINGS.retryAfter(),
            SETTINGS.returnIdleAfter(),
            20,
            SETTINGS.keepReserveFor());

    private record Deadline(long atNanos, CompletableFuture<QuotaDecision> answer, QuotaDecision otherwise) {}

    private final Tasks tasks = new Tasks();
    private final List<Deadline> deadlines = new ArrayList<>();
    private final Quotas quotas;
    private final LongSupplier nanos;

    /** @param firstSequence the journal's next sequence when this run began */
    public SteppedQuotas(
            SimulatedLeaseTables tables,
            SimulatedProcess process,
            String nodeId,
            UUID runId,
            long firstSequence,
            LongSupplier nanos) {
        this(tables, process, nodeId, runId, firstSequence, SETTINGS, () -> firstSequence, nanos);
    }

    private SteppedQuotas(SimulatedLeaseTables tables, SimulatedProcess process, String nodeId, UUID runId, long firstSequence,
            QuotaSettings settings, LongSupplier nextSequence, LongSupplier nanos) {
        this.nanos = nanos;
        this.quotas = new Quotas(
                tables.reachedBy(process, nodeId, runId), firstSequence, settings, tasks, new Time(), () -> {}, nextSequence);
    }

    /**
     * A node's budgets.
     *
     * @param nextSequence the journal's next sequence, with every event counted that was said to be recorded
     */
    public static SteppedQuotas ofBudgets(SimulatedLeaseTables tables, SimulatedProcess process, String nodeId, UUID runId,
            long firstSequence, LongSupplier nextSequence, LongSupplier nanos) {
        return new SteppedQuotas(tables, process, nodeId, runId, firstSequence, BUDGETS, nextSequence, nanos);
    }

    /** As above, with leases of so much money far from the limit, an eighth of which stays as a reserve. */
    public static SteppedQuotas ofBudgets(SimulatedLeaseTables tables, SimulatedProcess process, String nodeId, UUID runId,
            long firstSequence, LongSupplier nextSequence, LongSupplier nanos, long block) {
        QuotaSettings settings = new QuotaSettings(block, BUDGETS.shrink(), BUDGETS.answerWithin(), BUDGETS.recheckAfter(),
                BUDGETS.retryAfter(), BUDGETS.returnIdleAfter(), block / 8, BUDGETS.keepReserveFor());
        return new SteppedQuotas(tables, process, nodeId, runId, firstSequence, settings, nextSequence, nanos);
    }

    public CompletionStage<QuotaDecision> take(UUID subscriptionId, YearMonth period, long limit, long units) {
        return quotas.take(subscriptionId, period, limit, units);
    }

    public void giveBack(UUID subscriptionId, YearMonth period, long units) {
        quotas.giveBack(subscriptionId, period, units);
    }

    public void book(UUID subscriptionId, YearMonth period, long units) {
        quotas.book(subscriptionId, period, units);
    }

    public void recorded(UUID accountId, YearMonth period, long units) {
        quotas.recorded(accountId, period, units);
    }

    public void noteRecorded() {
        quotas.noteRecorded();
    }

    public void sweep() {
        quotas.sweep();
    }

    /** Whether a question to the database waits. */
    public boolean waits() {
        return !tasks.waiting.isEmpty();
    }

    /** Runs one of the waiting questions to the database, whichever; false: none waits. */
    public boolean ask(Random random) {
        return tasks.runOne(random);
    }

    /** Answers whoever waited too long. */
    public void passDeadlines() {
        long now = nanos.getAsLong();
        List<Deadline> due = deadlines.stream().filter(one -> one.atNanos() <= now).toList();
        deadlines.removeAll(due);
        due.forEach(one -> one.answer().complete(one.otherwise()));
    }

    public void close() {
        quotas.close();
    }

    private final class Time implements LeaseTime {
        @Override
        public long nanos() {
            return nanos.getAsLong();
        }

        @Override
        public void completeAfter(Duration wait, CompletableFuture<QuotaDecision> answer, QuotaDecision otherwise) {
            deadlines.add(new Deadline(nanos() + wait.toNanos(), answer, otherwise));
        }
    }

    /** Tasks that run when told to, in any order; closing runs what is left. */
    private static final class Tasks extends AbstractExecutorService {
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean shut;

        @Override
        public void execute(Runnable task) {
            waiting.add(task);
        }

        boolean runOne(Random random) {
            if (waiting.isEmpty()) {
                return false;
            }
            waiting.remove(random.nextInt(waiting.size())).run();
            return true;
        }

        @Override
        public void close() {
            shut = true;
            while (!waiting.isEmpty()) {
                waiting.removeFirst().run();
            }
        }

        @Override
        public void shutdown() {
            shut = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            throw new UnsupportedOperationException("closed instead");
        }

        @Override
        public boolean isShutdown() {
            return shut;
        }

        @Override
        public boolean isTerminated() {
            return shut && waiting.isEmpty();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException("closed instead");
        }
    }
}

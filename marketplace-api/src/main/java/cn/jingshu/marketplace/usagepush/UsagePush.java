package cn.jingshu.marketplace.usagepush;

import cn.jingshu.marketplace.billing.EventVoid;
import cn.jingshu.marketplace.billing.Voids;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.metering.usage.NodePosition;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.Usage;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes every stored usage event and every void on to one sink, at least once. It reads each node's journal in its order
 * up to the position its shipping has committed, so no event can appear behind it; of several nodes one pushes at a time.
 * The sink's failures delay usage events at the sink and nothing else.
 */
public final class UsagePush implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsagePush.class);

    /**
     * What is known of the push on this node.
     *
     * @param waiting events and voids stored and not taken by the sink; null: not known yet, or PostgreSQL is away
     * @param oldest when the oldest waiting event occurred; null: nothing waits, or it is not known
     * @param failing whether the last attempt of any node failed
     */
    public record Stats(@Nullable Long waiting, @Nullable Instant oldest, boolean failing) {}

    /** Sequences {@code [from, until)} of a node's journal. */
    private record Span(String nodeId, long from, long until) {}

    private static final Stats UNKNOWN = new Stats(null, null, false);

    private final Optional<Sink> sink;
    private final PushPositions positions;
    private final Usage usage;
    private final Voids voids;
    private final PushSettings settings;
    private final Clock clock;
    private final RandomGenerator random;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Stats stats = UNKNOWN;
    private volatile long drainUntilNanos;
    private @Nullable Thread thread;
    private String saidLast = "";
    private @Nullable Span failed;

    /** @param sink empty: nothing is pushed */
    UsagePush(
            Optional<Sink> sink,
            PushPositions positions,
            Usage usage,
            Voids voids,
            PushSettings settings,
            Clock clock,
            RandomGenerator random) {
        this.sink = sink;
        this.positions = positions;
        this.usage = usage;
        this.voids = voids;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /** Begins, if a sink is configured; to be called once. */
    public synchronized void start() {
        sink.ifPresent(to -> thread = Thread.ofPlatform().daemon().name("usage-push").start(() -> run(to)));
    }

    public boolean isConfigured() {
        return sink.isPresent();
    }

    public Stats stats() {
        return stats;
    }

    /** What the sink last said; empty: nothing was ever pushed to it. */
    public Optional<SinkState> findState() {
        try {
            return positions.findState().map(state -> new SinkState(state.failures(), state.pause(), state.lastFailure(),
                    state.deliveredAt() == null ? null : state.deliveredAt().toInstant(), state.goneUrl() != null));
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Tries the sink again at once, also one that said it wants no more. */
    public void resume() {
        try {
            positions.resume();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private void run(Sink to) {
        try {
            while (!closing.await(settings.every().toMillis(), TimeUnit.MILLISECONDS)) {
                round(to);
            }
            round(to); // what is stored when the node stops
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void round(Sink to) throws InterruptedException {
        try {
            Optional<PushPositions.Turn> turn = positions.tryTurn();
            if (turn.isPresent()) {
                try (PushPositions.Turn held = turn.get()) {
                    push(to, held);
                }
            }
            stats = count();
        } catch (SQLException | DatabaseException away) {
            stats = UNKNOWN;
            say("usage events wait to be pushed until PostgreSQL can be asked: " + away);
        } catch (RuntimeException broken) {
            stats = UNKNOWN;
            LOG.error("pushing usage failed; it is tried again", broken);
        }
    }

    /** Pushes until nothing waits, the sink fails, or a node that stops has no more time. */
    private void push(Sink to, PushPositions.Turn turn) throws SQLException, InterruptedException {
        PushPositions.State state = turn.state();
        if (to.url().equals(state.goneUrl()) || state.pause().isPositive()) {
            return;
        }
        boolean more = true;
        while (more && mayGoOn()) {
            List<EventVoid> untold = voids.listUntold(settings.batch()); // before the positions, so that the event of each is below them
            List<NodePosition> journals = usage.listPositions();
            more = !untold.isEmpty();
            for (boolean left = true; left; more |= left) {
                left = false;
                Map<String, Long> pushed = turn.positionsIn(journals);
                for (NodePosition journal : journals) {
                    long from = pushed.getOrDefault(journal.nodeId(), 1L);
                    if (from < journal.nextSequence()) {
                        if (!mayGoOn() || !pushEvents(to, turn, journal, from)) {
                            return;
                        }
                        left = true;
                    }
                }
            }
            if (!untold.isEmpty()) {
                if (!deliver(to, turn, UsageBatch.ofVoids(settings.source(), untold))) {
                    return;
                }
                voids.tell(untold.stream().map(EventVoid::id).toList());
            }
        }
    }

    private boolean mayGoOn() {
        return closing.getCount() > 0 || System.nanoTime() - drainUntilNanos < 0;
    }

    /** One batch of a node's journal. @return whether to go on */
    private boolean pushEvents(Sink to, PushPositions.Turn turn, NodePosition journal, long from)
            throws SQLException, InterruptedException {
        // A message that failed is sent again as it was, under its id, although more has been stored meanwhile.
        long until = failed != null && failed.nodeId().equals(journal.nodeId()) && failed.from() == from
                ? failed.until()
                : Math.min(from + settings.batch(), journal.nextSequence());
        List<StoredEvent> events = usage.listInOrder(journal.nodeId(), from, until);
        if (!events.isEmpty() && !deliver(to, turn, UsageBatch.ofEvents(settings.source(), events))) {
            failed = new Span(journal.nodeId(), from, until);
            return false;
        }
        failed = null;
        return turn.move(journal.nodeId(), from, until);
    }

    private boolean deliver(Sink to, PushPositions.Turn turn, UsageBatch batch) throws SQLException, InterruptedException {
        return switch (to.send(batch)) {
            case Delivery.Taken _ -> {
                turn.succeeded();
                say("");
                yield true;
            }
            case Delivery.Gone _ -> {
                turn.gone(to.url());
                say("the usage sink answered 410 Gone; nothing more is pushed until it has another address or is resumed");
                yield false;
            }
            case Delivery.Failed(var reason, var retryAfter) -> {
                Duration wait = shortened(settings.waitAfter(turn.state().failures() + 1));
                Duration longer = retryAfter.filter(asked -> asked.compareTo(wait) > 0).orElse(wait);
                turn.failed(reason, longer);
                say("the usage sink failed (" + reason + "); " + batch.size() + " events are sent again later");
                yield false;
            }
        };
    }

    /** By up to half, by chance, so that several who failed together do not come back together. */
    private Duration shortened(Duration wait) {
        return Duration.ofMillis(wait.toMillis() / 2 + random.nextLong(wait.toMillis() / 2 + 1));
    }

    private Stats count() throws SQLException {
        Map<String, Long> pushed = positions.positions();
        long waiting = voids.countUntold();
        @Nullable Instant oldest = null;
        for (NodePosition journal : usage.listPositions()) {
            long from = pushed.getOrDefault(journal.nodeId(), 1L);
            waiting += journal.nextSequence() - from;
            if (from < journal.nextSequence()) {
                for (StoredEvent first : usage.listInOrder(journal.nodeId(), from, from + 1)) {
                    Instant occurredAt = first.event().occurredAt();
                    oldest = oldest == null || occurredAt.isBefore(oldest) ? occurredAt : oldest;
                }
            }
        }
        boolean failing = positions.findState().filter(state -> state.failures() > 0 || state.goneUrl() != null).isPresent();
        return new Stats(waiting, oldest, failing);
    }

    /** How long the oldest waiting event has waited; zero: nothing waits, or it is not known. */
    public Duration lag() {
        @Nullable Instant oldest = stats.oldest();
        return oldest == null ? Duration.ZERO : Duration.between(oldest, clock.instant());
    }

    /** Says each thing once, until another is to be said. */
    private void say(String what) {
        if (!what.equals(saidLast)) {
            saidLast = what;
            if (what.isEmpty()) {
                LOG.info("the usage sink takes events");
            } else {
                LOG.warn("{}", what);
            }
        }
    }

    /** Pushes what is stored, for a while, and stops; what is left goes when a node runs again. */
    @Override
    public synchronized void close() {
        drainUntilNanos = System.nanoTime() + settings.drain().toNanos();
        closing.countDown();
        @Nullable Thread running = thread;
        if (running != null) {
            try {
                if (!running.join(settings.drain().plus(settings.answerWithin()))) {
                    running.interrupt();
                    running.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
        sink.ifPresent(Sink::close);
    }
}

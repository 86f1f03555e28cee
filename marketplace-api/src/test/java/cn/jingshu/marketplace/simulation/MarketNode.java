package cn.jingshu.marketplace.simulation;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.edge.CallPath;
import cn.jingshu.marketplace.edge.Places;
import cn.jingshu.marketplace.edge.SteppedCallPath;
import cn.jingshu.marketplace.edge.SteppedStreams;
import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.gate.BudgetSource;
import cn.jingshu.marketplace.gate.Lineage;
import cn.jingshu.marketplace.gate.QuotaSource;
import cn.jingshu.marketplace.gate.SteppedAccess;
import cn.jingshu.marketplace.idempotency.SimulatedCallTable;
import cn.jingshu.marketplace.idempotency.StoredCalls;
import cn.jingshu.marketplace.library.v1.Book;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalBrokenException;
import cn.jingshu.metering.journal.JournalCorruptException;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.JournalTurn;
import cn.jingshu.metering.journal.SteppedJournal;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.limit.SharedLimitSettings;
import cn.jingshu.metering.limit.SteppedLimits;
import cn.jingshu.metering.quota.QuotaDecision;
import cn.jingshu.metering.quota.SimulatedLeaseTables.Quota;
import cn.jingshu.metering.quota.SteppedQuotas;
import cn.jingshu.metering.simulation.JournalOnDisk;
import cn.jingshu.metering.simulation.PlannedTasks;
import cn.jingshu.metering.simulation.SimulatedDisk;
import cn.jingshu.metering.simulation.SimulatedProcess;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.StreamItem;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One simulated node: its disk, and while it is up its process, with all that answers a call in it. */
final class MarketNode {
    /** As the node itself is set. */
    static final Duration POLL_EVERY = Duration.ofSeconds(3);
    static final Duration RETRY_AFTER = Duration.ofMillis(500);
    private static final Duration LISTEN_SLICE = Duration.ofMillis(250);

    /** Shorter than in a node, so that a run sees many lives of a key and many abandoned calls. */
    static final Duration IDEMPOTENCY_LIFE = Duration.ofSeconds(60);
    static final Duration ABANDONED_AFTER = Duration.ofSeconds(4);

    /** Few, so that a node is full now and then. */
    private static final int MOST_CALLS = 12;
    private static final double PUBLIC_SHARE = 0.25;

    /** Money of a lease far from the limit, in thousandths of a fen: some ten calls. */
    private static final long LEASED_MONEY = 24_000;

    /** The contract itself reads of no resource. */
    private static final Lineage LINEAGE = new Lineage(Map.of(City.PRODUCT, City.COLUMNS.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, each -> Map.of("A1", each.getValue())))));

    /** Events of answered calls that PostgreSQL does not hold yet. */
    final Set<UUID> unstored = new HashSet<>();
    final int number;
    final Durability durability;

    private final MarketSimulation simulation;
    private final SimulatedDisk disk;
    private final JournalOnDisk onDisk;
    private final Contracts contracts;
    private @Nullable Run run;
    private boolean busy;
    private boolean pagesCameOutOfOrder;

    /** One life of the node, from a start to its end. */
    final class Run {
        final SimulatedProcess process;
        final UUID id;
        final SteppedJournal journal;
        final SteppedQuotas quotas;
        final SteppedQuotas budgets;
        final SteppedLimits limits;
        final SteppedAccess access;
        final StoredCalls stored;
        final Places places = SteppedCallPath.places(MOST_CALLS, PUBLIC_SHARE);
        final CallPath calls;
        final SteppedStreams streams;
        final JournalTurn turn;
        /** Units this life holds of each quota: taken less given back. */
        final Map<Quota, Long> taken = new LinkedHashMap<>();
        /** Units that were used without having been taken. */
        final Map<Quota, Long> booked = new LinkedHashMap<>();
        /** Units of each quota that its recorded events used. */
        final Map<Quota, Long> used = new LinkedHashMap<>();
        /** Money this life holds of each budget: taken less given back. */
        final Map<Quota, Long> money = new LinkedHashMap<>();
        /** Money of each budget that was taken for recorded events. */
        final Map<Quota, Long> moneyUsed = new LinkedHashMap<>();
        /** Whether it was seen to decide limits alone. */
        boolean alone;
        long timesLost;
        private boolean writing;
        private boolean writePlanned;
        private boolean shipping;
        private boolean askPlanned;
        private int minutes;
        private boolean moneyAskPlanned;
        private boolean turning;
        private boolean turnAgain;
        /** Tells the turns planned last from those planned before. */
        private long turns;

        private Run(SimulatedProcess process, SteppedJournal journal) {
            this.process = process;
            this.id = simulation.nextId();
            this.journal = journal;
            this.turn = journal.turn(task -> simulation.plan(process, "end of round", simulation.upTo(1), task));
            this.quotas = new SteppedQuotas(simulation.leases(), process, nodeId(), id,
                    journal.openReport().nextSequence(), simulation.timeline()::nanos);
            this.budgets = SteppedQuotas.ofBudgets(simulation.budgets(), process, nodeId(), id, journal.openReport().nextSequence(),
                    () -> journal.stats().appendedEvents() + 1, simulation.timeline()::nanos, LEASED_MONEY);
            this.limits = new SteppedLimits(simulation.redis(), process, simulation.wireOf(MarketNode.this),
                    SharedLimitSettings.ofNodes(MarketSimulation.NODES), simulation.clock());
            this.access = new SteppedAccess(simulation.facts(), process, simulation.carrierTo(MarketNode.this, this),
                    LINEAGE, POLL_EVERY, RETRY_AFTER, simulation.clock());
            this.stored = simulation.callTable().storedCalls(process, simulation.pepper(), simulation.secureRandom(),
                    nodeId(), id, simulation.clock(), IDEMPOTENCY_LIFE, ABANDONED_AFTER);
            EventIds eventIds = new EventIds(simulation.clock(), simulation.random()::nextLong);
            Gate gate = new Gate(access.latest(), simulation.pepper(), this::askLimit, new CountedQuotas(), new CountedBudgets(), eventIds,
                    simulation::alarm);
            this.calls = SteppedCallPath.of(gate, contracts, nodeId(), this::append, stored,
                    new PlannedTasks(task -> simulation.plan(process, "database task", simulation.databaseTakes(), task)), places,
                    eventIds, simulation.clock());
            this.streams = new SteppedStreams(gate, contracts, nodeId(), this::append, stored,
                    new PlannedTasks(task -> simulation.plan(process, "database task", simulation.databaseTakes(), task)),
                    task -> simulation.plan(process, "database task again", Duration.ofSeconds(5), task), eventIds, simulation.clock(),
                    Streams.MOST_OPEN, simulation.mistaken(Mistake.SELLS_LONG_MINUTES) ? Streams.MINUTE.multipliedBy(3) : Streams.MINUTE);
        }

        /** Takes a unit for whoever calls, whatever the gate will say. */
        void takeUnasked(Quota quota) {
            var _ = new CountedQuotas().take(quota.subscriptionId(), quota.period(), Long.MAX_VALUE / 2, 1);
        }

        private CompletionStage<LimitDecision> askLimit(String key, RateLimit limit) {
            simulation.limitAsked();
            Instant askedAt = simulation.clock().instant();
            return limits.take(key, limit).thenApply(decided -> {
                LimitDecision decision = simulation.mistaken(Mistake.LETS_CALLS_THROUGH_THAT_COME_TOO_FAST)
                        ? new LimitDecision.Allowed(1, Duration.ZERO)
                        : decided;
                if (process.alive()) {
                    simulation.limitDecided(MarketNode.this, this, key, limit, decision, askedAt);
                }
                return decision;
            });
        }

        private CompletionStage<Void> append(UsageEvent event) {
            boolean ofStream = event.operation().equals(Streams.OPERATION);
            if (ofStream && simulation.mistaken(Mistake.RECORDS_A_MINUTE_TWICE) && ++minutes % 5 == 0) {
                var _ = turn.append(again(event));
            }
            CompletionStage<Void> durable = turn.append(event).thenRun(() -> {
                if (ofStream) {
                    simulation.streams().recorded(event);
                }
                if (!event.sandbox()) {
                    used.merge(new Quota(event.subscriptionId(), BillingPeriod.of(event.occurredAt()).month()),
                            event.quantity(), Long::sum);
                }
            });
            planWrite(durability == Durability.DISK ? 4 : 20); // of PROCESS only what the serving thread leaves
            return simulation.mistaken(Mistake.ANSWERS_BEFORE_IT_IS_RECORDED)
                            || (ofStream && simulation.mistaken(Mistake.SENDS_BEFORE_A_MINUTE_IS_RECORDED))
                    ? CompletableFuture.completedFuture(null)
                    : durable;
        }

        /** The same under another id. */
        private UsageEvent again(UsageEvent e) {
            return new UsageEvent(simulation.nextId(), e.occurredAt(), e.nodeId(), e.subscriptionId(), e.keyId(), e.product(), e.operation(),
                    e.purposeClass(), e.outcome(), e.unit(), e.quantity(), e.status(), e.latencyMicros(), e.answerBytes(), e.requestId(),
                    e.sandbox(), e.protocol());
        }

        private void planWrite(int withinMillis) {
            if (!writePlanned) {
                writePlanned = true;
                simulation.plan(process, "journal", simulation.upTo(withinMillis), this::write);
            }
        }

        private void write() {
            writePlanned = false;
            if (writing) {
                planWrite(4);
                return;
            }
            writing = true;
            try {
                journal.write();
            } finally {
                writing = false;
            }
            process.requireAlive();
        }

        /** Counts what the gate takes and gives back. */
        private final class CountedQuotas implements QuotaSource {
            @Override
            public CompletionStage<QuotaDecision> take(UUID subscriptionId, YearMonth period, long limitUnits, long units) {
                simulation.takes();
                if (units > 1 && simulation.mistaken(Mistake.GIVES_LARGE_ANSWERS_UNASKED)) {
                    return CompletableFuture.completedFuture(new QuotaDecision.Taken(0));
                }
                return quotas.take(subscriptionId, period, limitUnits, units).thenApply(decision -> {
                    Quota quota = new Quota(subscriptionId, period);
                    if (decision instanceof QuotaDecision.Taken) {
                        taken.merge(quota, units, Long::sum);
                    } else if (decision instanceof QuotaDecision.Unavailable) {
                        simulation.notAsked(quota);
                    }
                    return decision;
                });
            }

            @Override
            public void giveBack(UUID subscriptionId, YearMonth period, long units) {
                if (simulation.mistaken(Mistake.BURNS_WHAT_WAS_NOT_USED)) {
                    return;
                }
                taken.merge(new Quota(subscriptionId, period), -units, Long::sum);
                quotas.giveBack(subscriptionId, period, units);
            }

            @Override
            public void book(UUID subscriptionId, YearMonth period, long units) {
                if (simulation.mistaken(Mistake.FORGETS_WHAT_FREE_USE_OWES)) {
                    return;
                }
                simulation.happened("free use is booked", MarketNode.this);
                booked.merge(new Quota(subscriptionId, period), units, Long::sum);
                quotas.book(subscriptionId, period, units);
            }
        }

        /** Counts the money the gate takes and gives back. */
        private final class CountedBudgets implements BudgetSource {
            @Override
            public CompletionStage<QuotaDecision> take(UUID organisationId, YearMonth period, long limitMilliFen, long milliFen) {
                simulation.takes();
                if (simulation.mistaken(Mistake.GIVES_CREDIT)) {
                    return CompletableFuture.completedFuture(new QuotaDecision.Taken(0));
                }
                return budgets.take(organisationId, period, limitMilliFen, milliFen).thenApply(decision -> {
                    if (decision instanceof QuotaDecision.Taken) {
                        money.merge(new Quota(organisationId, period), milliFen, Long::sum);
                        simulation.happened("money is taken", MarketNode.this);
                    } else if (decision instanceof QuotaDecision.Unavailable) {
                        simulation.happened("a budget cannot be asked", MarketNode.this);
                    }
                    return decision;
                });
            }

            @Override
            public void giveBack(UUID organisationId, YearMonth period, long milliFen) {
                if (simulation.mistaken(Mistake.GIVES_CREDIT) || simulation.mistaken(Mistake.KEEPS_MONEY_THAT_WAS_NOT_USED)) {
                    return;
                }
                money.merge(new Quota(organisationId, period), -milliFen, Long::sum);
                budgets.giveBack(organisationId, period, milliFen);
            }

            @Override
            public void recorded(UUID organisationId, YearMonth period, long milliFen) {
                if (simulation.mistaken(Mistake.GIVES_CREDIT)) {
                    return;
                }
                moneyUsed.merge(new Quota(organisationId, period), milliFen, Long::sum);
                if (simulation.mistaken(Mistake.FORGETS_WHAT_MONEY_WAS_TAKEN_FOR)) {
                    return;
                }
                budgets.recorded(organisationId, period, simulation.mistaken(Mistake.COUNTS_MONEY_TWICE) ? 2 * milliFen : milliFen);
            }
        }

        /** Plans a turn of what renews the access table, instead of the one planned before. */
        void planTurn(Duration wait) {
            long mine = ++turns;
            simulation.timeline().after(wait, () -> {
                if (process.alive() && mine == turns) {
                    simulation.stepOf("access turn", this::renew);
                }
            });
        }

        /** An announcement has arrived. */
        void wake() {
            if (turning) {
                turnAgain = true;
            } else {
                planTurn(simulation.upTo(10));
            }
        }

        private void renew() {
            if (turning) {
                turnAgain = true;
                return;
            }
            turning = true;
            turnAgain = false;
            boolean went;
            try {
                went = (access.ready() && simulation.mistaken(Mistake.KEEPS_ITS_FIRST_TABLE)) || access.turn();
            } finally {
                turning = false;
            }
            process.requireAlive();
            if (!went) {
                simulation.accessFailed(MarketNode.this);
            }
            planTurn(!went ? RETRY_AFTER : turnAgain ? Duration.ZERO : LISTEN_SLICE);
        }

        private void ship() {
            if (shipping) {
                return;
            }
            shipping = true;
            try {
                simulation.ship(MarketNode.this, journal);
            } finally {
                shipping = false;
            }
        }

        /** Plans whatever waits to be asked of the database about quotas and budgets. */
        void planQuestions() {
            if (!moneyAskPlanned && budgets.waits()) {
                moneyAskPlanned = true;
                simulation.plan(process, "budget question", simulation.databaseTakes(), () -> {
                    moneyAskPlanned = false;
                    budgets.ask(simulation.random());
                });
            }
            if (!askPlanned && quotas.waits()) {
                askPlanned = true;
                simulation.plan(process, "quota question", simulation.databaseTakes(), () -> {
                    askPlanned = false;
                    quotas.ask(simulation.random());
                });
            }
        }
    }

    MarketNode(int number, MarketSimulation simulation) {
        this.number = number;
        this.simulation = simulation;
        this.durability = number == 0 ? Durability.PROCESS : Durability.DISK;
        this.disk = new SimulatedDisk(simulation.random(), SimulatedDisk.Lie.NONE);
        this.onDisk = new JournalOnDisk(disk);
        this.contracts = Contracts.of(List.of(new SimulatedLibrary(new Mood())));
        disk.install("node-id", nodeId() + "\n");
    }

    private final class Mood implements SimulatedLibrary.Mood {
        @Override
        public <A extends Message> CompletionStage<Answer<A>> answer(CallFacts facts, Supplier<Answer<A>> answer) {
            return simulation.productAnswers(facts, answer);
        }

        @Override
        public Flow.Publisher<StreamItem<Book>> watch(CallFacts facts) {
            return simulation.streams().publish(facts);
        }
    }

    String nodeId() {
        return "node-" + number;
    }

    boolean up() {
        return run != null;
    }

    /** Whether there is a process that takes calls, and not one that is just starting. */
    boolean serves() {
        return run != null && !busy;
    }

    boolean busy() {
        return busy;
    }

    Run run() {
        Run known = run;
        if (known == null) {
            throw new IllegalStateException("node " + number + " is down");
        }
        return known;
    }

    Contracts contracts() {
        return contracts;
    }

    JournalOnDisk onDisk() {
        return onDisk;
    }

    boolean showsRevoked(ApiKey key) {
        return run().access.showsRevoked(key, simulation.pepper());
    }

    private void dieAt(SimulatedProcess process) {
        if (process.alive()) {
            process.kill();
            simulation.killNow(this);
        }
    }

    /** Starts it. @throws IOException if the disk or the database refuses; then it is down as before */
    void start() throws IOException {
        busy = true;
        SimulatedProcess process = simulation.newProcess(this, this::dieAt);
        try {
            SteppedJournal journal = open(disk.seenBy(process), process);
            journal.openReport().tornTail().ifPresent(_ -> simulation.happened("torn tail cut", this));
            disk.opened();
            Run started = new Run(process, journal);
            started.limits.probe();
            started.stored.beginLife();
            run = started;
            begin(started);
        } catch (IOException | RuntimeException e) {
            process.kill();
            throw e;
        } finally {
            busy = false;
        }
    }

    private SteppedJournal open(Path directory, SimulatedProcess process) throws IOException {
        JournalSettings settings = new JournalSettings(durability, 1 << 16, 1 << 16);
        try {
            return SteppedJournal.open(directory, settings, simulation.clock(), simulation.events(), process);
        } catch (JournalCorruptException e) {
            if (!pagesCameOutOfOrder) {
                throw e;
            }
            // What a person does who reads the message: what lies behind the damage was never acknowledged.
            simulation.happened("damage named and cut by hand", this);
            disk.cutByHand(e.segment().toString(), e.offset());
            return SteppedJournal.open(directory, settings, simulation.clock(), simulation.events(), process);
        }
    }

    /** What a node does again and again. */
    private void begin(Run started) {
        started.planTurn(Duration.ZERO);
        simulation.repeat(started.process, "ship", Duration.ofMillis(150), Duration.ofMillis(500), started::ship);
        simulation.repeat(started.process, "quota sweep", Duration.ofMillis(700), Duration.ofMillis(300),
                started.quotas::sweep);
        simulation.repeat(started.process, "budget sweep", Duration.ofMillis(700), Duration.ofMillis(300), started.budgets::sweep);
        simulation.repeat(started.process, "money of recorded events", Duration.ofMillis(250), Duration.ofMillis(100),
                started.budgets::noteRecorded);
        simulation.repeat(started.process, "look at streams", Duration.ofMillis(90), Duration.ofMillis(20), () -> {
            if (!simulation.mistaken(Mistake.NEVER_LOOKS_AT_OPEN_STREAMS)) {
                simulation.streams().looks(this);
                started.streams.look();
            }
        });
        simulation.repeat(started.process, "redis probe", Duration.ofSeconds(1), Duration.ofMillis(1), () -> {
            if (!simulation.mistaken(Mistake.NEVER_LOOKS_FOR_REDIS_AGAIN)) {
                started.limits.probe();
            }
        });
        simulation.repeat(started.process, "expired calls", Duration.ofSeconds(8), Duration.ofSeconds(4),
                () -> simulation.sweepCalls(started));
    }

    void kill(boolean powerCut) {
        if (run != null) {
            run.process.kill();
        }
        run = null;
        if (powerCut) {
            boolean inOrder = simulation.random().nextInt(4) > 0;
            pagesCameOutOfOrder |= !inOrder;
            disk.cutPower(inOrder);
        } else {
            disk.afterKill();
        }
    }

    /** Another process ships this node's journal, whether it runs or not. */
    void shipByOther() {
        if (disk.gaveUp()) {
            return;
        }
        SimulatedProcess process = simulation.newProcess(this, SimulatedProcess::kill);
        try {
            SteppedJournal.shipForeign(disk.seenBy(process), simulation.clock(), simulation.events(), process,
                    (node, next) -> {
                        simulation.leases().settleEnded(process, node, simulation.nextId(), next);
                        simulation.budgets().settleEnded(process, node, simulation.nextId(), next);
                    });
            simulation.happened("shipped by another process", this);
        } catch (SQLException | IOException | JournalBrokenException e) {
            simulation.happened("shipping by another process failed", this);
        } catch (JournalCorruptException e) {
            if (!pagesCameOutOfOrder) {
                throw e;
            }
            simulation.happened("shipping by another process stopped at damage", this);
        }
    }

    static int sweep(StoredCalls stored) {
        return SimulatedCallTable.sweep(stored);
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}

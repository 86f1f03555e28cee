package cn.jingshu.marketplace.simulation;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.edge.EncodedAnswer;
import cn.jingshu.marketplace.edge.ProductCall;
import cn.jingshu.marketplace.gate.Alarm;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.SimulatedAccessTables;
import cn.jingshu.marketplace.gate.Stated;
import cn.jingshu.marketplace.idempotency.SimulatedCallTable;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.library.v1.ListBooksRequest;
import cn.jingshu.marketplace.library.v1.ListLoansRequest;
import cn.jingshu.marketplace.library.v1.OrderBooksRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalBrokenException;
import cn.jingshu.metering.journal.JournalCorruptException;
import cn.jingshu.metering.journal.JournalInUseException;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.ShippingRefusedException;
import cn.jingshu.metering.journal.SimulatedEventTables;
import cn.jingshu.metering.journal.SteppedJournal;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.LimitStats;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.limit.SimulatedRedis;
import cn.jingshu.metering.quota.SimulatedLeaseTables;
import cn.jingshu.metering.quota.SimulatedLeaseTables.Quota;
import cn.jingshu.metering.simulation.Fault;
import cn.jingshu.metering.simulation.Killed;
import cn.jingshu.metering.simulation.SimulatedProcess;
import cn.jingshu.metering.simulation.Timeline;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes with one database and one Redis, called by callers who retry, in a city that decides about them: one thing
 * after another in virtual time, in an order and with faults that a seed decides. After every step the invariants are
 * checked; a broken one names the seed that shows it again.
 *
 * <p>At every boundary to disk, database or Redis other steps may come first, so whatever is under way interleaves with
 * kills, restarts, decisions of the city and one another.
 */
final class MarketSimulation {
    static final int NODES = 3;
    private static final int MOST_NESTED = 2;
    private static final int STEPS_BETWEEN_RESTS = 4_000;

    /** How long a step that comes first at a boundary may let it wait. */
    private static final Duration NESTED_WITHIN = Duration.ofMillis(3);

    /** A decision is in force on every node within this time while nothing fails. */
    private static final Duration IN_FORCE_WITHIN = Duration.ofSeconds(1);

    /** Units that one call uses at most. */
    private static final long MOST_UNITS = 12;

    /** After so long a caller retries no more: well within the life of its key. */
    private static final Duration RETRIES_FOR = Duration.ofSeconds(30);

    /** What is an attempt beyond a scope, which raises an alarm. */
    static final Set<Refusal> ALARMING = EnumSet.of(Refusal.COLUMN_NOT_GRANTED, Refusal.BLOCKED_BY_LAW, Refusal.OVER_SCOPE,
            Refusal.WRONG_SCENARIO, Refusal.WRONG_PURPOSE, Refusal.WRONG_DISTRICT);

    /** Told to a caller that holds the answer and says so. */
    private static final ByteString UNCHANGED = ByteString.copyFromUtf8("unchanged");

    /** What lies or errs, in a run that must fail. */
    record Lies(SimulatedAccessTables.Lie facts, SimulatedCallTable.Lie calls, SimulatedRedis.Lie redis, SimulatedLeaseTables.Lie budgets,
            Mistake mistake) {
        static final Lies NONE = of(Mistake.NONE);

        static Lies of(SimulatedAccessTables.Lie facts) {
            return new Lies(facts, SimulatedCallTable.Lie.NONE, SimulatedRedis.Lie.NONE, SimulatedLeaseTables.Lie.NONE, Mistake.NONE);
        }

        static Lies of(SimulatedCallTable.Lie calls) {
            return new Lies(SimulatedAccessTables.Lie.NONE, calls, SimulatedRedis.Lie.NONE, SimulatedLeaseTables.Lie.NONE, Mistake.NONE);
        }

        static Lies of(SimulatedRedis.Lie redis) {
            return new Lies(SimulatedAccessTables.Lie.NONE, SimulatedCallTable.Lie.NONE, redis, SimulatedLeaseTables.Lie.NONE, Mistake.NONE);
        }

        static Lies ofBudgets(SimulatedLeaseTables.Lie budgets) {
            return new Lies(SimulatedAccessTables.Lie.NONE, SimulatedCallTable.Lie.NONE, SimulatedRedis.Lie.NONE, budgets, Mistake.NONE);
        }

        static Lies of(Mistake mistake) {
            return new Lies(SimulatedAccessTables.Lie.NONE, SimulatedCallTable.Lie.NONE, SimulatedRedis.Lie.NONE,
                    SimulatedLeaseTables.Lie.NONE, mistake);
        }
    }

    /** One thing a caller wants, however often it asks for it. */
    private static final class Wish {
        final long number;
        final City.Key key;
        final String operation;
        final @Nullable Integer person;
        final Purpose stated;
        /** What it states of its scenario and its district; null: nothing. */
        final @Nullable String scenario;
        final @Nullable String district;
        final @Nullable String idempotencyKey;
        final Instant since;
        /** Events it was told of; at most one where it says which call it is. */
        final Set<UUID> events = new HashSet<>();
        /** Events of it that cost something. */
        final Set<UUID> billed = new HashSet<>();
        final Set<ByteString> answers = new HashSet<>();
        @Nullable ByteString replayed;
        Instant replayedAt = Instant.MAX;
        @Nullable Integer answeredVariant;

        Wish(long number, City.Key key, String operation, @Nullable Integer person, Purpose stated, @Nullable String scenario,
                @Nullable String district, @Nullable String idempotencyKey, Instant since) {
            this.number = number;
            this.key = key;
            this.operation = operation;
            this.person = person;
            this.stated = stated;
            this.scenario = scenario;
            this.district = district;
            this.idempotencyKey = idempotencyKey;
            this.since = since;
        }
    }

    /** What goes wrong in a stretch of steps; with less of it the bounds are closer. */
    private enum Trouble {
        DATABASE,
        REDIS,
        DISK,
        DEATHS
    }

    private enum State {
        ASKED,
        ANSWERED,
        /** Refused before anything was recorded, for good. */
        REFUSED,
        /** Not answered by the product or the meter: what is recorded of it costs nothing. */
        FAILED,
        /** Nobody knows: the process died, or its journal broke. */
        UNKNOWN
    }

    /** One time that it is asked for, at one node. */
    private static final class Attempt {
        final Wish wish;
        final MarketNode node;
        final MarketNode.Run run;
        final City.Asked asked;
        final int variant;
        final List<City.Facts> facts;
        final boolean ready;
        final boolean shownRevoked;
        State state = State.ASKED;
        /** Whether the caller says that it holds the answer. */
        final boolean conditional;
        /** Whether its wish was paid, and that was stored, before it was asked. */
        final boolean paidBefore;
        boolean limitAsked;
        /** Whether anything was taken of a quota or a budget while it was judged. */
        boolean taken;
        boolean productFailed;
        int alarms;

        Attempt(Wish wish, MarketNode node, City.Asked asked, int variant, boolean conditional, List<City.Facts> facts, boolean ready,
                boolean shownRevoked) {
            this.wish = wish;
            this.conditional = conditional;
            this.node = node;
            this.run = node.run();
            this.asked = asked;
            this.variant = variant;
            this.facts = facts;
            this.ready = ready;
            this.shownRevoked = shownRevoked;
            this.paidBefore = !wish.billed.isEmpty();
        }

        @Override
        public String toString() {
            return wish.operation + " of wish " + wish.number + " at node " + node;
        }
    }

    /** What is known of one node's access to the facts. */
    private static final class Sight {
        /** The last decision it must have seen. */
        long seen;
        Instant failedAt = Instant.MIN;
        final Set<Long> unannounced = new HashSet<>();
    }

    private final long seed;
    private final Random random;
    private final Lies lies;
    private final Timeline timeline = new Timeline(Instant.parse("2026-11-23T04:00:00Z"));
    private final Pepper pepper = new Pepper(new byte[Pepper.MIN_BYTES]);
    private final SecureRandom secureRandom;
    private final SimulatedAccessTables facts;
    private final SimulatedCallTable callTable;
    private final SimulatedRedis redis;
    private final SimulatedEventTables events = new SimulatedEventTables(SimulatedEventTables.Lie.NONE);
    private final SimulatedLeaseTables leases;
    private final SimulatedLeaseTables budgets;
    private final Spending spending = new Spending(NODES);
    private final City city;
    private final Streams streams;
    private final List<MarketNode> nodes = new ArrayList<>();
    private final List<Sight> sights = new ArrayList<>();
    private final Map<String, Attempt> attempts = new HashMap<>();
    private final Set<UUID> stored = new HashSet<>();
    /** Stored events of calls that were told that nothing has changed. */
    private final Set<UUID> unchanged = new HashSet<>();
    private final Map<Quota, Long> used = new LinkedHashMap<>();
    private final Map<Quota, Long> notAsked = new LinkedHashMap<>();
    private final Map<String, Integer> happenings = new LinkedHashMap<>();
    private final ArrayDeque<String> trace = new ArrayDeque<>();
    private RateBound bound = new RateBound(NODES);

    private long steps;
    private long ids;
    private long wishes;
    private long asks;
    private int nested;
    private int rowsSeen;
    private long digest = 17;
    private Set<Trouble> trouble = EnumSet.allOf(Trouble.class);
    private boolean calling;
    private boolean faulty;
    private boolean databaseAway;
    private boolean databaseSlow;
    private boolean redisAway;
    private boolean redisSlow;
    private @Nullable Attempt asking;
    private Streams.@Nullable Open streaming;
    private @Nullable AssertionError broken;

    MarketSimulation(long seed, Lies lies) {
        this.seed = seed;
        this.random = new Random(seed);
        this.lies = lies;
        this.secureRandom = new SeededRandom(seed);
        this.facts = new SimulatedAccessTables(lies.facts());
        this.callTable = new SimulatedCallTable(lies.calls(), stored::contains,
                eventId -> nodes.stream().anyMatch(node -> node.onDisk().recorded().contains(eventId)));
        this.redis = new SimulatedRedis(() -> timeline.now().toEpochMilli(), lies.redis());
        this.leases = new SimulatedLeaseTables(SimulatedLeaseTables.Lie.NONE, events);
        this.budgets = new SimulatedLeaseTables(lies.budgets(), events, true);
        this.city = new City(facts, random, pepper, timeline.now());
        this.streams = new Streams(this, city);
        for (int i = 0; i < NODES; i++) {
            nodes.add(new MarketNode(i, this));
            sights.add(new Sight());
        }
    }

    /** Random bits that a seed decides, for what asks for secret ones. */
    private static final class SeededRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final transient Random random;

        SeededRandom(long seed) {
            this.random = new Random(~seed);
        }

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }

    /**
     * Runs steps until their number is reached, then lets the system come to rest and checks that it is whole.
     *
     * @return how often what happened
     * @throws AssertionError if an invariant is broken, naming seed and step
     */
    Map<String, Integer> run(long mostSteps) {
        try {
            beginEpisode();
            begin();
            long nextRest = STEPS_BETWEEN_RESTS;
            while (steps < mostSteps) {
                next();
                if (steps >= nextRest) {
                    rest();
                    beginEpisode();
                    nextRest = steps + STEPS_BETWEEN_RESTS;
                }
            }
            rest();
            return happenings;
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(where("stopped by " + e), e);
        }
    }

    long steps() {
        return steps;
    }

    /** Differs whenever two runs differ: what shows that a seed replays. */
    long digest() {
        return digest;
    }

    Timeline timeline() {
        return timeline;
    }

    Clock clock() {
        return timeline.clock();
    }

    Random random() {
        return random;
    }

    SecureRandom secureRandom() {
        return secureRandom;
    }

    Pepper pepper() {
        return pepper;
    }

    SimulatedAccessTables facts() {
        return facts;
    }

    SimulatedCallTable callTable() {
        return callTable;
    }

    SimulatedRedis redis() {
        return redis;
    }

    SimulatedEventTables events() {
        return events;
    }

    SimulatedLeaseTables leases() {
        return leases;
    }

    Streams streams() {
        return streams;
    }

    /** Whether callers call. */
    boolean calls() {
        return calling;
    }

    boolean isStored(UUID eventId) {
        return stored.contains(eventId);
    }

    /** Whether an event is stored or in a journal. */
    boolean isRecorded(UUID eventId) {
        return stored.contains(eventId) || nodes.stream().anyMatch(node -> node.onDisk().recorded().contains(eventId));
    }

    boolean hasBudget(UUID organisationId) {
        return city.budgets().containsKey(organisationId);
    }

    /** Whether every reading of the facts that a node tried since a moment succeeded. */
    boolean hasReadSince(MarketNode node, Instant moment) {
        return sights.get(node.number).failedAt.isBefore(moment);
    }

    /** Does what a stream does; what the gate tells meanwhile is of that stream. */
    void inContextOf(Streams.Open stream, Runnable what) {
        Attempt asked = asking;
        Streams.Open before = streaming;
        asking = null;
        streaming = stream;
        try {
            what.run();
        } finally {
            asking = asked;
            streaming = before;
        }
    }

    SimulatedLeaseTables budgets() {
        return budgets;
    }

    boolean mistaken(Mistake how) {
        return lies.mistake() == how;
    }

    UUID nextId() {
        return new UUID(0x7000L | seed << 16, ++ids | Long.MIN_VALUE);
    }

    void happened(String what, Object... to) {
        happenings.merge(what, 1, Integer::sum);
        String line = steps + " " + timeline.now().toString().substring(11) + " " + what
                + (to.length == 0 ? "" : " " + Arrays.toString(to));
        digest = 31 * digest + line.hashCode();
        trace.addLast(line);
        if (trace.size() > 80) {
            trace.removeFirst();
        }
    }

    private String where(String what) {
        return what + "\n  seed " + seed + ", step " + steps + "; again with -Djingshu.simulation.seed=" + seed
                + " -Djingshu.simulation.steps=" + (steps + 1) + "\n  " + String.join("\n  ", trace);
    }

    /** What is thrown on the way of a call is caught by its stages, so it is kept and thrown again by the next step. */
    AssertionError broken(String what) {
        if (broken == null) {
            broken = new AssertionError(where(what));
        }
        return broken;
    }

    void require(boolean holds, String what) {
        if (!holds) {
            throw broken(what);
        }
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Some time of at most so many milliseconds. */
    Duration upTo(int millis) {
        return Duration.ofNanos(random.nextLong(1, millis * 1_000_000L));
    }

    /** How long a question to the database waits for its turn. */
    Duration databaseTakes() {
        return databaseSlow ? upTo(2_500) : upTo(10);
    }

    // What goes wrong.

    SimulatedProcess newProcess(MarketNode node, Consumer<SimulatedProcess> dies) {
        return new SimulatedProcess(
                process -> {
                    if (faulty && trouble.contains(Trouble.DEATHS) && chance(0.0004)) {
                        happened("died in the middle", node);
                        dies.accept(process);
                    } else {
                        interleave();
                    }
                },
                this::meets);
    }

    private boolean meets(Fault fault) {
        boolean strikes = switch (fault) {
            case DATABASE_AWAY -> databaseAway || (faulty && trouble.contains(Trouble.DATABASE) && chance(0.004));
            case ANSWER_LOST -> faulty && trouble.contains(Trouble.DATABASE) && chance(0.02);
            case REDIS_SILENT -> faulty && trouble.contains(Trouble.REDIS) && chance(0.02);
            case REDIS_ASKED_AGAIN -> chance(0.5);
            case DISK_FULL, FILE_REFUSED -> faulty && trouble.contains(Trouble.DISK) && chance(0.01);
            case IO_ERROR -> faulty && trouble.contains(Trouble.DISK) && chance(0.003);
            case FORCE_FAILED -> faulty && trouble.contains(Trouble.DISK) && chance(0.003);
        };
        if (strikes) {
            happened(fault.name());
        }
        return strikes;
    }

    /** Lets other steps come first, now and then. */
    private void interleave() {
        if (nested >= MOST_NESTED || !faulty || !chance(0.06)) {
            return;
        }
        nested++;
        try {
            for (int i = random.nextInt(1, 4); i > 0 && timeline.next(NESTED_WITHIN); i--) {
                passDeadlines();
            }
        } finally {
            nested--;
        }
    }

    SimulatedRedis.Wire wireOf(MarketNode node) {
        return new SimulatedRedis.Wire() {
            @Override
            public Duration travel() {
                // Long enough that nodes come between each other, and in calm times always in time.
                return redisSlow ? Duration.ofMillis(10).plus(upTo(60)) : upTo(8);
            }

            @Override
            public void later(Duration wait, Runnable arrival) {
                timeline.after(wait, () -> stepOf("redis message of node " + node, arrival));
            }

            @Override
            public void failAfter(Duration wait, CompletableFuture<?> answer) {
                timeline.failAfter(wait, answer);
            }

            @Override
            public boolean away() {
                return redisAway;
            }
        };
    }

    SimulatedAccessTables.Carrier carrierTo(MarketNode node, MarketNode.Run run) {
        return arrival -> {
            if (faulty && trouble.contains(Trouble.DATABASE) && chance(0.15)) {
                happened("an announcement is lost", node);
                sights.get(node.number).unannounced.add(city.latest().number() + 1); // the decision it announces
                return;
            }
            timeline.after(upTo(20), () -> {
                arrival.run();
                if (run.process.alive()) {
                    run.wake();
                }
            });
        };
    }

    /** The node's reading of the facts failed, or began. */
    void accessFailed(MarketNode node) {
        sights.get(node.number).failedAt = timeline.now();
    }

    // Steps.

    /** Plans a step of a process. */
    void plan(SimulatedProcess process, String what, Duration wait, Runnable task) {
        timeline.after(wait, () -> {
            if (process.alive()) {
                stepOf(what, task);
            }
        });
    }

    /** Plans a step of a process again and again, some time after the one before. */
    void repeat(SimulatedProcess process, String what, Duration every, Duration more, Runnable task) {
        plan(process, what, every.plus(upTo((int) more.toMillis())), () -> {
            try {
                task.run();
            } finally {
                repeat(process, what, every, more, task);
            }
        });
    }

    void stepOf(String what, Runnable task) {
        steps++;
        try {
            task.run();
        } catch (Killed e) {
            happened("a dead process went no further", what);
        }
    }

    private void next() {
        if (!timeline.next(Duration.ofDays(1))) {
            throw broken("nothing is left to happen");
        }
        passDeadlines();
        AssertionError known = broken;
        if (known != null) {
            throw known;
        }
        check();
    }

    private void passDeadlines() {
        for (MarketNode node : nodes) {
            if (node.serves()) {
                node.run().quotas.passDeadlines();
                node.run().budgets.passDeadlines();
                node.run().planQuestions();
            }
        }
    }

    /** What the world does again and again. */
    private void begin() {
        goOn("caller", 18, this::wish);
        goOn("caller of a stream", 500, streams::want);
        goOn("open streams", 300, streams::check);
        goOn("decision of the city", 700, this::decide);
        goOn("kill", 4_500, () -> {
            if (trouble.contains(Trouble.DEATHS)) {
                kill(anyNode());
            }
        });
        goOn("start", 1_500, () -> start(anyNode()));
        goOn("database", 3_000, () -> {
            boolean before = databaseAway;
            databaseAway = !databaseAway && trouble.contains(Trouble.DATABASE) && chance(0.15);
            if (databaseAway != before) {
                happened(databaseAway ? "the database goes away" : "the database is there");
            }
            databaseSlow = trouble.contains(Trouble.DATABASE) && chance(0.2);
            if (databaseSlow) {
                happened("the database is slow");
            }
        });
        goOn("reckoning", 500, this::reckon);
        goOn("redis", 4_000, this::troubleRedis);
        goOn("faults", 9_000, () -> {
            faulty = chance(0.7);
            happened(faulty ? "faults begin" : "faults end");
        });
        goOn("other shipper", 2_000, () -> anyNode().shipByOther());
    }

    private void goOn(String what, int withinMillis, Runnable task) {
        timeline.after(upTo(withinMillis), () -> {
            if (calling) {
                stepOf(what, task);
            }
            goOn(what, withinMillis, task);
        });
    }

    MarketNode anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private void troubleRedis() {
        if (!trouble.contains(Trouble.REDIS)) {
            return;
        }
        if (redisAway) {
            redisAway = false;
            switch (random.nextInt(3)) {
                case 0 -> happened("redis comes back as it was");
                case 1 -> {
                    redis.forget();
                    bound.forgot(timeline.now());
                    happened("redis comes back without what it knew");
                }
                default -> {
                    redis.comeBackAsKept();
                    bound.forgot(timeline.now());
                    happened("redis comes back with what it once knew");
                }
            }
            return;
        }
        switch (random.nextInt(4)) {
            case 0 -> {
                redisAway = true;
                happened("redis goes away");
            }
            case 1 -> {
                redisSlow = !redisSlow;
                happened(redisSlow ? "redis is slow" : "redis is quick");
            }
            case 2 -> {
                redis.keep();
                happened("redis writes down what it knows");
            }
            default -> {
                redisSlow = false;
                happened("redis is quick");
            }
        }
    }

    private void decide() {
        if (databaseAway) {
            return; // nobody can decide anything
        }
        if (city.restricts() && chance(0.5)) {
            city.restoreAll(timeline.now());
            happened("everything is restored");
        } else {
            happened(city.decide(timeline.now()));
        }
    }

    /**
     * Says how much of what calls took of budgets their stored events did not cost, as slowly as may be: others come between what is
     * asked and what is said.
     */
    private void reckon() {
        if (databaseAway) {
            return;
        }
        for (Quota account : accounts()) {
            long stored = budgets.stored(account);
            interleave();
            checkStored();
            long cost = spending.storedCost(account);
            interleave();
            budgets.free(account, stored - cost);
        }
    }

    /** The budgets of this month, of the next, and of those for which something was spent. */
    private Set<Quota> accounts() {
        Set<Quota> accounts = new LinkedHashSet<>();
        YearMonth month = BillingPeriod.of(timeline.now()).month();
        for (UUID organisation : city.budgets().keySet()) {
            accounts.add(new Quota(organisation, month));
            accounts.add(new Quota(organisation, month.plusMonths(1)));
            spending.accounts().stream().filter(each -> each.subscriptionId().equals(organisation)).forEach(accounts::add);
        }
        return accounts;
    }

    private void kill(MarketNode node) {
        if (node.up() && !node.busy()) {
            killNow(node);
        }
    }

    /** Kills a node that runs or is just starting. */
    void killNow(MarketNode node) {
        boolean powerCut = node.durability == Durability.DISK && chance(0.3);
        happened(powerCut ? "power cut" : "killed", node);
        node.kill(powerCut);
        bound.died(node.number, timeline.now());
        streams.died(node);
        for (Attempt attempt : attempts.values()) {
            if (attempt.node == node && attempt.state == State.ASKED) {
                attempt.state = State.UNKNOWN;
                retry(attempt.wish, Duration.ofMillis(500), 6_000);
            }
        }
    }

    private void start(MarketNode node) {
        if (node.up() || node.busy()) {
            return;
        }
        try {
            node.start();
            accessFailed(node);
            happened("started", node);
        } catch (IOException | JournalInUseException | DatabaseException e) {
            happened("start failed", node, e.getClass().getSimpleName());
        }
    }

    /** @return whether it went well */
    boolean ship(MarketNode node, SteppedJournal journal) {
        try {
            journal.ship();
            return true;
        } catch (ShippingRefusedException | JournalCorruptException e) {
            throw new AssertionError(where("shipping refused: " + e.getMessage()), e);
        } catch (SQLException | IOException | JournalBrokenException e) {
            happened("shipping failed", node);
            return false;
        }
    }

    void sweepCalls(MarketNode.Run run) {
        try {
            MarketNode.sweep(run.stored);
        } catch (DatabaseException e) {
            happened("expired calls wait to be deleted");
        }
    }

    // Calls.

    private void wish() {
        City.Key key = city.anyKey();
        Set<String> scope = key.subscription().operations();
        String operation = switch (random.nextInt(10)) {
            case 0, 1, 2 -> "GetBook";
            case 3, 4 -> City.PERSONAL;
            case 5 -> "ListBooks";
            case 6, 7 -> "ReadBook";
            default -> "OrderBooks";
        };
        if (!scope.isEmpty() && !scope.contains(operation) && chance(0.9)) {
            operation = "OrderBooks";
        }
        Integer person = operation.equals(City.PERSONAL) ? random.nextInt(4) : null;
        Purpose stated = chance(0.02)
                ? (random.nextBoolean() ? Purpose.INDUSTRY : Purpose.PUBLIC_INTEREST)
                : key.subscription().purpose();
        String scenario = chance(0.2) ? City.SCENARIOS.get(chance(0.9) ? 0 : 1) : null;
        String district = chance(0.3) ? City.DISTRICTS.get(random.nextInt(City.DISTRICTS.size())) : null;
        long number = ++wishes;
        ask(new Wish(number, key, operation, person, stated, scenario, district, chance(0.7) ? "key-" + number : null, timeline.now()), 0);
    }

    private void retry(Wish wish, Duration least, int moreMillis) {
        if (wish.idempotencyKey == null) {
            return;
        }
        timeline.after(least.plus(upTo(moreMillis)), () -> {
            if (calling && timeline.now().isBefore(wish.since.plus(RETRIES_FOR))) {
                stepOf("retry", () -> ask(wish, wish.person == null && chance(0.04) ? 1 : 0));
            }
        });
    }

    /** The caller asks again while it waits. */
    private void losePatience(Attempt attempt) {
        timeline.after(Duration.ofMillis(700).plus(upTo(1_800)), () -> {
            if (attempt.state == State.ASKED) {
                retry(attempt.wish, Duration.ZERO, 50);
                losePatience(attempt);
            }
        });
    }

    private void ask(Wish wish, int variant) {
        MarketNode node = anyNode();
        if (!node.serves()) {
            retry(wish, Duration.ofMillis(10), 500); // the connection is refused
            return;
        }
        City.Asked asked = new City.Asked(wish.key, wish.operation, wish.person, wish.stated, wish.scenario, wish.district,
                timeline.now());
        Attempt attempt = new Attempt(wish, node, asked, variant, asks % 7 == 3, seenBy(node), node.run().access.ready(),
                node.showsRevoked(wish.key.secret()));
        String requestId = "r" + ++asks;
        attempts.put(requestId, attempt);
        ContractMethod method = node.contracts()
                .findMethod("jingshu.library.v1.LibraryService/" + wish.operation)
                .orElseThrow();
        ProductCall call = new ProductCall(method, wish.key.secret().reveal(),
                Stated.of(wish.stated.name(), wish.scenario, wish.district, null), wish.idempotencyKey, requestId, "REST");
        RequestReading reading = new RequestReading.Read(requestOf(wish, variant));
        losePatience(attempt);
        if (chance(0.1)) {
            retry(wish, Duration.ZERO, 30); // it is sent twice
        }
        Attempt before = asking;
        Streams.Open stream = streaming;
        asking = attempt;
        streaming = null;
        try {
            if (mistaken(Mistake.TAKES_FOR_WHAT_IT_REFUSES)) {
                attempt.run.takeUnasked(quotaOf(wish.key.subscription()));
            }
            var _ = attempt.run.calls.<ByteString>answer(call, () -> reading, (found, _) -> {
                if (attempt.conditional) {
                    return new EncodedAnswer<>(UNCHANGED, Outcome.NOT_MODIFIED, 304, 0);
                }
                ByteString answer = found.message().toByteString();
                return new EncodedAnswer<>(answer, Outcome.ANSWERED, 200, answer.size());
            }).whenComplete((result, failure) -> {
                if (attempt.run.process.alive()) {
                    ended(attempt, result, failure);
                }
            });
        } finally {
            asking = before;
            streaming = stream;
        }
    }

    private static Message requestOf(Wish wish, int variant) {
        String what = wish.number + "/" + variant;
        return switch (wish.operation) {
            case "GetBook" -> GetBookRequest.newBuilder()
                    .setBookId(wish.number % 4 == 0 ? "absent " + what : what)
                    .build();
            case City.PERSONAL -> ListLoansRequest.newBuilder()
                    .setReaderId(City.person(wish.person == null ? 0 : wish.person))
                    .build();
            case "ListBooks" -> ListBooksRequest.newBuilder().setPageSize((int) (1 + (wish.number + variant) % MOST_UNITS)).build();
            case "ReadBook" -> GetBookRequest.newBuilder().setBookId(what).build();
            default -> OrderBooksRequest.newBuilder().addTitles(what).build();
        };
    }

    /** A quota could not be asked for a call. */
    void notAsked(Quota quota) {
        notAsked.merge(quota, 1L, Long::sum);
    }

    void limitAsked() {
        Attempt current = asking;
        if (current != null) {
            current.limitAsked = true;
        }
    }

    /** Something is taken of a quota or a budget. */
    void takes() {
        Attempt current = asking;
        if (current != null) {
            current.taken = true;
        }
        Streams.Open stream = streaming;
        if (stream != null) {
            stream.takes();
        }
    }

    void alarm(Alarm.Breach breach) {
        Attempt current = asking;
        Streams.Open stream = streaming;
        if (stream != null) {
            stream.alarm();
            return;
        }
        require(current != null, "an alarm while nobody called: " + breach);
        if (current != null) {
            current.alarms++;
        }
    }

    void limitDecided(MarketNode node, MarketNode.Run run, String key, RateLimit limit, LimitDecision decision,
            Instant askedAt) {
        lookAtLimits(node, run);
        Duration took = Duration.between(askedAt, timeline.now());
        require(took.compareTo(Duration.ofMillis(80)) < 0, "a rate limit was decided after " + took);
        if (decision instanceof LimitDecision.Allowed) {
            require(bound.takes(key, limit, timeline.now()), "more calls are let through than the bound of " + limit
                    + " allows for " + key);
        }
        happened(decision instanceof LimitDecision.Allowed ? "in time" : "too fast", node, run.alone ? "alone" : "shared");
    }

    /** Takes note of whether a node shares its limits. */
    private void lookAtLimits(MarketNode node, MarketNode.Run run) {
        LimitStats stats = run.limits.stats();
        if (stats.timesLost() > run.timesLost || (!stats.shared() && !run.alone)) {
            run.timesLost = stats.timesLost();
            run.alone = true;
            bound.lost(node.number, timeline.now());
            happened("a node decides limits alone", node);
        }
        if (stats.shared() && run.alone) {
            run.alone = false;
            bound.found(node.number, timeline.now());
            happened("a node shares limits", node);
        }
    }

    <A extends Message> CompletionStage<Answer<A>> productAnswers(CallFacts call, Supplier<Answer<A>> answer) {
        Attempt attempt = attempts.get(call.requestId());
        if (attempt == null) {
            throw broken("the product is asked by a call nobody made: " + call.requestId());
        }
        SimulatedProcess process = attempt.run.process;
        boolean moody = attempt.wish.number % 2 == 0;
        int how = random.nextInt(100);
        if (how < (moody ? 40 : 75)) {
            return CompletableFuture.completedFuture(answer.get());
        }
        CompletableFuture<Answer<A>> later = new CompletableFuture<>();
        if (how < (moody ? 45 : 92)) {
            plan(process, "product", upTo(40), () -> later.complete(answer.get()));
        } else if (how < (moody ? 65 : 94)) {
            // It takes so long that others take the call for abandoned.
            plan(process, "product", MarketNode.ABANDONED_AFTER.minusSeconds(1).plus(upTo(6_000)),
                    () -> later.complete(answer.get()));
        } else if (how < (moody ? 90 : 97)) {
            plan(process, "product", upTo(20), () -> later.complete(Answer.notFound("没有", "there is none")));
        } else {
            attempt.productFailed = true;
            later.completeExceptionally(
                    random.nextBoolean() ? new TimeoutException("too late") : new IllegalStateException("meant"));
        }
        return later;
    }

    private void ended(Attempt attempt, @Nullable CallResult<ByteString> result, @Nullable Throwable failure) {
        if (failure != null || result == null) {
            AssertionError exception = broken("a call ended in an exception: " + attempt + ": " + failure);
            if (failure != null) {
                exception.addSuppressed(failure);
            }
            throw exception;
        }
        switch (result) {
            case CallResult.Answered<ByteString>(var answer, var admitted) -> {
                attempt.state = State.ANSWERED;
                if (!stored.contains(admitted.eventId())) { // as an earlier run of the same call may have left it
                    attempt.node.unstored.add(admitted.eventId());
                }
                if (attempt.conditional) {
                    attempt.state = State.FAILED; // what is recorded of it costs nothing
                    allowed(attempt);
                    require(!attempt.wish.events.contains(admitted.eventId()), "nothing has changed, under the event of an answer: " + attempt);
                    happened("unchanged", attempt);
                    retry(attempt.wish, Duration.ZERO, 5_000); // for the whole answer
                    return;
                }
                attempt.wish.answers.add(answer);
                if (attempt.paidBefore) {
                    happened("a call that was paid is answered", attempt);
                }
                let(attempt, admitted.eventId());
                require(!attempt.asked.at().isAfter(attempt.wish.replayedAt),
                        "answered anew although its stored answer was given before: " + attempt);
                happened("answered", attempt);
                if (chance(0.4)) {
                    retry(attempt.wish, Duration.ZERO, 12_000); // the answer is lost on its way to the caller
                }
            }
            case CallResult.Replayed<ByteString>(var answer, var eventId) -> {
                attempt.state = State.REFUSED; // of this attempt nothing is recorded
                if (attempt.conditional) {
                    happened("unchanged since it was answered", attempt);
                } else {
                    replayed(attempt, answer, eventId);
                }
                let(attempt, eventId);
                happened("replayed", attempt);
                if (chance(0.2)) {
                    retry(attempt.wish, Duration.ZERO, 10_000);
                }
            }
            case CallResult.Refused<ByteString> refused -> {
                // What a rule refuses is refused before any limit is looked at; a budget is both a rule and a limit.
                refused(attempt, refused.refusal(), refused.admitted() != null, refused.limits() == null);
                happened(refused.refusal().name(), attempt);
                if (refused.refusal() == Refusal.BUDGET_USED_UP && refused.limits() != null) {
                    happened(refused.admitted() == null ? "a budget leaves too little" : "an answer does not fit the budget", attempt);
                }
                if (refused.refusal() == Refusal.QUOTA_EXHAUSTED && refused.admitted() != null) {
                    happened("an answer does not fit the quota", attempt);
                }
                if (chance(0.7)) {
                    retry(attempt.wish, Duration.ofMillis(50), 5_000);
                }
            }
        }
    }

    /** A call was let on and answered under an event. */
    private void let(Attempt attempt, UUID eventId) {
        allowed(attempt);
        Wish wish = attempt.wish;
        require(!unchanged.contains(eventId), "answered whole under the event of an answer that had not changed: " + attempt);
        wish.events.add(eventId);
        if (wish.idempotencyKey != null) {
            require(wish.events.size() == 1, "one idempotency key was answered under " + wish.events + ": " + attempt);
            require(wish.answeredVariant == null || wish.answeredVariant == attempt.variant,
                    "one idempotency key answered two requests: " + attempt);
            wish.answeredVariant = attempt.variant;
        }
    }

    /** The rules let the call on. */
    private void allowed(Attempt attempt) {
        require(attempt.ready, "answered by a node that had not read the facts: " + attempt);
        require(!attempt.shownRevoked, "answered although the node's own table showed the key as revoked: " + attempt);
        require(City.allows(attempt.asked, attempt.facts, null),
                "answered although a decision at least a second old forbids it: " + attempt);
        require(attempt.alarms == 0, "an alarm about an answered call: " + attempt);
    }

    private void replayed(Attempt attempt, ByteString answer, UUID eventId) {
        Wish wish = attempt.wish;
        require(wish.idempotencyKey != null, "replayed without a key: " + attempt);
        ByteString before = wish.replayed;
        require(before == null || before.equals(answer), "two stored answers to one call: " + attempt);
        wish.replayed = answer;
        if (before == null) {
            wish.replayedAt = timeline.now();
        }
        require(isRecorded(eventId), "an answer is stored whose event " + eventId + " is recorded nowhere: " + attempt);
    }

    private void refused(Attempt attempt, Refusal refusal, boolean admitted, boolean beforeLimits) {
        boolean alarming = ALARMING.contains(refusal);
        require(attempt.alarms == (alarming ? 1 : 0), attempt.alarms + " alarms about " + refusal + ": " + attempt);
        if (refusal == Refusal.NODE_NOT_READY) {
            require(!attempt.ready, "a node that has read the facts is not ready: " + attempt);
            attempt.state = State.REFUSED;
            return;
        }
        boolean ofTheFacts = City.isOfTheFacts(refusal) && beforeLimits;
        require(City.allows(attempt.asked, attempt.facts, ofTheFacts ? refusal : null),
                refusal + " although the decisions of the last second say otherwise: " + attempt);
        require(!(ofTheFacts || refusal == Refusal.NODE_OVERLOADED) || !attempt.limitAsked, refusal + " after the rate limit was asked: " + attempt);
        require(!ofTheFacts || !attempt.taken, refusal + " after something was taken for it: " + attempt);
        attempt.state = admitted ? State.FAILED : State.REFUSED;
        switch (refusal) {
            case BUDGET_USED_UP -> require(
                    beforeLimits || (attempt.asked.paid() && city.budgets().containsKey(attempt.wish.key.subscription().organisationId())),
                    "a budget is used up that nobody set: " + attempt);
            case INTERNAL, DEADLINE -> require(attempt.productFailed, refusal + " although the product answered: " + attempt);
            case METER_UNAVAILABLE -> {
                if (admitted && attempt.run.journal.stats().fault().isPresent()) {
                    attempt.state = State.UNKNOWN; // the event may be there when the journal is opened again
                }
            }
            default -> { }
        }
    }

    // What must be.

    /** The decisions from the last that the node must have seen to the last of all. */
    List<City.Facts> seenBy(MarketNode node) {
        Sight sight = sights.get(node.number);
        Instant now = timeline.now();
        for (City.Facts next : city.since(sight.seen + 1)) {
            Instant by = next.at().plus(IN_FORCE_WITHIN);
            if (sight.unannounced.contains(next.number())) {
                by = by.plus(MarketNode.POLL_EVERY);
            }
            if (now.isBefore(by) || now.isBefore(sight.failedAt.plus(MarketNode.RETRY_AFTER).plus(IN_FORCE_WITHIN))) {
                break;
            }
            sight.seen = next.number();
        }
        return List.copyOf(city.since(sight.seen));
    }

    private void check() {
        checkStored();
        for (MarketNode node : nodes) {
            if (node.onDisk().changed()) {
                checkJournal(node);
            }
            if (node.serves()) {
                lookAtLimits(node, node.run());
                checkTaken(node, node.run());
                checkMoneyTaken(node, node.run());
            }
        }
        for (City.Subscribed each : city.subscriptions()) {
            Quota quota = quotaOf(each);
            long limit = city.plan(each.planId()).quota();
            // Beyond the limit is only what free use used while the quota could not be asked; it counts afterwards all the same.
            long unasked = each.purpose() == Purpose.PUBLIC_INTEREST ? notAsked.getOrDefault(quota, 0L) * MOST_UNITS : 0;
            require(leases.leased(quota) <= limit + unasked, quota + ": " + leases.leased(quota) + " units leased of " + limit);
            if (each.purpose() != Purpose.PUBLIC_INTEREST) { // which goes on while the quota cannot be asked
                require(used.getOrDefault(quota, 0L) <= limit, quota + ": " + used.get(quota) + " units stored of " + limit);
            }
        }
        require(leases.adds(), "the units of a quota are not the sum of its leases");
        require(budgets.adds(), "the money of a budget is not the sum of its leases");
        checkSpent();
    }

    /** No consumer is billed more than its hard budget, by whatever is stored or any journal holds. */
    private void checkSpent() {
        for (Quota account : spending.accounts()) {
            Long limit = city.budgets().get(account.subscriptionId());
            require(limit == null || spending.billed(account) <= limit,
                    account + ": recorded calls cost " + spending.billed(account) + " of a budget of " + limit);
        }
    }

    private Quota quotaOf(City.Subscribed subscribed) {
        return new Quota(subscribed.id(), BillingPeriod.of(timeline.now()).month());
    }

    private void checkStored() {
        List<SimulatedEventTables.Row> rows = events.rows();
        if (rowsSeen == rows.size()) {
            return;
        }
        for (; rowsSeen < rows.size(); rowsSeen++) {
            UsageEvent event = rows.get(rowsSeen).event();
            require(stored.add(event.eventId()), "event " + event.eventId() + " is stored twice");
            Attempt attempt = look(event);
            nodes.forEach(node -> node.unstored.remove(event.eventId()));
            if (attempt != null && event.outcome() == Outcome.NOT_MODIFIED) {
                unchanged.add(event.eventId());
                require(!attempt.wish.events.contains(event.eventId()), "a whole answer was given for the event of one that had not changed: " + attempt);
            }
            UUID payer = payerOf(event);
            if (payer != null) {
                spending.stored(event, payer);
            }
            if (!event.sandbox()) {
                Quota quota = new Quota(event.subscriptionId(), BillingPeriod.of(event.occurredAt()).month());
                used.merge(quota, event.quantity(), Long::sum);
                if (attempt != null && event.quantity() > 0 && attempt.wish.idempotencyKey != null) {
                    attempt.wish.billed.add(event.eventId());
                    require(attempt.wish.billed.size() == 1,
                            "one idempotency key is billed as " + attempt.wish.billed + ": " + attempt);
                }
            }
        }
        List<String> mismatches = events.mismatches();
        require(mismatches.isEmpty(), "hourly totals are not the sums of the events: " + mismatches);
    }

    /** Who pays for an event; null: it is free. */
    private @Nullable UUID payerOf(UsageEvent event) {
        return event.sandbox() || event.quantity() == 0 ? null : city.payer(event.subscriptionId());
    }

    /** Looks whether an event is of a call or a stream, and right; null: of a stream. */
    private @Nullable Attempt look(UsageEvent event) {
        Streams.Open stream = streams.of(event);
        if (stream == null) {
            return knownTo(event);
        }
        streams.found(stream, event);
        return null;
    }

    /** The attempt an event records; it must be one that was admitted. */
    private Attempt knownTo(UsageEvent event) {
        Attempt attempt = attempts.get(event.requestId());
        if (attempt == null) {
            throw broken("event " + event.eventId() + " records a call nobody made");
        }
        require(attempt.state != State.REFUSED, "event " + event.eventId() + " records a refused call: " + attempt);
        require(attempt.state != State.FAILED || event.quantity() == 0,
                "event " + event.eventId() + " bills a call that was not answered: " + attempt);
        require(event.sandbox() == attempt.wish.key.secret().sandbox()
                        && event.subscriptionId().equals(attempt.wish.key.subscription().id()),
                "event " + event.eventId() + " is of another caller: " + attempt);
        return attempt;
    }

    private void checkJournal(MarketNode node) {
        Set<UUID> recorded = node.onDisk().recorded();
        node.onDisk().newlyRecorded().stream()
                .filter(event -> !stored.contains(event.eventId())) // else it was looked at when it was stored
                .forEach(event -> {
                    var _ = look(event);
                    UUID payer = payerOf(event);
                    if (payer != null) {
                        spending.recorded(node.number, event, payer);
                    }
                });
        spending.holds(node.number, recorded);
        for (UUID id : node.unstored) {
            require(recorded.contains(id) || stored.contains(id),
                    "event " + id + " of an answered call is neither in the journal of node " + node + " nor stored");
        }
    }

    private void checkTaken(MarketNode node, MarketNode.Run run) {
        run.taken.forEach((quota, units) -> {
            long leased = leases.leased(quota, node.nodeId(), run.id);
            require(units <= leased, "node " + node + " let through " + units + " units of " + quota + " and leased " + leased);
        });
    }

    private void checkMoneyTaken(MarketNode node, MarketNode.Run run) {
        run.money.forEach((budget, taken) -> {
            long leased = budgets.leased(budget, node.nodeId(), run.id);
            require(taken <= leased, "node " + node + " took " + taken + " of the budget " + budget + " and leased " + leased);
        });
    }

    // Rest.

    private void beginEpisode() {
        spending.clear();
        city.newConsumers(timeline.now());
        reckon(); // before any node hears of a budget
        bound = new RateBound(NODES);
        nodes.stream().filter(MarketNode::serves).forEach(node -> node.run().alone = false);
        faulty = true;
        calling = true;
        trouble = EnumSet.noneOf(Trouble.class);
        for (Trouble each : Trouble.values()) {
            if (chance(0.7)) {
                trouble.add(each);
            }
        }
        happened("trouble to come", trouble);
    }

    /** Everything heals, every node may start again, everything is shipped and settled: then all must add up exactly. */
    private void rest() throws IOException {
        boolean startAgain = chance(0.5); // what a node mends only by starting again it does not mend
        calling = false;
        faulty = false;
        databaseAway = false;
        databaseSlow = false;
        redisAway = false;
        redisSlow = false;
        city.restoreAll(timeline.now());
        streams.closeAll();
        nodes.forEach(this::start);
        let(Duration.ofSeconds(12)); // whatever is under way ends
        for (MarketNode node : nodes) {
            require(node.run().limits.stats().shared(), "node " + node + " does not share limits though Redis is well");
            require(node.run().access.ready(), "node " + node + " has read no facts though the database is well");
            checkNothingBurned(node, node.run());
            require(node.run().places.taken() == 0, "node " + node + " has " + node.run().places.taken()
                    + " places taken with no call under way");
            if (startAgain || node.run().journal.stats().fault().isPresent() || !ship(node, node.run().journal)) {
                kill(node);
            }
            start(node);
            require(node.up(), "node " + node + " does not start on a healthy disk");
        }
        let(Duration.ofSeconds(4)); // longer than idle leases and their reserves are kept
        for (MarketNode node : nodes) {
            ship(node, node.run().journal);
            node.run().quotas.sweep();
            node.run().budgets.sweep();
        }
        for (MarketNode node : nodes) {
            node.run().budgets.noteRecorded();
            node.run().budgets.noteRecorded(); // once more, as what was noted before is passed now
        }
        reckon();
        check();
        checkNothingWithheld();
        for (MarketNode node : nodes) {
            require(node.unstored.isEmpty(), "node " + node + " has shipped all but " + node.unstored);
            require(node.run().journal.stats().unshippedEvents() == 0, "node " + node + " holds events not shipped");
        }
        for (City.Subscribed each : city.subscriptions()) {
            checkSettled(each, startAgain);
        }
        attempts.values().forEach(attempt -> require(attempt.state != State.ASKED, "nobody was ever told of " + attempt));
        attempts.clear();
        streams.clear();
        timeline.pass(Duration.ofHours(random.nextLong(1, 200)));
        nodes.forEach(node -> sights.get(node.number).failedAt = timeline.now());
        happened(startAgain ? "rest" : "rest without a start");
    }

    private void let(Duration time) {
        Instant end = timeline.now().plus(time);
        while (timeline.now().isBefore(end)) {
            next();
        }
    }

    /** With nothing under way, every unit and all money taken was used by a recorded event or given back. */
    private void checkNothingBurned(MarketNode node, MarketNode.Run run) {
        if (run.journal.stats().fault().isPresent()) {
            return; // the units of calls in doubt stay taken
        }
        run.money.forEach((budget, taken) -> require(taken.equals(run.moneyUsed.getOrDefault(budget, 0L)), "node " + node + " took " + taken
                + " of the budget " + budget + " and used " + run.moneyUsed.get(budget)));
        for (City.Subscribed each : city.subscriptions()) {
            Quota quota = quotaOf(each);
            long taken = run.taken.getOrDefault(quota, 0L);
            long booked = run.booked.getOrDefault(quota, 0L);
            long usedUnits = run.used.getOrDefault(quota, 0L);
            require(taken + booked == usedUnits, "node " + node + " took " + taken + " units of " + quota + ", booked " + booked
                    + " and used " + usedUnits);
            require(booked == 0 || each.purpose() == Purpose.PUBLIC_INTEREST,
                    "node " + node + " booked " + booked + " units of " + quota + ", which are paid for");
        }
    }

    /** Once all is stored and reckoned, what counts of a budget is what its calls cost. */
    private void checkNothingWithheld() {
        for (Quota account : accounts()) {
            require(budgets.counted(account) == spending.storedCost(account), account + ": " + budgets.counted(account)
                    + " of a budget count at rest, its calls cost " + spending.storedCost(account));
            if (spending.storedCost(account) > 0) {
                happened("a budget is settled");
            }
        }
    }

    /**
     * Leased is what ended lives used by their stored events, and what those that go on used by what they recorded: of a call that
     * two nodes answered under one event, which is stored once, each keeps its unit until it starts again.
     */
    private void checkSettled(City.Subscribed subscribed, boolean startedAgain) {
        Quota quota = quotaOf(subscribed);
        long leased = leases.leased(quota);
        long usedUnits = 0;
        for (MarketNode node : nodes) {
            usedUnits += node.run().used.getOrDefault(quota, 0L) + events.usedBefore(node.nodeId(), quota.subscriptionId(),
                    new BillingPeriod(quota.period()), node.run().journal.openReport().nextSequence());
        }
        require(leased == usedUnits, quota + ": " + leased + " units are leased at rest, " + usedUnits + " used");
        require(!startedAgain || leased == used.getOrDefault(quota, 0L),
                quota + ": " + leased + " units are leased at rest, " + used.get(quota) + " stored");
        happened("settled");
    }
}

package cn.jingshu.metering.simulation;

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
import cn.jingshu.metering.quota.QuotaDecision;
import cn.jingshu.metering.quota.SimulatedLeaseTables;
import cn.jingshu.metering.quota.SimulatedLeaseTables.Quota;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that admit, record and ship calls, one step after another, in an order and with faults that a seed decides.
 * After every step the invariants are checked; a broken one names the seed that shows it again.
 *
 * <p>At every boundary to disk or database other steps may come first, so transactions, writes and leases under way
 * interleave with kills, restarts and one another; time is a number that steps move on.
 */
final class Simulation {
    private static final int NODES = 3;
    private static final int MOST_NESTED = 2;
    private static final int STEPS_BETWEEN_RESTS = 2_500;
    private static final int MOST_RUNNING = 40;
    /** What one more unit costs at the most: of a month the first 60 units cost so much, later ones a third of it. */
    private static final long DEAREST = 6;

    /** What lies, in a run that must fail. */
    record Lies(SimulatedDisk.Lie disk, SimulatedEventTables.Lie events, SimulatedLeaseTables.Lie leases) {
        static final Lies NONE =
                new Lies(SimulatedDisk.Lie.NONE, SimulatedEventTables.Lie.NONE, SimulatedLeaseTables.Lie.NONE);
    }

    /** How often what happened in a run: a run in which nothing goes wrong proves nothing. */
    static final class Happenings {
        final Map<String, Integer> counts = new LinkedHashMap<>();

        void add(String what) {
            counts.merge(what, 1, Integer::sum);
        }

        int of(String what) {
            return counts.getOrDefault(what, 0);
        }
    }

    enum State {
        /** Units are taken, the product works. */
        ADMITTED,
        /** The event is with the journal. */
        APPENDED,
        /** The caller has its answer: the event must be found from now on, once. */
        ANSWERED,
        /** The journal refused: the event must never be found. */
        REFUSED,
        /** The process died, or an fsync failed: the event may be found, and counts if it is. */
        UNKNOWN,
        /** It was not recorded when its node came back. */
        GONE
    }

    static final class Call {
        final UUID id;
        final Node node;
        final Quota quota;
        final boolean sandbox;
        final Instant occurredAt;
        /** Whose money it takes; null: nobody's, for nobody said what it may cost. */
        final @Nullable Quota account;
        long taken;
        long used;
        /** Money taken. */
        long money;
        State state = State.ADMITTED;

        Call(UUID id, Node node, Quota quota, boolean sandbox, Instant occurredAt, long taken) {
            this(id, node, quota, sandbox, occurredAt, taken, null, 0);
        }

        Call(UUID id, Node node, Quota quota, boolean sandbox, Instant occurredAt, long taken, @Nullable Quota account, long money) {
            this.id = id;
            this.node = node;
            this.quota = quota;
            this.sandbox = sandbox;
            this.occurredAt = occurredAt;
            this.taken = taken;
            this.account = account;
            this.money = money;
        }

        @Override
        public String toString() {
            return "…" + id.toString().substring(28) + " of node " + node;
        }
    }

    /** What is held of one quota by calls that were admitted and not given back. */
    private static final class Use {
        /** Whether it goes on while the quota cannot be asked. */
        final boolean free;
        long limit;
        /** Units taken. */
        long units;
        /** Units used without having been taken: of free calls that came while the quota could not be asked. */
        long unasked;

        Use(boolean free, long limit) {
            this.free = free;
            this.limit = limit;
        }
    }

    /** What an account spends in a month. */
    private static final class Spending {
        long limit;
        /** Units of answered calls. */
        long answered;
        /** Units of stored events. */
        long stored;

        Spending(long limit) {
            this.limit = limit;
        }
    }

    private final long seed;
    private final Random random;
    private final Lies lies;
    private final Happenings happenings = new Happenings();
    private final SimulatedEventTables events;
    private final SimulatedLeaseTables leases;
    private final SimulatedLeaseTables budgets;
    private final Map<Quota, Spending> spendings = new LinkedHashMap<>();
    private UUID account = new UUID(0, 1);
    private final List<Node> nodes = new ArrayList<>();
    private final Map<UUID, Call> calls = new HashMap<>();
    private final Map<Quota, Use> uses = new LinkedHashMap<>();
    private final Set<UUID> stored = new HashSet<>();
    private final ArrayDeque<String> trace = new ArrayDeque<>();
    private final Clock clock = new SimulatedClock();

    private Instant now = Instant.parse("2026-11-23T04:00:00Z");
    private long steps;
    private long ids;
    private int nested;
    private int rowsSeen;
    private int rowsCounted;
    private boolean databaseAway;
    private boolean faulty;
    private List<UUID> subscriptions = List.of();
    private long digest = 17;

    Simulation(long seed, Lies lies) {
        this.seed = seed;
        this.random = new Random(seed);
        this.lies = lies;
        this.events = new SimulatedEventTables(lies.events());
        this.leases = new SimulatedLeaseTables(lies.leases(), events);
        this.budgets = new SimulatedLeaseTables(lies.leases(), events, true);
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node(i, this));
        }
    }

    /**
     * Runs steps until their number is reached, then lets the system come to rest and checks that it is whole.
     *
     * @throws AssertionError if an invariant is broken, naming seed and step
     */
    Happenings run(long mostSteps) {
        try {
            beginEpisode();
            while (steps < mostSteps) {
                step();
                check();
                if (steps % STEPS_BETWEEN_RESTS == 0) {
                    rest();
                    beginEpisode();
                }
            }
            rest();
            return happenings;
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(where("stopped by " + e), e);
        }
    }

    /** Differs whenever two runs differ: what shows that a seed replays. */
    long digest() {
        return digest;
    }

    Clock clock() {
        return clock;
    }

    Random random() {
        return random;
    }

    SimulatedEventTables events() {
        return events;
    }

    SimulatedLeaseTables leases() {
        return leases;
    }

    SimulatedLeaseTables budgets() {
        return budgets;
    }

    SimulatedDisk.Lie diskLie() {
        return lies.disk();
    }

    long nanos() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }

    UUID nextId() {
        return new UUID(0x7000L | seed << 16, ++ids | Long.MIN_VALUE);
    }

    /** @param dies what is done when it dies in the middle of something */
    SimulatedProcess newProcess(Consumer<SimulatedProcess> dies) {
        return new SimulatedProcess(
                process -> {
                    if (faulty && chance(0.004)) {
                        happened("died in the middle");
                        dies.accept(process);
                    } else {
                        interleave();
                    }
                },
                this::meets);
    }

    void happened(String what, Object... to) {
        happenings.add(what);
        String line = steps + " " + what + (to.length == 0 ? "" : " " + Arrays.toString(to));
        digest = 31 * digest + line.hashCode();
        trace.addLast(line);
        if (trace.size() > 60) {
            trace.removeFirst();
        }
    }

    private String where(String what) {
        return what + "\n  seed " + seed + ", step " + steps + "; again with -Djingshu.simulation.seed=" + seed
                + " -Djingshu.simulation.steps=" + (steps + 1) + "\n  " + String.join("\n  ", trace);
    }

    private AssertionError broken(String what) {
        return new AssertionError(where(what));
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw broken(what);
        }
    }

    // What goes wrong.

    private boolean meets(Fault fault) {
        boolean strikes = strikes(fault);
        if (strikes) {
            happened(fault.name());
        }
        return strikes;
    }

    private boolean strikes(Fault fault) {
        return switch (fault) {
            case DATABASE_AWAY -> databaseAway || (faulty && chance(0.02));
            case ANSWER_LOST -> faulty && chance(0.03);
            case REDIS_SILENT, REDIS_ASKED_AGAIN -> false; // nobody here asks Redis
            case DISK_FULL -> faulty && chance(0.02);
            case FILE_REFUSED -> faulty && chance(0.02);
            case IO_ERROR -> faulty && chance(0.005);
            case FORCE_FAILED -> faulty && chance(0.004);
        };
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Lets other steps come first, now and then. */
    private void interleave() {
        if (nested >= MOST_NESTED || !faulty || !chance(0.12)) {
            return;
        }
        nested++;
        try {
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                step();
            }
        } finally {
            nested--;
        }
    }

    // Steps.

    private void step() {
        steps++;
        now = now.plusNanos(random.nextLong(2_000_000));
        Node node = nodes.get(random.nextInt(nodes.size()));
        try {
            step(node, random.nextInt(1_130));
        } catch (Killed e) {
            happened("a dead process went no further");
        }
    }

    private void step(Node node, int what) {
        if (what < 300) {
            if (node.serves() && node.running.size() < MOST_RUNNING) {
                call(node);
            }
        } else if (what < 560) {
            if (node.serves() && !node.running.isEmpty()) {
                answer(node, node.running.remove(random.nextInt(node.running.size())));
            }
        } else if (what < 700) {
            node.write();
        } else if (what < 790) {
            ship(node);
        } else if (what < 900) {
            if (node.serves()) {
                (chance(0.5) ? node.quotas() : node.budgets()).ask(random);
            }
        } else if (what < 915) {
            if (node.serves()) {
                (chance(0.5) ? node.quotas() : node.budgets()).sweep();
            }
        } else if (what < 930) {
            pass(Duration.ofMillis(random.nextLong(1, 500)));
        } else if (what < 945) {
            node.shipByOther();
        } else if (what < 956) {
            kill(node);
        } else if (what < 975) {
            start(node);
        } else if (what < 979) {
            stop(node);
        } else if (what < 985) {
            databaseAway = !databaseAway && chance(0.4);
            happened(databaseAway ? "the database goes away" : "the database is there");
        } else if (what < 990) {
            faulty = chance(0.8);
            happened(faulty ? "faults begin" : "faults end");
        } else if (what < 996) {
            raise();
        } else if (what < 1_000) {
            pass(Duration.ofMinutes(random.nextLong(1, 90)));
        } else if (what < 1_080) {
            look(node);
        } else if (what < 1_105) {
            if (node.serves()) {
                node.budgets().noteRecorded();
            }
        } else {
            reckon();
        }
    }

    private void pass(Duration time) {
        now = now.plus(time);
        for (Node node : nodes) {
            if (node.serves()) {
                node.quotas().passDeadlines();
                node.budgets().passDeadlines();
            }
        }
    }

    private void beginEpisode() {
        subscriptions = List.of(nextId(), nextId(), nextId());
        uses.clear();
        spendings.clear();
        account = nextId();
        now = now.plus(Duration.ofHours(random.nextLong(1, 200)));
        faulty = true;
    }

    private Use use(Quota quota) {
        boolean free = quota.subscriptionId().equals(subscriptions.getLast());
        return uses.computeIfAbsent(quota, none -> new Use(free, switch (random.nextInt(3)) {
            case 0 -> random.nextLong(1, 40);
            case 1 -> random.nextLong(40, 400);
            default -> 1_000_000;
        }));
    }

    /** What the account may spend; who asks first sets the budget, which is not reckoned by then. */
    private Spending spending(Quota budget) {
        return spendings.computeIfAbsent(budget, none -> new Spending(
                chance(0.3) ? 1_000_000 : random.nextLong(DEAREST, 800)));
    }

    private static long cost(long units) {
        return units <= 60 ? units * DEAREST : 60 * DEAREST + (units - 60) * (DEAREST / 3);
    }

    /** Reckons what an account spent, as slowly as may be: other steps come between what is asked and what is said. */
    private void reckon() {
        for (Map.Entry<Quota, Spending> one : List.copyOf(spendings.entrySet())) {
            long stored = budgets.stored(one.getKey());
            interleave();
            countStored();
            long cost = cost(one.getValue().stored);
            interleave();
            budgets.free(one.getKey(), stored - cost);
            happened("a budget is reckoned", one.getKey().period(), stored, cost);
        }
    }

    private void raise() {
        if (chance(0.3)) {
            spendings.values().forEach(spending -> spending.limit += random.nextLong(1, 100));
            happened("a budget is raised");
            return;
        }
        for (Map.Entry<Quota, Use> one : uses.entrySet()) {
            if (chance(0.3)) {
                one.getValue().limit += random.nextLong(1, 50);
                happened("a quota is raised");
                return;
            }
        }
    }

    private void call(Node node) {
        Instant occurredAt = now;
        Quota quota = new Quota(
                subscriptions.get(random.nextInt(subscriptions.size())),
                BillingPeriod.of(occurredAt).month());
        if (chance(0.05)) {
            node.running.add(admitted(new Call(nextId(), node, quota, true, occurredAt, 0)));
            return;
        }
        Use use = use(quota);
        long units = chance(0.8) ? 1 : random.nextLong(1, 12);
        SimulatedProcess process = node.process();
        var _ = node.quotas().take(quota.subscriptionId(), quota.period(), use.limit, units).thenAccept(decision -> {
            if (!process.alive()) {
                return;
            }
            if (decision instanceof QuotaDecision.Taken && quota.subscriptionId().equals(subscriptions.getFirst())) {
                pay(node, process, new Quota(account, quota.period()), units * DEAREST, paid -> {
                    if (paid) {
                        use.units += units;
                        node.running.add(admitted(new Call(nextId(), node, quota, false, occurredAt, units,
                                new Quota(account, quota.period()), units * DEAREST)));
                    } else {
                        node.quotas().giveBack(quota.subscriptionId(), quota.period(), units);
                    }
                });
            } else if (decision instanceof QuotaDecision.Taken) {
                use.units += units;
                node.running.add(admitted(new Call(nextId(), node, quota, false, occurredAt, units)));
            } else if (decision instanceof QuotaDecision.Unavailable && use.free) {
                happened("free use goes on unasked");
                node.running.add(admitted(new Call(nextId(), node, quota, false, occurredAt, 0)));
            } else {
                happened(decision instanceof QuotaDecision.Exhausted ? "quota exhausted" : "quota unavailable");
            }
        });
    }

    /** Takes money of a budget. */
    private void pay(Node node, SimulatedProcess process, Quota budget, long money, Consumer<Boolean> then) {
        var _ = node.budgets().take(budget.subscriptionId(), budget.period(), spending(budget).limit, money).thenAccept(decision -> {
            if (!process.alive()) {
                return;
            }
            happened(switch (decision) {
                case QuotaDecision.Taken _ -> "money is taken";
                case QuotaDecision.Exhausted _ -> "budget used up";
                case QuotaDecision.Unavailable _ -> "budget unavailable";
            });
            then.accept(decision instanceof QuotaDecision.Taken);
        });
    }

    private Call admitted(Call call) {
        calls.put(call.id, call);
        happened("admitted", call);
        return call;
    }

    private void answer(Node node, Call call) {
        boolean answered = call.sandbox || chance(0.85);
        call.used = answered ? (call.taken > 1 ? random.nextLong(1, call.taken + 1) : call.taken == 0 ? random.nextLong(1, 4) : 1) : 0;
        if (answered && call.taken > 0 && chance(0.2)) {
            takeRest(node, call, random.nextLong(1, 10));
        } else {
            append(node, call, answered);
        }
    }

    /** Takes what the answer costs beyond what its call was admitted with; without that the answer does not leave. */
    private void takeRest(Node node, Call call, long rest) {
        Use use = use(call.quota);
        SimulatedProcess process = node.process();
        node.taking.add(call);
        var _ = node.quotas().take(call.quota.subscriptionId(), call.quota.period(), use.limit, rest).thenAccept(decision -> {
            if (!process.alive()) {
                return;
            }
            Quota budget = call.account;
            if (decision instanceof QuotaDecision.Taken && budget != null) {
                pay(node, process, budget, rest * DEAREST, paid -> {
                    node.taking.remove(call);
                    if (paid) {
                        use.units += rest;
                        call.taken += rest;
                        call.money += rest * DEAREST;
                        call.used = call.taken;
                        happened("the rest of an answer is paid", call);
                    } else {
                        node.quotas().giveBack(call.quota.subscriptionId(), call.quota.period(), rest);
                        call.used = 0;
                        happened("an answer does not fit the budget", call);
                    }
                    append(node, call, call.used > 0);
                });
                return;
            }
            node.taking.remove(call);
            switch (decision) {
                case QuotaDecision.Taken _ -> {
                    use.units += rest;
                    call.taken += rest;
                    call.used = call.taken;
                    happened("the rest of an answer is taken", call);
                }
                case QuotaDecision.Exhausted _ -> {
                    call.used = 0;
                    happened("an answer does not fit the quota", call);
                }
                case QuotaDecision.Unavailable _ -> call.used = use.free ? call.taken + rest : 0;
            }
            append(node, call, call.used > 0);
        });
    }

    private void append(Node node, Call call, boolean answered) {
        UsageEvent event = new UsageEvent(
                call.id,
                call.occurredAt,
                node.nodeId(),
                call.quota.subscriptionId(),
                call.quota.subscriptionId(),
                chance(0.5) ? "transit" : "lending",
                "ListVehicles",
                "INDUSTRY",
                answered ? Outcome.ANSWERED : Outcome.NOT_FOUND,
                "ROW",
                call.used,
                answered ? 200 : 404,
                1_000,
                random.nextInt(1_000),
                "r",
                call.sandbox,
                "REST");
        call.state = State.APPENDED;
        SimulatedProcess process = node.process();
        var _ = node.journal().append(event).whenComplete((done, failure) -> {
            if (process.alive()) {
                recorded(call, node, failure);
            }
        });
        if (chance(0.02)) {
            happened("appended twice", call);
            var _ = node.journal().append(event);
        }
    }

    private void recorded(Call call, Node node, @Nullable Throwable thrown) {
        Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        if (failure == null) {
            call.state = State.ANSWERED;
            node.unstored.add(call.id);
            square(node, call);
            countAnswered(call);
            if (call.account != null) {
                keepMoney(node, call, call.used * DEAREST);
            }
            happened("answered", call);
        } else if (failure instanceof JournalBrokenException broken && broken.lasting()) {
            call.state = State.UNKNOWN; // its units stay taken: the event may be there when the journal is opened again
            node.unresolved.add(call);
            happened("refused for good", call, broken);
        } else {
            call.state = State.REFUSED;
            giveBack(node, call, call.taken);
            keepMoney(node, call, 0);
            happened("refused", call, failure);
        }
    }

    /** What the gate does once a call is recorded: gives back what it did not use, or books what it used beyond. */
    private void square(Node node, Call call) {
        long beyond = call.used - call.taken;
        if (call.sandbox || beyond <= 0) {
            giveBack(node, call, -beyond);
            return;
        }
        use(call.quota).unasked += beyond;
        node.quotas().book(call.quota.subscriptionId(), call.quota.period(), beyond);
        happened("free use is booked", call);
    }

    /** What a call did not cost of the money it took goes back. */
    private static void keepMoney(Node node, Call call, long used) {
        Quota budget = call.account;
        if (budget != null) {
            node.budgets().giveBack(budget.subscriptionId(), budget.period(), call.money - used);
            node.budgets().recorded(budget.subscriptionId(), budget.period(), used);
        }
    }

    private void countAnswered(Call call) {
        Quota budget = call.account;
        if (budget != null && spendings.containsKey(budget)) {
            spending(budget).answered += call.used;
        }
    }

    private void giveBack(Node node, Call call, long units) {
        if (!call.sandbox) {
            use(call.quota).units -= units;
            node.quotas().giveBack(call.quota.subscriptionId(), call.quota.period(), units);
        }
    }

    /** @return whether it went well */
    private boolean ship(Node node) {
        boolean well = false;
        try {
            node.ship();
            well = true;
        } catch (ShippingRefusedException | JournalCorruptException e) {
            throw new AssertionError(where("shipping refused: " + e.getMessage()), e);
        } catch (SQLException | IOException | JournalBrokenException e) {
            happened("shipping failed", node, e);
        }
        requireTrueLive(node);
        return well;
    }

    private void look(Node node) {
        try {
            if (node.look()) {
                happened(events.showsUnshipped(node.nodeId()) ? "unshipped usage shown" : "looked", node);
            }
        } catch (SQLException | IOException e) {
            happened("looking failed", node, e);
        }
        requireTrueLive(node);
    }

    /** What is shown of usage that is not shipped is what the journal holds behind what is, event by event. */
    private void requireTrueLive(Node node) {
        node.findFalseLive().ifPresent(wrong -> {
            throw broken("unshipped usage is not what the journal holds: " + wrong);
        });
    }

    private void kill(Node node) {
        if (node.up() && !node.busy()) {
            killNow(node);
        }
    }

    /** Kills a node that runs, or is just starting or stopping. */
    void killNow(Node node) {
        boolean powerCut = node.durability == Durability.DISK && chance(0.3);
        happened(powerCut ? "power cut" : "killed", node);
        node.kill(powerCut);
        forget(node);
    }

    /** The calls of a dead process: none is answered any more, and those appended may be recorded or not. */
    private void forget(Node node) {
        for (Call call : node.running) {
            if (!call.sandbox) {
                use(call.quota).units -= call.taken;
            }
            call.state = State.GONE;
        }
        for (Call call : node.taking) {
            use(call.quota).units -= call.taken;
            call.state = State.GONE;
        }
        node.running.clear();
        node.taking.clear();
        for (Call call : calls.values()) {
            if (call.node == node && call.state == State.APPENDED) {
                call.state = State.UNKNOWN;
                node.unresolved.add(call);
            }
        }
    }

    private void start(Node node) {
        if (node.up() || node.busy()) {
            return;
        }
        try {
            node.start();
            happened("started", node);
        } catch (IOException | JournalInUseException e) {
            happened("start failed", node, e);
            return;
        }
        resolve(node);
    }

    /** What the journal says of the calls nobody knew the end of. */
    void resolve(Node node) {
        Set<UUID> recorded = node.onDisk().recorded();
        for (Call call : node.unresolved) {
            boolean found = recorded.contains(call.id) || stored.contains(call.id);
            long unused = found ? call.taken - call.used : call.taken;
            if (!call.sandbox && unused >= 0) {
                use(call.quota).units -= unused;
            } else if (!call.sandbox) {
                use(call.quota).unasked -= unused;
            }
            call.state = found ? State.ANSWERED : State.GONE;
            if (found) {
                countAnswered(call);
            }
            if (found && !stored.contains(call.id)) {
                node.unstored.add(call.id);
            }
            happened(found ? "recorded, not answered" : "not recorded, not answered", call);
        }
        node.unresolved.clear();
    }

    private void stop(Node node) {
        if (!node.serves() || nested > 0 || !node.running.isEmpty() || !node.taking.isEmpty()) {
            return;
        }
        try {
            node.stop();
            happened("stopped", node);
        } catch (IOException e) {
            happened("stop failed", node);
            node.kill(false);
        }
        forget(node);
    }

    // Invariants.

    private void check() {
        countStored();
        List<SimulatedEventTables.Row> rows = events.rows();
        for (; rowsSeen < rows.size(); rowsSeen++) {
            UUID id = rows.get(rowsSeen).event().eventId();
            require(stored.add(id), "event " + id + " is stored twice");
            Call call = known(id);
            require(call.state != State.REFUSED && call.state != State.GONE,
                    "event " + id + " is stored although its call was told it is not recorded: " + call.state);
            call.node.unstored.remove(id);
        }
        List<String> mismatches = events.mismatches();
        require(mismatches.isEmpty(), "hourly totals are not the sums of the events: " + mismatches);
        for (Node node : nodes) {
            if (node.onDisk().changed()) {
                checkJournal(node);
            }
        }
        for (Map.Entry<Quota, Use> one : uses.entrySet()) {
            Use use = one.getValue();
            require(use.units <= use.limit, one.getKey() + ": " + use.units + " units admitted of " + use.limit);
            // Beyond the limit is only what free use used unasked; it counts afterwards all the same.
            long leased = leases.leased(one.getKey());
            require(leased <= use.limit + use.unasked,
                    one.getKey() + ": " + leased + " units leased of " + use.limit + " and " + use.unasked + " used unasked");
            require(use.free || use.unasked == 0, one.getKey() + ": " + use.unasked + " units of paid use were not asked for");
        }
        require(leases.adds(), "the units of a quota are not the sum of its leases");
        require(budgets.adds(), "the units of a budget are not the sum of its leases");
        spendings.forEach((budget, spending) -> require(cost(spending.answered) <= spending.limit, budget + ": " + spending.answered
                + " units of answered calls cost " + cost(spending.answered) + " of " + spending.limit));
    }

    private void countStored() {
        List<SimulatedEventTables.Row> rows = events.rows();
        for (; rowsCounted < rows.size(); rowsCounted++) {
            Call call = calls.get(rows.get(rowsCounted).event().eventId());
            Quota budget = call == null ? null : call.account;
            if (call != null && budget != null && spendings.containsKey(budget)) {
                spending(budget).stored += call.used;
            }
        }
    }

    private Call known(UUID id) {
        Call call = calls.get(id);
        if (call == null) {
            throw broken("event " + id + " was never appended");
        }
        return call;
    }

    private void checkJournal(Node node) {
        Set<UUID> recorded = node.onDisk().recorded();
        for (UsageEvent event : node.onDisk().newlyRecorded()) {
            UUID id = event.eventId();
            State state = known(id).state;
            require(state != State.GONE, "event " + id + " came back after its node had started without it");
        }
        for (UUID id : node.unstored) {
            require(recorded.contains(id) || stored.contains(id),
                    "event " + id + " of an answered call is neither in the journal of node " + node + " nor stored");
        }
    }

    // Rest.

    /** Everything heals, every node may start again, everything is shipped and settled: then all must add up exactly. */
    private void rest() throws IOException {
        boolean startAgain = chance(0.5); // what a node mends only by starting again it does not mend
        faulty = false;
        databaseAway = false;
        for (Node node : nodes) {
            settleDown(node);
        }
        for (Node node : nodes) {
            if (node.up() && (startAgain || node.journalGaveUp() || !ship(node))) {
                happened("killed", node);
                node.kill(false);
                forget(node);
            }
            start(node);
            require(node.up(), "node " + node + " does not start on a healthy disk");
        }
        for (Node node : nodes) {
            ship(node);
            node.quotas().sweep();
            node.budgets().sweep();
            askAll(node);
        }
        pass(Duration.ofSeconds(3)); // longer than idle leases and their reserves are kept
        for (Node node : nodes) {
            node.quotas().sweep();
            node.budgets().sweep();
        }
        check();
        for (Node node : nodes) {
            require(node.unstored.isEmpty(), "node " + node + " has shipped all but " + node.unstored);
            require(node.journal().stats().unshippedEvents() == 0, "node " + node + " holds events not shipped");
        }
        uses.forEach((quota, use) -> require(leases.leased(quota) == use.units + use.unasked, quota + ": " + leases.leased(quota)
                + " units are leased at rest, " + use.units + " taken and used, " + use.unasked + " used unasked"));
        exhaust();
        spend();
        for (Node node : nodes) {
            settleDown(node);
        }
        check();
        happened(startAgain ? "rest" : "rest without a start");
    }

    /** Whoever works goes on until nothing is left to do. */
    private void settleDown(Node node) {
        if (!node.serves()) {
            return;
        }
        askAll(node);
        while (!node.running.isEmpty()) {
            answer(node, node.running.removeLast());
        }
        askAll(node); // for what answers cost beyond their first unit
        pass(Duration.ofMillis(300)); // whoever waits longer is told that it cannot be asked
        node.write();
    }

    private void askAll(Node node) {
        while (node.quotas().ask(random) || node.budgets().ask(random)) {
            // one question may lead to the next
        }
    }

    /** Demands every quota to its end, everywhere: then exactly the quota was admitted. */
    private void exhaust() {
        for (Map.Entry<Quota, Use> one : uses.entrySet()) {
            Use use = one.getValue();
            if (use.limit > 1_000) {
                continue;
            }
            Quota quota = one.getKey();
            long before = use.units + use.unasked;
            for (Node node : nodes) {
                for (boolean granted = true; granted; ) {
                    now = now.plusMillis(25); // longer than "exhausted" is believed
                    long taken = use.units;
                    demandOne(node, quota, use);
                    granted = use.units > taken;
                }
            }
            require(use.units + use.unasked == Math.max(use.limit, before), quota + ": " + use.units + " units admitted and "
                    + use.unasked + " used unasked at the end of " + use.limit);
            happened("quota used to its end");
        }
    }

    /** Spends every budget to its end: then not even one more unit fits at its dearest, so nothing was withheld. */
    private void spend() {
        for (Map.Entry<Quota, Spending> one : spendings.entrySet()) {
            Spending spending = one.getValue();
            if (spending.limit > 1_500) {
                continue;
            }
            Quota budget = one.getKey();
            for (boolean bought = true; bought; ) {
                long before = spending.answered;
                for (Node node : nodes) {
                    settleDown(node);
                    ship(node);
                    node.budgets().noteRecorded();
                }
                for (Node node : nodes) {
                    node.budgets().noteRecorded(); // and once more, as what was noted before is passed now
                }
                reckon();
                pass(Duration.ofSeconds(3));
                for (Node node : nodes) {
                    node.budgets().sweep();
                }
                buyAll(budget, spending);
                for (Node node : nodes) {
                    node.budgets().noteRecorded();
                }
                reckon(); // what is recorded by now is not stored, so nothing more is to be had for it
                buyAll(budget, spending);
                check();
                bought = spending.answered > before;
            }
            require(cost(spending.answered) + DEAREST > spending.limit, budget + ": " + cost(spending.answered) + " spent at the end of "
                    + spending.limit + ", and no more to be had");
            happened("budget spent to its end");
        }
    }

    private void buyAll(Quota budget, Spending spending) {
        for (Node node : nodes) {
            for (long spent = -1; spent < spending.answered; ) {
                spent = spending.answered;
                now = now.plusMillis(25); // longer than "exhausted" is believed
                buyOne(node, budget);
            }
        }
    }

    private void buyOne(Node node, Quota budget) {
        SimulatedProcess process = node.process();
        Instant occurredAt = budget.period().atDay(15).atStartOfDay().toInstant(ZoneOffset.UTC);
        pay(node, process, budget, DEAREST, paid -> {
            if (paid) {
                // Of no quota, as a sandbox call's units are.
                Call call = admitted(new Call(nextId(), node, budget, true, occurredAt, 0, budget, DEAREST));
                call.used = 1;
                append(node, call, true);
            }
        });
        askAll(node);
        node.write();
    }

    private void demandOne(Node node, Quota quota, Use use) {
        var _ = node.quotas().take(quota.subscriptionId(), quota.period(), use.limit, 1).thenAccept(decision -> {
            if (decision instanceof QuotaDecision.Taken) {
                use.units++;
                Call call = new Call(nextId(), node, quota, false, quota.period().atDay(15).atStartOfDay()
                        .toInstant(ZoneOffset.UTC), 1);
                node.running.add(admitted(call));
            }
        });
        askAll(node);
    }

    private final class SimulatedClock extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("moments only");
        }
    }
}

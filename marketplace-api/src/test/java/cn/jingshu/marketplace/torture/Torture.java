package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.runtime.LoadKeys;
import cn.jingshu.metering.limit.RateLimit;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Rounds of real crashes. Each loads two nodes with a PostgreSQL and a Redis, lets one {@link Fault} happen at a random
 * moment, starts again what it ended, and holds what is stored against what the callers know: every answered call is
 * stored once, no call is billed twice, no quota and no hard budget is exceeded, and the hourly totals are the sums of the events.
 */
final class Torture implements AutoCloseable {
    private static final int CONSUMERS = 10;
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);

    /** Longer than the longest answer and the margin after which a run of a living node counts as abandoned. */
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(90);

    private final PrintStream out;
    private final List<Lot> lots;
    private final City city;
    private final Store store;
    private final SplittableRandom random;

    private final Queue<Load.Keyed> open = new ConcurrentLinkedQueue<>();
    private final Map<Account, Integer> eventsOf = new HashMap<>();
    private final Verdict verdict = new Verdict();
    private @Nullable Account quotaOfLastRound;
    private @Nullable Account budgetOfLastRound;
    private @Nullable Account wideOfLastRound;

    /** What is used in one round; quota and budget in the next one, too, so that leases outlive a fault. */
    private record Lot(LoadKeys.Sale wide, LoadKeys.Sale quota, LoadKeys.Sale budget, LoadKeys.Sale limited) {}

    private Torture(PrintStream out, List<Lot> lots, City city, SplittableRandom random) {
        this.out = out;
        this.lots = lots;
        this.city = city;
        this.store = new Store(city.postgres);
        this.random = random;
    }

    /** Builds the city that {@code plan} asks for. */
    static Torture open(City.Plan plan, PrintStream out) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(plan.seed());
        SecureRandom secrets = new SecureRandom();
        List<LoadKeys.Sale> sales = new ArrayList<>();
        List<Lot> lots = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            String one = "torture-" + round % CONSUMERS;
            String withBudget = "torture-budget-" + round;
            LoadKeys.Sale wide = sale(secrets, one, "wide " + round, LoadKeys.ENDLESS, LoadKeys.ENDLESS, LoadKeys.WIDE);
            LoadKeys.Sale quota =
                    sale(secrets, one, "quota " + round, random.nextInt(20, 400), LoadKeys.ENDLESS, LoadKeys.WIDE);
            LoadKeys.Sale budget =
                    sale(secrets, withBudget, "budget " + round, LoadKeys.ENDLESS, random.nextInt(1, 20), LoadKeys.WIDE);
            LoadKeys.Sale limited = sale(secrets, one, "limited " + round, LoadKeys.ENDLESS, LoadKeys.ENDLESS,
                    new RateLimit(random.nextInt(20, 60), Duration.ofMinutes(1)));
            sales.addAll(List.of(wide, quota, budget, limited));
            lots.add(new Lot(wide, quota, budget, limited));
        }
        return new Torture(out, lots, City.open(plan, sales), random);
    }

    private static LoadKeys.Sale sale(
            SecureRandom secrets, String consumer, String plan, long quota, long budgetFen, RateLimit rate) {
        return new LoadKeys.Sale(
                UUID.randomUUID(), ApiKey.next(false, secrets), consumer, "torture " + plan, quota, budgetFen, rate);
    }

    /** One round; what strikes is drawn when nothing is given. */
    void round(@Nullable Strike given) throws IOException, InterruptedException, SQLException {
        long begun = System.nanoTime();
        Strike strike = given == null ? Fault.any(random) : given;
        Lot lot = lots.get(verdict.rounds());
        verdict.addRound();
        Account wide = new Account(lot.wide());
        Account quota = new Account(lot.quota());
        Account budget = new Account(lot.budget());
        List<Account> narrow = new ArrayList<>(List.of(quota, budget, new Account(lot.limited())));
        if (quotaOfLastRound != null) {
            narrow.add(quotaOfLastRound);
        }
        if (budgetOfLastRound != null) {
            narrow.add(budgetOfLastRound);
        }
        quotaOfLastRound = quota;
        budgetOfLastRound = budget;
        wideOfLastRound = wide;
        Set<Account> accounts = new LinkedHashSet<>(narrow);
        accounts.add(wide);
        open.forEach(keyed -> accounts.add(keyed.account()));

        Load load = Load.start(city, wide, narrow, open, random.split());
        try {
            Fault.pause(random, 150, 700);
            strike.strike(city, random);
            Fault.pause(random, 100, 400);
        } finally {
            load.stop();
        }
        settle(wide);
        Findings found = check(accounts, strike.extraBursts());
        out.printf("%5d  %-38s %5d answered %5d refused %3d unknown %3d open  %s  %.1f s%n", verdict.rounds(), strike,
                sum(accounts, Account::answered), sum(accounts, Account::refused), sum(accounts, Account::unknown), open.size(),
                found, (System.nanoTime() - begun) / 1e9);
        found.sentences().forEach(sentence -> out.printf("       %s%n", sentence));
        out.flush();
        Set<Account> needed = new HashSet<>(List.of(wide, quota, budget));
        open.forEach(keyed -> needed.add(keyed.account()));
        eventsOf.keySet().retainAll(needed);
    }

    private static long sum(Set<Account> accounts, ToLongFunction<Account> part) {
        return accounts.stream().mapToLong(part).sum();
    }

    /** Waits until everything answered so far is shipped: a last call on each node is, and a journal is shipped in its order. */
    private void settle(Account account) throws IOException, InterruptedException, SQLException {
        for (TorturedNode node : city.nodes) {
            long deadline = System.nanoTime() + SETTLED_WITHIN.toNanos();
            String requestId = lastCall(node, account, deadline);
            while (!store.isStored(account.subscriptionId(), requestId)) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(node + " has not shipped what it answered within " + SETTLED_WITHIN);
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    private static String lastCall(TorturedNode node, Account account, long deadline)
            throws IOException, InterruptedException {
        try (Load.Line line = new Load.Line(node)) {
            while (System.nanoTime() < deadline) {
                if (line.isOpen()) {
                    Call call = account.open(new Call(null));
                    line.send(account, call);
                    if (call.isAnswered()) {
                        return call.requestIds().getLast();
                    }
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        throw new IOException(node + " does not answer within " + SETTLED_WITHIN);
    }

    private Findings check(Set<Account> accounts, int extraBursts) throws SQLException {
        Findings found = new Findings();
        Store.Picture picture = store.pictureOf(List.copyOf(accounts));
        for (Account account : accounts) {
            List<Account.Stored> stored = picture.eventsOf(account);
            found.add(account.check(stored, picture.totalsOf(account), extraBursts));
            Integer before = eventsOf.put(account, stored.size());
            verdict.addEvents(stored.size() - (before == null ? 0 : before));
        }
        verdict.add(found);
        return found;
    }

    /** After the last round: what is still open is answered, and everything stored is held against all rounds together. */
    void finish() throws IOException, InterruptedException, SQLException {
        Set<Account> accounts = new LinkedHashSet<>();
        open.forEach(keyed -> accounts.add(keyed.account()));
        long deadline = System.nanoTime() + ANSWERED_WITHIN.toNanos();
        while (!open.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(open.size() + " calls with an idempotency key are not answered within " + ANSWERED_WITHIN);
            }
            Load load = Load.resolve(city, open, random.split());
            try {
                TimeUnit.MILLISECONDS.sleep(500);
            } finally {
                load.stop();
            }
        }
        Account wide = wideOfLastRound;
        if (wide != null) {
            accounts.add(wide);
            settle(wide);
            Findings found = check(accounts, 0);
            found.sentences().forEach(sentence -> out.printf("       %s%n", sentence));
        }
        Findings everything = store.checkEverything(verdict.events());
        everything.sentences().forEach(sentence -> out.printf("       %s%n", sentence));
        verdict.add(everything);
    }

    /** What all rounds so far came to. */
    Verdict verdict() {
        return verdict;
    }

    City city() {
        return city;
    }

    @Override
    public void close() {
        city.close();
    }
}

package cn.jingshu.metering.benchmark;

import cn.jingshu.metering.Events;
import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.ShipperSettings;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.metering.usage.LiveUsage;
import cn.jingshu.metering.usage.Usage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * How long after a call is recorded its usage is seen while a node records many, and how long until it is shipped: ten calls a second
 * of one subscription are followed through a rush of all the others. Prints what it measured, and asserts nothing.
 *
 * <p>Arguments, all optional: events a second (30000), subscriptions (10000), seconds (20).
 */
public final class VisibleAfter {
    private static final int EACH = 250;
    private static final UUID FOLLOWED = new UUID(9, 9);
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");

    private VisibleAfter() {}

    public static void main(String[] arguments) throws Exception {
        int perSecond = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30_000;
        int subscriptions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
        Path folder = Files.createTempDirectory("jingshu-visible-after-");
        try (Postgres postgres = new Postgres(folder.resolve("postgres"))) {
            DataSource source = postgres.dataSource();
            MeteringSchema.migrate(source);
            try (UsageJournal journal = UsageJournal.open(folder.resolve("journal"), JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
                    Shipper shipper = Shipper.of(journal, source, ShipperSettings.USUAL, Clock.systemUTC())) {
                shipper.start(Duration.ofMillis(200));
                rush(journal, perSecond, subscriptions, 3, true); // until code is compiled and shipping has been measured
                measure(journal, source, perSecond, subscriptions, seconds);
            }
        }
        System.out.println("data left in " + folder);
    }

    private static UsageEvent event(UsageJournal journal, UUID subscription) {
        return Events.event(journal.nodeId(), subscription, Instant.now(), Outcome.ANSWERED, 1, false);
    }

    /** Appends so many events a second, as far as the machine can. @return how many */
    private static long rush(UsageJournal journal, int perSecond, int subscriptions, int seconds, boolean warm) throws InterruptedException {
        long began = System.nanoTime();
        long appended = 0;
        while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(seconds)) {
            CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
            for (int i = 0; i < EACH; i++) {
                last = journal.append(event(journal, new UUID(1, (appended + i) % subscriptions))).toCompletableFuture();
            }
            last.join();
            appended += EACH;
            long ahead = appended * 1_000_000_000L / perSecond - (System.nanoTime() - began);
            if (ahead > 0) {
                TimeUnit.NANOSECONDS.sleep(ahead);
            }
        }
        if (!warm) {
            System.out.printf("%d events a second over %d subscriptions for %d s%n", appended / seconds, subscriptions, seconds);
        }
        return appended;
    }

    private static void measure(UsageJournal journal, DataSource source, int perSecond, int subscriptions, int seconds) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ConcurrentLinkedQueue<Long> recorded = new ConcurrentLinkedQueue<>();
        AtomicLong count = new AtomicLong();
        LiveUsage live = new LiveUsage(source);
        Usage usage = new Usage(source);
        CompletableFuture<Void> calling = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                journal.append(event(journal, FOLLOWED)).toCompletableFuture().join();
                recorded.add(System.nanoTime());
                count.incrementAndGet();
                sleep(100);
            }
        });
        CompletableFuture<List<Long>> seen = CompletableFuture.supplyAsync(() -> follow(recorded, count, done, today ->
                live.listDays(FOLLOWED, today, today.plusDays(1)).totals().stream().mapToLong(each -> each.total().calls()).sum()));
        CompletableFuture<List<Long>> shipped = CompletableFuture.supplyAsync(() -> follow(recorded, count, done, today ->
                usage.listDays(FOLLOWED, today, today.plusDays(1)).stream().mapToLong(each -> each.calls()).sum()));
        rush(journal, perSecond, subscriptions, seconds, false);
        done.set(true);
        calling.join();
        print("seen", seen.join());
        print("shipped", shipped.join());
    }

    private interface Asked {
        long calls(LocalDate today) throws Exception;
    }

    /** Asks every 10 ms how many are there; the time of each from its being recorded. */
    private static List<Long> follow(Iterable<Long> recorded, AtomicLong count, AtomicBoolean done, Asked asked) {
        List<Long> after = new ArrayList<>();
        try {
            while (!done.get() || after.size() < count.get()) {
                long calls = asked.calls(LocalDate.now(SHANGHAI));
                long now = System.nanoTime();
                int place = 0;
                for (long at : recorded) {
                    if (place >= after.size() && place < calls) {
                        after.add(Math.max(0, now - at));
                    }
                    place++;
                }
                sleep(10);
            }
        } catch (Exception failed) {
            throw new IllegalStateException("usage cannot be asked for", failed);
        }
        return after;
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void print(String what, List<Long> nanos) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        System.out.printf("%s after: median %d ms, 99 %% %d ms, at the most %d ms (%d calls)%n", what,
                sorted.get(sorted.size() / 2) / 1_000_000, sorted.get(sorted.size() * 99 / 100) / 1_000_000,
                sorted.getLast() / 1_000_000, sorted.size());
    }
}

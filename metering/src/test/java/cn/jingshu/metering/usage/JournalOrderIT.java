package cn.jingshu.metering.usage;

import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.ShipperSettings;
import cn.jingshu.metering.journal.UsageJournal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reads each journal up to its position misses nothing, however many store at the same time. */
final class JournalOrderIT {
    private static final int EVENTS = 3_000;

    @TempDir
    private static Path root;

    private static Callable<List<UUID>> storing(UsageJournal journal, Shipper shipper) {
        return () -> {
            List<UUID> made = new ArrayList<>();
            Instant at = Instant.parse("2026-11-20T02:30:00Z");
            for (int i = 0; i < EVENTS; i++) {
                UsageEvent event =
                        event(journal.nodeId(), new UUID(1, 1), at.plus(Duration.ofMillis(i)), Outcome.ANSWERED, 1, false);
                journal.append(event).toCompletableFuture().join();
                made.add(event.eventId());
                if (i % 7 == 0) {
                    shipper.shipAvailable();
                }
            }
            shipper.shipAvailable();
            return made;
        };
    }

    /** Reads on from where it stopped until all is stored and read; a gap that is filled later is never seen. */
    private static Map<String, List<UUID>> followed(Usage usage, List<? extends Future<?>> stores) throws SQLException {
        Map<String, List<UUID>> seen = new HashMap<>();
        Map<String, Long> next = new HashMap<>();
        boolean all = false;
        while (!all) {
            all = stores.stream().allMatch(Future::isDone); // before the positions are read; a store that failed is told by its own future
            for (NodePosition position : usage.listPositions()) {
                long from = next.getOrDefault(position.nodeId(), 1L);
                long until = Math.min(from + 50, position.nextSequence());
                for (StoredEvent stored : usage.listInOrder(position.nodeId(), from, until)) {
                    seen.computeIfAbsent(position.nodeId(), _ -> new ArrayList<>()).add(stored.event().eventId());
                }
                next.put(position.nodeId(), until);
                all &= until == position.nextSequence();
            }
        }
        return seen;
    }

    @Test
    void nothingIsCommittedBehindAPositionThatWasSeen() throws Exception {
        Clock clock = Clock.systemUTC();
        JournalSettings settings = JournalSettings.of(Durability.PROCESS);
        try (Postgres postgres = new Postgres(root.resolve("postgres"));
                UsageJournal first = UsageJournal.open(root.resolve("first"), settings, clock);
                UsageJournal second = UsageJournal.open(root.resolve("second"), settings, clock);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            DataSource dataSource = postgres.dataSource();
            MeteringSchema.migrate(dataSource);
            Future<List<UUID>> ofFirst = threads.submit(storing(first, shipper(first, dataSource)));
            Future<List<UUID>> ofSecond = threads.submit(storing(second, shipper(second, dataSource)));
            Future<?> rival = threads.submit(rivalOf(first, dataSource, ofFirst)); // two ship the first journal
            Map<String, List<UUID>> seen = followed(new Usage(dataSource), List.of(ofFirst, ofSecond));
            assertThat(seen.get(first.nodeId())).isEqualTo(ofFirst.get());
            assertThat(seen.get(second.nodeId())).isEqualTo(ofSecond.get());
            rival.get();
        }
    }

    private static Shipper shipper(UsageJournal journal, DataSource dataSource) {
        return Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC());
    }

    private static Callable<Boolean> rivalOf(UsageJournal journal, DataSource dataSource, Future<?> until) {
        return () -> {
            Shipper rival = shipper(journal, dataSource);
            while (!until.isDone()) {
                rival.shipAvailable();
            }
            return true;
        };
    }
}

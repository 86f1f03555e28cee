package cn.jingshu.metering.journal;

import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that appends is killed with SIGKILL again and again: every event it was told is durable is still there. */
final class JournalKillTest {
    private static final int ROUNDS = 3;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void everyAcknowledgedEventSurvivesSigkill(Durability durability) throws Exception {
        Path journalDirectory = directory.resolve(durability.name());
        Set<UUID> acknowledged = new HashSet<>();
        for (int round = 1; round <= ROUNDS; round++) {
            int enough = acknowledged.size() + 2_000 * round;
            Process writer = new ProcessBuilder(List.of(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Writer.class.getName(),
                            journalDirectory.toString(),
                            durability.name()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
                boolean killed = false;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.length() == 36) { // the last line may be torn; then it was not acknowledged to anyone
                        acknowledged.add(UUID.fromString(line));
                    }
                    if (!killed && acknowledged.size() >= enough) {
                        writer.toHandle().destroyForcibly(); // Process.destroyForcibly would close the pipe we read
                        killed = true;
                    }
                }
                assertThat(killed).as("round %d: the writer ran until it was killed", round).isTrue();
            }
            assertThat(writer.waitFor()).isEqualTo(128 + 9);
            try (UsageJournal journal = UsageJournal.open(
                    journalDirectory, JournalSettings.of(durability), Clock.systemUTC())) {
                List<UsageEvent> kept = UsageJournalTest.read(journalDirectory);
                Set<UUID> ids = kept.stream().map(UsageEvent::eventId).collect(Collectors.toSet());
                assertThat(ids).as("round %d: none doubled", round).hasSameSizeAs(kept);
                Set<UUID> lost = new HashSet<>(acknowledged);
                lost.removeAll(ids);
                assertThat(lost).as("round %d: none lost", round).isEmpty();
                assertThat(journal.openReport().nextSequence()).isEqualTo(kept.size() + 1);
            }
        }
    }

    /** Appends from several threads for ever and prints the id of each event once it is durable. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws IOException {
            UsageJournal journal = UsageJournal.open(
                    Path.of(args[0]),
                    new JournalSettings(Durability.valueOf(args[1]), 1 << 18, 1 << 20),
                    Clock.systemUTC());
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            for (int i = 0; i < 8; i++) {
                Thread.ofPlatform().start(() -> {
                    while (true) {
                        UsageEvent event = event(journal.nodeId());
                        journal.append(event).toCompletableFuture().join();
                        out.println(event.eventId());
                    }
                });
            }
        }
    }
}

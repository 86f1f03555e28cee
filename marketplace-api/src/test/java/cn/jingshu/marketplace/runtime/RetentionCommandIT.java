package cn.jingshu.marketplace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.scenario.Until;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.UsageJournal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command beside a running node, with a month of calls that is long over. */
class RetentionCommandIT {
    private static final YearMonth OLD = YearMonth.of(2021, 3);

    @TempDir
    private static Path folder;

    private static RunningNode node;

    /** Kept for another month. */
    private static YearMonth young;

    @BeforeAll
    static void open() throws Exception {
        young = BillingPeriod.of(Instant.now()).month().minusMonths(35);
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of());
        record(OLD, 3);
        record(young, 2);
    }

    @AfterAll
    static void close() {
        node.close();
    }

    /** Calls of that month, recorded as any call is. */
    private static void record(YearMonth month, int calls) throws Exception {
        Instant moment = month.atDay(15).atStartOfDay(BillingPeriod.ZONE).toInstant();
        UsageJournal journal = node.get(UsageJournal.class);
        EventIds ids = new EventIds(Clock.fixed(moment, BillingPeriod.ZONE));
        for (int i = 0; i < calls; i++) {
            journal.append(new UsageEvent(ids.next(), moment, journal.nodeId(), new UUID(1, 1), new UUID(1, 2), "echo", "Echo",
                    "INDUSTRY", Outcome.ANSWERED, "CALL", 1, 200, 1, 1, "test", false, "REST")).toCompletableFuture().join();
        }
        Until.holds(Duration.ofSeconds(10), () -> stored(month), stored -> stored == calls);
    }

    private static long stored(YearMonth month) {
        BillingPeriod period = BillingPeriod.of(month.atDay(15).atStartOfDay(BillingPeriod.ZONE).toInstant());
        return node.get(Database.class).inTransaction(t -> t.find(
                        "SELECT count(*) AS n FROM metering.usage_event WHERE occurred_at >= ? AND occurred_at < ?",
                        row -> row.number("n"), period.start(), period.end()))
                .orElseThrow();
    }

    /** What a run of the command said. */
    private record Said(int status, String out, String err) {}

    private static Said retention(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Jingshu.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        String[] arguments = new String[options.length + 3];
        arguments[0] = "retention";
        arguments[1] = "--data";
        arguments[2] = node.data().toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return new Said(commandLine.execute(arguments), out.toString(), err.toString());
    }

    @Test
    void onlyWhatIsOldEnoughGoesAndOnlyWhenTold() {
        Said asked = retention();
        assertThat(asked.status()).as(asked.err()).isZero();
        assertThat(asked.out()).contains("2021-03", "may go since 2024-04-01", "1 of ", "nothing was changed")
                .containsPattern(young + ".*kept until " + young.plusMonths(37).atDay(1));
        assertThat(stored(OLD)).isEqualTo(3);

        assertThat(retention("--keep-months", "35", "--drop"))
                .satisfies(said -> assertThat(said.status()).isEqualTo(1))
                .satisfies(said -> assertThat(said.err()).contains("--keep-months 35 is not allowed", "留存操作记录不少于3年"));
        assertThat(retention("--keep-months", "1200", "--drop").out()).contains("0 months dropped");
        assertThat(stored(OLD)).isEqualTo(3);

        Said dropped = retention("--drop");
        assertThat(dropped.status()).as(dropped.err()).isZero();
        assertThat(dropped.out()).contains("dropped 2021-03: 3 usage records", "1 months dropped, 3 usage records");
        assertThat(stored(OLD)).isZero();
        assertThat(stored(young)).isEqualTo(2);
        assertThat(retention("--drop").out()).contains("0 months dropped").doesNotContain("2021-03");
    }
}

package cn.jingshu.marketplace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.scenario.Until;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.metering.quota.Quotas;
import cn.jingshu.metering.quota.QuotaSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command beside a running node, for another that never comes back. */
class WriteOffCommandIT {
    /** As usual, but what is idle stays leased: a lost node gives nothing back by itself, however slow the test is. */
    private static final QuotaSettings KEEPING = new QuotaSettings(
            QuotaSettings.USUAL.blockUnits(),
            QuotaSettings.USUAL.shrink(),
            QuotaSettings.USUAL.answerWithin(),
            QuotaSettings.USUAL.recheckAfter(),
            QuotaSettings.USUAL.retryAfter(),
            Duration.ofHours(1),
            QuotaSettings.USUAL.reserveUnits(),
            Duration.ofHours(1));

    @TempDir
    private static Path folder;

    private static RunningNode node;

    @BeforeAll
    static void open() {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of());
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static Commands.Ran writeOff(String... arguments) {
        List<String> all = new ArrayList<>(List.of("write-off", "--data", node.data().toString()));
        all.addAll(List.of(arguments));
        return Commands.run(all.toArray(String[]::new));
    }

    private static long leased(UUID subscription) {
        return node.get(Database.class).inTransaction(t -> t.find("""
                SELECT leased_units FROM metering.quota_period WHERE subscription_id = ?
                """, row -> row.number("leased_units"), subscription)).orElse(0L);
    }

    @Test
    void aLostNodeGivesBackWhatItHadLeasedAndOneThatSpeaksDoesNot() throws Exception {
        UUID subscription = UUID.randomUUID();
        DataSource plain = NodeBeans.plain(node.get(DataSource.class));
        Quotas lost = Quotas.open(plain, "lost-node", 1, UUID.randomUUID(), KEEPING); // never closed
        lost.take(subscription, YearMonth.of(2026, 11), 8_000, 1).toCompletableFuture().join();
        assertThat(leased(subscription)).isEqualTo(1_000);
        assertThat(writeOff("lost-node").status()).as("no reason").isEqualTo(1);
        assertThat(writeOff("never-heard-of", "--reason", "test").status()).isEqualTo(1);
        String alive = node.get(UsageJournal.class).nodeId();
        Until.holds(Duration.ofSeconds(10), () -> node.get(Database.class).inTransaction(t -> t.list(
                "SELECT node_id FROM metering.usage_live_node", row -> row.text("node_id"))), heard -> heard.contains(alive));
        assertThat(writeOff(alive, "--reason", "test")).satisfies(ran -> assertThat(ran.status()).isEqualTo(1));
        assertThat(leased(subscription)).isEqualTo(1_000);

        Commands.Ran done = writeOff("lost-node", "--reason", "its disk broke");
        assertThat(done.status()).as(done.out()).isZero();
        assertThat(done.out()).contains("1,000 units of quotas are free again");
        assertThat(leased(subscription)).isZero();
        assertThat(writeOff().out()).contains("given up    lost-node", "its disk broke", "0 events turned up since");
        List<String> logged = node.get(Database.class).inTransaction(t -> t.list(
                "SELECT subject_id FROM market.audit_log WHERE action = 'node.write-off'", row -> row.text("subject_id")));
        assertThat(logged).containsExactly("lost-node");
    }
}

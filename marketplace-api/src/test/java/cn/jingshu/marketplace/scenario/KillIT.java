package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.runtime.ServerProcess;
import cn.jingshu.marketplace.runtime.ServerProcess.Ended;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.event.BillingPeriod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed and stopped under load, and everything that can be in the way of its start. */
class KillIT {
    private static final String STORED = "SELECT request_id, count(*) AS events FROM metering.usage_event GROUP BY request_id";

    @TempDir
    private static Path folder;

    private static Map<String, Long> stored(ServerProcess.OpenBeans beans) {
        Map<String, Long> stored = new HashMap<>();
        beans.get(Database.class)
                .inTransaction(t -> t.list(STORED, row -> Map.entry(row.text("request_id"), row.number("events"))))
                .forEach(entry -> stored.put(entry.getKey(), entry.getValue()));
        return stored;
    }

    @Test
    void whatWasAnsweredIsStoredOnceWhateverBecameOfTheServer() throws Exception {
        Path data = folder.resolve("killed");
        Set<String> answered = new HashSet<>();
        List<String> keys;
        int unanswered;
        String ready;
        try (ServerProcess server = ServerProcess.start(data)) {
            ready = server.readyKey();
            try (ServerProcess.OpenBeans beans = ServerProcess.beansOf(data)) {
                Market market = new Market(beans);
                keys = List.of(market.key(market.subscriptionOf("app-studio", "echo-paid")),
                        market.key(market.subscriptionOf("bank", "echo-paid")),
                        market.key(market.subscriptionOf("institute", "echo-public")));
            }
            awaitKeys(server, keys, answered);
            Load load = new Load(server.httpPort(), server.grpcPort()).start(keys);
            Until.holds(Duration.ofSeconds(60), () -> load.answered().size(), count -> count >= 5_000);
            server.kill();
            load.join();
            answered.addAll(load.answered());
            unanswered = load.callers();
            assertThat(load.refused()).isEmpty();
        }
        try (ServerProcess server = ServerProcess.start(data)) {
            assertThat(server.output()).contains("left behind by a killed node");
            assertThat(server.readyKey()).isEqualTo(ready);
            Load load = new Load(server.httpPort(), server.grpcPort()).start(keys);
            Until.holds(Duration.ofSeconds(60), () -> load.answered().size(), count -> count >= 5_000);
            Ended beside = ServerProcess.run(Map.of(), "reconcile", "--data", data.toString());
            assertThat(beside.status()).as(beside.output()).isZero();
            assertThat(server.terminate()).isEqualTo(143);
            load.join();
            answered.addAll(load.answered());
            assertThat(load.refused()).allMatch(refusal -> refusal.startsWith("503"));
        }
        assertThat(answered.size()).isGreaterThanOrEqualTo(10_000);
        try (ServerProcess.OpenBeans beans = ServerProcess.beansOf(data)) {
            Map<String, Long> stored = stored(beans);
            assertThat(stored.keySet()).containsAll(answered);
            assertThat(stored.values()).containsOnly(1L);
            // In flight at the kill: recorded and not answered. The stop in peace left none.
            assertThat(stored.size() - answered.size()).isBetween(0, unanswered);
            assertThat(beans.get(Reconciliation.class).run(month())).allMatch(Reconciliation.Check::agrees);
        }
        closeExportAndReconcile(data);
    }

    private static void awaitKeys(ServerProcess server, List<String> keys, Set<String> answered) throws Exception {
        try (RestCaller rest = new RestCaller(server.httpPort())) {
            for (String key : keys) {
                RestCaller.Reply reply =
                        Until.holds(Duration.ofSeconds(5), () -> rest.get("/v1/echo", key), answer -> answer.status() == 200);
                answered.add(reply.requestId());
            }
        }
    }

    private static YearMonth month() {
        return BillingPeriod.of(Instant.now()).month();
    }

    private static void closeExportAndReconcile(Path data) throws IOException, InterruptedException {
        Ended closed = ServerProcess.run(Map.of(), "close", "--data", data.toString(), "--month", month().toString());
        assertThat(closed.status()).as(closed.output()).isZero();
        assertThat(closed.output()).contains("is closed.", "consumers owe, tax included");
        Path out = folder.resolve("export");
        Ended exported = ServerProcess.run(Map.of(), "export", "--data", data.toString(), "--month", month().toString(), "--out", out.toString());
        assertThat(exported.status()).as(exported.output()).isZero();
        assertThat(out.resolve("books.journal")).isNotEmptyFile();
        assertThat(out.resolve("entries.csv")).isNotEmptyFile();
        Ended reconciled = ServerProcess.run(Map.of(), "reconcile", "--data", data.toString());
        assertThat(reconciled.status()).as(reconciled.output()).isZero();
        assertThat(reconciled.output()).contains("0 failed");
    }

    @Test
    void whatIsInTheWayOfAStartIsSaidInOneSentence() throws Exception {
        Path data = folder.resolve("refused");
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        refused("cannot be written", Map.of(), "run", "--data", file.resolve("below").toString(), "--port", "0", "--grpc-port", "0");
        refused("Unknown setting", Map.of("JINGSHU_COLOUR", "red"), "run", "--data", data.toString(), "--port", "0", "--grpc-port", "0");
        Path config = Files.writeString(folder.resolve("settings.yml"), "jingshu:\n  colour: red\n");
        refused("jingshu.colour", Map.of(), "run", "--data", data.toString(), "--port", "0", "--grpc-port", "0", "--config", config.toString());
        refused("a port from 0 to 65535", Map.of("JINGSHU_PORT", "http"), "run", "--data", data.toString());
        refused("jingshu.limits.answer-timeout", Map.of("JINGSHU_LIMITS_ANSWER_TIMEOUT", "soon"), "run", "--data", data.toString(), "--port", "0", "--grpc-port", "0");
        refused("jingshu.journal.durability", Map.of("JINGSHU_JOURNAL_DURABILITY", "MAYBE"), "run", "--data", data.toString(), "--port", "0", "--grpc-port", "0");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused("is taken", Map.of(), "run", "--data", data.toString(), "--port", Integer.toString(taken.getLocalPort()));
            refused("is taken", Map.of(), "run", "--data", data.toString(), "--port", "0", "--grpc-port", Integer.toString(taken.getLocalPort()));
        }
        Map<String, String> away = Map.of("JINGSHU_DATASOURCE_URL", "jdbc:postgresql://127.0.0.1:1/nowhere",
                "JINGSHU_DATASOURCE_USERNAME", "nobody", "JINGSHU_DATASOURCE_PASSWORD", "not-to-be-shown",
                "JINGSHU_SECRETS_PEPPER", UUID.randomUUID().toString().replace("-", "").repeat(2));
        refused("PostgreSQL at jdbc:postgresql://127.0.0.1:1/nowhere", away, "run", "--data", folder.resolve("external").toString(), "--port", "0", "--grpc-port", "0");
    }

    @Test
    void aSecondServerOfTheSameFolderIsRefusedAndSoIsAWrongPassword() throws Exception {
        Path data = folder.resolve("twice");
        try (ServerProcess server = ServerProcess.start(data)) {
            refused("is in use by process", Map.of(), "run", "--data", data.toString(), "--port", "0", "--grpc-port", "0");
            refused("password", Map.of("JINGSHU_DATASOURCE_URL", ServerProcess.databaseUrl(data), "JINGSHU_DATASOURCE_USERNAME", "jingshu",
                        "JINGSHU_DATASOURCE_PASSWORD", "not-to-be-shown",
                        "JINGSHU_SECRETS_PEPPER", UUID.randomUUID().toString().replace("-", "").repeat(2)),
                        "run", "--data", folder.resolve("wrong").toString(), "--port", "0", "--grpc-port", "0");
            assertThat(server.terminate()).isEqualTo(143);
        }
    }

    /** Status 1, the sentence, nothing of a stack trace, and no secret. */
    private static void refused(String sentence, Map<String, String> environment, String... arguments) throws Exception {
        Ended ended = ServerProcess.run(environment, arguments);
        assertThat(ended.status()).as(ended.output()).isEqualTo(1);
        assertThat(ended.output()).contains("jingshu: ", sentence).doesNotContain("\tat ", "Exception in thread", "not-to-be-shown");
        assertThat(ended.output().lines().filter(line -> line.startsWith("jingshu: "))).hasSize(1);
    }
}

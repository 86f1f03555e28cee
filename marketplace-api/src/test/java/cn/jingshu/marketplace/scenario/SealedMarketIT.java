package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.log.ConsistencyProof;
import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.LogProof;
import cn.jingshu.ledger.seal.NodeHash;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.SignedNote;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.party.SignIn;
import cn.jingshu.marketplace.runtime.Commands;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.seal.Sealing;
import cn.jingshu.marketplace.visitor.Visitors;
import cn.jingshu.metering.event.BillingPeriod;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The log of a running market, from the first signature to a database that was tampered with, told in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SealedMarketIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ORIGIN = "data.city.example/log";
    private static final Map<String, Object> SETTINGS =
            Map.of("jingshu.log.origin", ORIGIN, "jingshu.log.sm2", "true", "jingshu.log.checkpoint-interval", "2s");

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static String key;
    private static String requestId;
    private static Charge charge;
    private static String publicKey;
    private static Charge free;

    @BeforeAll
    static void closeAMonth() throws Exception {
        node = RunningNode.start(data.resolve("node"), Clock.systemUTC(), SETTINGS);
        market = new Market(node);
        rest = new RestCaller(node.httpPort());
        key = market.key(market.subscriptionOf("app-studio", "transit-standard"));
        RestCaller.Reply called = Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/transit/routes", key), reply -> reply.status() == 200);
        requestId = called.requestId();
        new UsageRecords(node).one(requestId);
        publicKey = market.key(market.subscriptionOf("institute", "echo-public"));
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/echo", publicKey), reply -> reply.status() == 200);
        for (int i = 0; i < 2; i++) { // each alone in its batch, or together: they are three calls of one line
            new UsageRecords(node).one(rest.get("/v1/echo", publicKey).requestId());
        }
        YearMonth month = BillingPeriod.of(Clock.systemUTC().instant()).month();
        var closed = (MonthClose.Outcome.Closed) node.get(MonthClose.class).close(month, _ -> {});
        charge = closed.charges().stream()
                .filter(line -> line.amount().isPositive()
                        && line.key().organisationId().equals(market.person("app-studio").organisationId()))
                .findFirst().orElseThrow();
        free = closed.charges().stream()
                .filter(line -> line.amount().isZero() && line.key().organisationId().equals(market.person("institute").organisationId())
                        && line.quantity() > 0)
                .findFirst().orElseThrow();
        node.get(Sealing.class).seal();
    }

    @AfterAll
    static void stop() {
        rest.close();
        node.close();
    }

    private static JsonNode json(String path) throws Exception {
        RestCaller.Reply reply = rest.get(path, null);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return JSON.readTree(reply.text());
    }

    private static List<SealKey> keysInForce() throws Exception {
        List<SignedNote> notes = new ArrayList<>();
        json("/api/log/keys").path("sets").forEach(set -> notes.add(SignedNote.parse(set.path("note").asText())));
        return KeySet.history(notes).getLast().keys();
    }

    private static List<NodeHash> hashes(JsonNode texts) {
        List<NodeHash> hashes = new ArrayList<>();
        texts.forEach(text -> hashes.add(NodeHash.ofBase64(text.asText())));
        return hashes;
    }

    @Test
    @Order(1)
    void anybodyChecksTheCheckpointsAndThatTheLogOnlyGrew() throws Exception {
        RestCaller.Reply last = rest.get("/api/log/checkpoint", null);
        assertThat(last.header("Content-Type")).startsWith("text/plain");
        SignedNote note = SignedNote.parse(last.text());
        assertThat(keysInForce()).hasSize(2).allMatch(note::isSignedBy);
        assertThat(Checkpoint.parse(note.text()).origin()).isEqualTo(ORIGIN);

        JsonNode listed = json("/api/log/checkpoints?limit=1000").path("checkpoints");
        assertThat(listed.size()).isGreaterThanOrEqualTo(2);
        long newest = listed.get(0).path("number").asLong();
        JsonNode growth = json("/api/log/growth?from=1&to=" + newest);
        Checkpoint from = Checkpoint.parse(SignedNote.parse(growth.path("from").path("note").asText()).text());
        Checkpoint to = Checkpoint.parse(SignedNote.parse(rest.get("/api/log/checkpoints/" + newest, null).text()).text());
        assertThat(new ConsistencyProof(from.size(), to.size(), hashes(growth.path("sha256")), hashes(growth.path("sm3"))).holds(from, to))
                .isTrue();
        assertThat(json("/api/log/checkpoints?limit=1").path("nextCursor").asLong()).isEqualTo(newest);

        assertThat(rest.get("/api/log/checkpoints/999999", null).status()).isEqualTo(404);
        assertThat(rest.get("/api/log/growth?from=2&to=1", null).status()).isEqualTo(400);
        assertThat(rest.get("/api/log/checkpoints?limit=0", null).status()).isEqualTo(400);
    }

    @Test
    @Order(2)
    void aConsumerProvesALineOfItsStatementAndNobodySeesAnothers() throws Exception {
        String path = "/api/log/charges/" + charge.id();
        RestCaller.Reply mine = rest.get(path, key);
        assertThat(mine.status()).as(mine.text()).isEqualTo(200);
        Path proof = data.resolve("proof.json");
        Files.writeString(proof, mine.text());
        List<SealKey> keys = keysInForce();
        assertThat(Commands.run("log", "verify", proof.toString(), "--key", keys.getFirst().toVkey(), "--key", keys.getLast().toVkey())
                .status()).isZero();
        assertThat(Commands.run("log", "verify", proof.toString(), "--key", cn.jingshu.ledger.seal.Sealer.newEd25519(ORIGIN).key().toVkey())
                .status()).isEqualTo(1);
        Files.writeString(proof, mine.text().replace("number 1\\n", "number 2\\n").replace("month ", "month  "));
        assertThat(Commands.run("log", "verify", proof.toString(), "--key", keys.getFirst().toVkey()).status()).isEqualTo(1);

        JsonNode read = JSON.readTree(mine.text());
        assertThat(read.path("leaf").asText()).contains("id " + charge.id() + "\n");
        String file = rest.get(path + "/tlog-proof", key).text();
        assertThat(LogProof.parse(file).proves(read.path("leaf").asText().getBytes(StandardCharsets.UTF_8), ORIGIN, keys.getFirst())).isTrue();

        assertThat(Desk.of(node, rest, "bank").get(path).status()).isEqualTo(404);
        assertThat(rest.get(path, null).status()).isEqualTo(401);
        assertThat(rest.get("/api/log/charges/" + UUID.randomUUID(), key).status()).isEqualTo(404);
        Desk auditor = Desk.hired(node, rest, market.person("bureau"), Role.AUDITOR);
        assertThat(auditor.get(path).status()).isEqualTo(200);
        assertThat(auditor.get("/api/log/entries/" + charge.id()).json().path("leaf")).isEqualTo(read.path("leaf"));
        assertThat(Desk.of(node, rest, "app-studio").get("/api/log/entries/" + charge.id()).status()).isEqualTo(403);
    }

    @Test
    @Order(3)
    void aCallIsProvedByTheBatchItWasShippedIn() throws Exception {
        UUID event = new UsageRecords(node).of(requestId).getFirst().eventId();
        RestCaller.Reply mine = rest.get("/api/log/events/" + event, key);
        assertThat(mine.status()).as(mine.text()).isEqualTo(200);
        assertThat(JSON.readTree(mine.text()).path("leaf").asText()).startsWith("jingshu leaf 2 usage-batch\n");
        assertThat(Desk.of(node, rest, "bank").get("/api/log/events/" + event).status()).isEqualTo(404);
        Desk auditor = Desk.hired(node, rest, market.person("bureau"), Role.AUDITOR);
        String leaf = JSON.readTree(mine.text()).path("leaf").asText();
        String nodeId = leaf.lines().skip(1).findFirst().orElseThrow().substring("node ".length());
        String number = leaf.lines().skip(2).findFirst().orElseThrow().substring("number ".length());
        assertThat(auditor.get("/api/log/batches/" + nodeId + "/" + number).json().path("leaf").asText()).isEqualTo(leaf);
        assertThat(rest.get("/api/log/batches/" + nodeId + "/" + number, key).status()).isEqualTo(403);
    }

    /** Use in the public interest is not booked: what it rests on is in the log all the same. */
    @Test
    @Order(3)
    void aLineOfNothingIsProvedByTheBatchesOfItsUsage() throws Exception {
        String path = "/api/log/charges/" + free.id();
        RestCaller.Reply led = rest.get(path, publicKey);
        assertThat(led.status()).as(led.text()).isEqualTo(303);
        assertThat(led.header("Location")).isEqualTo(path + "/batches");
        assertThat(rest.get(path + "/tlog-proof", publicKey).status()).isEqualTo(404);

        RestCaller.Reply mine = rest.get(path + "/batches", publicKey);
        assertThat(mine.status()).as(mine.text()).isEqualTo(200);
        JsonNode read = JSON.readTree(mine.text());
        assertThat(read.path("quantity").asLong()).isEqualTo(free.quantity()).isEqualTo(3);
        assertThat(read.path("batches").valueStream().mapToLong(batch -> batch.path("quantity").asLong()).sum()).isEqualTo(free.quantity());
        List<String> leaves = new ArrayList<>();
        read.path("batches").forEach(batch -> {
            String leaf = batch.path("proof").path("leaf").asText();
            assertThat(leaf).contains(" usage-batch\n", "node " + batch.path("nodeId").asText() + "\n",
                    "number " + batch.path("number").asText() + "\n");
            leaves.add(leaf);
        });
        List<SealKey> keys = keysInForce();
        Path proofs = data.resolve("batches.json");
        Files.writeString(proofs, mine.text());
        assertThat(Commands.run("log", "verify", proofs.toString(), "--key", keys.getFirst().toVkey()).status()).isZero();
        Files.writeString(proofs, mine.text().replace("usage-batch\\nnode ", "usage-batch\\nnode x"));
        assertThat(Commands.run("log", "verify", proofs.toString(), "--key", keys.getFirst().toVkey()).status()).isEqualTo(1);
        Files.writeString(proofs, "{\"batches\":[]}");
        assertThat(Commands.run("log", "verify", proofs.toString(), "--key", keys.getFirst().toVkey()).status()).isEqualTo(1);

        List<String> paged = new ArrayList<>();
        String cursor = null;
        do {
            JsonNode next = JSON.readTree(rest.get(path + "/batches?limit=1" + (cursor == null ? "" : "&cursor=" + cursor), publicKey).text());
            next.path("batches").forEach(batch -> paged.add(batch.path("proof").path("leaf").asText()));
            cursor = next.path("nextCursor").isTextual() ? next.path("nextCursor").asText() : null;
        } while (cursor != null);
        assertThat(paged).isEqualTo(leaves);
        assertThat(rest.get(path + "/batches?cursor=x", publicKey).status()).isEqualTo(400);

        assertThat(rest.get(path, key).status()).as("another's").isEqualTo(404);
        assertThat(rest.get(path + "/batches", key).status()).isEqualTo(404);
        assertThat(rest.get(path + "/batches", null).status()).isEqualTo(401);
        assertThat(Desk.hired(node, rest, market.person("bureau"), Role.AUDITOR).get(path + "/batches").json().path("batches")).isEqualTo(read.path("batches"));
        JsonNode paid = JSON.readTree(rest.get("/api/log/charges/" + charge.id() + "/batches", key).text());
        assertThat(paid.path("batches").valueStream().mapToLong(batch -> batch.path("quantity").asLong()).sum()).isEqualTo(charge.quantity());
        for (String lang : List.of("zh-CN", "en")) {
            assertThat(page("/log/lines/" + free.id(), lang, "institute")).startsWith("200 ")
                    .contains(path + "/batches", read.path("batches").path(0).path("nodeId").asText());
        }
    }

    private static String page(String path, String lang, String who) throws Exception {
        var signedIn = (SignIn.Outcome.SignedIn) node.get(SignIn.class).signIn(who, "jingshu-demo".toCharArray());
        RestCaller.Reply reply = rest.get(path + "?lang=" + lang, null, "Accept", "text/html", "Cookie",
                Visitors.SESSION_COOKIE + "=" + signedIn.token().value());
        return reply.status() + " " + reply.text();
    }

    @Test
    @Order(4)
    void thePagesShowKeysCheckpointsAndTheSealOfALine() throws Exception {
        for (String lang : List.of("zh-CN", "en")) {
            RestCaller.Reply log = rest.get("/log?lang=" + lang, null, "Accept", "text/html");
            assertThat(log.status()).as(log.text()).isEqualTo(200);
            assertThat(log.text()).contains(ORIGIN, "SM2", "Ed25519", "/api/log/checkpoints/1\"");
            assertThat(page("/log/lines/" + charge.id(), lang, "app-studio")).startsWith("200 ")
                    .contains("/api/log/charges/" + charge.id(), "jingshu leaf 1 entry");
        }
        assertThat(page("/log/lines/" + charge.id(), "en", "bank")).startsWith("404 ");
        assertThat(page("/statements/" + charge.month(), "en", "app-studio")).contains("/log/lines/" + charge.id());
    }

    @Test
    @Order(5)
    void keysAreChangedBesideTheRunningNodeWhichSignsWithTheNewOnes() throws Exception {
        List<SealKey> before = keysInForce();
        String[] settings = {"log", "rotate-keys", "--data", data.resolve("node").toString(), "--config", config().toString()};
        assertThat(Commands.run(settings).status()).isZero();
        assertThat(keysInForce()).hasSize(2).doesNotContainAnyElementsOf(before);
        assertThat(rest.get("/v1/transit/routes", key).status()).isEqualTo(200); // something new to seal
        Until.holds(Duration.ofSeconds(20), () -> SignedNote.parse(rest.get("/api/log/checkpoint", null).text()), note -> {
            try {
                return keysInForce().stream().allMatch(note::isSignedBy);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(json("/api/log/keys").path("sets").size()).isEqualTo(2);
    }

    private static Path config() throws Exception {
        Path file = data.resolve("log.yml");
        StringBuilder text = new StringBuilder();
        SETTINGS.forEach((name, value) -> text.append(name).append(": \"").append(value).append("\"\n"));
        Files.writeString(file, text);
        return file;
    }

    @Test
    @Order(6)
    void theWholeIsCheckedAndWhatWasChangedIsNamed() throws Exception {
        String[] check = {"log", "check", "--data", data.resolve("node").toString(), "--config", config().toString()};
        Commands.Ran good = Commands.run(check);
        assertThat(good.out()).contains("all of it holds");
        assertThat(good.status()).isZero();

        UUID event = new UsageRecords(node).of(requestId).getFirst().eventId();
        tampered("UPDATE metering.usage_event SET quantity = quantity + 1 WHERE event_id = '" + event + "'",
                "UPDATE metering.usage_event SET quantity = quantity - 1 WHERE event_id = '" + event + "'", check, "are not what its digest says");
        tampered("UPDATE ledger.entry SET description = description || 'x' WHERE entry_id = '" + charge.id() + "'",
                "UPDATE ledger.entry SET description = left(description, -1) WHERE entry_id = '" + charge.id() + "'", check,
                "entry " + charge.id() + " is not what its digest says");
    }

    private static void tampered(String change, String undo, String[] check, String said) throws SQLException {
        asOwner(change);
        Commands.Ran ran = Commands.run(check);
        assertThat(ran.out()).contains(said);
        assertThat(ran.status()).isEqualTo(1);
        asOwner(undo);
        assertThat(Commands.run(check).status()).isZero();
    }

    @Test
    @Order(7)
    void aNodeDoesNotStartOnALogThatIsNotWhatWasSigned() throws Exception {
        // A start reckons the root from the topmost nodes; whatever is below them is held against each other by `log check`.
        asOwner("UPDATE ledger.log_node SET sm3 = sha256 WHERE level = (SELECT max(level) FROM ledger.log_node) AND node_index = 0");
        node.close();
        try {
            assertThatThrownBy(() -> RunningNode.start(data.resolve("node"), Clock.systemUTC(), SETTINGS))
                    .hasMessageContaining("is not what was signed").hasMessageContaining("another root");
        } finally {
            assertThat(Files.exists(data.resolve("node").resolve("log-checkpoint"))).isTrue();
        }
    }

    /** As the superuser, past every trigger. */
    private static void asOwner(String sql) throws SQLException {
        RunningNode.Postgres postgres = node.postgres();
        try (Connection owner = DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
                Statement statement = owner.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(sql);
        }
    }
}

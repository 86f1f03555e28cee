package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.usagepush.UsagePush;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Every stored event reaches the sink, under the same id however often, whatever becomes of sink, database and node. */
class UsagePushIT {
    private static final byte[] SECRET = "a secret of the tests only, 32 b".getBytes(StandardCharsets.US_ASCII);
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path folder;

    private static RunningNode start(String name, UsageSink sink) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("jingshu.usage-push.sink", sink.url());
        settings.put("jingshu.usage-push.secret", "whsec_" + Base64.getEncoder().encodeToString(SECRET));
        settings.put("jingshu.usage-push.interval", "50ms");
        settings.put("jingshu.usage-push.answer-timeout", "1s");
        settings.put("jingshu.usage-push.source", "/jingmen/test");
        return RunningNode.start(folder.resolve(name), Clock.systemUTC(), settings);
    }

    /** A node, a key of its library, and the ids of the events of what was called with it. */
    private record House(RunningNode node, RestCaller rest, String key, List<String> events) implements AutoCloseable {
        static House open(String name, UsageSink sink) throws Exception {
            RunningNode node = start(name, sink);
            Market market = new Market(node);
            market.sellLibrary("2", "1.5");
            String key = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
            House house = new House(node, new RestCaller(node.httpPort()), key, new ArrayList<>());
            Until.holds(Duration.ofSeconds(10), house::call, status -> status == 200);
            return house;
        }

        int call() throws Exception {
            RestCaller.Reply reply = rest.get("/v1/library/books/b1", key);
            String event = reply.header("Jingshu-Event-Id");
            if (!event.isEmpty()) {
                events.add(event);
            }
            return reply.status();
        }

        void call(int times) throws Exception {
            for (int i = 0; i < times; i++) {
                assertThat(call()).isEqualTo(200);
            }
        }

        @Override
        public void close() {
            rest.close();
            node.close();
        }
    }

    private static void awaitAll(UsageSink sink, List<String> events) throws Exception {
        Until.holds(SOON, () -> sink.kept().keySet(), kept -> kept.containsAll(events));
    }

    /** Standard Webhooks 1.0.0, computed by another library than the product's. */
    private static String signature(UsageSink.Message message) {
        HMac mac = new HMac(new SHA256Digest());
        mac.init(new KeyParameter(SECRET));
        byte[] signed = (message.id() + "." + message.timestamp() + "." + message.body()).getBytes(StandardCharsets.UTF_8);
        mac.update(signed, 0, signed.length);
        byte[] out = new byte[mac.getMacSize()];
        mac.doFinal(out, 0);
        return "v1," + Base64.getEncoder().encodeToString(out);
    }

    @Test
    void anEventIsACloudEventInASignedMessage() throws Exception {
        try (UsageSink sink = new UsageSink();
                House house = House.open("form", sink)) {
            house.call(3);
            awaitAll(sink, house.events());
            for (UsageSink.Message message : sink.taken()) {
                assertThat(message.contentType()).isEqualTo("application/cloudevents-batch+json");
                assertThat(message.signature()).isEqualTo(signature(message));
                assertThat(Instant.ofEpochSecond(Long.parseLong(message.timestamp())))
                        .isBetween(Instant.now().minusSeconds(300), Instant.now().plusSeconds(5));
            }
            assertThat(sink.taken().stream().map(UsageSink.Message::id)).doesNotHaveDuplicates().allMatch(id -> id.startsWith("msg_"));
            JsonNode event = sink.event(house.events().getLast());
            assertThat(names(event)).containsExactlyInAnyOrder(
                    "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data");
            assertThat(event.path("specversion").asText()).isEqualTo("1.0");
            assertThat(event.path("source").asText()).isEqualTo("/jingmen/test");
            assertThat(event.path("type").asText()).isEqualTo("cn.jingshu.usage.recorded.v1");
            assertThat(event.path("datacontenttype").asText()).isEqualTo("application/json");
            JsonNode data = event.path("data");
            assertThat(names(data)).containsExactlyInAnyOrder("eventId", "occurredAt", "receivedAt", "nodeId", "sequence",
                    "subscriptionId", "keyId", "product", "operation", "purpose", "outcome", "unit", "quantity", "status",
                    "latencyMicros", "answerBytes", "sandbox", "protocol");
            assertThat(event.path("subject").asText()).isEqualTo("subscriptions/" + data.path("subscriptionId").asText());
            assertThat(event.path("time").asText()).isEqualTo(data.path("occurredAt").asText());
            assertThat(data.path("operation").asText()).isEqualTo("GetBook");
            assertThat(data.path("outcome").asText()).isEqualTo("ANSWERED");
            assertThat(data.path("quantity").asLong()).isEqualTo(1);
        }
    }

    private static Set<String> names(JsonNode node) {
        return node.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    @Test
    void aSinkThatFailsInEveryWayHasEveryEventInTheEndUnderOneId() throws Exception {
        try (UsageSink sink = new UsageSink();
                House house = House.open("failing", sink)) {
            awaitAll(sink, house.events());
            int before = sink.messages().size();
            CountDownLatch tooSlow = new CountDownLatch(1);
            sink.behave((exchange, number) -> switch (number - before) {
                case 1 -> 500;
                case 2 -> {
                    exchange.getResponseHeaders().add("Location", sink.url() + "/elsewhere");
                    yield 307;
                }
                case 3 -> 0; // dies in the middle: read whole, never answered
                case 4 -> {
                    tooSlow.await(1, TimeUnit.MINUTES); // opened when all has come another way
                    yield 204; // too late to be heard
                }
                case 5 -> {
                    exchange.getResponseHeaders().add("Retry-After", "1");
                    yield 429;
                }
                default -> 200;
            });
            house.call(5);
            awaitAll(sink, house.events());
            tooSlow.countDown();
            // The one that came too late is noted when its answer has gone.
            List<UsageSink.Message> tries = Until.holds(SOON,
                    () -> sink.messages().stream().filter(message -> message.number() > before).toList(), all -> all.size() >= 6);
            assertThat(tries).allSatisfy(message -> assertThat(message.signature()).isEqualTo(signature(message)));
            UsageSink.Message first = tries.stream().filter(message -> message.number() == before + 1).findFirst().orElseThrow();
            UsageSink.Message fifth = tries.stream().filter(message -> message.number() == before + 5).findFirst().orElseThrow();
            assertThat(fifth.id()).as("the same message").isEqualTo(first.id());
            assertThat(fifth.body()).isEqualTo(first.body());
            assertThat(sink.kept().keySet()).hasSize(house.events().size());
            UsagePush push = house.node().get(UsagePush.class);
            Until.holds(SOON, push::stats, stats -> Long.valueOf(0).equals(stats.waiting()) && !stats.failing());
        }
    }

    @Test
    void aSinkThatIsGoneIsLeftAloneUntilItIsResumed() throws Exception {
        try (UsageSink sink = new UsageSink();
                House house = House.open("gone", sink)) {
            awaitAll(sink, house.events());
            sink.behave((_, _) -> 410);
            house.call(2);
            Desk operator = Desk.of(house.node(), house.rest(), "operator");
            Until.holds(SOON, () -> operator.get("/api/usage/push").json(), state -> state.path("gone").asBoolean());
            int asked = sink.messages().size();
            house.call(3);
            Until.holds(SOON, () -> operator.get("/api/usage/push").json(), state -> state.path("waiting").asLong() == 5);
            assertThat(sink.messages()).hasSize(asked);
            assertThat(Desk.of(house.node(), house.rest(), "bank").get("/api/usage/push").status()).isEqualTo(403);
            sink.behave(UsageSink.TAKE);
            assertThat(operator.post("/api/usage/push/resume", null).status()).isEqualTo(200);
            awaitAll(sink, house.events());
            assertThat(house.rest().get("/metrics", null).text()).contains("jingshu_usage_push_waiting");
        }
    }

    @Test
    void postgresqlMayGoAndComeBackAndAStopDeliversWhatIsStored() throws Exception {
        Path data = folder.resolve("restarted");
        try (UsageSink sink = new UsageSink()) {
            List<String> events;
            try (House house = House.open("restarted", sink)) {
                house.call(3);
                awaitAll(sink, house.events());
                RunningNode.Postgres postgres = house.node().postgres();
                postgres.stop();
                house.call(20);
                postgres.startAgain();
                awaitAll(sink, house.events());
                house.call(20); // recorded, and the node stops at once
                events = List.copyOf(house.events());
            }
            assertThat(sink.kept().keySet()).as("a node that stops pushes what it stored").containsAll(events);
            assertThat(sink.counts().values()).as("nothing failed after the restart, so nothing came twice").allMatch(count -> count <= 2);
            sink.behave((_, _) -> 500);
            String missed;
            try (RunningNode again = start("restarted", sink);
                    RestCaller rest = new RestCaller(again.httpPort())) {
                assertThat(again.data()).isEqualTo(data);
                Market market = new Market(again);
                String key = market.key(market.subscriptionOf("bank", "echo-paid"));
                Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/echo", key).status(), status -> status == 200);
                missed = rest.get("/v1/echo", key).header("Jingshu-Event-Id");
            }
            assertThat(sink.kept()).doesNotContainKey(missed);
            sink.behave(UsageSink.TAKE);
            try (RunningNode last = start("restarted", sink)) {
                assertThat(last.get(UsagePush.class).isConfigured()).isTrue();
                Until.holds(SOON, () -> sink.kept().keySet(), kept -> kept.contains(missed));
            }
        }
    }

    @Test
    void aVoidIsPushedAsAnOppositeEvent() throws Exception {
        try (UsageSink sink = new UsageSink();
                House house = House.open("voided", sink)) {
            house.call(2);
            awaitAll(sink, house.events());
            Desk operator = Desk.of(house.node(), house.rest(), "operator");
            Desk bureau = Desk.of(house.node(), house.rest(), "bureau");
            String voidId = UUID.randomUUID().toString();
            String event = house.events().getLast();
            assertThat(operator.post("/api/usage/voids", Map.of("voidId", voidId, "eventId", event, "reason", "test")).status())
                    .isEqualTo(201);
            assertThat(bureau.post("/api/usage/voids/" + voidId + "/approve", null).status()).isEqualTo(200);
            JsonNode pushed = Until.holds(SOON, () -> sink.event(voidId), found -> !found.isMissingNode());
            assertThat(pushed.path("type").asText()).isEqualTo("cn.jingshu.usage.voided.v1");
            assertThat(pushed.path("data").path("eventId").asText()).isEqualTo(event);
            assertThat(pushed.path("data").path("quantity").asLong()).isEqualTo(-1);
        }
    }

    @Test
    void aVoidWaitsForItsEventHoweverMuchIsBeforeIt() throws Exception {
        try (UsageSink sink = new UsageSink();
                House house = House.open("behind", sink)) {
            awaitAll(sink, house.events());
            sink.behave((_, _) -> 410);
            house.call(1);
            Desk operator = Desk.of(house.node(), house.rest(), "operator");
            Until.holds(SOON, () -> operator.get("/api/usage/push").json(), state -> state.path("gone").asBoolean());
            house.call(510); // more than one message takes
            Until.holds(SOON, () -> operator.get("/api/usage/push").json(), state -> state.path("waiting").asLong() == 511);
            String voidId = UUID.randomUUID().toString();
            String event = house.events().getLast();
            assertThat(operator.post("/api/usage/voids", Map.of("voidId", voidId, "eventId", event, "reason", "test")).status())
                    .isEqualTo(201);
            assertThat(Desk.of(house.node(), house.rest(), "bureau").post("/api/usage/voids/" + voidId + "/approve", null).status())
                    .isEqualTo(200);
            sink.behave(UsageSink.TAKE);
            assertThat(operator.post("/api/usage/push/resume", null).status()).isEqualTo(200);
            awaitAll(sink, List.of(event, voidId));
            assertThat(List.copyOf(sink.kept().keySet())).containsSubsequence(event, voidId);
        }
    }
}

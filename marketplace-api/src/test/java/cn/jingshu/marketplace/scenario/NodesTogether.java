package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.LimitStats;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.limit.RateLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** Nodes behind one PostgreSQL and one Redis sell as one: one limit, one quota, one word on a key, one answer. Subclasses say how many. */
abstract class NodesTogether {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String BOOK = "/v1/library/books/b1";
    private static final String STORED = """
            SELECT CAST(COALESCE(sum(quantity), 0) AS bigint) AS units
              FROM metering.usage_event
             WHERE subscription_id = ?
            """;

    private static @Nullable RedisServer redis;
    private static final List<RunningNode> NODE = new ArrayList<>();
    private static final List<RestCaller> REST = new ArrayList<>();
    private static @Nullable Market opened;

    /** Starts {@code nodes} of them below {@code folder}; they stop with the class. */
    static void start(int nodes, Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        RedisServer shared = RedisServer.builder().port(port).setting("bind 127.0.0.1").setting("dir " + folder).setting("save \"\"").build();
        shared.start();
        redis = shared;
        Map<String, Object> settings = new HashMap<>(Map.of(
                "jingshu.secrets.pepper", "0123456789abcdef".repeat(4),
                "jingshu.redis.uri", "redis://127.0.0.1:" + port,
                "jingshu.redis.nodes", Integer.toString(nodes)));
        for (int i = 0; i < nodes; i++) {
            NODE.add(RunningNode.start(folder.resolve("node-" + i), Clock.systemUTC(), settings));
            REST.add(new RestCaller(NODE.getLast().httpPort()));
            settings.putAll(NODE.getFirst().postgres().settings());
        }
        Market market = new Market(NODE.getFirst());
        market.sellLibrary("2", "1.5");
        opened = market;
    }

    private static Market market() {
        return Objects.requireNonNull(opened, "the nodes have not started");
    }

    @AfterAll
    static void stop() {
        REST.forEach(RestCaller::close);
        NODE.reversed().forEach(RunningNode::close); // the first takes its PostgreSQL with it
        Objects.requireNonNull(redis, "it never started").stop();
        REST.clear();
        NODE.clear();
    }

    private static void everywhere(String key, String found) throws Exception {
        for (RestCaller node : REST) {
            Until.holds(SOON, () -> node.get(BOOK, key), reply -> found.equals("200")
                    ? reply.status() == 200
                    : reply.text().contains("\"code\":\"" + found + "\""));
        }
    }

    /** How one node answered. */
    private record Answers(long answered, long refused) {}

    /** Calls every node at once until it has refused {@code refusals} times. */
    private static long callEveryNode(String key, Refusal refusal, int refusals) throws Exception {
        List<Callable<Answers>> callers = new ArrayList<>();
        for (RestCaller node : REST) {
            callers.add(() -> {
                long answered = 0;
                long refused = 0;
                while (refused < refusals) {
                    RestCaller.Reply reply = node.get(BOOK, key);
                    if (reply.status() == 200) {
                        answered++;
                    } else {
                        assertThat(reply.text()).contains(refusal.code());
                        refused++;
                    }
                }
                return new Answers(answered, refused);
            });
        }
        long answered = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(REST.size())) {
            for (Future<Answers> answers : threads.invokeAll(callers)) {
                answered += answers.get().answered();
            }
        }
        return answered;
    }

    /** The key of a new subscription once every node knows it; one refused call tells, so no token or unit is taken. */
    private static String keyKnownEverywhere(Subscription subscription) throws Exception {
        String key = market().key(subscription);
        for (RestCaller node : REST) {
            Until.holds(SOON, () -> node.get(BOOK, key, "Jingshu-Purpose", "PUBLIC_INTEREST").text(),
                    text -> text.contains(Refusal.WRONG_PURPOSE.code()));
        }
        return key;
    }

    @Test
    void aRateLimitIsSharedWithinItsStatedBound() throws Exception {
        RateLimit limit = new RateLimit(300, Duration.ofMinutes(5));
        String key = keyKnownEverywhere(market().subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, limit));
        Until.holds(SOON, () -> NODE.stream().allMatch(node -> limits(node).shared()), shared -> shared);
        long lostBefore = timesLost();
        long begun = System.nanoTime();
        long answered = callEveryNode(key, Refusal.RATE_LIMITED, 50);
        double periods = (System.nanoTime() - begun) / (double) limit.period().toNanos();
        // A tenth above the limit; and where Redis did not answer in time, each node's own share once more.
        double bound = limit.capacity() * 1.1 * (1 + periods) + (timesLost() > lostBefore ? limit.capacity() : 0);
        assertThat(answered).isBetween(limit.capacity(), (long) Math.ceil(bound));
    }

    private static LimitStats limits(RunningNode node) {
        return node.get(RateLimits.class).stats();
    }

    private static long timesLost() {
        return NODE.stream().mapToLong(node -> limits(node).timesLost()).sum();
    }

    @Test
    void aQuotaIsUsedUpToItsLastUnitAndNotBeyond() throws Exception {
        Subscription subscription = market().subscribe("bank", "library", Purpose.INDUSTRY, 500, Market.WIDE);
        String key = keyKnownEverywhere(subscription);
        long answered = callEveryNode(key, Refusal.QUOTA_EXHAUSTED, 20);
        assertThat(answered).isEqualTo(500);
        assertThat(callEveryNode(key, Refusal.QUOTA_EXHAUSTED, 20)).isZero();
        Until.holds(SOON, () -> stored(subscription), units -> units == 500);
    }

    private static long stored(Subscription subscription) {
        return NODE.getFirst().get(Database.class)
                .inTransaction(t -> t.find(STORED, row -> row.number("units"), subscription.id()))
                .orElseThrow();
    }

    @Test
    void aRevokedKeyIsRefusedOnEveryNode() throws Exception {
        Subscription subscription = market().subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        for (RunningNode deciding : NODE) {
            ApiKeys.Issue.Issued issued = market().issueKey(subscription, false);
            String key = issued.key().reveal();
            everywhere(key, "200");
            deciding.get(ApiKeys.class).revoke(issued.record().id(), null, "test");
            everywhere(key, Refusal.KEY_REVOKED.code());
        }
    }

    @Test
    void aRetriedCallIsTheSameCallOnEveryNode() throws Exception {
        String key = keyKnownEverywhere(market().subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE));
        String name = "\"" + UUID.randomUUID() + "\"";
        RestCaller.Reply first = REST.getFirst().get(BOOK, key, "Idempotency-Key", name);
        assertThat(first.status()).isEqualTo(200);
        for (RestCaller node : REST) {
            RestCaller.Reply again = node.get(BOOK, key, "Idempotency-Key", name);
            assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
            assertThat(again.header("Jingshu-Event-Id")).isEqualTo(first.header("Jingshu-Event-Id")).isNotEmpty();
        }
    }
}

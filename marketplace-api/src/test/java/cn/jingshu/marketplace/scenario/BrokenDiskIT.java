package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.FaultyJournal;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.metering.journal.FaultyDisk;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.products.contract.Contracts;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The disk below a running node runs full, or refuses an fsync for good: what is answered, shown, logged and kept. */
class BrokenDiskIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String BOOK = "/v1/library/books/b1";
    private static final String METHOD = "jingshu.library.v1.LibraryService/GetBook";
    private static final Logger JOURNAL_LOG = (Logger) LoggerFactory.getLogger(UsageJournal.class);

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        JOURNAL_LOG.addAppender(logged);
    }

    @AfterEach
    void listenNoMore() {
        JOURNAL_LOG.detachAppender(logged);
    }

    /** A node with everything that asks it. */
    private record House(RunningNode node, Market market, RestCaller rest, GrpcCaller grpc, UsageRecords usage)
            implements AutoCloseable {
        static House open(Path data, Map<String, Object> settings) {
            RunningNode node = RunningNode.start(data, Clock.systemUTC(), settings);
            return new House(node, new Market(node), new RestCaller(node.httpPort()),
                    new GrpcCaller(node.grpcPort(), node.get(Contracts.class)), new UsageRecords(node));
        }

        String key(String who, Purpose purpose, long quota) throws Exception {
            return known(market.key(market.subscribe(who, "library", purpose, quota, Market.WIDE)));
        }

        String known(String key) throws Exception {
            Until.holds(SOON, () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
            return key;
        }

        GrpcCaller.Reply overGrpc(String key) {
            return grpc.call(METHOD, GetBookRequest.newBuilder().setBookId("b1").build(), key);
        }

        FaultyDisk disk() {
            return node.get(FaultyDisk.class);
        }

        String metric(String name) throws Exception {
            return rest.get("/metrics", null).text().lines().filter(line -> line.startsWith(name + " ")).findFirst()
                    .map(line -> line.substring(name.length() + 1)).orElse("none");
        }

        @Override
        public void close() throws Exception {
            rest.close();
            grpc.close();
            node.close();
        }
    }

    private static void refused(RestCaller.Reply reply) {
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.text()).contains("\"code\":\"METER_UNAVAILABLE\"", Refusal.METER_UNAVAILABLE.zh());
    }

    private static void refused(GrpcCaller.Reply reply) throws Exception {
        assertThat(reply.code()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(reply.reason()).isEqualTo("METER_UNAVAILABLE");
    }

    private static void isDown(House house) throws Exception {
        RestCaller.Reply health = house.rest.get("/health", null);
        assertThat(health.status()).isEqualTo(503);
        assertThat(health.text()).contains("DOWN");
        assertThat(house.metric("jingshu_journal_broken")).isEqualTo("1.0");
    }

    private static void isUp(House house) throws Exception {
        assertThat(house.rest.get("/health", null).status()).isEqualTo(200);
        assertThat(house.metric("jingshu_journal_broken")).isEqualTo("0.0");
    }

    /** The journal has logged an error with these words, and which segment it is about. */
    private void saysOf(Path data, String words) throws Exception {
        try (var segments = Files.list(data.resolve("journal"))) {
            List<String> names = segments.map(Path::toString).filter(name -> name.endsWith(".journal")).toList();
            assertThat(logged.list).filteredOn(event -> event.getLevel() == Level.ERROR)
                    .extracting(event -> {
                        IThrowableProxy cause = event.getThrowableProxy();
                        return event.getFormattedMessage() + (cause == null ? "" : " " + cause.getMessage());
                    })
                    .anySatisfy(line -> {
                        assertThat(line).contains(words);
                        assertThat(names).anyMatch(line::contains);
                    });
        }
    }

    @Test
    void aFullDiskRefusesEveryCallAndIsForgottenWhenThereIsSpace() throws Exception {
        Path data = folder.resolve("full");
        List<String> answered = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        try (House house = House.open(data, Map.of(FaultyJournal.PROPERTY, "true"))) {
            house.market.sellLibrary("2", "1.5");
            String paid = house.key("bank", Purpose.INDUSTRY, 10);
            String free = house.key("institute", Purpose.PUBLIC_INTEREST, 10);
            answered.add(house.rest.get(BOOK, paid).requestId());
            answered.add(house.rest.get(BOOK, free).requestId());
            isUp(house);

            house.disk().full(true);
            String retried = "\"" + UUID.randomUUID() + "\"";
            for (String key : List.of(paid, free)) { // free use, too: what is not recorded is not answered
                RestCaller.Reply once = house.rest.get(BOOK, key);
                refused(once);
                refused.add(once.requestId());
                GrpcCaller.Reply again = house.overGrpc(key);
                refused(again);
                refused.add(again.requestId());
                RestCaller.Reply stream = house.rest.get("/v1/library/returns?books=2", key);
                refused(stream);
                refused.add(stream.requestId());
            }
            RestCaller.Reply keyed = house.rest.get(BOOK, paid, "Idempotency-Key", retried);
            refused(keyed);
            refused.add(keyed.requestId());
            isDown(house);
            saysOf(data, "No space left on device");

            house.disk().full(false);
            RestCaller.Reply after = house.rest.get(BOOK, paid);
            assertThat(after.status()).as(after.text()).isEqualTo(200);
            assertThat(after.header("RateLimit")).contains("\"month\";r=8;"); // refused calls took nothing
            answered.add(after.requestId());
            RestCaller.Reply second = house.rest.get(BOOK, paid, "Idempotency-Key", retried);
            assertThat(second.status()).as("its key is free").isEqualTo(200);
            assertThat(second.header("Idempotency-Replayed")).isEmpty();
            answered.add(second.requestId());
            isUp(house);
            for (String request : answered) {
                assertThat(house.usage.one(request).quantity()).isEqualTo(1);
            }
            assertThat(refused).allSatisfy(request -> assertThat(house.usage.of(request)).isEmpty());
        }
        try (House again = House.open(data, Map.of())) {
            for (String request : answered) {
                assertThat(again.usage.one(request).quantity()).isEqualTo(1);
            }
            assertThat(refused).as("nothing comes back with a restart")
                    .allSatisfy(request -> assertThat(again.usage.of(request)).isEmpty());
        }
    }

    @Test
    void afterAFailedFsyncNothingIsAnsweredBeforeARestartAndNothingIsLostByIt() throws Exception {
        Path data = folder.resolve("fsync");
        List<String> answered = new ArrayList<>();
        String inDoubt;
        List<String> refused = new ArrayList<>();
        String key;
        try (House house = House.open(data, Map.of(FaultyJournal.PROPERTY, "true", "jingshu.journal.durability", "DISK"))) {
            house.market.sellLibrary("2", "1.5");
            key = house.key("bank", Purpose.INDUSTRY, 5);
            for (int i = 0; i < 2; i++) {
                RestCaller.Reply reply = house.rest.get(BOOK, key);
                assertThat(reply.status()).isEqualTo(200);
                answered.add(reply.requestId());
            }
            house.disk().failingForce(true);
            RestCaller.Reply first = house.rest.get(BOOK, key);
            refused(first);
            inDoubt = first.requestId();
            house.disk().failingForce(false); // an fsync that succeeds now would tell nothing of the one before
            for (int i = 0; i < 3; i++) {
                RestCaller.Reply reply = house.rest.get(BOOK, key);
                refused(reply);
                refused.add(reply.requestId());
                GrpcCaller.Reply overGrpc = house.overGrpc(key);
                refused(overGrpc);
                refused.add(overGrpc.requestId());
            }
            isDown(house);
            saysOf(data, "fsync");
            for (String request : answered) {
                assertThat(house.usage.one(request).quantity()).isEqualTo(1);
            }
        }
        try (House again = House.open(data, Map.of("jingshu.journal.durability", "DISK"))) {
            isUp(again);
            for (String request : answered) {
                assertThat(again.usage.one(request).quantity()).isEqualTo(1);
            }
            // It was written, and this disk kept it: found once, counted once, and its unit is taken.
            assertThat(again.usage.one(inDoubt).quantity()).isEqualTo(1);
            assertThat(refused).allSatisfy(request -> assertThat(again.usage.of(request)).isEmpty());
            again.known(key);
            for (int i = 0; i < 2; i++) {
                RestCaller.Reply reply = again.rest.get(BOOK, key);
                assertThat(reply.status()).as(reply.text()).isEqualTo(200);
                again.usage.one(reply.requestId());
            }
            assertThat(again.rest.get(BOOK, key).text()).as("five units, five events").contains("QUOTA_EXHAUSTED");
        }
    }
}

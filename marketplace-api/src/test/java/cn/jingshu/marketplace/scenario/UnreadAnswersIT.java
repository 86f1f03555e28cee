package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.library.v1.WatchReturnsRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers over gRPC that grant nothing for what is sent to them: it is not kept for ever, and only that stream is let go. */
class UnreadAnswersIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int CANCEL = 8;

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static RestCaller rest;
    private static UsageRecords usage;
    private static String key;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of("jingshu.limits.slow-reader-timeout", "2s"));
        Market market = new Market(node);
        market.sellLibrary("2", "1.5");
        usage = new UsageRecords(node);
        rest = new RestCaller(node.httpPort());
        Subscription subscription = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        key = market.key(subscription);
        Until.holds(SOON, () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
    }

    @AfterAll
    static void close() {
        rest.close();
        node.close();
    }

    private static boolean isReset(RawGrpc.Frame frame, int stream) {
        return frame.is(RawGrpc.RST_STREAM, stream) && frame.payload().asReadOnlyByteBuffer().getInt() == CANCEL;
    }

    @Test
    void anUnreadAnswerIsLetGoAndTheConnectionGoesOn() throws Exception {
        try (RawGrpc caller = RawGrpc.openWithWindow(10, node.grpcPort(), key)) {
            String requestId = UUID.randomUUID().toString();
            caller.call(1, "GetBook", GetBookRequest.newBuilder().setBookId("b1").build(), requestId);
            assertThat(caller.readUntil(1, frame -> isReset(frame, 1))).isEqualTo(10);
            assertThat(usage.one(requestId).quantity()).isEqualTo(1); // it was answered; that it was not read is the caller's

            caller.call(3, "GetBook", GetBookRequest.newBuilder().setBookId("b1").build(), UUID.randomUUID().toString());
            caller.grant(3, 100_000);
            assertThat(caller.readUntil(3, frame -> frame.ends(3))).isGreaterThan(10);
        }
    }

    @Test
    void theRestOfAStreamThatWasEndedIsLetGo() throws Exception {
        try (RawGrpc caller = RawGrpc.openWithWindow(10, node.grpcPort(), key)) {
            String requestId = UUID.randomUUID().toString();
            caller.call(1, "WatchReturns", WatchReturnsRequest.newBuilder().setBooks(1_000).setTitleLength(100_000).build(), requestId);
            assertThat(caller.readUntil(1, frame -> isReset(frame, 1))).isEqualTo(10);
            assertThat(usage.one(requestId).quantity()).isEqualTo(1); // the minute it was open
        }
    }

    /** Large answers wait for the socket for longer than 7 s, after which what is not read is let go, and there is nothing left to grant. */
    @Test
    void whoGrantedAllAtOnceAndReadsSlowlyKeepsItsAnswers() throws Exception {
        boolean kept = readsSlowly();
        for (int tries = 1; !kept && tries < 3; tries++) {
            kept = readsSlowly();
        }
        assertThat(kept).as("this machine let the reader read").isTrue();
    }

    /** Whether the answers were kept; false: one was let go after this reader itself had stood still, which says nothing of the rule. */
    private static boolean readsSlowly() throws Exception {
        try (RawGrpc caller = RawGrpc.openWithAllGranted(node.grpcPort(), key)) {
            for (int call = 0; call < 8; call++) {
                caller.call(2 * call + 1, "ReadBook", GetBookRequest.newBuilder().setBookId("atlas").build(), UUID.randomUUID().toString());
            }
            long began = System.nanoTime();
            AtomicLong lastNanos = new AtomicLong(began);
            AtomicLong longestNanos = new AtomicLong(); // without a frame
            AtomicBoolean reset = new AtomicBoolean();
            int read = caller.readUntil(1, frame -> {
                long now = System.nanoTime();
                longestNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
                if (frame.type() == RawGrpc.RST_STREAM) {
                    reset.set(true);
                    return true;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(8));
                return System.nanoTime() - began > TimeUnit.SECONDS.toNanos(14);
            });
            if (reset.get()) {
                assertThat(longestNanos.get()).as("a stream was reset, though frames were read at least this often")
                        .isGreaterThan(TimeUnit.SECONDS.toNanos(2));
                return false;
            }
            assertThat(read).isGreaterThan(100_000);
            return true;
        }
    }

    @Test
    void whoGrantedAllAtOnceAndReadsNothingIsLetGo() throws Exception {
        try (RawGrpc caller = RawGrpc.openWithAllGranted(node.grpcPort(), key)) {
            String requestId = UUID.randomUUID().toString();
            caller.call(1, "WatchReturns", WatchReturnsRequest.newBuilder().setBooks(1_000).setTitleLength(100_000).build(), requestId);
            Until.holds(Duration.ofSeconds(30), node.get(StreamPath.class)::taken, taken -> taken == 1);
            Until.holds(Duration.ofSeconds(30), node.get(StreamPath.class)::taken, taken -> taken == 0);
            TimeUnit.SECONDS.sleep(8);
            // What the socket had taken of it, and then the reset, or the word that it was too slow, if that was in the socket too.
            assertThat(caller.readUntil(1, frame -> isReset(frame, 1) || frame.ends(1))).isLessThan(100_000_000);
        }
    }

    @Test
    void whoTakesALittleNowAndThenKeepsItsAnswer() throws Exception {
        try (RawGrpc caller = RawGrpc.openWithWindow(10, node.grpcPort(), key)) {
            caller.call(1, "GetBook", GetBookRequest.newBuilder().setBookId("b1").build(), UUID.randomUUID().toString());
            caller.readUntil(1, frame -> frame.is(RawGrpc.DATA, 1));
            for (int second = 0; second < 9; second++) {
                TimeUnit.SECONDS.sleep(1);
                caller.grant(1, 1);
            }
            caller.grant(1, 100_000);
            assertThat(caller.readUntil(1, frame -> frame.ends(1))).isGreaterThan(1);
        }
    }
}

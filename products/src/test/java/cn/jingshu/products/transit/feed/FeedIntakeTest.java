package cn.jingshu.products.transit.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SteppingClock;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedIntakeTest {
    private final SteppingClock clock = new SteppingClock(Instant.ofEpochSecond(1_700_000_030));
    private final FeedCounts counts = new FeedCounts(clock);
    private final List<FeedContent> received = new ArrayList<>();

    @TempDir
    Path folder;

    private static byte[] message(long timestamp) {
        return FeedMessage.newBuilder()
                .setHeader(FeedHeader.newBuilder().setGtfsRealtimeVersion("2.0").setTimestamp(timestamp))
                .build()
                .toByteArray();
    }

    private FeedIntake intake(FeedSource source) {
        return new FeedIntake(source, Duration.ofSeconds(10), counts, received::add);
    }

    @Test
    void aFeedThatIsWellHidesNoneThatIsNot() throws InterruptedException {
        FeedReadings well = counts.feed();
        FeedIntake away = intake(new FeedSource() {
            @Override
            public String name() {
                return "absent.pb";
            }

            @Override
            public Optional<byte[]> fetch() throws IOException {
                throw new IOException("away");
            }
        });
        well.succeeded(clock.instant().minusSeconds(5));
        away.step();
        well.succeeded(clock.instant().minusSeconds(4));
        FeedHealth health = counts.health();
        assertThat(health.lastError()).contains("absent.pb");
        assertThat(health.lastSuccessAt()).as("the other was never read").isNull();
        assertThat(health.feedAge()).isEqualTo(Duration.ofSeconds(4));
        assertThat(health.failures()).isEqualTo(1);
    }

    @Test
    void aFileIsReadAgainWhenItChanges() throws IOException, InterruptedException {
        Path file = Files.write(folder.resolve("feed.pb"), message(1_700_000_000));
        FeedIntake intake = intake(new FileFeed(file));
        intake.step();
        intake.step();
        assertThat(received).hasSize(1);
        Files.write(file, message(1_700_000_010));
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_800_000_000)));
        assertThat(intake.step()).isEqualTo(10_000);
        assertThat(received).hasSize(2);
        assertThat(counts.health().feedAge()).isEqualTo(Duration.ofSeconds(20));
        assertThat(counts.health().lastError()).isEmpty();
    }

    @Test
    void aFileThatIsMissingAtTheStartFailsItAndLaterIsCounted() throws IOException, InterruptedException {
        assertThatThrownBy(() -> new FileFeed(folder.resolve("none.pb"))).hasMessageContaining("does not exist");
        Path file = Files.write(folder.resolve("feed.pb"), message(1_700_000_000));
        FeedIntake intake = intake(new FileFeed(file));
        intake.step();
        Files.delete(file);
        assertThat(intake.step()).isEqualTo(20_000);
        assertThat(intake.step()).isEqualTo(40_000);
        for (int i = 0; i < 40; i++) {
            assertThat(intake.step()).isLessThanOrEqualTo(300_000);
        }
        assertThat(counts.health().failures()).isEqualTo(42);
        assertThat(counts.health().lastError()).contains("feed.pb cannot be read").doesNotContain(folder.toString());
        Files.write(file, message(1_700_000_010));
        assertThat(intake.step()).isEqualTo(10_000);
        assertThat(counts.health().lastError()).isEmpty();
    }

    @Test
    void overHttpOnlyChangesAreFetched() throws IOException, InterruptedException {
        AtomicReference<byte[]> body = new AtomicReference<>(message(1_700_000_000));
        AtomicReference<String> etag = new AtomicReference<>("\"1\"");
        AtomicInteger status = new AtomicInteger(200);
        AtomicInteger notModified = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/feed", exchange -> {
            exchange.getResponseHeaders().set("ETag", etag.get());
            if (status.get() == 200 && etag.get().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                notModified.incrementAndGet();
                exchange.sendResponseHeaders(304, -1);
            } else {
                exchange.sendResponseHeaders(status.get(), body.get().length);
                exchange.getResponseBody().write(body.get());
            }
            exchange.close();
        });
        server.start();
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/feed?key=secret");
        try (HttpFeed feed = new HttpFeed(address)) {
            assertThat(feed.name()).doesNotContain("secret", "127.0.0.1");
            FeedIntake intake = intake(feed);
            intake.step();
            intake.step();
            assertThat(received).hasSize(1);
            assertThat(notModified).hasValue(1);
            etag.set("\"2\"");
            body.set(message(1_700_000_010));
            intake.step();
            assertThat(received).hasSize(2);
            status.set(500);
            intake.step();
            assertThat(counts.health().lastError()).contains("status 500").doesNotContain("secret");
            status.set(200);
            etag.set("\"3\"");
            body.set(new byte[FeedBytes.CAP + 1]);
            intake.step();
            assertThat(counts.health().lastError()).contains("larger than");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aThreadStepsUntilItIsClosed() throws InterruptedException {
        AtomicInteger steps = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        IntakeThread thread = new IntakeThread("test", new Intake() {
            @Override
            public long step() {
                if (steps.incrementAndGet() == 1) {
                    return 1;
                }
                return 100_000;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        });
        thread.start();
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (steps.get() < 2 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        thread.close();
        assertThat(steps).hasValue(2);
        assertThat(closed).hasValue(1);
    }
}

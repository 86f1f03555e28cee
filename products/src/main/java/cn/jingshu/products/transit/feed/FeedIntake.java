package cn.jingshu.products.transit.feed;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls a feed and hands on what is new; a feed that fails is asked less and less often, at least every five minutes. */
public final class FeedIntake implements Intake {
    private static final Logger LOG = LoggerFactory.getLogger(FeedIntake.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final FeedSource source;
    private final Duration interval;
    private final FeedReadings readings;
    private final FeedSink sink;
    private final @Nullable FeedWatch watch;
    private int failuresInARow;

    /** @param interval between two readings while all is well; above zero */
    public FeedIntake(FeedSource source, Duration interval, FeedCounts counts, Consumer<FeedContent> sink) {
        this(source, interval, counts, content -> {
            sink.accept(content);
            return Taken.WHOLE;
        }, null);
    }

    /**
     * As the other.
     *
     * @param watch is told how each reading went; null: nobody is
     */
    public FeedIntake(FeedSource source, Duration interval, FeedCounts counts, FeedSink sink, @Nullable FeedWatch watch) {
        this.source = source;
        this.interval = interval;
        this.readings = counts.feed();
        this.sink = sink;
        this.watch = watch;
    }

    @Override
    public long step() throws InterruptedException {
        try {
            Optional<byte[]> bytes = source.fetch();
            if (bytes.isPresent()) {
                FeedContent content = RealtimeReader.read(source.name(), bytes.get());
                Taken taken = sink.take(content);
                readings.succeeded(newest(content));
                if (watch != null) {
                    watch.read(bytes.get(), content, taken);
                }
            } else {
                readings.succeeded(null);
                if (watch != null) {
                    watch.unchanged();
                }
            }
            if (failuresInARow > 0) {
                LOG.info("the feed {} is back after {} failures", source.name(), failuresInARow);
            }
            failuresInARow = 0;
        } catch (IOException e) {
            // The reason is served to consumers, so it names neither hosts nor paths; the log has them.
            failed("The feed " + source.name() + " cannot be read (" + e.getClass().getSimpleName() + ").", e.toString());
        } catch (FeedException e) {
            failed(String.valueOf(e.getMessage()), "");
        }
        long longest = Math.max(LONGEST_WAIT.toMillis(), interval.toMillis());
        return Math.min(longest, Math.max(1, interval.toMillis()) << Math.min(failuresInARow, 16));
    }

    private void failed(String reason, String detail) {
        failuresInARow++;
        readings.failed(reason);
        if (watch != null) {
            watch.failed(reason);
        }
        if (failuresInARow == 1) {
            LOG.warn("{} {} It is tried again, less and less often.", reason, detail);
        }
    }

    private static Instant newest(FeedContent content) {
        Instant newest = content.timestamp() == null ? Instant.EPOCH : content.timestamp();
        for (Observation observation : content.observations()) {
            newest = observation.observedAt().isAfter(newest) ? observation.observedAt() : newest;
        }
        return newest;
    }

    @Override
    public void close() {
        if (source instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                LOG.warn("the feed {} did not close: {}", source.name(), e.toString());
            }
        }
    }
}

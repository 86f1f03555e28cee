package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.edge.Problem;
import cn.jingshu.marketplace.edge.ProductCall;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.spi.StreamItem;
import com.google.protobuf.Message;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stream as server-sent events: {@code id} and {@code data} for each item, a comment as heartbeat, {@code
 * Last-Event-ID} to go on after a break. A refusal before the first item is an ordinary problem with its status; one
 * that comes later is an event of the name {@code problem}, after which the stream ends.
 */
final class ServerSentEvents implements StreamPath.Sink {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** How long headers wait for a first item, so that an immediate refusal can still have its own status. */
    private static final Duration FIRST_ITEM = Duration.ofMillis(500);

    /** How long what was said last may take to leave; behind it the connection is closed on whoever does not read. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private static final byte[] RETRY = "retry: 3000\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BEAT = ": heartbeat\n\n".getBytes(StandardCharsets.UTF_8);

    private final HttpExchange exchange;
    private final ProductCall call;
    private final String requestId;
    private Admission.@Nullable Admitted admitted;
    private @Nullable UUID replayedEvent;
    private boolean started;
    private boolean ended;

    ServerSentEvents(HttpExchange exchange, ProductCall call, String requestId) {
        this.exchange = exchange;
        this.call = call;
        this.requestId = requestId;
    }

    void begin(StreamPath streams, Supplier<RequestReading> reading, String lastEventId) {
        AutoCloseable stream = streams.open(call, reading, lastEventId, this);
        exchange.onGone(() -> {
            try {
                stream.close();
            } catch (Exception impossible) {
                throw new IllegalStateException("closing a stream throws nothing", impossible);
            }
        });
    }

    @Override
    public synchronized void opened(Admission.Admitted now) {
        admitted = now;
        exchange.later(FIRST_ITEM, this::startUnlessEnded);
        exchange.later(HEARTBEAT, this::beat);
    }

    @Override
    public synchronized void replayed(UUID eventId) {
        replayedEvent = eventId;
    }

    private synchronized void startUnlessEnded() {
        if (!ended) {
            start();
        }
    }

    private void start() {
        if (started) {
            return;
        }
        started = true;
        HttpHeaders headers = RestEdge.common(exchange, requestId);
        headers.set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        headers.set("X-Accel-Buffering", "no");
        if (admitted != null) {
            RateLimitHeaders.add(headers, admitted.limits());
        }
        if (replayedEvent != null) {
            headers.set("Idempotency-Replayed", "true");
            headers.set("Jingshu-Event-Id", replayedEvent.toString());
        }
        exchange.startStream(200, headers);
        exchange.write(RETRY, () -> {});
    }

    private synchronized void beat() {
        if (!ended) {
            startUnlessEnded();
            exchange.write(BEAT, () -> exchange.later(HEARTBEAT, this::beat));
        }
    }

    @Override
    public StreamPath.Parcel pack(StreamItem<? extends Message> item) {
        byte[] json = Transcoder.write(call.method(), item.message()).bytes();
        return new StreamPath.Parcel() {
            @Override
            public long bytes() {
                return json.length;
            }

            @Override
            public void send(Runnable sent) {
                ServerSentEvents.this.send(item.eventId(), json, sent);
            }
        };
    }

    private synchronized void send(String eventId, byte[] json, Runnable sent) {
        if (ended) {
            return;
        }
        start();
        ByteArrayOutputStream event = new ByteArrayOutputStream(json.length + 64);
        if (!eventId.isEmpty()) {
            event.writeBytes(("id: " + eventId + "\n").getBytes(StandardCharsets.UTF_8));
        }
        event.writeBytes("data: ".getBytes(StandardCharsets.UTF_8));
        event.writeBytes(json); // compact JSON: no line break inside
        event.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
        exchange.write(event.toByteArray(), sent);
    }

    @Override
    public synchronized void ended(CallResult.@Nullable Refused<Void> refused) {
        if (ended) {
            return;
        }
        ended = true;
        if (!started && refused != null) {
            RestEdge.refuse(exchange, requestId, refused);
            return;
        }
        start();
        if (refused != null) {
            Problem problem = new Problem(refused.refusal(), refused.zh(), refused.en(), exchange.rawPath(), requestId,
                    refused.violations(), refused.limits());
            exchange.write(("event: problem\ndata: " + new String(problem.toJson(), StandardCharsets.UTF_8) + "\n\n")
                    .getBytes(StandardCharsets.UTF_8), () -> {});
        }
        exchange.endStream();
        exchange.later(LAST_WORDS, exchange::cutOff); // over by then, unless the caller does not read
    }
}

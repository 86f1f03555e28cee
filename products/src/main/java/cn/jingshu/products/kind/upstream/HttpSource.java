package cn.jingshu.products.kind.upstream;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * Asks a source over HTTP/1.1. A connection is made to an address that was looked at and to no other; redirects are not followed,
 * cookies not kept, no proxy is taken from the environment, nothing is repeated, and an answer is read to a size and for a time.
 */
final class HttpSource implements AutoCloseable {
    private static final ScheduledExecutorService DEADLINES =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("upstream-deadlines").factory());

    private final UpstreamSettings settings;
    private final CloseableHttpClient client;

    HttpSource(AddressGuard guard, UpstreamSettings settings) {
        this.settings = settings;
        this.client = GuardedClient.open(guard, settings.timeout(), settings.timeout(), settings.callsUnderWay());
    }

    /**
     * Asks and waits.
     *
     * @param body JSON; null: none
     */
    SourceReply call(String verb, URI target, @Nullable String body, String requestId) {
        HttpUriRequestBase request = new HttpUriRequestBase(verb, target);
        request.setHeader("Accept", "application/json");
        request.setHeader("X-Request-Id", requestId);
        if (body != null) {
            request.setEntity(new ByteArrayEntity(body.getBytes(java.nio.charset.StandardCharsets.UTF_8), ContentType.APPLICATION_JSON));
        }
        // The client's own time-outs are for each wait; a source that drips is ended by this one.
        ScheduledFuture<?> deadline = DEADLINES.schedule(request::cancel, settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(request, this::read);
        } catch (IOException | RuntimeException failed) {
            return new SourceReply.Broken(deadline.isDone() ? "took longer than " + settings.timeout() : failed.getClass().getSimpleName()
                    + (failed instanceof AddressGuard.Refused ? ": " + failed.getMessage() : ""));
        } finally {
            deadline.cancel(false);
        }
    }

    private SourceReply read(ClassicHttpResponse response) throws IOException {
        int status = response.getCode();
        if (status == 404) {
            return new SourceReply.NotFound();
        }
        if (status == 400 || status == 422) {
            return new SourceReply.Invalid();
        }
        HttpEntity entity = response.getEntity();
        if (status != 200 || entity == null) {
            return new SourceReply.Broken("answered " + status);
        }
        String type = entity.getContentType() == null ? "" : entity.getContentType().toLowerCase(Locale.ROOT);
        String media = type.split(";", 2)[0].strip();
        if (!media.equals("application/json") && !media.endsWith("+json")) {
            return new SourceReply.Broken("answered " + (media.isEmpty() ? "without a type" : "another type than JSON"));
        }
        if (entity.getContentEncoding() != null) {
            return new SourceReply.Broken("answered in an encoding that was not asked for");
        }
        try (InputStream in = entity.getContent()) {
            byte[] bytes = in.readNBytes(settings.maxBytes() + 1);
            return bytes.length > settings.maxBytes()
                    ? new SourceReply.Broken("answered more than " + settings.maxBytes() + " bytes")
                    : new SourceReply.Json(ByteString.copyFrom(bytes));
        }
    }

    @Override
    public void close() {
        client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
    }
}

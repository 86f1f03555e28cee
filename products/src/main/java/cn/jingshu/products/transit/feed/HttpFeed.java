package cn.jingshu.products.transit.feed;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A feed polled over HTTP; asks only for what has changed and never reads more than the cap. */
public final class HttpFeed implements FeedSource, AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final URI address;
    private final HttpClient client;
    private @Nullable String etag;
    private @Nullable String lastModified;

    /** @param address http or https; chosen by the operator, so any host is right */
    public HttpFeed(URI address) {
        if (address.getHost() == null) {
            throw new FeedException("The feed address " + address + " names no host.");
        }
        this.address = address;
        this.client = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /** Says nothing of the address: it is served to consumers, and its query often carries the operator's key. */
    @Override
    public String name() {
        return "GTFS-Realtime over " + address.getScheme();
    }

    /** The host alone: what follows it may hold the operator's key. */
    @Override
    public String origin() {
        return address.getHost();
    }

    @Override
    public Optional<byte[]> fetch() throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(TIMEOUT)
                .header("Accept", "application/x-protobuf, application/octet-stream, */*");
        if (etag != null) {
            request.header("If-None-Match", etag);
        }
        if (lastModified != null) {
            request.header("If-Modified-Since", lastModified);
        }
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() == 304) {
                return Optional.empty();
            }
            if (response.statusCode() != 200) {
                throw new FeedException("The feed " + name() + " answered with status " + response.statusCode() + ".");
            }
            byte[] bytes = FeedBytes.read(name(), body);
            etag = response.headers().firstValue("ETag").orElse(null);
            lastModified = response.headers().firstValue("Last-Modified").orElse(null);
            return Optional.of(bytes);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

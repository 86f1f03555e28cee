package cn.jingshu.marketplace.scenario;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls a node over HTTP/1.1 as a consumer does; every call has a request id of its own. */
public final class RestCaller implements AutoCloseable {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
    private final String base;

    public RestCaller(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    /** What a browser that stands at the node says of its place. */
    String origin() {
        return base;
    }

    /** An answer with the request id its call was sent with. */
    public record Reply(String requestId, HttpResponse<byte[]> response) {
        public int status() {
            return response.statusCode();
        }

        public String text() {
            return new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    public Reply get(String path, @Nullable String key, String... headers) throws IOException, InterruptedException {
        return send("GET", path, key, null, headers);
    }

    public Reply post(String path, @Nullable String key, String body, String... headers) throws IOException, InterruptedException {
        return send("POST", path, key, HttpRequest.BodyPublishers.ofString(body), headers);
    }

    Reply send(String verb, String path, @Nullable String key, HttpRequest.@Nullable BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        String requestId = UUID.randomUUID().toString();
        HttpRequest.Builder request = request(path, key)
                .timeout(Duration.ofSeconds(20))
                .header("X-Request-Id", requestId)
                .method(verb, body == null ? HttpRequest.BodyPublishers.noBody() : body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Reply(requestId, client.send(request.build(), BodyHandlers.ofByteArray()));
    }

    HttpRequest.Builder request(String path, @Nullable String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}

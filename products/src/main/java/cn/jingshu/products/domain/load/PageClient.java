package cn.jingshu.products.domain.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How pages of an interface are asked for. It follows no redirect. */
@FunctionalInterface
public interface PageClient {
    /** How long one page may take. */
    Duration TIMEOUT = Duration.ofSeconds(60);

    /**
     * @param headers sent with the request, a key among them
     * @throws IOException if the interface cannot be reached
     */
    Reply get(URI address, Map<String, String> headers) throws IOException;

    /** What came back; {@code body} is closed by whoever asked. */
    final class Reply {
        private final int status;
        private final @Nullable String entityTag;
        private final InputStream body;

        /** @param entityTag or, of an interface that sends none, its {@code Last-Modified}; null: neither was sent */
        public Reply(int status, @Nullable String entityTag, InputStream body) {
            this.status = status;
            this.entityTag = entityTag;
            this.body = body;
        }

        public int status() {
            return status;
        }

        public @Nullable String entityTag() {
            return entityTag;
        }

        public InputStream body() {
            return body;
        }
    }

    /** Asks whatever address it is given: for addresses an operator has typed. */
    static PageClient of(HttpClient client) {
        return (address, headers) -> {
            HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(TIMEOUT).header("Accept", "application/json");
            headers.forEach(request::header);
            try {
                HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
                return new Reply(answer.statusCode(), answer.headers().firstValue("ETag").or(() -> answer.headers().firstValue("Last-Modified")).orElse(null), answer.body());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new InterruptedByCallerException(stopped);
            }
        };
    }

    /** The asking thread was told to stop: nothing is tried again. */
    final class InterruptedByCallerException extends IOException {
        private static final long serialVersionUID = 1L;

        public InterruptedByCallerException(Throwable cause) {
            super("the interface was left", cause);
        }
    }
}

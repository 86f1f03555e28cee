package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What nobody has to be signed in for is not asked at any pace: by addresses of the loopback that no other test comes from. */
class AddressLimitsIT {
    private static final int A_MINUTE = 30;

    private static HttpResponse<String> send(HttpClient client, String verb, String path, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + SharedNode.get().node.httpPort() + path);
        return client.send(HttpRequest.newBuilder(uri).header("Content-Type", "application/json").method(verb, BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> guess(HttpClient client) throws Exception {
        return send(client, "POST", "/api/personal-requests/outcome", "{\"number\": \"GR-1\", \"code\": \"" + UUID.randomUUID() + "\"}");
    }

    @Test
    void aCodeCannotBeGuessedAtAnyPace() throws Exception {
        try (HttpClient one = HttpClient.newBuilder().localAddress(InetAddress.getByName("127.0.0.2")).build();
                HttpClient other = HttpClient.newBuilder().localAddress(InetAddress.getByName("127.0.0.3")).build()) {
            for (int i = 0; i < A_MINUTE; i++) {
                assertThat(guess(one).statusCode()).as("guess " + i).isEqualTo(404);
            }
            HttpResponse<String> limited = guess(one);
            for (int i = 0; i < A_MINUTE && limited.statusCode() != 429; i++) { // a slow machine has earned some more meanwhile
                limited = guess(one);
            }
            assertThat(limited.statusCode()).isEqualTo(429);
            assertThat(new ObjectMapper().readTree(limited.body()).path("code").asText()).isEqualTo("RATE_LIMITED");
            assertThat(Long.parseLong(limited.headers().firstValue("Retry-After").orElseThrow())).isBetween(1L, 60L);
            assertThat(guess(other).statusCode()).as("another address").isEqualTo(404);
        }
    }
}

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

    private static HttpResponse<String> send(HttpClient client, String verb, String path, String body, String... headers) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + SharedNode.get().node.httpPort() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Content-Type", "application/json").method(verb, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> guess(HttpClient client, String... headers) throws Exception {
        return send(client, "POST", "/api/personal-requests/outcome", "{\"number\": \"GR-1\", \"code\": \"" + UUID.randomUUID() + "\"}", headers);
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

    /** The shared node trusts 127.0.0.9; whoever else says where it comes from is not believed. */
    @Test
    void behindATrustedProxyEachVisitorHasALimitOfItsOwn() throws Exception {
        try (HttpClient proxy = HttpClient.newBuilder().localAddress(InetAddress.getByName("127.0.0.9")).build();
                HttpClient liar = HttpClient.newBuilder().localAddress(InetAddress.getByName("127.0.0.4")).build()) {
            HttpResponse<String> limited = guess(proxy, "X-Forwarded-For", "198.51.100.0, 198.51.100.7");
            for (int i = 1; i < 3 * A_MINUTE && limited.statusCode() != 429; i++) {
                limited = guess(proxy, "X-Forwarded-For", "198.51.100." + i + ", 198.51.100.7"); // a new one each time, written by the visitor
            }
            assertThat(limited.statusCode()).isEqualTo(429);
            assertThat(guess(proxy, "X-Forwarded-For", "198.51.100.8").statusCode()).as("another visitor").isEqualTo(404);
            HttpResponse<String> caught = guess(liar, "X-Forwarded-For", "198.51.100.100");
            for (int i = 1; i < 3 * A_MINUTE && caught.statusCode() != 429; i++) {
                caught = guess(liar, "X-Forwarded-For", "198.51.100." + (100 + i));
            }
            assertThat(caught.statusCode()).isEqualTo(429);
        }
    }
}

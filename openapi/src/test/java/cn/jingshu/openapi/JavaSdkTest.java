package cn.jingshu.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cn.jingshu.sdk.ApiClient;
import cn.jingshu.sdk.ApiException;
import cn.jingshu.sdk.api.EchoApi;
import cn.jingshu.sdk.model.EchoResponse;
import cn.jingshu.sdk.model.Problem;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls recorded answers through the generated SDK, as a consumer would. */
class JavaSdkTest {
    private static final String KEY = "js_test_recorded";

    @SuppressWarnings("NullAway.Init") // set before each test
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/echo", JavaSdkTest::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void echoIsOneCall() throws ApiException {
        EchoResponse echo = new EchoApi(client(KEY)).echoEcho();
        assertThat(echo.getProduct()).isEqualTo("echo");
        assertThat(echo.getMessage()).startsWith("Jingshu answers");
        assertThat(echo.getPadding()).hasSize(113);
    }

    @Test
    void aRefusalIsAProblemInBothLanguagesAndUnknownMembersAreNoError() throws IOException {
        var refused = catchThrowableOfType(ApiException.class, () -> new EchoApi(client("wrong")).echoEcho());
        assertThat(refused.getCode()).isEqualTo(401);
        Problem problem = ApiClient.createDefaultObjectMapper().readValue(refused.getResponseBody(), Problem.class);
        assertThat(problem.getCode()).isEqualTo("KEY_UNKNOWN");
        assertThat(problem.getTitleZh()).isEqualTo("密钥无效");
        assertThat(problem.getRequestId()).isEqualTo("r1");
    }

    private ApiClient client(String key) {
        var client = new ApiClient();
        client.updateBaseUri("http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort());
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + key));
        return client;
    }

    private static void answer(HttpExchange exchange) throws IOException {
        boolean known = ("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = recorded(known ? "/recorded/echo.json" : "/recorded/unauthorized.json");
        exchange.getResponseHeaders().set("Content-Type", known ? "application/json" : "application/problem+json");
        exchange.sendResponseHeaders(known ? 200 : 401, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] recorded(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(JavaSdkTest.class.getResourceAsStream(resource), resource)) {
            return in.readAllBytes();
        }
    }
}

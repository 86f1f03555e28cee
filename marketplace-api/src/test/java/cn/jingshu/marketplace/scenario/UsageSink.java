package cn.jingshu.marketplace.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes pushed usage over real HTTP, or fails in every way such a sink can. */
final class UsageSink implements AutoCloseable {
    static final String PATH = "/usage";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A message as it came. */
    record Message(int number, String id, String timestamp, String signature, String contentType, String body, int answered) {
        List<JsonNode> events() {
            try {
                List<JsonNode> events = new ArrayList<>();
                JSON.readTree(body).forEach(events::add);
                return events;
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + body, e);
            }
        }
    }

    /** What the sink does with a message. */
    interface Manner {
        /** @return the status to answer with, {@code 0}: hang up without one */
        int answer(HttpExchange exchange, int number) throws Exception;
    }

    static final Manner TAKE = (_, _) -> 204;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConcurrentLinkedQueue<Message> messages = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private volatile Manner manner = TAKE;

    UsageSink() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
    }

    void behave(Manner next) {
        manner = next;
    }

    List<Message> messages() {
        return List.copyOf(messages);
    }

    /** The messages that were answered with 2xx, as a sink would keep them. */
    List<Message> taken() {
        return messages.stream().filter(message -> message.answered() / 100 == 2).toList();
    }

    /** The events taken, each once, by their CloudEvents id. */
    Map<String, JsonNode> kept() {
        Map<String, JsonNode> kept = new LinkedHashMap<>();
        taken().forEach(message -> message.events().forEach(event -> kept.putIfAbsent(event.path("id").asText(), event)));
        return kept;
    }

    /** The event with this id; a missing node while it was not taken. */
    JsonNode event(String id) {
        return kept().getOrDefault(id, MissingNode.getInstance());
    }

    /** How often each id was taken. */
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        taken().forEach(message ->
                message.events().forEach(event -> counts.merge(event.path("id").asText(), 1, Integer::sum)));
        return counts;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int number = numbers.incrementAndGet();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status = manner.answer(exchange, number);
            messages.add(new Message(number, head(exchange, "webhook-id"), head(exchange, "webhook-timestamp"),
                    head(exchange, "webhook-signature"), head(exchange, "Content-Type"), body, status));
            if (status != 0) {
                exchange.sendResponseHeaders(status, -1);
            }
        } catch (IOException gone) {
            throw gone;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static String head(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

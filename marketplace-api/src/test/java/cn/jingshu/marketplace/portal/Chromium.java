package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.scenario.Until;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A Chromium of this machine without a window, on a profile of its own, told what to do by the DevTools protocol. */
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ObjectMapper json = new ObjectMapper();
    private final Process process;
    private final Path profile;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, JsonNode>> sessions = new ConcurrentHashMap<>();

    private Chromium(Process process, Path profile, URI devTools) {
        this.process = process;
        this.profile = profile;
        this.socket = client.newWebSocketBuilder().buildAsync(devTools, new Ear()).join();
    }

    /** The program on the search path; empty: there is none. */
    static Optional<Path> find() {
        String searched = System.getenv("PATH");
        return NAMES.stream()
                .flatMap(name -> Pattern.compile(Pattern.quote(File.pathSeparator))
                        .splitAsStream(searched == null ? "" : searched)
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Chromium start(Path program) throws Exception {
        Path profile = Files.createTempDirectory("jingshu-chromium-");
        List<String> command = new ArrayList<>(List.of(program.toString(), "--headless=new", "--disable-gpu",
                "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-port=0", "--user-data-dir=" + profile));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--no-sandbox"); // its sandbox refuses to run as root
        }
        command.add("about:blank");
        File said = profile.resolve("said.log").toFile();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said).start();
        try {
            Path port = profile.resolve("DevToolsActivePort");
            List<String> lines = Until.holds(PATIENCE, () -> Files.exists(port) ? Files.readAllLines(port) : List.<String>of(),
                    read -> read.size() == 2);
            return new Chromium(process, profile, URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)));
        } catch (AssertionError silent) {
            process.destroyForcibly();
            throw new AssertionError(program + " does not start: " + Files.readString(said.toPath()), silent);
        }
    }

    /** A tab that shares no cookie with any other. */
    Tab open(String base) {
        String context = ask(null, "Target.createBrowserContext", Map.of()).path("browserContextId").asText();
        String target = ask(null, "Target.createTarget", Map.of("url", "about:blank", "browserContextId", context))
                .path("targetId").asText();
        String session = ask(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .path("sessionId").asText();
        Tab tab = new Tab(this, session, target, base);
        sessions.put(session, tab::heard);
        tab.begin();
        return tab;
    }

    void close(Tab tab) {
        ask(null, "Target.closeTarget", Map.of("targetId", tab.target()));
        sessions.remove(tab.session());
    }

    /** Sends a command and waits for its result. */
    JsonNode ask(@Nullable String session, String method, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ObjectNode message = json.createObjectNode().put("id", id).put("method", method);
        message.set("params", json.valueToTree(parameters));
        if (session != null) {
            message.put("sessionId", session);
        }
        try {
            synchronized (socket) { // one message after the other, as a WebSocket asks for
                socket.sendText(message.toString(), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            JsonNode said = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (said.has("error")) {
                throw new AssertionError(method + " " + parameters + ": " + said.path("error"));
            }
            return said.path("result");
        } catch (ExecutionException | TimeoutException failed) {
            throw new AssertionError(method + " " + parameters + " is not answered", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(method + " was interrupted", stopped);
        }
    }

    /** Puts together what arrives in pieces, and hands it to whom it concerns. */
    private final class Ear implements WebSocket.Listener {
        private final StringBuilder heard = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            heard.append(text);
            if (last) {
                String whole = heard.toString();
                heard.setLength(0);
                hear(whole);
            }
            from.request(1);
            return null;
        }
    }

    private void hear(String text) {
        JsonNode message;
        try {
            message = json.readTree(text);
        } catch (IOException notJson) {
            throw new AssertionError("DevTools said: " + text, notJson);
        }
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer = waiting.remove(message.path("id").asInt());
            if (answer != null) {
                answer.complete(message);
            }
            return;
        }
        BiConsumer<String, JsonNode> tab = sessions.get(message.path("sessionId").asText());
        if (tab != null) {
            tab.accept(message.path("method").asText(), message.path("params"));
        }
    }

    /** Ends the browser and takes its profile away. */
    @Override
    public void close() throws IOException, InterruptedException {
        socket.abort();
        client.shutdownNow();
        List<ProcessHandle> family = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        family.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : family) {
            each.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
        try (var paths = Files.walk(profile)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}

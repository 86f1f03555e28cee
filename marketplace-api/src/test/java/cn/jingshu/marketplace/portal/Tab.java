package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.scenario.Until;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One tab of a {@link Chromium}: goes to pages, presses keys, and keeps every complaint a developer would see. */
final class Tab implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOST_TABS = 80;

    private final Chromium browser;
    private final String session;
    private final String target;
    private final String base;
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final Queue<String> streamed = new ConcurrentLinkedQueue<>();
    private final Map<String, String> requests = new ConcurrentHashMap<>();

    Tab(Chromium browser, String session, String target, String base) {
        this.browser = browser;
        this.session = session;
        this.target = target;
        this.base = base;
    }

    String session() {
        return session;
    }

    String target() {
        return target;
    }

    void begin() {
        for (String part : List.of("Page", "Runtime", "Log", "Network")) {
            ask(part + ".enable", Map.of());
        }
        width(1280);
    }

    private JsonNode ask(String method, Map<String, ?> parameters) {
        return browser.ask(session, method, parameters);
    }

    void heard(String event, JsonNode said) {
        switch (event) {
            case "Runtime.exceptionThrown" -> complaints.add("exception: "
                    + said.at("/exceptionDetails/exception/description").asText(said.at("/exceptionDetails/text").asText()));
            case "Runtime.consoleAPICalled" -> {
                if (Set.of("error", "warning", "assert").contains(said.path("type").asText())) {
                    complaints.add("console: " + said.path("args"));
                }
            }
            case "Log.entryAdded" -> {
                if (Set.of("error", "warning").contains(said.at("/entry/level").asText())) {
                    complaints.add("log: " + said.at("/entry/text").asText() + " " + said.at("/entry/url").asText());
                }
            }
            case "Network.requestWillBeSent" -> requests.put(said.path("requestId").asText(), said.at("/request/url").asText());
            case "Network.responseReceived" -> {
                if (said.at("/response/status").asInt() >= 400) {
                    complaints.add(said.at("/response/status") + ": " + said.at("/response/url").asText());
                }
            }
            case "Network.loadingFailed" -> {
                if (!said.path("canceled").asBoolean()) { // a stream ends with the page that listened to it
                    complaints.add("failed: " + requests.get(said.path("requestId").asText()) + " " + said.path("errorText").asText());
                }
            }
            case "Network.eventSourceMessageReceived" -> streamed.add(said.path("data").asText());
            default -> { }
        }
    }

    /** Every complaint since it was asked for last. */
    List<String> complaints() {
        List<String> taken = new ArrayList<>();
        for (String each = complaints.poll(); each != null; each = complaints.poll()) {
            taken.add(each);
        }
        return taken;
    }

    /** What server-sent events brought, oldest first. */
    List<String> streamed() {
        return List.copyOf(streamed);
    }

    void language(Lang lang) {
        ask("Network.setExtraHTTPHeaders", Map.of("headers", Map.of("Accept-Language", lang.tag())));
    }

    /** A screen this wide: a desktop's, or below 600 pixels a phone's. */
    void width(int pixels) {
        ask("Emulation.setDeviceMetricsOverride", Map.of("width", pixels, "height", pixels < 600 ? 780 : 800,
                "deviceScaleFactor", 1, "mobile", pixels < 600));
    }

    /** Goes to a page of the portal and waits until it and all it loads are there. */
    void go(String path) throws Exception {
        evaluate("window.left = true");
        ask("Page.navigate", Map.of("url", base + path));
        loaded();
    }

    /** Waits for the page that a form or a link leads to; to be asked after {@link #mark()}. */
    void loaded() throws Exception {
        until("document.readyState === 'complete' && window.left !== true && location.protocol === 'http:'");
    }

    /** Marks this page, so that {@link #loaded()} knows the next one. */
    void mark() {
        evaluate("window.left = true");
    }

    /** The value of an expression; promises are waited for. */
    JsonNode evaluate(String expression) {
        JsonNode answer = ask("Runtime.evaluate",
                Map.of("expression", expression, "awaitPromise", true, "returnByValue", true, "userGesture", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    String text(String selector) {
        return evaluate("document.querySelector('" + selector + "')?.textContent ?? ''").asText().strip();
    }

    String path() {
        return evaluate("location.pathname + location.search").asText();
    }

    /** Waits until an expression is true; between two pages there is nothing to ask, which is no failure. */
    void until(String condition) throws Exception {
        Until.holds(PATIENCE, () -> {
            try {
                return evaluate("Boolean(" + condition + ") || location.href + ' ' + document.title");
            } catch (AssertionError betweenPages) {
                return com.fasterxml.jackson.databind.node.TextNode.valueOf(condition + ": " + betweenPages.getMessage());
            }
        }, answer -> answer.isBoolean() && answer.asBoolean());
    }

    /** Presses the tabulator until {@code selector} has the focus, as somebody without a mouse does. */
    void tabTo(String selector) {
        for (int pressed = 0; pressed < MOST_TABS; pressed++) {
            if (evaluate("document.activeElement?.matches('" + selector + "') ?? false").asBoolean()) {
                return;
            }
            press("Tab", "Tab", 9, "");
        }
        throw new AssertionError("no way to " + selector + " by the tabulator on " + path());
    }

    void type(String text) {
        ask("Input.insertText", Map.of("text", text));
    }

    void enter() {
        press("Enter", "Enter", 13, "\r");
    }

    void space() {
        press(" ", "Space", 32, " ");
    }

    private void press(String key, String code, int number, String text) {
        Map<String, Object> down = new java.util.HashMap<>(Map.of("type", text.isEmpty() ? "rawKeyDown" : "keyDown",
                "key", key, "code", code, "windowsVirtualKeyCode", number));
        if (!text.isEmpty()) {
            down.put("text", text);
        }
        ask("Input.dispatchKeyEvent", down);
        ask("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", code, "windowsVirtualKeyCode", number));
    }

    @Override
    public void close() {
        browser.close(this);
    }
}

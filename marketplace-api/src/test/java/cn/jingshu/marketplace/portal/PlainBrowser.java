package cn.jingshu.marketplace.portal;

import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** A browser that runs no scripts: keeps cookies, reads the forms of a page and sends them as they stand there. */
final class PlainBrowser implements AutoCloseable {
    private static final String DEMO_PASSWORD = "jingshu-demo";

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String base;

    PlainBrowser(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    /** What came back; nobody has followed its {@code Location}. */
    record Shown(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** Where it leads, as it stands in the header. */
        String location() {
            return header("Location");
        }

        String html() {
            return response.body();
        }

        Document page() {
            return Jsoup.parse(response.body());
        }

        String heading() {
            return page().select("h1").text();
        }
    }

    /** Signs in a person of the demo city. */
    static PlainBrowser signedIn(int port, String signInName) throws IOException, InterruptedException {
        PlainBrowser browser = new PlainBrowser(port);
        Shown answer = browser.send(Links.SIGN_IN, Links.SIGN_IN,
                Map.of("signInName", signInName, "password", DEMO_PASSWORD));
        if (answer.status() != 303) {
            throw new AssertionError(signInName + " cannot sign in: " + answer.status() + " " + answer.page().text());
        }
        return browser;
    }

    Shown get(String path, String... headers) throws IOException, InterruptedException {
        return ask(request(path, headers).GET());
    }

    /** Sends the form of {@code page} that goes to {@code action}, with {@code typed} over what it holds already. */
    Shown send(String page, String action, Map<String, String> typed) throws IOException, InterruptedException {
        return post(action, filled(page, action, typed));
    }

    /** What {@link #send} would send. */
    Map<String, String> filled(String page, String action, Map<String, String> typed) throws IOException, InterruptedException {
        Shown shown = get(page);
        Element form = shown.page().select("form[method=post]").stream()
                .filter(each -> each.attr("action").equals(action))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no form to " + action + " on " + page + ": " + shown.page().text()));
        Map<String, String> fields = new LinkedHashMap<>();
        for (Element input : form.select("input[type=hidden], input[checked]")) {
            fields.put(input.attr("name"), input.attr("value"));
        }
        fields.putAll(typed);
        return fields;
    }

    Shown post(String action, Map<String, String> fields, String... headers) throws IOException, InterruptedException {
        String body = fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return ask(request(action, headers)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)));
    }

    /** Sends a form with a file in it. */
    Shown upload(String action, String csrf, String file, byte[] content) throws IOException, InterruptedException {
        String part = "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + csrf + "\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                + file + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
        return ask(request(action).header("Content-Type", "multipart/form-data; boundary=x").POST(BodyPublishers.ofByteArrays(List.of(
                part.getBytes(StandardCharsets.UTF_8), content, "\r\n--x--\r\n".getBytes(StandardCharsets.UTF_8)))));
    }

    /** Uses the management interface in this session. */
    Shown json(String verb, String path, String body) throws IOException, InterruptedException {
        return ask(request(path, "Accept", "application/json").header("Content-Type", "application/json").method(verb, BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
        if (List.of(headers).stream().noneMatch("Accept"::equals)) {
            request.header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        }
        return headers.length == 0 ? request : request.headers(headers);
    }

    private Shown ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        return new Shown(client.send(request.build(), BodyHandlers.ofString()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}

package cn.jingshu.marketplace.scenario;

import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.party.SignIn;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.visitor.Visitors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A signed-in person who uses the management interface. */
final class Desk {
    private static final String DEMO_PASSWORD = "jingshu-demo";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RestCaller rest;
    private final String cookie;

    private Desk(RestCaller rest, String cookie) {
        this.rest = rest;
        this.cookie = cookie;
    }

    /** What came back; {@code json} is empty where nothing readable did, {@code etag} where there was none. */
    record Answer(int status, JsonNode json, String text, String etag) {
        String code() {
            return json.path("code").asText();
        }
    }

    /** The desk of a person of the demo city. */
    static Desk of(RunningNode node, RestCaller rest, String signInName) {
        SignIn.Outcome outcome = node.get(SignIn.class).signIn(signInName, DEMO_PASSWORD.toCharArray());
        if (outcome instanceof SignIn.Outcome.SignedIn signedIn) {
            return new Desk(rest, Visitors.SESSION_COOKIE + "=" + signedIn.token().value());
        }
        throw new AssertionError(signInName + " cannot sign in: " + outcome);
    }

    /** The desk of a new colleague of {@code beside} with these roles. */
    static Desk hired(RunningNode node, RestCaller rest, Person beside, Role... roles) {
        String name = "new-" + UUID.randomUUID();
        node.get(People.class).add(new Person(UUID.randomUUID(), beside.organisationId(), name, "New", Set.of(roles)),
                DEMO_PASSWORD.toCharArray(), null);
        return of(node, rest, name);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return answer(rest.send("GET", path, null, null, "Cookie", cookie));
    }

    /** The answer as it came. */
    RestCaller.Reply reply(String path) throws IOException, InterruptedException {
        return rest.send("GET", path, null, null, "Cookie", cookie);
    }

    /** What is no JSON. */
    String text(String path) throws IOException, InterruptedException {
        return rest.send("GET", path, null, null, "Cookie", cookie).text();
    }

    Answer post(String path, @Nullable Object body) throws IOException, InterruptedException {
        return answer(rest.send("POST", path, null, BodyPublishers.ofString(body == null ? "" : JSON.writeValueAsString(body)),
                "Cookie", cookie, "Content-Type", "application/json"));
    }

    /** Sends a file as it is. */
    Answer upload(String path, String content) throws IOException, InterruptedException {
        return answer(rest.send("POST", path, null, BodyPublishers.ofString(content), "Cookie", cookie,
                "Content-Type", "text/csv"));
    }

    /** Sends what changes something, with the version it is decided about. */
    Answer send(String verb, String path, String json, String... headers) throws IOException, InterruptedException {
        String[] all = Stream.concat(Stream.of("Cookie", cookie, "Content-Type", "application/json"), Stream.of(headers))
                .toArray(String[]::new);
        return answer(rest.send(verb, path, null, BodyPublishers.ofString(json), all));
    }

    static JsonNode json(RestCaller.Reply reply) throws IOException {
        return JSON.readTree(reply.text());
    }

    private static Answer answer(RestCaller.Reply reply) throws IOException {
        return new Answer(reply.status(), json(reply), reply.text(), reply.header("ETag"));
    }
}

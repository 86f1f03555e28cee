package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.HttpMethod;
import io.micronaut.web.router.Router;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the published document of the management API says, a running node does: routes, roles, needed fields, answers. */
class ManagementDocumentIT {
    private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");
    private static final Map<Role, Desk> DESKS = new EnumMap<>(Role.class);

    private static SharedNode house;
    private static JsonNode document;
    private static List<Operation> operations = List.of();
    private static String key = "";

    /** @param roles who is let on; empty: nobody by a role */
    private record Operation(String verb, String path, JsonNode words, Set<String> roles, boolean open, boolean keys) {
        String name() {
            return verb + " " + path;
        }

        boolean admits(Role role) {
            return roles.isEmpty() || roles.contains(role.name());
        }

        boolean takesBody() {
            return words.path("requestBody").path("content").has("application/json");
        }

        JsonNode bodySchema() {
            return words.path("requestBody").path("content").path("application/json").path("schema");
        }
    }

    @Test
    void itIsKeptAndGivenAgainOnlyToWhoHasAnother() throws Exception {
        RestCaller.Reply first = house.rest.get("/openapi/management.json", null);
        String tag = first.header("ETag");
        assertThat(first.text()).contains("\"url\"", "\"http://127.0.0.1:" + house.node.httpPort() + "\"").doesNotContain("localhost:8080");
        RestCaller.Reply again = house.rest.get("/openapi/management.json", null, "If-None-Match", tag);
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.text()).isEmpty();
        assertThat(again.header("ETag")).isEqualTo(tag);
        assertThat(house.rest.get("/openapi/management.json", null, "If-None-Match", "\"another\"").text()).isEqualTo(first.text());
    }

    /** Each address has a document of its own, and so a tag. */
    @Test
    void underAnotherAddressItIsAnother() throws Exception {
        URI elsewhere = URI.create("http://localhost:" + house.node.httpPort() + "/openapi/management.json");
        String tag = house.rest.get("/openapi/management.json", null).header("ETag");
        HttpResponse<String> other = house.rest.client().send(HttpRequest.newBuilder(elsewhere).header("If-None-Match", tag).build(),
                BodyHandlers.ofString());
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).contains("\"http://localhost:" + house.node.httpPort() + "\"");
        assertThat(other.headers().firstValue("ETag")).isPresent().isNotEqualTo(Optional.of(tag));
    }

    @BeforeAll
    static void open() throws Exception {
        house = SharedNode.get();
        RestCaller.Reply served = house.rest.get("/openapi/management.json", null);
        assertThat(served.status()).as(served.text()).isEqualTo(200);
        assertThat(served.header("Content-Type")).startsWith("application/json");
        document = new ObjectMapper().readTree(served.text());
        List<Operation> all = new ArrayList<>();
        document.path("paths").properties().forEach(path -> path.getValue().properties().forEach(operation -> {
            Set<String> roles = new TreeSet<>();
            boolean keys = false;
            for (JsonNode each : operation.getValue().path("security")) {
                each.path("session").forEach(role -> roles.add(role.asText()));
                keys |= each.has("bearerAuth");
            }
            all.add(new Operation(operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue(), roles,
                    operation.getValue().path("security").isEmpty(), keys));
        }));
        operations = all;
        Map<Role, String> beside = Map.of(Role.OWNER, "app-studio", Role.DEVELOPER, "app-studio", Role.REGULATOR, "bureau", Role.PRICE_OFFICER, "price",
                Role.TREASURY_OFFICER, "treasury", Role.OPERATIONS, "operator", Role.PROVIDER_OFFICER, "bus-group", Role.MERCHANT_OFFICER, "merchant",
                Role.AUDITOR, "bureau");
        for (Role role : Role.values()) {
            DESKS.put(role, Desk.hired(house.node, house.rest, house.market.person(Objects.requireNonNull(beside.get(role))), role));
        }
        key = house.market.key(house.market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000, Market.WIDE));
    }

    /** The server and its description: a document that was served at another address names that one. */
    @Test
    void theServedDocumentNamesTheServerItWasAskedFrom() {
        assertThat(document.at("/servers/0/url").asText()).isEqualTo(house.rest.origin());
        assertThat(document.path("openapi").asText()).startsWith("3.1.");
    }

    @Test
    void theRouterServesWhatIsDocumentedAndNothingElse() {
        Set<String> routed = house.node.get(Router.class).uriRoutes()
                .filter(each -> each.getUriMatchTemplate().toPathString().startsWith("/api"))
                .filter(each -> each.getHttpMethod() != HttpMethod.HEAD && each.getHttpMethod() != HttpMethod.OPTIONS)
                .map(each -> each.getHttpMethodName() + " " + each.getUriMatchTemplate().toPathString())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> documented = operations.stream().map(Operation::name).collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(routed);
    }

    @Test
    void nobodyIsLetOnWithoutARightThatIsDocumented() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Operation each : operations) {
            if (each.open()) {
                continue;
            }
            RestCaller.Reply nobody = house.rest.send(each.verb(), filled(each), null, body(each), "Content-Type", type(each));
            boolean hidden = each.keys() && (nobody.status() == 404 || nobody.status() == 400); // what is not one's own does not exist
            if (nobody.status() != 401 && !hidden) {
                wrong.add(each.name() + " answers " + nobody.status() + " to nobody");
            }
            if (!each.keys()) {
                RestCaller.Reply program = house.rest.send(each.verb(), filled(each), key, body(each), "Content-Type", type(each));
                if (program.status() != 403) {
                    wrong.add(each.name() + " answers " + program.status() + " to a key");
                }
            }
            for (Role role : Role.values()) {
                if (!each.admits(role)) {
                    Desk.Answer answer = sent(each, role);
                    if (answer.status() != 403) {
                        wrong.add(each.name() + " answers " + answer.status() + " to " + role);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whoIsDocumentedIsLetOnAndReadsWhatTheSchemaSays() throws Exception {
        List<String> wrong = new ArrayList<>();
        int read = 0;
        for (Operation each : operations) {
            if (!each.verb().equals("GET") || each.path().contains("bundle.zip")) {
                continue;
            }
            for (Role role : Role.values()) {
                if (!each.admits(role)) {
                    continue;
                }
                RestCaller.Reply answer = desk(role).reply(filled(each));
                String type = answer.header("Content-Type").replaceFirst(";.*", "");
                if (answer.status() == 401 || answer.status() == 403 || answer.status() >= 500) {
                    wrong.add(each.name() + " answers " + answer.status() + " to " + role + ": " + answer.text());
                } else if (answer.status() == 200) {
                    read++;
                    JsonNode content = each.words().path("responses").path("200").path("content");
                    if (content.properties().stream().noneMatch(media -> media.getKey().startsWith(type))) {
                        wrong.add(each.name() + " answers " + type + ", not " + content);
                    } else if (type.endsWith("json")) {
                        fits(each.name(), Desk.json(answer), content.path(type).path("schema"), wrong);
                    }
                } else if (answer.status() >= 400 && !documented(each, answer.status(), Desk.json(answer).path("code").asText())) {
                    wrong.add(each.name() + " does not say " + answer.status() + " " + answer.text());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(read).isGreaterThan(150);
    }

    @Test
    void whatHasToBeSentIsAskedFor() throws Exception {
        List<String> wrong = new ArrayList<>();
        int asked = 0;
        for (Operation each : operations) {
            JsonNode schema = resolved(each.bodySchema());
            if (!each.takesBody() || schema.path("required").isEmpty() || each.open()) {
                continue;
            }
            asked++;
            Role role = each.roles().isEmpty() ? Role.OWNER : Role.valueOf(each.roles().iterator().next());
            Desk.Answer answer = sent(each, role);
            boolean refused = answer.status() >= 400 && answer.status() < 500 && answer.status() != 401;
            if (!refused || !documented(each, answer.status(), answer.code())) {
                wrong.add(each.name() + " answers " + answer.status() + " " + answer.code() + " to " + role + " who sends nothing");
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(asked).isGreaterThan(70);
    }

    private static boolean documented(Operation operation, int status, String code) {
        for (JsonNode each : operation.words().path("x-jingshu-codes").path(Integer.toString(status))) {
            if (each.asText().equals(code)) {
                return true;
            }
        }
        return false;
    }

    private static Desk desk(Role role) {
        return Objects.requireNonNull(DESKS.get(role));
    }

    private static Desk.Answer sent(Operation operation, Role role) throws Exception {
        Desk desk = desk(role);
        return operation.verb().equals("GET") ? desk.get(filled(operation)) : operation.words().has("requestBody") && !operation.takesBody()
                ? desk.upload(filled(operation), "x")
                : desk.send(operation.verb(), filled(operation), operation.takesBody() ? "{}" : "");
    }

    private static java.net.http.HttpRequest.@Nullable BodyPublisher body(Operation operation) {
        return operation.words().has("requestBody") ? java.net.http.HttpRequest.BodyPublishers.ofString("{}") : null;
    }

    private static String type(Operation operation) {
        return operation.words().has("requestBody") && !operation.takesBody() ? "text/csv" : "application/json";
    }

    /** The path with values of the right form for its variables and what its query needs. */
    private static String filled(Operation operation) {
        Map<String, JsonNode> parameters = new java.util.HashMap<>();
        List<String> query = new ArrayList<>();
        for (JsonNode each : operation.words().path("parameters")) {
            parameters.put(each.path("name").asText(), each);
            if (each.path("in").asText().equals("query") && each.path("required").asBoolean()) {
                query.add(each.path("name").asText() + "=" + value(each.path("name").asText(), each.path("schema")));
            }
        }
        String path = VARIABLE.matcher(operation.path()).replaceAll(name -> value(name.group(1), Objects.requireNonNull(parameters.get(name.group(1))).path("schema")));
        return query.isEmpty() ? path : path + "?" + String.join("&", query);
    }

    private static String value(String name, JsonNode schema) {
        if (schema.path("format").asText().equals("uuid")) {
            return UUID.randomUUID().toString();
        }
        if (schema.path("type").asText().equals("integer")) {
            return name.equals("year") ? "2026" : "1";
        }
        if (schema.path("format").asText().equals("date")) {
            return "2026-11-02";
        }
        if (schema.has("enum")) {
            return schema.path("enum").path(0).asText();
        }
        return switch (name) {
            case "month", "period", "from", "to" -> YearMonth.now(ZoneId.of("Asia/Shanghai")).toString();
            case "product" -> "library";
            default -> "1001";
        };
    }

    // Whether a value is as its schema says ------------------------------------------------------------------------------

    private static JsonNode resolved(JsonNode schema) {
        String pointer = schema.path("$ref").asText();
        return pointer.isEmpty() ? schema : document.at(pointer.substring(1));
    }

    private static void fits(String where, JsonNode value, JsonNode stated, List<String> wrong) {
        JsonNode schema = resolved(stated);
        if (schema.has("anyOf")) {
            List<List<String>> tries = new ArrayList<>();
            for (JsonNode each : schema.path("anyOf")) {
                List<String> faults = new ArrayList<>();
                fits(where, value, each, faults);
                tries.add(faults);
            }
            if (tries.stream().noneMatch(List::isEmpty)) {
                wrong.addAll(tries.getFirst());
            }
            return;
        }
        if (!ofType(value, schema.path("type"))) {
            wrong.add(where + " is " + value.getNodeType() + ", not " + schema.path("type"));
        } else if (value.isArray()) {
            value.forEach(each -> fits(where + "[]", each, schema.path("items"), wrong));
        } else if (value.isObject() && schema.has("properties")) {
            schema.path("required").forEach(each -> {
                if (!value.has(each.asText())) {
                    wrong.add(where + "." + each.asText() + " is missing");
                }
            });
            value.properties().forEach(each -> {
                JsonNode of = schema.path("properties").path(each.getKey());
                if (of.isMissingNode()) {
                    wrong.add(where + "." + each.getKey() + " is not documented");
                } else {
                    fits(where + "." + each.getKey(), each.getValue(), of, wrong);
                }
            });
        } else if (value.isTextual() && schema.has("enum") && !((ObjectNode) schema).path("enum").toString().contains('"' + value.asText() + '"')) {
            wrong.add(where + " is " + value + ", none of " + schema.path("enum"));
        } else if (value.isTextual() && !ofFormat(value.asText(), schema.path("format").asText())) {
            wrong.add(where + " is " + value + ", not of the form " + schema.path("format"));
        }
    }

    private static boolean ofType(JsonNode value, JsonNode type) {
        if (type.isMissingNode()) {
            return true;
        }
        Set<String> types = new HashSet<>();
        (type.isArray() ? type : List.of(type)).forEach(each -> types.add(each.asText()));
        return switch (value.getNodeType()) {
            case OBJECT -> types.contains("object");
            case ARRAY -> types.contains("array");
            case STRING -> types.contains("string");
            case BOOLEAN -> types.contains("boolean");
            case NULL -> types.contains("null");
            case NUMBER -> types.contains("number") || (value.isIntegralNumber() && types.contains("integer"));
            case BINARY, MISSING, POJO -> false;
        };
    }

    private static boolean ofFormat(String text, String format) {
        return switch (format) {
            case "uuid" -> UUID.fromString(text).toString().equals(text);
            case "date-time" -> text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
            case "date" -> text.matches("\\d{4}-\\d\\d-\\d\\d");
            default -> true;
        };
    }
}

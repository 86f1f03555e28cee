package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.subscription.Subscription;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Single calls found by time, subscription, product, operation and outcome, and why each is or is not on a bill. */
class UsageQueriesIT {
    private static SharedNode house;
    private static Subscription own;
    private static Subscription second;
    private static String key;
    private static String secondKey;
    private static Desk bank;
    private static Desk studio;
    private static Desk auditor;
    private static Instant began;
    private static Instant ended;

    @BeforeAll
    static void call() throws Exception {
        house = SharedNode.get();
        own = house.market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE);
        second = house.market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE);
        key = live(own);
        secondKey = live(second);
        bank = Desk.of(house.node, house.rest, "bank");
        studio = Desk.of(house.node, house.rest, "app-studio");
        auditor = Desk.hired(house.node, house.rest, house.market.person("bureau"), Role.AUDITOR);
        began = Instant.now();
        List<String> requests = new ArrayList<>();
        for (String path : List.of("/v1/library/books/b1", "/v1/library/books/missing", "/v1/library/books/torn",
                "/v1/library/books?pageSize=3", "/v1/library/books?pageSize=4")) {
            requests.add(house.rest.get(path, key).requestId());
        }
        requests.add(house.rest.get("/v1/library/books/b2", secondKey).requestId());
        for (String request : requests) {
            house.usage.one(request);
        }
        ended = Instant.now(); // other tests here call with the same keys
    }

    private static String live(Subscription subscription) throws Exception {
        String fresh = house.market.key(subscription);
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/absent", fresh).status(), status -> status == 200);
        return fresh;
    }

    private static String then() {
        return "from=" + began + "&to=" + ended;
    }

    private static String since() {
        return then() + "&subscription=" + own.id();
    }

    private static List<JsonNode> events(Desk desk, String query) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        do {
            Desk.Answer page = desk.get("/api/usage/events?limit=2&" + query + cursor);
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            page.json().path("events").forEach(all::add);
            cursor = page.json().path("nextCursor").isNull() ? "" : "&cursor=" + page.json().path("nextCursor").asText();
        } while (!cursor.isEmpty());
        return all;
    }

    private static List<String> texts(List<JsonNode> events, String field) {
        return events.stream().map(event -> event.path(field).asText()).toList();
    }

    @Test
    void eventsAreFoundByWhatIsAskedOfThemPageByPage() throws Exception {
        List<JsonNode> all = events(bank, since());
        assertThat(all).hasSize(5);
        assertThat(texts(all, "eventId")).doesNotHaveDuplicates();
        assertThat(texts(all, "occurredAt")).isSortedAccordingTo((one, two) -> Instant.parse(two).compareTo(Instant.parse(one)));
        assertThat(texts(events(bank, since() + "&operation=ListBooks"), "quantity")).containsExactly("4", "3");
        assertThat(texts(events(bank, since() + "&outcome=REFUSED"), "quantity")).containsExactly("0");
        assertThat(events(bank, since() + "&product=library")).hasSize(5);
        assertThat(events(bank, since() + "&product=echo")).isEmpty();
        assertThat(events(bank, then() + "&product=library"))
                .as("every subscription of one's own")
                .hasSize(6);
        assertThat(events(bank, "subscription=" + own.id() + "&to=" + began)).as("half-open").noneMatch(
                event -> !Instant.parse(event.path("occurredAt").asText()).isBefore(began));
        for (String wrong : List.of("outcome=WELL", "from=yesterday", "from=" + Instant.now() + "&to=" + began, "cursor=x")) {
            assertThat(bank.get("/api/usage/events?" + wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void aConsumerSeesItsOwnCallsAndTheAuditorAll() throws Exception {
        String event = texts(events(bank, since()), "eventId").getFirst();
        UUID organisation = house.market.person("bank").organisationId();
        assertThat(studio.get("/api/usage/events?" + since()).status()).isEqualTo(404);
        assertThat(studio.get("/api/usage/events?organisation=" + organisation).status()).isEqualTo(404);
        assertThat(studio.get("/api/usage/events/" + event).status()).isEqualTo(404);
        assertThat(studio.get("/api/usage/why?event=" + event).status()).isEqualTo(404);
        assertThat(house.rest.get("/api/usage/events/" + event, secondKey).status()).as("a key sees its own subscription").isEqualTo(404);
        assertThat(house.rest.get("/api/usage/events/" + event, key).status()).isEqualTo(200);
        assertThat(house.rest.get("/api/usage/events", null).status()).isEqualTo(401);
        for (Desk reader : List.of(auditor, Desk.of(house.node, house.rest, "operator"))) {
            assertThat(events(reader, since())).hasSize(5);
            assertThat(events(reader, then() + "&organisation=" + organisation + "&product=library")).hasSize(6);
            assertThat(reader.get("/api/usage/events/" + event).status()).isEqualTo(200);
            assertThat(reader.get("/api/usage/why?event=" + event).status()).isEqualTo(200);
        }
        assertThat(Desk.of(house.node, house.rest, "merchant2").get("/api/usage/events/" + event).status()).isEqualTo(404);
    }

    @Test
    void aCallIsVisibleWithinASecond() throws Exception {
        String event = house.rest.get("/v1/library/books/b1", secondKey).header("Jingshu-Event-Id");
        Until.holds(Duration.ofSeconds(1), () -> house.rest.get("/api/usage/events/" + event, secondKey).status(), status -> status == 200);
    }

    private static JsonNode why(RestCaller.Reply call, String credential) throws Exception {
        house.usage.one(call.requestId());
        JsonNode byRequest = Desk.json(house.rest.get("/api/usage/why?request=" + call.requestId(), credential)).path("calls");
        assertThat(byRequest).hasSize(1);
        String event = byRequest.path(0).path("event").path("eventId").asText();
        JsonNode byEvent = Desk.json(house.rest.get("/api/usage/why?event=" + event, credential)).path("calls");
        assertThat(byEvent).isEqualTo(byRequest);
        return byEvent.path(0);
    }

    private static String verdict(String path, String credential) throws Exception {
        return why(house.rest.get(path, credential), credential).path("verdict").asText();
    }

    @Test
    void everyCallSaysWhyItIsOrIsNotOnTheBill() throws Exception {
        JsonNode open = why(house.rest.get("/v1/library/books?pageSize=3", key), key);
        assertThat(open.path("verdict").asText()).isEqualTo("TO_BE_BILLED");
        assertThat(open.path("sentenceZh").asText()).contains("尚未关账");
        assertThat(open.path("fenPerUnit").asText()).isEqualTo("1.5");
        assertThat(open.path("ceilingFenPerUnit").asText()).isEqualTo("2");
        assertThat(open.path("priceVersion").isNull()).isFalse();
        assertThat(open.path("billStatus").asText()).isEqualTo("OPEN");
        assertThat(open.path("line").isNull()).isTrue();
        assertThat(verdict("/v1/library/books/missing", key)).isEqualTo("NOTHING_FOUND");
        assertThat(verdict("/v1/library/books/torn", key)).isEqualTo("NOT_ANSWERED");
        assertThat(verdict("/v1/library/books/broken", key)).isEqualTo("NOT_ANSWERED");
        assertThat(verdict("/v1/library/books", key)).as("a page of no rows").isEqualTo("NO_UNITS");
        ApiKeys.Issue.Issued sandbox = house.market.issueKey(own, true);
        String test = sandbox.key().reveal();
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/absent", test).status(), status -> status == 200);
        assertThat(verdict("/v1/library/books/b1", test)).isEqualTo("SANDBOX");
        String free = live(house.market.subscribe("institute", "library", Purpose.PUBLIC_INTEREST, 100, Market.WIDE));
        JsonNode unpaid = why(house.rest.get("/v1/library/books/b1", free), free);
        assertThat(unpaid.path("verdict").asText()).isEqualTo("FREE_PURPOSE");
        assertThat(unpaid.path("priceVersion").isNull()).isTrue();
    }

    @Test
    void anAnswerGivenAgainIsNoCallOfItsOwnAndItsEventIsNamed() throws Exception {
        String name = "\"" + UUID.randomUUID() + "\"";
        RestCaller.Reply first = house.rest.get("/v1/library/books/b1", key, "Idempotency-Key", name);
        RestCaller.Reply again = house.rest.get("/v1/library/books/b1", key, "Idempotency-Key", name);
        JsonNode counted = why(first, key);
        assertThat(counted.path("event").path("eventId").asText()).isEqualTo(again.header("Jingshu-Event-Id"));
        RestCaller.Reply replayed = house.rest.get("/api/usage/why?request=" + again.requestId(), key);
        assertThat(replayed.status()).isEqualTo(404);
        assertThat(replayed.text()).contains("Jingshu-Event-Id");
        RestCaller.Reply both = house.rest.get("/api/usage/why", key);
        assertThat(both.status()).isEqualTo(400);
    }
}

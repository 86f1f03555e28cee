package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.LibraryProduct;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.TestSubject;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who calls is the organisation behind the key, on every edge; what belongs to one organisation is not there for another. */
class CallersIT {
    private static final String LIBRARY = "jingshu.library.v1.LibraryService/";
    private static final String CLAIMS = "jingshu.claims.v1.ClaimsService/";
    private static final String RENTAL = "jingshu.rental.v1.RentalService/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static SharedNode house;

    @BeforeAll
    static void theHouse() throws Exception {
        house = SharedNode.get();
    }

    /** A key of a new application of {@code consumer}, known to the gate. */
    private static String application(String consumer, String product, boolean sandbox, String path) throws Exception {
        String key = house.market.issueKey(house.market.subscribe(consumer, product, Purpose.INDUSTRY, 100_000, Market.WIDE), sandbox).key().reveal();
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get(path, key).status(), status -> status != 401 && status != 403);
        return key;
    }

    private static Message request(String method, String json) throws InvalidProtocolBufferException {
        Message.Builder request = house.grpc.method(method).requestPrototype().newBuilderForType();
        JsonFormat.parser().merge(json, request);
        return request.build();
    }

    private static GrpcCaller.Reply grpc(String method, String json, String key, String... metadata) throws InvalidProtocolBufferException {
        return house.grpc.call(method, request(method, json), key, metadata);
    }

    private static RestCaller.Reply post(String path, String json, String key) throws Exception {
        return house.rest.post(path, key, json, "Content-Type", "application/json");
    }

    @Test
    void everyEdgeSaysWhoCallsAndNoRequestCan() throws Exception {
        String organisation = house.market.organisationOf("app-studio").id().toString();
        String stranger = house.market.organisationOf("bank").id().toString();
        String one = application("app-studio", "library", false, "/v1/library/books/b1");
        String two = application("app-studio", "library", false, "/v1/library/books/b1");
        String sandbox = application("app-studio", "library", true, "/v1/library/books/b1");
        String other = application("bank", "library", false, "/v1/library/books/b1");
        for (String key : List.of(one, two, sandbox)) {
            assertThat(house.rest.get("/v1/library/books/mine", key, "Jingshu-Caller", stranger).text()).contains(organisation);
            assertThat(grpc(LIBRARY + "GetBook", "{\"bookId\":\"mine\"}", key, "jingshu-caller", stranger).answer().toString()).contains(organisation);
        }
        assertThat(house.rest.get("/v1/library/books/mine", other).text()).contains(stranger).doesNotContain(organisation);
        assertThat(house.rest.get("/v1/library/books/mine", one, "Idempotency-Key", "\"" + UUID.randomUUID() + "\"").text()).contains(organisation);
        LibraryProduct library = house.node.get(LibraryProduct.class);
        assertThat(house.rest.get("/v1/library/returns?books=1", other).status()).isEqualTo(200);
        assertThat(library.streamCaller().text()).isEqualTo(stranger);
        house.grpc.stream(LIBRARY + "WatchReturns", request(LIBRARY + "WatchReturns", "{\"books\":1}"), UUID.randomUUID().toString(), two)
                .forEachRemaining(_ -> { });
        assertThat(library.streamCaller().text()).isEqualTo(organisation);
    }

    @Test
    void aCaseIsThereForItsOrganisationAlone() throws Exception {
        String nowhere = "/v1/claims/cases/" + UUID.randomUUID();
        String one = application("insurer", "claims", true, nowhere);
        String two = application("insurer", "claims", true, nowhere);
        String other = application("bank", "claims", true, nowhere);
        String opening = """
                {"insuredId":"%s","claimNumber":"%s","insurerUscc":"%s","openedBy":"张调查","windowFrom":"2026-01-01","windowUntil":"2026-10-31"}
                """.formatted(TestSubject.APPROVE.person().number(), "C-" + UUID.randomUUID().toString().substring(0, 8),
                TestSubject.APPROVE.enterprise().code());
        RestCaller.Reply opened = post("/v1/claims/cases", opening, one);
        assertThat(opened.status()).as(opened.text()).isEqualTo(200);
        String id = JSON.readTree(opened.text()).path("caseId").asText();
        assertThat(id).isNotEmpty();
        String person = "{\"insuredId\":\"" + TestSubject.APPROVE.person().number() + "\"}";
        String reading = "{\"caseId\":\"" + id + "\",\"insuredId\":\"" + TestSubject.APPROVE.person().number() + "\"}";
        assertThat(grpc(CLAIMS + "GetCase", reading, two).answer().toString()).contains(id);
        assertThat(post("/v1/claims/cases/" + id + "/reading", person, two).status()).isEqualTo(200);

        RestCaller.Reply none = post(nowhere + "/reading", person, other);
        RestCaller.Reply hidden = post("/v1/claims/cases/" + id + "/reading", person, other);
        assertThat(hidden.status()).isEqualTo(404);
        assertThat(told(hidden)).isEqualTo(told(none));
        GrpcCaller.Reply hiddenToo = grpc(CLAIMS + "GetCase", reading, other);
        assertThat(hiddenToo.code()).isEqualTo(Status.Code.NOT_FOUND);
        String closing = "{\"caseId\":\"" + id + "\",\"expectedVersion\":1,\"conclusion\":\"NO_OBJECTION\",\"closedBy\":\"x\"}";
        assertThat(grpc(CLAIMS + "CloseCase", closing, other).code()).isEqualTo(Status.Code.NOT_FOUND);
        GrpcCaller.Reply again = grpc(CLAIMS + "OpenCase", opening, other);
        assertThat(again.answer().toString()).as("the same claim is a case of its own").doesNotContain(id);
        RestCaller.Reply unchanged = post("/v1/claims/cases/" + id + "/reading", person, one);
        assertThat(JSON.readTree(unchanged.text()).path("version").asInt()).isEqualTo(1);
    }

    /** What a refusal says, but for which call and path it was. */
    private static List<String> told(RestCaller.Reply reply) throws Exception {
        JsonNode problem = JSON.readTree(reply.text());
        return List.of(problem.path("code").asText(), problem.path("title").asText(), problem.path("detail").asText(),
                problem.path("detailZh").asText());
    }

    @Test
    void twoApplicationsOfAnOrganisationShareTheLimitOfAProduct() throws Exception {
        String nowhere = "/v1/rental/listings/" + UUID.randomUUID();
        String one = application("app-studio", "rental", true, nowhere);
        String two = application("app-studio", "rental", true, nowhere);
        String other = application("bank", "rental", true, nowhere);
        int asked = 0;
        while (asked < 1_000) {
            List<String> items = new ArrayList<>();
            for (int i = 0; i < 100; i++, asked++) {
                // Twenty questions about each publisher: what stops the walk is who asks.
                items.add("{\"listingId\":\"l%d\",\"unitCode\":\"420802001001GB00001F%04d0101\",\"publisherId\":\"%s\"}"
                        .formatted(asked, 1_000 + asked, ResidentId.complete("420802", LocalDate.of(1960, 1, 1).plusDays(asked / 20), 21).number()));
            }
            String batch = "{\"platformUscc\":\"%s\",\"items\":[%s]}".formatted(
                    (asked % 200 == 0 ? TestSubject.APPROVE : TestSubject.REFER).enterprise().code(), String.join(",", items));
            if (asked % 200 == 0) {
                RestCaller.Reply reply = post("/v1/rental/verifications/batch", batch, one);
                assertThat(reply.status()).as(reply.text()).isEqualTo(200);
                assertThat(reply.text()).doesNotContain("WITHHELD");
            } else {
                assertThat(grpc(RENTAL + "VerifyListings", batch, two).answer().toString()).isNotEmpty();
            }
        }
        String question = "{\"platformUscc\":\"%s\",\"unitCode\":\"420802001001GB00001F00010101\",\"publisherId\":\"%s\"}"
                .formatted(TestSubject.APPROVE.enterprise().code(), TestSubject.APPROVE.person().number());
        RestCaller.Reply limited = post("/v1/rental/verifications", question, one);
        assertThat(limited.status()).as(limited.text()).isEqualTo(429);
        assertThat(limited.text()).contains("\"code\":\"" + Refusal.PRODUCT_LIMIT_REACHED.code() + "\"");
        assertThat(Long.parseLong(limited.header("Retry-After"))).isBetween(86_000L, 86_400L);
        assertThat(house.usage.one(limited.requestId()).quantity()).isZero();
        GrpcCaller.Reply limitedToo = grpc(RENTAL + "VerifyListing", question, two);
        assertThat(limitedToo.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(limitedToo.reason()).isEqualTo(Refusal.PRODUCT_LIMIT_REACHED.code());
        assertThat(limitedToo.detail(RetryInfo.class).getRetryDelay().getSeconds()).isBetween(86_000L, 86_400L);
        assertThat(post("/v1/rental/verifications", question, other).status()).as("another organisation").isEqualTo(200);
    }
}

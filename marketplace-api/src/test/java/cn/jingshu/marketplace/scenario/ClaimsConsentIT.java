package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.consent.Consent;
import cn.jingshu.marketplace.consent.Consents;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.TestSubject;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A case is read with the consent of its person as it stands at that moment; without it the case can be closed, and that is all it tells. */
class ClaimsConsentIT {
    private static final String CASES = "/v1/claims/cases";
    private static final String GRPC = "jingshu.claims.v1.ClaimsService/";
    private static final ResidentId PERSON = ResidentId.complete("420802", LocalDate.of(1983, 7, 9), 33);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static SharedNode house;
    private static Subscription subscription;
    private static String key;

    @BeforeAll
    static void theHouse() throws Exception {
        house = SharedNode.get();
        subscription = house.market.subscriptionOf("insurer", "claims-standard");
        key = house.market.key(subscription);
    }

    private static UUID agree() {
        UUID id = UUID.randomUUID();
        Instant now = Instant.now();
        assertThat(house.node.get(Consents.class).give(new Consent(id, SubjectToken.of(house.node.get(Pepper.class), PERSON.number()),
                subscription.organisationId(), house.market.scenarioOf(subscription), Purpose.INDUSTRY, "claims", Set.of(), "v1", "doc 1",
                now.minusSeconds(1), now.plus(Duration.ofDays(1))), house.market.person("operator").id())).isEqualTo(new Change.Done(false));
        return id;
    }

    private static RestCaller.Reply post(String path, String json) throws Exception {
        return house.rest.post(CASES + path, key, json, "Content-Type", "application/json");
    }

    private static GrpcCaller.Reply grpc(String method, String json) throws Exception {
        Message.Builder request = house.grpc.method(GRPC + method).requestPrototype().newBuilderForType();
        JsonFormat.parser().merge(json, request);
        return house.grpc.call(GRPC + method, request.build(), key);
    }

    @Test
    void aWithdrawnConsentEndsTheReadingOfACaseButNotItsClosing() throws Exception {
        String opening = """
                {"insuredId":"%s","claimNumber":"W-%s","insurerUscc":"%s","openedBy":"张调查","windowFrom":"2026-01-01","windowUntil":"2026-10-31"}
                """.formatted(PERSON.number(), UUID.randomUUID().toString().substring(0, 8), TestSubject.APPROVE.enterprise().code());
        String person = "{\"insuredId\":\"" + PERSON.number() + "\"}";
        UUID consent = agree();
        RestCaller.Reply opened = Until.holds(Duration.ofSeconds(5), () -> post("", opening), reply -> reply.status() != 403 && reply.status() != 401);
        assertThat(opened.status()).as(opened.text()).isEqualTo(200);
        String id = JSON.readTree(opened.text()).path("caseId").asText();
        String both = "{\"caseId\":\"" + id + "\",\"insuredId\":\"" + PERSON.number() + "\"}";
        assertThat(post("/" + id + "/reading", person).status()).isEqualTo(200);
        assertThat(post("/" + id + "/bundle", person).header("Content-Type")).isEqualTo("application/zip");
        assertThat(grpc("GetCase", both).answer().toString()).contains(id);
        assertThat(grpc("GetEvidenceBundle", both).code()).isEqualTo(Status.Code.OK);

        assertThat(house.node.get(Consents.class).withdraw(consent, house.market.person("operator").id())).isEqualTo(new Change.Done(false));
        RestCaller.Reply refused = Until.holds(Duration.ofSeconds(1), () -> post("/" + id + "/reading", person), reply -> reply.status() != 200);
        for (RestCaller.Reply reply : new RestCaller.Reply[] {refused, post("/" + id + "/bundle", person), post("", opening),
            post("/" + id + "/clues", "{\"insuredId\":\"" + PERSON.number() + "\",\"expectedVersion\":1}")}) {
            assertThat(reply.status()).as(reply.text()).isEqualTo(403);
            JsonNode problem = JSON.readTree(reply.text());
            assertThat(problem.path("code").asText()).isEqualTo(Refusal.CONSENT_REQUIRED.code());
            assertThat(reply.text()).doesNotContain(PERSON.number()).doesNotContain("W-");
        }
        for (String method : new String[] {"GetCase", "GetEvidenceBundle"}) {
            GrpcCaller.Reply reply = grpc(method, both);
            assertThat(reply.code()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(reply.reason()).isEqualTo(Refusal.CONSENT_REQUIRED.code());
        }
        String other = TestSubject.APPROVE.person().number();
        RestCaller.Reply borrowed = post("/" + id + "/reading", "{\"insuredId\":\"" + other + "\"}");
        assertThat(borrowed.status()).as("the consent of another does not find the case: %s", borrowed.text()).isEqualTo(404);
        assertThat(house.rest.get(CASES + "/" + id, key).status()).as("there is no reading that names nobody").isEqualTo(404);

        RestCaller.Reply guessed = post("/" + id + "/closing", "{\"expectedVersion\":9,\"conclusion\":\"WITHDRAWN\",\"closedBy\":\"张调查\"}");
        assertThat(guessed.text()).contains("version 1");
        RestCaller.Reply closed = post("/" + id + "/closing", "{\"expectedVersion\":1,\"conclusion\":\"WITHDRAWN\",\"closedBy\":\"张调查\"}");
        assertThat(closed.status()).as(closed.text()).isEqualTo(200);
        JsonNode answer = JSON.readTree(closed.text());
        assertThat(answer.path("state").asText()).isEqualTo("CLOSED");
        assertThat(answer.has("clues") || answer.has("claimedStay") || answer.has("claimNumber")).as(closed.text()).isFalse();
        assertThat(post("/" + id + "/reading", person).status()).as("nor is it read when it is closed").isEqualTo(403);
        GrpcCaller.Reply publicKey = grpc("GetEvidenceKey", "{}");
        assertThat(publicKey.answer().toString()).as("what was given before can still be verified").contains("Ed25519");

        agree();
        RestCaller.Reply again = Until.holds(Duration.ofSeconds(1), () -> post("/" + id + "/reading", person), reply -> reply.status() != 403);
        assertThat(JSON.readTree(again.text()).path("conclusion").asText()).isEqualTo("WITHDRAWN");
    }
}

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
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An assessment is explained with the consent of its applicant as it stands at that moment, to the organisation that asked for it alone. */
class ExplanationConsentIT {
    private static final String ASSESSMENTS = "/v1/underwriting/assessments";
    private static final ResidentId PERSON = ResidentId.complete("420802", LocalDate.of(1979, 4, 2), 45);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static SharedNode house;

    @BeforeAll
    static void theHouse() throws Exception {
        house = SharedNode.get();
    }

    private static UUID agree(Subscription subscription) {
        UUID id = UUID.randomUUID();
        Instant now = Instant.now();
        assertThat(house.node.get(Consents.class).give(new Consent(id, SubjectToken.of(house.node.get(Pepper.class), PERSON.number()),
                subscription.organisationId(), house.market.scenarioOf(subscription), Purpose.INDUSTRY, "underwriting", Set.of(), "v1", "doc 1",
                now.minusSeconds(1), now.plus(Duration.ofDays(1))), house.market.person("operator").id())).isEqualTo(new Change.Done(false));
        return id;
    }

    private static RestCaller.Reply post(String path, String key, String json) throws Exception {
        return house.rest.post(ASSESSMENTS + path, key, json, "Content-Type", "application/json");
    }

    private static RestCaller.Reply settled(String path, String key, String json) throws Exception {
        return Until.holds(Duration.ofSeconds(5), () -> post(path, key, json), reply -> reply.status() != 401 && reply.status() != 403);
    }

    @Test
    void aWithdrawnConsentEndsTheExplanationAndAnothersConsentNeverServes() throws Exception {
        Subscription insurer = house.market.subscriptionOf("insurer", "underwriting-standard");
        String key = house.market.key(insurer);
        UUID consent = agree(insurer);
        String application = """
                {"applicantId":"%s","insurerUscc":"%s","applicationId":"E-%s","policyType":"MEDICAL","sumInsuredFen":"20000000"}
                """.formatted(PERSON.number(), TestSubject.APPROVE.enterprise().code(), UUID.randomUUID().toString().substring(0, 8));
        RestCaller.Reply assessed = settled("", key, application);
        assertThat(assessed.status()).as(assessed.text()).isEqualTo(200);
        String id = JSON.readTree(assessed.text()).path("assessmentId").asText();
        String explanation = "/" + id + "/explanation";
        String person = "{\"applicantId\":\"" + PERSON.number() + "\"}";
        RestCaller.Reply explained = post(explanation, key, person);
        assertThat(explained.status()).as(explained.text()).isEqualTo(200);
        assertThat(JSON.readTree(explained.text()).path("band")).isEqualTo(JSON.readTree(assessed.text()).path("band"));
        assertThat(house.rest.get(ASSESSMENTS + "/" + id, key).status()).as("by its id alone it is not read").isEqualTo(404);

        Subscription bank = house.market.subscribe("bank", "underwriting", Purpose.INDUSTRY, 100_000, Market.WIDE);
        agree(bank);
        RestCaller.Reply others = settled(explanation, house.market.key(bank), person);
        assertThat(others.status()).as("another organisation, with a consent of its own: %s", others.text()).isEqualTo(404);

        assertThat(house.node.get(Consents.class).withdraw(consent, house.market.person("operator").id())).isEqualTo(new Change.Done(false));
        RestCaller.Reply refused = Until.holds(Duration.ofSeconds(1), () -> post(explanation, key, person), reply -> reply.status() != 200);
        assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        assertThat(JSON.readTree(refused.text()).path("code").asText()).isEqualTo(Refusal.CONSENT_REQUIRED.code());
        assertThat(refused.text()).doesNotContain(PERSON.number());
    }
}

package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.TryItForm;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.TestSubject;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The products of the plan's first list as the demo city sells them, called as their pages show: by the examples of their contracts. */
class PlanProductsIT {
    /** Somebody real enough for the check character, and nobody's consent is recorded for them. */
    private static final ResidentId STRANGER = ResidentId.complete("420802", LocalDate.of(1991, 3, 4), 21);

    private static SharedNode house;

    enum Sold {
        UNDERWRITING("insurer", "underwriting-standard"),
        CLAIMS("insurer", "claims-standard"),
        PRESCRIPTION("citizen-service", "prescription-public"),
        EFFICACY("pharma", "efficacy-standard"),
        LENDING("bank", "lending-standard"),
        RENTAL("rental-platform", "rental-standard"),
        HEALTH("citizen-service", "health-public");

        private final String consumer;
        private final String plan;

        Sold(String consumer, String plan) {
            this.consumer = consumer;
            this.plan = plan;
        }

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        Contract contract() {
            return house.node.get(Contracts.class).list().stream()
                    .filter(contract -> contract.code().equals(code()))
                    .findFirst()
                    .orElseThrow();
        }

        String key(boolean sandbox) {
            return house.market.issueKey(house.market.subscriptionOf(consumer, plan), sandbox).key().reveal();
        }
    }

    @BeforeAll
    static void theHouse() throws Exception {
        house = SharedNode.get();
    }

    private static TryItForm.HttpCall example(ContractMethod method) {
        Map<String, List<String>> values = new HashMap<>();
        for (TryItForm.Field field : TryItForm.of(method).fields()) {
            values.put(field.name(), List.of(field.example()));
        }
        return TryItForm.call(method, values);
    }

    private static RestCaller.Reply send(TryItForm.HttpCall call, String key) throws IOException, InterruptedException {
        return house.rest.send(call.verb(), call.target(), key,
                call.body().isEmpty() ? null : HttpRequest.BodyPublishers.ofString(call.body()), "Content-Type", "application/json");
    }

    /** Whatever a page fills in is answered, or is an id that only an earlier call of one's own can have given. */
    @ParameterizedTest
    @EnumSource
    void everyOperationTakesItsExampleInTheSandbox(Sold sold) throws Exception {
        String key = sold.key(true);
        Map<String, String> otherwise = new TreeMap<>();
        List<String> answered = new ArrayList<>();
        for (ContractMethod method : sold.contract().methods()) {
            if (method.streaming()) {
                continue;
            }
            RestCaller.Reply reply = Until.holds(Duration.ofSeconds(10), () -> send(example(method), key), given -> given.status() != 401);
            boolean ofOnesOwn = reply.status() == 404 || (reply.status() == 400 && reply.text().contains("\"violations\""));
            if (reply.status() == 200) {
                answered.add(method.name());
                UsageRecords.Recorded event = house.usage.one(reply.requestId());
                assertThat(event.sandbox()).isTrue();
                assertThat(event.product()).isEqualTo(sold.code());
            } else if (!ofOnesOwn) {
                otherwise.put(method.name(), reply.status() + " " + reply.text());
            }
        }
        assertThat(otherwise).isEmpty();
        assertThat(answered).as("answered by its examples").isNotEmpty();
    }

    /** Over gRPC the same request is the same answer. */
    @ParameterizedTest
    @EnumSource
    void bothEdgesAnswerAlike(Sold sold) throws Exception {
        String key = sold.key(true);
        int compared = 0;
        for (ContractMethod method : sold.contract().methods()) {
            TryItForm.HttpCall call = example(method);
            if (method.streaming() || call.body().isEmpty() || !call.target().equals(TryItForm.of(method).path())) {
                continue;
            }
            RestCaller.Reply rest = Until.holds(Duration.ofSeconds(10), () -> send(call, key), given -> given.status() != 401);
            DynamicMessage.Builder request = DynamicMessage.newBuilder(method.request());
            JsonFormat.parser().merge(call.body(), request);
            GrpcCaller.Reply grpc = house.grpc.call(method.fullMethodName(), request.build(), key);
            assertThat(grpc.code() == Status.Code.OK).as("%s: REST %d, gRPC %s", method.name(), rest.status(), grpc.code())
                    .isEqualTo(rest.status() == 200);
            compared++;
        }
        assertThat(compared).isPositive();
    }

    /** In live use a person of whom no consent is recorded is not answered about, and one who agreed is. */
    @ParameterizedTest
    @EnumSource
    void nobodyIsAnsweredAboutWithoutTheirConsent(Sold sold) throws Exception {
        String key = sold.key(false);
        int tried = 0;
        for (ContractMethod method : sold.contract().methods()) {
            TryItForm.HttpCall call = example(method);
            String agreed = TestSubject.APPROVE.person().number();
            boolean namesAPerson = call.body().contains(agreed) || call.target().contains(agreed);
            if (!method.personal() || method.streaming() || !namesAPerson) {
                continue;
            }
            TryItForm.HttpCall stranger = new TryItForm.HttpCall(call.verb(), call.target().replace(agreed, STRANGER.number()),
                    call.body().replace(agreed, STRANGER.number()));
            RestCaller.Reply refused = Until.holds(Duration.ofSeconds(10), () -> send(stranger, key), given -> given.status() != 401);
            assertThat(refused.status()).as("%s: %s", method.name(), refused.text()).isEqualTo(403);
            assertThat(refused.text()).contains("CONSENT_REQUIRED").doesNotContain(STRANGER.number());
            RestCaller.Reply answered = send(call, key);
            assertThat(answered.status()).as("%s: %s", method.name(), answered.text()).isNotEqualTo(403);
            // A city's identity provider is not part of the demo, and health says so rather than believe anyone.
            assertThat(answered.status() < 500 || answered.text().contains("source_unavailable")).as(answered.text()).isTrue();
            tried++;
        }
        if (sold.contract().methods().stream().anyMatch(ContractMethod::personal)) {
            assertThat(tried).as("operations about people that their examples name").isPositive();
        }
    }

    @Test
    void everyProductOfThePlanIsServed() {
        assertThat(house.node.get(Contracts.class).list().stream().map(Contract::annexId).filter(id -> !id.isEmpty()).sorted().toList())
                .contains("A3.1", "A3.2", "A3.3", "A3.4", "A3.5", "A3.6", "A3.7", "A3.8");
    }
}

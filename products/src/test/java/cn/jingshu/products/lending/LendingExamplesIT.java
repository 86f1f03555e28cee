package cn.jingshu.products.lending;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Payload;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Routes;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.contract.TryItForm;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the documents and the try-it form show is what the sandbox answers, over JSON as a caller writes it. */
class LendingExamplesIT {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-30T02:00:00Z"), ZoneOffset.UTC);

    private static TestDomain domain;
    private static LendingProduct product;
    private static Contract contract;
    private static Routes routes;

    @BeforeAll
    static void start() {
        domain = TestDomain.start(CLOCK);
        product = LendingProduct.open(LendingSettings.usual(), domain, CLOCK, false);
        contract = Contract.of(product);
        routes = Routes.of(List.of(contract));
    }

    @AfterAll
    static void stop() {
        domain.close();
    }

    @Test
    void everyExampleIsAnswered() {
        for (ContractMethod method : contract.methods()) {
            Map<String, List<String>> values = new HashMap<>();
            TryItForm.of(method).fields().forEach(field -> values.put(field.name(), List.of(field.example())));
            TryItForm.HttpCall call = TryItForm.call(method, values);
            String answer = answer(call.verb(), call.target(), call.body());
            assertThat(answer).as(method.name()).startsWith("{").doesNotContain("\"refusal\"");
        }
    }

    @Test
    void bothKindsOfARateAreRefusedBeforeTheProductSeesThem() {
        RequestReading read = read("POST", "/v1/lending/schedules",
                "{\"principalFen\":\"100\",\"months\":1,\"drawnOn\":\"2024-01-31\",\"rate\":{\"annualPercent\":0,\"lpr\":{}}}");
        assertThat(read).isInstanceOf(RequestReading.Broken.class);
    }

    @Test
    void aRateOfZeroIsOne() {
        String answer = answer("POST", "/v1/lending/schedules",
                "{\"principalFen\":\"120000000\",\"months\":120,\"drawnOn\":\"2024-01-31\",\"rate\":{\"annualPercent\":0}}");
        assertThat(answer).contains("\"totalInterestFen\":\"0\"", "\"firstInstalmentFen\":\"1000000\"");
    }

    @Test
    void moreThanFiveHundredItemsAreRefused() {
        StringBuilder items = new StringBuilder();
        for (int i = 0; i <= 500; i++) {
            items.append(i == 0 ? "" : ",").append("{\"itemId\":\"").append(i).append("\"}");
        }
        assertThat(read("POST", "/v1/lending/batch-estimates", "{\"items\":[" + items + "]}")).isInstanceOf(RequestReading.Broken.class);
    }

    private static RequestReading read(String verb, String target, String body) {
        String path = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
        String query = target.contains("?") ? target.substring(target.indexOf('?') + 1) : "";
        return Transcoder.read((RouteMatch.Matched) routes.match(verb, path), query, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String answer(String verb, String target, String body) {
        String path = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
        ContractMethod method = ((RouteMatch.Matched) routes.match(verb, path)).method();
        RequestReading read = read(verb, target, body);
        assertThat(read).as(method.name() + " " + body).isInstanceOf(RequestReading.Read.class);
        Answer<?> answer = run(method, ((RequestReading.Read) read).request());
        assertThat(answer).as(method.name() + " " + body).isInstanceOf(Answer.Found.class);
        Payload payload = Transcoder.write(method, ((Answer.Found<?>) answer).message());
        return new String(payload.bytes(), StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    private static Answer<?> run(ContractMethod method, Message request) {
        Operation.Unary<Message, Message> operation = (Operation.Unary<Message, Message>)
                product.operations().stream().filter(o -> o.method().equals(method.name())).findFirst().orElseThrow();
        return operation.handler().answer(new CallFacts(CLOCK.instant(), "r", true, CallerRef.MARKET), request).toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS).join();
    }
}

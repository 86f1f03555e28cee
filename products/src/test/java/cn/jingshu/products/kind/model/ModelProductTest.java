package cn.jingshu.products.kind.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declarations;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models the test writes itself, run by ONNX Runtime. */
class ModelProductTest {
    private static final CallFacts LIVE = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "request", false, CallerRef.MARKET);
    private static final CallFacts SANDBOX = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "request", true, CallerRef.MARKET);
    private static final ByteString LOGISTIC = OnnxBytes.logistic().build();
    private static final String DEMAND = """
            {"code": "demand", "version": 1, "kind": "model", "nameZh": "需求", "nameEn": "Demand", "summaryZh": "停车需求。", "summaryEn": "Demand for parking.",
             "operations": [{"name": "Estimate", "verb": "POST", "path": "estimate", "summaryZh": "估计", "summaryEn": "Estimates",
               "parameters": [
                 {"name": "a", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "甲", "docEn": "a", "required": true, "minimum": -10, "maximum": 10},
                 {"name": "b", "type": "INT32", "sensitivity": "PUBLIC", "docZh": "乙", "docEn": "b", "minimum": -10, "maximum": 10}],
               "columns": [
                 {"name": "probability", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "概率", "docEn": "probability", "example": "0.5", "referExample": "0.9"},
                 {"name": "band", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "档", "docEn": "band", "example": "low"}],
               "model": {"input": "x", "features": ["a", "b"], "defaults": {"b": 2},
                 "outputs": {"probability": {"name": "p"}, "band": {"name": "label", "labels": ["low", "high"]}}}}],
             "model": {"modelVersion": "1.0",
               "metrics": [{"name": "AUC", "value": 0.81, "dataset": "2026年上半年留出样本"}],
               "card": {"intendedUse": "估计停车需求,供诱导使用。", "trainingData": "2025年停车记录,已去标识。", "evaluationData": "2026年上半年留出样本。",
                        "limits": "节假日误差较大,不用于处罚。", "author": "某公司", "licence": "自有"}}}
            """;

    private static List<String> faultsOf(String json, ByteString model) {
        Faults faults = new Faults();
        Declaration declaration = Declarations.read(json);
        ModelDefinition definition = ModelDefinition.read(declaration, model, faults);
        if (faults.isEmpty()) {
            try (ModelProduct product = new ModelProduct(Declarations.service(json), definition, model, null)) {
                product.check(faults);
            } catch (IllegalArgumentException refused) {
                faults.add("artefact", "", String.valueOf(refused.getMessage()));
            }
        }
        return faults.list().stream().map(fault -> fault.field() + ": " + fault.en()).toList();
    }

    private static ModelProduct made() {
        Faults faults = new Faults();
        ModelDefinition definition = ModelDefinition.read(Declarations.read(DEMAND), LOGISTIC, faults);
        assertThat(faults.list()).isEmpty();
        return new ModelProduct(Declarations.service(DEMAND), definition, LOGISTIC, null);
    }

    private static Message ask(ModelProduct product, CallFacts facts, String body) {
        return ((Answer.Found<Message>) answer(product, facts, body)).message();
    }

    private static Answer<Message> answer(ModelProduct product, CallFacts facts, String body) {
        Contracts contracts = Contracts.of(List.of(product));
        RouteMatch.Matched matched = (RouteMatch.Matched) contracts.routes().match("POST", "/v1/demand/estimate");
        RequestReading.Read read = (RequestReading.Read) Transcoder.read(matched, "", body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        @SuppressWarnings("unchecked") // a declared product takes and gives messages of its contract
        Operation.Unary<Message, Message> unary = (Operation.Unary<Message, Message>) contracts.operation(matched.method());
        return unary.handler().answer(facts, read.request()).toCompletableFuture().join();
    }

    private static Object field(Message message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    @Test
    void theModelComputesWhatItsFormulaSays() {
        try (ModelProduct product = made()) {
            for (double a = -10; a <= 10; a += 2.5) {
                for (int b = -10; b <= 10; b += 5) {
                    Message answer = ask(product, LIVE, "{\"a\": " + a + ", \"b\": " + b + "}");
                    double expected = 1 / (1 + Math.exp(-(0.5 * a - 0.25 * b + 0.1)));
                    assertThat((double) field(answer, "probability")).isCloseTo(expected, within(1e-6));
                    assertThat(field(answer, "band")).isEqualTo(expected > 0.5 ? "high" : "low");
                    assertThat(field(answer, "model_version").toString()).startsWith("1.0 sha256:");
                }
            }
            assertThat((double) field(ask(product, LIVE, "{\"a\": 0}"), "probability")).as("the default of b").isCloseTo(1 / (1 + Math.exp(0.4)), within(1e-6));
        }
    }

    @Test
    void theSandboxDoesNotRunTheModel() {
        try (ModelProduct product = made()) {
            Message answer = ask(product, SANDBOX, "{\"a\": 10}");
            assertThat(field(answer, "probability")).isEqualTo(0.5);
            assertThat(field(answer, "band")).isEqualTo("low");
        }
    }

    /** It is asked by numbers alone, so the house lends it a parameter. */
    @Test
    void theSandboxOfAModelKnowsTheTestSubjects() {
        try (ModelProduct product = made()) {
            String of = "{\"a\": 10, \"testSubject\": \"%s\"}";
            assertThat(field(ask(product, SANDBOX, of.formatted(TestSubject.APPROVE.person().number())), "probability")).isEqualTo(0.5);
            assertThat(field(ask(product, SANDBOX, of.formatted(TestSubject.REFER.enterprise().code())), "probability")).isEqualTo(0.9);
            assertThat(answer(product, SANDBOX, of.formatted(TestSubject.NOT_FOUND.person().number())))
                    .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.NOT_FOUND));
            assertThat(answer(product, SANDBOX, of.formatted(TestSubject.ERROR.person().number())))
                    .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE));
            assertThat(ask(product, LIVE, of.formatted(TestSubject.ERROR.person().number()))).as("live it is not heard").isEqualTo(ask(product, LIVE, "{\"a\": 10}"));
        }
        String own = DEMAND.replace("\"parameters\": [", "\"parameters\": [{\"name\": \"test_subject\", \"type\": \"STRING\", \"sensitivity\": \"PUBLIC\","
                + " \"docZh\": \"甲\", \"docEn\": \"a\"},");
        assertThat(faultsOf(own, LOGISTIC)).as("one that has such a parameter itself").isEmpty();
    }

    @Test
    void whatIsAskedIsCountedByBins() {
        try (ModelProduct product = made()) {
            ask(product, SANDBOX, "{\"a\": 10}");
            WatchedModel watched = product.watchedModels().getFirst();
            assertThat(watched.take()).as("the sandbox").isEmpty();
            ask(product, LIVE, "{\"a\": -9.5, \"b\": 9}");
            ask(product, LIVE, "{\"a\": -8.5}");
            ask(product, LIVE, "{\"a\": 10}");
            assertThat(watched.id()).startsWith("1.0 sha256:").endsWith(" Estimate v1");
            assertThat(watched.inputs()).extracting(WatchedModel.Input::name).containsExactly("a", "b");
            assertThat(watched.inputs().getFirst().bins()).hasSize(10).contains("<-8", "-8–-6", "≥8");
            assertThat(watched.inputs().getFirst().shares()).as("the declaration says nothing of training").isEmpty();
            assertThat(watched.take()).as("-9.5 and -8.5 share a bin; b was not told twice and is 2 then").containsExactlyInAnyOrder(
                    new WatchedModel.Count(0, 0, 2), new WatchedModel.Count(0, 9, 1), new WatchedModel.Count(1, 9, 1), new WatchedModel.Count(1, 6, 2));
            assertThat(watched.take()).isEmpty();
        }
    }

    @Test
    void aValueAtAnEdgeIsCountedAsItWasAsked() {
        Faults faults = new Faults();
        String json = trainedOn("{\"a\": {\"edges\": [5.6], \"shares\": [0.5, 0.5]}}");
        ModelDefinition definition = ModelDefinition.read(Declarations.read(json), LOGISTIC, faults);
        assertThat(faults.list()).isEmpty();
        try (ModelProduct product = new ModelProduct(Declarations.service(json), definition, LOGISTIC, null)) {
            ask(product, LIVE, "{\"a\": 5.6}");
            assertThat(product.watchedModels().getFirst().take()).contains(new WatchedModel.Count(0, 1, 1));
        }
    }

    @ParameterizedTest
    @CsvSource({"DOUBLE, 112.1, 112.4", "INT32, 10000, 10009", "INT64, 100000000000000000, 100000000000000005", "DOUBLE, 1, 1.0000000000000002",
        "DOUBLE, -1.7e308, 1.7e308"})
    void closeBoundsMakeBinsOfDifferentNames(String type, String least, String greatest) {
        String a = "\"type\": \"DOUBLE\", \"sensitivity\": \"PUBLIC\", \"docZh\": \"甲\"";
        String json = DEMAND.replace(a, a.replace("DOUBLE", type))
                .replace("\"minimum\": -10, \"maximum\": 10},", "\"minimum\": " + least + ", \"maximum\": " + greatest + "},");
        Faults faults = new Faults();
        ModelDefinition definition = ModelDefinition.read(Declarations.read(json), LOGISTIC, faults);
        assertThat(faults.list()).isEmpty();
        try (ModelProduct product = new ModelProduct(Declarations.service(json), definition, LOGISTIC, null)) {
            assertThat(product.watchedModels().getFirst().inputs().getFirst().bins()).doesNotHaveDuplicates().isNotEmpty();
        }
    }

    private static String trainedOn(String distribution) {
        return DEMAND.replace("\"defaults\": {\"b\": 2},", "\"defaults\": {\"b\": 2}, \"training\": " + distribution + ",");
    }

    @Test
    void aDeclaredDistributionOfTrainingIsWhatIsComparedWith() {
        Faults faults = new Faults();
        String json = trainedOn("{\"a\": {\"edges\": [-1, 2.5], \"shares\": [0.25, 0.5, 0.25]}}");
        ModelDefinition definition = ModelDefinition.read(Declarations.read(json), LOGISTIC, faults);
        assertThat(faults.list()).isEmpty();
        try (ModelProduct product = new ModelProduct(Declarations.service(json), definition, LOGISTIC, null)) {
            WatchedModel watched = product.watchedModels().getFirst();
            assertThat(watched.inputs().getFirst()).isEqualTo(new WatchedModel.Input("a", List.of("<-1", "-1–2.5", "≥2.5"), List.of(0.25, 0.5, 0.25)));
            assertThat(watched.source()).isEqualTo("2025年停车记录,已去标识。");
            ask(product, LIVE, "{\"a\": 2.5}");
            assertThat(watched.take()).contains(new WatchedModel.Count(0, 2, 1));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"c": {"edges": [0], "shares": [0.5, 0.5]}} | no feature c
            {"a": {"edges": [0], "shares": [0.5, 0.4]}} | no distribution
            {"a": {"edges": [1, 0], "shares": [0.2, 0.4, 0.4]}} | do not ascend
            {"a": {"edges": [0], "shares": [1]}} | no distribution
            {"a": {"edges": ["0"], "shares": [0.5, 0.5]}} | a number is expected
            {"a": {"edge": [0], "shares": [1]}} | there is no such member
            """)
    void aWrongDistributionIsFoundAtRegistration(String distribution, String said) {
        assertThat(faultsOf(trainedOn(distribution), LOGISTIC).toString()).contains(said);
    }

    @Test
    void whatIsRightIsFoundRight() {
        assertThat(faultsOf(DEMAND, LOGISTIC)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "metrics": [{"name": "AUC", "value": 0.81, "dataset": "2026年上半年留出样本"}] | "metrics": [] | model.metrics
            "limits": "节假日误差较大,不用于处罚。" | "limits": "无" | model.card.limits
            "value": 0.81, | | metrics[0].value
            "licence": "自有" | "licence": "" | model.card.licence
            "features": ["a", "b"] | "features": ["a"] | one input of that name
            "features": ["a", "b"] | "features": ["a", "c"] | no parameter c
            "defaults": {"b": 2}, | | required or have a default
            "minimum": -10, "maximum": 10}], | "minimum": -10}], | needs bounds
            "input": "x" | "input": "y" | one input of that name
            {"name": "p"} | {"name": "q"} | no such output
            {"name": "p"} | {"name": "p", "index": 1} | no such output
            "labels": ["low", "high"] | "labels": ["low"] | failed on trial
            """)
    void aMistakeIsFoundAtRegistration(String right, String wrong, String said) {
        assertThat(DEMAND).contains(right);
        assertThat(faultsOf(DEMAND.replace(right, wrong == null ? "" : wrong), LOGISTIC).toString()).contains(said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Loop", "If", "Scan", "Expand", "Tile", "ConstantOfShape", "Range", "RandomNormal", "Resize", "NonZero", "Pad", "Shape",
        "MadeUp"})
    void anOperatorThatIsNotAllowedIsRefused(String operator) {
        ByteString model = OnnxBytes.logistic().node(operator, List.of("p"), "more").build();
        assertThat(faultsOf(DEMAND, model).toString()).contains("the operator " + operator);
    }

    @Test
    void whatWouldTakeTooMuchMemoryIsRefusedBeforeItIsLoaded() {
        float[] many = new float[2_000];
        ByteString model = OnnxBytes.logistic()
                .constant("column", List.of(2_000, 1), many)
                .constant("row", List.of(1, 2_000), many)
                .node("MatMul", List.of("column", "row"), "square")
                .build();
        assertThat(faultsOf(DEMAND, model).toString()).contains("makes more than");
        ByteString sum = OnnxBytes.logistic()
                .constant("column", List.of(2_000, 1), many)
                .constant("row", List.of(1, 2_000), many)
                .node("Add", List.of("column", "row"), "square")
                .build();
        assertThat(faultsOf(DEMAND, sum).toString()).contains("makes more than");
    }

    @Test
    void whatReachesOutOfTheFileIsRefused() {
        ByteString outside = OnnxBytes.message(out -> out.writeBytes(5, OnnxBytes.message(tensor -> {
            tensor.writeInt64(1, 1);
            tensor.writeInt32(2, 1);
            tensor.writeString(8, "w2");
            tensor.writeBytes(13, OnnxBytes.message(entry -> {
                entry.writeString(1, "location");
                entry.writeString(2, "/etc/passwd");
            }));
            tensor.writeInt32(14, 1);
        })));
        assertThat(faultsOf(DEMAND, OnnxBytes.logistic().also(true, outside).build()).toString()).contains("data outside of the file");
        ByteString function = OnnxBytes.message(out -> out.writeBytes(25, ByteString.EMPTY));
        assertThat(faultsOf(DEMAND, OnnxBytes.logistic().also(false, function).build()).toString()).contains("functions of its own");
        ByteString foreign = OnnxBytes.message(out -> out.writeBytes(8, OnnxBytes.message(set -> set.writeString(1, "com.microsoft"))));
        assertThat(faultsOf(DEMAND, OnnxBytes.logistic().also(false, foreign).build()).toString()).contains("com.microsoft");
    }

    @Test
    void whatIsNoModelIsRefusedWithoutFailing() {
        assertThat(faultsOf(DEMAND, ByteString.EMPTY)).isNotEmpty();
        assertThat(faultsOf(DEMAND, ByteString.copyFromUtf8("no model"))).isNotEmpty();
        Random random = new Random(7);
        byte[] bytes = LOGISTIC.toByteArray();
        for (int i = 0; i < 3_000; i++) {
            byte[] broken = bytes.clone();
            for (int j = 0; j < 1 + random.nextInt(4); j++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            Faults faults = new Faults();
            ModelDefinition.read(Declarations.read(DEMAND), ByteString.copyFrom(broken, 0, 1 + random.nextInt(broken.length)), faults);
            // Whatever it is, it is either refused in words or a model still; nothing is thrown.
            assertThat(faults.list().size()).isGreaterThanOrEqualTo(0);
        }
    }
}

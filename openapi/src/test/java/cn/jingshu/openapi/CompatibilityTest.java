package cn.jingshu.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompatibilityTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String PUBLISHED = "/published/jingshu-products-v1.json";

    @ParameterizedTest
    @ValueSource(strings = {"jingshu-products-v1.json", "jingshu-management-v1.json"})
    void theDocumentOnlyExtendsThePublishedOne(String name) throws IOException {
        assertThat(Extension.breaks(read("/published/" + name), read("/openapi/" + name))).isEmpty();
    }

    @Test
    void whatWouldBreakACallerIsFound() throws IOException {
        assertBreak("get /v1/echo is gone", document -> object(document, "/paths").remove("/v1/echo"));
        assertBreak("operationId changed", document -> object(document, "/paths/~1v1~1echo/get").put("operationId", "other"));
        assertBreak("the answer 200 is gone", document -> object(document, "/paths/~1v1~1echo/get/responses").remove("200"));
        assertBreak(
                "the property padding is gone",
                document -> object(document, "/components/schemas/EchoResponse/properties").remove("padding"));
        assertBreak(
                "the type changed",
                document -> object(document, "/components/schemas/EchoResponse/properties/padding").put("type", "integer"));
        assertBreak(
                "always answered is optional now",
                document -> ((ArrayNode) document.at("/components/schemas/EchoResponse/required")).remove(0));
        assertBreak(
                "the parameter query limit is required now",
                document -> object(document, "/paths/~1v1~1echo/get")
                        .putArray("parameters")
                        .addObject()
                        .put("name", "limit")
                        .put("in", "query")
                        .put("required", true));
    }

    @Test
    void anAdditionIsNoBreak() throws IOException {
        JsonNode after = read(PUBLISHED);
        object(after, "/components/schemas/EchoResponse/properties").putObject("more").put("type", "string");
        object(after, "/paths").putObject("/v1/new").putObject("get");
        object(after, "/paths/~1v1~1echo/get")
                .putArray("parameters")
                .addObject()
                .put("name", "limit")
                .put("in", "query");
        assertThat(Extension.breaks(read(PUBLISHED), after)).isEmpty();
    }

    private static void assertBreak(String sentence, Consumer<JsonNode> change) throws IOException {
        JsonNode after = read(PUBLISHED);
        change.accept(after);
        assertThat(Extension.breaks(read(PUBLISHED), after)).anySatisfy(found -> assertThat(found).contains(sentence));
    }

    private static ObjectNode object(JsonNode document, String pointer) {
        return (ObjectNode) document.at(pointer);
    }

    private static JsonNode read(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(CompatibilityTest.class.getResourceAsStream(resource), resource)) {
            return MAPPER.readTree(in);
        }
    }
}

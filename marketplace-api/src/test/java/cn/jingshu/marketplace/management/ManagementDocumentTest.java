package cn.jingshu.marketplace.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The published document of the management API is what the controllers' source says, and is a sound OpenAPI 3.1 document. */
class ManagementDocumentTest {
    /** The module is the working directory of its tests. */
    private static final Path SOURCE = Path.of("src/main/java/cn/jingshu/marketplace/management");

    /** Serves the catalogue as DCAT below {@code /api}, beside its pages. */
    private static final Path BESIDE = Path.of("src/main/java/cn/jingshu/marketplace/portal/ResourcePages.java");

    private static final Path PUBLISHED = Path.of("../openapi/src/main/resources/openapi/jingshu-management-v1.json");
    private static final Set<String> TYPES = Set.of("string", "integer", "number", "boolean", "array", "object", "null");
    private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");

    private static String made = "";
    private static JsonNode document = new ObjectMapper().createObjectNode();

    @BeforeAll
    static void read() throws IOException {
        made = ManagementDocument.render(ControllerSource.read(SOURCE, BESIDE));
        document = new ObjectMapper().readTree(made);
        if (Boolean.getBoolean("openapi.write")) {
            Files.writeString(PUBLISHED, made);
        }
    }

    @Test
    void thePublishedDocumentIsWhatTheControllersSay() throws IOException {
        assertThat(Files.readString(PUBLISHED))
                .as("write it anew: ./mvnw -q -pl marketplace-api test -Dtest=ManagementDocumentTest -Dopenapi.write=true")
                .isEqualTo(made);
    }

    @Test
    void everyOperationHasWordsAnswersAndWhoMay() {
        List<String> lacking = new ArrayList<>();
        operations().forEach(each -> {
            String id = each.path("operationId").asText();
            if (each.path("summary").asText().isBlank() || !each.path("security").isArray() || !each.path("responses").has("default")
                    || StreamSupport.stream(each.path("responses").properties().spliterator(), false).noneMatch(answer -> answer.getKey().startsWith("2"))) {
                lacking.add(id);
            }
        });
        assertThat(lacking).isEmpty();
    }

    @Test
    void operationsAreNamedOnceAndDeclareTheVariablesOfTheirPaths() {
        Set<String> ids = new HashSet<>();
        document.path("paths").properties().forEach(path -> path.getValue().forEach(operation -> {
            assertThat(ids.add(operation.path("operationId").asText())).isTrue();
            Set<String> declared = new HashSet<>();
            operation.path("parameters").forEach(each -> {
                if (each.path("in").asText().equals("path")) {
                    assertThat(each.path("required").asBoolean()).isTrue();
                    declared.add(each.path("name").asText());
                }
            });
            assertThat(declared).isEqualTo(Set.copyOf(VARIABLE.matcher(path.getKey()).results().map(each -> each.group(1)).toList()));
            operation.path("security").forEach(each -> each.fieldNames().forEachRemaining(
                    scheme -> assertThat(document.at("/components/securitySchemes").has(scheme)).isTrue()));
        }));
        assertThat(ids).hasSizeGreaterThan(200);
    }

    @Test
    void everySchemaIsSoundAndUsed() {
        Set<String> used = new HashSet<>();
        nodes(document).forEach(node -> {
            if (node.path("$ref").isTextual()) {
                String pointer = node.path("$ref").asText();
                assertThat(document.at(pointer.substring(1)).isMissingNode()).as(pointer).isFalse();
                used.add(pointer.substring(pointer.lastIndexOf('/') + 1));
            }
            assertThat(node.has("nullable")).as("nullable is of OpenAPI 3.0").isFalse();
        });
        document.at("/components/schemas").properties().forEach(schema -> {
            assertThat(used).contains(schema.getKey());
            JsonNode properties = schema.getValue().path("properties");
            schema.getValue().path("required").forEach(each -> assertThat(properties.has(each.asText())).as(schema.getKey() + "." + each).isTrue());
            properties.properties().forEach(each -> sound(schema.getKey() + "." + each.getKey(), each.getValue()));
        });
    }

    private static void sound(String name, JsonNode schema) {
        JsonNode type = schema.path("type");
        if (type.isMissingNode()) {
            assertThat(schema.has("$ref") || schema.has("anyOf") || schema.has("description")).as(name).isTrue();
        } else if (type.isArray()) {
            type.forEach(each -> assertThat(TYPES).as(name).contains(each.asText()));
        } else {
            assertThat(TYPES).as(name).contains(type.asText());
        }
        if (type.toString().contains("array")) {
            sound(name + "[]", schema.path("items"));
        }
    }

    private static Stream<JsonNode> operations() {
        return StreamSupport.stream(document.path("paths").spliterator(), false).flatMap(path -> StreamSupport.stream(path.spliterator(), false));
    }

    private static Stream<JsonNode> nodes(JsonNode node) {
        return Stream.concat(Stream.of(node), StreamSupport.stream(node.spliterator(), false).flatMap(ManagementDocumentTest::nodes));
    }
}

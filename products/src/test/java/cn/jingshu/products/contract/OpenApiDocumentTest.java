package cn.jingshu.products.contract;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.OpenApiDocument.Dialect;
import cn.jingshu.products.echo.EchoProduct;
import cn.jingshu.products.garden.GardenProduct;
import cn.jingshu.products.spi.DataProduct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OpenApiDocumentTest {
    private static final DataProduct GARDEN = new GardenProduct(GardenProduct.ALL);
    private static final Path PUBLISHED = Path.of("../openapi/src/main/resources/openapi/jingshu-products-v1.json");

    @Test
    void thePublishedDocumentIsTheOneDerivedFromTheContracts() throws IOException {
        assertThat(Files.readString(PUBLISHED))
                .as("a contract changed: write the document anew by ./mvnw -q -pl products compile exec:exec@openapi")
                .isEqualTo(OpenApiMain.document());
    }

    @Test
    void itDoesNotMatterWhetherTheContractIsAnsweredOrOnlyDescribed() {
        var answered = Contracts.of(List.of(new EchoProduct(), GARDEN));
        var described = Contracts.described(List.of(GARDEN.contract(), new EchoProduct().contract()));
        assertThat(OpenApiDocument.render(answered, Dialect.V3_1, "https://x"))
                .isEqualTo(OpenApiDocument.render(described, Dialect.V3_1, "https://x"));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void everyReferenceLeadsSomewhere(Dialect dialect) throws Exception {
        Json document = garden(dialect);
        List<String> references = new ArrayList<>();
        collectReferences(document, references);
        assertThat(references).contains("#/components/schemas/GardenPlant").allSatisfy(reference -> assertThat(
                        at(document, reference.substring(2).split("/")))
                .isInstanceOf(Json.Obj.class));
    }

    @Test
    void anOperationCarriesMeterLineageAndBothLanguages() throws Exception {
        Json list = at(garden(Dialect.V3_0), "paths", "/v1/garden/plants", "get");
        assertThat(at(list, "operationId")).isEqualTo(new Json.Text("gardenListPlants"));
        assertThat(at(list, "summary")).isEqualTo(new Json.Text("列出植物"));
        assertThat(at(list, "description")).isEqualTo(new Json.Text("Lists plants"));
        assertThat(at(list, "x-jingshu-meter", "unit")).isEqualTo(new Json.Text("ROW"));
        assertThat(at(list, "x-jingshu-resources")).isEqualTo(Json.Arr.ofTexts(List.of("T1", "T2")));
        assertThat(((Json.Arr) at(list, "parameters")).items())
                .extracting(parameter -> at(parameter, "name"))
                .startsWith(new Json.Text("colours"), new Json.Text("near.latitude"), new Json.Text("near.longitude"))
                .contains(new Json.Text("person"), new Json.Text("token"));
        Json person = ((Json.Arr) at(list, "parameters")).items().stream()
                .filter(parameter -> at(parameter, "name").equals(new Json.Text("person")))
                .findFirst()
                .orElseThrow();
        assertThat(at(person, "x-jingshu-sensitivity")).isEqualTo(new Json.Text("PERSONAL"));
        assertThat(((Json.Obj) at(list, "responses")).members())
                .containsKeys("200", "304", "400", "401", "403", "404", "405", "429", "500", "503")
                .doesNotContainKeys("413", "415");
        Json post = at(garden(Dialect.V3_0), "paths", "/v1/garden/plants:plant", "post");
        assertThat(((Json.Obj) at(post, "responses")).members())
                .containsKeys("413", "415")
                .doesNotContainKey("304");
    }

    @Test
    void anAnswerRequiresWhatIsAlwaysWrittenARequestWhatTheContractRequires() throws Exception {
        Json document = garden(Dialect.V3_0);
        assertThat(at(document, "components", "schemas", "GardenListPlantsResponse", "required"))
                .isEqualTo(Json.Arr.ofTexts(List.of("plants", "nextCursor")));
        assertThat(at(document, "components", "schemas", "GardenPlant", "required"))
                .isEqualTo(Json.Arr.ofTexts(List.of("plantId")));
    }

    @Test
    void aStreamIsServerSentEventsAndBytesAreBinary() throws Exception {
        Json document = garden(Dialect.V3_0);
        Json stream = at(
                document, "paths", "/v1/garden/plants:watch", "get", "responses", "200", "content", "text/event-stream");
        assertThat(at(stream, "x-jingshu-item", "$ref")).isEqualTo(new Json.Text("#/components/schemas/GardenPlant"));
        Json bytes = at(
                document,
                "paths",
                "/v1/garden/photos/{path}",
                "get",
                "responses",
                "200",
                "content",
                "application/octet-stream");
        assertThat(at(bytes, "schema", "format")).isEqualTo(new Json.Text("binary"));
    }

    @Test
    void thePathGivesItsFieldsSoTheBodyDoesNot() throws Exception {
        Json put = at(garden(Dialect.V3_1), "paths", "/v1/garden/{name}", "put");
        assertThat(((Json.Arr) at(put, "parameters")).items())
                .extracting(parameter -> at(parameter, "name"))
                .containsExactly(new Json.Text("name"), new Json.Text("dryRun"));
        assertThat(at(put, "requestBody", "content", "application/json", "schema", "$ref"))
                .isEqualTo(new Json.Text("#/components/schemas/GardenPlant"));
    }

    @Test
    void theDialectsDifferOnlyWhereTheStandardsDo() throws Exception {
        Json plantId30 = at(garden(Dialect.V3_0), "components", "schemas", "GardenPlant", "properties", "plantId");
        Json plantId31 = at(garden(Dialect.V3_1), "components", "schemas", "GardenPlant", "properties", "plantId");
        assertThat(at(plantId30, "example")).isEqualTo(new Json.Text("p1"));
        assertThat(at(plantId31, "examples")).isEqualTo(Json.Arr.ofTexts(List.of("p1")));
        assertThat(at(garden(Dialect.V3_1), "openapi")).isEqualTo(new Json.Text("3.1.1"));
    }

    private static Json garden(Dialect dialect) throws JsonText.MalformedJsonException {
        var contracts = Contracts.of(List.of(new EchoProduct(), GARDEN));
        return JsonText.parse(OpenApiDocument.render(contracts, dialect, "https://x"));
    }

    private static Json at(Json value, String... names) {
        Json here = value;
        for (String name : names) {
            here = Objects.requireNonNull(((Json.Obj) here).members().get(name), name);
        }
        return here;
    }

    private static void collectReferences(Json value, List<String> references) {
        switch (value) {
            case Json.Obj(var members) ->
                members.forEach((name, member) -> {
                    if (name.equals("$ref") && member instanceof Json.Text(var reference)) {
                        references.add(reference);
                    }
                    collectReferences(member, references);
                });
            case Json.Arr(var items) -> items.forEach(item -> collectReferences(item, references));
            case Json.Text _, Json.Num _, Json.Bool _, Json.Null _ -> {
                // Holds no reference.
            }
        }
    }
}

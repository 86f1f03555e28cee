package cn.jingshu.marketplace.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The export is DCAT 3: classes, properties and the kinds of their values are those of the vocabulary. */
class DcatExportTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 30);

    /** What each class may hold here, as DCAT 3, ODRL 2.2 and the vocabularies they use define it. */
    private static final Map<String, Set<String>> PROPERTIES = Map.of(
            "dcat:Catalog", Set.of("dct:title", "dct:description", "dct:language", "dct:modified", "dcat:version", "foaf:homepage",
                    "dct:publisher", "dcat:dataset", "dcat:service"),
            "dcat:Dataset", Set.of("dct:identifier", "dct:title", "dct:description", "dct:publisher", "dct:issued", "dct:modified",
                    "dcat:version", "adms:versionNotes", "dct:accrualPeriodicity", "dct:accessRights", "dcat:theme", "dcat:keyword",
                    "dct:provenance", "dct:rights", "odrl:hasPolicy", "dcat:distribution", "dcat:landingPage"),
            "dcat:Distribution", Set.of("dct:title", "dct:format", "dcat:accessURL"),
            "dcat:DataService", Set.of("dct:identifier", "dct:title", "dcat:version", "dcat:endpointURL", "dcat:endpointDescription",
                    "dcat:landingPage", "dct:accessRights", "dcat:servesDataset"),
            "odrl:Set", Set.of("odrl:target", "odrl:permission", "odrl:prohibition"));

    private static ResourceVersion video() {
        return new ResourceVersion(new ResourceEntry("A2.10.2", "A2.10", "视频数据", "video", List.of(), null,
                DataResource.UpdateCycle.PERIODIC, null, null, null, Set.of(ResourceEntry.Channel.FILE), null, null, "公共安全",
                ResourceEntry.Grade.GENERAL, "x", ResourceEntry.Origin.SHARED, DataResource.Kind.BLOCKED, "《个人信息保护法》第二十六条", null, null),
                new UUID(0, 1), 1, LocalDate.of(2026, 1, 1), false, null, "第一批", null, Instant.EPOCH);
    }

    private static JsonNode document() throws Exception {
        ResourceVersion position = new ResourceVersion(CatalogueBatchesIT.bus("A2.8.4", "车的\"位置\" </script>"), new UUID(0, 2), 2, DAY, false,
                new UUID(0, 1), "更名", null, Instant.EPOCH);
        return new ObjectMapper().readTree(new DcatExport("https://data.city.example/id/", "http://localhost:8080").write(DAY,
                List.of(position, video()), Map.of("A2.8.4", LocalDate.of(2026, 1, 1)),
                List.of(new DcatExport.Provider("A2.8", "市公交集团", "City Bus Group"), new DcatExport.Provider("A2.10", "市公安局", "Police")),
                List.of(new DcatExport.Service("transit", 1, "公共交通", "Transit", List.of("A2.8.4", "A2.8.7")),
                        new DcatExport.Service("parking", 12, "停车场", "Parking", List.of("A2.8.4")))));
    }

    private static List<JsonNode> nodes(JsonNode in) {
        List<JsonNode> nodes = new ArrayList<>();
        if (in.isObject() && in.has("@type") && !in.has("@value")) {
            nodes.add(in);
        }
        in.forEach(child -> nodes.addAll(nodes(child)));
        return nodes;
    }

    @Test
    void everyNodeHoldsWhatItsClassMayHoldAndEveryPrefixIsDefined() throws Exception {
        JsonNode document = document();
        Set<String> prefixes = new HashSet<>();
        document.get("@context").fieldNames().forEachRemaining(prefixes::add);
        assertThat(document.get("@context").get("dcat").asText()).isEqualTo("http://www.w3.org/ns/dcat#");
        assertThat(document.get("@context").get("dct").asText()).isEqualTo("http://purl.org/dc/terms/");
        for (JsonNode node : nodes(document.get("@graph"))) {
            String type = node.get("@type").asText();
            assertThat(prefixes).contains(type.substring(0, type.indexOf(':')));
            node.fieldNames().forEachRemaining(name -> {
                if (!name.startsWith("@")) {
                    assertThat(prefixes).as(name).contains(name.substring(0, name.indexOf(':')));
                    if (PROPERTIES.containsKey(type)) {
                        assertThat(PROPERTIES.get(type)).as(type).contains(name);
                    }
                }
            });
        }
    }

    @Test
    void everyIriIsAbsoluteAndEachIsDescribedOnce() throws Exception {
        JsonNode document = document();
        Set<String> described = new HashSet<>();
        for (JsonNode node : nodes(document.get("@graph"))) {
            if (node.has("@id")) {
                assertThat(described.add(node.get("@id").asText())).as("described twice: " + node.get("@id")).isTrue();
            }
        }
        for (JsonNode id : document.findValues("@id")) {
            assertThat(id.asText()).matches("(https?://[!-~]+|odrl:[a-zA-Z]+)");
        }
        // What the installation names is described in the document itself.
        assertThat(document.findValues("@id").stream().map(JsonNode::asText).filter(id -> id.startsWith("https://data.city.example/")))
                .allMatch(described::contains);
    }

    private static JsonNode dataset(String id) throws Exception {
        for (JsonNode each : document().get("@graph").get(0).get("dcat:dataset")) {
            if (each.get("dct:identifier").asText().equals(id)) {
                return each;
            }
        }
        throw new AssertionError("no dataset " + id);
    }

    @Test
    void aDatasetSaysHowOftenForWhomSinceWhenAndFromWhom() throws Exception {
        JsonNode position = dataset("A2.8.4");
        assertThat(position.get("@id").asText()).isEqualTo("https://data.city.example/id/resources/A2.8.4");
        assertThat(position.get("dct:title").get(0).get("@value").asText()).isEqualTo("车的\"位置\" </script>");
        assertThat(position.get("dct:title").get(1).get("@language").asText()).isEqualTo("en");
        assertThat(position.get("dct:accrualPeriodicity").get("@id").asText()).endsWith("/frequency/UPDATE_CONT");
        assertThat(position.get("dct:accessRights").get("@id").asText()).endsWith("/access-right/RESTRICTED");
        assertThat(position.get("dct:issued").get("@value").asText()).isEqualTo("2026-01-01");
        assertThat(position.get("dct:modified").get("@type").asText()).isEqualTo("xsd:date");
        assertThat(position.get("dcat:version").asText()).isEqualTo("2");
        assertThat(position.get("dct:publisher").get("@id").asText()).isEqualTo("https://data.city.example/id/providers/A2.8");
        assertThat(position.get("dcat:distribution").get(0).get("dcat:accessURL").get("@id").asText())
                .isEqualTo("http://localhost:8080/resources/A2.8.4");
        assertThat(position.get("odrl:hasPolicy").get("odrl:permission").get(0).get("odrl:duty").get(0).get("odrl:action").get("@id").asText())
                .isEqualTo("odrl:obtainConsent");
    }

    @Test
    void whatTheLawBlocksIsListedProhibitedAndHasNoDistribution() throws Exception {
        JsonNode video = dataset("A2.10.2");
        assertThat(video.get("dct:accessRights").get("@id").asText()).endsWith("/NON_PUBLIC");
        assertThat(video.has("dcat:distribution")).isFalse();
        assertThat(video.get("odrl:hasPolicy").has("odrl:permission")).isFalse();
        assertThat(video.get("odrl:hasPolicy").get("odrl:prohibition").get(0).get("dct:source").get("@value").asText()).contains("第二十六条");
    }

    @Test
    void aProductIsAServiceOfTheListedResourcesItIsBuiltFrom() throws Exception {
        JsonNode service = document().get("@graph").get(0).get("dcat:service").get(0);
        assertThat(service.get("@type").asText()).isEqualTo("dcat:DataService");
        assertThat(service.get("dcat:servesDataset")).hasSize(1);
        assertThat(service.get("dcat:endpointDescription").get("@id").asText()).isEqualTo("http://localhost:8080/products/transit/openapi.json");
    }

    @Test
    void aServiceIsReachedAtTheAddressOfItsVersion() throws Exception {
        JsonNode services = document().get("@graph").get(0).get("dcat:service");
        assertThat(services).hasSize(2);
        assertThat(services.get(0).get("dcat:endpointURL").get("@id").asText()).isEqualTo("http://localhost:8080/v1/transit");
        assertThat(services.get(1).get("dcat:version").asText()).isEqualTo("12");
        assertThat(services.get(1).get("dcat:endpointURL").get("@id").asText()).isEqualTo("http://localhost:8080/v12/parking");
    }

    @Test
    void irisThatCannotBeginOneAreRefused() {
        for (String wrong : List.of("", "data.city.example/", "https://data.city.example", "https://a b/", "javascript:x/")) {
            assertThatThrownBy(() -> new DcatExport(wrong, "http://localhost")).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }
}

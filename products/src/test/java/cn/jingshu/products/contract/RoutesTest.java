package cn.jingshu.products.contract;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.garden.GardenProduct;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {
    private static final Routes ROUTES =
            Contracts.of(List.of(new GardenProduct(GardenProduct.ALL))).routes();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
        GET  | /v1/garden/plants                 | ListPlants   | {}
        GET  | /v1/garden/plants/p7              | GetPlant     | {plant_id=p7}
        GET  | /v1/garden/beds/b1/plants/p7      | GetPlant     | {bed_id=b1, plant_id=p7}
        GET  | /v1/garden/beds/b1/plants/a%2Fb   | GetPlant     | {bed_id=b1, plant_id=a/b}
        GET  | /v1/garden/plants/%E8%8A%B1       | GetPlant     | {plant_id=花}
        GET  | /v1/garden/plants/a+b             | GetPlant     | {plant_id=a+b}
        GET  | /v1/garden/plants/F:12            | GetPlant     | {plant_id=F:12}
        POST | /v1/garden/plants:plant           | PlantMany    | {}
        GET  | /v1/garden/plants:watch           | WatchPlants  | {}
        PUT  | /v1/garden/beds/b%201/plants/p7   | ReplacePlant | {name=beds/b 1/plants/p7}
        PUT  | /v1/garden/beds/b%2F1/plants/p7   | ReplacePlant | {name=beds/b%2F1/plants/p7}
        GET  | /v1/garden/photos/2026/11/a.png   | GetPhoto     | {path=2026/11/a.png}
        GET  | /v1/garden/photos                 | GetPhoto     | {path=}
        """)
    void aPathLeadsToItsMethodWithItsVariables(String verb, String path, String method, String variables) {
        assertThat(ROUTES.match(verb, path)).isInstanceOfSatisfying(RouteMatch.Matched.class, matched -> {
            assertThat(matched.method().name()).isEqualTo(method);
            assertThat(matched.pathVariables().toString()).isEqualTo(variables);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "v1/garden/plants",
                "/v1/garden",
                "/v1/garden/plants/",
                "/v1//garden/plants",
                "/v1/garden/plants/a/b",
                "/v1/garden/plants:prune",
                "/v1/garden/plants/%",
                "/v1/garden/plants/%zz",
                "/v1/garden/plants/%ff",
                "/v1/garden/plants/%C0%AF",
                "/V1/garden/plants"
            })
    void aPathNobodyAnswersIsNoPath(String path) {
        assertThat(ROUTES.match("GET", path)).isEqualTo(new RouteMatch.NoSuchPath());
    }

    @Test
    void anotherVerbIsToldWhichAreAllowed() {
        assertThat(ROUTES.match("DELETE", "/v1/garden/plants")).isEqualTo(new RouteMatch.WrongVerb(List.of("GET")));
        assertThat(ROUTES.match("GET", "/v1/garden/plants:plant"))
                .isEqualTo(new RouteMatch.WrongVerb(List.of("POST")));
        assertThat(ROUTES.match("POST", "/v1/garden/beds/b/plants/p"))
                .isEqualTo(new RouteMatch.WrongVerb(List.of("GET", "PUT")));
    }

    @Test
    void aVeryLongPathIsNoPath() {
        assertThat(ROUTES.match("GET", "/v1/garden/photos" + "/a".repeat(100_000)))
                .isEqualTo(new RouteMatch.NoSuchPath());
    }

    @Test
    void aTemplateIsReadAsGoogleWritesIt() {
        var template = PathTemplate.parse("here", "/v1/{name=lines/*}/stops/{stop_id}:near");
        assertThat(template.shape()).isEqualTo("/v1/lines/*/stops/*:near");
        assertThat(template.openApi()).isEqualTo("/v1/{name}/stops/{stopId}:near");
        assertThat(template.variables())
                .containsExactly(
                        new PathTemplate.Variable("name", 1, 3), new PathTemplate.Variable("stop_id", 4, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v1", "/", "/v1/{", "/v1/{a", "/v1/{a=}", "/v1/{a={b}}", "/**/a", "/{a}/{a}", "/a:", "/a}"})
    void aTemplateThatIsNoneIsRefused(String template) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> PathTemplate.parse("here", template)))
                .isInstanceOf(ContractException.class)
                .hasMessageStartingWith("here: the path template");
    }

    @Test
    void variablesKeepTheirOrder() {
        assertThat(((RouteMatch.Matched) ROUTES.match("GET", "/v1/garden/beds/x/plants/y")).pathVariables())
                .isEqualTo(Map.of("bed_id", "x", "plant_id", "y"));
    }
}

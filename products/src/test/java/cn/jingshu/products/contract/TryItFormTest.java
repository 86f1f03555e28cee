package cn.jingshu.products.contract;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.garden.GardenProduct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TryItFormTest {
    private static final Contracts GARDEN = Contracts.of(List.of(new GardenProduct(GardenProduct.ALL)));

    @Test
    void aFormAsksForWhatTheContractDeclares() {
        TryItForm form = TryItForm.of(method("ListPlants"));
        assertThat(form.verb()).isEqualTo("GET");
        assertThat(form.path()).isEqualTo("/v1/garden/plants");
        TryItForm.Field colours = form.fields().getFirst();
        assertThat(colours.input()).isEqualTo(TryItForm.Input.CHOICE);
        assertThat(colours.choices()).containsExactly("COLOUR_UNSPECIFIED", "RED", "GREEN");
        assertThat(colours.repeated()).isTrue();
        TryItForm.Field latitude = form.fields().get(1);
        assertThat(latitude.name()).isEqualTo("near.latitude");
        assertThat(latitude.labelZh()).as("no text in the contract").isEqualTo("near.latitude");
        assertThat(latitude.required()).as("only where near is given").isFalse();
        assertThat(latitude.minimum()).isEqualTo(-90.0);
        assertThat(latitude.unit()).isEqualTo("deg");
        assertThat(form.fields().get(4).input()).isEqualTo(TryItForm.Input.MOMENT);
    }

    @Test
    void aPathVariableIsRequiredAndLabelledInBothLanguages() {
        TryItForm.Field bed = TryItForm.of(method("GetPlant")).fields().getFirst();
        assertThat(bed.required()).isTrue();
        assertThat(bed.labelZh()).isEqualTo("花坛");
        assertThat(bed.labelEn()).isEqualTo("bed");
        assertThat(bed.maxLength()).isEqualTo(8);
    }

    @Test
    void everyFormFilledWithItsOwnExamplesIsACallTheContractTakes() {
        fillIn(GARDEN);
    }

    @Test
    void soIsEveryFormOfThePublishedProducts() {
        fillIn(DescriptorCatalogue.contracts());
    }

    private static void fillIn(Contracts contracts) {
        for (Contract contract : contracts.list()) {
            for (ContractMethod method : contract.methods()) {
                Map<String, List<String>> values = TryItForm.of(method).fields().stream()
                        .collect(Collectors.toMap(
                                TryItForm.Field::name,
                                field -> List.of(field.example().isEmpty() && field.required() ? "x" : field.example())));
                TryItForm.HttpCall call = TryItForm.call(method, values);
                int question = call.target().indexOf('?');
                String path = question < 0 ? call.target() : call.target().substring(0, question);
                String query = question < 0 ? "" : call.target().substring(question + 1);
                var matched = (RouteMatch.Matched) contracts.routes().match(call.verb(), path);
                assertThat(matched.method()).isSameAs(method);
                assertThat(Transcoder.read(matched, query, call.body().getBytes(StandardCharsets.UTF_8)))
                        .as("%s", call)
                        .isInstanceOf(RequestReading.Read.class);
            }
        }
    }

    @Test
    void whatIsFilledInIsEncoded() {
        assertThat(TryItForm.call(
                                method("GetPlant"),
                                Map.of("bedId", List.of("a/b"), "plantId", List.of("花 &?")))
                        .target())
                .isEqualTo("/v1/garden/beds/a%2Fb/plants/%E8%8A%B1%20%26%3F");
        assertThat(TryItForm.call(
                                method("ListPlants"),
                                Map.of("tags", List.of("a", "b&c"), "person", List.of("")))
                        .target())
                .isEqualTo("/v1/garden/plants?tags=a&tags=b%26c");
    }

    private static ContractMethod method(String name) {
        return GARDEN.findMethod("jingshu.garden.v1.GardenService/" + name).orElseThrow();
    }
}

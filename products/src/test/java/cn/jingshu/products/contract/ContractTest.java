package cn.jingshu.products.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.contract.v1.Sensitivity;
import cn.jingshu.products.echo.EchoProduct;
import cn.jingshu.products.garden.GardenProduct;
import cn.jingshu.products.garden.v1.BrokenProto;
import cn.jingshu.products.garden.v1.GetPlantRequest;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContractTest {
    private static final GardenProduct GARDEN = new GardenProduct(GardenProduct.ALL);

    @Test
    void aContractSaysWhatItsProtoSays() {
        Contract contract = Contract.of(GARDEN);
        assertThat(contract.code()).isEqualTo("garden");
        assertThat(contract.nameZh()).isEqualTo("花园");
        assertThat(contract.resources()).containsExactly("T1");
        assertThat(contract.annexId()).isEqualTo("T0");
        assertThat(contract.serviceName()).isEqualTo("jingshu.garden.v1.GardenService");
        assertThat(contract.methods())
                .extracting(ContractMethod::name)
                .containsExactly("GetPlant", "ListPlants", "PlantMany", "ReplacePlant", "WatchPlants", "GetPhoto");

        ContractMethod getPlant = contract.methods().getFirst();
        assertThat(getPlant.fullMethodName()).isEqualTo("jingshu.garden.v1.GardenService/GetPlant");
        assertThat(getPlant.meterUnit()).isEqualTo(MeterUnit.HIT);
        assertThat(getPlant.staleIsFree()).isTrue();
        assertThat(getPlant.personal()).isFalse();
        assertThat(getPlant.bindings()).hasSize(2);
        assertThat(getPlant.requestPrototype()).isEqualTo(GetPlantRequest.getDefaultInstance());
        assertThat(getPlant.answerResources()).containsExactly("T1", "T2");
        assertThat(contract.methods().get(2).personal()).isTrue();
        assertThat(contract.methods().get(4).streaming()).isTrue();
        assertThat(contract.methods().get(5).answersBytes()).isTrue();
    }

    @Test
    void aFieldCarriesItsGovernance() {
        ContractMethod list = Contract.of(GARDEN).methods().get(1);
        FieldFacts size = list.requestFields().get(2);
        assertThat(size.jsonName()).isEqualTo("pageSize");
        assertThat(size.minimum()).isEqualTo(1.0);
        assertThat(size.maximum()).isEqualTo(100.0);
        assertThat(size.example()).isEqualTo("10");
        assertThat(size.maxLength()).isEqualTo(FieldFacts.DEFAULT_MAX_LENGTH);
        FieldFacts seed = list.requestFields().get(7);
        assertThat(seed.minimum()).isEqualTo(5.0);
        assertThat(seed.maximum()).as("zero with a minimum above zero").isNull();
        FieldFacts person = list.requestFields().get(8);
        assertThat(person.sensitivity()).isEqualTo(Sensitivity.PERSONAL);
        assertThat(person.subject()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
        NoProduct       | lacks the option (jingshu.contract.v1.product)
        NoRule          | lacks the option (google.api.http)
        NoUnit          | the meter has no unit
        StreamByCall    | a stream is counted by the MINUTE, not by the ROW
        AnswerByMinute  | one answer is not counted by the MINUTE
        CostsTooMuch    | costs 0 to 1000 units, not 1001
        CostsTooMuchByFar | costs 0 to 1000 units, not 4294967295
        NeverUnmodified | is never answered 304
        NoSensitivity   | jingshu.broken.v1.Unclassified.id: the field lacks a sensitivity
        AnswersAnything | can hold anything
        RequiredZero    | must be declared optional
        WrongExample    | the example "9" is wrong: must be at most 5
        UnknownVariable | the path variable nobody is no field of the request
        BadTemplate     | '}' is missing
        GetWithBody     | GET takes no body
        BadCode         | the product code "Bad Code"
        """)
    void aContractThatCannotBeServedFailsTheStartInOneSentence(String service, String sentence) {
        ServiceDescriptor broken =
                Objects.requireNonNull(BrokenProto.getDescriptor().findServiceByName(service));
        assertThatThrownBy(() -> Contract.of(broken))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining(sentence)
                .hasMessageEndingWith(".")
                .hasMessageNotContaining("\n");
    }

    @Test
    void anOperationThatIsMissingFailsTheStart() {
        var product = new GardenProduct(GardenProduct.ALL.subList(1, 6));
        assertThatThrownBy(() -> Contract.of(product))
                .isInstanceOf(ContractException.class)
                .hasMessage("jingshu.garden.v1.GardenService.GetPlant: no operation answers this method.");
    }

    @Test
    void anOperationTooManyFailsTheStart() {
        assertThatThrownBy(() -> Contract.of(with(unary("Dig"))))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("the operation Dig answers no method");
        assertThatThrownBy(() -> Contract.of(with(unary("GetPlant"))))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("two operations answer GetPlant");
    }

    @Test
    void anOperationOfAnotherKindOrRequestFailsTheStart() {
        List<Operation> wrongKind = new ArrayList<>(GardenProduct.ALL);
        wrongKind.set(4, unary("WatchPlants"));
        assertThatThrownBy(() -> Contract.of(new GardenProduct(wrongKind)))
                .hasMessageContaining("the contract says stream, the operation gives one answer");
        List<Operation> wrongRequest = new ArrayList<>(GardenProduct.ALL);
        wrongRequest.set(1, unary("ListPlants"));
        assertThatThrownBy(() -> Contract.of(new GardenProduct(wrongRequest)))
                .hasMessageContaining("the operation takes jingshu.garden.v1.GetPlantRequest");
    }

    @Test
    void twoProductsThatAnswerTheSameCallFailTheStart() {
        ServiceDescriptor clash =
                Objects.requireNonNull(BrokenProto.getDescriptor().findServiceByName("Clash"));
        assertThatThrownBy(() -> Contracts.described(List.of(GARDEN.contract(), clash)))
                .isInstanceOf(ContractException.class)
                .hasMessage("jingshu.garden.v1.GardenService/GetPlant and jingshu.broken.v1.Clash/Do would both answer"
                        + " GET /v1/garden/plants/*.");
        assertThatThrownBy(() -> Contracts.of(List.of(GARDEN, GARDEN)))
                .hasMessageContaining("both have the product code garden");
    }

    @Test
    void contractsKnowWhoAnswersThem() {
        var contracts = Contracts.of(List.of(GARDEN, new EchoProduct()));
        assertThat(contracts.list()).extracting(Contract::code).containsExactly("echo", "garden");
        ContractMethod echo =
                contracts.findMethod("jingshu.echo.v1.EchoService/Echo").orElseThrow();
        assertThat(contracts.operation(echo).method()).isEqualTo("Echo");
        assertThat(contracts.findByCode("garden")).isPresent();
        assertThat(contracts.findByCode("nobody")).isEmpty();
    }

    @Test
    void theCatalogueFindsEveryProductByItsProtoAlone() {
        assertThat(DescriptorCatalogue.contracts().findByCode("echo")).isPresent();
    }

    @Test
    void grpcUsersGetTheProtoFilesWithTheirImports() {
        Contract echo = Contract.of(new EchoProduct());
        assertThat(ProtoFiles.of(echo))
                .containsExactly("jingshu/contract/v1/options.proto", "jingshu/echo/v1/echo.proto");
        assertThat(ProtoFiles.read(echo, "jingshu/echo/v1/echo.proto").orElseThrow())
                .contains("service EchoService");
        assertThat(ProtoFiles.read(echo, "../logback.xml")).isEmpty();
    }

    private static GardenProduct with(Operation more) {
        List<Operation> operations = new ArrayList<>(GardenProduct.ALL);
        operations.add(more);
        return new GardenProduct(operations);
    }

    private static Operation unary(String method) {
        return new Operation.Unary<>(
                method,
                GetPlantRequest.getDefaultInstance(),
                (_, request) -> CompletableFuture.completedStage(Answer.of(request)));
    }
}

package cn.jingshu.products.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractException;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.OpenApiDocument;
import cn.jingshu.products.contract.ProtoFiles;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.echo.EchoProduct;
import cn.jingshu.products.spi.Answer.Violation;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeclaredContractTest {
    private static final String PARKING = Declarations.PARKING;
    private static final String SECOND = PARKING.replace("\"version\": 1", "\"version\": 2");

    private static List<String> faultsOf(String json) {
        Faults faults = new Faults();
        Declaration declaration = DeclarationReader.read(json, faults);
        if (faults.isEmpty()) {
            DeclaredContract.of(declaration, faults);
        }
        return faults.list().stream().map(Violation::field).toList();
    }

    private static String onlyMatch(Contracts contracts, String path) {
        return contracts.routes().match("GET", path) instanceof RouteMatch.Matched matched ? matched.method().fullMethodName() : "nowhere";
    }

    @Test
    void aDeclarationBecomesAContractLikeACodedOne() {
        Contract contract = Declarations.contract(PARKING);

        assertThat(contract.code()).isEqualTo("parking");
        assertThat(contract.version()).isEqualTo(1);
        assertThat(contract.serviceName()).isEqualTo("jingshu.declared.parking.v1.ParkingService");
        assertThat(contract.methods()).extracting(ContractMethod::name).containsExactly("DownloadListLots", "ListLots");
        ContractMethod list = contract.methods().getLast();
        assertThat(list.meterUnit()).isEqualTo(MeterUnit.ROW);
        assertThat(list.answerColumns()).containsExactlyEntriesOf(
                java.util.Map.of("A2.8.4", Set.of("ListLotsRow.lot_id", "ListLotsRow.places", "ListLotsRow.opened")));
        assertThat(contract.methods().getFirst().answersBytes()).isTrue();
    }

    @Test
    void whatACallWithoutAnAnswerCostsIsOfTheContractAndRaisingItBreaksCallers() {
        String declared = PARKING.replace("\"meter\": \"ROW\"", "\"meter\": \"ROW\", \"notModifiedUnits\": 1, \"refusedUnits\": 2, \"failedUnits\": 0");
        ServiceDescriptor priced = failing(declared, 3);
        assertThat(Contract.of(priced).methods()).allSatisfy(method -> {
            assertThat(method.notModifiedUnits()).isEqualTo(1);
            assertThat(method.refusedUnits()).isEqualTo(2);
            assertThat(method.failedUnits()).isEqualTo(3);
        });
        Contracts contracts = Contracts.described(List.of(priced, new EchoProduct().contract()));
        String document = OpenApiDocument.render(contracts, OpenApiDocument.Dialect.V3_1, "http://localhost");
        assertThat(document.split("\"notModifiedUnits\": 1,\\s*\"refusedUnits\": 2,\\s*\"failedUnits\": 3\\s", -1)).as("both").hasSize(3);
        assertThat(document.split("Units\"", -1)).as("of what costs nothing nothing is said").hasSize(7);

        assertThat(breaks(PARKING, declared)).contains("ListLots", "DownloadListLots");
        assertThat(breaks(declared, PARKING)).isEmpty();
        assertThat(breaks(Contract.of(priced), Contract.of(failing(declared, 4)))).contains("ListLots");
        assertThat(breaks(Contract.of(failing(declared, 4)), Contract.of(priced))).isEmpty();
    }

    /** The contract with failed calls billed, as one with code may say, and as a declared one could once. */
    private static ServiceDescriptor failing(String declared, int units) {
        return DescriptorSets.service(failingSet(declared, units));
    }

    private static FileDescriptorSet failingSet(String declared, int units) {
        FileDescriptorSet.Builder set = DeclaredContract.of(Declarations.read(declared), new Faults()).toBuilder();
        set.getFileBuilder(0).getServiceBuilder(0).getMethodBuilderList().forEach(method -> {
            var said = method.getOptions().getExtension(ContractOptionsProto.operation).toBuilder();
            said.getMeterBuilder().setFailedUnits(units);
            method.getOptionsBuilder().setExtension(ContractOptionsProto.operation, said.build());
        });
        return DescriptorSets.parse(set.build().toByteArray());
    }

    /** A broken source is never billed, whatever kind it is of; what was approved with it is read and served as if it had not been said. */
    @Test
    void aFailedCallIsFreeWhateverIsDeclared() {
        String said = PARKING.replace("\"meter\": \"ROW\"", "\"meter\": \"ROW\", \"failedUnits\": 1000");
        assertThat(faultsOf(said)).containsExactly("operations[0].failedUnits");
        Faults faults = new Faults();
        assertThat(DeclarationReader.readKept(said, faults)).isEqualTo(Declarations.read(PARKING));
        assertThat(faults.list()).isEmpty();
        FileDescriptorSet now = DescriptorSets.parse(DeclaredContract.of(Declarations.read(PARKING), faults).toByteArray());
        FileDescriptorSet then = failingSet(PARKING, 1_000);
        assertThat(Contract.of(DescriptorSets.service(then)).methods()).hasSize(2).allMatch(method -> method.failedUnits() == 1_000);
        assertThat(Contract.of(DescriptorSets.service(DeclaredContract.failedIsFree(then))).methods()).hasSize(2).allMatch(method -> method.failedUnits() == 0);
        assertThat(DeclaredContract.failedIsFree(then)).as("and nothing else").isEqualTo(now);
        assertThat(DeclaredContract.failedIsFree(now)).isEqualTo(now);
    }

    @Test
    void aStaleAnswerIsFreeWhateverIsDeclared() {
        assertThat(Declarations.contract(PARKING).methods()).hasSize(2).allSatisfy(method -> assertThat(method.staleIsFree()).isTrue());
        String said = PARKING.replace("\"meter\": \"ROW\"", "\"meter\": \"ROW\", \"staleIsFree\": true");
        assertThat(Declarations.contract(said).methods()).allSatisfy(method -> assertThat(method.staleIsFree()).isTrue());
        Faults faults = new Faults();
        DeclarationReader.read(said.replace("\"staleIsFree\": true", "\"staleIsFree\": false"), faults);
        assertThat(faults.list()).singleElement().satisfies(fault -> assertThat(fault.field()).endsWith("staleIsFree"));
    }

    /** What could be said once is read as if it had not been, and a contract of then bills no stale answer any more. */
    @Test
    void whatWasApprovedWithStaleAnswersBilledIsReadAndServedWithThemFree() {
        Faults faults = new Faults();
        Declaration kept = DeclarationReader.readKept(PARKING.replace("\"meter\": \"ROW\"", "\"meter\": \"ROW\", \"staleIsFree\": false"), faults);
        assertThat(faults.list()).isEmpty();
        assertThat(kept).isEqualTo(Declarations.read(PARKING));
        FileDescriptorSet now = DeclaredContract.of(kept, faults);
        FileDescriptorSet.Builder then = now.toBuilder();
        then.getFileBuilder(0).getServiceBuilder(0).getMethodBuilderList().forEach(method -> method.getOptionsBuilder().setExtension(
                ContractOptionsProto.operation, method.getOptions().getExtension(ContractOptionsProto.operation).toBuilder().clearStaleIsFree().build()));
        FileDescriptorSet billed = DescriptorSets.parse(then.build().toByteArray());
        assertThat(Contract.of(DescriptorSets.service(billed)).methods()).hasSize(2).noneMatch(ContractMethod::staleIsFree);
        assertThat(Contract.of(DescriptorSets.service(DeclaredContract.staleIsFree(billed))).methods()).hasSize(2).allMatch(ContractMethod::staleIsFree);
        assertThat(DeclaredContract.staleIsFree(billed)).as("and nothing else").isEqualTo(DescriptorSets.parse(now.toByteArray()));
        assertThat(DeclaredContract.staleIsFree(now)).isEqualTo(now);
    }

    @ParameterizedTest
    @CsvSource({"GET,lots,true", "GET,lots/{district},true", "POST,lots/{district},true", "POST,lots,false"})
    void whoIsAskedAboutStandsInNoAddress(String verb, String path, boolean named) {
        String json = PARKING.replace("\"path\": \"lots\"", "\"verb\": \"" + verb + "\", \"path\": \"" + path + "\"");
        assertThat(Declarations.contract(json).methods()).as("there is nobody").noneMatch(ContractMethod::tellsOfPeopleInAddress);
        assertThat(Declarations.contract(json.replace("\"required\": true, ", "\"required\": true, \"subject\": true, ")).methods()).hasSize(2)
                .allMatch(method -> method.tellsOfPeopleInAddress() == named);
        assertThat(Declarations.contract(json.replaceFirst("\"sensitivity\": \"PUBLIC\"", "\"sensitivity\": \"PERSONAL\"")).methods()).as("who is not the subject")
                .hasSize(2).allMatch(method -> method.tellsOfPeopleInAddress() == named);
    }

    @Test
    void toBillWhatIsStaleBreaksCallers() {
        ServiceDescriptor billed = new EchoProduct().contract();
        ContractMethod echo = Contract.of(billed).methods().getFirst();
        assertThat(echo.staleIsFree()).as("so a method that was free and is as this one breaks its callers").isFalse();
        FileDescriptorProto.Builder file = billed.getFile().toProto().toBuilder();
        file.getServiceBuilder(0).getMethodBuilderList().forEach(method -> method.getOptionsBuilder().setExtension(ContractOptionsProto.operation,
                method.getOptions().getExtension(ContractOptionsProto.operation).toBuilder().setStaleIsFree(true).build()));
        Faults faults = new Faults();
        try {
            ServiceDescriptor free = FileDescriptor.buildFrom(file.build(), billed.getFile().getDependencies().toArray(FileDescriptor[]::new)).getServices()
                    .getFirst();
            Compatibility.within(Contract.of(free), Contract.of(billed), faults);
        } catch (DescriptorValidationException impossible) {
            throw new AssertionError(impossible);
        }
        assertThat(faults.list()).extracting(Violation::field).contains("Echo");
    }

    private static List<String> breaks(String before, String after) {
        return breaks(Declarations.contract(before), Declarations.contract(after));
    }

    private static List<String> breaks(Contract before, Contract after) {
        Faults faults = new Faults();
        Compatibility.within(before, after, faults);
        return faults.list().stream().map(Violation::field).toList();
    }

    @Test
    void whatIsDeclaredIsServedBesideWhatWasThereAndGoesAgain() {
        Contracts contracts = Contracts.of(List.of(new EchoProduct()));
        DataProduct parking = Declarations.product(Declarations.service(PARKING), null);

        contracts.serve(List.of(parking), List.of());
        ContractMethod method = contracts.findMethod("jingshu.declared.parking.v1.ParkingService/ListLots").orElseThrow();
        assertThat(onlyMatch(contracts, "/v1/parking/lots")).isEqualTo(method.fullMethodName());
        assertThat(contracts.operation(method)).isNotNull();
        assertThat(onlyMatch(contracts, "/v1/echo")).isEqualTo("jingshu.echo.v1.EchoService/Echo");

        contracts.serve(List.of(parking), List.of());
        assertThat(contracts.findMethod(method.fullMethodName())).containsSame(method);

        contracts.serve(List.of(), List.of(parking.contract()));
        assertThat(onlyMatch(contracts, "/v1/parking/lots")).isEqualTo("nowhere");
        assertThat(contracts.list()).extracting(Contract::code).containsExactly("echo");
        assertThat(contracts.findByCode("parking")).as("its names and units are needed for what was sold").isPresent();
        assertThat(contracts.operation(method)).as("for calls on their way").isNotNull();
    }

    @Test
    void twoVersionsAreServedBesideOneAnotherAndTheOldOneSaysThatItGoes() {
        Contracts contracts = Contracts.of(List.of(new EchoProduct()));
        Retirement retirement = new Retirement(Instant.parse("2027-01-01T00:00:00Z"), Instant.parse("2027-06-01T00:00:00Z"));
        contracts.serve(List.of(Declarations.product(Declarations.service(SECOND), null),
                Declarations.product(Declarations.service(PARKING), retirement)), List.of());

        assertThat(onlyMatch(contracts, "/v1/parking/lots")).isEqualTo("jingshu.declared.parking.v1.ParkingService/ListLots");
        assertThat(onlyMatch(contracts, "/v2/parking/lots")).isEqualTo("jingshu.declared.parking.v2.ParkingService/ListLots");
        assertThat(contracts.findByCode("parking").orElseThrow().version()).isEqualTo(2);
        assertThat(contracts.listVersions("parking")).extracting(Contract::version).containsExactly(2, 1);
        assertThat(contracts.findMethod("jingshu.declared.parking.v1.ParkingService/ListLots").orElseThrow().retirement()).isEqualTo(retirement);
        assertThat(contracts.findMethod("jingshu.declared.parking.v2.ParkingService/ListLots").orElseThrow().retirement()).isNull();
        String document = OpenApiDocument.render(contracts, OpenApiDocument.Dialect.V3_1, "http://localhost");
        assertThat(document).contains("\"operationId\": \"parkingListLots\"", "\"operationId\": \"parkingV2ListLots\"", "\"deprecated\": true");
        assertThat(document.split("\"name\": \"parking\"", -1)).as("one tag").hasSize(2);
    }

    @Test
    void whatStandsInTheWayOfAnotherIsNotServedAndWhatWasServedStays() {
        Contracts contracts = Contracts.of(List.of(new EchoProduct()));
        DataProduct parking = Declarations.product(Declarations.service(PARKING), null);
        contracts.serve(List.of(parking), List.of());
        DataProduct rival = Declarations.product(Declarations.service(PARKING.replace("停车场", "别的停车场")), null);

        assertThatThrownBy(() -> contracts.serve(List.of(parking, rival), List.of())).isInstanceOf(ContractException.class);
        assertThat(onlyMatch(contracts, "/v1/parking/lots")).isNotEqualTo("nowhere");
        assertThat(contracts.isFixed("echo")).isTrue();
        assertThat(contracts.isFixed("parking")).isFalse();
        contracts.checkBeside(rival.contract()); // of the same version: it would take its place
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "code": "parking" | "code": "Parking lots" | code
            "kind": "sql" | "kind": "magic" | kind
            "nameEn": "Parking" | "nameEN": "Parking" | nameEn
            "A2.8.4"] | "X"] | resources
            "path": "lots" | "path": "/lots" | operations[0].path
            "path": "lots" | "path": "lots/{nowhere}" | ''
            "type": "DATE" | "type": "DAY" | operations[0].columns[2].type
            "minimum": 0, | "minimum": 20000, | ''
            "name": "places" | "name": "lot_id" | operations[0].columns[1].name
            "docEn": "places", "resources": ["A2.8.4"] | "docEn": "places" | operations.ListLots.places.resources
            "meter": "ROW" | "meter": "MINUTE" | operations[0].meter
            "meter": "ROW" | "meter": "ROW", "refusedUnits": 1001 | operations[0].refusedUnits
            "meter": "ROW" | "meter": "ROW", "verb": "POST", "notModifiedUnits": 1 | ''
            """)
    void aMistakeIsSaidWithItsPlace(String right, String wrong, String place) {
        assertThat(PARKING).contains(right);
        assertThat(faultsOf(PARKING.replace(right, wrong))).contains(place);
    }

    @Test
    void whatIsNoDeclarationIsRefusedWithoutFailing() {
        assertThat(faultsOf("")).isNotEmpty();
        assertThat(faultsOf("[]")).isNotEmpty();
        assertThat(faultsOf("{\"code\": \"a\", \"code\": \"b\"}")).contains("");
        assertThat(faultsOf("[".repeat(100_000))).contains("");
        assertThat(faultsOf("{}")).contains("code", "kind", "operations");
    }

    static Stream<List<String>> breaking() {
        return Stream.of(
                List.of("\"name\": \"places\", \"type\": \"INT64\"", "\"name\": \"places\", \"type\": \"INT32\""),
                List.of("\"name\": \"places\", \"type\": \"INT64\"", "\"name\": \"room\", \"type\": \"INT64\""),
                List.of("\"path\": \"lots\"", "\"path\": \"car-parks\""),
                List.of("\"meter\": \"ROW\"", "\"meter\": \"CALL\""),
                List.of("\"minimum\": 0, \"maximum\": 10000", "\"minimum\": 0, \"maximum\": 100"),
                List.of("\"docEn\": \"places at least\",", "\"docEn\": \"places at least\", \"required\": true,"),
                List.of("\"required\": true, \"maxLength\": 6", "\"required\": true, \"maxLength\": 5"),
                List.of("\"download\": true", "\"download\": false"),
                List.of("\"ListLots\"", "\"ListCarParks\""));
    }

    @ParameterizedTest
    @MethodSource("breaking")
    void whatBreaksCallersNeedsANewVersion(List<String> change) {
        assertThat(PARKING).contains(change.getFirst());
        String changed = PARKING.replace(change.getFirst(), change.getLast());
        Faults faults = new Faults();
        Compatibility.within(Declarations.contract(PARKING), Declarations.contract(changed), faults);
        assertThat(faults.list()).as(change.toString()).isNotEmpty();
    }

    @Test
    void whatIsAppendedBreaksNobody() {
        String grown = PARKING.replace("\"resources\": [\"A2.8.4\"]}],", """
                "resources": ["A2.8.4"]},
                {"name": "covered", "type": "BOOL", "sensitivity": "PUBLIC", "docZh": "有顶", "docEn": "covered", "resources": ["A2.8.4"]}],
                """).replace("\"maximum\": 10000}]", """
                "maximum": 10000},
                {"name": "street", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "街道", "docEn": "street"}]
                """);
        Faults faults = new Faults();
        Compatibility.within(Declarations.contract(PARKING), Declarations.contract(grown), faults);
        assertThat(faults.list()).isEmpty();
        assertThat(grown).isNotEqualTo(PARKING);
    }

    @Test
    void anotherVersionMayBreakEverythingButTheUnitOfAnOperation() {
        Faults faults = new Faults();
        Compatibility.between(Declarations.contract(PARKING), Declarations.contract(SECOND.replace("\"INT64\"", "\"STRING\"")), faults);
        assertThat(faults.list()).isEmpty();
        Compatibility.between(Declarations.contract(PARKING), Declarations.contract(SECOND.replace("\"meter\": \"ROW\"", "\"meter\": \"CALL\"")), faults);
        assertThat(faults.list()).isNotEmpty();
    }

    @Test
    void itsProtoCanBeReadLikeACodedOne() {
        Contract contract = Declarations.contract(PARKING);
        assertThat(ProtoFiles.of(contract)).containsExactly("jingshu/contract/v1/options.proto", "jingshu/declared/parking/v1.proto");
        String text = ProtoFiles.read(contract, "jingshu/declared/parking/v1.proto").orElseThrow();
        assertThat(text).contains("package jingshu.declared.parking.v1;", "import \"google/api/annotations.proto\";", "service ParkingService {",
                "rpc ListLots(.jingshu.declared.parking.v1.ListLotsRequest) returns (.jingshu.declared.parking.v1.ListLotsResponse) {",
                "option (google.api.http) = { get: \"/v1/parking/lots\" };", "optional string district = 1 [(jingshu.contract.v1.field) = {",
                "repeated .jingshu.declared.parking.v1.ListLotsRow rows = 1", "doc_zh: \"区划\"");
        assertThat(ProtoFiles.read(contract, "jingshu/contract/v1/options.proto").orElseThrow()).contains("message Product");
        assertThat(ProtoFiles.read(contract, "/etc/passwd")).isEmpty();
    }

    @Test
    void aContractIsKeptAsBytesAndComesBackTheSame() {
        Faults faults = new Faults();
        byte[] kept = DeclaredContract.of(Declarations.read(PARKING), faults).toByteArray();
        Contract back = Contract.of(DescriptorSets.service(DescriptorSets.parse(kept)));
        Compatibility.within(Declarations.contract(PARKING), back, faults);
        assertThat(faults.list()).isEmpty();
        assertThatThrownBy(() -> DescriptorSets.parse("no descriptor".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package cn.jingshu.products.declared;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.Declarations;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.upstream.AddressGuard;
import cn.jingshu.products.kind.upstream.UpstreamSettings;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is asked of a declaration whatever its kind and wherever its contract comes from. */
class KindsTest {
    private static final AddressGuard GUARD = AddressGuard.of(Set.of(), Set.of("localhost"));
    private static final Kinds KINDS = new Kinds(Optional.empty(), new byte[32], GUARD,
            (_, _, _, _, _) -> { throw new AssertionError("nobody is asked"); },
            new UpstreamSettings(Duration.ofSeconds(1), 2_000, 4, 3, Duration.ofSeconds(1), Duration.ofSeconds(1)), Clock.systemUTC());

    private static final String SUBJECT = field("person", "PERSONAL", ", \"subject\": true");
    private static final String PLAIN = field("lot", "PUBLIC", "");

    private static String field(String name, String sensitivity, String more) {
        return "{\"name\": \"%s\", \"type\": \"STRING\", \"sensitivity\": \"%s\", \"docZh\": \"甲\", \"docEn\": \"a\"%s}".formatted(name, sensitivity, more);
    }

    private static String listed(String kind, boolean post, boolean personal, String parameter, String column) {
        return """
            {"code": "finder", "version": 1, "kind": "%s", "nameZh": "查", "nameEn": "Finder", "summaryZh": "查。", "summaryEn": "Finds.",
             "messages": [{"name": "Inner", "fields": [%s]}],
             "operations": [{"name": "Find", "verb": "%s", "path": "found", "personal": %s, "summaryZh": "查", "summaryEn": "Finds", "parameters": [%s],
               "columns": [{"name": "items", "type": "MESSAGE", "message": "Inner", "repeated": true, "docZh": "项", "docEn": "items"}], "%s": {}}],
             "%s": {}}
            """.formatted(kind, column, post ? "POST" : "GET", personal, parameter, kind, kind);
    }

    /** The same with the contract as a descriptor set. */
    private static String given(String listed) {
        return given(DeclaredContract.of(Declarations.read(listed), new Faults()));
    }

    private static String given(FileDescriptorSet set) {
        return """
            {"code": "finder", "version": 1, "kind": "upstream", "nameZh": "查", "nameEn": "Finder", "summaryZh": "查。", "summaryEn": "Finds.",
             "upstream": {"grpc": {"target": "grpc://localhost:7", "descriptorSet": "%s"}}}
            """.formatted(Base64.getEncoder().encodeToString(set.toByteArray()));
    }

    static Stream<Arguments> people() {
        return Stream.of(
                Arguments.of("nobody", false, false, PLAIN, PLAIN, null),
                Arguments.of("a person, and it says so", true, true, SUBJECT, PLAIN, null),
                Arguments.of("a person is asked about", true, false, SUBJECT, field("places", "INTERNAL", ""), "personal"),
                Arguments.of("a person is answered about, within a message", true, false, PLAIN, field("plate", "PERSONAL", ""), "personal"),
                Arguments.of("the same, sensitive", true, false, PLAIN, field("illness", "SENSITIVE_PERSONAL", ""), "personal"),
                Arguments.of("a person nobody names", true, true, PLAIN, field("plate", "PERSONAL", ""), "personal"),
                Arguments.of("who is asked about stands in the address", false, true, SUBJECT, PLAIN, "path"),
                Arguments.of("a number of a telephone stands in the address", false, false, field("phone", "PERSONAL", ""), PLAIN, "path"),
                Arguments.of("the same in the body", true, false, field("phone", "PERSONAL", ""), PLAIN, null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("people")
    void consentAndPurposeCannotBeDeclaredAway(String what, boolean post, boolean personal, String parameter, String column, @Nullable String fault) {
        for (String kind : List.of("upstream", "model")) {
            assertThat(faultsOf(listed(kind, post, personal, parameter, column))).as(what + " " + kind).containsExactlyElementsOf(fault == null ? List.of() : List.of("operations.Find." + fault));
        }
        String set = given(listed("upstream", post, personal, parameter, column));
        assertThat(faultsOf(set)).as(what + " as a set").containsExactlyElementsOf(fault == null ? List.of() : List.of("operations.Find." + fault));
        assertThat(allFaultsOf(set).isEmpty()).as("it is sound but for that").isEqualTo(fault == null);
    }

    @Test
    void aDescriptorSetGivesItselfNoReasonToAskNobody() {
        FileDescriptorSet.Builder set = DeclaredContract.of(Declarations.read(listed("upstream", true, false, PLAIN, field("plate", "PERSONAL", ""))), new Faults())
                .toBuilder();
        var method = set.getFileBuilder(0).getServiceBuilder(0).getMethodBuilder(0).getOptionsBuilder();
        method.setExtension(ContractOptionsProto.operation, method.getExtension(ContractOptionsProto.operation).toBuilder()
                .setNoSubjectZh("理由").setNoSubjectEn("a reason").build());
        assertThat(faultsOf(given(set.build()))).containsExactly("operations.Find.personal", "operations.Find.personal");
    }

    @Test
    void whatASourceSaysOfItsAgeGoesWithItsContract() {
        String listed = listed("upstream", true, false, PLAIN, PLAIN);
        String json = listed.substring(0, listed.lastIndexOf("{}}")) + "{\"freshness\": {\"Find\": {\"field\": \"nothing\", \"maxAgeSeconds\": 60}}}}";
        assertThat(allFaultsOf(json)).contains("upstream.freshness.Find.field");
    }

    @Test
    void aDescriptorSetBillsNoFailedCall() {
        FileDescriptorSet free = DeclaredContract.of(Declarations.read(listed("upstream", true, false, PLAIN, PLAIN)), new Faults());
        FileDescriptorSet.Builder billed = free.toBuilder();
        var method = billed.getFileBuilder(0).getServiceBuilder(0).getMethodBuilder(0).getOptionsBuilder();
        var said = method.getExtension(ContractOptionsProto.operation).toBuilder();
        said.getMeterBuilder().setFailedUnits(1_000);
        method.setExtension(ContractOptionsProto.operation, said.build());
        assertThat(allFaultsOf(given(free))).isEmpty();
        assertThat(allFaultsOf(given(billed.build()))).containsExactly("upstream.grpc.descriptorSet");
        Faults faults = new Faults();
        Prepared kept = Objects.requireNonNull(KINDS.prepareKept(given(billed.build()), ByteString.EMPTY, faults));
        assertThat(faults.list()).isEmpty();
        assertThat(Contract.of(kept.service()).methods()).as("approved before").singleElement().satisfies(each -> assertThat(each.failedUnits()).isZero());
    }

    private static List<String> faultsOf(String json) {
        return allFaultsOf(json).stream().filter(field -> field.endsWith(".personal") || field.endsWith(".path")).toList();
    }

    private static List<String> allFaultsOf(String json) {
        Faults faults = new Faults();
        KINDS.prepare(json, ByteString.EMPTY, faults);
        return faults.list().stream().map(each -> each.field()).toList();
    }
}

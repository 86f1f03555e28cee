package cn.jingshu.products.claims;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.claims.v1.CaseChangeResponse;
import cn.jingshu.products.claims.v1.CaseResponse;
import cn.jingshu.products.claims.v1.ClaimsProto;
import cn.jingshu.products.claims.v1.FindCluesResponse;
import cn.jingshu.products.claims.v1.ListHospitalCluesResponse;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What may leave (POLICY 5.5 row 2: match yes or no, count, hospital-level clue after approval) is written down here a second time. */
class ClaimsContractTest {
    private static final Set<String> OF_THE_RECORDS = Set.of("FindCluesResponse.claimed_stay", "ClueCount.kind", "ClueCount.found", "ClueCount.count",
            "HospitalClue.kind", "HospitalClue.provider", "HospitalClue.count", "CaseResponse.claimed_stay");

    @Test
    void theContractIsSound() {
        Contract contract = Contract.of(ClaimsProto.getDescriptor().findServiceByName("ClaimsService"));
        assertThat(contract.code()).isEqualTo("claims");
        assertThat(contract.annexId()).isEqualTo("A3.2");
        assertThat(contract.methods()).hasSize(14);
    }

    /** The fields that the records feed are these eight; hospitals are named in one answer alone. */
    @Test
    void onlyMatchesCountsAndReleasedHospitalsComeFromTheRecords() {
        Set<String> fed = new TreeSet<>();
        for (Descriptor message : ClaimsProto.getDescriptor().getMessageTypes()) {
            for (FieldDescriptor field : message.getFields()) {
                if (field.getOptions().getExtension(ContractOptionsProto.field).getResourcesCount() > 0) {
                    fed.add(message.getName() + "." + field.getName());
                }
            }
        }
        assertThat(fed).isEqualTo(OF_THE_RECORDS);
        assertThat(names(FindCluesResponse.getDescriptor())).doesNotContain("provider", "institution", "admitted_on", "discharged_on", "diagnosis");
        assertThat(names(CaseResponse.getDescriptor())).doesNotContain("provider", "institution", "admitted_on", "discharged_on", "diagnosis", "insured_id");
        assertThat(names(CaseChangeResponse.getDescriptor())).doesNotContain("clues", "claimed_stay", "count", "insured_id");
        assertThat(names(ListHospitalCluesResponse.getDescriptor())).doesNotContain("admitted_on", "discharged_on", "diagnosis", "claims", "records");
    }

    @Test
    void whatTellsOfTheRecordsNamesItsSubjectAndNeedsConsent() {
        Set<String> tells = new TreeSet<>();
        Contract.of(ClaimsProto.getDescriptor().findServiceByName("ClaimsService")).methods().forEach(method -> {
            if (method.answersBytes() || !method.answerResources().isEmpty()) {
                tells.add(method.name());
            }
            assertThat(method.personal()).as(method.name()).isEqualTo(tells.contains(method.name()));
            assertThat(method.requestFields().stream().filter(f -> f.subject())).as(method.name()).hasSize(method.personal() ? 1 : 0);
            assertThat(method.tellsOfPeopleInAddress()).as(method.name()).isFalse();
        });
        assertThat(tells).containsExactly("FindClues", "GetCase", "GetEvidenceBundle", "ListHospitalClues", "OpenCase");
    }

    @Test
    void theContractNamesTheNumbersAsTheEngineDoes() {
        assertThat(cn.jingshu.products.claims.v1.ProviderSummary.getDescriptor().getFields().stream().skip(1).map(FieldDescriptor::getName))
                .containsExactlyElementsOf(ProviderSummary.NUMBERS);
    }

    @Test
    void everyChangeOfACaseSaysWhichVersionItSaw() {
        for (MethodDescriptor method : ClaimsProto.getDescriptor().findServiceByName("ClaimsService").getMethods()) {
            boolean changes = method.getInputType().findFieldByName("case_id") != null && !method.getName().startsWith("Get");
            assertThat(method.getInputType().findFieldByName("expected_version") != null).as(method.getName()).isEqualTo(changes);
        }
    }

    private static Set<String> names(Descriptor message) {
        Set<String> names = new TreeSet<>();
        for (FieldDescriptor field : message.getFields()) {
            names.add(field.getName());
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                names.addAll(names(field.getMessageType()));
            }
        }
        return names;
    }
}

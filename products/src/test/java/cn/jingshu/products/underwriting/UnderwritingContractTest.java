package cn.jingshu.products.underwriting;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.FieldFacts;
import cn.jingshu.products.underwriting.v1.AssessApplicantResponse;
import cn.jingshu.products.underwriting.v1.ExplainAssessmentResponse;
import cn.jingshu.products.underwriting.v1.UnderwritingProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What may leave (POLICY 5.5 row 1: risk band, reason codes, refer to human) is written down here a second time. */
class UnderwritingContractTest {
    private static final Set<String> MAY_LEAVE = Set.of("assessment_id", "band", "probability_low", "probability_high", "reasons", "reasons.code",
            "reasons.sentence_zh", "reasons.sentence_en", "reasons.effect", "reasons.strength", "refer_to_human", "referrals", "referrals.code",
            "referrals.sentence_zh", "referrals.sentence_en", "loading_percent", "model_version", "stale", "degraded", "sandbox", "assessed_at",
            "assessed_at.seconds", "assessed_at.nanos", "notice_zh", "notice_en", "policy_type", "method_zh", "method_en", "rights_zh", "rights_en");

    @Test
    void theContractIsSound() {
        Contract contract = Contract.of(UnderwritingProto.getDescriptor().findServiceByName("UnderwritingService"));
        assertThat(contract.code()).isEqualTo("underwriting");
        assertThat(contract.annexId()).isEqualTo("A3.1");
        assertThat(contract.methods()).hasSize(4);
    }

    @Test
    void onlyWhatMayLeaveIsDeclared() {
        assertThat(MAY_LEAVE).containsAll(fields(AssessApplicantResponse.getDescriptor(), ""));
        assertThat(MAY_LEAVE).containsAll(fields(ExplainAssessmentResponse.getDescriptor(), ""));
    }

    @Test
    void anExplanationNamesNobody() {
        assertThat(fields(ExplainAssessmentResponse.getDescriptor(), "")).noneMatch(f -> f.contains("applicant") || f.contains("uscc") || f.contains("application"));
    }

    @Test
    void theApplicantIsTheSubjectAndConsentIsNeeded() {
        Contract contract = Contract.of(UnderwritingProto.getDescriptor().findServiceByName("UnderwritingService"));
        for (String name : List.of("AssessApplicant", "ExplainAssessment")) {
            ContractMethod method = contract.methods().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
            assertThat(method.personal()).as(name).isTrue();
            assertThat(method.tellsOfPeopleInAddress()).as(name).isFalse();
            assertThat(method.requestFields()).as(name).filteredOn(FieldFacts::subject).singleElement()
                    .satisfies(field -> assertThat(field.field().getName()).isEqualTo("applicant_id"));
        }
    }

    private static Set<String> fields(Descriptor message, String prefix) {
        Set<String> names = new TreeSet<>();
        for (FieldDescriptor field : message.getFields()) {
            names.add(prefix + field.getName());
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                names.addAll(fields(field.getMessageType(), prefix + field.getName() + "."));
            }
        }
        return names;
    }
}

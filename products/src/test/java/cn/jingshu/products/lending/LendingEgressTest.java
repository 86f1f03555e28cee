package cn.jingshu.products.lending;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.FieldFacts;
import cn.jingshu.products.lending.v1.LendingProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What may never come in and never go out (POLICY 5.5 row 5; 征信业管理条例 Art. 14). */
class LendingEgressTest {
    private static final Contract CONTRACT = Contract.of(LendingProto.getDescriptor().findServiceByName("LendingService"));

    @Test
    void healthAndMedicalInsuranceAreNeverRead() {
        assertThat(LendingProduct.needs().reads().keySet()).isNotEmpty().allSatisfy(table -> {
            assertThat(table.resource()).doesNotStartWith("A2.2.").doesNotStartWith("A2.3.");
            // what the law blocks outright: sealed records and public video
            assertThat(table.resource()).isNotIn("A2.10.2", "A2.10.3");
        });
        assertThat(CONTRACT.resources()).noneMatch(id -> id.startsWith("A2.2.") || id.startsWith("A2.3.") || id.startsWith("A2.10."));
    }

    @Test
    void whatIsReadIsWhatTheContractNames() {
        Set<String> read = new HashSet<>();
        LendingProduct.needs().reads().keySet().forEach(table -> read.add(table.resource()));
        assertThat(read).containsExactlyInAnyOrderElementsOf(CONTRACT.resources());
        for (ContractMethod method : CONTRACT.methods()) {
            assertThat(read).as(method.name()).containsAll(method.answerResources());
        }
    }

    @Test
    void noAnswerHasAFieldForARecordABalanceOrAName() {
        List<String> forbidden = List.of("balance_of", "deposit", "income", "contribution", "case", "diagnos", "disease", "person_name",
                "owner", "address", "phone", "identity", "applicant", "uscc", "capital", "revenue", "payroll", "appraised", "secured");
        for (ContractMethod method : CONTRACT.methods()) {
            if (method.name().equals("Schedule") || method.name().equals("GetModelCard")) {
                continue; // nobody's data
            }
            for (FieldDescriptor field : reachable(method.response(), new HashSet<>())) {
                String name = field.getName().toLowerCase(Locale.ROOT);
                assertThat(forbidden).as(method.name() + " " + field.getFullName()).noneMatch(name::contains);
            }
        }
    }

    @Test
    void operationsAboutPeopleSaySoAndNameTheirSubject() {
        Map<String, Boolean> personal = Map.of("EstimateMortgage", true, "EstimateStartupLoan", true, "BatchEstimate", true,
                "EstimateEnterpriseLoan", false, "BatchEstimateEnterprises", false, "Schedule", false, "Score", true, "GetModelCard", false);
        for (ContractMethod method : CONTRACT.methods()) {
            assertThat(method.personal()).as(method.name()).isEqualTo(personal.get(method.name()));
        }
    }

    @Test
    void everyFieldIsSaidInBothLanguages() {
        for (ContractMethod method : CONTRACT.methods()) {
            List<FieldDescriptor> fields = new ArrayList<>(reachable(method.request(), new HashSet<>()));
            fields.addAll(reachable(method.response(), new HashSet<>()));
            for (FieldDescriptor field : fields) {
                if (field.getContainingType().getOptions().getMapEntry()) {
                    continue;
                }
                FieldFacts facts = method.fieldsOf(field.getContainingType()).stream()
                        .filter(f -> f.field().equals(field)).findFirst().orElseThrow();
                assertThat(facts.docZh()).as(field.getFullName()).isNotBlank();
                assertThat(facts.docEn()).as(field.getFullName()).isNotBlank();
            }
        }
    }

    private static List<FieldDescriptor> reachable(Descriptor message, Set<Descriptor> seen) {
        List<FieldDescriptor> fields = new ArrayList<>();
        if (!seen.add(message)) {
            return fields;
        }
        for (FieldDescriptor field : message.getFields()) {
            fields.add(field);
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                fields.addAll(reachable(field.getMessageType(), seen));
            }
        }
        return fields;
    }
}

package cn.jingshu.products.contract;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.PeopleRule.Breach;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.Operation;
import cn.jingshu.products.lending.v1.LendingProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PeopleRuleTest {
    /** A new product is in it by its {@code .proto} alone. */
    @Test
    void everyContractOfTheHouseNamesThePeopleItAnswersAbout() {
        Map<String, List<Breach>> breaches = new TreeMap<>();
        DescriptorCatalogue.contracts().list().forEach(contract -> {
            List<Breach> found = PeopleRule.breachesOfCode(contract);
            if (!found.isEmpty()) {
                breaches.put(contract.serviceName(), found);
            }
        });
        assertThat(breaches).isEmpty();
    }

    /** Each of them is a decision (0079), and so is each more. */
    @Test
    void theReasonsToAskNobodyAreTheseFive() {
        List<String> reasons = new ArrayList<>();
        DescriptorCatalogue.contracts().list().forEach(contract -> contract.methods().stream().filter(method -> !method.noSubjectEn().isEmpty())
                .forEach(method -> reasons.add(contract.code() + "/" + method.name())));
        assertThat(reasons).containsExactlyInAnyOrder("claims/ApproveRelease", "claims/AssignTask", "claims/RecordEvidence",
                "claims/CompleteTask", "claims/CloseCase");
    }

    @Test
    void anAnswerAboutPeopleIsPersonalOrSaysWhyItAsksNobody() throws DescriptorValidationException {
        assertThat(PeopleRule.breachesOfCode(lending(_ -> {}))).isEmpty();
        assertThat(PeopleRule.breachesOfCode(lending(score -> score.clearPersonal()))).extracting(Breach::operation, Breach::en)
                .allMatch(each -> each.toList().getFirst().equals("Score"))
                .hasSize(2); // it names a subject, and it answers about one
        Contract reasoned = lending(score -> score.setNoSubjectZh("理由").setNoSubjectEn("a reason"));
        assertThat(PeopleRule.breachesOfCode(reasoned)).as("a reason beside consent").extracting(Breach::operation).containsExactly("Score");
        assertThat(PeopleRule.breachesOfCode(lending(score -> score.setNoSubjectEn("a reason")))).as("in one language").hasSize(1);
        assertThat(PeopleRule.breachesOfDeclared(reasoned)).as("nobody declares one").extracting(Breach::en)
                .containsExactly("a declared product gives itself no reason to ask nobody (no_subject)");
    }

    /** The contract of lending with other options of {@code Score}. */
    private static Contract lending(Consumer<Operation.Builder> change) throws DescriptorValidationException {
        FileDescriptor file = LendingProto.getDescriptor();
        FileDescriptorProto.Builder proto = file.toProto().toBuilder();
        proto.getServiceBuilder(0).getMethodBuilderList().stream().filter(method -> method.getName().equals("Score")).forEach(method -> {
            MethodOptions.Builder options = method.getOptionsBuilder();
            Operation.Builder operation = options.getExtension(ContractOptionsProto.operation).toBuilder();
            change.accept(operation);
            options.setExtension(ContractOptionsProto.operation, operation.build());
        });
        return Contract.of(FileDescriptor.buildFrom(proto.build(), file.getDependencies().toArray(FileDescriptor[]::new))
                .findServiceByName("LendingService"));
    }
}

package cn.jingshu.products.kind.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.kind.Declarations;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import org.junit.jupiter.api.Test;

class AnswerCheckTest {
    /** The contract of {@link Declarations#PARKING}, whose answers may hold one of their own kind. */
    private static ContractMethod nesting() {
        FileDescriptorSet.Builder set = DeclaredContract.of(Declarations.read(Declarations.PARKING), new Faults()).toBuilder();
        String answer = set.getFile(0).getService(0).getMethodList().getLast().getOutputType();
        DescriptorProto.Builder type = set.getFileBuilder(0).getMessageTypeBuilderList().stream()
                .filter(each -> answer.endsWith("." + each.getName())).findFirst().orElseThrow();
        type.addField(FieldDescriptorProto.newBuilder().setName("part").setNumber(99).setJsonName("part").setType(Type.TYPE_MESSAGE)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL).setTypeName(answer).setOptions(type.getField(0).getOptions()));
        return Contract.of(DescriptorSets.service(DescriptorSets.parse(set.build().toByteArray()))).methods().stream()
                .filter(each -> answer.endsWith(each.response().getFullName())).findFirst().orElseThrow();
    }

    @Test
    void anAnswerOfATypeThatHoldsItselfIsLookedAtToItsEnd() throws Exception {
        ContractMethod method = nesting();
        Descriptor type = method.response();
        Message plain = DynamicMessage.getDefaultInstance(type);
        assertThat(AnswerCheck.checked(method, plain)).isEqualTo(plain);
        Message nested = DynamicMessage.newBuilder(type).setField(type.findFieldByName("part"), plain).build();
        assertThat(AnswerCheck.checked(method, nested)).isEqualTo(nested);
    }
}

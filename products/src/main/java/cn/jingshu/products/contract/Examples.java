package cn.jingshu.products.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Examples put together from what the fields of a contract give as theirs. */
final class Examples {
    private final boolean referred;

    private Examples(boolean referred) {
        this.referred = referred;
    }

    /** The example of one value of a field as JSON; the field has one. */
    static Json ofField(FieldFacts facts) {
        return one(facts, facts.example());
    }

    private static Json one(FieldFacts facts, String example) {
        FieldDescriptor scalar = FieldValues.scalar(facts.field());
        return switch (scalar.getType()) {
            case BOOL -> new Json.Bool(Boolean.parseBoolean(example));
            case DOUBLE, FLOAT, INT32, SINT32, SFIXED32, UINT32, FIXED32 -> new Json.Num(example);
            default -> new Json.Text(example); // 64-bit integers too: ProtoJSON writes them as strings
        };
    }

    /** An object of the fields that have examples, at any depth; no members: none has. */
    static Json.Obj ofMessage(ContractMethod method, Descriptor message) {
        return new Examples(false).ofMessage(method, message, new HashSet<>());
    }

    /** The same of an answer where a person has to look: fields without an example for that keep their usual one. */
    static Json.Obj whereReferred(ContractMethod method, Descriptor message) {
        return new Examples(true).ofMessage(method, message, new HashSet<>());
    }

    private Json.Obj ofMessage(ContractMethod method, Descriptor message, Set<Descriptor> above) {
        Json.Obj object = Json.Obj.empty();
        if (!above.add(message)) {
            return object;
        }
        Set<OneofDescriptor> chosen = new HashSet<>();
        for (FieldFacts facts : method.facts(message).fields()) {
            OneofDescriptor oneof = facts.field().getRealContainingOneof();
            Json value = value(method, facts, above);
            boolean empty = value instanceof Json.Null || (oneof != null && !chosen.add(oneof));
            if (!empty) {
                object.with(facts.jsonName(), value);
            }
        }
        above.remove(message);
        return object;
    }

    private Json value(ContractMethod method, FieldFacts facts, Set<Descriptor> above) {
        if (facts.field().isMapField()) {
            return Json.Null.NULL;
        }
        Json one;
        if (facts.kind() == FieldKind.MESSAGE) {
            Json.Obj inner = ofMessage(method, facts.field().getMessageType(), above);
            one = inner.members().isEmpty() ? Json.Null.NULL : inner;
        } else {
            String example = referred && !facts.referExample().isEmpty() ? facts.referExample() : facts.example();
            one = example.isEmpty() ? Json.Null.NULL : one(facts, example);
        }
        return one instanceof Json.Null || !facts.isList() ? one : new Json.Arr(List.of(one));
    }
}

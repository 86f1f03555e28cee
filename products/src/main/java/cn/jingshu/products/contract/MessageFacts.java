package cn.jingshu.products.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of one message type of a contract, found by name, with their JSON names ready to be written. */
final class MessageFacts {
    private final Descriptor type;
    private final List<FieldFacts> fields;
    private final byte[][] quotedNames;
    private final Map<String, FieldFacts> byName = new HashMap<>();

    MessageFacts(Descriptor type) {
        this.type = type;
        this.fields = type.getFields().stream().map(FieldFacts::of).toList();
        this.quotedNames = new byte[fields.size()][];
        for (int i = 0; i < fields.size(); i++) {
            FieldDescriptor field = fields.get(i).field();
            quotedNames[i] = ('"' + field.getJsonName() + "\":").getBytes(StandardCharsets.UTF_8);
            byName.put(field.getName(), fields.get(i));
            byName.put(field.getJsonName(), fields.get(i));
        }
    }

    Descriptor type() {
        return type;
    }

    List<FieldFacts> fields() {
        return fields;
    }

    /** The JSON name of the field at {@code index}, in quotes and with the colon behind it. */
    byte[] quotedName(int index) {
        return quotedNames[index];
    }

    /** The field a caller names by its JSON name or its name in the contract; null: there is none. */
    @Nullable FieldFacts find(String name) {
        return byName.get(name);
    }
}

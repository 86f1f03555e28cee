package cn.jingshu.products.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.List;

/** The contract as a filter: what it does not declare does not leave the house. */
final class Egress {
    private Egress() {}

    /** {@code message} without unknown and extension fields, at any depth; the same object when it has none. */
    static Message strip(Message message) {
        if (isClean(message)) {
            return message;
        }
        Message.Builder builder = message.toBuilder();
        builder.setUnknownFields(UnknownFieldSet.getDefaultInstance());
        message.getAllFields().forEach((field, value) -> {
            if (isUndeclared(field)) {
                builder.clearField(field);
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                if (value instanceof List<?> items) {
                    List<Message> stripped = new ArrayList<>(items.size());
                    items.forEach(item -> stripped.add(strip((Message) item)));
                    builder.setField(field, stripped);
                } else {
                    builder.setField(field, strip((Message) value));
                }
            }
        });
        return builder.build();
    }

    private static boolean isClean(Message message) {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            return false;
        }
        for (var entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            if (isUndeclared(field)) {
                return false;
            }
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                if (entry.getValue() instanceof List<?> items) {
                    for (Object item : items) {
                        if (!isClean((Message) item)) {
                            return false;
                        }
                    }
                } else if (!isClean((Message) entry.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** An extension, and the free-form metadata that {@code google.api.HttpBody} can carry beside its bytes. */
    private static boolean isUndeclared(FieldDescriptor field) {
        return field.isExtension()
                || (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                        && !field.isMapField()
                        && FieldKind.of(field) == FieldKind.FREE_FORM);
    }
}

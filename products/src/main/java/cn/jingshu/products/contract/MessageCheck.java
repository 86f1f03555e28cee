package cn.jingshu.products.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request against what its contract requires: the same rules whether it came over HTTP or gRPC; and likewise an answer of a source that is not
 * trusted, of whose values nothing is repeated.
 */
final class MessageCheck {
    private final ContractMethod method;
    private final Violations violations;
    private final boolean answer;

    private MessageCheck(ContractMethod method, Violations violations, boolean answer) {
        this.method = method;
        this.violations = violations;
        this.answer = answer;
    }

    static void request(ContractMethod method, Message request, Violations violations) {
        new MessageCheck(method, violations, false).check(request, "");
    }

    static void answer(ContractMethod method, Message answer, Violations violations) {
        new MessageCheck(method, violations, true).check(answer, "");
    }

    private void check(Message message, String path) {
        for (FieldFacts facts : method.facts(message.getDescriptorForType()).fields()) {
            FieldDescriptor field = facts.field();
            String name = facts.jsonName();
            if (field.isRepeated()) {
                checkItems(message, facts, path.isEmpty() ? name : path + "." + name);
            } else if (isGiven(message, field)) {
                checkValue(facts, field, message.getField(field), path.isEmpty() ? name : path + "." + name);
            } else if (facts.required()) {
                violations.add(path.isEmpty() ? name : path + "." + name, "必填", "is required");
            }
        }
    }

    /** Zero, an empty string and false of a field without presence count as not given in a request, on both edges. In an answer they are what it says. */
    private boolean isGiven(Message message, FieldDescriptor field) {
        return message.hasField(field) || (answer && !field.hasPresence());
    }

    private void checkItems(Message message, FieldFacts facts, String path) {
        FieldDescriptor field = facts.field();
        int count = message.getRepeatedFieldCount(field);
        if (count == 0 && facts.required()) {
            violations.add(path, "必填", "is required");
        }
        if (count > facts.maxLength()) {
            violations.add(
                    path, "最多 " + facts.maxLength() + " 项", "must not have more than " + facts.maxLength() + " items");
            return;
        }
        for (int i = 0; i < count; i++) {
            Object item = message.getRepeatedField(field, i);
            if (field.isMapField() && item instanceof Message entry) {
                FieldDescriptor key = entry.getDescriptorForType().findFieldByNumber(1);
                FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
                String at = answer ? path + "[]" : path + "[\"" + entry.getField(key) + "\"]";
                checkLength(facts, entry.getField(key), at);
                checkValue(facts, value, entry.getField(value), at);
            } else {
                checkValue(facts, field, item, answer ? path + "[]" : path + "[" + i + "]");
            }
        }
    }

    private void checkValue(FieldFacts facts, FieldDescriptor field, Object value, String path) {
        switch (FieldKind.of(field)) {
            case MESSAGE -> check((Message) value, path);
            case WRAPPER -> {
                Message wrapper = (Message) value;
                checkLength(facts, wrapper.getField(FieldValues.scalar(field)), path);
            }
            case SCALAR -> {
                checkLength(facts, value, path);
                if (value instanceof EnumValueDescriptor choice && choice.getIndex() < 0) {
                    violations.add(path, "没有此选项", "is none of the choices");
                }
                var range = FieldValues.range(facts, value);
                if (range != null) {
                    violations.add(path, range);
                }
            }
            case TIMESTAMP, DURATION -> {
                // Read strictly over HTTP; on gRPC the product sees what the caller sent. An answer has to be one that can be written.
                if (answer && !FieldValues.isWritable((Message) value)) {
                    violations.add(path, "不是时刻或时长", "is no moment and no duration");
                }
            }
            case FIELD_MASK, HTTP_BODY, FREE_FORM -> {
                // The same; of an answer all can be written that can be read.
            }
        }
    }

    private void checkLength(FieldFacts facts, @Nullable Object value, String path) {
        if (answer && facts.field().isRepeated()) {
            return; // a list counts its items by the contract's figure, which says nothing of the items themselves
        }
        // Those of a request keep the edge's default.
        int most = facts.field().isRepeated() ? FieldFacts.DEFAULT_MAX_LENGTH : facts.maxLength();
        int length =
                switch (value) {
                    case String text -> text.length() <= most ? 0 : text.codePointCount(0, text.length());
                    case ByteString bytes -> bytes.size();
                    case null, default -> 0;
                };
        if (length > most) {
            violations.add(path, "长度不得超过 " + most, "must not be longer than " + most);
        }
    }
}

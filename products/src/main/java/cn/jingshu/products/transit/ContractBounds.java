package cn.jingshu.products.transit;

import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.Field;
import cn.jingshu.products.spi.Answer.Violation;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;

/** Holds a request against the bounds its contract declares, so that they are written down once. */
final class ContractBounds {
    private ContractBounds() {}

    /** What is wrong with the request; empty: nothing. */
    static List<Violation> violations(Message request) {
        List<Violation> violations = new ArrayList<>();
        for (FieldDescriptor field : request.getDescriptorForType().getFields()) {
            Field bounds = field.getOptions().getExtension(ContractOptionsProto.field);
            if (field.isRepeated()) {
                if (bounds.getMaxLength() > 0 && request.getRepeatedFieldCount(field) > bounds.getMaxLength()) {
                    violations.add(tooLong(field, bounds));
                }
            } else if (request.getField(field) instanceof Number number) {
                addIfOutside(violations, field, bounds, number.doubleValue());
            } else if (request.getField(field) instanceof String text) {
                if (bounds.getRequired() && text.isEmpty()) {
                    violations.add(new Violation(
                            field.getName(), field.getName() + " 不能为空", field.getName() + " must not be empty"));
                } else if (bounds.getMaxLength() > 0 && text.length() > bounds.getMaxLength()) {
                    violations.add(tooLong(field, bounds));
                }
            }
        }
        return violations;
    }

    private static void addIfOutside(List<Violation> violations, FieldDescriptor field, Field bounds, double value) {
        boolean bounded = bounds.getMinimum() != 0 || bounds.getMaximum() != 0;
        if (bounded && !(value >= bounds.getMinimum() && value <= bounds.getMaximum())) {
            String range = plain(bounds.getMinimum()) + " - " + plain(bounds.getMaximum());
            violations.add(new Violation(
                    field.getName(),
                    field.getName() + " 须在 " + range + " 之间",
                    field.getName() + " must be within " + range));
        }
    }

    private static Violation tooLong(FieldDescriptor field, Field bounds) {
        return new Violation(
                field.getName(),
                field.getName() + " 长度不得超过 " + bounds.getMaxLength(),
                field.getName() + " must not be longer than " + bounds.getMaxLength());
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }
}

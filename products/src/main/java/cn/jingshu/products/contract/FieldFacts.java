package cn.jingshu.products.contract;

import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.Field;
import cn.jingshu.products.contract.v1.Sensitivity;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the contract says about one field.
 *
 * @param field the field itself; its JSON name is what REST callers write
 * @param resources lineage: ids of the data resources that feed it; empty: none does
 * @param sensitivity its classification; {@code SENSITIVITY_UNSPECIFIED} only where the field holds a message of the
 *     contract, whose own fields are classified
 * @param subject true: identifies the person asked about
 * @param unit of the value, {@code m/s}; empty: none
 * @param docZh what it means, in Chinese; empty: not said
 * @param docEn what it means, in English; empty: not said
 * @param example a value as a caller writes it; empty: none
 * @param referExample the same where a person has to look; empty: as {@code example}
 * @param required true: a request without it is refused
 * @param minimum least value allowed; null: unbounded
 * @param maximum greatest value allowed; null: unbounded
 * @param maxLength most characters, bytes or items; at least one
 */
public record FieldFacts(
        FieldDescriptor field,
        List<String> resources,
        Sensitivity sensitivity,
        boolean subject,
        String unit,
        String docZh,
        String docEn,
        String example,
        String referExample,
        boolean required,
        @Nullable Double minimum,
        @Nullable Double maximum,
        int maxLength) {

    /** Most characters, bytes or items of a field whose contract sets no {@code max_length}. */
    public static final int DEFAULT_MAX_LENGTH = 1_000;

    public FieldFacts {
        resources = List.copyOf(resources);
    }

    static FieldFacts of(FieldDescriptor field) {
        Field options = field.getOptions().getExtension(ContractOptionsProto.field);
        double least = options.getMinimum();
        double greatest = options.getMaximum();
        boolean bounded = least != 0 || greatest != 0;
        return new FieldFacts(
                field,
                options.getResourcesList(),
                options.getSensitivity(),
                options.getSubject(),
                options.getUnit(),
                options.getDocZh(),
                options.getDocEn(),
                options.getExample(),
                options.getReferExample(),
                options.getRequired(),
                bounded ? least : null,
                bounded && (greatest != 0 || least < 0) ? greatest : null,
                options.getMaxLength() == 0 ? DEFAULT_MAX_LENGTH : options.getMaxLength());
    }

    /** Whether its values are about a person: it names the person asked about, or is classified as personal or above. */
    public boolean isAboutPeople() {
        return subject || sensitivity == Sensitivity.PERSONAL || sensitivity == Sensitivity.SENSITIVE_PERSONAL;
    }

    /** The name REST callers write. */
    public String jsonName() {
        return field.getJsonName();
    }

    FieldKind kind() {
        return FieldKind.of(field);
    }

    /** True: the field may hold several values, in order; a map is not repeated. */
    boolean isList() {
        return field.isRepeated() && !field.isMapField();
    }
}

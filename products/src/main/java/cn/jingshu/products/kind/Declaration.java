package cn.jingshu.products.kind;

import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.contract.v1.Sensitivity;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a merchant says of a product, read and checked for its form.
 *
 * @param code stable identifier of the product, lower case
 * @param version from 1; a change that breaks callers needs the next
 * @param resources ids of the data resources behind it; empty: none
 * @param annexId its row in the plan's product list; empty: not on it
 * @param messages messages that fields may hold, besides those made of parameters and columns
 * @param operations what can be asked; empty only where the contract comes as a descriptor set
 * @param how the part that says how the product as a whole is answered ({@code sql}, {@code model}, {@code upstream})
 */
public record Declaration(
        String code,
        int version,
        Kind kind,
        String nameZh,
        String nameEn,
        String summaryZh,
        String summaryEn,
        List<String> resources,
        String annexId,
        List<NamedFields> messages,
        List<Op> operations,
        JsonNode how) {
    public Declaration {
        resources = List.copyOf(resources);
        messages = List.copyOf(messages);
        operations = List.copyOf(operations);
    }

    /** A message and what it holds, in the order of its numbers. */
    public record NamedFields(String name, List<Field> fields) {
        public NamedFields {
            fields = List.copyOf(fields);
        }
    }

    /**
     * One thing that can be asked.
     *
     * @param verb GET or POST
     * @param path below {@code /v<version>/<code>/}, with parameters in braces: {@code lots/{lot_id}}
     * @param personal true: it answers about a person, so consent is needed
     * @param notModifiedUnits what a 304 costs, in units of the meter, 0 to 1,000
     * @param refusedUnits what a call costs that was admitted and refused, likewise; one that failed costs nothing
     * @param maxAnswerBytes largest answer; 0: 4 MiB
     * @param parameters what is asked by, in the order of their numbers, which later ones are appended to
     * @param columns what is answered, in the order of their numbers, which later ones are appended to
     * @param how the part that says how it is answered
     */
    public record Op(
            String name,
            String verb,
            String path,
            MeterUnit meter,
            boolean personal,
            int notModifiedUnits,
            int refusedUnits,
            int maxAnswerBytes,
            String summaryZh,
            String summaryEn,
            List<Field> parameters,
            List<Field> columns,
            JsonNode how) {
        public Op {
            parameters = List.copyOf(parameters);
            columns = List.copyOf(columns);
        }
    }

    /**
     * One parameter or column.
     *
     * @param message name of the message it holds, for {@link FieldType#MESSAGE}; empty otherwise
     * @param repeated true: a list of values
     * @param nullable true: an answer may leave it out
     * @param required true: a request without it is refused
     * @param subject true: it identifies the person asked about
     * @param referExample of a column: the example where a person has to look; empty: as {@code example}
     * @param minimum null: unbounded
     * @param maximum null: unbounded
     * @param maxLength most characters or items; 0: 1,000
     */
    public record Field(
            String name,
            FieldType type,
            String message,
            boolean repeated,
            boolean nullable,
            boolean required,
            boolean subject,
            Sensitivity sensitivity,
            String docZh,
            String docEn,
            String unit,
            String example,
            String referExample,
            @Nullable Double minimum,
            @Nullable Double maximum,
            int maxLength,
            List<String> resources) {
        public Field {
            resources = List.copyOf(resources);
        }
    }

    /** The operation of that name. @throws IllegalArgumentException if there is none */
    public Op operation(String name) {
        return operations.stream().filter(op -> op.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no operation " + name));
    }
}

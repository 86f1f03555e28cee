package cn.jingshu.products.contract;

import cn.jingshu.products.contract.HttpBinding.Body;
import cn.jingshu.products.contract.PathTemplate.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The form a page shows to try a method, and the call that comes of it when it is filled in.
 *
 * @param verb the HTTP method
 * @param path the address with its variables in braces, {@code /v1/stops/{stopId}}
 * @param streaming true: the answer is a stream of events
 * @param fields what to fill in, in the order to show it
 */
public record TryItForm(String verb, String path, boolean streaming, List<Field> fields) {

    /** The name of the one field that holds the request body. */
    public static final String BODY = "body";

    /** How a field is filled in. */
    public enum Input {
        TEXT,
        WHOLE_NUMBER,
        NUMBER,
        YES_NO,
        CHOICE,
        MOMENT,
        JSON
    }

    /**
     * One thing to fill in.
     *
     * @param name its name in the call, and in the form
     * @param labelZh what it means, in Chinese; its name when the contract does not say
     * @param labelEn what it means, in English; its name when the contract does not say
     * @param unit of the value; empty: none
     * @param example what the form is filled with; empty: nothing
     * @param repeated true: several values may be given
     * @param choices the values to choose from; empty unless the input is a choice
     * @param minimum least value; null: unbounded
     * @param maximum greatest value; null: unbounded
     * @param maxLength most characters of one value
     */
    public record Field(
            String name,
            String labelZh,
            String labelEn,
            Input input,
            String unit,
            String example,
            boolean required,
            boolean repeated,
            List<String> choices,
            @Nullable Double minimum,
            @Nullable Double maximum,
            int maxLength) {
        public Field {
            choices = List.copyOf(choices);
        }
    }

    /**
     * An HTTP call.
     *
     * @param target path and query, percent-encoded
     * @param body JSON; empty: none
     */
    public record HttpCall(String verb, String target, String body) {}

    public TryItForm {
        fields = List.copyOf(fields);
    }

    /** The form of the method's main address. */
    public static TryItForm of(ContractMethod method) {
        HttpBinding binding = method.bindings().getFirst();
        List<Field> fields = new ArrayList<>();
        Parameter.of(method, binding).forEach(parameter -> fields.add(field(parameter)));
        if (binding.takesBody()) {
            fields.add(body(method, binding));
        }
        return new TryItForm(binding.verb(), binding.path().openApi(), method.streaming(), fields);
    }

    /**
     * The call the method's main address takes for what was filled in.
     *
     * @param values by field name; empty values are left out, except in the path
     */
    public static HttpCall call(ContractMethod method, Map<String, List<String>> values) {
        HttpBinding binding = method.bindings().getFirst();
        var target = new StringBuilder(binding.path().openApi());
        for (Variable variable : binding.path().variables()) {
            String name = PathTemplate.jsonPath(variable.field());
            String value = values.getOrDefault(name, List.of("")).getFirst();
            String hole = "{" + name + "}";
            int at = target.indexOf(hole);
            boolean slashes = binding.path().spansParts(variable);
            target.replace(at, at + hole.length(), PercentText.encode(value, slashes));
        }
        char separator = '?';
        for (Parameter parameter : Parameter.of(method, binding)) {
            if (!parameter.inPath()) {
                for (String value : values.getOrDefault(parameter.name(), List.of())) {
                    if (!value.isEmpty()) {
                        target.append(separator)
                                .append(parameter.name())
                                .append('=')
                                .append(PercentText.encode(value, false));
                        separator = '&';
                    }
                }
            }
        }
        String body = binding.takesBody() ? values.getOrDefault(BODY, List.of("")).getFirst() : "";
        return new HttpCall(binding.verb(), target.toString(), body);
    }

    private static Field field(Parameter parameter) {
        FieldFacts facts = parameter.facts();
        var scalar = FieldValues.scalar(facts.field());
        Input input =
                switch (scalar.getJavaType()) {
                    case INT, LONG -> Input.WHOLE_NUMBER;
                    case FLOAT, DOUBLE -> Input.NUMBER;
                    case BOOLEAN -> Input.YES_NO;
                    case ENUM -> Input.CHOICE;
                    case STRING, BYTE_STRING -> Input.TEXT;
                    case MESSAGE -> facts.kind() == FieldKind.TIMESTAMP ? Input.MOMENT : Input.TEXT;
                };
        return new Field(
                parameter.name(),
                facts.docZh().isEmpty() ? parameter.name() : facts.docZh(),
                facts.docEn().isEmpty() ? parameter.name() : facts.docEn(),
                input,
                facts.unit(),
                facts.example(),
                parameter.required(),
                facts.isList(),
                input == Input.CHOICE ? FieldValues.choices(scalar) : List.of(),
                facts.minimum(),
                facts.maximum(),
                facts.isList() ? FieldFacts.DEFAULT_MAX_LENGTH : facts.maxLength());
    }

    private static Field body(ContractMethod method, HttpBinding binding) {
        Json.Obj whole = Examples.ofMessage(method, method.request());
        Json example =
                switch (binding.body()) {
                    case Body.One(var field) -> whole.members().getOrDefault(field.getJsonName(), Json.Obj.empty());
                    case Body.Whole(), Body.None() -> {
                        for (Variable variable : binding.path().variables()) {
                            whole.members().remove(PathTemplate.jsonPath(variable.field()));
                        }
                        yield whole;
                    }
                };
        return new Field(
                BODY,
                "请求体(JSON)",
                "request body (JSON)",
                Input.JSON,
                "",
                example.pretty(),
                true,
                false,
                List.of(),
                null,
                null,
                Integer.MAX_VALUE);
    }
}

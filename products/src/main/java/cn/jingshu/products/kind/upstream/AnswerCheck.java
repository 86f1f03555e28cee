package cn.jingshu.products.kind.upstream;

import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.FieldFacts;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.spi.Answer.Violation;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Holds what a source answered against the contract: what is not declared is dropped, what is declared must be there and be what it
 * is declared as, or the whole answer is refused. Sources are not trusted (OWASP API Security Top 10 2023, API10).
 */
final class AnswerCheck {
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).maxStringLength(1_000_000).maxNumberLength(400).build())
            .build()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final Map<String, List<Field>> messages;
    private final ContractMethod method;

    /** An answer that is not what the contract says; the message names the place and no value. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String place, String why) {
            super(place + " " + why, null, false, false);
        }
    }

    AnswerCheck(Declaration declaration, ContractMethod method) {
        this.messages = declaration.messages().stream().collect(Collectors.toMap(Declaration.NamedFields::name, Declaration.NamedFields::fields));
        this.method = method;
    }

    /**
     * The answer as a message of the contract.
     *
     * @param root JSON pointer to what is taken; empty: the whole
     */
    Message read(ByteString body, String root, List<Field> columns) throws Unfit {
        JsonNode json;
        try {
            json = JSON.readTree(body.toByteArray()).at(root);
        } catch (IOException broken) {
            throw new Unfit("the answer", "is no JSON");
        }
        DynamicMessage.Builder answer = DynamicMessage.newBuilder(method.response());
        if (json.isArray() && columns.size() == 1 && columns.getFirst().repeated()) {
            fill(answer, columns.getFirst(), json, columns.getFirst().name());
        } else {
            fill(answer, columns, json, "");
        }
        return held(method, answer.build());
    }

    private void fill(Message.Builder message, List<Field> fields, JsonNode json, String place) throws Unfit {
        if (!json.isObject()) {
            throw new Unfit(place.isEmpty() ? "the answer" : place, "is no object");
        }
        for (Field field : fields) {
            FieldDescriptor descriptor = message.getDescriptorForType().findFieldByName(field.name());
            JsonNode value = json.path(field.name());
            if (value.isMissingNode()) {
                value = json.path(descriptor.getJsonName());
            }
            fill(message, field, value, place.isEmpty() ? field.name() : place + "." + field.name());
        }
    }

    private void fill(Message.Builder message, Field field, JsonNode json, String place) throws Unfit {
        FieldDescriptor descriptor = message.getDescriptorForType().findFieldByName(field.name());
        if (json.isMissingNode() || json.isNull()) {
            if (!field.nullable()) {
                throw new Unfit(place, "is missing");
            }
            return;
        }
        if (!field.repeated()) {
            message.setField(descriptor, value(descriptor, field, json, place));
            return;
        }
        int most = maxLength(field);
        if (!json.isArray() || json.size() > most) {
            throw new Unfit(place, "is no list of at most " + most);
        }
        for (JsonNode item : json) {
            message.addRepeatedField(descriptor, value(descriptor, field, item, place + "[]"));
        }
    }

    private static int maxLength(Field field) {
        return field.maxLength() == 0 ? FieldFacts.DEFAULT_MAX_LENGTH : field.maxLength();
    }

    private Object value(FieldDescriptor descriptor, Field field, JsonNode json, String place) throws Unfit {
        return switch (field.type()) {
            case STRING -> {
                require(json.isTextual() && (field.repeated() || json.textValue().length() <= maxLength(field)), place, "is no text of the length it may have");
                yield json.textValue();
            }
            case BOOL -> {
                require(json.isBoolean(), place, "is not true or false");
                yield json.booleanValue();
            }
            case INT32 -> {
                long number = whole(json, place);
                require(number == (int) number, place, "is no whole number of 32 bits");
                within(field, (double) number, place);
                yield (int) number;
            }
            case INT64 -> {
                long number = whole(json, place);
                within(field, (double) number, place);
                yield number;
            }
            case DOUBLE -> {
                require(json.isNumber() && Double.isFinite(json.doubleValue()), place, "is no number");
                within(field, json.doubleValue(), place);
                yield json.doubleValue();
            }
            case DECIMAL -> {
                String text = json.isNumber() ? json.decimalValue().toPlainString() : json.asText();
                require((json.isNumber() || json.isTextual()) && text.matches("-?[0-9]{1,60}(\\.[0-9]{1,60})?"), place, "is no decimal");
                yield text;
            }
            case DATE -> {
                require(json.isTextual(), place, "is no day");
                yield parsed(json.textValue(), place, "is no day", text -> LocalDate.parse(text).toString());
            }
            case TIMESTAMP -> {
                require(json.isTextual(), place, "is no moment");
                yield parsed(json.textValue(), place, "is no moment", text -> {
                    Instant moment = OffsetDateTime.parse(text).toInstant();
                    return Timestamp.newBuilder().setSeconds(moment.getEpochSecond()).setNanos(moment.getNano()).build();
                });
            }
            case MESSAGE -> {
                Message.Builder inner = DynamicMessage.newBuilder(descriptor.getMessageType());
                fill(inner, messages.getOrDefault(field.message(), List.of()), json, place);
                yield inner.build();
            }
        };
    }

    private static <T> T parsed(String text, String place, String why, Function<String, T> reading) throws Unfit {
        try {
            return reading.apply(text);
        } catch (DateTimeException wrong) {
            throw new Unfit(place, why);
        }
    }

    private static long whole(JsonNode json, String place) throws Unfit {
        try {
            if (json.isNumber()) {
                return json.decimalValue().longValueExact();
            }
            if (json.isTextual() && json.textValue().matches("-?[0-9]{1,19}")) {
                return new BigDecimal(json.textValue()).longValueExact(); // as ProtoJSON writes 64 bits
            }
        } catch (ArithmeticException fraction) {
            throw new Unfit(place, "is no whole number");
        }
        throw new Unfit(place, "is no whole number");
    }

    private static void within(Field field, double number, String place) throws Unfit {
        Double least = field.minimum();
        Double most = field.maximum();
        require((least == null || number >= least) && (most == null || number <= most), place, "is out of its range");
    }

    private static void require(boolean holds, String place, String why) throws Unfit {
        if (!holds) {
            throw new Unfit(place, why);
        }
    }

    /** Holds a message a source sent over gRPC against its contract. */
    static Message checked(ContractMethod method, Message message) throws Unfit {
        requireTypes(message);
        return held(method, message);
    }

    /** What the contract says of values, by the rule of every request. */
    private static Message held(ContractMethod method, Message message) throws Unfit {
        List<Violation> faults = Transcoder.checkAnswer(method, message);
        if (!faults.isEmpty()) {
            throw new Unfit(faults.getFirst().field(), faults.getFirst().en());
        }
        requireNobody(method, message);
        return message;
    }

    /** Whoever calls a field about people internal answers without consent: an identity number in it is not passed on (decision 0079). */
    private static void requireNobody(ContractMethod method, Message message) throws Unfit {
        for (FieldFacts facts : method.fieldsOf(message.getDescriptorForType())) {
            FieldDescriptor field = facts.field();
            if (field.hasPresence() && !message.hasField(field)) {
                continue; // what is not there stands for an empty one of its type, without end if that holds itself
            }
            Object value = message.getField(field);
            for (Object each : field.isRepeated() ? (List<?>) value : List.of(value)) {
                requireNobody(method, facts, each);
            }
        }
    }

    private static void requireNobody(ContractMethod method, FieldFacts facts, Object value) throws Unfit {
        if (value instanceof String text) {
            require(facts.isAboutPeople() || !ResidentId.isIn(text), facts.jsonName(), "holds an identity number, and is not declared to be personal");
        } else if (value instanceof Message inner) {
            boolean plain = inner.getDescriptorForType().getOptions().getMapEntry()
                    || inner.getDescriptorForType().getFullName().startsWith("google.protobuf."); // an entry of a map, a text that may be null
            if (plain) {
                for (Object each : inner.getAllFields().values()) {
                    requireNobody(method, facts, each);
                }
            } else {
                requireNobody(method, inner);
            }
        }
    }

    /** A field of a declared number that could not be read was of another type. */
    private static void requireTypes(Message message) throws Unfit {
        Descriptor type = message.getDescriptorForType();
        for (int number : message.getUnknownFields().asMap().keySet()) {
            require(type.findFieldByNumber(number) == null, type.getName() + " field " + number, "is of another type than declared");
        }
        for (Map.Entry<FieldDescriptor, Object> each : message.getAllFields().entrySet()) {
            if (each.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                if (each.getValue() instanceof List<?> items) {
                    for (Object item : items) {
                        requireTypes((Message) item);
                    }
                } else {
                    requireTypes((Message) each.getValue());
                }
            }
        }
    }
}

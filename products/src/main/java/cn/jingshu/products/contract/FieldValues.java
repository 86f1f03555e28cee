package cn.jingshu.products.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one value of a field, from JSON or from the text of a query parameter or path, after ProtoJSON. */
final class FieldValues {
    private static final int MAX_NUMBER_LENGTH = 400;

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,6})?");
    private static final Pattern DURATION = Pattern.compile("(-?)([0-9]{1,12})(?:\\.([0-9]{1,9}))?s");
    private static final Pattern FIELD_MASK = Pattern.compile("[a-zA-Z][a-zA-Z0-9.]*(,[a-zA-Z][a-zA-Z0-9.]*)*");

    private static final long MAX_DURATION_SECONDS = 315_576_000_000L; // google.protobuf.Duration: ten thousand years
    private static final Instant FIRST_MOMENT = Instant.parse("0001-01-01T00:00:00Z"); // google.protobuf.Timestamp
    private static final Instant LAST_MOMENT = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private FieldValues() {}

    /** What came of reading a value. */
    sealed interface Reading {
        /** The value, as {@link Message.Builder#setField} takes it. */
        record Good(Object value) implements Reading {}

        /** It is none, and why. */
        record Bad(String zh, String en) implements Reading {}
    }

    /** Reads a scalar or well-known value; {@code empty} gives a builder of the field's message type. */
    static Reading fromJson(FieldDescriptor field, Supplier<Message.Builder> empty, Json json) {
        boolean fits =
                switch (scalar(field).getJavaType()) {
                    case STRING, BYTE_STRING, MESSAGE -> json instanceof Json.Text;
                    case BOOLEAN -> json instanceof Json.Bool;
                    case ENUM, INT, LONG, FLOAT, DOUBLE -> json instanceof Json.Text || json instanceof Json.Num;
                };
        if (!fits) {
            return expected(field);
        }
        String text =
                switch (json) {
                    case Json.Text(var value) -> value;
                    case Json.Num(var literal) -> literal;
                    case Json.Bool(var value) -> String.valueOf(value);
                    case Json.Obj _, Json.Arr _, Json.Null _ -> "";
                };
        return fromText(field, empty, text);
    }

    /** Reads a scalar or well-known value as it stands in a query, a path or a JSON string. */
    static Reading fromText(FieldDescriptor field, Supplier<Message.Builder> empty, String text) {
        return switch (FieldKind.of(field)) {
            case SCALAR -> scalar(field, text);
            case WRAPPER -> wrapped(field, empty, text);
            case TIMESTAMP -> timestamp(empty.get(), text);
            case DURATION -> duration(empty.get(), text);
            case FIELD_MASK -> fieldMask(empty.get(), text);
            case MESSAGE, HTTP_BODY, FREE_FORM -> expected(field);
        };
    }

    /** Why an example of a field could not be sent; empty: it can, or the field holds a message or a map. */
    static String exampleFault(FieldFacts facts, String example) {
        FieldDescriptor field = facts.field();
        if (field.isMapField() || facts.kind() == FieldKind.MESSAGE) {
            return "";
        }
        Supplier<Message.Builder> empty = () -> DynamicMessage.newBuilder(field.getMessageType());
        return switch (fromText(field, empty, example)) {
            case Reading.Bad(_, var en) -> en;
            case Reading.Good(var value) -> {
                var range = range(facts, value);
                yield range == null ? "" : range.en();
            }
        };
    }

    /** Why a number is outside what the contract allows; null: it is not, or {@code value} is no number. */
    static Reading.@Nullable Bad range(FieldFacts facts, Object value) {
        if (!(value instanceof Number number) || FieldKind.of(facts.field()) != FieldKind.SCALAR) {
            return null;
        }
        double amount = isUnsigned(facts.field()) ? unsigned(number) : number.doubleValue();
        if (!Double.isFinite(amount)) {
            return new Reading.Bad("应为有限数值", "a finite number is expected");
        }
        Double least = facts.minimum();
        if (least != null && amount < least) {
            return new Reading.Bad("不得小于 " + plain(least), "must be at least " + plain(least));
        }
        Double greatest = facts.maximum();
        if (greatest != null && amount > greatest) {
            return new Reading.Bad("不得大于 " + plain(greatest), "must be at most " + plain(greatest));
        }
        return null;
    }

    private static double unsigned(Number number) {
        return number instanceof Integer small
                ? Integer.toUnsignedLong(small)
                : new BigInteger(Long.toUnsignedString(number.longValue())).doubleValue();
    }

    /** The number without an exponent or trailing zeros. */
    static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    /** True: the field, or one item of it, is a number. */
    static boolean isNumber(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT, LONG, FLOAT, DOUBLE -> true;
            case STRING, BYTE_STRING, MESSAGE, BOOLEAN, ENUM -> false;
        };
    }

    static boolean isUnsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, UINT64, FIXED32, FIXED64 -> true;
            default -> false;
        };
    }

    /** The field itself, or the value inside a wrapper. */
    static FieldDescriptor scalar(FieldDescriptor field) {
        return FieldKind.of(field) == FieldKind.WRAPPER ? wrappedField(field.getMessageType()) : field;
    }

    private static FieldDescriptor wrappedField(Descriptor wrapper) {
        return wrapper.getFields().getFirst();
    }

    private static Reading wrapped(FieldDescriptor field, Supplier<Message.Builder> empty, String text) {
        FieldDescriptor inner = wrappedField(field.getMessageType());
        return switch (scalar(inner, text)) {
            case Reading.Good(var value) -> {
                Message.Builder builder = empty.get();
                yield new Reading.Good(builder.setField(wrappedField(builder.getDescriptorForType()), value)
                        .build());
            }
            case Reading.Bad bad -> bad;
        };
    }

    private static Reading scalar(FieldDescriptor field, String text) {
        return switch (field.getType()) {
            case STRING -> new Reading.Good(text);
            case BOOL ->
                switch (text) {
                    case "true" -> new Reading.Good(true);
                    case "false" -> new Reading.Good(false);
                    default -> expected(field);
                };
            case BYTES -> bytes(field, text);
            case ENUM -> choice(field, text);
            case DOUBLE, FLOAT -> floating(field, text);
            case INT32, SINT32, SFIXED32, UINT32, FIXED32, INT64, SINT64, SFIXED64, UINT64, FIXED64 ->
                integer(field, text);
            case MESSAGE, GROUP -> expected(field);
        };
    }

    private static Reading integer(FieldDescriptor field, String text) {
        if (text.length() > MAX_NUMBER_LENGTH || !NUMBER.matcher(text).matches()) {
            return expected(field);
        }
        // The exponent is looked at before the digits are spelt out: 1e999999 has a million of them.
        BigDecimal number = new BigDecimal(text).stripTrailingZeros();
        if (number.scale() > 0) {
            return expected(field);
        }
        boolean wide = field.getJavaType() == FieldDescriptor.JavaType.LONG;
        if (number.precision() - number.scale() > 20) {
            return outOfRange(wide, isUnsigned(field));
        }
        BigInteger whole = number.toBigIntegerExact();
        int bits = wide ? 64 : 32;
        boolean fits = isUnsigned(field)
                ? whole.signum() >= 0 && whole.bitLength() <= bits
                : whole.bitLength() < bits;
        if (!fits) {
            return outOfRange(wide, isUnsigned(field));
        }
        if (wide) {
            return new Reading.Good(whole.longValue());
        }
        return new Reading.Good(whole.intValue());
    }

    private static Reading outOfRange(boolean wide, boolean unsigned) {
        String type = (unsigned ? "uint" : "int") + (wide ? "64" : "32");
        return new Reading.Bad("超出 " + type + " 的范围", "outside the range of " + type);
    }

    private static Reading floating(FieldDescriptor field, String text) {
        if (text.length() > MAX_NUMBER_LENGTH || !NUMBER.matcher(text).matches()) {
            return expected(field);
        }
        if (field.getJavaType() == FieldDescriptor.JavaType.DOUBLE) {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? new Reading.Good(value) : expected(field);
        }
        float value = Float.parseFloat(text);
        return Float.isFinite(value) ? new Reading.Good(value) : expected(field);
    }

    private static Reading bytes(FieldDescriptor field, String text) {
        try {
            byte[] decoded = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
            return new Reading.Good(ByteString.copyFrom(decoded));
        } catch (IllegalArgumentException e) { // how the JDK says: not Base64
            return expected(field);
        }
    }

    private static Reading choice(FieldDescriptor field, String text) {
        EnumValueDescriptor value = field.getEnumType().findValueByName(text);
        if (value == null && text.length() < 12 && NUMBER.matcher(text).matches()) {
            BigDecimal number = new BigDecimal(text);
            value = field.getEnumType().getValues().stream()
                    .filter(candidate -> BigDecimal.valueOf(candidate.getNumber()).compareTo(number) == 0)
                    .findFirst()
                    .orElse(null);
        }
        return value == null ? expected(field) : new Reading.Good(value);
    }

    private static Reading timestamp(Message.Builder builder, String text) {
        try {
            Instant moment = OffsetDateTime.parse(text).toInstant();
            if (!moment.isBefore(FIRST_MOMENT) && !moment.isAfter(LAST_MOMENT)) {
                return seconds(builder, moment.getEpochSecond(), moment.getNano());
            }
        } catch (DateTimeException _) {
            // Falls through to the one answer below: not a moment.
        }
        return new Reading.Bad(
                "应为 RFC 3339 时间,例如 2026-11-01T08:00:00Z", "an RFC 3339 time is expected, for instance 2026-11-01T08:00:00Z");
    }

    /** Whether a Timestamp or Duration is within what its type may hold, so that it can be written. */
    static boolean isWritable(Message value) {
        Descriptor type = value.getDescriptorForType();
        long seconds = (Long) value.getField(type.findFieldByNumber(1));
        int nanos = (Integer) value.getField(type.findFieldByNumber(2));
        if (FieldKind.of(type) == FieldKind.TIMESTAMP) {
            return seconds >= FIRST_MOMENT.getEpochSecond() && seconds <= LAST_MOMENT.getEpochSecond() && nanos >= 0 && nanos <= LAST_MOMENT.getNano();
        }
        return Math.abs((double) seconds) <= MAX_DURATION_SECONDS && Math.abs((long) nanos) <= LAST_MOMENT.getNano() && (seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0));
    }

    private static Reading duration(Message.Builder builder, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches() && Long.parseLong(matcher.group(2)) <= MAX_DURATION_SECONDS) {
            String fraction = matcher.group(3) == null ? "" : matcher.group(3);
            int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
            int sign = matcher.group(1).isEmpty() ? 1 : -1;
            return seconds(builder, sign * Long.parseLong(matcher.group(2)), sign * nanos);
        }
        return new Reading.Bad("应为以 s 结尾的秒数,例如 1.5s", "seconds with an s behind them are expected, for instance 1.5s");
    }

    private static Reading seconds(Message.Builder builder, long seconds, int nanos) {
        Descriptor type = builder.getDescriptorForType();
        return new Reading.Good(builder.setField(type.findFieldByNumber(1), seconds)
                .setField(type.findFieldByNumber(2), nanos)
                .build());
    }

    private static Reading fieldMask(Message.Builder builder, String text) {
        if (text.isEmpty()) {
            return new Reading.Good(builder.build());
        }
        if (!FIELD_MASK.matcher(text).matches()) {
            return new Reading.Bad("应为以逗号分隔的字段路径", "field paths joined by commas are expected");
        }
        FieldDescriptor paths = builder.getDescriptorForType().findFieldByNumber(1);
        for (String path : List.of(text.split(","))) {
            var snake = new StringBuilder(path.length() + 8);
            for (int i = 0; i < path.length(); i++) {
                char c = path.charAt(i);
                if (c >= 'A' && c <= 'Z') {
                    snake.append('_').append((char) (c - 'A' + 'a'));
                } else {
                    snake.append(c);
                }
            }
            builder.addRepeatedField(paths, snake.toString());
        }
        return new Reading.Good(builder.build());
    }

    /** What a field's values look like. */
    private static Reading.Bad expected(FieldDescriptor field) {
        FieldDescriptor scalar = scalar(field);
        return switch (FieldKind.of(scalar)) {
            case TIMESTAMP, DURATION, FIELD_MASK -> new Reading.Bad("应为字符串", "a string is expected");
            case MESSAGE, HTTP_BODY, FREE_FORM, WRAPPER -> new Reading.Bad("应为 JSON 对象", "a JSON object is expected");
            case SCALAR ->
                switch (scalar.getJavaType()) {
                    case INT, LONG -> new Reading.Bad("应为整数", "a whole number is expected");
                    case FLOAT, DOUBLE -> new Reading.Bad("应为有限数值", "a finite number is expected");
                    case BOOLEAN -> new Reading.Bad("应为 true 或 false", "true or false is expected");
                    case BYTE_STRING -> new Reading.Bad("应为 Base64 字符串", "Base64 in a string is expected");
                    case ENUM -> {
                        String names = String.join(", ", choices(scalar));
                        yield new Reading.Bad("应为以下之一:" + names, "one of " + names + " is expected");
                    }
                    case STRING, MESSAGE -> new Reading.Bad("应为字符串", "a string is expected");
                };
        };
    }

    /** The names a caller can choose from. */
    static List<String> choices(FieldDescriptor field) {
        var names = new ArrayList<String>();
        field.getEnumType().getValues().forEach(value -> names.add(value.getName()));
        return names;
    }
}

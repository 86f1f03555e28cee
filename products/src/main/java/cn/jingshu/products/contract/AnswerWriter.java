package cn.jingshu.products.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes an answer as compact ProtoJSON in UTF-8, straight into bytes. Only declared fields are written. Fields without
 * presence are always written, zero, empty or not, so callers need not know proto3's defaults; a field with presence
 * (optional, a message, a oneof) is written when it is set.
 */
final class AnswerWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final DateTimeFormatter TO_THE_SECOND = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

    private final ContractMethod method;
    private byte[] buffer = new byte[512];
    private int length;

    AnswerWriter(ContractMethod method) {
        this.method = method;
    }

    byte[] write(Message answer) {
        message(answer);
        return Arrays.copyOf(buffer, length);
    }

    private void message(Message message) {
        MessageFacts facts = method.facts(message.getDescriptorForType());
        put('{');
        boolean first = true;
        for (int i = 0; i < facts.fields().size(); i++) {
            FieldDescriptor field = facts.fields().get(i).field();
            if (field.hasPresence() && !message.hasField(field)) {
                continue;
            }
            if (!first) {
                put(',');
            }
            first = false;
            put(facts.quotedName(i));
            if (field.isMapField()) {
                map(message, field);
            } else if (field.isRepeated()) {
                list(message, field);
            } else {
                value(field, message.getField(field));
            }
        }
        put('}');
    }

    private void list(Message message, FieldDescriptor field) {
        put('[');
        int count = message.getRepeatedFieldCount(field);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                put(',');
            }
            value(field, message.getRepeatedField(field, i));
        }
        put(']');
    }

    private void map(Message message, FieldDescriptor field) {
        FieldDescriptor keyField = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
        put('{');
        int count = message.getRepeatedFieldCount(field);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                put(',');
            }
            Message entry = (Message) message.getRepeatedField(field, i);
            quoted(keyText(keyField, entry.getField(keyField)));
            put(':');
            value(valueField, entry.getField(valueField));
        }
        put('}');
    }

    private static String keyText(FieldDescriptor field, Object key) {
        if (FieldValues.isUnsigned(field)) {
            return key instanceof Integer small
                    ? Integer.toUnsignedString(small)
                    : Long.toUnsignedString(((Number) key).longValue());
        }
        return key.toString();
    }

    private void value(FieldDescriptor field, Object value) {
        switch (FieldKind.of(field)) {
            case MESSAGE -> message((Message) value);
            case SCALAR -> scalar(field, value);
            case WRAPPER -> {
                Message wrapper = (Message) value;
                FieldDescriptor inner = wrapper.getDescriptorForType().getFields().getFirst();
                scalar(inner, wrapper.getField(inner));
            }
            case TIMESTAMP -> timestamp((Message) value);
            case DURATION -> duration((Message) value);
            case FIELD_MASK -> fieldMask((Message) value);
            case HTTP_BODY, FREE_FORM ->
                throw new IllegalStateException(field.getFullName() + " got past the check of its contract");
        }
    }

    private void scalar(FieldDescriptor field, Object value) {
        switch (field.getType()) {
            case STRING -> quoted((String) value);
            case BOOL -> ascii((Boolean) value ? "true" : "false");
            case INT32, SINT32, SFIXED32 -> ascii(Integer.toString((Integer) value));
            case UINT32, FIXED32 -> ascii(Integer.toUnsignedString((Integer) value));
            case INT64, SINT64, SFIXED64 -> quotedAscii(Long.toString((Long) value));
            case UINT64, FIXED64 -> quotedAscii(Long.toUnsignedString((Long) value));
            case DOUBLE -> floating(((Double) value), value.toString());
            case FLOAT -> floating(((Float) value).doubleValue(), value.toString());
            case BYTES -> quotedAscii(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
            case ENUM -> {
                EnumValueDescriptor choice = (EnumValueDescriptor) value;
                if (choice.getIndex() < 0) {
                    ascii(Integer.toString(choice.getNumber())); // a number the contract gives no name
                } else {
                    quotedAscii(choice.getName());
                }
            }
            case MESSAGE, GROUP -> throw new IllegalStateException(field.getFullName() + " is no scalar");
        }
    }

    private void floating(double value, String text) {
        if (Double.isFinite(value)) {
            ascii(text.endsWith(".0") ? text.substring(0, text.length() - 2) : text);
        } else {
            quotedAscii(text); // "NaN", "Infinity" and "-Infinity" are what ProtoJSON writes
        }
    }

    private void timestamp(Message message) {
        long seconds = seconds(message);
        int nanos = nanos(message);
        Instant moment = Instant.ofEpochSecond(seconds, nanos);
        put('"');
        ascii(TO_THE_SECOND.format(moment.atOffset(ZoneOffset.UTC)));
        fraction(nanos);
        put('Z');
        put('"');
    }

    private void duration(Message message) {
        long seconds = seconds(message);
        int nanos = nanos(message);
        put('"');
        if (seconds < 0 || nanos < 0) {
            put('-');
        }
        ascii(Long.toString(Math.abs(seconds)));
        fraction(Math.abs(nanos));
        put('s');
        put('"');
    }

    private static long seconds(Message message) {
        return (Long) message.getField(message.getDescriptorForType().findFieldByNumber(1));
    }

    private static int nanos(Message message) {
        return (Integer) message.getField(message.getDescriptorForType().findFieldByNumber(2));
    }

    /** Nothing, or the fraction in three, six or nine digits. */
    private void fraction(int nanos) {
        if (nanos == 0) {
            return;
        }
        put('.');
        String digits = Integer.toString(1_000_000_000 + nanos).substring(1);
        ascii(nanos % 1_000_000 == 0
                ? digits.substring(0, 3)
                : nanos % 1_000 == 0 ? digits.substring(0, 6) : digits);
    }

    private void fieldMask(Message message) {
        FieldDescriptor paths = message.getDescriptorForType().findFieldByNumber(1);
        put('"');
        int count = message.getRepeatedFieldCount(paths);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                put(',');
            }
            text(PathTemplate.jsonPath((String) message.getRepeatedField(paths, i)));
        }
        put('"');
    }

    private void quoted(String text) {
        put('"');
        text(text);
        put('"');
    }

    private void text(String text) {
        int size = text.length();
        room(size * 6); // every character as an escape, the longest there is
        for (int i = 0; i < size; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\') {
                escape(c);
            } else if (c < 0x80) {
                buffer[length++] = (byte) c;
            } else if (c < 0x800) {
                buffer[length++] = (byte) (0xc0 | (c >> 6));
                buffer[length++] = (byte) (0x80 | (c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                three(c);
            } else if (i + 1 < size && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                four(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                three('\ufffd'); // half a pair is no character, so the answer stays valid UTF-8
            }
        }
    }

    private void three(char c) {
        buffer[length++] = (byte) (0xe0 | (c >> 12));
        buffer[length++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        buffer[length++] = (byte) (0x80 | (c & 0x3f));
    }

    private void four(int c) {
        buffer[length++] = (byte) (0xf0 | (c >> 18));
        buffer[length++] = (byte) (0x80 | ((c >> 12) & 0x3f));
        buffer[length++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        buffer[length++] = (byte) (0x80 | (c & 0x3f));
    }

    private void escape(char c) {
        buffer[length++] = '\\';
        switch (c) {
            case '"', '\\' -> buffer[length++] = (byte) c;
            case '\n' -> buffer[length++] = 'n';
            case '\r' -> buffer[length++] = 'r';
            case '\t' -> buffer[length++] = 't';
            default -> {
                buffer[length++] = 'u';
                buffer[length++] = '0';
                buffer[length++] = '0';
                buffer[length++] = HEX[c >> 4];
                buffer[length++] = HEX[c & 15];
            }
        }
    }

    private void quotedAscii(String text) {
        put('"');
        ascii(text);
        put('"');
    }

    private void ascii(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            buffer[length++] = (byte) text.charAt(i);
        }
    }

    private void put(char c) {
        room(1);
        buffer[length++] = (byte) c;
    }

    private void put(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
    }

    private void room(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(length, more), buffer.length * 2));
        }
    }
}

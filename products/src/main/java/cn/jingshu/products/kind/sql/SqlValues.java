package cn.jingshu.products.kind.sql;

import cn.jingshu.products.domain.Row;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.FieldType;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries values between a contract's messages, a statement's parameters and a row. */
final class SqlValues {
    private SqlValues() {}

    /** A parameter cannot be what its type says; the value is not repeated. */
    static final class BadParameter extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String field;
        private final FieldType type;

        BadParameter(String field, FieldType type) {
            super(field + " is no " + type, null, false, false);
            this.field = field;
            this.type = type;
        }

        String field() {
            return field;
        }

        FieldType type() {
            return type;
        }
    }

    /** The value of a parameter as a statement takes it; null: it was not given. @throws BadParameter if it is none */
    static @Nullable Object parameter(Message request, Field field) {
        FieldDescriptor descriptor = request.getDescriptorForType().findFieldByName(field.name());
        if (field.repeated()) {
            List<Object> values = new ArrayList<>();
            ((List<?>) request.getField(descriptor)).forEach(each -> values.add(value(field, each)));
            return values;
        }
        return descriptor.hasPresence() && !request.hasField(descriptor) ? null : value(field, request.getField(descriptor));
    }

    private static Object value(Field field, Object value) {
        try {
            return switch (field.type()) {
                case STRING -> clean(field, (String) value);
                case BOOL, INT32, INT64 -> value;
                case DOUBLE -> BigDecimal.valueOf((Double) value);
                case DECIMAL -> decimal(field, (String) value);
                case DATE -> LocalDate.parse((String) value);
                case TIMESTAMP -> moment((Message) value);
                case MESSAGE -> throw new BadParameter(field.name(), field.type());
            };
        } catch (DateTimeException | NumberFormatException wrong) {
            throw new BadParameter(field.name(), field.type());
        }
    }

    /** PostgreSQL keeps no NUL in a text. */
    private static String clean(Field field, String text) {
        if (text.indexOf(0) >= 0) {
            throw new BadParameter(field.name(), field.type());
        }
        return text;
    }

    private static BigDecimal decimal(Field field, String text) {
        if (text.length() > 60 || !text.matches("-?[0-9]+(\\.[0-9]+)?")) {
            throw new BadParameter(field.name(), field.type());
        }
        return new BigDecimal(text);
    }

    private static Instant moment(Message timestamp) {
        var type = timestamp.getDescriptorForType();
        return Instant.ofEpochSecond((Long) timestamp.getField(type.findFieldByNumber(1)), (Integer) timestamp.getField(type.findFieldByNumber(2)));
    }

    /** A value a parameter could have: its example, or any other of its type. */
    static Object sample(Field field) {
        String text = field.example();
        try {
            return switch (field.type()) {
                case STRING -> text;
                case BOOL -> Boolean.valueOf(text);
                case INT32 -> text.isEmpty() ? Integer.valueOf(1) : Integer.valueOf(text);
                case INT64 -> text.isEmpty() ? Long.valueOf(1) : Long.valueOf(text);
                case DOUBLE, DECIMAL -> text.isEmpty() ? BigDecimal.ONE : new BigDecimal(text);
                case DATE -> text.isEmpty() ? LocalDate.of(2026, 1, 1) : LocalDate.parse(text);
                case TIMESTAMP -> text.isEmpty() ? Instant.parse("2026-01-01T00:00:00Z") : Instant.parse(text);
                case MESSAGE -> throw new IllegalArgumentException("a query knows no messages");
            };
        } catch (DateTimeException | NumberFormatException wrong) {
            return sample(new Field(field.name(), field.type(), "", false, false, false, false, field.sensitivity(), "", "", "", "", "", null, null, 0,
                    List.of()));
        }
    }

    /** A key of a row as a cursor carries it. */
    static String keyText(Object value) {
        return value.toString();
    }

    /** The same back again. */
    static Object keyValue(Field field, String text) {
        return switch (field.type()) {
            case STRING -> text;
            case BOOL -> Boolean.valueOf(text);
            case INT32 -> Integer.valueOf(text);
            case INT64 -> Long.valueOf(text);
            case DOUBLE, DECIMAL -> new BigDecimal(text);
            case DATE -> LocalDate.parse(text);
            case TIMESTAMP -> Instant.parse(text);
            case MESSAGE -> throw new IllegalArgumentException("no key is a message");
        };
    }

    /** The values of a row in the order of the columns: text, Boolean, Integer, Long, Double, BigDecimal, LocalDate, Instant, or null. */
    static List<@Nullable Object> row(Row row, List<Field> columns) {
        List<@Nullable Object> values = new ArrayList<>(columns.size());
        for (Field column : columns) {
            values.add(read(row, column));
        }
        return values;
    }

    private static @Nullable Object read(Row row, Field column) {
        String name = column.name();
        Object value = switch (column.type()) {
            case STRING -> row.findText(name).orElse(null);
            case BOOL -> row.findText(name).map(text -> text.equals("t") || text.equals("true")).orElse(null);
            case INT32 -> row.findInteger(name).map(Math::toIntExact).orElse(null);
            case INT64 -> row.findInteger(name).orElse(null);
            case DOUBLE -> row.findDecimal(name).map(BigDecimal::doubleValue).orElse(null);
            case DECIMAL -> row.findDecimal(name).orElse(null);
            case DATE -> row.findDate(name).orElse(null);
            case TIMESTAMP -> row.findInstant(name).orElse(null);
            case MESSAGE -> throw new IllegalArgumentException("no column is a message");
        };
        if (value == null && !column.nullable()) {
            throw new IllegalStateException("column " + name + " is empty, though it is declared as always filled");
        }
        return value;
    }

    /** A row as a message of the contract. */
    static void fill(Message.Builder message, List<Field> columns, List<@Nullable Object> values) {
        for (int i = 0; i < columns.size(); i++) {
            Object value = values.get(i);
            if (value != null) {
                FieldDescriptor field = message.getDescriptorForType().findFieldByName(columns.get(i).name());
                message.setField(field, toProto(value));
            }
        }
    }

    /** The values a row of the contract's example holds, as {@link #row} gives them; what it does not say is absent. */
    static List<@Nullable Object> rowOf(Message row, List<Field> columns) {
        List<@Nullable Object> values = new ArrayList<>(columns.size());
        for (Field column : columns) {
            FieldDescriptor descriptor = row.getDescriptorForType().findFieldByName(column.name());
            Object value = row.getField(descriptor);
            boolean absent = (descriptor.hasPresence() && !row.hasField(descriptor)) || (value.equals("") && column.type() != FieldType.STRING);
            values.add(absent ? null : switch (column.type()) {
                case DECIMAL -> new BigDecimal((String) value);
                case DATE -> LocalDate.parse((String) value);
                case TIMESTAMP -> moment((Message) value);
                default -> value;
            });
        }
        return values;
    }

    private static Object toProto(Object value) {
        return switch (value) {
            case BigDecimal number -> number.toPlainString();
            case LocalDate day -> day.toString();
            case Instant moment -> Timestamp.newBuilder().setSeconds(moment.getEpochSecond()).setNanos(moment.getNano()).build();
            default -> value;
        };
    }
}

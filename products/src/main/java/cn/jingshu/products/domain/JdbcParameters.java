package cn.jingshu.products.domain;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hands values to statements, each as a value and never as part of the text. */
final class JdbcParameters {
    private JdbcParameters() {}

    /** @throws IllegalArgumentException if a value is of a type {@link DataSession} does not name; the value is not repeated */
    static void set(PreparedStatement statement, int at, @Nullable Object value) throws SQLException {
        switch (value) {
            case null -> statement.setNull(at, Types.OTHER); // of the type the statement asks for
            case String text -> statement.setString(at, text);
            case Long number -> statement.setLong(at, number);
            case Integer number -> statement.setInt(at, number);
            case Short number -> statement.setShort(at, number);
            case BigDecimal number -> statement.setBigDecimal(at, number);
            case Boolean yes -> statement.setBoolean(at, yes);
            case LocalDate day -> statement.setObject(at, day);
            case Instant moment -> statement.setObject(at, moment.atOffset(ZoneOffset.UTC));
            case UUID id -> statement.setObject(at, id);
            case byte[] bytes -> statement.setBytes(at, bytes);
            case List<?> list -> setArray(statement, at, list);
            default -> throw new IllegalArgumentException("parameter " + at + " is of type " + value.getClass().getName()
                    + ", which no statement takes");
        }
    }

    private static void setArray(PreparedStatement statement, int at, List<?> list) throws SQLException {
        Object first = list.stream().filter(Objects::nonNull).findFirst().orElse(null);
        if (first == null && list.isEmpty()) {
            statement.setObject(at, "{}", Types.OTHER); // an empty array of the type the statement asks for
            return;
        }
        String type = switch (first) {
            case null -> "text";
            case String text -> "text";
            case Long number -> "bigint";
            case Integer number -> "integer";
            case Short number -> "smallint";
            case BigDecimal number -> "numeric";
            case Boolean yes -> "boolean";
            case LocalDate day -> "date";
            case Instant moment -> "timestamptz";
            case UUID id -> "uuid";
            case byte[] bytes -> "bytea";
            default -> throw new IllegalArgumentException("parameter " + at + " is a list of " + first.getClass().getName()
                    + ", which no statement takes");
        };
        Object[] elements = first instanceof byte[] ? list.toArray(new byte[0][]) : list.stream()
                .map(element -> element instanceof LocalDate || element instanceof Instant ? element.toString() : element)
                .toArray();
        statement.setArray(at, statement.getConnection().createArrayOf(type, elements));
    }
}

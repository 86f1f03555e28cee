package cn.jingshu.products.domain;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;

/** The row a result set stands on. */
final class JdbcRow implements Row {
    private final ResultSet rows;
    private final ProductSeals seals;

    JdbcRow(ResultSet rows, ProductSeals seals) {
        this.rows = rows;
        this.seals = seals;
    }

    /** Reads one column. */
    @FunctionalInterface
    private interface Reading<T> {
        @Nullable T of(String column) throws SQLException;
    }

    @Override
    public String text(String column) {
        return there(column, findText(column));
    }

    @Override
    public Optional<String> findText(String column) {
        return read(column, rows::getString);
    }

    @Override
    public long integer(String column) {
        return there(column, findInteger(column));
    }

    @Override
    public Optional<Long> findInteger(String column) {
        return findDecimal(column).map(number -> {
            try {
                return number.longValueExact();
            } catch (ArithmeticException fraction) {
                throw new IllegalStateException("column " + column + " is no whole number of 64 bits", null);
            }
        });
    }

    @Override
    public BigDecimal decimal(String column) {
        return there(column, findDecimal(column));
    }

    @Override
    public Optional<BigDecimal> findDecimal(String column) {
        return read(column, rows::getBigDecimal);
    }

    @Override
    public boolean bool(String column) {
        return there(column, read(column, name -> {
            boolean yes = rows.getBoolean(name);
            return rows.wasNull() ? null : yes;
        }));
    }

    @Override
    public LocalDate date(String column) {
        return there(column, findDate(column));
    }

    @Override
    public Optional<LocalDate> findDate(String column) {
        return read(column, name -> rows.getObject(name, LocalDate.class));
    }

    @Override
    public Instant instant(String column) {
        return there(column, findInstant(column));
    }

    @Override
    public Optional<Instant> findInstant(String column) {
        return read(column, name -> rows.getObject(name, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    @Override
    public String sealed(String column) {
        return there(column, findSealed(column));
    }

    @Override
    public Optional<String> findSealed(String column) {
        return read(column, rows::getBytes).map(sealed -> seals.open(column, originOf(column), sealed));
    }

    /** Table and column a value comes from; null: it was computed. */
    private @Nullable String originOf(String column) {
        return read(column, name -> {
            int at = rows.findColumn(name);
            PGResultSetMetaData columns = rows.getMetaData().unwrap(PGResultSetMetaData.class);
            String table = columns.getBaseTableName(at);
            return table.isEmpty() ? null : table + "." + columns.getBaseColumnName(at);
        }).orElse(null);
    }

    private static <T> Optional<T> read(String column, Reading<T> reading) {
        try {
            return Optional.ofNullable(reading.of(column));
        } catch (SQLException failure) {
            throw SqlFaults.of(failure);
        }
    }

    private static <T> T there(String column, Optional<T> value) {
        return value.orElseThrow(() -> new IllegalStateException("column " + column + " is empty, and a value was asked for"));
    }
}

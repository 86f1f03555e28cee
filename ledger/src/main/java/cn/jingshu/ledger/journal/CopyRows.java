package cn.jingshu.ledger.journal;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows in the binary form of PostgreSQL's {@code COPY}: what the database need not parse costs it least.
 *
 * @see "PostgreSQL documentation, COPY, Binary Format"
 */
final class CopyRows {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final Instant FIRST_MOMENT = Instant.parse("2000-01-01T00:00:00Z");
    private static final int NULL = -1;

    private byte[] bytes;
    private int length;

    /** @param expected about how many bytes will come */
    CopyRows(int expected) {
        bytes = new byte[expected];
        add(SIGNATURE);
        addInt(0); // flags
        addInt(0); // no extension
    }

    /** Begins a row; exactly {@code fields} values follow. */
    CopyRows row(int fields) {
        need(Short.BYTES);
        bytes[length++] = (byte) (fields >> 8);
        bytes[length++] = (byte) fields;
        return this;
    }

    CopyRows int4(int value) {
        addInt(Integer.BYTES);
        addInt(value);
        return this;
    }

    CopyRows int8(long value) {
        addInt(Long.BYTES);
        addLong(value);
        return this;
    }

    CopyRows date(@Nullable LocalDate value) {
        return value == null ? nothing() : int4((int) ChronoUnit.DAYS.between(FIRST_DAY, value));
    }

    CopyRows timestamptz(Instant value) {
        return int8(ChronoUnit.MICROS.between(FIRST_MOMENT, value));
    }

    CopyRows uuid(@Nullable UUID value) {
        if (value == null) {
            return nothing();
        }
        addInt(2 * Long.BYTES);
        addLong(value.getMostSignificantBits());
        addLong(value.getLeastSignificantBits());
        return this;
    }

    CopyRows bytea(byte[] value) {
        addInt(value.length);
        add(value);
        return this;
    }

    CopyRows text(@Nullable String value) {
        return value == null ? nothing() : bytea(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the rows; the triggers of the table have run when it returns. */
    void send(Connection connection, String copy) throws SQLException {
        need(Short.BYTES);
        bytes[length++] = -1; // the end of the rows
        bytes[length++] = -1;
        CopyIn in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
        try {
            in.writeToCopy(bytes, 0, length);
            in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
        }
    }

    private CopyRows nothing() {
        addInt(NULL);
        return this;
    }

    private void add(byte[] value) {
        need(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    private void addInt(int value) {
        need(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >> shift);
        }
    }

    private void addLong(long value) {
        addInt((int) (value >> 32));
        addInt((int) value);
    }

    private void need(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}

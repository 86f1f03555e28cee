package cn.jingshu.products.kind.sql;

import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.FieldType;
import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Rows as an Apache Arrow IPC stream: a schema, one record batch, the end. It is written with the format's own flatbuffer classes
 * and plain buffers; the vectors and allocators of Arrow's Java library, which open the JDK's internals, are not needed to write.
 * Decimals are written as text, exactly as they are.
 *
 * @see "https://arrow.apache.org/docs/format/Columnar.html: Serialization and Interprocess Communication"
 */
final class ArrowStream {
    static final String CONTENT_TYPE = "application/vnd.apache.arrow.stream";
    private static final int CONTINUATION = 0xFFFFFFFF;
    private static final int ALIGNMENT = 8;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private ArrowStream() {}

    static byte[] write(List<Field> columns, List<List<@Nullable Object>> rows) {
        ArrowStream stream = new ArrowStream();
        stream.schema(columns);
        stream.batch(columns, rows);
        stream.words(CONTINUATION, 0);
        return stream.out.toByteArray();
    }

    private void schema(List<Field> columns) {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        int[] fields = columns.stream().mapToInt(column -> field(builder, column)).toArray();
        int vector = Schema.createFieldsVector(builder, fields);
        int schema = Schema.createSchema(builder, Endianness.Little, vector, 0, 0);
        message(builder, MessageHeader.Schema, schema, new byte[0]);
    }

    private static int field(FlatBufferBuilder builder, Field column) {
        int name = builder.createString(column.name());
        int children = org.apache.arrow.flatbuf.Field.createChildrenVector(builder, new int[0]);
        byte kind;
        int type;
        switch (column.type()) {
            case BOOL -> {
                kind = Type.Bool;
                Bool.startBool(builder);
                type = Bool.endBool(builder);
            }
            case INT32, INT64 -> {
                kind = Type.Int;
                type = Int.createInt(builder, column.type() == FieldType.INT32 ? 32 : 64, true);
            }
            case DOUBLE -> {
                kind = Type.FloatingPoint;
                type = FloatingPoint.createFloatingPoint(builder, Precision.DOUBLE);
            }
            case DATE -> {
                kind = Type.Date;
                type = Date.createDate(builder, DateUnit.DAY);
            }
            case TIMESTAMP -> {
                kind = Type.Timestamp;
                type = Timestamp.createTimestamp(builder, TimeUnit.MICROSECOND, builder.createString("UTC"));
            }
            case STRING, DECIMAL, MESSAGE -> {
                kind = Type.Utf8;
                Utf8.startUtf8(builder);
                type = Utf8.endUtf8(builder);
            }
            default -> throw new IllegalStateException(column.type().name());
        }
        org.apache.arrow.flatbuf.Field.startField(builder);
        org.apache.arrow.flatbuf.Field.addName(builder, name);
        org.apache.arrow.flatbuf.Field.addNullable(builder, column.nullable());
        org.apache.arrow.flatbuf.Field.addTypeType(builder, kind);
        org.apache.arrow.flatbuf.Field.addType(builder, type);
        org.apache.arrow.flatbuf.Field.addChildren(builder, children);
        return org.apache.arrow.flatbuf.Field.endField(builder);
    }

    private record Column(int nulls, List<byte[]> buffers) {}

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    private void batch(List<Field> columns, List<List<@Nullable Object>> rows) {
        List<Column> written = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            written.add(column(columns.get(i), i, rows));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        List<long[]> places = new ArrayList<>();
        for (Column column : written) {
            for (byte[] buffer : column.buffers()) {
                places.add(new long[] {body.size(), buffer.length});
                body.writeBytes(buffer);
                pad(body);
            }
        }
        FlatBufferBuilder builder = new FlatBufferBuilder();
        RecordBatch.startNodesVector(builder, written.size());
        for (int i = written.size() - 1; i >= 0; i--) { // flatbuffers are written from the end
            FieldNode.createFieldNode(builder, rows.size(), written.get(i).nulls());
        }
        int nodes = builder.endVector();
        RecordBatch.startBuffersVector(builder, places.size());
        for (int i = places.size() - 1; i >= 0; i--) {
            Buffer.createBuffer(builder, places.get(i)[0], places.get(i)[1]);
        }
        int buffers = builder.endVector();
        RecordBatch.startRecordBatch(builder);
        RecordBatch.addLength(builder, rows.size());
        RecordBatch.addNodes(builder, nodes);
        RecordBatch.addBuffers(builder, buffers);
        message(builder, MessageHeader.RecordBatch, RecordBatch.endRecordBatch(builder), body.toByteArray());
    }

    private static Column column(Field field, int index, List<List<@Nullable Object>> rows) {
        ByteBuffer validity = buffer((rows.size() + 7) / 8);
        int nulls = 0;
        for (int row = 0; row < rows.size(); row++) {
            if (rows.get(row).get(index) == null) {
                nulls++;
            } else {
                bit(validity, row);
            }
        }
        List<byte[]> buffers = new ArrayList<>();
        buffers.add(bytes(validity));
        switch (field.type()) {
            case STRING, DECIMAL, MESSAGE -> texts(index, rows, buffers);
            case BOOL -> {
                ByteBuffer bits = buffer((rows.size() + 7) / 8);
                for (int row = 0; row < rows.size(); row++) {
                    if (Boolean.TRUE.equals(rows.get(row).get(index))) {
                        bit(bits, row);
                    }
                }
                buffers.add(bytes(bits));
            }
            case INT32, DATE -> {
                ByteBuffer numbers = buffer(rows.size() * Integer.BYTES);
                rows.forEach(row -> numbers.putInt(switch (row.get(index)) {
                    case Integer number -> number;
                    case LocalDate day -> Math.toIntExact(day.toEpochDay());
                    case null, default -> 0;
                }));
                buffers.add(bytes(numbers));
            }
            case INT64, TIMESTAMP -> {
                ByteBuffer numbers = buffer(rows.size() * Long.BYTES);
                rows.forEach(row -> numbers.putLong(switch (row.get(index)) {
                    case Long number -> number;
                    case Instant moment -> Math.addExact(Math.multiplyExact(moment.getEpochSecond(), 1_000_000L), moment.getNano() / 1_000);
                    case null, default -> 0;
                }));
                buffers.add(bytes(numbers));
            }
            case DOUBLE -> {
                ByteBuffer numbers = buffer(rows.size() * Double.BYTES);
                rows.forEach(row -> numbers.putDouble(row.get(index) instanceof Double number ? number : 0));
                buffers.add(bytes(numbers));
            }
        }
        return new Column(nulls, buffers);
    }

    private static void texts(int index, List<List<@Nullable Object>> rows, List<byte[]> buffers) {
        ByteBuffer offsets = buffer((rows.size() + 1) * Integer.BYTES);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        offsets.putInt(0);
        for (List<@Nullable Object> row : rows) {
            Object value = row.get(index);
            if (value != null) {
                String text = value instanceof BigDecimal number ? number.toPlainString() : value.toString();
                data.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            }
            offsets.putInt(data.size());
        }
        buffers.add(bytes(offsets));
        buffers.add(data.toByteArray());
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void bit(ByteBuffer bits, int at) {
        bits.put(at / 8, (byte) (bits.get(at / 8) | (1 << (at % 8))));
    }

    private void message(FlatBufferBuilder builder, byte kind, int header, byte[] body) {
        int message = Message.createMessage(builder, MetadataVersion.V5, kind, header, body.length, 0);
        builder.finish(message);
        byte[] metadata = builder.sizedByteArray();
        int padded = (metadata.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        words(CONTINUATION, padded);
        out.writeBytes(metadata);
        out.writeBytes(new byte[padded - metadata.length]);
        out.writeBytes(body);
    }

    private void words(int first, int second) {
        out.writeBytes(bytes(buffer(2 * Integer.BYTES).putInt(first).putInt(second)));
    }

    private static void pad(ByteArrayOutputStream body) {
        int over = body.size() % ALIGNMENT;
        if (over != 0) {
            body.writeBytes(new byte[ALIGNMENT - over]);
        }
    }
}

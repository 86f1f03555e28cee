package cn.jingshu.products.kind.sql;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.v1.Sensitivity;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.FieldType;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArrowStreamTest {
    private static @Nullable Object value(FieldType type, int row) {
        if (row % 4 == 3) {
            return null;
        }
        return switch (type) {
            case STRING -> "行" + row;
            case BOOL -> row % 2 == 0;
            case INT32 -> row - 5;
            case INT64 -> row * 10_000_000_000L;
            case DOUBLE -> row / 3.0;
            case DECIMAL -> new BigDecimal("1.50");
            case DATE -> LocalDate.of(2026, 1, 1).plusDays(row);
            case TIMESTAMP -> Instant.parse("2026-01-01T00:00:00.123456Z").plusSeconds(row);
            case MESSAGE -> throw new IllegalArgumentException("no column is a message");
        };
    }

    /** The file was read back by Arrow's own Java library (arrow-vector 18.3.0), value by value, when it was made. */
    @Test
    void everyTypeIsWrittenAsTheReferenceReaderReadsIt() throws IOException {
        List<Field> columns = new ArrayList<>();
        for (FieldType type : FieldType.values()) {
            if (type != FieldType.MESSAGE) {
                columns.add(new Field(type.name().toLowerCase(java.util.Locale.ROOT), type, "", false, true, false, false, Sensitivity.PUBLIC, "", "",
                        "", "", "", null, null, 0, List.of()));
            }
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int row = 0; row < 11; row++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (Field column : columns) {
                values.add(value(column.type(), row));
            }
            rows.add(values);
        }
        try (InputStream in = Objects.requireNonNull(ArrowStreamTest.class.getResourceAsStream("/kind/rows.arrow"))) {
            assertThat(ArrowStream.write(columns, rows)).isEqualTo(in.readAllBytes());
        }
    }
}

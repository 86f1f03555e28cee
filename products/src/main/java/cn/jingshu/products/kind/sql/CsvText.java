package cn.jingshu.products.kind.sql;

import cn.jingshu.products.kind.Declaration.Field;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Rows as CSV after RFC 4180, in UTF-8, with the names of the columns above; what is absent is an empty field without quotes. */
final class CsvText {
    static final String CONTENT_TYPE = "text/csv; charset=utf-8; header=present";

    private CsvText() {}

    static byte[] write(List<Field> columns, List<List<@Nullable Object>> rows) {
        StringBuilder text = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
            printer.printRecord(columns.stream().map(Field::name).toList());
            for (List<@Nullable Object> row : rows) {
                for (Object value : row) {
                    printer.print(value instanceof BigDecimal number ? number.toPlainString() : value);
                }
                printer.println();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it is written into memory
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}

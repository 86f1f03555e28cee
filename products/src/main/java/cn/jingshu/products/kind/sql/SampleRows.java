package cn.jingshu.products.kind.sql;

import cn.jingshu.products.domain.DomainNeeds.RowSink;
import cn.jingshu.products.domain.DomainNeeds.SyntheticData;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.TestSubject;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a declared product's sandbox: those the merchant made up, then made-up ones of every table by the types of its
 * columns, the documented test subjects among them. Nothing in them is taken from live data.
 */
final class SampleRows implements SyntheticData {
    private static final int ROWS = 40;
    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 1, 1);
    private final List<ResourceTable> tables;
    private final Map<String, List<Map<String, String>>> given;

    SampleRows(List<ResourceTable> tables, Map<String, List<Map<String, String>>> given) {
        this.tables = List.copyOf(tables);
        this.given = Map.copyOf(given);
    }

    @Override
    public void write(RowSink sink, long seed) {
        if (seed != JdbcDataDomain.SANDBOX_SEED) {
            return; // live tables, of a demonstration too, are others' to fill
        }
        for (ResourceTable table : tables) {
            SplittableRandom random = new SplittableRandom(seed ^ table.name().hashCode());
            List<Map<String, String>> own = given.getOrDefault(table.name(), List.of());
            for (int i = 0; i < own.size() + ROWS; i++) {
                Map<String, @Nullable String> values = new HashMap<>();
                for (Column column : table.columns()) {
                    values.put(column.name(), value(table, column, i, random));
                }
                if (i < own.size()) {
                    values.putAll(own.get(i));
                }
                sink.row(table, values);
            }
        }
    }

    private static String value(ResourceTable table, Column column, int row, SplittableRandom random) {
        if (column.keeping() == Keeping.TOKEN) {
            return switch (row % 9) { // SLOW is as APPROVE, only later
                case 0 -> TestSubject.APPROVE.person().number();
                case 1 -> TestSubject.REFER.person().number();
                case 2 -> TestSubject.SLOW.person().number();
                case 3 -> TestSubject.APPROVE.enterprise().code();
                case 4 -> TestSubject.REFER.enterprise().code();
                case 5 -> TestSubject.SLOW.enterprise().code();
                default -> ResidentId.complete("420899", LocalDate.of(1970, 1, 1).plusDays(row * 37L), 100 + row % 800).number();
            };
        }
        boolean key = table.key().contains(column.name());
        return switch (column.type()) {
            case TEXT -> key ? "SAMPLE-%05d".formatted(row) : "样例" + random.nextInt(1, 10);
            case INTEGER -> Integer.toString(key ? row : random.nextInt(0, 1_000));
            case DECIMAL -> key ? Integer.toString(row) : BigDecimal.valueOf(random.nextLong(0, 1_000_000), 2).toPlainString();
            case BOOLEAN -> Boolean.toString(random.nextBoolean());
            case DATE -> FIRST_DAY.plusDays(key ? row : random.nextInt(0, 365)).toString();
            case TIMESTAMP -> Instant.parse("2026-01-01T00:00:00Z").plusSeconds(3_600L * (key ? row : random.nextInt(0, 8_000))).toString();
        };
    }
}

package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.Table;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of a bundle for the checks that read them. */
final class BundleTables {
    /** Looks at one row. */
    @FunctionalInterface
    interface Reader {
        void row(TableReader.Row row);
    }

    private final BundleArchive archive;
    private final Set<String> names;
    private final Report report;

    BundleTables(BundleArchive archive, Report report) {
        this.archive = archive;
        this.names = Set.copyOf(archive.names());
        this.report = report;
    }

    boolean has(Table table) {
        return names.contains(table.file());
    }

    TableReader open(Table table) throws IOException {
        return new TableReader(table, archive.read(table.file()));
    }

    /**
     * Hands every row to {@code reader}; a row or a table it can do nothing with is named under {@code check}.
     *
     * @param order columns by which the rows ascend, no two alike; none: any order
     */
    void forEach(Table table, Check check, List<String> order, Reader reader) {
        if (!has(table)) {
            return; // named by the check of the digests
        }
        try (TableReader rows = open(table)) {
            String before = "";
            for (TableReader.@Nullable Row row = rows.next(); row != null; row = rows.next()) {
                try {
                    if (!order.isEmpty()) {
                        String key = order.stream().map(row::cell).collect(Collectors.joining("\0"));
                        if (key.compareTo(before) <= 0) {
                            report.wrong(check, row.place(), "次序不对或重复", "out of order, or twice");
                        }
                        before = key;
                    }
                    reader.row(row);
                } catch (IllegalArgumentException | IllegalStateException | ArithmeticException | DateTimeException malformed) {
                    report.wrong(check, row.place(), "这一行无法理解:" + malformed.getMessage(),
                            "a row that makes no sense: " + malformed.getMessage());
                }
            }
        } catch (IOException unreadable) {
            report.wrong(check, table.file(), "无法读取:" + unreadable.getMessage(), "cannot be read: " + unreadable.getMessage());
        }
    }
}

package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.Table;
import java.io.IOException;
import java.util.Set;
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

    /** Hands every row to {@code reader}; a row or a table it can do nothing with is named under {@code check}. */
    void forEach(Table table, Check check, Reader reader) {
        if (!has(table)) {
            return; // named by the check of the digests
        }
        try (TableReader rows = open(table)) {
            for (TableReader.@Nullable Row row = rows.next(); row != null; row = rows.next()) {
                try {
                    reader.row(row);
                } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException malformed) {
                    report.wrong(check, row.place(), "这一行无法理解:" + malformed.getMessage(),
                            "a row that makes no sense: " + malformed.getMessage());
                }
            }
        } catch (IOException unreadable) {
            report.wrong(check, table.file(), "无法读取:" + unreadable.getMessage(), "cannot be read: " + unreadable.getMessage());
        }
    }
}

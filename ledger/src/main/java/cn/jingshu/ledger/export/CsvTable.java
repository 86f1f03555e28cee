package cn.jingshu.ledger.export;

import cn.jingshu.ledger.bundle.SafeText;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.money.Money;
import java.io.IOException;
import java.math.BigDecimal;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Writes a table as CSV, lines ending with CR LF, texts guarded by {@link SafeText}. */
public final class CsvTable implements TableSink {
    private final Table table;
    private final CSVPrinter printer;

    /** Writes the line of names; {@code out} is flushed by its owner. */
    public CsvTable(Table table, Appendable out) throws IOException {
        this.table = table;
        this.printer = new CSVPrinter(out, CSVFormat.RFC4180);
        printer.printRecord(table.columns().stream().map(Table.Column::name));
    }

    @Override
    public void row(@Nullable Object... cells) throws IOException {
        if (cells.length != table.columns().size()) {
            throw new IllegalArgumentException(table.file() + ": " + cells.length + " cells");
        }
        for (@Nullable Object cell : cells) {
            printer.print(text(cell));
        }
        printer.println();
    }

    private static String text(@Nullable Object cell) {
        return switch (cell) {
            case null -> "";
            case String text -> SafeText.guarded(text);
            case Money money -> money.toYuan();
            case BigDecimal number -> number.toPlainString();
            default -> cell.toString();
        };
    }
}

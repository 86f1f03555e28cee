package cn.jingshu.ledger.export;

import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.money.Money;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;

/**
 * All tables as one workbook, a sheet each. Numbers are numbers; every text is an inline string, which no program takes for a formula.
 * A table longer than a sheet goes on in the next. A text longer than a cell goes on behind the row's last column: pairs of the column's name with the
 * number of the part, and that part; the parts of one name, put together, are the text again.
 *
 * @param tables what the workbook holds
 */
public record XlsxFile(List<TableFile> tables) implements ExportFile {
    /** Of a sheet (ECMA-376, as Excel reads it), the line of names included. */
    private static final int MOST_ROWS = 1_048_576;

    private static final int ROWS_HELD = 500;
    /** Texts may be long: so many characters of rows that are not written are held at the most, and those of the last row. */
    private static final int CHARACTERS_HELD = 1_000_000;

    public XlsxFile {
        tables = List.copyOf(tables);
    }

    @Override
    public String name() {
        return "tables.xlsx";
    }

    @Override
    public String mediaType() {
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    }

    @Override
    public void write(ExportView view, OutputStream out) throws SQLException, IOException {
        OutputStream kept = new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                out.flush(); // the bundle goes on after the workbook
            }
        };
        try (Workbook workbook = new Workbook(kept, "Jingshu", null)) {
            for (TableFile table : tables) {
                Sheets sheets = new Sheets(workbook, table.table());
                table.writeRows(view, sheets);
                sheets.finish();
            }
        }
    }

    /** The sheets of one table. */
    private static final class Sheets implements TableSink {
        private final Workbook workbook;
        private final Table table;
        private int count;
        private int row;
        private int characters;
        private Worksheet sheet;

        Sheets(Workbook workbook, Table table) throws IOException {
            this.workbook = workbook;
            this.table = table;
            this.sheet = begin();
        }

        private Worksheet begin() {
            count++;
            Worksheet begun = workbook.newWorksheet(table.stem() + (count == 1 ? "" : " " + count));
            begun.freezePane(0, 1);
            for (int i = 0; i < table.columns().size(); i++) {
                begun.inlineString(0, i, table.columns().get(i).name());
                begun.style(0, i).bold().set();
                begun.width(i, 18);
            }
            row = 1;
            return begun;
        }

        @Override
        public void row(@Nullable Object... cells) throws IOException {
            if (row == MOST_ROWS) {
                finish();
                sheet = begin();
            }
            int behind = table.columns().size();
            for (int i = 0; i < cells.length; i++) {
                behind = cell(i, cells[i], behind);
            }
            row++;
            if (row % ROWS_HELD == 0 || characters > CHARACTERS_HELD) {
                sheet.flush();
                characters = 0;
            }
        }

        /** @return the first column behind all that the row fills */
        private int cell(int column, @Nullable Object cell, int behind) {
            switch (cell) {
                case null -> {}
                case Money money -> {
                    sheet.value(row, column, BigDecimal.valueOf(money.fen(), 2));
                    sheet.style(row, column).format("#,##0.00").set();
                }
                case BigDecimal number -> sheet.value(row, column, new BigDecimal(number.toPlainString()));
                case Long number -> sheet.value(row, column, number);
                case Integer number -> sheet.value(row, column, number);
                default -> {
                    return text(column, cell.toString(), behind);
                }
            }
            return behind;
        }

        private int text(int column, String text, int behind) {
            characters += text.length();
            List<String> parts = TextParts.of(text);
            sheet.inlineString(row, column, parts.isEmpty() ? "" : parts.getFirst());
            int free = behind;
            for (int part = 1; part < parts.size(); part++) {
                sheet.inlineString(row, free++, table.columns().get(column).name() + " " + (part + 1));
                sheet.inlineString(row, free++, parts.get(part));
            }
            return free;
        }

        void finish() throws IOException {
            sheet.finish();
        }
    }
}

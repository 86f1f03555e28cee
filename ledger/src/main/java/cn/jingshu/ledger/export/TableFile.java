package cn.jingshu.ledger.export;

import cn.jingshu.ledger.bundle.Table;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/**
 * A table as a CSV file.
 *
 * @param rows where its rows come from
 */
public record TableFile(Table table, Rows rows) implements ExportFile {
    /** Hands all rows of a table to a sink, in an order that does not depend on chance. */
    @FunctionalInterface
    public interface Rows {
        void write(ExportView view, TableSink sink) throws SQLException, IOException;
    }

    @Override
    public String name() {
        return table.file();
    }

    @Override
    public String mediaType() {
        return "text/csv; charset=utf-8";
    }

    @Override
    public void write(ExportView view, OutputStream out) throws SQLException, IOException {
        Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        writeRows(view, new CsvTable(table, text));
        text.flush();
    }

    /** The rows alone; a sink that cannot write ends them. */
    void writeRows(ExportView view, TableSink sink) throws SQLException, IOException {
        try {
            rows.write(view, sink);
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }
}

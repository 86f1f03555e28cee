package cn.jingshu.ledger.export;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;

/** A file of an export, by itself or in a bundle. */
public interface ExportFile {
    /** Its name, of the form {@link cn.jingshu.ledger.bundle.Manifest#isName}. */
    String name();

    String mediaType();

    /** Writes the whole file in constant memory; {@code out} is left open. */
    void write(ExportView view, OutputStream out) throws SQLException, IOException;
}

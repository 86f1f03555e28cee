package cn.jingshu.marketplace.export;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.export.Gbt24589File;
import cn.jingshu.ledger.export.XlsxFile;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** Writes every table of the market to nowhere, in a process whose heap is small; {@link MarketExportIT} starts it. */
final class MarketExportLoad {
    private MarketExportLoad() {}

    private static final class Counted extends OutputStream {
        private long bytes;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int from, int length) {
            bytes += length;
        }
    }

    /** @param arguments where the database is, and {@code EXPORT}, or {@code AT_ONCE} to read the lines of bills in one piece */
    public static void main(String... arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        if (arguments[1].equals("AT_ONCE")) {
            try (Connection connection = dataSource.getConnection();
                    PreparedStatement select = connection.prepareStatement("SELECT * FROM market.charge");
                    ResultSet rows = select.executeQuery()) {
                rows.next();
                System.out.println("lines " + rows.getString(1));
            }
            return;
        }
        List<ExportFile> files = new ArrayList<>(MarketTables.list());
        files.add(new XlsxFile(MarketTables.list()));
        for (Gbt24589File.Part part : Gbt24589File.Part.values()) {
            files.add(new Gbt24589File(part, MarketTables::bookkeeper));
        }
        files.add(new FocusFile());
        BundleExport export = new BundleExport(dataSource, files, List::of, Clock.systemUTC());
        for (ExportFile file : files) {
            Counted out = new Counted();
            export.write(file, Months.parse("2026-10..2026-11"), out, ExportProgress.SILENT);
            System.out.println(file.name() + " " + out.bytes);
        }
    }
}

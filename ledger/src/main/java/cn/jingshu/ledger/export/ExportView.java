package cn.jingshu.ledger.export;

import cn.jingshu.ledger.bundle.Months;
import java.sql.Connection;
import java.time.Instant;

/**
 * What all files of an export are made of: one unchanging view of the books.
 *
 * @param connection inside {@link cn.jingshu.ledger.Transaction#read}
 * @param madeAt the time of the export
 * @param progress told of what was written
 */
public record ExportView(Connection connection, Months months, Instant madeAt, ExportProgress progress) {}

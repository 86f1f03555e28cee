package cn.jingshu.ledger.export;

import cn.jingshu.ledger.Transaction;
import cn.jingshu.ledger.account.Account;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.Posting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * The books as two tables in CSV (RFC 4180, lines end with CR LF, first line names the columns): entries, and
 * postings that refer to them by month and number. A text that a spreadsheet would take for a formula is preceded
 * by an apostrophe; amounts and dates are written as they are. By number, the entries of a month are one chain
 * ({@link cn.jingshu.ledger.journal.EntryChain}), which can be reckoned again from the table alone.
 */
public final class CsvExport {

    private static final CSVFormat ENTRIES = CSVFormat.RFC4180.builder()
            .setHeader("period", "number", "entry_id", "effective_on", "booked_at", "reason", "description", "reverses",
                    "amount_yuan", "content_sha256", "chain_sha256")
            .get();

    private static final CSVFormat POSTINGS = CSVFormat.RFC4180.builder()
            .setHeader("period", "number", "line", "account", "account_name", "side", "amount_yuan", "product",
                    "provider", "merchant", "consumer", "purpose_class", "business_line", "price_version")
            .get();

    /** What spreadsheets begin a formula with, the full-width forms included. */
    private static final String FORMULA_SIGNS = "=+-@\t\r＝＋－＠";

    private final DataSource dataSource;
    private final Chart chart;

    public CsvExport(DataSource dataSource) {
        this.dataSource = dataSource;
        this.chart = new Chart(dataSource);
    }

    /**
     * Writes the months {@code from} to {@code through}, by date and number, as one unchanging view of the books, in
     * constant memory. Both writers take Chinese text: give them UTF-8. They are flushed and left open.
     *
     * @return how many entries were written
     */
    public long write(YearMonth from, YearMonth through, Writer entries, Writer postings) throws IOException {
        if (through.isBefore(from)) {
            throw new IllegalArgumentException(from + " to " + through + " is not a range of months");
        }
        Map<AccountCode, String> names = new HashMap<>();
        for (Account account : chart.listAccounts()) {
            names.put(account.code(), account.nameZh());
        }
        CSVPrinter entryTable = new CSVPrinter(entries, ENTRIES);
        CSVPrinter postingTable = new CSVPrinter(postings, POSTINGS);
        long header = entryTable.getRecordCount();
        try {
            long written = Transaction.read(dataSource, connection -> {
                Journal.forEachEntry(connection, from, through, booked -> print(booked, names, entryTable, postingTable));
                return entryTable.getRecordCount() - header;
            });
            entryTable.flush();
            postingTable.flush();
            return written;
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private static void print(
            BookedEntry booked, Map<AccountCode, String> names, CSVPrinter entryTable, CSVPrinter postingTable) {
        JournalEntry entry = booked.entry();
        UUID reverses = entry.reverses();
        try {
            entryTable.printRecord(
                    entry.period(),
                    booked.number(),
                    entry.entryId(),
                    entry.effectiveOn(),
                    booked.bookedAt(),
                    entry.reason(),
                    text(entry.description()),
                    reverses == null ? "" : reverses,
                    entry.amount().toYuan(),
                    booked.contentSha256(),
                    booked.chainSha256());
            int line = 0;
            for (Posting posting : entry.postings()) {
                line++;
                Dimensions about = posting.dimensions();
                postingTable.printRecord(
                        entry.period(),
                        booked.number(),
                        line,
                        posting.account(),
                        text(names.get(posting.account())),
                        posting.side(),
                        posting.amount().toYuan(),
                        text(about.product()),
                        text(about.provider()),
                        text(about.merchant()),
                        text(about.consumer()),
                        text(about.purposeClass()),
                        text(about.businessLine()),
                        text(about.priceVersion()));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String text(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        return FORMULA_SIGNS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}

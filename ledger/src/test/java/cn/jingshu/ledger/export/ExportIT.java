package cn.jingshu.ledger.export;

import static cn.jingshu.ledger.LedgerDatabase.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.benchmark.ExportLoad;
import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.bundle.SafeText;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.sql.DataSource;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ExportIT {

    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-23T04:00:00Z"), ZoneOffset.UTC);

    /** Texts that mean something to the formats: line breaks, comments, tags, dates, formulas, quotes. */
    private static final List<String> HOSTILE = List.of(
            "a\n    1002 银行存款    CNY 999.00\nb",
            "a; date:2026-99-99",
            "[2026-99-99] (code) | ! *",
            "=HYPERLINK(\"http://x\")",
            "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\r\n=1", "  two  spaces  ",
            "x, type:Z, date:bad",
            "\u2028line\u2029paragraph\u0085next",
            "\"quoted\",comma\\", "'=1", "'", "\n=1",
            "date:2026-99-99",
            "(only)",
            "* x");

    @TempDir
    private Path folder;

    private final DataSource dataSource = LedgerDatabase.create();
    private final Journal journal = new Journal(dataSource, CLOCK);
    private final BundleExport export = new BundleExport(dataSource, allFiles(), List::of, CLOCK);

    private static List<ExportFile> allFiles() {
        List<ExportFile> files = new ArrayList<>(LedgerTables.list());
        files.add(new XlsxFile(LedgerTables.list()));
        files.add(new HledgerExport());
        return files;
    }

    @Test
    void hledgerAcceptsTheBooksAndFindsTheirBalances() throws Exception {
        require("hledger");
        bookRandomEntries(500);
        bookHostileEntries();
        Path file = hledger(NOVEMBER.minusMonths(1), NOVEMBER.plusMonths(1));

        assertThat(run("hledger", "check", file)).isEmpty();
        assertThat(run("hledger", "check ordereddates accounts commodities", file)).isEmpty();
        // hledger's own sum of one account is ours.
        String balance = run("hledger", "balance --no-total --format %(total) acct:1002", file).strip();
        long fen = LedgerDatabase.queryLong(
                dataSource,
                "SELECT sum(CASE side WHEN 'DEBIT' THEN amount_fen ELSE -amount_fen END) FROM ledger.posting WHERE account_code = '1002'");
        assertThat(balance).isEqualTo("CNY " + new Money(fen).toYuan());
    }

    @Test
    void hledgerAcceptsOneMonthWithWhatWasCarriedForward() throws Exception {
        require("hledger");
        bookRandomEntries(200);
        Path file = hledger(NOVEMBER, NOVEMBER);
        assertThat(Files.readString(file)).contains("2026-11-01 * (opening)").contains("2026-11-30 * (balances)");
        assertThat(run("hledger", "check", file)).isEmpty();
        assertThat(run("hledger", "check ordereddates accounts commodities", file)).isEmpty();
    }

    @Test
    void hledgerRefusesABookWithOneFenChanged() throws Exception {
        require("hledger");
        journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 12_345));
        Path file = hledger(NOVEMBER, NOVEMBER);
        Files.writeString(file, Files.readString(file)
                .replaceFirst("CNY 123\\.45  ;", "CNY 123.46  ;")
                .replaceFirst("CNY -123\\.45  ;", "CNY -123.46  ;"));
        assertThat(run("hledger", "check", file)).contains("balance assertion");
    }

    @Test
    void ledgerAcceptsTheBooksToo() throws Exception {
        require("ledger");
        bookRandomEntries(300);
        bookHostileEntries();
        Path file = hledger(NOVEMBER, NOVEMBER);
        // Zero balances are left out of its report, and a failed assertion would be all it prints.
        assertThat(run("ledger", "--args-only --pedantic --format ok\\n balance 1002", file).lines().distinct())
                .containsExactly("ok");
    }

    @Test
    void everyTextStaysInItsPlace() throws Exception {
        bookHostileEntries();
        String file = Files.readString(hledger(NOVEMBER, NOVEMBER));
        assertThat(file.lines().filter(line -> line.startsWith("2026-"))).hasSize(HOSTILE.size() + 1);
        assertThat(file.lines().filter(line -> line.startsWith("    1002 银行存款    CNY 999"))).isEmpty();
        assertThat(file.codePoints().filter(Character::isISOControl).distinct().toArray()).containsExactly('\n');
    }

    @Test
    void anEntryIsOneTransactionWithItsNumberAndTags() throws Exception {
        UUID id = new UUID(0, 7);
        journal.post(new JournalEntry(id, DAY, EntryReason.CHARGE, "11月服务费", List.of(
                Posting.debit(Chart.RECEIVABLES, new Money(106), Dimensions.authorisedOperation().withConsumer("c1")),
                Posting.credit(Chart.REVENUE, new Money(100), Dimensions.authorisedOperation().withProduct("bus")),
                Posting.credit(Chart.OUTPUT_VAT, new Money(6), Dimensions.NONE))));
        assertThat(Files.readString(hledger(NOVEMBER, NOVEMBER)))
                .contains("2026-11-23 * (2026-11-000001) 11月服务费\n    ; entry:" + id + ", reason:CHARGE")
                .contains("    1122 应收账款    CNY 1.06  ; consumer:c1, line:AUTHORISED_OPERATION\n")
                .contains("    6001 主营业务收入    CNY -1.00  ; product:bus, line:AUTHORISED_OPERATION\n")
                .contains("    2221 应交税费:222101 应交增值税(销项税额)    CNY -0.06\n")
                .contains("    1122 应收账款    CNY 0.00 = CNY 1.06\n");
    }

    @Test
    void csvReadsBackAsItWasBookedAndNoTextIsAFormula() throws Exception {
        bookHostileEntries();
        String entries = file("entries.csv", NOVEMBER, NOVEMBER);
        List<CSVRecord> entryRows = parse(entries);
        List<CSVRecord> postingRows = parse(file("postings.csv", NOVEMBER, NOVEMBER));
        assertThat(entryRows).hasSize(HOSTILE.size());
        assertThat(postingRows).hasSize(2 * HOSTILE.size());
        for (int i = 0; i < HOSTILE.size(); i++) {
            String text = HOSTILE.get(i);
            String cell = entryRows.get(i).get("description");
            assertThat(cell).isIn(text, "'" + text);
            assertThat(SafeText.text(cell)).isEqualTo(text);
            assertThat(cell.charAt(0)).isNotIn('=', '+', '-', '@', '\t', '\r', '＝');
            assertThat(postingRows.get(2 * i).get("merchant")).isEqualTo(cell);
            assertThat(entryRows.get(i).get("amount_yuan")).isEqualTo("1.00");
            assertThat(entryRows.get(i).get("number")).isEqualTo(Integer.toString(i + 1));
        }
        assertThat(postingRows.get(0).toMap())
                .containsEntry("side", "DEBIT").containsEntry("account", "1002").containsEntry("account_name", "银行存款");
        assertThat(entries).startsWith("period,number,entry_id,").contains("\r\n");
    }

    /** As an auditor would, with the table and SHA-256 and nothing of ours. */
    @Test
    void theChainCanBeReckonedFromTheTableAlone() throws Exception {
        for (int i = 0; i < 20; i++) {
            journal.post(entry(UUID.randomUUID(), DAY.minusDays(i % 3), Chart.BANK, Chart.RECEIVABLES, 1 + i));
        }
        List<CSVRecord> rows = parse(file("entries.csv", NOVEMBER, NOVEMBER));
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        byte[] chain = sha256.digest("jingshu chain 1 2026-11".getBytes(StandardCharsets.UTF_8));
        for (CSVRecord row : rows) {
            Instant bookedAt = Instant.parse(row.get("booked_at"));
            sha256.update(chain);
            sha256.update(HexFormat.of().parseHex(row.get("content_sha256")));
            sha256.update(ByteBuffer.allocate(16)
                    .putLong(Long.parseLong(row.get("number")))
                    .putLong(bookedAt.getEpochSecond() * 1_000_000 + bookedAt.getNano() / 1_000)
                    .array());
            chain = sha256.digest();
            assertThat(row.get("chain_sha256")).isEqualTo(HexFormat.of().formatHex(chain));
        }
        assertThat(rows).hasSize(20);
    }

    @Test
    void anExportIsOfItsMonthsOnly() throws Exception {
        journal.post(entry(UUID.randomUUID(), DAY.minusMonths(1), Chart.BANK, Chart.RECEIVABLES, 1));
        journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 2));
        journal.post(entry(UUID.randomUUID(), DAY.plusMonths(1), Chart.BANK, Chart.RECEIVABLES, 3));
        assertThat(parse(file("entries.csv", NOVEMBER, NOVEMBER))).singleElement()
                .satisfies(row -> assertThat(row.get("amount_yuan")).isEqualTo("0.02"));
        assertThat(parse(file("entries.csv", NOVEMBER, NOVEMBER.plusMonths(1)))).hasSize(2);
        assertThatThrownBy(() -> new Months(NOVEMBER, NOVEMBER.minusMonths(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFullDiskIsReportedAsWhatItIs() {
        bookRandomEntries(2_000);
        for (ExportFile file : export.files()) {
            OutputStream full = new OutputStream() {
                private int room = 20;

                @Override
                public void write(int single) throws IOException {
                    if (--room < 0) {
                        throw new IOException("no space left");
                    }
                }
            };
            assertThatThrownBy(() -> export.write(file, new Months(NOVEMBER, NOVEMBER), full, ExportProgress.SILENT))
                    .as(file.name()).isInstanceOf(IOException.class).hasMessage("no space left");
        }
    }

    @Test
    void aBundleAppearsWholeOrNotAtAll() throws Exception {
        bookRandomEntries(50);
        Path to = folder.resolve("books.zip");
        Files.writeString(to, "what was there before");
        ExportFile breaks = new ExportFile() {
            @Override
            public String name() {
                return "broken.txt";
            }

            @Override
            public String mediaType() {
                return "text/plain";
            }

            @Override
            public void write(ExportView view, OutputStream out) throws IOException {
                out.write(1);
                throw new IOException("no space left");
            }
        };
        List<ExportFile> files = new ArrayList<>(export.files());
        files.add(breaks);
        assertThatThrownBy(() -> new BundleExport(dataSource, files, List::of, CLOCK)
                .write(new Months(NOVEMBER, NOVEMBER), to, ExportProgress.SILENT)).isInstanceOf(IOException.class);
        assertThat(to).hasContent("what was there before");
        assertThat(folder.toFile().list()).containsExactly("books.zip");
        export.write(new Months(NOVEMBER, NOVEMBER), to, ExportProgress.SILENT);
        assertThat(folder.toFile().list()).containsExactly("books.zip");
    }

    @Test
    void theSameBooksGiveTheSameBytes() throws Exception {
        bookRandomEntries(50);
        Months months = new Months(NOVEMBER, NOVEMBER);
        Manifest first = export.write(months, folder.resolve("1.zip"), ExportProgress.SILENT);
        Manifest second = export.write(months, folder.resolve("2.zip"), ExportProgress.SILENT);
        assertThat(first.files()).filteredOn(file -> !file.name().endsWith(".xlsx")) // which carries the time it was made
                .isEqualTo(second.files().stream().filter(file -> !file.name().endsWith(".xlsx")).toList());
    }

    /** Read with nothing but the JDK: what a spreadsheet program is told. */
    @Test
    void theWorkbookHasNumbersAsNumbersAndNoFormula() throws Exception {
        bookHostileEntries();
        String sheet = null;
        Path file = Files.write(folder.resolve("tables.xlsx"), bytes("tables.xlsx", NOVEMBER, NOVEMBER));
        try (ZipFile workbook = new ZipFile(file.toFile())) {
            for (ZipEntry part : Collections.list(workbook.entries())) {
                byte[] content;
                try (InputStream in = workbook.getInputStream(part)) {
                    content = in.readAllBytes();
                }
                Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(content));
                assertThat(xml.getElementsByTagName("f").getLength()).as(part.getName()).isZero();
                if (part.getName().equals("xl/worksheets/sheet4.xml")) {
                    sheet = new String(content, StandardCharsets.UTF_8);
                }
            }
        }
        assertThat(sheet).contains("<c r=\"G2\" s=\"", "\" t=\"n\"><v>1.00</v>").contains("<is><t>=HYPERLINK(&quot;http://x&quot;)</t></is>");
    }

    /** The inputs of a settlement or a share may be longer than any cell: they go on behind the row. */
    @Test
    void aTextLongerThanACellGoesOnBehindTheRow() throws Exception {
        String inputs = "{\"a\":\"" + "😀长<".repeat(17_000) + "\"}";
        String result = "r".repeat(30_001);
        XlsxFile file = new XlsxFile(List.of(new TableFile(Table.SETTLEMENTS, (view, sink) -> {
            sink.row("2026-11", "line", 1, DAY, "ab", inputs, result);
            sink.row("2026-12", "line", 1, DAY, "ab", "short", "");
        })));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        export.write(file, new Months(NOVEMBER, NOVEMBER), out, ExportProgress.SILENT);
        Path kept = Files.write(folder.resolve("long.xlsx"), out.toByteArray());
        Document sheet;
        try (ZipFile workbook = new ZipFile(kept.toFile()); InputStream in = workbook.getInputStream(workbook.getEntry("xl/worksheets/sheet1.xml"))) {
            sheet = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
        }
        List<String> cells = new ArrayList<>();
        NodeList row = ((Element) sheet.getElementsByTagName("row").item(1)).getElementsByTagName("t");
        for (int i = 0; i < row.getLength(); i++) {
            cells.add(row.item(i).getTextContent());
        }
        assertThat(cells).allSatisfy(cell -> assertThat(cell.length()).isLessThanOrEqualTo(32_767));
        Map<String, StringBuilder> texts = new TreeMap<>(Map.of("inputs", new StringBuilder(cells.get(4)), "result", new StringBuilder(cells.get(5))));
        for (int i = 6; i < cells.size(); i += 2) {
            Objects.requireNonNull(texts.get(cells.get(i).split(" ", 2)[0])).append(cells.get(i + 1));
        }
        assertThat(texts.get("inputs")).hasToString(inputs);
        assertThat(texts.get("result")).hasToString(result);
        assertThat(((Element) sheet.getElementsByTagName("row").item(2)).getElementsByTagName("c").getLength()).as("a short row has no more cells")
                .isLessThanOrEqualTo(Table.SETTLEMENTS.columns().size());
    }

    /** The same in a heap of 64 MiB: {@code docs/benchmarks/export.sh}. */
    @Test
    void otherProgramsFindOurBalancesInALargeExport() throws Exception {
        ExportLoad.Outcome outcome = ExportLoad.run(Integer.getInteger("jingshu.export.entries", 100_000), folder);
        assertThat(outcome.ours()).hasSizeGreaterThan(5);
        outcome.balances().forEach((program, balances) -> {
            if (!balances.isEmpty()) { // said aloud otherwise
                assertThat(balances).as(program).isEqualTo(outcome.ours());
            }
        });
    }

    private void bookRandomEntries(int count) {
        long seed = System.nanoTime();
        System.out.println("ExportIT random entries, seed " + seed);
        Random random = new Random(seed);
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LocalDate day = DAY.minusDays(50).plusDays(random.nextInt(80));
            entries.add(random.nextBoolean()
                    ? entry(UUID.randomUUID(), day, Chart.BANK, Chart.RECEIVABLES, 1 + random.nextInt(1_000_000))
                    : entry(UUID.randomUUID(), day, Chart.RECEIVABLES, Chart.OUTPUT_VAT, 1 + random.nextInt(1_000_000)));
        }
        assertThat(journal.postAll(entries)).allMatch(PostResult.Posted.class::isInstance);
    }

    private void bookHostileEntries() {
        for (String text : HOSTILE) {
            Dimensions about = Dimensions.NONE.withMerchant(text).withProduct(text);
            assertThat(journal.post(new JournalEntry(UUID.randomUUID(), DAY, EntryReason.COST, text, List.of(
                            Posting.debit(Chart.BANK, new Money(100), about),
                            Posting.credit(Chart.RECEIVABLES, new Money(100), about)))))
                    .isInstanceOf(PostResult.Posted.class);
        }
    }

    private Path hledger(YearMonth from, YearMonth through) throws IOException {
        return Files.write(folder.resolve("books.journal"), bytes("books.journal", from, through));
    }

    private String file(String name, YearMonth from, YearMonth through) throws IOException {
        return new String(bytes(name, from, through), StandardCharsets.UTF_8);
    }

    private byte[] bytes(String name, YearMonth from, YearMonth through) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ExportFile file = export.files().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
        export.write(file, new Months(from, through), out, ExportProgress.SILENT);
        return out.toByteArray();
    }

    private static List<CSVRecord> parse(String table) throws IOException {
        return CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get()
                .parse(new StringReader(table)).getRecords();
    }

    private static void require(String program) throws InterruptedException {
        boolean found;
        try {
            found = new ProcessBuilder(program, "--version").redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException absent) {
            found = false;
        }
        if (!found) {
            String message = "NOT RUN: " + program + " is not on the PATH, the exported journal was not checked by it";
            System.err.println(message);
            Assumptions.abort(message);
        }
    }

    /** What the program prints to either stream; nothing when a check passes. */
    private String run(String program, String command, Path file) throws Exception {
        List<String> line = new ArrayList<>(List.of(program, "-f", file.toString()));
        line.addAll(List.of(command.split(" ", -1)));
        Path output = folder.resolve("hledger.out");
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }
}

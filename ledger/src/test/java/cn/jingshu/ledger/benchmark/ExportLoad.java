package cn.jingshu.ledger.benchmark;

import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.account.Account;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.export.HledgerExport;
import cn.jingshu.ledger.export.LedgerTables;
import cn.jingshu.ledger.export.XlsxFile;
import cn.jingshu.ledger.journal.AccountBalance;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * A large export in a small heap, checked by two other programs: their balance of each account has to be ours.
 * {@code docs/benchmarks/export.sh}.
 */
public final class ExportLoad {
    private static final Months MONTHS = Months.parse("2026-10..2026-11");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-12-01T00:00:00Z"), ZoneOffset.UTC);
    private static final List<AccountCode> ACCOUNTS = List.of(Chart.BANK, Chart.RECEIVABLES, Chart.PREPAYMENTS, Chart.REVENUE,
            Chart.OUTPUT_VAT, Chart.COST_OF_SERVICE, Chart.MERCHANT_PAYABLES);
    private static final int GROUP = 500;

    /**
     * What came of it.
     *
     * @param balances of each account that is not zero, in yuan, as hledger and ledger name and add them; empty: the program is not there
     */
    public record Outcome(long bundleBytes, long exportMillis, Map<String, String> ours, Map<String, Map<String, String>> balances) {}

    private ExportLoad() {}

    /** Books {@code entries} entries in a new database, writes the bundle to {@code folder} and asks the programs. */
    public static Outcome run(int entries, Path folder) throws IOException, InterruptedException {
        DataSource dataSource = LedgerDatabase.create();
        Journal journal = new Journal(dataSource, CLOCK);
        Random random = new Random(20261201);
        for (int done = 0; done < entries; done += GROUP) {
            List<JournalEntry> group = new ArrayList<>();
            for (int i = 0; i < Math.min(GROUP, entries - done); i++) {
                group.add(entry(random));
            }
            for (PostResult posted : journal.postAll(group)) {
                if (!(posted instanceof PostResult.Posted)) {
                    throw new IllegalStateException(posted.toString());
                }
            }
        }
        List<ExportFile> files = new ArrayList<>(LedgerTables.list());
        files.add(new XlsxFile(LedgerTables.list()));
        files.add(new HledgerExport());
        BundleExport export = new BundleExport(dataSource, files, List.of(), CLOCK);
        Path bundle = folder.resolve("large.zip");
        long began = System.nanoTime();
        export.write(MONTHS, bundle, ExportProgress.SILENT);
        long millis = (System.nanoTime() - began) / 1_000_000;
        Path books = folder.resolve("large.journal");
        try (OutputStream out = Files.newOutputStream(books)) {
            export.write(files.getLast(), MONTHS, out, ExportProgress.SILENT);
        }
        Map<String, Map<String, String>> balances = new HashMap<>();
        balances.put("hledger", hledger(books));
        balances.put("ledger", ledger(books));
        return new Outcome(Files.size(bundle), millis, ours(dataSource), balances);
    }

    private static JournalEntry entry(Random random) {
        Dimensions about = Dimensions.authorisedOperation().withProduct("product " + random.nextInt(50))
                .withConsumer(new UUID(0, random.nextInt(1_000)).toString());
        Money amount = new Money(1 + random.nextInt(10_000_000));
        int debit = random.nextInt(ACCOUNTS.size());
        int credit = (debit + 1 + random.nextInt(ACCOUNTS.size() - 1)) % ACCOUNTS.size();
        YearMonth month = random.nextBoolean() ? MONTHS.from() : MONTHS.through();
        return new JournalEntry(new UUID(random.nextLong(), random.nextLong()), month.atDay(1 + random.nextInt(28)),
                EntryReason.CHARGE, "服务费 " + random.nextInt(), List.of(
                        Posting.debit(ACCOUNTS.get(debit), amount, about), Posting.credit(ACCOUNTS.get(credit), amount, about)));
    }

    private static Map<String, String> ours(DataSource dataSource) {
        Map<AccountCode, String> names = new HashMap<>();
        for (Account account : new Chart(dataSource).listAccounts()) {
            AccountCode parent = account.parent();
            String name = account.code() + " " + account.nameZh();
            names.put(account.code(), parent == null ? name : names.get(parent) + ":" + name);
        }
        Map<String, String> ours = new TreeMap<>();
        for (AccountBalance account : new Balances(dataSource).trialBalance(ReadPoint.LATEST).accounts()) {
            if (!account.debitBalance().isZero()) {
                ours.put(String.valueOf(names.get(account.account())), account.debitBalance().toYuan());
            }
        }
        return ours;
    }

    private static Map<String, String> hledger(Path books) throws IOException, InterruptedException {
        if (!isThere("hledger")) {
            return Map.of();
        }
        run("hledger", "-f", books.toString(), "check");
        return rows(run("hledger", "-f", books.toString(), "balance", "--flat", "--no-total", "--format", "%(account)|%(total)"));
    }

    private static Map<String, String> ledger(Path books) throws IOException, InterruptedException {
        return isThere("ledger")
                ? rows(run("ledger", "--args-only", "--pedantic", "-f", books.toString(), "balance", "--flat", "--no-total", "--format",
                        "%(account)|%(display_total)\n"))
                : Map.of();
    }

    /** {@code 1002 银行存款|CNY 12.00} */
    private static Map<String, String> rows(String report) {
        Map<String, String> rows = new TreeMap<>();
        report.lines().filter(line -> line.contains("|")).forEach(line -> {
            String[] cells = line.split("\\|", 2);
            String yuan = cells[1].replace("CNY", "").strip();
            if (!yuan.equals("0")) {
                rows.put(cells[0].strip(), yuan);
            }
        });
        return rows;
    }

    private static boolean isThere(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException absent) {
            System.err.println("NOT RUN: " + program + " is not on the PATH, the exported books were not checked by it");
            return false;
        }
    }

    /** What the program prints. @throws IllegalStateException if it does not accept the file */
    private static String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    /** @param arguments how many entries */
    public static void main(String... arguments) throws Exception {
        int entries = arguments.length == 0 ? 100_000 : Integer.parseInt(arguments[0]);
        Path folder = Files.createTempDirectory("jingshu-export");
        Outcome outcome = run(entries, folder);
        System.out.printf("%d entries, heap of at most %d MiB: bundle of %d bytes in %d ms%n", entries,
                Runtime.getRuntime().maxMemory() >> 20, outcome.bundleBytes(), outcome.exportMillis());
        outcome.balances().forEach((program, balances) -> System.out.printf("%s: %s%n", program,
                balances.isEmpty() ? "not on the PATH" : balances.equals(outcome.ours()) ? "its " + balances.size() + " balances are ours"
                        : "DIFFERS: " + balances + " ours " + outcome.ours()));
        for (String file : List.of("large.zip", "large.journal")) {
            Files.delete(folder.resolve(file));
        }
        Files.delete(folder);
        System.exit(outcome.balances().values().stream().allMatch(b -> b.isEmpty() || b.equals(outcome.ours())) ? 0 : 1);
    }
}

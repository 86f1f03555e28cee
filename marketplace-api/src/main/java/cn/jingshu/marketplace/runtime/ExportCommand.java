package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.export.CsvExport;
import cn.jingshu.ledger.export.HledgerExport;
import cn.jingshu.metering.event.BillingPeriod;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.YearMonth;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the books of a range of months as files that other tools read. */
@Command(name = "export", mixinStandardHelpOptions = true,
        description = "Write the books as an hledger journal (books.journal) and CSV (entries.csv, postings.csv).")
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = {"--month", "--from"}, converter = MonthConverter.class, paramLabel = "YYYY-MM",
            description = "First month (default: the running one).")
    private @Nullable YearMonth from;

    @Option(names = "--through", converter = MonthConverter.class, paramLabel = "YYYY-MM",
            description = "Last month (default: the first).")
    private @Nullable YearMonth through;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to; it is created.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (CommandContext context = CommandContext.open(workspace)) {
            YearMonth first = from == null ? BillingPeriod.of(context.get(Clock.class).instant()).month() : from;
            YearMonth last = through == null ? first : through;
            if (last.isBefore(first)) {
                throw new StartFailure("--through " + last + " lies before the first month " + first + ".");
            }
            try {
                Files.createDirectories(out);
                long entries;
                try (Writer journal = Files.newBufferedWriter(out.resolve("books.journal"))) {
                    entries = context.get(HledgerExport.class).write(first, last, journal);
                }
                try (Writer entryRows = Files.newBufferedWriter(out.resolve("entries.csv"));
                        Writer postingRows = Files.newBufferedWriter(out.resolve("postings.csv"))) {
                    context.get(CsvExport.class).write(first, last, entryRows, postingRows);
                }
                spec.commandLine().getOut().printf("%d entries of %s to %s written to %s%n", entries, first, last,
                        out.toAbsolutePath().normalize());
                return 0;
            } catch (java.nio.file.FileSystemException unwritable) {
                throw new StartFailure("The folder " + out + " cannot be written (" + unwritable.getMessage()
                        + "): choose another with --out DIR.", unwritable);
            }
        }
    }
}

package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.metering.event.BillingPeriod;
import java.io.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.YearMonth;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the books of a range of months as one signed bundle, or as its files one by one. */
@Command(name = "export", mixinStandardHelpOptions = true,
        description = "Write the books: as a signed bundle that 'verify' checks (--out FILE.zip), or as plain files (--out DIR).")
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = {"--period", "--month"}, paramLabel = "PERIOD",
            description = "A month (2026-11), a quarter (2026-Q4), a year (2026), or two of them with '..' between"
                    + " (default: the running month).")
    private @Nullable String period;

    @Option(names = "--out", required = true, paramLabel = "FILE.zip|DIR",
            description = "The bundle to write, which appears whole or not at all; or a folder for its files, which is created.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        @Nullable Months asked = months();
        try (CommandContext context = CommandContext.open(workspace)) {
            YearMonth running = BillingPeriod.of(context.get(Clock.class).instant()).month();
            Months months = asked == null ? new Months(running, running) : asked;
            BundleExport export = context.get(BundleExport.class);
            PrintWriter terminal = spec.commandLine().getOut();
            ExportBar bar = new ExportBar(terminal,
                    Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent(), export.countEntries(months));
            Path named = out.toAbsolutePath().normalize();
            try {
                if (out.toString().endsWith(".zip")) {
                    Manifest manifest = export.write(months, named, bar);
                    bar.finish();
                    terminal.printf("%s: %d files, %s to %s, SHA-256 of the manifest's archive %s%n", named,
                            manifest.files().size(), months.from(), months.through(), manifest.archiveSha256());
                } else {
                    Files.createDirectories(named);
                    int number = 0;
                    for (ExportFile file : export.files()) {
                        bar.fileBegins(file.name(), ++number, export.files().size());
                        try (OutputStream written = Files.newOutputStream(named.resolve(file.name()))) {
                            export.write(file, months, written, bar);
                        }
                    }
                    bar.finish();
                    terminal.printf("%d files of %s to %s written to %s%n", number, months.from(), months.through(), named);
                }
                terminal.flush();
                return 0;
            } catch (java.nio.file.FileSystemException unwritable) {
                throw new StartFailure(out + " cannot be written (" + unwritable.getMessage()
                        + "): choose another with --out.", unwritable);
            }
        }
    }

    private @Nullable Months months() {
        try {
            return period == null ? null : Months.parse(period);
        } catch (IllegalArgumentException notAPeriod) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(notAPeriod.getMessage()), notAPeriod);
        }
    }
}

package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.twin.TwinSamples;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.TwinProgress;
import cn.jingshu.products.domain.TwinRecord;
import cn.jingshu.products.domain.TwinReport;
import cn.jingshu.products.domain.masking.KAnonymity;
import cn.jingshu.products.domain.masking.MaskedColumn;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Draws a masked sample of live rows into a product's sandbox twin and says how far anybody could be found in it. */
@Command(name = "sample", mixinStandardHelpOptions = true,
        description = "Draw a masked sample of a product's live rows into its sandbox twin and print its re-identification report. May run beside a"
                + " running server, whose sandbox serves the old twin until the new one is whole. Rows about real people need an approval of a second"
                + " person (POST /api/twin-samples).")
final class SampleCommand implements Callable<Integer> {
    private static final long USUAL_ROWS = 1_000;
    private static final int HISTORY = 10;

    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--product", paramLabel = "CODE", description = "The product; without it the twins there are are listed.")
    private @Nullable String product;

    @Option(names = "--product-version", paramLabel = "N", description = "Its version (default: the newest).")
    private @Nullable Integer version;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "" + USUAL_ROWS,
            description = "About so many of its largest table about persons; subjects are drawn, with all their rows (default: ${DEFAULT-VALUE}).")
    private long rows;

    @Option(names = "--k", paramLabel = "K", description = "Fewest subjects that share what others may know of them (default: the least allowed,"
            + " policy number " + TwinSamples.LEAST_K + ").")
    private @Nullable Integer k;

    @Option(names = "--approval", paramLabel = "ID", description = "The approved proposal to draw; it says product, rows and k.")
    private @Nullable UUID approval;

    @Option(names = "--made-up", description = "Take the sample out again and fill the twin with made-up rows.")
    private boolean madeUp;

    @Option(names = "--report", description = "Print the report of what the twin holds and its history; nothing is changed.")
    private boolean report;

    @Spec
    private CommandSpec spec;

    /** Exit status: 0 when the twin holds what was asked for, 1 when it stayed what it was. */
    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (rows < 1 || (k != null && k < 2)) {
            throw new ParameterException(spec.commandLine(), "--rows is 1 or more, --k 2 or more");
        }
        try (CommandContext context = CommandContext.open(workspace)) {
            TwinSamples samples = context.get(TwinSamples.class);
            String by = System.getProperty("user.name", "unknown");
            if (approval != null) {
                return say(samples.draw(approval, null, by, progress(out)), out);
            }
            if (product == null) {
                list(samples, out);
                return 0;
            }
            JdbcDataDomain.Twin twin = samples.findTwin(product, version).orElseThrow(() -> new StartFailure("Product " + product
                    + (version == null ? "" : " version " + version) + " keeps no sandbox twin: 'sample' without options lists those that do."));
            if (report) {
                return history(samples, twin, out);
            }
            if (madeUp) {
                print(samples.makeUp(twin.product(), twin.version(), null, by).orElseThrow(), out);
                return 0;
            }
            return say(samples.drawUnapproved(twin.product(), twin.version(), samples.terms(rows, k), by, progress(out)), out);
        } catch (DomainException failure) {
            throw new StartFailure("Nothing was sampled, the twin is what it was: " + failure.getMessage() + ".", failure);
        }
    }

    private static TwinProgress progress(PrintWriter out) {
        return (table, step, count) -> {
            out.printf(Locale.ROOT, "%-32s %s%n", table, switch (step) {
                case READING -> String.format(Locale.ROOT, "%,d live rows read", count);
                case MASKING -> "is masked and measured …";
                case WRITTEN -> String.format(Locale.ROOT, "%,d rows in the sample", count);
            });
            out.flush();
        };
    }

    private static void list(TwinSamples samples, PrintWriter out) {
        for (JdbcDataDomain.Twin each : samples.twins()) {
            String holds = samples.findRecord(each.product(), each.version())
                    .map(record -> record.kind().name().toLowerCase(Locale.ROOT) + " since " + record.report().madeAt()).orElse("empty");
            out.printf(Locale.ROOT, "%-16s version %d  %s%s%n", each.product(), each.version(), holds,
                    each.realPeople() ? ", live rows about real people" : "");
        }
        out.flush();
    }

    private int say(TwinSamples.Draw draw, PrintWriter out) {
        return switch (draw) {
            case TwinSamples.Draw.Drawn(var record) -> {
                print(record, out);
                yield 0;
            }
            case TwinSamples.Draw.Withheld(var record, var _, var en) -> {
                if (record != null) {
                    print(record, out);
                }
                yield failed(en + " The twin is what it was.");
            }
            case TwinSamples.Draw.Refused(var fault) -> failed(fault.en() + ".");
        };
    }

    private int failed(String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("jingshu: nothing was sampled: " + sentence);
        err.flush();
        return Jingshu.FAILED;
    }

    private static int history(TwinSamples samples, JdbcDataDomain.Twin twin, PrintWriter out) {
        samples.findRecord(twin.product(), twin.version()).ifPresent(record -> print(record, out));
        List<TwinRecord> records = samples.records(twin.product(), twin.version(), HISTORY);
        for (TwinRecord each : records) {
            out.printf(Locale.ROOT, "%4d  %s  %-9s k %d  %s  by %s%n", each.number(), each.report().madeAt(),
                    each.kind().name().toLowerCase(Locale.ROOT), each.report().k(), each.digest().substring(0, 16), each.by());
        }
        boolean intact = records.stream().allMatch(TwinRecord::isIntact);
        if (!intact) {
            out.println("A report is not what was written down: its digest differs.");
        }
        out.flush();
        return intact ? 0 : Jingshu.FAILED;
    }

    private static void print(TwinRecord record, PrintWriter out) {
        TwinReport report = record.report();
        out.printf(Locale.ROOT, "%nReport %d: %s version %d, %s, %s%n", record.number(), report.product(), report.version(),
                record.kind().name().toLowerCase(Locale.ROOT), report.madeAt());
        TwinRecord.Terms terms = record.terms();
        if (terms != null) {
            out.printf(Locale.ROOT, "  about %,d rows, classes of %d subjects or more, at least %d allowed%n", terms.rows(), terms.k(), terms.leastK());
        }
        report.tables().stream().sorted(Comparator.comparing(TwinReport.Table::table)).forEach(table -> print(table, out));
        if (report.hasSubjects()) {
            out.printf(Locale.ROOT, "  k %d, highest risk %.1f %%, share of people at risk by their rows together %.1f %%%n", report.k(),
                    100 * report.highestRisk(), 100 * report.shareAtRisk());
        }
        out.printf("  SHA-256 %s%n", record.digest());
        out.flush();
    }

    private static void print(TwinReport.Table table, PrintWriter out) {
        KAnonymity risk = table.risk();
        out.printf(Locale.ROOT, "  %-30s %,d rows%s%n", table.table(), table.rows(), risk == null ? "" : String.format(Locale.ROOT,
                ", %,d left out, %,d subjects in %,d classes, k %d (%d in the whole table), l %d", table.leftOut(), risk.subjects(), table.classCount(),
                risk.k(), risk.populationK(), risk.l()));
        if (!table.classes().isEmpty()) {
            out.println("      classes by subjects: " + table.classes().stream().limit(12).map(each -> each.subjects() + "×" + each.classes())
                    .collect(Collectors.joining("  ")) + (table.classes().size() > 12 ? "  …" : ""));
        }
        for (MaskedColumn each : table.columns()) {
            out.printf(Locale.ROOT, "      %-26s %s%s%n", each.column(), each.how().en(),
                    each.top() == 0 ? "" : " (level " + each.level() + " of " + each.top() + ")");
        }
    }
}

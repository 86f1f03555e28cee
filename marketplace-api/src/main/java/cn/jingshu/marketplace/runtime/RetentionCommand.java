package cn.jingshu.marketplace.runtime;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.Retention;
import cn.jingshu.metering.usage.Retention.StoredMonth;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how long each month of usage records is kept, and drops those whose time is over when told to. */
@Command(name = "retention", mixinStandardHelpOptions = true,
        description = "Show the months of usage records and when each may go; with --drop, drop those that may.")
final class RetentionCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--keep-months", paramLabel = "N", defaultValue = "" + Retention.LEAST_MONTHS,
            description = "Months to keep behind the end of each (default and least: ${DEFAULT-VALUE}).")
    private int keepMonths;

    @Option(names = "--drop", description = "Drop what may go. Without it nothing is changed.")
    private boolean drop;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SQLException {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            Retention retention = retention(NodeBeans.plain(context.get(DataSource.class)));
            List<StoredMonth> stored = retention.listStored();
            out.println();
            stored.forEach(month -> out.println(line(month)));
            List<YearMonth> droppable = stored.stream().filter(StoredMonth::droppable).map(StoredMonth::month).toList();
            if (!retention.isLocked()) {
                out.println("PostgreSQL itself does not hold these months: see docs/guides/operations.md.");
            }
            if (!drop) {
                out.printf("%n%d of %d months may go; nothing was changed. --drop drops them.%n", droppable.size(),
                        stored.size());
                out.flush();
                return 0;
            }
            long events = 0;
            for (YearMonth month : droppable) {
                long dropped = retention.drop(month);
                events += dropped;
                out.printf("dropped %s: %,d usage records; hourly totals, voids and counts stay%n", month, dropped);
                out.flush(); // each is its own transaction: what is printed is done
            }
            out.printf("%n%d months dropped, %,d usage records%n", droppable.size(), events);
            out.flush();
            return 0;
        }
    }

    private Retention retention(DataSource dataSource) {
        try {
            return new Retention(dataSource, keepMonths);
        } catch (IllegalArgumentException unlawful) {
            throw new StartFailure("--keep-months " + keepMonths + " is not allowed: usage records are kept for at least "
                    + Retention.LEAST_MONTHS + " months (数据流转台账,留存操作记录不少于3年).", unlawful);
        }
    }

    private static String line(StoredMonth stored) {
        LocalDate until = LocalDate.ofInstant(stored.keptUntil(), BillingPeriod.ZONE);
        return "%s %,12d kB  %s %s".formatted(stored.month(), (stored.bytes() + 999) / 1_000,
                stored.droppable() ? "may go since" : "kept until", until);
    }
}

package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.billing.MonthBills;
import java.time.YearMonth;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Issues the statements of closed months that have none: months closed before statements were kept, or by a close that died. */
@Command(name = "bills", description = "Issue the statements of closed months that have none.", mixinStandardHelpOptions = true)
final class BillsCommand implements Callable<Integer> {
    private static final YearMonth EVERY_MONTH = YearMonth.of(2119, 12);

    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--until", converter = MonthConverter.class, paramLabel = "YYYY-MM",
            description = "The last month; all of them when it is left out.")
    private @Nullable YearMonth until;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (CommandContext context = CommandContext.open(workspace)) {
            int issued = context.get(MonthBills.class).issueUntil(until == null ? EVERY_MONTH : until);
            spec.commandLine().getOut().printf("%d statements issued.%n", issued);
            return 0;
        }
    }
}

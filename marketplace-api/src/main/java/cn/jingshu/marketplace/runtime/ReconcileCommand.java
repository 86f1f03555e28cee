package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.metering.event.BillingPeriod;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Clock;
import java.time.YearMonth;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Proves that calls, events, rated units, charges and postings agree; exits with 1 when they do not. */
@Command(name = "reconcile", mixinStandardHelpOptions = true,
        description = "Prove that calls = events = rated units = charges = postings; status 1 if not.")
final class ReconcileCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--month", converter = MonthConverter.class, paramLabel = "YYYY-MM",
            description = "An open month to compare as well (default: the running one).")
    private @Nullable YearMonth month;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SQLException {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            YearMonth asked = month == null ? BillingPeriod.of(context.get(Clock.class).instant()).month() : month;
            List<Reconciliation.Check> checks = context.get(Reconciliation.class).run(asked);
            out.println();
            for (Reconciliation.Check check : checks) {
                out.printf("%-4s %s%n     %s %s %s%n", check.agrees() ? "ok" : "FAIL", check.what(), check.left(),
                        check.agrees() ? "=" : "≠", check.right());
            }
            long failed = checks.stream().filter(check -> !check.agrees()).count();
            out.printf("%n%d comparisons, %d failed%n", checks.size(), failed);
            out.flush();
            return failed == 0 ? 0 : Jingshu.FAILED;
        }
    }
}

package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.billing.statement.Dunning;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Takes every step of asking for what is unpaid whose day has come; to be run once a day. */
@Command(name = "dunning", description = "Ask for what is unpaid: every step whose day has come.",
        mixinStandardHelpOptions = true)
final class DunningCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            List<Dunning.Step> steps = context.get(Dunning.class).run(null);
            for (Dunning.Step step : steps) {
                out.printf("%s  %s  %s yuan unpaid%n", step.statement(), step.state(), step.open().toYuan());
            }
            out.printf("%d steps taken.%n", steps.size());
            out.flush();
            return 0;
        }
    }
}

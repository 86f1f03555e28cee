package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.billing.WhatIf;
import cn.jingshu.marketplace.billing.WhatIfJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Replays past months under proposed prices, ceilings or shares; nothing is written. */
@Command(name = "what-if", description = "Replay past months under proposed prices, ceilings or shares; writes nothing.",
        mixinStandardHelpOptions = true)
final class WhatIfCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--from", required = true, converter = MonthConverter.class, paramLabel = "YYYY-MM",
            description = "The first month, in Asia/Shanghai.")
    private YearMonth from;

    @Option(names = "--to", required = true, converter = MonthConverter.class, paramLabel = "YYYY-MM",
            description = "The last month; at most twelve months are replayed.")
    private YearMonth to;

    @Option(names = "--proposal", required = true, paramLabel = "FILE", description = "The proposal as JSON.")
    private Path proposal;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        WhatIf.Proposal asked;
        try {
            asked = WhatIfJson.read(Files.readString(proposal));
        } catch (IllegalArgumentException unfit) {
            spec.commandLine().getErr().println("jingshu: " + proposal + ": " + unfit.getMessage());
            return Jingshu.FAILED;
        }
        try (CommandContext context = CommandContext.open(workspace)) {
            return switch (context.get(WhatIf.class).replay(from, to, asked)) {
                case WhatIf.Outcome.Replayed replayed -> {
                    spec.commandLine().getOut().println(WhatIfJson.write(replayed));
                    yield 0;
                }
                case WhatIf.Outcome.Refused(var reason) -> {
                    spec.commandLine().getErr().println("jingshu: the months cannot be rated under it: " + reason);
                    yield Jingshu.FAILED;
                }
            };
        }
    }
}

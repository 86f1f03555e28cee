package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.quota.LostNodes;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives up a node that is lost with its disk, so that what it had leased can be sold again. */
@Command(name = "write-off", mixinStandardHelpOptions = true,
        description = "Give up a node that is lost with its disk: quotas and budgets it had leased and is not known to have used are free again. Its journal"
                + " is not counted beyond what was stored; should it turn up, its events are counted and named. Without a node, list the silent ones and who was given up.")
final class WriteOffCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "NODE", description = "The node's id, as the list without one names it.")
    private @Nullable String node;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the audit log. Needed with a node.")
    private @Nullable String reason;

    @Spec
    private CommandSpec spec;

    /** Exit status: 0 when it is done, 1 when nothing was done. */
    @Override
    public Integer call() throws SQLException {
        PrintWriter out = spec.commandLine().getOut();
        String given = node;
        String why = reason;
        if (given != null && (why == null || why.isBlank())) {
            throw new StartFailure("--reason is needed: why node " + given + " will not come back.");
        }
        try (CommandContext context = CommandContext.open(workspace)) {
            LostNodes lost = new LostNodes(NodeBeans.plain(context.get(DataSource.class)));
            if (given == null || why == null) {
                return list(lost, out);
            }
            String by = System.getProperty("user.name", "unknown");
            return switch (lost.writeOff(given, by, why)) {
                case LostNodes.Outcome.WrittenOff(long next, long freed) -> {
                    context.get(Database.class).inTransaction(t -> {
                        AuditLog.append(t, context.get(Clock.class), null, "node.write-off", "node", given, Map.of("reason", why, "by", by,
                                "nextSequence", Long.toString(next), "freedUnits", Long.toString(freed)));
                        return true;
                    });
                    out.printf(Locale.ROOT, "node %s is given up from sequence %,d of its journal on; %,d units of quotas are free again%n", given, next,
                            freed);
                    out.flush();
                    yield 0;
                }
                case LostNodes.Outcome.Unknown() -> throw new StartFailure("Nothing was ever stored or leased by a node " + given + ".");
                case LostNodes.Outcome.Alive(var heardAt) -> throw new StartFailure("Node " + given + " spoke at " + heardAt
                        + ": it is alive, or wait for " + LostNodes.SILENT_FOR.toSeconds() + " s. Nothing was done.");
            };
        }
    }

    private static int list(LostNodes lost, PrintWriter out) throws SQLException {
        for (LostNodes.Silent each : lost.listSilent()) {
            out.printf(Locale.ROOT, "silent      %s, stored last at %s%n", each.nodeId(), each.shippedAt());
        }
        for (LostNodes.Lost each : lost.list()) {
            out.printf(Locale.ROOT, "given up    %s at %s from sequence %,d on, %,d units freed, by %s: %s; %,d events turned up since%n", each.nodeId(),
                    each.writtenOffAt(), each.nextSequence(), each.freedUnits(), each.writtenOffBy(), each.reason(), each.lateEvents());
        }
        out.flush();
        return 0;
    }
}

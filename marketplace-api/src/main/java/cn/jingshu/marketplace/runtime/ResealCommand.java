package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.ResealProgress;
import cn.jingshu.products.domain.ResealRecord;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings all sealed values of the data domain to the key and algorithm in use. */
@Command(name = "reseal", mixinStandardHelpOptions = true,
        description = "Seal every sensitive value of the data domain anew that another key or algorithm sealed than those in use"
                + " (jingshu.secrets.domain-sealing-keys, jingshu.domain.sealing). May run beside running servers, be killed and be repeated: it goes on"
                + " where it was left. Tokens of subjects are not changed: see docs/guides/operations.md.")
final class ResealCommand implements Callable<Integer> {
    private static final int RECORDS = 5;

    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--check", description = "Show which key sealed how many values; nothing is changed.")
    private boolean check;

    @Spec
    private CommandSpec spec;

    /** Exit status: 0 when no value is sealed with another key, 1 when some are. */
    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            JdbcDataDomain domain = context.get(JdbcDataDomain.class);
            if (check) {
                return show(domain, out);
            }
            Bar bar = new Bar(out, Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
            return switch (domain.reseal(System.getProperty("user.name", "unknown"), bar)) {
                case ResealRecord.Outcome.Busy() -> throw new StartFailure("Another process is sealing anew: nothing was done here.");
                case ResealRecord.Outcome.Ended(var record) -> {
                    bar.finish();
                    note(context, record);
                    yield say(domain, record, out);
                }
            };
        } catch (DomainException failure) {
            throw new StartFailure("It broke off: " + failure.getMessage() + ". What was done stands; run it again, it goes on.", failure);
        }
    }

    private static void note(CommandContext context, ResealRecord record) {
        context.get(Database.class).inTransaction(t -> {
            AuditLog.append(t, context.get(Clock.class), null, "domain.reseal", "sealing-key", record.keyId(), Map.of(
                    "state", record.state().name(), "algorithm", record.algorithm(), "sealed", Long.toString(record.sealed()),
                    "broken", Long.toString(record.broken()), "left", Long.toString(record.left()), "by", record.by()));
            return true;
        });
    }

    private int say(JdbcDataDomain domain, ResealRecord record, PrintWriter out) {
        out.printf(Locale.ROOT, "key %d, %s: %,d values sealed anew%s%n", record.keyId(), record.algorithm(), record.sealed(),
                record.runs() > 1 ? " in " + record.runs() + " runs" : "");
        if (record.state() == ResealRecord.State.DONE) {
            out.println("No value is sealed with another key: the others may be taken out of the settings of every node.");
            out.flush();
            return 0;
        }
        PrintWriter err = spec.commandLine().getErr();
        err.printf(Locale.ROOT, "jingshu: %,d values are not sealed with key %d: keep the other keys.%n", record.left(), record.keyId());
        if (record.broken() > 0) {
            err.printf(Locale.ROOT, "  %,d of them do not open: they were changed, or their key is not in the settings.%n", record.broken());
        }
        if (record.left() > record.broken()) {
            err.println("  A node still seals with another key: start it with the new one first, then run this again.");
        }
        print(domain.sealedBy().stream().filter(each -> !each.current()).toList(), err);
        err.flush();
        return Jingshu.FAILED;
    }

    private static int show(JdbcDataDomain domain, PrintWriter out) {
        List<ResealRecord.Kept> kept = domain.sealedBy();
        print(kept, out);
        for (ResealRecord each : domain.resealings(RECORDS)) {
            out.printf(Locale.ROOT, "%s  key %d, %s: %s, %,d sealed anew, %,d left, by %s%n", each.startedAt(), each.keyId(), each.algorithm(),
                    each.state().name().toLowerCase(Locale.ROOT), each.sealed(), each.left(), each.by());
        }
        boolean current = ResealRecord.isCurrent(kept);
        out.println(current ? "Every value is sealed with the key in use." : "'jingshu reseal' seals the others anew.");
        out.flush();
        return current ? 0 : Jingshu.FAILED;
    }

    private static void print(List<ResealRecord.Kept> kept, PrintWriter to) {
        kept.forEach(each -> to.printf(Locale.ROOT, "%-56s %-24s %,12d%s%n", each.place(), each.keyId() == null ? "no sealed value"
                : "key " + each.keyId() + ", " + each.algorithm(), each.values(), each.current() ? "" : "  *"));
        to.flush();
    }

    /** A line that moves on a terminal, one a place elsewhere. */
    private static final class Bar implements ResealProgress {
        private final PrintWriter out;
        private final boolean moving;

        Bar(PrintWriter out, boolean moving) {
            this.out = out;
            this.moving = moving;
        }

        @Override
        public void at(String place, long blocks, long of, long sealed) {
            if (moving) {
                out.printf(Locale.ROOT, "\r%3d %% of %-48s %,d sealed anew", 100 * blocks / Math.max(1, of), place, sealed);
                out.flush();
            } else if (blocks >= of) {
                out.printf(Locale.ROOT, "%s: looked through, %,d sealed anew so far%n", place, sealed);
                out.flush();
            }
        }

        void finish() {
            if (moving) {
                out.printf("\r%s\r", " ".repeat(96));
            }
        }
    }
}

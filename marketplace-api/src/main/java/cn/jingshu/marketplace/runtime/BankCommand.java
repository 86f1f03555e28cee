package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.payment.BankFiles;
import cn.jingshu.marketplace.payment.BankLine;
import cn.jingshu.marketplace.payment.PaymentOrder;
import cn.jingshu.marketplace.payment.Payable;
import cn.jingshu.marketplace.payment.Payments;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes in a bank's file and prints what is owed, what was ordered, and what the bank shows that nothing explains. */
@Command(name = "bank", mixinStandardHelpOptions = true,
        description = "Take in a bank's file, if one is given; print payables, open orders and differences.")
final class BankCommand implements Callable<Integer> {
    private static final int MOST = 1_000;

    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "CSV as the operations guide describes it, or camt.053.")
    private @Nullable Path file;

    @Spec
    private CommandSpec spec;

    /** Exit status: 0 when everything is explained, 1 when something is not or the file was refused. */
    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            BankFiles bank = context.get(BankFiles.class);
            if (file != null && !take(bank, file, out)) {
                return Jingshu.FAILED;
            }
            return print(out, context.get(Payments.class), bank) ? 0 : Jingshu.FAILED;
        }
    }

    private boolean take(BankFiles bank, Path file, PrintWriter out) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException unread) {
            throw new StartFailure("The file " + file + " cannot be read: " + unread.getMessage() + ".", unread);
        }
        switch (bank.take(content, String.valueOf(file.getFileName()), null)) {
            case BankFiles.Outcome.Imported(var taken, var seenBefore, var matched, var open) ->
                out.printf("%s: %d lines of %s to %s; %d seen in an earlier file, %d matched now, %d open.%n", taken.name(),
                        taken.lines(), taken.from(), taken.to(), seenBefore, matched, open);
            case BankFiles.Outcome.AlreadyImported(var taken) ->
                out.printf("%s was taken in at %s; nothing changed.%n", taken.name(), taken.importedAt());
            case BankFiles.Outcome.Refused(var reason) -> {
                spec.commandLine().getErr().println("jingshu: the bank's file was not taken in: " + reason);
                return false;
            }
        }
        return true;
    }

    private static boolean print(PrintWriter out, Payments payments, BankFiles bank) {
        AmountTable owed = new AmountTable();
        owed.add("Owed", "left", "owed", "");
        for (Payable each : payments.listPayables()) {
            owed.add("  " + each.key().period() + " " + each.key().kind() + " " + each.key().party(), each.left().toYuan(),
                    each.owed().toYuan(), "");
        }
        owed.printTo(out);
        AmountTable orders = new AmountTable();
        orders.add("Orders under way", "", "yuan", "");
        for (PaymentOrder each : payments.list(null, MOST)) {
            if (each.endedAt() == null) {
                orders.add("  " + each.reference() + " " + each.key().kind() + " " + each.key().party(), "",
                        each.amount().toYuan(), each.status().name());
            }
        }
        orders.printTo(out);
        List<BankLine> open = bank.listLines(true, MOST);
        AmountTable lines = new AmountTable();
        lines.add("Movements that nothing explains", "", "yuan", "");
        for (BankLine each : open) {
            lines.add("  " + each.movement().bookedOn() + " " + each.movement().direction() + " "
                    + each.movement().bankReference(), "", each.movement().amount().toYuan(), String.valueOf(each.difference()));
        }
        lines.printTo(out);
        bank.compare().ifPresent(compared -> out.printf("%nOn %s the bank says %s yuan, the books %s, difference %s.%n",
                compared.asOf(), compared.bank().toYuan(), compared.books().toYuan(), compared.difference().toYuan()));
        out.flush();
        return open.isEmpty();
    }
}

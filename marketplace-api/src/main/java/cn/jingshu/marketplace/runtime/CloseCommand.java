package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.log.SignedCheckpoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.DistributionDetail;
import cn.jingshu.ledger.settlement.Earmark;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.YearClose;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.seal.Sealing;
import cn.jingshu.metering.event.BillingPeriod;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Year;
import java.time.YearMonth;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Closes a month: rates its usage, books the charges, settles the net profit, shuts the books. Or closes a year: settles its
 * net profit for good.
 */
@Command(name = "close", description = "Close a month (rate, book, settle) or a year (settle for good).",
        mixinStandardHelpOptions = true)
final class CloseCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @ArgGroup(multiplicity = "1")
    private What what = new What();

    /** A month or a year. */
    private static final class What {
        @Option(names = "--month", required = true, converter = MonthConverter.class, paramLabel = "YYYY-MM",
                description = "The month, in Asia/Shanghai.")
        private @Nullable YearMonth month;

        @Option(names = "--year", required = true, paramLabel = "YYYY",
                description = "The year, all months of which are closed.")
        private @Nullable Year year;
    }

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        YearMonth month = what.month;
        if (month == null) {
            return closeYear(out, Objects.requireNonNull(what.year));
        }
        try (CommandContext context = CommandContext.open(workspace)) {
            if (context.get(Clock.class).instant().isBefore(new BillingPeriod(month).end())) {
                out.println("Note: " + month + " has not ended. Usage from now on is billed as a correction in the next"
                        + " month that is closed.");
                out.flush();
            }
            return switch (context.get(MonthClose.class).close(month, context.progress()::step)) {
                case MonthClose.Outcome.Closed closed -> {
                    print(out, closed, context.get(Organisations.class));
                    context.progress().step("sealing the log");
                    context.get(Sealing.class).seal().ifPresent(signed -> printSeal(out, signed));
                    yield 0;
                }
                case MonthClose.Outcome.Refused(var refusedMonth, var reason) -> {
                    spec.commandLine().getErr().println("jingshu: " + refusedMonth + " is not closed: " + reason);
                    yield Jingshu.FAILED;
                }
            };
        }
    }

    private int closeYear(PrintWriter out, Year year) {
        try (CommandContext context = CommandContext.open(workspace)) {
            return switch (context.get(YearClose.class).close(year, null, context.progress()::step)) {
                case YearClose.Outcome.Closed(var _, var settlement, var before) -> {
                    out.printf("%n%s %s%n", year, before ? "was closed before; nothing changed." : "is closed.");
                    print(out, settlement, context.get(Organisations.class));
                    context.progress().step("sealing the log");
                    context.get(Sealing.class).seal().ifPresent(signed -> printSeal(out, signed));
                    yield 0;
                }
                case YearClose.Outcome.Refused(var _, var reason) -> {
                    spec.commandLine().getErr().println("jingshu: " + year + " is not closed: " + reason);
                    yield Jingshu.FAILED;
                }
            };
        }
    }

    private static void printSeal(PrintWriter out, SignedCheckpoint signed) {
        out.printf("%nCheckpoint %d over %,d leaves; keep it where the operator cannot change it:%n%n%s", signed.number(),
                signed.checkpoint().size(), signed.note());
        out.flush();
    }

    private static void print(PrintWriter out, MonthClose.Outcome.Closed closed, Organisations organisations) {
        out.printf("%n%s %s%n%n", closed.month(), closed.before() ? "was closed before; nothing changed." : "is closed.");
        AmountTable charges = new AmountTable();
        charges.add("Charges", "units", "yuan", "");
        for (Charge charge : closed.charges()) {
            charges.add("  " + nameOf(organisations, charge.key().organisationId()) + " " + charge.key().product() + "/"
                            + charge.key().operation(),
                    charge.quantity(), charge.amount().toYuan(),
                    charge.isCorrection() ? "(correction of " + charge.key().usageMonth() + ")" : "");
        }
        charges.printTo(out);
        print(out, closed.settlement(), organisations);
    }

    private static void print(PrintWriter out, StoredSettlement settlement, Organisations organisations) {
        SettlementResult result = settlement.result();
        DistributionDetail detail = result.detail();
        out.printf("%n%s (%s)%n", "Settlement", settlement.period().basis().labelEn());
        AmountTable steps = new AmountTable();
        line(steps, "consumers owe, tax included", result.gross());
        line(steps, "- value-added tax", result.outputVat());
        line(steps, "= revenue", result.revenue());
        line(steps, "- merchants' cost of service", Money.sum(result.merchantCosts().stream().map(PartyAmount::amount).toList()));
        line(steps, "- direct costs, paid use", result.directPaidCosts());
        line(steps, "- direct costs, free use", result.directFreeCosts());
        if (detail == null) {
            line(steps, "- shared costs", result.sharedCosts());
        } else {
            line(steps, "- shared costs, paid use", detail.sharedPaid());
            line(steps, "- shared costs, free use", detail.sharedFree());
        }
        line(steps, "- surcharges", result.surcharges());
        line(steps, "- income tax", result.incomeTax());
        line(steps, "= net profit", result.netProfit());
        line(steps, "  treasury", result.treasury());
        for (Earmark earmark : detail == null ? List.<Earmark>of() : detail.earmarks()) {
            line(steps, "    of it for " + earmark.provider(), earmark.amount());
        }
        line(steps, "  operator", result.operator());
        for (PartyAmount share : result.merchantShares()) {
            line(steps, "  merchant " + nameOf(organisations, UUID.fromString(share.merchant())), share.amount());
        }
        steps.printTo(out);
        out.printf("%nSHA-256 of inputs and result: %s%n", settlement.sha256());
        out.flush();
    }

    private static void line(AmountTable steps, String what, Money amount) {
        steps.add("  " + what, "", amount.toYuan(), "");
    }

    private static String nameOf(Organisations organisations, UUID id) {
        return organisations.find(id).map(organisation -> organisation.nameEn()).orElse(id.toString());
    }
}

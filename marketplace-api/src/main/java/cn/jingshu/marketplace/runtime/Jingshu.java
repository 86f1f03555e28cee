package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.verify.VerifyCommand;
import cn.jingshu.marketplace.store.DatabaseException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code jingshu run}, {@code jingshu close}, {@code jingshu reconcile} and the rest. */
@Command(
        name = "jingshu",
        description = "A city's public-data marketplace: metered products, guided prices, books that add up.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Jingshu implements Callable<Integer> {
    /** Exit status of a refused start or a failed check; picocli itself uses 2 for unusable arguments. */
    static final int FAILED = 1;

    private static final List<Class<?>> COMMANDS = List.of(
            RunCommand.class,
            CloseCommand.class,
            BillsCommand.class,
            DunningCommand.class,
            WhatIfCommand.class,
            ReconcileCommand.class,
            LoadCommand.class,
            SampleCommand.class,
            ResealCommand.class,
            ExportCommand.class,
            LogCommand.class,
            VerifyCommand.class,
            CostCommand.class,
            BankCommand.class,
            RetentionCommand.class,
            WriteOffCommand.class,
            AccuracyCommand.class,
            SettingsCommand.class,
            TrainCommand.class);

    private Jingshu() {}

    @Override
    public Integer call() {
        CommandLine.usage(this, System.out);
        return CommandLine.ExitCode.USAGE;
    }

    public static void main(String... arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /**
     * The command line with its way of failing: one sentence on standard error, no stack trace. It knows the command the arguments begin with, and
     * all of them when they begin with none: to read what each takes would cost a start more than opening a product.
     */
    static CommandLine commandLine(String... arguments) {
        CommandLine commandLine = new CommandLine(new Jingshu());
        List<Class<?>> named = arguments.length == 0
                ? List.of()
                : COMMANDS.stream().filter(command -> command.getAnnotation(Command.class).name().equals(arguments[0])).toList();
        (named.isEmpty() ? COMMANDS : named).forEach(commandLine::addSubcommand);
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((failure, command, _) -> {
            if (failure instanceof StartFailure sentence) {
                command.getErr().println("jingshu: " + sentence.getMessage());
                return FAILED;
            }
            if (failure instanceof DatabaseException || failure instanceof SQLException) {
                command.getErr().println("jingshu: PostgreSQL failed while the command ran; run it again when it is back: "
                        + failure.getMessage());
                return FAILED;
            }
            throw failure;
        });
        return commandLine;
    }
}

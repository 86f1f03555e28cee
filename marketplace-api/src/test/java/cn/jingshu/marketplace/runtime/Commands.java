package cn.jingshu.marketplace.runtime;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs a command as the launcher would, in the test's own process. */
public final class Commands {
    private Commands() {}

    /** What a command said and ended with. */
    public record Ran(int status, String out) {}

    public static Ran run(String... arguments) {
        StringWriter said = new StringWriter();
        CommandLine commandLine = Jingshu.commandLine(arguments);
        commandLine.setOut(new PrintWriter(said, true));
        commandLine.setErr(new PrintWriter(said, true));
        int status = commandLine.execute(arguments);
        return new Ran(status, said.toString());
    }
}

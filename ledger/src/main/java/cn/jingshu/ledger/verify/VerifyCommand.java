package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.seal.SealKey;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jingshu verify}, and the whole of {@code jingshu-verify.jar}: checks a bundle and prints what it found. */
@Command(name = "verify", mixinStandardHelpOptions = true,
        description = "Check an export bundle: digests, signature, chain, balances, settlements. Needs no database and no network.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:everything agrees and a key you named signed it", "1:something is wrong",
            "2:unusable arguments", "3:the bundle agrees with itself, but no key was named: anybody could have made it"})
public final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.zip", description = "The bundle.")
    private Path file;

    @Option(names = "--key", paramLabel = "VKEY", description = "Public key (name+id+base64) whose signature counts, or a file"
            + " with one a line; get it by another way than the bundle. May be given several times.")
    private List<String> keys = new ArrayList<>();

    @Option(names = "--lang", paramLabel = "zh|en", description = "Language of the report (default: zh).")
    private Language language = Language.ZH;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.isReadable(file)) {
            throw new CommandLine.ParameterException(spec.commandLine(), file + " cannot be read");
        }
        Report report = new Verifier(sealKeys()).verify(file);
        report.print(out, language);
        return switch (report.verdict()) {
            case VERIFIED -> 0;
            case FAILED -> 1;
            case CONSISTENT -> 3;
        };
    }

    private List<SealKey> sealKeys() throws IOException {
        List<SealKey> parsed = new ArrayList<>();
        for (String given : keys) {
            List<String> texts = given.indexOf('+') < 0 || Files.isReadable(Path.of(given))
                    ? Files.readAllLines(Path.of(given)).stream().filter(line -> !line.isBlank() && !line.startsWith("#")).toList()
                    : List.of(given);
            for (String text : texts) {
                try {
                    parsed.add(SealKey.ofVkey(text.strip()));
                } catch (IllegalArgumentException notAKey) {
                    throw new CommandLine.ParameterException(spec.commandLine(), "not a public key: " + text, notAKey);
                }
            }
        }
        return parsed;
    }

    public static void main(String... arguments) {
        CommandLine commandLine = new CommandLine(new VerifyCommand());
        commandLine.setCommandName("jingshu-verify");
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setOut(new PrintWriter(new PrintStream(System.out, true, StandardCharsets.UTF_8), true, StandardCharsets.UTF_8));
        System.exit(commandLine.execute(arguments));
    }
}

package cn.jingshu.marketplace.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code jingshu run} and the other commands as processes of their own, to be killed and looked at from outside. */
public final class ServerProcess implements AutoCloseable {
    private static final Pattern PORTAL = Pattern.compile("Portal +http://localhost:([0-9]+)/");
    private static final Pattern GRPC = Pattern.compile("gRPC +localhost:([0-9]+)");
    private static final Pattern KEY = Pattern.compile("API key +(js_live_[0-9A-Za-z]+)");

    /** Characters kept of what a process says; beyond, the older half is forgotten. */
    private static final int MOST_SAID = 400_000;

    private final Process process;
    private final StringBuilder said = new StringBuilder();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread reader;

    private ServerProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    /** What a finished process left. */
    public record Ended(int status, String output) {}

    /** Starts a server on {@code data} and waits until it says that it is ready. */
    public static ServerProcess start(Path data) throws IOException, InterruptedException {
        return start(data, NodeJava.usual(), List.of("-Xmx512m"), Map.of());
    }

    /** As {@link #start(Path)}, from something else, with more options of Java and settings in the environment. */
    public static ServerProcess start(
            Path data, NodeJava java, List<String> javaOptions, Map<String, String> environment)
            throws IOException, InterruptedException {
        ServerProcess server = new ServerProcess(launch(java, javaOptions, environment,
                "run", "--data", data.toString(), "--port", "0", "--grpc-port", "0"));
        if (!server.ready.await(90, TimeUnit.SECONDS) || server.found(PORTAL) == null) {
            server.process.destroyForcibly();
            throw new AssertionError("not ready: " + server.output());
        }
        return server;
    }

    /** Runs one command to its end. */
    public static Ended run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        ServerProcess command = new ServerProcess(
                launch(NodeJava.usual(), List.of("-Xmx512m"), environment, arguments));
        if (!command.process.waitFor(90, TimeUnit.SECONDS)) {
            command.process.destroyForcibly();
            throw new AssertionError("does not end: " + command.output());
        }
        command.reader.join();
        return new Ended(command.process.exitValue(), command.output());
    }

    /** The beans of a command on {@code data}, beside a server or without one. */
    public static OpenBeans beansOf(Path data) {
        WorkspaceOptions options = new WorkspaceOptions();
        options.data = data;
        return new OpenBeans(CommandContext.open(options));
    }

    /** Where the PostgreSQL of the server on {@code data} listens. */
    public static String databaseUrl(Path data) {
        return EmbeddedPostgres.attach(DataDirectory.open(data)).orElseThrow().address().url();
    }

    /** Beans to be closed again. */
    public static final class OpenBeans implements Beans, AutoCloseable {
        private final CommandContext context;

        private OpenBeans(CommandContext context) {
            this.context = context;
        }

        @Override
        public <T> T get(Class<T> type) {
            return context.get(type);
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private static Process launch(
            NodeJava java, List<String> javaOptions, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-XX:TieredStopAtLevel=1"));
        command.addAll(java.options());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", java.classPath(), Jingshu.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                synchronized (said) {
                    said.append(line).append('\n');
                    if (said.length() > MOST_SAID) {
                        said.delete(0, MOST_SAID / 2);
                    }
                }
                if (line.contains("Ctrl-C stops it")) {
                    ready.countDown();
                }
            }
        } catch (IOException ended) {
            // The process is gone, and with it what it might still have said.
        } finally {
            ready.countDown();
        }
    }

    public String output() {
        synchronized (said) {
            return said.toString();
        }
    }

    private @Nullable String found(Pattern pattern) {
        Matcher matcher = pattern.matcher(output());
        return matcher.find() ? matcher.group(1) : null;
    }

    private String get(Pattern pattern) {
        String text = found(pattern);
        if (text == null) {
            throw new AssertionError("no " + pattern + " in " + output());
        }
        return text;
    }

    public int httpPort() {
        return Integer.parseInt(get(PORTAL));
    }

    public int grpcPort() {
        return Integer.parseInt(get(GRPC));
    }

    /** The ready key it printed. */
    public String readyKey() {
        return get(KEY);
    }

    /** kill -9. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** kill -9, without waiting until it is gone. */
    public void killNow() {
        process.destroyForcibly();
    }

    /** Sends a signal by its name, {@code STOP} for instance. */
    public void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("process " + process.pid() + " takes no " + name);
        }
    }

    /** SIGTERM, and the exit status it leaves with. */
    public int terminate() throws InterruptedException {
        process.toHandle().destroy(); // Process.destroy would close its output, and it may have something to say
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("does not end: " + output());
        }
        reader.join();
        return process.exitValue();
    }

    /** Ends whatever still runs, in peace, so that its PostgreSQL ends with it. */
    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}

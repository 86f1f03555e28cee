package cn.jingshu.marketplace.torture;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import redis.embedded.RedisExecProvider;

/** A Redis of its own that keeps nothing, to be stopped, killed, frozen and started under the nodes. */
final class RedisProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<String> command;
    private final int port;
    private Process process;

    private RedisProcess(List<String> command, int port) throws IOException {
        this.command = command;
        this.port = port;
        this.process = launch();
    }

    /** Redis' program, written to a file once. */
    private static final class Program {
        private static final File FILE = write();

        private static File write() {
            try {
                return RedisExecProvider.defaultProvider().get();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /**
     * Has the program written. To be called before cities are built side by side: a process that another one starts meanwhile holds the half-written
     * file open, and a file that is open for writing cannot be run ("Text file busy").
     */
    static void prepare() {
        Objects.requireNonNull(Program.FILE);
    }

    static RedisProcess start(Path directory) throws IOException {
        File program = Program.FILE;
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        return new RedisProcess(List.of(program.getAbsolutePath(), "--port", Integer.toString(port), "--bind", "127.0.0.1",
                "--save", "", "--appendonly", "no", "--dir", directory.toString()), port);
    }

    /** Starts it on its port, again and again while a connection of somebody else's that just ends still has that. */
    private Process launch() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Process started = begin();
        while (true) {
            try (Socket answered = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (started.isAlive()) {
                    return started;
                }
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline) {
                    started.destroyForcibly();
                    throw notYet;
                }
            }
            LockSupport.parkNanos(5_000_000);
            if (!started.isAlive()) {
                started = begin();
            }
        }
    }

    private Process begin() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** SIGTERM. */
    void stop() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Answers nothing more and keeps its connections. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("Redis takes no " + name);
        }
    }

    /** Starts it again on the port it had, empty. */
    void startAgain() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        process.destroyForcibly(); // also when it is frozen
    }
}

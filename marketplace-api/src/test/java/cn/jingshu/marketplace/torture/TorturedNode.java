package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.NodeJava;
import cn.jingshu.marketplace.runtime.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node through all its lives: one data directory, one process after the other. */
final class TorturedNode implements AutoCloseable {
    private final String name;
    private final Path data;
    private final NodeJava java;
    private final List<String> javaOptions;
    private final Map<String, String> environment;
    private @Nullable ServerProcess process;
    private volatile @Nullable Address address;

    /** Where it listens in this life. */
    record Address(int httpPort, int grpcPort) {}

    TorturedNode(
            String name, Path data, NodeJava java, List<String> javaOptions, Map<String, String> environment) {
        this.name = name;
        this.data = data;
        this.java = java;
        this.javaOptions = List.copyOf(javaOptions);
        this.environment = Map.copyOf(environment);
    }

    /** Begins a life; it is ready when this returns. */
    void start() throws IOException, InterruptedException {
        ServerProcess started = ServerProcess.start(data, java, javaOptions, environment);
        process = started;
        address = new Address(started.httpPort(), started.grpcPort());
    }

    /** kill -9. Nobody connects to it any more; what is under way breaks. */
    void kill() throws InterruptedException {
        address = null;
        running().kill();
    }

    /** SIGTERM. */
    void stop() throws InterruptedException {
        running().terminate();
        address = null;
    }

    /** Does nothing more until it is thawed, and keeps its connections. */
    void freeze() throws IOException, InterruptedException {
        running().signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        running().signal("CONT");
    }

    private ServerProcess running() {
        ServerProcess present = process;
        if (present == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return present;
    }

    /** Null: it does not run now. */
    @Nullable Address address() {
        return address;
    }

    Path journal() {
        return data.resolve("journal");
    }

    /** What the present life, or the last, has said. */
    String output() {
        return process == null ? "" : running().output();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Ends it without ceremony. */
    @Override
    public void close() {
        address = null;
        if (process != null) {
            running().killNow();
        }
    }
}

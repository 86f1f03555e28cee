package cn.jingshu.marketplace.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts one node: portal, REST, gRPC, and in the embedded mode its PostgreSQL. Ends on Ctrl-C or SIGTERM. */
@Command(name = "run", description = "Start the marketplace.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Mixin
    private WorkspaceOptions workspace = new WorkspaceOptions();

    @Option(names = "--port", description = "HTTP port (default: 8080).")
    private @Nullable Integer port;

    @Option(names = "--grpc-port", description = "gRPC port (default: 9090).")
    private @Nullable Integer grpcPort;

    @Option(names = "--gtfs", paramLabel = "FILE", description = "GTFS static zip of the transit product.")
    private @Nullable Path gtfs;

    @Option(names = "--feed", paramLabel = "FILE|URL",
            description = "GTFS-Realtime feed, vehicle positions or trip updates: file or http(s) URL. May be given several times.")
    private List<String> feeds = List.of();

    @Option(names = "--replay", paramLabel = "FILE", description = "AVL trace (CSV) replayed as if it were live.")
    private @Nullable Path replay;

    @Option(names = "--replay-speed", paramLabel = "N", description = "Trace seconds per second (default: 1).")
    private @Nullable Double replaySpeed;

    @Override
    public Integer call() throws Exception {
        StartProgress progress = new StartProgress(System.out);
        Map<String, Object> given = new LinkedHashMap<>();
        put(given, Setting.PORT, port);
        put(given, Setting.GRPC_PORT, grpcPort);
        put(given, Setting.TRANSIT_GTFS, readable(gtfs, "--gtfs"));
        if (!feeds.isEmpty()) {
            // A list, not a text with commas: an address or a file name may hold one.
            given.put(Setting.TRANSIT_FEED.key(), feeds.stream().map(feed -> feedAddress(feed, "--feed")).toList());
        }
        put(given, Setting.TRANSIT_REPLAY, readable(replay, "--replay"));
        put(given, Setting.TRANSIT_REPLAY_SPEED, replaySpeed);
        Node node = Node.start(workspace, given, progress, CommandContext.systemClock());
        Thread stopping = new Thread(node::close, "stop");
        Runtime.getRuntime().addShutdownHook(stopping);
        node.printWelcome(System.out, progress.seconds());
        Thread.currentThread().join();
        return 0;
    }

    private static void put(Map<String, Object> given, Setting setting, @Nullable Object value) {
        if (value != null) {
            given.put(setting.key(), value.toString());
        }
    }

    private static @Nullable Path readable(@Nullable Path file, String option) {
        if (file != null && !Files.isReadable(file)) {
            throw new StartFailure("The file " + file + " given with " + option + " cannot be read.");
        }
        return file == null ? null : file.toAbsolutePath();
    }

    private static String feedAddress(String address, String option) {
        if (address.startsWith("http://") || address.startsWith("https://")) {
            return address;
        }
        Path file = Path.of(address);
        readable(file, option);
        return file.toAbsolutePath().toString();
    }
}

package cn.jingshu.marketplace.scenario;

import cn.jingshu.marketplace.runtime.RunningNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node that sells the library, for every test that leaves it as it was; stopped when the JVM ends. */
public final class SharedNode {
    private static @Nullable SharedNode shared;

    public final RunningNode node;
    public final Market market;
    final UsageRecords usage;
    public final RestCaller rest;
    final GrpcCaller grpc;

    private SharedNode(Path data) {
        node = RunningNode.start(data, Clock.systemUTC(), Map.of("jingshu.proxies.trusted", "127.0.0.9"));
        market = new Market(node);
        market.sellLibrary("2", "1.5");
        usage = new UsageRecords(node);
        rest = new RestCaller(node.httpPort());
        grpc = new GrpcCaller(node.grpcPort(), node.get(cn.jingshu.products.contract.Contracts.class));
    }

    public static synchronized SharedNode get() throws IOException {
        SharedNode present = shared;
        if (present == null) {
            Path data = Files.createTempDirectory("jingshu-it-");
            present = new SharedNode(data);
            shared = present;
            RunningNode stopping = present.node;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stopping.close();
                delete(data);
            }, "stop-shared-node"));
        }
        return present;
    }

    private static void delete(Path root) {
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException left) {
            System.err.println("left behind: " + root + " (" + left + ")");
        }
    }
}

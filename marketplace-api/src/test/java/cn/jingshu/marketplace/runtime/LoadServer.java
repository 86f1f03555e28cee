package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.edge.grpc.GrpcEdge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The load form of the server ({@code docs/benchmarks/serve.sh}): a whole node with the keys of a file, and beside the
 * metered {@code GET /v1/echo} the bare handler {@code GET /benchmark/bare} of the same server; over gRPC likewise {@code
 * jingshu.echo.v1.EchoService/Echo} and {@code jingshu.benchmark.v1.BareService/Echo}.
 */
public final class LoadServer {
    private static final int NEW_KEYS = 10_000;

    private LoadServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            given.put(arguments[i], arguments[i + 1]);
        }
        if (arguments.length % 2 != 0 || !given.keySet().containsAll(java.util.Set.of("--port", "--grpc-port", "--keys", "--data"))) {
            System.err.println("--port P --grpc-port G --keys FILE --data DIR [--durability PROCESS|DISK]");
            System.exit(2);
        }
        Path keys = Path.of(given.get("--keys"));
        if (!Files.exists(keys)) {
            LoadKeys.write(keys, NEW_KEYS);
            System.out.printf("%s: %d new keys%n", keys, NEW_KEYS);
        }
        System.setProperty("benchmark.bare", "true");
        RunningNode node = RunningNode.start(Path.of(given.get("--data")), Clock.systemUTC(), Map.of(
                "jingshu.port", given.get("--port"),
                "jingshu.grpc-port", given.get("--grpc-port"),
                "jingshu.limits.answer-timeout", "30s",
                "jingshu.limits.request-timeout", "30s",
                "jingshu.journal.durability", given.getOrDefault("--durability", "PROCESS")));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
        long begun = System.nanoTime();
        int added = new LoadKeys(node).importFrom(keys);
        System.out.printf("%d keys imported in %.1f s%n", added, (System.nanoTime() - begun) / 1e9);
        System.out.printf("ready: metered http://localhost:%d/v1/echo, bare http://localhost:%d/benchmark/bare, gRPC localhost:%d%n",
                node.httpPort(), node.httpPort(), node.get(GrpcEdge.class).port());
        System.out.flush();
        new CountDownLatch(1).await();
    }
}

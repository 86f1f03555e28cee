package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.LoadKeys;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.runtime.ServerProcess;
import cn.jingshu.marketplace.runtime.StorePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is tortured: two nodes, their PostgreSQL and their Redis, each a process of its own. */
final class City implements AutoCloseable {
    static final int NODES = 2;

    final StorePostgres postgres;
    final RedisProcess redis;
    final List<TorturedNode> nodes;

    private City(StorePostgres postgres, RedisProcess redis, List<TorturedNode> nodes) {
        this.postgres = postgres;
        this.redis = redis;
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Builds and starts it.
     *
     * @param folder empty
     * @param classPath of the nodes
     * @param cached whether Java keeps what it loads in a cache (JEP 514), so that a later life begins sooner; the class
     *     path must then be jars alone
     * @param sales what its consumers may use
     */
    static City open(Path folder, String classPath, boolean cached, List<LoadKeys.Sale> sales)
            throws IOException, InterruptedException {
        Path store = folder.resolve("store");
        try (RunningNode founder = RunningNode.start(store, Clock.systemUTC(), Map.of())) {
            new LoadKeys(founder).sell(sales);
        }
        StorePostgres postgres = StorePostgres.start(store);
        City city = new City(postgres, RedisProcess.start(Files.createDirectories(folder.resolve("redis"))), new ArrayList<>());
        try {
            return city.withNodes(folder, classPath, cached);
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            city.close();
            throw failed;
        }
    }

    private City withNodes(Path folder, String classPath, boolean cached) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("-Xmx192m", "-XX:+UseSerialGC"));
        if (cached) {
            Path cache = folder.resolve("classes.aot");
            List<String> recording = new ArrayList<>(options);
            recording.add("-XX:AOTCacheOutput=" + cache);
            try (ServerProcess recorded =
                    ServerProcess.start(folder.resolve("recorded"), classPath, recording, environment("PROCESS"))) {
                recorded.terminate();
                if (!Files.exists(cache)) {
                    throw new IOException("Java made no cache: " + recorded.output());
                }
            }
            options.add("-XX:AOTCache=" + cache);
        }
        List<TorturedNode> living = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            String name = "node-" + (char) ('a' + i);
            // One node of each durability: both promise that what was answered survives kill -9.
            living.add(new TorturedNode(
                    name, folder.resolve(name), classPath, options, environment(i % 2 == 0 ? "PROCESS" : "DISK")));
        }
        City whole = new City(postgres, redis, living);
        try {
            for (TorturedNode node : living) {
                node.start();
            }
            return whole;
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            for (TorturedNode node : living) {
                node.close();
            }
            throw failed;
        }
    }

    private Map<String, String> environment(String durability) {
        Map<String, String> environment = new HashMap<>(postgres.environment());
        environment.put("JINGSHU_REDIS_URI", redis.uri());
        environment.put("JINGSHU_REDIS_NODES", Integer.toString(NODES));
        environment.put("JINGSHU_JOURNAL_DURABILITY", durability);
        environment.put("JINGSHU_LIMITS_ANSWER_TIMEOUT", "5s");
        return environment;
    }

    @Override
    public void close() throws InterruptedException {
        for (TorturedNode node : nodes) {
            node.close();
        }
        redis.close();
        postgres.close();
    }
}

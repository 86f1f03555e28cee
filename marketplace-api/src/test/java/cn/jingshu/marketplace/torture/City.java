package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.LoadKeys;
import cn.jingshu.marketplace.runtime.NodeJava;
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
import java.util.concurrent.CopyOnWriteArrayList;

/** What is tortured: two nodes, their PostgreSQL and their Redis, each a process of its own. */
final class City implements AutoCloseable {
    static final int NODES = 2;

    final StorePostgres postgres;
    final RedisProcess redis;

    /** Always the same, through all their lives. */
    final List<TorturedNode> nodes = new CopyOnWriteArrayList<>();

    private City(StorePostgres postgres, RedisProcess redis) {
        this.postgres = postgres;
        this.redis = redis;
    }

    /**
     * What is built, and what is done to it.
     *
     * @param rounds at most so many can be run
     * @param seed decides faults and moments; what the machine makes of them differs from run to run
     * @param folder empty, or not there
     * @param java what the nodes run from
     * @param cached whether Java keeps what it loads in a cache of its own (JEP 514), so that a later life begins sooner; the class
     *     path must then be jars alone
     */
    record Plan(int rounds, long seed, Path folder, NodeJava java, boolean cached) {}

    /**
     * Builds and starts it. What still runs of it when this process ends, ends with it.
     *
     * @param sales what its consumers may use
     */
    static City open(Plan plan, List<LoadKeys.Sale> sales) throws IOException, InterruptedException {
        Path folder = plan.folder();
        Path store = folder.resolve("store");
        try (RunningNode founder = RunningNode.start(store, Clock.systemUTC(), Map.of())) {
            new LoadKeys(founder).sell(sales);
        }
        StorePostgres postgres = StorePostgres.start(store);
        City city = new City(postgres, RedisProcess.start(Files.createDirectories(folder.resolve("redis"))));
        Runtime.getRuntime().addShutdownHook(new Thread(city::close, "end-city"));
        try {
            city.startNodes(folder, plan.java(), plan.cached());
            return city;
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            city.close();
            throw failed;
        }
    }

    private void startNodes(Path folder, NodeJava java, boolean cached) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("-Xmx192m", "-XX:+UseSerialGC"));
        if (cached) {
            options.add("-XX:AOTCache=" + recordCache(folder, java, options));
        }
        for (int i = 0; i < NODES; i++) {
            String name = "node-" + (char) ('a' + i);
            // One node of each durability: both promise that what was answered survives kill -9.
            TorturedNode node = new TorturedNode(
                    name, folder.resolve(name), java, options, environment(i % 2 == 0 ? "PROCESS" : "DISK"));
            nodes.add(node);
            node.start();
        }
    }

    private Path recordCache(Path folder, NodeJava java, List<String> options) throws IOException, InterruptedException {
        Path cache = folder.resolve("classes.aot");
        List<String> recording = new ArrayList<>(options);
        recording.add("-XX:AOTCacheOutput=" + cache);
        try (ServerProcess recorded =
                ServerProcess.start(folder.resolve("recorded"), java, recording, environment("PROCESS"))) {
            recorded.terminate();
            if (!Files.exists(cache)) {
                throw new IOException("Java made no cache: " + recorded.output());
            }
        }
        return cache;
    }

    private Map<String, String> environment(String durability) {
        Map<String, String> environment = new HashMap<>(postgres.environment());
        environment.put("JINGSHU_REDIS_URI", redis.uri());
        environment.put("JINGSHU_REDIS_NODES", Integer.toString(NODES));
        environment.put("JINGSHU_JOURNAL_DURABILITY", durability);
        environment.put("JINGSHU_LIMITS_ANSWER_TIMEOUT", "5s");
        return environment;
    }

    /** Ends all of it; what has ended already stays so. */
    @Override
    public synchronized void close() {
        nodes.forEach(TorturedNode::close);
        redis.close();
        postgres.close();
    }
}

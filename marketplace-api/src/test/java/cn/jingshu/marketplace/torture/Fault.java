package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.StorePostgres;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** What happens to the city in one round, while it is loaded. When it is over everything runs again. */
enum Fault implements Strike {
    /** The other node goes on. */
    ONE_NODE_KILLED("one of two nodes killed", 28, 1) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            TorturedNode node = anyNode(city, random);
            node.kill();
            pause(random, 0, 100);
            node.start();
        }
    },

    ALL_NODES_KILLED("all nodes killed", 8, 1) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            for (TorturedNode node : city.nodes) {
                node.kill();
                pause(random, 0, 30);
            }
            startTogether(city.nodes);
        }
    },

    /** Its journal then holds all that was answered since, and its leases are those of a dead run. */
    NODE_KILLED_WITHOUT_POSTGRES("a node killed while PostgreSQL is away", 12, 1) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            city.postgres.end(StorePostgres.End.FAST);
            pause(random, 50, 400);
            TorturedNode node = anyNode(city, random);
            node.kill();
            city.postgres.startAgain();
            node.start();
        }
    },

    NODE_AND_POSTGRES_KILLED("a node and PostgreSQL killed", 8, 1) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            TorturedNode node = anyNode(city, random);
            boolean nodeFirst = random.nextBoolean();
            if (nodeFirst) {
                node.kill();
            }
            city.postgres.end(StorePostgres.End.KILLED);
            if (!nodeFirst) {
                node.kill();
            }
            city.postgres.startAgain();
            node.start();
        }
    },

    /** In peace: what it has admitted is answered, the rest refused. */
    ONE_NODE_STOPPED("one of two nodes stopped", 6, 1) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            TorturedNode node = anyNode(city, random);
            node.stop();
            node.start();
        }
    },

    /** Longer than Redis and leases are waited for; nobody took its place, and it goes on where it was. */
    ONE_NODE_FROZEN("one of two nodes frozen", 6, 0) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            TorturedNode node = anyNode(city, random);
            node.freeze();
            try {
                pause(random, 100, 1_500);
            } finally {
                node.thaw();
            }
        }
    },

    POSTGRES_STOPPED("PostgreSQL stopped", 9, 0) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            withoutPostgres(city, random, StorePostgres.End.FAST);
        }
    },

    POSTGRES_STOPPED_AT_ONCE("PostgreSQL stopped at once", 8, 0) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            withoutPostgres(city, random, StorePostgres.End.IMMEDIATE);
        }
    },

    POSTGRES_KILLED("PostgreSQL killed", 9, 0) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            withoutPostgres(city, random, StorePostgres.End.KILLED);
        }
    },

    REDIS_STOPPED("Redis stopped", 6, 1) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            city.redis.stop();
            pause(random, 0, 500);
            city.redis.startAgain();
        }
    },

    REDIS_KILLED("Redis killed", 6, 1) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            city.redis.kill();
            pause(random, 0, 500);
            city.redis.startAgain();
        }
    },

    REDIS_FROZEN("Redis frozen", 6, 0) {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            city.redis.freeze();
            try {
                pause(random, 20, 500);
            } finally {
                city.redis.thaw();
            }
        }
    };

    private final String words;
    private final int weight;
    private final int extraBursts;

    Fault(String words, int weight, int extraBursts) {
        this.words = words;
        this.weight = weight;
        this.extraBursts = extraBursts;
    }

    @Override
    public int extraBursts() {
        return extraBursts;
    }

    @Override
    public String toString() {
        return words;
    }

    /** One of them, the more likely the more there is to go wrong. */
    static Fault any(RandomGenerator random) {
        int all = 0;
        for (Fault fault : values()) {
            all += fault.weight;
        }
        int at = random.nextInt(all);
        for (Fault fault : values()) {
            at -= fault.weight;
            if (at < 0) {
                return fault;
            }
        }
        throw new AssertionError("the weights add up to " + all);
    }

    private static TorturedNode anyNode(City city, RandomGenerator random) {
        return city.nodes.get(random.nextInt(city.nodes.size()));
    }

    private static void withoutPostgres(City city, RandomGenerator random, StorePostgres.End end)
            throws IOException, InterruptedException {
        city.postgres.end(end);
        pause(random, 0, 800);
        city.postgres.startAgain();
    }

    static void pause(RandomGenerator random, int leastMillis, int mostMillis) throws InterruptedException {
        TimeUnit.MICROSECONDS.sleep(random.nextLong(leastMillis * 1_000L, mostMillis * 1_000L + 1));
    }

    private static void startTogether(List<TorturedNode> nodes) throws IOException, InterruptedException {
        List<Callable<TorturedNode>> starts = nodes.stream()
                .<Callable<TorturedNode>>map(node -> () -> {
                    node.start();
                    return node;
                })
                .toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<TorturedNode> started : threads.invokeAll(starts)) {
                started.get();
            }
        } catch (ExecutionException failed) {
            throw new IOException("a node does not start again", failed.getCause());
        }
    }
}

package cn.jingshu.marketplace.torture;

import cn.jingshu.marketplace.runtime.StorePostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * What no crash does: it breaks a promise of the product behind its back, so that it can be seen that the rounds would
 * find a product that breaks it by itself.
 */
enum Sabotage implements Strike {
    /** As a journal that says "durable" before it has written: the end of what was answered is not in the file. */
    CUT_JOURNAL {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException {
            city.postgres.end(StorePostgres.End.FAST);
            TimeUnit.MILLISECONDS.sleep(500);
            TorturedNode node = city.nodes.getFirst();
            node.kill();
            cut(newestSegment(node.journal()));
            city.postgres.startAgain();
            node.start();
        }
    },

    /** As a shipper that ships a frame again under another event. */
    COPY_EVENT {
        @Override
        public void strike(City city, RandomGenerator random) throws InterruptedException, SQLException {
            TimeUnit.MILLISECONDS.sleep(1_000);
            execute(city, COPY);
        }
    },

    /** As leases that are forgotten: every node may sell the whole quota. */
    FORGET_LEASES {
        @Override
        public void strike(City city, RandomGenerator random) throws InterruptedException, SQLException {
            for (int i = 0; i < 100; i++) {
                execute(city, FORGET);
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    },

    /** As a retry that takes a call over and forgets under which event: what the dead run recorded is recorded again. */
    TAKE_OVER_ANEW {
        @Override
        public void strike(City city, RandomGenerator random) throws IOException, InterruptedException, SQLException {
            TorturedNode node = city.nodes.getFirst();
            String nodeId = Files.readString(node.journal().resolve("node-id")).strip();
            for (int attempt = 0; attempt < 100; attempt++) {
                if (killBetweenRecordAndAnswer(city, node, nodeId)) {
                    node.start();
                    TimeUnit.MILLISECONDS.sleep(1_500); // its callers try again
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
            throw new IOException("no call with an idempotency key was under way on " + node);
        }
    };

    private static final int CUT_BYTES = 2_000;
    private static final String COPY = """
            WITH copied AS (
                INSERT INTO metering.usage_event
                       (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
                        purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id,
                        sandbox, protocol)
                SELECT gen_random_uuid(), occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
                       purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id,
                       sandbox, protocol
                  FROM metering.usage_event
                 WHERE quantity > 0
                 ORDER BY occurred_at DESC
                 LIMIT 1
                RETURNING subscription_id, occurred_at, outcome, quantity
            )
            UPDATE metering.usage_hour h
               SET calls = h.calls + 1, quantity = h.quantity + c.quantity
              FROM copied c
             WHERE h.subscription_id = c.subscription_id AND h.outcome = c.outcome
               AND h.hour = date_trunc('hour', c.occurred_at)
            """;
    private static final String STOP_ANSWERS = "LOCK TABLE market.idempotent_call IN EXCLUSIVE MODE";
    private static final String RENAME = """
            UPDATE market.idempotent_call c
               SET event_id = gen_random_uuid()
              FROM market.node_life n
             WHERE n.life_id = c.running_life AND n.node_id = ? AND c.answered_at IS NULL
            """;
    private static final int RECORDED_MILLIS = 500;
    /** The whole table first: rows taken one after another cross those of a node, and one of both would be told of a deadlock. */
    private static final String FORGET = """
            LOCK TABLE metering.quota_period IN EXCLUSIVE MODE;
            UPDATE metering.quota_period SET leased_units = 0
            """;

    @Override
    public int extraBursts() {
        return 1;
    }

    /**
     * While the table of such calls is locked, one that was claimed is recorded and cannot be answered: then its node dies.
     *
     * @return false: none was under way there, and the node lives
     */
    private static boolean killBetweenRecordAndAnswer(City city, TorturedNode node, String nodeId)
            throws SQLException, InterruptedException {
        try (Connection connection = city.postgres.connect();
                Statement statement = connection.createStatement();
                PreparedStatement rename = connection.prepareStatement(RENAME)) {
            connection.setAutoCommit(false);
            statement.execute(STOP_ANSWERS);
            rename.setString(1, nodeId);
            if (rename.executeUpdate() == 0) {
                connection.rollback();
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(RECORDED_MILLIS);
            node.kill();
            connection.commit();
            return true;
        }
    }

    private static Path newestSegment(Path journal) throws IOException {
        try (Stream<Path> files = Files.list(journal)) {
            List<Path> segments = files.filter(file -> file.getFileName().toString().endsWith(".journal"))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .toList();
            return segments.getLast();
        }
    }

    private static void cut(Path segment) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - CUT_BYTES);
        }
    }

    private static void execute(City city, String sql) throws SQLException {
        try (Connection connection = city.postgres.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.commit();
        }
    }
}

package cn.jingshu.metering;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.usage.ShippedBatch;
import cn.jingshu.metering.usage.ShippedBatches;
import java.nio.file.Path;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage that was shipped under an earlier schema. */
final class MeteringSchemaIT {
    @TempDir
    private Path root;

    @Test
    void whatWasShippedBeforeIsBatchedAsItStands() throws Exception {
        Postgres postgres = new Postgres(root.resolve("postgres"));
        try {
            DataSource dataSource = postgres.dataSource();
            Flyway.configure(MeteringSchema.class.getClassLoader())
                    .dataSource(dataSource).schemas("metering").defaultSchema("metering").table("schema_history")
                    .locations("classpath:db/metering").target("50").load().migrate();
            Postgres.run(dataSource, """
                SELECT metering.ensure_usage_partition(date '2026-11-01');
                INSERT INTO metering.usage_event (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
                       purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol)
                SELECT gen_random_uuid(), timestamptz '2026-11-23 12:00:00.123456+08', 'node-old', i, gen_random_uuid(), gen_random_uuid(),
                       '公交', 'ListVehicles', 'INDUSTRY', 'ANSWERED', 'CALL', 1, 200, 5, 6, 'r' || i, false, 'REST'
                  FROM generate_series(1, 10500) AS i WHERE i <> 7;
                INSERT INTO metering.journal_position (node_id, next_sequence) VALUES ('node-old', 10501), ('node-new', 1)
                """);

            MeteringSchema.migrate(dataSource);

            ShippedBatches batches = new ShippedBatches(dataSource);
            assertThat(batches.listNodes()).containsExactly("node-new", "node-old");
            assertThat(batches.listAfter(Map.of("node-old", 0L, "node-new", 0L), 10))
                    .extracting(ShippedBatch::number, ShippedBatch::firstSequence, ShippedBatch::nextSequence, ShippedBatch::events)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(1L, 1L, 10_001L, 9_999L),
                            org.assertj.core.groups.Tuple.tuple(2L, 10_001L, 10_501L, 500L));
            assertThat(batches.listAltered("node-old", 0, 2)).isEmpty();
        } finally {
            postgres.close();
        }
    }
}

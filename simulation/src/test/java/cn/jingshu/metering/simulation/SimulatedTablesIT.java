package cn.jingshu.metering.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.journal.ModelAgainstPostgres;
import cn.jingshu.metering.journal.SimulatedEventTables;
import cn.jingshu.metering.quota.LeasesAgainstPostgres;
import cn.jingshu.metering.quota.SimulatedLeaseTables;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The simulated tables answer as the real ones do: the same random questions put to both. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SimulatedTablesIT {
    private static final long SEED = 20_261_123;

    @TempDir
    private static Path root;

    private EmbeddedPostgres postgres;

    @BeforeAll
    void start() throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setDataDirectory(root.resolve("postgres"))
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        MeteringSchema.migrate(postgres.getPostgresDatabase());
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    @Test
    void theModelAnswersAsPostgresDoes() throws Exception {
        Random random = new Random(SEED);
        SimulatedEventTables events = new SimulatedEventTables(SimulatedEventTables.Lie.NONE);
        SimulatedLeaseTables leases = new SimulatedLeaseTables(SimulatedLeaseTables.Lie.NONE, events);
        SimulatedLeaseTables money = new SimulatedLeaseTables(SimulatedLeaseTables.Lie.NONE, events, true);
        ModelAgainstPostgres shipping =
                new ModelAgainstPostgres(events, postgres.getPostgresDatabase(), SimulatedProcess.observer(), random);
        LeasesAgainstPostgres quotas =
                new LeasesAgainstPostgres(leases, postgres.getPostgresDatabase(), SimulatedProcess.observer(), random, false);
        LeasesAgainstPostgres budgets =
                new LeasesAgainstPostgres(money, postgres.getPostgresDatabase(), SimulatedProcess.observer(), random, true);
        for (int i = 0; i < 500; i++) {
            String where = "seed " + SEED + ", step " + i;
            switch (random.nextInt(5)) {
                case 0 -> shipping.step(where);
                case 1, 2 -> quotas.step(where);
                default -> budgets.step(where);
            }
        }
        assertThat(shipping.repeated()).as("events stored before were among them").isPositive();
        assertThat(quotas.refused()).as("leases were refused").isPositive();
        assertThat(quotas.late()).as("questions came after later ones").isPositive();
        assertThat(quotas.freed()).as("settlements freed units").isPositive();
        assertThat(leases.adds()).isTrue();
        assertThat(budgets.refused()).as("money was refused").isPositive();
        assertThat(budgets.noted()).as("what was used was found stored").isPositive();
        assertThat(budgets.freed()).as("settlements freed money").isPositive();
        assertThat(money.adds()).isTrue();
    }
}

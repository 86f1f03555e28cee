package cn.jingshu.metering.quota;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.quota.LeaseStore.Grant;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;

/** The same questions about leases put to the model and to PostgreSQL, which must answer alike. */
public final class LeasesAgainstPostgres {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);

    private final SimulatedLeaseTables tables;
    private final DataSource dataSource;
    private final SimulatedProcess process;
    private final Random random;
    private final UUID[] runs = {new UUID(4, 0), new UUID(4, 1), new UUID(4, 2)};
    private final Map<String, Long> held = new HashMap<>();
    private int refused;
    private long freed;

    public LeasesAgainstPostgres(
            SimulatedLeaseTables tables, DataSource dataSource, SimulatedProcess process, Random random) {
        this.tables = tables;
        this.dataSource = dataSource;
        this.process = process;
        this.random = random;
    }

    public int refused() {
        return refused;
    }

    public long freed() {
        return freed;
    }

    /** Asks both one question. */
    public void step(String where) throws SQLException {
        int node = random.nextInt(runs.length);
        LeaseStore model = tables.reachedBy(process, "node-" + node, runs[node]);
        LeaseStore postgres = new LeaseBook(dataSource, "node-" + node, runs[node]);
        UUID subscription = new UUID(5, random.nextInt(4));
        String holder = node + "/" + runs[node] + "/" + subscription;
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> {
                long limit = random.nextLong(20, 800);
                long need = random.nextLong(1, 30);
                QuotaSettings settings = QuotaSettings.USUAL;
                Grant grant = model.lease(subscription, NOVEMBER, limit, need, settings);
                assertThat(postgres.lease(subscription, NOVEMBER, limit, need, settings)).as(where).isEqualTo(grant);
                held.merge(holder, grant.granted(), Long::sum);
                refused += grant.granted() == 0 ? 1 : 0;
            }
            case 4, 5 -> {
                long mine = held.getOrDefault(holder, 0L);
                if (mine > 0) {
                    long units = random.nextLong(1, mine + 1);
                    assertThat(model.giveBack(subscription, NOVEMBER, units))
                            .as(where)
                            .isEqualTo(postgres.giveBack(subscription, NOVEMBER, units));
                    held.put(holder, mine - units);
                }
            }
            case 6 -> {
                assertThat(model.leased(subscription, NOVEMBER))
                        .as(where)
                        .isEqualTo(postgres.leased(subscription, NOVEMBER));
                List<LeaseStore.Key> some = List.of(
                        new LeaseStore.Key(subscription, NOVEMBER), new LeaseStore.Key(new UUID(6, 0), NOVEMBER));
                assertThat(model.leased(some)).as(where).isEqualTo(postgres.leased(some));
            }
            default -> {
                if (random.nextBoolean()) {
                    runs[node] = new UUID(4, random.nextLong()); // the node starts again
                    model = tables.reachedBy(process, "node-" + node, runs[node]);
                    postgres = new LeaseBook(dataSource, "node-" + node, runs[node]);
                }
                long known = number(
                        "SELECT COALESCE(max(next_sequence), 1) FROM metering.journal_position WHERE node_id = 'node-%d'"
                                .formatted(node));
                long first = known + random.nextInt(-1, 2); // now and then not shipped that far
                Optional<Long> settled = model.settleEarlierRuns(first);
                assertThat(postgres.settleEarlierRuns(first)).as(where).isEqualTo(settled);
                freed += settled.orElse(0L);
            }
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}

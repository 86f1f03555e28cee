package cn.jingshu.metering.quota;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.quota.LeaseStore.Grant;
import cn.jingshu.metering.quota.LeaseStore.Held;
import cn.jingshu.metering.quota.LeaseStore.Key;
import cn.jingshu.metering.quota.LeaseStore.Return;
import cn.jingshu.metering.quota.LeaseStore.Wish;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The same questions about leases put to the model and to PostgreSQL, which must answer alike. */
public final class LeasesAgainstPostgres {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);

    private final SimulatedLeaseTables tables;
    private final DataSource dataSource;
    private final SimulatedProcess process;
    private final Random random;
    private final boolean budgets;
    private final UUID[] runs = {new UUID(4, 0), new UUID(4, 1), new UUID(4, 2)};
    private final Map<String, Long> recorded = new HashMap<>();
    private int noted;
    private final Map<String, Long> held = new HashMap<>();
    private final Map<String, Long> questions = new HashMap<>();
    private int refused;
    private int late;
    private long freed;

    /** @param budgets whether {@code tables} are of budgets */
    public LeasesAgainstPostgres(
            SimulatedLeaseTables tables, DataSource dataSource, SimulatedProcess process, Random random, boolean budgets) {
        this.budgets = budgets;
        this.tables = tables;
        this.dataSource = dataSource;
        this.process = process;
        this.random = random;
    }

    public int refused() {
        return refused;
    }

    /** Questions that came after a later one. */
    public int late() {
        return late;
    }

    public long freed() {
        return freed;
    }

    /** Units of budgets that were found stored. */
    public int noted() {
        return noted;
    }

    /** Asks both one question. */
    public void step(String where) throws SQLException {
        int node = random.nextInt(runs.length);
        LeaseStore model = tables.reachedBy(process, "node-" + node, runs[node]);
        LeaseStore postgres = new LeaseBook(dataSource, "node-" + node, runs[node], budgets);
        UUID subscription = anyone();
        if (budgets && random.nextInt(3) == 0) {
            reckonOrNote(where, node, subscription, model, postgres);
            return;
        }
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> {
                List<Wish> wishes = new ArrayList<>();
                for (UUID one : some(subscription)) {
                    wishes.add(new Wish(new Key(one, NOVEMBER), question(node, one), random.nextLong(20, 800), random.nextLong(0, 30),
                            random.nextLong(1, 200), random.nextInt(1, 9), random.nextInt(4) == 0 ? random.nextLong(1, 20) : 0));
                }
                List<@Nullable Grant> grants = model.lease(wishes);
                assertThat(postgres.lease(wishes)).as(where).isEqualTo(grants);
                for (int i = 0; i < wishes.size(); i++) {
                    Wish wish = wishes.get(i);
                    Grant grant = grants.get(i);
                    if (grant == null) {
                        late++;
                        continue;
                    }
                    held.put(holder(node, wish.key().subscriptionId()), grant.held().byThisRun());
                    refused += grant.granted() == 0 && wish.need() > 0 ? 1 : 0;
                }
            }
            case 4, 5 -> {
                Map<Key, Return> units = new HashMap<>();
                for (UUID one : some(subscription)) {
                    long mine = held.getOrDefault(holder(node, one), 0L);
                    if (mine > 0) {
                        units.put(new Key(one, NOVEMBER),
                                new Return(questions.merge(holder(node, one), 1L, Long::sum), random.nextLong(1, mine + 1)));
                    }
                }
                if (!units.isEmpty()) {
                    Map<Key, Held> left = model.giveBack(units);
                    assertThat(left).as(where).isEqualTo(postgres.giveBack(units));
                    left.forEach((key, still) -> held.put(holder(node, key.subscriptionId()), still.byThisRun()));
                }
            }
            case 6 -> {
                List<Key> some = List.of(new Key(subscription, NOVEMBER), new Key(new UUID(6, 0), NOVEMBER));
                assertThat(model.leased(some)).as(where).isEqualTo(postgres.leased(some));
            }
            default -> {
                if (random.nextBoolean()) {
                    runs[node] = new UUID(4, random.nextLong()); // the node starts again
                    model = tables.reachedBy(process, "node-" + node, runs[node]);
                    postgres = new LeaseBook(dataSource, "node-" + node, runs[node], budgets);
                }
                long first = position(node) + random.nextInt(-1, 2); // now and then not shipped that far
                Optional<Long> settled = model.settleEarlierRuns(first);
                assertThat(postgres.settleEarlierRuns(first)).as(where).isEqualTo(settled);
                freed += settled.orElse(0L);
            }
        }
    }

    private void reckonOrNote(String where, int node, UUID account, LeaseStore model, LeaseStore postgres) throws SQLException {
        Budgets reckoned = new Budgets(dataSource);
        if (random.nextInt(3) == 0) {
            long stored = tables.stored(new SimulatedLeaseTables.Quota(account, NOVEMBER));
            assertThat(reckoned.stored(NOVEMBER, List.of(account)).getOrDefault(account, 0L)).as(where).isEqualTo(stored);
            long free = stored - random.nextLong(0, 60);
            tables.free(new SimulatedLeaseTables.Quota(account, NOVEMBER), free);
            reckoned.free(NOVEMBER, Map.of(account, Budgets.Freed.anyhow(free)));
            noted += stored > 0 ? 1 : 0;
            return;
        }
        Map<Key, Long> used = new HashMap<>();
        for (UUID one : some(account)) {
            long mine = held.getOrDefault(holder(node, one), 0L);
            long more = recorded.merge(holder(node, one), random.nextLong(0, 6), Long::sum);
            recorded.put(holder(node, one), Math.min(mine, more));
            used.put(new Key(one, NOVEMBER), Math.min(mine, more));
        }
        long before = position(node) + random.nextInt(-1, 4);
        boolean last = random.nextInt(10) == 0;
        Map<Key, Long> stored = model.noteRecorded(used, Math.max(1, before), last);
        assertThat(postgres.noteRecorded(used, Math.max(1, before), last)).as(where).isEqualTo(stored);
    }

    private long position(int node) throws SQLException {
        return number("SELECT COALESCE(max(next_sequence), 1) FROM metering.journal_position WHERE node_id = 'node-%d'".formatted(node));
    }

    private UUID anyone() {
        return new UUID(budgets ? 9 : 5, random.nextInt(4));
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** One to three subscriptions, {@code first} among them. */
    private Set<UUID> some(UUID first) {
        Set<UUID> some = new LinkedHashSet<>(List.of(first));
        for (int i = random.nextInt(3); i > 0; i--) {
            some.add(anyone());
        }
        return some;
    }

    /** The next number of a question; now and then one that comes too late. */
    private long question(int node, UUID subscription) {
        String holder = holder(node, subscription);
        long last = questions.getOrDefault(holder, 0L);
        if (last > 0 && random.nextInt(12) == 0) {
            return last;
        }
        questions.put(holder, last + 1);
        return last + 1;
    }

    private String holder(int node, UUID subscription) {
        return node + "/" + runs[node] + "/" + subscription;
    }
}

package cn.jingshu.metering.quota;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * What is known of budgets in money besides their leases: how much of what nodes took is used by events that are stored, and how
 * much of it counts no longer since those events cost less. Whoever knows prices reckons it, from time to time.
 *
 * <p>For any moment let {@code stored} be asked first, then what all usage stored since costs, {@code cost}, rounded up and with whatever
 * the next unit may cost beyond what is taken for it; then {@code stored - cost} may be freed, whoever reckons and however late: all that
 * is taken and not in {@code stored} fits between {@code cost} and the limit, and what is not stored costs no more than was taken for it.
 * Of a limit that is known more may be freed, as long as what can be used with it fits.
 */
public final class Budgets {
    private static final String STORED = """
        SELECT l.subscription_id,
               CAST(sum(CASE WHEN l.recorded_before <= coalesce(j.next_sequence, 1) THEN l.recorded_units ELSE l.stored_units END)
                    AS bigint) AS stored_units
          FROM metering.quota_lease l
          JOIN metering.quota_period p ON p.subscription_id = l.subscription_id AND p.period = l.period
          LEFT JOIN metering.journal_position j ON j.node_id = l.node_id
         WHERE l.subscription_id = ANY (?) AND l.period = ? AND p.budget
         GROUP BY l.subscription_id
        """;

    private static final String FREE = """
        INSERT INTO metering.quota_period AS p (subscription_id, period, budget, freed_units, freed_for_limit, freed_anyhow)
        SELECT account_id, CAST(? AS date), true, freed_units, for_limit, anyhow
          FROM unnest(?, ?, ?, ?) AS reckoned (account_id, freed_units, for_limit, anyhow)
         ORDER BY account_id
            ON CONFLICT ON CONSTRAINT quota_period_pk DO UPDATE
           SET freed_units = EXCLUDED.freed_units, freed_for_limit = EXCLUDED.freed_for_limit, freed_anyhow = EXCLUDED.freed_anyhow
         WHERE p.budget AND (p.freed_units, p.freed_for_limit, p.freed_anyhow)
                            IS DISTINCT FROM (EXCLUDED.freed_units, EXCLUDED.freed_for_limit, EXCLUDED.freed_anyhow)
        """;

    private final DataSource dataSource;

    public Budgets(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Thousandths of a fen that were taken for events which are stored, of all runs of all nodes.
     *
     * @return for each account of which anything was ever leased in the month
     */
    public Map<UUID, Long> stored(YearMonth month, Collection<UUID> accountIds) throws SQLException {
        Map<UUID, Long> stored = new HashMap<>();
        try (Connection connection = dataSource.getConnection(); PreparedStatement ask = connection.prepareStatement(STORED)) {
            ask.setArray(1, connection.createArrayOf("uuid", accountIds.toArray()));
            ask.setObject(2, month.atDay(1));
            try (ResultSet row = ask.executeQuery()) {
                while (row.next()) {
                    stored.put(row.getObject("subscription_id", UUID.class), row.getLong("stored_units"));
                }
            }
        }
        return stored;
    }

    /**
     * How much of what was taken counts no longer, in thousandths of a fen; below zero: so much counts besides what is taken.
     *
     * @param anyhow whatever the limit
     * @param limit what {@code units} were reckoned for
     * @param units where the limit is {@code limit}; at least {@code anyhow}. Leases up to {@code limit + units} fit every higher limit too
     */
    public record Freed(long anyhow, long limit, long units) {
        public Freed {
            if (units < anyhow) {
                throw new IllegalArgumentException("less than holds for every limit");
            }
        }

        /** What holds for every limit alike. */
        public static Freed anyhow(long units) {
            return new Freed(units, 0, units);
        }
    }

    /**
     * Says how much of what was taken counts no longer, from now on; until that is said once nothing is leased of a budget.
     *
     * @param freed by account
     */
    public void free(YearMonth month, Map<UUID, Freed> freed) throws SQLException {
        List<Map.Entry<UUID, Freed>> all = List.copyOf(freed.entrySet());
        try (Connection connection = dataSource.getConnection(); PreparedStatement free = connection.prepareStatement(FREE)) {
            free.setObject(1, month.atDay(1));
            free.setArray(2, connection.createArrayOf("uuid", all.stream().map(Map.Entry::getKey).toArray()));
            free.setArray(3, connection.createArrayOf("bigint", all.stream().map(each -> each.getValue().units()).toArray()));
            free.setArray(4, connection.createArrayOf("bigint", all.stream().map(each -> each.getValue().limit()).toArray()));
            free.setArray(5, connection.createArrayOf("bigint", all.stream().map(each -> each.getValue().anyhow()).toArray()));
            free.executeUpdate();
        }
    }
}

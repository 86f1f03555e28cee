package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How long what was loaded is fresh: what was, what is set, and what a delivery without changes renews (decision 0075). */
public final class LoadFreshness {
    private static final String STANDS = """
            SELECT loaded_at, coalesce(confirmed_at, loaded_at) AS confirmed_at, synthetic, stale_from
              FROM domain_keeping.newest_load
             WHERE table_name = ?
            """;
    private static final String REAL = """
            SELECT table_name FROM domain_keeping.newest_load WHERE NOT synthetic ORDER BY table_name
            """;
    private static final String CONFIRM = """
            UPDATE domain_keeping.newest_load SET confirmed_at = ?, stale_from = ? WHERE table_name = ? AND NOT synthetic
            """;
    private static final String RECKON = """
            UPDATE domain_keeping.newest_load AS n
               SET stale_from = coalesce(n.confirmed_at, n.loaded_at) + pg_catalog.make_interval(secs => CAST(? AS double precision))
             WHERE n.table_name = ? AND NOT n.synthetic
               AND n.stale_from IS DISTINCT FROM coalesce(n.confirmed_at, n.loaded_at) + pg_catalog.make_interval(secs => CAST(? AS double precision))
            """;

    private final LoadHistory history;
    private final Clock clock;

    LoadFreshness(LoadHistory history, Clock clock) {
        this.history = history;
        this.clock = clock;
    }

    /**
     * How fresh a table is.
     *
     * @param loadedAt when its newest rows came
     * @param confirmedAt when its source was last found to say the same, or gave the rows
     * @param synthetic they are made up, and do not grow stale
     * @param staleFrom null: it does not grow stale
     */
    public record Fresh(Instant loadedAt, Instant confirmedAt, boolean synthetic, @Nullable Instant staleFrom) {}

    /** How fresh a table is; empty: nothing was loaded yet. */
    public Optional<Fresh> find(ResourceTable table) {
        return history.with(connection -> {
            try (PreparedStatement statement = LoadHistory.prepared(connection, STANDS, table.name()); ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Timestamp stale = row.getTimestamp("stale_from");
                return Optional.of(new Fresh(row.getTimestamp("loaded_at").toInstant(), row.getTimestamp("confirmed_at").toInstant(),
                        row.getBoolean("synthetic"), stale == null ? null : stale.toInstant()));
            }
        });
    }

    /**
     * Sets how long a table stays fresh, from now on and of what is there, beside the other rules that are stated for it.
     *
     * @param freshFor null: as long as its resource's update cycle allows
     */
    public void set(ResourceTable table, @Nullable Duration freshFor, String by) {
        history.declareFreshFor(table, freshFor, by);
    }

    /**
     * Reckons anew from when on tables are stale, for the catalogue and the numbers of policy may say another cycle than when they were loaded.
     *
     * @param find a table by its name
     */
    public void reckon(Function<String, Optional<ResourceTable>> find) {
        List<String> real = history.with(connection -> {
            List<String> names = new ArrayList<>();
            try (PreparedStatement statement = LoadHistory.prepared(connection, REAL); ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString("table_name"));
                }
            }
            return names;
        });
        real.stream().map(find).flatMap(Optional::stream).forEach(table -> {
            Duration freshFor = history.rulesOf(table).freshFor();
            history.with(connection -> reckon(connection, table, freshFor));
        });
    }

    /** @param freshFor null: it does not grow stale */
    static int reckon(Connection connection, ResourceTable table, @Nullable Duration freshFor) throws SQLException {
        Double seconds = freshFor == null ? null : freshFor.toMillis() / 1_000.0;
        return LoadHistory.change(connection, RECKON, seconds, table.name(), seconds);
    }

    /** That the source of a load says the same still, so that its table is as fresh as if it had come now; nothing if the table holds what came later. */
    public void confirm(ResourceTable table, UUID load) {
        Duration freshFor = history.rulesOf(table).freshFor();
        history.with(connection -> LoadHistory.current(connection, table.name()).filter(each -> each.id().equals(load)).isPresent()
                && confirm(connection, table, freshFor) > 0);
    }

    int confirm(Connection connection, ResourceTable table, @Nullable Duration freshFor) throws SQLException {
        Instant now = clock.instant();
        return LoadHistory.change(connection, CONFIRM, now, freshFor == null ? null : now.plus(freshFor), table.name());
    }
}

package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.time.Clock;
import java.time.Duration;

/** A node's access table and what renews it, as they are; one turn after another when a simulation says so. */
public final class SteppedAccess {
    private final AccessRefresh refresh;

    public SteppedAccess(SimulatedAccessTables tables, SimulatedProcess process, SimulatedAccessTables.Carrier carrier,
            Lineage lineage, Duration pollEvery, Duration retryAfter, Clock clock) {
        this.refresh = new AccessRefresh(tables.announcedTo(process, carrier), tables.reachedBy(process), () -> lineage, pollEvery,
                retryAfter, clock);
    }

    /** One turn of the thread that renews the table; false: it failed. */
    public boolean turn() {
        return refresh.turn(Duration.ZERO);
    }

    public LatestAccess latest() {
        return refresh.latest();
    }

    /** Whether a table was read. */
    public boolean ready() {
        return refresh.latest().table() != null;
    }

    /** Whether the table in use shows this key as revoked. */
    public boolean showsRevoked(ApiKey key, Pepper pepper) {
        AccessTable table = refresh.latest().table();
        AccessTable.KeyEntry entry = table == null ? null : table.keys().get(pepper.hash(key));
        return entry != null && entry.revokedAt() != null;
    }
}

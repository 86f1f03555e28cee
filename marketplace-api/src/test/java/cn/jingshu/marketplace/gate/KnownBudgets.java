package cn.jingshu.marketplace.gate;

import java.util.Map;
import java.util.UUID;

/** The hard budgets a running node knows at this moment, for tests that wait until it has heard of one. */
public final class KnownBudgets {
    private KnownBudgets() {}

    /** By consumer, in thousandths of a fen a month; empty also before the node's first table. */
    public static Map<UUID, Long> of(AccessRefresh refresh) {
        AccessTable table = refresh.latest().table();
        return table == null ? Map.of() : table.budgets();
    }
}

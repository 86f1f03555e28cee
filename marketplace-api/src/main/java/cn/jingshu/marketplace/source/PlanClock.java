package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;

/** The one clock by which all nodes plan and lease runs: theirs may differ, so it is the database's. */
@FunctionalInterface
interface PlanClock {
    Instant now(Transaction transaction) throws SQLException;

    /** What PostgreSQL's clock says at the moment of asking, not when the transaction began: it may have waited for a row. */
    static PlanClock ofDatabase() {
        return transaction -> transaction.find("SELECT clock_timestamp() AS moment", row -> row.instant("moment")).orElseThrow();
    }
}

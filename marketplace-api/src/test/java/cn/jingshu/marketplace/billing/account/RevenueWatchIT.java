package cn.jingshu.marketplace.billing.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.LedgerSchema;
import cn.jingshu.marketplace.billing.RevenueGauge;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.MarketBeans;
import cn.jingshu.metering.MeteringSchema;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RevenueWatchIT {
    private static final Clock NOVEMBER = Clock.fixed(Instant.parse("2026-11-23T04:00:00Z"), ZoneOffset.UTC);
    private static final Clock NEXT_YEAR = Clock.fixed(Instant.parse("2027-01-02T04:00:00Z"), ZoneOffset.UTC);

    private final DemoMarket market = new DemoMarket();

    @AutoClose
    private final MarketBeans beans = market.beans();

    private RevenueWatch node(Clock clock) {
        return new RevenueWatch(beans.get(RevenueGauge.class), beans.get(PermittedRevenues.class), beans.get(Notifications.class),
                beans.get(Database.class), clock);
    }

    private void run(String sql) throws Exception {
        try (Connection connection = market.dataSource.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Of several nodes one looks, and the others say what it found; who dies while looking is waited for, and not for ever. */
    @Test
    void oneNodeLooksAndTheOthersTakeOverWhatItFound() throws Exception {
        LedgerSchema.migrate(market.dataSource);
        MeteringSchema.migrate(market.dataSource);
        RevenueWatch one = node(NOVEMBER);
        RevenueWatch other = node(NOVEMBER);
        assertThat(one.lookInTurn()).isTrue();
        assertThat(other.lookInTurn()).as("somebody looked just now").isFalse();
        assertThat(one.lookInTurn()).isFalse();
        assertThat(other.portionOfPermitted()).as("no permitted revenue is signed").isEqualTo(-1);

        run("UPDATE market.revenue_look SET portion = 0.8125");
        assertThat(other.lookInTurn()).isFalse();
        assertThat(other.portionOfPermitted()).isEqualTo(0.8125);
        RevenueWatch later = node(NEXT_YEAR);
        assertThat(later.lookInTurn()).isFalse();
        assertThat(later.portionOfPermitted()).as("it is of another year").isEqualTo(-1);

        run("UPDATE market.revenue_look SET looked_at = now() - interval '1 hour', leased_until = now() + interval '1 minute'");
        assertThat(other.lookInTurn()).as("another node is at it").isFalse();
        run("UPDATE market.revenue_look SET leased_until = now() - interval '1 second'");
        assertThat(other.lookInTurn()).as("that node died").isTrue();
        assertThat(one.lookInTurn()).isFalse();
    }

    /** A look that failed is no look: the next node has its turn at once. */
    @Test
    void aTurnWhoseLookFailedIsGivenBack() throws Exception {
        LedgerSchema.migrate(market.dataSource);
        MeteringSchema.migrate(market.dataSource);
        RevenueWatch one = node(NOVEMBER);
        run("ALTER TABLE market.permitted_revenue RENAME TO permitted_revenue_away");
        assertThatThrownBy(one::lookInTurn).hasMessageContaining("permitted_revenue");
        run("ALTER TABLE market.permitted_revenue_away RENAME TO permitted_revenue");
        assertThat(node(NOVEMBER).lookInTurn()).isTrue();
    }
}

package cn.jingshu.marketplace.billing.account;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whatever is owed for an act and not for a call has its consumer looked at anew. */
class SpendWatchIT {
    private final DemoMarket market = new DemoMarket();
    private final UUID studio = DemoMarket.organisation("APP_STUDIO");

    private String version(Instant now) {
        return market.database.inTransaction(t -> SpendWatch.watched(t, now)).stream()
                .filter(each -> each.organisationId().equals(studio))
                .map(SpendWatch.Watched::version)
                .findFirst().orElseThrow();
    }

    @Test
    void theVersionOfAConsumerChangesWithWhatItOwesForAnAct() {
        Instant now = DemoMarket.OPENED.plusSeconds(60);
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.consumer_account (organisation_id, budget_fen, budget_hard, budget_set_by, budget_set_at)
                VALUES ('%s', 5000, true, '%s', now())
                """.formatted(studio, DemoMarket.person("AUTHORITY")));
        String before = version(now);
        assertThat(version(now)).as("nothing happened").isEqualTo(before);
        assertThat(version(now.plus(Duration.ofDays(4_000)))).as("every use has ended").isNotEqualTo(before);

        UUID subscription = DemoMarket.subscription("APP_STUDIO", "transit-standard");
        MarketDatabase.execute(market.dataSource, "UPDATE market.subscription SET plan_id = plan_id WHERE id = '" + subscription + "'");
        String changed = version(now);
        assertThat(changed).as("a subscription was written").isNotEqualTo(before);
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.price_ceiling (id, product_code, operation, fen_per_unit, effective_from, citation, set_by, set_at)
                VALUES (gen_random_uuid(), 'transit', '*', 1, '%s', '测试', '%s', now())
                """.formatted(now, DemoMarket.person("AUTHORITY")));
        assertThat(version(now)).as("a price was published").isNotEqualTo(changed);
        assertThat(version(now)).as("and begins").isNotEqualTo(version(now.minusSeconds(1)));
    }
}

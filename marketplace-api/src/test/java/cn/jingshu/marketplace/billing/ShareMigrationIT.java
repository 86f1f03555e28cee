package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.share.ShareScore;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.store.MarketSchema;
import java.time.Clock;
import java.time.YearMonth;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** Shares that were entered as weights, before they were proposed. */
class ShareMigrationIT {
    private static final String OPERATOR = DemoMarket.organisation("OPERATOR").toString();
    private static final String MERCHANT = DemoMarket.organisation("TRANSIT_MERCHANT").toString();

    @Test
    void weightsOfBeforeAreCarriedOverAsAgreedSharesThatRecompute() {
        DataSource dataSource = MarketDatabase.named("market_before_shares", "template1");
        Flyway.configure(MarketSchema.class.getClassLoader())
                .dataSource(dataSource).schemas("market").defaultSchema("market").locations("classpath:db/market").target("61")
                .load().migrate();
        for (String party : List.of(OPERATOR, MERCHANT)) {
            MarketDatabase.execute(dataSource, """
                    INSERT INTO market.organisation (id, uscc, name_zh, name_en, kinds, status, synthetic, joined_at)
                    VALUES ('%s', '91420800DEM0000%sX', 'x', 'x', ARRAY['%s'], 'ACTIVE', true, '2026-01-01T00:00:00Z')
                    """.formatted(party, party.equals(OPERATOR) ? "4A" : "5A", party.equals(OPERATOR) ? "OPERATOR" : "MERCHANT"));
        }
        MarketDatabase.execute(dataSource, """
                INSERT INTO market.person (id, organisation_id, sign_in_name, display_name, password_hash, roles, created_at)
                VALUES ('%s', '%s', 'a', 'a', '$argon2id$x', ARRAY[]::text[], '2026-01-01T00:00:00Z')
                """.formatted(DemoMarket.person("AUTHORITY"), OPERATOR));
        weight(dataSource, "transit", OPERATOR, "55.500000", "2026-10-01");
        weight(dataSource, "transit", MERCHANT, "44.500000", "2026-10-01");
        weight(dataSource, "transit", MERCHANT, "0.25", "2026-12-01");
        weight(dataSource, "nothing", MERCHANT, "0", "2026-10-01");

        MarketSchema.migrate(dataSource);

        RevenueShares shares = new RevenueShares(new Database(dataSource), Clock.systemUTC());
        assertThat(shares.listInForce(YearMonth.of(2026, 9))).isEmpty();
        ShareProposal october = shares.listInForce(YearMonth.of(2026, 11)).getFirst();
        assertThat(october.record().findFault()).isEmpty();
        assertThat(october.inputs().basis().source()).isEqualTo("商定 \"甲\"");
        assertThat(october.proposedBy()).isNull();
        assertThat(october.record().result().portions()).containsExactlyInAnyOrder(
                new ShareScore.PartyPortion(OPERATOR, Portion.of(111, 200)), new ShareScore.PartyPortion(MERCHANT, Portion.of(89, 200)));
        ShareProposal december = shares.listInForce(YearMonth.of(2027, 1)).getFirst();
        assertThat(december.record().findFault()).as("the operator is added with nothing").isEmpty();
        assertThat(december.inputs().operator()).isEqualTo(OPERATOR);
        assertThat(december.record().result().portions()).containsExactlyInAnyOrder(
                new ShareScore.PartyPortion(OPERATOR, Portion.NONE), new ShareScore.PartyPortion(MERCHANT, Portion.WHOLE));
        assertThat(shares.list(null, null, 10)).hasSize(2);
    }

    private static void weight(DataSource dataSource, String product, String party, String weight, String from) {
        MarketDatabase.execute(dataSource, """
                INSERT INTO market.revenue_share (id, product_code, party_id, weight, effective_from, approved_by, approved_at, reason)
                VALUES (gen_random_uuid(), '%s', '%s', %s, '%s', '%s', '2026-10-05T00:00:00Z', '商定 "甲"')
                """.formatted(product, party, weight, from, DemoMarket.person("AUTHORITY")));
    }
}

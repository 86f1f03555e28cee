package cn.jingshu.marketplace.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.governance.Agreements;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.SignIn;
import cn.jingshu.marketplace.party.SignInSettings;
import cn.jingshu.marketplace.party.Sessions;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class SeedMarketIT {
    private final DemoMarket market = new DemoMarket();

    private final SeedMarket seed = seedOf(market.database);

    private SeedMarket seedOf(Database database) {
        return new SeedMarket(
                database, DemoMarket.PASSWORDS, market.pepper, market.clock);
    }

    private List<String> everything() {
        return MarketDatabase.texts(market.dataSource, """
                SELECT table_name || ' ' || (xpath('/row/n/text()', query_to_xml(
                           format('SELECT count(*) AS n FROM market.%I', table_name), false, true, '')))[1]
                  FROM information_schema.tables
                 WHERE table_schema = 'market'
                 ORDER BY table_name
                """);
    }

    @Test
    void aSecondStartAddsNothingAndGivesNoKey() {
        List<String> before = everything();
        market.turnClockBy(Duration.ofDays(40));
        SeedMarket.Seeded again = seed.seed(true);
        assertThat(again.newKey()).isEmpty();
        assertThat(everything()).isEqualTo(before).anyMatch(count -> count.startsWith("data_resource 57"));
    }

    @Test
    void anInterruptedStartIsCompletedByTheNext() {
        DataSource empty = MarketDatabase.create();
        Database database = new Database(empty);
        MarketDatabase.execute(empty, "ALTER TABLE market.plan RENAME TO plan_away");
        SeedMarket interrupted = seedOf(database);
        assertThatThrownBy(() -> interrupted.seed(false)).isInstanceOf(DatabaseException.class);
        MarketDatabase.execute(empty, "ALTER TABLE market.plan_away RENAME TO plan");
        market.turnClockBy(Duration.ofMinutes(5));
        assertThat(interrupted.seed(false).newKey()).isPresent();
        assertThat(new Subscriptions(database, market.clock).listAll()).hasSize(5);
    }

    @Test
    void aLostKeyIsRevokedAndReplaced() {
        SeedMarket.Seeded again = seed.seed(false);
        assertThat(again.newKey()).isPresent();
        List<ApiKeys.KeyRecord> keys = market.keys.listOf(again.subscriptionId());
        assertThat(keys).hasSize(2);
        assertThat(keys.stream().filter(k -> k.liveAt(market.clock.instant()))).hasSize(1)
                .allSatisfy(k -> assertThat(k.lastFour()).isEqualTo(again.newKey().orElseThrow().lastFour()));
    }

    @Test
    void whatPeopleDidMeanwhileStaysAndStopsNoStart() {
        new Agreements(market.database, market.clock)
                .terminate(DemoMarket.id("agreement", "OPERATOR"), DemoMarket.person("AUTHORITY"), "test");
        Subscriptions subscriptions = new Subscriptions(market.database, market.clock);
        UUID subscription = DemoMarket.subscription("APP_STUDIO", SeedMarket.READY_PLAN);
        ApiKey own = market.issue(subscription);
        assertThat(seed.seed(false).newKey()).isPresent();
        assertThat(market.keys.listOf(subscription).stream().filter(k -> k.liveAt(market.clock.instant())))
                .extracting(ApiKeys.KeyRecord::lastFour).contains(own.lastFour());
        subscriptions.end(subscription, DemoMarket.person("APP_STUDIO"), "test");
        assertThat(seed.seed(false).newKey()).isEmpty();
        assertThat(subscriptions.find(subscription))
                .hasValueSatisfying(s -> assertThat(s.status()).isEqualTo(Subscription.Status.ENDED));
    }

    @Test
    void everyOrganisationIsMarkedAsMadeUp() {
        assertThat(new Organisations(market.database, market.clock).listAll())
                .hasSize(27)
                .allMatch(Organisation::synthetic)
                .allMatch(o -> o.nameZh().endsWith("(演示)") && o.nameEn().endsWith("(demo)"));
    }

    @Test
    void everyProviderOfTheCatalogueHasJoined() {
        assertThat(MarketDatabase.texts(market.dataSource,
                "SELECT count(*) FROM market.data_provider WHERE organisation_id IS NOT NULL")).containsExactly("11");
    }

    @Test
    void everySubscriptionIsActive() {
        assertThat(new Subscriptions(market.database, market.clock).listAll())
                .hasSize(5)
                .allMatch(s -> s.status() == Subscription.Status.ACTIVE);
    }

    @Test
    void everyPersonListedCanSignIn() {
        SignIn signIn = new SignIn(market.database, DemoMarket.PASSWORDS, new Sessions(market.database, market.clock),
                SignInSettings.DEFAULT, market.clock);
        List<SeedMarket.DemoPerson> people = seed.seed(true).people();
        assertThat(people).hasSize(27).allSatisfy(person ->
                assertThat(signIn.signIn(person.signInName(), SeedMarket.DEMO_PASSWORD.toCharArray()))
                        .isInstanceOf(SignIn.Outcome.SignedIn.class));
    }
}

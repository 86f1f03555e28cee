package cn.jingshu.marketplace.demo;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.party.PasswordCost;
import cn.jingshu.marketplace.party.Passwords;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.MarketBeans;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/** The demo city in a database of its own, with a clock that moves only when told to. */
public final class DemoMarket {
    public static final Instant OPENED = Instant.parse("2026-11-23T04:00:00Z");

    /** Cheap, so that a test of something else does not wait for Argon2. */
    public static final Passwords PASSWORDS = new Passwords(new PasswordCost(64, 1, 4));

    /** Loaded once and copied for each caller: a copy takes a fraction of the time of loading. */
    private static final class Template {
        static final String NAME = "demo_template";
        static final Pepper PEPPER = new Pepper(new byte[Pepper.MIN_BYTES]);
        static final ApiKey KEY = load();

        private static ApiKey load() {
            Clock clock = Clock.fixed(OPENED, ZoneOffset.UTC);
            try (MarketBeans beans = new MarketBeans(MarketDatabase.named(NAME, "market_template"), clock)) {
                return new SeedMarket(beans.get(Database.class), PASSWORDS, PEPPER, clock)
                        .seed(false).newKey().orElseThrow();
            }
        }
    }

    public final ApiKey readyKey = Template.KEY;
    public final Pepper pepper = Template.PEPPER;
    public final DataSource dataSource = MarketDatabase.copyOf(Template.NAME);
    public final Database database = new Database(dataSource);
    private final AtomicReference<Instant> now = new AtomicReference<>(OPENED);
    private final InstantSource source = now::get;
    public final Clock clock = source.withZone(ZoneOffset.UTC);
    public final ApiKeys keys = new ApiKeys(database, pepper, clock);

    /** The market's beans over this database, on its clock; to be closed by whoever asks for them. */
    public MarketBeans beans() {
        return new MarketBeans(dataSource, clock);
    }

    public void turnClockBy(Duration duration) {
        now.updateAndGet(before -> before.plus(duration));
    }

    /** Lets subscriptions change their plan whenever they like: the shortest stay is none. */
    public void letPlansChangeAtOnce() {
        MarketDatabase.execute(dataSource, """
                INSERT INTO market.policy_parameter (name, effective_from, value, citation)
                SELECT 'plan.shortest-stay-days', TIMESTAMPTZ '2026-06-01 00:00+08', '0', 'test' FROM set_config('market.numbers_of', 'release', true)
                """);
    }

    public static UUID organisation(String party) {
        return DemoParty.valueOf(party).id();
    }

    public static UUID person(String party) {
        return DemoParty.valueOf(party).personId();
    }

    public static UUID subscription(String party, String planCode) {
        return DemoParty.demoId("subscription", DemoParty.valueOf(party).name() + "/" + planCode);
    }

    public static UUID id(String kind, String name) {
        return DemoParty.demoId(kind, name);
    }

    /** A new live key of a subscription. */
    public ApiKey issue(UUID subscriptionId) {
        return issue(subscriptionId, false);
    }

    public ApiKey issue(UUID subscriptionId, boolean sandbox) {
        return switch (keys.issue(UUID.randomUUID(), subscriptionId, sandbox, null)) {
            case ApiKeys.Issue.Issued(ApiKey key, var _) -> key;
            case ApiKeys.Issue.Refused(var fault) -> throw new AssertionError("no key: " + fault);
        };
    }
}

package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.billing.account.Spending;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.event.BillingPeriod;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage of a consumer with a hard budget that no price is lawful for: it counts at what was taken, its people are told, and the rest goes on. */
class UnratedBudgetIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    /** In the middle of a month, whenever the test runs. */
    private static Clock clock() {
        boolean late = Instant.now().atZone(BillingPeriod.ZONE).getDayOfMonth() > 26;
        return late ? Clock.offset(Clock.systemUTC(), Duration.ofDays(6)) : Clock.systemUTC();
    }

    private static void used(RunningNode node, Instant hour, UUID subscription, String operation, int calls, int units) throws Exception {
        try (Connection owner = DriverManager.getConnection(node.postgres().url(), "postgres", node.postgres().ownerPassword());
                Statement statement = owner.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute("""
                    INSERT INTO metering.usage_hour (hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox, calls, quantity, answer_bytes)
                    VALUES ('%s', '%s', 'library', '%s', 'INDUSTRY', 'CALL', 'ANSWERED', false, %d, %d, 1)
                    """.formatted(hour, subscription, operation, calls, units));
        }
    }

    private static List<String> told(RunningNode node, UUID organisation) {
        return node.get(Database.class).inTransaction(t -> t.list(
                "SELECT about FROM market.notification WHERE kind = 'USAGE_WITHOUT_PRICE' AND organisation_id = ?", row -> row.text("about"), organisation));
    }

    @Test
    void usageWithoutALawfulPriceCountsAtWhatWasTakenForIt() throws Exception {
        Clock clock = clock();
        try (RunningNode node = RunningNode.start(folder.resolve("node"), clock, Map.of()); RestCaller rest = new RestCaller(node.httpPort())) {
            Market market = new Market(node);
            market.sellLibrary("2", "1.5");
            Subscription subscription = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
            String key = market.key(subscription);
            Organisation bank = market.organisationOf("bank");
            AtomicLong counted = new AtomicLong();
            Until.holds(SOON, () -> asked(rest, key, counted).status(), status -> status != 401 && status != 403);
            counted.incrementAndGet();
            assertThat(rest.get("/v1/library/books/b1", key).status()).as("lawful now, and not any more later in this hour").isEqualTo(200);
            Instant lowered = clock.instant().plusMillis(300);
            assertThat(node.get(PriceBook.class).setCeiling(new PriceCeiling(UUID.randomUUID(), "library", "GetBook", UnitPrice.ofFen("1"), lowered, "test"),
                    market.person("bureau").id())).isInstanceOf(PriceBook.Outcome.Saved.class);
            Spending spending = node.get(Spending.class);
            spending.budget(bank.id(), Money.ofYuan("10"), true, market.person("bank").id());
            Until.holds(SOON, () -> asked(rest, key, counted).text(), text -> text.contains("NO_LAWFUL_PRICE"));
            Until.holds(SOON, () -> shipped(node, subscription.id()) - counted.get(), missing -> missing == 0); // what comes later is not of what follows
            Money spentByCalls = spending.position(bank.id()).spent();

            // As a node's would that had not heard of the lower ceiling yet.
            Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1));
            used(node, hour, subscription.id(), "OrderBooks", 10, 100);
            Money priced = spending.position(bank.id()).spent();
            assertThat(priced).isEqualTo(spentByCalls.plus(new Money(150)));
            assertThat(spending.position(bank.id()).unrated()).isFalse();
            long freed = freed(node, spending, bank.id());
            used(node, hour, subscription.id(), "GetBook", 4, 200);

            Spending.Position position = spending.judge(bank.id());
            assertThat(position.unrated()).isTrue();
            assertThat(position.spent()).as("200 units and 4 calls at the price they were let in by").isEqualTo(priced.plus(new Money(302)));
            assertThat(position.stops()).isEmpty();
            assertThat(freed(node, spending, bank.id())).as("nothing of it comes back, and no more than it is held").isEqualTo(freed - 302_000);
            assertThat(rest.get("/v1/library/books", key).status()).as("the rest of the budget goes on").isEqualTo(200);

            assertThat(spending.judgeAll(Set.of(bank.id()))).as("it is judged with all others").isEmpty();
            String month = BillingPeriod.of(clock.instant()).month().toString();
            assertThat(told(node, bank.id())).as("once a month").containsExactly(month);
            assertThat(told(node, market.organisationOf("operator").id())).containsExactly(month + " " + bank.uscc());
            spending.budget(bank.id(), Money.ofYuan("4"), true, market.person("bank").id());
            assertThat(spending.position(bank.id()).stops()).containsKey(Spending.Stop.BUDGET_USED_UP);
        }
    }

    /** Asks for a book that is not there; {@code counted} are the calls that were let in. */
    private static RestCaller.Reply asked(RestCaller rest, String key, AtomicLong counted) throws Exception {
        RestCaller.Reply answer = rest.get("/v1/library/books/absent", key);
        if (answer.status() != 401 && answer.status() != 403) {
            counted.incrementAndGet();
        }
        return answer;
    }

    private static long shipped(RunningNode node, UUID subscription) {
        return node.get(Database.class).inTransaction(t -> t.list(
                "SELECT calls FROM metering.usage_hour WHERE subscription_id = ?", row -> row.number("calls"), subscription)).stream()
                .mapToLong(Long::longValue).sum();
    }

    /** What of the budget counts no longer, whatever its limit, as it is reckoned now. */
    private static long freed(RunningNode node, Spending spending, UUID organisation) {
        spending.judge(organisation);
        return node.get(Database.class).inTransaction(t -> t.find(
                "SELECT freed_anyhow FROM metering.quota_period WHERE subscription_id = ? AND budget ORDER BY period DESC LIMIT 1",
                row -> row.number("freed_anyhow"), organisation)).orElseThrow();
    }
}

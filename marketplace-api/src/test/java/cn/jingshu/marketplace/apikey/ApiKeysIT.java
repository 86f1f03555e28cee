package cn.jingshu.marketplace.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.subscription.Subscriptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysIT {
    private final DemoMarket market = new DemoMarket();
    private final ApiKeys keys = market.keys;
    private final UUID subscription = DemoMarket.subscription("BANK", "echo-paid");
    private final UUID person = DemoMarket.person("BANK");

    private ApiKeys.Issue issue() {
        return keys.issue(UUID.randomUUID(), subscription, false, person);
    }

    private ApiKeys.KeyRecord issued() {
        return record(issue());
    }

    private static ApiKeys.KeyRecord record(ApiKeys.Issue issue) {
        assertThat(issue).isInstanceOf(ApiKeys.Issue.Issued.class);
        return ((ApiKeys.Issue.Issued) issue).record();
    }

    private List<ApiKeys.KeyRecord> live() {
        Instant now = market.clock.instant();
        return keys.listOf(subscription).stream().filter(key -> key.liveAt(now)).toList();
    }

    @Test
    void noTableHoldsTheKeyText() {
        ApiKey key = ((ApiKeys.Issue.Issued) issue()).key();
        String secret = key.reveal().substring(8, 38);
        String secretAsHex = HexFormat.of().formatHex(secret.getBytes(StandardCharsets.US_ASCII));
        List<String> tables = MarketDatabase.texts(market.dataSource,
                "SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'market'");
        assertThat(tables).hasSizeGreaterThan(15);
        for (String table : tables) {
            for (String row : MarketDatabase.texts(market.dataSource,
                    "SELECT CAST(to_jsonb(t) AS text) FROM market." + table + " t")) {
                assertThat(row).as(table).doesNotContain(secret).doesNotContain(secretAsHex);
            }
        }
        assertThat(MarketDatabase.texts(market.dataSource, "SELECT encode(hash, 'hex') FROM market.api_key"))
                .contains(HexFormat.of().formatHex(market.pepper.hash(key).bytes()));
    }

    @Test
    void aSubscriptionHasAtMostTwoLiveKeysOfEachKind() {
        issued();
        issued();
        assertThat(issue()).isEqualTo(new ApiKeys.Issue.Refused(ApiKeys.Fault.TWO_LIVE_KEYS));
        assertThat(keys.issue(UUID.randomUUID(), subscription, true, person)).isInstanceOf(ApiKeys.Issue.Issued.class);
    }

    @Test
    void twoLiveKeysHoldHoweverManyAskAtOnce() throws Exception {
        List<Callable<ApiKeys.Issue>> requests = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            requests.add(this::issue);
        }
        int issued = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
            for (Future<ApiKeys.Issue> answer : threads.invokeAll(requests)) {
                issued += answer.get() instanceof ApiKeys.Issue.Issued ? 1 : 0;
            }
        }
        assertThat(issued).isEqualTo(2);
        assertThat(live()).hasSize(2);
    }

    @Test
    void theDatabaseItselfRefusesAThirdLiveKey() {
        issued();
        issued();
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        cn.jingshu.marketplace.store.DatabaseException.class,
                        () -> MarketDatabase.execute(market.dataSource, """
                                INSERT INTO market.api_key
                                       (id, subscription_id, sandbox, hash, last_four, slot, created_at)
                                SELECT gen_random_uuid(), subscription_id, sandbox, sha256('x'), last_four, slot, now()
                                  FROM market.api_key WHERE subscription_id = '%s' LIMIT 1
                                """.formatted(subscription))))
                .satisfies(refused -> assertThat(refused.violates("api_key_two_live_per_subscription")).isTrue());
    }

    @Test
    void anExpiredKeyMakesRoom() {
        ApiKeys.KeyRecord first = issued();
        record(keys.rotate(UUID.randomUUID(), first.id(), Duration.ofDays(1), person));
        assertThat(issue()).isInstanceOf(ApiKeys.Issue.Refused.class);
        market.turnClockBy(Duration.ofDays(1));
        assertThat(issue()).isInstanceOf(ApiKeys.Issue.Issued.class);
        assertThat(live()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 60, 86_400, 30 * 86_400})
    void afterARotationBothKeysWorkForTheChosenOverlap(long seconds) {
        ApiKeys.KeyRecord old = issued();
        ApiKeys.KeyRecord successor = record(keys.rotate(UUID.randomUUID(), old.id(), Duration.ofSeconds(seconds), person));
        assertThat(live()).hasSize(2);
        market.turnClockBy(Duration.ofSeconds(seconds).minusMillis(1));
        assertThat(live()).hasSize(2);
        market.turnClockBy(Duration.ofMillis(1));
        assertThat(live()).extracting(ApiKeys.KeyRecord::id).containsExactly(successor.id());
    }

    @Test
    void aRotationWithoutOverlapEndsTheOldKeyAtOnceEvenWhenBothPlacesAreTaken() {
        ApiKeys.KeyRecord old = issued();
        ApiKeys.KeyRecord other = issued();
        ApiKeys.KeyRecord successor = record(keys.rotate(UUID.randomUUID(), old.id(), Duration.ZERO, person));
        assertThat(live()).extracting(ApiKeys.KeyRecord::id).containsExactlyInAnyOrder(other.id(), successor.id());
    }

    @Test
    void aRefusedRotationLeavesTheOldKeyAsItWas() {
        ApiKeys.KeyRecord old = issued();
        issued();
        assertThat(keys.rotate(UUID.randomUUID(), old.id(), Duration.ofDays(1), person))
                .isEqualTo(new ApiKeys.Issue.Refused(ApiKeys.Fault.TWO_LIVE_KEYS));
        assertThat(keys.find(old.id())).hasValueSatisfying(key -> assertThat(key.expiresAt()).isNull());
    }

    @Test
    void rotatingWidensNoRight() {
        ApiKeys.KeyRecord first = issued();
        record(keys.rotate(UUID.randomUUID(), first.id(), Duration.ofDays(2), person));
        // The first key now ends in two days; what replaces it must not live longer, nor may it live longer itself.
        UUID second = live().stream().filter(k -> !k.id().equals(first.id())).findFirst().orElseThrow().id();
        keys.revoke(second, person, "test");
        ApiKeys.KeyRecord successor = record(keys.rotate(UUID.randomUUID(), first.id(), Duration.ofDays(30), person));
        Instant end = DemoMarket.OPENED.plus(Duration.ofDays(2));
        assertThat(successor.expiresAt()).isEqualTo(end);
        assertThat(keys.find(first.id())).hasValueSatisfying(key -> assertThat(key.expiresAt()).isEqualTo(end));
        assertThat(successor.sandbox()).isFalse();
        assertThat(successor.subscriptionId()).isEqualTo(subscription);
    }

    @Test
    void anOverlapOutsideZeroToThirtyDaysIsRefused() {
        ApiKeys.KeyRecord key = issued();
        for (Duration overlap : List.of(Duration.ofMillis(-1), Duration.ofDays(30).plusMillis(1))) {
            assertThat(keys.rotate(UUID.randomUUID(), key.id(), overlap, person))
                    .isEqualTo(new ApiKeys.Issue.Refused(ApiKeys.Fault.OVERLAP_OUT_OF_RANGE));
        }
    }

    @Test
    void aRevokedKeyStaysRevokedAndCannotBeRotated() {
        ApiKeys.KeyRecord key = issued();
        assertThat(keys.revoke(key.id(), person, "leaked")).isTrue();
        assertThat(keys.revoke(key.id(), person, "again")).isFalse();
        assertThat(keys.rotate(UUID.randomUUID(), key.id(), Duration.ZERO, person))
                .isEqualTo(new ApiKeys.Issue.Refused(ApiKeys.Fault.KEY_NOT_LIVE));
        assertThat(live()).isEmpty();
    }

    @Test
    void aPendingSubscriptionGetsTestKeysOnlyAndAnEndedOneNone() {
        Subscriptions subscriptions = new Subscriptions(market.database, market.clock);
        UUID pending = UUID.randomUUID();
        subscriptions.subscribe(new Subscriptions.Application(pending, DemoMarket.organisation("BANK"),
                DemoMarket.id("plan", "transit-public"), "公益用途", person));
        assertThat(keys.issue(UUID.randomUUID(), pending, false, person))
                .isEqualTo(new ApiKeys.Issue.Refused(ApiKeys.Fault.SUBSCRIPTION_NOT_APPROVED));
        assertThat(keys.issue(UUID.randomUUID(), pending, true, person)).isInstanceOf(ApiKeys.Issue.Issued.class);
        subscriptions.end(pending, person, "withdrawn");
        assertThat(keys.issue(UUID.randomUUID(), pending, true, person))
                .isEqualTo(new ApiKeys.Issue.Refused(ApiKeys.Fault.SUBSCRIPTION_CLOSED));
        assertThat(keys.issue(UUID.randomUUID(), UUID.randomUUID(), true, person))
                .isEqualTo(new ApiKeys.Issue.Refused(ApiKeys.Fault.NO_SUCH_SUBSCRIPTION));
    }
}

package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.apikey.RecentKeys;
import cn.jingshu.marketplace.gate.AccessTable.Grant;
import cn.jingshu.marketplace.gate.AccessTable.KeyEntry;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.quota.MonthlyQuota;
import cn.jingshu.metering.quota.QuotaDecision;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RecentKeyTest {
    private static final KeyHash HASH = new KeyHash(1, 2, 3, 4);
    private static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");

    private final List<String> asked = new ArrayList<>();
    private final Limits limits = (key, rate) -> {
        asked.add(key + " " + rate.capacity());
        return CompletableFuture.completedFuture(new LimitDecision.Allowed(1, Duration.ZERO));
    };

    private static AccessTable table(@Nullable Instant revokedAt, long rate) {
        Grant grant = new Grant(new UUID(1, 1), new UUID(2, 2), true, Subscription.Status.ACTIVE, "bus", "bus-basic",
                Purpose.INDUSTRY, null, new RateLimit(rate, Duration.ofSeconds(1)), 1_000);
        return new AccessTable(Map.of(HASH, new KeyEntry(new UUID(3, 3), false, null, revokedAt, grant, "live")), Map.of(),
                Map.of(), Map.of(), Map.of(), ConsentIndex.EMPTY, NOW);
    }

    @Test
    void theSamePictureIsLookedUpOnceAndAnotherAtOnce() {
        RecentKey key = new RecentKey(new RecentKeys.Fingerprint(5, 6), HASH);
        AccessTable before = table(null, 5);
        RecentKey.Found found = Objects.requireNonNull(key.in(before, limits));
        assertThat(key.in(before, limits)).isSameAs(found);

        RecentKey.Found revoked = Objects.requireNonNull(key.in(table(NOW, 7), limits));
        assertThat(revoked.key().revokedAt()).isEqualTo(NOW);
        assertThat(revoked.limiter().take()).isCompleted();
        assertThat(asked).containsExactly("live 7");
        assertThat(key.in(new AccessTable(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), ConsentIndex.EMPTY, NOW), limits)).isNull();
    }

    /** Keys that stopped calling must not keep the pictures of their last calls. */
    @Test
    @Timeout(60)
    void aPictureThatWasReplacedIsLetGo() throws InterruptedException {
        RecentKey key = new RecentKey(new RecentKeys.Fingerprint(5, 6), HASH);
        WeakReference<Map<KeyHash, KeyEntry>> replaced = lookedUp(key);
        while (!replaced.refersTo(null)) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(key.in(table(null, 5), limits)).isNotNull();
    }

    private WeakReference<Map<KeyHash, KeyEntry>> lookedUp(RecentKey key) {
        AccessTable table = table(null, 5);
        assertThat(key.in(table, limits)).isNotNull();
        return new WeakReference<>(table.keys());
    }

    @Test
    void anotherMonthIsAnotherQuota() {
        List<YearMonth> opened = new ArrayList<>();
        QuotaSource quotas = new QuotaSource() {
            @Override
            public CompletionStage<QuotaDecision> take(UUID subscription, YearMonth period, long limit, long units) {
                throw new AssertionError("asked at hand only");
            }

            @Override
            public MonthlyQuota of(UUID subscription, YearMonth period) {
                opened.add(period);
                return (_, _) -> CompletableFuture.completedFuture(new QuotaDecision.Taken(period.getMonthValue()));
            }

            @Override
            public void giveBack(UUID subscription, YearMonth period, long units) {}

            @Override
            public void book(UUID subscription, YearMonth period, long units) {}
        };
        RecentKey key = new RecentKey(new RecentKeys.Fingerprint(5, 6), HASH);
        YearMonth november = YearMonth.of(2026, 11);
        for (YearMonth month : List.of(november, november, november.plusMonths(1), november.plusMonths(1), november)) {
            assertThat(key.quota(quotas, new UUID(1, 1), month).take(10, 1).toCompletableFuture().join())
                    .isEqualTo(new QuotaDecision.Taken(month.getMonthValue()));
        }
        assertThat(opened).containsExactly(november, november.plusMonths(1), november);
    }
}

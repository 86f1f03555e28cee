package cn.jingshu.metering.quota;

import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;

/** Quotas whose leases never run dry, so that only taking from them is measured. */
public final class GenerousQuotas implements AutoCloseable {
    private static final long PLENTY = Long.MAX_VALUE / 4;
    private static final QuotaSettings SETTINGS = new QuotaSettings(
            1_000,
            8,
            Duration.ofSeconds(2),
            Duration.ofMillis(200),
            Duration.ofMillis(250),
            Duration.ofSeconds(10),
            0,
            Duration.ofHours(1));

    private final Quotas quotas = new Quotas(
            new LeaseStore() {
                @Override
                public List<Grant> lease(List<Wish> wishes) {
                    return wishes.stream().map(_ -> new Grant(PLENTY, PLENTY)).toList();
                }

                @Override
                public Map<Key, Long> leased(List<Key> keys) {
                    return Map.of();
                }

                @Override
                public Map<Key, Long> giveBack(Map<Key, Long> units) {
                    return units;
                }

                @Override
                public Optional<Long> settleEarlierRuns(long firstSequence) {
                    return Optional.of(0L);
                }
            },
            1,
            SETTINGS,
            Executors.newVirtualThreadPerTaskExecutor(),
            LeaseTime.SYSTEM,
            () -> {});

    public CompletionStage<QuotaDecision> take(UUID subscriptionId, YearMonth period) {
        return quotas.take(subscriptionId, period, PLENTY, 1);
    }

    @Override
    public void close() {
        quotas.close();
    }
}

package cn.jingshu.metering.quota;

import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

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
                public List<@Nullable Grant> lease(List<Wish> wishes) {
                    return new ArrayList<>(Collections.nCopies(wishes.size(), new Grant(new Held(PLENTY, PLENTY), PLENTY)));
                }

                @Override
                public Map<Key, Long> leased(List<Key> keys) {
                    return Map.of();
                }

                @Override
                public Map<Key, Held> giveBack(Map<Key, Return> returns) {
                    Map<Key, Held> left = new HashMap<>();
                    returns.forEach((key, one) -> left.put(key, new Held(PLENTY, PLENTY - one.units())));
                    return left;
                }

                @Override
                public Optional<Long> settleEarlierRuns(long firstSequence) {
                    return Optional.of(0L);
                }

                @Override
                public Map<Key, Long> noteRecorded(Map<Key, Long> recorded, long before, boolean last) {
                    return recorded;
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

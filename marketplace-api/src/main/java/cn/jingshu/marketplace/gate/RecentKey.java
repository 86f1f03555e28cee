package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.apikey.RecentKeys;
import cn.jingshu.marketplace.gate.AccessTable.KeyEntry;
import cn.jingshu.metering.limit.Limiter;
import cn.jingshu.metering.quota.MonthlyQuota;
import java.lang.ref.WeakReference;
import java.time.YearMonth;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key that called lately with what was found for it, so that its next call need not look it up. It decides nothing: what
 * the key opens is read from the access table of the moment.
 */
final class RecentKey extends RecentKeys.Kept {
    /**
     * What a key opens by one picture of the access table.
     *
     * @param in the keys of that picture; not held, or each key that stopped calling would keep a whole picture alive. All keys
     *     found in one picture share the reference, which so is in the processor's cache
     */
    record Found(WeakReference<Map<KeyHash, KeyEntry>> in, KeyEntry key, Limiter limiter) {}

    private record Month(UUID subscriptionId, YearMonth period, MonthlyQuota quota) {
        @SuppressWarnings("ReferenceEquality") // nearly always they are the very same, and are not looked into
        boolean isOf(UUID subscription, YearMonth month) {
            return (subscriptionId == subscription || subscriptionId.equals(subscription))
                    && (period == month || period.equals(month));
        }
    }

    /** The reference to the picture in which a key was looked up last. */
    private static volatile WeakReference<Map<KeyHash, KeyEntry>> latest = new WeakReference<>(Map.of());

    private final KeyHash hash;
    private volatile @Nullable Found found;
    private volatile @Nullable Month month;

    RecentKey(RecentKeys.Fingerprint print, KeyHash hash) {
        super(print);
        this.hash = hash;
    }

    /** The entry of this key in the table, which is never changed: the same one has the same entries. Null: it has none. */
    @Nullable Found in(AccessTable table, Limits limits) {
        Found known = found;
        if (known != null && known.in().refersTo(table.keys())) {
            return known;
        }
        KeyEntry key = table.keys().get(hash);
        Found now = key == null ? null
                : new Found(referenceTo(table.keys()), key, limits.of(key.limitKey(), key.grant().rate()));
        found = now;
        return now;
    }

    private static WeakReference<Map<KeyHash, KeyEntry>> referenceTo(Map<KeyHash, KeyEntry> keys) {
        WeakReference<Map<KeyHash, KeyEntry>> known = latest;
        if (!known.refersTo(keys)) {
            known = new WeakReference<>(keys);
            latest = known;
        }
        return known;
    }

    /** The quota its calls of {@code period} are taken from. */
    MonthlyQuota quota(QuotaSource quotas, UUID subscriptionId, YearMonth period) {
        Month known = month;
        if (known == null || !known.isOf(subscriptionId, period)) {
            known = new Month(subscriptionId, period, quotas.of(subscriptionId, period));
            month = known;
        }
        return known.quota();
    }
}

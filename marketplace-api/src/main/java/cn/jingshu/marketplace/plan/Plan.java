package cn.jingshu.marketplace.plan;

import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.metering.limit.RateLimit;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A plan (套餐) of one product version for one purpose. What it costs is the price book's tariff for that product and
 * purpose, the same for every buyer.
 *
 * @param code what people and the catalogue call it, for instance {@code transit-standard}
 * @param monthlyQuotaUnits units per calendar month in Asia/Shanghai; at least one
 * @param rate how fast calls may come
 * @param withdrawnAt when it stopped being offered; null: still offered. Subscriptions outlive the withdrawal
 */
public record Plan(UUID id, String code, String product, int productVersion, Purpose purpose, String nameZh,
        String nameEn, long monthlyQuotaUnits, RateLimit rate, Instant effectiveFrom,
        Instant publishedAt, @Nullable Instant withdrawnAt) {

    public Plan {
        if (monthlyQuotaUnits < 1) {
            throw new IllegalArgumentException("plan " + code + ": monthly quota " + monthlyQuotaUnits + " below one");
        }
    }

    /** Whether the plan can be subscribed to at {@code moment}. */
    public boolean offeredAt(Instant moment) {
        return !moment.isBefore(effectiveFrom) && (withdrawnAt == null || moment.isBefore(withdrawnAt));
    }
}

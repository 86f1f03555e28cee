package cn.jingshu.marketplace.billing;

import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one line of a bill is about: all usage with the same key is rated together.
 *
 * @param usageMonth the month the usage occurred in, Asia/Shanghai
 * @param tariffId the published price it was rated with; null: free by its purpose
 */
public record ChargeKey(
        YearMonth usageMonth,
        UUID subscriptionId,
        UUID organisationId,
        String product,
        String operation,
        String purpose,
        String unit,
        @Nullable UUID tariffId) {}

package cn.jingshu.metering.usage;

import java.util.UUID;

/**
 * What a subscription used of one operation in a billing period, summed from the events themselves: what is billed.
 *
 * @param sandbox true: made with test keys, never billed; live and sandbox calls are never summed together
 * @param calls events, billable or not
 * @param quantity billable units of {@code unit}
 */
public record PeriodTotal(
        UUID subscriptionId,
        String product,
        String operation,
        String purposeClass,
        String unit,
        boolean sandbox,
        long calls,
        long quantity,
        long answerBytes) {}

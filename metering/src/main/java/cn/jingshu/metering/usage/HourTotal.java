package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.Outcome;
import java.time.Instant;
import java.util.UUID;

/**
 * What one kind of call added up to in one hour.
 *
 * @param hour the hour's first moment; hours of UTC, which are also hours of Asia/Shanghai
 * @param calls events, billable or not
 * @param quantity billable units of {@code unit}
 */
public record HourTotal(
        Instant hour,
        UUID subscriptionId,
        String product,
        String operation,
        String purposeClass,
        String unit,
        Outcome outcome,
        boolean sandbox,
        long calls,
        long quantity,
        long answerBytes) {}

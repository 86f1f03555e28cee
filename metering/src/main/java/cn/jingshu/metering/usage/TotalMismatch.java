package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.Outcome;
import java.time.Instant;
import java.util.UUID;

/** An hour of one kind of call whose total is not the sum of its events; there should never be one. */
public record TotalMismatch(
        Instant hour,
        UUID subscriptionId,
        String product,
        String operation,
        String purposeClass,
        String unit,
        Outcome outcome,
        boolean sandbox,
        long eventCalls,
        long totalCalls,
        long eventQuantity,
        long totalQuantity,
        long eventAnswerBytes,
        long totalAnswerBytes) {}

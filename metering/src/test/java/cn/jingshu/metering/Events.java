package cn.jingshu.metering;

import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Usage events for tests, and waiting for what happens on other threads. */
public final class Events {
    public static final UUID SUBSCRIPTION = new UUID(7, 7);
    public static final UUID KEY = new UUID(8, 8);
    public static final Instant NOON = Instant.parse("2026-11-23T04:00:00Z");

    private static final EventIds IDS = new EventIds(Clock.systemUTC());

    private Events() {}

    public static UsageEvent event(String nodeId) {
        return event(nodeId, SUBSCRIPTION, NOON, Outcome.ANSWERED, 1, false);
    }

    public static UsageEvent event(
            String nodeId, UUID subscriptionId, Instant occurredAt, Outcome outcome, long quantity, boolean sandbox) {
        return event(IDS.next(), nodeId, subscriptionId, occurredAt, outcome, quantity, sandbox);
    }

    public static UsageEvent event(
            UUID eventId,
            String nodeId,
            UUID subscriptionId,
            Instant occurredAt,
            Outcome outcome,
            long quantity,
            boolean sandbox) {
        return new UsageEvent(
                eventId,
                occurredAt,
                nodeId,
                subscriptionId,
                KEY,
                "transit",
                "ListVehicles",
                "INDUSTRY",
                outcome,
                "CALL",
                quantity,
                outcome == Outcome.ANSWERED ? 200 : 404,
                1_234,
                202,
                "req-" + eventId,
                sandbox,
                "REST");
    }

    /** Waits until {@code condition} holds, looking again and again; fails naming {@code what} after {@code deadline}. */
    public static void await(String what, Duration deadline, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + deadline + ": " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}

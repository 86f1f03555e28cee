package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.usage.EventPage;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.Usage;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** How much was used: what a consumer's own keys called, live. */
@Controller("/api/usage")
@ExecuteOn(TaskExecutors.BLOCKING)
final class UsageController {
    private final Rights rights;
    private final Usage usage;
    private final Clock clock;

    UsageController(Rights rights, Usage usage, Clock clock) {
        this.rights = rights;
        this.usage = usage;
        this.clock = clock;
    }

    /**
     * Totals of days.
     *
     * @param asOf everything recorded before this moment is in the totals; null: nothing was ever counted
     */
    @Serdeable
    record UsageReport(String from, String to, @Nullable Instant asOf, List<Line> days) {}

    /** Calls of one kind on one day of Asia/Shanghai; {@code quantity} is what is billable of them. */
    @Serdeable
    record Line(
            String day,
            UUID subscriptionId,
            String product,
            String operation,
            String purpose,
            String outcome,
            boolean sandbox,
            String unit,
            long calls,
            long quantity,
            long answerBytes) {}

    @Serdeable
    record Event(
            UUID eventId,
            Instant occurredAt,
            UUID subscriptionId,
            UUID keyId,
            String product,
            String operation,
            String purpose,
            String outcome,
            String unit,
            long quantity,
            int status,
            long latencyMicros,
            long answerBytes,
            String requestId,
            boolean sandbox,
            String protocol) {}

    @Serdeable
    record Page(List<Event> events, @Nullable String nextCursor) {}

    /** Usage by day, at most 92 of them; without dates, the running month. */
    @Get
    UsageReport days(Visitor visitor, @Nullable @QueryValue String from, @Nullable @QueryValue String to) throws SQLException {
        LocalDate today = clock.instant().atZone(BillingPeriod.ZONE).toLocalDate();
        LocalDate start = from == null ? today.withDayOfMonth(1) : day("from", from);
        LocalDate end = to == null ? today.plusDays(1) : day("to", to);
        if (!start.isBefore(end) || start.plusDays(92).isBefore(end)) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "from 须早于 to,且最多相隔 92 天。",
                    "from must lie before to, at most 92 days apart.");
        }
        List<Line> lines = new ArrayList<>();
        for (Subscription subscription : rights.subscriptionsOf(visitor)) {
            usage.listDays(subscription.id(), start, end).forEach(total -> lines.add(new Line(total.day().toString(),
                    subscription.id(), total.product(), total.operation(), total.purposeClass(), total.outcome().name(),
                    total.sandbox(), total.unit(), total.calls(), total.quantity(), total.answerBytes())));
        }
        return new UsageReport(start.toString(), end.toString(), usage.freshness().shippedAt().orElse(null), lines);
    }

    /** Single events, the youngest first. */
    @Get("/events")
    Page events(Visitor visitor, @Nullable @QueryValue UUID subscription, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) throws SQLException {
        if (limit < 1 || limit > 1_000) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "limit 须为 1 至 1000。", "limit must be 1 to 1000.");
        }
        List<Subscription> own = rights.subscriptionsOf(visitor);
        Subscription asked = own.stream()
                .filter(each -> subscription == null || each.id().equals(subscription))
                .findFirst()
                .orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND));
        EventPage page = usage.listEvents(asked.id(), Instant.EPOCH, clock.instant().plusSeconds(60),
                Optional.ofNullable(cursor).map(UsageController::readCursor), limit);
        return new Page(page.events().stream().map(UsageController::toApi).toList(),
                page.next().map(UsageController::writeCursor).orElse(null));
    }

    /** One event by its id. */
    @Get("/events/{eventId}")
    Event event(Visitor visitor, UUID eventId) throws SQLException {
        List<UUID> own = rights.subscriptionsOf(visitor).stream().map(Subscription::id).toList();
        return usage.findEvent(eventId)
                .filter(stored -> own.contains(stored.event().subscriptionId()))
                .map(UsageController::toApi)
                .orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND));
    }

    private static Event toApi(StoredEvent stored) {
        UsageEvent event = stored.event();
        return new Event(event.eventId(), event.occurredAt(), event.subscriptionId(), event.keyId(), event.product(),
                event.operation(), event.purposeClass(), event.outcome().name(), event.unit(), event.quantity(),
                event.status(), event.latencyMicros(), event.answerBytes(), event.requestId(), event.sandbox(),
                event.protocol());
    }

    /** Opaque to callers: where a page ended stays where it was, whatever is counted meanwhile. */
    private static String writeCursor(EventPage.Cursor cursor) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(
                (cursor.occurredAt() + " " + cursor.eventId()).getBytes(StandardCharsets.UTF_8));
    }

    private static EventPage.Cursor readCursor(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", 2);
            return new EventPage.Cursor(Instant.parse(parts[0]), UUID.fromString(parts[1]));
        } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException broken) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "cursor 无效。", "cursor is not one of ours.");
        }
    }

    private static LocalDate day(String name, String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException notADay) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, name + " 须为 2026-11-01 形式的日期。",
                    name + " must be a date such as 2026-11-01.");
        }
    }
}

package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.EventVoid;
import cn.jingshu.marketplace.billing.Explanation;
import cn.jingshu.marketplace.billing.Explanations;
import cn.jingshu.marketplace.billing.Voids;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.usage.DayTotal;
import cn.jingshu.metering.usage.EventFilter;
import cn.jingshu.metering.usage.EventPage;
import cn.jingshu.metering.usage.LiveFreshness;
import cn.jingshu.metering.usage.LiveTotal;
import cn.jingshu.metering.usage.LiveUsage;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.Usage;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** How much was used: what a consumer's own keys called, live. */
@Controller("/api/usage")
@ExecuteOn(TaskExecutors.BLOCKING)
final class UsageController {
    private final Rights rights;
    private final Usage usage;
    private final LiveUsage live;
    private final Explanations explanations;
    private final Voids voids;
    private final Clock clock;

    UsageController(Rights rights, Usage usage, LiveUsage live, Explanations explanations, Voids voids, Clock clock) {
        this.rights = rights;
        this.usage = usage;
        this.live = live;
        this.explanations = explanations;
        this.voids = voids;
        this.clock = clock;
    }

    /**
     * Totals of days.
     *
     * @param asOf everything recorded before this moment is in the totals; null: nothing was ever counted
     * @param provisional whether some of it waits in a node's journal: it is counted here and on no bill before it is stored
     */
    @Serdeable
    record UsageReport(
            String from, String to, @Nullable Instant asOf, boolean provisional, Freshness freshness, List<Line> days) {}

    /**
     * What holds {@code asOf} back, or does not.
     *
     * @param storedAt when a node stored what it had recorded last; null: none ever did
     * @param awaySince a node went away without storing everything: what it recorded later than this is not in the totals until it
     *     is back or its journal is stored; null: none did
     */
    @Serdeable
    record Freshness(@Nullable Instant storedAt, @Nullable Instant awaySince) {}

    /**
     * Calls of one kind on one day of Asia/Shanghai; {@code quantity} is what is billable of them.
     *
     * @param provisionalCalls of the calls, those that are not stored yet
     * @param provisionalQuantity of the quantity, what those calls are of it
     */
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
            long answerBytes,
            long provisionalCalls,
            long provisionalQuantity) {}

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

    /**
     * One event with what became of it.
     *
     * @param receivedAt when it was stored; of a provisional one the moment of this answer, at which it was recorded
     * @param provisional true: the node that was asked has recorded it and not stored it yet, as a rule within a second
     * @param voided null: nobody asked to void it
     */
    @Serdeable
    record SingleEvent(@JsonUnwrapped Event event, Instant receivedAt, boolean provisional, @Nullable EventVoided voided) {}

    /**
     * The void of an event.
     *
     * @param status {@code REQUESTED}: it still counts; {@code APPROVED}: it counts no more
     * @param correction true: its month had been rated, so a later bill takes the units back
     */
    @Serdeable
    record EventVoided(
            UUID voidId,
            String status,
            String reason,
            Instant requestedAt,
            @Nullable Instant decidedAt,
            boolean correction) {}

    /** The calls asked about; an event id names one, a request id as many as came with it. */
    @Serdeable
    record Why(Instant asOf, List<CallOnBill> calls) {}

    /**
     * Why a call is, or is not, on a bill.
     *
     * @param provisional true: recorded and not stored yet
     * @param verdict stable text; {@code sentence} and {@code sentenceZh} say it to people
     * @param billMonth the bill it is or will be on; of what is on none, the month it occurred in
     * @param billStatus {@code OPEN}, or how far the close of that bill has come
     * @param priceVersion null: free by its purpose
     * @param line null: it is in no line, or not yet
     * @param takenBackBy the line below zero that took it back; null: none, or not yet
     */
    @Serdeable
    record CallOnBill(
            Event event,
            boolean provisional,
            String verdict,
            String sentenceZh,
            String sentence,
            String usageMonth,
            String billMonth,
            String billStatus,
            @Nullable UUID priceVersion,
            @Nullable String fenPerUnit,
            @Nullable UUID ceilingVersion,
            @Nullable String ceilingFenPerUnit,
            @Nullable BillLine line,
            @Nullable EventVoided voided,
            @Nullable BillLine takenBackBy) {}

    /** A line of a bill; {@code quantity} and {@code amountYuan} are those of the whole line. */
    @Serdeable
    record BillLine(UUID chargeId, String billMonth, boolean correction, long quantity, String amountYuan) {}

    @Serdeable
    record Page(List<Event> events, @Nullable String nextCursor) {}

    /** Usage by day, at most 92 of them; without dates, the running month. A call is in it before it is stored, as a rule within a second. */
    @Get
    UsageReport days(Visitor visitor, @Nullable @QueryValue String from, @Nullable @QueryValue String to) throws SQLException {
        LocalDate today = clock.instant().atZone(BillingPeriod.ZONE).toLocalDate();
        LocalDate start = from == null ? today.withDayOfMonth(1) : day("from", from);
        LocalDate end = to == null ? today.plusDays(1) : day("to", to);
        if (!start.isBefore(end) || start.plusDays(92).isBefore(end)) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "from 须早于 to,且最多相隔 92 天。",
                    "from must lie before to, at most 92 days apart.");
        }
        // What is said of the whole was true before the first part was read, and parts only grow.
        LiveFreshness freshness = live.freshness();
        Freshness said = new Freshness(usage.freshness().shippedAt().orElse(null), freshness.awaySince().orElse(null));
        List<Line> lines = new ArrayList<>();
        for (Subscription subscription : rights.subscriptionsOf(visitor)) {
            live.listDays(subscription.id(), start, end).totals().forEach(each -> lines.add(line(subscription.id(), each)));
        }
        return new UsageReport(start.toString(), end.toString(), freshness.asOf().orElse(null),
                lines.stream().anyMatch(line -> line.provisionalCalls() > 0), said, lines);
    }

    private static Line line(UUID subscriptionId, LiveTotal<DayTotal> each) {
        DayTotal total = each.total();
        return new Line(total.day().toString(), subscriptionId, total.product(), total.operation(), total.purposeClass(),
                total.outcome().name(), total.sandbox(), total.unit(), total.calls(), total.quantity(), total.answerBytes(),
                each.provisionalCalls(), each.provisionalQuantity());
    }

    /**
     * Single events, the youngest first: a consumer's own, or for who sees every call everybody's.
     *
     * @param from first moment of {@code occurredAt}; without it everything of one's own, the last day of everybody's
     * @param to the moment after the last; without it now
     */
    @Get("/events")
    Page events(Visitor visitor, @Nullable @QueryValue String from, @Nullable @QueryValue String to,
            @Nullable @QueryValue UUID subscription, @Nullable @QueryValue UUID organisation,
            @Nullable @QueryValue String product, @Nullable @QueryValue String operation,
            @Nullable @QueryValue String outcome, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) throws SQLException {
        Pages.requireLimit(limit);
        Optional<Set<UUID>> subscriptions = rights.callsOf(visitor, organisation, subscription);
        Instant end = to == null ? clock.instant().plusSeconds(60) : moment("to", to);
        Instant start = from != null ? moment("from", from)
                : subscriptions.isPresent() ? Instant.EPOCH : end.minus(Duration.ofDays(1));
        if (!start.isBefore(end)) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "from 须早于 to。", "from must lie before to.");
        }
        EventFilter filter = new EventFilter(start, end, subscriptions, Optional.ofNullable(product),
                Optional.ofNullable(operation),
                Optional.ofNullable(outcome).map(text -> Pages.constant("outcome", text, Outcome.class)),
                Optional.empty());
        EventPage page = usage.listEvents(filter, Optional.ofNullable(cursor).map(Pages::readCursor)
                .map(last -> new EventPage.Cursor(last.moment(), last.id())), limit);
        return new Page(page.events().stream().map(UsageController::toApi).toList(),
                page.next().map(last -> Pages.writeCursor(last.occurredAt(), last.eventId())).orElse(null));
    }

    /** One event by its id; one this node has recorded a moment ago is found before it is stored. */
    @Get("/events/{eventId}")
    SingleEvent event(Visitor visitor, UUID eventId) throws SQLException {
        StoredEvent stored = find(visitor, eventId).orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND));
        Instant storedAt = stored.receivedAt();
        return new SingleEvent(toApi(stored), storedAt == null ? clock.instant() : storedAt, stored.isProvisional(),
                voids.findOf(eventId).map(UsageController::toApi).orElse(null));
    }

    private Optional<StoredEvent> find(Visitor visitor, UUID eventId) throws SQLException {
        Optional<Set<UUID>> visible = rights.callsOf(visitor);
        return explanations.find(eventId)
                .filter(stored -> visible.isEmpty() || visible.get().contains(stored.event().subscriptionId()));
    }

    /** Why a call is, or is not, on a bill: by the id of its event, or by the id of its request. */
    @Get("/why")
    Why why(Visitor visitor, @Nullable @QueryValue UUID event, @Nullable @QueryValue String request)
            throws SQLException {
        if ((event == null) == (request == null)) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "event 与 request 须填且只填其一。",
                    "give either event or request.");
        }
        List<StoredEvent> found = event != null ? find(visitor, event).stream().toList()
                : explanations.listByRequest(Objects.requireNonNull(request), rights.callsOf(visitor));
        if (found.isEmpty()) {
            throw new ManagementProblem(Refusal.NOT_FOUND,
                    "没有记录到属于您的这一调用:编号有误,或该调用刚刚在另一节点发生(通常不足一秒,高峰时至多约半分钟);被拒绝的调用不产生事件、不收费;因幂等键重发的应答不另计,"
                            + "其事件见应答头 Jingshu-Event-Id;请求编号只在最近 92 天内查找。",
                    "No such call of yours is recorded: the id is wrong, or the call has just happened on another node"
                            + " (usually less than a second ago, in a rush up to half a minute); a refused call is no event and costs nothing; an answer given again for an Idempotency-Key is not counted"
                            + " again, its event is named in Jingshu-Event-Id; a request id is looked for in the last 92"
                            + " days only.");
        }
        return new Why(clock.instant(),
                found.stream().map(explanations::explain).map(UsageController::toApi).toList());
    }

    private static CallOnBill toApi(Explanation why) {
        return new CallOnBill(toApi(why.stored()), why.stored().isProvisional(), why.verdict().name(), Verdicts.zh(why.verdict()),
                Verdicts.en(why.verdict()), why.usageMonth().toString(), why.billMonth().toString(),
                why.rated().map(state -> state.status().name()).orElse("OPEN"),
                why.price().flatMap(Explanation.Price::version).orElse(null),
                why.price().map(price -> plain(price.perUnit())).orElse(null),
                why.ceiling().map(PriceCeiling::id).orElse(null),
                why.ceiling().map(ceiling -> plain(ceiling.highest())).orElse(null),
                why.charge().map(UsageController::toApi).orElse(null),
                why.voided().map(UsageController::toApi).orElse(null),
                why.takenBack().map(UsageController::toApi).orElse(null));
    }

    private static BillLine toApi(Charge charge) {
        return new BillLine(charge.id(), charge.month().toString(), charge.isCorrection(), charge.quantity(),
                charge.amount().toYuan());
    }

    private static EventVoided toApi(EventVoid entry) {
        return new EventVoided(entry.id(), entry.status().name(), entry.reason(), entry.requestedAt(),
                entry.decidedAt(), entry.isCorrection());
    }

    private static String plain(UnitPrice price) {
        return price.fenPerUnit().stripTrailingZeros().toPlainString();
    }

    private static Event toApi(StoredEvent stored) {
        UsageEvent event = stored.event();
        return new Event(event.eventId(), event.occurredAt(), event.subscriptionId(), event.keyId(), event.product(),
                event.operation(), event.purposeClass(), event.outcome().name(), event.unit(), event.quantity(),
                event.status(), event.latencyMicros(), event.answerBytes(), event.requestId(), event.sandbox(),
                event.protocol());
    }

    private static Instant moment(String name, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException notAMoment) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, name + " 须为 2026-11-01T00:00:00+08:00 形式的时刻。",
                    name + " must be a moment such as 2026-11-01T00:00:00Z.");
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

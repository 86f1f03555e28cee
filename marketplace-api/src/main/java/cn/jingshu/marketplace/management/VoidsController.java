package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.billing.EventVoid;
import cn.jingshu.marketplace.billing.Voids;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Where wrong usage events are taken back: one person of the operator asks, another or the data bureau decides. */
@Controller("/api/usage/voids")
@ExecuteOn(TaskExecutors.BLOCKING)
final class VoidsController {
    private static final Role[] READERS = {Role.OPERATIONS, Role.AUDITOR, Role.REGULATOR};
    private static final Role[] DECIDERS = {Role.OPERATIONS, Role.REGULATOR};

    private final Voids voids;

    VoidsController(Voids voids) {
        this.voids = voids;
    }

    /**
     * A wish to void an event.
     *
     * @param voidId made by the caller: the same wish again is no second one
     */
    @Serdeable
    record Asked(@Nullable UUID voidId, @Nullable UUID eventId, @Nullable String reason) {}

    /** Why a void is refused. */
    @Serdeable
    record Refused(@Nullable String reason) {}

    /**
     * A void.
     *
     * @param correction true: the event's month had been rated, so a later bill takes the units back
     * @param ratedUntil the youngest month rated when it was approved; null: none, or not approved
     */
    @Serdeable
    record View(
            UUID voidId,
            UUID eventId,
            String usageMonth,
            Instant occurredAt,
            UUID subscriptionId,
            String product,
            String operation,
            String purpose,
            String unit,
            long quantity,
            boolean sandbox,
            String reason,
            UUID requestedBy,
            Instant requestedAt,
            String status,
            @Nullable UUID decidedBy,
            @Nullable Instant decidedAt,
            @Nullable String refusal,
            boolean correction,
            @Nullable String ratedUntil) {
        static View toApi(EventVoid entry) {
            var until = entry.ratedUntil();
            return new View(entry.id(), entry.eventId(), entry.usageMonth().toString(), entry.occurredAt(),
                    entry.subscriptionId(), entry.product(), entry.operation(), entry.purpose(), entry.unit(),
                    entry.quantity(), entry.sandbox(), entry.reason(), entry.requestedBy(), entry.requestedAt(),
                    entry.status().name(), entry.decidedBy(), entry.decidedAt(), entry.refusal(),
                    entry.isCorrection(), until == null ? null : until.toString());
        }
    }

    @Serdeable
    record Page(List<View> voids, @Nullable String nextCursor) {}

    /** Voids, the youngest request first. */
    @Get
    Page list(Visitor visitor, @Nullable @QueryValue String status, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, READERS);
        Pages.requireLimit(limit);
        Voids.Page page = voids.list(
                Optional.ofNullable(status).map(text -> Pages.constant("status", text, EventVoid.Status.class)),
                Optional.ofNullable(cursor).map(Pages::readCursor)
                        .map(end -> new Voids.Cursor(end.moment(), end.id())),
                limit);
        return new Page(page.voids().stream().map(View::toApi).toList(),
                page.next().map(end -> Pages.writeCursor(end.requestedAt(), end.id())).orElse(null));
    }

    /** Asks for a void. */
    @Post
    HttpResponse<View> request(Visitor visitor, @Body Asked asked) {
        UUID person = Rights.require(visitor, Role.OPERATIONS).id();
        UUID voidId = asked.voidId();
        UUID eventId = asked.eventId();
        if (voidId == null || eventId == null) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "须填写 voidId 与 eventId。", "voidId and eventId are needed.");
        }
        return HttpResponse.created(answer(voids.request(voidId, eventId, reason(asked.reason()), person)));
    }

    /** Approves a void; another person than asked for it. Its units count no more. */
    @Post("/{voidId}/approve")
    View approve(Visitor visitor, UUID voidId) {
        return answer(voids.approve(voidId, Rights.require(visitor, DECIDERS).id()));
    }

    /** Refuses a void; its units still count. */
    @Post("/{voidId}/refuse")
    View refuse(Visitor visitor, UUID voidId, @Body Refused refused) {
        return answer(voids.refuse(voidId, Rights.require(visitor, DECIDERS).id(), reason(refused.reason())));
    }

    private static String reason(@Nullable String text) {
        String reason = text == null ? "" : text.strip();
        if (reason.isEmpty() || reason.length() > Voids.MOST_REASON_CHARS || reason.indexOf('\0') >= 0) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "须填写理由,最多 500 字。",
                    "a reason is needed, of 500 characters at most.");
        }
        return reason;
    }

    private static View answer(Voids.Outcome outcome) {
        return switch (outcome) {
            case Voids.Outcome.Done(var entry) -> View.toApi(entry);
            case Voids.Outcome.Refused refused -> throw problem(refused.fault());
        };
    }

    private static ManagementProblem problem(Voids.Fault fault) {
        Refusal refusal = switch (fault) {
            case UNKNOWN_EVENT, UNKNOWN_VOID -> Refusal.NOT_FOUND;
            case ALREADY_ASKED, ID_TAKEN, ALREADY_DECIDED -> Refusal.CONFLICT;
            case OWN_REQUEST -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, fault.zh(), fault.en());
    }
}

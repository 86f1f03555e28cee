package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.ScopeAlerts;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Calls outside an authorised scope (超授权调用): who, what, which rule, how often. */
@Controller("/api/alerts")
@ExecuteOn(TaskExecutors.BLOCKING)
final class AlertController {
    private final ScopeAlerts alerts;

    AlertController(ScopeAlerts alerts) {
        this.alerts = alerts;
    }

    /** One hour of one party's calls against one rule. */
    @Serdeable
    record AlertView(UUID id, Instant hour, UUID organisationId, UUID subscriptionId, String product, String operation,
            String rule, long calls, Instant firstAt, Instant lastAt, String status, @Nullable String reason) {
        static AlertView of(ScopeAlerts.Listed listed) {
            ScopeAlerts.ScopeAlert a = listed.alert();
            return new AlertView(a.id(), listed.hour(), a.organisationId(), a.subscriptionId(), a.product(),
                    a.operation(), a.rule(), a.calls(), a.firstAt(), a.lastAt(), a.status(), listed.reason());
        }
    }

    /** @param undetailedCalls calls that came in too many kinds at once, of which only the number is known */
    @Serdeable
    record AlertPage(List<AlertView> alerts, long undetailedCalls, @Nullable String nextCursor) {}

    @Serdeable
    record Decided(UUID id, String status) {}

    /** Calls outside their authorised scope (超授权预警), page by page. */
    @Get
    AlertPage list(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR);
        Place place = cursor == null ? new Place(null, null) : Place.read(cursor);
        List<ScopeAlerts.Listed> page = alerts.list(place.hour(), place.id(), Facts.limit(limit));
        return new AlertPage(page.stream().map(AlertView::of).toList(), alerts.countUndetailed(),
                page.size() < limit ? null : Place.write(page.getLast()));
    }

    /** The bureau has looked into it and found a breach. */
    @Post("/{id}/verification")
    Decided verify(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return decide(visitor, id, ScopeAlerts.Finding.VERIFIED, ground);
    }

    /** The bureau has looked into it and found none. */
    @Post("/{id}/dismissal")
    Decided dismiss(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return decide(visitor, id, ScopeAlerts.Finding.DISMISSED, ground);
    }

    private Decided decide(Visitor visitor, UUID id, ScopeAlerts.Finding finding, Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return switch (alerts.decide(id, finding, regulator.id(), ground.given())) {
            case Change.Done _ -> new Decided(id, finding.name());
            case Change.Refused(var fault) -> throw Facts.refused(fault);
        };
    }

    /** Where a page ended: alerts are in the order of their hours, the newest first. */
    private record Place(@Nullable Instant hour, @Nullable UUID id) {
        static String write(ScopeAlerts.Listed last) {
            return Base64.getUrlEncoder().withoutPadding()
                    .encodeToString((last.hour() + " " + last.alert().id()).getBytes(StandardCharsets.UTF_8));
        }

        static Place read(String cursor) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
                return new Place(Instant.parse(parts[0]), UUID.fromString(parts[1]));
            } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException broken) {
                throw new ManagementProblem(Refusal.INVALID_REQUEST, "cursor 无效。", "cursor is not one of ours.");
            }
        }
    }
}

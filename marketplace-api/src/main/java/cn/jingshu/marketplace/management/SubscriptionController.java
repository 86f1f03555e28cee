package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.management.Versions.Fact;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.subscription.PlanChange;
import cn.jingshu.marketplace.subscription.PlanChanges;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Subscriptions: ordered, changed to another plan, stopped, resumed, ended. */
@Controller("/api/subscriptions")
@ExecuteOn(TaskExecutors.BLOCKING)
final class SubscriptionController {
    private final Subscriptions subscriptions;
    private final PlanChanges changes;
    private final Versions versions;

    SubscriptionController(Subscriptions subscriptions, PlanChanges changes, Versions versions) {
        this.subscriptions = subscriptions;
        this.changes = changes;
        this.versions = versions;
    }

    @Serdeable
    record SubscriptionView(UUID id, UUID organisationId, UUID planId, String purpose, String statement, String status,
            UUID appliedBy, Instant appliedAt) {
        static SubscriptionView of(Subscription s) {
            return new SubscriptionView(s.id(), s.organisationId(), s.planId(), s.purpose().name(), s.statement(),
                    s.status().name(), s.appliedBy(), s.appliedAt());
        }
    }

    @Serdeable
    record SubscriptionPage(List<SubscriptionView> subscriptions, @Nullable String nextCursor) {}

    /** One's own subscriptions, or all for who supervises, page by page. */
    @Get
    SubscriptionPage list(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        List<Subscription> page = subscriptions.list(Facts.after(cursor), Facts.limit(limit));
        return new SubscriptionPage(page.stream().map(SubscriptionView::of).toList(),
                Facts.next(page, limit, Subscription::id));
    }

    /** One subscription; its own people see it, too. */
    @Get("/{id}")
    HttpResponse<SubscriptionView> get(Visitor visitor, UUID id) {
        Person reader = Rights.require(visitor, Role.values());
        if (!((Visitor.SignedIn) visitor).hasAny(Rights.GOVERNANCE_READERS)) {
            Facts.found(own(reader, id));
        }
        return answer(id);
    }

    private HttpResponse<SubscriptionView> answer(UUID id) {
        return versions.answer(Fact.SUBSCRIPTION, id, () -> subscriptions.find(id).map(SubscriptionView::of));
    }

    /** @param statement what the data are for, in the applicant's words */
    @Serdeable
    record OrderRequest(@Nullable UUID planId, @Nullable String statement) {}

    /**
     * Subscribes one's own organisation to a plan, under an id of the caller's own. For use by industry an approved scenario puts it in force at
     * once; for the public interest it waits for the bureau. The same again changes nothing.
     */
    @Put("/{id}")
    HttpResponse<SubscriptionView> order(Visitor visitor, UUID id, @Body OrderRequest request) {
        Person buyer = Rights.require(visitor, Role.OWNER, Role.DEVELOPER);
        boolean before = subscriptions.find(id).isPresent();
        Subscriptions.Outcome outcome = subscriptions.subscribe(new Subscriptions.Application(id, buyer.organisationId(),
                Facts.need("planId", request.planId()), Facts.need("statement", request.statement()), buyer.id()));
        if (outcome instanceof Subscriptions.Outcome.Refused(var fault)) {
            throw new ManagementProblem(refusal(fault), fault.zh(), fault.en());
        }
        return versions.entered(Fact.SUBSCRIPTION, id, new Change.Done(before), () -> subscriptions.find(id).map(SubscriptionView::of));
    }

    private static Refusal refusal(Subscriptions.Fault fault) {
        return switch (fault) {
            case NO_SUCH_PLAN, NO_SUCH_SUBSCRIPTION, NO_SCENARIO, STATEMENT_MISSING, SAME_PLAN, OTHER_USE, CHANGED_LATELY, STATEMENT_TOO_LONG -> Refusal.RULE_BROKEN;
            case NOT_OF_THIS_ORGANISATION, ORGANISATION_MAY_NOT_BUY, NOT_A_REGULATOR, SAME_PERSON -> Refusal.FORBIDDEN;
            case SUBSCRIBED_ALREADY, ID_TAKEN, NOT_PENDING, NOT_OPEN, CHANGE_PENDING -> Refusal.CONFLICT;
            case NO_SUCH_CHANGE -> Refusal.NOT_FOUND;
        };
    }

    private Optional<Subscription> own(Person person, UUID id) {
        return subscriptions.find(id).filter(s -> s.organisationId().equals(person.organisationId()));
    }

    /** Stops a subscription until it is resumed; every key of it stops at once (暂停). */
    @Post("/{id}/suspension")
    HttpResponse<SubscriptionView> suspend(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return stepped(id, seenAs(id, seen).suspend(id, regulator.id(), ground.given()));
    }

    /** Puts a suspended subscription in force again. */
    @Post("/{id}/resumption")
    HttpResponse<SubscriptionView> resume(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return stepped(id, seenAs(id, seen).restore(id, regulator.id(), ground.given()));
    }

    /** Ends a subscription for good, by the bureau or by its own owner; what was used stays on the bill (终止). */
    @Post("/{id}/termination")
    HttpResponse<SubscriptionView> end(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person person = Rights.require(visitor, Role.REGULATOR, Role.OWNER);
        if (!person.roles().contains(Role.REGULATOR)) {
            Facts.found(own(person, id));
        }
        return stepped(id, seenAs(id, seen).end(id, person.id(), ground.given()));
    }

    /**
     * @param statement why, in the asker's words; empty where no person judges it
     * @param decidedBy null: not decided, or made by the rule that approved the use
     * @param effectiveAt the instant the new plan holds from; null: not made
     */
    @Serdeable
    record PlanChangeView(UUID id, UUID subscriptionId, UUID fromPlanId, UUID toPlanId, String statement, String status, UUID askedBy,
            Instant askedAt, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String reason, @Nullable Instant effectiveAt) {
        static PlanChangeView of(PlanChange c) {
            return new PlanChangeView(c.id(), c.subscriptionId(), c.fromPlanId(), c.toPlanId(), c.statement(), c.status().name(), c.askedBy(),
                    c.askedAt(), c.decidedBy(), c.decidedAt(), c.reason(), c.effectiveAt());
        }
    }

    @Serdeable
    record PlanChangeList(List<PlanChangeView> changes) {}

    /** Every change of a subscription's plan that was asked for, in that order; its own people see them, too (套餐变更). */
    @Get("/{id}/plan-changes")
    PlanChangeList changes(Visitor visitor, UUID id) {
        Person reader = Rights.require(visitor, Role.values());
        Facts.found(((Visitor.SignedIn) visitor).hasAny(Rights.GOVERNANCE_READERS) ? subscriptions.find(id) : own(reader, id));
        return new PlanChangeList(changes.listOf(id).stream().map(PlanChangeView::of).toList());
    }

    /** @param statement why, at most 2,000 characters; may be left out for use by industry, which no person judges */
    @Serdeable
    record PlanChangeRequest(@Nullable UUID planId, @Nullable String statement) {}

    /**
     * Changes one's own subscription to another plan of the same product and purpose, under an id of the caller's own (变更套餐). For use by
     * industry the new plan holds at once: keys go on, each call is billed by the plan of its moment, and the month is shared between both
     * plans by time. So that nobody goes over for minutes alone, it has to have been on its plan for some time (policy number {@code plan.shortest-stay-days}, 30
     * days). For the public interest it waits for the bureau. The same again changes nothing.
     */
    @Put("/{id}/plan-changes/{changeId}")
    HttpResponse<PlanChangeView> change(Visitor visitor, UUID id, UUID changeId, @Body PlanChangeRequest request) {
        Person buyer = Rights.require(visitor, Role.OWNER, Role.DEVELOPER);
        Facts.found(own(buyer, id));
        String statement = request.statement() == null ? "" : request.statement();
        PlanChanges.Outcome outcome = changes.ask(
                new PlanChanges.Request(changeId, id, Facts.need("planId", request.planId()), statement, buyer.id()));
        return switch (outcome) {
            case PlanChanges.Outcome.Done(var change, var already) ->
                already ? HttpResponse.ok(PlanChangeView.of(change)) : HttpResponse.created(PlanChangeView.of(change));
            case PlanChanges.Outcome.Refused(var fault) -> throw new ManagementProblem(refusal(fault), fault.zh(), fault.en());
        };
    }

    /** Makes a change of plan that waits, from that instant on, by another person than the one who asked. */
    @Post("/{id}/plan-changes/{changeId}/approval")
    PlanChangeView approve(Visitor visitor, UUID id, UUID changeId, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        Facts.found(changeOf(id, changeId));
        return decided(changes.approve(changeId, regulator.id(), ground.given()));
    }

    /** Turns a change of plan that waits down; the old plan goes on. */
    @Post("/{id}/plan-changes/{changeId}/refusal")
    PlanChangeView refuse(Visitor visitor, UUID id, UUID changeId, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        Facts.found(changeOf(id, changeId));
        return decided(changes.refuse(changeId, regulator.id(), ground.given()));
    }

    /** Takes one's own change of plan that waits back. */
    @Post("/{id}/plan-changes/{changeId}/withdrawal")
    PlanChangeView withdraw(Visitor visitor, UUID id, UUID changeId) {
        Person buyer = Rights.require(visitor, Role.OWNER, Role.DEVELOPER);
        Facts.found(own(buyer, id));
        Facts.found(changeOf(id, changeId));
        return decided(changes.withdraw(changeId, buyer.id()));
    }

    private Optional<PlanChange> changeOf(UUID id, UUID changeId) {
        return changes.find(changeId).filter(change -> change.subscriptionId().equals(id));
    }

    private static PlanChangeView decided(PlanChanges.Outcome outcome) {
        return switch (outcome) {
            case PlanChanges.Outcome.Done(var change, var _) -> PlanChangeView.of(change);
            case PlanChanges.Outcome.Refused(var fault) -> throw new ManagementProblem(refusal(fault), fault.zh(), fault.en());
        };
    }

    private Subscriptions seenAs(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.SUBSCRIPTION, id, seen, Subscriptions::new);
    }

    private HttpResponse<SubscriptionView> stepped(UUID id, Subscriptions.Outcome outcome) {
        if (outcome instanceof Subscriptions.Outcome.Refused(var fault)) {
            throw new ManagementProblem(fault == Subscriptions.Fault.NO_SUCH_SUBSCRIPTION ? Refusal.NOT_FOUND : Refusal.CONFLICT,
                    fault.zh(), fault.en());
        }
        return answer(id);
    }
}

package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.policy.PolicyProposals;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/** The numbers of policy with their history, for anyone; and proposals of new ones, by two people of the bureau. */
@Controller("/api/policy")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PolicyController {
    private static final int MOST_LISTED = 500;
    private static final int MOST_VALUE = 60;

    private final PolicyProposals policy;

    PolicyController(PolicyProposals policy) {
        this.policy = policy;
    }

    /** @param state PAST, IN_FORCE or TO_COME */
    @Serdeable
    record NumberView(String name, String value, Instant effectiveFrom, String citation, String state) {}

    @Serdeable
    record NumberList(List<NumberView> numbers) {}

    /** Every number that holds, held, or will hold. */
    @Get("/numbers")
    NumberList numbers() {
        return new NumberList(policy.listAll().stream()
                .map(each -> new NumberView(each.name(), each.value(), each.from(), each.citation(), each.state().name())).toList());
    }

    /** @param approved null: not decided */
    @Serdeable
    record ProposalView(UUID id, String name, String value, LocalDate effectiveOn, String citation, String ground, UUID proposedBy, Instant proposedAt,
            @Nullable Boolean approved, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String decision) {
        static ProposalView of(PolicyProposals.Proposal p) {
            return new ProposalView(p.id(), p.name(), p.value(), p.effectiveOn(), p.citation(), p.ground(), p.proposedBy(), p.proposedAt(), p.approved(),
                    p.decidedBy(), p.decidedAt(), p.decision());
        }
    }

    @Serdeable
    record ProposalList(List<ProposalView> proposals) {}

    /** Changes of policy numbers that were proposed. */
    @Get("/proposals")
    ProposalList proposals(Visitor visitor) {
        Rights.require(visitor, Role.REGULATOR, Role.AUDITOR, Role.OPERATIONS);
        return new ProposalList(policy.list(MOST_LISTED).stream().map(ProposalView::of).toList());
    }

    /** @param effectiveOn a day after today, of no closed month; for rates and choices of the books, the first of a month */
    @Serdeable
    record ProposalRequest(@Nullable String name, @Nullable String value, @Nullable String effectiveOn, @Nullable String citation,
            @Nullable String ground) {}

    /** Proposes a number; it holds once another person has approved it, from its day on. */
    @Put("/proposals/{id}")
    HttpResponse<ProposalView> propose(Visitor visitor, UUID id, @Body ProposalRequest request) {
        Person by = Rights.require(visitor, Role.REGULATOR);
        PolicyProposals.Proposed proposed = new PolicyProposals.Proposed(Facts.need("name", request.name()),
                Pages.requireText("value", request.value(), MOST_VALUE), Pages.readDay("effectiveOn", Facts.need("effectiveOn", request.effectiveOn())),
                Pages.requireText("citation", request.citation(), PolicyProposals.MOST_TEXT),
                Pages.requireText("ground", request.ground(), PolicyProposals.MOST_TEXT));
        boolean already = done(policy.propose(id, proposed, by.id()));
        ProposalView view = Facts.found(policy.find(id).map(ProposalView::of));
        return already ? HttpResponse.ok(view) : HttpResponse.created(view);
    }

    @Serdeable
    record DecisionRequest(boolean approved, @Nullable String decision) {}

    /** Another person decides. */
    @Post("/proposals/{id}/decision")
    ProposalView decide(Visitor visitor, UUID id, @Body DecisionRequest request) {
        Person by = Rights.require(visitor, Role.REGULATOR);
        done(policy.decide(id, request.approved(), Pages.requireText("decision", request.decision(), PolicyProposals.MOST_TEXT), by.id()));
        return Facts.found(policy.find(id).map(ProposalView::of));
    }

    private static boolean done(PolicyProposals.Outcome outcome) {
        return switch (outcome) {
            case PolicyProposals.Outcome.Done(var already) -> already;
            case PolicyProposals.Outcome.Refused(var refusal) -> throw refused(refusal);
        };
    }

    private static ManagementProblem refused(PolicyProposals.Refusal refusal) {
        Refusal code = switch (refusal) {
            case UNKNOWN -> Refusal.NOT_FOUND;
            case ID_TAKEN, DECIDED, DATE_TAKEN -> Refusal.CONFLICT;
            case SAME_PERSON, NOT_THE_BUREAU -> Refusal.FORBIDDEN;
            case VALUE_UNFIT -> Refusal.INVALID_REQUEST;
            case NO_SUCH_NUMBER, UNDER_THE_LAW, NOT_TO_COME, TOO_FAR, PERIOD_CLOSED, NO_FIRST_OF_MONTH -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(code, refusal.zh(), refusal.en());
    }
}

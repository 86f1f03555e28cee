package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.objection.PersonalRequests;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.AddressLimits;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.identifier.ResidentId;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
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

/** What people ask about their own data, entered at the bureau's window or raised by who proved who they are; and the answers. */
@Controller("/api/personal-requests")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PersonalRequestController {
    private static final int MOST_LISTED = 500;
    private static final int MOST_PROOF = 8_000;

    private final PersonalRequests requests;
    private final AddressLimits limits;

    PersonalRequestController(PersonalRequests requests, AddressLimits limits) {
        this.requests = requests;
        this.limits = limits;
    }

    /**
     * A request.
     *
     * @param person the identity number: tokens are made of it, and it is not kept
     * @param wish CORRECT, COMPLETE, ERASE or EXPLAIN
     * @param product null: it is about a resource
     * @param evidence at the window: SHA-256 of the paper; null elsewhere
     * @param proof what the city's identity provider states of the person; null at the window
     */
    @Serdeable
    record PersonalRequest(@Nullable String person, @Nullable String wish, @Nullable String product, @Nullable String resource,
            @Nullable String statement, @Nullable String evidence, @Nullable String proof) {
        PersonalRequests.Asked asked() {
            return Facts.built(() -> new PersonalRequests.Asked(Pages.constant("wish", Facts.need("wish", wish), PersonalRequests.Wish.class), product,
                    resource, Pages.requireText("statement", statement, PersonalRequests.MOST_TEXT)));
        }

        ResidentId resident() {
            return ResidentId.parse(Facts.need("person", person)).orElseThrow(
                    () -> new ManagementProblem(Refusal.INVALID_REQUEST, "person 不是有效的公民身份号码。", "person is no identity number."));
        }

        /** Nothing of the person. */
        @Override
        public String toString() {
            return "PersonalRequest[" + wish + "]";
        }
    }

    /** @param code with the number, opens what came of it; to be given to the person alone */
    @Serdeable
    record RaisedView(UUID id, String number, String code, LocalDate due) {}

    /** Enters the paper of somebody at the window. */
    @Put("/{id}")
    HttpResponse<RaisedView> enter(Visitor visitor, UUID id, @Body PersonalRequest request) {
        Person by = Rights.require(visitor, Role.REGULATOR);
        return raised(id, requests.enter(id, request.asked(), request.resident(), Facts.need("evidence", request.evidence()), by.id()));
    }

    /** Raises one for who proves who they are; nobody has to be signed in. */
    @Put("/proved/{id}")
    HttpResponse<RaisedView> raise(HttpRequest<?> from, UUID id, @Body PersonalRequest request) {
        pass(from);
        return raised(id, requests.raise(id, request.asked(), request.resident(), Pages.requireText("proof", request.proof(), MOST_PROOF)));
    }

    /** As the page does: what nobody has to be signed in for is not asked at any pace. */
    private void pass(HttpRequest<?> from) {
        limits.tooFast(from, AddressLimits.Door.PERSON).ifPresent(retryAfter -> {
            throw new ManagementProblem(Refusal.RATE_LIMITED, retryAfter);
        });
    }

    private static HttpResponse<RaisedView> raised(UUID id, PersonalRequests.Raising raising) {
        return switch (raising) {
            case PersonalRequests.Raising.Raised(var reference, var code, var due, var already) -> {
                RaisedView view = new RaisedView(id, reference, code, due);
                yield already ? HttpResponse.ok(view) : HttpResponse.created(view);
            }
            case PersonalRequests.Raising.Refused(var refusal) -> throw refused(refusal);
        };
    }

    @Serdeable
    record RequestView(UUID id, String number, String wish, @Nullable String product, @Nullable String resource, String statement, String way,
            Instant raisedAt, @Nullable UUID answerer, String status, LocalDate due, @Nullable String answer, @Nullable UUID correctedLoad,
            @Nullable Instant answeredAt, @Nullable Instant toldAt) {}

    private RequestView view(PersonalRequests.Request r) {
        return new RequestView(r.id(), r.reference(), r.wish().name(), r.product(), r.resource(), r.statement(), r.way().name(), r.raisedAt(), r.answerer(),
                r.status().name(), requests.dueOf(r), r.answer(), r.load(), r.answeredAt(), r.toldAt());
    }

    @Serdeable
    record RequestList(List<RequestView> requests) {}

    /** Those the reader has to do with; the person is in none of them. */
    @Get
    RequestList list(Visitor visitor) {
        Person reader = Rights.require(visitor, Role.REGULATOR, Role.AUDITOR, Role.PROVIDER_OFFICER, Role.MERCHANT_OFFICER);
        return new RequestList(requests.listFor(reader, MOST_LISTED).stream().map(this::view).toList());
    }

    @Serdeable
    record OutcomeRequest(@Nullable String number, @Nullable String code) {}

    /** What came of a request, for who knows its number and code; nobody has to be signed in. */
    @Post("/outcome")
    RequestView outcome(HttpRequest<?> from, @Body OutcomeRequest asked) {
        pass(from);
        return requests.findOutcome(Facts.need("number", asked.number()), Facts.need("code", asked.code())).map(this::view)
                .orElseThrow(() -> refused(PersonalRequests.Refusal.UNKNOWN));
    }

    /** @param load the load that corrected it; null: none is named */
    @Serdeable
    record AnswerRequest(boolean granted, @Nullable String answer, @Nullable UUID load) {}

    /** Answers, with the reason; who entered the paper does not. */
    @Post("/{id}/answer")
    RequestView answer(Visitor visitor, UUID id, @Body AnswerRequest answer) {
        Person by = Rights.require(visitor, Role.REGULATOR, Role.PROVIDER_OFFICER, Role.MERCHANT_OFFICER);
        String text = Pages.requireText("answer", answer.answer(), PersonalRequests.MOST_TEXT);
        return after(id, requests.answer(id, answer.granted(), text, answer.load(), by.id()));
    }

    /** That the person was told. */
    @Post("/{id}/told")
    RequestView told(Visitor visitor, UUID id) {
        return after(id, requests.tell(id, Rights.require(visitor, Role.REGULATOR).id()));
    }

    private RequestView after(UUID id, PersonalRequests.Outcome outcome) {
        return switch (outcome) {
            case PersonalRequests.Outcome.Done _ -> Facts.found(requests.find(id).map(this::view));
            case PersonalRequests.Outcome.Refused(var refusal) -> throw refused(refusal);
        };
    }

    private static ManagementProblem refused(PersonalRequests.Refusal refusal) {
        Refusal code = switch (refusal) {
            case UNKNOWN -> Refusal.NOT_FOUND;
            case ID_TAKEN, NOT_THE_STEP, PROOF_USED -> Refusal.CONFLICT;
            case NOT_YOURS, SAME_PERSON, NOT_PROVED -> Refusal.FORBIDDEN;
            case NO_PROVIDER, NO_SUCH_DATA, NOT_OPEN_HERE, TOO_MANY, NO_SUCH_LOAD -> Refusal.RULE_BROKEN;
            case PERSONAL_VALUES, NO_EVIDENCE -> Refusal.INVALID_REQUEST;
        };
        return new ManagementProblem(code, refusal.zh(), refusal.en());
    }
}

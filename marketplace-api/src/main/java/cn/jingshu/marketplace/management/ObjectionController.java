package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.objection.Objection;
import cn.jingshu.marketplace.objection.Objections;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.term.Deadline;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.Term;
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
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Objections: raised by anyone who is signed in, answered by the provider or merchant, decided by the bureau. */
@Controller("/api/objections")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ObjectionController {
    private final Objections objections;
    private final Deadlines deadlines;

    ObjectionController(Objections objections, Deadlines deadlines) {
        this.objections = objections;
        this.deadlines = deadlines;
    }

    private static Person person(Visitor visitor) {
        return switch (visitor) {
            case Visitor.Nobody() -> throw new ManagementProblem(Refusal.NOT_SIGNED_IN);
            case Visitor.Key _ -> throw new ManagementProblem(Refusal.FORBIDDEN);
            case Visitor.SignedIn(var person, var _) -> person;
        };
    }

    @Serdeable
    record LoadView(UUID load, String table, String resource) {}

    /** @param side RAISER, ANSWERER or BUREAU; people's names stay inside */
    @Serdeable
    record MessageView(UUID id, String side, String step, Instant at, String text) {}

    /**
     * An objection.
     *
     * @param due the last day of the term that runs, or of the answer's when it was answered; null: it was withdrawn
     * @param provisional the date can still change with the notice of a year
     * @param loads what stood in the tables of the resources concerned when it was raised
     */
    @Serdeable
    record ObjectionView(UUID id, String reference, @Nullable String resource, @Nullable UUID batch, @Nullable String product,
            @Nullable Integer productVersion, @Nullable UUID event, String fault, String statement, UUID organisation, Instant raisedAt,
            @Nullable UUID answerer, String status, @Nullable LocalDate due, boolean provisional, boolean overdue, @Nullable Instant answeredAt,
            @Nullable String answer, @Nullable UUID correctedLoad, @Nullable UUID correctedBatch, @Nullable Instant decidedAt,
            @Nullable String decision, List<LoadView> loads, List<MessageView> messages) {}

    @Serdeable
    record ObjectionList(List<ObjectionView> objections) {}

    private static ObjectionView view(Objection o, List<Deadline> running, List<Objection.Message> messages) {
        Optional<Deadline> deadline = running.stream().filter(each -> each.subject().equals(o.id())).findFirst();
        String resource = null;
        UUID batch = null;
        String product = null;
        Integer version = null;
        switch (o.about()) {
            case Objection.About.OfResource(var of, var in) -> {
                resource = of;
                batch = in;
            }
            case Objection.About.OfProduct(var of, var in) -> {
                product = of;
                version = in;
            }
        }
        return new ObjectionView(o.id(), o.reference(), resource, batch, product, version, o.event(), o.fault().name(), o.statement(), o.organisation(),
                o.raisedAt(), o.answerer(), o.status().name(), deadline.map(each -> each.due().on()).orElse(o.dueOn()),
                deadline.filter(each -> each.due().isProvisional()).isPresent(), deadline.filter(Deadline::overdue).isPresent(), o.answeredAt(),
                o.answer(), o.correctedLoad(), o.correctedBatch(), o.decidedAt(), o.decision(),
                o.loads().stream().map(each -> new LoadView(each.load(), each.table(), each.resource())).toList(),
                messages.stream().map(each -> new MessageView(each.id(), each.side().name(), each.step().name(), each.at(), each.text())).toList());
    }

    private List<Deadline> running() {
        return deadlines.listOpen().stream().filter(each -> each.term() == Term.OBJECTION || each.term() == Term.OBJECTION_DECISION).toList();
    }

    /** Those the reader's organisation raised or has to answer; all for who supervises, runs or audits the market. */
    @Get("{?status,limit}")
    ObjectionList list(Visitor visitor, @Nullable @QueryValue String status, @QueryValue(defaultValue = "100") int limit) {
        Person reader = person(visitor);
        Objection.Status wanted = status == null ? null : Pages.constant("status", status, Objection.Status.class);
        List<Deadline> running = running();
        return new ObjectionList(objections.listFor(reader, Facts.limit(limit)).stream().filter(each -> wanted == null || each.status() == wanted)
                .map(each -> view(each, running, List.of())).toList());
    }

    /** One objection with what was said about it. */
    @Get("/{id}")
    ObjectionView objection(Visitor visitor, UUID id) {
        return Facts.found(viewOf(id, person(visitor)));
    }

    private Optional<ObjectionView> viewOf(UUID id, Person reader) {
        return objections.find(id, reader).map(each -> view(each, running(), objections.messagesOf(id)));
    }

    /** A resource or a product; {@code event} names the call whose answer it is about. */
    @Serdeable
    record RaiseRequest(@Nullable String resource, @Nullable String product, @Nullable UUID event, @Nullable String fault,
            @Nullable String statement) {}

    /** Raises an objection (异议) under the caller's own id. */
    @Put("/{id}")
    HttpResponse<ObjectionView> raise(Visitor visitor, UUID id, @Body RaiseRequest request) {
        Person raiser = person(visitor);
        Objections.Raised raised = Facts.built(() -> new Objections.Raised(request.resource(), request.product(), request.event(),
                Pages.constant("fault", Facts.need("fault", request.fault()), Objection.Fault.class),
                Pages.requireText("statement", request.statement(), Objections.MOST_TEXT)));
        return Facts.entered(change(objections.raise(id, raised, raiser.id())), () -> viewOf(id, raiser));
    }

    @Serdeable
    record MessageRequest(@Nullable String text) {}

    /** Adds a message to an objection under the caller's own id. */
    @Put("/{id}/messages/{message}")
    ObjectionView say(Visitor visitor, UUID id, UUID message, @Body MessageRequest request) {
        Person speaker = person(visitor);
        return Facts.stepped(change(objections.say(id, message, Pages.requireText("text", request.text(), Objections.MOST_TEXT), speaker.id())),
                () -> viewOf(id, speaker));
    }

    /**
     * An answer.
     *
     * @param load the load that corrected it
     * @param batch the batch of the catalogue that did
     */
    @Serdeable
    record AnswerRequest(boolean corrected, @Nullable String answer, @Nullable UUID load, @Nullable UUID batch) {}

    /** Answers an objection for the provider or merchant it is about. */
    @Post("/{id}/answer")
    ObjectionView answer(Visitor visitor, UUID id, @Body AnswerRequest request) {
        Person answerer = person(visitor);
        return Facts.stepped(change(objections.answer(id, new Objections.Answer(request.corrected(),
                Pages.requireText("answer", request.answer(), Objections.MOST_TEXT), request.load(), request.batch()), answerer.id())),
                () -> viewOf(id, answerer));
    }

    /** Brings an objection before the bureau, by who raised it. */
    @Post("/{id}/escalation")
    ObjectionView escalate(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        Person raiser = person(visitor);
        return Facts.stepped(change(objections.escalate(id, text(ground), raiser.id())), () -> viewOf(id, raiser));
    }

    @Serdeable
    record DecisionRequest(boolean upheld, @Nullable String reason) {}

    /** Decides an objection for the bureau. */
    @Post("/{id}/decision")
    ObjectionView decide(Visitor visitor, UUID id, @Body DecisionRequest request) {
        Person decider = person(visitor);
        return Facts.stepped(change(objections.decide(id, request.upheld(),
                Pages.requireText("reason", request.reason(), Objections.MOST_TEXT), decider.id())), () -> viewOf(id, decider));
    }

    /** Takes an objection back. */
    @Post("/{id}/withdrawal")
    ObjectionView withdraw(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        Person raiser = person(visitor);
        return Facts.stepped(change(objections.withdraw(id, text(ground), raiser.id())), () -> viewOf(id, raiser));
    }

    private static String text(Facts.Ground ground) {
        return Pages.requireText("reason", ground.reason(), Objections.MOST_TEXT);
    }

    private static Change change(Objections.Outcome outcome) {
        return switch (outcome) {
            case Objections.Outcome.Done(var already) -> new Change.Done(already);
            case Objections.Outcome.Refused refused -> throw refused(refused.refusal());
        };
    }

    private static ManagementProblem refused(Objections.Refusal why) {
        Refusal refusal = switch (why) {
            case UNKNOWN -> Refusal.NOT_FOUND;
            case ID_TAKEN, NOT_THE_STEP -> Refusal.CONFLICT;
            case NO_SUCH_DATA, NO_SUCH_CALL, OTHER_CALL, NO_SUCH_CORRECTION, PERSONAL_VALUES -> Refusal.INVALID_REQUEST;
            case NOT_YOURS, SAME_PERSON -> Refusal.FORBIDDEN;
            case OWN_DATA, TOO_MANY, TOO_MANY_MESSAGES, MUST_CORRECT, MUST_NAME_CORRECTION -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, why.zh(), why.en());
    }
}

package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Catalogue;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.catalogue.ResourceVersion;
import cn.jingshu.marketplace.management.Rights;
import cn.jingshu.marketplace.objection.Objection;
import cn.jingshu.marketplace.objection.Objections;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.term.Deadline;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.HolidayNotices;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.marketplace.term.Terms;
import cn.jingshu.marketplace.term.WorkingDays;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.Usage;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Objections for both sides: raise, read, write, answer, and let the bureau decide. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ObjectionPages {
    private static final int SHOWN = 100;
    private static final int LEAST_STATEMENT = 10;

    /** What is said beside the load of an answer. */
    private static final Set<Objections.Refusal> CORRECTIONS = Set.of(Objections.Refusal.NO_SUCH_CORRECTION, Objections.Refusal.MUST_NAME_CORRECTION);

    private final PageFrame frame;
    private final Pages pages;
    private final Objections objections;
    private final Deadlines deadlines;
    private final Terms terms;
    private final HolidayNotices notices;
    private final ResourceCatalogue catalogue;
    private final Catalogue products;
    private final Organisations organisations;
    private final Usage usage;
    private final Rights rights;
    private final Clock clock;

    ObjectionPages(PageFrame frame, Pages pages, Objections objections, Deadlines deadlines, Terms terms, HolidayNotices notices,
            ResourceCatalogue catalogue, Catalogue products, Organisations organisations, Usage usage, Rights rights, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.objections = objections;
        this.deadlines = deadlines;
        this.terms = terms;
        this.notices = notices;
        this.catalogue = catalogue;
        this.products = products;
        this.organisations = organisations;
        this.usage = usage;
        this.rights = rights;
        this.clock = clock;
    }

    private Bilingual nameOf(Objection.About about) {
        return switch (about) {
            case Objection.About.OfResource(var resource, var batch) -> catalogue.versionsOf(resource).stream()
                    .filter(each -> each.batch().equals(batch)).findFirst().map(ResourceVersion::entry)
                    .map(each -> new Bilingual(each.nameZh(), each.nameEn())).orElse(Bilingual.same(resource));
            case Objection.About.OfProduct(var product, var _) -> productName(product);
        };
    }

    private Bilingual productName(String product) {
        return products.listProducts().stream().filter(each -> each.registration().product().equals(product)).findFirst()
                .map(each -> new Bilingual(each.registration().nameZh(), each.registration().nameEn())).orElse(Bilingual.same(product));
    }

    /* The list */

    @Get(Links.OBJECTIONS)
    HttpResponse<String> list(HttpRequest<?> request) {
        Person reader = frame.personOf(request);
        List<Deadline> running = deadlines.listOpen();
        ObjectionsView view = new ObjectionsView(Reading.known(objections.listFor(reader, SHOWN).stream().map(each -> {
            Optional<Deadline> deadline = running(running, each);
            return new ObjectionsView.Row(each.id(), each.reference(), each.about().code(), nameOf(each.about()), TermWords.of(each.fault()),
                    TermWords.of(each.status()), TermWords.css(each.status()), each.organisation().equals(reader.organisationId()), each.raisedAt(),
                    deadline.map(d -> d.due().on()).orElse(each.dueOn()), deadline.map(TermWords::left).orElse(null));
        }).toList(), clock.instant()));
        return frame.show(request, page -> pages.objections(page, view));
    }

    private static Optional<Deadline> running(List<Deadline> running, Objection objection) {
        return running.stream().filter(each -> each.subject().equals(objection.id())
                && (each.term() == Term.OBJECTION || each.term() == Term.OBJECTION_DECISION)).findFirst();
    }

    /* A new one */

    @Get(Links.NEW_OBJECTION)
    HttpResponse<String> begin(HttpRequest<?> request, @Nullable @QueryValue String resource, @Nullable @QueryValue String product,
            @Nullable @QueryValue String event) throws SQLException {
        frame.personOf(request);
        Map<String, String> values = new LinkedHashMap<>();
        values.put("id", UUID.randomUUID().toString());
        if (event != null) {
            StoredEvent called = ownCall(request, SubscriptionPages.uuid(event)).orElseThrow(PageRefused::noSuchPage);
            values.put("event", event);
            values.put("product", called.event().product());
        } else if (product != null) {
            values.put("product", product);
        } else if (resource != null) {
            values.put("resource", resource);
        }
        return form(request, new Form(values, Map.of()), HttpStatus.OK);
    }

    private Optional<StoredEvent> ownCall(HttpRequest<?> request, UUID event) throws SQLException {
        Optional<Set<UUID>> visible = rights.callsOf(frame.visitorOf(request));
        return usage.findEvent(event).filter(each -> visible.isEmpty() || visible.get().contains(each.event().subscriptionId()));
    }

    private MutableHttpResponse<String> form(HttpRequest<?> request, Form form, HttpStatus status) {
        List<ResourceVersion> listed = catalogue.listAt(catalogue.today());
        String resource = form.value("resource");
        String product = form.value("product");
        Bilingual name = null;
        String about = null;
        if (!product.isEmpty()) {
            about = product;
            name = productName(product);
        } else if (!resource.isEmpty()) {
            Optional<ResourceVersion> version = listed.stream().filter(each -> each.entry().id().equals(resource)).findFirst();
            about = resource;
            name = version.map(each -> new Bilingual(each.entry().nameZh(), each.entry().nameEn())).orElse(Bilingual.same(resource));
        }
        LocalDate today = deadlines.today();
        int days = terms.read().lengthOf(Term.OBJECTION, today).workingDays();
        WorkingDays.Due due = notices.calendar().after(today, days);
        NewObjectionView view = new NewObjectionView(about, name,
                listed.stream().map(each -> new ResourcesView.Choice(each.entry().id(), new Bilingual(each.entry().id() + " " + each.entry().nameZh(),
                        each.entry().id() + " " + each.entry().nameEn()))).toList(),
                products.listProducts().stream().map(each -> new ResourcesView.Choice(each.registration().product(),
                        new Bilingual(each.registration().nameZh(), each.registration().nameEn()))).distinct().toList(),
                Arrays.stream(Objection.Fault.values()).map(each -> new ResourcesView.Choice(each.name(), TermWords.of(each))).toList(),
                days, due.on(), due.isProvisional() ? TermWords.provisional(due.withoutNotice()) : null, form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.newObjection(page, view));
    }

    @Post(Links.NEW_OBJECTION)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> raise(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person raiser = frame.personOf(request);
        String resource = posted.text("resource");
        String product = posted.text("product");
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        if (resource.isEmpty() == product.isEmpty()) {
            wrong.put("resource", new Bilingual("请选择一项资源或一个产品", "choose one resource or one product"));
        }
        Optional<Objection.Fault> fault = Arrays.stream(Objection.Fault.values()).filter(each -> each.name().equals(posted.text("fault"))).findFirst();
        if (fault.isEmpty()) {
            wrong.put("fault", new Bilingual("请选择问题", "choose what is the matter"));
        }
        String statement = statement(posted, "statement", wrong);
        Optional<UUID> event = Optional.empty();
        if (!posted.text("event").isEmpty()) {
            event = uuid(posted.text("event"));
            if (event.isEmpty()) {
                wrong.put("event", new Bilingual("调用编号无效", "this is no call's id"));
            }
        }
        if (fault.isEmpty() || !wrong.isEmpty()) {
            return form(request, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        UUID id = SubscriptionPages.uuid(posted.text("id"));
        Objections.Outcome outcome = objections.raise(id, new Objections.Raised(resource.isEmpty() ? null : resource, product.isEmpty() ? null : product,
                event.orElse(null), fault.get(), statement), raiser.id());
        return switch (outcome) {
            case Objections.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.objection(id) + "?done=" + Done.OBJECTED.word()));
            case Objections.Outcome.Refused refused -> form(request, new Form(posted.shown(), beside(refused.refusal(), product.isEmpty() ? "resource" : "product")),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    private static Map<String, Bilingual> beside(Objections.Refusal why, String about) {
        String field = switch (why) {
            case NO_SUCH_DATA, OWN_DATA -> about;
            case NO_SUCH_CALL, OTHER_CALL -> "event";
            case PERSONAL_VALUES, TOO_MANY, TOO_MANY_MESSAGES, UNKNOWN, ID_TAKEN, NOT_YOURS, NOT_THE_STEP, MUST_CORRECT, MUST_NAME_CORRECTION,
                    NO_SUCH_CORRECTION, SAME_PERSON -> "statement";
        };
        return Map.of(field, new Bilingual(why.zh(), why.en()));
    }

    private static String statement(Posted posted, String field, Map<String, Bilingual> wrong) {
        String text = posted.text(field);
        if (text.length() < LEAST_STATEMENT || text.length() > Objections.MOST_TEXT) {
            wrong.put(field, new Bilingual("须填写 " + LEAST_STATEMENT + " 至 " + Objections.MOST_TEXT + " 字",
                    LEAST_STATEMENT + " to " + Objections.MOST_TEXT + " characters are needed"));
        }
        return text;
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /* One */

    @Get(Links.OBJECTIONS + "/{id}")
    HttpResponse<String> objection(HttpRequest<?> request, String id) throws SQLException {
        return show(request, SubscriptionPages.uuid(id), frame.personOf(request), Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, UUID id, Person reader, Form form, HttpStatus status) {
        Objection o = objections.find(id, reader).orElseThrow(PageRefused::noSuchPage);
        Optional<Deadline> deadline = running(deadlines.listOpen(), o);
        boolean own = o.organisation().equals(reader.organisationId());
        boolean answered = o.status() == Objection.Status.CORRECTED || o.status() == Objection.Status.NOT_WRONG;
        boolean bureau = reader.roles().contains(Role.REGULATOR);
        ObjectionView.May may = new ObjectionView.May(
                !o.status().isOver() && Objections.sideOf(o, reader).isPresent(),
                o.status().waitsForAnswer() && Objections.answersFor(o, reader), o.status() == Objection.Status.UPHELD,
                own && answered && o.decidedAt() == null,
                bureau && o.status() == Objection.Status.ESCALATED && !reader.id().equals(o.raisedBy()) && !reader.id().equals(o.answeredBy())
                        && !objections.hasEscalated(o.id(), reader.id()),
                own && o.status() == Objection.Status.OPEN);
        UUID answerer = o.answerer();
        ObjectionView view = new ObjectionView(o.id(), o.reference(), o.about().code(), switch (o.about()) {
            case Objection.About.OfResource(var resource, var _) -> Links.resource(resource);
            case Objection.About.OfProduct(var product, var _) -> Links.product(product);
        }, nameOf(o.about()), TermWords.of(o.fault()), TermWords.of(o.status()), TermWords.css(o.status()), name(o.organisation()),
                answerer == null ? new Bilingual("数据主管部门", "Data bureau") : name(answerer), o.raisedAt(), o.event(), own,
                deadline.map(each -> each.due().on()).orElse(o.dueOn()), deadline.map(TermWords::left).orElse(null),
                o.loads().stream().map(each -> new ObjectionView.Load(each.load(), each.table(), each.resource())).toList(),
                LoadPages.mayRead(frame.visitorOf(request)), o.correctedLoad(), o.correctedBatch(),
                objections.messagesOf(id).stream().map(each -> new ObjectionView.Said(TermWords.of(each.side()), TermWords.of(each.step()), each.at(),
                        each.text())).toList(),
                UUID.randomUUID(), may, form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.objection(page, view));
    }

    private Bilingual name(UUID organisation) {
        return organisations.find(organisation).map(PageFrame::nameOf).orElse(Bilingual.same(organisation.toString()));
    }

    @Post(Links.OBJECTIONS + "/{id}/{step}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> step(HttpRequest<?> request, String id, String step, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personOf(request);
        UUID objection = SubscriptionPages.uuid(id);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        String field = switch (step) {
            case "message" -> "text";
            case "answer" -> "answer";
            case "escalation" -> "escalation";
            case "decision" -> "decision";
            case "withdrawal" -> "withdrawal";
            default -> throw PageRefused.noSuchPage();
        };
        String text = posted.text(field);
        if (text.isEmpty() || text.length() > Objections.MOST_TEXT) {
            wrong.put(field, new Bilingual("须填写,最多 " + Objections.MOST_TEXT + " 字", "it is needed, of " + Objections.MOST_TEXT + " characters at most"));
        }
        String verdict = posted.text("verdict");
        if ((field.equals("answer") && !Set.of("CORRECTED", "NOT_WRONG").contains(verdict))
                || (field.equals("decision") && !Set.of("UPHELD", "DISMISSED").contains(verdict))) {
            wrong.put("verdict", new Bilingual("请选择结论", "choose a conclusion"));
        }
        Optional<UUID> load = named(posted, "load", wrong);
        Optional<UUID> batch = named(posted, "batch", wrong);
        if (!wrong.isEmpty()) {
            return show(request, objection, person, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        Objections.Outcome outcome = switch (field) {
            case "text" -> objections.say(objection, SubscriptionPages.uuid(posted.text("message")), text, person.id());
            case "answer" -> objections.answer(objection, new Objections.Answer(verdict.equals("CORRECTED"), text, load.orElse(null), batch.orElse(null)),
                    person.id());
            case "escalation" -> objections.escalate(objection, text, person.id());
            case "decision" -> objections.decide(objection, verdict.equals("UPHELD"), text, person.id());
            default -> objections.withdraw(objection, text, person.id());
        };
        return switch (outcome) {
            case Objections.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.objection(objection) + "?done="
                    + (field.equals("decision") ? Done.DECIDED : Done.SAID).word()));
            case Objections.Outcome.Refused(var why) -> show(request, objection, person,
                    new Form(posted.shown(), Map.of(CORRECTIONS.contains(why) ? "load" : field, new Bilingual(why.zh(), why.en()))),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    /** What corrected it, if that was named. */
    private static Optional<UUID> named(Posted posted, String field, Map<String, Bilingual> wrong) {
        String text = posted.text(field);
        Optional<UUID> id = text.isEmpty() ? Optional.empty() : uuid(text);
        if (!text.isEmpty() && id.isEmpty()) {
            wrong.put(field, new Bilingual("编号无效", "this is no id"));
        }
        return id;
    }
}

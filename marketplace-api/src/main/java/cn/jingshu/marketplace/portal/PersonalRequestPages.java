package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Catalogue;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.objection.PersonalRequests;
import cn.jingshu.marketplace.objection.PersonalRequests.Request;
import cn.jingshu.marketplace.objection.PersonalRequests.Status;
import cn.jingshu.marketplace.objection.PersonalRequests.Way;
import cn.jingshu.marketplace.objection.PersonalRequests.Wish;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.marketplace.term.Terms;
import cn.jingshu.marketplace.visitor.AddressLimits;
import cn.jingshu.products.identifier.ResidentId;
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
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where people ask about their own data and read what came of it, without an account; and where those who answer do. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PersonalRequestPages {
    private static final Logger LOG = LoggerFactory.getLogger(PersonalRequestPages.class);
    private static final int SHOWN = 200;
    private static final List<Role> READERS = List.of(Role.REGULATOR, Role.AUDITOR, Role.PROVIDER_OFFICER, Role.MERCHANT_OFFICER);

    private final PageFrame frame;
    private final Pages pages;
    private final PersonalRequests requests;
    private final Catalogue products;
    private final ResourceCatalogue catalogue;
    private final Terms terms;
    private final Deadlines deadlines;
    private final ClientLimits limits;
    private final Clock clock;

    PersonalRequestPages(PageFrame frame, Pages pages, PersonalRequests requests, Catalogue products, ResourceCatalogue catalogue, Terms terms,
            Deadlines deadlines, ClientLimits limits, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.requests = requests;
        this.products = products;
        this.catalogue = catalogue;
        this.terms = terms;
        this.deadlines = deadlines;
        this.limits = limits;
        this.clock = clock;
    }

    private static Bilingual wordsOf(Wish wish) {
        return switch (wish) {
            case CORRECT -> new Bilingual("更正", "Correct what is wrong");
            case COMPLETE -> new Bilingual("补充", "Complete what is missing");
            case ERASE -> new Bilingual("删除", "Erase it");
            case EXPLAIN -> new Bilingual("查阅或说明", "Show or explain it");
        };
    }

    private static Bilingual wordsOf(Status status) {
        return switch (status) {
            case OPEN -> new Bilingual("办理中", "waits for the answer");
            case GRANTED -> new Bilingual("已同意", "granted");
            case REFUSED -> new Bilingual("未同意", "refused");
        };
    }

    private static String cssOf(Status status) {
        return switch (status) {
            case OPEN -> "warning";
            case GRANTED -> "done";
            case REFUSED -> "failed";
        };
    }

    private static List<ResourcesView.Choice> wishes() {
        return Arrays.stream(Wish.values()).map(each -> new ResourcesView.Choice(each.name(), wordsOf(each))).toList();
    }

    private List<ResourcesView.Choice> productChoices() {
        return products.listProducts().stream().map(each -> new ResourcesView.Choice(each.registration().product(),
                new Bilingual(each.registration().nameZh(), each.registration().nameEn()))).distinct().toList();
    }

    private List<ResourcesView.Choice> resourceChoices() {
        return catalogue.listAt(catalogue.today()).stream().map(each -> new ResourcesView.Choice(each.entry().id(),
                new Bilingual(each.entry().id() + " " + each.entry().nameZh(), each.entry().id() + " " + each.entry().nameEn()))).toList();
    }

    /* For people */

    @Get(Links.PERSONAL_REQUESTS)
    HttpResponse<String> show(HttpRequest<?> request) {
        return show(request, null, null, new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()), HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, PersonalRequestsView.@Nullable Slip slip,
            PersonalRequestsView.@Nullable Outcome outcome, Form form, HttpStatus status) {
        PersonalRequestsView view = new PersonalRequestsView(requests.knowsProvider(), wishes(), productChoices(), resourceChoices(),
                terms.read().lengthOf(Term.PERSONAL_REQUEST, deadlines.today()).workingDays(), slip, outcome, form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.personalRequests(page, view));
    }

    private record Read(PersonalRequests.Asked asked, ResidentId person) {}

    private static Optional<Read> read(Posted posted, Map<String, Bilingual> wrong) {
        Optional<ResidentId> person = ResidentId.parse(posted.text("person"));
        if (person.isEmpty()) {
            wrong.put("person", new Bilingual("不是有效的公民身份号码", "this is no identity number"));
        }
        Optional<Wish> wish = Arrays.stream(Wish.values()).filter(each -> each.name().equals(posted.text("wish"))).findFirst();
        if (wish.isEmpty()) {
            wrong.put("wish", new Bilingual("请选择", "choose what is to be done"));
        }
        String product = posted.text("product");
        String resource = posted.text("resource");
        if (product.isEmpty() == resource.isEmpty()) {
            wrong.put("product", new Bilingual("请选择一个产品或一项资源", "choose one product or one resource"));
        }
        String statement = posted.text("statement");
        if (statement.isEmpty() || statement.length() > PersonalRequests.MOST_TEXT) {
            wrong.put("statement", new Bilingual("须填写,最多 2000 字", "it is needed, of 2000 characters at most"));
        }
        return wrong.isEmpty() ? Optional.of(new Read(new PersonalRequests.Asked(wish.orElseThrow(), product.isEmpty() ? null : product,
                resource.isEmpty() ? null : resource, statement), person.orElseThrow())) : Optional.empty();
    }

    /** What may come back on a page: nothing that says who it is or opens anything. */
    private static Map<String, String> shown(Posted posted) {
        Map<String, String> shown = new LinkedHashMap<>(posted.shown());
        shown.keySet().removeAll(List.of("person", "proof", "code"));
        return shown;
    }

    @Post(Links.PERSONAL_REQUESTS)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> raise(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        limits.pass(request, AddressLimits.Door.PERSON);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        if (posted.text("proof").isEmpty()) {
            wrong.put("proof", new Bilingual("须填写", "it is needed"));
        }
        Optional<Read> read = read(posted, wrong);
        if (read.isEmpty()) {
            return show(request, null, null, new Form(shown(posted), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return switch (requests.raise(SubscriptionPages.uuid(posted.text("id")), read.get().asked(), read.get().person(), posted.text("proof"))) {
            case PersonalRequests.Raising.Raised(var number, var code, var due, var _) -> show(request,
                    new PersonalRequestsView.Slip(number, code, due), null, new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()), HttpStatus.OK);
            case PersonalRequests.Raising.Refused(var refusal) -> show(request, null, null,
                    new Form(shown(posted), Map.of(fieldOf(refusal), new Bilingual(refusal.zh(), refusal.en()))), HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    private static String fieldOf(PersonalRequests.Refusal refusal) {
        return switch (refusal) {
            case NO_PROVIDER, NOT_PROVED, PROOF_USED -> "proof";
            case NO_SUCH_DATA, NOT_OPEN_HERE -> "product";
            case NO_EVIDENCE -> "evidence";
            case NO_SUCH_LOAD -> "load";
            case UNKNOWN -> "number";
            case ID_TAKEN, PERSONAL_VALUES, TOO_MANY -> "statement";
            case NOT_YOURS, SAME_PERSON, NOT_THE_STEP -> "answer";
        };
    }

    @Post(Links.PERSONAL_OUTCOME)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> outcome(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        limits.pass(request, AddressLimits.Door.PERSON);
        Optional<Request> found = requests.findOutcome(posted.text("number"), posted.text("code"));
        if (found.isEmpty()) {
            PersonalRequests.Refusal unknown = PersonalRequests.Refusal.UNKNOWN;
            return show(request, null, null, new Form(shown(posted), Map.of("number", new Bilingual(unknown.zh(), unknown.en()))),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        }
        Request r = found.get();
        return show(request, null, new PersonalRequestsView.Outcome(r.reference(), wordsOf(r.wish()), wordsOf(r.status()), cssOf(r.status()),
                requests.dueOf(r), r.answer(), r.answeredAt(), r.wish() == Wish.ERASE && r.status() == Status.GRANTED),
                new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()), HttpStatus.OK);
    }

    /* For those who answer */

    @Get(Links.PERSONAL_CASES)
    HttpResponse<String> cases(HttpRequest<?> request) {
        return cases(request, null, new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()), HttpStatus.OK);
    }

    private MutableHttpResponse<String> cases(HttpRequest<?> request, PersonalRequestsView.@Nullable Slip slip, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        if (reader.roles().stream().noneMatch(READERS::contains)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        boolean bureau = reader.roles().contains(Role.REGULATOR);
        Reading<List<PersonalCasesView.Row>> rows;
        try {
            rows = Reading.known(requests.listFor(reader, SHOWN).stream().map(each -> row(each, reader)).toList(), clock.instant());
        } catch (DatabaseException away) {
            LOG.warn("requests of people cannot be read: {}", away.getMessage());
            rows = PageFrame.unknown(request);
        }
        PersonalCasesView view = new PersonalCasesView(rows, bureau, wishes(), bureau ? productChoices() : List.of(),
                bureau ? resourceChoices() : List.of(), slip, form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.personalCases(page, view));
    }

    private PersonalCasesView.Row row(Request r, Person reader) {
        boolean open = r.status() == Status.OPEN;
        return new PersonalCasesView.Row(r.id(), r.reference(), wordsOf(r.wish()), r.about(), r.statement(),
                r.way() == Way.WINDOW ? new Bilingual("窗口书面", "on paper") : new Bilingual("统一身份认证", "identity provider"), r.raisedAt(),
                requests.dueOf(r), wordsOf(r.status()), cssOf(r.status()), r.answer(), r.toldAt(),
                open && PersonalRequests.answersFor(r, reader) && !reader.id().equals(r.enteredBy()),
                !open && r.toldAt() == null && reader.roles().contains(Role.REGULATOR));
    }

    @Post(Links.PERSONAL_CASES)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> enter(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        Optional<Read> read = read(posted, wrong);
        if (read.isEmpty()) {
            return cases(request, null, new Form(shown(posted), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return switch (requests.enter(SubscriptionPages.uuid(posted.text("id")), read.get().asked(), read.get().person(), posted.text("evidence"),
                person.id())) {
            case PersonalRequests.Raising.Raised(var number, var code, var due, var _) -> cases(request,
                    new PersonalRequestsView.Slip(number, code, due), new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()), HttpStatus.OK);
            case PersonalRequests.Raising.Refused(var refusal) -> cases(request, null,
                    new Form(shown(posted), Map.of(fieldOf(refusal), new Bilingual(refusal.zh(), refusal.en()))), HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    @Post(Links.PERSONAL_CASES + "/{id}/answer")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> answer(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personOf(request);
        boolean granted = switch (posted.text("granted")) {
            case "YES" -> true;
            case "NO" -> false;
            default -> throw PageRefused.noSuchPage();
        };
        String answer = posted.text("answer");
        if (answer.isEmpty() || answer.length() > PersonalRequests.MOST_TEXT) {
            return cases(request, null, new Form(shown(posted),
                    Map.of("answer", new Bilingual("须说明理由,最多 2000 字", "the reason is needed, of 2000 characters at most"))),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        }
        UUID load = posted.text("load").isEmpty() ? null : SubscriptionPages.uuid(posted.text("load"));
        return after(request, posted, requests.answer(SubscriptionPages.uuid(id), granted, answer, load, person.id()), Done.ANSWERED);
    }

    @Post(Links.PERSONAL_CASES + "/{id}/told")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> told(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        return after(request, posted, requests.tell(SubscriptionPages.uuid(id), person.id()), Done.DECIDED);
    }

    private HttpResponse<?> after(HttpRequest<?> request, Posted posted, PersonalRequests.Outcome outcome, Done done) {
        return switch (outcome) {
            case PersonalRequests.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.PERSONAL_CASES + "?done=" + done.word()));
            case PersonalRequests.Outcome.Refused(var refusal) -> cases(request, null,
                    new Form(shown(posted), Map.of(fieldOf(refusal), new Bilingual(refusal.zh(), refusal.en()))), HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }
}

package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.term.CatalogueChanges;
import cn.jingshu.marketplace.term.Deadline;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.marketplace.term.Terms;
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
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is due when: all for who supervises, runs and audits the market, their own for providers and merchants. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class DeadlinePages {
    private static final int TEXT_MAX = 500;
    private static final int TOLD_SHOWN = 20;
    private static final int FIRST_YEAR = 2008;
    private static final List<Role> ALL = List.of(Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR);
    private static final List<Role> OWN = List.of(Role.PROVIDER_OFFICER, Role.MERCHANT_OFFICER);

    private final PageFrame frame;
    private final Pages pages;
    private final Deadlines deadlines;
    private final Terms terms;
    private final CatalogueChanges changes;
    private final Notifications notifications;
    private final Organisations organisations;
    private final ResourceCatalogue catalogue;
    private final DataProviders providers;
    private final Clock clock;

    DeadlinePages(PageFrame frame, Pages pages, Deadlines deadlines, Terms terms, CatalogueChanges changes, Notifications notifications,
            Organisations organisations, ResourceCatalogue catalogue, DataProviders providers, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.deadlines = deadlines;
        this.terms = terms;
        this.changes = changes;
        this.notifications = notifications;
        this.organisations = organisations;
        this.catalogue = catalogue;
        this.providers = providers;
        this.clock = clock;
    }

    /** Whether a person has something to do within a term, or watches that it is done. */
    static boolean mayRead(Person person) {
        return hasAny(person, ALL) || hasAny(person, OWN);
    }

    private static boolean hasAny(Person person, List<Role> roles) {
        return roles.stream().anyMatch(person.roles()::contains);
    }

    private Person reader(HttpRequest<?> request) {
        Person person = frame.personOf(request);
        if (!mayRead(person)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        return person;
    }

    @Get(Links.DEADLINES)
    HttpResponse<String> open(HttpRequest<?> request) {
        return show(request, reader(request), Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, Person reader, Form form, HttpStatus status) {
        Map<UUID, Deadlines.Asked> asked = deadlines.listAsked().stream().collect(Collectors.toMap(Deadlines.Asked::subject, each -> each, (a, _) -> a));
        Map<UUID, Bilingual> names = new HashMap<>();
        Terms.Table lengths = terms.read();
        LocalDate today = deadlines.today();
        boolean all = hasAny(reader, ALL);
        List<DeadlinesView.Row> open = deadlines.listOpen().stream().filter(each -> all || Deadlines.answersFor(reader, each))
                .map(each -> row(each, reader, asked.get(each.subject()), names, lengths)).toList();
        List<DeadlinesView.TermRow> rows = Arrays.stream(Term.values()).map(each -> {
            Terms.Length length = lengths.lengthOf(each, today);
            return new DeadlinesView.TermRow(TermWords.of(each), length.workingDays(), lengths.extensionOf(each, today).map(Terms.Length::workingDays).orElse(0),
                    length.citation());
        }).toList();
        DeadlinesView view = new DeadlinesView(Reading.known(open, clock.instant()), rows,
                notifications.listNewest(reader.organisationId(), TOLD_SHOWN).stream()
                        .map(each -> new DeadlinesView.Told(ToldKind.valueOf(each.kind().name()), each.about(), each.at())).toList(),
                resourcesOf(reader), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.deadlines(page, view));
    }

    /** Whose changes a person may note: the bureau any, a provider's officer its own. */
    private List<ResourcesView.Choice> resourcesOf(Person reader) {
        boolean bureau = reader.roles().contains(Role.REGULATOR);
        if (!bureau && !reader.roles().contains(Role.PROVIDER_OFFICER)) {
            return List.of();
        }
        Set<String> own = bureau ? Set.of() : Set.copyOf(providers.resourcesOf(reader.organisationId()));
        return catalogue.listAt(catalogue.today()).stream().filter(each -> bureau || own.contains(each.entry().id()))
                .map(each -> new ResourcesView.Choice(each.entry().id(),
                        new Bilingual(each.entry().id() + " " + each.entry().nameZh(), each.entry().id() + " " + each.entry().nameEn())))
                .toList();
    }

    private DeadlinesView.Row row(Deadline d, Person reader, Deadlines.@Nullable Asked asked, Map<UUID, Bilingual> names, Terms.Table lengths) {
        Bilingual whose = d.whose().map(id -> names.computeIfAbsent(id, each -> organisations.find(each).map(PageFrame::nameOf)
                .orElse(Bilingual.same(each.toString())))).orElse(new Bilingual("数据主管部门", "Data bureau"));
        boolean mayAsk = d.extension() == Deadline.Extension.POSSIBLE && !d.overdue() && Deadlines.answersFor(reader, d);
        DeadlinesView.Asked decidable = asked != null && reader.roles().contains(Role.REGULATOR) && !asked.askedBy().equals(reader.id())
                ? new DeadlinesView.Asked(asked.workingDays(), asked.reason()) : null;
        return new DeadlinesView.Row(d.term().name(), d.subject(), TermWords.of(d.term()), d.reference(), new Bilingual(d.nameZh(), d.nameEn()), whose,
                d.begins(), d.due().on(), TermWords.left(d), d.overdue(), TermWords.of(d.extension()), href(d, reader),
                mayAsk ? lengths.extensionOf(d.term(), d.begins()).map(Terms.Length::workingDays).orElse(null) : null,
                decidable);
    }

    private static String href(Deadline deadline, Person reader) {
        return switch (deadline.term()) {
            case USE_APPLICATION -> reader.roles().contains(Role.REGULATOR) ? Links.APPROVALS : "";
            case CATALOGUE_REVIEW -> Links.RESOURCE_REVIEW;
            case CATALOGUE_UPDATE -> Links.resource(deadline.reference());
            case REGISTRATION_ACCEPTANCE, REGISTRATION_REVIEW -> Links.product(deadline.reference());
            case DELIVERY -> Links.resource(deadline.reference());
            case PERSONAL_REQUEST -> Links.PERSONAL_CASES;
            case OBJECTION, OBJECTION_DECISION -> Links.objection(deadline.subject());
        };
    }

    private static Term term(String text) {
        return Arrays.stream(Term.values()).filter(each -> each.name().equals(text)).findFirst().orElseThrow(PageRefused::noSuchPage);
    }

    @Post(Links.DEADLINES + "/{term}/{subject}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> ask(HttpRequest<?> request, String term, String subject, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = reader(request);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        String reason = text(posted, "reason", wrong);
        int days = number(posted.text("workingDays"));
        if (days < 1) {
            wrong.put("workingDays", new Bilingual("须为工作日数", "a number of working days"));
        }
        if (!wrong.isEmpty()) {
            return show(request, person, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return after(request, person, posted, deadlines.askExtension(term(term), SubscriptionPages.uuid(subject), days, reason, person.id()), "workingDays",
                Done.ASKED);
    }

    @Post(Links.DEADLINES + "/{term}/{subject}/decision")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String term, String subject, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        boolean granted = switch (posted.text("decision")) {
            case "GRANTED" -> true;
            case "REFUSED" -> false;
            default -> throw PageRefused.noSuchPage();
        };
        return after(request, person, posted, deadlines.decideExtension(term(term), SubscriptionPages.uuid(subject), granted, person.id()), "decision",
                Done.DECIDED);
    }

    @Post(Links.CATALOGUE_CHANGE)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> note(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = reader(request);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        String ground = text(posted, "ground", wrong);
        LocalDate happened = day(posted.text("happenedOn"));
        if (happened == null || happened.isAfter(deadlines.today())) {
            wrong.put("happenedOn", new Bilingual("须为不晚于今天的日期", "a day that is not after today"));
        }
        if (posted.text("resource").isEmpty()) {
            wrong.put("resource", new Bilingual("请选择资源", "choose a resource"));
        }
        if (happened == null || !wrong.isEmpty()) {
            return show(request, person, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        UUID id = UUID.nameUUIDFromBytes((posted.text("resource") + " " + happened).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return after(request, person, posted,
                changes.notice(new CatalogueChanges.CatalogueChange(id, posted.text("resource"), happened, ground, person.id())), "resource", Done.NOTED);
    }

    private HttpResponse<?> after(HttpRequest<?> request, Person person, Posted posted, Change change, String field, Done done) {
        return switch (change) {
            case Change.Done _ -> HttpResponse.seeOther(URI.create(Links.DEADLINES + "?done=" + done.word()));
            case Change.Refused(var fault) -> show(request, person,
                    new Form(posted.shown(), Map.of(field, new Bilingual(fault.zh(), fault.en()))), HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    private static String text(Posted posted, String field, Map<String, Bilingual> wrong) {
        String text = posted.text(field);
        if (text.isEmpty() || text.length() > TEXT_MAX) {
            wrong.put(field, new Bilingual("须填写,最多 500 字", "it is needed, of 500 characters at most"));
        }
        return text;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            return 0; // as wrong as a number that is too small
        }
    }

    /** A day as it was typed; null: it is none. */
    static @Nullable LocalDate day(String text) {
        try {
            LocalDate day = LocalDate.parse(text);
            return day.getYear() >= FIRST_YEAR && day.getYear() < 2200 ? day : null;
        } catch (DateTimeException noDay) {
            return null;
        }
    }
}

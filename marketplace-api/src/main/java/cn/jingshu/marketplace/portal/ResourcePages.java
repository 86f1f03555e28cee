package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Catalogue;
import cn.jingshu.marketplace.catalogue.CatalogueBatch;
import cn.jingshu.marketplace.catalogue.CatalogueBatches;
import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.catalogue.DcatExport;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.catalogue.ResourceEntry;
import cn.jingshu.marketplace.catalogue.ResourceSearch;
import cn.jingshu.marketplace.catalogue.ResourceVersion;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.context.annotation.Value;
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
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The resource catalogue for people: list, resource, differences between two days, the bureau's review; and the whole as DCAT. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ResourcePages {
    private static final int BATCHES_SHOWN = 50;
    private static final int GROUND_MAX = 500;
    private static final int SEARCH_MAX = 100;

    private final PageFrame frame;
    private final Pages pages;
    private final ResourceCatalogue catalogue;
    private final CatalogueBatches batches;
    private final DataProviders providers;
    private final Catalogue products;
    private final Clock clock;
    private final String iris;

    ResourcePages(
            PageFrame frame,
            Pages pages,
            ResourceCatalogue catalogue,
            CatalogueBatches batches,
            DataProviders providers,
            Catalogue products,
            Clock clock,
            @Value("${jingshu.catalogue.iri}") String iris) {
        this.frame = frame;
        this.pages = pages;
        this.catalogue = catalogue;
        this.batches = batches;
        this.providers = providers;
        this.products = products;
        this.clock = clock;
        this.iris = iris;
    }

    private Map<String, Bilingual> names() {
        return PageFrame.namesOf(providers.listAll());
    }

    private static Bilingual nameOf(ResourceVersion version) {
        return new Bilingual(version.entry().nameZh(), version.entry().nameEn());
    }

    private static boolean mayReview(Visitor visitor) {
        return visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(Role.REGULATOR, Role.PROVIDER_OFFICER, Role.OPERATIONS, Role.AUDITOR);
    }

    @Get(Links.RESOURCES)
    HttpResponse<String> resources(HttpRequest<?> request, @Nullable @QueryValue String q, @Nullable @QueryValue String provider,
            @Nullable @QueryValue String kind, @Nullable @QueryValue String blocked) {
        Map<String, Bilingual> names = names();
        String search = q == null ? "" : q.strip();
        Optional<DataResource.Kind> wanted = Arrays.stream(DataResource.Kind.values()).filter(each -> each.name().equals(kind)).findFirst();
        String from = provider != null && names.containsKey(provider) ? provider : "";
        String law = "YES".equals(blocked) ? "YES" : "NO".equals(blocked) ? "NO" : "";
        List<ResourceVersion> fitting = ResourceSearch.find(catalogue.listAt(catalogue.today()).stream()
                        .filter(each -> from.isEmpty() || each.entry().provider().equals(from))
                        .filter(each -> wanted.isEmpty() || each.entry().kind() == wanted.get())
                        .filter(each -> law.isEmpty() || law.equals("YES") == (each.entry().blockedBy() != null))
                        .toList(),
                code -> {
                    Bilingual name = names.getOrDefault(code, Bilingual.same(code));
                    return new ResourceSearch.Names(name.zh(), name.en());
                }, search);
        Visitor visitor = frame.visitorOf(request);
        ResourcesView view = new ResourcesView(
                new ResourcesView.Chosen(search.length() > SEARCH_MAX ? search.substring(0, SEARCH_MAX) : search, from,
                        wanted.map(Enum::name).orElse(""), law),
                names.keySet().stream().sorted((a, b) -> a.length() != b.length() ? a.length() - b.length() : a.compareTo(b))
                        .map(code -> new ResourcesView.Choice(code, names.getOrDefault(code, Bilingual.same(code)))).toList(),
                Arrays.stream(DataResource.Kind.values()).map(each -> new ResourcesView.Choice(each.name(), CatalogueWords.of(each))).toList(),
                Reading.known(fitting.stream().map(each -> row(each, names)).toList(), clock.instant()), mayReview(visitor),
                LoadPages.mayRead(visitor));
        return frame.show(request, page -> pages.resources(page, view));
    }

    private static ResourcesView.Row row(ResourceVersion version, Map<String, Bilingual> names) {
        ResourceEntry e = version.entry();
        return new ResourcesView.Row(e.id(), nameOf(version), names.getOrDefault(e.provider(), Bilingual.same(e.provider())),
                CatalogueWords.of(e.kind()), CatalogueWords.of(e.updateCycle()), CatalogueWords.of(e.grade()), e.blockedBy(), version.appliesFrom());
    }

    @Get(Links.RESOURCES + "/{id}")
    HttpResponse<String> resource(HttpRequest<?> request, String id) {
        List<ResourceVersion> all = catalogue.versionsOf(id);
        if (all.isEmpty()) {
            throw PageRefused.noSuchPage();
        }
        LocalDate today = catalogue.today();
        Map<String, Bilingual> names = names();
        Optional<ResourceVersion> now = all.stream().filter(each -> !each.appliesFrom().isAfter(today)).findFirst();
        ResourceVersion shown = now.orElse(all.getLast());
        ResourceView view = new ResourceView(id, nameOf(shown), shown.entry().blockedBy(), now.filter(each -> !each.withdrawn()).isPresent(),
                shown.entry().fields().entrySet().stream()
                        .filter(field -> !field.getKey().equals("items") && !field.getKey().equals("blockedBy"))
                        .map(field -> new ResourceView.Field(CatalogueWords.field(field.getKey()),
                                CatalogueWords.value(field.getKey(), field.getValue(), names)))
                        .toList(),
                shown.entry().items().stream().map(item -> new ResourceView.Item(item.code(), new Bilingual(item.zh(), item.en()))).toList(),
                java.util.stream.IntStream.range(0, all.size())
                        .mapToObj(i -> version(all.get(i), i + 1 < all.size() ? all.get(i + 1) : null, names)).toList());
        return frame.show(request, page -> pages.resource(page, view));
    }

    private static ResourceView.Version version(ResourceVersion version, @Nullable ResourceVersion before, Map<String, Bilingual> names) {
        ResourceCatalogue.Happened happened = version.withdrawn() ? ResourceCatalogue.Happened.WITHDRAWN
                : before == null || before.withdrawn() ? ResourceCatalogue.Happened.ADDED : ResourceCatalogue.Happened.CHANGED;
        return new ResourceView.Version(version.number() == null ? 0 : version.number(), version.appliesFrom(), CatalogueWords.of(happened),
                CatalogueWords.css(happened), version.reason(),
                before == null ? List.of() : changes(ResourceCatalogue.fieldsChanged(before.entry(), version.entry()), names));
    }

    private static List<ResourceView.Change> changes(List<ResourceCatalogue.FieldChange> fields, Map<String, Bilingual> names) {
        return fields.stream().map(each -> new ResourceView.Change(CatalogueWords.field(each.field()),
                CatalogueWords.value(each.field(), each.before(), names), CatalogueWords.value(each.field(), each.after(), names))).toList();
    }

    private static ResourceChangesView.Difference difference(ResourceCatalogue.Difference each, Map<String, Bilingual> names) {
        return new ResourceChangesView.Difference(each.version().entry().id(), nameOf(each.version()), CatalogueWords.of(each.happened()),
                CatalogueWords.css(each.happened()), changes(each.fields(), names));
    }

    @Get(Links.RESOURCE_CHANGES)
    HttpResponse<String> changes(HttpRequest<?> request, @Nullable @QueryValue String from, @Nullable @QueryValue String to) {
        LocalDate today = catalogue.today();
        Optional<LocalDate> first = day(from);
        Optional<LocalDate> last = day(to);
        LocalDate begin = first.orElse(today.minusYears(1));
        LocalDate end = last.orElse(today);
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        if (from != null && first.isEmpty()) {
            wrong.put("from", new Bilingual("日期须为 2026-11-30 形式", "a date has the form 2026-11-30"));
        }
        if (to != null && last.isEmpty()) {
            wrong.put("to", new Bilingual("日期须为 2026-11-30 形式", "a date has the form 2026-11-30"));
        }
        Map<String, Bilingual> names = names();
        ResourceChangesView view = new ResourceChangesView(begin, end,
                Reading.known(catalogue.differences(begin, end).stream().map(each -> difference(each, names)).toList(), clock.instant()),
                new Form(Map.of(), wrong));
        return frame.show(request, page -> pages.resourceChanges(page, view));
    }

    private static Optional<LocalDate> day(@Nullable String text) {
        try {
            return text == null ? Optional.empty()
                    : Optional.of(LocalDate.parse(text.strip())).filter(day -> day.getYear() >= 2000 && day.getYear() < 3000);
        } catch (DateTimeException noDay) {
            return Optional.empty();
        }
    }

    /* Review */

    @Get(Links.RESOURCE_REVIEW)
    HttpResponse<String> review(HttpRequest<?> request) {
        return review(request, reader(request), Form.EMPTY, HttpStatus.OK);
    }

    private Person reader(HttpRequest<?> request) {
        Person person = frame.personOf(request);
        if (!mayReview(frame.visitorOf(request))) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        return person;
    }

    private MutableHttpResponse<String> review(HttpRequest<?> request, Person reader, Form form, HttpStatus status) {
        Map<String, Bilingual> names = names();
        ResourceReviewView view = new ResourceReviewView(
                Reading.known(batches.list(BATCHES_SHOWN).stream().map(each -> batch(each, reader, names)).toList(), clock.instant()), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.resourceReview(page, view));
    }

    private ResourceReviewView.Batch batch(CatalogueBatch batch, Person reader, Map<String, Bilingual> names) {
        boolean waiting = batch.status() == CatalogueBatch.Status.SUBMITTED;
        boolean published = batch.status() == CatalogueBatch.Status.PUBLISHED;
        List<ResourceVersion> entries = published ? List.of() : batches.entriesOf(batch.id());
        return new ResourceReviewView.Batch(batch.id(), new Bilingual(batch.titleZh(), batch.titleEn()), batch.appliesFrom(),
                CatalogueWords.of(batch.status()), CatalogueWords.css(batch.status()), batch.ground() == null ? "" : batch.ground(),
                batch.revision(), waiting,
                waiting && reader.roles().contains(Role.REGULATOR) && !CatalogueBatches.authors(batch, entries).contains(reader.id()),
                entries.stream().map(each -> entry(batches, each, names)).toList(),
                published || waiting ? "" : Links.draftBatch(batch.id()));
    }

    /** What an entry changes of the version it was made from. */
    static ResourceChangesView.Difference entry(CatalogueBatches batches, ResourceVersion entry, Map<String, Bilingual> names) {
        Optional<ResourceVersion> before = batches.findNewest(entry.entry().id());
        ResourceCatalogue.Happened happened = entry.withdrawn() ? ResourceCatalogue.Happened.WITHDRAWN
                : before.filter(each -> !each.withdrawn()).isEmpty() ? ResourceCatalogue.Happened.ADDED : ResourceCatalogue.Happened.CHANGED;
        List<ResourceView.Change> changes = before.filter(_ -> !entry.withdrawn())
                .map(each -> changes(ResourceCatalogue.fieldsChanged(each.entry(), entry.entry()), names))
                .orElseGet(() -> entry.withdrawn() ? List.of() : entry.entry().fields().entrySet().stream()
                        .filter(field -> !field.getValue().isEmpty())
                        .map(field -> new ResourceView.Change(CatalogueWords.field(field.getKey()), CatalogueWords.value(field.getKey(), "", names),
                                CatalogueWords.value(field.getKey(), field.getValue(), names)))
                        .toList());
        return new ResourceChangesView.Difference(entry.entry().id(), nameOf(entry), CatalogueWords.of(happened), CatalogueWords.css(happened), changes);
    }

    @Post(Links.RESOURCE_REVIEW + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person reviewer = frame.personWith(request, Role.REGULATOR);
        UUID batch = SubscriptionPages.uuid(id);
        String ground = posted.text("ground");
        if (ground.isEmpty() || ground.length() > GROUND_MAX) {
            return wrong(request, reviewer, new Bilingual("须填写依据或理由,最多 500 字", "a document or reason is needed, of 500 characters at most"));
        }
        CatalogueBatches.Outcome outcome = switch (posted.text("decision")) {
            case "PUBLISHED" -> batches.publish(batch, reviewer.id(), ground, seen(posted.text("seen")));
            case "RETURNED" -> batches.giveBack(batch, reviewer.id(), ground);
            default -> throw PageRefused.noSuchPage();
        };
        return switch (outcome) {
            case CatalogueBatches.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.RESOURCE_REVIEW + "?done=" + Done.DECIDED.word()));
            case CatalogueBatches.Outcome.Refused(var fault, var detail) -> wrong(request, reviewer, new Bilingual(
                    fault.zh() + (detail.isEmpty() ? "" : "(" + detail + ")"), fault.en() + (detail.isEmpty() ? "" : " (" + detail + ")")));
        };
    }

    private static int seen(String revision) {
        try {
            return Integer.parseInt(revision);
        } catch (NumberFormatException none) {
            throw PageRefused.noSuchPage();
        }
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, Person reviewer, Bilingual error) {
        return review(request, reviewer, new Form(Map.of(), Map.of("ground", error)), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    /* DCAT */

    /** The whole catalogue as it is listed today, as DCAT 3 in JSON-LD. */
    @Get(Links.DCAT)
    @Produces("application/ld+json")
    HttpResponse<String> dcat(HttpRequest<?> request) {
        LocalDate today = catalogue.today();
        Map<String, LocalDate> firstListed = new LinkedHashMap<>();
        List<ResourceVersion> listed = catalogue.listAt(today);
        List<ResourceVersion> first = catalogue.listAllVersions();
        first.forEach(each -> firstListed.merge(each.entry().id(), each.appliesFrom(), (a, b) -> a.isBefore(b) ? a : b));
        String document = new DcatExport(iris, frame.baseUrl(request)).write(today, listed, firstListed,
                providers.listAll().stream().map(each -> new DcatExport.Provider(each.code(), each.nameZh(), each.nameEn())).toList(),
                products.listProducts().stream().map(each -> new DcatExport.Service(each.registration().product(),
                        each.registration().productVersion(), each.registration().nameZh(), each.registration().nameEn(),
                        each.registration().resources())).toList());
        return HttpResponse.ok(document).contentType("application/ld+json").header("Cache-Control", "no-cache").header("Vary", "Host");
    }
}

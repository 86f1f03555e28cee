package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.CatalogueBatch;
import cn.jingshu.marketplace.catalogue.CatalogueBatches;
import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.catalogue.ResourceEntry;
import cn.jingshu.marketplace.catalogue.ResourceVersion;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
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
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a provider's officer or the bureau drafts a batch of the catalogue: begin it, edit entries, see what they change, hand it in. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class DraftPages {
    private static final int TITLE_MAX = 200;
    private static final int REASON_MAX = 2_000;

    private final PageFrame frame;
    private final Pages pages;
    private final CatalogueBatches batches;
    private final ResourceCatalogue catalogue;
    private final DataProviders providers;

    DraftPages(PageFrame frame, Pages pages, CatalogueBatches batches, ResourceCatalogue catalogue, DataProviders providers) {
        this.frame = frame;
        this.pages = pages;
        this.batches = batches;
        this.catalogue = catalogue;
        this.providers = providers;
    }

    private Person drafter(HttpRequest<?> request) {
        Person person = frame.personOf(request);
        if (!person.roles().contains(Role.REGULATOR) && !person.roles().contains(Role.PROVIDER_OFFICER)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        return person;
    }

    private Map<String, Bilingual> names() {
        return PageFrame.namesOf(providers.listAll());
    }

    private static Bilingual words(CatalogueBatches.Fault fault, String detail) {
        return new Bilingual(fault.zh() + (detail.isEmpty() ? "" : "(" + detail + ")"), fault.en() + (detail.isEmpty() ? "" : " (" + detail + ")"));
    }

    /* The batch */

    @Get(Links.NEW_BATCH)
    HttpResponse<String> begin(HttpRequest<?> request) {
        drafter(request);
        return fresh(request, UUID.randomUUID(), new Form(Map.of("appliesFrom", catalogue.today().plusDays(1).toString()), Map.of()), HttpStatus.OK);
    }

    private MutableHttpResponse<String> fresh(HttpRequest<?> request, UUID id, Form form, HttpStatus status) {
        DraftBatchView view = new DraftBatchView(id, false, Bilingual.same(""), catalogue.today(), null, "", "", true, List.of(), List.of(), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.draftBatch(page, view));
    }

    @Post(Links.DRAFT_BATCHES)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> keep(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = drafter(request);
        UUID id = SubscriptionPages.uuid(posted.text("id"));
        boolean begun = batches.find(id).isPresent();
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        for (String field : List.of("titleZh", "titleEn")) {
            if (posted.text(field).isEmpty() || posted.text(field).length() > TITLE_MAX) {
                wrong.put(field, new Bilingual("须填写,最多 " + TITLE_MAX + " 字", "it is needed, of " + TITLE_MAX + " characters at most"));
            }
        }
        LocalDate from = DeadlinePages.day(posted.text("appliesFrom"));
        if (from == null) {
            wrong.put("appliesFrom", new Bilingual("日期须为 2026-11-30 形式", "a date has the form 2026-11-30"));
        } else if (from.isBefore(catalogue.today())) {
            wrong.put("appliesFrom", new Bilingual("生效日期不得早于今天", "it does not hold from before today"));
        }
        if (from == null || !wrong.isEmpty()) {
            return again(request, person, id, begun, new Form(posted.shown(), wrong));
        }
        return switch (batches.draft(id, posted.text("titleZh"), posted.text("titleEn"), from, person.id())) {
            case CatalogueBatches.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.draftBatch(id)));
            case CatalogueBatches.Outcome.Refused(var fault, var detail) ->
                again(request, person, id, begun, new Form(posted.shown(), Map.of("titleZh", words(fault, detail))));
        };
    }

    private HttpResponse<String> again(HttpRequest<?> request, Person person, UUID id, boolean begun, Form form) {
        return begun ? show(request, person, id, form, HttpStatus.UNPROCESSABLE_ENTITY) : fresh(request, id, form, HttpStatus.UNPROCESSABLE_ENTITY);
    }

    @Get(Links.DRAFT_BATCHES + "/{id}")
    HttpResponse<String> batch(HttpRequest<?> request, String id) {
        return show(request, drafter(request), SubscriptionPages.uuid(id), Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, Person person, UUID id, Form form, HttpStatus status) {
        CatalogueBatch batch = batches.find(id).orElseThrow(PageRefused::noSuchPage);
        Map<String, Bilingual> names = names();
        Map<String, String> values = new LinkedHashMap<>(Map.of("titleZh", batch.titleZh(), "titleEn", batch.titleEn(), "appliesFrom",
                batch.appliesFrom().toString()));
        values.putAll(form.values());
        boolean returned = batch.status() == CatalogueBatch.Status.RETURNED;
        String ground = batch.ground();
        boolean bureau = person.roles().contains(Role.REGULATOR);
        Set<String> own = bureau ? Set.of() : Set.copyOf(providers.resourcesOf(person.organisationId()));
        DraftBatchView view = new DraftBatchView(id, true, new Bilingual(batch.titleZh(), batch.titleEn()), batch.appliesFrom(),
                CatalogueWords.of(batch.status()), CatalogueWords.css(batch.status()), returned && ground != null ? ground : "", batch.isOpen(),
                batches.entriesOf(id).stream().map(each -> ResourcePages.entry(batches, each, names)).toList(),
                catalogue.listAt(catalogue.today()).stream().filter(each -> bureau || own.contains(each.entry().id()))
                        .map(each -> new ResourcesView.Choice(each.entry().id(), new Bilingual(each.entry().id() + " " + each.entry().nameZh(),
                                each.entry().id() + " " + each.entry().nameEn()))).toList(),
                new Form(values, form.errors()));
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.draftBatch(page, view));
    }

    @Post(Links.DRAFT_BATCHES + "/{id}/submission")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> submit(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = drafter(request);
        UUID batch = SubscriptionPages.uuid(id);
        return after(request, person, batch, posted, batches.submit(batch, person.id()), Links.RESOURCE_REVIEW + "?done=" + Done.SUBMITTED.word());
    }

    @Post(Links.DRAFT_BATCHES + "/{id}/removal")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> remove(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = drafter(request);
        UUID batch = SubscriptionPages.uuid(id);
        return after(request, person, batch, posted, batches.remove(batch, posted.text("resource"), person.id()),
                Links.draftBatch(batch) + "?done=" + Done.REMOVED.word());
    }

    private HttpResponse<?> after(HttpRequest<?> request, Person person, UUID batch, Posted posted, CatalogueBatches.Outcome outcome, String to) {
        return switch (outcome) {
            case CatalogueBatches.Outcome.Done _ -> HttpResponse.seeOther(URI.create(to));
            case CatalogueBatches.Outcome.Refused(var fault, var detail) -> fault == CatalogueBatches.Fault.UNKNOWN ? unknown()
                    : show(request, person, batch, new Form(posted.shown(), Map.of("titleZh", words(fault, detail))), HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    private static HttpResponse<?> unknown() {
        throw PageRefused.noSuchPage();
    }

    /* An entry */

    @Get(Links.DRAFT_BATCHES + "/{id}/entry")
    HttpResponse<String> entry(HttpRequest<?> request, String id, @Nullable @QueryValue String resource) {
        drafter(request);
        UUID batchId = SubscriptionPages.uuid(id);
        CatalogueBatch batch = batches.find(batchId).filter(CatalogueBatch::isOpen).orElseThrow(PageRefused::noSuchPage);
        String asked = resource == null ? "" : resource.strip();
        Optional<ResourceVersion> said = batches.entriesOf(batchId).stream().filter(each -> each.entry().id().equals(asked)).findFirst();
        Optional<ResourceVersion> newest = ResourceEntry.isId(asked) ? batches.findNewest(asked) : Optional.empty();
        Map<String, String> values = said.map(each -> EntryForm.values(each.entry(), each.reason()))
                .or(() -> newest.map(each -> EntryForm.values(each.entry(), "")))
                .orElseGet(() -> Map.of("resource", asked, "updateCycle", DataResource.UpdateCycle.PERIODIC.name()));
        return entry(request, batch, asked, newest, new Form(values, Map.of()), HttpStatus.OK);
    }

    private MutableHttpResponse<String> entry(HttpRequest<?> request, CatalogueBatch batch, String resource, Optional<ResourceVersion> newest, Form form,
            HttpStatus status) {
        Map<String, Bilingual> names = names();
        DraftEntryView view = new DraftEntryView(batch.id(), new Bilingual(batch.titleZh(), batch.titleEn()), resource, newest.isEmpty(),
                newest.filter(each -> each.entry().kind() == DataResource.Kind.BLOCKED).isPresent(),
                new DraftEntryView.Choices(
                        names.keySet().stream().sorted((a, b) -> a.length() != b.length() ? a.length() - b.length() : a.compareTo(b))
                                .map(code -> new ResourcesView.Choice(code, names.getOrDefault(code, Bilingual.same(code)))).toList(),
                        choices(DataResource.UpdateCycle.values(), CatalogueWords::of), choices(ResourceEntry.Sharing.values(), CatalogueWords::of),
                        choices(ResourceEntry.Channel.values(), CatalogueWords::of), choices(ResourceEntry.Grade.values(), CatalogueWords::of),
                        choices(ResourceEntry.Origin.values(), CatalogueWords::of), choices(DataResource.Kind.values(), CatalogueWords::of)),
                form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.draftEntry(page, view));
    }

    private static <E extends Enum<E>> List<ResourcesView.Choice> choices(E[] values, Function<E, Bilingual> words) {
        return Arrays.stream(values).map(each -> new ResourcesView.Choice(each.name(), words.apply(each))).toList();
    }

    @Post(Links.DRAFT_BATCHES + "/{id}/entry")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> enter(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = drafter(request);
        UUID batchId = SubscriptionPages.uuid(id);
        CatalogueBatch batch = batches.find(batchId).orElseThrow(PageRefused::noSuchPage);
        String resource = posted.text("resource");
        Map<String, Bilingual> wrong = new LinkedHashMap<>();
        String reason = posted.text("reason");
        if (reason.isEmpty() || reason.length() > REASON_MAX) {
            wrong.put("reason", new Bilingual("须写明依据或原因,最多 " + REASON_MAX + " 字", "a reason is needed, of " + REASON_MAX + " characters at most"));
        }
        CatalogueBatches.Outcome outcome = null;
        if (posted.text("go").equals("withdraw")) {
            outcome = wrong.isEmpty() ? batches.withdraw(batchId, resource, reason, person.id()) : null;
        } else {
            switch (EntryForm.read(posted)) {
                case EntryForm.Read.Wrong(var errors) -> errors.forEach(wrong::putIfAbsent);
                case EntryForm.Read.Entry(var entry) -> outcome = wrong.isEmpty() ? batches.enter(batchId, entry, reason, person.id()) : null;
            }
        }
        if (outcome instanceof CatalogueBatches.Outcome.Done) {
            return HttpResponse.seeOther(URI.create(Links.draftBatch(batchId) + "?done=" + Done.ENTERED.word()));
        }
        if (outcome instanceof CatalogueBatches.Outcome.Refused(var fault, var detail)) {
            wrong.put(fieldOf(fault), words(fault, detail));
        }
        Optional<ResourceVersion> newest = ResourceEntry.isId(resource) ? batches.findNewest(resource) : Optional.empty();
        return entry(request, batch, resource, newest, new Form(posted.shown(), wrong), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    /** Beside which field a refusal stands. */
    private static String fieldOf(CatalogueBatches.Fault fault) {
        return switch (fault) {
            case NOT_YOURS -> "provider";
            case BLOCKED_BY_LAW -> "lawRecord";
            case INCOMPLETE -> "assessment";
            case STAYS_LISTED, NOT_LISTED, GRANTS_IN_FORCE, UNKNOWN, ID_TAKEN, NOT_OPEN, NOT_SUBMITTED, EMPTY, TOO_MANY, NO_CHANGE, NOT_SIGNED_BY_TWO,
                    RETROACTIVE, CHANGED_MEANWHILE -> "resource";
        };
    }
}

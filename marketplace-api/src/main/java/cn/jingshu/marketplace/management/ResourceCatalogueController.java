package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.CatalogueBatch;
import cn.jingshu.marketplace.catalogue.CatalogueBatches;
import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.catalogue.LawRecords;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.catalogue.ResourceEntry;
import cn.jingshu.marketplace.catalogue.ResourceSearch;
import cn.jingshu.marketplace.catalogue.ResourceVersion;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.management.Versions.Fact;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The resource catalogue: read and searched by anyone, drafted by providers and the bureau, published by another person of the bureau. */
@Controller("/api/catalogue")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ResourceCatalogueController {
    private static final int MOST_TEXT = 2_000;

    private final ResourceCatalogue catalogue;
    private final CatalogueBatches batches;
    private final LawRecords laws;
    private final DataProviders providers;
    private final Versions versions;

    ResourceCatalogueController(ResourceCatalogue catalogue, CatalogueBatches batches, LawRecords laws, DataProviders providers,
            Versions versions) {
        this.catalogue = catalogue;
        this.batches = batches;
        this.laws = laws;
        this.providers = providers;
        this.versions = versions;
    }

    @Serdeable
    record Item(@Nullable String code, @Nullable String zh, @Nullable String en) {}

    /** A resource as the catalogue describes it; the fields are those of {@link ResourceEntry}. */
    @Serdeable
    record ResourceView(String id, String provider, String nameZh, String nameEn, List<Item> items, @Nullable String format,
            String updateCycle, @Nullable String updateFrequency, @Nullable String sharingAttribute, @Nullable String sharingBasis,
            List<String> channels, @Nullable String conditionsZh, @Nullable String conditionsEn, String classification, String grade,
            String gradingBasis, String origin, String kind, boolean personal, @Nullable String blockedBy, @Nullable UUID lawRecord,
            @Nullable String assessment, UUID batch, @Nullable Integer batchNumber, LocalDate appliesFrom, boolean withdrawn,
            String reason) {
        static ResourceView of(ResourceVersion version) {
            ResourceEntry e = version.entry();
            return new ResourceView(e.id(), e.provider(), e.nameZh(), e.nameEn(),
                    e.items().stream().map(each -> new Item(each.code(), each.zh(), each.en())).toList(), e.format(),
                    e.updateCycle().name(), e.updateFrequency(), e.sharingAttribute() == null ? null : e.sharingAttribute().name(),
                    e.sharingBasis(), e.channels().stream().sorted().map(Enum::name).toList(), e.conditionsZh(), e.conditionsEn(),
                    e.classification(), e.grade().name(), e.gradingBasis(), e.origin().name(), e.kind().name(), e.isPersonal(),
                    e.blockedBy(), e.lawRecord(), e.assessment(), version.batch(), version.number(), version.appliesFrom(),
                    version.withdrawn(), version.reason());
        }
    }

    /** @param total how many fit, of which at most {@code limit} are given */
    @Serdeable
    record ResourceList(LocalDate at, int total, List<ResourceView> resources) {}

    /**
     * What is listed on a day and fits the search, best first; without a search in the plan's order.
     *
     * @param q words in Chinese or English
     * @param blocked true or false: only what the law blocks, or only what it does not
     */
    @Get("/resources{?q,provider,kind,blocked,at,limit}")
    ResourceList resources(@Nullable @QueryValue String q, @Nullable @QueryValue String provider, @Nullable @QueryValue String kind,
            @Nullable @QueryValue Boolean blocked, @Nullable @QueryValue String at, @QueryValue(defaultValue = "100") int limit) {
        LocalDate day = at == null ? catalogue.today() : Pages.readDay("at", at);
        DataResource.Kind wanted = kind == null ? null : Pages.constant("kind", kind, DataResource.Kind.class);
        int most = Facts.limit(limit);
        List<ResourceVersion> fitting = ResourceSearch.find(catalogue.listAt(day).stream()
                        .filter(each -> provider == null || each.entry().provider().equals(provider))
                        .filter(each -> wanted == null || each.entry().kind() == wanted)
                        .filter(each -> blocked == null || blocked == (each.entry().blockedBy() != null))
                        .toList(),
                names(), q == null ? "" : q);
        return new ResourceList(day, fitting.size(), fitting.stream().limit(most).map(ResourceView::of).toList());
    }

    private ResourceSearch.Providers names() {
        Map<String, DataProviders.DataProvider> byCode = providers.listAll().stream()
                .collect(Collectors.toUnmodifiableMap(DataProviders.DataProvider::code, Function.identity()));
        return code -> {
            DataProviders.DataProvider provider = byCode.get(code);
            return provider == null ? new ResourceSearch.Names(code, code) : new ResourceSearch.Names(provider.nameZh(), provider.nameEn());
        };
    }

    /** One data resource as it is listed today, or on a day. */
    @Get("/resources/{id}{?at}")
    ResourceView resource(String id, @Nullable @QueryValue String at) {
        return Facts.found(catalogue.findAt(id, at == null ? catalogue.today() : Pages.readDay("at", at)).map(ResourceView::of));
    }

    @Serdeable
    record VersionList(List<ResourceView> versions) {}

    /** Every published version of a resource, the newest first. */
    @Get("/resources/{id}/versions")
    VersionList versionsOf(String id) {
        List<ResourceVersion> all = catalogue.versionsOf(id);
        if (all.isEmpty()) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
        return new VersionList(all.stream().map(ResourceView::of).toList());
    }

    @Serdeable
    record FieldChanged(String field, String before, String after) {}

    /** @param happened ADDED, CHANGED or WITHDRAWN */
    @Serdeable
    record Changed(String happened, String resource, String nameZh, String nameEn, @Nullable Integer batchNumber, LocalDate appliesFrom,
            List<FieldChanged> fields) {}

    @Serdeable
    record ChangeList(LocalDate from, LocalDate to, List<Changed> changes) {}

    /** How the catalogue of one day differs from that of another. */
    @Get("/changes{?from,to}")
    ChangeList changes(@Nullable @QueryValue String from, @Nullable @QueryValue String to) {
        LocalDate first = Pages.readDay("from", Facts.need("from", from));
        LocalDate last = to == null ? catalogue.today() : Pages.readDay("to", to);
        return new ChangeList(first, last, catalogue.differences(first, last).stream()
                .map(each -> new Changed(each.happened().name(), each.version().entry().id(), each.version().entry().nameZh(),
                        each.version().entry().nameEn(), each.version().number(), each.version().appliesFrom(),
                        each.fields().stream().map(field -> new FieldChanged(field.field(), field.before(), field.after())).toList()))
                .toList());
    }

    /* Batches */

    /** @param resources what the batch says; of a published one, what it said */
    @Serdeable
    record BatchView(UUID id, @Nullable Integer number, String titleZh, String titleEn, LocalDate appliesFrom, String status,
            @Nullable UUID draftedBy, Instant draftedAt, @Nullable UUID submittedBy, @Nullable UUID decidedBy,
            @Nullable Instant decidedAt, @Nullable String ground, @Nullable Instant appliedAt, List<ResourceView> resources) {
        static BatchView of(CatalogueBatch b, List<ResourceVersion> entries) {
            return new BatchView(b.id(), b.number(), b.titleZh(), b.titleEn(), b.appliesFrom(), b.status().name(), b.draftedBy(),
                    b.draftedAt(), b.submittedBy(), b.decidedBy(), b.decidedAt(), b.ground(), b.appliedAt(),
                    entries.stream().map(ResourceView::of).toList());
        }
    }

    @Serdeable
    record BatchList(List<BatchView> batches) {}

    /** Batches without what they say: open ones first, then the newest. */
    @Get("/batches")
    BatchList batches(Visitor visitor, @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return new BatchList(batches.list(Facts.limit(limit)).stream().map(each -> BatchView.of(each, List.of())).toList());
    }

    /** One batch of changes to the catalogue with its entries. */
    @Get("/batches/{id}")
    HttpResponse<BatchView> batch(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return versions.answer(Fact.CATALOGUE_BATCH, id, () -> view(id));
    }

    private Optional<BatchView> view(UUID id) {
        return batches.find(id).map(each -> BatchView.of(each, batches.entriesOf(id)));
    }

    @Serdeable
    record BatchRequest(@Nullable String titleZh, @Nullable String titleEn, @Nullable String appliesFrom) {}

    /** Begins a batch, or gives an open one another title or date. */
    @Put("/batches/{id}")
    HttpResponse<BatchView> draft(Visitor visitor, UUID id, @Body BatchRequest request) {
        UUID drafter = Rights.require(visitor, Role.PROVIDER_OFFICER, Role.REGULATOR).id();
        CatalogueBatches.Outcome outcome = batches.draft(id, Pages.requireText("titleZh", request.titleZh(), MOST_TEXT),
                Pages.requireText("titleEn", request.titleEn(), MOST_TEXT),
                Pages.readDay("appliesFrom", Facts.need("appliesFrom", request.appliesFrom())), drafter);
        return versions.entered(Fact.CATALOGUE_BATCH, id, change(outcome), () -> view(id));
    }

    /** A resource as it is entered; {@code withdrawn} with the reason alone takes it off the catalogue. */
    @Serdeable
    record EntryRequest(@Nullable String provider, @Nullable String nameZh, @Nullable String nameEn, @Nullable List<Item> items,
            @Nullable String format, @Nullable String updateCycle, @Nullable String updateFrequency, @Nullable String sharingAttribute,
            @Nullable String sharingBasis, @Nullable Set<String> channels, @Nullable String conditionsZh, @Nullable String conditionsEn,
            @Nullable String classification, @Nullable String grade, @Nullable String gradingBasis, @Nullable String origin,
            @Nullable String kind, @Nullable String blockedBy, @Nullable UUID lawRecord, @Nullable String assessment,
            @Nullable String reason, @Nullable Boolean withdrawn) {
        ResourceEntry fromApi(String id) {
            return Facts.built(() -> new ResourceEntry(id, Facts.need("provider", provider), Facts.need("nameZh", nameZh),
                    Facts.need("nameEn", nameEn),
                    Facts.need("items", items).stream().map(each -> new ResourceEntry.Item(Facts.need("items.code", each.code()),
                            Facts.need("items.zh", each.zh()), Facts.need("items.en", each.en()))).toList(),
                    blank(format), Pages.constant("updateCycle", Facts.need("updateCycle", updateCycle), DataResource.UpdateCycle.class),
                    blank(updateFrequency),
                    Pages.constant("sharingAttribute", Facts.need("sharingAttribute", sharingAttribute), ResourceEntry.Sharing.class),
                    blank(sharingBasis),
                    Facts.need("channels", channels).stream().map(each -> Pages.constant("channels", each, ResourceEntry.Channel.class))
                            .collect(Collectors.toUnmodifiableSet()),
                    blank(conditionsZh), blank(conditionsEn), Facts.need("classification", classification),
                    Pages.constant("grade", Facts.need("grade", grade), ResourceEntry.Grade.class),
                    Facts.need("gradingBasis", gradingBasis), Pages.constant("origin", Facts.need("origin", origin), ResourceEntry.Origin.class),
                    Pages.constant("kind", Facts.need("kind", kind), DataResource.Kind.class), blank(blockedBy), lawRecord,
                    Facts.need("assessment", assessment)));
        }

        private static @Nullable String blank(@Nullable String text) {
            return text == null || text.isBlank() ? null : text.strip();
        }
    }

    /** Enters a resource into an open batch, new or changed, or takes it off the catalogue. */
    @Put("/batches/{id}/resources/{resource}")
    HttpResponse<BatchView> enter(Visitor visitor, UUID id, String resource, @Body EntryRequest request) {
        UUID drafter = Rights.require(visitor, Role.PROVIDER_OFFICER, Role.REGULATOR).id();
        String reason = Pages.requireText("reason", request.reason(), MOST_TEXT);
        CatalogueBatches.Outcome outcome = Boolean.TRUE.equals(request.withdrawn())
                ? batches.withdraw(id, resource, reason, drafter)
                : batches.enter(id, request.fromApi(resource), reason, drafter);
        return versions.stepped(Fact.CATALOGUE_BATCH, id, change(outcome), () -> view(id));
    }

    /** Takes what an open batch says of a resource out of it again. */
    @Delete("/batches/{id}/resources/{resource}")
    HttpResponse<BatchView> remove(Visitor visitor, UUID id, String resource) {
        UUID drafter = Rights.require(visitor, Role.PROVIDER_OFFICER, Role.REGULATOR).id();
        return versions.stepped(Fact.CATALOGUE_BATCH, id, change(batches.remove(id, resource, drafter)), () -> view(id));
    }

    /** Hands a batch in for review. */
    @Post("/batches/{id}/submission")
    HttpResponse<BatchView> submit(Visitor visitor, UUID id) {
        UUID drafter = Rights.require(visitor, Role.PROVIDER_OFFICER, Role.REGULATOR).id();
        return versions.stepped(Fact.CATALOGUE_BATCH, id, change(batches.submit(id, drafter)), () -> view(id));
    }

    /** Publishes what was read, which {@code If-Match} must say. */
    @Post("/batches/{id}/publication")
    HttpResponse<BatchView> publish(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Approval approval) {
        UUID reviewer = Rights.require(visitor, Role.REGULATOR).id();
        return versions.stepped(Fact.CATALOGUE_BATCH, id,
                change(seenAs(id, seen.needed()).publish(id, reviewer, approval.given())), () -> view(id));
    }

    /** Gives a batch back to who drafted it, once. */
    @Post("/batches/{id}/return")
    HttpResponse<BatchView> giveBack(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID reviewer = Rights.require(visitor, Role.REGULATOR).id();
        return versions.stepped(Fact.CATALOGUE_BATCH, id, change(seenAs(id, seen).giveBack(id, reviewer, ground.given())), () -> view(id));
    }

    private CatalogueBatches seenAs(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.CATALOGUE_BATCH, id, seen, CatalogueBatches::new);
    }

    private static Change change(CatalogueBatches.Outcome outcome) {
        return switch (outcome) {
            case CatalogueBatches.Outcome.Done(var already) -> new Change.Done(already);
            case CatalogueBatches.Outcome.Refused(var fault, var detail) -> throw broken(fault, detail);
        };
    }

    private static ManagementProblem broken(CatalogueBatches.Fault fault, String detail) {
        Refusal refusal = switch (fault) {
            case UNKNOWN, NOT_LISTED -> Refusal.NOT_FOUND;
            case NOT_YOURS, NOT_SIGNED_BY_TWO -> Refusal.FORBIDDEN;
            case ID_TAKEN, NOT_OPEN, NOT_SUBMITTED, CHANGED_MEANWHILE -> Refusal.CONFLICT;
            case BLOCKED_BY_LAW -> Refusal.BLOCKED_BY_LAW;
            case EMPTY, TOO_MANY, INCOMPLETE, NO_CHANGE -> Refusal.INVALID_REQUEST;
            case RETROACTIVE, STAYS_LISTED, GRANTS_IN_FORCE -> Refusal.RULE_BROKEN;
        };
        String values = detail.isEmpty() ? "" : " (" + detail + ")";
        return new ManagementProblem(refusal, fault.zh() + values, fault.en() + values);
    }

    /* Laws that open what was blocked */

    @Serdeable
    record LawRequest(@Nullable String resource, @Nullable String citationZh, @Nullable String citationEn, @Nullable String inForceFrom,
            @Nullable String source) {}

    @Serdeable
    record LawView(UUID id, String resource, String citationZh, String citationEn, LocalDate inForceFrom, String source, UUID recordedBy,
            @Nullable UUID confirmedBy) {
        static LawView of(LawRecords.LawRecord law) {
            return new LawView(law.id(), law.resource(), law.citationZh(), law.citationEn(), law.inForceFrom(), law.source(),
                    law.recordedBy(), law.confirmedBy());
        }
    }

    @Serdeable
    record LawList(List<LawView> laws) {}

    /** Provisions of law that forbid supplying a resource. */
    @Get("/laws")
    LawList laws(Visitor visitor) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return new LawList(laws.listAll().stream().map(LawView::of).toList());
    }

    /** Records such a provision under the caller's own id; another person confirms it. */
    @Put("/laws/{id}")
    HttpResponse<LawView> record(Visitor visitor, UUID id, @Body LawRequest request) {
        UUID recorder = Rights.require(visitor, Role.REGULATOR).id();
        Change change = laws.record(new LawRecords.LawRecord(id, Facts.need("resource", request.resource()),
                Pages.requireText("citationZh", request.citationZh(), MOST_TEXT),
                Pages.requireText("citationEn", request.citationEn(), MOST_TEXT),
                Pages.readDay("inForceFrom", Facts.need("inForceFrom", request.inForceFrom())),
                Pages.requireText("source", request.source(), MOST_TEXT), recorder, null));
        return Facts.entered(change, () -> laws.find(id).map(LawView::of));
    }

    /** Another person of the bureau has read the law. */
    @Post("/laws/{id}/confirmation")
    LawView confirm(Visitor visitor, UUID id) {
        UUID confirmer = Rights.require(visitor, Role.REGULATOR).id();
        return Facts.stepped(laws.confirm(id, confirmer), () -> laws.find(id).map(LawView::of));
    }
}

package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.management.Versions.Fact;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
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
import java.util.Set;
import java.util.UUID;

/** What is supplied: registrations of products, and what providers let them show. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class SupplyController {
    private static final int MOST_SAID = 2_000;

    private final Registrations registrations;
    private final ProviderGrants grants;
    private final Versions versions;

    SupplyController(Registrations registrations, ProviderGrants grants, Versions versions) {
        this.registrations = registrations;
        this.grants = grants;
        this.versions = versions;
    }

    @Serdeable
    record RegistrationRequest(@Nullable String product, int productVersion, @Nullable String nameZh,
            @Nullable String nameEn, @Nullable String registrationCode, @Nullable Instant validFrom,
            @Nullable Instant validTo, @Nullable UUID operatorId, @Nullable UUID merchantId,
            @Nullable Set<String> resources) {
        Registration fromApi(UUID id) {
            return new Registration(id, Facts.need("product", product), productVersion, Facts.need("nameZh", nameZh),
                    Facts.need("nameEn", nameEn), Facts.need("registrationCode", registrationCode),
                    Facts.need("validFrom", validFrom), Facts.need("validTo", validTo),
                    Facts.need("operatorId", operatorId), Facts.need("merchantId", merchantId),
                    Registration.Status.REGISTERED, null, List.copyOf(Facts.need("resources", resources)));
        }
    }

    @Serdeable
    record RegistrationView(UUID id, String product, int productVersion, String nameZh, String nameEn,
            String registrationCode, Instant validFrom, Instant validTo, UUID operatorId, UUID merchantId,
            String status, @Nullable Instant approvedAt, List<String> resources) {
        static RegistrationView of(Registration r) {
            return new RegistrationView(r.id(), r.product(), r.productVersion(), r.nameZh(), r.nameEn(),
                    r.registrationCode(), r.validFrom(), r.validTo(), r.operatorId(), r.merchantId(),
                    r.status().name(), r.approvedAt(), r.resources());
        }
    }

    @Serdeable
    record RegistrationList(List<RegistrationView> registrations) {}

    /** All registrations: as many as there are versions of products. */
    @Get("/registrations")
    RegistrationList registrations(Visitor visitor) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return new RegistrationList(registrations.listAll().stream().map(RegistrationView::of).toList());
    }

    /** One registration of a product. */
    @Get("/registrations/{id}")
    HttpResponse<RegistrationView> registration(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return answer(id);
    }

    private HttpResponse<RegistrationView> answer(UUID id) {
        return versions.answer(Fact.REGISTRATION, id, () -> registrationView(id));
    }

    private Optional<RegistrationView> registrationView(UUID id) {
        return registrations.find(id).map(RegistrationView::of);
    }

    /** The operator registers a product (登记备案). */
    @Put("/registrations/{id}")
    HttpResponse<RegistrationView> register(Visitor visitor, UUID id, @Body RegistrationRequest request) {
        Person operator = Rights.require(visitor, Role.OPERATIONS);
        Registration registration = request.fromApi(id);
        if (!operator.organisationId().equals(registration.operatorId())) {
            throw new ManagementProblem(Refusal.FORBIDDEN);
        }
        return versions.entered(Fact.REGISTRATION, id, registrations.register(registration, operator.id()),
                () -> registrationView(id));
    }

    /** @param said what is missing, whole and at once; or the number under which it is taken in */
    @Serdeable
    record AcceptanceRequest(boolean accepted, @Nullable String said) {}

    @Serdeable
    record AcceptanceView(UUID registration, boolean accepted, String said, UUID decidedBy, Instant decidedAt) {}

    /** Takes a registration in, or sends it back once with everything that is missing; the review's term begins with it. */
    @Post("/registrations/{id}/acceptance")
    AcceptanceView takeIn(Visitor visitor, UUID id, @Body AcceptanceRequest request) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return Facts.stepped(registrations.takeIn(id, request.accepted(), Pages.requireText("said", request.said(), MOST_SAID), regulator.id()),
                () -> registrations.findAcceptance(id)
                        .map(each -> new AcceptanceView(id, each.accepted(), each.said(), each.decidedBy(), each.decidedAt())));
    }

    /** The bureau approves it; another person than the one who registered. */
    @Post("/registrations/{id}/approval")
    HttpResponse<RegistrationView> approve(Visitor visitor, UUID id, IfMatch seen) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return switch (seenRegistrations(id, seen).approve(id, regulator.id())) {
            case APPROVED, NOTHING_TO_APPROVE -> answer(id);
            case SAME_PERSON -> throw Facts.refused(Change.Fault.SAME_PERSON);
            case NOT_A_REGULATOR -> throw new ManagementProblem(Refusal.FORBIDDEN);
        };
    }

    /** Suspends a registration; the product is not answered from then on. */
    @Post("/registrations/{id}/suspension")
    HttpResponse<RegistrationView> suspend(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID regulator = Rights.require(visitor, Role.REGULATOR).id();
        seenRegistrations(id, seen).suspend(id, regulator, ground.given());
        return answer(id);
    }

    /** What was cancelled is not resumed: 409. */
    @Post("/registrations/{id}/resumption")
    HttpResponse<RegistrationView> resume(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID regulator = Rights.require(visitor, Role.REGULATOR).id();
        seenRegistrations(id, seen).restore(id, regulator, ground.given());
        if (Facts.found(registrationView(id)).status().equals(Registration.Status.CANCELLED.name())) {
            throw Facts.refused(Change.Fault.OVER);
        }
        return answer(id);
    }

    /** Cancels a registration for good. */
    @Post("/registrations/{id}/cancellation")
    HttpResponse<RegistrationView> cancel(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID regulator = Rights.require(visitor, Role.REGULATOR).id();
        seenRegistrations(id, seen).cancel(id, regulator, ground.given());
        return answer(id);
    }

    private Registrations seenRegistrations(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.REGISTRATION, id, seen, Registrations::new);
    }

    /** @param columns as the contract names them, {@code Route.short_name}; {@code *}: every column */
    @Serdeable
    record GrantRequest(@Nullable String resource, @Nullable String product, @Nullable Set<String> columns,
            @Nullable Instant startsAt, @Nullable Instant endsAt) {
        ProviderGrant fromApi(UUID id) {
            return Facts.built(() -> ProviderGrant.given(id, Facts.need("resource", resource),
                    Facts.need("product", product), Facts.need("columns", columns), Facts.need("startsAt", startsAt),
                    Facts.need("endsAt", endsAt)));
        }
    }

    @Serdeable
    record GrantView(UUID id, String resource, String product, List<String> columns, Instant startsAt, Instant endsAt,
            @Nullable Instant suspendedAt, @Nullable Instant withdrawnAt) {
        static GrantView of(ProviderGrant g) {
            return new GrantView(g.id(), g.resource(), g.product(), g.columns().stream().sorted().toList(),
                    g.startsAt(), g.endsAt(), g.suspendedAt(), g.withdrawnAt());
        }
    }

    @Serdeable
    record GrantPage(List<GrantView> grants, @Nullable String nextCursor) {}

    /** Provider grants, page by page. */
    @Get("/provider-grants")
    GrantPage grants(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        List<ProviderGrant> page = grants.list(Facts.after(cursor), Facts.limit(limit));
        return new GrantPage(page.stream().map(GrantView::of).toList(), Facts.next(page, limit, ProviderGrant::id));
    }

    /** One provider grant with its columns. */
    @Get("/provider-grants/{id}")
    HttpResponse<GrantView> grant(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return versions.answer(Fact.PROVIDER_GRANT, id, () -> grantView(id));
    }

    private Optional<GrantView> grantView(UUID id) {
        return grants.find(id).map(GrantView::of);
    }

    /** A provider lets one product show columns of one resource. */
    @Put("/provider-grants/{id}")
    HttpResponse<GrantView> give(Visitor visitor, UUID id, @Body GrantRequest request) {
        Person officer = Rights.require(visitor, Role.PROVIDER_OFFICER);
        Change change = switch (grants.grant(request.fromApi(id), officer.id())) {
            case GRANTED -> new Change.Done(false);
            case ALREADY -> new Change.Done(true);
            case ID_TAKEN -> new Change.Refused(Change.Fault.ID_TAKEN);
            case BLOCKED_BY_LAW -> new Change.Refused(Change.Fault.BLOCKED_BY_LAW);
            case NOT_LISTED -> new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            case NOT_ITS_PROVIDER -> new Change.Refused(Change.Fault.NOT_ITS_PROVIDER);
        };
        return versions.entered(Fact.PROVIDER_GRANT, id, change, () -> grantView(id));
    }

    /** Stops a grant at once, by its provider or by the bureau. */
    @Post("/provider-grants/{id}/suspension")
    HttpResponse<GrantView> suspendGrant(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID decider = decider(visitor, id).id();
        versions.seenAs(Fact.PROVIDER_GRANT, id, seen, ProviderGrants::new).suspend(id, decider, ground.given());
        return notWithdrawn(id);
    }

    /** Puts a suspended grant in force again. */
    @Post("/provider-grants/{id}/resumption")
    HttpResponse<GrantView> resumeGrant(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID decider = decider(visitor, id).id();
        versions.seenAs(Fact.PROVIDER_GRANT, id, seen, ProviderGrants::new).restore(id, decider, ground.given());
        return notWithdrawn(id);
    }

    /** Takes a grant back for good. */
    @Post("/provider-grants/{id}/withdrawal")
    HttpResponse<GrantView> withdrawGrant(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID decider = decider(visitor, id).id();
        versions.seenAs(Fact.PROVIDER_GRANT, id, seen, ProviderGrants::new).withdraw(id, decider, ground.given());
        return versions.answer(Fact.PROVIDER_GRANT, id, () -> grantView(id));
    }

    private HttpResponse<GrantView> notWithdrawn(UUID id) {
        if (Facts.found(grantView(id)).withdrawnAt() != null) {
            throw Facts.refused(Change.Fault.OVER);
        }
        return versions.answer(Fact.PROVIDER_GRANT, id, () -> grantView(id));
    }

    /** The bureau, or an officer of the grant's own provider. */
    private Person decider(Visitor visitor, UUID grantId) {
        Person person = Rights.require(visitor, Role.REGULATOR, Role.PROVIDER_OFFICER);
        if (!person.roles().contains(Role.REGULATOR)
                && grants.findProvider(grantId).filter(person.organisationId()::equals).isEmpty()) {
            throw Facts.refused(grants.find(grantId).isEmpty() ? Change.Fault.UNKNOWN : Change.Fault.NOT_ITS_PROVIDER);
        }
        return person;
    }
}

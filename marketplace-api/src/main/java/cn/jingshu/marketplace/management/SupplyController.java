package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
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
    private final Registrations registrations;
    private final ProviderGrants grants;

    SupplyController(Registrations registrations, ProviderGrants grants) {
        this.registrations = registrations;
        this.grants = grants;
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

    @Get("/registrations/{id}")
    RegistrationView registration(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return Facts.found(registrationView(id));
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
        return Facts.entered(registrations.register(registration, operator.id()), () -> registrationView(id));
    }

    /** The bureau approves it; another person than the one who registered. */
    @Post("/registrations/{id}/approval")
    RegistrationView approve(Visitor visitor, UUID id) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        RegistrationView before = Facts.found(registrationView(id));
        return switch (registrations.approve(id, regulator.id())) {
            case APPROVED -> Facts.found(registrationView(id));
            case NOTHING_TO_APPROVE -> before;
            case SAME_PERSON -> throw Facts.refused(Change.Fault.SAME_PERSON);
            case NOT_A_REGULATOR -> throw new ManagementProblem(Refusal.FORBIDDEN);
        };
    }

    @Post("/registrations/{id}/suspension")
    RegistrationView suspend(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        registrations.suspend(id, Rights.require(visitor, Role.REGULATOR).id(), ground.given());
        return Facts.found(registrationView(id));
    }

    /** What was cancelled is not resumed: 409. */
    @Post("/registrations/{id}/resumption")
    RegistrationView resume(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        registrations.restore(id, Rights.require(visitor, Role.REGULATOR).id(), ground.given());
        RegistrationView after = Facts.found(registrationView(id));
        if (after.status().equals(Registration.Status.CANCELLED.name())) {
            throw Facts.refused(Change.Fault.OVER);
        }
        return after;
    }

    @Post("/registrations/{id}/cancellation")
    RegistrationView cancel(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        registrations.cancel(id, Rights.require(visitor, Role.REGULATOR).id(), ground.given());
        return Facts.found(registrationView(id));
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

    @Get("/provider-grants")
    GrantPage grants(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        List<ProviderGrant> page = grants.list(Facts.after(cursor), Facts.limit(limit));
        return new GrantPage(page.stream().map(GrantView::of).toList(), Facts.next(page, limit, ProviderGrant::id));
    }

    @Get("/provider-grants/{id}")
    GrantView grant(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return Facts.found(grantView(id));
    }

    private Optional<GrantView> grantView(UUID id) {
        return grants.find(id).map(GrantView::of);
    }

    /** A provider lets one product show columns of one resource. */
    @Put("/provider-grants/{id}")
    HttpResponse<GrantView> give(Visitor visitor, UUID id, @Body GrantRequest request) {
        Person officer = Rights.require(visitor, Role.PROVIDER_OFFICER);
        return switch (grants.grant(request.fromApi(id), officer.id())) {
            case GRANTED -> HttpResponse.created(Facts.found(grantView(id)));
            case ALREADY -> HttpResponse.ok(Facts.found(grantView(id)));
            case ID_TAKEN -> throw Facts.refused(Change.Fault.ID_TAKEN);
            case BLOCKED_BY_LAW -> throw Facts.refused(Change.Fault.BLOCKED_BY_LAW);
            case NOT_ITS_PROVIDER -> throw Facts.refused(Change.Fault.NOT_ITS_PROVIDER);
        };
    }

    /** Stops a grant at once, by its provider or by the bureau. */
    @Post("/provider-grants/{id}/suspension")
    GrantView suspendGrant(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        grants.suspend(id, decider(visitor, id).id(), ground.given());
        return notWithdrawn(id);
    }

    @Post("/provider-grants/{id}/resumption")
    GrantView resumeGrant(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        grants.restore(id, decider(visitor, id).id(), ground.given());
        return notWithdrawn(id);
    }

    /** Takes a grant back for good. */
    @Post("/provider-grants/{id}/withdrawal")
    GrantView withdrawGrant(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        grants.withdraw(id, decider(visitor, id).id(), ground.given());
        return Facts.found(grantView(id));
    }

    private GrantView notWithdrawn(UUID id) {
        GrantView after = Facts.found(grantView(id));
        if (after.withdrawnAt() != null) {
            throw Facts.refused(Change.Fault.OVER);
        }
        return after;
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

package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Agreements;
import cn.jingshu.marketplace.governance.Agreements.Agreement;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.management.Versions.Fact;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.OrganisationKind;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.party.SignUp;
import cn.jingshu.marketplace.scope.Authorisation;
import cn.jingshu.marketplace.scope.Authorisation.Extent;
import cn.jingshu.marketplace.scope.Authorisation.SeparatePlan;
import cn.jingshu.marketplace.scope.Authorisations;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.identifier.Uscc;
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
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Who takes part and on what ground: organisations, agreements, the operator's authorisations. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PartiesController {
    private final Organisations organisations;
    private final Agreements agreements;
    private final Authorisations authorisations;
    /** What the operator lets in by itself. */
    private static final Set<OrganisationKind> OF_THE_MARKET = Set.of(OrganisationKind.CONSUMER, OrganisationKind.MERCHANT);

    private final Versions versions;
    private final Clock clock;

    PartiesController(
            Organisations organisations, Agreements agreements, Authorisations authorisations, Versions versions, Clock clock) {
        this.clock = clock;
        this.organisations = organisations;
        this.agreements = agreements;
        this.authorisations = authorisations;
        this.versions = versions;
    }

    @Serdeable
    record OrganisationView(UUID id, String uscc, String nameZh, String nameEn, List<String> kinds, String status,
            @Nullable String verifiedBy, boolean synthetic, Instant joinedAt) {
        static OrganisationView of(Organisation o) {
            return new OrganisationView(o.id(), o.uscc().code(), o.nameZh(), o.nameEn(),
                    o.kinds().stream().map(Enum::name).sorted().toList(), o.status().name(),
                    o.verifiedBy() == null ? null : o.verifiedBy().name(), o.synthetic(), o.joinedAt());
        }
    }

    @Serdeable
    record OrganisationPage(List<OrganisationView> organisations, @Nullable String nextCursor) {}

    /** Organisations of the market, page by page. */
    @Get("/organisations")
    OrganisationPage organisations(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        List<Organisation> page = organisations.list(Facts.after(cursor), Facts.limit(limit));
        return new OrganisationPage(page.stream().map(OrganisationView::of).toList(),
                Facts.next(page, limit, Organisation::id));
    }

    /** One organisation. */
    @Get("/organisations/{id}")
    HttpResponse<OrganisationView> organisation(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return versions.answer(Fact.ORGANISATION, id, () -> organisationView(id));
    }

    private Optional<OrganisationView> organisationView(UUID id) {
        return organisations.find(id).map(OrganisationView::of);
    }

    /**
     * An organisation as it is entered.
     *
     * @param uscc unified social credit code, whose check characters are checked
     * @param kinds what it takes part as; at least one
     * @param verifiedBy how the name behind the code was checked; null: not at all
     * @param reason why it is corrected; needed for that alone
     */
    @Serdeable
    record OrganisationRequest(@Nullable String uscc, @Nullable String nameZh, @Nullable String nameEn,
            @Nullable Set<OrganisationKind> kinds, Organisation.@Nullable Verification verifiedBy, @Nullable String reason) {
        Organisation fromApi(UUID id, Instant now) {
            Uscc code = Uscc.parse(Facts.need("uscc", uscc)).orElseThrow(() -> new ManagementProblem(Refusal.INVALID_REQUEST,
                    SignUp.Fault.USCC_INVALID.zh(), SignUp.Fault.USCC_INVALID.en()));
            return Facts.built(() -> Organisation.entered(id, code, Facts.need("nameZh", nameZh), Facts.need("nameEn", nameEn),
                    Facts.need("kinds", kinds), verifiedBy, now));
        }
    }

    /**
     * Enters an organisation, or with {@code If-Match} corrects code, names, kinds and verification of one: consumers and merchants by the operator,
     * any by the bureau, neither their own. Its people sign up or are added; suspending and ending it are steps of their own.
     */
    @Put("/organisations/{id}")
    HttpResponse<OrganisationView> enterOrganisation(Visitor visitor, UUID id, IfMatch seen, @Body OrganisationRequest request) {
        Person enterer = Rights.require(visitor, Role.REGULATOR, Role.OPERATIONS);
        Organisation organisation = request.fromApi(id, clock.instant());
        if (!enterer.roles().contains(Role.REGULATOR)
                && (!OF_THE_MARKET.containsAll(organisation.kinds())
                        || !organisations.find(id).map(Organisation::kinds).map(OF_THE_MARKET::containsAll).orElse(true))) {
            throw new ManagementProblem(Refusal.FORBIDDEN);
        }
        if (enterer.organisationId().equals(id)) {
            throw Facts.refused(Change.Fault.SAME_PERSON);
        }
        if (seen.sent()) {
            return versions.stepped(Fact.ORGANISATION, id,
                    seenOrganisations(id, seen).correct(organisation, enterer.id(), Facts.need("reason", request.reason())),
                    () -> organisationView(id));
        }
        Change entered = organisations.enter(organisation, enterer.id());
        if (entered instanceof Change.Refused(var fault) && fault == Change.Fault.ID_TAKEN) {
            seen.needed(); // it would overwrite what the sender has not said it saw
        }
        return versions.entered(Fact.ORGANISATION, id, entered, () -> organisationView(id));
    }

    /** Stops every call of an organisation (暂停). */
    @Post("/organisations/{id}/suspension")
    HttpResponse<OrganisationView> suspendOrganisation(
            Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID regulator = ofAnother(visitor, id);
        seenOrganisations(id, seen).suspend(id, regulator, ground.given());
        return notEnded(id);
    }

    /** Gives an organisation that was suspended its rights back. */
    @Post("/organisations/{id}/resumption")
    HttpResponse<OrganisationView> resumeOrganisation(
            Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID regulator = ofAnother(visitor, id);
        seenOrganisations(id, seen).restore(id, regulator, ground.given());
        return notEnded(id);
    }

    /** Lets an organisation leave for good (退出): its calls end, what it used stays on its bill. */
    @Post("/organisations/{id}/termination")
    HttpResponse<OrganisationView> endOrganisation(
            Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID regulator = ofAnother(visitor, id);
        seenOrganisations(id, seen).end(id, regulator, ground.given());
        return versions.answer(Fact.ORGANISATION, id, () -> organisationView(id));
    }

    private Organisations seenOrganisations(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.ORGANISATION, id, seen, Organisations::new);
    }

    /** A person of the bureau who does not belong to the organisation decided about. */
    private static UUID ofAnother(Visitor visitor, UUID organisationId) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        if (regulator.organisationId().equals(organisationId)) {
            throw Facts.refused(Change.Fault.SAME_PERSON);
        }
        return regulator.id();
    }

    /** What has left is neither suspended nor resumed: 409. */
    private HttpResponse<OrganisationView> notEnded(UUID id) {
        if (Facts.found(organisationView(id)).status().equals(Organisation.Status.ENDED.name())) {
            throw Facts.refused(Change.Fault.OVER);
        }
        return versions.answer(Fact.ORGANISATION, id, () -> organisationView(id));
    }

    /** @param exceptionCitation the decision that allows more than five years; null: none */
    @Serdeable
    record AgreementRequest(@Nullable UUID organisationId, @Nullable AgreementKind kind, @Nullable LocalDate startsOn,
            @Nullable LocalDate endsOn, @Nullable String citation, @Nullable String exceptionCitation) {
        Agreement fromApi(UUID id) {
            LocalDate starts = Facts.need("startsOn", startsOn);
            LocalDate ends = Facts.need("endsOn", endsOn);
            if (exceptionCitation == null && Agreement.tooLong(starts, ends)) {
                throw Facts.refused(Change.Fault.TERM_TOO_LONG);
            }
            return Facts.built(() -> new Agreement(id, Facts.need("organisationId", organisationId),
                    Facts.need("kind", kind), starts, ends, Facts.need("citation", citation), exceptionCitation));
        }
    }

    @Serdeable
    record AgreementView(UUID id, UUID organisationId, String kind, LocalDate startsOn, LocalDate endsOn,
            String citation, @Nullable String exceptionCitation, @Nullable Instant terminatedAt) {
        static AgreementView of(Agreements.Kept kept) {
            Agreement a = kept.agreement();
            return new AgreementView(a.id(), a.organisationId(), a.kind().name(), a.startsOn(), a.endsOn(),
                    a.citation(), a.exceptionCitation(), kept.terminatedAt());
        }
    }

    @Serdeable
    record AgreementPage(List<AgreementView> agreements, @Nullable String nextCursor) {}

    /** Agreements of the operator and of merchants, page by page. */
    @Get("/agreements")
    AgreementPage agreements(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        List<Agreements.Kept> page = agreements.list(Facts.after(cursor), Facts.limit(limit));
        return new AgreementPage(page.stream().map(AgreementView::of).toList(),
                Facts.next(page, limit, kept -> kept.agreement().id()));
    }

    /** One agreement. */
    @Get("/agreements/{id}")
    HttpResponse<AgreementView> agreement(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return versions.answer(Fact.AGREEMENT, id, () -> agreementView(id));
    }

    private Optional<AgreementView> agreementView(UUID id) {
        return agreements.find(id).map(AgreementView::of);
    }

    /** Enters a signed agreement: the operator's by the bureau, a merchant's by the operator. */
    @Put("/agreements/{id}")
    HttpResponse<AgreementView> sign(Visitor visitor, UUID id, @Body AgreementRequest request) {
        Rights.require(visitor, Role.REGULATOR, Role.OPERATIONS); // before anything is said of what was sent
        Agreement agreement = request.fromApi(id);
        Person signer = Rights.require(visitor,
                agreement.kind() == AgreementKind.OPERATOR ? Role.REGULATOR : Role.OPERATIONS);
        if (signer.organisationId().equals(agreement.organisationId())) {
            throw Facts.refused(Change.Fault.SAME_PERSON);
        }
        return versions.entered(
                Fact.AGREEMENT, id, agreements.sign(agreement, signer.id()), () -> agreementView(id));
    }

    /** Ends an agreement before its time (提前终止). */
    @Post("/agreements/{id}/termination")
    HttpResponse<AgreementView> terminate(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        UUID regulator = Rights.require(visitor, Role.REGULATOR).id();
        versions.seenAs(Fact.AGREEMENT, id, seen, Agreements::new).terminate(id, regulator, ground.given());
        return versions.answer(Fact.AGREEMENT, id, () -> agreementView(id));
    }

    /** How much is authorised. */
    enum Mode {
        WHOLE,
        DOMAIN,
        SCENARIO
    }

    /**
     * @param providers of DOMAIN: codes of the providers covered
     * @param scenarios of SCENARIO: ids of the scenarios covered
     * @param ground of both: why they are authorised on their own
     */
    @Serdeable
    record AuthorisationRequest(@Nullable UUID operatorId, @Nullable UUID agreementId, @Nullable Mode mode,
            @Nullable Set<String> providers, @Nullable Set<UUID> scenarios, Authorisation.@Nullable Ground ground,
            @Nullable String planCitation, @Nullable String governmentCitation, @Nullable LocalDate startsOn,
            @Nullable LocalDate endsOn) {
        Authorisation fromApi(UUID id) {
            Extent extent = Facts.built(() -> switch (Facts.need("mode", mode)) {
                case WHOLE -> new Extent.Whole();
                case DOMAIN -> new Extent.Domain(Facts.need("providers", providers), plan());
                case SCENARIO -> new Extent.ByScenario(Facts.need("scenarios", scenarios), plan());
            });
            return Facts.built(() -> new Authorisation(id, Facts.need("operatorId", operatorId),
                    Facts.need("agreementId", agreementId), extent, Facts.need("startsOn", startsOn),
                    Facts.need("endsOn", endsOn)));
        }

        private SeparatePlan plan() {
            return new SeparatePlan(Facts.need("ground", ground), Facts.need("planCitation", planCitation),
                    Facts.need("governmentCitation", governmentCitation));
        }
    }

    @Serdeable
    record AuthorisationView(UUID id, UUID operatorId, UUID agreementId, String mode, List<String> providers,
            List<UUID> scenarios, @Nullable String ground, @Nullable String planCitation,
            @Nullable String governmentCitation, LocalDate startsOn, LocalDate endsOn, StandingView standing) {
        static AuthorisationView of(Authorisation.Reviewed reviewed) {
            Authorisation a = reviewed.authorisation();
            StandingView standing = StandingView.of(reviewed.standing());
            return switch (a.extent()) {
                case Extent.Whole() -> new AuthorisationView(a.id(), a.operatorId(), a.agreementId(), "WHOLE",
                        List.of(), List.of(), null, null, null, a.startsOn(), a.endsOn(), standing);
                case Extent.Domain(var providers, var plan) -> new AuthorisationView(a.id(), a.operatorId(),
                        a.agreementId(), "DOMAIN", providers.stream().sorted().toList(), List.of(),
                        plan.ground().name(), plan.planCitation(), plan.governmentCitation(), a.startsOn(), a.endsOn(),
                        standing);
                case Extent.ByScenario(var scenarios, var plan) -> new AuthorisationView(a.id(), a.operatorId(),
                        a.agreementId(), "SCENARIO", List.of(), scenarios.stream().sorted().toList(),
                        plan.ground().name(), plan.planCitation(), plan.governmentCitation(), a.startsOn(), a.endsOn(),
                        standing);
            };
        }
    }

    @Serdeable
    record AuthorisationPage(List<AuthorisationView> authorisations, @Nullable String nextCursor) {}

    /** Authorisations of the operator, page by page. */
    @Get("/authorisations")
    AuthorisationPage authorisations(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        List<Authorisation.Reviewed> page = authorisations.list(Facts.after(cursor), Facts.limit(limit));
        return new AuthorisationPage(page.stream().map(AuthorisationView::of).toList(),
                Facts.next(page, limit, reviewed -> reviewed.authorisation().id()));
    }

    /** One authorisation. */
    @Get("/authorisations/{id}")
    HttpResponse<AuthorisationView> authorisation(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return versions.answer(Fact.AUTHORISATION, id, () -> authorisationView(id));
    }

    private Authorisations seenAuthorisations(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.AUTHORISATION, id, seen, Authorisations::new);
    }

    private Optional<AuthorisationView> authorisationView(UUID id) {
        return authorisations.find(id).map(AuthorisationView::of);
    }

    /** The operator applies (申请受理). */
    @Put("/authorisations/{id}")
    HttpResponse<AuthorisationView> apply(Visitor visitor, UUID id, @Body AuthorisationRequest request) {
        Person applicant = Rights.require(visitor, Role.OPERATIONS);
        Authorisation applied = request.fromApi(id);
        if (!applicant.organisationId().equals(applied.operatorId())) {
            throw new ManagementProblem(Refusal.FORBIDDEN);
        }
        return versions.entered(Fact.AUTHORISATION, id, authorisations.apply(applied, applicant.id()),
                () -> authorisationView(id));
    }

    /** The bureau approves, with the minutes of its decision (三重一大). */
    @Post("/authorisations/{id}/approval")
    HttpResponse<AuthorisationView> approve(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Approval approval) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.AUTHORISATION, id,
                seenAuthorisations(id, seen).approve(id, regulator.id(), approval.given()),
                () -> authorisationView(id));
    }

    /** Suspends an authorisation. */
    @Post("/authorisations/{id}/suspension")
    HttpResponse<AuthorisationView> suspend(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.AUTHORISATION, id,
                seenAuthorisations(id, seen).suspend(id, regulator.id(), ground.given()),
                () -> authorisationView(id));
    }

    /** Puts a suspended authorisation in force again. */
    @Post("/authorisations/{id}/resumption")
    HttpResponse<AuthorisationView> resume(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.AUTHORISATION, id,
                seenAuthorisations(id, seen).resume(id, regulator.id(), ground.given()),
                () -> authorisationView(id));
    }

    /** Ends an authorisation for good. */
    @Post("/authorisations/{id}/termination")
    HttpResponse<AuthorisationView> end(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.AUTHORISATION, id,
                seenAuthorisations(id, seen).end(id, regulator.id(), ground.given()),
                () -> authorisationView(id));
    }
}

package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.management.Versions.Fact;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.ImpactAssessments;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscriptions;
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

/** What data may be used for: scenarios, impact assessments, and the scope each subscription is bound to. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ScopeController {
    private static final Role[] SCENARIO_MAKERS = {
        Role.OPERATIONS, Role.OWNER, Role.MERCHANT_OFFICER, Role.REGULATOR
    };

    private final Scenarios scenarios;
    private final ImpactAssessments assessments;
    private final Subscriptions subscriptions;
    private final Versions versions;

    ScopeController(
            Scenarios scenarios, ImpactAssessments assessments, Subscriptions subscriptions, Versions versions) {
        this.scenarios = scenarios;
        this.assessments = assessments;
        this.subscriptions = subscriptions;
        this.versions = versions;
    }

    @Serdeable
    record ScenarioRequest(@Nullable String code, @Nullable String nameZh, @Nullable String nameEn,
            @Nullable String description, Scenario.@Nullable Source source, Scenario.@Nullable Stage stage,
            @Nullable Set<String> products, @Nullable Set<Purpose> purposes, @Nullable Instant startsAt,
            @Nullable Instant endsAt) {
        Scenario fromApi(UUID id) {
            return Facts.built(() -> new Scenario(id, Facts.need("code", code), Facts.need("nameZh", nameZh),
                    Facts.need("nameEn", nameEn), Facts.need("description", description), Facts.need("source", source),
                    Facts.need("stage", stage), Facts.need("products", products), Facts.need("purposes", purposes),
                    Facts.need("startsAt", startsAt), Facts.need("endsAt", endsAt)));
        }
    }

    @Serdeable
    record ScenarioView(UUID id, String code, String nameZh, String nameEn, String description, String source,
            String stage, List<String> products, List<String> purposes, Instant startsAt, Instant endsAt,
            StandingView standing) {
        static ScenarioView of(Scenario.Reviewed reviewed) {
            Scenario s = reviewed.scenario();
            return new ScenarioView(s.id(), s.code(), s.nameZh(), s.nameEn(), s.description(), s.source().name(),
                    s.stage().name(), s.products().stream().sorted().toList(),
                    s.purposes().stream().map(Enum::name).sorted().toList(), s.startsAt(), s.endsAt(),
                    StandingView.of(reviewed.standing()));
        }
    }

    @Serdeable
    record ScenarioPage(List<ScenarioView> scenarios, @Nullable String nextCursor) {}

    /** The list of authorised scenarios (授权清单), for anyone who is signed in. */
    @Get("/scenarios")
    ScenarioPage scenarios(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Role.values());
        List<Scenario.Reviewed> page = scenarios.list(Facts.after(cursor), Facts.limit(limit));
        return new ScenarioPage(page.stream().map(ScenarioView::of).toList(),
                Facts.next(page, limit, reviewed -> reviewed.scenario().id()));
    }

    /** One scenario. */
    @Get("/scenarios/{id}")
    HttpResponse<ScenarioView> scenario(Visitor visitor, UUID id) {
        Rights.require(visitor, Role.values());
        return versions.answer(Fact.SCENARIO, id, () -> scenarioView(id));
    }

    private Scenarios seenScenarios(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.SCENARIO, id, seen, Scenarios::new);
    }

    private Optional<ScenarioView> scenarioView(UUID id) {
        return scenarios.find(id).map(ScenarioView::of);
    }

    /** Enters a scenario (应用场景) under the caller's own id. */
    @Put("/scenarios/{id}")
    HttpResponse<ScenarioView> register(Visitor visitor, UUID id, @Body ScenarioRequest request) {
        Person maker = Rights.require(visitor, SCENARIO_MAKERS);
        return versions.entered(Fact.SCENARIO, id, scenarios.register(request.fromApi(id), maker.id()),
                () -> scenarioView(id));
    }

    /** The bureau lets it begin, with the minutes of the joint review (联合论证). */
    @Post("/scenarios/{id}/approval")
    HttpResponse<ScenarioView> approveScenario(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Approval approval) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.SCENARIO, id,
                seenScenarios(id, seen).approve(id, regulator.id(), approval.given()),
                () -> scenarioView(id));
    }

    /** Suspends a scenario; no call under it is answered from then on. */
    @Post("/scenarios/{id}/suspension")
    HttpResponse<ScenarioView> suspendScenario(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.SCENARIO, id,
                seenScenarios(id, seen).suspend(id, regulator.id(), ground.given()),
                () -> scenarioView(id));
    }

    /** Puts a suspended scenario in force again. */
    @Post("/scenarios/{id}/resumption")
    HttpResponse<ScenarioView> resumeScenario(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.SCENARIO, id,
                seenScenarios(id, seen).resume(id, regulator.id(), ground.given()),
                () -> scenarioView(id));
    }

    /** Ends a scenario for good. */
    @Post("/scenarios/{id}/termination")
    HttpResponse<ScenarioView> endScenario(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.SCENARIO, id,
                seenScenarios(id, seen).end(id, regulator.id(), ground.given()),
                () -> scenarioView(id));
    }

    @Serdeable
    record AssessmentRequest(@Nullable String product, @Nullable Set<Purpose> purposes, @Nullable String report,
            @Nullable String conclusion, @Nullable Instant startsAt, @Nullable Instant endsAt) {
        ImpactAssessment fromApi(UUID id) {
            return Facts.built(() -> new ImpactAssessment(id, Facts.need("product", product),
                    Facts.need("purposes", purposes), Facts.need("report", report),
                    Facts.need("conclusion", conclusion), Facts.need("startsAt", startsAt),
                    Facts.need("endsAt", endsAt)));
        }
    }

    @Serdeable
    record AssessmentView(UUID id, String product, List<String> purposes, String report, String conclusion,
            Instant startsAt, Instant endsAt, StandingView standing) {
        static AssessmentView of(ImpactAssessment.Reviewed reviewed) {
            ImpactAssessment a = reviewed.assessment();
            return new AssessmentView(a.id(), a.product(), a.purposes().stream().map(Enum::name).sorted().toList(),
                    a.report(), a.conclusion(), a.startsAt(), a.endsAt(), StandingView.of(reviewed.standing()));
        }
    }

    @Serdeable
    record AssessmentPage(List<AssessmentView> impactAssessments, @Nullable String nextCursor) {}

    /** Impact assessments (个人信息保护影响评估), page by page. */
    @Get("/impact-assessments")
    AssessmentPage assessments(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        List<ImpactAssessment.Reviewed> page = assessments.list(Facts.after(cursor), Facts.limit(limit));
        return new AssessmentPage(page.stream().map(AssessmentView::of).toList(),
                Facts.next(page, limit, reviewed -> reviewed.assessment().id()));
    }

    /** One impact assessment. */
    @Get("/impact-assessments/{id}")
    HttpResponse<AssessmentView> assessment(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return versions.answer(Fact.IMPACT_ASSESSMENT, id, () -> assessmentView(id));
    }

    private ImpactAssessments seenAssessments(UUID id, IfMatch seen) {
        return versions.seenAs(Fact.IMPACT_ASSESSMENT, id, seen, ImpactAssessments::new);
    }

    private Optional<AssessmentView> assessmentView(UUID id) {
        return assessments.find(id).map(AssessmentView::of);
    }

    /** Files an impact assessment under the caller's own id. */
    @Put("/impact-assessments/{id}")
    HttpResponse<AssessmentView> file(Visitor visitor, UUID id, @Body AssessmentRequest request) {
        Person operator = Rights.require(visitor, Role.OPERATIONS);
        return versions.entered(Fact.IMPACT_ASSESSMENT, id, assessments.file(request.fromApi(id), operator.id()),
                () -> assessmentView(id));
    }

    /** Approves an impact assessment. */
    @Post("/impact-assessments/{id}/approval")
    HttpResponse<AssessmentView> approveAssessment(
            Visitor visitor, UUID id, IfMatch seen, @Body Facts.Approval approval) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.IMPACT_ASSESSMENT, id,
                seenAssessments(id, seen).approve(id, regulator.id(), approval.given()),
                () -> assessmentView(id));
    }

    /** Suspends an impact assessment. */
    @Post("/impact-assessments/{id}/suspension")
    HttpResponse<AssessmentView> suspendAssessment(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.IMPACT_ASSESSMENT, id,
                seenAssessments(id, seen).suspend(id, regulator.id(), ground.given()),
                () -> assessmentView(id));
    }

    /** Puts a suspended impact assessment in force again. */
    @Post("/impact-assessments/{id}/resumption")
    HttpResponse<AssessmentView> resumeAssessment(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.IMPACT_ASSESSMENT, id,
                seenAssessments(id, seen).resume(id, regulator.id(), ground.given()),
                () -> assessmentView(id));
    }

    /** Ends an impact assessment for good. */
    @Post("/impact-assessments/{id}/termination")
    HttpResponse<AssessmentView> endAssessment(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        return versions.stepped(Fact.IMPACT_ASSESSMENT, id,
                seenAssessments(id, seen).end(id, regulator.id(), ground.given()),
                () -> assessmentView(id));
    }

    /** @param districts codes of GB/T 2260; null or empty: the whole city */
    @Serdeable
    record ScopeRequest(@Nullable UUID scenarioId, @Nullable Set<String> districts) {}

    @Serdeable
    record ScopeView(UUID subscriptionId, String purpose, @Nullable UUID scenarioId, List<String> operations,
            List<String> districts, Instant startsAt, Instant endsAt) {
        static ScopeView of(UUID subscriptionId, AuthorisedUse use) {
            return new ScopeView(subscriptionId, use.purpose().name(), use.scenarioId(),
                    use.operations().stream().sorted().toList(), use.districts().stream().sorted().toList(),
                    use.startsAt(), use.endsAt());
        }
    }

    /** What a subscription is bound to. */
    @Get("/subscriptions/{id}/scope")
    HttpResponse<ScopeView> scope(Visitor visitor, UUID id) {
        Rights.require(visitor, Rights.GOVERNANCE_READERS);
        return versions.answer(Fact.SCOPE, id, () -> scopeView(id));
    }

    private Optional<ScopeView> scopeView(UUID id) {
        return subscriptions.findUse(id).map(use -> ScopeView.of(id, use));
    }

    /** Binds a subscription's approved use to another scenario or to districts, from the next call on. */
    @Put("/subscriptions/{id}/scope")
    HttpResponse<ScopeView> bind(Visitor visitor, UUID id, IfMatch seen, @Body ScopeRequest request) {
        Person regulator = Rights.require(visitor, Role.REGULATOR);
        Set<String> districts = request.districts() == null ? Set.of() : request.districts();
        Subscriptions bound = versions.seenAs(Fact.SCOPE, id, seen.needed(), Subscriptions::new);
        return versions.stepped(Fact.SCOPE, id,
                bound.bind(id, Facts.need("scenarioId", request.scenarioId()), districts, regulator.id()),
                () -> scopeView(id));
    }
}

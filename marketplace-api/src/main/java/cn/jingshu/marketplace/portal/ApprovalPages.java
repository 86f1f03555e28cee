package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.ScopeAlerts;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.subscription.PlanChange;
import cn.jingshu.marketplace.subscription.PlanChanges;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.marketplace.term.Deadline;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.Term;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the data bureau decides about uses that were applied for (一场景一审核). */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ApprovalPages {
    private static final int REASON_MAX = 500;
    private static final int DECIDED_SHOWN = 50;
    private static final int ALERTS_SHOWN = 20;

    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final Subscriptions subscriptions;
    private final PlanChanges changes;
    private final Plans plans;
    private final Organisations organisations;
    private final People people;
    private final ScopeAlerts alerts;
    private final Deadlines deadlines;
    private final Clock clock;

    ApprovalPages(
            PageFrame frame,
            Pages pages,
            ProductFacts products,
            Subscriptions subscriptions,
            PlanChanges changes,
            Plans plans,
            Organisations organisations,
            People people,
            ScopeAlerts alerts,
            Deadlines deadlines,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.subscriptions = subscriptions;
        this.changes = changes;
        this.plans = plans;
        this.organisations = organisations;
        this.people = people;
        this.alerts = alerts;
        this.deadlines = deadlines;
        this.clock = clock;
    }

    @Get(Links.APPROVALS)
    HttpResponse<String> approvals(HttpRequest<?> request) {
        return show(request, frame.personWith(request, Role.REGULATOR), Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, Person reader, Form form, HttpStatus status) {
        Instant now = clock.instant();
        Lang lang = frame.langOf(request);
        List<Deadline> open = deadlines.listOpen();
        ApprovalsView view = new ApprovalsView(
                Reading.known(Stream.concat(
                                subscriptions.listPending().stream().map(each -> application(each, reader, lang, open)),
                                changes.listPending().stream().map(each -> application(each, reader, lang, open)))
                        .toList(), now),
                Reading.known(subscriptions.listDecided(DECIDED_SHOWN).stream()
                        .map(each -> decided(each, lang))
                        .toList(), now),
                Reading.known(alerts.listNewest(ALERTS_SHOWN).stream().map(each -> alert(each, lang)).toList(), now),
                Reading.known(open.stream().filter(Deadline::overdue).map(each -> new ApprovalsView.Overdue(TermWords.of(each.term()), each.reference(),
                        new Bilingual(each.nameZh(), each.nameEn()), each.due().on(), TermWords.left(each))).toList(), now),
                form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status),
                page -> pages.approvals(page, view));
    }

    private ApprovalsView.Application application(Subscription pending, Person reader, Lang lang, List<Deadline> open) {
        Asked asked = new Asked(pending.id(), null, planOf(pending.planId()), pending.statement(), pending.appliedBy(), pending.appliedAt());
        return application(pending, asked, reader, lang, open);
    }

    private ApprovalsView.Application application(PlanChange pending, Person reader, Lang lang, List<Deadline> open) {
        Subscription subscription = subscriptions.find(pending.subscriptionId())
                .orElseThrow(() -> new IllegalStateException("change of plan " + pending.id() + " has no subscription"));
        Asked asked = new Asked(pending.id(), planOf(subscription.planId()), planOf(pending.toPlanId()), pending.statement(), pending.askedBy(),
                pending.askedAt());
        return application(subscription, asked, reader, lang, open);
    }

    /** What somebody asked for about a subscription: it, or another plan for it. */
    private record Asked(UUID id, @Nullable Plan from, Plan to, String statement, UUID by, Instant at) {}

    private ApprovalsView.Application application(Subscription about, Asked asked, Person reader, Lang lang, List<Deadline> open) {
        Organisation organisation = organisationOf(about);
        Optional<Deadline> deadline = open.stream().filter(each -> each.term() == Term.USE_APPLICATION && each.subject().equals(asked.id())).findFirst();
        boolean own = asked.by().equals(reader.id()) || organisation.id().equals(reader.organisationId());
        Plan from = asked.from();
        return new ApprovalsView.Application(asked.id(), PageFrame.nameOf(organisation).in(lang),
                organisation.uscc().code(), nameOf(asked.by()), products.nameOf(asked.to().product()),
                from == null ? null : nameOf(from), nameOf(asked.to()), ProductFacts.purposeOf(about.purpose()), asked.statement(), asked.at(),
                deadline.map(each -> each.due().on()).orElse(null), deadline.map(TermWords::left).orElse(null), own);
    }

    private static Bilingual nameOf(Plan plan) {
        return new Bilingual(plan.nameZh(), plan.nameEn());
    }

    private ApprovalsView.Decided decided(Subscriptions.Decided decided, Lang lang) {
        Subscription subscription = decided.subscription();
        return new ApprovalsView.Decided(subscription.id(), PageFrame.nameOf(organisationOf(subscription)).in(lang),
                products.nameOf(planOf(subscription.planId()).product()), ProductFacts.purposeOf(subscription.purpose()),
                decided.approved() ? ApprovalsView.Decision.APPROVED : ApprovalsView.Decision.REFUSED,
                decided.reason().isEmpty() ? "–" : decided.reason(), nameOf(decided.decidedBy()), decided.decidedAt());
    }

    private ApprovalsView.Alert alert(ScopeAlerts.ScopeAlert alert, Lang lang) {
        Refusal rule = Refusal.valueOf(alert.rule());
        return new ApprovalsView.Alert(
                organisations.find(alert.organisationId()).map(each -> PageFrame.nameOf(each).in(lang)).orElse("–"),
                products.nameOf(alert.product()), alert.operation(), rule.code(), new Bilingual(rule.zh(), rule.en()),
                alert.calls(), alert.lastAt(), ApprovalsView.AlertStatus.valueOf(alert.status()));
    }

    private Organisation organisationOf(Subscription subscription) {
        return organisations.find(subscription.organisationId())
                .orElseThrow(() -> new IllegalStateException("subscription " + subscription.id() + " has no organisation"));
    }

    private Plan planOf(UUID planId) {
        return plans.find(planId).orElseThrow(() -> new IllegalStateException("there is no plan " + planId));
    }

    private String nameOf(UUID personId) {
        return people.find(personId).map(Person::displayName).orElse(personId.toString());
    }

    @Post(Links.APPROVALS + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person regulator = frame.personWith(request, Role.REGULATOR);
        UUID asked = SubscriptionPages.uuid(id);
        String reason = posted.text("reason");
        if (reason.isEmpty() || reason.length() > REASON_MAX) {
            return wrong(request, regulator, new Bilingual("须填写理由,最多 500 字", "a reason is needed, of 500 characters at most"));
        }
        boolean approved = switch (posted.text("decision")) {
            case "APPROVED" -> true;
            case "REFUSED" -> false;
            default -> throw PageRefused.noSuchPage();
        };
        Optional<Subscriptions.Fault> refused = changes.find(asked).isPresent()
                ? decideChange(asked, approved, regulator, reason) : decideUse(asked, approved, regulator, reason);
        return refused.<HttpResponse<?>>map(fault -> wrong(request, regulator, new Bilingual(fault.zh(), fault.en())))
                .orElseGet(() -> HttpResponse.seeOther(URI.create(Links.APPROVALS + "?done=" + Done.DECIDED.word())));
    }

    private Optional<Subscriptions.Fault> decideUse(UUID subscriptionId, boolean approved, Person regulator, String reason) {
        Subscriptions.Outcome outcome = approved ? subscriptions.approve(subscriptionId, regulator.id(), reason)
                : subscriptions.refuse(subscriptionId, regulator.id(), reason);
        return outcome instanceof Subscriptions.Outcome.Refused(var fault) ? Optional.of(fault) : Optional.empty();
    }

    private Optional<Subscriptions.Fault> decideChange(UUID changeId, boolean approved, Person regulator, String reason) {
        PlanChanges.Outcome outcome = approved ? changes.approve(changeId, regulator.id(), reason) : changes.refuse(changeId, regulator.id(), reason);
        return outcome instanceof PlanChanges.Outcome.Refused(var fault) ? Optional.of(fault) : Optional.empty();
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, Person regulator, Bilingual error) {
        return show(request, regulator, new Form(Map.of(), Map.of("reason", error)), HttpStatus.UNPROCESSABLE_ENTITY);
    }
}

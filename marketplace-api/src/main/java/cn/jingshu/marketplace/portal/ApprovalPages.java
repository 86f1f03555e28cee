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
                Reading.known(subscriptions.listPending().stream()
                        .map(each -> application(each, reader, lang, open))
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
        Organisation organisation = organisationOf(pending);
        Plan plan = planOf(pending);
        Optional<Deadline> deadline = open.stream().filter(each -> each.term() == Term.USE_APPLICATION && each.subject().equals(pending.id())).findFirst();
        boolean own = pending.appliedBy().equals(reader.id()) || organisation.id().equals(reader.organisationId());
        return new ApprovalsView.Application(pending.id(), PageFrame.nameOf(organisation).in(lang),
                organisation.uscc().code(), nameOf(pending.appliedBy()), products.nameOf(plan.product()),
                new Bilingual(plan.nameZh(), plan.nameEn()), ProductFacts.purposeOf(pending.purpose()),
                pending.statement(), pending.appliedAt(),
                deadline.map(each -> each.due().on()).orElse(null), deadline.map(TermWords::left).orElse(null), own);
    }

    private ApprovalsView.Decided decided(Subscriptions.Decided decided, Lang lang) {
        Subscription subscription = decided.subscription();
        return new ApprovalsView.Decided(subscription.id(), PageFrame.nameOf(organisationOf(subscription)).in(lang),
                products.nameOf(planOf(subscription).product()), ProductFacts.purposeOf(subscription.purpose()),
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

    private Plan planOf(Subscription subscription) {
        return plans.find(subscription.planId())
                .orElseThrow(() -> new IllegalStateException("subscription " + subscription.id() + " has no plan"));
    }

    private String nameOf(UUID personId) {
        return people.find(personId).map(Person::displayName).orElse(personId.toString());
    }

    @Post(Links.APPROVALS + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person regulator = frame.personWith(request, Role.REGULATOR);
        UUID subscriptionId = SubscriptionPages.uuid(id);
        String reason = posted.text("reason");
        if (reason.isEmpty() || reason.length() > REASON_MAX) {
            return wrong(request, regulator, new Bilingual("须填写理由,最多 500 字", "a reason is needed, of 500 characters at most"));
        }
        Subscriptions.Outcome outcome = switch (posted.text("decision")) {
            case "APPROVED" -> subscriptions.approve(subscriptionId, regulator.id(), reason);
            case "REFUSED" -> subscriptions.refuse(subscriptionId, regulator.id(), reason);
            default -> throw PageRefused.noSuchPage();
        };
        return switch (outcome) {
            case Subscriptions.Outcome.Done _ ->
                HttpResponse.seeOther(URI.create(Links.APPROVALS + "?done=" + Done.DECIDED.word()));
            case Subscriptions.Outcome.Refused(var fault) ->
                wrong(request, regulator, new Bilingual(fault.zh(), fault.en()));
        };
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, Person regulator, Bilingual error) {
        return show(request, regulator, new Form(Map.of(), Map.of("reason", error)), HttpStatus.UNPROCESSABLE_ENTITY);
    }
}

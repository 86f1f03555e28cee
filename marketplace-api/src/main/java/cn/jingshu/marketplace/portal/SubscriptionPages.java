package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.apikey.ApiKeys.KeyRecord;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.subscription.PlanChange;
import cn.jingshu.marketplace.subscription.PlanChanges;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.DayTotal;
import cn.jingshu.metering.usage.LiveAnswer;
import cn.jingshu.metering.usage.LiveTotal;
import cn.jingshu.metering.usage.LiveUsage;
import com.github.f4b6a3.uuid.UuidCreator;
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
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a product to its key: subscribing, the organisation's subscriptions, the keys and the plan of one of them. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SubscriptionPages {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionPages.class);

    /** Shorter than this says nothing a reviewer could judge. */
    private static final int STATEMENT_MIN = 10;


    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final Plans plans;
    private final Subscriptions subscriptions;
    private final PlanChanges changes;
    private final ApiKeys keys;
    private final LiveUsage live;
    private final MonthClose months;
    private final Clock clock;

    SubscriptionPages(
            PageFrame frame,
            Pages pages,
            ProductFacts products,
            Plans plans,
            Subscriptions subscriptions,
            PlanChanges changes,
            ApiKeys keys,
            LiveUsage live,
            MonthClose months,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.plans = plans;
        this.subscriptions = subscriptions;
        this.changes = changes;
        this.keys = keys;
        this.live = live;
        this.months = months;
        this.clock = clock;
    }

    @Get("/products/{code}/subscribe")
    HttpResponse<String> subscribeForm(HttpRequest<?> request, String code) {
        frame.personOf(request);
        ProductFacts.Offered offered = products.getOffered(code);
        String first = products.prices(offered).stream()
                .filter(price -> price.purpose() == PurposeClass.INDUSTRY)
                .map(ProductView.Price::plan)
                .findFirst()
                .orElse("");
        return subscribeForm(request, offered, new Form(Map.of("plan", first), Map.of()), HttpStatus.OK);
    }

    private MutableHttpResponse<String> subscribeForm(
            HttpRequest<?> request, ProductFacts.Offered offered, Form form, HttpStatus status) {
        SubscribeView view = new SubscribeView(offered.contract().code(), products.nameOf(offered.contract().code()),
                Reading.known(products.prices(offered), clock.instant()), form, STATEMENT_MIN);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status),
                page -> pages.subscribe(page, view));
    }

    @Post("/products/{code}/subscribe")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> subscribe(HttpRequest<?> request, String code, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personOf(request);
        requireManager(person);
        ProductFacts.Offered offered = products.getOffered(code);
        String statement = posted.text("statement");
        Optional<Plan> plan = offered.entry().plans().stream()
                .filter(each -> each.code().equals(posted.text("plan")))
                .findFirst();
        if (plan.isEmpty()) {
            return wrong(request, offered, posted, "plan", new Bilingual("请选择套餐", "choose a plan"));
        }
        if (statement.length() < STATEMENT_MIN || statement.length() > Subscriptions.LONGEST_STATEMENT) {
            return wrong(request, offered, posted, "statement", new Bilingual(
                    "用途说明须为 " + STATEMENT_MIN + " 至 " + Subscriptions.LONGEST_STATEMENT + " 个字符",
                    "the statement has " + STATEMENT_MIN + " to " + Subscriptions.LONGEST_STATEMENT + " characters"));
        }
        Subscriptions.Outcome outcome = subscriptions.subscribe(new Subscriptions.Application(
                UuidCreator.getTimeOrderedEpoch(), person.organisationId(), plan.get().id(), statement, person.id()));
        return switch (outcome) {
            case Subscriptions.Outcome.Done(var subscription) -> HttpResponse.seeOther(URI.create(
                    Links.keys(subscription.id()) + "?done="
                            + (subscription.status() == Subscription.Status.ACTIVE ? Done.SUBSCRIBED : Done.APPLIED)
                                    .word()));
            case Subscriptions.Outcome.Refused(var fault) -> wrong(request, offered, posted,
                    fault == Subscriptions.Fault.STATEMENT_MISSING ? "statement" : "plan",
                    new Bilingual(fault.zh(), fault.en()));
        };
    }

    private HttpResponse<?> wrong(
            HttpRequest<?> request, ProductFacts.Offered offered, Posted posted, String field, Bilingual error) {
        return subscribeForm(request, offered, new Form(posted.shown(), Map.of(field, error)),
                HttpStatus.UNPROCESSABLE_ENTITY);
    }

    private static void requireManager(Person person) {
        if (!person.roles().contains(Role.OWNER) && !person.roles().contains(Role.DEVELOPER)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
    }

    @Get(Links.DASHBOARD)
    HttpResponse<String> dashboard(HttpRequest<?> request) {
        Person person = frame.personOf(request);
        Organisation organisation = frame.organisationOf(person);
        Instant now = clock.instant();
        YearMonth period = BillingPeriod.of(now).month();
        List<DashboardView.Subscription> own = subscriptions.listOf(organisation.id()).stream()
                .map(each -> card(request, each, period))
                .toList();
        long due = months.preview(period, organisation.id()).stream()
                .map(Charge::amount)
                .mapToLong(amount -> amount.fen())
                .sum();
        DashboardView view = new DashboardView(PageFrame.nameOf(organisation).in(frame.langOf(request)), period,
                Reading.known(own, now), Reading.known(due, now));
        return frame.show(request, page -> pages.dashboard(page, view));
    }

    private DashboardView.Subscription card(HttpRequest<?> request, Subscription subscription, YearMonth period) {
        Plan plan = planOf(subscription);
        Optional<String> refused = subscription.status() == Subscription.Status.REFUSED
                ? subscriptions.findRefusalReason(subscription.id())
                : Optional.empty();
        return new DashboardView.Subscription(subscription.id(), plan.product(), products.nameOf(plan.product()),
                new Bilingual(plan.nameZh(), plan.nameEn()), ProductFacts.purposeOf(subscription.purpose()),
                stateOf(subscription), used(request, subscription, period), plan.monthlyQuotaUnits(),
                products.unitOf(plan.product()), (int) liveKeys(subscription.id()).count(),
                refused.map(Bilingual::same).orElse(null));
    }

    private Stream<KeyRecord> liveKeys(UUID subscriptionId) {
        Instant now = clock.instant();
        return keys.listOf(subscriptionId).stream().filter(key -> key.liveAt(now));
    }

    private Reading<DashboardView.Used> used(HttpRequest<?> request, Subscription subscription, YearMonth period) {
        try {
            LiveAnswer<DayTotal> answer = live.listDays(subscription.id(), period.atDay(1), period.plusMonths(1).atDay(1));
            List<LiveTotal<DayTotal>> billable = answer.totals().stream().filter(each -> !each.total().sandbox()).toList();
            DashboardView.Used used = new DashboardView.Used(
                    billable.stream().mapToLong(each -> each.total().quantity()).sum(),
                    billable.stream().mapToLong(LiveTotal::provisionalQuantity).sum());
            return Reading.known(used, answer.freshness().asOf().orElseGet(clock::instant));
        } catch (SQLException away) {
            LOG.warn("the usage of subscription {} cannot be read", subscription.id(), away);
            return PageFrame.unknown(request);
        }
    }

    private Plan planOf(Subscription subscription) {
        return plans.find(subscription.planId())
                .orElseThrow(() -> new IllegalStateException("subscription " + subscription.id() + " has no plan"));
    }

    static DashboardView.State stateOf(Subscription subscription) {
        return switch (subscription.status()) {
            case PENDING -> DashboardView.State.AWAITING_APPROVAL;
            case ACTIVE -> DashboardView.State.ACTIVE;
            case REFUSED -> DashboardView.State.REFUSED;
            case SUSPENDED -> DashboardView.State.SUSPENDED;
            case ENDED -> DashboardView.State.ENDED;
        };
    }

    /** A subscription of the visitor's own organisation; anyone else's does not exist for them. */
    private Subscription ownSubscription(Person person, UUID id) {
        return subscriptions.find(id)
                .filter(each -> each.organisationId().equals(person.organisationId()))
                .orElseThrow(PageRefused::noSuchPage);
    }

    @Get("/subscriptions/{id}/keys")
    HttpResponse<String> keys(HttpRequest<?> request, String id) {
        Subscription subscription = ownSubscription(frame.personOf(request), uuid(id));
        return showKeys(request, subscription, null, Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> showKeys(
            HttpRequest<?> request, Subscription subscription, @Nullable ApiKey issued, Form form, HttpStatus status) {
        Plan plan = planOf(subscription);
        DashboardView.State state = stateOf(subscription);
        boolean open = state == DashboardView.State.ACTIVE || state == DashboardView.State.AWAITING_APPROVAL;
        List<KeyRecord> live = liveKeys(subscription.id()).toList();
        boolean room = live.stream().filter(KeyRecord::sandbox).count() < 2
                || (state == DashboardView.State.ACTIVE && live.stream().filter(key -> !key.sandbox()).count() < 2);
        FirstCall firstCall = products.findOffered(plan.product())
                .map(offered -> products.firstCall(request, offered.contract(),
                        issued == null ? FirstCall.PLACEHOLDER : issued.reveal()))
                .orElseGet(() -> frame.firstCall(request, "/v1/" + plan.product(), plan.product(), FirstCall.PLACEHOLDER));
        KeysView view = new KeysView(subscription.id(), products.nameOf(plan.product()),
                new Bilingual(plan.nameZh(), plan.nameEn()), state, issued == null ? null : issued.reveal(), open && room,
                UuidCreator.getTimeOrderedEpoch(),
                keys.listOf(subscription.id()).stream().map(this::shown).toList().reversed(),
                (int) ApiKeys.LONGEST_OVERLAP.toDays(), planPart(subscription, plan), form, firstCall);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.keys(page, view));
    }

    private KeysView.PlanPart planPart(Subscription subscription, Plan plan) {
        List<PlanChange> asked = changes.listOf(subscription.id());
        boolean open = subscription.status() == Subscription.Status.ACTIVE
                && asked.stream().noneMatch(each -> each.status() == PlanChange.Status.PENDING);
        List<ProductView.Price> others = !open ? List.of() : products.findOffered(plan.product())
                .map(offered -> products.prices(offered).stream()
                        .filter(each -> each.purpose() == ProductFacts.purposeOf(subscription.purpose()) && !each.plan().equals(plan.code()))
                        .toList())
                .orElse(List.of());
        return new KeysView.PlanPart(others, asked.reversed().stream().map(this::shown).toList(), UuidCreator.getTimeOrderedEpoch(),
                subscription.purpose() == Purpose.PUBLIC_INTEREST);
    }

    private KeysView.Change shown(PlanChange change) {
        Instant at = change.effectiveAt();
        String reason = change.reason();
        return new KeysView.Change(planName(change.fromPlanId()), planName(change.toPlanId()), KeysView.ChangeState.valueOf(change.status().name()),
                at == null ? change.askedAt() : at, reason == null ? "" : reason);
    }

    private Bilingual planName(UUID planId) {
        return plans.find(planId).map(each -> new Bilingual(each.nameZh(), each.nameEn()))
                .orElseThrow(() -> new IllegalStateException("there is no plan " + planId));
    }

    /** What someone who may manage it sent about a subscription of the own organisation. */
    private record Managed(Posted posted, Person person, Subscription subscription) {}

    private Managed managed(HttpRequest<?> request, String id, @Nullable Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personOf(request);
        requireManager(person);
        return new Managed(posted, person, ownSubscription(person, uuid(id)));
    }

    @Post("/subscriptions/{id}/plan")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> changePlan(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Managed own = managed(request, id, body);
        String statement = own.posted().text("planStatement");
        Optional<Plan> to = plans.findByCode(own.posted().text("plan"));
        if (to.isEmpty()) {
            return wrongPlan(request, own.subscription(), own.posted(), "plan", new Bilingual("请选择套餐", "choose a plan"));
        }
        PlanChanges.Outcome outcome = changes.ask(new PlanChanges.Request(
                uuid(own.posted().text("changeId")), own.subscription().id(), to.get().id(), statement, own.person().id()));
        return switch (outcome) {
            case PlanChanges.Outcome.Done(var change, var _) -> HttpResponse.seeOther(URI.create(Links.keys(own.subscription().id()) + "?done="
                    + (change.status() == PlanChange.Status.MADE ? Done.PLAN_CHANGED : Done.PLAN_ASKED).word()));
            case PlanChanges.Outcome.Refused(var fault) -> wrongPlan(request, own.subscription(), own.posted(),
                    fault == Subscriptions.Fault.STATEMENT_MISSING || fault == Subscriptions.Fault.STATEMENT_TOO_LONG ? "planStatement" : "plan", new Bilingual(fault.zh(), fault.en()));
        };
    }

    private HttpResponse<?> wrongPlan(HttpRequest<?> request, Subscription subscription, Posted posted, String field, Bilingual error) {
        return showKeys(request, subscription, null, new Form(posted.shown(), Map.of(field, error)), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    private KeysView.Key shown(KeyRecord key) {
        KeysView.State state = key.revokedAt() != null ? KeysView.State.REVOKED
                : !key.liveAt(clock.instant()) ? KeysView.State.EXPIRED
                : key.expiresAt() != null ? KeysView.State.ENDING : KeysView.State.LIVE;
        Instant ends = key.revokedAt() != null ? key.revokedAt() : key.expiresAt();
        return new KeysView.Key(key.id(), key.shown(), key.sandbox(), state, key.createdAt(), ends);
    }

    @Post("/subscriptions/{id}/keys")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> issue(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Managed own = managed(request, id, body);
        UUID keyId = uuid(own.posted().text("keyId"));
        if (keys.find(keyId).isPresent()) {
            return shownBefore(request, own.subscription());
        }
        return issued(request, own.subscription(),
                keys.issue(keyId, own.subscription().id(), own.posted().text("kind").equals("test"), own.person().id()), "kind");
    }

    /** The form was sent a second time: the key it made cannot be shown again, and no second one is made. */
    private HttpResponse<?> shownBefore(HttpRequest<?> request, Subscription subscription) {
        return showKeys(request, subscription, null, new Form(Map.of(), Map.of("kind", new Bilingual(
                "此密钥已签发并显示过一次,无法再次显示", "this key was issued and shown once; it cannot be shown again"))),
                HttpStatus.CONFLICT);
    }

    private HttpResponse<?> issued(HttpRequest<?> request, Subscription subscription, ApiKeys.Issue issue, String field) {
        return switch (issue) {
            case ApiKeys.Issue.Issued(var key, var _) -> showKeys(request, subscription, key, Form.EMPTY, HttpStatus.OK);
            case ApiKeys.Issue.Refused(var fault) -> showKeys(request, subscription, null,
                    new Form(Map.of(), Map.of(field, new Bilingual(fault.zh(), fault.en()))),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    @Post("/subscriptions/{id}/keys/{key}/rotate")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> rotate(HttpRequest<?> request, String id, String key, @Nullable @Body Map<String, Object> body) {
        Managed own = managed(request, id, body);
        KeyRecord old = ownKey(own.subscription(), uuid(key));
        UUID newKeyId = uuid(own.posted().text("keyId"));
        if (keys.find(newKeyId).isPresent()) {
            return shownBefore(request, own.subscription());
        }
        return issued(request, own.subscription(),
                keys.rotate(newKeyId, old.id(), overlapOf(own.posted().text("overlapHours")), own.person().id()), "kind");
    }

    /** What is no number of hours is answered like one out of range. */
    private static Duration overlapOf(String hours) {
        return hours.matches("\\d{1,4}") ? Duration.ofHours(Long.parseLong(hours)) : Duration.ofHours(-1);
    }

    @Post("/subscriptions/{id}/keys/{key}/revoke")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> revoke(HttpRequest<?> request, String id, String key, @Nullable @Body Map<String, Object> body) {
        Managed own = managed(request, id, body);
        keys.revoke(ownKey(own.subscription(), uuid(key)).id(), own.person().id(), "revoked on the portal");
        return HttpResponse.seeOther(URI.create(Links.keys(own.subscription().id()) + "?done=" + Done.REVOKED.word()));
    }

    private KeyRecord ownKey(Subscription subscription, UUID keyId) {
        return keys.find(keyId)
                .filter(key -> key.subscriptionId().equals(subscription.id()))
                .orElseThrow(PageRefused::noSuchPage);
    }

    static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException notAnId) {
            throw PageRefused.noSuchPage();
        }
    }
}

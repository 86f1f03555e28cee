package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.billing.EventVoid;
import cn.jingshu.marketplace.billing.Explanation;
import cn.jingshu.marketplace.billing.Explanations;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.management.Csv;
import cn.jingshu.marketplace.management.Rights;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.usage.HourTotal;
import cn.jingshu.metering.usage.LiveAnswer;
import cn.jingshu.metering.usage.LiveTotal;
import cn.jingshu.metering.usage.LiveUsage;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.Usage;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much an organisation used, and why one call is or is not on its bill. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class UsagePages {
    private static final Logger LOG = LoggerFactory.getLogger(UsagePages.class);
    private static final int MOST_DAYS = 92;
    private static final int MOST_DAYS_BY_HOUR = 14;
    private static final int RECENT = 20;

    /** No meter ran before it. */
    private static final int FIRST_YEAR = 2020;

    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final Subscriptions subscriptions;
    private final Usage usage;
    private final LiveUsage live;
    private final Rights rights;
    private final Explanations explanations;
    private final Clock clock;

    UsagePages(
            PageFrame frame,
            Pages pages,
            ProductFacts products,
            Subscriptions subscriptions,
            Usage usage,
            LiveUsage live,
            Rights rights,
            Explanations explanations,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.subscriptions = subscriptions;
        this.usage = usage;
        this.live = live;
        this.rights = rights;
        this.explanations = explanations;
        this.clock = clock;
    }

    /** What is asked for: days {@code [from, to]}, never more than can be shown. */
    private record Asked(LocalDate from, LocalDate to, UsageView.Step step, UsageView.By by) {
        Asked {
            long most = step == UsageView.Step.HOUR ? MOST_DAYS_BY_HOUR : MOST_DAYS;
            if (to.isBefore(from)) {
                to = from;
            }
            if (from.plusDays(most - 1).isBefore(to)) {
                from = to.minusDays(most - 1);
            }
        }

        String csvHref() {
            return Links.USAGE_CSV + "?from=" + from + "&to=" + to + "&step=" + step + "&by=" + by;
        }

        Instant start() {
            return from.atStartOfDay(BillingPeriod.ZONE).toInstant();
        }

        Instant end() {
            return to.plusDays(1).atStartOfDay(BillingPeriod.ZONE).toInstant();
        }
    }

    private Asked asked(
            @Nullable String from, @Nullable String to, @Nullable String step, @Nullable String by) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), BillingPeriod.ZONE);
        UsageView.Step eachStep = "DAY".equals(step) ? UsageView.Step.DAY : UsageView.Step.HOUR;
        if (step == null && from != null) {
            eachStep = UsageView.Step.DAY;
        }
        UsageView.By eachBy = UsageView.By.OUTCOME;
        for (UsageView.By choice : UsageView.By.values()) {
            if (choice.name().equals(by)) {
                eachBy = choice;
            }
        }
        LocalDate last = day(to).orElse(today);
        // Asked for nothing, the page begins a day earlier: shortly after midnight today alone would be empty.
        LocalDate first = day(from).orElseGet(() -> from == null && to == null ? last.minusDays(1) : last);
        return new Asked(first, last, eachStep, eachBy);
    }

    private static Optional<LocalDate> day(@Nullable String text) {
        try {
            return Optional.ofNullable(text)
                    .filter(typed -> !typed.isEmpty())
                    .map(LocalDate::parse)
                    .filter(day -> day.getYear() >= FIRST_YEAR && day.getYear() < FIRST_YEAR + 100);
        } catch (DateTimeException notADay) {
            return Optional.empty(); // a day that is none is passed over; the form shows which days are shown instead
        }
    }

    @Get(Links.USAGE)
    HttpResponse<String> usage(HttpRequest<?> request, @Nullable @QueryValue String from, @Nullable @QueryValue String to,
            @Nullable @QueryValue String step, @Nullable @QueryValue String by) {
        List<Subscription> own = subscriptions.listOf(frame.personOf(request).organisationId());
        Asked asked = asked(from, to, step, by);
        UsageView view = new UsageView(asked.from(), asked.to(), asked.step(), asked.by(), table(request, own, asked),
                recent(request, own), asked.csvHref(), Form.EMPTY);
        return frame.show(request, page -> pages.usage(page, view));
    }

    /** One count: which step, which column. */
    private record Counted(Instant hour, Bilingual column, long calls) {}

    private Reading<UsageView.Table> table(HttpRequest<?> request, List<Subscription> own, Asked asked) {
        try {
            LiveAnswer<HourTotal> answer =
                    live.listHours(own.stream().map(Subscription::id).toList(), asked.start(), asked.end());
            List<Counted> counted = answer.totals().stream()
                    .map(LiveTotal::total)
                    .map(total -> new Counted(total.hour(),
                            column(asked.by(), total.product(), total.operation(), total.outcome()), total.calls()))
                    .toList();
            return Reading.known(tableOf(asked, counted, answer), answer.freshness().asOf().orElseGet(clock::instant));
        } catch (SQLException away) {
            LOG.warn("usage cannot be read", away);
            return PageFrame.unknown(request);
        }
    }

    private Bilingual column(
            UsageView.By by, String product, String operation, cn.jingshu.metering.event.Outcome outcome) {
        return switch (by) {
            case PRODUCT -> products.nameOf(product);
            case OPERATION -> Bilingual.same(product + "/" + operation);
            case OUTCOME -> new Bilingual(
                    PortalTexts.load(Lang.ZH_CN).get(Outcome.valueOf(outcome.name()).textKey()),
                    PortalTexts.load(Lang.EN).get(Outcome.valueOf(outcome.name()).textKey()));
        };
    }

    private UsageView.Table tableOf(Asked asked, List<Counted> counted, LiveAnswer<HourTotal> answer) {
        List<Bilingual> columns = counted.stream()
                .map(Counted::column)
                .distinct()
                .sorted(Comparator.comparing(Bilingual::en))
                .toList();
        Map<Instant, long[]> rows = new TreeMap<>();
        for (Instant at = asked.start(); at.isBefore(asked.end()) && !at.isAfter(clock.instant());
                at = at.plus(1, asked.step() == UsageView.Step.HOUR ? ChronoUnit.HOURS : ChronoUnit.DAYS)) {
            rows.put(at, new long[columns.size()]);
        }
        for (Counted each : counted) {
            Instant step = asked.step() == UsageView.Step.HOUR
                    ? each.hour()
                    : LocalDate.ofInstant(each.hour(), BillingPeriod.ZONE).atStartOfDay(BillingPeriod.ZONE).toInstant();
            rows.computeIfAbsent(step, _ -> new long[columns.size()])[columns.indexOf(each.column())] += each.calls();
        }
        List<UsageView.Row> shown = new ArrayList<>();
        rows.forEach((start, calls) -> {
            List<@Nullable Long> counts = new ArrayList<>();
            for (long count : calls) {
                counts.add(count);
            }
            shown.add(new UsageView.Row(start, counts));
        });
        return new UsageView.Table(columns, shown, answer.provisionalCalls(), answer.freshness().awaySince().orElse(null));
    }

    private Reading<List<UsageView.Recent>> recent(HttpRequest<?> request, List<Subscription> own) {
        try {
            List<StoredEvent> events = new ArrayList<>();
            for (Subscription subscription : own) {
                events.addAll(usage.listEvents(subscription.id(), Instant.EPOCH, clock.instant().plusSeconds(60),
                        Optional.empty(), RECENT).events());
            }
            return Reading.known(events.stream()
                    .map(StoredEvent::event)
                    .sorted(Comparator.comparing(UsageEvent::occurredAt).reversed())
                    .limit(RECENT)
                    .map(event -> new UsageView.Recent(event.eventId(), event.occurredAt(),
                            products.nameOf(event.product()), event.operation(),
                            Outcome.valueOf(event.outcome().name()), event.status(), event.quantity(),
                            MeterUnit.valueOf(event.unit()), event.sandbox(), event.protocol()))
                    .toList(), usage.freshness().shippedAt().orElseGet(clock::instant));
        } catch (SQLException away) {
            LOG.warn("events cannot be read", away);
            return PageFrame.unknown(request);
        }
    }

    @Get(Links.USAGE_CSV)
    @Produces("text/csv; charset=utf-8")
    HttpResponse<String> csv(HttpRequest<?> request, @Nullable @QueryValue String from, @Nullable @QueryValue String to,
            @Nullable @QueryValue String step, @Nullable @QueryValue String by) {
        List<Subscription> own = subscriptions.listOf(frame.personOf(request).organisationId());
        Asked asked = asked(from, to, step, by);
        if (!(table(request, own, asked) instanceof Reading.Known<UsageView.Table>(var table, var asOf))) {
            throw new IllegalStateException("usage cannot be read just now");
        }
        Lang lang = frame.langOf(request);
        Csv csv = new Csv();
        List<String> head = new ArrayList<>(List.of("start"));
        table.columns().forEach(column -> head.add(column.in(lang)));
        csv.line(head);
        for (UsageView.Row row : table.rows()) {
            List<String> line = new ArrayList<>(List.of(row.start().toString()));
            row.counts().forEach(count -> line.add(count == null ? "" : count.toString()));
            csv.line(line);
        }
        return csv.answer("usage-" + asked.from() + "-" + asked.to() + ".csv")
                .header("Jingshu-As-Of", asOf.toString())
                .header("Jingshu-Provisional-Calls", Long.toString(table.provisional()));
    }

    /** The form's way to an event: its id or that of its request in the query. */
    @Get(Links.EVENTS)
    HttpResponse<?> find(HttpRequest<?> request, @Nullable @QueryValue String id) throws SQLException {
        frame.personOf(request);
        Optional<Set<UUID>> visible = rights.callsOf(frame.visitorOf(request));
        String typed = id == null ? "" : id.strip();
        Optional<StoredEvent> found = byEventId(typed, visible);
        if (found.isEmpty() && !typed.isEmpty()) {
            found = explanations.listByRequest(typed, visible).stream().findFirst();
        }
        return found.isPresent()
                ? HttpResponse.seeOther(URI.create(Links.event(found.get().event().eventId())))
                : show(request, typed, found);
    }

    private Optional<StoredEvent> byEventId(String typed, Optional<Set<UUID>> visible) throws SQLException {
        try {
            return explanations.find(UUID.fromString(typed))
                    .filter(stored -> visible.isEmpty() || visible.get().contains(stored.event().subscriptionId()));
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }

    @Get(Links.EVENTS + "/{id}")
    HttpResponse<String> event(HttpRequest<?> request, String id) throws SQLException {
        frame.personOf(request);
        UUID eventId = SubscriptionPages.uuid(id);
        return show(request, id, byEventId(eventId.toString(), rights.callsOf(frame.visitorOf(request))));
    }

    private HttpResponse<String> show(HttpRequest<?> request, String typed, Optional<StoredEvent> found) {
        EventView view = new EventView(typed,
                Reading.known(found.map(stored -> answer(explanations.explain(stored))), clock.instant()));
        return frame.show(request, frame.visitorOf(request),
                found.isPresent() ? HttpResponse.ok() : HttpResponse.notFound(), page -> pages.event(page, view));
    }

    private EventView.Answer answer(Explanation why) {
        UsageEvent event = why.stored().event();
        return new EventView.Answer(event.eventId(), EventView.Verdict.valueOf(why.verdict().name()), event.occurredAt(),
                products.nameOf(event.product()), event.operation(), event.protocol(),
                Outcome.valueOf(event.outcome().name()), event.status(), MeterUnit.valueOf(event.unit()),
                event.quantity(), event.requestId(), PurposeClass.valueOf(event.purposeClass()),
                why.price().map(price -> price.perUnit().fenPerUnit()).filter(fen -> fen.signum() > 0).orElse(null),
                why.price().flatMap(Explanation.Price::version).map(UUID::toString).orElse(""),
                why.ceiling().map(ceiling -> ceiling.highest().fenPerUnit()).orElse(null),
                why.ceiling().map(ceiling -> ceiling.id().toString()).orElse(""), why.billMonth(),
                why.voided().map(UsagePages::voided).orElse(null), way(why));
    }

    private static EventView.Voided voided(EventVoid entry) {
        return new EventView.Voided(EventView.VoidStatus.valueOf(entry.status().name()), entry.reason(),
                entry.requestedAt(), entry.decidedAt());
    }

    private static List<EventView.Station> way(Explanation why) {
        Map<EventView.Step, EventView.Station> stations = new HashMap<>();
        UsageEvent event = why.stored().event();
        boolean rated = why.rated().isPresent();
        boolean voided = why.verdict() == Explanation.Verdict.VOID;
        boolean priced = !event.sandbox() && event.quantity() > 0 && (rated || !voided);
        boolean owed = priced && why.price().flatMap(Explanation.Price::version).isPresent();
        Instant ratedAt = why.rated().map(MonthClose.State::ratedAt).orElse(null);
        boolean posted = why.rated().filter(state -> state.status() != MonthClose.Status.RATED).isPresent();
        String charge = why.charge().map(each -> each.id().toString()).orElse("");
        put(stations, EventView.Step.RECORDED, true, true, event.occurredAt(),
                event.nodeId() + " #" + why.stored().sequence());
        put(stations, EventView.Step.COUNTED, true, !why.stored().isProvisional(), why.stored().receivedAt(), "");
        put(stations, EventView.Step.RATED, priced, rated, ratedAt, "");
        put(stations, EventView.Step.CHARGED, owed, why.charge().isPresent(), ratedAt, charge);
        put(stations, EventView.Step.POSTED, owed, why.charge().isPresent() && posted, null, posted ? charge : "");
        why.voided().ifPresent(entry -> put(stations, EventView.Step.VOIDED, true, voided, entry.decidedAt(),
                entry.id().toString()));
        if (voided && rated) {
            put(stations, EventView.Step.TAKEN_BACK, true, why.takenBack().isPresent(), null,
                    why.takenBack().map(each -> each.id().toString()).orElse(""));
        }
        return List.of(EventView.Step.values()).stream()
                .map(stations::get)
                .filter(Objects::nonNull)
                .toList();
    }

    private static void put(Map<EventView.Step, EventView.Station> stations, EventView.Step step, boolean applies,
            boolean passed, @Nullable Instant at, String reference) {
        EventView.Passed how = !applies ? EventView.Passed.NEVER
                : passed ? EventView.Passed.YES : EventView.Passed.WAITING;
        boolean done = how == EventView.Passed.YES;
        stations.put(step, new EventView.Station(step, how, done ? at : null, done ? reference : ""));
    }
}

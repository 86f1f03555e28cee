package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.LineEvents;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.account.AccountTerms;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.billing.account.Spending;
import cn.jingshu.marketplace.billing.statement.Dunning;
import cn.jingshu.marketplace.billing.statement.Statement;
import cn.jingshu.marketplace.billing.statement.StatementCsv;
import cn.jingshu.marketplace.billing.statement.Statements;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.management.Csv;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.EventPage;
import cn.jingshu.metering.usage.StoredEvent;
import io.micronaut.core.annotation.Nullable;
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
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An organisation's account and bills: the list, each bill as a page that prints, the calls behind its lines, the budget. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class StatementPages {
    private static final int MOST_MONTHS = 36;
    private static final int CALLS_A_PAGE = 50;
    private static final int TOLD_SHOWN = 10;

    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final Subscriptions subscriptions;
    private final Statements statements;
    private final Dunning dunning;
    private final Spending spending;
    private final Notifications notifications;
    private final MonthClose months;
    private final LineEvents events;
    private final Clock clock;

    StatementPages(
            PageFrame frame,
            Pages pages,
            ProductFacts products,
            Subscriptions subscriptions,
            Statements statements,
            Dunning dunning,
            Spending spending,
            Notifications notifications,
            MonthClose months,
            LineEvents events,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.subscriptions = subscriptions;
        this.statements = statements;
        this.dunning = dunning;
        this.spending = spending;
        this.notifications = notifications;
        this.months = months;
        this.events = events;
        this.clock = clock;
    }

    @Get(Links.STATEMENTS)
    HttpResponse<String> bills(HttpRequest<?> request) {
        return bills(request, frame.personOf(request), null, HttpStatus.OK);
    }

    /** @param entered the budget as it was entered; null: as it is */
    private MutableHttpResponse<String> bills(HttpRequest<?> request, Person person, @Nullable Form entered, HttpStatus status) {
        UUID whose = person.organisationId();
        Spending.Position position = spending.position(whose);
        List<Dunning.Standing> standings = dunning.standings(whose);
        Money budget = position.terms().budget();
        Form form = entered != null ? entered : new Form(budget == null ? Map.of() : Map.of("budget", budget.toYuan()), Map.of());
        BillsView view = new BillsView(position.month(), standing(position), stops(position, standings),
                standings.reversed().stream()
                        .map(each -> new BillsView.Bill(each.statement().month(), each.statement().reference(),
                                each.statement().charged().fen(), each.statement().dueOn(), each.open().fen(),
                                DunningState.valueOf(each.state().name())))
                        .toList(),
                notifications.listNewest(whose, TOLD_SHOWN).stream()
                        .map(each -> {
                            Money amount = each.amount();
                            return new BillsView.Told(ToldKind.valueOf(each.kind().name()), each.about(),
                                    amount == null ? null : amount.fen(), each.at());
                        })
                        .toList(),
                person.roles().contains(Role.OWNER), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.bills(page, view));
    }

    static BillsView.Standing standing(Spending.Position position) {
        Balance balance = position.balance();
        AccountTerms terms = position.terms();
        Money left = position.left();
        Money budget = terms.budget();
        return new BillsView.Standing(balance.owed().fen(), balance.prepaid().fen(), position.spent().fen(),
                left == null ? null : left.fen(), terms.isPrepaid(), budget == null ? null : budget.fen(), terms.hard());
    }

    /** Why paid calls are refused just now, in the words the gate uses. */
    static List<Bilingual> stops(Spending.Position position, List<Dunning.Standing> standings) {
        List<Refusal> refusals = new ArrayList<>();
        if (standings.stream().anyMatch(each -> each.state() == Dunning.State.SUSPENDED)) {
            refusals.add(Refusal.PAYMENT_OVERDUE);
        }
        position.stops().keySet().stream().sorted().forEach(stop -> refusals.add(Refusal.valueOf(stop.name())));
        return refusals.stream().map(each -> new Bilingual(each.zh(), each.en())).toList();
    }

    @Post(Links.BUDGET)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> budget(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person owner = frame.personWith(request, Role.OWNER);
        String entered = posted.text("budget");
        boolean hard = posted.text("hard").equals("yes");
        Optional<Money> budget = yuan(entered).filter(amount -> !amount.isNegative());
        boolean wrong = (!entered.isEmpty() && budget.isEmpty()) || (entered.isEmpty() && hard);
        if (wrong) {
            return bills(request, owner, new Form(posted.shown(), Map.of("budget",
                    new Bilingual("请填写金额(元),最多两位小数,不超过 100 亿元",
                            "enter an amount in yuan with at most two decimals, of ten thousand million at most"))),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        }
        spending.budget(owner.organisationId(), budget.orElse(null), hard, owner.id());
        return HttpResponse.seeOther(URI.create(Links.STATEMENTS + "?done=" + Done.BUDGET_SET.word()));
    }

    /** An amount as a person types it; empty: it is none. */
    static Optional<Money> yuan(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Money.entered(text));
        } catch (ArithmeticException | NumberFormatException notAnAmount) {
            return Optional.empty();
        }
    }

    @Get(Links.STATEMENTS + "/{month}")
    HttpResponse<String> statement(HttpRequest<?> request, String month) {
        Person person = frame.personOf(request);
        YearMonth asked = month(month);
        Organisation organisation = frame.organisationOf(person);
        StatementView view = new StatementView(asked, monthsOf(organisation.id()),
                PageFrame.nameOf(organisation).in(frame.langOf(request)), organisation.uscc().code(),
                Reading.known(view(statements.of(organisation.id(), asked).statement()), clock.instant()));
        return frame.show(request, page -> pages.statement(page, view));
    }

    /** The months since the organisation's first subscription, the youngest first. */
    private List<YearMonth> monthsOf(UUID organisationId) {
        YearMonth last = BillingPeriod.of(clock.instant()).month();
        YearMonth first = subscriptions.listOf(organisationId).stream()
                .map(Subscription::appliedAt)
                .min(Instant::compareTo)
                .map(applied -> BillingPeriod.of(applied).month())
                .orElse(last);
        List<YearMonth> listed = new ArrayList<>();
        for (YearMonth each = last; !each.isBefore(first) && listed.size() < MOST_MONTHS; each = each.minusMonths(1)) {
            listed.add(each);
        }
        return listed;
    }

    private StatementView.Statement view(Statement statement) {
        Statement.Heading heading = statement.heading();
        String[] rate = heading.vatRate().split("/", 2);
        BigDecimal percent = rate.length < 2 ? BigDecimal.ZERO
                : new BigDecimal(rate[0]).movePointRight(2).divide(new BigDecimal(rate[1]), MathContext.DECIMAL64)
                        .stripTrailingZeros();
        return new StatementView.Statement(statement.isPreview() ? StatementView.State.OPEN : StatementView.State.CLOSED,
                statement.isPreview() ? "" : String.valueOf(heading.reference()), heading.dueOn(),
                statement.lines().stream().map(this::line).toList(),
                statement.movements().stream().map(StatementPages::move).toList(), statement.opening().net().fen(),
                statement.closing().net().fen(), statement.net().fen(), statement.vat().fen(), statement.charged().fen(),
                statement.shadow().fen(), percent);
    }

    private static StatementView.Move move(Movement movement) {
        return new StatementView.Move(MoveKind.valueOf(movement.kind().name()), movement.effectiveOn(), movement.document(),
                movement.net().fen());
    }

    private StatementView.Line line(Statement.Line line) {
        UUID tariff = line.priceVersion();
        UUID ceiling = line.ceilingVersion();
        Money shadow = line.shadow();
        return new StatementView.Line(line.chargeId(), products.nameOf(line.product()), line.operation(),
                line.correction() ? line.usageMonth() : null, PurposeClass.valueOf(line.purpose()), line.quantity(),
                MeterUnit.valueOf(line.unit()), line.fenPerUnit().signum() == 0 ? null : line.fenPerUnit(),
                tariff == null ? "" : tariff.toString(), ceiling == null ? "" : ceiling.toString(), line.amount().fen(),
                shadow == null ? null : shadow.fen());
    }

    @Get(Links.STATEMENTS + "/{month}/lines/{chargeId}")
    HttpResponse<String> line(HttpRequest<?> request, String month, String chargeId) {
        Person person = frame.personOf(request);
        YearMonth asked = month(month);
        UUID id = SubscriptionPages.uuid(chargeId);
        Charge line = months.preview(asked, person.organisationId()).stream()
                .filter(charge -> charge.id().equals(id))
                .findFirst()
                .orElseThrow(PageRefused::noSuchPage);
        Optional<EventPage.Cursor> before = cursor(request);
        LineEvents.Page found = events.listEvents(line, before, CALLS_A_PAGE);
        List<StatementLineView.Call> calls = new ArrayList<>();
        found.takenBack().forEach(event -> calls.add(call(event, -1)));
        found.events().forEach(event -> calls.add(call(event, 1)));
        StatementLineView view = new StatementLineView(asked, id, products.nameOf(line.key().product()),
                line.key().operation(), line.quantity(), MeterUnit.valueOf(line.key().unit()),
                events.listDays(line).stream()
                        .map(day -> new StatementLineView.Day(day.day(), day.events(), day.quantity()))
                        .toList(),
                calls, found.next().map(end -> end.occurredAt() + "_" + end.eventId()).orElse(""));
        return frame.show(request, page -> pages.statementLine(page, view));
    }

    private static StatementLineView.Call call(StoredEvent event, int sign) {
        return new StatementLineView.Call(event.event().eventId(), event.event().occurredAt(), sign * event.event().quantity());
    }

    /** Where the page before ended. */
    private static Optional<EventPage.Cursor> cursor(HttpRequest<?> request) {
        String text = request.getParameters().get("before");
        if (text == null) {
            return Optional.empty();
        }
        int cut = text.indexOf('_');
        try {
            return Optional.of(new EventPage.Cursor(Instant.parse(text.substring(0, Math.max(0, cut))),
                    SubscriptionPages.uuid(text.substring(cut + 1))));
        } catch (DateTimeException notOurs) {
            throw PageRefused.noSuchPage();
        }
    }

    @Get(Links.STATEMENTS + "/{month}/lines.csv")
    @Produces("text/csv; charset=utf-8")
    HttpResponse<String> csv(HttpRequest<?> request, String month) {
        Person person = frame.personOf(request);
        YearMonth asked = month(month);
        Csv csv = new Csv();
        StatementCsv.rows(statements.of(person.organisationId(), asked).statement()).forEach(csv::line);
        return csv.answer("statement-" + asked + ".csv");
    }

    static YearMonth month(String text) {
        try {
            YearMonth month = YearMonth.parse(text);
            if (month.getYear() >= 2020 && month.getYear() < 2120) {
                return month;
            }
        } catch (DateTimeException notAMonth) {
            // Answered below, together with months nobody keeps books for.
        }
        throw PageRefused.noSuchPage();
    }
}

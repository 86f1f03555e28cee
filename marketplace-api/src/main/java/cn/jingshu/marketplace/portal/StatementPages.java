package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
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
import java.util.UUID;

/** An organisation's bill of one month: as a page that prints, and as CSV. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class StatementPages {
    private static final int MOST_MONTHS = 36;

    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final Subscriptions subscriptions;
    private final MonthClose months;
    private final PolicyRates rates;
    private final Clock clock;

    StatementPages(
            PageFrame frame,
            Pages pages,
            ProductFacts products,
            Subscriptions subscriptions,
            MonthClose months,
            PolicyRates rates,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.subscriptions = subscriptions;
        this.months = months;
        this.rates = rates;
        this.clock = clock;
    }

    @Get(Links.STATEMENTS)
    HttpResponse<?> latest(HttpRequest<?> request) {
        frame.personOf(request);
        return HttpResponse.seeOther(URI.create(Links.statement(BillingPeriod.of(clock.instant()).month())));
    }

    @Get(Links.STATEMENTS + "/{month}")
    HttpResponse<String> statement(HttpRequest<?> request, String month) {
        Person person = frame.personOf(request);
        YearMonth asked = month(month);
        Organisation organisation = frame.organisationOf(person);
        StatementView view = new StatementView(asked, monthsOf(organisation.id()),
                PageFrame.nameOf(organisation).in(frame.langOf(request)), organisation.uscc().code(),
                Reading.known(statementOf(asked, organisation.id()), clock.instant()));
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

    private StatementView.Statement statementOf(YearMonth month, UUID organisationId) {
        List<Charge> charges = months.preview(month, organisationId);
        long gross = charges.stream().mapToLong(charge -> charge.amount().fen()).sum();
        long vat = charges.stream().mapToLong(charge -> charge.vat().fen()).sum();
        boolean closed = months.findState(month)
                .filter(state -> state.status() == MonthClose.Status.CLOSED)
                .isPresent();
        var rate = rates.rateAt(Rule.VAT, month.atEndOfMonth()).rate();
        BigDecimal percent = new BigDecimal(rate.numerator()).movePointRight(2)
                .divide(new BigDecimal(rate.denominator()), MathContext.DECIMAL64).stripTrailingZeros();
        return new StatementView.Statement(closed ? StatementView.State.CLOSED : StatementView.State.OPEN,
                charges.stream().map(this::line).toList(), gross - vat, vat, gross, percent);
    }

    private StatementView.Line line(Charge charge) {
        UUID tariff = charge.key().tariffId();
        BigDecimal fen = charge.price().fenPerUnit();
        String correction = charge.isCorrection() ? " (" + charge.key().usageMonth() + ")" : "";
        return new StatementView.Line(charge.id(), products.nameOf(charge.key().product()),
                charge.key().operation() + correction, PurposeClass.valueOf(charge.key().purpose()), charge.quantity(),
                MeterUnit.valueOf(charge.key().unit()), fen.signum() == 0 ? null : fen,
                tariff == null ? "" : tariff.toString(), charge.amount().fen());
    }

    @Get(Links.STATEMENTS + "/{month}/lines.csv")
    @Produces("text/csv; charset=utf-8")
    HttpResponse<String> csv(HttpRequest<?> request, String month) {
        Person person = frame.personOf(request);
        YearMonth asked = month(month);
        Csv csv = new Csv();
        csv.line(List.of("charge_id", "billed_month", "usage_month", "correction", "subscription_id", "product",
                "operation", "purpose", "quantity", "unit", "fen_per_unit", "price_version", "amount_yuan", "vat_yuan"));
        for (Charge charge : months.preview(asked, person.organisationId())) {
            var key = charge.key();
            csv.line(List.of(charge.id().toString(), charge.month().toString(), key.usageMonth().toString(),
                    Boolean.toString(charge.isCorrection()), key.subscriptionId().toString(), key.product(),
                    key.operation(), key.purpose(), Long.toString(charge.quantity()), key.unit(),
                    charge.price().fenPerUnit().stripTrailingZeros().toPlainString(),
                    key.tariffId() == null ? "" : key.tariffId().toString(), charge.amount().toYuan(),
                    charge.vat().toYuan()));
        }
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

package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.billing.RevenueGauge;
import cn.jingshu.metering.event.BillingPeriod;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;

/** The gauge of the permitted revenue, for those who may read the books of the market. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class RevenuePages {
    private final PageFrame frame;
    private final Pages pages;
    private final RevenueGauge gauge;
    private final ProductFacts products;
    private final Clock clock;

    RevenuePages(PageFrame frame, Pages pages, RevenueGauge gauge, ProductFacts products, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.gauge = gauge;
        this.products = products;
        this.clock = clock;
    }

    @Get(Links.REVENUE)
    HttpResponse<String> revenue(HttpRequest<?> request, @Nullable @QueryValue Integer year) {
        frame.requireBooks(request);
        Instant now = clock.instant();
        int asked = year == null ? BillingPeriod.of(now).month().getYear() : year;
        if (asked < 2020 || asked >= 2120) {
            throw PageRefused.noSuchPage();
        }
        RevenueView view = new RevenueView(asked, Reading.known(gauge(gauge.of(asked)), now));
        return frame.show(request, page -> pages.revenue(page, view));
    }

    private RevenueView.Gauge gauge(RevenueGauge.Year y) {
        RevenueGauge.Deviation d = y.deviation();
        return new RevenueView.Gauge(y.permitted() == null ? null : y.permitted().highest().fen(), y.withVat(),
                y.revenue().fen(), y.left() == null ? null : y.left().fen(), y.forecast().fen(),
                y.months().stream().map(m -> new RevenueView.Month(
                        m.month(), m.revenue().fen(), m.yearToDate().fen(), m.closed())).toList(),
                y.warnings().stream().map(w -> new RevenueView.Warned(w.percent(), w.reachedIn(), w.forecast())).toList(),
                d == null ? null : new RevenueView.Test(percent(d.portion()), d.consequence(), d.binding(), d.doneAt() != null),
                y.products().stream().map(p -> new RevenueView.Product(
                        products.nameOf(p.product()), p.quantity(), p.revenue().fen())).toList(),
                gauge.listCycles().stream().map(c -> new RevenueView.Cycle(c.first(), c.last(), c.permitted().fen(),
                        c.revenue().fen(), c.expected().fen(), c.forecast(), c.carried().fen())).toList());
    }

    private static String percent(BigDecimal portion) {
        BigDecimal percent = portion.movePointRight(2).setScale(2, RoundingMode.HALF_UP);
        return (percent.signum() > 0 ? "+" : "") + percent.toPlainString() + " %";
    }
}

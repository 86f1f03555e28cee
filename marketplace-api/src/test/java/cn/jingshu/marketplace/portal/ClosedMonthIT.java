package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scenario.Market;
import cn.jingshu.marketplace.scenario.RestCaller;
import cn.jingshu.marketplace.scenario.Until;
import cn.jingshu.metering.event.BillingPeriod;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What the pages with money on them say before and after a month is closed. */
class ClosedMonthIT {
    private static final int CALLS = 50;

    @Test
    void theCloseMovesNoFigureAndTheEntriesAreShownOnceTheyAreBooked(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path data) throws Exception {
        try (RunningNode node = RunningNode.start(data, Clock.systemUTC(), Map.of());
                RestCaller rest = new RestCaller(node.httpPort());
                PlainBrowser operator = PlainBrowser.signedIn(node.httpPort(), "operator");
                PlainBrowser studio = PlainBrowser.signedIn(node.httpPort(), "app-studio")) {
            Market market = new Market(node);
            String key = market.key(market.subscriptionOf("app-studio", "transit-standard"));
            YearMonth month = BillingPeriod.of(Clock.systemUTC().instant()).month();
            Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/transit/routes", key).status(), status -> status == 200);
            for (int call = 1; call < CALLS; call++) {
                assertThat(rest.get("/v1/transit/routes", key).status()).isEqualTo(200);
            }
            // 50 calls at 1.2 fen are 60 fen with tax; without 6 % VAT, rounded to the fen, 57.
            Document open = Until.holds(Duration.ofSeconds(20), () -> operator.get(Links.operator(month)).page(),
                    page -> figures(page).getFirst().equals("¥0.57"));
            assertThat(figures(open)).containsExactly("¥0.57", "¥0.57", "50", "1");
            assertThat(open.select(".waterfall")).isEmpty();
            Document bill = studio.get(Links.statement(month)).page();
            assertThat(bill.select("[data-label=入账分录]").text()).isEqualTo(PortalTexts.load(Lang.ZH_CN).get("statement.notBooked"));
            assertThat(bill.select(".sum dd").eachText()).containsExactly("¥0.57", "¥0.03", "¥0.60");

            assertThat(node.get(MonthClose.class).close(month, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);

            Document closed = operator.get(Links.operator(month)).page();
            assertThat(figures(closed)).containsExactly("¥0.57", "¥0.57", "50", "1");
            assertThat(closed.select(".waterfall tbody tr").getFirst().text()).contains("¥0.60");
            assertThat(closed.select(".waterfall tfoot").text()).contains("¥0.60", "100.0 %");
            assertThat(closed.select(".proof.done")).as("settlement and trial balance add up").hasSize(2);
            Document booked = studio.get(Links.statement(month)).page();
            assertThat(booked.select("[data-label=入账分录] code").text()).matches("[0-9a-f]{8}");
            assertThat(booked.select(".sum dd").eachText()).containsExactly("¥0.57", "¥0.03", "¥0.60");
        }
    }

    private static List<String> figures(Document page) {
        return page.select("section[aria-labelledby=revenue] dl.figures dd").eachText();
    }
}

package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.billing.Voids;
import cn.jingshu.marketplace.scenario.RestCaller;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.scenario.Until;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The page that says why a call is, or is not, on the bill. */
class EventPageIT {
    @Test
    void aCallIsFoundByEitherIdAndShowsItsPriceAndItsVoid() throws Exception {
        SharedNode house = SharedNode.get();
        String key = house.market.key(house.market.subscriptionOf("app-studio", "echo-paid"));
        Until.holds(Duration.ofSeconds(10), () -> house.rest.get("/v1/echo", key).status(), status -> status == 200);
        RestCaller.Reply call = house.rest.get("/v1/echo", key);
        String event = call.header("Jingshu-Event-Id");
        try (PlainBrowser studio = PlainBrowser.signedIn(house.node.httpPort(), "app-studio");
                PlainBrowser bank = PlainBrowser.signedIn(house.node.httpPort(), "bank");
                PlainBrowser operator = PlainBrowser.signedIn(house.node.httpPort(), "operator")) {
            Until.holds(Duration.ofSeconds(10), () -> studio.get("/events/" + event).status(), status -> status == 200);
            assertThat(studio.get("/events?id=" + event).location()).isEqualTo("/events/" + event);
            assertThat(studio.get("/events?id=" + call.requestId()).location()).isEqualTo("/events/" + event);
            assertThat(bank.get("/events?id=" + call.requestId()).status()).isEqualTo(404);
            assertThat(bank.get("/events/" + event).status()).isEqualTo(404);
            assertThat(operator.get("/events/" + event).status()).as("who runs the market sees every call").isEqualTo(200);
            PlainBrowser.Shown open = studio.get("/events/" + event);
            assertThat(open.page().select(".verdict h2").text()).isEqualTo(PortalTexts.load(Lang.ZH_CN).get("enum.Verdict.TO_BE_BILLED"));
            assertThat(open.page().select("dl.facts .money")).as("price and ceiling").hasSize(2);

            UUID voidId = UUID.randomUUID();
            Voids voids = house.node.get(Voids.class);
            voids.request(voidId, UUID.fromString(event), "重复<计量>", house.market.person("operator").id());
            assertThat(studio.get("/events/" + event).page().select("#void").text()).isNotEmpty();
            assertThat(voids.approve(voidId, house.market.person("bureau").id())).isInstanceOf(Voids.Outcome.Done.class);
            PlainBrowser.Shown voided = studio.get("/events/" + event + "?lang=en");
            assertThat(voided.page().select(".verdict h2").text()).isEqualTo("Not on the bill: void");
            assertThat(voided.page().select("section[aria-labelledby=void]").text()).contains("重复<计量>");
            assertThat(voided.page().select("ol.way li").eachText()).anyMatch(step -> step.startsWith("Voided done"));
        }
    }
}

package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.portal.PlainBrowser.Shown;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scenario.Market;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Changing the plan of a subscription on the page of its keys, and deciding about it on the bureau's. */
class PlanPagesIT {
    private static SharedNode house;
    private static Plan large;
    private static Plan largeFree;

    @BeforeAll
    static void offerPlans() throws IOException {
        house = SharedNode.get();
        large = offer("library-large", Purpose.INDUSTRY);
        largeFree = offer("library-public-large", Purpose.PUBLIC_INTEREST);
    }

    private static Plan offer(String code, Purpose purpose) {
        Instant now = Instant.now();
        Plan plan = new Plan(UUID.randomUUID(), code, "library", 1, purpose, "大量调用", "Many calls", 7_654_321, Market.WIDE, now, now, null);
        house.node.get(Plans.class).offer(plan, null);
        return plan;
    }

    @AfterAll
    static void takeThemBack() {
        for (Plan plan : new Plan[] {large, largeFree}) {
            house.node.get(Plans.class).withdraw(plan.id(), house.market.person("operator").id(), "test");
        }
    }

    private static PlainBrowser as(String person) throws IOException, InterruptedException {
        return PlainBrowser.signedIn(house.node.httpPort(), person);
    }

    private static UUID planOf(Subscription subscription) {
        return house.node.get(Subscriptions.class).find(subscription.id()).orElseThrow().planId();
    }

    @Test
    void useByIndustryGoesOverWhenTheFormIsSentAndOnceOnly() throws Exception {
        Subscription own = house.market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE);
        String keys = Links.keys(own.id());
        String change = Links.changePlan(own.id());
        try (PlainBrowser bank = as("bank"); PlainBrowser studio = as("app-studio")) {
            Shown page = bank.get(keys);
            assertThat(page.page().select("form[action=" + change + "] input[name=plan]").eachAttr("value")).contains(large.code());
            assertThat(page.page().select("form[action=" + change + "]").text()).contains("7,654,321");
            Shown wrong = bank.send(keys, change, Map.of("plan", "no-such-plan"));
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("#plan-error").text()).isNotBlank();
            assertThat(planOf(own)).isEqualTo(own.planId());
            Shown early = bank.send(keys, change, Map.of("plan", large.code()));
            assertThat(early.status()).isEqualTo(422);
            assertThat(early.page().select("#plan-error").text()).as("it began today").contains("plan.shortest-stay-days");
            assertThat(planOf(own)).isEqualTo(own.planId());
            Market.letPlansChangeAtOnce(house.node.postgres());
            Map<String, String> form = bank.filled(keys, change, Map.of("plan", large.code(), "planStatement", "调用量 <b>增加</b>"));
            for (int sent = 0; sent < 2; sent++) {
                assertThat(bank.post(change, form).location()).isEqualTo(keys + "?done=plan-changed");
            }
            assertThat(planOf(own)).isEqualTo(large.id());
            assertThat(bank.get(keys).page().select("ul.changes > li")).hasSize(1);
            assertThat(studio.post(change, Map.of("csrf", studio.get(Links.CATALOGUE).page().select("input[name=csrf]").attr("value"),
                    "plan", large.code(), "changeId", UUID.randomUUID().toString())).status()).isEqualTo(404);
        }
    }

    @Test
    void useInThePublicInterestWaitsOnTheBureausPage() throws Exception {
        Subscription own = house.market.subscribe("institute", "library", Purpose.PUBLIC_INTEREST, 1_000, Market.WIDE);
        String keys = Links.keys(own.id());
        String change = Links.changePlan(own.id());
        try (PlainBrowser institute = as("institute"); PlainBrowser bureau = as("bureau")) {
            Shown unsaid = institute.send(keys, change, Map.of("plan", largeFree.code()));
            assertThat(unsaid.status()).isEqualTo(422);
            assertThat(unsaid.page().select("#planStatement-error").text()).isNotBlank();
            Map<String, String> form = institute.filled(keys, change, Map.of("plan", largeFree.code(), "planStatement", "更多学校接入"));
            assertThat(institute.post(change, form).location()).isEqualTo(keys + "?done=plan-asked");
            assertThat(planOf(own)).isEqualTo(own.planId());
            assertThat(institute.get(keys).page().select("form[action=" + change + "]")).as("one at a time").isEmpty();
            Shown waiting = bureau.get(Links.APPROVALS);
            assertThat(waiting.page().select("article.application").text()).contains("更多学校接入", "→");
            UUID asked = UUID.fromString(form.get("changeId"));
            assertThat(bureau.send(Links.APPROVALS, Links.decide(asked), Map.of("decision", "APPROVED", "reason", "用途未变")).location())
                    .isEqualTo(Links.APPROVALS + "?done=decided");
            assertThat(planOf(own)).isEqualTo(largeFree.id());
            assertThat(institute.get(keys).page().select("ul.changes").text()).contains("用途未变");
            assertThat(bureau.get(Links.APPROVALS).page().select("article.application").text()).doesNotContain("更多学校接入");
        }
    }
}

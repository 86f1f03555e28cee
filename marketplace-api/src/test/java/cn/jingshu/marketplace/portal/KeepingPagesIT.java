package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.portal.PlainBrowser.Shown;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.products.sandbox.TestSubject;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is kept, the numbers of policy, and what people ask about their own data, page by page, without a script. */
class KeepingPagesIT {
    private static final String ANN = TestSubject.APPROVE.person().number();

    private static SharedNode house;
    private static String secondOfBureau;

    @BeforeAll
    static void openHouse() throws IOException {
        house = SharedNode.get();
        secondOfBureau = "second-" + UUID.randomUUID();
        house.node.get(People.class).add(new Person(UUID.randomUUID(), house.market.person("bureau").organisationId(), secondOfBureau, "Second",
                Set.of(Role.REGULATOR)), "jingshu-demo".toCharArray(), null);
    }

    private static PlainBrowser as(String person) throws IOException, InterruptedException {
        return PlainBrowser.signedIn(house.node.httpPort(), person);
    }

    private static Shown send(PlainBrowser browser, Document page, String action, Map<String, String> typed) throws IOException, InterruptedException {
        Element form = page.select("form[method=post]").stream().filter(each -> each.attr("action").equals(action)).findFirst()
                .orElseThrow(() -> new AssertionError("no form to " + action + ": " + page.text()));
        Map<String, String> fields = new LinkedHashMap<>();
        form.select("input").forEach(each -> fields.put(each.attr("name"), each.attr("value")));
        form.select("textarea").forEach(each -> fields.put(each.attr("name"), each.wholeText()));
        form.select("select").forEach(each -> fields.put(each.attr("name"), ""));
        fields.putAll(typed);
        return browser.post(action, fields);
    }

    @Test
    void aHoldIsPlacedByOneAndReleasedByAnother() throws Exception {
        try (PlainBrowser bureau = as("bureau"); PlainBrowser second = as(secondOfBureau); PlainBrowser bus = as("bus-group"); PlainBrowser studio = as("app-studio")) {
            Document page = bureau.get(Links.RETENTION).page();
            assertThat(page.text()).contains("理赔调查案件及其事件", "3 年", "《网络数据安全管理条例》第十二条");
            assertThat(page.select(".notice.warning").text()).as("every kind has a rule").doesNotContain("尚无留存期限规则");
            Shown wrong = send(bureau, page, Links.RETENTION, Map.of("what", "claims/case", "person", "123", "document", ""));
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("#person-error, #document-error")).hasSize(2);
            String document = "协查函 " + UUID.randomUUID();
            assertThat(send(bureau, wrong.page(), Links.RETENTION, Map.of("what", "claims/case", "person", ANN, "document", document)).status()).isEqualTo(303);
            Document held = bureau.get(Links.RETENTION).page();
            assertThat(held.text()).contains(document).doesNotContain(ANN);
            Element card = held.select("article.card").stream().filter(each -> each.text().contains(document)).findFirst().orElseThrow();
            assertThat(card.select("form")).as("who placed it does not release it").isEmpty();
            String release = second.get(Links.RETENTION).page().select("article.card").stream().filter(each -> each.text().contains(document)).findFirst()
                    .orElseThrow().expectFirst("form").attr("action");
            assertThat(send(second, second.get(Links.RETENTION).page(), release, Map.of("ground", "结案")).status()).isEqualTo(303);
            assertThat(bus.get(Links.RETENTION).page().select("form[action^=" + Links.RETENTION + "]")).isEmpty();
            assertThat(studio.get(Links.RETENTION).status()).isEqualTo(403);
        }
    }

    @Test
    void aNumberIsProposedByOneAndApprovedByAnother() throws Exception {
        LocalDate day = LocalDate.now(ZoneId.of("Asia/Shanghai")).plusYears(5).plusDays(3);
        try (PlainBrowser bureau = as("bureau"); PlainBrowser second = as(secondOfBureau); PlainBrowser anybody = new PlainBrowser(house.node.httpPort())) {
            assertThat(anybody.get(Links.POLICY).page().text()).contains("rate.TREASURY", "0.3", "term.objection");
            assertThat(anybody.get(Links.POLICY).page().select("form[method=post][action^=" + Links.POLICY + "]")).isEmpty();
            Document page = bureau.get(Links.POLICY).page();
            Map<String, String> typed = Map.of("name", "term.objection-decision", "value", "15", "effectiveOn", day.toString(), "citation", "荆数〔2026〕21号",
                    "ground", "页面提案");
            Map<String, String> past = new LinkedHashMap<>(typed);
            past.put("effectiveOn", "2026-01-01");
            Shown wrong = send(bureau, page, Links.POLICY, past);
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("#effectiveOn-error")).hasSize(1);
            assertThat(send(bureau, wrong.page(), Links.POLICY, typed).status()).isEqualTo(303);
            Element own = bureau.get(Links.POLICY).page().select("article.card").stream().filter(each -> each.text().contains("页面提案")).findFirst().orElseThrow();
            assertThat(own.select("form")).as("nobody decides about their own").isEmpty();
            Document seen = second.get(Links.POLICY).page();
            String decide = seen.select("article.card").stream().filter(each -> each.text().contains("页面提案")).findFirst().orElseThrow()
                    .expectFirst("form").attr("action");
            assertThat(send(second, seen, decide, Map.of("approved", "YES", "decision", "同意")).status()).isEqualTo(303);
            assertThat(anybody.get(Links.POLICY).page().select("tr").stream().filter(each -> each.text().contains("term.objection-decision"))
                    .map(Element::text)).anyMatch(each -> each.contains(day.toString()) && each.contains("待生效"));
        }
    }

    @Test
    void aPaperIsEnteredAtTheWindowAndItsAnswerReadByTheCode() throws Exception {
        try (PlainBrowser bureau = as("bureau"); PlainBrowser bus = as("bus-group"); PlainBrowser ann = new PlainBrowser(house.node.httpPort())) {
            Document open = ann.get(Links.PERSONAL_REQUESTS).page();
            assertThat(open.text()).contains("窗口");
            assertThat(open.select("form[action=" + Links.PERSONAL_REQUESTS + "]")).as("no identity provider is set").isEmpty();

            Document page = bureau.get(Links.PERSONAL_CASES).page();
            Map<String, String> typed = Map.of("person", ANN, "wish", "CORRECT", "resource", "A2.8.2", "statement", "站点名称有误(页面)", "evidence", "cd".repeat(32));
            Map<String, String> broken = new LinkedHashMap<>(typed);
            broken.put("evidence", "x");
            Shown wrong = send(bureau, page, Links.PERSONAL_CASES, broken);
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("#evidence-error")).hasSize(1);
            assertThat(wrong.page().html()).as("the number does not come back").doesNotContain(ANN);
            Shown entered = send(bureau, wrong.page(), Links.PERSONAL_CASES, typed);
            assertThat(entered.status()).isEqualTo(200);
            String number = entered.page().select(".notice.done code").get(0).text();
            String code = entered.page().select(".notice.done code").get(1).text();

            Document cases = bus.get(Links.PERSONAL_CASES).page();
            Element card = cases.select("article.card").stream().filter(each -> each.text().contains(number)).findFirst().orElseThrow();
            assertThat(send(bus, cases, card.expectFirst("form").attr("action"), Map.of("granted", "NO", "answer", "核对无误:名称与规划一致")).status())
                    .isEqualTo(303);
            assertThat(send(ann, open, Links.PERSONAL_OUTCOME, Map.of("number", number, "code", "WRONGWRONG22")).status()).isEqualTo(422);
            Shown outcome = send(ann, ann.get(Links.PERSONAL_REQUESTS).page(), Links.PERSONAL_OUTCOME, Map.of("number", number, "code", code));
            assertThat(outcome.page().text()).contains("未同意", "核对无误:名称与规划一致", "投诉");
        }
    }
}

package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.portal.PlainBrowser.Shown;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.term.Deadlines;
import java.io.IOException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Drafting the catalogue, objections, terms and the calendar page by page, without a script. */
class TermPagesIT {
    private static SharedNode house;
    private static LocalDate today;
    private static String secondOfBureau;

    @BeforeAll
    static void openHouse() throws IOException {
        house = SharedNode.get();
        today = house.node.get(Deadlines.class).today();
        secondOfBureau = "second-" + UUID.randomUUID();
        house.node.get(People.class).add(new Person(UUID.randomUUID(), house.market.person("bureau").organisationId(), secondOfBureau, "Second",
                Set.of(Role.REGULATOR)), "jingshu-demo".toCharArray(), null);
    }

    private static PlainBrowser as(String person) throws IOException, InterruptedException {
        return PlainBrowser.signedIn(house.node.httpPort(), person);
    }

    /** What the form on the page would send, with what was typed over it. */
    private static Map<String, String> filled(Document page, String action, Map<String, String> typed) {
        Map<String, String> fields = new LinkedHashMap<>();
        Element form = page.select("form[method=post]").stream().filter(each -> each.attr("action").equals(action)).findFirst()
                .orElseThrow(() -> new AssertionError("no form to " + action + ": " + page.text()));
        for (Element control : form.select("input:not([type=checkbox]):not([type=radio]), input[checked]")) {
            fields.put(control.attr("name"), control.attr("value"));
        }
        form.select("textarea").forEach(area -> fields.put(area.attr("name"), area.wholeText()));
        form.select("select").forEach(select -> {
            Element chosen = select.selectFirst("option[selected]");
            fields.put(select.attr("name"), (chosen == null ? select.expectFirst("option") : chosen).attr("value"));
        });
        fields.putAll(typed);
        return fields;
    }

    private static Shown send(PlainBrowser browser, String page, String action, Map<String, String> typed) throws IOException, InterruptedException {
        Shown shown = browser.get(page);
        assertThat(shown.status()).as(page).isEqualTo(200);
        return browser.post(action, filled(shown.page(), action, typed));
    }

    private static String place(Shown led) {
        assertThat(led.status()).as(led.page().text()).isEqualTo(303);
        return led.location().split("\\?", 2)[0];
    }

    @Test
    void aBatchIsDraftedSubmittedAndPublishedOnPagesAlone() throws Exception {
        try (PlainBrowser bus = as("bus-group"); PlainBrowser bureau = as("bureau"); PlainBrowser studio = as("app-studio"); PlainBrowser justice = as("justice")) {
            assertThat(studio.get(Links.NEW_BATCH).status()).isEqualTo(403);
            assertThat(bus.get(Links.RESOURCE_REVIEW).page().select("a[href=" + Links.NEW_BATCH + "]")).hasSize(1);
            Shown wrong = send(bus, Links.NEW_BATCH, Links.DRAFT_BATCHES, Map.of("titleZh", "", "titleEn", "Bus data", "appliesFrom", today.minusDays(1).toString()));
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("#titleZh-error, #appliesFrom-error")).hasSize(2);
            assertThat(wrong.page().expectFirst("#titleEn").attr("value")).as("nothing is lost").isEqualTo("Bus data");
            String batch = place(bus.post(Links.DRAFT_BATCHES, filled(wrong.page(), Links.DRAFT_BATCHES,
                    Map.of("titleZh", "公交数据页面批次", "appliesFrom", today.toString()))));
            UUID id = UUID.fromString(batch.substring(batch.lastIndexOf('/') + 1));
            assertThat(bus.get(batch).page().select("select[name=resource] option[value^=A2.]").eachAttr("value")).allMatch(each -> each.startsWith("A2.8."));

            String entry = Links.draftEntry(id, "A2.8.3");
            Shown incomplete = send(bus, entry, Links.draftEntry(id), Map.of("items", "dir | 方向\n", "go", "enter"));
            assertThat(incomplete.status()).isEqualTo(422);
            assertThat(incomplete.page().select(".error").eachAttr("id")).contains("items-error", "format-error", "sharingAttribute-error", "assessment-error",
                    "reason-error");
            Map<String, String> right = new LinkedHashMap<>(Map.of("items", "dir | 行驶方向 | direction of travel\nline | 线路 | line", "format", "JSON", "sharingAttribute",
                    "CONDITIONAL", "channel-API", "yes", "classification", "交通运输", "gradingBasis", "GB/T 43697-2024", "assessment", "评估〔2026〕9号,负责人已审批", "reason",
                    "补充数据项", "nameZh", "车行方向(页面)"));
            right.put("go", "enter");
            Shown foreign = bus.post(Links.draftEntry(id), filled(incomplete.page(), Links.draftEntry(id), overlaid(right, "provider", "A2.9")));
            assertThat(foreign.page().select("#resource-error, .notice.failed").text()).as("the id is of another provider").isNotBlank();
            Shown basis = bus.post(Links.draftEntry(id), filled(incomplete.page(), Links.draftEntry(id), overlaid(right, "sharingBasis", "某法")));
            assertThat(basis.page().select("#sharingBasis-error")).hasSize(1);
            assertThat(place(bus.post(Links.draftEntry(id), filled(incomplete.page(), Links.draftEntry(id), right)))).isEqualTo(batch);
            Shown drafted = bus.get(batch);
            assertThat(drafted.page().select("ins").eachText()).contains("车行方向(页面)", "JSON");
            assertThat(bus.get(entry).page().expectFirst("textarea[name=items]").wholeText()).as("the batch's own version is edited on").contains("line | 线路 | line");
            assertThat(justice.post(Links.submitBatch(id), filled(justice.get(batch).page(), Links.submitBatch(id), Map.of())).status()).as("another provider's").isEqualTo(422);

            assertThat(place(send(bus, Links.draftEntry(id, "A2.8.1"), Links.draftEntry(id), overlaid(right, "reason", "并列变更")))).isEqualTo(batch);
            Shown two = bus.get(batch);
            Element remove = two.page().select("form[action=" + Links.removeEntry(id) + "]").stream()
                    .filter(form -> form.select("input[name=resource]").attr("value").equals("A2.8.1")).findFirst().orElseThrow();
            assertThat(place(bus.post(Links.removeEntry(id), Map.of("csrf", remove.select("input[name=csrf]").attr("value"), "resource", "A2.8.1")))).isEqualTo(batch);
            assertThat(bus.get(batch).page().select("article.card")).hasSize(1);
            assertThat(place(send(bus, batch, Links.submitBatch(id), Map.of()))).isEqualTo(Links.RESOURCE_REVIEW);
            assertThat(bus.get(batch).page().select("form[action=" + Links.DRAFT_BATCHES + "]")).as("no more to edit").isEmpty();
            assertThat(bus.get(entry).status()).isEqualTo(404);

            assertThat(bureau.get(Links.DEADLINES).page().select("article.card h3").eachText()).anyMatch(each -> each.contains("公交数据页面批次"));
            Element form = bureau.get(Links.RESOURCE_REVIEW).page().expectFirst("form[action=" + Links.publishBatch(id) + "]");
            Shown published = bureau.post(Links.publishBatch(id), Map.of("csrf", form.select("input[name=csrf]").attr("value"), "seen",
                    form.select("input[name=seen]").attr("value"), "decision", "PUBLISHED", "ground", "荆数〔2026〕12号"));
            assertThat(place(published)).isEqualTo(Links.RESOURCE_REVIEW);
            assertThat(studio.get(Links.resource("A2.8.3")).heading()).contains("车行方向(页面)");
            assertThat(bureau.get(Links.DEADLINES).page().text()).doesNotContain("公交数据页面批次");
        }
    }

    private static Map<String, String> overlaid(Map<String, String> fields, String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put(name, value);
        return all;
    }

    @Test
    void aResourceIsAddedAndAnotherWithdrawnInTheSameBatch() throws Exception {
        try (PlainBrowser bureau = as("bureau")) {
            String batch = place(send(bureau, Links.NEW_BATCH, Links.DRAFT_BATCHES, Map.of("titleZh", "新增与撤下", "titleEn", "Add and withdraw")));
            UUID id = UUID.fromString(batch.substring(batch.lastIndexOf('/') + 1));
            Map<String, String> added = new LinkedHashMap<>(Map.of("resource", "A2.11.77", "provider", "A2.11", "nameZh", "公证机构", "nameEn", "notaries", "items",
                    "name | 名称 | name", "format", "CSV (UTF-8)", "sharingAttribute", "UNCONDITIONAL", "channel-FILE", "yes", "classification", "司法", "grade", "GENERAL"));
            added.putAll(Map.of("gradingBasis", "GB/T 43697-2024", "origin", "LOCAL", "kind", "LEGAL", "assessment", "评估〔2026〕10号", "reason", "新增", "go", "enter"));
            Shown broken = send(bureau, Links.draftEntry(id), Links.draftEntry(id), overlaid(added, "resource", "77"));
            assertThat(broken.page().select("#resource-error")).hasSize(1);
            assertThat(place(send(bureau, Links.draftEntry(id), Links.draftEntry(id), added))).isEqualTo(batch);
            Shown stays = bureau.post(Links.draftEntry(id), Map.of("csrf", bureau.get(batch).page().expectFirst("input[name=csrf]").attr("value"), "resource", "A2.10.2",
                    "reason", "撤下", "go", "withdraw"));
            assertThat(stays.status()).as("what the law blocks stays listed").isEqualTo(422);
            assertThat(place(bureau.post(Links.draftEntry(id), Map.of("csrf", bureau.get(batch).page().expectFirst("input[name=csrf]").attr("value"), "resource",
                    "A2.11.3", "reason", "职责调整", "go", "withdraw")))).isEqualTo(batch);
            assertThat(bureau.get(batch).page().select("article.card .badge").eachText()).containsExactly("撤下", "新增");
        }
    }

    @Test
    void anObjectionGoesToAndFro() throws Exception {
        try (PlainBrowser studio = as("app-studio"); PlainBrowser bus = as("bus-group"); PlainBrowser institute = as("institute"); PlainBrowser bureau = as("bureau")) {
            assertThat(studio.get(Links.resource("A2.8.6")).page().select("a[href=\"" + Links.objectTo("A2.8.6") + "\"]")).hasSize(1);
            Shown form = studio.get(Links.objectTo("A2.8.6"));
            assertThat(form.page().text()).contains("请勿填写个人信息");
            Shown wrong = studio.post(Links.NEW_OBJECTION, filled(form.page(), Links.NEW_OBJECTION, Map.of("statement", "太短")));
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("#statement-error, #fault-error")).hasSize(2);
            Shown personal = studio.post(Links.NEW_OBJECTION, filled(wrong.page(), Links.NEW_OBJECTION,
                    Map.of("fault", "WRONG", "statement", "末班车时间有误,请致电13800138000核实")));
            assertThat(personal.page().select("#statement-error").text()).contains("手机号");
            String place = place(studio.post(Links.NEW_OBJECTION, filled(personal.page(), Links.NEW_OBJECTION, Map.of("statement", "末班车到站时间与站牌公布的不一致。"))));
            UUID id = UUID.fromString(place.substring(place.lastIndexOf('/') + 1));
            assertThat(studio.post(Links.NEW_OBJECTION, filled(personal.page(), Links.NEW_OBJECTION, Map.of("statement", "末班车到站时间与站牌公布的不一致。"))).location())
                    .as("sent twice, raised once").startsWith(place);
            assertThat(institute.get(place).status()).isEqualTo(404);
            assertThat(bus.get(Links.OBJECTIONS).page().select("a[href=" + place + "]")).hasSize(1);
            assertThat(bus.get(Links.DEADLINES).page().select("a[href=" + place + "]")).hasSize(1);
            assertThat(bus.get(place).page().select("form[action=\"" + Links.objection(id, "withdrawal") + "\"]")).isEmpty();

            assertThat(place(send(bus, place, Links.objection(id, "message"), Map.of("text", "请问是哪条线路?")))).isEqualTo(place);
            assertThat(place(send(studio, place, Links.objection(id, "message"), Map.of("text", "3 路。")))).isEqualTo(place);
            Shown undecided = bus.post(Links.objection(id, "answer"), filled(bus.get(place).page(), Links.objection(id, "answer"), Map.of("answer", "核实中")));
            assertThat(undecided.status()).as("no conclusion").isEqualTo(422);
            Shown noLoad = send(bus, place, Links.objection(id, "answer"), Map.of("answer", "已改", "verdict", "CORRECTED", "load", UUID.randomUUID().toString()));
            assertThat(noLoad.page().select("#load-error")).hasSize(1);
            assertThat(place(send(bus, place, Links.objection(id, "answer"), Map.of("answer", "站牌待更换,系统数据为准。", "verdict", "NOT_WRONG")))).isEqualTo(place);
            assertThat(place(send(studio, place, Links.objection(id, "escalation"), Map.of("escalation", "乘客以站牌为准")))).isEqualTo(place);
            assertThat(place(send(bureau, place, Links.objection(id, "decision"), Map.of("decision", "站牌与系统须一致", "verdict", "UPHELD")))).isEqualTo(place);
            Document answering = bus.get(place).page();
            assertThat(answering.select("input[name=verdict]").eachAttr("value")).as("it can only be corrected").containsExactly("CORRECTED");
            Shown unnamed = send(bus, place, Links.objection(id, "answer"), Map.of("answer", "已更换站牌并校准。"));
            assertThat(unnamed.status()).isEqualTo(422);
            assertThat(unnamed.page().select("#load-error").text()).as("what corrected it").contains("须写明");
            assertThat(place(send(bus, place, Links.objection(id, "answer"), Map.of("answer", "已更换站牌并校准。", "batch", corrected(bus, bureau).toString()))))
                    .isEqualTo(place);
            Document end = studio.get(place, "Accept-Language", "en").page();
            assertThat(end.select("h1 .badge").text()).isEqualTo("corrected");
            assertThat(end.select("ol.next blockquote")).hasSize(7);
            assertThat(end.select("form[action=\"" + Links.objection(id, "escalation") + "\"]")).as("decided once").isEmpty();
        }
    }

    /** A batch that states a resource anew and is published. */
    private static UUID corrected(PlainBrowser bus, PlainBrowser bureau) throws Exception {
        UUID id = UUID.randomUUID();
        String batch = "/api/catalogue/batches/" + id;
        assertThat(bus.json("PUT", batch, "{\"titleZh\":\"更正\",\"titleEn\":\"correction\",\"appliesFrom\":\"%s\"}".formatted(today)).status()).isEqualTo(201);
        assertThat(bus.json("PUT", batch + "/resources/A2.8.6", """
                {"provider":"A2.8","nameZh":"到站时间","nameEn":"arrival time","items":[{"code":"t","zh":"时间","en":"time"}],"format":"JSON",
                 "updateCycle":"REAL_TIME","sharingAttribute":"CONDITIONAL","channels":["API"],"classification":"交通运输","grade":"GENERAL",
                 "gradingBasis":"GB/T 43697-2024","origin":"LOCAL","kind":"THING","assessment":"评估〔2026〕5号","reason":"更正"}""").status()).isEqualTo(200);
        assertThat(bus.json("POST", batch + "/submission", "{}").status()).isEqualTo(200);
        Element form = bureau.get(Links.RESOURCE_REVIEW).page().expectFirst("form[action=" + Links.publishBatch(id) + "]");
        assertThat(place(bureau.post(Links.publishBatch(id), Map.of("csrf", form.select("input[name=csrf]").attr("value"), "seen",
                form.select("input[name=seen]").attr("value"), "decision", "PUBLISHED", "ground", "荆数〔2026〕15号")))).isEqualTo(Links.RESOURCE_REVIEW);
        return id;
    }

    @Test
    void aChangeIsNotedAndMoreTimeGranted() throws Exception {
        try (PlainBrowser bus = as("bus-group"); PlainBrowser bureau = as("bureau"); PlainBrowser studio = as("app-studio")) {
            assertThat(studio.get(Links.DEADLINES).status()).isEqualTo(403);
            assertThat(send(bus, Links.DEADLINES, Links.CATALOGUE_CHANGE, Map.of("happenedOn", today.plusDays(2).toString())).page()
                    .select("#happenedOn-error, #ground-error, #resource-error")).hasSize(3);
            assertThat(place(send(bus, Links.DEADLINES, Links.CATALOGUE_CHANGE,
                    Map.of("resource", "A2.8.1", "happenedOn", today.toString(), "ground", "线路调整(页面测试)")))).isEqualTo(Links.DEADLINES);
            Element card = bus.get(Links.DEADLINES).page().select("article.card").stream()
                    .filter(each -> each.text().contains("A2.8.1") && !each.select("form[action^=" + Links.DEADLINES + "/CATALOGUE_UPDATE]").isEmpty()).findFirst().orElseThrow();
            String action = card.expectFirst("form").attr("action");
            assertThat(send(bus, Links.DEADLINES, action, Map.of("workingDays", "99", "reason", "太久")).status()).isEqualTo(422);
            assertThat(place(send(bus, Links.DEADLINES, action, Map.of("workingDays", "3", "reason", "等待省级编码")))).isEqualTo(Links.DEADLINES);
            assertThat(place(send(bureau, Links.DEADLINES, action + "/decision", Map.of("decision", "GRANTED")))).isEqualTo(Links.DEADLINES);
            assertThat(bus.get(Links.DEADLINES).page().select("article.card").eachText()).anyMatch(each -> each.contains("A2.8.1") && each.contains("已延期"));
        }
    }

    @Test
    void theBureauEntersAndSignsTheNoticeOfAYear() throws Exception {
        try (PlainBrowser bureau = as("bureau"); PlainBrowser second = as(secondOfBureau); PlainBrowser anybody = new PlainBrowser(house.node.httpPort())) {
            Document open = anybody.get(Links.WORKING_DAYS + "?from=2026-09-30&workingDays=3").page();
            assertThat(open.select(".notice.done").text()).contains("2026-10-10");
            assertThat(open.select("form[method=post][action=" + Links.WORKING_DAYS + "]")).isEmpty();
            assertThat(anybody.get(Links.WORKING_DAYS + "?from=never&workingDays=0").page().select("#from-error, #workingDays-error")).hasSize(2);
            Map<String, String> notice = Map.of("year", "2041", "title", "关于2041年部分节假日安排的通知(页面测试)", "issuedOn", "2040-11-01", "source", "测试用,非真实通知",
                    "days", "2041-01-01 2041-01-02 休 元旦 New Year\n2041-01-05 2041-01-05 班 元旦 New Year");
            Shown wrong = send(bureau, Links.WORKING_DAYS, Links.WORKING_DAYS, overlaid(notice, "year", "2042"));
            assertThat(wrong.page().select("#days-error")).hasSize(1);
            assertThat(place(send(bureau, Links.WORKING_DAYS, Links.WORKING_DAYS, notice))).isEqualTo(Links.WORKING_DAYS);
            assertThat(bureau.get(Links.WORKING_DAYS).page().select("form[action^=" + Links.WORKING_DAYS + "/]")).as("nobody signs their own").isEmpty();
            Element sign = second.get(Links.WORKING_DAYS).page().select("article.card").stream().filter(each -> each.text().contains("2041年")).findFirst().orElseThrow()
                    .expectFirst("form");
            assertThat(place(second.post(sign.attr("action"), Map.of("csrf", sign.select("input[name=csrf]").attr("value"))))).isEqualTo(Links.WORKING_DAYS);
            assertThat(anybody.get(Links.WORKING_DAYS + "?from=2040-12-31&workingDays=2").page().select(".notice strong").text()).contains("2041-01-04");
        }
    }
}

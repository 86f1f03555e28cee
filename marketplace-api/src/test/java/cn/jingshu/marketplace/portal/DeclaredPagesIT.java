package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.portal.PlainBrowser.Shown;
import cn.jingshu.marketplace.scenario.SharedNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A merchant's officer declares a product page by page, without a script. */
class DeclaredPagesIT {
    private static SharedNode house;

    @BeforeAll
    static void openHouse() throws IOException {
        house = SharedNode.get();
    }

    /** What the form on the page would send, with what was typed over it. */
    private static Map<String, String> filled(Document page, Map<String, String> typed) {
        Map<String, String> fields = new LinkedHashMap<>();
        Element form = page.expectFirst("form[action=" + Links.DECLARE + "]");
        for (Element control : form.select("input[type=hidden], input[type=text], input[type=number], input[type=url]")) {
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

    private static Shown step(PlainBrowser browser, Shown page, Map<String, String> typed) throws IOException, InterruptedException {
        return browser.post(Links.DECLARE, filled(page.page(), typed));
    }

    @Test
    void theStepsMakeADraftThatNobodyElseSees() throws Exception {
        String code = "steps-" + ThreadLocalRandom.current().nextInt(1_000_000);
        try (PlainBrowser merchant = PlainBrowser.signedIn(house.node.httpPort(), "merchant2");
                PlainBrowser other = PlainBrowser.signedIn(house.node.httpPort(), "merchant")) {
            assertThat(merchant.get(Links.DECLARED).page().select("a[href=\"" + Links.declare("MODEL") + "\"]")).hasSize(1);
            Shown first = merchant.get(Links.declare("MODEL"));
            Shown second = step(merchant, first, Map.of("code", code, "nameZh", "需求", "nameEn", "Demand", "summaryZh", "停车需求。", "summaryEn",
                    "Demand.", "go", "next"));
            assertThat(second.status()).isEqualTo(200);
            Shown wider = step(merchant, second, Map.of("operation", "Estimate", "go", "parameter"));
            assertThat(wider.page().select("fieldset input[name=parameters-2-name]")).hasSize(1);
            Map<String, String> asked = new LinkedHashMap<>(Map.of("operationZh", "估计", "operationEn", "Estimates", "path", "estimate", "verb", "POST",
                    "parameters-0-name", "a", "parameters-0-type", "DOUBLE", "parameters-0-sensitivity", "PUBLIC", "parameters-0-zh", "甲",
                    "parameters-0-en", "a", "parameters-0-minimum", "-10"));
            asked.putAll(Map.of("parameters-0-maximum", "10", "parameters-0-required", "yes", "columns-0-name", "probability", "columns-0-type", "DOUBLE",
                    "columns-0-sensitivity", "PUBLIC", "columns-0-zh", "概率", "columns-0-en", "probability", "columns-0-example", "0.5", "go", "next"));
            Shown third = step(merchant, wider, asked);
            Shown back = step(merchant, third, Map.of("go", "back"));
            assertThat(back.page().expectFirst("input[name=parameters-0-name]").attr("value")).as("nothing is lost on the way back").isEqualTo("a");
            Map<String, String> how = new LinkedHashMap<>(Map.of("modelVersion", "1.0", "input", "x", "features", "a", "outputs", "probability: p",
                    "metrics", "AUC: 0.8: 2026年上半年留出样本", "intendedUse", "估计停车需求,供诱导使用。", "trainingData", "2025年停车记录,已去标识。"));
            how.putAll(Map.of("evaluationData", "2026年上半年留出样本。", "limits", "节假日误差较大,不用于处罚。", "author", "某公司", "licence", "自有",
                    "go", "next"));
            Shown fourth = step(merchant, step(merchant, back, Map.of("parameters-0-required", "yes", "go", "next")), how);
            assertThat(fourth.page().select("[role=alert]").text()).as("what is wrong").isEmpty();
            assertThat(fourth.page().expectFirst("textarea[name=declaration]").wholeText()).contains("\"code\" : \"" + code + "\"");
            Shown wrong = step(merchant, fourth, Map.of("declaration", "{}", "go", "save"));
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("[role=alert] code").eachText()).contains("code", "kind");
            Shown saved = step(merchant, fourth, Map.of("go", "save"));
            assertThat(saved.status()).isEqualTo(303);
            String place = saved.location().split("\\?", 2)[0];
            Shown draft = merchant.get(place);
            assertThat(draft.heading()).isEqualTo(code);
            assertThat(draft.page().select("[role=alert] code").eachText()).as("the model is missing still").contains("artefact");
            assertThat(draft.page().select("input[type=file]")).hasSize(1);
            Shown early = merchant.post(place + "/draft", Map.of("csrf", draft.page().expectFirst("input[name=csrf]").attr("value"), "go", "submit"));
            assertThat(early.status()).isEqualTo(422);
            assertThat(other.get(place).status()).isEqualTo(404);
            assertThat(other.get(Links.DECLARED).page().text()).doesNotContain(code);
            assertThat(List.of(403, 404)).contains(merchant.post(place + "/decision", Map.of("csrf",
                    draft.page().expectFirst("input[name=csrf]").attr("value"), "decision", "APPROVED", "ground", "mine")).status());
        }
    }
}

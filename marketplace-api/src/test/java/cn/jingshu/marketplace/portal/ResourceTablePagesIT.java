package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.scenario.SharedNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A provider declares a table on its page and the bureau decides on the same one, without a script. */
class ResourceTablePagesIT {
    private static SharedNode house;

    @BeforeAll
    static void openHouse() throws IOException {
        house = SharedNode.get();
    }

    private static PlainBrowser as(String person) throws IOException, InterruptedException {
        return PlainBrowser.signedIn(house.node.httpPort(), person);
    }

    private static PlainBrowser.Shown send(PlainBrowser browser, Element form, Map<String, String> typed) throws IOException, InterruptedException {
        Map<String, String> fields = new LinkedHashMap<>();
        form.select("input").forEach(each -> fields.put(each.attr("name"), each.attr("value")));
        form.select("textarea").forEach(each -> fields.put(each.attr("name"), each.wholeText()));
        fields.putAll(typed);
        return browser.post(form.attr("action"), fields);
    }

    private static Element declaring(Document page) {
        assertThat(page.select("form.sheet[action=" + Links.RESOURCE_TABLES + "]")).as(page.text()).hasSize(1);
        return page.expectFirst("form.sheet[action=" + Links.RESOURCE_TABLES + "]");
    }

    @Test
    void aTableIsDeclaredApprovedAndListed() throws Exception {
        try (PlainBrowser housing = as("housing"); PlainBrowser bureau = as("bureau"); PlainBrowser studio = as("app-studio")) {
            assertThat(studio.get(Links.RESOURCE_TABLES).status()).isEqualTo(403);
            Document page = housing.get(Links.RESOURCE_TABLES).page();
            assertThat(declaring(page).select("select[name=resource] option").eachAttr("value")).contains("A2.4.1", "A2.4.6").doesNotContain("A2.8.1");
            String columns = "ramp_id | TEXT | PLAIN | PUBLIC | 是 | 坡道编号 | id of the ramp\nslope | DECIMAL | PLAIN | 公开 | 否 | 坡度 | slope, %";
            Map<String, String> typed = Map.of("resource", "A2.4.2", "name", "r_ramp", "key", "ramp_id", "indexes", "", "reason", "无障碍设施普查",
                    "columns", columns + "\nbroken line");
            PlainBrowser.Shown wrong = send(housing, declaring(page), typed);
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select(".notice.failed").text()).contains("columns[2]", "应有七项");
            assertThat(declaring(wrong.page()).expectFirst("textarea[name=columns]").wholeText()).as("what was typed is kept").contains("broken line");
            Map<String, String> nearly = new LinkedHashMap<>(typed);
            nearly.put("columns", columns);
            assertThat(send(housing, declaring(page), nearly).page().select(".notice.failed").text()).contains("columns[1].protection");
            Map<String, String> right = new LinkedHashMap<>(nearly);
            right.put("columns", columns.replace("公开 | 否", "PUBLIC | 否"));
            assertThat(send(housing, declaring(page), right).status()).isEqualTo(303);
            Document waiting = housing.get(Links.RESOURCE_TABLES).page();
            assertThat(waiting.select("article.card").text()).contains("r_ramp", "待主管部门审批", "坡度");
            assertThat(waiting.select("article.card form")).as("who declares does not decide").isEmpty();

            Element card = bureau.get(Links.RESOURCE_TABLES).page().select("article.card").stream().filter(each -> each.text().contains("r_ramp")).findFirst().orElseThrow();
            Element deciding = card.expectFirst("form");
            assertThat(send(bureau, deciding, Map.of("approved", "YES", "decision", "")).status()).isEqualTo(422);
            assertThat(send(bureau, deciding, Map.of("approved", "YES", "decision", "同意")).status()).isEqualTo(303);
            assertThat(housing.get(Links.RESOURCE_TABLES).page().select("article.card").text()).contains("第 1 版", "已批准");
            assertThat(housing.get(Links.LOADS).page().select("a[href=" + Links.RESOURCE_TABLES + "]")).isNotEmpty();
        }
    }
}

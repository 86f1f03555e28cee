package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every page in every state and both languages is whole, usable without JavaScript and by a screen reader. */
class PortalPagesTest {
    private static final Pages PAGES = new Pages();
    private static final Assets ASSETS = new Assets();

    static Stream<Arguments> pages() {
        return Stream.of(Lang.values())
                .flatMap(lang -> SamplePages.views().keySet().stream().map(name -> Arguments.of(lang, name)));
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("pages")
    void isWellFormedAndLabelled(Lang lang, String name) {
        String html = html(lang, name);
        Parser parser = Parser.htmlParser().setTrackErrors(20);
        Document page = Jsoup.parse(html, "", parser);

        assertThat(parser.getErrors()).as("parse errors").isEmpty();
        assertThat(html.strip()).startsWith("<!DOCTYPE html>").endsWith("</html>");
        assertThat(page.expectFirst("html").attr("lang")).isEqualTo(lang.tag());
        assertThat(page.title()).isNotBlank();
        assertThat(page.select("h1")).as("h1").hasSize(1);
        assertThat(page.select("main#content")).hasSize(1);
        assertThat(page.expectFirst("a.skip").attr("href")).isEqualTo("#content");
        assertThat(page.select("img:not([alt])")).as("images without alt").isEmpty();
        assertThat(duplicateIds(page)).as("ids used twice").isEmpty();
        for (Element control : page.select("input:not([type=hidden]), select, textarea, meter")) {
            assertThat(page.select("label[for=\"" + control.id() + "\"]")).as("label of " + control).hasSize(1);
        }
        for (Element button : page.select("button, a")) {
            assertThat(button.text() + button.attr("aria-label")).as("name of " + button).isNotBlank();
        }
        for (String attribute : List.of("aria-labelledby", "aria-describedby")) {
            for (Element element : page.select("[" + attribute + "]")) {
                for (String id : element.attr(attribute).split(" ", -1)) {
                    assertThat(page.getElementById(id)).as(attribute + " " + id).isNotNull();
                }
            }
        }
        for (Element heading : page.select("th")) {
            assertThat(heading.attr("scope")).as("scope of " + heading).isIn("col", "row");
        }
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("pages")
    void runsUnderAPolicyThatAllowsNothingInline(Lang lang, String name) {
        Document page = Jsoup.parse(html(lang, name));

        assertThat(page.select("style, [style], script:not([src])")).as("inline style or script").isEmpty();
        for (Element element : page.getAllElements()) {
            for (Attribute attribute : element.attributes()) {
                assertThat(attribute.getKey()).as("handler on " + element.tagName()).doesNotStartWith("on");
            }
        }
        for (Element loaded : page.select("script[src], link[href], img[src]")) {
            assertThat(loaded.attr("src") + loaded.attr("href")).as("nothing from elsewhere").startsWith(Links.ASSETS);
        }
        for (Element form : page.select("form[method=post]")) {
            assertThat(form.select("input[name=csrf]").attr("value")).as("token of " + form.attr("action")).isEqualTo("csrf-token-value");
        }
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("pages")
    void escapesEveryTextItIsGiven(Lang lang, String name) {
        Record view = Hostile.of(SamplePages.view(name));
        String html = SamplePages.render(PAGES, SamplePages.page(PortalTexts.load(lang), ASSETS, "/x"), view);
        Document page = Jsoup.parse(html);

        assertThat(html).doesNotContain("<script>hostile").doesNotContain("<img src=hostile");
        assertThat(page.select("img[src=hostile], script:not([src]), [onerror]")).isEmpty();
        assertThat(page.select("a[href^=javascript]")).isEmpty();
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("pages")
    void neverClaimsZeroForWhatCouldNotBeRead(Lang lang, String name) {
        Document page = Jsoup.parse(html(lang, name));
        if (name.endsWith("-unknown")) {
            assertThat(page.select("[role=alert]").text()).contains(PortalTexts.load(lang).get("unknown.text"));
            assertThat(page.select("[role=alert] code").text()).contains("01936f5e-req");
            assertThat(page.select("main .empty").not("#routes ~ .empty").text())
                    .as("an unknown list is not an empty one")
                    .doesNotContain(PortalTexts.load(lang).get("catalogue.none"));
            assertThat(page.select("main").text()).doesNotContain("¥0.00");
        }
        if (name.endsWith("-empty") && !name.startsWith("sign")) {
            assertThat(page.select("main .empty, main .notice, main .hint")).as("an empty page says so").isNotEmpty();
        }
    }

    @Test
    void unknownUsageIsAGapInTheChartAndAWordInTheTable() {
        Document page = Jsoup.parse(html(Lang.EN, "usage-full"));
        Element row = page.select("#usage-table tbody tr").get(8);
        assertThat(row.select("td").get(0).attr("data-count")).isEmpty();
        assertThat(row.select("td").get(0).text()).isEqualTo("not known");
        assertThat(row.select("td").get(1).attr("data-count")).isEqualTo("1250");
        assertThat(row.select("td").get(3).text()).as("total of a row with an unknown").isEqualTo("not known");
        Element whole = page.expectFirst("#usage-table tfoot tr");
        assertThat(whole.select("td").get(0).text()).isEqualTo("not known");
        assertThat(whole.select("td").get(1).text()).isNotEqualTo("not known");
    }

    @Test
    void oneCallIsNotSpokenOfAsMany() {
        Page english = SamplePages.page(PortalTexts.load(Lang.EN), ASSETS, "/x");
        assertThat(english.quantity(1, MeterUnit.CALL)).isEqualTo("1 call");
        assertThat(english.quantity(0, MeterUnit.CALL)).isEqualTo("0 calls");
        assertThat(english.quantity(1_200, MeterUnit.CALL)).isEqualTo("1,200 calls");
    }

    @Test
    void anEntryIsNamedOnlyOnceItIsBooked() {
        Document open = Jsoup.parse(html(Lang.EN, "statement-open"));
        assertThat(open.select("[data-label=\"Journal entry\"]").eachText()).isNotEmpty().containsOnly("not booked yet");
        Document closed = Jsoup.parse(html(Lang.EN, "statement-full"));
        assertThat(closed.select("[data-label=\"Journal entry\"] code")).isNotEmpty();
    }

    @Test
    void priceStandsBesideItsCeiling() {
        Document page = Jsoup.parse(html(Lang.ZH_CN, "product-full"));
        var cells = page.select("#prices ~ .table-scroll tbody tr").get(1).select("td.num");
        assertThat(cells.get(0).text()).isEqualTo("¥0.0035/次");
        assertThat(cells.get(1).text()).isEqualTo("¥0.005/次");
        assertThat(page.select("#prices ~ .table-scroll tbody tr").get(0).text()).contains("免费");
    }

    @Test
    void productPageShowsLawContractAndLineage() {
        Document page = Jsoup.parse(html(Lang.EN, "product-full"));
        assertThat(page.expectFirst("section[aria-labelledby=resources] tbody tr:last-child").text()).contains("Blocked by law").contains("PIPL Art. 26");
        assertThat(page.select("a[download]").eachAttr("href")).contains("/products/transit/contract.proto");
        assertThat(page.expectFirst("details.operation").text()).contains("deg", "A2.8.4", "jingshu.transit.v1.TransitService/ListVehicles");
        assertThat(page.select("form[action=/products/transit/try] input[type=text]").eachAttr("name")).containsExactly("in.stopId", "in.limit");
    }

    @Test
    void keyIsShownOnlyWhenItWasJustIssued() {
        assertThat(html(Lang.EN, "keys-full")).contains("js_live_4Fq7xN2mZc8Wd1Rt5Yb9Kp3Hs6Lv0JgAeUi2Ox");
        assertThat(html(Lang.EN, "keys-empty")).doesNotContain("js_live_4").contains("$JINGSHU_KEY");
    }

    @Test
    void onlyALiveKeyRotatesAndOnlyAWorkingOneIsRevoked() {
        Document page = Jsoup.parse(html(Lang.EN, "keys-full"));
        assertThat(page.select("form[action$=/rotate]")).hasSize(1);
        assertThat(page.select("form[action$=/revoke]")).hasSize(2);
    }

    @Test
    void passwordIsNeverPutBack() {
        var form = new Form(Map.of("password", "open sesame"), Map.of());
        String html = PAGES.signIn(SamplePages.publicPage(PortalTexts.load(Lang.EN), ASSETS, "/sign-in"), new SignInView(form, "/"));
        assertThat(html).doesNotContain("open sesame");
    }

    @Test
    void nobodyDecidesTheirOwnApplication() {
        Document page = Jsoup.parse(html(Lang.EN, "approvals-full"));
        var applications = page.select("article.application");
        assertThat(applications.get(0).select("form button")).hasSize(2);
        assertThat(applications.get(1).select("form")).isEmpty();
    }

    @Test
    void aSettlementThatDoesNotAddUpIsSaidLoudly() {
        assertThat(Jsoup.parse(html(Lang.EN, "operator-full")).select("[role=alert]")).isEmpty();
        Document wrong = Jsoup.parse(html(Lang.EN, "operator-wrong"));
        assertThat(wrong.select("[role=alert]").text()).contains("The parts do not add up ¥0.01 apart").contains("Debits and credits differ").contains("Revenue above the permitted revenue ¥4,640,000.00 over");
    }

    @Test
    void strangersSeeNoMenuOfOthers() {
        Document page = Jsoup.parse(PAGES.error(SamplePages.publicPage(PortalTexts.load(Lang.EN), ASSETS, "/x"), new ErrorView(ErrorView.Kind.NOT_FOUND, "r")));
        assertThat(page.select(".menu a").eachAttr("href")).containsExactly(Links.CATALOGUE, Links.MAP, Links.FEES);
        assertThat(page.select(".who a").eachAttr("href")).contains(Links.SIGN_IN, Links.SIGN_UP);
    }

    @Test
    void languageSwitchStaysOnThePage() {
        Document page = Jsoup.parse(html(Lang.EN, "usage-full"));
        assertThat(page.expectFirst("a.lang").attr("href")).isEqualTo("/usage-full?month=2026-11&lang=zh-CN");
        assertThat(page.expectFirst("a.lang").attr("lang")).isEqualTo("zh-CN");
    }

    @Test
    void syntheticDataAreLabelled() {
        assertThat(Jsoup.parse(html(Lang.ZH_CN, "home-full")).select(".demo-strip").text()).contains("合成");
        assertThat(Jsoup.parse(html(Lang.EN, "map-full")).select(".badge").eachText()).contains("Synthetic");
        assertThat(Jsoup.parse(html(Lang.EN, "map-empty")).select(".badge").eachText()).doesNotContain("Synthetic");
    }

    @Test
    void staleVehiclesAreMarkedInTheList() {
        var rows = Jsoup.parse(html(Lang.EN, "map-full")).select("section[aria-labelledby=list] tbody tr");
        assertThat(rows.get(0).text()).contains("live").doesNotContain("stale");
        assertThat(rows.get(1).text()).contains("stale").contains("not known");
    }

    private static String html(Lang lang, String name) {
        return SamplePages.render(PAGES, SamplePages.page(PortalTexts.load(lang), ASSETS, "/" + name), SamplePages.view(name));
    }

    private static List<String> duplicateIds(Document page) {
        Set<String> seen = new HashSet<>();
        List<String> twice = new ArrayList<>();
        for (Element element : page.select("[id]")) {
            if (!seen.add(element.id())) {
                twice.add(element.id());
            }
        }
        return twice;
    }
}

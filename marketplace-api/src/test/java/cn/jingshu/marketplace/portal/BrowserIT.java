package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.scenario.Until;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The portal in a real Chromium: scripts, style, policy, keyboard and screens of two widths. */
class BrowserIT {
    private static final String NOT_RUN = "NOT RUN: BrowserIT needs a browser, and none of chromium, chromium-browser and"
            + " google-chrome is on the PATH (Debian: apt-get install chromium). The portal was not tested in a browser.";
    private static final String STATEMENT = "Checks the connection of a travel app once a minute.";
    private static final Duration SOON = Duration.ofSeconds(30);

    private static @Nullable Chromium chromium;
    private static @Nullable String studioKey;
    private static SharedNode house;
    private static final Map<String, Tab> TABS = new LinkedHashMap<>();

    @BeforeAll
    static void openBrowser() throws Exception {
        Optional<Path> program = Chromium.find();
        if (program.isEmpty()) {
            System.err.println("\n" + "!".repeat(100) + "\n" + NOT_RUN + "\n" + "!".repeat(100) + "\n");
        }
        Assumptions.assumeTrue(program.isPresent(), NOT_RUN);
        house = SharedNode.get();
        chromium = Chromium.start(program.get());
    }

    @AfterAll
    static void closeBrowser() throws IOException, InterruptedException {
        TABS.clear();
        if (chromium != null) {
            chromium.close();
        }
    }

    private static Tab tab() {
        Chromium running = chromium;
        if (running == null) {
            throw new AssertionError("no browser was started");
        }
        Tab tab = running.open("http://127.0.0.1:" + house.node.httpPort());
        tab.language(Lang.ZH_CN);
        return tab;
    }

    /** A tab in which {@code person} of the demo city is signed in; empty: nobody. */
    private static Tab tabOf(String person) throws Exception {
        Tab open = TABS.get(person);
        if (open != null) {
            return open;
        }
        Tab tab = tab();
        if (!person.isEmpty()) {
            signIn(tab, person);
        }
        TABS.put(person, tab);
        return tab;
    }

    private static void signIn(Tab tab, String person) throws Exception {
        tab.go(Links.SIGN_IN);
        tab.tabTo("#signInName");
        tab.type(person);
        tab.tabTo("#password");
        tab.type("jingshu-demo");
        tab.mark();
        tab.enter();
        tab.loaded();
        assertThat(tab.path()).isNotEqualTo(Links.SIGN_IN);
    }

    @Test
    void withoutAMouseFromSigningUpToTheFirstAnswer() throws Exception {
        try (Tab tab = tab()) {
            tab.language(Lang.EN);
            tab.go(Links.HOME);
            tab.tabTo("a[href=\"" + Links.SIGN_UP + "\"]");
            press(tab);
            for (Map.Entry<String, String> field : PortalIT.newOrganisation().entrySet()) {
                tab.tabTo("#" + field.getKey());
                tab.type(field.getValue());
            }
            press(tab); // Enter in the last field sends the form
            assertThat(tab.path()).isEqualTo(Links.CATALOGUE + "?done=signed-up");

            tab.tabTo("a[href=\"" + Links.product("echo") + "\"]");
            press(tab);
            tab.tabTo("a[href=\"" + Links.subscribe("echo") + "\"]");
            press(tab);
            tab.tabTo("input[name=plan]");
            assertThat(tab.evaluate("document.activeElement.value").asText()).isEqualTo("echo-paid");
            tab.tabTo("#statement");
            tab.type(STATEMENT);
            tab.tabTo("main button[type=submit]");
            press(tab);
            assertThat(tab.path()).endsWith("/keys?done=subscribed");

            String live = takeKey(tab, "live");
            assertThat(live).matches("js_live_[0-9A-Za-z]{36}");
            assertThat(tab.evaluate("document.querySelector('[data-copy=issued-key]').hidden").asBoolean()).isFalse();
            Until.holds(SOON, () -> house.rest.get("/v1/echo", live).status(), status -> status == 200); // the gate has heard of it
            JsonNode status = tab.evaluate("fetch('/v1/echo', {headers: {Authorization: 'Bearer " + live + "'}}).then(r => r.status)");
            assertThat(status.asInt()).isEqualTo(200);

            String test = takeKey(tab, "test");
            Until.holds(SOON, () -> house.rest.get("/v1/echo", test).status(), answered -> answered == 200);
            assertThat(tab.evaluate("document.body.textContent.includes('" + live + "')").asBoolean()).as("shown once").isFalse();
            tab.go(Links.product("echo"));
            tab.tabTo("#key");
            tab.type(test);
            tab.enter();
            tab.until("document.querySelector('#try-answer .badge')?.textContent === '200'");
            assertThat(tab.text("#try-body")).contains("\"");
            assertThat(tab.path()).as("a part of the page was replaced, not the page").isEqualTo(Links.product("echo"));
            assertThat(tab.complaints()).isEmpty();
        }
    }

    private static void press(Tab tab) throws Exception {
        tab.mark();
        tab.enter();
        tab.loaded();
    }

    private static String takeKey(Tab tab, String kind) throws Exception {
        tab.tabTo("#kind-live, #kind-test");
        if (!tab.evaluate("document.activeElement.value === '" + kind + "'").asBoolean()) {
            tab.evaluate("document.getElementById('kind-" + kind + "').focus()");
            tab.space();
        }
        tab.tabTo("form.issue button");
        press(tab);
        return tab.text("#issued-key");
    }

    @Test
    void busesMoveOnTheMap() throws Exception {
        try (Tab tab = tab()) {
            tab.go(Links.MAP);
            tab.until("document.querySelector('.map-status').textContent.match(/[1-9]\\d* 辆实时/)");
            String first = picture(tab);
            List<String> moved = Until.holds(SOON, () -> movedVehicles(tab), found -> found.size() >= 3);
            assertThat(moved).isNotEmpty();
            Until.holds(SOON, () -> picture(tab), picture -> !picture.equals(first));

            tab.evaluate("document.getElementById('stop').selectedIndex = 3;"
                    + "document.getElementById('stop').dispatchEvent(new Event('change', {bubbles: true}))");
            tab.until("document.querySelector('#arrivals-list tbody tr, #arrivals-list .empty')");
            tab.evaluate("document.querySelector('.map canvas').focus()");
            tab.type("+");
            assertThat(tab.complaints()).isEmpty();
        }
    }

    /** What the canvas shows, as text. */
    private static String picture(Tab tab) {
        return tab.evaluate("document.querySelector('.map canvas').toDataURL()").asText();
    }

    /** Vehicles whose stream told of two places at least. */
    private static List<String> movedVehicles(Tab tab) throws IOException {
        Map<String, String> seen = new HashMap<>();
        List<String> moved = new java.util.ArrayList<>();
        for (String message : tab.streamed()) {
            for (JsonNode vehicle : new ObjectMapper().readTree(message).path("vehicles")) {
                String id = vehicle.path("id").asText();
                String place = vehicle.path("lat") + "," + vehicle.path("lon");
                String before = seen.putIfAbsent(id, place);
                if (before != null && !before.equals(place) && !moved.contains(id)) {
                    moved.add(id);
                }
            }
        }
        return moved;
    }

    @ParameterizedTest
    @EnumSource(Lang.class)
    void theChartOfUsageIsDrawnAndNamesItsLines(Lang lang) throws Exception {
        String key = keyOfStudio();
        Tab tab = tabOf("app-studio");
        tab.language(lang);
        Until.holds(SOON, () -> house.rest.get("/v1/echo", key).status(), status -> status == 200); // the gate has heard of it
        assertThat(house.rest.get("/v1/echo?nonsense=1", key).status()).isEqualTo(400);
        Until.holds(SOON, () -> {
            tab.go(Links.USAGE);
            return tab.evaluate("document.querySelectorAll('#usage-table thead th').length").asInt();
        }, columns -> columns >= 3);
        drawn(tab);
        String axis = PortalTexts.load(lang).get("usage.table");
        assertThat(tab.evaluate("document.getElementById('usage-chart').dataset.label").asText()).isEqualTo(axis);

        tab.evaluate("document.getElementById('by').value = 'PRODUCT';"
                + "document.querySelector('form[action=\"/usage\"]').requestSubmit()");
        tab.until("location.search.includes('by=PRODUCT')");
        drawn(tab);
        assertThat(tab.complaints()).isEmpty();
    }

    /** A live key, made once: a subscription has two at most. */
    private static String keyOfStudio() {
        String made = studioKey;
        if (made == null) {
            made = house.market.key(house.market.subscriptionOf("app-studio", "echo-paid"));
            studioKey = made;
        }
        return made;
    }

    private static void drawn(Tab tab) throws Exception {
        tab.until("document.querySelector('#usage-chart canvas')");
        tab.until("(canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(part => part > 0))"
                + "(document.querySelector('#usage-chart canvas'))");
        JsonNode heads = tab.evaluate("[...document.querySelectorAll('#usage-table thead th')].slice(1).map(th => th.textContent.trim())"
                + ".slice(0, document.querySelectorAll('#usage-table tbody tr:first-child td[data-count]').length)");
        JsonNode legend = tab.evaluate("[...document.querySelectorAll('#usage-chart .u-legend .u-label')].slice(1)"
                + ".map(label => label.textContent.trim())");
        assertThat(legend).isEqualTo(heads).isNotEmpty();
    }

    static Stream<Map.Entry<String, String>> pages() {
        return Stream.concat(PortalIT.pages(house).stream().filter(page -> !page.getKey().contains("id=none")),
                Stream.of(Map.entry(Links.OPERATOR, "bureau"), Map.entry(Links.openApiPage("echo"), ""),
                        Map.entry(Links.keys(house.market.subscriptionOf("app-studio", "transit-standard").id()), "app-studio")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void everyPageIsCleanAndFitsBothScreensInBothLanguages(Map.Entry<String, String> page) throws Exception {
        Tab tab = tabOf(page.getValue());
        for (Lang lang : Lang.values()) {
            tab.language(lang);
            tab.go(page.getKey());
            assertThat(tab.evaluate("document.documentElement.lang").asText()).isEqualTo(lang.tag());
            if (page.getKey().endsWith("/openapi")) {
                tab.until("document.querySelectorAll('#openapi .opblock').length > 0");
            }
            tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })");
            for (int width : new int[] {1280, 390}) {
                tab.width(width);
                tab.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => 1)");
                assertThat(tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth").asInt())
                        .as("hidden to the right at " + width + " in " + lang + ": " + tooWide(tab)).isZero();
            }
            tab.width(1280);
            assertThat(tab.complaints()).as(lang.tag()).isEmpty();
        }
    }

    /** What sticks out, to find it by. */
    private static String tooWide(Tab tab) {
        return tab.evaluate("[...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > innerWidth + 1"
                + " && !each.closest('.table-scroll, pre, .unseen, svg')).slice(0, 5)"
                + ".map(each => each.tagName + '.' + each.className).join(' ')").asText();
    }
}

package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.marketplace.portal.PlainBrowser.Shown;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.scenario.Until;
import cn.jingshu.metering.event.BillingPeriod;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The portal of a running node, asked as a browser without JavaScript asks it. */
class PortalIT {
    private static final String PASSWORD = "a rather long password";
    private static final String STATEMENT = "Checks the connection of a travel app once a minute.";

    /** Neither a placeholder of a template nor one of a text may be left on a page. */
    private static final Pattern UNFILLED = Pattern.compile("\\$\\{|!\\{|\\{\\d+}|@(if|for|template|else)\\b|\\bnull\\b");

    private static final Map<String, PlainBrowser> SIGNED_IN = new LinkedHashMap<>();
    private static SharedNode house;
    private static String keysOfStudio;

    @BeforeAll
    static void openHouse() throws IOException {
        house = SharedNode.get();
        keysOfStudio = keysOfStudio(house);
    }

    @AfterAll
    static void closeBrowsers() {
        SIGNED_IN.values().forEach(PlainBrowser::close);
        SIGNED_IN.clear();
    }

    private static String keysOfStudio(SharedNode house) {
        return Links.keys(house.market.subscriptionOf("app-studio", "echo-paid").id());
    }

    private static YearMonth month() {
        return BillingPeriod.of(Clock.systemUTC().instant()).month();
    }

    /** One session for each person of the demo city. */
    private static PlainBrowser as(String person) throws IOException, InterruptedException {
        PlainBrowser open = SIGNED_IN.get(person);
        if (open == null) {
            open = PlainBrowser.signedIn(house.node.httpPort(), person);
            SIGNED_IN.put(person, open);
        }
        return open;
    }

    private static PlainBrowser stranger() {
        return new PlainBrowser(house.node.httpPort());
    }

    /** What a new organisation fills in; its names and its code are not taken. */
    static Map<String, String> newOrganisation() {
        String number = "%08d".formatted(ThreadLocalRandom.current().nextInt(100_000_000));
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("organisation", "测试出行科技 " + number);
        fields.put("organisationEn", "Test Travel " + number);
        fields.put("uscc", Uscc.complete("91", "420800", number).code());
        fields.put("name", "李雷");
        fields.put("signInName", "li." + number);
        fields.put("password", PASSWORD);
        return fields;
    }

    private static PlainBrowser signedUp(Map<String, String> organisation) throws IOException, InterruptedException {
        PlainBrowser browser = stranger();
        Shown joined = browser.send(Links.SIGN_UP, Links.SIGN_UP, organisation);
        assertThat(joined.status()).as(joined.html()).isEqualTo(303);
        assertThat(joined.location()).isEqualTo(Links.CATALOGUE + "?done=signed-up");
        return browser;
    }

    /* The way from signing up to the first answer */

    @Test
    void aNewOrganisationSubscribesTakesItsKeyAndIsAnswered() throws Exception {
        try (PlainBrowser browser = signedUp(newOrganisation())) {
            Shown catalogue = browser.get(Links.CATALOGUE + "?done=signed-up");
            assertThat(catalogue.page().select(".notice.done")).isNotEmpty();
            assertThat(catalogue.page().select("form[action=" + Links.SIGN_OUT + "]")).hasSize(1);

            Shown subscribed = browser.send(Links.subscribe("echo"), Links.subscribe("echo"),
                    Map.of("plan", "echo-paid", "statement", STATEMENT));
            assertThat(subscribed.status()).as(subscribed.html()).isEqualTo(303);
            assertThat(subscribed.location()).endsWith("/keys?done=subscribed");

            String keys = subscribed.location().replace("?done=subscribed", "");
            Map<String, String> form = browser.filled(keys, keys, Map.of("kind", "live"));
            Shown issued = browser.post(keys, form);
            String key = issued.page().select("#issued-key").text();
            assertThat(key).matches("js_live_[0-9A-Za-z]{36}");
            assertThat(issued.header("Cache-Control")).isEqualTo("no-store");
            assertThat(issued.page().select("#call-curl").text()).contains(key);

            assertThat(browser.get(keys).html()).doesNotContain(key).contains(key.substring(key.length() - 4));
            Shown again = browser.post(keys, form);
            assertThat(again.status()).isEqualTo(409);
            assertThat(again.html()).doesNotContain(key);
            assertThat(again.page().select("[role=alert]").text()).isNotBlank();
            assertThat(again.page().select("ul.keys > li")).hasSize(1);

            answers(200, key);
            Shown dashboard = browser.get(Links.DASHBOARD);
            assertThat(dashboard.page().select("article.card")).as(dashboard.html()).hasSize(1);
        }
    }

    @Test
    void aKeyIsRotatedAndRevokedOnItsPage() throws Exception {
        try (PlainBrowser browser = signedUp(newOrganisation())) {
            String keys = browser.send(Links.subscribe("echo"), Links.subscribe("echo"),
                    Map.of("plan", "echo-paid", "statement", STATEMENT)).location().replace("?done=subscribed", "");
            String first = browser.send(keys, keys, Map.of("kind", "live")).page().select("#issued-key").text();

            String rotate = action(browser.get(keys), "/rotate");
            assertThat(browser.send(keys, rotate, Map.of("overlapHours", "100000")).status()).isEqualTo(422);
            Shown rotated = browser.send(keys, rotate, Map.of("overlapHours", "24"));
            String second = rotated.page().select("#issued-key").text();
            assertThat(second).isNotEqualTo(first).startsWith("js_live_");
            answers(200, first);
            answers(200, second);

            for (String revoke : actions(browser.get(keys), "/revoke")) {
                assertThat(browser.send(keys, revoke, Map.of()).location()).endsWith("?done=revoked");
            }
            answers(401, second);
            assertThat(browser.get(keys).page().select("ul.keys > li.ended")).hasSize(2);
        }
    }

    /** The gate hears of keys from the database, so a moment later than the page. */
    private static void answers(int status, String key) throws Exception {
        Until.holds(Duration.ofSeconds(10), () -> house.rest.get("/v1/echo", key).status(), answered -> answered == status);
    }

    private static String action(Shown shown, String ending) {
        return actions(shown, ending).getFirst();
    }

    private static List<String> actions(Shown shown, String ending) {
        return shown.page().select("form[method=post]").eachAttr("action").stream()
                .filter(action -> action.endsWith(ending))
                .toList();
    }

    @Test
    void theSandboxIsTriedWithoutJavaScript() throws Exception {
        PlainBrowser studio = as("app-studio");
        String key = studio.send(keysOfStudio, keysOfStudio, Map.of("kind", "test")).page().select("#issued-key").text();
        try (PlainBrowser browser = stranger()) {
            String product = Links.product("echo");
            Shown tried = browser.send(product, Links.tryIt("echo"), Map.of("key", key));
            assertThat(tried.page().select("#try-answer .badge").text()).isEqualTo("200");
            assertThat(tried.html()).doesNotContain(key);
            Shown live = browser.send(product, Links.tryIt("echo"), Map.of("key", "js_live_" + key.substring(8)));
            assertThat(live.page().select("#key-error").text()).isNotBlank();
            assertThat(live.page().select("#try-answer")).isEmpty();
        }
    }

    @Test
    void theBureauDecidesAndTheApplicantReadsWhy() throws Exception {
        try (PlainBrowser browser = signedUp(newOrganisation())) {
            Shown applied = browser.send(Links.subscribe("echo"), Links.subscribe("echo"),
                    Map.of("plan", "echo-public", "statement", STATEMENT));
            assertThat(applied.location()).endsWith("?done=applied");
            String keys = applied.location().replace("?done=applied", "");
            assertThat(browser.send(keys, keys, Map.of("kind", "live")).status()).isEqualTo(422);

            UUID id = UUID.fromString(keys.split("/", -1)[2]);
            PlainBrowser bureau = as("bureau");
            assertThat(bureau.send(Links.APPROVALS, Links.decide(id), Map.of("decision", "REFUSED", "reason", " ")).status())
                    .isEqualTo(422);
            Shown decided = bureau.send(Links.APPROVALS, Links.decide(id),
                    Map.of("decision", "REFUSED", "reason", "the use is <b>not</b> public"));
            assertThat(decided.location()).isEqualTo(Links.APPROVALS + "?done=decided");
            assertThat(browser.get(Links.DASHBOARD).page().select("p.error").text()).isEqualTo("the use is <b>not</b> public");
            Shown twice = bureau.post(Links.decide(id), Map.of("decision", "APPROVED", "reason", "changed my mind",
                    "csrf", csrf(bureau, Links.APPROVALS)));
            assertThat(twice.status()).isEqualTo(422);
        }
    }

    private static String csrf(PlainBrowser browser, String page) throws IOException, InterruptedException {
        return browser.get(page).page().select("input[name=csrf]").attr("value");
    }

    /* Forms belong to the visitor they were given to */

    static Stream<Arguments> forms() {
        UUID id = UUID.randomUUID();
        return Stream.of(
                Arguments.of("", Links.SIGN_UP),
                Arguments.of("", Links.SIGN_IN),
                Arguments.of("", Links.tryIt("echo")),
                Arguments.of("app-studio", Links.SIGN_OUT),
                Arguments.of("app-studio", Links.tryIt("echo")),
                Arguments.of("app-studio", Links.subscribe("echo")),
                Arguments.of("app-studio", keysOfStudio),
                Arguments.of("app-studio", keysOfStudio + "/" + id + "/rotate"),
                Arguments.of("app-studio", keysOfStudio + "/" + id + "/revoke"),
                Arguments.of("app-studio", keysOfStudio.replace("/keys", "/plan")),
                Arguments.of("bureau", Links.publishBatch(id)),
                Arguments.of("bureau", Links.decide(id)));
    }

    @ParameterizedTest(name = "{1} by {0}")
    @MethodSource("forms")
    void aFormWithoutItsTokenIsRefused(String person, String action) throws Exception {
        try (PlainBrowser other = stranger(); PlainBrowser nobody = stranger()) {
            PlainBrowser browser = person.isEmpty() ? nobody : as(person);
            String own = csrf(browser, person.isEmpty() ? Links.SIGN_IN : Links.CATALOGUE);
            String foreign = csrf(other, Links.SIGN_IN);
            assertThat(own).isNotBlank().isNotEqualTo(foreign);
            for (Map<String, String> fields : List.of(Map.<String, String>of(), Map.of("csrf", ""), Map.of("csrf", "wrong"),
                    Map.of("csrf", foreign))) {
                refusedForm(browser.post(action, fields));
            }
            refusedForm(browser.post(action, Map.of("csrf", own), "Sec-Fetch-Site", "cross-site"));
        }
        if (!person.isEmpty()) {
            assertThat(as(person).get(Links.CATALOGUE).page().select("form[action=" + Links.SIGN_OUT + "]"))
                    .as("still signed in").hasSize(1);
        }
    }

    private static void refusedForm(Shown refused) {
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.heading()).isEqualTo(PortalTexts.load(Lang.ZH_CN).get(ErrorView.Kind.FORM_EXPIRED.textKey()));
    }

    /* Signing in */

    @Test
    void wrongPasswordsAreRefusedAlikeAndThenLockTheName() throws Exception {
        Map<String, String> organisation = newOrganisation();
        signedUp(organisation).close();
        try (PlainBrowser browser = stranger()) {
            String name = organisation.get("signInName");
            String unknown = browser.send(Links.SIGN_IN, Links.SIGN_IN, Map.of("signInName", "nobody." + name, "password", "x"))
                    .page().select("#password-error").text();
            assertThat(unknown).isNotBlank();
            for (int failure = 1; failure <= 5; failure++) {
                Shown refused = browser.send(Links.SIGN_IN, Links.SIGN_IN, Map.of("signInName", name, "password", "wrong"));
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.page().select("#password-error").text()).isEqualTo(unknown);
                assertThat(refused.page().select("#signInName").attr("value")).isEqualTo(name);
                assertThat(refused.html()).doesNotContain("value=\"wrong\"");
            }
            Shown locked = browser.send(Links.SIGN_IN, Links.SIGN_IN, Map.of("signInName", name, "password", PASSWORD));
            assertThat(locked.status()).isEqualTo(429);
            assertThat(Integer.parseInt(locked.header("Retry-After"))).isBetween(1, 30);
            assertThat(locked.page().select("#password-error").text()).contains(locked.header("Retry-After"));
            assertThat(browser.get(Links.DASHBOARD).status()).as("not signed in").isEqualTo(303);
        }
    }

    @ParameterizedTest
    @CsvSource({"app-studio, /dashboard", "operator, /operator", "treasury, /operator", "bureau, /approvals", "bus-group, /catalogue"})
    void everybodyBeginsAtTheirOwnWork(String person, String start) throws Exception {
        Shown here = as(person).get(Links.SIGN_IN);
        assertThat(here.status()).isEqualTo(303);
        assertThat(here.location()).isEqualTo(start);
        assertThat(as(person).get(start).status()).isEqualTo(200);
    }

    @Test
    void signingInLeadsNowhereElse() throws Exception {
        try (PlainBrowser nobody = stranger()) {
            for (String next : List.of("//evil.example/", "/\\evil.example", "https://evil.example/", "/{", "/%", "/a|b", "/^",
                    "javascript:x", "/\u0000")) {
                String query = "?next=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
                Shown here = as("app-studio").get(Links.SIGN_IN + query);
                assertThat(here.status()).as(query).isEqualTo(303);
                assertThat(here.location()).as(query).isEqualTo(Links.DASHBOARD);
                assertThat(nobody.get(Links.SIGN_IN + query).page().select("input[name=next]").attr("value")).as(query).isEmpty();
            }
        }
    }

    @Test
    void whoeverAskedForAPageComesBackToItAfterSigningIn() throws Exception {
        try (PlainBrowser browser = stranger()) {
            Shown away = browser.get(Links.USAGE + "?from=2026-11-01&by=PRODUCT");
            assertThat(away.status()).isEqualTo(303);
            Shown in = browser.send(away.location(), Links.SIGN_IN,
                    Map.of("signInName", "app-studio", "password", "jingshu-demo"));
            assertThat(in.location()).isEqualTo(Links.USAGE + "?from=2026-11-01&by=PRODUCT");
            assertThat(browser.get(in.location()).status()).isEqualTo(200);
            String session = csrf(browser, Links.USAGE);
            assertThat(browser.post(Links.SIGN_OUT, Map.of("csrf", session)).location()).isEqualTo(Links.HOME);
            assertThat(browser.get(Links.USAGE).status()).isEqualTo(303);
        }
    }

    static Stream<String> privatePages() {
        return Stream.of(Links.DASHBOARD, Links.USAGE, Links.USAGE_CSV, Links.EVENTS, Links.event(UUID.randomUUID()),
                Links.STATEMENTS, Links.statement(month()), Links.statementCsv(month()), Links.OPERATOR, Links.REVENUE,
                Links.APPROVALS, Links.RECEIVABLES, Links.PAY_BACKS, Links.FINANCE, Links.LEDGER, Links.LEDGER_CSV, Links.ENTRIES, Links.COSTS, Links.PERMITTED, Links.SHARES, Links.DECLARED, Links.DECLARE,
                Links.RESOURCE_REVIEW, Links.LOADS, Links.LOAD_SOURCES, Links.sandbox("health"), Links.DEADLINES, Links.OBJECTIONS, Links.NEW_OBJECTION,
                Links.objection(UUID.randomUUID()),
                Links.NEW_BATCH, Links.draftBatch(UUID.randomUUID()), Links.draftEntry(UUID.randomUUID()),
                Links.subscribe("echo"), keysOfStudio);
    }

    @ParameterizedTest
    @MethodSource("privatePages")
    void aStrangerIsLedToTheSignInPage(String page) throws Exception {
        try (PlainBrowser browser = stranger()) {
            Shown away = browser.get(page);
            assertThat(away.status()).isEqualTo(303);
            assertThat(away.location()).isEqualTo(Links.SIGN_IN + "?next="
                    + URLEncoder.encode(page, StandardCharsets.UTF_8));
            Shown part = browser.get(page, "HX-Request", "true");
            assertThat(part.header("HX-Redirect")).startsWith(Links.SIGN_IN);
            Shown program = browser.get(page, "Accept", "*/*");
            assertThat(program.status()).isEqualTo(401);
            assertThat(program.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(program.html()).contains("NOT_SIGNED_IN");
        }
    }

    /* What is not one's own */

    @Test
    void whatBelongsToAnotherOrganisationDoesNotExist() throws Exception {
        PlainBrowser bank = as("bank");
        notThere(bank.get(keysOfStudio));
        String csrf = csrf(bank, Links.CATALOGUE);
        UUID keyId = UUID.randomUUID();
        notThere(bank.post(keysOfStudio, Map.of("csrf", csrf, "keyId", keyId.toString(), "kind", "live")));
        notThere(bank.post(keysOfStudio + "/" + keyId + "/rotate", Map.of("csrf", csrf, "keyId", keyId.toString(), "overlapHours", "1")));
        notThere(bank.post(keysOfStudio + "/" + keyId + "/revoke", Map.of("csrf", csrf)));

        UUID studioKey = UUID.fromString(actions(keysWithAKey(), "/revoke").getFirst().split("/", -1)[4]);
        String ownKeys = Links.keys(house.market.subscriptionOf("bank", "echo-paid").id());
        notThere(bank.post(ownKeys + "/" + studioKey + "/revoke", Map.of("csrf", csrf)));
        notThere(bank.post(ownKeys + "/" + studioKey + "/rotate", Map.of("csrf", csrf, "keyId", keyId.toString(), "overlapHours", "1")));
        assertThat(actions(as("app-studio").get(keysOfStudio), studioKey + "/revoke")).as("still in force").hasSize(1);
    }

    /** The keys page of the app studio, which holds one key at least. */
    private static Shown keysWithAKey() throws IOException, InterruptedException {
        Shown keys = as("app-studio").get(keysOfStudio);
        return actions(keys, "/revoke").isEmpty() ? as("app-studio").send(keysOfStudio, keysOfStudio, Map.of("kind", "test")) : keys;
    }

    private static void notThere(Shown shown) {
        assertThat(shown.status()).isEqualTo(404);
        assertThat(shown.heading()).isEqualTo(PortalTexts.load(Lang.ZH_CN).get(ErrorView.Kind.NOT_FOUND.textKey()));
    }

    @ParameterizedTest
    @CsvSource({
        "app-studio, /operator", "app-studio, /approvals", "bank, /operator", "merchant, /operator", "merchant, /approvals",
        "bus-group, /operator", "operator, /approvals", "treasury, /approvals", "price, /approvals",
        "bank, /declared", "treasury, /declared", "operator, /declare",
        "app-studio, /loads", "app-studio, /loads/sources", "bank, /products/health/sandbox", "merchant, /loads", "bank, /resources/review",
    })
    void aPageOfARoleOneLacksIsForbidden(String person, String page) throws Exception {
        Shown shown = as(person).get(page);
        assertThat(shown.status()).isEqualTo(403);
        assertThat(shown.heading()).isEqualTo(PortalTexts.load(Lang.ZH_CN).get(ErrorView.Kind.FORBIDDEN.textKey()));
        assertThat(as(person).get(Links.HOME).page().select(".menu a[href=" + page + "]")).as("not in the menu").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bureau", "operator", "treasury"})
    void whoIsNoConsumerSubscribesToNothing(String person) throws Exception {
        Shown refused = as(person).post(Links.subscribe("echo"),
                Map.of("csrf", csrf(as(person), Links.HOME), "plan", "echo-paid", "statement", STATEMENT));
        assertThat(refused.status()).isEqualTo(403);
    }

    /** A provider drafts by the API, the bureau reads what changes and publishes it on its page; from then on the catalogue says so. */
    @Test
    void aBatchOfTheCatalogueIsDraftedByAProviderAndPublishedByTheBureau() throws Exception {
        UUID id = UUID.randomUUID();
        String name = "车的位置" + ThreadLocalRandom.current().nextInt(1_000_000);
        PlainBrowser bus = as("bus-group");
        String batch = "/api/catalogue/batches/" + id;
        String today = java.time.LocalDate.now(java.time.ZoneId.of("Asia/Shanghai")).toString();
        assertThat(bus.json("PUT", batch, "{\"titleZh\":\"公交补充批次\",\"titleEn\":\"Bus batch\",\"appliesFrom\":\"" + today + "\"}").status()).isEqualTo(201);
        String entry = """
                {"provider":"A2.8","nameZh":"%s","nameEn":"vehicle position","items":[{"code":"lon","zh":"经度","en":"longitude"}],"format":"JSON",
                 "updateCycle":"REAL_TIME","updateFrequency":"每10秒","sharingAttribute":"CONDITIONAL","channels":["API"],"conditionsZh":"不得推断出驾驶员",
                 "conditionsEn":"driver must not be derivable","classification":"交通运输","grade":"GENERAL","gradingBasis":"GB/T 43697-2024","origin":"LOCAL",
                 "kind":"THING","assessment":"评估〔2026〕3号","reason":"更名"}""".formatted(name);
        assertThat(bus.json("PUT", batch + "/resources/A2.8.4", entry).status()).isEqualTo(200);
        assertThat(bus.json("PUT", batch + "/resources/A2.9.1", entry.replace("A2.8", "A2.9")).status()).isEqualTo(403);
        assertThat(bus.json("POST", batch + "/submission", "{}").status()).isEqualTo(200);
        assertThat(bus.json("POST", batch + "/publication", "{\"citation\":\"x\"}").status()).isEqualTo(403);

        PlainBrowser bureau = as("bureau");
        Shown review = bureau.get(Links.RESOURCE_REVIEW);
        Element form = review.page().expectFirst("form[action=" + Links.publishBatch(id) + "]");
        assertThat(review.page().text()).contains(name);
        Map<String, String> decision = Map.of("csrf", form.select("input[name=csrf]").attr("value"), "seen", form.select("input[name=seen]").attr("value"),
                "decision", "PUBLISHED", "ground", "荆数〔2026〕9号");
        Map<String, String> stale = new LinkedHashMap<>(decision);
        stale.put("seen", "1");
        assertThat(bureau.post(Links.publishBatch(id), stale).status()).isEqualTo(422);
        assertThat(bureau.post(Links.publishBatch(id), decision).location()).isEqualTo(Links.RESOURCE_REVIEW + "?done=decided");
        try (PlainBrowser anybody = stranger()) {
            assertThat(anybody.get(Links.resource("A2.8.4")).page().select("h1").text()).contains(name);
            assertThat(anybody.get(Links.RESOURCES + "?q=" + URLEncoder.encode(name, StandardCharsets.UTF_8)).page().select("#resources tbody tr")).hasSize(1);
            assertThat(anybody.get(Links.RESOURCE_CHANGES + "?from=2026-01-01&to=" + today).page().select("ins").eachText()).contains(name);
            assertThat(anybody.get(Links.DCAT, "Accept", "*/*").html()).contains(name, "dcat:Catalog");
        }
    }

    @Test
    void onlyTheBureauDecides() throws Exception {
        Shown refused = as("operator").post(Links.decide(UUID.randomUUID()),
                Map.of("csrf", csrf(as("operator"), Links.HOME), "decision", "APPROVED", "reason", "yes"));
        assertThat(refused.status()).isEqualTo(403);
    }

    /* Every page in both languages */

    private static final List<String> PUBLIC_PAGES = List.of(Links.HOME, Links.CATALOGUE, Links.RESOURCES, Links.RESOURCE_CHANGES, Links.resource("A2.10.2"), Links.MAP, Links.FEES, Links.LOG, Links.SIGN_UP,
            Links.SIGN_IN, Links.REFUSALS, Links.product("echo"), Links.product("transit"), Links.openApiPage("transit"));

    /** Every page with a person who may see it; empty: everybody. */
    static List<Map.Entry<String, String>> pages(SharedNode house) {
        List<Map.Entry<String, String>> pages = new ArrayList<>();
        PUBLIC_PAGES.forEach(page -> pages.add(Map.entry(page, "")));
        for (String page : List.of(Links.DASHBOARD, Links.USAGE, Links.USAGE + "?step=DAY&by=OPERATION&from=" + month() + "-01&to=" + month() + "-28",
                Links.EVENTS + "?id=none", Links.statement(month()), Links.subscribe("transit"), keysOfStudio(house))) {
            pages.add(Map.entry(page, "app-studio"));
        }
        pages.add(Map.entry(Links.OPERATOR, "operator"));
        pages.add(Map.entry(Links.operator(month()), "treasury"));
        pages.add(Map.entry(Links.REVENUE, "bureau"));
        pages.add(Map.entry(Links.APPROVALS, "bureau"));
        pages.add(Map.entry(Links.PAY_BACKS, "operator"));
        pages.add(Map.entry(Links.PAY_BACKS, "treasury"));
        pages.add(Map.entry(Links.PAY_BACKS, "app-studio"));
        pages.add(Map.entry(Links.FINANCE, "operator"));
        pages.add(Map.entry(Links.LEDGER, "operator"));
        pages.add(Map.entry(Links.LEDGER + "?account=1122&asOf=" + month() + "-28", "bureau"));
        pages.add(Map.entry(Links.LEDGER + "?dimension=PRODUCT&asKnownAt=" + month() + "-01T08:00", "treasury"));
        pages.add(Map.entry(Links.ENTRIES, "operator"));
        pages.add(Map.entry(Links.COSTS, "operator"));
        pages.add(Map.entry(Links.COSTS + "?month=2026-01", "treasury"));
        pages.add(Map.entry(Links.PERMITTED, "price"));
        pages.add(Map.entry(Links.RESOURCES + "?q=bus&provider=A2.8&kind=THING&blocked=NO", "bus-group"));
        pages.add(Map.entry(Links.RESOURCE_CHANGES + "?from=2025-01-01&to=" + month() + "-01", "bureau"));
        pages.add(Map.entry(Links.RESOURCE_REVIEW, "bureau"));
        pages.add(Map.entry(Links.RESOURCE_REVIEW, "bus-group"));
        pages.add(Map.entry(Links.DEADLINES, "bureau"));
        pages.add(Map.entry(Links.DEADLINES, "bus-group"));
        pages.add(Map.entry(Links.DEADLINES, "merchant"));
        pages.add(Map.entry(Links.WORKING_DAYS, ""));
        pages.add(Map.entry(Links.RETENTION, "bureau"));
        pages.add(Map.entry(Links.MODEL_DRIFT, "bureau"));
        pages.add(Map.entry(Links.POLICY, ""));
        pages.add(Map.entry(Links.POLICY, "bureau"));
        pages.add(Map.entry(Links.RESOURCE_TABLES, "bureau"));
        pages.add(Map.entry(Links.RESOURCE_TABLES, "housing"));
        pages.add(Map.entry(Links.PERSONAL_REQUESTS, ""));
        pages.add(Map.entry(Links.PERSONAL_CASES, "bureau"));
        pages.add(Map.entry(Links.WORKING_DAYS + "?from=2026-09-30&workingDays=10", "bureau"));
        pages.add(Map.entry(Links.OBJECTIONS, "app-studio"));
        pages.add(Map.entry(Links.objectTo("A2.8.1"), "app-studio"));
        pages.add(Map.entry(Links.NEW_OBJECTION, "bureau"));
        pages.add(Map.entry(Links.NEW_BATCH, "bus-group"));
        pages.add(Map.entry(Links.LOADS, "operator"));
        pages.add(Map.entry(Links.LOADS, "bus-group"));
        pages.add(Map.entry(Links.LOAD_SOURCES, "operator"));
        pages.add(Map.entry(Links.LOAD_SOURCES, "bus-group"));
        pages.add(Map.entry(Links.sandbox("health"), "bureau"));
        pages.add(Map.entry(Links.sandbox("echo"), "operator"));
        pages.add(Map.entry(Links.SHARES, "merchant"));
        pages.add(Map.entry(Links.SHARES, "treasury"));
        pages.add(Map.entry(Links.DECLARED, "merchant"));
        pages.add(Map.entry(Links.DECLARED, "bureau"));
        pages.add(Map.entry(Links.declare("SQL"), "merchant"));
        return pages;
    }

    static Stream<Arguments> pagesInBothLanguages() {
        return pages(house).stream().flatMap(page ->
                Stream.of(Lang.values()).map(lang -> Arguments.of(page.getKey(), page.getValue(), lang)));
    }

    @ParameterizedTest(name = "{0} in {2}")
    @MethodSource("pagesInBothLanguages")
    void everyPageIsWholeInBothLanguages(String path, String person, Lang lang) throws Exception {
        try (PlainBrowser nobody = stranger()) {
            PlainBrowser browser = person.isEmpty() ? nobody : as(person);
            Shown shown = browser.get(path, "Accept-Language", lang.tag());
            assertThat(shown.status()).isEqualTo(path.contains("id=none") ? 404 : 200);
            Document page = shown.page();
            assertThat(page.expectFirst("html").attr("lang")).isEqualTo(lang.tag());
            assertThat(shown.header("Content-Language")).isEqualTo(lang.tag());
            assertThat(page.select("a.lang").attr("href")).contains("lang=" + lang.other().tag());
            assertThat(UNFILLED.matcher(words(page)).results().map(found -> found.group()).toList()).isEmpty();
            assertThat(new HashSet<>(List.of(words(page).split("[\\s\"'<>,;:()]+", -1))))
                    .as("keys of texts").doesNotContainAnyElementsOf(keysOfTexts());
            guarded(shown);
        }
    }

    /** What a page says, aloud or to a screen reader; code samples hold placeholders of their own. */
    private static String words(Document page) {
        Document copy = page.clone();
        copy.select("pre, script").remove();
        StringBuilder words = new StringBuilder(copy.title()).append(' ').append(copy.text());
        for (Element element : copy.select("[aria-label], [title], [placeholder], [alt], [href], [action]")) {
            for (String attribute : List.of("aria-label", "title", "placeholder", "alt", "href", "action")) {
                words.append(' ').append(element.attr(attribute));
            }
        }
        return words.toString().replaceAll("/v1/[^ ]*", ""); // a route's template names its variables in braces
    }

    private static Set<String> keysOfTexts() {
        Set<String> keys = new HashSet<>(PortalTexts.load(Lang.EN).keys());
        keys.removeIf(key -> key.indexOf('.') < 0);
        return keys;
    }

    private static void guarded(Shown shown) {
        assertThat(shown.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(shown.header("Content-Security-Policy")).isEqualTo(PortalHeaders.POLICY)
                .contains("default-src 'none'", "frame-ancestors 'none'").doesNotContain("unsafe");
        assertThat(shown.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(shown.header("Referrer-Policy")).isEqualTo("same-origin");
        assertThat(shown.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
        assertThat(shown.header("Cache-Control")).isEqualTo("no-store");
        assertThat(shown.header("Vary")).contains("Cookie", "Accept-Language");
        assertThat(shown.header("X-Request-Id")).isNotBlank();
        for (String cookie : shown.response().headers().allValues("Set-Cookie")) {
            assertThat(cookie).containsIgnoringCase("; HttpOnly").contains("; SameSite=Lax", "; Path=/");
        }
    }

    @Test
    void theLanguageSwitchIsRememberedAndStaysOnThePage() throws Exception {
        try (PlainBrowser browser = stranger()) {
            String there = browser.get(Links.CATALOGUE + "?q=bus", "Accept-Language", "zh-CN").page().select("a.lang").attr("href");
            assertThat(there).isEqualTo(Links.CATALOGUE + "?q=bus&lang=en");
            Shown english = browser.get(there, "Accept-Language", "zh-CN");
            assertThat(english.page().expectFirst("html").attr("lang")).isEqualTo("en");
            guarded(english);
            assertThat(browser.get(Links.HOME, "Accept-Language", "zh-CN").page().expectFirst("html").attr("lang")).isEqualTo("en");
        }
    }

    @Test
    void everyAddressOfLinksIsKnownToTheseTests() throws Exception {
        Set<String> covered = new HashSet<>(PUBLIC_PAGES);
        pages(house).forEach(page -> covered.add(page.getKey().replaceAll("\\?.*", "")));
        privatePages().forEach(covered::add);
        // Forms.
        covered.addAll(List.of(Links.SIGN_OUT, Links.BUDGET, Links.DRAFT_BATCHES, Links.CATALOGUE_CHANGE, Links.DUNNING, Links.PERSONAL_OUTCOME, Links.ENTRY_REVERSALS, Links.COST_CANCELLATIONS, Links.FINANCE_ORDERS, Links.FINANCE_BANK, Links.FINANCE_LINES));
        covered.addAll(DOCUMENTS);
        covered.addAll(List.of(Links.ASSETS, Links.MAP_STREAM, Links.MAP_STOPS)); // asked below with what follows them
        for (Field link : Links.class.getFields()) {
            if (Modifier.isStatic(link.getModifiers())) {
                assertThat(covered).as(link.getName()).contains((String) link.get(null));
            }
        }
    }

    private static final List<String> DOCUMENTS = List.of(Links.DCAT, Links.FEES_JSON, Links.OPENAPI, Links.OPENAPI_3_0, Links.OPENAPI_MANAGEMENT, Links.MAP_NETWORK,
            Links.MAP_VEHICLES, Links.openApiDocument("transit"), Links.proto("transit"));

    @Test
    void whatPagesLoadAndLinkToIsThere() throws Exception {
        try (PlainBrowser browser = stranger()) {
            Set<String> linked = new HashSet<>(DOCUMENTS);
            for (String path : PUBLIC_PAGES) {
                linked.addAll(addresses(browser.get(path)));
            }
            for (String path : linked) {
                Shown shown = browser.get(path, "Accept", "*/*");
                assertThat(shown.status()).as(path).isEqualTo(path.endsWith("/subscribe") ? 401 : 200);
                assertThat(shown.header("X-Content-Type-Options")).as(path).isEqualTo("nosniff");
            }
            String stop = browser.get(Links.MAP).page().select("#stop option[value]:not([value=\"\"])").getFirst().attr("value");
            assertThat(browser.get(Links.MAP_STOPS + stop + "/arrivals").html()).contains("\"arrivals\"");
            assertThat(browser.get(Links.mapStop(stop).replace("#arrivals", "")).page().select("#arrivals-list h3").text()).isNotBlank();
        }
        for (Map.Entry<String, String> page : pages(house)) {
            for (String path : page.getValue().isEmpty() ? Set.<String>of() : addresses(as(page.getValue()).get(page.getKey()))) {
                Shown shown = as(page.getValue()).get(path, "Accept", "*/*");
                assertThat(shown.status()).as(path).isIn(200, 303);
            }
        }
    }

    private static Set<String> addresses(Shown shown) {
        Set<String> addresses = new HashSet<>();
        for (Element element : shown.page().select("a[href^=/], link[href^=/], script[src^=/], img[src^=/]")) {
            addresses.add((element.attr("href") + element.attr("src")).replaceAll("#.*", ""));
        }
        addresses.removeIf(address -> address.contains("lang=")); // it would change the language of this session
        return addresses;
    }

    /* Hostile input */

    private static final String SCRIPT = "\"><script>hostile()</script>";
    private static final List<String> HOSTILE = List.of("", SCRIPT, "x".repeat(70_000), "a\u0000b", "\u202e\u200b", "';DROP TABLE market.person;--", "🚌".repeat(300));

    /** Every field of the sign-up form, with the credit code wrong besides, so that nobody joins. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"organisation", "organisationEn", "uscc", "name", "signInName", "password"})
    void aHostileSignUpIsAnsweredWithTheFormOrAPage(String field) throws Exception {
        try (PlainBrowser browser = stranger()) {
            for (String value : List.of(SCRIPT, "x".repeat(70_000), "a\u0000b")) {
                Map<String, String> fields = newOrganisation();
                fields.put("uscc", "914208007070707070");
                fields.put(field, value);
                Shown refused = browser.send(Links.SIGN_UP, Links.SIGN_UP, fields);
                refusedInput(refused, value);
            }
        }
    }

    @Test
    void aCreditCodeThatFailsItsCheckIsSaidAtItsField() throws Exception {
        try (PlainBrowser browser = stranger()) {
            for (String code : List.of("914208007070707070", "", "91420800", "I".repeat(18))) {
                Map<String, String> fields = newOrganisation();
                fields.put("uscc", code);
                Shown refused = browser.send(Links.SIGN_UP, Links.SIGN_UP, fields);
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.page().select("#uscc-error").text()).isNotBlank();
                assertThat(refused.page().select("#uscc").attr("aria-invalid")).isEqualTo("true");
                assertThat(refused.page().select("#organisation").attr("value")).isEqualTo(fields.get("organisation"));
                assertThat(refused.html()).doesNotContain(PASSWORD);
            }
        }
    }

    @Test
    void aHostileSignInIsAnsweredWithTheFormOrAPage() throws Exception {
        try (PlainBrowser browser = stranger()) {
            for (String value : List.of(SCRIPT, "x".repeat(70_000), "a\u0000b")) {
                refusedInput(browser.send(Links.SIGN_IN, Links.SIGN_IN, Map.of("signInName", value, "password", value)), value);
            }
        }
    }

    @Test
    void hostileFormsOfSignedInPeopleAreAnsweredWithTheFormOrAPage() throws Exception {
        PlainBrowser studio = as("app-studio");
        PlainBrowser bureau = as("bureau");
        UUID id = UUID.randomUUID();
        for (String value : HOSTILE) {
            refusedInput(studio.send(Links.subscribe("echo"), Links.subscribe("echo"), Map.of("plan", value, "statement", STATEMENT)), value);
            refusedInput(studio.send(Links.subscribe("echo"), Links.subscribe("echo"), Map.of("plan", "echo-paid", "statement", value)), value);
            refusedInput(studio.send(keysOfStudio, keysOfStudio, Map.of("keyId", value, "kind", "test")), value);
            String csrf = csrf(bureau, Links.HOME);
            refusedInput(bureau.post(Links.decide(id), Map.of("csrf", csrf, "decision", value, "reason", "because")), value);
            refusedInput(bureau.post(Links.decide(id), Map.of("csrf", csrf, "decision", "APPROVED", "reason", value)), value);
        }
    }

    @Test
    void hostileTriesAreAnsweredAsACallWouldBe() throws Exception {
        PlainBrowser studio = as("app-studio");
        String keys = Links.keys(house.market.subscriptionOf("app-studio", "transit-standard").id());
        String key = studio.send(keys, keys, Map.of("kind", "test")).page().select("#issued-key").text();
        for (String value : HOSTILE) {
            for (Map<String, String> input : List.of(
                    Map.of("operation", "GetVehicle", "in.vehicleId", value),
                    Map.of("operation", "ListStops", "in.name", value, "in.pageSize", value),
                    Map.of("operation", "ListArrivals", "in.stopId", value, "in.limit", "-1"),
                    Map.of("operation", value))) {
                Map<String, String> fields = new LinkedHashMap<>(input);
                fields.put("key", key);
                fields.put("csrf", csrf(studio, Links.HOME));
                Shown shown = studio.post(Links.tryIt("transit"), fields);
                assertThat(shown.status()).as(input.toString()).isLessThan(500);
                assertThat(shown.html()).doesNotContain("<script>hostile");
                String answered = shown.page().select("#try-answer .badge").text();
                assertThat(answered.isEmpty() ? 0 : Integer.parseInt(answered)).as(input.toString()).isLessThan(500);
            }
            Shown badKey = studio.post(Links.tryIt("transit"), Map.of("csrf", csrf(studio, Links.HOME), "operation", "ListRoutes", "key", "js_test_" + value));
            refusedInput(badKey, value);
        }
    }

    private static void refusedInput(Shown shown, String value) {
        assertThat(shown.status()).as(shown.heading()).isBetween(200, 499);
        assertThat(shown.status()).as(shown.heading()).isNotEqualTo(303);
        assertThat(shown.html()).doesNotContain("<script>hostile");
        assertThat(shown.page().select("h1").text()).isNotBlank();
        assertThat(shown.page().select("script:not([src])")).isEmpty();
        if (value.indexOf('\0') >= 0) {
            assertThat(shown.status()).isEqualTo(400);
            errorPage(shown);
        }
        guarded(shown);
    }

    /** What an error page says besides its sentence: the number to quote, and it is the one in the header. */
    private static void errorPage(Shown shown) {
        assertThat(shown.page().select(".status-number").text()).isEqualTo(Integer.toString(shown.status()));
        assertThat(shown.page().select(".error-page code").text()).isEqualTo(shown.header("X-Request-Id"));
    }

    static Stream<Arguments> brokenAddresses() {
        return Stream.of("/nowhere", "/products/none", "/products/%00", "/products/..%2f..%2fetc", "/products/none/openapi",
                        "/products/transit/contract.proto?file=../../application.yml", "/map?stop=%00", "/map?stop=none",
                        "/subscriptions/no-uuid/keys", "/subscriptions/1-1-1-1-1/keys", "/subscriptions/%00/keys", "/events/no-uuid",
                        "/resources/none", "/resources/%00", "/resources/A2.99.1", "/resources/..%2f..%2fetc",
                        "/events/%27%3B--", "/statements/2026-13", "/statements/9999999999-01", "/statements/x", "/statements/x/lines.csv")
                .map(path -> Arguments.of(path, 404));
    }

    @ParameterizedTest
    @MethodSource("brokenAddresses")
    void anAddressThatIsNoneIsAPageForPeopleAndAProblemForPrograms(String path, int status) throws Exception {
        PlainBrowser studio = as("app-studio");
        Shown shown = studio.get(path, "X-Request-Id", "01936f5e-0000-7000-8000-000000000001");
        assertThat(shown.status()).isEqualTo(status);
        errorPage(shown);
        guarded(shown);
        Shown program = studio.get(path, "Accept", "*/*");
        assertThat(program.status()).isEqualTo(status);
        assertThat(program.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(program.html()).contains("\"code\":\"N", "\"requestId\":\"" + program.header("X-Request-Id") + "\"", "\"titleZh\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/usage?from=-999999999-01-01&to=%2B999999999-12-31", "/usage?from=%2B999999999-12-31&to=%2B999999999-12-31&step=DAY",
        "/usage?from=x&to=y&step=z&by=q", "/usage?from=2026-11-23&to=2026-11-01", "/usage.csv?from=-999999999-01-01&step=DAY",
        "/resources?q=%00&provider=x&kind=y&blocked=z", "/resources?q=%22%3E%3Cscript%3Ehostile()%3C/script%3E", "/resources/changes?from=x&to=%2B999999999-12-31",
        "/catalogue?q=%00&purpose=x", "/catalogue?q=%22%3E%3Cscript%3Ehostile()%3C/script%3E", "/products/transit?operation=%00",
        "/?lang=%3Cscript%3E&done=x",
    })
    void aQueryThatMeansNothingIsPassedOver(String path) throws Exception {
        Shown shown = as("app-studio").get(path);
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.html()).doesNotContain("<script>hostile");
    }
}

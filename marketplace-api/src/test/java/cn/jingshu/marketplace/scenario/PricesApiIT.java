package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.subscription.Subscription;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prices proposed by one and signed by another, subscriptions and parties stopped and ended: who may, what the gate then
 * answers, that each decision is about the version that was read, and that it is logged once.
 */
class PricesApiIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String BOOK = "/v1/library/books/b1";
    private static final String SIGNED = "{\"citation\":\"价格会签 9 号\"}";
    private static final String BECAUSE = "{\"reason\":\"核实\"}";

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static Desk bureau;
    private static Desk operator;
    private static Desk priceOffice;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of());
        market = new Market(node);
        market.sellLibrary("2", "1.5");
        rest = new RestCaller(node.httpPort());
        bureau = desk("bureau");
        operator = desk("operator");
        priceOffice = desk("price");
    }

    @AfterAll
    static void close() throws Exception {
        rest.close();
        node.close();
    }

    private static Desk desk(String who) {
        return Desk.of(node, rest, who);
    }

    private static String ceiling(String fen, Instant from) {
        return """
                {"kind":"CEILING","product":"library","fenPerUnit":"%s","effectiveFrom":"%s","citation":"局价格决定 3 号"}
                """.formatted(fen, from);
    }

    private static String price(String fen, Instant from) {
        return """
                {"kind":"PRICE","product":"library","purpose":"INDUSTRY","fenPerUnit":"%s","effectiveFrom":"%s",
                 "citation":"运营价格方案 4 号"}
                """.formatted(fen, from);
    }

    private static String fresh() {
        return "/api/price-proposals/" + UUID.randomUUID();
    }

    private static Instant later() {
        return Instant.now().plus(Duration.ofDays(1)).plusNanos((long) (Math.random() * 1e12));
    }

    private static Instant shortly() {
        return Instant.now().plusMillis(500);
    }

    private static String enter(Desk who, String path, String body) throws Exception {
        Desk.Answer entered = who.send("PUT", path, body);
        assertThat(entered.status()).as(entered.text()).isEqualTo(201);
        assertThat(entered.etag()).isNotEmpty();
        return entered.etag();
    }

    private static Desk.Answer sign(Desk who, String path, String etag) throws Exception {
        return who.send("POST", path + "/signature", SIGNED, "If-Match", etag);
    }

    private static long logged(String action, String subject) {
        return node.get(Database.class).inTransaction(t -> t.find("""
                SELECT count(*) AS n FROM market.audit_log WHERE action = ? AND subject_id = ?
                """, row -> row.number("n"), action, subject)).orElseThrow();
    }

    private static String id(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String liveKey() throws Exception {
        String key = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        Until.holds(SOON, () -> rest.get(BOOK, key).status(), status -> status == 200);
        return key;
    }

    @Test
    void whatIsSignedIsEnforcedFromItsDateOn() throws Exception {
        String key = liveKey();
        String lower = fresh();
        assertThat(sign(priceOffice, lower, enter(bureau, lower, ceiling("1", shortly()))).json().path("status").asText())
                .isEqualTo("SIGNED");
        Until.holds(SOON, () -> rest.get(BOOK, key).text(), text -> text.contains("NO_LAWFUL_PRICE"));
        String cheaper = fresh();
        assertThat(sign(bureau, cheaper, enter(operator, cheaper, price("0.8", shortly()))).status()).isEqualTo(200);
        Until.holds(SOON, () -> rest.get(BOOK, key).status(), status -> status == 200);
        assertThat(desk("app-studio").get("/api/prices/library").json().path("prices")).anySatisfy(each -> {
            assertThat(each.path("id").asText()).isEqualTo(id(cheaper));
            assertThat(each.path("fenPerUnit").asText()).isEqualTo("0.8");
        });
        assertThat(logged("price.propose", id(cheaper))).isEqualTo(1);
        assertThat(logged("price.sign", id(cheaper))).isEqualTo(1);
        assertThat(logged("price.publish", id(cheaper))).isEqualTo(1);
        assertThat(logged("price.ceiling", id(lower))).isEqualTo(1);
        String higher = fresh(); // as before, for the other tests
        sign(priceOffice, higher, enter(bureau, higher, ceiling("2", shortly())));
        Until.holds(SOON, () -> bureau.get("/api/prices/library").json().path("ceilings").size(), size -> size >= 3);
    }

    @Test
    void aPriceAboveItsCeilingIsNotSigned() throws Exception {
        String path = fresh();
        String etag = enter(operator, path, price("2.000001", later()));
        Desk.Answer refused = sign(bureau, path, etag);
        assertThat(refused.code()).isEqualTo("RULE_BROKEN");
        assertThat(refused.text()).contains("2.000001 fen", "ceiling 2 fen", "发改价格〔2025〕65号");
        assertThat(bureau.get(path).json().path("status").asText()).isEqualTo("OPEN");
        assertThat(logged("price.sign", id(path))).isZero();
    }

    @Test
    void whoProposesDoesNotSignAndOnlyTheRightOfficesDoEither() throws Exception {
        String own = fresh();
        String etag = enter(bureau, own, ceiling("3", later()));
        assertThat(sign(bureau, own, etag).code()).isEqualTo("FORBIDDEN");
        assertThat(sign(operator, own, etag).code()).isEqualTo("FORBIDDEN");
        assertThat(bureau.send("POST", own + "/refusal", BECAUSE).code()).isEqualTo("FORBIDDEN");
        Desk colleague = Desk.hired(node, rest, market.person("bureau"), Role.REGULATOR);
        assertThat(sign(colleague, own, etag).status()).isEqualTo(200);
        assertThat(operator.send("PUT", fresh(), ceiling("3", later())).code()).isEqualTo("FORBIDDEN");
        assertThat(priceOffice.send("PUT", fresh(), ceiling("3", later())).code()).isEqualTo("FORBIDDEN");
        assertThat(bureau.send("PUT", fresh(), price("1", later())).code()).isEqualTo("FORBIDDEN");
        assertThat(desk("bank").send("PUT", fresh(), price("1", later())).code()).isEqualTo("FORBIDDEN");
    }

    @Test
    void theDatabaseItselfTakesNoSignatureOfTheProposer() throws Exception {
        String path = fresh();
        enter(operator, path, price("1", later()));
        Assertions.assertThatThrownBy(() -> node.get(Database.class).inTransaction(t -> t.change("""
                UPDATE market.price_proposal
                   SET status = 'SIGNED', decided_by = proposed_by, decided_at = now(), ground = 'x'
                 WHERE id = CAST(? AS uuid)
                """, id(path)))).isInstanceOfSatisfying(DatabaseException.class,
                        refused -> assertThat(refused.violates("price_proposal_signed_by_another")).isTrue());
    }

    @Test
    void oneSignsWhatOneHasRead() throws Exception {
        String path = fresh();
        Instant from = later();
        String read = enter(operator, path, price("1", from));
        assertThat(bureau.send("POST", path + "/signature", SIGNED).code()).isEqualTo("VERSION_NOT_STATED");
        assertThat(operator.send("PUT", path, price("1.9", from)).status()).isEqualTo(428);
        Desk.Answer amended = operator.send("PUT", path, price("1.9", from), "If-Match", read);
        assertThat(amended.status()).isEqualTo(200);
        assertThat(amended.json().path("fenPerUnit").asText()).isEqualTo("1.9");
        Desk.Answer stale = sign(bureau, path, read);
        assertThat(stale.code()).isEqualTo("VERSION_STALE");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(sign(bureau, path, "W/" + amended.etag()).status()).isEqualTo(412);
        assertThat(sign(bureau, path, amended.etag()).status()).isEqualTo(200);
        assertThat(operator.send("PUT", path, price("1.8", from), "If-Match", bureau.get(path).etag()).code()).isEqualTo("CONFLICT");
        assertThat(operator.send("PUT", fresh(), price("1", from), "If-Match", read).status()).isEqualTo(412);
    }

    @Test
    void aProposalIsRefusedOrTakenBackOnce() throws Exception {
        String refused = fresh();
        enter(operator, refused, price("1", later()));
        Desk.Answer answer = bureau.send("POST", refused + "/refusal", BECAUSE);
        assertThat(answer.json().path("status").asText()).isEqualTo("REFUSED");
        assertThat(answer.json().path("ground").asText()).isEqualTo("核实");
        assertThat(sign(bureau, refused, answer.etag()).code()).isEqualTo("CONFLICT");
        String withdrawn = fresh();
        enter(operator, withdrawn, price("1", later()));
        assertThat(bureau.send("POST", withdrawn + "/withdrawal", BECAUSE).code()).isEqualTo("FORBIDDEN");
        assertThat(operator.send("POST", withdrawn + "/withdrawal", BECAUSE).json().path("status").asText())
                .isEqualTo("WITHDRAWN");
        assertThat(bureau.send("POST", fresh() + "/refusal", BECAUSE).status()).isEqualTo(404);
        assertThat(bureau.get("/api/price-proposals?status=REFUSED").json().path("proposals"))
                .anySatisfy(each -> assertThat(each.path("id").asText()).isEqualTo(id(refused)))
                .allSatisfy(each -> assertThat(each.path("status").asText()).isEqualTo("REFUSED"));
    }

    @Test
    void theSameProposalAgainChangesNothing() throws Exception {
        String path = fresh();
        String body = price("1", later());
        String etag = enter(operator, path, body);
        Desk.Answer again = operator.send("PUT", path, body);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.etag()).isEqualTo(etag);
        assertThat(logged("price.propose", id(path))).isEqualTo(1);
    }

    @Test
    void twoPricesDoNotBeginAtTheSameMoment() throws Exception {
        Instant from = later();
        String first = fresh();
        String second = fresh();
        sign(bureau, first, enter(operator, first, price("1", from)));
        assertThat(sign(bureau, second, enter(operator, second, price("1.1", from))).code()).isEqualTo("CONFLICT");
    }

    @Test
    void aDateThatPassesBeforeTheSignatureIsSignedNoMore() throws Exception {
        String path = fresh();
        Instant soon = Instant.now().plusMillis(300);
        String etag = enter(operator, path, price("1", soon));
        Until.holds(SOON, Instant::now, now -> now.isAfter(soon));
        assertThat(sign(bureau, path, etag).text()).contains("RULE_BROKEN", "effective from");
        assertThat(operator.send("PUT", fresh(), price("1", Instant.now().minusSeconds(1))).code()).isEqualTo("RULE_BROKEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"kind\":\"PRICE\",\"product\":\"library\",\"fenPerUnit\":\"1\",\"effectiveFrom\":\"2099-01-01T00:00:00Z\",\"citation\":\"x\"}",
        "{\"kind\":\"PRICE\",\"product\":\"library\",\"purpose\":\"INDUSTRY\",\"fenPerUnit\":\"1\",\"effectiveFrom\":\"2099-01-01T00:00:00Z\"}",
        "{\"kind\":\"PRICE\",\"product\":\"library\",\"purpose\":\"INDUSTRY\",\"fenPerUnit\":\"-1\",\"effectiveFrom\":\"2099-01-01T00:00:00Z\",\"citation\":\"x\"}",
        "{\"kind\":\"PRICE\",\"product\":\"library\",\"purpose\":\"INDUSTRY\",\"fenPerUnit\":\"0.0000001\",\"effectiveFrom\":\"2099-01-01T00:00:00Z\",\"citation\":\"x\"}",
        "{\"kind\":\"PRICE\",\"product\":\"library\",\"purpose\":\"INDUSTRY\",\"fenPerUnit\":\"1e999999\",\"effectiveFrom\":\"2099-01-01T00:00:00Z\",\"citation\":\"x\"}",
        "{\"kind\":\"PRICE\",\"product\":\"library\",\"purpose\":\"INDUSTRY\",\"fenPerUnit\":\"two\",\"effectiveFrom\":\"2099-01-01T00:00:00Z\",\"citation\":\"x\"}"})
    void whatIsNoPriceIsRefusedAsARequest(String body) throws Exception {
        assertThat(operator.send("PUT", fresh(), body).code()).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void aPriceIsForSomethingThatIsThere() throws Exception {
        assertThat(operator.send("PUT", fresh(), price("1", later()).replace("library", "nothing")).code()).isEqualTo("RULE_BROKEN");
        assertThat(operator.send("PUT", fresh(), price("1", later()).replace("\"library\"", "\"library\",\"operation\":\"Fly\""))
                .code()).isEqualTo("RULE_BROKEN");
        assertThat(operator.send("PUT", fresh(), price("1", later()).replace("INDUSTRY", "PUBLIC_INTEREST")).text())
                .contains("RULE_BROKEN", "free of charge");
        String one = fresh();
        enter(operator, one, price("1", later()).replace("\"library\"", "\"library\",\"operation\":\"GetBook\""));
    }

    @Test
    void aSubscriptionIsStoppedResumedAndEnded() throws Exception {
        Subscription subscription = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE);
        String key = market.key(subscription);
        Until.holds(SOON, () -> rest.get(BOOK, key).status(), status -> status == 200);
        String path = "/api/subscriptions/" + subscription.id();
        assertThat(operator.send("POST", path + "/suspension", BECAUSE).code()).isEqualTo("FORBIDDEN");
        String before = bureau.get(path).etag();
        Desk.Answer suspended = bureau.send("POST", path + "/suspension", BECAUSE, "If-Match", before);
        assertThat(suspended.json().path("status").asText()).isEqualTo("SUSPENDED");
        Until.holds(SOON, () -> rest.get(BOOK, key).text(), text -> text.contains("SUBSCRIPTION_NOT_ACTIVE"));
        assertThat(bureau.send("POST", path + "/resumption", BECAUSE, "If-Match", before).code()).isEqualTo("VERSION_STALE");
        assertThat(bureau.send("POST", path + "/suspension", BECAUSE).status()).isEqualTo(200);
        assertThat(logged("subscription.suspend", subscription.id().toString())).isEqualTo(1);
        assertThat(bureau.send("POST", path + "/resumption", BECAUSE, "If-Match", suspended.etag()).status()).isEqualTo(200);
        Until.holds(SOON, () -> rest.get(BOOK, key).status(), status -> status == 200);
        assertThat(desk("institute").get(path).status()).isEqualTo(404);
        assertThat(desk("institute").send("POST", path + "/termination", BECAUSE).status()).isEqualTo(404);
        assertThat(desk("bank").send("POST", path + "/termination", BECAUSE).json().path("status").asText()).isEqualTo("ENDED");
        assertThat(bureau.send("POST", path + "/resumption", BECAUSE).code()).isEqualTo("CONFLICT");
        Until.holds(SOON, () -> rest.get(BOOK, key).text(), text -> text.contains("SUBSCRIPTION_NOT_ACTIVE"));
    }

    @Test
    void anOrganisationThatLeavesDoesNotComeBack() throws Exception {
        Subscription subscription = market.subscribe("institute", "library", Purpose.INDUSTRY, 1_000, Market.WIDE);
        String key = market.key(subscription);
        Until.holds(SOON, () -> rest.get(BOOK, key).status(), status -> status == 200);
        String path = "/api/organisations/" + subscription.organisationId();
        String read = bureau.get(path).etag();
        assertThat(bureau.send("POST", path + "/suspension", BECAUSE, "If-Match", read).status()).isEqualTo(200);
        assertThat(bureau.send("POST", path + "/termination", BECAUSE, "If-Match", read).code()).isEqualTo("VERSION_STALE");
        assertThat(operator.send("POST", path + "/termination", BECAUSE).code()).isEqualTo("FORBIDDEN");
        Desk.Answer ended = bureau.send("POST", path + "/termination", BECAUSE);
        assertThat(ended.json().path("status").asText()).isEqualTo("ENDED");
        Until.holds(SOON, () -> rest.get(BOOK, key).text(), text -> text.contains("ORGANISATION_SUSPENDED"));
        assertThat(bureau.send("POST", path + "/resumption", BECAUSE).code()).isEqualTo("CONFLICT");
        assertThat(bureau.send("POST", path + "/suspension", BECAUSE).code()).isEqualTo("CONFLICT");
        assertThat(bureau.send("POST", path + "/termination", BECAUSE).status()).isEqualTo(200);
        assertThat(logged("organisation.end", subscription.organisationId().toString())).isEqualTo(1);
        String own = "/api/organisations/" + market.person("bureau").organisationId();
        assertThat(bureau.send("POST", own + "/termination", BECAUSE).code()).isEqualTo("FORBIDDEN");
    }

    @Test
    void peopleOfASuspendedOrganisationReadButDecideNothing() throws Exception {
        String path = "/api/organisations/" + market.person("operator").organisationId();
        String open = fresh();
        enter(operator, open, price("1", later()));
        assertThat(bureau.send("POST", path + "/suspension", BECAUSE).status()).isEqualTo(200);
        try {
            String refused = fresh();
            Desk.Answer answer = operator.send("PUT", refused, price("1", later()));
            assertThat(answer.code()).isEqualTo("FORBIDDEN");
            assertThat(answer.text()).contains("已被暂停");
            assertThat(bureau.get(refused).status()).as("nothing stands of it").isEqualTo(404);
            assertThat(operator.get(open).status()).isEqualTo(200);
            assertThat(operator.send("POST", open + "/withdrawal", BECAUSE).json().path("status").asText())
                    .as("what is taken back").isEqualTo("WITHDRAWN");
        } finally {
            assertThat(bureau.send("POST", path + "/resumption", BECAUSE).status()).isEqualTo(200);
        }
        enter(operator, fresh(), price("1", later()));
    }

    @ParameterizedTest
    @CsvSource({"authorisations", "scenarios", "registrations", "provider-grants", "agreements"})
    void everyFactIsDecidedAboutAsItWasRead(String facts) throws Exception {
        String id = bureau.get("/api/" + facts).json().path(facts.equals("provider-grants") ? "grants" : facts).get(0)
                .path("id").asText();
        String path = "/api/" + facts + "/" + id;
        String step = facts.equals("agreements") ? "/termination" : "/suspension";
        assertThat(bureau.get(path).etag()).matches("\"\\d+\"");
        assertThat(bureau.send("POST", path + step, BECAUSE, "If-Match", "\"0\"").status()).isEqualTo(412);
        assertThat(bureau.get(path).json().path("suspendedAt").isTextual()).isFalse();
        assertThat(bureau.send("POST", path + step, BECAUSE, "If-Match", "\"0\", W/\"1\"").code()).isEqualTo("VERSION_STALE");
    }
}

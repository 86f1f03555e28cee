package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.SeedMarket;
import cn.jingshu.marketplace.gate.ScopeAlerts;
import cn.jingshu.marketplace.party.SignIn;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.products.identifier.Uscc;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoints of every fact: who may, what is kept, what repeating does, and that each decision is logged once. */
class FactsApiIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> COOKIES = new HashMap<>();

    private static SharedNode house;
    private static String from;
    private static String to;

    @BeforeAll
    static void open() throws Exception {
        house = SharedNode.get();
        from = Instant.now().minusSeconds(60).toString();
        to = Instant.now().plus(Duration.ofDays(100)).toString();
    }

    /** An answer with its body. */
    private record Answer(int status, JsonNode body) {
        String code() {
            return body.path("code").asText();
        }

        String text(String field) {
            return body.path(field).asText();
        }
    }

    private static Answer send(String who, String verb, String path, @Nullable String body) throws Exception {
        String cookie = COOKIES.computeIfAbsent(who, name -> {
            SignIn.Outcome in = house.node.get(SignIn.class).signIn(name, SeedMarket.DEMO_PASSWORD.toCharArray());
            return "jingshu_session=" + ((SignIn.Outcome.SignedIn) in).token().value();
        });
        RestCaller.Reply reply = house.rest.send(verb, path, null,
                body == null ? null : java.net.http.HttpRequest.BodyPublishers.ofString(body),
                "Cookie", cookie, "Content-Type", "application/json");
        return new Answer(reply.status(), JSON.readTree(reply.text().isEmpty() ? "{}" : reply.text()));
    }

    private static Answer get(String who, String path) throws Exception {
        return send(who, "GET", path, null);
    }

    private static Answer put(String who, String path, String body) throws Exception {
        return send(who, "PUT", path, body);
    }

    private static Answer post(String who, String path, String body) throws Exception {
        return send(who, "POST", path, body);
    }

    private static String because(String reason) {
        return "{\"reason\":\"" + reason + "\"}";
    }

    private static final String MINUTES = "{\"citation\":\"会议纪要 7 号\"}";

    private static long logged(String action, UUID subject) {
        return house.node.get(Database.class).inTransaction(t -> t.find("""
                SELECT count(*) AS n FROM market.audit_log WHERE action = ? AND subject_id = ?
                """, row -> row.number("n"), action, subject.toString())).orElseThrow();
    }

    private static String scenario(String code) {
        return """
                {"code":"%s","nameZh":"测试","nameEn":"Test","description":"test","source":"BOTTOM_UP","stage":"PILOT",
                 "products":["library"],"purposes":["INDUSTRY"],"startsAt":"%s","endsAt":"%s"}
                """.formatted(code, from, to);
    }

    private static String code() {
        return "s-" + UUID.randomUUID();
    }

    @Test
    void aScenarioIsEnteredByOneAndPassedByAnother() throws Exception {
        UUID id = UUID.randomUUID();
        String path = "/api/scenarios/" + id;
        String body = scenario(code());
        assertThat(put("operator", path, body).status()).isEqualTo(201);
        assertThat(put("operator", path, body).status()).isEqualTo(200);
        assertThat(put("operator", path, scenario(code())).code()).isEqualTo("CONFLICT");
        assertThat(logged("scenario.register", id)).isEqualTo(1);
        assertThat(post("operator", path + "/approval", MINUTES).code()).isEqualTo("FORBIDDEN");
        assertThat(post("bureau", path + "/approval", "{}").code()).isEqualTo("INVALID_REQUEST");
        Answer approved = post("bureau", path + "/approval", MINUTES);
        assertThat(approved.status()).isEqualTo(200);
        assertThat(approved.body().path("standing").path("approvalCitation").asText()).isEqualTo("会议纪要 7 号");
        assertThat(post("bureau", path + "/approval", MINUTES).status()).isEqualTo(200);
        assertThat(logged("scenario.approve", id)).isEqualTo(1);
        assertThat(post("bureau", path + "/suspension", because("test")).body().path("standing").path("suspendedAt").isNull())
                .isFalse();
        assertThat(post("bureau", path + "/resumption", because("test")).body().path("standing").path("suspendedAt").asText(""))
                .isIn("", "null");
        assertThat(post("bureau", path + "/termination", because("test")).status()).isEqualTo(200);
        assertThat(post("bureau", path + "/resumption", because("test")).code()).isEqualTo("CONFLICT");
        assertThat(logged("scenario.end", id)).isEqualTo(1);
    }

    @Test
    void whoEntersAScenarioDoesNotPassIt() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(put("bureau", "/api/scenarios/" + id, scenario(code())).status()).isEqualTo(201);
        assertThat(post("bureau", "/api/scenarios/" + id + "/approval", MINUTES).code()).isEqualTo("FORBIDDEN");
    }

    @Test
    void pagesHoldEachScenarioOnce() throws Exception {
        for (int i = 0; i < 5; i++) {
            put("operator", "/api/scenarios/" + UUID.randomUUID(), scenario(code()));
        }
        List<String> seen = new java.util.ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            Answer page = get("app-studio", "/api/scenarios?limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.body().path("scenarios").forEach(each -> seen.add(each.path("id").asText()));
            cursor = page.body().path("nextCursor").isTextual() ? page.text("nextCursor") : null;
        }
        assertThat(seen).hasSizeGreaterThanOrEqualTo(9).doesNotHaveDuplicates();
        assertThat(get("app-studio", "/api/scenarios?cursor=x").status()).isEqualTo(400);
        assertThat(get("app-studio", "/api/scenarios?limit=0").status()).isEqualTo(400);
    }

    private static final String COMPANY = """
            {"uscc":"%s","nameZh":"%s","nameEn":"Entered Company","kinds":[%s],"verifiedBy":%s,"reason":"营业执照更名"}
            """;

    /** A code nobody has, with right check characters. */
    private static String uscc() {
        Random random = new Random();
        while (true) {
            String body = "91420800MA" + Integer.toString(random.nextInt(1_000_000, 9_999_999)).substring(0, 7);
            for (char check : "0123456789ABCDEFGHJKLMNPQRTUWXY".toCharArray()) {
                if (Uscc.parse(body + check).isPresent()) {
                    return body + check;
                }
            }
        }
    }

    private static RestCaller.Reply putSeen(String who, String path, String seen, String body) throws Exception {
        get(who, path); // signs in
        return house.rest.send("PUT", path, null, java.net.http.HttpRequest.BodyPublishers.ofString(body),
                "Cookie", Objects.requireNonNull(COOKIES.get(who)), "Content-Type", "application/json", "If-Match", seen);
    }

    @Test
    void anOrganisationIsEnteredOnceAndCorrectedByWhoHasSeenIt() throws Exception {
        UUID id = UUID.randomUUID();
        String path = "/api/organisations/" + id;
        String uscc = uscc();
        String body = COMPANY.formatted(uscc, "甲公司", "\"CONSUMER\"", "null");
        assertThat(put("bank", path, body).code()).isEqualTo("FORBIDDEN");
        assertThat(put("operator", path, body.replace(uscc, uscc.substring(0, 17) + (uscc.endsWith("0") ? "1" : "0"))).code()).as("check characters").isEqualTo("INVALID_REQUEST");
        assertThat(put("operator", path, COMPANY.formatted(uscc, " ", "\"CONSUMER\"", "null")).code()).isEqualTo("INVALID_REQUEST");
        assertThat(put("operator", path, COMPANY.formatted(uscc, "甲公司", "", "null")).code()).isEqualTo("INVALID_REQUEST");
        assertThat(put("operator", path, COMPANY.formatted(uscc, "甲公司", "\"PROVIDER\"", "null")).code()).as("the bureau's to enter")
                .isEqualTo("FORBIDDEN");
        assertThat(put("operator", path, body).status()).isEqualTo(201);
        assertThat(put("operator", path, body).status()).isEqualTo(200);
        assertThat(logged("organisation.add", id)).isEqualTo(1);
        assertThat(put("operator", "/api/organisations/" + UUID.randomUUID(), body).code()).as("the code is another's").isEqualTo("CONFLICT");

        String renamed = COMPANY.formatted(uscc, "乙公司", "\"CONSUMER\",\"MERCHANT\"", "\"DOCUMENT\"");
        assertThat(put("operator", path, renamed).code()).as("nothing is overwritten unseen").isEqualTo("VERSION_NOT_STATED");
        assertThat(Desk.json(putSeen("operator", path, "\"1\"", renamed)).path("code").asText()).isEqualTo("VERSION_STALE");
        String tag = house.rest.send("GET", path, null, null, "Cookie", Objects.requireNonNull(COOKIES.get("operator"))).header("ETag");
        RestCaller.Reply corrected = putSeen("operator", path, tag, renamed);
        assertThat(corrected.status()).as(corrected.text()).isEqualTo(200);
        assertThat(Desk.json(corrected).path("nameZh").asText()).isEqualTo("乙公司");
        assertThat(Desk.json(corrected).path("verifiedBy").asText()).isEqualTo("DOCUMENT");
        assertThat(Desk.json(corrected).path("status").asText()).isEqualTo("ACTIVE");
        assertThat(logged("organisation.correct", id)).isEqualTo(1);
        String now = corrected.header("ETag");
        assertThat(putSeen("operator", path, now, renamed).status()).as("it is so already").isEqualTo(200);
        assertThat(Desk.json(putSeen("operator", path, now, body)).path("code").asText()).as("a part is not taken away").isEqualTo("RULE_BROKEN");
        assertThat(logged("organisation.correct", id)).isEqualTo(1);
        UUID bureau = house.market.person("bureau").organisationId();
        assertThat(put("bureau", "/api/organisations/" + bureau, body).code()).as("nobody corrects its own").isEqualTo("FORBIDDEN");
        assertThat(post("bureau", path + "/termination", because("test")).status()).isEqualTo(200);
        assertThat(Desk.json(putSeen("operator", path, "*", renamed.replace("乙", "丙"))).path("code").asText()).isEqualTo("CONFLICT");
    }

    @Test
    void anAgreementOfMoreThanFiveYearsCitesItsException() throws Exception {
        UUID id = UUID.randomUUID();
        String agreement = """
                {"organisationId":"%s","kind":"MERCHANT","startsOn":"%s","endsOn":"%s","citation":"协议 1 号"%s}
                """;
        LocalDate starts = LocalDate.now(BillingPeriod.ZONE);
        UUID merchant = house.market.person("merchant").organisationId();
        String tooLong = agreement.formatted(merchant, starts, starts.plusYears(5).plusDays(1), "");
        assertThat(put("operator", "/api/agreements/" + id, tooLong).code()).isEqualTo("RULE_BROKEN");
        assertThat(put("operator", "/api/agreements/" + id, tooLong).status()).isEqualTo(422);
        assertThat(put("merchant", "/api/agreements/" + id, tooLong).code()).isEqualTo("FORBIDDEN"); // who may not is not told what is wrong
        String excepted = agreement.formatted(
                merchant, starts, starts.plusYears(6), ",\"exceptionCitation\":\"市政府专题会议纪要 3 号\"");
        assertThat(put("merchant", "/api/agreements/" + id, excepted).code()).isEqualTo("FORBIDDEN");
        assertThat(put("operator", "/api/agreements/" + id, excepted).status()).isEqualTo(201);
        assertThat(get("bureau", "/api/agreements/" + id).text("exceptionCitation")).contains("3 号");
        assertThat(post("bureau", "/api/agreements/" + id + "/termination", because("test")).text("terminatedAt")).isNotBlank();
        assertThat(logged("agreement.terminate", id)).isEqualTo(1);
    }

    @Test
    void onlyOneWholeAuthorisationHoldsAtATimeAndAPartNeedsItsOwnPlan() throws Exception {
        UUID operator = house.market.person("operator").organisationId();
        JsonNode whole = get("bureau", "/api/authorisations").body().path("authorisations").get(0);
        String another = """
                {"operatorId":"%s","agreementId":"%s","mode":"%s","startsOn":"%s","endsOn":"%s"%s}
                """;
        UUID id = UUID.randomUUID();
        String starts = whole.path("startsOn").asText();
        String ends = whole.path("endsOn").asText();
        String agreement = whole.path("agreementId").asText();
        assertThat(put("operator", "/api/authorisations/" + id, another.formatted(operator, agreement, "WHOLE", starts, ends, ""))
                .status()).isEqualTo(201);
        assertThat(post("bureau", "/api/authorisations/" + id + "/approval", MINUTES).code()).isEqualTo("CONFLICT");
        UUID part = UUID.randomUUID();
        assertThat(put("operator", "/api/authorisations/" + part,
                another.formatted(operator, agreement, "DOMAIN", starts, ends, ",\"providers\":[\"A2.8\"]")).status()).isEqualTo(400);
        assertThat(put("operator", "/api/authorisations/" + part, another.formatted(operator, agreement, "DOMAIN", starts, ends,
                ",\"providers\":[\"A2.8\"],\"ground\":\"RESEARCH\",\"planCitation\":\"方案\",\"governmentCitation\":\"纪要\""))
                .status()).isEqualTo(201);
        assertThat(post("bureau", "/api/authorisations/" + part + "/approval", MINUTES).status()).isEqualTo(200);
        assertThat(put("operator", "/api/authorisations/" + UUID.randomUUID(),
                another.formatted(operator, agreement, "WHOLE", starts, LocalDate.parse(ends).plusDays(1), "")).code())
                .isEqualTo("RULE_BROKEN");
    }

    @Test
    void aProviderGrantsItsOwnColumnsAndTakesThemBack() throws Exception {
        String grant = """
                {"resource":"%s","product":"library","columns":["Book.title"],"startsAt":"%s","endsAt":"%s"}
                """;
        UUID id = UUID.randomUUID();
        String path = "/api/provider-grants/" + id;
        assertThat(put("bus-group", path, grant.formatted("A2.1.1", from, to)).code()).isEqualTo("FORBIDDEN");
        assertThat(put("operator", path, grant.formatted("A2.8.1", from, to)).code()).isEqualTo("FORBIDDEN");
        assertThat(put("bus-group", path, grant.formatted("A2.8.1", from, to)).status()).isEqualTo(201);
        assertThat(put("bus-group", path, grant.formatted("A2.8.1", from, to)).status()).isEqualTo(200);
        assertThat(put("bus-group", path, grant.formatted("A2.8.2", from, to)).code()).isEqualTo("CONFLICT");
        assertThat(post("bureau", path + "/suspension", because("test")).text("suspendedAt")).isNotBlank();
        assertThat(post("bus-group", path + "/withdrawal", because("test")).text("withdrawnAt")).isNotBlank();
        assertThat(post("bus-group", path + "/resumption", because("test")).code()).isEqualTo("CONFLICT");
        assertThat(logged("resource.grant", id)).isEqualTo(1);
        assertThat(post("bureau", "/api/provider-grants/" + UUID.randomUUID() + "/suspension", because("x")).status())
                .isEqualTo(404);
    }

    @Test
    void aRegistrationIsApprovedByTheBureauAndCancelledForGood() throws Exception {
        UUID id = UUID.randomUUID();
        String path = "/api/registrations/" + id;
        String body = """
                {"product":"shelf-%s","productVersion":1,"nameZh":"书架","nameEn":"Shelf","registrationCode":"R-%s",
                 "validFrom":"%s","validTo":"%s","operatorId":"%s","merchantId":"%s","resources":["A2.8.1"]}
                """.formatted(id.toString().substring(0, 8), id, from, to, house.market.person("operator").organisationId(),
                house.market.person("merchant2").organisationId());
        assertThat(put("merchant2", path, body).code()).isEqualTo("FORBIDDEN");
        assertThat(put("operator", path, body).status()).isEqualTo(201);
        assertThat(put("operator", path, body).status()).isEqualTo(200);
        assertThat(put("operator", "/api/registrations/" + UUID.randomUUID(), body).code()).isEqualTo("CONFLICT");
        assertThat(post("bureau", path + "/approval", "{}").text("approvedAt")).isNotBlank();
        assertThat(post("bureau", path + "/cancellation", because("test")).text("status")).isEqualTo("CANCELLED");
        assertThat(post("bureau", path + "/resumption", because("test")).code()).isEqualTo("CONFLICT");
    }

    @Test
    void aConsentIsTheRecipientsAndTellsNobodyWhoGaveIt() throws Exception {
        Subscription bank = house.market.subscribe("bank", "library", Purpose.INDUSTRY, 10, Market.WIDE);
        UUID scenario = house.market.scenarioOf(bank);
        String consent = """
                {"subject":"%s","recipientId":"%s","scenarioId":"%s","purpose":"INDUSTRY","product":"library",
                 "noticeVersion":"v1","evidence":"doc 9","startsAt":"%s","endsAt":"%s"}
                """;
        UUID id = UUID.randomUUID();
        String path = "/api/consents/" + id;
        String given = consent.formatted("420802199001011234", bank.organisationId(), scenario, from, to);
        assertThat(put("institute", path, given).code()).isEqualTo("FORBIDDEN");
        assertThat(put("bank", path, given).status()).isEqualTo(201);
        assertThat(put("bank", path, given).status()).isEqualTo(200);
        assertThat(put("bank", path, given.replace("420802199001011234", "420802199001011235")).code()).isEqualTo("CONFLICT");
        assertThat(get("institute", path).status()).isEqualTo(404);
        assertThat(post("institute", path + "/withdrawal", "{}").status()).isEqualTo(404);
        Answer seen = get("bureau", path);
        assertThat(seen.body().toString()).doesNotContain("420802199001011234").doesNotContain("oken");
        assertThat(get("bank", "/api/consents").body().path("consents")).isNotEmpty()
                .allSatisfy(each -> assertThat(each.path("recipientId").asText()).isEqualTo(bank.organisationId().toString()));
        assertThat(post("bank", path + "/withdrawal", "{}").text("withdrawnAt")).isNotBlank();
        assertThat(post("bank", path + "/withdrawal", "{}").status()).isEqualTo(200);
        assertThat(logged("consent.withdraw", id)).isEqualTo(1);
        List<String> details = house.node.get(Database.class).inTransaction(t -> t.list("""
                SELECT CAST(detail AS text) AS detail FROM market.audit_log WHERE subject_id = ?
                """, row -> row.text("detail"), id.toString()));
        assertThat(details).hasSize(2).noneMatch(detail -> detail.contains("4208021990"));
        assertThat(put("operator", "/api/consents/" + UUID.randomUUID(),
                consent.formatted("x", UUID.randomUUID(), scenario, from, to)).code()).isEqualTo("RULE_BROKEN");
    }

    private static String plan(String code, String product, String purpose, String quota) {
        return """
                {"code":"%s","product":"%s","productVersion":1,"purpose":"%s","nameZh":"测试","nameEn":"Test","monthlyQuotaUnits":%s,
                 "rateCapacity":100,"ratePeriodMillis":1000}
                """.formatted(code, product, purpose, quota);
    }

    @Test
    void aPlanIsOfferedByTheOperatorOrderedByAConsumerAndWithdrawnForNewOnesAlone() throws Exception {
        UUID id = UUID.randomUUID();
        String code = "p-" + id;
        String path = "/api/plans/" + id;
        String body = plan(code, "echo", "INDUSTRY", "1000");
        assertThat(put("bank", path, body).code()).isEqualTo("FORBIDDEN");
        assertThat(put("bureau", path, body).code()).isEqualTo("FORBIDDEN");
        assertThat(put("operator", path, body).status()).isEqualTo(201);
        assertThat(put("operator", path, body).status()).isEqualTo(200);
        assertThat(put("operator", path, plan(code, "echo", "INDUSTRY", "1001")).code()).as("another content").isEqualTo("CONFLICT");
        assertThat(put("operator", "/api/plans/" + UUID.randomUUID(), body).code()).as("the code is taken").isEqualTo("CONFLICT");
        assertThat(put("operator", "/api/plans/" + UUID.randomUUID(), plan("p-" + UUID.randomUUID(), "no-such", "INDUSTRY", "1")).code())
                .isEqualTo("RULE_BROKEN");
        for (String wrong : List.of(plan("P", "echo", "INDUSTRY", "1"), plan("p-x", "echo", "INDUSTRY", "0"), plan("p-x", "echo", "FUN", "1"),
                body.replace("\"rateCapacity\":100,", ""), body.replace("100,", "0,"))) {
            assertThat(put("operator", "/api/plans/" + UUID.randomUUID(), wrong).status()).as(wrong).isEqualTo(400);
        }
        assertThat(logged("plan.offer", id)).isEqualTo(1);
        assertThat(get("bank", path).text("code")).isEqualTo(code);
        assertThat(get("bank", "/api/plans").body().path("plans").findValuesAsText("code")).contains(code);

        UUID order = UUID.randomUUID();
        String ordered = "{\"planId\":\"" + id + "\",\"statement\":\"测试用途说明\"}";
        assertThat(put("operator", "/api/subscriptions/" + order, ordered).code()).isEqualTo("FORBIDDEN");
        assertThat(put("bank", "/api/subscriptions/" + order, ordered.replace("测试用途说明", " ")).status()).isEqualTo(400);
        assertThat(put("bank", "/api/subscriptions/" + order, ordered.replace(id.toString(), UUID.randomUUID().toString())).code())
                .isEqualTo("RULE_BROKEN");
        Answer bought = put("bank", "/api/subscriptions/" + order, ordered);
        assertThat(bought.status()).as(bought.body().toString()).isEqualTo(201);
        assertThat(bought.text("status")).isEqualTo("ACTIVE");
        assertThat(put("bank", "/api/subscriptions/" + order, ordered).status()).isEqualTo(200);
        assertThat(put("institute", "/api/subscriptions/" + order, ordered).code()).as("another's").isEqualTo("CONFLICT");
        assertThat(put("bank", "/api/subscriptions/" + UUID.randomUUID(), ordered).code()).as("subscribed already").isEqualTo("CONFLICT");

        assertThat(post("operator", path + "/withdrawal", "{}").status()).isEqualTo(400);
        assertThat(post("bank", path + "/withdrawal", because("x")).code()).isEqualTo("FORBIDDEN");
        assertThat(post("operator", path + "/withdrawal", because("不再提供")).text("withdrawnAt")).isNotBlank();
        assertThat(post("operator", path + "/withdrawal", because("不再提供")).status()).isEqualTo(200);
        assertThat(logged("plan.withdraw", id)).isEqualTo(1);
        assertThat(post("operator", "/api/plans/" + UUID.randomUUID() + "/withdrawal", because("x")).status()).isEqualTo(404);
        assertThat(get("bank", "/api/subscriptions/" + order).text("status")).as("it outlives the offer").isEqualTo("ACTIVE");
        assertThat(put("institute", "/api/subscriptions/" + UUID.randomUUID(), ordered).code()).isEqualTo("RULE_BROKEN");
    }

    @Test
    void anAssessmentIsFiledByTheOperatorAndApprovedByTheBureau() throws Exception {
        UUID id = UUID.randomUUID();
        String path = "/api/impact-assessments/" + id;
        String body = """
                {"product":"shelf","purposes":["INDUSTRY"],"report":"PIA-2","conclusion":"可行","startsAt":"%s","endsAt":"%s"}
                """.formatted(from, to);
        assertThat(put("bank", path, body).code()).isEqualTo("FORBIDDEN");
        assertThat(put("operator", path, body).status()).isEqualTo(201);
        assertThat(post("bureau", path + "/approval", MINUTES).status()).isEqualTo(200);
        assertThat(post("bureau", path + "/termination", because("test")).status()).isEqualTo(200);
        assertThat(logged("impact-assessment.end", id)).isEqualTo(1);
    }

    @Test
    void theBureauSuspendsAPartyAndBindsASubscription() throws Exception {
        UUID institute = house.market.person("institute").organisationId();
        assertThat(post("operator", "/api/organisations/" + institute + "/suspension", because("x")).code()).isEqualTo("FORBIDDEN");
        assertThat(post("bureau", "/api/organisations/" + institute + "/suspension", because("核实")).text("status"))
                .isEqualTo("SUSPENDED");
        assertThat(post("bureau", "/api/organisations/" + institute + "/resumption", because("整改")).text("status"))
                .isEqualTo("ACTIVE");
        Subscription bank = house.market.subscribe("bank", "library", Purpose.INDUSTRY, 10, Market.WIDE);
        String path = "/api/subscriptions/" + bank.id() + "/scope";
        UUID scenario = house.market.scenarioOf(bank);
        String binding = "{\"scenarioId\":\"" + scenario + "\",\"districts\":[\"420802\"]}";
        assertThat(put("bureau", path, binding).code()).isEqualTo("VERSION_NOT_STATED");
        Desk bureau = Desk.of(house.node, house.rest, "bureau");
        String read = bureau.get(path).etag();
        Desk.Answer bound = bureau.send("PUT", path, binding, "If-Match", read);
        assertThat(bound.json().path("districts").get(0).asText()).isEqualTo("420802");
        assertThat(bound.etag()).isNotEqualTo(read);
        assertThat(bureau.send("PUT", path, binding, "If-Match", read).code()).isEqualTo("VERSION_STALE");
        assertThat(bureau.send("PUT", path, "{\"scenarioId\":\"" + UUID.randomUUID() + "\"}", "If-Match", bound.etag()).code())
                .isEqualTo("RULE_BROKEN");
        assertThat(put("bank", path, "{\"scenarioId\":\"" + scenario + "\"}").code()).isEqualTo("FORBIDDEN");
    }

    @Test
    void anAlertIsListedAndDecidedAbout() throws Exception {
        Subscription bank = house.market.subscribe("bank", "library", Purpose.INDUSTRY, 10, Market.WIDE);
        String key = house.market.key(bank);
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/echo", key).text(), text -> text.contains("OVER_SCOPE"));
        JsonNode alert = Until.holds(Duration.ofSeconds(5), () -> {
            for (JsonNode each : get("bureau", "/api/alerts?limit=1000").body().path("alerts")) {
                if (each.path("subscriptionId").asText().equals(bank.id().toString())) {
                    return Optional.of(each);
                }
            }
            return Optional.<JsonNode>empty();
        }, Optional::isPresent).orElseThrow();
        assertThat(alert.path("rule").asText()).isEqualTo("OVER_SCOPE");
        assertThat(alert.path("calls").asLong()).isPositive();
        String path = "/api/alerts/" + alert.path("id").asText();
        assertThat(post("operator", path + "/verification", because("x")).code()).isEqualTo("FORBIDDEN");
        assertThat(post("bureau", path + "/verification", because("核实")).text("status"))
                .isEqualTo(ScopeAlerts.Finding.VERIFIED.name());
        assertThat(post("bureau", path + "/dismissal", because("x")).code()).isEqualTo("CONFLICT");
        assertThat(get("bank", "/api/alerts").code()).isEqualTo("FORBIDDEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/organisations", "/api/agreements", "/api/authorisations", "/api/scenarios",
        "/api/impact-assessments", "/api/registrations", "/api/provider-grants", "/api/consents", "/api/alerts",
        "/api/subscriptions", "/api/price-proposals", "/api/prices/library"})
    void nobodyAndNoKeyReadsTheFacts(String path) throws Exception {
        assertThat(house.rest.get(path, null).status()).isEqualTo(401);
        String key = house.market.key(house.market.subscribe("bank", "library", Purpose.INDUSTRY, 10, Market.WIDE));
        assertThat(house.rest.get(path, key).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"code\":\"UPPER\"}", "[]", "nonsense", "{\"purposes\":[\"FUN\"]}"})
    void whatIsNoScenarioIsRefusedAsARequest(String body) throws Exception {
        assertThat(put("operator", "/api/scenarios/" + UUID.randomUUID(), body).status()).isEqualTo(400);
    }
}

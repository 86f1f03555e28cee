package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.term.Deadlines;
import cn.jingshu.marketplace.term.OverdueTerms;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadRecord;
import cn.jingshu.products.domain.load.ObservedReadings;
import cn.jingshu.products.domain.quality.QualityScore;
import cn.jingshu.products.transit.feed.FeedKind;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Working days, terms and objections over HTTP: who may, what is kept, what repeating does, and who is told. */
class TermsAndObjectionsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static SharedNode house;
    private static Desk bureau;
    private static Desk secondOfBureau;
    private static Desk bus;
    private static Desk studio;
    private static Desk institute;

    @BeforeAll
    static void open() throws Exception {
        house = SharedNode.get();
        bureau = Desk.of(house.node, house.rest, "bureau");
        secondOfBureau = Desk.hired(house.node, house.rest, house.market.person("bureau"), Role.REGULATOR);
        bus = Desk.of(house.node, house.rest, "bus-group");
        studio = Desk.of(house.node, house.rest, "app-studio");
        institute = Desk.of(house.node, house.rest, "institute");
    }

    private static String json(Object... namesAndValues) throws Exception {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return JSON.writeValueAsString(map);
    }

    private static List<String> actions(UUID subject) {
        return house.node.get(Database.class).inTransaction(t -> t.list(
                "SELECT action FROM market.audit_log WHERE subject_id = ? ORDER BY sequence", row -> row.text("action"), subject.toString()));
    }

    private static List<String> told(String whose, String about) {
        return house.node.get(Notifications.class).listNewest(house.market.organisationOf(whose).id(), 200).stream()
                .filter(each -> each.about().equals(about)).map(each -> each.kind().name()).toList();
    }

    /* The calendar */

    @ParameterizedTest
    @CsvSource({"2026-09-30, 3, 2026-10-10, false", "2025-01-24, 2, 2025-01-27, false", "2026-12-31, 1, 2027-01-04, true", "2026-02-12, 1, 2026-02-13, false"})
    void anyoneReckonsInWorkingDays(String from, int days, String due, boolean provisional) throws Exception {
        JsonNode answer = Desk.json(house.rest.send("GET", "/api/working-days/after?from=" + from + "&days=" + days, null, null));
        assertThat(answer.path("due").asText()).isEqualTo(due);
        assertThat(answer.path("provisional").asBoolean()).isEqualTo(provisional);
    }

    @Test
    void whatCannotBeReckonedIsRefused() throws Exception {
        for (String query : List.of("days=0", "days=100000", "from=2026-02-30", "from=1900-01-01&days=1")) {
            assertThat(house.rest.send("GET", "/api/working-days/after?" + query, null, null).status()).as(query).isEqualTo(400);
        }
        JsonNode year = Desk.json(house.rest.send("GET", "/api/working-days/years/2026", null, null));
        assertThat(year.path("basis").asText()).isEqualTo("NOTICE");
        assertThat(year.path("workingDays").asInt()).isEqualTo(248);
        assertThat(house.rest.send("GET", "/api/working-days/years/1066", null, null).status()).isEqualTo(404);
    }

    @Test
    void aNoticeIsEnteredByOneAndSignedByAnother() throws Exception {
        String notice = "/api/working-days/notices/" + UUID.randomUUID();
        String body = json("year", 2040, "title", "关于2040年部分节假日安排的通知", "issuedOn", "2039-11-01", "source", "测试用,非真实通知",
                "days", List.of(Map.of("day", "2040-01-02", "kind", "OFF", "nameZh", "元旦", "nameEn", "New Year"),
                        Map.of("day", "2040-01-07", "kind", "WORKED", "nameZh", "元旦", "nameEn", "New Year")));
        assertThat(bus.send("PUT", notice, body).status()).isEqualTo(403);
        assertThat(house.rest.send("PUT", notice, null, null).status()).isIn(400, 401);
        assertThat(bureau.send("PUT", notice, body.replace("2040-01-07", "2040-01-04")).code()).as("a Wednesday is worked anyway").isEqualTo("INVALID_REQUEST");
        assertThat(bureau.send("PUT", notice, body).status()).isEqualTo(201);
        assertThat(bureau.send("PUT", notice, body).status()).isEqualTo(200);
        assertThat(bureau.send("PUT", notice, body.replace("New Year", "Other")).status()).isEqualTo(409);
        assertThat(bureau.get("/api/working-days/years/2040").json().path("basis").asText()).isEqualTo("WEEKENDS");
        assertThat(bureau.post(notice + "/confirmation", null).status()).isEqualTo(403);
        assertThat(secondOfBureau.post(notice + "/confirmation", null).json().path("signed").asBoolean()).isTrue();
        assertThat(bureau.get("/api/working-days/years/2040").json().path("basis").asText()).isEqualTo("NOTICE");
        assertThat(bureau.get("/api/working-days/after?from=2040-01-01&days=5").json().path("due").asText()).isEqualTo("2040-01-07");
    }

    /* Terms */

    @Test
    void everyTermSaysWhereItIsWritten() throws Exception {
        JsonNode terms = Desk.json(house.rest.send("GET", "/api/terms", null, null)).path("terms");
        assertThat(terms).hasSize(Term.values().length).allSatisfy(each -> assertThat(each.path("citation").asText()).isNotBlank());
        assertThat(StreamSupport.stream(terms.spliterator(), false).filter(each -> each.path("term").asText().equals("CATALOGUE_UPDATE")).findFirst())
                .hasValueSatisfying(each -> {
                    assertThat(each.path("workingDays").asInt()).isEqualTo(10);
                    assertThat(each.path("extension").asInt()).isEqualTo(5);
                });
    }

    private static JsonNode deadline(Desk desk, UUID subject) throws Exception {
        return StreamSupport.stream(desk.get("/api/deadlines").json().path("deadlines").spliterator(), false)
                .filter(each -> each.path("subject").asText().equals(subject.toString())).findFirst().orElse(JSON.missingNode());
    }

    @Test
    void aChangeOfTheCatalogueRunsUntilABatchIsHandedIn() throws Exception {
        LocalDate today = house.node.get(Deadlines.class).today();
        UUID change = UUID.randomUUID();
        String note = "/api/catalogue/change-notes/" + change;
        String body = json("resource", "A2.8.5", "happenedOn", today.toString(), "ground", "《湖北省道路运输条例》修订");
        assertThat(studio.send("PUT", note, body).status()).isEqualTo(403);
        assertThat(bus.send("PUT", note, body.replace("A2.8.5", "A2.9.1")).status()).as("of another provider").isEqualTo(403);
        assertThat(bus.send("PUT", note, body.replace(today.toString(), today.plusDays(1).toString())).status()).isEqualTo(400);
        assertThat(bus.send("PUT", note, body.replace("A2.8.5", "A2.8.99")).status()).isEqualTo(422);
        assertThat(bus.send("PUT", note, body).status()).isEqualTo(201);
        assertThat(bus.send("PUT", note, body).status()).isEqualTo(200);

        JsonNode running = deadline(bus, change);
        assertThat(running.path("due").asText()).isEqualTo(bus.get("/api/working-days/after?from=" + today + "&days=10").json().path("due").asText());
        assertThat(running.path("workingDaysLeft").asInt()).isEqualTo(10);
        assertThat(running.path("citation").asText()).contains("第十七条");
        assertThat(deadline(bureau, change).path("responsible").asText()).isEqualTo(house.market.organisationOf("bus-group").id().toString());
        assertThat(deadline(Desk.of(house.node, house.rest, "justice"), change).isMissingNode()).as("another provider's").isTrue();
        assertThat(studio.get("/api/deadlines").status()).isEqualTo(403);

        String extension = "/api/deadlines/CATALOGUE_UPDATE/" + change + "/extension";
        assertThat(bus.send("PUT", extension, json("workingDays", 6, "reason", "等待省级数据")).status()).as("more than the law allows").isEqualTo(422);
        assertThat(bus.send("PUT", extension, json("workingDays", 5, "reason", "等待省级数据")).json().path("extension").asText()).isEqualTo("ASKED");
        assertThat(bus.post(extension + "/decision", Map.of("granted", true)).status()).isEqualTo(403);
        assertThat(bureau.post(extension + "/decision", Map.of("granted", true)).json().path("extendedBy").asInt()).isEqualTo(5);
        assertThat(bureau.post(extension + "/decision", Map.of("granted", false)).status()).isEqualTo(409);
        assertThat(deadline(bus, change).path("workingDaysLeft").asInt()).isEqualTo(15);

        UUID batch = UUID.randomUUID();
        String path = "/api/catalogue/batches/" + batch;
        assertThat(bus.send("PUT", path, json("titleZh", "速度", "titleEn", "speed", "appliesFrom", today.plusDays(30).toString())).status()).isEqualTo(201);
        assertThat(bus.send("PUT", path + "/resources/A2.8.5", entry("A2.8.5", "行驶速度")).status()).isEqualTo(200);
        assertThat(deadline(bus, change).isMissingNode()).as("a draft fulfils nothing").isFalse();
        assertThat(bus.post(path + "/submission", null).status()).isEqualTo(200);
        assertThat(deadline(bus, change).isMissingNode()).isTrue();
        JsonNode review = deadline(bureau, batch);
        assertThat(review.path("term").asText()).isEqualTo("CATALOGUE_REVIEW");
        assertThat(review.path("workingDays").asInt()).isEqualTo(2);
        assertThat(bureau.post(path + "/return", Map.of("reason", "测试")).status()).isEqualTo(200);
        assertThat(deadline(bus, change).isMissingNode()).as("what was returned is to be done again").isFalse();
        assertThat(actions(change)).containsExactly("catalogue.change", "term.ask", "term.extend");
    }

    @Test
    void changesAreNotedInTimeAndNotWithoutEnd() throws Exception {
        LocalDate today = house.node.get(Deadlines.class).today();
        String notes = "/api/catalogue/change-notes/";
        Desk.Answer old = bureau.send("PUT", notes + UUID.randomUUID(), json("resource", "A2.9.1", "happenedOn", today.minusYears(1).minusDays(1).toString(),
                "ground", "多年前的修订"));
        assertThat(old.status()).isEqualTo(422);
        assertThat(old.text()).contains("at most a year");
        UUID first = UUID.randomUUID();
        String body = json("resource", "A2.9.1", "happenedOn", today.minusYears(1).toString(), "ground", "去年的修订");
        assertThat(bureau.send("PUT", notes + first, body).status()).isEqualTo(201);
        for (int i = 1; i < 20; i++) {
            assertThat(bureau.send("PUT", notes + UUID.randomUUID(), json("resource", "A2.9.1", "happenedOn", today.minusDays(i).toString(), "ground", "第" + i + "项"))
                    .status()).as("note %d", i + 1).isEqualTo(201);
        }
        Desk.Answer more = bureau.send("PUT", notes + UUID.randomUUID(), json("resource", "A2.9.1", "happenedOn", today.toString(), "ground", "第二十一项"));
        assertThat(more.status()).isEqualTo(422);
        assertThat(more.text()).contains("too many changes");
        assertThat(bureau.send("PUT", notes + first, body).status()).as("what was noted is noted").isEqualTo(200);
        assertThat(bureau.send("PUT", notes + UUID.randomUUID(), json("resource", "A2.9.2", "happenedOn", today.toString(), "ground", "另一资源")).status()).isEqualTo(201);
    }

    private static String entry(String id, String nameZh) throws Exception {
        return json("provider", "A2.8", "nameZh", nameZh, "nameEn", "speed " + id, "items", List.of(Map.of("code", "v", "zh", "速度", "en", "speed")), "format", "JSON",
                "updateCycle", "REAL_TIME", "sharingAttribute", "CONDITIONAL", "channels", List.of("API"), "classification", "交通运输", "grade", "GENERAL",
                "gradingBasis", "GB/T 43697-2024", "origin", "LOCAL", "kind", "THING", "assessment", "评估〔2026〕3号", "reason", "法规修订");
    }

    @Test
    void whatIsOverdueIsToldOnceToWhoLetItPassAndToTheBureau() throws Exception {
        LocalDate longAgo = house.node.get(Deadlines.class).today().minusDays(45);
        UUID change = UUID.randomUUID();
        assertThat(bus.send("PUT", "/api/catalogue/change-notes/" + change, json("resource", "A2.8.7", "happenedOn", longAgo.toString(), "ground", "职责调整"))
                .status()).isEqualTo(201);
        JsonNode running = deadline(bureau, change);
        assertThat(running.path("overdue").asBoolean()).isTrue();
        assertThat(running.path("workingDaysLeft").asInt()).isNegative();
        assertThat(StreamSupport.stream(bureau.get("/api/deadlines?overdue=true").json().path("deadlines").spliterator(), false)
                .map(each -> each.path("subject").asText())).contains(change.toString());
        assertThat(bus.send("PUT", "/api/deadlines/CATALOGUE_UPDATE/" + change + "/extension", json("workingDays", 1, "reason", "晚了")).status())
                .as("too late to ask").isEqualTo(409);
        assertThat(house.node.get(OverdueTerms.class).tell()).isPositive();
        assertThat(house.node.get(OverdueTerms.class).tell()).isPositive();
        assertThat(told("bus-group", "A2.8.7")).containsExactly("TERM_OVERDUE");
        assertThat(told("bureau", "A2.8.7")).containsExactly("TERM_OVERDUE");
        assertThat(told("justice", "A2.8.7")).isEmpty();
    }

    /* Objections */

    private static String objection(UUID id) {
        return "/api/objections/" + id;
    }

    private static UUID raised(String resource) throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(studio.send("PUT", objection(id), json("resource", resource, "fault", "WRONG", "statement", "站点名称与现场站牌不一致。")).status()).isEqualTo(201);
        return id;
    }

    @Test
    void whoMayRaiseWhat() throws Exception {
        UUID id = UUID.randomUUID();
        String body = json("resource", "A2.8.2", "fault", "OUTDATED", "statement", "龙泉公园站上月已迁移。");
        assertThat(house.rest.send("PUT", objection(id), null, java.net.http.HttpRequest.BodyPublishers.ofString(body), "Content-Type", "application/json").status())
                .isEqualTo(401);
        assertThat(studio.send("PUT", objection(id), body.replace("A2.8.2", "A2.8.88")).code()).isEqualTo("INVALID_REQUEST");
        assertThat(studio.send("PUT", objection(id), body.replace("OUTDATED", "UGLY")).status()).isEqualTo(400);
        assertThat(studio.send("PUT", objection(id), body.replace("上月", "13800138000")).text()).contains("mobile telephones");
        assertThat(studio.send("PUT", objection(id), json("resource", "A2.8.2", "product", "transit", "fault", "WRONG", "statement", "两者都写")).status()).isEqualTo(400);
        assertThat(studio.send("PUT", objection(id), json("resource", "A2.8.2", "event", UUID.randomUUID(), "fault", "WRONG", "statement", "没有这次调用"))
                .status()).isEqualTo(400);
        assertThat(bus.send("PUT", objection(id), body).status()).as("one's own data").isEqualTo(422);
        assertThat(studio.send("PUT", objection(id), body).status()).isEqualTo(201);
        assertThat(studio.send("PUT", objection(id), body).status()).isEqualTo(200);
        assertThat(studio.send("PUT", objection(id), body.replace("OUTDATED", "WRONG")).status()).isEqualTo(409);
        JsonNode kept = studio.get(objection(id)).json();
        assertThat(kept.path("status").asText()).isEqualTo("OPEN");
        assertThat(kept.path("batch").asText()).as("the version it is about").isNotBlank();
        assertThat(kept.path("answerer").asText()).isEqualTo(house.market.organisationOf("bus-group").id().toString());
        assertThat(kept.path("due").asText()).isEqualTo(deadline(bureau, id).path("due").asText()).isNotBlank();
        assertThat(bus.get(objection(id)).status()).isEqualTo(200);
        assertThat(institute.get(objection(id)).status()).as("neither side").isEqualTo(404);
        assertThat(institute.get("/api/objections").text()).doesNotContain(id.toString());
        assertThat(bus.get("/api/objections?status=OPEN").text()).contains(id.toString());
        assertThat(told("bus-group", kept.path("reference").asText())).containsExactly("OBJECTION_RAISED");
        assertThat(studio.post(objection(id) + "/withdrawal", Map.of("reason", "已自行核实")).json().path("status").asText()).isEqualTo("WITHDRAWN");
        assertThat(studio.send("PUT", objection(id) + "/messages/" + UUID.randomUUID(), json("text", "还有")).status()).isEqualTo(409);
        assertThat(deadline(bureau, id).isMissingNode()).isTrue();
    }

    @Test
    void bothSidesSpeakAndTheDisputeIsDecided() throws Exception {
        UUID id = raised("A2.8.2");
        String reference = studio.get(objection(id)).json().path("reference").asText();
        String question = objection(id) + "/messages/" + UUID.randomUUID();
        assertThat(bus.send("PUT", question, json("text", "请问是哪一站?")).status()).isEqualTo(200);
        assertThat(bus.send("PUT", question, json("text", "请问是哪一站?")).json().path("messages")).hasSize(2);
        assertThat(institute.send("PUT", question, json("text", "我也想问")).status()).isEqualTo(404);
        assertThat(studio.send("PUT", question, json("text", "顶替")).status()).as("its id is taken").isEqualTo(409);
        assertThat(studio.send("PUT", objection(id) + "/messages/" + UUID.randomUUID(), json("text", "龙泉公园站。")).status()).isEqualTo(200);

        assertThat(studio.post(objection(id) + "/answer", Map.of("corrected", false, "answer", "自答")).status()).isEqualTo(403);
        assertThat(bureau.post(objection(id) + "/answer", Map.of("corrected", false, "answer", "代答")).status()).isEqualTo(403);
        assertThat(studio.post(objection(id) + "/escalation", Map.of("reason", "还没答复")).status()).isEqualTo(409);
        Map<String, Object> right = Map.of("corrected", false, "answer", "现场核实,站牌名称为批准名称。");
        assertThat(bus.post(objection(id) + "/answer", right).json().path("status").asText()).isEqualTo("NOT_WRONG");
        assertThat(bus.post(objection(id) + "/answer", right).status()).as("once more the same").isEqualTo(200);
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", true, "answer", "改口")).status()).isEqualTo(409);
        assertThat(deadline(bureau, id).isMissingNode()).isTrue();

        assertThat(bus.post(objection(id) + "/escalation", Map.of("reason", "对方代提")).status()).isEqualTo(403);
        assertThat(studio.post(objection(id) + "/escalation", Map.of("reason", "附现场照片编号")).json().path("status").asText()).isEqualTo("ESCALATED");
        assertThat(deadline(bureau, id).path("term").asText()).isEqualTo("OBJECTION_DECISION");
        assertThat(bus.post(objection(id) + "/decision", Map.of("upheld", false, "reason", "自裁")).status()).isEqualTo(403);
        assertThat(bureau.post(objection(id) + "/decision", Map.of("upheld", true, "reason", "经查确有误")).json().path("status").asText()).isEqualTo("UPHELD");
        assertThat(deadline(bus, id).path("term").asText()).as("it has to be corrected").isEqualTo("OBJECTION");
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", false, "answer", "仍认为无误")).code()).isEqualTo("RULE_BROKEN");
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", true, "answer", "已改", "load", UUID.randomUUID())).status())
                .as("no such load").isEqualTo(400);
        JsonNode first = bureau.get("/api/catalogue/resources/A2.8.2").json();
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", true, "answer", "已改", "batch", first.path("batch").asText())).status())
                .as("a batch older than the objection corrects nothing").isEqualTo(400);
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", true, "answer", "已改为现场站名")).text()).as("a sentence corrects nothing")
                .contains("RULE_BROKEN", "has to be named");
        UUID correcting = published("A2.8.2", "站点(已更正)");
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", true, "answer", "已改为现场站名", "batch", correcting)).json().path("status").asText()).isEqualTo("CORRECTED");
        assertThat(studio.post(objection(id) + "/escalation", Map.of("reason", "再来一次")).status()).as("once").isEqualTo(409);

        JsonNode end = studio.get(objection(id)).json();
        assertThat(StreamSupport.stream(end.path("messages").spliterator(), false).map(each -> each.path("step").asText())).containsExactly("RAISED", "MESSAGE",
                "MESSAGE", "NOT_WRONG", "ESCALATED", "UPHELD", "CORRECTED");
        assertThat(actions(id)).containsExactly("objection.raise", "objection.say", "objection.say", "objection.answer", "objection.escalate", "objection.decide",
                "objection.answer");
        assertThat(told("app-studio", reference)).contains("OBJECTION_MESSAGE", "OBJECTION_ANSWERED", "OBJECTION_DECIDED");
        assertThat(told("bureau", reference)).contains("OBJECTION_ESCALATED");
        assertThat(told("institute", "A2.8.2")).as("who uses what rests on it").contains("DATA_CORRECTED");
        assertThat(told("insurer", "A2.8.2")).isEmpty();
    }

    /** A batch of one resource that is in force from today on. */
    private static UUID published(String resource, String nameZh) throws Exception {
        UUID batch = UUID.randomUUID();
        String path = "/api/catalogue/batches/" + batch;
        assertThat(bus.send("PUT", path, json("titleZh", "更正", "titleEn", "correction", "appliesFrom", house.node.get(Deadlines.class).today().toString()))
                .status()).isEqualTo(201);
        assertThat(bus.send("PUT", path + "/resources/" + resource, entry(resource, nameZh)).status()).isEqualTo(200);
        assertThat(bus.post(path + "/submission", null).status()).isEqualTo(200);
        assertThat(bureau.send("POST", path + "/publication", json("citation", "荆数〔2026〕21号"), "If-Match", bureau.get(path).etag()).status()).isEqualTo(200);
        return batch;
    }

    @Test
    void anHourOfReadingsCorrectsNothing() throws Exception {
        UUID id = raised("A2.8.4");
        Instant now = Instant.now();
        UUID hour = UUID.randomUUID();
        house.node.get(LoadHistory.class).observe(List.of(new ObservedReadings(hour, UUID.randomUUID(), FeedKind.VEHICLE.table(), "interface test", null, true,
                now, now.plusSeconds(1), 3, 1, 0, 4, Map.of(), 100, null, null, new QualityScore(100.0, Map.of(), List.of()), false)), "test");
        assertThat(house.node.get(LoadHistory.class).find(hour)).hasValueSatisfying(load -> {
            assertThat(load.resource()).isEqualTo("A2.8.4");
            assertThat(load.state()).isEqualTo(LoadRecord.State.LOADED);
        });
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", true, "answer", "已改", "load", hour)).status()).isEqualTo(400);
        assertThat(bus.get(objection(id)).json().path("status").asText()).isEqualTo("OPEN");
    }

    @Test
    void nobodySpeaksWithoutEnd() throws Exception {
        UUID id = raised("A2.8.7");
        house.node.get(Database.class).inTransaction(t -> t.change("""
                INSERT INTO market.objection_message (id, objection_id, side, step, person_id, at, text)
                SELECT gen_random_uuid(), o.id, 'RAISER', 'MESSAGE', o.raised_by, now(), 'n' || i
                  FROM market.objection o, generate_series(1, 199) AS i
                 WHERE o.id = ?
                """, id));
        String last = objection(id) + "/messages/" + UUID.randomUUID();
        assertThat(bus.send("PUT", last, json("text", "第二百条")).status()).isEqualTo(200);
        Desk.Answer more = studio.send("PUT", objection(id) + "/messages/" + UUID.randomUUID(), json("text", "第二百零一条"));
        assertThat(more.code()).isEqualTo("RULE_BROKEN");
        assertThat(bus.send("PUT", last, json("text", "第二百条")).status()).as("said once more, nothing new").isEqualTo(200);
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", false, "answer", "无误")).status()).as("steps go on").isEqualTo(200);
    }

    @Test
    void whoRaisedOrEscalatedItNeitherAnswersNorDecidesForTheBureau() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(bureau.send("PUT", objection(id), json("resource", "A2.8.6", "fault", "WRONG", "statement", "首班车时间与公告不一致。")).status()).isEqualTo(201);
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", false, "answer", "一致")).status()).isEqualTo(200);
        assertThat(secondOfBureau.post(objection(id) + "/escalation", Map.of("reason", "不一致")).status()).isEqualTo(200);
        assertThat(secondOfBureau.post(objection(id) + "/decision", Map.of("upheld", true, "reason", "我来定")).status()).isEqualTo(403);
        Desk third = Desk.hired(house.node, house.rest, house.market.person("bureau"), Role.REGULATOR);
        assertThat(third.post(objection(id) + "/decision", Map.of("upheld", false, "reason", "经查一致")).status()).isEqualTo(200);

        UUID nobodys = UUID.randomUUID();
        house.node.get(Database.class).inTransaction(t -> t.change("""
                INSERT INTO market.objection (id, organisation_id, raised_by, raised_at, resource_id, batch_id, fault, statement, status)
                SELECT ?, organisation_id, raised_by, raised_at, resource_id, batch_id, fault, statement, 'OPEN' FROM market.objection WHERE id = ?
                """, nobodys, id));
        assertThat(bureau.post(objection(nobodys) + "/answer", Map.of("corrected", false, "answer", "自问自答")).status()).isEqualTo(403);
        assertThat(secondOfBureau.post(objection(nobodys) + "/answer", Map.of("corrected", false, "answer", "经查一致")).status()).isEqualTo(200);
    }

    /* Other sites */

    @Test
    void whatAnotherSiteSendsWithASessionIsRefused() throws Exception {
        for (String[] from : new String[][] {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://127.0.0.1:1"},
                {"Origin", "http://localhost:1"}, {"Sec-Fetch-Site", "cross-site", "Origin", house.rest.origin()}}) {
            UUID id = UUID.randomUUID();
            String body = json("resource", "A2.8.2", "fault", "WRONG", "statement", "由其他网站发出。");
            Desk.Answer refused = studio.send("PUT", objection(id), body, from);
            assertThat(refused.status()).as(String.join(" ", from)).isEqualTo(403);
            assertThat(refused.code()).as("%s: %s", String.join(" ", from), refused.text()).isEqualTo("FORBIDDEN");
            assertThat(refused.text()).contains("another site");
            assertThat(studio.get(objection(id)).status()).as("nothing was done").isEqualTo(404);
            assertThat(house.rest.send("PUT", objection(id), null, BodyPublishers.ofString(body),
                    Stream.concat(Stream.of("Content-Type", "application/json"), Stream.of(from)).toArray(String[]::new)).status())
                    .as("without a session it is nobody's").isEqualTo(401);
        }
        // To a node that is called by a local name the framework itself answers 403 to a foreign origin.
        for (String origin : List.of("https://elsewhere.example", "null")) {
            UUID id = UUID.randomUUID();
            String body = json("resource", "A2.8.2", "fault", "WRONG", "statement", "由其他网站发出。");
            assertThat(studio.send("PUT", objection(id), body, "Origin", origin).status()).as(origin).isEqualTo(403);
            assertThat(studio.get(objection(id)).status()).isEqualTo(404);
        }
        for (String[] from : new String[][] {{}, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Origin", house.rest.origin()},
                {"Sec-Fetch-Site", "same-origin", "Origin", "http://127.0.0.1:1"}}) {
            UUID id = UUID.randomUUID();
            assertThat(studio.send("PUT", objection(id), json("resource", "A2.8.2", "fault", "WRONG", "statement", "由本网站发出。"), from).status())
                    .as(String.join(" ", from)).isEqualTo(201);
            assertThat(studio.post(objection(id) + "/withdrawal", Map.of("reason", "测试")).status()).isEqualTo(200);
        }
        assertThat(house.rest.send("GET", "/api/terms", null, null, "Sec-Fetch-Site", "cross-site").status()).as("reading changes nothing").isEqualTo(200);
    }

    @Test
    void nobodyDecidesTheirOwn() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(bureau.send("PUT", objection(id), json("resource", "A2.8.6", "fault", "INCOMPLETE", "statement", "缺少夜班车的到站时间。")).status()).isEqualTo(201);
        assertThat(bus.post(objection(id) + "/answer", Map.of("corrected", false, "answer", "夜班车不在范围内")).status()).isEqualTo(200);
        assertThat(bureau.post(objection(id) + "/escalation", Map.of("reason", "应在范围内")).status()).isEqualTo(200);
        assertThat(bureau.post(objection(id) + "/decision", Map.of("upheld", true, "reason", "我说的对")).status()).isEqualTo(403);
        assertThat(secondOfBureau.post(objection(id) + "/decision", Map.of("upheld", false, "reason", "不在范围内")).json().path("status").asText())
                .isEqualTo("DISMISSED");
        assertThat(secondOfBureau.post(objection(id) + "/decision", Map.of("upheld", false, "reason", "不在范围内")).status()).isEqualTo(200);
    }

    @Test
    void aProductsMerchantAnswersForIt() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(studio.send("PUT", objection(id), json("product", "transit", "fault", "WRONG", "statement", "到站预测总是晚两分钟。")).status()).isEqualTo(201);
        assertThat(studio.get(objection(id)).json().path("productVersion").asInt()).isPositive();
        assertThat(bus.get(objection(id)).status()).isEqualTo(404);
        Desk merchant = Desk.of(house.node, house.rest, "merchant");
        assertThat(merchant.post(objection(id) + "/answer", Map.of("corrected", true, "answer", "已校准预测。")).json().path("status").asText()).isEqualTo("CORRECTED");
        assertThat(studio.send("PUT", "/api/objections/" + UUID.randomUUID(), json("product", "no-such", "fault", "WRONG", "statement", "没有该产品")).status()).isEqualTo(400);
    }
}

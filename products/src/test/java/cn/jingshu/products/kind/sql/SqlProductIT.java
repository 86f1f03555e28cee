package cn.jingshu.products.kind.sql;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.TestDomain;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declarations;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.HttpBody;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries on a real database, under their own role. */
class SqlProductIT {
    private static final ResourceTable LOT = new ResourceTable("parking_lot", "A2.8.4", List.of(
            Column.of("lot_id", Type.TEXT, "编号", "id"),
            Column.of("district", Type.TEXT, "区划", "district"),
            Column.of("places", Type.INTEGER, "车位", "places"),
            Column.of("opened", Type.DATE, "启用", "opened").optional(),
            Column.of("fee", Type.DECIMAL, "费", "fee").optional(),
            Column.of("secret_note", Type.TEXT, "内部备注", "internal note").optional()), List.of("lot_id"), List.of());
    private static final ResourceTable PERMIT = new ResourceTable("parking_permit", "A2.8.4", List.of(
            Column.of("permit_id", Type.TEXT, "编号", "id"),
            Column.subject("holder", "持有人", "holder"),
            Column.sealed("remark", "备注", "remark").optional(),
            Column.personal("plate", Type.TEXT, Protection.PERSONAL, "号牌", "plate")), List.of("permit_id"), List.of());
    private static final ResourceTable TRANSFER = new ResourceTable("parking_transfer", "A2.8.4", List.of(
            Column.of("transfer_id", Type.TEXT, "编号", "id"),
            Column.subject("buyer", "买方", "buyer"),
            Column.subject("seller", "卖方", "seller").optional(),
            Column.subject("officer", "经办人", "officer").optional(),
            Column.personal("plate", Type.TEXT, Protection.PERSONAL, "号牌", "plate")), List.of("transfer_id"), List.of());
    private static final String PERMITS = """
            {"code": "permits", "version": 1, "kind": "sql", "nameZh": "停车证", "nameEn": "Permits", "summaryZh": "停车证。", "summaryEn": "Permits.",
             "resources": ["A2.8.4"],
             "operations": [{"name": "ListLots", "path": "permits", "personal": true, "summaryZh": "查", "summaryEn": "Looks up",
               "parameters": [{"name": "person", "type": "STRING", "sensitivity": "PERSONAL", "docZh": "人", "docEn": "person", "required": true, "subject": true}],
               "columns": [{"name": "plate", "type": "STRING", "sensitivity": "PERSONAL", "docZh": "号牌", "docEn": "plate", "resources": ["A2.8.4"]}],
               "sql": {"query": "SELECT plate FROM parking_permit WHERE holder = :person", "key": ["plate"]}}],
             "sql": {"tables": {"parking_permit": ["holder", "plate"]}}}
            """;
    private static final CallFacts LIVE = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "request", false, CallerRef.MARKET);
    private static final CallFacts SANDBOX = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "request", true, CallerRef.MARKET);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestDomain domain;
    private static SqlProduct parking;

    @BeforeAll
    static void open() {
        domain = TestDomain.start();
        domain.open(new DomainNeeds("coded", 1, Map.of(LOT, List.of("lot_id"), PERMIT, List.of("permit_id"), TRANSFER, List.of("transfer_id")), null, (_, _) -> {}));
        for (int i = 0; i < 25; i++) {
            Map<String, @Nullable String> lot = new HashMap<>();
            lot.put("lot_id", "L%02d".formatted(i));
            lot.put("district", i < 20 ? "420802" : "420804");
            lot.put("places", Integer.toString(10 * i));
            lot.put("opened", i % 3 == 0 ? null : "2020-01-%02d".formatted(i + 1));
            lot.put("fee", "2.50");
            lot.put("secret_note", "nobody sees this");
            domain.addLive(LOT, lot);
        }
        domain.addLive(PERMIT, Map.of("permit_id", "P1", "holder", TestSubject.APPROVE.person().number(), "plate", "鄂H12345"));
        domain.addLive(PERMIT, Map.of("permit_id", "P2", "holder", TestSubject.REFER.person().number(), "plate", "鄂H99999"));
        domain.addLive(TRANSFER, Map.of("transfer_id", "T1", "buyer", TestSubject.REFER.person().number(), "seller",
                TestSubject.APPROVE.person().number(), "plate", "鄂H00001"));
        domain.addLive(TRANSFER, Map.of("transfer_id", "T2", "buyer", TestSubject.REFER.person().number(), "seller",
                TestSubject.NOT_FOUND.person().number(), "officer", TestSubject.APPROVE.person().number(), "plate", "鄂H00002"));
        parking = made(Declarations.PARKING);
    }

    @AfterAll
    static void close() {
        domain.close();
    }

    private static SqlProduct made(String json) {
        Declaration declaration = Declarations.read(json);
        Faults faults = new Faults();
        SqlDefinition definition = SqlDefinition.read(declaration, domain::findTable, faults);
        assertThat(faults.list()).isEmpty();
        return new SqlProduct(Declarations.service(json), declaration, definition, domain, new byte[32], null);
    }

    /** What is wrong with a declaration, looked at as at registration. */
    private static String faultsOf(String json) {
        Faults faults = new Faults();
        Declaration declaration = Declarations.read(json);
        SqlDefinition definition = SqlDefinition.read(declaration, domain::findTable, faults);
        if (faults.isEmpty()) {
            SqlProduct.checkOnTrial(Declarations.service(json), declaration, definition, domain, LIVE.occurredAt(), faults);
        }
        return faults.list().toString();
    }

    private static Answer<? extends Message> ask(SqlProduct product, CallFacts facts, String path, String query) {
        Contracts contracts = Contracts.of(List.of(product));
        RouteMatch.Matched matched = (RouteMatch.Matched) contracts.routes().match("GET", path);
        RequestReading reading = Transcoder.read(matched, query, new byte[0]);
        assertThat(reading).isInstanceOf(RequestReading.Read.class);
        @SuppressWarnings("unchecked") // a declared product takes and gives messages of its contract
        Operation.Unary<Message, Message> unary = (Operation.Unary<Message, Message>) contracts.operation(matched.method());
        return unary.handler().answer(facts, ((RequestReading.Read) reading).request()).toCompletableFuture().join();
    }

    private static JsonNode found(SqlProduct product, CallFacts facts, String path, String query) throws IOException {
        Answer<? extends Message> answer = ask(product, facts, path, query);
        assertThat(answer).isInstanceOf(Answer.Found.class);
        Message message = ((Answer.Found<? extends Message>) answer).message();
        ContractMethod method = Contract.of(product).methods().stream().filter(m -> m.name().equals("ListLots")).findFirst().orElseThrow();
        return JSON.readTree(Transcoder.write(method, message).bytes());
    }

    @Test
    void whatIsOnlyLookedAtLeavesNoRoleAndNoTwinBehind() throws IOException {
        List<String> before = domain.rolesAndSchemasOf("parking");
        assertThat(before).as("of the product that serves").contains("js_parking_v1", "js_parking_v1_test", "twin_parking_v1");
        assertThat(faultsOf(Declarations.PARKING)).isEqualTo("[]");
        assertThat(faultsOf(Declarations.PARKING.replace("SELECT lot_id, places, opened", "SELECT lot_id, secret_note AS places, opened")))
                .as("also when something is wrong").contains("NOT_GRANTED");
        assertThat(domain.rolesAndSchemasOf("parking")).isEqualTo(before);
        assertThat(found(parking, LIVE, "/v1/parking/lots", "district=420802&pageSize=2").path("rows")).hasSize(2);
        assertThat(faultsOf(Declarations.PARKING)).as("once more").isEqualTo("[]");
    }

    @Test
    void thePagesOfAQuestionHoldEveryRowOnceInOrder() throws IOException {
        List<String> seen = new ArrayList<>();
        String token = "";
        int pages = 0;
        do {
            JsonNode page = found(parking, LIVE, "/v1/parking/lots", "district=420802&leastPlaces=30&pageSize=7&pageToken=" + token);
            page.path("rows").forEach(row -> seen.add(row.path("lotId").asText()));
            token = page.path("nextPageToken").asText();
            pages++;
        } while (!token.isEmpty());
        assertThat(pages).isEqualTo(3);
        assertThat(seen).hasSize(17).isSorted().startsWith("L03").endsWith("L19");
    }

    @Test
    void aRowIsCountedAndAnAbsentValueIsLeftOut() throws IOException {
        Answer.Found<?> found = (Answer.Found<?>) ask(parking, LIVE, "/v1/parking/lots", "district=420804");
        assertThat(found.rows()).isEqualTo(5);
        JsonNode rows = found(parking, LIVE, "/v1/parking/lots", "district=420802&pageSize=2").path("rows");
        assertThat(rows.get(0).has("opened")).isFalse();
        assertThat(rows.get(1).path("opened").asText()).isEqualTo("2020-01-02");
        assertThat(rows.get(1).path("places").asText()).isEqualTo("10");
        assertThat(rows.toString()).doesNotContain("nobody sees this");
        Answer.Found<?> nothing = (Answer.Found<?>) ask(parking, LIVE, "/v1/parking/lots", "district=999999");
        assertThat(nothing.hit()).isFalse();
    }

    @Test
    void aValueIsAValueAndNeverSql() throws IOException {
        JsonNode none = found(parking, LIVE, "/v1/parking/lots", "district=%27%20OR1");
        assertThat(none.path("rows")).isEmpty();
        assertThat(ask(parking, LIVE, "/v1/parking/lots", "district=420802&pageToken=made-up")).isInstanceOf(Answer.Refused.class);
        String token = found(parking, LIVE, "/v1/parking/lots", "district=420802&pageSize=3").path("nextPageToken").asText();
        assertThat(ask(parking, LIVE, "/v1/parking/lots", "district=420804&pageToken=" + token)).isInstanceOf(Answer.Refused.class);
        assertThat(ask(parking, SANDBOX, "/v1/parking/lots", "district=420802&pageToken=" + token)).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void theWholeComesAsCsvAsJsonOrAsAnArrowStream() throws IOException {
        HttpBody csv = (HttpBody) ((Answer.Found<?>) ask(parking, LIVE, "/v1/parking/lots/download", "district=420804")).message();
        assertThat(csv.getContentType()).startsWith("text/csv");
        assertThat(csv.getData().toString(StandardCharsets.UTF_8)).startsWith("lot_id,places,opened\r\nL20,200,2020-01-21\r\nL21,210,\r\n");
        HttpBody arrow = (HttpBody) ((Answer.Found<?>) ask(parking, LIVE, "/v1/parking/lots/download", "district=420804&format=arrow")).message();
        assertThat(arrow.getContentType()).isEqualTo("application/vnd.apache.arrow.stream");
        assertThat(arrow.getData().size()).isGreaterThan(200);
        HttpBody json = (HttpBody) ((Answer.Found<?>) ask(parking, LIVE, "/v1/parking/lots/download", "district=420804&format=json")).message();
        assertThat(json.getContentType()).startsWith("application/json");
        JsonNode whole = JSON.readTree(json.getData().toStringUtf8());
        assertThat(whole.path("rows")).hasSize(5).isEqualTo(found(parking, LIVE, "/v1/parking/lots", "district=420804").path("rows"));
        assertThat(whole.has("stale")).isTrue();
        assertThat(ask(parking, LIVE, "/v1/parking/lots/download", "district=420804&format=xls")).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void aDownloadOfTooManyRowsIsRefused() {
        SqlProduct narrow = made(Declarations.PARKING.replace("\"parking\"", "\"narrow\"").replace("\"tables\"", "\"maxRows\": 4, \"tables\""));
        assertThat(ask(narrow, LIVE, "/v1/narrow/lots/download", "district=420804")).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void theSandboxAnswersFromItsOwnRowsAlone() throws IOException {
        SqlProduct sampled = made(Declarations.PARKING.replace("\"parking\"", "\"sampled\"").replace("\"tables\"",
                "\"sandboxRows\": {\"parking_lot\": [{\"lot_id\": \"S1\", \"district\": \"420802\", \"places\": 7}]}, \"tables\""));
        JsonNode rows = found(sampled, SANDBOX, "/v1/sampled/lots", "district=420802").path("rows");
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).path("lotId").asText()).isEqualTo("S1");
        assertThat(found(sampled, LIVE, "/v1/sampled/lots", "district=420802").path("rows")).hasSize(20);
    }

    @Test
    void aGrantThatIsWithdrawnStopsTheQueryWhichIsNotBilled() {
        SqlProduct product = made(Declarations.PARKING.replace("\"parking\"", "\"withdrawn\""));
        domain.withdraw("parking_lot.places");
        try {
            Answer.Refused<?> refused = (Answer.Refused<?>) ask(product, LIVE, "/v1/withdrawn/lots", "district=420802");
            assertThat(refused.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
            assertThat(faultsOf(Declarations.PARKING.replace("\"parking\"", "\"ungranted\""))).contains("NOT_GRANTED");
        } finally {
            domain.restore("parking_lot.places");
        }
    }

    @Test
    void whatIsRightIsFoundRight() {
        assertThat(faultsOf(Declarations.PARKING.replace("\"parking\"", "\"fine\""))).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT lot_id, places, opened FROM | SELECT lot_id, secret_note AS places, opened FROM | NOT_GRANTED
            SELECT lot_id, places, opened FROM | SELECT lot_id, lot_id AS places, opened FROM | which is no INT64
            SELECT lot_id, places, opened FROM | SELECT lot_id, opened FROM | BROKEN_STATEMENT
            SELECT lot_id, places, opened FROM | SELECT lot_id, places, opened FROM other_table, | BROKEN_STATEMENT
            SELECT lot_id, places, opened FROM | SELECT lot_id, places, opened FROM domain_keeping.newest_load, | NOT_GRANTED
            "parking_lot": [ | "no_such_table": [ | has no such table
            "places", "opened"]} | "nothing", "opened"]} | has no column nothing
            "key": ["lot_id"] | "key": ["opened"] | always filled
            "key": ["lot_id"] | "key": ["lot_id"], "cash": 1 | no such member
            """)
    void aMistakeInAQueryIsFoundAtRegistration(String right, String wrong, String said) {
        String json = Declarations.PARKING.replace("\"parking\"", "\"wrong\"");
        assertThat(json).contains(right);
        assertThat(faultsOf(json.replace(right, wrong))).contains(said);
    }

    @Test
    void aQueryThatWouldCostTooMuchIsRefusedBeforeItRuns() {
        String join = "parking_lot AS a".transform(one -> one + ", parking_lot AS b, parking_lot AS c, parking_lot AS d, parking_lot AS e, parking_lot AS f");
        String dear = Declarations.PARKING.replace("\"parking\"", "\"dear\"")
                .replace("SELECT lot_id, places, opened FROM parking_lot WHERE district = :district AND places >=",
                        "SELECT a.lot_id, sum(b.places * c.places) AS total, max(d.opened) FROM " + join
                                + " WHERE a.district = :district GROUP BY a.lot_id HAVING sum(e.places + f.places) >=");
        String renamed = dear.replace("AS total, max(d.opened)", "AS places, max(d.opened) AS opened").replace("sum(b.places * c.places)",
                "CAST(sum(b.places * c.places) AS bigint)");
        assertThat(faultsOf(renamed)).contains("above the limit");
    }

    @Test
    void aPersonIsAskedForByTheTokenAndTheTokenNeverLeaves() throws IOException {
        String permits = PERMITS;
        assertThat(faultsOf(permits)).isEqualTo("[]");
        SqlProduct product = made(permits);
        String person = TestSubject.APPROVE.person().number();
        assertThat(found(product, LIVE, "/v1/permits/permits", "person=" + person).path("rows").get(0).path("plate").asText()).isEqualTo("鄂H12345");
        assertThat(faultsOf(permits.replace("SELECT plate FROM", "SELECT holder AS plate FROM"))).contains("subject's column");
        assertThat(faultsOf(permits.replace("[\"holder\", \"plate\"]", "[\"holder\", \"plate\", \"remark\"]"))).contains("sealed");
        assertThat(faultsOf(permits.replace("\"personal\": true, ", "").replace("\"sensitivity\": \"PERSONAL\"", "\"sensitivity\": \"PUBLIC\"")))
                .contains("must say that it is personal");
        Answer.Refused<?> error = (Answer.Refused<?>) ask(product, SANDBOX, "/v1/permits/permits", "person=" + TestSubject.ERROR.person().number());
        assertThat(error.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE);
        assertThat(found(product, SANDBOX, "/v1/permits/permits", "person=" + TestSubject.APPROVE.person().number()).path("rows")).isNotEmpty();
        assertThat(found(product, SANDBOX, "/v1/permits/permits", "person=" + TestSubject.SLOW.person().number()).path("rows")).as("as APPROVE").isNotEmpty();
        Answer.Refused<?> nobody = (Answer.Refused<?>) ask(product, SANDBOX, "/v1/permits/permits", "person=" + TestSubject.NOT_FOUND.person().number());
        assertThat(nobody.fault()).isEqualTo(Answer.Fault.NOT_FOUND);
        assertThat(found(product, SANDBOX, "/v1/permits/permits", "person=" + TestSubject.REFER.person().number()).path("rows"))
                .as("whose rows are found where the contract gives no example").isNotEmpty();
    }

    @Test
    void theSandboxAnswersWhatTheContractGivesForItsTestSubjects() throws IOException {
        SqlProduct product = made(Declarations.PARKING.replace("\"parking\"", "\"tested\"").replace("\"maxLength\": 6", "\"maxLength\": 18")
                .replace("\"example\": \"80\"", "\"example\": \"80\", \"referExample\": \"7\""));
        String refer = "district=" + TestSubject.REFER.person().number();
        JsonNode rows = found(product, SANDBOX, "/v1/tested/lots", refer).path("rows");
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).path("lotId").asText()).isEqualTo("L1");
        assertThat(rows.get(0).path("places").asText()).isEqualTo("7");
        HttpBody csv = (HttpBody) ((Answer.Found<?>) ask(product, SANDBOX, "/v1/tested/lots/download", refer)).message();
        assertThat(csv.getData().toString(StandardCharsets.UTF_8)).isEqualTo("lot_id,places,opened\r\nL1,7,\r\n");
        assertThat(found(product, LIVE, "/v1/tested/lots", refer).path("rows")).as("of live data nothing is made up").isEmpty();
        String enterprise = "district=" + TestSubject.NOT_FOUND.enterprise().code();
        for (String path : List.of("/v1/tested/lots", "/v1/tested/lots/download")) {
            assertThat(ask(product, SANDBOX, path, enterprise)).isInstanceOfSatisfying(Answer.Refused.class,
                    refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.NOT_FOUND));
            assertThat(ask(product, LIVE, path, enterprise)).isInstanceOf(Answer.Found.class);
        }
    }

    @Test
    void aTestSubjectIsFoundInAListToo() throws IOException {
        SqlProduct product = made(PERMITS.replace("\"permits\"", "\"lists\"").replace("holder = :person", "holder = ANY (:person)")
                .replace("\"subject\": true", "\"subject\": true, \"repeated\": true"));
        String nobody = "person=" + TestSubject.NOT_FOUND.person().number();
        assertThat(ask(product, SANDBOX, "/v1/lists/lists", nobody + "&" + nobody)).isInstanceOfSatisfying(Answer.Refused.class,
                refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.NOT_FOUND));
        assertThat(found(product, SANDBOX, "/v1/lists/lists", nobody + "&person=" + TestSubject.APPROVE.person().number()).path("rows"))
                .as("one of whom something is known").isNotEmpty();
        assertThat(ask(product, SANDBOX, "/v1/lists/lists", nobody + "&person=" + TestSubject.ERROR.person().number())).isInstanceOfSatisfying(
                Answer.Refused.class, refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE));
        assertThat(found(product, LIVE, "/v1/lists/lists", "person=" + TestSubject.APPROVE.person().number() + "&person="
                + TestSubject.REFER.person().number()).path("rows")).as("each of whom is named").hasSize(2);
    }

    /** The same product with another query: {@code FROM} what is a permit with a holder's token and a plate, for the person asked about. */
    private static String permitsBy(String query) {
        String json = PERMITS.replace("SELECT plate FROM parking_permit WHERE holder = :person", query);
        assertThat(json).isNotEqualTo(PERMITS);
        return json.replace("{\"parking_permit\": [\"holder\", \"plate\"]}", "{\"parking_permit\": [\"holder\", \"plate\", \"permit_id\"]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // by another name
        "WITH w AS MATERIALIZED (SELECT plate, holder AS o FROM parking_permit WHERE holder = :person) SELECT o AS plate FROM w",
        "WITH w (p, o) AS MATERIALIZED (SELECT plate, holder FROM parking_permit WHERE holder = :person) SELECT o AS plate FROM w",
        "WITH w AS (SELECT holder FROM parking_permit WHERE holder = :person) SELECT w.holder AS plate FROM w",
        "SELECT s.o AS plate FROM (SELECT holder AS o FROM parking_permit WHERE holder = :person OFFSET 0) s",
        "SELECT plate FROM (SELECT plate FROM parking_permit WHERE holder = :person UNION ALL SELECT holder FROM parking_permit) s",
        "SELECT 'x' AS plate WHERE false UNION SELECT holder FROM parking_permit WHERE holder = :person",
        "SELECT (SELECT max(h) FROM (SELECT holder AS h FROM parking_permit WHERE holder = :person) x) AS plate",
        "SELECT p.holder AS plate FROM parking_permit AS p WHERE p.holder = :person",
        "SELECT parking_permit.holder AS plate FROM parking_permit WHERE holder = :person",
        // by what is reckoned from it
        "SELECT max(holder) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT string_agg(holder, ',') AS plate FROM parking_permit WHERE holder = :person",
        "SELECT (array_agg(holder))[1] AS plate FROM parking_permit WHERE holder = :person",
        "SELECT h AS plate FROM (SELECT unnest(array_agg(holder)) AS h FROM parking_permit WHERE holder = :person) s",
        "SELECT h AS plate FROM parking_permit p, LATERAL unnest(ARRAY[p.holder]) h WHERE p.holder = :person",
        "SELECT mode() WITHIN GROUP (ORDER BY holder) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY holder) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT CAST(holder AS varchar) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT substr(holder, 1, 4) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT CAST(length(holder) AS text) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT concat('', holder) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT plate || holder AS plate FROM parking_permit WHERE holder = :person",
        "SELECT coalesce(holder, plate) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT CASE WHEN plate = '' THEN plate ELSE holder END AS plate FROM parking_permit WHERE holder = :person",
        "SELECT CASE holder WHEN 'a' THEN plate ELSE 'no' END AS plate FROM parking_permit WHERE holder = :person",
        "SELECT CASE WHEN holder > 'a' THEN plate ELSE 'no' END AS plate FROM parking_permit WHERE holder = :person",
        "SELECT plate FROM parking_permit WHERE holder = :person AND holder LIKE 'a%'",
        "SELECT plate FROM parking_permit WHERE holder = :person AND holder BETWEEN 'a' AND 'b'",
        "SELECT plate FROM parking_permit WHERE holder = :person AND 'x' BETWEEN 'a' AND holder",
        "SELECT plate FROM parking_permit WHERE holder = :person AND holder = 'a-token-that-was-seen'",
        "SELECT plate FROM parking_permit WHERE holder = :person AND holder IN ('a', 'b')",
        "SELECT plate FROM parking_permit WHERE holder = :person || ''",
        "SELECT plate FROM parking_permit WHERE 'x' || holder = :person",
        "SELECT plate FROM parking_permit WHERE lower(holder) = :person",
        "SELECT first_value(holder) OVER (ORDER BY plate) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT min(holder) OVER () AS plate FROM parking_permit WHERE holder = :person",
        // by its order, or by numbers that stand for it
        "SELECT plate FROM parking_permit WHERE holder = :person ORDER BY holder",
        "SELECT CAST(dense_rank() OVER (ORDER BY holder) AS text) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT CAST(row_number() OVER (PARTITION BY holder) AS text) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT DISTINCT ON (holder) plate FROM parking_permit WHERE holder = :person",
        "SELECT max(plate) AS plate FROM parking_permit WHERE holder = :person GROUP BY holder",
        // by the whole row
        "SELECT CAST(parking_permit AS text) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT CAST(p AS text) AS plate FROM parking_permit AS p WHERE holder = :person",
        "SELECT CAST(p.* AS text) AS plate FROM parking_permit p WHERE holder = :person",
        "SELECT concat(p) AS plate FROM parking_permit p WHERE holder = :person",
        "SELECT p.concat AS plate FROM parking_permit p WHERE holder = :person",
        "SELECT p.row_to_json AS plate FROM parking_permit p WHERE holder = :person",
        "SELECT (p).holder AS plate FROM parking_permit p WHERE p.holder = :person",
        "SELECT CAST(ROW(p.holder) AS text) AS plate FROM parking_permit p WHERE p.holder = :person",
        "SELECT CAST(x AS text) AS plate FROM (SELECT plate IS DISTINCT FROM plate AS same, parking_permit AS x FROM parking_permit WHERE holder = :person) s",
        "SELECT CAST((SELECT p LIMIT 1) AS text) AS plate FROM parking_permit p WHERE holder = :person",
        "SELECT s.b AS plate FROM (SELECT * FROM parking_permit WHERE holder = :person) s, (SELECT 1 AS b) t",
        "WITH w (a, b, c, d) AS (SELECT * FROM parking_permit WHERE holder = :person) SELECT b AS plate FROM w",
        "WITH w (a, b, c) AS (SELECT DISTINCT ON (plate) * FROM parking_permit WHERE holder = :person) SELECT b AS plate FROM w",
        "SELECT row_to_json(p) AS plate FROM parking_permit p WHERE holder = :person",
        // by new names of the columns; a function's name in front of the parenthesis is no call there
        "SELECT rank.b AS plate FROM parking_permit AS rank (a, b, c, d) WHERE rank.b = :person",
        "SELECT count.b AS plate FROM parking_permit count (a, b, c, d) WHERE count.b = :person",
        "SELECT first.b AS plate FROM (parking_permit p JOIN (SELECT 1 AS one) o ON true) AS first (a, b, c, d, e) WHERE first.b = :person",
        "SELECT first.b AS plate FROM ((SELECT 1 AS one) o JOIN parking_permit p ON true) AS first (e, a, b, c, d) WHERE first.b = :person",
        "WITH parking_permit AS (SELECT plate, holder AS x FROM parking_permit WHERE holder = :person) SELECT x AS plate FROM parking_permit",
        // by joins that name what they compare elsewhere
        "SELECT plate FROM parking_permit NATURAL JOIN (SELECT 'x' AS holder) s WHERE holder = :person",
        "SELECT plate FROM parking_permit JOIN (SELECT 'x' AS holder) s USING (holder) WHERE holder = :person",
        // the token of the person asked about is a token, too
        "SELECT :person AS plate",
        "SELECT plate || :person AS plate FROM parking_permit WHERE holder = :person",
        "SELECT plate FROM parking_permit WHERE plate = :person",
        "SELECT plate FROM parking_permit WHERE holder = :person AND :person > 'a'",
        "SELECT o AS plate FROM (SELECT :person AS o) s",
        // by a star behind the table's name, which PostgreSQL reads over
        "SELECT max(rank.b) AS plate FROM parking_permit * rank (a, b, c, d) WHERE EXISTS (SELECT 1 FROM parking_permit p WHERE p.holder = :person)",
        "SELECT concat(x) AS plate FROM parking_permit * x WHERE x.holder = :person",
        "SELECT concat(x) AS plate FROM parking_permit * AS x WHERE x.holder = :person",
        // by the upper bound of a BETWEEN
        "SELECT plate FROM parking_permit WHERE holder = :person AND 'a' BETWEEN NULL AND holder IS NULL",
        "SELECT plate FROM parking_permit WHERE holder = :person AND plate BETWEEN CASE WHEN true AND true THEN 'a' END AND holder IS NULL",
        // by names that look like a call
        "WITH count (holder) AS (SELECT 'x') SELECT plate FROM parking_permit p WHERE EXISTS (SELECT 1 FROM count WHERE p.holder = holder) AND holder = :person",
        "WITH w AS (SELECT 1 AS one), count (holder) AS MATERIALIZED (SELECT 'x') SELECT plate FROM parking_permit p, count WHERE p.holder = holder",
        "SELECT plate FROM parking_permit p, (SELECT 'x') count (holder) WHERE p.holder = holder",
        // by rows in brackets
        "SELECT plate FROM parking_permit JOIN parking_permit p ON ARRAY[NULL, parking_permit] < '{NULL}' WHERE p.holder = :person"
    })
    void noWayLeadsASubjectsTokenOut(String query) {
        String faults = faultsOf(permitsBy(query));
        assertThat(faults).as(query).isNotEqualTo("[]");
        assertThat(faults).as(query).containsAnyOf("subject's column", "the function row_to_json is not allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "SELECT plate FROM parking_permit WHERE :person = holder",
        "SELECT plate FROM parking_permit AS p WHERE (p.holder = :person) OR p.holder IS NULL",
        "SELECT plate FROM parking_permit p WHERE p.holder IN (:person) AND length(p.plate) * 2 > 1",
        "SELECT a.plate FROM parking_permit a JOIN parking_permit b ON a.holder = b.holder AND a.permit_id = b.permit_id WHERE b.holder = :person",
        "SELECT CAST(count(DISTINCT holder) AS text) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT CAST(count(*) AS text) AS plate FROM parking_permit WHERE holder = :person",
        "WITH w AS MATERIALIZED (SELECT plate FROM parking_permit WHERE holder = :person) SELECT plate FROM w UNION SELECT plate FROM w",
        "SELECT plate FROM parking_permit p WHERE EXISTS (SELECT 1 FROM parking_permit q WHERE q.holder = p.holder AND q.holder = :person)"
    })
    void aTokenMayDecideWhichRowsAreFound(String query) {
        assertThat(faultsOf(permitsBy(query))).as(query).isEqualTo("[]");
    }

    /** The rows of a page as they stand in the message. */
    private static String rowsOf(Answer<? extends Message> page) {
        assertThat(page).isInstanceOf(Answer.Found.class);
        Message message = ((Answer.Found<? extends Message>) page).message();
        return message.getAllFields().values().toString() + new String(message.toByteArray(), StandardCharsets.UTF_8);
    }

    /** A consent is one person's: whatever a query asks, it gets the rows of who is named in the call. */
    @ParameterizedTest
    @ValueSource(strings = {
        "SELECT plate FROM parking_permit WHERE holder = :person OR holder IS NOT NULL",
        "SELECT plate FROM parking_permit WHERE (holder = :person) OR true",
        "SELECT plate FROM parking_permit WHERE NOT holder = :person",
        "SELECT plate FROM parking_permit WHERE holder NOT IN (:person) OR holder = :person",
        "SELECT plate FROM parking_permit WHERE CASE WHEN holder = :person THEN true ELSE true END",
        "SELECT plate FROM parking_permit WHERE EXISTS (SELECT 1 FROM parking_permit p WHERE p.holder = :person)",
        "SELECT b.plate FROM parking_permit a JOIN parking_permit b ON a.holder = :person",
        "SELECT b.plate FROM parking_permit a RIGHT JOIN parking_permit b ON a.holder = :person AND a.permit_id = b.permit_id",
        "SELECT b.plate FROM parking_permit a FULL JOIN parking_permit b ON a.holder = b.holder WHERE a.holder = :person OR b.plate IS NOT NULL",
        "SELECT b.plate FROM parking_permit a CROSS JOIN LATERAL (SELECT plate FROM parking_permit c OFFSET 0) b WHERE a.holder = :person",
        "SELECT plate FROM parking_permit WHERE holder = :person UNION ALL SELECT plate FROM parking_permit",
        "SELECT plate FROM parking_permit EXCEPT SELECT plate FROM parking_permit WHERE holder = :person",
        "WITH w AS MATERIALIZED (SELECT plate FROM parking_permit), o AS (SELECT 1 AS one FROM parking_permit WHERE holder = :person) SELECT plate FROM w, o",
        "SELECT (SELECT string_agg(plate, ',') FROM parking_permit) AS plate FROM parking_permit WHERE holder = :person",
        "SELECT coalesce(string_agg(plate, ','), '') AS plate FROM parking_permit WHERE holder = :person OR holder IS NOT NULL",
        "SELECT string_agg(plate, ',') OVER () AS plate FROM parking_permit WHERE holder = :person OR holder IS NOT NULL",
        "SELECT coalesce(max(plate), '') AS plate FROM parking_permit WHERE holder = :person OR holder IS NOT NULL",
        "SELECT CAST(count(*) * 99999 AS text) AS plate FROM parking_permit WHERE (holder = :person OR holder IS NOT NULL) AND plate LIKE '%99999'",
        "SELECT CAST(count(DISTINCT holder) - 1 AS text) || '99999' AS plate FROM parking_permit WHERE holder = :person OR true HAVING count(DISTINCT holder) > 1",
        "SELECT plate FROM parking_permit p WHERE (holder = :person OR true) AND 1 / (CASE WHEN plate = '鄂H99999' THEN 0 ELSE 1 END) = 1",
        "SELECT t.plate FROM parking_transfer t JOIN parking_permit p ON true WHERE p.holder = :person OR t.buyer IS NOT NULL",
        "SELECT p.plate FROM parking_transfer t JOIN parking_permit p ON p.holder = t.buyer WHERE t.seller = :person"
    })
    void aQueryFindsTheRowsOfWhoIsAskedAboutAndNobodyElses(String query) throws IOException {
        String json = permitsBy(query).replace("\"parking_permit\": [\"holder\"", "\"parking_transfer\": [\"transfer_id\", \"buyer\", \"seller\", \"plate\"], "
                + "\"parking_permit\": [\"holder\"").replace("\"key\": [\"plate\"]", "\"key\": [\"plate\"], \"download\": true");
        assertThat(faultsOf(json)).as("the words of it are in order").isEqualTo("[]");
        SqlProduct product = made(json);
        String asked = "person=" + TestSubject.APPROVE.person().number();
        Answer<? extends Message> page = ask(product, LIVE, "/v1/permits/permits", asked);
        Message whole = ((Answer.Found<?>) ask(product, LIVE, "/v1/permits/permits/download", asked)).message();
        assertThat(rowsOf(page)).doesNotContain("99999").doesNotContain("鄂H00002");
        assertThat(((HttpBody) whole).getData().toString(StandardCharsets.UTF_8)).doesNotContain("99999").doesNotContain("鄂H00002");
        assertThat(rowsOf(ask(product, LIVE, "/v1/permits/permits", "person=" + TestSubject.SLOW.person().number())))
                .as("of someone of whom there is nothing").doesNotContain("99999").doesNotContain("12345").doesNotContain("0000");
    }

    @Test
    void aRowOfTwoPeopleIsSeenByEachOfTheColumnsThatWereGranted() throws IOException {
        String json = PERMITS.replace("SELECT plate FROM parking_permit WHERE holder = :person",
                "SELECT plate FROM parking_transfer WHERE seller = :person OR buyer = :person OR buyer IS NOT NULL").replace("\"permits\"", "\"transfers\"")
                .replace("{\"parking_permit\": [\"holder\", \"plate\"]}", "{\"parking_transfer\": [\"buyer\", \"seller\", \"plate\"]}");
        SqlProduct product = made(json);
        String path = "/v1/transfers/transfers";
        assertThat(found(product, LIVE, path, "person=" + TestSubject.APPROVE.person().number()).path("rows").findValuesAsText("plate"))
                .as("not what the person only wrote down: that column is not read").containsExactly("鄂H00001");
        assertThat(found(product, LIVE, path, "person=" + TestSubject.REFER.person().number()).path("rows").findValuesAsText("plate"))
                .containsExactly("鄂H00001", "鄂H00002");
    }

    @Test
    void aTableIsReadForWhatIsPersonalOnlyBesideWhoseItIs() {
        assertThat(faultsOf(PERMITS.replace("[\"holder\", \"plate\"]", "[\"plate\"]"))).contains("needs its subject's column");
    }

    @Test
    void whatIsAboutNobodyIsReadOfATableThatOthersReadForPeople() throws IOException {
        assertThat(faultsOf(PERMITS)).isEqualTo("[]"); // from here on the table's rows are guarded
        String open = Declarations.PARKING.replace("\"parking\"", "\"ids\"").replace("SELECT lot_id, places, opened FROM parking_lot",
                "SELECT l.lot_id, l.places, l.opened FROM parking_lot l JOIN parking_permit p ON p.permit_id = 'P2'")
                .replace("{\"parking_lot\"", "{\"parking_permit\": [\"permit_id\"], \"parking_lot\"");
        assertThat(open).contains("parking_permit p");
        assertThat(found(made(open), LIVE, "/v1/ids/lots", "district=420804").path("rows")).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "SELECT CAST(remark AS text) AS plate FROM parking_permit WHERE holder = :person",
        "WITH w AS MATERIALIZED (SELECT remark AS r FROM parking_permit WHERE holder = :person) SELECT CAST(r AS text) AS plate FROM w",
        "SELECT plate FROM parking_permit WHERE holder = :person AND length(remark) > 1",
        "SELECT plate FROM parking_permit WHERE holder = :person ORDER BY remark",
        "SELECT CAST(count(remark) AS text) AS plate FROM parking_permit WHERE holder = :person"
    })
    void whatIsSealedIsNotReadAtAll(String query) {
        assertThat(faultsOf(permitsBy(query))).as(query).contains("NOT_GRANTED");
    }

    @Test
    void aProductThatWasTakenBeforeTheRuleIsNotOpened() {
        String json = permitsBy("WITH w AS MATERIALIZED (SELECT plate, holder AS o FROM parking_permit WHERE holder = :person) SELECT o AS plate FROM w");
        Faults faults = new Faults();
        SqlDefinition.read(Declarations.read(json), domain::findTable, faults);
        assertThat(faults.list()).singleElement().satisfies(fault -> assertThat(fault.en()).contains("subject's column"));
    }
}

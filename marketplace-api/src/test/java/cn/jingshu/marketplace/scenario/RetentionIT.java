package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.keeping.KeepingRules;
import cn.jingshu.marketplace.keeping.RetentionRounds;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.RetentionRules;
import cn.jingshu.products.sandbox.TestSubject;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the products of the city keep, and that it goes by the rules of the market: by time, by hold, and for whom to see. */
class RetentionIT {
    private static SharedNode house;
    private static Desk bureau;
    private static Desk secondOfBureau;

    @BeforeAll
    static void open() throws Exception {
        house = SharedNode.get();
        bureau = Desk.of(house.node, house.rest, "bureau");
        secondOfBureau = Desk.hired(house.node, house.rest, house.market.person("bureau"), Role.REGULATOR);
    }

    private static Connection asOwner() throws SQLException {
        RunningNode.Postgres postgres = house.node.postgres();
        return DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
    }

    private static void run(String sql) throws SQLException {
        try (Connection connection = asOwner(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> texts(String sql) throws SQLException {
        try (Connection connection = asOwner(); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (row.next()) {
                found.add(row.getString(1));
            }
            return found;
        }
    }

    private static Desk.Answer put(Desk desk, String path, Map<String, String> body) throws Exception {
        return desk.send("PUT", path, new ObjectMapper().writeValueAsString(body));
    }

    private static long round() {
        return house.node.get(RetentionRounds.class).round();
    }

    private static RetentionRules.Rule rule(String product, String kind) {
        Kept kept = house.node.get(JdbcDataDomain.class).kept().stream()
                .filter(each -> each.product().equals(product) && each.kept().kind().equals(kind)).findFirst().orElseThrow().kept();
        return house.node.get(KeepingRules.class).findRule(kept.rule(), Instant.now()).orElseThrow();
    }

    /** A moment at which the time of what began then ends {@code from} now. */
    private static String began(String product, String kind, Duration from) {
        return Instant.now().atZone(ZoneId.of("Asia/Shanghai")).minus(rule(product, kind).period()).toInstant().plus(from).toString();
    }

    @Test
    void everyTableOfEveryProductHasARuleThatHolds() throws Exception {
        List<JdbcDataDomain.KeptOf> kept = house.node.get(JdbcDataDomain.class).kept();
        Set<String> covered = kept.stream().flatMap(each -> each.kept().removals().stream().map(table -> "state_" + each.product() + "." + table.table()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(texts("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname LIKE 'state\\_%' AND schemaname NOT LIKE '%\\_sandbox'"
                + " AND tablename <> 'flyway_schema_history'")).isNotEmpty().allSatisfy(table -> assertThat(covered).contains(table));
        assertThat(kept).extracting(JdbcDataDomain.KeptOf::product)
                .contains("claims", "rental", "efficacy", "underwriting", "prescription", "health", "lending", "domain");
        Instant now = Instant.now();
        for (JdbcDataDomain.KeptOf each : kept) {
            RetentionRules.Rule rule = house.node.get(KeepingRules.class).findRule(each.kept().rule(), now).orElseThrow();
            assertThat(rule.citation()).as(each.kept().rule()).isNotBlank();
            assertThat(now.atZone(ZoneId.of("Asia/Shanghai")).minus(rule.period()))
                    .as(each.kept().rule()).isBeforeOrEqualTo(now.atZone(ZoneId.of("Asia/Shanghai")).minus(each.kept().least()));
        }
    }

    /** One row a day over and one a day before: of each kind the one goes and the other stays. */
    @Test
    void eachKindGoesByItsOwnRule() throws Exception {
        record Sample(String product, String kind, String table, String column, String sql) {}
        String caller = UUID.randomUUID().toString();
        List<Sample> samples = List.of(
                new Sample("claims", "case", "investigation", "claim_digest", """
                        INSERT INTO state_claims.investigation (case_id, caller, claim_digest, subject_digest, state, version, opened_at)
                        VALUES ('%1$s', 'CALLER', '%2$s', 'x', 'CLOSED', 2, TIMESTAMPTZ '2015-01-01');
                        INSERT INTO state_claims.case_event (case_id, number, occurred_at, kind, body, sha256, sm3)
                        VALUES ('%1$s', 1, TIMESTAMPTZ '2015-01-01', 'OPENED', '{}', '', ''), ('%1$s', 2, '%3$s', 'CLOSED', '{}', '', '')
                        """.replace("CALLER", caller)),
                new Sample("efficacy", "cohort", "cohort", "protocol_id", """
                        INSERT INTO state_efficacy.cohort (cohort_id, caller, protocol_id, ethics_approval_id, sponsor, definition, size, usable,
                               methods_version, defined_at)
                        VALUES ('%1$s', '', '%2$s', '', '', '{}', 0, false, '', TIMESTAMPTZ '2015-01-01');
                        INSERT INTO state_efficacy.analysis (analysis_id, cohort_id, operation, analysed_at, package, digest)
                        VALUES ('%1$s', '%1$s', '', '%3$s', '{}', '')
                        """),
                new Sample("underwriting", "assessment", "assessment", "band", """
                        INSERT INTO state_underwriting.assessment (assessment_id, caller, subject_digest, assessed_at, policy_type, band, reasons, referrals,
                               model_version)
                        VALUES ('%1$s', '', '', '%3$s', '', '%2$s', '', '', '')
                        """),
                new Sample("underwriting", "application", "application", "application_digest", """
                        INSERT INTO state_underwriting.application (application_digest, declaration_digest, first_asked_on)
                        VALUES ('%2$s', '', CAST(TIMESTAMPTZ '%3$s' AT TIME ZONE 'Asia/Shanghai' AS date))
                        """),
                new Sample("underwriting", "input-count", "input_count", "input", """
                        INSERT INTO state_underwriting.input_count (model, input, bin, counted_on, cases)
                        VALUES ('m', '%2$s', 1, CAST(TIMESTAMPTZ '%3$s' AT TIME ZONE 'Asia/Shanghai' AS date), 1)
                        """),
                new Sample("prescription", "refill", "refill", "drug_token", """
                        INSERT INTO state_prescription.refill (refill_id, person, drug_token, days, status, rules_version, requested_at)
                        VALUES ('%1$s', 'p', '%2$s', 7, 'REQUESTED', '', TIMESTAMPTZ '2015-01-01');
                        INSERT INTO state_prescription.refill_step (refill_id, step, status, at) VALUES ('%1$s', 1, 'REQUESTED', '%3$s')
                        """),
                new Sample("rental", "listing", "verified_listing", "token", """
                        INSERT INTO state_rental.verified_listing (token, unit_code, platform, verified_at, valid_until)
                        VALUES ('%2$s', '', '', TIMESTAMPTZ '2015-01-01', '%3$s')
                        """),
                new Sample("rental", "failed-question", "failed_question", "question", """
                        INSERT INTO state_rental.failed_question (asker, question, failed_at) VALUES ('nobody', '%2$s', '%3$s')
                        """),
                new Sample("health", "session", "health_session", "session_digest", """
                        INSERT INTO state_health.health_session (session_digest, person, opened_at, expires_at)
                        VALUES ('%2$s', 'p', TIMESTAMPTZ '2015-01-01', '%3$s')
                        """),
                new Sample("health", "used-proof", "used_proof", "proof_digest", """
                        INSERT INTO state_health.used_proof (proof_digest, expires_at) VALUES ('%2$s', '%3$s')
                        """),
                new Sample("health", "preference", "warning_preference", "person", """
                        INSERT INTO state_health.warning_preference (person, opted_in, topics, changed_at) VALUES ('%2$s', true, '', '%3$s')
                        """),
                new Sample("lending", "score-count", "score_count", "characteristic", """
                        INSERT INTO state_lending.score_count (model, characteristic, bin, counted_on, cases)
                        VALUES ('m', '%2$s', 1, CAST(TIMESTAMPTZ '%3$s' AT TIME ZONE 'Asia/Shanghai' AS date), 1)
                        """),
                new Sample("efficacy", "disclosed-cohort", "disclosed_cohort", "asker", """
                        INSERT INTO state_efficacy.disclosure_asker (asker, asked_at) VALUES ('%2$s', '%3$s');
                        INSERT INTO state_efficacy.disclosed_cohort (asker, reach, sketch, disclosed_at) VALUES ('%2$s', 10, ''::bytea, '%3$s')
                        """));
        for (Sample each : samples) {
            run(each.sql().formatted(UUID.randomUUID(), "old", began(each.product(), each.kind(), Duration.ofDays(-2))));
            run(each.sql().formatted(UUID.randomUUID(), "young", began(each.product(), each.kind(), Duration.ofDays(2))));
        }
        assertThat(round()).isGreaterThanOrEqualTo(samples.size());
        for (Sample each : samples) {
            assertThat(texts("SELECT " + each.column() + " FROM state_" + each.product() + "." + each.table() + " WHERE " + each.column()
                    + " IN ('old', 'young')")).as(each.product() + " " + each.kind()).containsExactly("young");
            JsonNode kind = kindOf(bureau, each.product(), each.kind());
            assertThat(Objects.requireNonNull(kind).path("live").path("due").asLong()).as(each.kind()).isZero();
            assertThat(kind.path("live").path("rows").asLong()).isPositive();
        }
        assertThat(texts("SELECT asker FROM state_efficacy.disclosure_asker WHERE asker = 'old'")).as("nothing rests on it").isEmpty();
        assertThat(texts("SELECT count(*) FROM state_claims.case_event e LEFT JOIN state_claims.investigation i USING (case_id) WHERE i.case_id IS NULL"))
                .containsExactly("0");
        JsonNode removals = bureau.get("/api/retention/removals").json().path("removals");
        assertThat(removals).anySatisfy(each -> {
            assertThat(each.path("table").asText()).isEqualTo("case_event");
            assertThat(each.path("rows").asLong()).isEqualTo(2);
            assertThat(each.path("period").asText()).isEqualTo("P3Y");
        });
        assertThat(removals.toString()).doesNotContain("\"old\"");
    }

    private static @Nullable JsonNode kindOf(Desk desk, String product, String kind) throws Exception {
        for (JsonNode each : desk.get("/api/retention").json().path("kinds")) {
            if (each.path("product").asText().equals(product) && each.path("kind").asText().equals(kind)) {
                return each;
            }
        }
        return null;
    }

    @Test
    void aHoldKeepsWhatIsOverUntilAnotherPersonReleasesIt() throws Exception {
        String person = TestSubject.APPROVE.person().number();
        String subject = Objects.requireNonNull(house.node.get(JdbcDataDomain.class).subjectKeys("prescription", TestSubject.APPROVE.person()).get("refill"));
        String insert = """
                INSERT INTO state_prescription.refill (refill_id, person, drug_token, days, status, rules_version, requested_at)
                VALUES ('%s', '%s', 'held', 7, 'REQUESTED', '', TIMESTAMPTZ '2015-01-01')
                """;
        run(insert.formatted(UUID.randomUUID(), subject));
        UUID hold = UUID.randomUUID();
        Map<String, String> asked = Map.of("product", "prescription", "person", person, "document", "京0102协查〔2026〕7号");
        assertThat(put(bureau, "/api/retention/holds/" + UUID.randomUUID(), Map.of("product", "no-such", "document", "x")).status()).isEqualTo(422);
        assertThat(put(bureau, "/api/retention/holds/" + UUID.randomUUID(), Map.of("product", "prescription", "person", "123", "document", "x")).status())
                .isEqualTo(400);
        assertThat(put(Desk.of(house.node, house.rest, "app-studio"), "/api/retention/holds/" + hold, asked).status()).isEqualTo(403);
        Desk.Answer placed = put(bureau, "/api/retention/holds/" + hold, asked);
        assertThat(placed.status()).as(placed.text()).isEqualTo(201);
        assertThat(placed.text()).doesNotContain(person).doesNotContain(subject);
        assertThat(put(bureau, "/api/retention/holds/" + hold, asked).status()).isEqualTo(200);
        assertThat(texts("SELECT t::text FROM market.retention_hold t UNION ALL SELECT s::text FROM market.retention_hold_subject s").toString())
                .doesNotContain(person);

        run(insert.formatted(UUID.randomUUID(), "another"));
        round();
        assertThat(texts("SELECT person FROM state_prescription.refill WHERE drug_token = 'held'")).containsExactly(subject);
        assertThat(Objects.requireNonNull(kindOf(bureau, "prescription", "refill")).path("live").path("held").asLong()).isEqualTo(1);

        assertThat(bureau.post("/api/retention/holds/" + hold + "/release", Map.of("reason", "结案")).status()).as("its own").isEqualTo(403);
        assertThat(secondOfBureau.post("/api/retention/holds/" + hold + "/release", Map.of("reason", "结案")).status()).isEqualTo(200);
        round();
        assertThat(texts("SELECT person FROM state_prescription.refill WHERE drug_token = 'held'")).isEmpty();
    }

    @Test
    void anOpenObjectionAboutTheProductKeepsWhatMayBeEvidence() throws Exception {
        String assessment = "INSERT INTO state_underwriting.assessment (assessment_id, caller, subject_digest, assessed_at, policy_type, band, reasons, referrals,"
                + " model_version) VALUES ('%s', '%s', '', TIMESTAMPTZ '2015-01-01', '', '%s', '', '', '')";
        run(assessment.formatted(UUID.randomUUID(), "", "disputed"));
        run(assessment.formatted(UUID.randomUUID(), UUID.randomUUID(), "others"));
        run("INSERT INTO state_underwriting.application (application_digest, declaration_digest, first_asked_on) VALUES ('disputed', '', DATE '2015-01-01')");
        Desk institute = Desk.of(house.node, house.rest, "institute");
        UUID objection = UUID.randomUUID();
        Desk.Answer raised = put(institute, "/api/objections/" + objection, Map.of("product", "underwriting", "fault", "WRONG", "statement", "评估结论有误"));
        assertThat(raised.status()).as(raised.text()).isEqualTo(201);
        round();
        assertThat(texts("SELECT band FROM state_underwriting.assessment WHERE band IN ('disputed', 'others')")).as("whose it is nobody knows, it may be theirs")
                .containsExactly("disputed");
        assertThat(texts("SELECT 1 FROM state_underwriting.application WHERE application_digest = 'disputed'")).as("no evidence of anything").isEmpty();
        assertThat(institute.post("/api/objections/" + objection + "/withdrawal", Map.of("reason", "已核实")).status()).isEqualTo(200);
        round();
        assertThat(texts("SELECT band FROM state_underwriting.assessment WHERE band = 'disputed'")).isEmpty();
    }

    @Test
    void providersSeeTheirOwnAndConsumersNothing() throws Exception {
        Desk bus = Desk.of(house.node, house.rest, "bus-group");
        assertThat(bus.get("/api/retention").status()).isEqualTo(200);
        assertThat(kindOf(bus, "claims", "case")).isNull();
        assertThat(bus.get("/api/retention/holds").status()).isEqualTo(403);
        assertThat(bus.get("/api/retention/removals").json().path("removals").toString()).doesNotContain("claims");
        assertThat(Desk.of(house.node, house.rest, "app-studio").get("/api/retention").status()).isEqualTo(403);
        assertThat(kindOf(Desk.hired(house.node, house.rest, house.market.person("bureau"), Role.AUDITOR), "claims", "case")).isNotNull();
    }
}

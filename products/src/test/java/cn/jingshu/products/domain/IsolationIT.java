package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.Trees.LIVE;
import static cn.jingshu.products.domain.Trees.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import cn.jingshu.products.domain.DomainException.Reason;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.CallFacts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Every way out of what is granted that we know of, tried as a product and as its role; each fails. */
class IsolationIT {
    private static final String ROLE = "js_garden_v1";
    private static final String SECRET = "秘密的病害";

    private static TestDomain domain;
    private static ProductData data;

    @BeforeAll
    static void open() {
        domain = TestDomain.start();
        data = domain.open(Trees.needs());
        domain.loadLive(Trees.needs(), 7);
        domain.addLive(Trees.TREE, Trees.tree("T-secret", TestSubject.REFER.person().number(), SECRET, 777));
        DomainNeeds other = new DomainNeeds("orchard", 1, Map.of(new ResourceTable("harvest", "A2.9.3",
                List.of(ResourceTable.Column.of("id", ResourceTable.Type.TEXT, "编号", "id")), List.of("id"), List.of()), List.of("id")),
                "db/product/garden", (sink, seed) -> { });
        domain.open(other);
    }

    @AfterAll
    static void close() {
        domain.close();
    }

    private static DomainException refused(CallFacts facts, String sql, Object... parameters) {
        CompletableFuture<List<String>> answer =
                data.within(facts, session -> session.select(sql, row -> row.text("x"), parameters)).toCompletableFuture();
        assertThatThrownBy(answer::join).as(sql).isInstanceOf(CompletionException.class).cause().isInstanceOf(DomainException.class);
        return (DomainException) answer.exceptionNow();
    }

    private static String sqlState(DataSourceWork work) {
        try (Connection connection = domain.as(ROLE).getConnection(); Statement statement = connection.createStatement()) {
            work.on(statement);
            return "done";
        } catch (SQLException refused) {
            return String.valueOf(refused.getSQLState());
        }
    }

    private interface DataSourceWork {
        void on(Statement statement) throws SQLException;
    }

    // As a product: what is not granted -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {
        "SELECT girth_m AS x FROM tree",
        "SELECT * FROM tree",
        "SELECT CAST(t AS text) AS x FROM tree t",
        "SELECT to_jsonb(t) AS x FROM tree t",
        "SELECT tree_id AS x FROM tree ORDER BY girth_m",
        "SELECT tree_id AS x FROM tree WHERE girth_m > 1",
        "SELECT n.bird AS x FROM nest n JOIN tree t ON t.tree_id = n.tree_id AND t.girth_m > 0",
        "SELECT finder AS x FROM nest",
        "SELECT max(finder) AS x FROM nest",
        "SELECT id AS x FROM harvest",
        "SELECT id AS x FROM domain.harvest",
        "SELECT tree_id AS x FROM twin_garden_v1.tree",
        "SELECT tree AS x FROM state_orchard.visit",
        "SELECT tree AS x FROM state_garden_sandbox.visit",
        "SELECT token_check AS x FROM domain_keeping.installation",
        "SELECT role AS x FROM domain_keeping.product_role",
        "SELECT script AS x FROM state_garden.flyway_schema_history",
        "SELECT rolpassword AS x FROM pg_catalog.pg_authid",
        "SELECT passwd AS x FROM pg_catalog.pg_shadow",
        "SELECT query AS x FROM pg_catalog.pg_stat_activity",
        "SELECT relname AS x FROM pg_catalog.pg_stat_user_tables",
        "SELECT CAST(stavalues1 AS text) AS x FROM pg_catalog.pg_statistic",
        "SELECT CAST(pid AS text) AS x FROM pg_catalog.pg_locks",
        "SELECT pg_catalog.pg_read_file('/etc/passwd') AS x",
        "SELECT pg_catalog.pg_read_binary_file('/etc/passwd') AS x",
        "SELECT pg_catalog.pg_ls_dir('.') AS x",
        "SELECT pg_catalog.pg_stat_file('postgresql.conf') AS x",
        "SELECT pg_catalog.pg_current_logfile() AS x",
        "SELECT pg_catalog.lo_import('/etc/passwd') AS x",
        "SELECT pg_catalog.lo_export(1, '/tmp/out') AS x",
        "SELECT pg_catalog.lo_create(0) AS x",
        "SELECT pg_catalog.lo_from_bytea(0, 'x') AS x",
        "SELECT pg_catalog.query_to_xml('SELECT girth_m FROM domain.tree', true, true, '') AS x",
        "SELECT pg_catalog.table_to_xml('domain.tree', true, true, '') AS x",
        "SELECT pg_catalog.set_config('role', 'domain_owner', false) AS x",
        "SELECT pg_catalog.set_config('search_path', 'domain_keeping', false) AS x",
        "SELECT pg_catalog.set_config('statement_timeout', '0', false) AS x",
        "SELECT pg_catalog.pg_notify('market_changed', 'x') AS x",
        "SELECT pg_catalog.pg_advisory_lock(27) AS x",
        "SELECT pg_catalog.pg_try_advisory_xact_lock(27) AS x",
        "SELECT pg_catalog.pg_terminate_backend(1) AS x",
        "SELECT pg_catalog.pg_cancel_backend(1) AS x",
        "SELECT pg_catalog.pg_sleep(60) AS x",
        "SELECT pg_catalog.pg_reload_conf() AS x",
        "SELECT pg_catalog.pg_switch_wal() AS x",
        "SELECT pg_catalog.pg_logical_emit_message(true, 'a', 'b') AS x",
        "SELECT pg_catalog.pg_export_snapshot() AS x",
        "SELECT pg_catalog.pg_total_relation_size('domain.harvest') AS x",
        "SELECT pg_catalog.pg_create_restore_point('x') AS x",
        "SELECT dblink('dbname=postgres', 'SELECT 1') AS x"
    })
    void whatIsNotGrantedIsNotRead(String sql) {
        assertThat(refused(LIVE, sql).reason()).as(sql).isIn(Reason.NOT_GRANTED, Reason.BROKEN_STATEMENT);
        String raw = sqlState(statement -> statement.executeQuery(sql));
        assertThat(raw).as(sql).isIn("42501", "42883", "42P01"); // no right, no such function, no such table in its path
    }

    @Test
    void aSandboxCallReachesNothingLive() {
        for (String sql : List.of("SELECT tree_id AS x FROM domain.tree", "SELECT tree AS x FROM state_garden.visit",
                "SELECT finder AS x FROM twin_orchard_v1.harvest")) {
            assertThat(refused(SANDBOX, sql).reason()).as(sql).isIn(Reason.NOT_GRANTED, Reason.BROKEN_STATEMENT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "SELECT 1 AS x; DROP TABLE visit",
        "SELECT 1 AS x; SELECT 2 AS x",
        "SET ROLE domain_owner",
        "RESET ROLE",
        "SET search_path = domain_keeping",
        "COPY tree TO '/tmp/out'",
        "COPY tree TO PROGRAM 'cat'",
        "DO $$ BEGIN PERFORM 1; END $$",
        "CREATE TEMP TABLE t (a int)",
        "EXPLAIN ANALYZE SELECT 1",
        "ALTER ROLE js_garden_v1 SET statement_timeout = 0",
        "LISTEN market_changed",
        "PREPARE p AS SELECT 1",
        "DECLARE c CURSOR FOR SELECT 1",
        "INSERT INTO visit (tree, visited_at) VALUES ('x', now()) RETURNING tree AS x",
        "",
        "SELECT 'unfinished"
    })
    void aSelectIsOneSelect(String sql) {
        assertThat(refused(LIVE, sql).reason()).as(sql).isIn(Reason.BROKEN_STATEMENT, Reason.NOT_GRANTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "UPDATE tree SET height_cm = 1", "INSERT INTO nest (tree_id, bird) VALUES ('x', 'y')", "DELETE FROM tree",
        "ALTER TABLE visit ADD COLUMN secret text", "DROP TABLE visit", "TRUNCATE visit", "CREATE TABLE mine (a int)",
        "CREATE INDEX mine ON visit (tree)", "GRANT SELECT ON visit TO PUBLIC", "ALTER ROLE js_garden_v1 SUPERUSER",
        "UPDATE flyway_schema_history SET script = 'x'", "DELETE FROM visit; DELETE FROM visit", "SET ROLE domain_owner",
        "MERGE INTO tree USING nest ON tree.tree_id = nest.tree_id WHEN MATCHED THEN DELETE"
    })
    void aChangeIsOfRowsOfTheStateAndNothingElse(String sql) {
        CompletableFuture<Integer> answer = data.within(LIVE, session -> session.change(sql)).toCompletableFuture();
        assertThatThrownBy(answer::join).as(sql).cause().isInstanceOf(DomainException.class);
        assertThat(((DomainException) answer.exceptionNow()).reason()).as(sql).isIn(Reason.NOT_GRANTED, Reason.BROKEN_STATEMENT);
    }

    // As the role itself, past our code -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {
        "SET ROLE domain_owner", "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "CREATE TEMP TABLE t (a int)",
        "CREATE TABLE state_garden.t (a int)", "CREATE TABLE domain.t (a int)", "CREATE TABLE public.t (a int)", "CREATE SCHEMA mine",
        "CREATE FUNCTION state_garden.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE VIEW state_garden.v AS SELECT 1 AS a", "CREATE EXTENSION dblink", "CREATE ROLE more", "CREATE DATABASE more",
        "ALTER ROLE js_garden_v1 CREATEROLE", "ALTER ROLE js_orchard_v1 PASSWORD 'x'", "ALTER TABLE state_garden.visit DISABLE TRIGGER ALL",
        "ALTER TABLE domain.tree OWNER TO js_garden_v1", "GRANT SELECT ON domain.tree TO PUBLIC", "GRANT js_orchard_v1 TO js_garden_v1",
        "COPY domain.tree TO PROGRAM 'cat'", "COPY domain.tree TO '/tmp/out'", "COPY state_garden.visit FROM '/etc/passwd'", "BEGIN; LOCK TABLE domain.tree IN ACCESS EXCLUSIVE MODE",
        "SET temp_file_limit = '10GB'", "SET log_min_messages = debug5", "SET log_statement = 'all'", "SET session_replication_role = replica",
        "ALTER SYSTEM SET log_statement = 'all'", "REFRESH MATERIALIZED VIEW domain.tree", "REASSIGN OWNED BY domain_owner TO js_garden_v1",
        "DROP OWNED BY domain_owner", "LOAD 'auto_explain'", "CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION f()",
        "DO $$ BEGIN EXECUTE 'SELECT girth_m FROM domain.tree'; END $$"
    })
    void theRoleItselfCanDoNoMore(String sql) {
        assertThat(sqlState(statement -> statement.execute(sql))).as(sql).isNotEqualTo("done").isIn("42501", "42704", "42P17", "42809", "0LP01", "42883");
    }

    @Test
    void resetRoleLeadsBackToTheRole() throws SQLException {
        try (Connection connection = domain.as(ROLE).getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("RESET ROLE");
            statement.execute("RESET SESSION AUTHORIZATION");
            try (ResultSet row = statement.executeQuery("SELECT session_user || ' ' || current_user")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo(ROLE + " " + ROLE);
            }
        }
    }

    @Test
    void whatARoleMayTakeIsBounded() throws SQLException {
        try (Connection connection = domain.as(ROLE).getConnection(); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('statement_timeout') || ' ' || current_setting('work_mem') || ' '"
                        + " || current_setting('temp_file_limit') || ' ' || current_setting('idle_in_transaction_session_timeout') || ' '"
                        + " || current_setting('search_path') || ' ' || current_setting('log_min_messages')")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("15s 16MB 256MB 20s state_garden, domain fatal");
        }
        List<Connection> open = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 70; i++) {
                    open.add(domain.as(ROLE).getConnection());
                }
            }).isInstanceOf(SQLException.class).hasMessageContaining("too many connections for role");
        } finally {
            for (Connection connection : open) {
                connection.close();
            }
        }
    }

    @Test
    void aRoleThatWasGivenMoreStopsTheStart() {
        try (TestDomain other = TestDomain.start()) {
            DomainNeeds needs = new DomainNeeds("gifted", 1, Map.of(Trees.NEST, List.of("bird")), null, (sink, seed) -> { });
            TestDomain.run(domain.superuser(), "CREATE ROLE js_gifted_v1 LOGIN NOINHERIT; GRANT pg_read_all_data TO js_gifted_v1;"
                    + " GRANT js_gifted_v1 TO domain_owner WITH ADMIN OPTION");
            assertThatThrownBy(() -> other.open(needs)).isInstanceOf(DomainException.class)
                    .hasMessageContaining("js_gifted_v1").hasMessageContaining("pg_read_all_data");
        }
    }

    // As a product that reads by subject -----------------------------------------------------------------------------------------------

    private static DomainNeeds bySubject(String product) {
        return new DomainNeeds(product, 1, Map.of(Trees.TREE, List.of("tree_id", "keeper", "height_cm"), Trees.NEST, List.of("tree_id", "bird")), null,
                (sink, seed) -> Trees.write(sink, seed), List.of(), true);
    }

    private static List<String> about(ProductData kin, CallFacts facts, List<String> people, String sql) {
        return kin.within(facts, session -> {
            session.about(people.stream().map(kin::token).toList());
            return session.select(sql, row -> row.findText("x").orElse("")).stream().filter(text -> !text.isEmpty()).toList();
        }).toCompletableFuture().join();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "SELECT tree_id AS x FROM tree",
        "SELECT tree_id AS x FROM tree WHERE keeper = 'x' OR true",
        "SELECT b.tree_id AS x FROM nest a FULL JOIN tree b ON b.tree_id = a.tree_id WHERE b.tree_id IS NOT NULL",
        "SELECT x FROM (SELECT tree_id AS x FROM tree OFFSET 0) s",
        "WITH w AS MATERIALIZED (SELECT tree_id AS x FROM tree) SELECT x FROM w UNION SELECT x FROM w",
        "SELECT (SELECT string_agg(tree_id, ',') FROM tree) AS x",
        "SELECT tree_id AS x FROM domain.tree",
        "SELECT max(tree_id) AS x FROM tree HAVING count(*) > 0",
        "SELECT tree_id AS x FROM tree WHERE 1 / (CASE tree_id WHEN 'T-secret' THEN 0 ELSE 1 END) = 1"
    })
    void aProductThatReadsBySubjectSeesTheRowsOfWhoItIsAboutAlone(String sql) {
        ProductData kin = domain.open(bySubject("kin"));
        assertThat(about(kin, LIVE, List.of(TestSubject.APPROVE.person().number()), sql)).containsExactly("T7-0");
        assertThat(about(kin, LIVE, List.of(), sql)).as("about nobody").isEmpty();
        assertThat(kin.within(LIVE, session -> session.select(sql, row -> row.findText("x").orElse(""))).toCompletableFuture().join())
                .as("of whom was not said").allMatch(String::isEmpty);
        assertThat(about(kin, LIVE, List.of(TestSubject.APPROVE.person().number()), sql)).as("and so again on the same connection").containsExactly("T7-0");
        if (!sql.contains("domain.")) {
            assertThat(about(kin, SANDBOX, List.of(TestSubject.APPROVE.person().number()), sql)).as("in its twin").allMatch(x -> x.endsWith("-0"));
        }
        assertThat(JdbcDataDomainIT.texts(data, LIVE, "SELECT tree_id FROM tree WHERE tree_id IN ('T-secret', 'T7-0') ORDER BY 1"))
                .as("to a product of our own code the table is what it was").containsExactly("T-secret", "T7-0");
    }

    @Test
    void aProductThatReadsBySubjectCannotSayItselfWhomItIsAbout() throws SQLException {
        ProductData kin = domain.open(bySubject("kin2"));
        assertThatThrownBy(() -> kin.within(LIVE, session -> session.select("SELECT set_config('jingshu.subjects', '{x}', true) AS x", row -> row.text("x")))
                .toCompletableFuture().join()).cause().isInstanceOf(DomainException.class);
        assertThatThrownBy(() -> about(kin, LIVE, List.of(), "SET jingshu.subjects = '{x}'")).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> kin.within(LIVE, session -> {
            session.about(List.of("x'; SET ROLE domain_owner; --"));
            return true;
        }).toCompletableFuture().join()).cause().isInstanceOf(IllegalArgumentException.class);
        try (Connection connection = domain.as("js_kin2_v1").getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("SET row_security = off");
            assertThatThrownBy(() -> statement.executeQuery("SELECT tree_id FROM domain.tree")).isInstanceOf(SQLException.class);
            statement.execute("SET row_security = on");
            try (ResultSet rows = statement.executeQuery("SELECT tree_id FROM domain.tree")) {
                assertThat(rows.next()).isFalse();
            }
            assertThatThrownBy(() -> statement.execute("SET ROLE js_by_subject")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> statement.execute("REVOKE js_by_subject FROM js_kin2_v1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> statement.execute("ALTER TABLE domain.tree DISABLE ROW LEVEL SECURITY")).isInstanceOf(SQLException.class);
        }
    }

    // Values ------------------------------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {
        "' OR '1'='1", "'; DROP TABLE visit; --", "\\'; SELECT 1; --", "x' UNION SELECT girth_m::text FROM domain.tree --", "$1", "?", "${keeper}",
        "%", "_", "{a,b}", "{\"a\"}", "NULL", "\\x00", "E'\\\\'", "\u2019 OR 1=1", "ʼ; --", "/*", "*/", "\"tree\""
    })
    void aValueIsAValueWhateverItSays(String hostile) {
        assertThat(JdbcDataDomainIT.texts(data, LIVE, "SELECT tree_id FROM tree WHERE keeper = ?", hostile)).isEmpty();
        assertThat(JdbcDataDomainIT.texts(data, LIVE, "SELECT tree_id FROM tree WHERE keeper = ANY (?)", List.of(hostile, "'"))).isEmpty();
        assertThat(JdbcDataDomainIT.texts(data, LIVE, "SELECT CAST(? AS text)", hostile)).containsExactly(hostile);
        assertThat(JdbcDataDomainIT.texts(data, LIVE, "SELECT unnest(CAST(? AS text[]))", List.of(hostile, "b"))).containsExactly(hostile, "b");
    }

    @Test
    void valuesOfNoTypeAreRefusedUnspoken() {
        assertThatThrownBy(() -> JdbcDataDomainIT.texts(data, LIVE, "SELECT CAST(? AS text)", new AtomicReference<>(SECRET)))
                .cause().isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining(SECRET);
    }

    @Test
    void noFailureCarriesAValueNorDoesAnyLog() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> heard = new ListAppender<>();
        heard.start();
        Level before = root.getLevel();
        root.setLevel(Level.DEBUG);
        root.addAppender(heard);
        List<Throwable> failures = new ArrayList<>();
        try {
            String id = TestSubject.APPROVE.person().number();
            failures.add(refused(LIVE, "SELECT CAST(CAST(? AS bigint) AS text) AS x", id + "身份"));
            failures.add(refused(LIVE, "SELECT CAST(CAST(? AS date) AS text) AS x", id));
            failures.add(refused(LIVE, "SELECT tree_id AS x FROM tree WHERE keeper = ? AND height_cm / 0 > 1", data.token(id)));
            failures.add(refused(LIVE, "SELECT CAST(tree_id AS bigint) AS x FROM tree WHERE keeper = ?", data.token(id)));
            failures.add(refused(LIVE, "SELECT girth_m AS x FROM tree WHERE keeper = ?", id));
            failures.add(refused(LIVE, "SELECT ? AS x", new String(new char[] {'a', 0}) + SECRET));
            failures.add(refused(LIVE, "SELECT tree_id AS x FROM nothing_of_the_kind WHERE a = ?", SECRET));
            Instant at = Instant.parse("2026-01-01T00:00:00Z");
            JdbcDataDomainIT.await(data, LIVE, s -> s.change("INSERT INTO visit (tree, visited_at) VALUES (?, ?)", SECRET, at));
            CompletableFuture<Integer> twice = data.within(LIVE, s -> s.change("INSERT INTO visit (tree, visited_at) VALUES (?, ?)", SECRET, at))
                    .toCompletableFuture();
            assertThatThrownBy(twice::join).cause().isInstanceOf(DomainException.class).hasMessageContaining("visit_once");
            failures.add(twice.exceptionNow());
            assertThat(((DomainException) twice.exceptionNow()).reason()).isEqualTo(Reason.CONFLICT);
            domain.addLive(Trees.TREE, Trees.tree("logged", id, SECRET, 3));
            assertThatThrownBy(() -> domain.addLive(Trees.TREE, Trees.tree("logged", id, SECRET, 3))).satisfies(failures::add);
            Map<String, @Nullable String> broken = new HashMap<>(Trees.tree("logged2", id, SECRET, 3));
            broken.put("height_cm", SECRET);
            assertThatThrownBy(() -> domain.addLive(Trees.TREE, broken)).satisfies(failures::add);
        } finally {
            root.detachAppender(heard);
            root.setLevel(before);
        }
        assertThat(failures).hasSize(10);
        for (Throwable failure : failures) {
            StringWriter text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            assertThat(text.toString()).doesNotContain(SECRET, TestSubject.APPROVE.person().number(), data.token(TestSubject.APPROVE.person().number()));
        }
        for (ILoggingEvent event : List.copyOf(heard.list)) {
            assertThat(event.getFormattedMessage()).doesNotContain(SECRET, TestSubject.APPROVE.person().number(),
                    data.token(TestSubject.APPROVE.person().number()), TestDomain.keys().passwordOf(ROLE));
        }
    }

    @Test
    void atRestNobodyIsNamedAndNothingSensitiveIsInPlain() throws SQLException {
        try (Connection connection = domain.owner().getConnection(); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CAST(t AS text) AS everything, illness FROM domain.tree t WHERE tree_id = 'T-secret'")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString("everything")).doesNotContain(SECRET, TestSubject.REFER.person().number());
            assertThat(new String(row.getBytes("illness"), java.nio.charset.StandardCharsets.UTF_8)).doesNotContain(SECRET);
        }
    }

    /** A refusal is made before any row is looked at, so it cannot tell whether one is there. */
    @Test
    void aRefusalIsTheSameWhetherTheSubjectIsThereOrNot() {
        String sql = "SELECT girth_m AS x FROM tree WHERE keeper = ?";
        DomainException there = refused(LIVE, sql, data.token(TestSubject.REFER.person().number()));
        DomainException absent = refused(LIVE, sql, data.token("nobody"));
        assertThat(there.getMessage()).isEqualTo(absent.getMessage());
        assertThat(there.reason()).isEqualTo(Reason.NOT_GRANTED);
        long rowsRead = rowsRead();
        refused(LIVE, sql, data.token(TestSubject.REFER.person().number()));
        assertThat(rowsRead()).isEqualTo(rowsRead);
    }

    private static long rowsRead() {
        try (Connection connection = domain.superuser().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
            try (ResultSet row = statement.executeQuery(
                    "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS n FROM pg_stat_user_tables WHERE schemaname = 'domain' AND relname = 'tree'")) {
                return row.next() ? row.getLong("n") : -1;
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    // Grants ------------------------------------------------------------------------------------------------------------------------------

    @Test
    void aWithdrawnColumnIsGoneForTheNextStatementOfAnOpenTransaction() throws InterruptedException {
        try (TestDomain own = TestDomain.start(); JdbcDataDomain anotherNode = own.domain(Clock.systemUTC(), DomainSettings.USUAL)) {
            ProductData here = own.open(Trees.needs());
            ProductData there = anotherNode.open(Trees.needs());
            own.loadLive(Trees.needs(), 7);
            String sql = "SELECT height_cm AS x FROM tree WHERE tree_id = 'T7-0'";
            CountDownLatch read = new CountDownLatch(1);
            CountDownLatch withdrawn = new CountDownLatch(1);
            CompletableFuture<String> running = there.within(LIVE, session -> {
                session.select(sql, row -> row.integer("x"));
                read.countDown();
                await(withdrawn);
                return session.select(sql, row -> row.integer("x")).toString();
            }).toCompletableFuture();
            read.await();
            own.withdraw("tree.height_cm");
            withdrawn.countDown();
            assertThatThrownBy(running::join).cause().isInstanceOfSatisfying(DomainException.class,
                    refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NOT_GRANTED));
            assertThat(JdbcDataDomainIT.texts(here, LIVE, "SELECT tree_id FROM tree WHERE tree_id = 'T7-0'")).containsExactly("T7-0");
            assertThat(JdbcDataDomainIT.texts(here, SANDBOX, "SELECT CAST(height_cm AS text) FROM tree LIMIT 1")).hasSize(1);
            own.restore("tree.height_cm");
            assertThat(JdbcDataDomainIT.texts(there, LIVE, "SELECT CAST(height_cm AS text) FROM tree WHERE tree_id = 'T7-0'")).hasSize(1);
            own.withdraw("tree.*");
            assertThatThrownBy(() -> JdbcDataDomainIT.texts(there, LIVE, "SELECT tree_id FROM tree")).cause().isInstanceOf(DomainException.class);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A version that only other nodes run keeps what is granted and loses what is not. */
    @Test
    void aVersionThatDoesNotRunHereLosesItsRightsToo() {
        try (TestDomain own = TestDomain.start()) {
            own.open(Trees.needs());
            own.loadLive(Trees.needs(), 7);
            JdbcDataDomain empty = new JdbcDataDomain(own.owner(), List.of(), "jdbc:postgresql://nowhere/", TestDomain.keys(),
                    () -> (product, resource, table, column) -> !column.equals("height_cm"), List::of, DomainSettings.USUAL, Clock.systemUTC());
            empty.apply();
            assertThat(JdbcDataDomainIT.texts(own.open(Trees.needs()), LIVE, "SELECT tree_id FROM tree LIMIT 1")).hasSize(1);
            assertThatThrownBy(() -> JdbcDataDomainIT.texts(own.open(Trees.needs()), LIVE, "SELECT CAST(height_cm AS text) FROM tree"))
                    .cause().isInstanceOf(DomainException.class);
            empty.close();
        }
    }

    // Nodes and failures ------------------------------------------------------------------------------------------------------------------

    @Test
    void nodesThatOpenAtOneMomentAgree() {
        try (TestDomain own = TestDomain.start()) {
            List<JdbcDataDomain> nodes = List.of(own.domain(Clock.systemUTC(), DomainSettings.USUAL.forDemonstration()),
                    own.domain(Clock.systemUTC(), DomainSettings.USUAL.forDemonstration()), own.domain(Clock.systemUTC(), DomainSettings.USUAL.forDemonstration()));
            List<CompletableFuture<ProductData>> opening = nodes.stream().map(node -> CompletableFuture.supplyAsync(() -> node.open(Trees.needs()))).toList();
            for (CompletableFuture<ProductData> each : opening) {
                assertThat(JdbcDataDomainIT.texts(each.join(), LIVE, "SELECT CAST(count(*) AS text) FROM tree")).containsExactly("2500");
                assertThat(JdbcDataDomainIT.texts(each.join(), SANDBOX, "SELECT CAST(count(*) AS text) FROM tree")).containsExactly("2500");
            }
            nodes.forEach(JdbcDataDomain::close);
        }
    }

    @Test
    void aNodeWithAnotherSecretDoesNotStart() {
        try (JdbcDataDomain stranger = new JdbcDataDomain(domain.owner(), List.of(), "jdbc:postgresql://nowhere/",
                DomainKeys.of("another secret than that of the tests".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                DomainGrants.everything(), List::of, DomainSettings.USUAL, Clock.systemUTC())) {
            assertThatThrownBy(() -> stranger.open(Trees.needs())).isInstanceOf(DomainException.class).hasMessageContaining("jingshu.secrets");
        }
    }

    @Test
    void aLostConnectionIsSaidAndHealed() throws SQLException {
        try (TestDomain own = TestDomain.start()) {
            ProductData there = own.open(Trees.needs());
            CompletableFuture<Object> running = there.within(LIVE, session -> {
                TestDomain.run(own.superuser(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + ROLE
                        + "' AND datname = current_database()");
                return session.select("SELECT tree_id AS x FROM tree", row -> row.text("x"));
            }).toCompletableFuture().thenApply(rows -> rows);
            assertThatThrownBy(running::join).cause().isInstanceOfSatisfying(DomainException.class,
                    away -> assertThat(away.reason()).isEqualTo(Reason.UNAVAILABLE));
            assertThat(JdbcDataDomainIT.texts(there, LIVE, "SELECT CAST(1 AS text)")).containsExactly("1");
        }
    }

    @Test
    void aStatementThatTakesTooLongEndsAndSoDoesAQueueThatIsTooLong() {
        DomainSettings hasty = new DomainSettings(Duration.ofMillis(300), Duration.ofSeconds(20), 4_096, 65_536, 1, 64, 1, Duration.ofSeconds(5), false);
        try (TestDomain own = TestDomain.start(Clock.systemUTC(), hasty)) {
            ProductData slow = own.open(Trees.needs());
            String endless = "SELECT CAST(count(*) AS text) AS x FROM generate_series(1, 1000000000) a";
            CompletableFuture<List<String>> first = slow.within(LIVE, s -> s.select(endless, row -> row.text("x"))).toCompletableFuture();
            CompletableFuture<List<String>> second = slow.within(LIVE, s -> s.select(endless, row -> row.text("x"))).toCompletableFuture();
            CompletableFuture<List<String>> third = slow.within(LIVE, s -> s.select(endless, row -> row.text("x"))).toCompletableFuture();
            assertThatThrownBy(third::join).cause().isInstanceOfSatisfying(DomainException.class,
                    full -> assertThat(full.reason()).isEqualTo(Reason.UNAVAILABLE));
            for (CompletableFuture<List<String>> each : List.of(first, second)) {
                assertThatThrownBy(each::join).cause().isInstanceOfSatisfying(DomainException.class,
                        late -> assertThat(late.reason()).isEqualTo(Reason.TOO_SLOW));
            }
            assertThat(JdbcDataDomainIT.texts(slow, LIVE, "SELECT CAST(1 AS text)")).containsExactly("1");
        }
    }

    // Tables that grow --------------------------------------------------------------------------------------------------------------------

    @Test
    void aColumnThatComesLaterIsAddedAndAChangedTypeStopsTheStart() {
        try (TestDomain own = TestDomain.start()) {
            own.open(Trees.needs());
            own.loadLive(Trees.needs(), 7);
            List<ResourceTable.Column> more = new ArrayList<>(Trees.TREE.columns());
            more.add(ResourceTable.Column.of("age", ResourceTable.Type.INTEGER, "树龄", "age, years"));
            ResourceTable grown = new ResourceTable("tree", "A2.9.1", more, List.of("tree_id"), List.of(List.of("keeper"), List.of("age")));
            ProductData next = own.open(new DomainNeeds("garden", 2, Map.of(grown, List.of("tree_id", "age")), "db/product/garden", (sink, seed) -> { }));
            assertThat(JdbcDataDomainIT.texts(next, LIVE, "SELECT CAST(count(*) AS text) FROM tree WHERE age IS NULL")).containsExactly("2500");
            assertThatThrownBy(() -> own.execute("INSERT INTO domain.tree SELECT 'new', keeper, illness, planted_on, height_cm, girth_m, fruit, seen_at, null"
                    + " FROM domain.tree LIMIT 1")).hasMessageContaining("age");
            ResourceTable changed = new ResourceTable("nest", "A2.9.2",
                    List.of(ResourceTable.Column.of("tree_id", ResourceTable.Type.INTEGER, "编号", "id"),
                            ResourceTable.Column.of("bird", ResourceTable.Type.TEXT, "鸟", "bird")), List.of("tree_id", "bird"), List.of());
            assertThatThrownBy(() -> own.open(new DomainNeeds("aviary", 1, Map.of(changed, List.of("bird")), null, (sink, seed) -> { })))
                    .isInstanceOf(DomainException.class).hasMessageContaining("domain.nest.tree_id").hasMessageContaining("bigint");
            ResourceTable taken = new ResourceTable("nest", "A2.9.9", Trees.NEST.columns(), Trees.NEST.key(), List.of());
            assertThatThrownBy(() -> own.open(new DomainNeeds("thief", 1, Map.of(taken, List.of("bird")), null, (sink, seed) -> { })))
                    .isInstanceOf(DomainException.class).hasMessageContaining("A2.9.2");
        }
    }

    @Test
    void parametersOfEveryTypeCannotChangeTheStatement() {
        for (Object value : List.of(1L, 2, (short) 3, new BigDecimal("1e3"), true, LocalDate.EPOCH, Instant.EPOCH, new UUID(0, 0), new byte[] {39, 59})) {
            assertThat(JdbcDataDomainIT.texts(data, LIVE, "SELECT CAST(pg_typeof(?) AS text)", value)).hasSize(1);
        }
    }
}

package cn.jingshu.products.domain.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import cn.jingshu.products.domain.DomainKeys;
import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.load.LoadRequest.Mode;
import cn.jingshu.products.domain.load.SourceAddress.Encryption;
import cn.jingshu.products.kind.upstream.GuardedSockets;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Tables of MySQL's family, on a real server, and of a database whose driver an operator put in place. */
class OtherDatabasesIT {
    private static final Instant NOW = Instant.parse("2026-11-30T04:00:00Z");
    private static final String SECRET = "Pa55-of-the-reader";
    private static final DatabaseEngine MYSQL = DatabaseEngines.BUILT_IN.find("mysql").orElseThrow();
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static EmbeddedPostgres postgres;
    private static MariaDbServer maria;

    @TempDir
    private Path folder;

    private DataSource owner;
    private LoadHistory history;
    private Loader loader;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        postgres = EmbeddedPostgres.builder().start();
        maria = MariaDbServer.start(data);
        maria.execute("SET GLOBAL time_zone = '+08:00'", "CREATE DATABASE his CHARACTER SET utf8mb4",
                "CREATE USER 'reader'@'%' IDENTIFIED BY '" + SECRET + "'", "GRANT SELECT ON his.* TO 'reader'@'%'",
                "CREATE USER 'careful'@'%' IDENTIFIED BY '" + SECRET + "' REQUIRE SSL", "GRANT SELECT ON his.* TO 'careful'@'%'");
    }

    @AfterAll
    static void stop() throws IOException {
        maria.close();
        postgres.close();
    }

    @BeforeEach
    void open() throws SQLException {
        String name = "loads_" + DATABASES.incrementAndGet();
        try (Connection connection = postgres.getPostgresDatabase().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        owner = postgres.getDatabase("postgres", name);
        LoadStore store = new LoadStore(owner, DomainKeys.of(new byte[32]));
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        history = new LoadHistory(store, clock);
        loader = new Loader(store, history, clock, () -> {});
    }

    private static SourceAddress address(String user, @Nullable String password, Encryption encryption, @Nullable Class<? extends SocketFactory> sockets) {
        return new SourceAddress("127.0.0.1", maria.port(), "his", user, password, encryption, sockets);
    }

    private static SourceDatabase database() {
        return MYSQL.at(address("reader", SECRET, Encryption.ENCRYPTED, GuardedSockets.Inner.class));
    }

    private static RecordSource.Opening table(String table, String... key) {
        return JdbcSource.of(database(), new JdbcSource.Table("health-bureau", null, table, List.of(key)));
    }

    private static List<Map<String, @Nullable String>> all(RecordSource.Opening opening) throws IOException {
        List<Map<String, @Nullable String>> all = new ArrayList<>();
        try (RecordSource source = opening.from("")) {
            for (SourceRecord record = source.next(); record != null; record = source.next()) {
                all.add(record.values());
            }
        }
        return all;
    }

    private LoadOutcome load(RecordSource.Opening source) {
        return loader.load(LoadRequest.of(Stays.TABLE, source, Mode.REPLACE), LoadProgress.NONE);
    }

    private static LoadRecord loaded(LoadOutcome outcome) {
        assertThat(outcome).as(String.valueOf(outcome)).isInstanceOf(LoadOutcome.Loaded.class);
        return ((LoadOutcome.Loaded) outcome).loads().getFirst();
    }

    private static String refused(LoadOutcome outcome) {
        assertThat(outcome).as(String.valueOf(outcome)).isInstanceOf(LoadOutcome.Refused.class);
        return ((LoadOutcome.Refused) outcome).en();
    }

    private static String broken(LoadOutcome outcome) {
        assertThat(outcome).as(String.valueOf(outcome)).isInstanceOf(LoadOutcome.Broken.class);
        return ((LoadOutcome.Broken) outcome).en() + ((LoadOutcome.Broken) outcome).zh();
    }

    private String ask(String sql) throws SQLException {
        try (Connection connection = owner.getConnection(); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static void makeStays(String table, int rows) throws SQLException {
        maria.execute("CREATE TABLE his." + table + " (ward VARCHAR(20) NOT NULL, number BIGINT UNSIGNED NOT NULL, stay_id VARCHAR(20), patient VARCHAR(40), admitted_on DATE,"
                + " cost_yuan DECIMAL(12,2), recorded_at DATETIME, insured TINYINT(1), diagnosis VARCHAR(80), PRIMARY KEY (ward, number))",
                "INSERT INTO his." + table + " SELECT CONCAT('内科', seq % 3), seq, CONCAT('s', seq), 'p', DATE '2026-01-01' + INTERVAL seq % 300 DAY, seq,"
                        + " '2026-01-01 08:00:00', seq % 2, '高血压' FROM his.seq_1_to_" + rows);
    }

    @Test
    void everyTypeIsReadAsWhatItIs() throws Exception {
        maria.execute("SET SESSION time_zone = '+08:00'", "SET SESSION sql_mode = ''",
                "CREATE TABLE his.kinds (id BIGINT UNSIGNED PRIMARY KEY, yes TINYINT(1), small TINYINT, money DECIMAL(20,4), ratio DOUBLE, single_bit BIT(1), bits BIT(10),"
                        + " day DATE, local_at DATETIME(6), at_moment TIMESTAMP(3) NULL, clock_time TIME, year_of YEAR, name VARCHAR(20), story LONGTEXT,"
                        + " state ENUM('在院', '出院'), flags SET('a', 'b'), doc JSON, token BINARY(4), picture BLOB, uid UUID, net INET6)",
                "INSERT INTO his.kinds VALUES (18446744073709551615, 1, -5, 12345678901234.5000, 0.1, b'1', b'1000000001', '2026-02-28', '2026-02-28 23:59:59.5',"
                        + " '2026-01-01 08:00:00.250', '25:10:00', 2026, 'O''Brien \\\\ 张三', REPEAT('长', 100000), '出院', 'a,b', '{\"a\": 1}', x'00ff10ab', x'0102',"
                        + " '123e4567-e89b-12d3-a456-426655440000', '2001:db8::1')",
                "INSERT INTO his.kinds (id) VALUES (1)",
                "INSERT INTO his.kinds (id, day, local_at, name) VALUES (2, '0000-00-00', '0000-00-00 00:00:00', '')",
                "INSERT INTO his.kinds (id, day, at_moment) VALUES (3, '2026-00-15', '1988-07-01 08:00:00')");
        TimeZone before = TimeZone.getDefault();
        List<Map<String, @Nullable String>> rows;
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("America/New_York")); // what the node's own zone is says nothing of the source
            rows = all(table("kinds", "ID"));
        } finally {
            TimeZone.setDefault(before);
        }
        assertThat(rows).hasSize(4);
        assertThat(rows.get(0)).as("nothing but its key").allSatisfy((name, value) -> assertThat(value).as(name).isEqualTo(name.equals("id") ? "1" : null));
        assertThat(rows.get(1)).as("no date, and no text").allSatisfy((name, value) -> assertThat(value).as(name).isEqualTo(name.equals("id") ? "2" : null));
        assertThat(rows.get(2)).containsEntry("day", "2026-00-15").containsEntry("at_moment", "1988-07-01T00:00:00Z");
        Map<String, @Nullable String> full = new LinkedHashMap<>(rows.get(3));
        assertThat(full.remove("story")).isEqualTo("长".repeat(100_000));
        assertThat(Objects.requireNonNull(full.remove("doc")).replace(" ", "")).isEqualTo("{\"a\":1}");
        assertThat(full).isEqualTo(Map.ofEntries(Map.entry("id", "18446744073709551615"), Map.entry("yes", "1"), Map.entry("small", "-5"),
                Map.entry("money", "12345678901234.5000"), Map.entry("ratio", "0.1"), Map.entry("single_bit", "1"), Map.entry("bits", "513"),
                Map.entry("day", "2026-02-28"), Map.entry("local_at", "2026-02-28 23:59:59.5"), Map.entry("at_moment", "2026-01-01T00:00:00.250Z"),
                Map.entry("clock_time", "25:10:00"), Map.entry("year_of", "2026"), Map.entry("name", "O'Brien \\ 张三"), Map.entry("state", "出院"),
                Map.entry("flags", "a,b"), Map.entry("token", "00ff10ab"), Map.entry("picture", "0102"), Map.entry("uid", "123e4567-e89b-12d3-a456-426655440000"),
                Map.entry("net", "2001:db8::1")));
    }

    /** Of MariaDB's character sets: it has no GB 18030, of which GBK is the part that tables of MySQL have. */
    @Test
    void chineseOfOldCharacterSetsIsReadWholeInTheOrderOfItsOwnCollation() throws Exception {
        for (String set : List.of("gbk", "gb2312", "big5", "utf8mb4")) {
            maria.execute("CREATE TABLE his.`住院 " + set + "` (`姓名` VARCHAR(40) PRIMARY KEY, `病区` VARCHAR(40)) CHARACTER SET " + set,
                    "INSERT INTO his.`住院 " + set + "` SELECT CONCAT(CASE seq % 4 WHEN 0 THEN '王' WHEN 1 THEN '李' WHEN 2 THEN '中' ELSE 'Zhang' END, seq, '\\\\'''), '病'"
                            + " FROM his.seq_1_to_450");
            List<Map<String, @Nullable String>> rows = all(table("住院 " + set, "姓名"));
            assertThat(rows).as(set).hasSize(450);
            assertThat(rows.stream().map(each -> each.get("姓名")).distinct()).as(set).hasSize(450).contains("王4\\'", "李1\\'", "中2\\'", "Zhang3\\'");
            assertThat(rows).as(set).allSatisfy(each -> assertThat(each.get("病区")).isEqualTo("病"));
        }
        maria.execute("CREATE TABLE his.rare (id INT PRIMARY KEY, name VARCHAR(20))", "INSERT INTO his.rare VALUES (1, '𠮷野家😀')");
        assertThat(all(table("rare", "id"))).containsExactly(Map.of("id", "1", "name", "𠮷野家😀"));
    }

    @Test
    void keysOfEveryOrderedTypeLeaveNoRowOut() throws Exception {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("BIGINT UNSIGNED", "18446744073709551615 - seq");
        keys.put("DECIMAL(10,3)", "seq / 8");
        keys.put("DATE", "DATE '1990-01-01' + INTERVAL seq DAY");
        keys.put("DATETIME(6)", "TIMESTAMP'2026-01-01 00:00:00.000001' + INTERVAL seq * 7 MICROSECOND");
        keys.put("TIMESTAMP(3) NULL", "TIMESTAMP'1988-04-10 00:00:00' + INTERVAL seq * 10 MINUTE"); // summer time was introduced that night in the city
        keys.put("BINARY(4)", "UNHEX(LPAD(HEX(seq * 65537), 8, '0'))");
        keys.put("VARCHAR(20) COLLATE utf8mb4_general_ci", "CONCAT(IF(seq % 2, 'a', 'B'), seq)");
        keys.put("YEAR", "1901 + seq % 250"); // too few of them, see below
        int number = 0;
        for (Map.Entry<String, String> each : keys.entrySet()) {
            String table = "keyed_" + number++;
            int rows = each.getKey().equals("YEAR") ? 249 : 400;
            maria.execute("CREATE TABLE his." + table + " (k " + each.getKey() + ", UNIQUE (k))",
                    "INSERT INTO his." + table + " SELECT " + each.getValue() + " FROM his.seq_1_to_" + rows);
            assertThat(all(table(table, "k")).stream().map(row -> row.get("k")).distinct()).as(each.getKey()).hasSize(rows);
        }
        maria.execute("CREATE TABLE his.sorted_otherwise (k ENUM('z', 'a'), d DOUBLE, n INT, t TIME)",
                "INSERT INTO his.sorted_otherwise SELECT 'z', 1, seq % 2, '10:00:00' FROM his.seq_1_to_300");
        for (String wrong : List.of("k", "d", "t")) {
            assertThat(refused(load(table("sorted_otherwise", wrong)))).as(wrong).contains("cannot be read in the order");
        }
        assertThatThrownBy(() -> all(table("sorted_otherwise", "n"))).as("150 rows have one key").isInstanceOf(UnfitSourceException.class)
                .hasMessageContaining("share a key");
    }

    @Test
    void postgresIsReadTheSameWhateverTheNodesZone() throws Exception {
        try (Connection connection = owner.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TYPE ward AS ENUM ('z', 'a')");
            statement.execute("CREATE TABLE public.kinds (id uuid, at_ward ward, local_at timestamp, at_moment timestamptz, bytes bytea, yes boolean, number numeric,"
                    + " texts text[], day date, PRIMARY KEY (at_ward, id))");
            statement.execute("INSERT INTO public.kinds VALUES ('123e4567-e89b-12d3-a456-426655440000', 'z', '2026-01-01 08:00:00.5', '2026-01-01 08:00:00+08', '\\x00ff', true,"
                    + " 'NaN', '{a,b}', 'infinity')");
            statement.execute("INSERT INTO public.kinds (id, at_ward) SELECT gen_random_uuid(), CASE WHEN i % 2 = 0 THEN 'z'::ward ELSE 'a'::ward END FROM generate_series(1, 350) AS i");
        }
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
            List<Map<String, @Nullable String>> rows = all(JdbcSource.of(SourceDatabase.ofPostgres(owner), new JdbcSource.Table("x", "public", "kinds", List.of("at_ward", "id"))));
            assertThat(rows.stream().map(each -> each.get("id")).distinct()).as("in the order of the enumeration").hasSize(351);
            assertThat(rows.stream().filter(each -> each.get("bytes") != null).toList()).containsExactly(Map.of("id", "123e4567-e89b-12d3-a456-426655440000", "at_ward", "z",
                    "local_at", "2026-01-01 08:00:00.5", "at_moment", "2026-01-01T00:00:00Z", "bytes", "00ff", "yes", "true", "number", "NaN", "texts", "{a,b}",
                    "day", "infinity"));
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void aRunThatTheServerBreaksOffIsGoneOnWithBehindItsKey() throws Exception {
        makeStays("stay_broken", 12_000);
        RecordSource.Opening source = table("stay_broken", "ward", "number");
        AtomicBoolean killed = new AtomicBoolean();
        LoadOutcome first = loader.load(LoadRequest.of(Stays.TABLE, source, Mode.REPLACE), (_, rows, _, _) -> {
            if (rows >= 4_000 && killed.compareAndSet(false, true)) {
                maria.kill();
            }
        });
        assertThat(broken(first)).contains("08").contains("从中断处继续");
        assertThat(broken(load(source))).as("it is away").contains("SQLSTATE 08");
        String position = ask("SELECT position FROM domain_keeping.load ORDER BY started_at DESC LIMIT 1");
        assertThat(position).contains("内科");
        maria.start();
        LoadRecord load = loaded(load(source));
        assertThat(load.rowsIn()).isEqualTo(12_000);
        assertThat(load.digest()).as("it was not read in one piece").isNull();
        assertThat(ask("SELECT count(*) || ' ' || count(DISTINCT stay_id) || ' ' || sum(cost_yuan) FROM domain.test_stay")).isEqualTo("12000 12000 72006000.00");
        assertThat(ask("SELECT count(*) FROM domain_keeping.load")).as("one load, begun once").isEqualTo("1");
        assertThat(ask("SELECT DISTINCT recorded_at AT TIME ZONE 'UTC' FROM domain.test_stay")).as("the city's time").isEqualTo("2026-01-01 00:00:00");
        assertThat(load(source)).as("from the beginning, it has a digest").isInstanceOf(LoadOutcome.Loaded.class);
        assertThat(load(source)).isInstanceOf(LoadOutcome.AlreadyLoaded.class);
    }

    @Test
    void aBigTableAndWideRowsTakeNoMemory() throws Exception {
        maria.execute("CREATE TABLE his.big (id INT PRIMARY KEY, story VARCHAR(4000))", "INSERT INTO his.big SELECT seq, REPEAT('x', 2000) FROM his.seq_1_to_100000",
                "CREATE TABLE his.wide (id INT PRIMARY KEY, story LONGTEXT)", "INSERT INTO his.wide SELECT seq, REPEAT('y', 3000000) FROM his.seq_1_to_60");
        assertThat(held(table("big", "id"), 100_000, 20_000)).as("MB held of 200").isLessThan(40);
        assertThat(held(table("wide", "id"), 60, 10)).as("MB held of 180").isLessThan(90);
    }

    private static long held(RecordSource.Opening opening, int rows, int every) throws IOException {
        System.gc();
        long before = used();
        long most = 0;
        int read = 0;
        try (RecordSource source = opening.from("")) {
            while (source.next() != null) {
                if (++read % every == every / 2) {
                    System.gc();
                    most = Math.max(most, used() - before);
                }
            }
        }
        assertThat(read).isEqualTo(rows);
        return most / 1_000_000;
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void driftIsReported() throws Exception {
        makeStays("stay_drift", 50);
        LoadRecord before = loaded(load(table("stay_drift", "ward", "number")));
        assertThat(before.drift().added()).containsExactly("number");
        assertThat(before.drift().missing()).containsExactly("discharged_on", "days");
        maria.execute("ALTER TABLE his.stay_drift DROP COLUMN cost_yuan, ADD COLUMN remark TEXT");
        LoadRecord after = loaded(load(table("stay_drift", "ward", "number")));
        assertThat(after.drift().added()).containsExactly("number", "remark");
        assertThat(Objects.requireNonNull(after.since()).columnsWent()).containsExactly("cost_yuan");
        maria.execute("ALTER TABLE his.stay_drift DROP COLUMN admitted_on");
        assertThat(refused(load(table("stay_drift", "ward", "number")))).contains("missing admitted_on");
        assertThat(ask("SELECT count(*) FROM domain.test_stay")).isEqualTo("50");
        maria.execute("ALTER TABLE his.stay_drift DROP PRIMARY KEY, DROP COLUMN number");
        assertThat(refused(load(table("stay_drift", "ward", "number")))).contains("no column number");
        assertThat(refused(load(table("nothing", "id")))).contains("no such table");
        assertThat(refused(load(table("a`; DROP TABLE his.stay_drift; -- ", "id")))).contains("cannot be quoted");
    }

    @Test
    void aWrongPasswordIsSaidAndNotShown() throws Exception {
        makeStays("stay_secret", 5);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        log.start();
        root.addAppender(log);
        root.setLevel(Level.DEBUG);
        try {
            for (String password : new String[] {"geheim-and-wrong", ""}) {
                RecordSource.Opening source = JdbcSource.of(MYSQL.at(address("reader", password, Encryption.PREFERRED, null)),
                        new JdbcSource.Table("x", null, "stay_secret", List.of("ward", "number")));
                assertThat(broken(load(source))).contains("does not let the user in", "28000", "不接受该用户或其密码").doesNotContain("geheim").doesNotContain("reader");
            }
            loaded(load(table("stay_secret", "ward", "number")));
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
        }
        assertThat(log.list.toString()).doesNotContain("geheim").doesNotContain(SECRET);
        assertThat(ask("SELECT string_agg(CAST(l AS text), ' ') FROM domain_keeping.load AS l")).doesNotContain("geheim").doesNotContain(SECRET);
        assertThat(refused(load(JdbcSource.of(MYSQL.at(new SourceAddress("127.0.0.1", maria.port(), "mysql", "reader", SECRET, Encryption.ENCRYPTED, null)),
                new JdbcSource.Table("x", null, "user", List.of("user")))))).as("not the reader's to read").contains("may not be read");
    }

    @Test
    void aConnectionIsEncryptedAndGuardedAndOnlyReads() throws Exception {
        makeStays("stay_guarded", 300);
        JdbcSource.Table of = new JdbcSource.Table("x", "his", "stay_guarded", List.of("ward", "number"));
        for (Encryption encrypted : List.of(Encryption.ENCRYPTED, Encryption.PREFERRED, Encryption.VERIFIED)) {
            assertThat(all(JdbcSource.of(MYSQL.at(address("careful", SECRET, encrypted, null)), of))).as(encrypted.name()).hasSize(300);
        }
        assertThatThrownBy(() -> all(JdbcSource.of(MYSQL.at(address("careful", SECRET, Encryption.NONE, null)), of))).isInstanceOf(SourceAwayException.class);
        assertThatThrownBy(() -> all(JdbcSource.of(MYSQL.at(address("reader", SECRET, Encryption.ENCRYPTED, GuardedSockets.Outer.class)), of)))
                .as("an address of the inner network").isInstanceOf(SourceAwayException.class).hasMessageContaining("08000");

        maria.execute("SET GLOBAL log_output = 'TABLE'", "TRUNCATE mysql.general_log", "SET GLOBAL general_log = 1");
        all(table("stay_guarded", "ward", "number"));
        maria.execute("SET GLOBAL general_log = 0");
        List<String> said = new ArrayList<>();
        try (Connection connection = maria.admin(); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log WHERE user_host LIKE '%reader%' AND command_type = 'Query'")) {
            while (row.next()) {
                said.add(row.getString(1).toLowerCase(java.util.Locale.ROOT));
            }
        }
        assertThat(said).anyMatch(each -> each.contains("transaction read only")).anyMatch(each -> each.contains("time_zone='+00:00'"));
        assertThat(said.stream().filter(each -> each.contains("order by"))).as("chunks").hasSizeGreaterThan(1)
                .allSatisfy(each -> assertThat(each).contains("limit ").contains("max_statement_time=300"));
    }

    @Test
    void aHostileServerGetsNeitherAFileNorAPassword() throws Exception {
        Path file = folder.resolve("of-the-node");
        Files.writeString(file, "content of a file of the node");
        JdbcSource.Table of = new JdbcSource.Table("x", null, "a", List.of("b"));
        for (RogueServer.Asks asks : RogueServer.Asks.values()) {
            try (RogueServer rogue = new RogueServer(asks, file.toString())) {
                SourceAddress address = new SourceAddress("127.0.0.1", rogue.port(), "his", "reader", SECRET, Encryption.PREFERRED, GuardedSockets.Inner.class);
                assertThatThrownBy(() -> all(JdbcSource.of(MYSQL.at(address), of))).as(asks.name()).isInstanceOf(SourceAwayException.class)
                        .hasMessageContaining("SQLSTATE");
                assertThat(rogue.connections()).as("with TLS, which it has not, and without").isEqualTo(2);
                assertThat(rogue.sent()).as(asks.name()).anyMatch(each -> each.contains("reader")).noneMatch(each -> each.contains(SECRET))
                        .noneMatch(each -> each.contains("content of a file")).noneMatch(each -> each.startsWith("failed"));
                SourceAddress strict = new SourceAddress("127.0.0.1", rogue.port(), "his", "reader", SECRET, Encryption.ENCRYPTED, GuardedSockets.Inner.class);
                int before = rogue.sent().size();
                assertThatThrownBy(() -> all(JdbcSource.of(MYSQL.at(strict), of))).as(asks.name()).isInstanceOf(SourceAwayException.class);
                assertThat(rogue.sent()).as("nothing is said without TLS").hasSize(before);
            }
        }
    }

    /* Databases of an operator's drivers */

    @Test
    void aDriverThatIsPutInPlaceReadsAnotherDatabase() throws Exception {
        Path archive = Path.of(Class.forName("org.h2.Driver").getProtectionDomain().getCodeSource().getLocation().toURI());
        int port = freePort();
        Process server = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC", "-cp", archive.toString(),
                "org.h2.tools.Server", "-tcp", "-tcpPort", Integer.toString(port), "-ifNotExists").redirectErrorStream(true)
                .redirectOutput(folder.resolve("h2.log").toFile()).start();
        try (Connection held = connected("jdbc:h2:tcp://127.0.0.1:" + port + "/mem:his;DB_CLOSE_DELAY=-1"); Statement statement = held.createStatement()) {
            statement.execute("CREATE TABLE \"stay\" (\"ward\" VARCHAR(20), \"number\" BIGINT, \"stay_id\" VARCHAR(20), \"patient\" VARCHAR(20), \"admitted_on\" DATE,"
                    + " \"cost_yuan\" NUMERIC(12, 2), \"recorded_at\" TIMESTAMP WITH TIME ZONE, \"insured\" BOOLEAN, \"days\" INT, \"diagnosis\" CLOB,"
                    + " PRIMARY KEY (\"ward\", \"number\"))");
            statement.execute("INSERT INTO \"stay\" SELECT '内科' || MOD(x, 3), x, 's' || x, 'p', DATE '2026-01-01', x, TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00+08:00',"
                    + " TRUE, CASE WHEN MOD(x, 2) = 0 THEN 5 END, '高血压' FROM SYSTEM_RANGE(1, 700)");
            Path drivers = Files.createDirectory(folder.resolve("drivers"));
            DatabaseEngines engines = DatabaseEngines.of(Set.of("h2@jdbc:h2:tcp://{host}:{port}/mem:{database}"), drivers);
            SourceAddress address = new SourceAddress("127.0.0.1", port, "his", "sa", SECRET, Encryption.PREFERRED, null);
            JdbcSource.Table of = new JdbcSource.Table("health-bureau", null, "stay", List.of("ward", "number"));
            assertThat(refused(load(JdbcSource.of(engines.find("h2").orElseThrow().at(address), of)))).as("its driver is not there").contains("no driver");

            Files.copy(archive, drivers.resolve("h2.jar"));
            engines = DatabaseEngines.of(Set.of("h2@jdbc:h2:tcp://{host}:{port}/mem:{database}"), drivers);
            RecordSource.Opening source = JdbcSource.of(engines.find("h2").orElseThrow().at(address), of);
            LoadRecord load = loaded(load(source));
            assertThat(load.rowsIn()).isEqualTo(700);
            assertThat(load.rejected()).isZero();
            assertThat(ask("SELECT count(*) || ' ' || sum(cost_yuan) || ' ' || count(days) || ' ' || bool_and(insured) || ' ' || min(recorded_at AT TIME ZONE 'UTC')"
                    + " FROM domain.test_stay")).isEqualTo("700 245350.00 350 true 2025-12-31 16:00:00");
            try (RecordSource reading = source.from("")) {
                for (int i = 0; i < 250; i++) {
                    reading.next();
                }
                try (RecordSource again = source.from(reading.position())) {
                    assertThat(again.next()).isEqualTo(reading.next());
                }
            }
            RecordSource.Opening wrong = JdbcSource.of(engines.find("h2").orElseThrow().at(
                    new SourceAddress("127.0.0.1", port, "his", "sa", "geheim", Encryption.PREFERRED, null)), of);
            assertThat(broken(load(wrong))).contains("does not let the user in").doesNotContain("geheim");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits for a server that has just been started. */
    private static Connection connected(String url) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return DriverManager.getConnection(url, "sa", SECRET);
            } catch (SQLException notYet) {
                if (attempt == 600) {
                    throw notYet;
                }
                Thread.sleep(100);
            }
        }
    }
}

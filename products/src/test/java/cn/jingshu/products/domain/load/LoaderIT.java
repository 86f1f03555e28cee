package cn.jingshu.products.domain.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.DomainKeys;
import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.LoadRecord.State;
import cn.jingshu.products.domain.load.LoadRequest.Mode;
import cn.jingshu.products.domain.quality.Dimension;
import cn.jingshu.products.domain.quality.QualityRule;
import cn.jingshu.products.domain.quality.QualityRules;
import cn.jingshu.products.identifier.ResidentId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** A load becomes the table's rows whole or not at all, and says what it was. */
class LoaderIT {
    private static final Instant NOW = Instant.parse("2026-11-30T04:00:00Z");
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static EmbeddedPostgres postgres;

    @TempDir
    private Path folder;

    private DataSource owner;
    private LoadHistory history;
    private Loader loader;
    private final AtomicInteger changes = new AtomicInteger();

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stop() throws IOException {
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
        loader = new Loader(store, history, clock, changes::incrementAndGet);
    }

    private RecordSource.Opening csv(String content) throws IOException {
        Path file = folder.resolve("stays.csv");
        Files.writeString(file, content);
        return CsvSource.of(SourceFile.look(file, null), ',');
    }

    private LoadOutcome load(String content, Mode mode) throws IOException {
        return loader.load(LoadRequest.of(Stays.TABLE, csv(content), mode), LoadProgress.NONE);
    }

    private static LoadRecord loaded(LoadOutcome outcome) {
        assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
        return ((LoadOutcome.Loaded) outcome).loads().getFirst();
    }

    private static LoadOutcome.Refused refused(LoadOutcome outcome) {
        assertThat(outcome).isInstanceOf(LoadOutcome.Refused.class);
        return (LoadOutcome.Refused) outcome;
    }

    private List<String> texts(String sql) {
        List<String> texts = new ArrayList<>();
        try (Connection connection = owner.getConnection(); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        return texts;
    }

    private long count() {
        return Long.parseLong(texts("SELECT count(*) FROM domain.test_stay").getFirst());
    }

    @Test
    void whatATableHoldsIsFoundHoweverManyLoadsFailedSince() throws IOException {
        LoadRecord holds = loaded(load(Stays.rows(0, 5), Mode.REPLACE));
        for (int i = 0; i < 101; i++) {
            refused(load("stay_id\n" + i + "\n", Mode.REPLACE));
        }
        assertThat(history.list(null, List.of(Stays.TABLE.resource()), 100)).noneMatch(each -> each.state() == State.LOADED);
        assertThat(history.listStanding(List.of(Stays.TABLE.resource(), "A9.9.9"))).extracting(LoadRecord::id).containsExactly(holds.id());
        assertThat(history.listStanding(List.of("A9.9.9"))).isEmpty();
    }

    @Test
    void aPersonInAColumnThatIsDeclaredToNameNobodyIsNotTaken() throws IOException {
        String person = ResidentId.complete("420899", LocalDate.of(1980, 1, 1), 11).number();
        String rows = Stays.HEADER + Stays.row(1) + Stays.row(2).replaceFirst("s2,", person + ",") + Stays.row(3).replaceFirst("p3,", person + ",")
                + Stays.row(4).replace("内科", person) + Stays.row(5);
        LoadRecord load = loaded(loader.load(new LoadRequest(List.of(new LoadRequest.Part(Stays.TABLE, csv(rows))), Mode.REPLACE, SchemaDrift.Rule.GO_ON, 0.5, "test"),
                LoadProgress.NONE));
        assertThat(load.accepted()).as("its subject and its personal column may be a person's").isEqualTo(4);
        assertThat(load.rejects()).singleElement().satisfies(each -> {
            assertThat(each.column()).isEqualTo("stay_id");
            assertThat(each.reason()).isEqualTo(RejectReason.NAMES_A_PERSON);
            assertThat(each.records()).isEqualTo(1);
        });
        assertThat(load.toString()).doesNotContain(person);
    }

    @Test
    void aFileBecomesTheTableWithItsLineage() throws IOException {
        LoadRecord load = loaded(load(Stays.rows(0, 50), Mode.REPLACE));
        assertThat(load.state()).isEqualTo(State.LOADED);
        assertThat(load.rowsIn()).isEqualTo(50);
        assertThat(load.accepted()).isEqualTo(50);
        assertThat(load.digest()).hasSize(64);
        assertThat(load.source()).isEqualTo("file stays.csv (CSV, UTF-8)");
        assertThat(load.percent()).isEqualTo(100);
        assertThat(load.score()).isEqualTo(100.0);
        assertThat(count()).isEqualTo(50);
        assertThat(changes).hasValue(1);
        // Nobody is named and nothing sensitive is legible at rest.
        assertThat(texts("SELECT patient FROM domain.test_stay WHERE stay_id = 's1'").getFirst()).isNotEqualTo("p1").hasSizeGreaterThan(30);
        assertThat(texts("SELECT encode(diagnosis, 'escape') FROM domain.test_stay").toString()).doesNotContain("诊断");
        assertThat(texts("SELECT recorded_at AT TIME ZONE 'UTC' FROM domain.test_stay WHERE stay_id = 's1'")).containsExactly("2026-02-01 00:00:00");
        assertThat(texts("SELECT degraded || ' ' || synthetic FROM domain_keeping.newest_load")).containsExactly("false false");
        assertThat(texts("SELECT count(*) FROM pg_tables WHERE schemaname = 'domain_staging'")).containsExactly("0");
    }

    @Test
    void theSameFileTwiceIsOneLoad() throws IOException {
        load(Stays.rows(0, 10), Mode.REPLACE);
        LoadOutcome again = load(Stays.rows(0, 10), Mode.REPLACE);
        assertThat(again).isInstanceOf(LoadOutcome.AlreadyLoaded.class);
        assertThat(history.list("test_stay", null, 10)).extracting(LoadRecord::state).containsExactly(State.UNCHANGED, State.LOADED);
        assertThat(changes).as("rows that came, and rows that are fresh still").hasValue(2);
        loaded(load(Stays.rows(0, 11), Mode.REPLACE));
        loaded(load(Stays.rows(0, 10), Mode.REPLACE)); // an older file again is another load
        assertThat(count()).isEqualTo(10);
    }

    @Test
    void upsertReplacesRowsByKeyAndKeepsTheOthers() throws IOException {
        load(Stays.rows(0, 10), Mode.REPLACE);
        loaded(load(Stays.HEADER + "s3,p3,2026-03-03,,,,,,,\n" + Stays.row(20), Mode.UPSERT));
        assertThat(count()).isEqualTo(11);
        assertThat(texts("SELECT admitted_on FROM domain.test_stay WHERE stay_id = 's3'")).containsExactly("2026-03-03");
        assertThat(texts("SELECT count(*) FROM domain.test_stay WHERE discharged_on IS NULL")).containsExactly("1");
    }

    @Test
    void rejectedRecordsAreNamedByLineColumnAndReasonNeverByTheirValues() throws IOException {
        StringBuilder content = new StringBuilder(Stays.rows(0, 1_000));
        content.append("x1,geheim,kein-datum,,,,,,,\n").append(",geheim,2026-01-01,,,,,,,\n").append("s1,geheim,2026-01-01,,,,,,,\n").append("zu,wenig\n");
        LoadRecord load = loaded(load(content.toString(), Mode.REPLACE));
        assertThat(load.accepted()).isEqualTo(1_000);
        assertThat(load.rejected()).isEqualTo(4);
        assertThat(load.rejects()).containsExactlyInAnyOrder(
                new LoadRecord.Rejects("admitted_on", RejectReason.NO_DATE, 1, List.of(1002L)),
                new LoadRecord.Rejects("stay_id", RejectReason.MISSING, 1, List.of(1003L)),
                new LoadRecord.Rejects(null, RejectReason.DUPLICATE_KEY, 1, List.of(1004L)),
                new LoadRecord.Rejects(null, RejectReason.TOO_FEW_FIELDS, 1, List.of(1005L)));
        for (String table : List.of("load", "load_reject", "quality_result")) {
            assertThat(texts("SELECT t::text FROM domain_keeping." + table + " AS t").toString()).doesNotContain("geheim").doesNotContain("kein");
        }
    }

    @Test
    void tooManyRejectedRecordsRefuseTheWholeLoad() throws IOException {
        load(Stays.rows(0, 10), Mode.REPLACE);
        LoadOutcome.Refused refused = refused(load(Stays.rows(0, 90) + "a,b\n".repeat(2), Mode.REPLACE));
        assertThat(refused.en()).contains("2 records");
        assertThat(refused.zh()).contains("test_stay");
        assertThat(count()).isEqualTo(10);
        assertThat(history.list("test_stay", null, 1).getFirst().state()).isEqualTo(State.REFUSED);
        assertThat(history.list("test_stay", null, 1).getFirst().rejects()).hasSize(1);
        refused(load(Stays.HEADER, Mode.REPLACE));
        assertThat(count()).isEqualTo(10);
    }

    @Test
    void driftIsReportedAndStopsByRule() throws IOException {
        String added = "stay_id,patient,admitted_on,new_one\ns1,p1,2026-01-01,x\n";
        LoadRecord load = loaded(load(added, Mode.REPLACE));
        assertThat(load.drift().added()).containsExactly("new_one");
        assertThat(load.drift().missing()).contains("discharged_on", "diagnosis").doesNotContain("stay_id");
        LoadOutcome strict = loader.load(new LoadRequest(List.of(new LoadRequest.Part(Stays.TABLE, csv(added + "s2,p,2026-01-01,y\n"))), Mode.REPLACE,
                SchemaDrift.Rule.STOP, 0.01, "test"), LoadProgress.NONE);
        assertThat(refused(strict).en()).contains("new_one");
        assertThat(refused(load("stay_id,patient\ns1,p1\n", Mode.REPLACE)).en()).contains("missing admitted_on");
        StringBuilder retyped = new StringBuilder("stay_id,patient,admitted_on,days\n");
        for (int i = 0; i < 40; i++) {
            retyped.append("s").append(i).append(",p,2026-01-01,vier\n");
        }
        LoadOutcome.Refused refused = refused(load(retyped.toString(), Mode.REPLACE));
        assertThat(refused.en()).contains("of another type days");
        assertThat(refused.loads().getFirst().drift().retyped()).containsExactly("days");
        assertThat(count()).isEqualTo(1);
        assertThat(refused(load("stay_id,STAY_ID,patient,admitted_on\na,b,c,2026-01-01\n", Mode.REPLACE)).en()).contains("Two columns");
    }

    @Test
    void chineseHeadersAreThoseOfTheTable() throws IOException {
        loaded(load("住院号,患者,入院日期\ns1,p1,2026年1月5日\n", Mode.REPLACE));
        assertThat(texts("SELECT admitted_on FROM domain.test_stay")).containsExactly("2026-01-05");
    }

    @Test
    void jsonLinesAndParquetAreLoadedTheSameWay() throws IOException {
        Path lines = folder.resolve("stays.jsonl");
        Files.writeString(lines, "{\"stay_id\":\"a\",\"patient\":\"p\",\"admitted_on\":\"2026-01-01\",\"cost_yuan\":1.5}\n{\"stay_id\":\"b\",\"patient\":\"p\",\"admitted_on\":\"2026-01-02\"}\n");
        loaded(loader.load(LoadRequest.of(Stays.TABLE, JsonLinesSource.of(SourceFile.look(lines, null)), Mode.REPLACE), LoadProgress.NONE));
        assertThat(count()).isEqualTo(2);
        LoadRecord load = loaded(loader.load(LoadRequest.of(Stays.TABLE,
                ParquetSource.of(SourceFile.look(Path.of("src/test/resources/load/stays-snappy.parquet"), null)), Mode.REPLACE), LoadProgress.NONE));
        assertThat(load.drift().missing()).containsExactly("ward");
        assertThat(count()).isEqualTo(300);
        assertThat(texts("SELECT sum(cost_yuan) FROM domain.test_stay")).containsExactly("44998.50");
    }

    @Test
    void aFeedIsLoadedWholeOrNotAtAll() throws IOException {
        Map<String, String> feed = new java.util.TreeMap<>(SourcesTest.FEED);
        SourceFile good = zip(feed);
        LoadOutcome outcome = loader.load(new LoadRequest(GtfsZip.parts(good), Mode.REPLACE, SchemaDrift.Rule.GO_ON, 0, null), LoadProgress.NONE);
        assertThat(((LoadOutcome.Loaded) outcome).loads()).hasSize(6).extracting(LoadRecord::run).containsOnly(((LoadOutcome.Loaded) outcome).loads().getFirst().run());
        assertThat(texts("SELECT arrival_time FROM domain.gtfs_stop_time ORDER BY stop_sequence")).containsExactly("25:10:00", "25:20:00");
        feed.put("stops.txt", feed.get("stops.txt") + "s3,Neu,31.05,112.22\n");
        feed.put("trips.txt", feed.get("trips.txt") + "t2,r1,w,kein\n");
        assertThat(refused(loader.load(new LoadRequest(GtfsZip.parts(zip(feed)), Mode.REPLACE, SchemaDrift.Rule.GO_ON, 0, null), LoadProgress.NONE)).en())
                .contains("gtfs_trip");
        assertThat(texts("SELECT count(*) FROM domain.gtfs_stop")).containsExactly("2");
    }

    private LoadOutcome timetable(SourceFile archive, LoadRequest.Archive.Use use) throws IOException {
        return loader.load(new LoadRequest(GtfsZip.parts(archive, history::wasLoaded), Mode.REPLACE, SchemaDrift.Rule.GO_ON, 0, "test",
                new LoadRequest.Archive("timetable", archive, use)), LoadProgress.NONE);
    }

    private static LoadRecord of(LoadOutcome outcome, String table) {
        return ((LoadOutcome.Loaded) outcome).loads().stream().filter(each -> each.table().equals(table)).findFirst().orElseThrow();
    }

    @Test
    void anArchiveIsKeptWithItsRowsOrNotAtAll() throws IOException {
        KeptArchives archives = new KeptArchives(new LoadStore(owner, DomainKeys.of(new byte[32])));
        assertThat(archives.find("timetable")).as("before anything was made").isEmpty();
        Map<String, String> feed = new java.util.TreeMap<>(SourcesTest.FEED);
        byte[] noise = new byte[3_000_000];
        new java.util.Random(1).nextBytes(noise);
        feed.put("notes.txt", java.util.HexFormat.of().formatHex(noise)); // beyond one chunk
        SourceFile first = zip(feed);
        byte[] bytes = Files.readAllBytes(first.path());
        assertThat(timetable(first, () -> {})).isInstanceOf(LoadOutcome.Loaded.class);
        KeptArchives.Kept kept = archives.find("timetable").orElseThrow();
        assertThat(kept.digest()).isEqualTo(first.sha256());
        assertThat(kept.fileName()).isEqualTo("feed.zip");
        Path copy = folder.resolve("copy.zip");
        assertThat(archives.copy(kept, copy)).isTrue();
        assertThat(Files.readAllBytes(copy)).isEqualTo(bytes);
        assertThat(timetable(first, () -> {})).isInstanceOf(LoadOutcome.AlreadyLoaded.class);

        feed.put("stops.txt", feed.get("stops.txt") + "s3,Neu,31.05,112.22\n");
        SourceFile second = zip(feed);
        LoadOutcome.Refused refused = refused(timetable(second, () -> {
            throw new UnfitSourceException("不成线网。", "It makes no network.");
        }));
        assertThat(refused.en()).isEqualTo("It makes no network.");
        assertThat(texts("SELECT count(*) FROM domain.gtfs_stop")).containsExactly("2");
        assertThat(archives.find("timetable")).contains(kept);
        assertThat(timetable(second, () -> {})).isInstanceOf(LoadOutcome.Loaded.class);
        assertThat(archives.find("timetable").orElseThrow().digest()).isEqualTo(second.sha256());
        assertThat(archives.copy(kept, copy)).as("another has taken its place").isFalse();
        texts("UPDATE domain_keeping.archive_chunk SET bytes = substring(bytes FROM 2) WHERE number = 1 RETURNING name");
        assertThatThrownBy(() -> archives.copy(archives.find("timetable").orElseThrow(), copy)).isInstanceOf(IOException.class)
                .hasMessageContaining("digest");
    }

    @Test
    void aVersionIsHeldAgainstTheOneBeforeIt() throws IOException {
        Map<String, String> feed = new java.util.TreeMap<>(SourcesTest.FEED);
        feed.put("shapes.txt", "shape_id,shape_pt_sequence,shape_pt_lat,shape_pt_lon\nw,1,31.03,112.2\n");
        LoadOutcome first = timetable(zip(feed), () -> {});
        assertThat(of(first, "gtfs_stop").since()).as("nothing was before").isNull();
        feed.put("stops.txt", "stop_id,stop_lat,stop_lon,zone_id\ns2,31.04,112.21,a\ns3,31.05,112.22,a\ns4,31.06,112.23,b\n");
        feed.put("stop_times.txt", feed.getOrDefault("stop_times.txt", "").replace("s1", "s3"));
        feed.remove("shapes.txt");
        LoadOutcome second = timetable(zip(feed), () -> {});
        assertThat(of(second, "gtfs_stop").since()).isEqualTo(new SinceBefore(List.of("zone_id"), List.of("stop_name"), 2, 1));
        assertThat(java.util.Objects.requireNonNull(of(second, "gtfs_stop").since()).sentence(false)).contains("2 records came, 1 went").contains("zone_id").contains("stop_name");
        assertThat(of(second, "gtfs_trip").since()).matches(SinceBefore::isNone);
        assertThat(of(second, "gtfs_shape_point").since()).isEqualTo(new SinceBefore(List.of(), List.of(), 0, 1));
        assertThat(texts("SELECT count(*) FROM domain.gtfs_shape_point")).as("the archive has none any more").containsExactly("0");
        assertThat(history.find(of(second, "gtfs_stop").id()).orElseThrow().since()).isEqualTo(of(second, "gtfs_stop").since());
    }

    @Test
    void aTimetableIsHeldAgainstTheRulesOfItsSpecification() throws IOException {
        GtfsZip.allTables().forEach(table -> history.rulesOf(table).requireFits(table));
        Map<String, String> feed = new java.util.TreeMap<>(SourcesTest.FEED);
        String week = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nw,1,1,1,1,1,1,1,20260101,";
        feed.put("calendar.txt", week + "20261231\n");
        LoadOutcome good = timetable(zip(feed), () -> {});
        assertThat(((LoadOutcome.Loaded) good).loads()).allSatisfy(each -> assertThat(each.score()).as(each.table()).isGreaterThan(80));
        assertThat(history.degraded(List.of("gtfs_calendar", "gtfs_stop_time"))).isEmpty();
        feed.put("calendar.txt", week + "20261101\n"); // over for four weeks
        feed.put("stop_times.txt", feed.getOrDefault("stop_times.txt", "").replace("t1,2,s2", "t1,2,nowhere"));
        LoadOutcome bad = timetable(zip(feed), () -> {});
        assertThat(of(bad, "gtfs_calendar").score()).isLessThan(80);
        assertThat(history.degraded(List.of("gtfs_calendar", "gtfs_stop_time"))).containsExactly("gtfs_calendar");
        assertThat(history.qualityOf(of(bad, "gtfs_stop_time").id())).anySatisfy(each -> {
            assertThat(each.rule()).startsWith("refers stop_id");
            assertThat(each.failed()).isEqualTo(1);
        });
    }

    private ObservedReadings readings(java.util.UUID id, Instant hour, long rows, boolean over, boolean degraded, @Nullable String failure) {
        ResourceTable table = new ResourceTable("gtfs_rt_test", "A2.8.4", List.of(ResourceTable.Column.of("vehicle_id", ResourceTable.Type.TEXT, "车", "vehicle")),
                List.of("vehicle_id"), List.of());
        QualityRules rules = new QualityRules(List.of(new QualityRule.Accepted()), Map.of(), 80, null);
        return new ObservedReadings(id, id, table, "interface bus.example #1 (GTFS-Realtime)", "ab".repeat(32), over, hour, hour.plusSeconds(60), 6, 5, 1,
                rows, Map.of(RejectReason.UNTIMED, 2L), 1_000, hour.plusSeconds(50), failure,
                cn.jingshu.products.domain.quality.QualityScore.of(rules,
                        List.of(cn.jingshu.products.domain.quality.QualityScore.Result.of(rules.rules().getFirst(), rows, 2))), degraded);
    }

    @Test
    void anHourOfReadingsIsOneLoadThatGrowsAndIsForgottenInTime() {
        java.util.UUID id = java.util.UUID.randomUUID();
        Instant hour = NOW.minus(Duration.ofHours(1));
        history.observe(List.of(readings(id, hour, 10, false, false, null)), "node a");
        history.observe(List.of(readings(id, hour, 20, false, true, null)), "node a");
        LoadRecord running = history.list("gtfs_rt_test", null, 10).getFirst();
        assertThat(history.list("gtfs_rt_test", null, 10)).hasSize(1);
        assertThat(running.state()).isEqualTo(State.RUNNING);
        assertThat(running.rowsIn()).isEqualTo(20);
        assertThat(running.rejected()).isEqualTo(2);
        assertThat(running.rejects()).containsExactly(new LoadRecord.Rejects(null, RejectReason.UNTIMED, 2, List.of()));
        assertThat(running.score()).isEqualTo(90.0);
        assertThat(running.readings()).isEqualTo(new LoadRecord.Readings(6, 5, 1, hour.plusSeconds(50)));
        assertThat(history.degraded(List.of("gtfs_rt_test"))).containsExactly("gtfs_rt_test");
        assertThat(history.qualityOf(id)).singleElement().satisfies(each -> assertThat(each.checked()).isEqualTo(20));
        // The node is gone: its hour has ended when it last wrote; what is too old is forgotten.
        java.util.UUID old = java.util.UUID.randomUUID();
        history.observe(List.of(readings(old, NOW.minus(Duration.ofDays(40)), 10, true, false, "away")), null);
        assertThat(history.find(old).orElseThrow().state()).isEqualTo(State.FAILED);
        assertThat(history.find(old).orElseThrow().sentenceEn()).isEqualTo("away");
        assertThat(history.sweepReadings(NOW.minus(Duration.ofDays(35)))).isEqualTo(1);
        assertThat(history.find(old)).isEmpty();
        assertThat(history.find(id).orElseThrow().state()).isEqualTo(State.LOADED);
        assertThat(history.find(id).orElseThrow().endedAt()).isEqualTo(hour.plusSeconds(60));
        assertThat(history.list(null, null, 10)).as("an older hour is listed with its table alone").isEmpty();
    }

    private SourceFile zip(Map<String, String> entries) throws IOException {
        Path path = folder.resolve("feed.zip");
        try (var out = new java.util.zip.ZipOutputStream(Files.newOutputStream(path))) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                out.putNextEntry(new java.util.zip.ZipEntry(entry.getKey()));
                out.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return SourceFile.look(path, null);
    }

    /* What goes wrong half-way */

    /** Ends every other connection of this database, as a server that dies does. */
    private void cutConnections() {
        texts("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }

    @Test
    void aCutConnectionLeavesTheOldRowsAndTheNextTryGoesOnWhereItWasLeft() throws IOException {
        load(Stays.rows(0, 10), Mode.REPLACE);
        RecordSource.Opening big = csv(Stays.rows(100, 9_100));
        LoadOutcome outcome = loader.load(LoadRequest.of(Stays.TABLE, big, Mode.REPLACE), (table, rows, read, total) -> {
            if (rows == 4_000) {
                cutConnections();
            }
        });
        assertThat(outcome).isInstanceOfSatisfying(LoadOutcome.Broken.class, broken -> {
            assertThat(broken.en()).contains("goes on where it was left");
            assertThat(broken.loads().getFirst().state()).isEqualTo(State.FAILED);
            assertThat(broken.loads().getFirst().rowsIn()).isEqualTo(4_000);
        });
        assertThat(count()).isEqualTo(10);
        AtomicLong first = new AtomicLong();
        LoadRecord load = loaded(loader.load(LoadRequest.of(Stays.TABLE, big, Mode.REPLACE), (table, rows, read, total) -> first.compareAndSet(0, rows)));
        assertThat(first).hasValue(6_000);
        assertThat(load.rowsIn()).isEqualTo(9_000);
        assertThat(load.accepted()).isEqualTo(9_000);
        assertThat(count()).isEqualTo(9_000);
        assertThat(texts("SELECT count(DISTINCT stay_id) FROM domain.test_stay")).containsExactly("9000");
        // Half the score of a load comes from loads before it that broke off; here the broken one is the same load.
        assertThat(load.score()).isEqualTo(100.0);
    }

    @Test
    void anotherFileAfterABreakBeginsAnew() throws IOException {
        loader.load(LoadRequest.of(Stays.TABLE, csv(Stays.rows(0, 5_000)), Mode.REPLACE), (table, rows, read, total) -> cutConnections());
        LoadRecord load = loaded(load(Stays.rows(0, 3_000), Mode.REPLACE));
        assertThat(load.rowsIn()).isEqualTo(3_000);
        assertThat(count()).isEqualTo(3_000);
        assertThat(load.score()).isLessThan(100.0).isGreaterThan(80);
    }

    @Test
    void aLoadWhoseProcessDiedIsGoneOnWith() throws Exception {
        RecordSource.Opening big = csv(Stays.rows(0, 6_000));
        assertThatThrownBy(() -> loader.load(LoadRequest.of(Stays.TABLE, big, Mode.REPLACE), (table, rows, read, total) -> {
            if (rows == 4_000) {
                throw new IllegalStateException("the process dies");
            }
        })).hasMessage("the process dies");
        assertThat(history.list("test_stay", null, 1).getFirst().state()).isEqualTo(State.RUNNING);
        assertThat(loaded(loader.load(LoadRequest.of(Stays.TABLE, big, Mode.REPLACE), LoadProgress.NONE)).rowsIn()).isEqualTo(6_000);
        assertThat(history.list("test_stay", null, 10)).hasSize(1);
        assertThat(count()).isEqualTo(6_000);
    }

    @Test
    void ofTwoLoadsOfOneTableTheSecondIsToldToWait() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RecordSource.Opening first = csv(Stays.rows(0, 100));
        CompletableFuture<LoadOutcome> one = CompletableFuture.supplyAsync(() -> loader.load(LoadRequest.of(Stays.TABLE, first, Mode.REPLACE), (table, rows, read, total) -> {
            running.countDown();
            try {
                assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }));
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        // Readable while it runs.
        LoadRecord now = history.list("test_stay", null, 1).getFirst();
        assertThat(now.state()).isEqualTo(State.RUNNING);
        assertThat(now.rowsIn()).isEqualTo(100);
        assertThat(now.percent()).isEqualTo(100);
        assertThat(load(Stays.rows(0, 5), Mode.REPLACE)).isEqualTo(new LoadOutcome.Busy("test_stay"));
        goOn.countDown();
        loaded(one.get(30, TimeUnit.SECONDS));
        assertThat(count()).isEqualTo(100);
    }

    @Test
    void aHundredThousandRowsTakeNoMemory() throws IOException {
        Path file = folder.resolve("big.csv");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(Stays.HEADER);
            for (int i = 0; i < 100_000; i++) {
                out.write(Stays.row(i));
            }
        }
        AtomicLong most = new AtomicLong();
        System.gc();
        long before = used();
        LoadRecord load = loaded(loader.load(LoadRequest.of(Stays.TABLE, CsvSource.of(SourceFile.look(file, null), ','), Mode.REPLACE),
                (table, rows, read, total) -> {
                    if (rows % 20_000 == 0) {
                        System.gc();
                        most.accumulateAndGet(used() - before, Math::max);
                    }
                }));
        assertThat(load.accepted()).isEqualTo(100_000);
        assertThat(count()).isEqualTo(100_000);
        assertThat(most.get() / 1_000_000).as("MB held while loading").isLessThan(40);
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void withoutTheDatabaseNothingIsBegun() throws IOException {
        PGSimpleDataSource nobody = new PGSimpleDataSource();
        nobody.setUrl("jdbc:postgresql://localhost:1/nobody?user=postgres");
        LoadStore away = new LoadStore(nobody, DomainKeys.of(new byte[32]));
        LoadHistory none = new LoadHistory(away, Clock.systemUTC());
        Loader lost = new Loader(away, none, Clock.systemUTC(), () -> {});
        RecordSource.Opening source = csv(Stays.rows(0, 1));
        assertThatThrownBy(() -> lost.load(LoadRequest.of(Stays.TABLE, source, Mode.REPLACE), LoadProgress.NONE)).isInstanceOfSatisfying(DomainException.class,
                each -> assertThat(each.reason()).isEqualTo(DomainException.Reason.UNAVAILABLE));
    }

    /* Tables of other databases */

    @Test
    void aTableIsReadInChunksByItsKey() throws Exception {
        try (Connection connection = owner.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE public.source_stay (ward text, number bigint, stay_id text, patient text, admitted_on date, cost_yuan numeric,"
                    + " recorded_at timestamptz, PRIMARY KEY (ward, number))");
            statement.execute("INSERT INTO public.source_stay SELECT 'w' || i % 3, i, 's' || i, 'p', DATE '2026-01-01' + i % 300, i, '2026-01-01T00:00:00Z'"
                    + " FROM generate_series(1, 12000) AS i");
        }
        JdbcSource.Table table = new JdbcSource.Table("health-bureau", null, "source_stay", List.of("ward", "number"));
        RecordSource.Opening source = JdbcSource.of(SourceDatabase.ofPostgres(owner), table);
        LoadRecord load = loaded(loader.load(LoadRequest.of(Stays.TABLE, source, Mode.REPLACE), LoadProgress.NONE));
        assertThat(load.rowsIn()).isEqualTo(12_000);
        assertThat(load.source()).isEqualTo("table health-bureau/source_stay");
        assertThat(load.digest()).hasSize(64);
        assertThat(count()).isEqualTo(12_000);
        assertThat(texts("SELECT cost_yuan || ' ' || admitted_on FROM domain.test_stay WHERE stay_id = 's301'")).containsExactly("301 2026-01-02");
        assertThat(loader.load(LoadRequest.of(Stays.TABLE, source, Mode.REPLACE), LoadProgress.NONE)).isInstanceOf(LoadOutcome.AlreadyLoaded.class);
        // Goes on behind the key.
        try (RecordSource reading = source.from("")) {
            for (int i = 0; i < 7_000; i++) {
                reading.next();
            }
            try (RecordSource again = source.from(reading.position())) {
                SourceRecord expected = reading.next();
                assertThat(again.next()).isEqualTo(expected);
            }
        }
        assertThat(refused(loader.load(LoadRequest.of(Stays.TABLE, JdbcSource.of(SourceDatabase.ofPostgres(owner), new JdbcSource.Table("x", null, "none\"; DROP TABLE public.source_stay", List.of("a"))),
                Mode.REPLACE), LoadProgress.NONE)).en()).contains("cannot be quoted");
        assertThat(refused(loader.load(LoadRequest.of(Stays.TABLE, JdbcSource.of(SourceDatabase.ofPostgres(owner), new JdbcSource.Table("x", null, "none", List.of("a"))), Mode.REPLACE),
                LoadProgress.NONE)).en()).contains("no such table");
        PGSimpleDataSource nobody = new PGSimpleDataSource();
        nobody.setUrl("jdbc:postgresql://localhost:1/nobody?user=postgres");
        assertThat(loader.load(LoadRequest.of(Stays.TABLE, JdbcSource.of(SourceDatabase.ofPostgres(nobody), table), Mode.REPLACE), LoadProgress.NONE)).isInstanceOf(LoadOutcome.Broken.class);
        assertThat(count()).isEqualTo(12_000);
    }

    /** Two registers that are described alike; the first breaks off. */
    @Test
    void aPositionOfOneDefinitionIsNotGoneOnBehindInAnother() throws IOException {
        List<String> opened = new ArrayList<>();
        RecordSource.Opening whole = csv(Stays.rows(0, 6_000));
        assertThat(loader.load(LoadRequest.of(Stays.TABLE, defined(whole, "one", 5_000, opened), Mode.REPLACE), LoadProgress.NONE))
                .isInstanceOf(LoadOutcome.Broken.class);
        assertThat(texts("SELECT position FROM domain_keeping.load").getFirst()).as("kept to go on behind").isNotEmpty();
        loaded(loader.load(LoadRequest.of(Stays.TABLE, defined(whole, "another", Long.MAX_VALUE, opened), Mode.REPLACE), LoadProgress.NONE));
        assertThat(opened).as("from the beginning").containsExactly("", "");
        assertThat(count()).isEqualTo(6_000);
        assertThat(texts("SELECT DISTINCT position FROM domain_keeping.load")).as("nothing goes on behind them any more").containsExactly("");

        assertThat(loader.load(LoadRequest.of(Stays.TABLE, defined(csv(Stays.rows(0, 6_001)), "one", 5_000, opened), Mode.REPLACE), LoadProgress.NONE))
                .isInstanceOf(LoadOutcome.Broken.class);
        loaded(loader.load(LoadRequest.of(Stays.TABLE, defined(csv(Stays.rows(0, 6_001)), "one", Long.MAX_VALUE, opened), Mode.REPLACE), LoadProgress.NONE));
        assertThat(opened.getLast()).as("the same goes on").isNotEmpty();
        assertThat(count()).isEqualTo(6_001);
        assertThat(texts("SELECT DISTINCT position FROM domain_keeping.load")).containsExactly("");
    }

    /** A source whose digest is not known beforehand, of that definition, which breaks off after so many records. */
    private static RecordSource.Opening defined(RecordSource.Opening of, String definition, long breaksAfter, List<String> opened) {
        return new RecordSource.Opening() {
            @Override
            public String description() {
                return "table register/stay";
            }

            @Override
            public String definition() {
                return definition;
            }

            @Override
            public @Nullable String digest() {
                return null;
            }

            @Override
            public RecordSource from(String position) throws IOException {
                opened.add(position);
                RecordSource source = of.from(position);
                return new RecordSource() {
                    private long records;

                    @Override
                    public List<String> columns() {
                        return source.columns();
                    }

                    @Override
                    public @Nullable SourceRecord next() throws IOException {
                        if (++records > breaksAfter) {
                            throw new IOException("the line is cut");
                        }
                        return source.next();
                    }

                    @Override
                    public long bytesRead() {
                        return source.bytesRead();
                    }

                    @Override
                    public long bytesTotal() {
                        return source.bytesTotal();
                    }

                    @Override
                    public String position() {
                        return source.position();
                    }

                    @Override
                    public void close() throws IOException {
                        source.close();
                    }
                };
            }
        };
    }

    @Test
    void aKeyThatIsNoneOfItsTypeIsNotQuoted() throws Exception {
        try (Connection connection = owner.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE public.numbered (n bigint NOT NULL, d date NOT NULL, PRIMARY KEY (n, d))");
        }
        RecordSource.Opening numbered = JdbcSource.of(SourceDatabase.ofPostgres(owner), new JdbcSource.Table("x", null, "numbered", List.of("n", "d")));
        for (String position : List.of("[\"1\",\"42089919900101000X\",\"2026-01-01\"]", "[\"1\",\"7\",\"42089919900101000X\"]")) {
            try (RecordSource source = numbered.from(position)) {
                assertThatThrownBy(source::next).isInstanceOf(UnfitSourceException.class).hasNoCause().hasMessageNotContaining("420899");
            }
        }
        assertThat(numbered.definition()).isNotEqualTo(JdbcSource.of(SourceDatabase.ofPostgres(owner), new JdbcSource.Table("x", null, "numbered", List.of("d", "n"))).definition());
    }

    /* Quality */

    @Test
    void qualityIsMeasuredByTheDeclaredRulesAndALowScoreDegradesTheTable() throws IOException {
        QualityRules rules = new QualityRules(List.of(new QualityRule.Accepted(), new QualityRule.Matches("stay_id", "s\\d+"),
                new QualityRule.Filled("discharged_on", 0.5), new QualityRule.Between("days", BigDecimal.ZERO, BigDecimal.TEN),
                new QualityRule.Identifies("patient", ResourceTable.Identifier.RESIDENT), new QualityRule.Unique(List.of("ward", "days")),
                new QualityRule.InOrder("admitted_on", "discharged_on"), new QualityRule.Recent("admitted_on", Duration.ofDays(30)),
                new QualityRule.Refers("ward", "test_ward", "name"), new QualityRule.Agrees("days", "test_ward", "beds", List.of("ward")),
                new QualityRule.LoadsSucceed(3), new QualityRule.OnSchedule(Duration.ofDays(1))),
                Map.of(Dimension.ACCURACY, 2.0), 70, Duration.ofDays(7));
        history.prepare(List.of(Stays.TABLE));
        history.declare(Stays.TABLE, rules, "bureau");
        assertThat(history.rulesOf(Stays.TABLE)).isEqualTo(rules);
        ResourceTable ward = new ResourceTable("test_ward", "A2.2.4", List.of(
                ResourceTable.Column.of("name", ResourceTable.Type.TEXT, "名称", "name"), ResourceTable.Column.of("ward", ResourceTable.Type.TEXT, "病区", "ward"),
                ResourceTable.Column.of("beds", ResourceTable.Type.INTEGER, "床位", "beds")), List.of("name"), List.of());
        Path wards = folder.resolve("wards.csv");
        Files.writeString(wards, "name,ward,beds\n内科,内科,5\n");
        loaded(loader.load(LoadRequest.of(ward, CsvSource.of(SourceFile.look(wards, null), ','), Mode.REPLACE), LoadProgress.NONE));

        LoadRecord load = loaded(load(Stays.HEADER
                + "s1,420899198001010000,2026-01-10,2026-01-12,,5,,,内科,\n"     // the check character is wrong
                + "s2,p,2026-01-10,2026-01-09,,5,,,内科,\n"                       // discharged before admitted; not unique
                + "x3,p,2026-01-10,,,20,,,外科,\n"                                // form, range, reference
                + "s4,p,2026-01-10,,,,,,,\n", Mode.REPLACE));
        Map<String, LoadHistory.RuleResult> results = new java.util.TreeMap<>();
        history.qualityOf(load.id()).forEach(each -> results.put(each.rule(), each));
        assertThat(found(results, "accepted")).isEqualTo("4/0 100.0");
        assertThat(found(results, "matches stay_id")).isEqualTo("4/1 75.0");
        assertThat(found(results, "filled discharged_on")).isEqualTo("4/2 100.0"); // half of them is enough
        assertThat(found(results, "between days")).startsWith("3/1 66.6");
        assertThat(found(results, "identifies patient")).isEqualTo("4/4 0.0");
        assertThat(found(results, "unique ward,days")).isEqualTo("4/1 75.0");
        assertThat(found(results, "inOrder admitted_on discharged_on")).isEqualTo("2/1 50.0");
        assertThat(found(results, "recent admitted_on")).isEqualTo("1/1 0.0");
        assertThat(found(results, "refers ward test_ward.name")).startsWith("3/1 66.6");
        assertThat(found(results, "agrees days test_ward.beds")).isEqualTo("2/0 100.0");
        assertThat(found(results, "loadsSucceed")).isEqualTo("1/0 100.0");
        assertThat(found(results, "onSchedule")).isEqualTo("0/0 null"); // there was no load before
        // (87.5 + 100 + 2 × 33.33 + 72.92 + 0 + 100) / 7
        assertThat(load.score()).isEqualTo((87.5 + 100 + 2 * (200 / 3.0) / 2 + (75 + 50 + 200 / 3.0 + 100) / 4 + 0 + 100) / 7, org.assertj.core.data.Offset.offset(1e-9));
        assertThat(texts("SELECT degraded || ' ' || (stale_from AT TIME ZONE 'UTC') FROM domain_keeping.newest_load WHERE table_name = 'test_stay'"))
                .containsExactly("true 2026-12-07 04:00:00");
        assertThatThrownBy(() -> history.declare(Stays.TABLE, new QualityRules(List.of(new QualityRule.Unique(List.of("diagnosis"))), Map.of(), 80, null), "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /* Freshness */

    private static final Duration CYCLE = Duration.ofDays(7);

    private LoadHistory cycled(SteppingClock clock) {
        return new LoadHistory(new LoadStore(owner, DomainKeys.of(new byte[32])), clock, _ -> Optional.empty(), _ -> Optional.of(CYCLE));
    }

    private LoadOutcome load(LoadHistory by, SteppingClock clock, RecordSource.Opening source) {
        return new Loader(new LoadStore(owner, DomainKeys.of(new byte[32])), by, clock, changes::incrementAndGet)
                .load(LoadRequest.of(Stays.TABLE, source, Mode.REPLACE), LoadProgress.NONE);
    }

    private String staleFrom() {
        return texts("SELECT stale_from AT TIME ZONE 'UTC' FROM domain_keeping.newest_load WHERE table_name = 'test_stay'").getFirst();
    }

    @Test
    void aTableIsFreshForItsCycleAndAnUnchangedDeliveryRenewsIt() throws IOException {
        SteppingClock clock = new SteppingClock(NOW);
        LoadHistory weekly = cycled(clock);
        LoadRecord first = loaded(load(weekly, clock, csv(Stays.rows(0, 10))));
        assertThat(staleFrom()).isEqualTo("2026-12-07 04:00:00");
        assertThat(weekly.qualityOf(first.id())).filteredOn(each -> each.rule().equals("onSchedule")).singleElement()
                .satisfies(each -> assertThat(each.score()).as("nothing came before").isNull());

        clock.set(NOW.plus(Duration.ofDays(6)));
        assertThat(load(weekly, clock, csv(Stays.rows(0, 10)))).isInstanceOf(LoadOutcome.AlreadyLoaded.class);
        assertThat(staleFrom()).isEqualTo("2026-12-13 04:00:00");
        assertThat(weekly.freshness().find(Stays.TABLE).orElseThrow()).isEqualTo(new LoadFreshness.Fresh(NOW, NOW.plus(Duration.ofDays(6)), false,
                NOW.plus(Duration.ofDays(13))));

        clock.set(NOW.plus(Duration.ofDays(12)));
        LoadRecord changed = loaded(load(weekly, clock, csv(Stays.rows(0, 11))));
        assertThat(staleFrom()).isEqualTo("2026-12-19 04:00:00");
        assertThat(weekly.qualityOf(changed.id())).filteredOn(each -> each.rule().equals("onSchedule")).singleElement()
                .satisfies(each -> assertThat(each.score()).as("six days behind what confirmed the load before it").isEqualTo(100));

        clock.set(NOW.plus(Duration.ofDays(20)));
        LoadRecord late = loaded(load(weekly, clock, csv(Stays.rows(0, 12))));
        assertThat(weekly.qualityOf(late.id())).filteredOn(each -> each.rule().equals("onSchedule")).singleElement()
                .satisfies(each -> assertThat(each.score()).as("eight days").isEqualTo(0));
        assertThat(texts("SELECT degraded FROM domain_keeping.newest_load")).containsExactly("f");
    }

    /** A source that tells what it holds only when it has been read. */
    @Test
    void whatIsReadAndFoundTheSameRenewsItToo() throws Exception {
        try (Connection connection = owner.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE public.stay (stay_id text PRIMARY KEY, patient text NOT NULL, admitted_on date NOT NULL)");
            statement.execute("INSERT INTO public.stay VALUES ('s1', 'p1', '2026-01-10')");
        }
        RecordSource.Opening register = JdbcSource.of(SourceDatabase.ofPostgres(owner), new JdbcSource.Table("x", null, "stay", List.of("stay_id")));
        assertThat(register.digest()).isNull();
        SteppingClock clock = new SteppingClock(NOW);
        LoadHistory weekly = cycled(clock);
        loaded(load(weekly, clock, register));
        clock.set(NOW.plus(Duration.ofDays(5)));
        assertThat(load(weekly, clock, register)).isInstanceOf(LoadOutcome.AlreadyLoaded.class);
        assertThat(staleFrom()).isEqualTo("2026-12-12 04:00:00");
    }

    @Test
    void anOlderDeliveryConfirmsNothingAndRefusedOnesNeither() throws IOException {
        SteppingClock clock = new SteppingClock(NOW);
        LoadHistory weekly = cycled(clock);
        LoadRecord old = loaded(load(weekly, clock, csv(Stays.rows(0, 10))));
        LoadRecord newest = loaded(load(weekly, clock, csv(Stays.rows(0, 11))));
        clock.set(NOW.plus(Duration.ofDays(3)));
        weekly.freshness().confirm(Stays.TABLE, old.id());
        refused(load(weekly, clock, csv("stay_id\n1\n")));
        assertThat(staleFrom()).isEqualTo("2026-12-07 04:00:00");
        weekly.freshness().confirm(Stays.TABLE, newest.id());
        assertThat(staleFrom()).isEqualTo("2026-12-10 04:00:00");
    }

    @Test
    void freshnessIsSetForWhatIsThereAndReckonedAnewWhenTheCycleIsAnother() throws IOException {
        SteppingClock clock = new SteppingClock(NOW);
        LoadHistory none = new LoadHistory(new LoadStore(owner, DomainKeys.of(new byte[32])), clock);
        loaded(load(none, clock, csv(Stays.rows(0, 10))));
        assertThat(none.freshness().find(Stays.TABLE).orElseThrow().staleFrom()).as("nothing says a cycle").isNull();
        none.freshness().reckon(_ -> Optional.of(Stays.TABLE));
        assertThat(none.freshness().find(Stays.TABLE).orElseThrow().staleFrom()).isNull();

        LoadHistory weekly = cycled(clock);
        weekly.freshness().reckon(name -> name.equals("test_stay") ? Optional.of(Stays.TABLE) : Optional.empty());
        assertThat(staleFrom()).as("loaded before there was a cycle").isEqualTo("2026-12-07 04:00:00");
        weekly.freshness().set(Stays.TABLE, Duration.ofDays(2), "bureau");
        assertThat(staleFrom()).isEqualTo("2026-12-02 04:00:00");
        assertThat(weekly.rulesOf(Stays.TABLE)).isEqualTo(QualityRules.derived(Stays.TABLE).withFreshFor(Duration.ofDays(2)));
        weekly.freshness().set(Stays.TABLE, null, "bureau");
        assertThat(staleFrom()).isEqualTo("2026-12-07 04:00:00");
        assertThat(weekly.statedRulesOf(Stays.TABLE).freshFor()).isNull();
        assertThat(weekly.rulesOf(Stays.TABLE).freshFor()).isEqualTo(CYCLE);

        try (Connection connection = owner.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("UPDATE domain_keeping.newest_load SET synthetic = true, stale_from = NULL");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        weekly.freshness().reckon(_ -> Optional.of(Stays.TABLE));
        assertThat(weekly.freshness().find(Stays.TABLE).orElseThrow().staleFrom()).as("made-up rows do not grow old").isNull();
    }

    /** Who declares rules and who sets a freshness at one moment do not undo each other. */
    @Test
    void aFreshnessThatIsSetLosesNoRulesDeclaredMeanwhile() throws Exception {
        LoadHistory weekly = cycled(new SteppingClock(NOW));
        weekly.prepare(List.of(Stays.TABLE));
        QualityRules derived = QualityRules.derived(Stays.TABLE);
        QualityRules strict = new QualityRules(derived.rules(), derived.weights(), 95, null);
        CompletableFuture<Void> set;
        try (Connection other = owner.getConnection(); PreparedStatement declare = other.prepareStatement(
                "INSERT INTO domain_keeping.quality_rules (table_name, version, rules, set_by, set_at) VALUES ('test_stay', 1, ?, 'provider', now())");
                Statement turn = other.createStatement()) {
            other.setAutoCommit(false);
            turn.execute("SELECT pg_advisory_xact_lock(hashtextextended('quality rules of test_stay', 0))");
            declare.setString(1, strict.toJson());
            declare.executeUpdate();
            set = CompletableFuture.runAsync(() -> weekly.freshness().set(Stays.TABLE, Duration.ofDays(2), "bureau"));
            for (int i = 0; i < 1_000 && texts("SELECT 1 FROM pg_locks WHERE NOT granted").isEmpty() && !set.isDone(); i++) {
                Thread.sleep(10); // until it waits for its turn
            }
            other.commit();
        }
        set.get(20, TimeUnit.SECONDS);
        assertThat(weekly.statedRulesOf(Stays.TABLE)).isEqualTo(strict.withFreshFor(Duration.ofDays(2)));
        assertThat(texts("SELECT set_by FROM domain_keeping.quality_rules ORDER BY version")).containsExactly("provider", "bureau");
    }

    private static @Nullable String found(Map<String, LoadHistory.RuleResult> results, String rule) {
        LoadHistory.RuleResult result = results.get(rule);
        return result == null ? null : result.checked() + "/" + result.failed() + " " + result.score();
    }
}

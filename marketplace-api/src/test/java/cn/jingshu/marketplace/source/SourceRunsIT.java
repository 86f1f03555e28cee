package cn.jingshu.marketplace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.source.Schedule.Timing;
import cn.jingshu.marketplace.source.SourceRun.Outcome;
import cn.jingshu.products.domain.DomainKeys;
import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.load.Continuation;
import cn.jingshu.products.domain.load.CsvSource;
import cn.jingshu.products.domain.load.DatabaseEngines;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadProgress;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.domain.load.SchemaDrift;
import cn.jingshu.products.domain.load.SourceFile;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources are loaded when they are due: once, whoever looks, and on from where a run was left. */
class SourceRunsIT {
    private static final ResourceTable LEASE = new ResourceTable("test_lease", "A2.4.6", List.of(
            Column.of("lease_id", Type.TEXT, "编号", "id"),
            Column.of("rent_fen", Type.INTEGER, "租金", "rent, fen")), List.of("lease_id"), List.of());
    private static final ResourceTable STAMPED = new ResourceTable("test_stamped", "A2.4.7", List.of(
            Column.of("lease_id", Type.TEXT, "编号", "id"),
            Column.of("rent_fen", Type.INTEGER, "租金", "rent, fen"),
            Column.of("changed_at", Type.TIMESTAMP, "更新时间", "changed at")), List.of("lease_id"), List.of());
    private static final int PAGE = 1_000;
    private static final int PAGES = 5;

    @TempDir
    private Path folder;

    private final DemoMarket market = new DemoMarket();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private LoadSources sources;
    private UUID person;
    private volatile int failsFrom = Integer.MAX_VALUE;
    private volatile int rent = 100;
    private volatile int takesHoursAt = -1;
    private final List<String> news = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch holdsAt = new CountDownLatch(0);

    @BeforeEach
    void open() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/leases", this::answer);
        server.createContext("/news", this::answerNews);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        sources = new LoadSources(market.database, market.clock, _ -> market.clock.instant(), settings("A2.4", Set.of(here(), "169.254.169.254", "localhost"), Set.of()));
        person = UUID.fromString(ask("SELECT CAST(id AS text) FROM market.person ORDER BY id LIMIT 1"));
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        String cursor = query == null ? "0" : query.replaceAll("^.*cursor=", "");
        asked.add(cursor);
        keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Key")));
        int page = Integer.parseInt(cursor);
        try {
            holdsAt.await();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
        if (page == takesHoursAt) {
            market.turnClockBy(Duration.ofHours(5));
        }
        StringBuilder json = new StringBuilder("{\"items\":[");
        for (int i = 0; i < PAGE; i++) {
            json.append(i == 0 ? "" : ",").append("{\"lease_id\":\"L").append(page * PAGE + i).append("\",\"rent_fen\":").append(rent).append('}');
        }
        json.append("],\"next\":").append(page == PAGES - 1 ? "null" : "\"" + (page + 1) + "\"").append('}');
        byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
        boolean fails = page >= failsFrom;
        exchange.sendResponseHeaders(fails ? 503 : 200, fails ? -1 : body.length);
        if (!fails) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private String here() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private SourceSettings settings(String provider, Set<String> inner, Set<String> plain) {
        return new SourceSettings(Set.of(), inner.stream().map(host -> provider + "@" + host).collect(Collectors.toSet()),
                plain.stream().map(host -> provider + "@" + host).collect(Collectors.toSet()), folder);
    }

    private SourceRuns node(String name, Set<String> inner) {
        return node(name, settings("A2.4", inner, inner), () -> List.of(LEASE));
    }

    private SourceRuns node(String name, SourceSettings settings, Supplier<List<ResourceTable>> tables) {
        LoadStore store = new LoadStore(market.dataSource, DomainKeys.of("a secret of the tests, and of nothing else".getBytes(StandardCharsets.UTF_8)));
        LoadHistory history = new LoadHistory(store, market.clock);
        Loader loader = new Loader(store, history, market.clock, () -> {});
        return new SourceRuns(sources, new SourceOpenings(settings), new LoadTables(tables, List.of()), loader,
                new FolderRun(sources.files(), loader, history, settings.copies()), name, Duration.ofSeconds(1), 3, new Random(7));
    }

    private SourceRuns node(String name) {
        return node(name, Set.of(here()));
    }

    private LoadSource leases(@Nullable String secret) {
        return leases("leases", secret, false);
    }

    private LoadSource leases(String code, @Nullable String secret, boolean tagOfWhole) {
        return new LoadSource(code, LEASE.name(), LEASE.resource(), new LoadSource.From.Interface(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/leases"), "cursor", "items", "next", secret == null ? null : "X-Key",
                        tagOfWhole), secret, LoadRequest.Mode.REPLACE, SchemaDrift.Rule.GO_ON, new BigDecimal("0.01"));
    }

    private void setHourly() {
        assertThat(sources.define(leases(null), 0, person)).isPresent();
        sources.schedule("leases", market.clock.instant(), new Timing.Every(Duration.ofHours(1)), "a test", person);
    }

    private String ask(String sql) throws Exception {
        try (Connection connection = market.dataSource.getConnection(); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    /** All look at one moment, several times; how many runs there were. */
    private static int together(List<SourceRuns> nodes) throws Exception {
        List<Callable<Integer>> looks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nodes.forEach(node -> looks.add(node::look));
        }
        try (var threads = Executors.newFixedThreadPool(looks.size())) {
            int runs = 0;
            for (Future<Integer> look : threads.invokeAll(looks)) {
                runs += look.get();
            }
            return runs;
        }
    }

    @Test
    void ofTwoNodesOneRunsWhatIsDueOnce() throws Exception {
        setHourly();
        List<SourceRuns> nodes = List.of(node("one"), node("two"));
        assertThat(together(nodes)).isEqualTo(1);
        assertThat(asked).as("each page once").containsExactly("0", "1", "2", "3", "4");
        assertThat(ask("SELECT count(*) FROM domain.test_lease")).isEqualTo("5000");
        SourceStanding standing = sources.find("leases").orElseThrow();
        assertThat(standing.succeededAt()).isEqualTo(market.clock.instant());
        assertThat(standing.nextAt()).isEqualTo(market.clock.instant().plus(Duration.ofHours(1)));
        assertThat(together(nodes)).as("nothing is due").isZero();

        market.turnClockBy(Duration.ofHours(1));
        assertThat(together(nodes)).isEqualTo(1);
        market.turnClockBy(Duration.ofHours(5));
        rent = 200;
        assertThat(together(nodes)).as("five missed hours are one run").isEqualTo(1);
        assertThat(sources.runs("leases", 10)).extracting(SourceRun::outcome).containsExactly(Outcome.LOADED, Outcome.UNCHANGED, Outcome.LOADED);
        assertThat(ask("SELECT min(rent_fen) FROM domain.test_lease")).isEqualTo("200");
        assertThat(ask("SELECT count(*) FROM domain_keeping.load WHERE state = 'LOADED' AND started_by = 'source leases'")).isEqualTo("2");
    }

    @Test
    void aFailedRunIsLeftAloneForAWhileAndGoneOnWithBehindItsCursor() throws Exception {
        setHourly();
        failsFrom = 3;
        SourceRuns node = node("one");
        assertThat(node.look()).isEqualTo(1);
        SourceStanding failing = sources.find("leases").orElseThrow();
        assertThat(failing.failures()).isEqualTo(1);
        SourceRun broken = java.util.Objects.requireNonNull(failing.last());
        assertThat(broken.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(broken.sentenceEn()).contains("answered 503");
        assertThat(node.look()).as("it is left alone").isZero();
        assertThat(failing.isLate(market.clock.instant())).isFalse();
        assertThat(failing.isLate(market.clock.instant().plus(Duration.ofMinutes(11)))).isTrue();

        market.turnClockBy(Duration.ofMinutes(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(Duration.between(market.clock.instant(), java.util.Objects.requireNonNull(sources.find("leases").orElseThrow().nextAt()))).as("the pause doubles")
                .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
        asked.clear();
        failsFrom = Integer.MAX_VALUE;
        market.turnClockBy(Duration.ofMinutes(2));
        assertThat(node("two").look()).as("another node goes on").isEqualTo(1);
        assertThat(asked).as("what was staged is not asked for again").doesNotContain("0").endsWith("3", "4");
        assertThat(ask("SELECT count(*) FROM domain.test_lease")).isEqualTo("5000");
        assertThat(sources.runs("leases", 10)).extracting(SourceRun::attempt).containsExactly(3, 2, 1);
        assertThat(sources.find("leases").orElseThrow().failures()).isZero();
    }

    @Test
    void aRunWhoseNodeDiedIsBegunAnewByTheNext() throws Exception {
        setHourly();
        LoadSources.Begun held = sources.begin("leases", "the one that dies", SourceRuns.LEASE, _ -> Duration.ofMinutes(1)).orElseThrow();
        SourceRuns other = node("other");
        market.turnClockBy(Duration.ofSeconds(45));
        assertThat(sources.renew(held, SourceRuns.LEASE)).isTrue();
        market.turnClockBy(Duration.ofSeconds(59));
        assertThat(other.look()).as("while its lease lives it has the turn").isZero();
        market.turnClockBy(Duration.ofSeconds(1));
        assertThat(other.look()).as("what killed one node is not given to the next at once").isZero();
        assertThat(sources.renew(held, SourceRuns.LEASE)).as("who comes back late has it no more").isFalse();
        SourceStanding standing = sources.find("leases").orElseThrow();
        assertThat(standing.failures()).isEqualTo(1);
        assertThat(standing.nextAt()).isBetween(market.clock.instant().plusSeconds(30), market.clock.instant().plusSeconds(60));
        market.turnClockBy(Duration.ofMinutes(1));
        assertThat(other.look()).isEqualTo(1);
        assertThat(sources.runs("leases", 10)).extracting(SourceRun::node, SourceRun::outcome).containsExactlyInAnyOrder(
                org.assertj.core.groups.Tuple.tuple("other", Outcome.LOADED), org.assertj.core.groups.Tuple.tuple("the one that dies", Outcome.DIED));
    }

    @Test
    void onlyAllowedHostsAreAskedAndASecretStaysAFile() throws Exception {
        setHourly();
        assertThat(node("one", Set.of()).look()).isEqualTo(1);
        SourceRun refused = sources.runs("leases", 1).getFirst();
        assertThat(refused.outcome()).isEqualTo(Outcome.UNREADY);
        assertThat(refused.sentenceEn()).contains("not among those the operator allows");
        assertThat(asked).isEmpty();

        assertThat(sources.define(leases("leases-key"), 1, person)).isPresent();
        assertThat(sources.define(leases(null), 1, person)).as("somebody else has set it meanwhile").isEmpty();
        SourceRuns node = node("one");
        market.turnClockBy(Duration.ofMinutes(5));
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("leases", 1).getFirst().sentenceEn()).contains("no secret leases-key of A2.4 for 127.0.0.1");
        String port = Integer.toString(server.getAddress().getPort());
        for (String others : List.of("127.0.0.1", "A2.5/127.0.0.1_" + port, "A2.4/127.0.0.1_1")) {
            Files.writeString(Files.createDirectories(folder.resolve(others)).resolve("leases-key"), "word-of-others\n");
        }
        assertThat(sources.ask("leases", false, person)).isTrue();
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("leases", 1).getFirst().outcome()).as("another provider's secret, or another port's").isEqualTo(Outcome.UNREADY);
        assertThat(asked).isEmpty();
        Path host = Files.createDirectories(folder.resolve("A2.4/127.0.0.1_" + port));
        Files.writeString(host.resolve("leases-key"), "word-of-the-test\n");
        assertThat(sources.ask("leases", false, person)).isTrue();
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("leases", 1).getFirst().outcome()).isEqualTo(Outcome.LOADED);
        assertThat(keys).containsOnly("word-of-the-test");
        assertThat(ask("SELECT count(*) FROM market.load_source WHERE CAST(definition AS text) LIKE '%word-of-the-test%'")).isEqualTo("0");
        assertThat(ask("SELECT count(*) FROM market.audit_log WHERE CAST(detail AS text) LIKE '%word-of-the-test%'")).isEqualTo("0");
        assertThat(sources.list().toString()).doesNotContain("word-of-the-test");
    }

    @Test
    void aProvidersSourceReachesNoHostOfAnother() throws Exception {
        SourceSettings others = settings("A2.5", Set.of(here()), Set.of());
        LoadSources strict = new LoadSources(market.database, market.clock, _ -> market.clock.instant(), others);
        assertThatThrownBy(() -> strict.define(leases(null), 0, person)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not allow sources of A2.4 at 127.0.0.1");
        assertThat(sources.list()).isEmpty();
        setHourly(); // by a node that is set otherwise
        assertThat(node("one", others, () -> List.of(LEASE)).look()).isEqualTo(1);
        assertThat(sources.runs("leases", 1).getFirst().outcome()).isEqualTo(Outcome.UNREADY);
        assertThat(asked).isEmpty();
    }

    @Test
    void aTableThatIsAnotherResourcesNowIsLeftAlone() throws Exception {
        setHourly();
        ResourceTable moved = new ResourceTable(LEASE.name(), "A2.5.1", LEASE.columns(), LEASE.key(), List.of());
        assertThat(node("one", settings("A2.4", Set.of(here()), Set.of()), () -> List.of(moved)).look()).isEqualTo(1);
        assertThat(sources.runs("leases", 1).getFirst().outcome()).isEqualTo(Outcome.UNREADY);
        assertThat(asked).isEmpty();
    }

    @Test
    void aSourceThatIsSetOtherwiseIsNotGoneOnWithBehindThePositionOfTheOneBefore() throws Exception {
        setHourly();
        failsFrom = 3;
        SourceRuns node = node("one");
        assertThat(node.look()).isEqualTo(1);
        assertThat(ask("SELECT position FROM domain_keeping.load")).as("there is one to go on behind").isNotEmpty();
        failsFrom = Integer.MAX_VALUE;
        asked.clear();
        assertThat(sources.define(leases("leases", null, true), 1, person)).isPresent();
        market.turnClockBy(Duration.ofMinutes(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(asked).containsExactly("0", "1", "2", "3", "4");
        assertThat(ask("SELECT count(*) FROM domain.test_lease")).isEqualTo("5000");
        assertThat(ask("SELECT count(*) FROM domain_keeping.load WHERE position <> ''")).as("no key of a row stays").isEqualTo("0");
    }

    @Test
    void aRunThatTakesTooLongIsLeftAndGoneOnWithInItsNextTurn() throws Exception {
        setHourly();
        takesHoursAt = 3;
        SourceRuns node = node("one");
        assertThat(node.look()).isEqualTo(1);
        SourceRun left = sources.runs("leases", 1).getFirst();
        assertThat(left.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(left.sentenceEn()).contains("more than 4 hours");
        takesHoursAt = -1;
        asked.clear();
        market.turnClockBy(Duration.ofMinutes(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(asked).doesNotContain("0").endsWith("3", "4");
        assertThat(ask("SELECT count(*) FROM domain.test_lease")).isEqualTo("5000");
    }

    @Test
    void anErrorEndsOneRunAndIsNotQuoted() throws Exception {
        setHourly();
        SourceRuns node = node("one", settings("A2.4", Set.of(here()), Set.of()), () -> {
            throw new OutOfMemoryError("420899199001010000");
        });
        assertThat(node.look()).isEqualTo(1);
        SourceStanding standing = sources.find("leases").orElseThrow();
        SourceRun broken = java.util.Objects.requireNonNull(standing.last());
        assertThat(broken.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(broken.sentenceEn()).isEqualTo("A defect: OutOfMemoryError.");
        assertThat(standing.nextAt()).isAfter(market.clock.instant());
        market.turnClockBy(Duration.ofMinutes(1));
        assertThat(node("two").look()).as("the next run is a run like any other").isEqualTo(1);
        assertThat(sources.runs("leases", 1).getFirst().outcome()).isEqualTo(Outcome.LOADED);
    }

    @Test
    void aResourceHasTwentySourcesAtMost() {
        for (int i = 1; i <= 20; i++) {
            assertThat(sources.define(leases("leases-" + i, null, false), 0, person)).isPresent();
        }
        assertThatThrownBy(() -> sources.define(leases("leases-21", null, false), 0, person)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 20 sources");
        assertThat(sources.define(leases("leases-20", null, true), 1, person)).as("those there are may be set anew").isPresent();
        assertThat(sources.list()).hasSize(20);
    }

    @Test
    void aCloudsMetadataIsNotAskedEvenWhereItsHostIsNamed() throws Exception {
        LoadSource metadata = new LoadSource("metadata", LEASE.name(), LEASE.resource(), new LoadSource.From.Interface(
                URI.create("http://169.254.169.254/latest"), "cursor", "items", "next", null, false), null, LoadRequest.Mode.REPLACE,
                SchemaDrift.Rule.GO_ON, BigDecimal.ZERO);
        LoadSource database = new LoadSource("metadata-db", LEASE.name(), LEASE.resource(), new LoadSource.From.Table("169.254.169.254", 5432, "a", "b",
                null, "c", List.of("d")), null, LoadRequest.Mode.REPLACE, SchemaDrift.Rule.GO_ON, BigDecimal.ZERO);
        for (LoadSource each : List.of(metadata, database)) {
            sources.define(each, 0, person);
            sources.schedule(each.code(), market.clock.instant(), new Timing.Every(Duration.ofHours(1)), "a test", person);
        }
        assertThat(node("one", Set.of("169.254.169.254")).look()).isEqualTo(2);
        assertThat(sources.list()).allSatisfy(each -> {
            SourceRun last = java.util.Objects.requireNonNull(each.last());
            assertThat(last.outcome()).isEqualTo(Outcome.UNREADY);
            assertThat(last.sentenceEn()).contains("link-local");
        });
    }

    @Test
    void aNewScheduleHoldsFromItsMomentAndWhatRestsIsNotRun() throws Exception {
        setHourly();
        SourceRuns node = node("one");
        assertThat(node.look()).isEqualTo(1);
        sources.schedule("leases", market.clock.instant().plus(Duration.ofMinutes(90)), new Timing.Resting(), "a test", person);
        market.turnClockBy(Duration.ofHours(1));
        assertThat(node.look()).as("the old one still holds").isEqualTo(1);
        market.turnClockBy(Duration.ofHours(1));
        assertThat(node.look()).as("it rests").isZero();
        assertThat(sources.find("leases").orElseThrow().nextAt()).isNull();
        assertThat(sources.ask("leases", false, person)).isTrue();
    }

    @Test
    void whatIsAskedForIsRunThoughItsTimeOfDayIsFarAway() throws Exception {
        assertThat(sources.define(leases(null), 0, person)).isPresent();
        sources.schedule("leases", market.clock.instant(), new Timing.DailyAt(java.time.LocalTime.of(3, 30)), "a test", person);
        SourceRuns node = node("one");
        assertThat(node.look()).isZero();
        assertThat(sources.ask("leases", false, person)).isTrue();
        assertThat(sources.ask("leases", false, person)).as("it waits already").isFalse();
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.find("leases").orElseThrow().nextAt()).isEqualTo(java.time.Instant.parse("2026-11-23T19:30:00Z"));
        assertThat(node.look()).isZero();
    }

    private LoadSource news(String code, Continuation continuation, LoadRequest.Mode mode) {
        return new LoadSource(code, STAMPED.name(), STAMPED.resource(), new LoadSource.From.Interface(
                URI.create("http://" + here() + "/news"), "cursor", "items", "next", null, false, continuation), null, mode,
                SchemaDrift.Rule.GO_ON, new BigDecimal("0.01"));
    }

    private SourceRuns stampedNode(String name) {
        return node(name, settings("A2.4", Set.of(here()), Set.of()), () -> List.of(STAMPED));
    }

    /** One page, of the records changed since what is asked for. */
    private void answerNews(HttpExchange exchange) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getRawQuery());
        asked.add(query);
        String since = query.startsWith("since=") ? java.net.URLDecoder.decode(query.substring(6), StandardCharsets.UTF_8) : "";
        byte[] body = ("{\"items\":[" + news.stream().filter(each -> each.compareTo(since) >= 0).map(each -> {
            String[] parts = each.split(" ", 3);
            return "{\"changed_at\":\"%s\",\"lease_id\":\"%s\",\"rent_fen\":\"%s\"}".formatted(parts[0], parts[1], parts[2]);
        }).collect(Collectors.joining(",")) + "]}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Test
    void eachRunAsksForWhatChangedSinceTheOneBeforeAndMergesItByKey() throws Exception {
        LoadSource source = news("news", new Continuation.Since("since", "changed_at", Duration.ZERO), LoadRequest.Mode.REPLACE);
        assertThat(sources.define(source, 0, person)).isPresent();
        assertThat(sources.find("news").orElseThrow().source()).as("what is stored is what was set").isEqualTo(source);
        sources.schedule("news", null, new Timing.Every(Duration.ofHours(1)), "a test", person);
        news.addAll(List.of("2026-11-01T00:00:00Z L1 100", "2026-11-02T00:00:00Z L2 200", "2026-11-03T00:00:00Z L3 wrong"));
        assertThat(sources.define(new LoadSource("news", source.table(), source.resource(), source.from(), null, source.mode(), source.drift(),
                new BigDecimal("0.4")), 1, person)).isPresent();
        SourceRuns node = stampedNode("one");
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("news", 1)).extracting(SourceRun::outcome, SourceRun::sentenceEn)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Outcome.LOADED, null));
        assertThat(rents()).isEqualTo("L1 100,L2 200");

        news.set(2, "2026-11-03T00:00:00Z L3 300");
        news.add("2026-11-04T00:00:00Z L1 150");
        news.add("2026-11-04T00:00:00Z L1 160");
        market.turnClockBy(Duration.ofHours(1));
        assertThat(stampedNode("two").look()).as("wherever it runs").isEqualTo(1);
        assertThat(asked).as("the newest of those that were taken; what was rejected is behind it").containsExactly("null", "since=2026-11-02T00%3A00%3A00Z");
        assertThat(rents()).as("of one key the one read last stands").isEqualTo("L1 160,L2 200,L3 300");

        news.removeIf(each -> each.contains("L2"));
        news.add("2026-11-04T12:00:00Z L4 400");
        market.turnClockBy(Duration.ofHours(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(rents()).as("what is withdrawn is not told").isEqualTo("L1 160,L2 200,L3 300,L4 400");
        market.turnClockBy(Duration.ofHours(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("news", 1).getFirst().outcome()).as("the record it was read up to comes again").isIn(Outcome.LOADED, Outcome.UNCHANGED);

        assertThat(sources.ask("news", true, person)).isTrue();
        assertThat(sources.ask("news", true, person)).isFalse();
        asked.clear();
        assertThat(node.look()).isEqualTo(1);
        assertThat(asked).containsExactly("null");
        assertThat(rents()).as("the whole is the whole").isEqualTo("L1 160,L3 300,L4 400");
        assertThat(sources.runs("news", 2)).extracting(SourceRun::whole).containsExactly(true, false);
        assertThat(sources.find("news").orElseThrow().wholeAsked()).isFalse();
        assertThat(ask("SELECT count(*) FROM domain_keeping.load WHERE encode(bookmark, 'escape') LIKE '%2026%'")).as("sealed").isEqualTo("0");
    }

    private String rents() throws Exception {
        return ask("SELECT string_agg(lease_id || ' ' || rent_fen, ',' ORDER BY lease_id) FROM domain.test_stamped");
    }

    @Test
    void anOlderVersionThatComesLateDoesNotTakeANewersPlace() throws Exception {
        assertThat(sources.define(news("news", new Continuation.Since("since", "changed_at", Duration.ofDays(20)), LoadRequest.Mode.UPSERT), 0, person))
                .isPresent();
        sources.schedule("news", null, new Timing.Every(Duration.ofHours(1)), "a test", person);
        news.add("2026-11-10T00:00:00Z L1 200");
        SourceRuns node = stampedNode("one");
        assertThat(node.look()).isEqualTo(1);
        news.clear();
        news.addAll(List.of("2026-11-01T00:00:00Z L1 100", "2026-11-02T00:00:00Z L2 300", "2026-11-01T00:00:00Z L2 299"));
        market.turnClockBy(Duration.ofHours(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(asked).last().isEqualTo("since=2026-10-21T00%3A00%3A00Z");
        assertThat(rents()).isEqualTo("L1 200,L2 300");
    }

    @Test
    void aRecordOfTheFutureEndsNothingAndTheWholePutsItRight() throws Exception {
        assertThat(sources.define(news("news", new Continuation.Since("since", "changed_at", Duration.ZERO), LoadRequest.Mode.UPSERT), 0, person)).isPresent();
        sources.schedule("news", null, new Timing.Every(Duration.ofHours(1)), "a test", person);
        news.addAll(List.of("2026-11-01T00:00:00Z L1 100", "2099-01-01T00:00:00Z L2 999"));
        SourceRuns node = stampedNode("one");
        assertThat(node.look()).isEqualTo(1);
        news.set(1, "2026-11-02T00:00:00Z L2 200");
        market.turnClockBy(Duration.ofHours(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(asked).as("read on behind what has come").containsExactly("null", "since=2026-11-01T00%3A00%3A00Z");
        assertThat(rents()).as("of two versions the one that calls itself newer").isEqualTo("L1 100,L2 999");
        assertThat(sources.ask("news", true, person)).isTrue();
        assertThat(node.look()).isEqualTo(1);
        assertThat(rents()).as("the whole stands").isEqualTo("L1 100,L2 200");
    }

    /** The rows and where to read on stand or fall together. */
    @Test
    void aRunThatDiesBehindItsCommitNeitherPassesAnythingByNorDoublesIt() throws Exception {
        assertThat(sources.define(news("news", new Continuation.Since("since", "changed_at", Duration.ZERO), LoadRequest.Mode.REPLACE), 0, person)).isPresent();
        sources.schedule("news", null, new Timing.Every(Duration.ofHours(1)), "a test", person);
        news.add("2026-11-01T00:00:00Z L1 100");
        SourceRuns node = stampedNode("one");
        assertThat(node.look()).isEqualTo(1);
        news.add("2026-11-02T00:00:00Z L2 200");
        // As if its node had died between the load's commit and the note that the run has ended: the source is due still.
        ask("WITH s AS (UPDATE market.load_source_state SET due_at = due_at - interval '1 hour' RETURNING 1) SELECT count(*) FROM s");
        assertThat(node.look()).isEqualTo(1);
        ask("WITH s AS (UPDATE market.load_source_state SET due_at = due_at - interval '1 hour' RETURNING 1) SELECT count(*) FROM s");
        assertThat(node.look()).isEqualTo(1);
        assertThat(asked).containsExactly("null", "since=2026-11-01T00%3A00%3A00Z", "since=2026-11-02T00%3A00%3A00Z");
        assertThat(rents()).isEqualTo("L1 100,L2 200");

        // A load that fails before its commit leaves rows and bookmark as they were.
        try (Connection connection = market.dataSource.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE domain.test_stamped ADD CONSTRAINT test_cheap CHECK (rent_fen < 1000)");
        }
        news.add("2026-11-03T00:00:00Z L3 3000");
        market.turnClockBy(Duration.ofHours(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("news", 1).getFirst().outcome()).isEqualTo(Outcome.BROKEN);
        news.set(2, "2026-11-02T12:00:00Z L3 300");
        try (Connection connection = market.dataSource.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE domain.test_stamped DROP CONSTRAINT test_cheap");
        }
        assertThat(sources.ask("news", true, person)).isTrue();
        assertThat(node.look()).isEqualTo(1);
        assertThat(rents()).isEqualTo("L1 100,L2 200,L3 300");
    }

    @Test
    void rowsSomebodyElseReplacedAreReadFromTheBeginning() throws Exception {
        assertThat(sources.define(news("news", new Continuation.Since("since", "changed_at", Duration.ZERO), LoadRequest.Mode.UPSERT), 0, person)).isPresent();
        sources.schedule("news", null, new Timing.Every(Duration.ofHours(1)), "a test", person);
        news.add("2026-11-01T00:00:00Z L1 100");
        SourceRuns node = stampedNode("one");
        assertThat(node.look()).isEqualTo(1);
        Path file = Files.writeString(folder.resolve("other.csv"), "lease_id,rent_fen,changed_at\nL9,900,2026-11-01T00:00:00Z\n");
        LoadStore store = new LoadStore(market.dataSource, DomainKeys.of("a secret of the tests, and of nothing else".getBytes(StandardCharsets.UTF_8)));
        new Loader(store, new LoadHistory(store, market.clock), market.clock, () -> {}).load(LoadRequest.of(STAMPED,
                CsvSource.of(SourceFile.look(file, null), ','), LoadRequest.Mode.REPLACE), LoadProgress.NONE);
        market.turnClockBy(Duration.ofHours(1));
        assertThat(node.look()).isEqualTo(1);
        assertThat(asked).containsExactly("null", "null");
        assertThat(rents()).isEqualTo("L1 100,L9 900");
    }

    @Test
    void aLongLoadHoldsUpNoneOfAnotherProvider() throws Exception {
        // The plan's clock is turned while the long one runs, so it has to be another node's for its lease not to end.
        setHourly();
        CountDownLatch held = new CountDownLatch(1);
        holdsAt = held;
        SourceRuns node = node("one");
        try (var threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> looks = threads.submit(node::look);
            await(() -> asked.contains("0"));
            assertThat(sources.begin("leases", "two", SourceRuns.LEASE, _ -> Duration.ofMinutes(1))).as("one node at a time").isEmpty();
            LoadSource other = news("news", new Continuation.ByCursor(null), LoadRequest.Mode.REPLACE);
            assertThat(sources.define(other, 0, person)).isPresent();
            sources.schedule("news", null, new Timing.Every(Duration.ofHours(1)), "a test", person);
            SourceRuns two = node("two", settings("A2.4", Set.of(here()), Set.of()), () -> List.of(LEASE, STAMPED));
            news.add("2026-11-01T00:00:00Z L1 100");
            assertThat(two.look()).as("what is another source is run meanwhile").isEqualTo(1);
            assertThat(sources.runs("news", 1).getFirst().outcome()).isEqualTo(Outcome.LOADED);
            // The lease of the first runs out, and another node ends the run: the first notices and stops reading.
            market.turnClockBy(SourceRuns.LEASE);
            assertThat(two.look()).isZero();
            node.renewAll();
            held.countDown();
            assertThat(looks.get()).isEqualTo(1);
        }
        assertThat(asked.stream().filter(each -> each.matches("[0-9]"))).as("it stopped where it noticed").containsExactly("0");
        assertThat(sources.runs("leases", 1).getFirst().outcome()).isEqualTo(Outcome.DIED);
        market.turnClockBy(Duration.ofMinutes(2));
        holdsAt = new CountDownLatch(0);
        assertThat(node("three").look()).isEqualTo(1);
        assertThat(ask("SELECT count(*) FROM domain.test_lease")).isEqualTo("5000");
    }

    private static void await(java.util.function.BooleanSupplier until) throws InterruptedException {
        for (int i = 0; i < 3_000 && !until.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(until.getAsBoolean()).isTrue();
    }

    @Test
    void aNodeRunsAFewAtOnceAndOfOneProviderOneLess() throws Exception {
        for (int i = 1; i <= 4; i++) {
            assertThat(sources.define(leases("leases-" + i, null, false), 0, person)).isPresent();
            sources.schedule("leases-" + i, null, new Timing.Every(Duration.ofHours(1)), "a test", person);
        }
        CountDownLatch held = new CountDownLatch(1);
        holdsAt = held;
        SourceRuns node = node("one");
        try (var threads = Executors.newFixedThreadPool(1)) {
            Future<Integer> looks = threads.submit(node::look);
            // Of one table one load at a time: the second run is told so, and both were begun together.
            await(() -> asked.contains("0"));
            await(() -> runsOf("outcome = 'BUSY' OR ended_at IS NULL") >= 2);
            assertThat(runsOf("ended_at IS NULL OR outcome = 'BUSY'")).isLessThanOrEqualTo(4);
            assertThat(runsOf("ended_at IS NULL")).isLessThanOrEqualTo(2);
            held.countDown();
            assertThat(looks.get()).isEqualTo(4);
        }
        assertThat(ask("SELECT count(*) FROM domain.test_lease")).isEqualTo("5000");
    }

    private int runsOf(String condition) {
        try {
            return Integer.parseInt(ask("SELECT count(*) FROM market.load_run WHERE " + condition));
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Two nodes whose clocks differ by hours plan by the database's alone. */
    @Test
    void whatIsDueIsToldByTheDatabasesClock() throws Exception {
        LoadSources real = new LoadSources(market.database, market.clock, settings("A2.4", Set.of(here()), Set.of()));
        assertThat(real.define(leases(null), 0, person)).isPresent();
        java.time.Instant before = java.time.Instant.parse(ask("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
        real.schedule("leases", null, new Timing.Every(Duration.ofHours(1)), "a test", person);
        market.turnClockBy(Duration.ofDays(-300));
        SourceStanding standing = real.find("leases").orElseThrow();
        assertThat(standing.asOf()).isBetween(before, before.plus(Duration.ofMinutes(5)));
        assertThat(real.listDue()).hasSize(1);
        market.turnClockBy(Duration.ofDays(900));
        LoadSources.Begun begun = real.begin("leases", "one", SourceRuns.LEASE, _ -> Duration.ofMinutes(1)).orElseThrow();
        assertThat(real.begin("leases", "two", SourceRuns.LEASE, _ -> Duration.ofMinutes(1))).as("its lease lives").isEmpty();
        assertThat(begun.dueAt()).isBetween(before, before.plus(Duration.ofMinutes(5)));
    }

    /* Folders */

    private SourceSettings inFolders(String provider) {
        return new SourceSettings(Set.of(), Set.of(here()).stream().map(host -> "A2.4@" + host).collect(Collectors.toSet()), Set.of(), folder,
                Set.of(provider + "@" + folder.resolve("incoming")), folder.resolve("copies"));
    }

    private SourceRuns watching(String name) {
        return node(name, inFolders("A2.4"), () -> List.of(LEASE));
    }

    private Path incoming() throws IOException {
        return Files.createDirectories(folder.resolve("incoming").resolve("housing"));
    }

    private void setFolder(LoadSource.From.Folder.Whole whole, LoadRequest.Mode mode) throws IOException {
        sources = new LoadSources(market.database, market.clock, _ -> market.clock.instant(), inFolders("A2.4"));
        assertThat(sources.define(new LoadSource("drop", LEASE.name(), LEASE.resource(), new LoadSource.From.Folder(incoming().toString(), "*.csv", whole,
                whole == LoadSource.From.Folder.Whole.STILL ? Duration.ofSeconds(30) : Duration.ZERO), null, mode, SchemaDrift.Rule.GO_ON,
                new BigDecimal("0.01")), 0, person)).isPresent();
        sources.schedule("drop", null, new Timing.Every(Duration.ofMinutes(1)), "a test", person);
    }

    private List<String> filesThatAre(FolderFile.State state) {
        return sources.files("drop", 100).stream().filter(each -> each.state() == state).map(FolderFile::name).sorted().toList();
    }

    private Path put(String name, String rows) throws IOException {
        return Files.writeString(incoming().resolve(name), rows.isEmpty() ? "" : "lease_id,rent_fen\n" + rows);
    }

    private int minute(SourceRuns node) throws Exception {
        market.turnClockBy(Duration.ofMinutes(1));
        return node.look();
    }

    private String leases() throws Exception {
        return ask("SELECT coalesce(string_agg(lease_id || ' ' || rent_fen, ',' ORDER BY lease_id), '') FROM domain.test_lease");
    }

    @Test
    void aFileOfAWatchedFolderIsLoadedOnceItIsWhole() throws Exception {
        setFolder(LoadSource.From.Folder.Whole.STILL, LoadRequest.Mode.UPSERT);
        SourceRuns node = watching("one");
        put("b.csv", "L1,200\nL2,200\n");
        put("a.csv", "L1,100\n");
        put("c.csv.part", "L9,900\n");
        put(".hidden.csv", "L9,900\n");
        Files.createSymbolicLink(incoming().resolve("link.csv"), put("elsewhere.txt", "L9,900\n"));
        assertThat(node.look()).isEqualTo(1);
        assertThat(filesThatAre(FolderFile.State.WAITING)).as("seen for the first time").containsExactly("a.csv", "b.csv");
        assertThat(sources.runs("drop", 10)).as("a look that found nothing leaves no run").isEmpty();
        put("b.csv", "L1,200\nL2,250\nL3,300\n");
        assertThat(minute(node)).isEqualTo(1);
        assertThat(leases()).as("what has grown meanwhile waits on").isEqualTo("L1 100");
        assertThat(minute(watching("two"))).isEqualTo(1);
        assertThat(leases()).isEqualTo("L1 200,L2 250,L3 300");
        assertThat(filesThatAre(FolderFile.State.LOADED)).containsExactly("a.csv", "b.csv");
        assertThat(sources.runs("drop", 10)).extracting(SourceRun::outcome).containsExactly(Outcome.LOADED, Outcome.LOADED);
        assertThat(incoming().resolve("a.csv")).as("moved nowhere").exists();

        put("z.csv", "L1,100\n"); // the content of a.csv
        assertThat(minute(node)).isEqualTo(1);
        assertThat(minute(node)).isEqualTo(1);
        assertThat(filesThatAre(FolderFile.State.KNOWN)).containsExactly("z.csv");
        assertThat(leases()).isEqualTo("L1 200,L2 250,L3 300");
        assertThat(ask("SELECT count(*) FROM domain_keeping.load WHERE state = 'LOADED'")).isEqualTo("2");
        assertThat(sources.find("drop").orElseThrow().failures()).isZero();
        String confirmed = "SELECT confirmed_at > loaded_at FROM domain_keeping.newest_load WHERE table_name = 'test_lease'";
        assertThat(ask(confirmed)).as("what was sent is no longer what holds").isEqualTo("f");
        put("y.csv", "L1,200\nL2,250\nL3,300\n"); // the content of b.csv, which holds
        assertThat(minute(node)).isEqualTo(1);
        assertThat(minute(node)).isEqualTo(1);
        assertThat(filesThatAre(FolderFile.State.KNOWN)).containsExactly("y.csv", "z.csv");
        assertThat(ask(confirmed)).as("delivered again, it is as fresh as if it had come now").isEqualTo("t");
        try (var left = Files.list(folder.resolve("copies"))) {
            assertThat(left).as("no copy stays").isEmpty();
        }
    }

    @Test
    void aFileIsLoadedOnceThoughTheNodeDiedBeforeItWasNoted() throws Exception {
        setFolder(LoadSource.From.Folder.Whole.DONE, LoadRequest.Mode.UPSERT);
        put("a.csv", "L1,100\n");
        put("a.csv.done", "");
        put("later.csv", "L2,200\n");
        SourceRuns node = watching("one");
        assertThat(node.look()).isEqualTo(1);
        assertThat(leases()).as("nothing says that the other is whole").isEqualTo("L1 100");
        ask("WITH f AS (UPDATE market.load_file SET state = 'WAITING', settled_at = NULL RETURNING 1) SELECT count(*) FROM f");
        ask("WITH l AS (UPDATE domain.test_lease SET rent_fen = 111 RETURNING 1) SELECT count(*) FROM l");
        assertThat(minute(node)).isEqualTo(1);
        assertThat(leases()).as("it is known by its digest").isEqualTo("L1 111");
        assertThat(filesThatAre(FolderFile.State.KNOWN)).containsExactly("a.csv");
        assertThat(sources.ask("drop", true, person)).isTrue();
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("drop", 1).getFirst().whole()).isTrue();
    }

    @Test
    void aFileThatIsNotWhatLiesBesideItIsRefusedAndShownAndTheNextIsLoaded() throws Exception {
        setFolder(LoadSource.From.Folder.Whole.DIGEST, LoadRequest.Mode.UPSERT);
        put("a.csv", "L1,100\n");
        Files.writeString(incoming().resolve("a.csv.sha256"), "0".repeat(64) + "  a.csv\n");
        put("b.csv", "L2,200\n");
        String digest = java.util.HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256")
                .digest("lease_id,rent_fen\nL2,200\n".getBytes(StandardCharsets.UTF_8)));
        Files.writeString(incoming().resolve("b.csv.sha256"), digest.toUpperCase(java.util.Locale.ROOT) + "  b.csv\n");
        put("c.csv", "L3,not a number\n");
        SourceRuns node = watching("one");
        assertThat(node.look()).isEqualTo(1);
        assertThat(leases()).isEqualTo("L2 200");
        SourceRun run = sources.runs("drop", 1).getFirst();
        assertThat(run.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(run.sentenceEn()).isEqualTo("Files refused: 1 (a.csv).");
        assertThat(sources.files("drop", 10).stream().filter(each -> each.name().equals("a.csv")).findFirst().orElseThrow().sentenceEn())
                .isEqualTo("The digest of a.csv is not the one that lies beside it.");
        market.turnClockBy(Duration.ofHours(2));
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("drop", 10)).as("it is not tried again as it is").hasSize(1);
        String right = java.util.HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256")
                .digest("lease_id,rent_fen\nL1,100\n".getBytes(StandardCharsets.UTF_8)));
        Files.writeString(incoming().resolve("a.csv.sha256"), right);
        Files.setLastModifiedTime(incoming().resolve("a.csv.sha256"), java.nio.file.attribute.FileTime.from(java.time.Instant.now().plusSeconds(5)));
        assertThat(minute(node)).isEqualTo(1);
        assertThat(leases()).isEqualTo("L1 100,L2 200");
        assertThat(filesThatAre(FolderFile.State.REFUSED)).as("what was refused stays in the record").containsExactly("a.csv");
    }

    @Test
    void noLinkLeadsOutOfAFolderAndOfNobodyElsesFolderIsRead() throws Exception {
        setFolder(LoadSource.From.Folder.Whole.DONE, LoadRequest.Mode.UPSERT);
        Path secret = Files.createDirectories(folder.resolve("secret"));
        Files.writeString(secret.resolve("a.csv"), "lease_id,rent_fen\nL9,900\n");
        Files.writeString(secret.resolve("a.csv.done"), "");
        Files.delete(incoming());
        Files.createSymbolicLink(folder.resolve("incoming").resolve("housing"), secret);
        SourceRuns node = watching("one");
        assertThat(node.look()).isEqualTo(1);
        assertThat(sources.runs("drop", 1).getFirst().outcome()).isEqualTo(Outcome.UNREADY);
        assertThat(sources.runs("drop", 1).getFirst().sentenceEn()).contains("a link lies on the way");

        market.turnClockBy(Duration.ofHours(2));
        assertThat(node("two", inFolders("A2.5"), () -> List.of(LEASE)).look()).as("a node that has not the folder leaves it to others").isZero();
        LoadSources others = new LoadSources(market.database, market.clock, _ -> market.clock.instant(), inFolders("A2.5"));
        assertThatThrownBy(() -> others.define(sources.find("drop").orElseThrow().source(), 1, person)).isInstanceOf(IllegalArgumentException.class);
        for (String wrong : List.of("incoming", "/srv/../etc", "/srv//x", "/srv/x/")) {
            assertThatThrownBy(() -> new LoadSource.From.Folder(wrong, "*.csv", LoadSource.From.Folder.Whole.DONE, Duration.ZERO)).as(wrong)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> inFolders("A2")).isInstanceOf(IllegalArgumentException.class);
    }

    /** That the server's answers are understood, products' OtherDatabasesIT shows. */
    @Test
    void aDatabaseOfAnotherKindIsAskedInItsOwnWordsAndOnlyWhereThereIsADriver() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (ServerSocket closes = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!closes.isClosed()) {
                    try (Socket client = closes.accept()) {
                        heard.add(String.valueOf(client.getInputStream().available()));
                    } catch (IOException over) {
                        return;
                    }
                }
            });
            Set<String> host = Set.of("127.0.0.1:" + closes.getLocalPort());
            LoadSource.From.Table table = new LoadSource.From.Table("mysql", "127.0.0.1", closes.getLocalPort(), "his", "reader", null, "lease", List.of("lease_id"));
            LoadSource register = new LoadSource("register", LEASE.name(), LEASE.resource(), table, null, LoadRequest.Mode.REPLACE, SchemaDrift.Rule.STOP, BigDecimal.ZERO);
            LoadSources anywhere = new LoadSources(market.database, market.clock, _ -> market.clock.instant(), settings("A2.4", host, host));
            anywhere.define(register, 0, person);
            assertThat(anywhere.find("register").orElseThrow().source()).isEqualTo(register);
            sources.schedule("register", market.clock.instant(), new Timing.Every(Duration.ofHours(1)), "a test", person);
            assertThat(node("one", settings("A2.4", host, Set.of()), () -> List.of(LEASE)).look()).isEqualTo(1);
            SourceRun run = sources.runs("register", 1).getFirst();
            assertThat(run.outcome()).isEqualTo(Outcome.BROKEN);
            assertThat(run.sentenceEn()).contains("SQLSTATE 08000");
            assertThat(heard).as("it waits for the server's greeting, which PostgreSQL's does not").containsExactly("0");

            LoadSource.From.Table dm = new LoadSource.From.Table("dm", "127.0.0.1", closes.getLocalPort(), "HIS", "reader", null, "lease", List.of("lease_id"));
            LoadSource moved = new LoadSource("register", LEASE.name(), LEASE.resource(), dm, null, LoadRequest.Mode.REPLACE, SchemaDrift.Rule.STOP, BigDecimal.ZERO);
            assertThatThrownBy(() -> anywhere.define(moved, 1, person)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no database engine dm");
            LoadSources withDm = new LoadSources(market.database, market.clock, _ -> market.clock.instant(), withDm(host));
            assertThat(withDm.define(moved, 1, person)).isPresent();
            market.turnClockBy(Duration.ofMinutes(1));
            assertThat(node("one", settings("A2.4", host, host), () -> List.of(LEASE)).look()).isEqualTo(1);
            assertThat(sources.runs("register", 1).getFirst().outcome()).as("a node that was set otherwise").isEqualTo(Outcome.UNREADY);
            market.turnClockBy(Duration.ofMinutes(5));
            assertThat(node("two", withDm(host), () -> List.of(LEASE)).look()).isEqualTo(1);
            assertThat(sources.runs("register", 1).getFirst().outcome()).as("nobody put its driver in place").isEqualTo(Outcome.REFUSED);
            assertThat(sources.runs("register", 1).getFirst().sentenceEn()).contains("no driver for databases of the engine dm");
            assertThat(heard).hasSize(1);
        }
        assertThat(ask("SELECT string_agg(definition ->> 'engine', ' ' ORDER BY version) FROM market.load_source")).isEqualTo("mysql dm");
    }

    private SourceSettings withDm(Set<String> host) {
        Set<String> named = host.stream().map(each -> "A2.4@" + each).collect(Collectors.toSet());
        return new SourceSettings(Set.of(), named, named, folder, Set.of(), folder, DatabaseEngines.of(Set.of("dm@jdbc:dm://{host}:{port}/{database}"), folder));
    }

    /** A table of another database, read behind the guard. */
    @Test
    void aTableOfAnotherDatabaseIsRead() throws Exception {
        URI address = URI.create(market.dataSource.unwrap(org.postgresql.ds.PGSimpleDataSource.class).getURL().substring("jdbc:".length()));
        try (Connection connection = market.dataSource.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE public.lease (lease_id text PRIMARY KEY, rent_fen bigint NOT NULL)");
            statement.execute("INSERT INTO public.lease VALUES ('L1', 100), ('L2', 200)");
        }
        LoadSource register = new LoadSource("register", LEASE.name(), LEASE.resource(), new LoadSource.From.Table("localhost", address.getPort(),
                address.getPath().substring(1), "postgres", "public", "lease", List.of("lease_id")), null, LoadRequest.Mode.REPLACE,
                SchemaDrift.Rule.STOP, BigDecimal.ZERO);
        sources.define(register, 0, person);
        sources.schedule("register", market.clock.instant(), new Timing.Every(Duration.ofHours(1)), "a test", person);
        assertThat(node("one", settings("A2.4", Set.of("localhost"), Set.of()), () -> List.of(LEASE)).look()).isEqualTo(1);
        assertThat(sources.runs("register", 1).getFirst().outcome()).as("its server has no TLS, and nobody allowed it to go without").isEqualTo(Outcome.BROKEN);
        market.turnClockBy(Duration.ofMinutes(1));
        assertThat(node("one", settings("A2.4", Set.of("localhost"), Set.of("localhost")), () -> List.of(LEASE)).look()).isEqualTo(1);
        SourceRun run = sources.runs("register", 1).getFirst();
        assertThat(run.outcome()).as(String.valueOf(run.sentenceEn())).isEqualTo(Outcome.LOADED);
        assertThat(run.records()).isEqualTo(2);
        assertThat(ask("SELECT count(*) FROM market.load_source WHERE definition ? 'engine'")).as("what was set before there were others is what it was").isEqualTo("0");
    }
}

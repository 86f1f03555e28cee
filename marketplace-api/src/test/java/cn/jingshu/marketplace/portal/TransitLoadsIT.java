package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.runtime.Commands;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scenario.Market;
import cn.jingshu.marketplace.scenario.RestCaller;
import cn.jingshu.marketplace.scenario.Until;
import cn.jingshu.products.transit.TransitProduct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A timetable and the feeds of public transport are loads of the data domain, and what is wrong with them is said and not billed. */
class TransitLoadsIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        node = RunningNode.start(folder.resolve("data"), Clock.systemUTC(), Map.of());
        market = new Market(node);
        rest = new RestCaller(node.httpPort());
        key = market.key(market.subscriptionOf("app-studio", "transit-standard"));
        Until.holds(SOON, () -> rest.get("/v1/transit/routes", key).status(), status -> status == 200);
    }

    @AfterAll
    static void stop() {
        rest.close();
        node.close();
    }

    private static Path timetable(String name, String... more) throws IOException {
        return timetable(folder, name, more);
    }

    /** A small timetable that is good for many years, with some of its files replaced. */
    static Path timetable(Path folder, String name, String... more) throws IOException {
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\n1,荆门公交,https://bus.example,Asia/Shanghai\n");
        tables.put("routes.txt", "route_id,route_short_name,route_long_name,route_type\nR1,1路,东 - 西,3\n");
        tables.put("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nA,甲,31.00,112.20\nB,乙,31.00,112.21\nC,丙,31.00,112.22\n");
        tables.put("trips.txt", "route_id,service_id,trip_id,trip_headsign,direction_id\nR1,D,T1,丙,0\n");
        tables.put("stop_times.txt", """
                trip_id,arrival_time,departure_time,stop_id,stop_sequence
                T1,08:00:00,08:00:00,A,1
                T1,08:05:00,08:05:00,B,2
                T1,08:10:00,08:10:00,C,3
                """);
        tables.put("calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nD,1,1,1,1,1,1,1,20260101,20991231\n");
        for (int i = 0; i < more.length; i += 2) {
            tables.put(more[i], more[i + 1]);
        }
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, String> table : tables.entrySet()) {
                zip.putNextEntry(new ZipEntry(table.getKey()));
                zip.write(table.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return file;
    }

    private static Commands.Ran load(Path file) {
        return Commands.run("load", "--data", node.data().toString(), "--file", file.toString());
    }

    @Test
    void aTimetableThatIsLoadedIsAnsweredFromAndStandsInTheHistory() throws Exception {
        Path file = timetable("first.zip");
        Commands.Ran first = load(file);
        assertThat(first.status()).as(first.out()).isZero();
        assertThat(first.out()).contains("gtfs_stop_time: 3 records read, 3 accepted, 0 rejected, quality 100.0");
        String routes = Until.holds(SOON, () -> rest.get("/v1/transit/routes", key).text(), text -> text.contains("\"R1\""));
        assertThat(routes).contains("GTFS first.zip").contains("\"synthetic\":false");
        assertThat(rest.get("/v1/transit/stops", key).text()).contains("\"丙\"");

        Commands.Ran again = load(file);
        assertThat(again.status()).isZero();
        assertThat(again.out()).contains("has not changed since the newest load");

        Commands.Ran broken = load(timetable("broken.zip", "trips.txt", "route_id,service_id,trip_id\nR1,nie,T1\n", "stop_times.txt",
                "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT1,08:00:00,08:00:00,X,1\n"));
        assertThat(broken.status()).isNotZero();
        assertThat(broken.out()).contains("No network can be made of the archive").contains("X is not in stops.txt");
        assertThat(rest.get("/v1/transit/routes", key).text()).contains("GTFS first.zip");

        try (PlainBrowser operations = PlainBrowser.signedIn(node.httpPort(), "operator")) {
            var list = operations.get(Links.LOADS).page();
            assertThat(list.text()).contains("gtfs_stop_time").contains("gtfs_calendar");
            var row = list.select("tr").stream().filter(each -> each.text().contains("gtfs_stop") && each.text().contains("100.0")
                    && !each.text().contains("gtfs_stop_time")).findFirst().orElseThrow();
            var detail = operations.get(row.select("a").attr("href")).page();
            assertThat(detail.text()).contains("file first.zip/stops.txt (GTFS, UTF-8)").contains("between stop_lat");
            assertThat(detail.select("dd code").text()).matches("[0-9a-f]{64}");
            freshnessIsSetByItsProvider(operations, row.select("a").attr("href"));
        }

        Path second = timetable("second.zip", "stops.txt",
                "stop_id,stop_name,stop_lat,stop_lon\nA,甲,31.00,112.20\nB,乙,31.00,112.21\nC,丙,31.00,112.22\nE,戊,31.00,112.23\n");
        Commands.Ran changed = load(second);
        assertThat(changed.out()).contains("since the load before: 1 records came, 0 went");
        Until.holds(SOON, () -> rest.get("/v1/transit/stops", key).text(), text -> text.contains("\"戊\""));

        withdrawnGrantStopsIt();
    }

    /** Whoever reads sees how fresh a table is; its provider sets it, no longer than the catalogue allows. */
    private static void freshnessIsSetByItsProvider(PlainBrowser operations, String load) throws Exception {
        String action = load.replace("?load=", "/") + "/freshness";
        var seen = operations.get(load).page();
        assertThat(seen.select("form[action=" + action + "]")).as("who operates sets nothing").isEmpty();
        assertThat(seen.text()).contains("1 天(目录未载频率,本市自定)+ 12 小时(宽限)");
        assertThat(seen.select("#dimensions + dl dt").eachText()).containsExactly("规范性", "完整性", "准确性", "一致性", "时效性", "可访问性");
        assertThat(seen.select("#dimensions + dl dd").eachText().get(4)).as("no rule of this table looks at it").isEqualTo("未测量。");
        try (PlainBrowser provider = PlainBrowser.signedIn(node.httpPort(), "bus-group")) {
            PlainBrowser.Shown longer = provider.send(load, action, Map.of("length", "2", "unit", "DAYS"));
            assertThat(longer.status()).isEqualTo(422);
            assertThat(longer.page().select(".notice.failed").text()).contains("须由数据主管部门设定");
            assertThat(longer.page().expectFirst("#length").attr("value")).isEqualTo("2");
            assertThat(provider.send(load, action, Map.of("length", "0", "unit", "HOURS")).status()).isEqualTo(422);
            PlainBrowser.Shown set = provider.send(load, action, Map.of("length", "6", "unit", "HOURS"));
            assertThat(set.status()).isEqualTo(303);
            assertThat(provider.get(set.location()).page().text()).contains("6 小时(专门设定)").contains("时效已保存");
            assertThat(provider.send(load, action, Map.of("length", "", "unit", "DAYS")).status()).isEqualTo(303);
            assertThat(provider.get(load).page().text()).contains("本市自定");
        }
    }

    /** The gate refuses at once; the node gives up the timetable besides, and has it again when it is granted again. */
    private static void withdrawnGrantStopsIt() throws Exception {
        ProviderGrants grants = node.get(ProviderGrants.class);
        UUID officer = market.person("bus-group").id();
        UUID grant = grants.listOf("transit").stream()
                .filter(each -> each.resource().equals("A2.8.2") && each.inForceAt(Instant.now())).findFirst().orElseThrow().id();
        grants.suspend(grant, officer, "test");
        String refused = Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/transit/stops", key).text(), text -> text.contains("GRANT_MISSING"));
        assertThat(refused).doesNotContain("戊");
        Until.holds(SOON, () -> node.get(TransitProduct.class).network().isUnknown(), unknown -> unknown);
        assertThat(node.get(TransitProduct.class).synthetic()).as("what is withheld is not replaced by made-up data").isFalse();
        grants.restore(grant, officer, "test");
        Until.holds(SOON, () -> rest.get("/v1/transit/stops", key).text(), text -> text.contains("\"戊\""));
    }
}

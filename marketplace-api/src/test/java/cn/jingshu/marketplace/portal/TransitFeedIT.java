package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scenario.Market;
import cn.jingshu.marketplace.scenario.RestCaller;
import cn.jingshu.marketplace.scenario.Until;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadRecord;
import com.google.transit.realtime.GtfsRealtime;
import com.google.transit.realtime.GtfsRealtime.Alert;
import com.google.transit.realtime.GtfsRealtime.EntitySelector;
import com.google.transit.realtime.GtfsRealtime.FeedEntity;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.google.transit.realtime.GtfsRealtime.TranslatedString;
import com.google.transit.realtime.GtfsRealtime.TripDescriptor;
import com.google.transit.realtime.GtfsRealtime.VehicleDescriptor;
import com.google.transit.realtime.GtfsRealtime.VehiclePosition;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/** A node with a timetable of its own and a feed: both are in the history of loads, and what is stale or degraded is said and not billed. */
class TransitFeedIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static HttpServer operator;
    private static RunningNode node;
    private static RestCaller rest;
    private static String key;

    /** From when on the operator's feed stands still; null: it goes on. */
    private static final AtomicReference<@Nullable Instant> STANDS = new AtomicReference<>();

    @BeforeAll
    static void start() throws Exception {
        operator = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        operator.createContext("/secret/feed", exchange -> {
            byte[] bytes = message();
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        operator.start();
        node = RunningNode.start(folder.resolve("data"), Clock.systemUTC(), Map.of(
                "jingshu.transit.gtfs", TransitLoadsIT.timetable(folder, "city.zip").toString(),
                "jingshu.transit.feed", "http://127.0.0.1:" + operator.getAddress().getPort() + "/secret/feed?key=verysecret",
                "jingshu.transit.poll-interval", "1s",
                "jingshu.transit.stale-after", "5s"));
        rest = new RestCaller(node.httpPort());
        key = new Market(node).key(new Market(node).subscriptionOf("app-studio", "transit-standard"));
    }

    @AfterAll
    static void stop() {
        rest.close();
        node.close();
        operator.stop(0);
    }

    private static byte[] message() {
        Instant stands = STANDS.get();
        long now = (stands == null ? Instant.now() : stands).getEpochSecond();
        return FeedMessage.newBuilder()
                .setHeader(FeedHeader.newBuilder().setGtfsRealtimeVersion("2.0").setTimestamp(now))
                .addEntity(FeedEntity.newBuilder().setId("e1").setVehicle(VehiclePosition.newBuilder()
                        .setTimestamp(now)
                        .setTrip(TripDescriptor.newBuilder().setTripId("T1").setRouteId("R1"))
                        .setVehicle(VehicleDescriptor.newBuilder().setId("BUS7").setLicensePlate("鄂H00000"))
                        .setPosition(GtfsRealtime.Position.newBuilder().setLatitude(31).setLongitude(112.205f))))
                .addEntity(FeedEntity.newBuilder().setId("e2").setVehicle(VehiclePosition.newBuilder()
                        .setTimestamp(now)
                        .setVehicle(VehicleDescriptor.newBuilder().setId("LOST"))
                        .setPosition(GtfsRealtime.Position.newBuilder().setLatitude(0).setLongitude(0))))
                .addEntity(FeedEntity.newBuilder().setId("n1").setAlert(Alert.newBuilder()
                        .addInformedEntity(EntitySelector.newBuilder().setRouteId("R1"))
                        .setEffect(Alert.Effect.DETOUR)
                        .setHeaderText(TranslatedString.newBuilder()
                                .addTranslation(TranslatedString.Translation.newBuilder().setText("临时改道").setLanguage("zh")))))
                .build().toByteArray();
    }

    private static long quantity(String requestId) throws Exception {
        return Until.holds(SOON, () -> node.get(Database.class).inTransaction(t -> t.list(
                "SELECT quantity FROM metering.usage_event WHERE request_id = ?", row -> row.number("quantity"), requestId)),
                found -> found.size() == 1).getFirst();
    }

    private static List<LoadRecord> loads(String table) {
        return node.get(LoadHistory.class).list(table, null, 10);
    }

    @Test
    void aFeedIsInTheHistoryAndWhatIsStaleOrDegradedIsSaidAndNotBilled() throws Exception {
        // While all is well.
        Until.holds(SOON, () -> rest.get("/v1/transit/vehicles", key).text(), text -> text.contains("BUS7"));
        RestCaller.Reply good = rest.get("/v1/transit/vehicles/BUS7", key);
        assertThat(good.text()).contains("\"stale\":false").contains("\"degraded\":false").contains("\"unbilled\":false").doesNotContain("鄂H");
        assertThat(quantity(good.requestId())).isEqualTo(1);
        RestCaller.Reply alerts = rest.get("/v1/transit/alerts?route_id=R1", key);
        assertThat(alerts.text()).contains("临时改道").contains("DETOUR").contains("\"unbilled\":false");
        assertThat(rest.get("/v1/transit/alerts?route_id=R9", key).text()).doesNotContain("临时改道");
        assertThat(FeedMessage.parseFrom(rest.get("/v1/transit/feed/alerts", key).response().body()).getEntity(0).getAlert().getInformedEntity(0)
                .getRouteId()).isEqualTo("R1");

        // The timetable the node was given is a load, and so is the feed: without its address' key.
        List<LoadRecord> stops = Until.holds(SOON, () -> loads("gtfs_stop"), found -> !found.isEmpty() && found.getFirst().state() == LoadRecord.State.LOADED);
        assertThat(stops.getFirst().source()).isEqualTo("file city.zip/stops.txt (GTFS, UTF-8)");
        assertThat(stops.getFirst().by()).startsWith("node ");
        LoadRecord feed = Until.holds(SOON.plusSeconds(60), () -> loads("gtfs_rt_vehicle"), found -> !found.isEmpty()).getFirst();
        assertThat(feed.source()).isEqualTo("interface 127.0.0.1 #1 (GTFS-Realtime)");
        assertThat(feed.state()).isEqualTo(LoadRecord.State.RUNNING);
        assertThat(feed.resource()).isEqualTo("A2.8.4");
        assertThat(feed.rowsIn()).isEqualTo(feed.accepted() + feed.rejected());
        assertThat(feed.rejects()).singleElement().satisfies(each -> assertThat(each.reason().name()).isEqualTo("IMPOSSIBLE_PLACE"));
        assertThat(loads("gtfs_rt_alert")).isNotEmpty();
        try (PlainBrowser operations = PlainBrowser.signedIn(node.httpPort(), "operator")) {
            assertThat(operations.get(Links.LOADS).page().text()).contains("gtfs_rt_vehicle").contains("gtfs_stop_time");
            String detail = operations.get(Links.load(feed.id())).page().text();
            assertThat(detail).contains("interface 127.0.0.1 #1").contains("loadsSucceed").doesNotContain("verysecret");
            assertThat(operations.get("/products/transit").page().select(".notice.warning")).isEmpty();
        }

        try (PlainBrowser stranger = new PlainBrowser(node.httpPort())) {
            assertThat(stranger.get(Links.MAP).page().expectFirst("#map-degraded").hasAttr("hidden")).as("nothing falls short").isTrue();
        }

        // The feed stands still: first the position is stale, then the feed is degraded.
        STANDS.set(Instant.now());
        RestCaller.Reply stale = Until.holds(SOON, () -> rest.get("/v1/transit/vehicles/BUS7", key), reply -> reply.text().contains("\"stale\":true"));
        assertThat(stale.text()).contains("\"unbilled\":true");
        assertThat(quantity(stale.requestId())).isZero();
        RestCaller.Reply degraded = Until.holds(Duration.ofMinutes(5), () -> rest.get("/v1/transit/stops/A/arrivals", key),
                reply -> reply.text().contains("\"degraded\":true"));
        assertThat(degraded.text()).contains("\"unbilled\":true");
        assertThat(quantity(degraded.requestId())).isZero();
        assertThat(rest.get("/v1/transit/feed/status", key).text()).contains("\"degraded\":true").contains("车辆位置数据流");
        try (PlainBrowser stranger = new PlainBrowser(node.httpPort())) {
            assertThat(stranger.get("/products/transit").page().select(".notice.warning").text()).contains("车辆位置数据流");
            Element warned = stranger.get(Links.MAP).page().expectFirst("#map-degraded");
            assertThat(warned.hasAttr("hidden")).as("the map says so").isFalse();
            assertThat(warned.text()).contains("⚠", "车辆位置数据流");
            assertThat(stranger.get(Links.MAP + "?lang=en").page().expectFirst("#map-degraded").text()).contains("⚠", "vehicle positions");
            assertThat(rest.get(Links.MAP_VEHICLES, null).text()).contains("\"shortfalls\":[{", "车辆位置数据流");
        }
        RestCaller.Reply routes = rest.get("/v1/transit/routes", key);
        assertThat(routes.text()).as("the timetable is good").contains("\"degraded\":false");
        assertThat(quantity(routes.requestId())).isEqualTo(1);

        // It goes on, and is good again.
        STANDS.set(null);
        Until.holds(Duration.ofMinutes(6), () -> rest.get("/v1/transit/vehicles/BUS7", key).text(),
                text -> text.contains("\"degraded\":false") && text.contains("\"unbilled\":false"));
    }
}

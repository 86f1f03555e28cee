package cn.jingshu.products.transit.feed;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.domain.load.ObservedReadings;
import cn.jingshu.products.domain.load.RejectReason;
import cn.jingshu.products.domain.quality.Dimension;
import cn.jingshu.products.domain.quality.QualityRule;
import cn.jingshu.products.domain.quality.QualityRules;
import cn.jingshu.products.domain.quality.QualityScore;
import cn.jingshu.products.transit.gtfs.GtfsImport;
import cn.jingshu.products.transit.gtfs.GtfsZip;
import cn.jingshu.products.transit.gtfs.Network;
import com.google.transit.realtime.GtfsRealtime;
import com.google.transit.realtime.GtfsRealtime.FeedEntity;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.google.transit.realtime.GtfsRealtime.TripDescriptor;
import com.google.transit.realtime.GtfsRealtime.VehicleDescriptor;
import com.google.transit.realtime.GtfsRealtime.VehiclePosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the readings of a feed were is counted by the hour, and told for the last five minutes. */
class FeedWatchTest {
    private static final Instant TEN = Instant.parse("2026-11-30T02:00:00Z");

    @TempDir
    private Path folder;

    private final SteppingClock clock = new SteppingClock(TEN);
    private FeedWatch watch;

    @BeforeEach
    void watch() throws IOException {
        Network network = GtfsImport.read(new GtfsZip().write(folder));
        watch = new FeedWatch("interface bus.example #1 (GTFS-Realtime)", network, Duration.ofSeconds(90), clock);
    }

    private void after(Duration duration) {
        clock.set(clock.instant().plus(duration));
    }

    /** A reading of vehicles {@code V0…}, each on trip T1, seen just now but for the given age. */
    private void read(int vehicles, Duration age, String tripId, Taken taken, int untimed) {
        Instant at = clock.instant().minus(age);
        FeedMessage.Builder feed = FeedMessage.newBuilder()
                .setHeader(FeedHeader.newBuilder().setGtfsRealtimeVersion("2.0").setTimestamp(at.getEpochSecond()));
        for (int i = 0; i < vehicles; i++) {
            feed.addEntity(FeedEntity.newBuilder().setId("e" + i).setVehicle(VehiclePosition.newBuilder()
                    .setTimestamp(at.getEpochSecond())
                    .setTrip(TripDescriptor.newBuilder().setTripId(tripId).setRouteId("R1"))
                    .setVehicle(VehicleDescriptor.newBuilder().setId("V" + i))
                    .setPosition(GtfsRealtime.Position.newBuilder().setLatitude(31).setLongitude(112.2f).setSpeed(8))));
        }
        byte[] bytes = feed.build().toByteArray();
        FeedContent content = RealtimeReader.read("test", bytes);
        watch.read(bytes, new FeedContent(content.timestamp(), true, content.observations(), List.of(), List.of(), 0, 0, untimed,
                FeedContent.LeftOut.NOTHING), taken);
    }

    private static QualityScore.Result found(ObservedReadings window, String rule) {
        return window.score().results().stream().filter(each -> each.rule().code().startsWith(rule)).findFirst().orElseThrow();
    }

    private ObservedReadings only() {
        assertThat(watch.windows()).hasSize(1);
        return watch.windows().getFirst();
    }

    @Test
    void anHourIsOneRecordWhoseFiguresGrow() {
        for (int i = 0; i < 30; i++) {
            read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
            after(Duration.ofSeconds(10));
        }
        watch.unchanged();
        ObservedReadings window = only();
        assertThat(window.table().name()).isEqualTo("gtfs_rt_vehicle");
        assertThat(window.source()).isEqualTo("interface bus.example #1 (GTFS-Realtime)");
        assertThat(window.startedAt()).isEqualTo(TEN);
        assertThat(window.over()).isFalse();
        assertThat(window.readings()).isEqualTo(31);
        assertThat(window.changed()).isEqualTo(30);
        assertThat(window.rowsIn()).isEqualTo(120);
        assertThat(window.rejects()).isEmpty();
        assertThat(window.digest()).hasSize(64);
        assertThat(window.headerAt()).isEqualTo(clock.instant().minusSeconds(15));
        assertThat(window.score().total()).isEqualTo(100.0);
        assertThat(window.score().dimensions().keySet()).containsExactlyInAnyOrder(Dimension.values());
        assertThat(watch.degraded(FeedKind.VEHICLE)).isFalse();
        watch.kept(List.of(window));
        assertThat(watch.windows()).as("nothing has happened since").isEmpty();
        after(Duration.ofSeconds(10));
        watch.unchanged();
        assertThat(only().id()).isEqualTo(window.id());
        clock.set(TEN.plus(Duration.ofHours(1)));
        read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
        assertThat(watch.windows()).extracting(ObservedReadings::over).containsExactly(true, false);
        assertThat(watch.windows().getFirst().id()).isEqualTo(window.id());
        assertThat(watch.windows().getFirst().readings()).isEqualTo(32);
        watch.kept(watch.windows());
        assertThat(watch.lastWindows()).hasSize(1).allMatch(ObservedReadings::over);
    }

    @Test
    void theSameMessageAgainBringsNoRows() {
        read(4, Duration.ZERO, "T1", Taken.WHOLE, 0);
        read(4, Duration.ZERO, "T1", Taken.WHOLE, 0);
        assertThat(only().readings()).isEqualTo(2);
        assertThat(only().changed()).isEqualTo(1);
        assertThat(only().rowsIn()).isEqualTo(4);
    }

    @Test
    void whatIsRejectedIsCountedByItsReasonAndLowersTheScore() {
        read(6, Duration.ofSeconds(5), "T1", new Taken(1, 2, 0, 0, 0, 0), 4);
        ObservedReadings window = only();
        assertThat(window.rowsIn()).isEqualTo(10);
        assertThat(window.rejects()).isEqualTo(Map.of(RejectReason.OLDER_THAN_KNOWN, 1L, RejectReason.IN_THE_FUTURE, 2L, RejectReason.UNTIMED, 4L));
        assertThat(found(window, "accepted").score()).isEqualTo(30.0);
        assertThat(found(window, "accepted").rule().dimension()).isEqualTo(Dimension.NORMATIVITY);
    }

    @Test
    void aTripThatIsNotInTheTimetableIsInconsistent() {
        read(5, Duration.ofSeconds(5), "nowhere", Taken.WHOLE, 0);
        assertThat(found(only(), "refers trip_id").failed()).isEqualTo(5);
        assertThat(found(only(), "refers route_id").failed()).isZero();
    }

    @Test
    void aFeedThatStopsIsDegradedWithinMinutesAndGoodAgainWhenItGoesOn() {
        for (int i = 0; i < 60; i++) {
            read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
            after(Duration.ofSeconds(10));
        }
        int unchanged = 0;
        while (!watch.degraded(FeedKind.VEHICLE)) {
            after(Duration.ofSeconds(10));
            watch.unchanged();
            assertThat(++unchanged).as("ten-second readings without news").isLessThan(36);
        }
        assertThat(unchanged).as("not before a position is stale").isGreaterThan(8);
        assertThat(only().degraded()).isTrue();
        for (int i = 0; i < 36; i++) {
            read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
            after(Duration.ofSeconds(10));
        }
        assertThat(watch.degraded(FeedKind.VEHICLE)).isFalse();
    }

    @Test
    void aFeedThatNeverAnswersIsAFailureWithItsReason() {
        watch.failed("The feed answered with status 500.");
        assertThat(watch.degraded(FeedKind.VEHICLE)).isTrue();
        ObservedReadings window = only();
        assertThat(window.failed()).isEqualTo(1);
        assertThat(window.failure()).isEqualTo("The feed answered with status 500.");
        assertThat(found(window, "loadsSucceed").score()).isZero();
        read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
        assertThat(only().failure()).as("one reading came to something").isNull();
    }

    @Test
    void rulesThatAreDeclaredHoldFromTheNextHourOn() {
        read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
        watch.declare(FeedKind.VEHICLE, new QualityRules(List.of(new QualityRule.Filled("bearing", 1)), Map.of(), 50, null));
        read(4, Duration.ofSeconds(4), "T1", Taken.WHOLE, 0);
        assertThat(watch.degraded(FeedKind.VEHICLE)).isFalse();
        after(Duration.ofHours(1));
        read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
        assertThat(watch.degraded(FeedKind.VEHICLE)).isTrue();
        assertThat(watch.windows().getLast().score().results()).hasSize(1);
    }

    @Test
    void hoursThatCannotBeWrittenDownAreNotHeldForEver() {
        for (int hour = 0; hour < 100; hour++) {
            watch.failed("away");
            after(Duration.ofHours(1));
        }
        assertThat(watch.windows()).hasSize(49);
    }

    @Test
    void ofEachKindTwoDaysWait() {
        watch.read(new byte[] {1}, new FeedContent(clock.instant(), true, List.of(), List.of(), List.of(), 0, 0, 0, new FeedContent.LeftOut(1, 1, 1)), Taken.WHOLE);
        for (int hour = 0; hour < 60; hour++) {
            after(Duration.ofHours(1));
            watch.failed("away");
        }
        assertThat(watch.windows()).hasSize(3 * (48 + 1));
        for (FeedKind kind : FeedKind.values()) {
            assertThat(watch.windows().stream().filter(each -> each.table().equals(kind.table()))).as("%s", kind).hasSize(49)
                    .allMatch(each -> !each.startedAt().isBefore(clock.instant().minus(Duration.ofDays(2))));
        }
    }

    @Test
    void anHourThatEndsWhileItIsWrittenIsWrittenWhole() {
        read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
        List<ObservedReadings> written = watch.windows();
        after(Duration.ofSeconds(10));
        read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
        clock.set(TEN.plus(Duration.ofHours(1)));
        read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
        watch.kept(written);
        assertThat(watch.windows()).extracting(ObservedReadings::over).as("the hour's last reading is not written yet").containsExactly(true, false);
        assertThat(watch.windows().getFirst().id()).isEqualTo(written.getFirst().id());
        assertThat(watch.windows().getFirst().readings()).isEqualTo(2);
        watch.kept(watch.windows());
        assertThat(watch.windows()).isEmpty();
    }

    @Test
    void whatIsReadDuringAWriteWaitsForTheNext() {
        read(4, Duration.ofSeconds(5), "T1", Taken.WHOLE, 0);
        List<ObservedReadings> written = watch.windows();
        watch.unchanged();
        watch.kept(written);
        assertThat(only().readings()).isEqualTo(2);
    }

    @Test
    void realFeedsAreGoodEnoughWhenTheyAreFresh() throws IOException {
        for (String name : List.of("aomori/VehiclePosition.pb", "bullrunner/bullrunner-vehicle-positions.pb", "aomori/TripUpdate.pb",
                "mbta/2022-07-05T12_35_16Z_VehiclePositions_enhanced.json.gz", "spec-example-alerts.asciipb")) {
            Path file = SharedData.file("bus/" + name);
            byte[] bytes = Files.readAllBytes(file);
            FeedContent content = RealtimeReader.read(String.valueOf(file.getFileName()), bytes);
            Instant header = java.util.Objects.requireNonNull(content.timestamp());
            clock.set(header.plusSeconds(20));
            FeedWatch of = new FeedWatch(name, Network.unknown(), Duration.ofSeconds(90), clock);
            of.read(bytes, content, Taken.WHOLE);
            ObservedReadings window = of.windows().getFirst();
            assertThat(window.rowsIn()).as(name).isPositive();
            assertThat(window.score().total()).as(name + " " + window.score().dimensions()).isGreaterThan(80.0);
            assertThat(window.degraded()).as(name).isFalse();
        }
    }
}

package cn.jingshu.products.transit.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SharedData;
import com.google.protobuf.ByteString;
import com.google.transit.realtime.GtfsRealtime;
import com.google.transit.realtime.GtfsRealtime.FeedEntity;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.google.transit.realtime.GtfsRealtime.VehicleDescriptor;
import com.google.transit.realtime.GtfsRealtime.VehiclePosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class RealtimeReaderTest {
    private static FeedContent read(String name) throws IOException {
        Path file = SharedData.file("bus/" + name);
        return RealtimeReader.read(String.valueOf(file.getFileName()), Files.readAllBytes(file));
    }

    private static FeedMessage.Builder feed() {
        return FeedMessage.newBuilder()
                .setHeader(FeedHeader.newBuilder().setGtfsRealtimeVersion("2.0").setTimestamp(1_700_000_000));
    }

    private static FeedEntity.Builder vehicle(String id, float latitude, float longitude, long at) {
        return FeedEntity.newBuilder()
                .setId("e" + id)
                .setVehicle(VehiclePosition.newBuilder()
                        .setTimestamp(at)
                        .setVehicle(VehicleDescriptor.newBuilder().setId(id))
                        .setPosition(GtfsRealtime.Position.newBuilder().setLatitude(latitude).setLongitude(longitude)));
    }

    @Test
    void brokenTextOfAomoriIsCountedAndKeepsItsVehiclesApart() throws IOException {
        FeedContent content = read("aomori/VehiclePosition.pb");
        assertThat(content.timestamp()).isEqualTo(Instant.ofEpochSecond(1_666_411_754));
        assertThat(content.observations()).hasSize(37);
        assertThat(content.observations()).extracting(Observation::vehicleId).doesNotHaveDuplicates();
        assertThat(content.invalidUtf8()).isEqualTo(26);
        FeedContent updates = read("aomori/TripUpdate.pb");
        assertThat(updates.timestamp()).isEqualTo(Instant.ofEpochSecond(1_666_412_809));
        assertThat(updates.forecasts()).hasSize(35);
    }

    @Test
    void theNoticeOfTheSpecificationIsReadWhole() throws IOException {
        FeedContent content = read("spec-example-alerts.asciipb");
        assertThat(content.alerts()).hasSize(1);
        ServiceAlert alert = content.alerts().getFirst();
        assertThat(alert.cause()).isEqualTo("CONSTRUCTION");
        assertThat(alert.effect()).isEqualTo("DETOUR");
        assertThat(alert.informed()).extracting(ServiceAlert.Informed::routeId).containsExactly("219", "", "100");
        assertThat(alert.informed()).extracting(ServiceAlert.Informed::stopId).containsExactly("", "16230", "16299");
        assertThat(ServiceAlert.in("zh", alert.header())).as("in whatever language there is").startsWith("Stop at Elm street is closed");
        assertThat(alert.madeAt()).isEqualTo(Instant.ofEpochSecond(1_284_457_468));
        assertThat(alert.holdsAt(Instant.ofEpochSecond(1_284_457_467))).isFalse();
        assertThat(alert.holdsAt(Instant.ofEpochSecond(1_284_457_468))).isTrue();
        assertThat(alert.holdsAt(Instant.ofEpochSecond(1_284_468_072))).isFalse();
        assertThat(content.leftOut()).isEqualTo(FeedContent.LeftOut.NOTHING);
    }

    @Test
    void whatIsLeftOutIsCounted() {
        FeedContent content = RealtimeReader.read("test", feed()
                .addEntity(vehicle("a", 0, 0, 1_700_000_000))
                .addEntity(FeedEntity.newBuilder().setId("t").setTripUpdate(GtfsRealtime.TripUpdate.newBuilder()
                        .setTrip(GtfsRealtime.TripDescriptor.newBuilder().setRouteId("1"))))
                .addEntity(FeedEntity.newBuilder().setId("n").setAlert(GtfsRealtime.Alert.newBuilder()))
                .build().toByteArray());
        assertThat(content.leftOut()).isEqualTo(new FeedContent.LeftOut(1, 1, 1));
        assertThat(content.observations()).isEmpty();
        assertThat(content.alerts()).isEmpty();
    }

    @Test
    void theCaptureOfTheUniversityBusIsRead() throws IOException {
        FeedContent content = read("bullrunner/bullrunner-vehicle-positions.pb");
        assertThat(content.timestamp()).isEqualTo(Instant.ofEpochSecond(1_505_314_375));
        assertThat(content.observations()).hasSize(10).allSatisfy(each -> {
            assertThat(each.tripId()).isNull();
            assertThat(each.speed()).isNull();
        });
    }

    @Test
    void theJsonSnapshotsOfBostonAreRead() throws IOException {
        FeedContent content = read("mbta/2022-07-05T12_35_16Z_VehiclePositions_enhanced.json.gz");
        Instant header = Instant.ofEpochSecond(1_657_024_514);
        assertThat(content.timestamp()).isEqualTo(header);
        assertThat(content.observations()).hasSize(683);
        assertThat(content.observations().stream().filter(each -> each.speed() != null)).hasSize(57);
        List<Long> ages = content.observations().stream()
                .map(each -> Duration.between(each.observedAt(), header).toSeconds())
                .sorted()
                .toList();
        assertThat(ages.get(ages.size() / 2)).isEqualTo(9);
        assertThat(ages.getLast()).isEqualTo(361);
        assertThat(ages.stream().filter(age -> age > 90)).hasSize(18);

        FeedContent updates = read("mbta/busloc_2022-06-28T10_03_18Z_TripUpdates_enhanced.json.gz");
        assertThat(updates.forecasts()).hasSize(157);
        List<TripForecast.StopForecast> stops =
                updates.forecasts().stream().flatMap(each -> each.stops().stream()).toList();
        assertThat(stops).hasSize(4_354);
        assertThat(stops.stream().filter(TripForecast.StopForecast::skipped)).hasSize(4_002);
        assertThat(stops).allMatch(stop -> stop.arrivalAt() == null && stop.arrivalDelay() == null);
    }

    @Test
    void theSpecificationsOwnExamplesAreRead() throws IOException {
        FeedContent updates = read("spec-example-trip-updates-full.asciipb");
        assertThat(updates.forecasts()).first().satisfies(forecast -> {
            assertThat(forecast.tripId()).isEqualTo("trip-1");
            assertThat(forecast.stops()).first().satisfies(stop -> {
                assertThat(stop.sequence()).isEqualTo(3);
                assertThat(stop.arrivalDelay()).isEqualTo(5);
            });
        });
        assertThat(read("spec-example-alerts.asciipb").observations()).isEmpty();
    }

    @Test
    void absurdAndUntimedObservationsAreCountedAndLeftOut() {
        FeedMessage message = feed()
                .addEntity(vehicle("good", 31, 112, 1_700_000_000))
                .addEntity(vehicle("null-island", 0, 0, 1_700_000_000))
                .addEntity(vehicle("beyond", 131, 112, 1_700_000_000))
                .addEntity(vehicle("nan", Float.NaN, 112, 1_700_000_000))
                .addEntity(FeedEntity.newBuilder().setId("gone").setIsDeleted(true))
                .build();
        FeedContent content = RealtimeReader.read("test", message.toByteArray());
        assertThat(content.observations()).extracting(Observation::vehicleId).containsExactly("good");
        assertThat(content.absurd()).isEqualTo(3);

        FeedMessage untimed = FeedMessage.newBuilder()
                .setHeader(FeedHeader.newBuilder().setGtfsRealtimeVersion("2.0"))
                .addEntity(vehicle("when", 31, 112, 0))
                .build();
        assertThat(RealtimeReader.read("test", untimed.toByteArray()).untimed()).isEqualTo(1);
    }

    @Test
    void anObservationWithoutItsOwnTimeHasTheFeeds() {
        FeedMessage message = feed().addEntity(vehicle("a", 31, 112, 0)).build();
        assertThat(RealtimeReader.read("test", message.toByteArray()).observations().getFirst().observedAt())
                .isEqualTo(Instant.ofEpochSecond(1_700_000_000));
    }

    @Test
    void anImpossibleSpeedIsNotTold() {
        FeedEntity.Builder fast = vehicle("a", 31, 112, 1_700_000_000);
        fast.getVehicleBuilder().getPositionBuilder().setSpeed(900).setBearing(-90);
        FeedContent content = RealtimeReader.read("test", feed().addEntity(fast).build().toByteArray());
        assertThat(content.observations().getFirst().speed()).isNull();
        assertThat(content.observations().getFirst().bearing()).isEqualTo(270);
        assertThat(content.absurd()).isEqualTo(1);
    }

    @Test
    void whatIsNoFeedIsRefusedInOneSentence() throws IOException {
        assertThatThrownBy(() -> RealtimeReader.read("x", "<html>".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(FeedException.class);
        assertThatThrownBy(() -> RealtimeReader.read("x", new byte[0])).hasMessageContaining("not GTFS-Realtime");
        assertThatThrownBy(() -> RealtimeReader.read("x", "{\"a\"".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(FeedException.class);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[FeedBytes.CAP + 10]);
        }
        assertThatThrownBy(() -> RealtimeReader.read("x", bomb.toByteArray())).hasMessageContaining("larger than");
    }

    @Test
    void damagedBytesNeverCauseAnythingButARefusal() {
        byte[] good = feed().addEntity(vehicle("a", 31, 112, 1_700_000_000)).build().toByteArray();
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= random.nextInt(4); j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(RealtimeReader.read("fuzz", bad).observations()).hasSizeLessThan(2);
            } catch (FeedException refused) {
                assertThat(refused).hasMessageContaining("fuzz");
            }
        }
    }

    @Test
    void twoBrokenIdsStayTwo() {
        FeedText text = new FeedText();
        String one = text.read(ByteString.copyFrom(new byte[] {'a', (byte) 0xff}));
        String other = text.read(ByteString.copyFrom(new byte[] {'a', (byte) 0xfe}));
        assertThat(one).isEqualTo("a%FF").isNotEqualTo(other);
        assertThat(text.invalid()).isEqualTo(2);
    }
}

package cn.jingshu.products.transit;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.transit.feed.AvlTrace;
import cn.jingshu.products.transit.feed.FeedContent;
import cn.jingshu.products.transit.feed.FeedCounts;
import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.fleet.Fleet;
import cn.jingshu.products.transit.fleet.VehicleState;
import cn.jingshu.products.transit.gtfs.GtfsImport;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.predict.ArrivalPredictor;
import cn.jingshu.products.transit.predict.TripProgress;
import cn.jingshu.products.transit.predict.TripTracker;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Replays bus 2113 of Washington's route S2 and holds our predictions against those TheTransitClock stored. */
class WmataReplayTest {
    private static final ZoneId WASHINGTON = ZoneId.of("America/New_York");

    private record Asked(Instant seenAt, String tripId, int sequence) {}

    private record Reached(String tripId, int sequence) {}

    private final Map<Asked, Instant> ours = new HashMap<>();
    private final Map<Reached, Instant> truth = new HashMap<>();
    private int matched;
    private int observations;

    @Test
    void predictionsOfTheReplayAreAsGoodAsThePeers() throws IOException {
        replay(SharedData.file("bus/wmata-S2/gtfs.zip"), SharedData.file("bus/wmata-S2/avl_S2_2113.csv"));

        assertThat(observations).isEqualTo(72);
        // The last five are between two trips, on the way back round the block to the next start.
        assertThat(matched).as("observations matched to a trip through their block").isBetween(65, 72);

        List<Double> differences = new ArrayList<>();
        List<Double> ourErrors = new ArrayList<>();
        List<Double> peerErrors = new ArrayList<>();
        int worse = 0;
        for (Map.Entry<Asked, Instant> peer :
                peers(SharedData.file("bus/wmata-S2/predictions_thetransitclock_S2_2113.csv")).entrySet()) {
            @Nullable Instant predicted = ours.get(peer.getKey());
            if (predicted == null) {
                continue;
            }
            differences.add(seconds(predicted, peer.getValue()));
            @Nullable Instant reached = truth.get(new Reached(peer.getKey().tripId(), peer.getKey().sequence()));
            if (reached != null && reached.isAfter(peer.getKey().seenAt())) {
                double our = seconds(predicted, reached);
                double their = seconds(peer.getValue(), reached);
                ourErrors.add(our);
                peerErrors.add(their);
                worse += our > their + 60 ? 1 : 0;
            }
        }
        System.out.printf(
                "WMATA S2: %d predictions compared, median difference %.0f s; against the passages: ours %.0f s, peer %.0f s, "
                        + "median ours %.0f s, peer %.0f s, %d of %d worse by more than 60 s%n",
                differences.size(), median(differences), mean(ourErrors), mean(peerErrors), median(ourErrors),
                median(peerErrors), worse, ourErrors.size());

        assertThat(differences).hasSizeGreaterThan(150);
        assertThat(ourErrors).hasSizeGreaterThan(100);
        assertThat(median(differences)).isLessThanOrEqualTo(60);
        assertThat(mean(ourErrors)).isLessThanOrEqualTo(mean(peerErrors));
        assertThat((double) worse / ourErrors.size()).isLessThanOrEqualTo(0.10);
    }

    private void replay(Path gtfs, Path trace) {
        Network network = GtfsImport.read(gtfs);
        List<Observation> points = AvlTrace.read(trace, network.zone()).observations();
        SteppingClock clock = new SteppingClock(points.getFirst().observedAt());
        ArrivalPredictor predictor = new ArrivalPredictor();
        Fleet fleet = new Fleet(
                network, new TripTracker(network, predictor), new FeedCounts(clock), clock, Duration.ofSeconds(90));
        Consumer<FeedContent> feed = fleet.source();
        @Nullable TripProgress before = null;
        @Nullable Instant beforeAt = null;
        for (Observation point : points) {
            observations++;
            Instant now = point.observedAt();
            clock.set(now);
            feed.accept(FeedContent.of(now, false, List.of(point)));
            VehicleState state = fleet.findVehicle("2113").orElseThrow();
            @Nullable TripProgress progress = state.progress();
            if (progress == null) {
                continue;
            }
            matched++;
            var trip = progress.run().trip();
            for (var ahead : predictor.ahead(trip, progress.along(), progress.delayEstimate(0), now)) {
                var call = trip.calls().get(ahead.index());
                ours.put(
                        new Asked(now, trip.id(), call.sequence()),
                        progress.run().moment(call.arrival() + ahead.delay().seconds()));
            }
            if (before != null && beforeAt != null && before.run().equals(progress.run())) {
                notePassages(before, beforeAt, progress, now);
            }
            before = progress;
            beforeAt = now;
        }
    }

    /** True passages, read off the straight line between two positions at most 90 s apart. */
    private void notePassages(TripProgress before, Instant beforeAt, TripProgress progress, Instant now) {
        var trip = progress.run().trip();
        if (Duration.between(beforeAt, now).toSeconds() > 90) {
            return;
        }
        for (int i = 0; i < trip.calls().size(); i++) {
            double stop = trip.way().along(i);
            if (stop >= before.along() && stop < progress.along()) {
                double share = (stop - before.along()) / (progress.along() - before.along());
                long millis = Math.round(share * Duration.between(beforeAt, now).toMillis());
                truth.put(new Reached(trip.id(), trip.calls().get(i).sequence()), beforeAt.plusMillis(millis));
            }
        }
    }

    private static Map<Asked, Instant> peers(Path file) throws IOException {
        Map<Asked, Instant> peers = new HashMap<>();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                CSVParser rows = CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get()
                        .parse(reader)) {
            for (CSVRecord row : rows) {
                if (row.get("isArrival").startsWith("1")) {
                    peers.put(
                            new Asked(
                                    moment(row.get("avlTime")),
                                    row.get("tripId"),
                                    Integer.parseInt(row.get("gtfsStopSeq"))),
                            moment(row.get("predictionTime")));
                }
            }
        }
        return peers;
    }

    private static Instant moment(String local) {
        return LocalDateTime.parse(local.replace(' ', 'T')).atZone(WASHINGTON).toInstant();
    }

    private static double seconds(Instant one, Instant other) {
        return Math.abs(Duration.between(one, other).toMillis()) / 1000.0;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}

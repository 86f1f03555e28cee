package cn.jingshu.products.transit.fleet;

import static cn.jingshu.products.transit.fleet.Networks.EIGHT;
import static cn.jingshu.products.transit.fleet.Networks.at;
import static cn.jingshu.products.transit.fleet.Networks.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.transit.feed.FeedContent;
import cn.jingshu.products.transit.feed.FeedCounts;
import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.fleet.ExpectedArrival.Basis;
import cn.jingshu.products.transit.feed.TripForecast;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.predict.ArrivalPredictor;
import cn.jingshu.products.transit.predict.Estimate;
import cn.jingshu.products.transit.predict.Leg;
import cn.jingshu.products.transit.predict.TripProgress;
import cn.jingshu.products.transit.predict.TripTracker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FleetTest {
    private final SteppingClock clock = new SteppingClock(EIGHT);
    private final Network network = Networks.line();
    private final FeedCounts counts = new FeedCounts(clock);
    private final ArrivalPredictor predictor = new ArrivalPredictor();
    private final Fleet fleet =
            new Fleet(network, new TripTracker(network, predictor), counts, clock, Duration.ofSeconds(90));
    private final Consumer<FeedContent> feed = fleet.source();
    private final ArrivalBoard board = new ArrivalBoard(network, fleet, predictor);

    private void see(Observation seen) {
        clock.set(seen.observedAt());
        feed.accept(content(seen));
    }

    private TripProgress progress() {
        return Objects.requireNonNull(fleet.findVehicle("v").orElseThrow().progress());
    }

    @Test
    void whateverTheOrderOfArrivalTheNewestObservationStands() {
        for (long seed = 0; seed < 200; seed++) {
            Fleet each = new Fleet(
                    network, new TripTracker(network, predictor), counts, clock, Duration.ofSeconds(90));
            Consumer<FeedContent> eachFeed = each.source();
            List<Observation> seen = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                seen.add(at("v", 112.2 + i * 0.001, EIGHT.minusSeconds(200).plusSeconds(i * 10L), null));
            }
            Collections.shuffle(seen, new Random(seed));
            Instant newest = Instant.MIN;
            for (Observation observation : seen) {
                eachFeed.accept(content(observation));
                newest = observation.observedAt().isAfter(newest) ? observation.observedAt() : newest;
                assertThat(each.findVehicle("v").orElseThrow().observation().observedAt())
                        .as("seed %d", seed)
                        .isEqualTo(newest);
            }
            assertThat(each.trackOf("v")).isSortedAccordingTo(Comparator.comparing(Observation::observedAt));
        }
    }

    @Test
    void whatCannotBeIsCountedAndDropped() {
        feed.accept(content(at("v", 112.2, EIGHT, null)));
        feed.accept(content(at("v", 112.3, EIGHT, null)));
        feed.accept(content(at("future", 112.2, EIGHT.plusSeconds(61), null)));
        feed.accept(content(at("boston", -71.0, EIGHT, null)));
        feed.accept(content(at("x", 112.2, EIGHT, "NO-SUCH-TRIP")));
        assertThat(counts.health().accepted()).isEqualTo(2);
        assertThat(counts.health().droppedOlder()).isEqualTo(1);
        assertThat(counts.health().droppedFuture()).isEqualTo(1);
        assertThat(counts.health().absurd()).isEqualTo(1);
        assertThat(counts.health().unknownTrip()).isEqualTo(1);
        assertThat(fleet.listVehicles()).extracting(VehicleState::id).containsExactly("v", "x");
    }

    @Test
    void aFeedThatStopsLeavesNothingLive() {
        see(at("v", 112.2, EIGHT, null));
        Instant first = fleet.changedAt(EIGHT);
        assertThat(fleet.listLive(EIGHT.plusSeconds(90))).hasSize(1);
        assertThat(fleet.listLive(EIGHT.plusSeconds(91))).isEmpty();
        assertThat(fleet.changedAt(EIGHT.plusSeconds(60))).isEqualTo(first);
        assertThat(fleet.changedAt(EIGHT.plusSeconds(91))).isEqualTo(EIGHT.plusSeconds(90));
    }

    @Test
    void aVehicleItsFeedNoLongerNamesIsForgotten() {
        see(at("v", 112.2, EIGHT, null));
        Instant later = EIGHT.plusSeconds(1_900);
        clock.set(later);
        feed.accept(FeedContent.of(later, true, List.of(at("w", 112.2, later, null))));
        assertThat(fleet.listVehicles()).extracting(VehicleState::id).containsExactly("w");
    }

    @Test
    void aTrackKeepsAnHourAndTwoHundredAndFortyPoints() {
        for (int i = 0; i < 400; i++) {
            see(at("v", 112.2, EIGHT.plusSeconds(i * 5L), null));
        }
        assertThat(fleet.trackOf("v")).hasSize(Fleet.TRACK_POINTS);
        see(at("v", 112.2, EIGHT.plusSeconds(20_000), null));
        assertThat(fleet.trackOf("v")).hasSize(1);
    }

    @Test
    void aVehicleOfARouteIsPlacedOnTheRunThatFitsItsPlaceAndTime() {
        see(at("v", 112.23, EIGHT.plusSeconds(510), null));
        assertThat(progress().run().trip().id()).isEqualTo("OUT");
        assertThat(progress().inferred()).isTrue();
        assertThat(progress().delay()).isCloseTo(60, within(2.0));
        see(at("v", 112.23, EIGHT.plusSeconds(1_200 + 450), null));
        assertThat(progress().run().trip().id()).isEqualTo("BACK");
    }

    @Test
    void aVehicleWaitingForItsStartIsNotEarly() {
        see(at("v", 112.2, EIGHT.minusSeconds(200), "OUT"));
        assertThat(progress().delay()).isZero();
        assertThat(progress().nextIndex()).isZero();
    }

    @Test
    void liveArrivalsCarryTheDelayAndTheScheduleAloneIsNoPrediction() {
        see(at("v", 112.21, EIGHT.plusSeconds(270), "OUT"));
        Instant now = clock.instant();
        ExpectedArrival atD = board.arrivals("D", "", now, Duration.ofMinutes(60)).stream()
                .filter(arrival -> arrival.run().trip().id().equals("OUT"))
                .findFirst()
                .orElseThrow();
        assertThat(atD.basis()).isEqualTo(Basis.LIVE);
        Estimate delay = Objects.requireNonNull(atD.delay());
        assertThat(delay.seconds()).isCloseTo(120, within(3.0));
        assertThat(delay.confidence()).isBetween(0.3, 1.0);
        // The five minutes at D take up the two minutes of delay.
        ExpectedArrival back = board.arrivals("C", "", now, Duration.ofMinutes(60)).stream()
                .filter(arrival -> arrival.run().trip().id().equals("BACK"))
                .findFirst()
                .orElseThrow();
        assertThat(back.basis()).isEqualTo(Basis.LIVE_BLOCK);
        assertThat(back.predictedAt()).isEqualTo(back.scheduledAt());
        assertThat(board.arrivals("A", "", now, Duration.ofMinutes(5))).as("passed already").isEmpty();

        clock.set(now.plusSeconds(91));
        assertThat(board.arrivals("D", "", clock.instant(), Duration.ofMinutes(60)))
                .isNotEmpty()
                .allSatisfy(arrival -> {
                    assertThat(arrival.basis()).isEqualTo(Basis.SCHEDULE);
                    assertThat(arrival.predictedAt()).isNull();
                });
        assertThat(board.arrivals("D", "other", clock.instant(), Duration.ofMinutes(60))).isEmpty();
    }

    @Test
    void aForeignForecastIsUsedForWantOfAVehicleAndASkippedStopIsSaidToBe() {
        TripForecast.StopForecast late = new TripForecast.StopForecast(2, "", 240, null, false);
        TripForecast.StopForecast skipped = new TripForecast.StopForecast(null, "C", null, null, true);
        TripForecast forecast =
                new TripForecast("OUT", "R", null, EIGHT, false, null, List.of(late, skipped));
        TripForecast unknown = new TripForecast("NONE", "R", null, EIGHT, false, null, List.of());
        feed.accept(new FeedContent(EIGHT, true, List.of(), List.of(forecast, unknown), 0, 0, 0));
        assertThat(counts.health().unknownTrip()).isEqualTo(1);
        assertThat(first("B").basis()).isEqualTo(Basis.FEED);
        assertThat(first("B").predictedAt()).isEqualTo(EIGHT.plusSeconds(540));
        assertThat(first("C").skipped()).isTrue();
        assertThat(first("C").predictedAt()).isNull();
        assertThat(first("D").predictedAt()).as("a delay holds until the next word").isEqualTo(EIGHT.plusSeconds(1_140));
        clock.set(EIGHT.plusSeconds(301));
        assertThat(first("D").basis()).as("an old forecast is not used").isEqualTo(Basis.SCHEDULE);
    }

    private static FeedContent forecasts(Instant madeAt, TripForecast... forecasts) {
        return new FeedContent(madeAt, true, List.of(), List.of(forecasts), 0, 0, 0);
    }

    private static TripForecast late(String trip, Instant madeAt, int delay) {
        return new TripForecast(trip, "R", null, madeAt, false, delay, List.of());
    }

    @Test
    void aCompleteFeedSaysNothingAboutWhatOtherFeedsBring() {
        Consumer<FeedContent> positions = fleet.source();
        Consumer<FeedContent> one = fleet.source();
        Consumer<FeedContent> other = fleet.source();
        positions.accept(content(at("v", 112.2, EIGHT, null)));
        one.accept(forecasts(EIGHT, late("OUT", EIGHT, 60)));
        other.accept(forecasts(EIGHT, late("BACK", EIGHT, 120)));
        assertThat(fleet.listForecasts(EIGHT)).extracting(TripForecast::tripId).containsExactly("BACK", "OUT");

        other.accept(forecasts(EIGHT.plusSeconds(10), late("OUT", EIGHT.plusSeconds(10), 90)));
        assertThat(fleet.listForecasts(EIGHT.plusSeconds(10))).as("the newest word of any feed")
                .singleElement().satisfies(forecast -> assertThat(forecast.delay()).isEqualTo(90));
        other.accept(forecasts(EIGHT.plusSeconds(20)));
        assertThat(fleet.findForecast("OUT", EIGHT.plusSeconds(20)).orElseThrow().delay()).isEqualTo(60);

        Instant later = EIGHT.plusSeconds(1_900);
        clock.set(later);
        one.accept(FeedContent.of(later, true, List.of(at("w", 112.2, later, null))));
        assertThat(fleet.listVehicles()).extracting(VehicleState::id).containsExactly("v", "w");
    }

    @Test
    void aForecastThatGrowsOldIsAChange() {
        feed.accept(forecasts(EIGHT, late("OUT", EIGHT, 60)));
        assertThat(fleet.changedAt(EIGHT.plusSeconds(300))).isEqualTo(EIGHT);
        assertThat(fleet.changedAt(EIGHT.plusSeconds(400))).isEqualTo(EIGHT.plusSeconds(300));
        assertThat(fleet.listForecasts(EIGHT.plusSeconds(300))).hasSize(1);
        assertThat(fleet.listForecasts(EIGHT.plusSeconds(301))).isEmpty();
    }

    private ExpectedArrival first(String stop) {
        return board.arrivals(stop, "", clock.instant(), Duration.ofMinutes(60)).getFirst();
    }

    @Test
    void vehiclesTeachThePredictorTheLegsTheyFinish() {
        Instant day = EIGHT;
        for (int d = 0; d < 6; d++) {
            // Each day the way from B to C takes two minutes longer than planned.
            Instant start = day.plus(Duration.ofDays(d));
            see(at("v" + d, 112.2005, start.plusSeconds(10), "OUT"));
            see(at("v" + d, 112.21, start.plusSeconds(150), "OUT"));
            see(at("v" + d, 112.2205, start.plusSeconds(310), "OUT"));
            see(at("v" + d, 112.227, start.plusSeconds(470), "OUT"));
            see(at("v" + d, 112.234, start.plusSeconds(620), "OUT"));
            see(at("v" + d, 112.2405, start.plusSeconds(730), "OUT"));
        }
        Instant last = day.plus(Duration.ofDays(5)).plusSeconds(760);
        clock.set(last);
        double learned = predictor
                .arrivalDelay(new Leg("R", "B", "C", 300), 0, last)
                .seconds();
        double other = predictor
                .arrivalDelay(new Leg("R", "C", "D", 300), 0, last)
                .seconds();
        assertThat(learned).isBetween(60.0, 125.0);
        assertThat(other).as("a leg nobody has finished yet").isLessThan(learned / 2);
    }
}

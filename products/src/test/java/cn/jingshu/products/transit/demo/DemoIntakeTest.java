package cn.jingshu.products.transit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.gtfs.Trip;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DemoIntakeTest {
    private static final Instant START = Instant.parse("2026-11-23T15:30:00Z");
    private final DemoNetwork demo = new DemoNetwork();

    @Test
    void theCityHasSixLinesAboutSixtyStopsAndFortyVehiclesAroundItsCentre() {
        assertThat(demo.network().routes()).hasSize(6);
        assertThat(demo.network().stops()).hasSizeBetween(45, 65);
        assertThat(demo.vehicles()).hasSize(40);
        Position centre = new Position(31.03, 112.20);
        assertThat(demo.network().stops())
                .allSatisfy(stop -> assertThat(stop.position().metresTo(centre)).isLessThan(10_000));
    }

    @Test
    void whereAVehicleIsDependsOnTheTimeAlone() {
        DemoNetwork other = new DemoNetwork();
        for (int i = 0; i < demo.vehicles().size(); i++) {
            assertThat(other.vehicles().get(i).observe(START)).isEqualTo(demo.vehicles().get(i).observe(START));
        }
    }

    @Test
    void noVehicleJumpsEvenOverMidnight() {
        for (DemoVehicle vehicle : demo.vehicles()) {
            Observation before = vehicle.observe(START);
            for (int i = 1; i < 3 * 360; i++) {
                Observation now = vehicle.observe(START.plusSeconds(i * 10L));
                Duration between = Duration.between(before.observedAt(), now.observedAt());
                assertThat(between).isEqualTo(Duration.ofSeconds(10));
                assertThat(before.position().metresTo(now.position()))
                        .as("%s at %s", vehicle.id(), now.observedAt())
                        .isLessThan(16 * 10);
                assertThat(now.speed()).isBetween(0.0, 20.0);
                assertThat(demo.network().findTrip(String.valueOf(now.tripId()))).isPresent();
                before = now;
            }
        }
    }

    @Test
    void noTripLeavesBeforeTheOneBeforeItHasArrived() {
        for (DemoVehicle vehicle : demo.vehicles()) {
            Trip before = vehicle.trips().getFirst();
            for (Trip trip : vehicle.trips().subList(1, vehicle.trips().size())) {
                assertThat(trip.start() - before.end()).isGreaterThanOrEqualTo(300);
                before = trip;
            }
            assertThat(vehicle.half() * vehicle.trips().size()).isEqualTo(86_400);
        }
    }
}

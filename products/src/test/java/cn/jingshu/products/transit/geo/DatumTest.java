package cn.jingshu.products.transit.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DatumTest {
    @Test
    void everyPlaceInChinaComesBackFromEverySystem() {
        long seed = 20261123;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            Position place = new Position(18 + 35 * random.nextDouble(), 74 + 60 * random.nextDouble());
            for (Datum datum : Datum.values()) {
                Position back = datum.toWgs84(datum.fromWgs84(place));
                assertThat(back.latitude()).as("seed %d, %s, %s", seed, place, datum).isCloseTo(place.latitude(), within(1e-6));
                assertThat(back.longitude()).as("seed %d, %s, %s", seed, place, datum).isCloseTo(place.longitude(), within(1e-6));
            }
        }
    }

    @Test
    void theShiftInBeijingIsThePublishedOne() {
        // The worked example printed with many published implementations: Tiananmen's surroundings.
        Position gcj02 = Datum.GCJ02.fromWgs84(new Position(39.915, 116.404));
        assertThat(gcj02.latitude()).isCloseTo(39.91640428150164, within(1e-6));
        assertThat(gcj02.longitude()).isCloseTo(116.41024449916938, within(1e-6));
    }

    @Test
    void outsideChinaNothingIsShifted() {
        Position boston = new Position(42.36, -71.06);
        assertThat(Datum.GCJ02.fromWgs84(boston)).isEqualTo(boston);
        assertThat(Datum.BD09.toWgs84(boston)).isEqualTo(boston);
    }

    @Test
    void theStopsOfChangshaLieWhereTheBusesStopOnceReadAsBaidus() throws IOException {
        List<Position> buses = new ArrayList<>();
        for (String line : Files.readAllLines(SharedData.file("bus/changsha-line6/positions.csv"))) {
            String[] cells = line.split(",", -1);
            buses.add(new Position(Double.parseDouble(cells[1]), Double.parseDouble(cells[2])));
        }
        List<Position> stops = new ArrayList<>();
        for (String line : Files.readAllLines(SharedData.file("bus/changsha-line6/stations.csv"))) {
            String[] cells = line.split(",", -1);
            stops.add(new Position(Double.parseDouble(cells[2]), Double.parseDouble(cells[1])));
        }
        assertThat(buses).hasSize(135);
        assertThat(stops).hasSize(30);
        assertThat(medianToNearest(buses, stops, Datum.WGS84)).isCloseTo(778, within(3.0));
        assertThat(medianToNearest(buses, stops, Datum.GCJ02)).isCloseTo(685, within(3.0));
        assertThat(medianToNearest(buses, stops, Datum.BD09)).isCloseTo(115, within(4.0));
    }

    private static double medianToNearest(List<Position> buses, List<Position> stops, Datum datum) {
        List<Position> places = stops.stream().map(datum::toWgs84).toList();
        List<Double> nearest = new ArrayList<>();
        for (Position bus : buses) {
            nearest.add(places.stream().mapToDouble(bus::metresTo).min().orElseThrow());
        }
        Collections.sort(nearest);
        return nearest.get(nearest.size() / 2);
    }
}

package cn.jingshu.products.transit.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathTest {
    private static final Position WEST = new Position(31.0, 112.20);
    private static final Position EAST = new Position(31.0, 112.22);
    private static final Position NORTH = new Position(31.01, 112.22);

    @Test
    void aPlaceOnThePathProjectsOntoItself() {
        Path path = new Path(List.of(WEST, EAST, NORTH));
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            double along = random.nextDouble() * path.length();
            Path.Projection back = path.nearest(path.at(along), 0, path.length());
            assertThat(back.along()).isCloseTo(along, within(1.0));
            assertThat(back.offset()).isLessThan(1.0);
        }
    }

    @Test
    void aStreetDrivenTwiceIsFoundTwice() {
        Path path = new Path(List.of(WEST, EAST, NORTH, EAST, WEST));
        List<Path.Projection> places = path.near(new Position(31.0001, 112.205), 50);
        assertThat(places).hasSize(2);
        assertThat(places).extracting(place -> Math.round(place.bearing())).containsExactlyInAnyOrder(90L, 270L);
    }

    @Test
    void distanceAndBearingAreThoseOfTheEarth() {
        assertThat(WEST.metresTo(EAST)).isCloseTo(1906, within(3.0));
        assertThat(EAST.bearingTo(NORTH)).isCloseTo(0, within(0.1));
        assertThat(WEST.bearingTo(EAST)).isCloseTo(90, within(0.1));
        assertThat(new Path(List.of(WEST, EAST)).bearingAt(10)).isCloseTo(90, within(0.1));
    }

    @Test
    void aPathOfOnePointIsRefused() {
        assertThatThrownBy(() -> new Path(List.of(WEST))).hasMessageContaining("two points");
        assertThatThrownBy(() -> new Position(91, 0)).hasMessageContaining("no place on earth");
        assertThatThrownBy(() -> new Position(Double.NaN, 0)).hasMessageContaining("no place on earth");
    }
}

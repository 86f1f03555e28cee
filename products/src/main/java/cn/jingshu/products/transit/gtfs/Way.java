package cn.jingshu.products.transit.gtfs;

import cn.jingshu.products.transit.geo.Path;
import cn.jingshu.products.transit.geo.Position;
import java.util.Arrays;
import java.util.List;

/** The path of a trip and how far along it each of its stops lies; shared by all trips that go the same way. */
public final class Way {
    /** A stop further than this from the shape means the shape belongs to something else. */
    private static final double FOREIGN_SHAPE_METRES = 1_000;

    private final Path path;
    private final double[] alongs;

    private Way(Path path, double[] alongs) {
        this.path = path;
        this.alongs = alongs;
    }

    /**
     * The way through {@code stops}.
     *
     * @param stops at least two, in order
     * @param shape the line driven; with fewer than two points, or far from a stop, the way is straight from stop to stop
     */
    public static Way through(List<Position> stops, List<Position> shape) {
        if (shape.size() >= 2) {
            Path path = new Path(shape);
            double[] alongs = placeStops(path, stops);
            if (alongs.length == stops.size()) {
                return new Way(path, alongs);
            }
        }
        double[] alongs = new double[stops.size()];
        for (int i = 1; i < alongs.length; i++) {
            alongs[i] = alongs[i - 1] + stops.get(i - 1).metresTo(stops.get(i));
        }
        return new Way(new Path(stops), alongs);
    }

    public Path path() {
        return path;
    }

    /** Metres from the beginning of the path to stop {@code index}; never falls from stop to stop. */
    public double along(int index) {
        return alongs[index];
    }

    public int stops() {
        return alongs.length;
    }

    /** The last stop at or before {@code along}; zero when before the first, one less than the last at most. */
    public int legAt(double along) {
        int i = 0;
        while (i + 2 < alongs.length && alongs[i + 1] <= along) {
            i++;
        }
        return i;
    }

    /**
     * Chooses one place on the path for each stop, in order, with the least sum of offsets: a loop passes some stops
     * twice, so the nearest place alone would be wrong. Empty: a stop lies too far off.
     */
    private static double[] placeStops(Path path, List<Position> stops) {
        double[][] alongs = new double[stops.size()][];
        double[][] costs = new double[stops.size()][];
        int[][] origins = new int[stops.size()][];
        for (int i = 0; i < alongs.length; i++) {
            double offset = path.nearest(stops.get(i), 0, path.length()).offset();
            if (offset > FOREIGN_SHAPE_METRES) {
                return new double[0];
            }
            List<Path.Projection> places = path.near(stops.get(i), offset * 1.5 + 30);
            alongs[i] = places.stream().mapToDouble(Path.Projection::along).toArray();
            costs[i] = places.stream().mapToDouble(Path.Projection::offset).toArray();
            origins[i] = new int[places.size()];
            for (int j = 0; i > 0 && j < places.size(); j++) {
                origins[i][j] = cheapestBefore(alongs[i - 1], costs[i - 1], alongs[i][j]);
                costs[i][j] += origins[i][j] < 0 ? Double.POSITIVE_INFINITY : costs[i - 1][origins[i][j]];
            }
        }
        double[] chosen = new double[alongs.length];
        int best = cheapestBefore(alongs[alongs.length - 1], costs[alongs.length - 1], Double.MAX_VALUE);
        if (best < 0) {
            return risingNearest(path, stops);
        }
        for (int i = alongs.length - 1; i >= 0; i--) {
            chosen[i] = alongs[i][best];
            best = origins[i][best];
        }
        return chosen;
    }

    private static int cheapestBefore(double[] alongs, double[] costs, double limit) {
        int best = -1;
        for (int i = 0; i < alongs.length; i++) {
            if (alongs[i] <= limit && Double.isFinite(costs[i]) && (best < 0 || costs[i] < costs[best])) {
                best = i;
            }
        }
        return best;
    }

    private static double[] risingNearest(Path path, List<Position> stops) {
        double[] alongs = new double[stops.size()];
        double reached = 0;
        for (int i = 0; i < alongs.length; i++) {
            alongs[i] = Math.max(reached, path.nearest(stops.get(i), reached, path.length()).along());
            reached = alongs[i];
        }
        return alongs;
    }

    @Override
    public String toString() {
        return "Way" + Arrays.toString(alongs);
    }
}

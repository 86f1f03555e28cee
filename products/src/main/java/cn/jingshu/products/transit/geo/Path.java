package cn.jingshu.products.transit.geo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A line on the ground, measured in metres from its beginning: the way a trip takes. */
public final class Path {
    private static final double METRES_PER_DEGREE = 111_195.0;

    private final double[] latitudes;
    private final double[] longitudes;
    private final double[] alongs;

    /**
     * @param points at least two, in the direction of travel
     * @throws IllegalArgumentException when there are fewer
     */
    public Path(List<Position> points) {
        if (points.size() < 2) {
            throw new IllegalArgumentException("a path needs two points, got " + points.size());
        }
        latitudes = points.stream().mapToDouble(Position::latitude).toArray();
        longitudes = points.stream().mapToDouble(Position::longitude).toArray();
        alongs = new double[points.size()];
        for (int i = 1; i < alongs.length; i++) {
            alongs[i] = alongs[i - 1] + points.get(i - 1).metresTo(points.get(i));
        }
    }

    /**
     * Where a place falls on the path.
     *
     * @param along metres from the beginning of the path
     * @param offset metres between the place and the path
     * @param bearing direction of the path there, degrees clockwise from north
     */
    public record Projection(double along, double offset, double bearing) {}

    /** The points it was made of, in the direction of travel. */
    public List<Position> points() {
        return IntStream.range(0, latitudes.length).mapToObj(this::point).toList();
    }

    /** Length in metres. */
    public double length() {
        return alongs[alongs.length - 1];
    }

    /** The place {@code along} metres from the beginning, held within the path. */
    public Position at(double along) {
        int i = segmentAt(along);
        double length = alongs[i + 1] - alongs[i];
        double share = length == 0 ? 0 : Math.clamp((along - alongs[i]) / length, 0.0, 1.0);
        return point(i).towards(point(i + 1), share);
    }

    /** Direction of travel {@code along} metres from the beginning, degrees clockwise from north. */
    public double bearingAt(double along) {
        int i = segmentAt(along);
        while (i > 0 && alongs[i + 1] == alongs[i]) {
            i--;
        }
        return point(i).bearingTo(point(i + 1));
    }

    /** The nearest point of the stretch {@code [from, to]}; the nearest of all when the stretch is outside the path. */
    public Projection nearest(Position place, double from, double to) {
        Projection best = null;
        for (int i = 0; i + 1 < alongs.length; i++) {
            if (alongs[i + 1] < from || alongs[i] > to) {
                continue;
            }
            Projection candidate = onto(i, place);
            if (best == null || candidate.offset < best.offset) {
                best = candidate;
            }
        }
        return best == null ? nearest(place, 0, length()) : best;
    }

    /**
     * Every separate place where the path comes within {@code metres} of {@code place}, nearest first: a path that
     * crosses itself or comes back along the same street has several.
     */
    public List<Projection> near(Position place, double metres) {
        List<Projection> found = new ArrayList<>();
        Projection best = null;
        for (int i = 0; i + 1 < alongs.length; i++) {
            Projection candidate = onto(i, place);
            if (candidate.offset <= metres) {
                best = best == null || candidate.offset < best.offset ? candidate : best;
            } else if (best != null) {
                found.add(best);
                best = null;
            }
        }
        if (best != null) {
            found.add(best);
        }
        found.sort(Comparator.comparingDouble(Projection::offset));
        return found;
    }

    private Projection onto(int i, Position place) {
        double scale = Math.cos(Math.toRadians(place.latitude()));
        double ax = (longitudes[i] - place.longitude()) * scale * METRES_PER_DEGREE;
        double ay = (latitudes[i] - place.latitude()) * METRES_PER_DEGREE;
        double bx = (longitudes[i + 1] - place.longitude()) * scale * METRES_PER_DEGREE;
        double by = (latitudes[i + 1] - place.latitude()) * METRES_PER_DEGREE;
        double dx = bx - ax;
        double dy = by - ay;
        double squared = dx * dx + dy * dy;
        double share = squared == 0 ? 0 : Math.clamp(-(ax * dx + ay * dy) / squared, 0.0, 1.0);
        double offset = Math.hypot(ax + share * dx, ay + share * dy);
        double bearing = Math.toDegrees(Math.atan2(dx, dy));
        return new Projection(
                alongs[i] + share * (alongs[i + 1] - alongs[i]), offset, bearing < 0 ? bearing + 360 : bearing);
    }

    private int segmentAt(double along) {
        int low = 0;
        int high = alongs.length - 2;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (alongs[middle] <= along) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private Position point(int i) {
        return new Position(latitudes[i], longitudes[i]);
    }
}

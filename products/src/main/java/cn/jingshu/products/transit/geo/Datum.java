package cn.jingshu.products.transit.geo;

/**
 * A coordinate system in which the same place has other numbers. WGS-84 is what satellites give; GCJ-02 (国测局坐标)
 * is WGS-84 with a prescribed shift inside China; BD-09 (百度坐标) is GCJ-02 shifted once more.
 */
public enum Datum {
    WGS84 {
        @Override
        public Position fromWgs84(Position place) {
            return place;
        }
    },
    GCJ02 {
        @Override
        public Position fromWgs84(Position place) {
            return gcj02(place);
        }
    },
    BD09 {
        @Override
        public Position fromWgs84(Position place) {
            return bd09(gcj02(place));
        }
    };

    /** Semi-major axis and squared eccentricity of the Krasovsky 1940 ellipsoid, which GCJ-02 is computed on. */
    private static final double AXIS = 6_378_245.0;

    private static final double ECCENTRICITY_SQUARED = 0.006693421622965943;
    private static final double BAIDU_ANGLE = Math.PI * 3000.0 / 180.0;
    private static final int MAX_STEPS = 30;
    private static final double ENOUGH = 1e-9;

    /** What {@code place} in WGS-84 is called in this system. */
    public abstract Position fromWgs84(Position place);

    /**
     * The WGS-84 place that this system calls {@code place}: found by iteration, since the shifts have no closed
     * inverse; the remaining error is below 1e-6 degrees, about a decimetre.
     */
    public Position toWgs84(Position place) {
        if (this == WGS84) {
            return place;
        }
        double latitude = place.latitude();
        double longitude = place.longitude();
        for (int step = 0; step < MAX_STEPS; step++) {
            Position shifted = fromWgs84(clamped(latitude, longitude));
            double northwards = place.latitude() - shifted.latitude();
            double eastwards = place.longitude() - shifted.longitude();
            latitude += northwards;
            longitude += eastwards;
            if (Math.abs(northwards) < ENOUGH && Math.abs(eastwards) < ENOUGH) {
                break;
            }
        }
        return clamped(latitude, longitude);
    }

    private static Position gcj02(Position place) {
        if (!inShiftedArea(place)) {
            return place;
        }
        double x = place.longitude() - 105.0;
        double y = place.latitude() - 35.0;
        double north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
        north += wave(x, 6, 20, 2, 20) + wave(y, 1, 20, 1.0 / 3, 40) + wave(y, 1.0 / 12, 160, 1.0 / 30, 320);
        double east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
        east += wave(x, 6, 20, 2, 20) + wave(x, 1, 20, 1.0 / 3, 40) + wave(x, 1.0 / 12, 150, 1.0 / 30, 300);
        double phi = Math.toRadians(place.latitude());
        double magic = 1 - ECCENTRICITY_SQUARED * Math.sin(phi) * Math.sin(phi);
        double root = Math.sqrt(magic);
        double northDegrees = Math.toDegrees(north * magic * root / (AXIS * (1 - ECCENTRICITY_SQUARED)));
        double eastDegrees = Math.toDegrees(east * root / (AXIS * Math.cos(phi)));
        return clamped(place.latitude() + northDegrees, place.longitude() + eastDegrees);
    }

    private static double wave(double value, double faster, double height, double slower, double otherHeight) {
        double fast = height * Math.sin(faster * Math.PI * value);
        return (fast + otherHeight * Math.sin(slower * Math.PI * value)) * 2.0 / 3.0;
    }

    private static Position bd09(Position gcj02) {
        if (!inShiftedArea(gcj02)) {
            return gcj02;
        }
        double x = gcj02.longitude();
        double y = gcj02.latitude();
        double radius = Math.sqrt(x * x + y * y) + 0.00002 * Math.sin(y * BAIDU_ANGLE);
        double angle = Math.atan2(y, x) + 0.000003 * Math.cos(x * BAIDU_ANGLE);
        return clamped(radius * Math.sin(angle) + 0.006, radius * Math.cos(angle) + 0.0065);
    }

    /** The rectangle in which the shift applies, as the published algorithm has it. */
    private static boolean inShiftedArea(Position place) {
        return place.longitude() >= 72.004
                && place.longitude() <= 137.8347
                && place.latitude() >= 0.8293
                && place.latitude() <= 55.8271;
    }

    private static Position clamped(double latitude, double longitude) {
        return new Position(Math.clamp(latitude, -90.0, 90.0), Math.clamp(longitude, -180.0, 180.0));
    }
}

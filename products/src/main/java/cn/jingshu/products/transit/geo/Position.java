package cn.jingshu.products.transit.geo;

/**
 * A place on the earth.
 *
 * @param latitude degrees north, -90 to 90
 * @param longitude degrees east, -180 to 180
 */
public record Position(double latitude, double longitude) {
    /** Mean radius of the earth in metres; good to 0.5 % at any place. */
    private static final double EARTH_RADIUS = 6_371_008.8;

    public Position {
        if (!isPlace(latitude, longitude)) {
            throw new IllegalArgumentException("no place on earth: " + latitude + ", " + longitude);
        }
    }

    /** Whether the pair is finite and within the range of degrees. */
    public static boolean isPlace(double latitude, double longitude) {
        return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    }

    /** Great-circle distance in metres (haversine). */
    public double metresTo(Position other) {
        double phi1 = Math.toRadians(latitude);
        double phi2 = Math.toRadians(other.latitude);
        double sinPhi = Math.sin((phi2 - phi1) / 2);
        double sinLambda = Math.sin(Math.toRadians(other.longitude - longitude) / 2);
        double h = sinPhi * sinPhi + Math.cos(phi1) * Math.cos(phi2) * sinLambda * sinLambda;
        return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)));
    }

    /** Initial bearing towards {@code other}, degrees clockwise from north, 0 to 360 exclusive. */
    public double bearingTo(Position other) {
        double phi1 = Math.toRadians(latitude);
        double phi2 = Math.toRadians(other.latitude);
        double lambda = Math.toRadians(other.longitude - longitude);
        double y = Math.sin(lambda) * Math.cos(phi2);
        double x = Math.cos(phi1) * Math.sin(phi2) - Math.sin(phi1) * Math.cos(phi2) * Math.cos(lambda);
        double degrees = Math.toDegrees(Math.atan2(y, x));
        return degrees < 0 ? degrees + 360 : degrees;
    }

    /** The place {@code share} of the way to {@code other}; for places a few kilometres apart. */
    public Position towards(Position other, double share) {
        return new Position(
                latitude + (other.latitude - latitude) * share, longitude + (other.longitude - longitude) * share);
    }
}

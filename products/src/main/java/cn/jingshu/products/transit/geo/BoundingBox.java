package cn.jingshu.products.transit.geo;

/** A rectangle of degrees, its edges included. */
public record BoundingBox(double minLatitude, double minLongitude, double maxLatitude, double maxLongitude) {
    public BoundingBox {
        if (!(minLatitude <= maxLatitude) || !(minLongitude <= maxLongitude)) {
            throw new IllegalArgumentException("a bounding box whose lower corner lies above its upper one");
        }
    }

    public boolean contains(Position place) {
        return place.latitude() >= minLatitude
                && place.latitude() <= maxLatitude
                && place.longitude() >= minLongitude
                && place.longitude() <= maxLongitude;
    }
}

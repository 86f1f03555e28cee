package cn.jingshu.marketplace.portal;

import java.util.List;

/**
 * A line of points as short text: differences of degrees × 100,000, zigzag, five bits a character from {@code ?} on.
 * A city's network is thousands of points; as JSON numbers it would be four times as long.
 */
public final class Polyline {
    private static final double SCALE = 1e5;

    private Polyline() {}

    /** A point in WGS-84 degrees. */
    public record Point(double lat, double lon) {}

    /** Exact to 0.00001 degrees, about a metre. */
    public static String encode(List<Point> points) {
        StringBuilder text = new StringBuilder();
        long lastLat = 0;
        long lastLon = 0;
        for (Point point : points) {
            long lat = Math.round(point.lat() * SCALE);
            long lon = Math.round(point.lon() * SCALE);
            append(text, lat - lastLat);
            append(text, lon - lastLon);
            lastLat = lat;
            lastLon = lon;
        }
        return text.toString();
    }

    private static void append(StringBuilder text, long difference) {
        long rest = difference < 0 ? ~(difference << 1) : difference << 1;
        while (rest >= 0x20) {
            text.append((char) ((0x20 | (rest & 0x1f)) + '?'));
            rest >>= 5;
        }
        text.append((char) (rest + '?'));
    }
}

package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A small made-up network around Jingmen, as the JSON the map reads. */
final class SampleMap {
    private static final double LAT = 31.035;
    private static final double LON = 112.2;
    private static final String[] COLOURS = {"0B5968", "A8322A", "3F6FB0", "B0772C", "6C4F9E"};

    private SampleMap() {}

    static String network() {
        List<String> routes = new ArrayList<>();
        List<String> shapes = new ArrayList<>();
        List<String> stops = new ArrayList<>();
        for (int route = 0; route < COLOURS.length; route++) {
            List<Polyline.Point> points = new ArrayList<>();
            for (int step = 0; step <= 40; step++) {
                points.add(at(route, step / 40.0));
            }
            routes.add("{\"id\":\"r%d\",\"shortName\":\"%d路\",\"longName\":\"线路 %d\",\"color\":\"%s\"}".formatted(route, route + 1, route + 1, COLOURS[route]));
            shapes.add("{\"routeId\":\"r%d\",\"polyline\":\"%s\"}".formatted(route, Polyline.encode(points).replace("\\", "\\\\")));
            for (int stop = 0; stop <= 8; stop++) {
                Polyline.Point place = at(route, stop / 8.0);
                stops.add(String.format(Locale.ROOT, "{\"id\":\"s%d-%d\",\"name\":\"站台 %d-%d\",\"lat\":%.6f,\"lon\":%.6f}", route, stop, route + 1, stop + 1, place.lat(), place.lon()));
            }
        }
        return "{\"version\":\"1\",\"synthetic\":true,\"staleAfterSeconds\":90,\"bounds\":{\"south\":30.98,\"west\":112.12,\"north\":31.09,\"east\":112.28},\"routes\":[%s],\"shapes\":[%s],\"stops\":[%s]}"
                .formatted(String.join(",", routes), String.join(",", shapes), String.join(",", stops));
    }

    static String vehicles() {
        Instant now = Instant.now();
        List<String> vehicles = new ArrayList<>();
        for (int vehicle = 0; vehicle < 16; vehicle++) {
            int route = vehicle % COLOURS.length;
            Polyline.Point place = at(route, (vehicle * 0.137 + now.getEpochSecond() % 600 / 600.0) % 1);
            boolean stale = vehicle % 7 == 3;
            vehicles.add(String.format(Locale.ROOT, "{\"id\":\"v%d\",\"label\":\"鄂H0%d\",\"routeId\":\"r%d\",\"lat\":%.6f,\"lon\":%.6f,\"bearing\":%d,\"metresPerSecond\":7.5,\"observedAt\":\"%s\",\"stale\":%s}", vehicle, 1000 + vehicle, route, place.lat(), place.lon(), vehicle * 40 % 360, now.minusSeconds(stale ? 300 : 5), stale));
        }
        return "{\"asOf\":\"%s\",\"vehicles\":[%s]}".formatted(now, String.join(",", vehicles));
    }

    static String arrivals() {
        Instant now = Instant.now();
        return "{\"stopId\":\"s1\",\"stopName\":\"站台 1-1\",\"asOf\":\"%s\",\"arrivals\":[{\"routeName\":\"1路\",\"headsign\":\"火车站\",\"predictedAt\":\"%s\",\"scheduledAt\":\"%s\",\"delaySeconds\":130,\"confidence\":0.8}]}".formatted(now, now.plusSeconds(240), now.plusSeconds(110));
    }

    private static Polyline.Point at(int route, double part) {
        double angle = route * Math.PI / COLOURS.length;
        double along = (part - 0.5) * 2;
        double bend = 0.018 * Math.sin(along * 3 + route);
        return new Polyline.Point(LAT + 0.05 * along * Math.sin(angle) + bend * Math.cos(angle), LON + 0.07 * along * Math.cos(angle) - bend * Math.sin(angle));
    }
}

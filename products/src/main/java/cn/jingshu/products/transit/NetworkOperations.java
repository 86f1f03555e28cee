package cn.jingshu.products.transit;

import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.transit.geo.Datum;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.gtfs.Route;
import cn.jingshu.products.transit.gtfs.Stop;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.v1.ListRoutesRequest;
import cn.jingshu.products.transit.v1.ListRoutesResponse;
import cn.jingshu.products.transit.v1.ListStopsRequest;
import cn.jingshu.products.transit.v1.ListStopsResponse;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers what is planned: routes and stops. */
final class NetworkOperations {
    private static final int PAGE = 100;
    private static final double RADIUS = 500;
    private static final int HEADSIGNS = 16;

    private final Function<CallFacts, World> worlds;

    NetworkOperations(Function<CallFacts, World> worlds) {
        this.worlds = worlds;
    }

    List<Operation> operations() {
        return List.of(
                Asking.unary("ListRoutes", ListRoutesRequest.getDefaultInstance(), worlds, NetworkOperations::listRoutes),
                Asking.unary("ListStops", ListStopsRequest.getDefaultInstance(), worlds, NetworkOperations::listStops));
    }

    private static Answer<ListRoutesResponse> listRoutes(World world, ListRoutesRequest request) {
        List<Route> routes = world.network().routes().stream()
                .filter(route -> contains(route.shortName(), request.getName())
                        || contains(route.longName(), request.getName()))
                .toList();
        Optional<Page<Route>> page = Page.after(request.getPageToken(), routes, size(request.getPageSize()), Route::id);
        if (page.isEmpty()) {
            return badToken();
        }
        boolean degraded = world.standing().timetableDegraded();
        ListRoutesResponse.Builder response = ListRoutesResponse.newBuilder()
                .setNextPageToken(page.get().nextToken())
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setDegraded(degraded)
                .setUnbilled(degraded)
                .setAsOf(TransitMessages.toProto(world.now()));
        for (Route route : page.get().entries()) {
            response.addRoutes(cn.jingshu.products.transit.v1.Route.newBuilder()
                    .setRouteId(route.id())
                    .setShortName(route.shortName())
                    .setLongName(route.longName())
                    .setType(route.type())
                    .setColor(route.color())
                    .addAllHeadsigns(world.network().tripsOfRoute(route.id()).stream()
                            .map(Trip::headsign)
                            .filter(headsign -> !headsign.isEmpty())
                            .distinct()
                            .limit(HEADSIGNS)
                            .toList()));
        }
        int rows = page.get().entries().size();
        return new Answer.Found<>(response.build(), rows, rows > 0, degraded, null);
    }

    /** A stop and how far it is from the place asked about; zero when none was. */
    private record Found(Stop stop, double metres) {}

    private static Answer<ListStopsResponse> listStops(World world, ListStopsRequest request) {
        if (request.hasLatitude() != request.hasLongitude()) {
            return Answer.invalid(
                    request.hasLatitude() ? "longitude" : "latitude",
                    "经度和纬度须同时给出",
                    "latitude and longitude go together");
        }
        if (request.getRadiusMetres() > 0 && !request.hasLatitude()) {
            return Answer.invalid("radius_metres", "半径须与经纬度同时给出", "radius_metres goes with latitude and longitude");
        }
        Datum datum = TransitMessages.fromProto(request.getCoordinates());
        @Nullable Position around = request.hasLatitude()
                ? datum.toWgs84(new Position(request.getLatitude(), request.getLongitude()))
                : null;
        List<Found> found = found(world, request, around);
        Optional<Page<Found>> page = Page.after(
                request.getPageToken(), found, size(request.getPageSize()), each -> each.stop.id());
        if (page.isEmpty()) {
            return badToken();
        }
        boolean degraded = world.standing().timetableDegraded();
        ListStopsResponse.Builder response = ListStopsResponse.newBuilder()
                .setNextPageToken(page.get().nextToken())
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setDegraded(degraded)
                .setUnbilled(degraded)
                .setAsOf(TransitMessages.toProto(world.now()));
        for (Found each : page.get().entries()) {
            Position place = datum.fromWgs84(each.stop.position());
            var stop = cn.jingshu.products.transit.v1.Stop.newBuilder()
                    .setStopId(each.stop.id())
                    .setName(each.stop.name())
                    .setCode(each.stop.code())
                    .setLatitude(TransitMessages.rounded(place.latitude()))
                    .setLongitude(TransitMessages.rounded(place.longitude()))
                    .addAllRouteIds(world.network().routesAt(each.stop.id()));
            if (around != null) {
                stop.setDistanceMetres(Math.rint(each.metres * 10) / 10);
            }
            response.addStops(stop);
        }
        int rows = page.get().entries().size();
        return new Answer.Found<>(response.build(), rows, rows > 0, degraded, null);
    }

    private static List<Found> found(World world, ListStopsRequest request, @Nullable Position around) {
        double radius = request.getRadiusMetres() > 0 ? request.getRadiusMetres() : RADIUS;
        List<Found> found = new ArrayList<>();
        for (Stop stop : world.network().stops()) {
            double metres = around == null ? 0 : around.metresTo(stop.position());
            if (metres <= radius
                    && contains(stop.name(), request.getName())
                    && (request.getRouteId().isEmpty()
                            || world.network().routesAt(stop.id()).contains(request.getRouteId()))) {
                found.add(new Found(stop, metres));
            }
        }
        found.sort(Comparator.comparingDouble(Found::metres).thenComparing(each -> each.stop.id()));
        return found;
    }

    private static boolean contains(String name, String text) {
        return name.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }

    private static int size(int asked) {
        return asked == 0 ? PAGE : asked;
    }

    private static <A extends Message> Answer<A> badToken() {
        return Answer.invalid("page_token", "续页标记无效", "page_token was not given out by this operation");
    }
}

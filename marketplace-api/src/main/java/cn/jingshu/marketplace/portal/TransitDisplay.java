package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.transit.TransitProduct;
import cn.jingshu.products.transit.TransitSettings;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.gtfs.Way;
import cn.jingshu.products.transit.v1.Arrival;
import cn.jingshu.products.transit.v1.ListArrivalsRequest;
import cn.jingshu.products.transit.v1.ListArrivalsResponse;
import cn.jingshu.products.transit.v1.ListVehiclesRequest;
import cn.jingshu.products.transit.v1.ListVehiclesResponse;
import cn.jingshu.products.transit.v1.Vehicle;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The operator's public display of the transit product. It asks the product's own operations, so it shows what the
 * contract declares and nothing else; no consumer calls here, so nothing is metered. What is planned and drawn beneath
 * (lines on the map) is read from the product's network.
 */
@Singleton
final class TransitDisplay {
    static final String PRODUCT = "transit";

    /** Lines in the order a timetable lists them: 2 before 16, names without a number last. */
    static final Comparator<String> LINES = Comparator.comparingLong(TransitDisplay::numberOf)
            .thenComparing(Comparator.naturalOrder());

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final String SERVICE = "jingshu.transit.v1.TransitService/";
    private static final int PAGE = 1_000;
    private static final int ARRIVALS = 20;

    /** Ways drawn for one route: each direction and a few branches. */
    private static final int MOST_WAYS = 4;

    private final TransitProduct product;
    private final Contracts contracts;
    private final TransitSettings settings;
    private final Clock clock;
    private final Map<Network, MapNetwork> drawn = new ConcurrentHashMap<>();

    TransitDisplay(TransitProduct product, Contracts contracts, TransitSettings settings, Clock clock) {
        this.product = product;
        this.contracts = contracts;
        this.settings = settings;
        this.clock = clock;
    }

    private static long numberOf(String line) {
        Matcher number = NUMBER.matcher(line);
        return number.lookingAt() ? Long.parseLong(number.group()) : Long.MAX_VALUE;
    }

    boolean synthetic() {
        return product.synthetic();
    }

    Network network() {
        return product.network();
    }

    /** Every vehicle known, the stale ones marked, in one moment's answer. */
    MapVehicles vehicles() {
        List<Vehicle> found = new ArrayList<>();
        Instant asOf;
        String next = "";
        do {
            ListVehiclesResponse page = found("ListVehicles", ListVehiclesRequest.newBuilder()
                            .setIncludeStale(true)
                            .setPageSize(PAGE)
                            .setPageToken(next)
                            .build(), ListVehiclesResponse.class)
                    .orElseThrow(() -> new IllegalStateException("the transit product refuses to list its vehicles"));
            found.addAll(page.getVehiclesList());
            asOf = moment(page.getAsOf());
            next = page.getNextPageToken();
        } while (!next.isEmpty());
        return new MapVehicles(asOf, found.stream().map(TransitDisplay::onMap).toList(), shortfalls());
    }

    /** Which of the feeds and the timetable are degraded now; none: all are good enough. */
    private List<MapVehicles.Shortfall> shortfalls() {
        return product.shortfalls().stream().map(each -> new MapVehicles.Shortfall(each.zh(), each.en())).toList();
    }

    /** The same vehicles for the list below the map. */
    List<MapView.Vehicle> listed(MapVehicles vehicles, Map<String, String> nextStops) {
        return vehicles.vehicles().stream()
                .map(vehicle -> new MapView.Vehicle(vehicle.id(), routeName(vehicle.routeId()),
                        nextStops.get(vehicle.id()),
                        vehicle.metresPerSecond() == null ? null : vehicle.metresPerSecond() * 3.6,
                        vehicle.observedAt(), vehicle.stale()))
                .sorted(Comparator.comparing(MapView.Vehicle::routeName, LINES).thenComparing(MapView.Vehicle::id))
                .toList();
    }

    /** What comes to a stop, soonest first; empty: there is no such stop. */
    Optional<MapArrivals> arrivals(String stopId) {
        return found("ListArrivals", ListArrivalsRequest.newBuilder().setStopId(stopId).setLimit(ARRIVALS).build(),
                        ListArrivalsResponse.class)
                .map(found -> new MapArrivals(found.getStopId(), found.getStopName(), moment(found.getAsOf()),
                        found.getArrivalsList().stream()
                                .filter(arrival -> !arrival.getSkipped())
                                .map(this::onMap)
                                .toList()));
    }

    /** The lines and stops, drawn once for each network. */
    MapNetwork mapNetwork() {
        return drawn.computeIfAbsent(product.network(), this::draw);
    }

    private MapNetwork draw(Network network) {
        List<MapNetwork.Route> routes = network.routes().stream()
                .map(route -> new MapNetwork.Route(route.id(), route.shortName(), route.longName(),
                        route.color().isEmpty() ? null : route.color()))
                .toList();
        List<MapNetwork.Shape> shapes = network.routes().stream()
                .flatMap(route -> waysOf(network.tripsOfRoute(route.id())).stream()
                        .map(way -> new MapNetwork.Shape(route.id(), polyline(way))))
                .toList();
        List<MapNetwork.Stop> stops = network.stops().stream()
                .map(stop -> new MapNetwork.Stop(
                        stop.id(), stop.name(), stop.position().latitude(), stop.position().longitude()))
                .toList();
        return new MapNetwork(digest(shapes, stops), product.synthetic(), (int) settings.staleAfter().toSeconds(),
                bounds(stops), routes, shapes, stops);
    }

    /** The ways most trips of a route take. */
    private static List<Way> waysOf(List<Trip> trips) {
        Map<Way, Long> taken = trips.stream()
                .collect(Collectors.groupingBy(Trip::way, LinkedHashMap::new, Collectors.counting()));
        return taken.entrySet().stream()
                .sorted(Map.Entry.<Way, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(MOST_WAYS)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String polyline(Way way) {
        return Polyline.encode(way.path().points().stream()
                .map(point -> new Polyline.Point(point.latitude(), point.longitude()))
                .toList());
    }

    private static MapNetwork.Bounds bounds(Collection<MapNetwork.Stop> stops) {
        if (stops.isEmpty()) {
            return new MapNetwork.Bounds(30.9, 112.1, 31.2, 112.4); // nothing is planned: the city of Jingmen
        }
        var lat = stops.stream().mapToDouble(MapNetwork.Stop::lat).summaryStatistics();
        var lon = stops.stream().mapToDouble(MapNetwork.Stop::lon).summaryStatistics();
        return new MapNetwork.Bounds(lat.getMin(), lon.getMin(), lat.getMax(), lon.getMax());
    }

    private static String digest(List<MapNetwork.Shape> shapes, List<MapNetwork.Stop> stops) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-256")
                    .digest((shapes.toString() + stops).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha, 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private String routeName(@Nullable String routeId) {
        return routeId == null
                ? ""
                : product.network().findRoute(routeId).map(route -> route.shortName()).orElse(routeId);
    }

    /** Names of the stops vehicles head for, by vehicle. */
    Map<String, String> nextStops() {
        ListVehiclesResponse page = found("ListVehicles",
                        ListVehiclesRequest.newBuilder().setPageSize(PAGE).build(), ListVehiclesResponse.class)
                .orElse(ListVehiclesResponse.getDefaultInstance());
        return page.getVehiclesList().stream()
                .filter(vehicle -> !vehicle.getNextStopId().isEmpty())
                .collect(Collectors.toMap(Vehicle::getVehicleId,
                        vehicle -> product.network().findStop(vehicle.getNextStopId())
                                .map(stop -> stop.name())
                                .orElse(vehicle.getNextStopId()),
                        (one, _) -> one));
    }

    private static MapVehicles.Vehicle onMap(Vehicle vehicle) {
        return new MapVehicles.Vehicle(vehicle.getVehicleId(), null,
                vehicle.getRouteId().isEmpty() ? null : vehicle.getRouteId(), vehicle.getLatitude(),
                vehicle.getLongitude(), vehicle.hasBearing() ? vehicle.getBearing() : null,
                vehicle.hasSpeed() ? vehicle.getSpeed() : null, moment(vehicle.getObservedAt()), vehicle.getStale());
    }

    private MapArrivals.Arrival onMap(Arrival arrival) {
        return new MapArrivals.Arrival(arrival.getRouteId(), routeName(arrival.getRouteId()), arrival.getHeadsign(),
                arrival.getVehicleId().isEmpty() ? null : arrival.getVehicleId(),
                arrival.hasScheduledAt() ? moment(arrival.getScheduledAt()) : null,
                arrival.hasPredictedAt() ? moment(arrival.getPredictedAt()) : null,
                arrival.hasDelaySeconds() ? arrival.getDelaySeconds() : null,
                arrival.hasConfidence() ? arrival.getConfidence() : null);
    }

    private static Instant moment(Timestamp at) {
        return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
    }

    /** What an operation of the product finds; empty: it refuses. Its answers come from memory, so nobody waits. */
    private <A extends Message> Optional<A> found(String operation, Message request, Class<A> type) {
        var method = contracts.findMethod(SERVICE + operation).orElseThrow();
        CallFacts facts = new CallFacts(clock.instant(), RequestIds.accept(null), false, CallerRef.MARKET);
        Function<Object, Optional<A>> message = answer ->
                answer instanceof Answer.Found<?> found ? Optional.of(type.cast(found.message())) : Optional.empty();
        return message.apply(Objects.requireNonNull(
                unary(contracts.operation(method)).handler().answer(facts, request).toCompletableFuture().join()));
    }

    @SuppressWarnings("unchecked") // the contract was checked against the operation: it takes this request type
    private static Operation.Unary<Message, Message> unary(Operation operation) {
        return (Operation.Unary<Message, Message>) operation;
    }
}

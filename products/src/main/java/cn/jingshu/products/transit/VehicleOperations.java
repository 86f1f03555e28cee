package cn.jingshu.products.transit;

import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.StreamItem;
import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.fleet.VehicleState;
import cn.jingshu.products.transit.geo.BoundingBox;
import cn.jingshu.products.transit.geo.Datum;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.v1.GetTrackRequest;
import cn.jingshu.products.transit.v1.GetTrackResponse;
import cn.jingshu.products.transit.v1.GetVehicleRequest;
import cn.jingshu.products.transit.v1.GetVehicleResponse;
import cn.jingshu.products.transit.v1.ListVehiclesRequest;
import cn.jingshu.products.transit.v1.ListVehiclesResponse;
import cn.jingshu.products.transit.v1.StreamVehiclesRequest;
import cn.jingshu.products.transit.v1.StreamVehiclesResponse;
import com.google.protobuf.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers where vehicles are and were, at once and as a stream. */
final class VehicleOperations {
    private static final int PAGE = 200;
    private static final int TRACK_MINUTES = 30;

    private final Function<CallFacts, World> worlds;

    VehicleOperations(Function<CallFacts, World> worlds) {
        this.worlds = worlds;
    }

    List<Operation> operations() {
        return List.of(
                Asking.unary("ListVehicles", ListVehiclesRequest.getDefaultInstance(), worlds, VehicleOperations::list),
                Asking.unary("GetVehicle", GetVehicleRequest.getDefaultInstance(), worlds, VehicleOperations::get),
                Asking.unary("GetTrack", GetTrackRequest.getDefaultInstance(), worlds, VehicleOperations::track),
                new Operation.Streaming<>("StreamVehicles", StreamVehiclesRequest.getDefaultInstance(), this::stream));
    }

    private static Answer<ListVehiclesResponse> list(World world, ListVehiclesRequest request) {
        int corners = (request.hasMinLatitude() ? 1 : 0)
                + (request.hasMinLongitude() ? 1 : 0)
                + (request.hasMaxLatitude() ? 1 : 0)
                + (request.hasMaxLongitude() ? 1 : 0);
        if (corners != 0 && corners != 4) {
            return Answer.invalid("min_latitude", "矩形范围须四个值齐全", "a bounding box needs all four values");
        }
        if (corners == 4
                && (request.getMinLatitude() > request.getMaxLatitude()
                        || request.getMinLongitude() > request.getMaxLongitude())) {
            return Answer.invalid("max_latitude", "矩形范围的最小值大于最大值", "the box's minimum lies above its maximum");
        }
        Datum datum = TransitMessages.fromProto(request.getCoordinates());
        Instant now = world.now();
        List<VehicleState> matching = world.fleet().listVehicles().stream()
                .filter(inBox(request, corners == 4, datum))
                .filter(vehicle -> request.getRouteId().isEmpty() || request.getRouteId().equals(vehicle.routeId()))
                .toList();
        List<VehicleState> live = matching.stream()
                .filter(vehicle -> world.fleet().isLive(vehicle, now))
                .toList();
        List<VehicleState> shown = request.getIncludeStale() ? matching : live;
        Optional<Page<VehicleState>> page = Page.after(
                request.getPageToken(),
                shown,
                request.getPageSize() == 0 ? PAGE : request.getPageSize(),
                VehicleState::id);
        if (page.isEmpty()) {
            return Answer.invalid("page_token", "续页标记无效", "page_token was not given out by this operation");
        }
        ListVehiclesResponse.Builder response = ListVehiclesResponse.newBuilder()
                .setNextPageToken(page.get().nextToken())
                .setStaleLeftOut(matching.size() - shown.size())
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setAsOf(TransitMessages.toProto(now));
        for (VehicleState vehicle : page.get().entries()) {
            response.addVehicles(TransitMessages.toProto(vehicle, world, now, datum));
        }
        int rows = page.get().entries().size();
        // Free when nothing live is shown, unless that is because no live vehicle is where the caller looks.
        boolean stale = page.get().entries().stream().noneMatch(live::contains)
                && (!matching.isEmpty() || world.fleet().listLive(now).isEmpty());
        boolean degraded = world.standing().vehiclesDegraded();
        response.setDegraded(degraded).setUnbilled(stale || degraded);
        return new Answer.Found<>(response.build(), rows, rows > 0, stale || degraded, null);
    }

    private static Predicate<VehicleState> inBox(ListVehiclesRequest request, boolean given, Datum datum) {
        if (!given) {
            return _ -> true;
        }
        BoundingBox box = new BoundingBox(
                request.getMinLatitude(), request.getMinLongitude(), request.getMaxLatitude(), request.getMaxLongitude());
        // The vehicle is moved into the caller's system, where the box has straight edges.
        return vehicle -> box.contains(datum.fromWgs84(vehicle.observation().position()));
    }

    private static Answer<GetVehicleResponse> get(World world, GetVehicleRequest request) {
        Optional<VehicleState> vehicle = world.fleet().findVehicle(request.getVehicleId());
        if (vehicle.isEmpty()) {
            return unknown(request.getVehicleId());
        }
        Instant now = world.now();
        boolean degraded = world.standing().vehiclesDegraded();
        boolean unbilled = degraded || !world.fleet().isLive(vehicle.get(), now);
        GetVehicleResponse response = GetVehicleResponse.newBuilder()
                .setVehicle(TransitMessages.toProto(
                        vehicle.get(), world, now, TransitMessages.fromProto(request.getCoordinates())))
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setDegraded(degraded)
                .setUnbilled(unbilled)
                .setAsOf(TransitMessages.toProto(now))
                .build();
        return new Answer.Found<>(response, 1, true, unbilled, null);
    }

    private static Answer<GetTrackResponse> track(World world, GetTrackRequest request) {
        @Nullable VehicleState vehicle =
                world.fleet().findVehicle(request.getVehicleId()).orElse(null);
        if (vehicle == null) {
            return unknown(request.getVehicleId());
        }
        Instant now = world.now();
        Datum datum = TransitMessages.fromProto(request.getCoordinates());
        Duration back = Duration.ofMinutes(request.getMinutes() == 0 ? TRACK_MINUTES : request.getMinutes());
        // Counted from the newest point: the track of a vehicle gone stale is still its track.
        Instant oldest = vehicle.observation().observedAt().minus(back);
        List<Observation> points = world.fleet().trackOf(vehicle.id()).stream()
                .filter(point -> !point.observedAt().isBefore(oldest))
                .toList();
        boolean stale = !world.fleet().isLive(vehicle, now);
        GetTrackResponse.Builder response = GetTrackResponse.newBuilder()
                .setVehicleId(vehicle.id())
                .setStale(stale)
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setAsOf(TransitMessages.toProto(now));
        points.forEach(point -> response.addPoints(TransitMessages.toProto(point, datum)));
        boolean degraded = world.standing().vehiclesDegraded();
        response.setDegraded(degraded).setUnbilled(stale || degraded);
        return new Answer.Found<>(response.build(), points.size(), true, stale || degraded, null);
    }

    private Flow.Publisher<StreamItem<StreamVehiclesResponse>> stream(
            CallFacts facts, StreamVehiclesRequest request, String lastEventId) {
        World world = worlds.apply(facts);
        Set<String> routes = Set.copyOf(request.getRouteIdsList());
        Datum datum = TransitMessages.fromProto(request.getCoordinates());
        return world.fleet()
                .stream()
                .publisher(
                        lastEventId,
                        () -> world.fleet().listLive(world.now()),
                        vehicle -> isWanted(vehicle, routes),
                        (eventId, vehicle) -> {
                            StreamVehiclesResponse item = item(world, vehicle, datum);
                            return new StreamItem<>(eventId, item, item.getDegraded());
                        });
    }

    private static boolean isWanted(VehicleState vehicle, Set<String> routes) {
        @Nullable String route = vehicle.routeId();
        return routes.isEmpty() || (route != null && routes.contains(route));
    }

    private static StreamVehiclesResponse item(World world, VehicleState vehicle, Datum datum) {
        Instant now = world.now();
        boolean degraded = world.standing().vehiclesDegraded();
        return StreamVehiclesResponse.newBuilder()
                .setVehicle(TransitMessages.toProto(vehicle, world, now, datum))
                .setDegraded(degraded)
                .setUnbilled(degraded)
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setAsOf(TransitMessages.toProto(now))
                .build();
    }

    private static <A extends Message> Answer<A> unknown(String vehicleId) {
        return Answer.notFound("没有编号为 " + vehicleId + " 的车辆", "there is no vehicle " + vehicleId);
    }
}

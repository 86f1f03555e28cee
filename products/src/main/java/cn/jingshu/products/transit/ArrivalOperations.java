package cn.jingshu.products.transit;

import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.transit.fleet.ExpectedArrival;
import cn.jingshu.products.transit.gtfs.Stop;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.v1.Arrival;
import cn.jingshu.products.transit.v1.ArrivalBasis;
import cn.jingshu.products.transit.v1.ListArrivalsRequest;
import cn.jingshu.products.transit.v1.ListArrivalsResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Answers what arrives at a stop. */
final class ArrivalOperations {
    private static final int HORIZON_MINUTES = 60;
    private static final int LIMIT = 20;

    /** Stops of the sandbox that always end the same way; {@code test-not-found} is nowhere. */
    private static final Map<String, TestSubject> TEST_STOPS = Map.of("test-approve", TestSubject.APPROVE, "test-refer", TestSubject.REFER,
            "test-slow", TestSubject.SLOW, "test-error", TestSubject.ERROR);

    private final Function<CallFacts, World> worlds;

    ArrivalOperations(Function<CallFacts, World> worlds) {
        this.worlds = worlds;
    }

    List<Operation> operations() {
        return List.of(new Operation.Unary<>("ListArrivals", ListArrivalsRequest.getDefaultInstance(), this::arrivals));
    }

    /** Answers; a test stop of the sandbox is the first stop of the demonstration, and what its subject stands for happens. */
    private CompletionStage<Answer<ListArrivalsResponse>> arrivals(CallFacts facts, ListArrivalsRequest request) {
        World world = worlds.apply(facts);
        TestSubject test = facts.sandbox() ? TEST_STOPS.get(request.getStopId()) : null;
        if (test == null) {
            return Asking.answer(world, request, (there, asked) -> listArrivals(there, asked, false));
        }
        String first = world.network().stops().iterator().next().id();
        return SandboxCalls.of(facts, test.person().number(), () -> Asking.answer(world, request.toBuilder().setStopId(first).build(),
                (there, asked) -> listArrivals(there, asked, test == TestSubject.REFER)));
    }

    /** @param doubted true: what is answered is to be looked at before anyone relies on it, as while the data are degraded */
    private static Answer<ListArrivalsResponse> listArrivals(World world, ListArrivalsRequest request, boolean doubted) {
        Optional<Stop> stop = world.network().findStop(request.getStopId());
        if (stop.isEmpty()) {
            return Answer.notFound(
                    "没有编号为 " + request.getStopId() + " 的站台", "there is no stop " + request.getStopId());
        }
        Instant now = world.now();
        Duration horizon =
                Duration.ofMinutes(request.getHorizonMinutes() == 0 ? HORIZON_MINUTES : request.getHorizonMinutes());
        List<ExpectedArrival> arrivals =
                world.board().arrivals(request.getStopId(), request.getRouteId(), now, horizon).stream()
                        .limit(request.getLimit() == 0 ? LIMIT : request.getLimit())
                        .toList();
        int live = world.fleet().listLive(now).size();
        ListArrivalsResponse.Builder response = ListArrivalsResponse.newBuilder()
                .setStopId(stop.get().id())
                .setStopName(stop.get().name())
                .setLiveVehicles(live)
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setAsOf(TransitMessages.toProto(now));
        arrivals.forEach(arrival -> response.addArrivals(toProto(arrival)));
        // Sold as live only while something is live; a bare timetable is given away.
        boolean stale = live == 0
                && arrivals.stream().allMatch(arrival -> arrival.basis() == ExpectedArrival.Basis.SCHEDULE);
        boolean degraded = doubted || world.standing().arrivalsDegraded();
        response.setDegraded(degraded).setUnbilled(stale || degraded);
        return new Answer.Found<>(response.build(), arrivals.size(), !arrivals.isEmpty(), stale || degraded, null);
    }

    private static Arrival toProto(ExpectedArrival expected) {
        Trip trip = expected.run().trip();
        Arrival.Builder arrival = Arrival.newBuilder()
                .setRouteId(trip.routeId())
                .setTripId(trip.id())
                .setHeadsign(trip.headsign())
                .setStopSequence(trip.calls().get(expected.index()).sequence())
                .setScheduledAt(TransitMessages.toProto(expected.scheduledAt()))
                .setBasis(toProto(expected.basis()))
                .setSkipped(expected.skipped());
        if (trip.direction() != null) {
            arrival.setDirection(trip.direction());
        }
        if (expected.vehicle() != null) {
            arrival.setVehicleId(expected.vehicle().id());
            if (expected.basis() == ExpectedArrival.Basis.LIVE
                    && expected.vehicle().progress() != null) {
                arrival.setStopsAway(
                        Math.max(0, expected.index() - expected.vehicle().progress().nextIndex()));
            }
        }
        if (expected.predictedAt() != null && expected.delay() != null) {
            arrival.setPredictedAt(TransitMessages.toProto(expected.predictedAt()))
                    .setDelaySeconds((int) Math.round(expected.delay().seconds()))
                    .setConfidence(Math.rint(expected.delay().confidence() * 100) / 100);
        }
        return arrival.build();
    }

    private static ArrivalBasis toProto(ExpectedArrival.Basis basis) {
        return switch (basis) {
            case SCHEDULE -> ArrivalBasis.SCHEDULE;
            case LIVE -> ArrivalBasis.LIVE;
            case LIVE_BLOCK -> ArrivalBasis.LIVE_BLOCK;
            case FEED -> ArrivalBasis.FEED;
        };
    }
}

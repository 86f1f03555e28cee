package cn.jingshu.products.transit;

import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.Shortfall;
import cn.jingshu.products.transit.feed.FeedHealth;
import cn.jingshu.products.transit.feed.FeedKind;
import cn.jingshu.products.transit.v1.GetAlertsFeedRequest;
import cn.jingshu.products.transit.v1.GetFeedStatusRequest;
import cn.jingshu.products.transit.v1.GetFeedStatusResponse;
import cn.jingshu.products.transit.v1.GetTripUpdatesFeedRequest;
import cn.jingshu.products.transit.v1.GetVehiclePositionsFeedRequest;
import com.google.api.HttpBody;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;

/** Answers the GTFS-Realtime feeds, and how the intake is doing. */
final class FeedOperations {
    private static final String PROTOBUF = "application/x-protobuf";

    private final Function<CallFacts, World> worlds;

    FeedOperations(Function<CallFacts, World> worlds) {
        this.worlds = worlds;
    }

    List<Operation> operations() {
        return List.of(
                Asking.unary(
                        "GetVehiclePositionsFeed",
                        GetVehiclePositionsFeedRequest.getDefaultInstance(),
                        worlds,
                        (world, _) -> feed(world, world.standing().vehiclesDegraded(), RealtimeFeed::vehiclePositions)),
                Asking.unary(
                        "GetTripUpdatesFeed",
                        GetTripUpdatesFeedRequest.getDefaultInstance(),
                        worlds,
                        (world, _) -> feed(world, world.standing().arrivalsDegraded(), RealtimeFeed::tripUpdates)),
                Asking.unary(
                        "GetAlertsFeed",
                        GetAlertsFeedRequest.getDefaultInstance(),
                        worlds,
                        (world, _) -> alerts(world)),
                Asking.unary("GetFeedStatus", GetFeedStatusRequest.getDefaultInstance(), worlds, FeedOperations::status));
    }

    /** That nothing is disturbed is an answer like another, so an empty feed of notices costs what a full one does. */
    private static Answer<HttpBody> alerts(World world) {
        Instant now = world.now();
        FeedMessage message = new RealtimeFeed(world, now, now).alerts();
        HttpBody body = HttpBody.newBuilder().setContentType(PROTOBUF).setData(message.toByteString()).build();
        boolean free = world.standing().degraded(FeedKind.ALERT) || !world.fleet().knowsAlerts();
        return new Answer.Found<>(body, message.getEntityCount(), message.getEntityCount() > 0, free, null);
    }

    private static Answer<HttpBody> feed(World world, boolean degraded, Function<RealtimeFeed, FeedMessage> messages) {
        Instant now = world.now();
        // Last-Modified counts whole seconds: rounded up, so that nothing newer than it can already be behind it.
        Instant changed = world.fleet().changedAt(now).plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
        FeedMessage message = messages.apply(new RealtimeFeed(world, now, changed));
        HttpBody body = HttpBody.newBuilder()
                .setContentType(PROTOBUF)
                .setData(message.toByteString())
                .build();
        // A feed without anything live in it is free, whatever the reason.
        boolean empty = message.getEntityCount() == 0;
        return new Answer.Found<>(body, message.getEntityCount(), !empty, empty || degraded, changed);
    }

    private static Answer<GetFeedStatusResponse> status(World world, GetFeedStatusRequest request) {
        FeedHealth health = world.counts().health();
        Instant now = world.now();
        int live = world.fleet().listLive(now).size();
        int known = world.fleet().listVehicles().size();
        GetFeedStatusResponse.Builder status = GetFeedStatusResponse.newBuilder()
                .setAccepted(health.accepted())
                .setDroppedOlder(health.droppedOlder())
                .setDroppedFuture(health.droppedFuture())
                .setDroppedUntimed(health.untimed())
                .setAbsurd(health.absurd())
                .setInvalidUtf8(health.invalidUtf8())
                .setUnknownTrip(health.unknownTrip())
                .setUnknownRoute(health.unknownRoute())
                .setOverCapacity(health.overCapacity())
                .setFailures(health.failures())
                .setLastError(health.lastError())
                .setVehicles(known)
                .setLiveVehicles(live)
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setAsOf(TransitMessages.toProto(now));
        if (health.lastSuccessAt() != null) {
            status.setLastSuccessAt(TransitMessages.toProto(health.lastSuccessAt()));
        }
        if (health.feedAge() != null) {
            status.setFeedAgeSeconds(Math.max(0, health.feedAge().toSeconds()));
        }
        List<Shortfall> shortfalls = world.standing().shortfalls();
        boolean unbilled = (known > 0 && live == 0) || !shortfalls.isEmpty();
        status.setDegraded(!shortfalls.isEmpty())
                .setUnbilled(unbilled)
                .addAllShortfallsZh(shortfalls.stream().map(Shortfall::zh).toList())
                .addAllShortfallsEn(shortfalls.stream().map(Shortfall::en).toList());
        return new Answer.Found<>(status.build(), 1, true, unbilled, null);
    }
}

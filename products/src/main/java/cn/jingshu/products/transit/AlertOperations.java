package cn.jingshu.products.transit;

import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.transit.feed.FeedKind;
import cn.jingshu.products.transit.feed.ServiceAlert;
import cn.jingshu.products.transit.feed.ServiceAlert.Informed;
import cn.jingshu.products.transit.v1.Alert;
import cn.jingshu.products.transit.v1.AlertPeriod;
import cn.jingshu.products.transit.v1.InformedEntity;
import cn.jingshu.products.transit.v1.ListAlertsRequest;
import cn.jingshu.products.transit.v1.ListAlertsResponse;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers what the operator gives notice of. */
final class AlertOperations {
    private static final int LIMIT = 100;

    private final Function<CallFacts, World> worlds;

    AlertOperations(Function<CallFacts, World> worlds) {
        this.worlds = worlds;
    }

    List<Operation> operations() {
        return List.of(Asking.unary("ListAlerts", ListAlertsRequest.getDefaultInstance(), worlds, AlertOperations::list));
    }

    private static Answer<ListAlertsResponse> list(World world, ListAlertsRequest request) {
        Instant now = world.now();
        List<ServiceAlert> found = world.fleet().listAlerts(now).stream()
                .filter(alert -> concerns(alert, request.getRouteId(), request.getStopId()))
                .toList();
        List<ServiceAlert> shown = found.stream().limit(request.getLimit() == 0 ? LIMIT : request.getLimit()).toList();
        boolean degraded = world.standing().degraded(FeedKind.ALERT);
        // Where nobody gives notices, that there are none is worth nothing.
        boolean unbilled = degraded || !world.fleet().knowsAlerts();
        ListAlertsResponse.Builder response = ListAlertsResponse.newBuilder()
                .setLeftOut(found.size() - shown.size())
                .setSynthetic(world.synthetic())
                .setSource(world.source())
                .setDegraded(degraded)
                .setUnbilled(unbilled)
                .setAsOf(TransitMessages.toProto(now));
        shown.forEach(alert -> response.addAlerts(toProto(alert)));
        return new Answer.Found<>(response.build(), shown.size(), !shown.isEmpty(), unbilled, null);
    }

    /** Whether a notice is about a route and a stop; what the caller leaves empty does not narrow, nor what the notice leaves open. */
    private static boolean concerns(ServiceAlert alert, String routeId, String stopId) {
        return alert.informed().isEmpty() || alert.informed().stream().anyMatch(each -> fits(each.routeId(), routeId) && fits(each.stopId(), stopId));
    }

    private static boolean fits(String told, String asked) {
        return asked.isEmpty() || told.isEmpty() || told.equals(asked);
    }

    private static Alert toProto(ServiceAlert alert) {
        Alert.Builder message = Alert.newBuilder()
                .setAlertId(alert.id())
                .setCause(alert.cause())
                .setEffect(alert.effect())
                .setSeverity(alert.severity())
                .setHeaderZh(ServiceAlert.in("zh", alert.header()))
                .setHeaderEn(ServiceAlert.in("en", alert.header()))
                .setDescriptionZh(ServiceAlert.in("zh", alert.description()))
                .setDescriptionEn(ServiceAlert.in("en", alert.description()))
                .setUrl(ServiceAlert.in("zh", alert.url()));
        for (ServiceAlert.Period period : alert.periods()) {
            AlertPeriod.Builder part = AlertPeriod.newBuilder();
            @Nullable Instant start = period.start();
            @Nullable Instant end = period.end();
            if (start != null) {
                part.setStart(TransitMessages.toProto(start));
            }
            if (end != null) {
                part.setEnd(TransitMessages.toProto(end));
            }
            message.addPeriods(part);
        }
        for (Informed each : alert.informed()) {
            InformedEntity.Builder part = InformedEntity.newBuilder().setRouteId(each.routeId()).setStopId(each.stopId()).setTripId(each.tripId());
            if (each.direction() != null && each.direction() <= 1 && each.direction() >= 0) {
                part.setDirection(each.direction());
            }
            message.addInformed(part);
        }
        if (alert.madeAt() != null) {
            message.setMadeAt(TransitMessages.toProto(alert.madeAt()));
        }
        return message.build();
    }
}

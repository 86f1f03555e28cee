package cn.jingshu.products.transit.gtfs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A planned journey of one vehicle along a route (班次); it runs on every day of its service. */
public final class Trip {
    private final String id;
    private final String routeId;
    private final String serviceId;
    private final String headsign;
    private final @Nullable Integer direction;
    private final String blockId;
    private final List<StopCall> calls;
    private final Way way;
    private final List<Frequency> frequencies;

    /**
     * @param headsign destination shown; may be empty
     * @param direction 0 or 1; null: not said
     * @param blockId trips of one block are run by one vehicle, one after the other; empty: none
     * @param calls at least two, times never falling
     * @param frequencies empty: the trip runs once, at its own times
     */
    public Trip(
            String id,
            String routeId,
            String serviceId,
            String headsign,
            @Nullable Integer direction,
            String blockId,
            List<StopCall> calls,
            Way way,
            List<Frequency> frequencies) {
        if (calls.size() < 2 || way.stops() != calls.size()) {
            throw new IllegalArgumentException("trip " + id + ": " + calls.size() + " calls, way of " + way.stops());
        }
        this.id = id;
        this.routeId = routeId;
        this.serviceId = serviceId;
        this.headsign = headsign;
        this.direction = direction;
        this.blockId = blockId;
        this.calls = List.copyOf(calls);
        this.way = way;
        this.frequencies = List.copyOf(frequencies);
    }

    public String id() {
        return id;
    }

    public String routeId() {
        return routeId;
    }

    public String serviceId() {
        return serviceId;
    }

    public String headsign() {
        return headsign;
    }

    public @Nullable Integer direction() {
        return direction;
    }

    public String blockId() {
        return blockId;
    }

    public List<StopCall> calls() {
        return calls;
    }

    public Way way() {
        return way;
    }

    public List<Frequency> frequencies() {
        return frequencies;
    }

    /** Planned departure from the first stop, seconds after the start of the service day. */
    public int start() {
        return calls.getFirst().departure();
    }

    /** Planned arrival at the last stop, seconds after the start of the service day. */
    public int end() {
        return calls.getLast().arrival();
    }

    /** Planned second at which the vehicle is {@code along} metres along its way. */
    public double plannedAt(double along) {
        int leg = way.legAt(along);
        double length = way.along(leg + 1) - way.along(leg);
        double share = length <= 0 ? 1 : Math.clamp((along - way.along(leg)) / length, 0.0, 1.0);
        double departure = calls.get(leg).departure();
        return departure + share * (calls.get(leg + 1).arrival() - departure);
    }

    /** The call with this sequence number, or with this stop when the number is unknown; -1: none. */
    public int indexOf(@Nullable Integer sequence, String stopId) {
        for (int i = 0; i < calls.size(); i++) {
            if (sequence != null ? calls.get(i).sequence() == sequence : calls.get(i).stop().id().equals(stopId)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return "trip " + id + " of route " + routeId;
    }
}

package cn.jingshu.products.transit.gtfs;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The calls of one trip while its timetable is read: in any order, and with times missing between time points. */
final class TripCalls {
    private static final int UNTIMED = -1;

    private final TreeMap<Integer, Planned> bySequence = new TreeMap<>();
    private boolean someUntimed;

    private record Planned(Stop stop, int sequence, int arrival, int departure, boolean timepoint) {
        boolean timed() {
            return arrival != UNTIMED;
        }
    }

    /** Notes a call; either time may be -1 for not given. False: the sequence number was there already. */
    boolean add(int sequence, Stop stop, int arrival, int departure, boolean timepoint) {
        int reached = arrival == UNTIMED ? departure : arrival;
        int left = departure == UNTIMED ? arrival : departure;
        someUntimed |= reached == UNTIMED;
        return bySequence.put(sequence, new Planned(stop, sequence, reached, left, timepoint)) == null;
    }

    int size() {
        return bySequence.size();
    }

    List<Stop> stops() {
        return bySequence.values().stream().map(Planned::stop).toList();
    }

    /**
     * The calls with every time known: a missing one lies between its timed neighbours in proportion to the way.
     *
     * @throws IllegalArgumentException when the first or last call has no time, or times fall
     */
    List<StopCall> timed(Way way) {
        List<Planned> planned = List.copyOf(bySequence.values());
        if (!planned.getFirst().timed() || !planned.getLast().timed()) {
            throw new IllegalArgumentException("the first or the last stop has no time");
        }
        List<StopCall> calls = new ArrayList<>(planned.size());
        int before = 0;
        for (int i = 0; i < planned.size(); i++) {
            Planned call = planned.get(i);
            if (call.timed()) {
                if (call.arrival < planned.get(before).departure && i > before) {
                    throw new IllegalArgumentException("times fall at stop_sequence " + call.sequence);
                }
                before = i;
                calls.add(new StopCall(
                        call.stop, call.sequence, call.arrival, call.departure, call.timepoint || someUntimed));
            } else {
                int after = i;
                while (!planned.get(after).timed()) {
                    after++;
                }
                double length = way.along(after) - way.along(before);
                double share = length > 0
                        ? (way.along(i) - way.along(before)) / length
                        : (double) (i - before) / (after - before);
                int from = planned.get(before).departure;
                int time = (int) Math.round(from + share * (planned.get(after).arrival - from));
                calls.add(new StopCall(call.stop, call.sequence, time, time, false));
            }
        }
        return calls;
    }
}

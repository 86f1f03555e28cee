package cn.jingshu.products.domain.disclosure;

import cn.jingshu.products.domain.disclosure.SmallCells.Arc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A table with its totals as a circulation: at every node the counts that come in are as many as those that go out. What a
 * reader does not know can move along cycles of withheld arcs alone: up without bound, down to zero.
 */
final class Circulation {
    private final List<Arc> arcs;
    private final int nodes;

    Circulation(List<Arc> arcs, int nodes) {
        this.arcs = arcs;
        this.nodes = nodes;
    }

    /** How many values above one another the withheld count of {@code arc} may have, as a reader sees it; counted up to {@code enough}. */
    long span(Arc arc, long enough) {
        long up = most(arc.to, arc.from, arc, enough);
        if (up >= enough) {
            return up;
        }
        return up + most(arc.from, arc.to, arc, Math.min(arc.count, enough - up));
    }

    /** The largest flow from one node to another past {@code without}, along shortest paths (Edmonds and Karp, 1972). */
    private long most(int source, int sink, Arc without, long enough) {
        long[] moved = new long[arcs.size()];
        long flow = 0;
        while (flow < enough) {
            int[] by = new int[nodes]; // arc + 1 upwards, -(arc + 1) downwards, 0: not reached
            Deque<Integer> queue = new ArrayDeque<>(List.of(source));
            boolean reached = false;
            while (!queue.isEmpty() && !reached) {
                int node = queue.remove();
                for (int i = 0; i < arcs.size() && !reached; i++) {
                    Arc arc = arcs.get(i);
                    if (arc == without || !arc.withheld) {
                        continue;
                    }
                    if (arc.from == node && arc.to != source && by[arc.to] == 0) {
                        by[arc.to] = i + 1;
                        queue.add(arc.to);
                        reached = arc.to == sink;
                    } else if (arc.to == node && arc.count + moved[i] > 0 && arc.from != source && by[arc.from] == 0) {
                        by[arc.from] = -(i + 1);
                        queue.add(arc.from);
                        reached = arc.from == sink;
                    }
                }
            }
            if (!reached) {
                return flow;
            }
            long step = enough - flow;
            for (int node = sink; node != source; node = before(node, by)) {
                if (by[node] < 0) {
                    int i = -by[node] - 1;
                    step = Math.min(step, arcs.get(i).count + moved[i]);
                }
            }
            for (int node = sink; node != source; node = before(node, by)) {
                moved[Math.abs(by[node]) - 1] += by[node] > 0 ? step : -step;
            }
            flow += step;
        }
        return flow;
    }

    private int before(int node, int[] by) {
        Arc arc = arcs.get(Math.abs(by[node]) - 1);
        return by[node] > 0 ? arc.from : arc.to;
    }

    /**
     * Withholds what is missing of a cycle through {@code arc}: one along which it can rise, at the least sum of counts. A shown
     * arc counts as able to move as soon as it is withheld, downwards if it is above zero.
     *
     * @return false: nothing is left to withhold
     */
    boolean withholdAround(Arc arc) {
        List<Integer> path = cheapestNewPath(arc);
        path.forEach(i -> arcs.get(i).withheld = true);
        if (!path.isEmpty()) {
            return true;
        }
        // No new cycle: the next larger count is withheld, wherever it is, until nothing is left to tell.
        Arc least = null;
        for (Arc other : arcs) {
            if (!other.withheld && (least == null || other.count < least.count)) {
                least = other;
            }
        }
        if (least == null) {
            return false;
        }
        least.withheld = true;
        return true;
    }

    /** The shown arcs on a cheapest path from the arc's head to its tail that holds at least one; empty: there is none. */
    private List<Integer> cheapestNewPath(Arc around) {
        // Two layers: before and after the first shown arc of the path.
        int size = nodes * 2;
        long[] cost = new long[size];
        Arrays.fill(cost, Long.MAX_VALUE);
        int[] by = new int[size];
        int[] from = new int[size];
        PriorityQueue<long[]> queue = new PriorityQueue<>((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
        cost[around.to] = 0;
        queue.add(new long[] {0, around.to});
        while (!queue.isEmpty()) {
            long[] next = queue.remove();
            int state = (int) next[1];
            if (next[0] > cost[state]) {
                continue;
            }
            int node = state % nodes;
            for (int i = 0; i < arcs.size(); i++) {
                Arc arc = arcs.get(i);
                if (arc == around || (arc.from != node && (arc.to != node || arc.count == 0))) {
                    continue;
                }
                int other = arc.from == node ? arc.to : arc.from;
                int reached = arc.withheld && state < nodes ? other : other + nodes;
                // One more than the count, so that of equal sums the path of fewer cells is taken.
                long sum = next[0] + (arc.withheld ? 0 : arc.count + 1);
                if (sum < cost[reached]) {
                    cost[reached] = sum;
                    by[reached] = i;
                    from[reached] = state;
                    queue.add(new long[] {sum, reached});
                }
            }
        }
        int end = around.from + nodes;
        if (cost[end] == Long.MAX_VALUE) {
            return List.of();
        }
        List<Integer> shown = new ArrayList<>();
        for (int state = end; state != around.to; state = from[state]) {
            if (!arcs.get(by[state]).withheld) {
                shown.add(by[state]);
            }
        }
        return shown;
    }
}

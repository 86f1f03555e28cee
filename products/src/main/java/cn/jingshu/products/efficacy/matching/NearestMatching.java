package cn.jingshu.products.efficacy.matching;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Greedy one-to-one matching on a score without replacement: the treated with the highest score first, each to the untreated
 * whose score is nearest (Rubin 1973, Biometrics 29:159). Of equally near ones the first in the data is taken, as MatchIt does.
 */
public final class NearestMatching {
    private NearestMatching() {}

    /** Positions in the data of a treated case and its control. */
    public record Pair(int treated, int control) {}

    /**
     * The pairs, in the order in which they were made.
     *
     * @param caliper greatest distance of a pair; positive infinity: any
     */
    public static List<Pair> match(double[] scores, boolean[] treated, double caliper) {
        if (scores.length != treated.length) {
            throw new IllegalArgumentException(scores.length + " scores, " + treated.length + " cases");
        }
        NavigableMap<Double, Deque<Integer>> controls = new TreeMap<>();
        for (int i = 0; i < scores.length; i++) {
            if (!treated[i]) {
                controls.computeIfAbsent(scores[i], _ -> new ArrayDeque<>()).add(i);
            }
        }
        List<Integer> order = IntStream.range(0, scores.length).filter(i -> treated[i]).boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> scores[i]).reversed().thenComparing(i -> i)).toList();
        List<Pair> pairs = new ArrayList<>();
        for (int i : order) {
            Map.Entry<Double, Deque<Integer>> nearest = nearest(controls, scores[i]);
            if (nearest != null && Math.abs(nearest.getKey() - scores[i]) <= caliper) {
                pairs.add(new Pair(i, Objects.requireNonNull(nearest.getValue().poll())));
                if (nearest.getValue().isEmpty()) {
                    controls.remove(nearest.getKey());
                }
            }
        }
        return pairs;
    }

    private static Map.@Nullable Entry<Double, Deque<Integer>> nearest(NavigableMap<Double, Deque<Integer>> controls, double score) {
        Map.Entry<Double, Deque<Integer>> below = controls.floorEntry(score);
        Map.Entry<Double, Deque<Integer>> above = controls.higherEntry(score);
        if (below == null || above == null) {
            return below == null ? above : below;
        }
        int nearer = Double.compare(score - below.getKey(), above.getKey() - score);
        if (nearer == 0) {
            return below.getValue().element() < above.getValue().element() ? below : above;
        }
        return nearer < 0 ? below : above;
    }
}

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
 * Greedy one-to-one matching on a score without replacement, from the top down (Rubin 1973, Biometrics 29:159): the treated with the
 * highest score first, each to the untreated with the nearest score not above its own; to the nearest above only when none is left
 * below. Of equal scores the last in the data is taken. That is what R's MatchIt 4.5.1 does by default, so that a sponsor can repeat a
 * study with it, pair by pair.
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
                pairs.add(new Pair(i, Objects.requireNonNull(nearest.getValue().pollLast())));
                if (nearest.getValue().isEmpty()) {
                    controls.remove(nearest.getKey());
                }
            }
        }
        return pairs;
    }

    private static Map.@Nullable Entry<Double, Deque<Integer>> nearest(NavigableMap<Double, Deque<Integer>> controls, double score) {
        Map.Entry<Double, Deque<Integer>> below = controls.floorEntry(score);
        return below == null ? controls.higherEntry(score) : below;
    }
}

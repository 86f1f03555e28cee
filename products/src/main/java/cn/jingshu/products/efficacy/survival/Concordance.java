package cn.jingshu.products.efficacy.survival;

import java.util.Arrays;

/** Harrell's concordance (Harrell et al. 1982, JAMA 247:2543) in n log n steps. */
final class Concordance {
    private Concordance() {}

    /**
     * Of the pairs in which one is known to have had the event before the other, the share in which it had the higher risk; equal
     * risks count half. One half if there are no such pairs.
     *
     * @param times ascending
     */
    static double of(double[] times, boolean[] events, double[] risk) {
        double[] levels = Arrays.stream(risk).sorted().distinct().toArray();
        long[] tree = new long[levels.length + 1];
        double concordant = 0;
        double pairs = 0;
        int later = 0;
        int i = times.length - 1;
        while (i >= 0) {
            int first = i;
            while (first > 0 && Double.compare(times[first - 1], times[i]) == 0) {
                first--;
            }
            for (int k = first; k <= i; k++) { // cut off at the time of an event: it came later
                if (!events[k]) {
                    add(tree, level(levels, risk[k]));
                    later++;
                }
            }
            for (int k = first; k <= i; k++) {
                if (events[k]) {
                    int own = level(levels, risk[k]);
                    double below = upTo(tree, own - 1);
                    double same = upTo(tree, own) - below;
                    concordant += below + same / 2;
                    pairs += later;
                }
            }
            for (int k = first; k <= i; k++) {
                if (events[k]) {
                    add(tree, level(levels, risk[k]));
                    later++;
                }
            }
            i = first - 1;
        }
        return pairs > 0 ? concordant / pairs : 0.5;
    }

    private static int level(double[] levels, double value) {
        return Arrays.binarySearch(levels, value) + 1;
    }

    private static void add(long[] tree, int at) {
        for (int i = at; i < tree.length; i += i & -i) {
            tree[i]++;
        }
    }

    private static long upTo(long[] tree, int at) {
        long sum = 0;
        for (int i = at; i > 0; i -= i & -i) {
            sum += tree[i];
        }
        return sum;
    }
}

package cn.jingshu.products.statistics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** How well scores put the cases with the event before the others. */
public final class RankingQuality {
    private RankingQuality() {}

    /**
     * The area under the receiver operating characteristic (AUC): the probability that a case with the event scores higher than
     * one without; equal scores count half. From the ranks (Mann and Whitney 1947).
     *
     * @throws IllegalArgumentException if the lengths differ, or there is no case of one of the kinds
     */
    public static double auc(double[] scores, boolean[] events) {
        double positives = count(scores, events);
        double negatives = scores.length - positives;
        Integer[] order = ascending(scores);
        double rankSum = 0;
        int i = 0;
        while (i < order.length) {
            int j = i;
            int withEvent = 0;
            while (j < order.length && scores[order[j]] == scores[order[i]]) {
                withEvent += events[order[j]] ? 1 : 0;
                j++;
            }
            rankSum += withEvent * ((i + 1 + j) / 2.0); // equal scores share the mean of their ranks
            i = j;
        }
        return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
    }

    /**
     * The share of all cases with the event that are among the {@code share} of cases with the highest scores.
     *
     * @param share above 0, at most 1; the number of cases is rounded down, at least one
     */
    public static double recallAtTop(double[] scores, boolean[] events, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share " + share + " is not in (0, 1]");
        }
        double positives = count(scores, events);
        Integer[] order = ascending(scores);
        int top = Math.max(1, (int) (scores.length * share));
        long found = Arrays.stream(order, order.length - top, order.length).filter(i -> events[i]).count();
        return found / positives;
    }

    private static Integer[] ascending(double[] scores) {
        return IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(i -> scores[i])).toArray(Integer[]::new);
    }

    private static double count(double[] scores, boolean[] events) {
        if (scores.length != events.length) {
            throw new IllegalArgumentException(scores.length + " scores, " + events.length + " events");
        }
        int positives = 0;
        for (boolean event : events) {
            positives += event ? 1 : 0;
        }
        if (positives == 0 || positives == events.length) {
            throw new IllegalArgumentException("all " + events.length + " cases are of one kind");
        }
        return positives;
    }
}

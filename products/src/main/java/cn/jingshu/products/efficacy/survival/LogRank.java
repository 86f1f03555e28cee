package cn.jingshu.products.efficacy.survival;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Whether groups have the event equally fast: the log-rank test (Mantel 1966; Peto, Peto 1972).
 *
 * @param chiSquare the statistic
 * @param degrees of freedom
 * @param p probability of a statistic as great if they do
 * @param observed events of each group
 * @param expected events of each group if they do
 */
public record LogRank(double chiSquare, int degrees, double p, List<Double> observed, List<Double> expected) {
    private record Member(double time, boolean event, int group) {}

    public LogRank {
        observed = List.copyOf(observed);
        expected = List.copyOf(expected);
    }

    /** @throws IllegalArgumentException if there are fewer than two groups, or one is empty */
    public static LogRank of(List<List<FollowUp>> groups) {
        if (groups.size() < 2 || groups.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("groups of " + groups.stream().map(List::size).toList() + " cases cannot be compared");
        }
        int k = groups.size();
        List<Member> members = new ArrayList<>();
        for (int g = 0; g < k; g++) {
            for (FollowUp followUp : groups.get(g)) {
                members.add(new Member(followUp.time(), followUp.event(), g));
            }
        }
        members.sort(Comparator.comparingDouble(Member::time));
        double[] atRisk = new double[k];
        members.forEach(m -> atRisk[m.group()]++);
        double[] observed = new double[k];
        double[] expected = new double[k];
        double[][] variance = new double[k - 1][k - 1];
        int i = 0;
        while (i < members.size()) {
            double time = members.get(i).time();
            double all = members.size() - i;
            double[] events = new double[k];
            double[] ended = new double[k];
            for (; i < members.size() && Double.compare(members.get(i).time(), time) == 0; i++) {
                events[members.get(i).group()] += members.get(i).event() ? 1 : 0;
                ended[members.get(i).group()]++;
            }
            double d = sum(events);
            if (d > 0) {
                add(observed, expected, variance, atRisk, events, all, d);
            }
            for (int g = 0; g < k; g++) {
                atRisk[g] -= ended[g];
            }
        }
        double[] difference = new double[k - 1];
        for (int g = 0; g < k - 1; g++) {
            difference[g] = observed[g] - expected[g];
        }
        var decomposed = new SingularValueDecomposition(new Array2DRowRealMatrix(variance, false));
        var vector = new ArrayRealVector(difference, false);
        int degrees = decomposed.getRank(); // a group in which nothing could happen takes none
        double chiSquare = degrees == 0 ? 0 : vector.dotProduct(decomposed.getSolver().solve(vector));
        double p = degrees == 0 ? 1 : 1 - new ChiSquaredDistribution(null, degrees).cumulativeProbability(chiSquare);
        return new LogRank(chiSquare, degrees, p, boxed(observed), boxed(expected));
    }

    private static void add(double[] observed, double[] expected, double[][] variance, double[] atRisk, double[] events,
            double all, double d) {
        int k = atRisk.length;
        double factor = all > 1 ? d * (all - d) / (all - 1) : 0;
        for (int g = 0; g < k; g++) {
            observed[g] += events[g];
            expected[g] += d * atRisk[g] / all;
        }
        for (int g = 0; g < k - 1; g++) {
            for (int h = 0; h < k - 1; h++) {
                double share = atRisk[h] / all;
                variance[g][h] += factor * atRisk[g] / all * ((g == h ? 1 : 0) - share);
            }
        }
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    private static List<Double> boxed(double[] values) {
        List<Double> list = new ArrayList<>(values.length);
        for (double value : values) {
            list.add(value);
        }
        return list;
    }
}

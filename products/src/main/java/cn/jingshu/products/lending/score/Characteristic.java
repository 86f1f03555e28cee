package cn.jingshu.products.lending.score;

import cn.jingshu.products.statistics.PopulationStability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One input of a scorecard, cut into bins that each carry a weight of evidence: the log of how much commoner the bin is among
 * cases that defaulted than among the others (Good 1950; for scorecards Siddiqi 2006). Above zero speaks for default.
 *
 * @param name of the input
 * @param edges where one bin of numbers ends and the next begins, ascending; a value at an edge belongs to the bin above it.
 *     Empty for categories
 * @param categories of each bin of categories, the last bin being the rare ones together (perhaps none); empty for numbers
 * @param weights of evidence of the bins
 * @param shares of the training cases in each bin, adding to one: what drift is measured against
 */
public record Characteristic(
        String name, List<Double> edges, List<List<String>> categories, List<Double> weights, List<Double> shares) {
    /** Added to both counts of a bin, so that an empty one has a weight that is finite. */
    private static final double SMOOTHING = 0.5;
    private static final int FINE_BINS = 25;

    public Characteristic {
        edges = List.copyOf(edges);
        categories = categories.stream().map(List::copyOf).toList();
        weights = List.copyOf(weights);
        shares = List.copyOf(shares);
        int bins = categories.isEmpty() ? edges.size() + 1 : categories.size();
        if (weights.size() != bins || shares.size() != bins || (!edges.isEmpty() && !categories.isEmpty())) {
            throw new IllegalArgumentException("characteristic " + name + ": weights or shares do not fit its bins");
        }
    }

    /** Whether values are numbers. */
    public boolean numeric() {
        return categories.isEmpty();
    }

    /** What each bin holds, in signs every language reads. */
    public List<String> binNames() {
        return numeric() ? PopulationStability.labels(edges) : categories.stream().map(each -> each.isEmpty() ? "…" : String.join(" | ", each)).toList();
    }

    public int bin(double value) {
        int bin = 0;
        while (bin < edges.size() && value >= edges.get(bin)) {
            bin++;
        }
        return bin;
    }

    /** Whether a value is a number, or a category that was seen in training. */
    public boolean knows(Input input) {
        return switch (input) {
            case Input.Amount _ -> numeric();
            case Input.Category(String value) -> categories.stream().anyMatch(bin -> bin.contains(value));
        };
    }

    /** The bin of a category; one that was not seen in training belongs to the last. */
    public int bin(String category) {
        return IntStream.range(0, categories.size() - 1).filter(b -> categories.get(b).contains(category)).findFirst()
                .orElse(categories.size() - 1);
    }

    public int bin(Input input) {
        return switch (input) {
            case Input.Amount(double value) when numeric() -> bin(value);
            case Input.Category(String value) when !numeric() -> bin(value);
            case Input.Amount _, Input.Category _ ->
                throw new IllegalArgumentException("characteristic " + name + " is given the wrong kind of value");
        };
    }

    private record Bin(double from, long goods, long bads) {
        Bin with(Bin next) {
            return new Bin(from, goods + next.goods, bads + next.bads);
        }

        long cases() {
            return goods + bads;
        }
    }

    /**
     * Bins of numbers, by merging (Kerber 1992, ChiMerge): from {@value #FINE_BINS} of about equal share, the two neighbours
     * whose shares of defaults differ least by chi-squared become one, until all differ by at least {@code chiSquared} and each
     * holds at least {@code leastShare} of the cases.
     */
    public static Characteristic ofNumbers(String name, double[] values, boolean[] events, double leastShare, double chiSquared) {
        TreeMap<Double, long[]> counts = new TreeMap<>();
        for (int i = 0; i < values.length; i++) {
            counts.computeIfAbsent(values[i], _ -> new long[2])[events[i] ? 1 : 0]++;
        }
        List<Bin> bins = fine(counts, values.length);
        while (bins.size() > 1) {
            int weakest = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int b = 0; b + 1 < bins.size(); b++) {
                boolean small = Math.min(bins.get(b).cases(), bins.get(b + 1).cases()) < leastShare * values.length;
                double difference = chiSquared(bins.get(b), bins.get(b + 1)) - (small ? 1e6 : 0);
                if (difference < least) {
                    least = difference;
                    weakest = b;
                }
            }
            if (least >= chiSquared) {
                break;
            }
            bins.set(weakest, bins.get(weakest).with(bins.remove(weakest + 1)));
        }
        List<Double> edges = bins.stream().skip(1).map(Bin::from).toList();
        return built(name, edges, List.of(), bins);
    }

    /** Bins of categories: each by itself, those with less than {@code leastShare} of the cases together as the others. */
    public static Characteristic ofCategories(String name, String[] values, boolean[] events, double leastShare) {
        Map<String, long[]> counts = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            counts.computeIfAbsent(values[i], _ -> new long[2])[events[i] ? 1 : 0]++;
        }
        List<List<String>> categories = new ArrayList<>();
        List<Bin> bins = new ArrayList<>();
        Bin others = new Bin(0, 0, 0);
        List<String> rare = new ArrayList<>();
        for (String category : counts.keySet().stream().sorted(Comparator.naturalOrder()).toList()) {
            long[] count = counts.getOrDefault(category, new long[2]);
            Bin bin = new Bin(0, count[0], count[1]);
            if (bin.cases() < leastShare * values.length) {
                others = others.with(bin);
                rare.add(category);
            } else {
                categories.add(List.of(category));
                bins.add(bin);
            }
        }
        categories.add(rare);
        bins.add(others);
        return built(name, List.of(), categories, bins);
    }

    private static List<Bin> fine(TreeMap<Double, long[]> counts, int cases) {
        List<Bin> bins = new ArrayList<>();
        long done = 0;
        for (Map.Entry<Double, long[]> value : counts.entrySet()) {
            Bin bin = new Bin(value.getKey(), value.getValue()[0], value.getValue()[1]);
            // A bin is full when the cases up to it reach the next of the equal shares.
            long target = (done * FINE_BINS) / cases;
            Bin last = bins.isEmpty() ? null : bins.getLast();
            if (last != null && ((done - last.cases()) * FINE_BINS) / cases == target) {
                bins.set(bins.size() - 1, last.with(bin));
            } else {
                bins.add(bin);
            }
            done += bin.cases();
        }
        return bins;
    }

    private static Characteristic built(String name, List<Double> edges, List<List<String>> categories, List<Bin> bins) {
        double goods = bins.stream().mapToLong(Bin::goods).sum();
        double bads = bins.stream().mapToLong(Bin::bads).sum();
        List<Double> weights = bins.stream() // of what was never seen nothing is said
                .map(b -> b.cases() == 0 ? 0.0 : Math.log((b.bads() + SMOOTHING) / (bads + 2 * SMOOTHING) / ((b.goods() + SMOOTHING) / (goods + 2 * SMOOTHING))))
                .toList();
        return new Characteristic(name, edges, categories, weights, bins.stream().map(b -> b.cases() / (goods + bads)).toList());
    }

    private static double chiSquared(Bin a, Bin b) {
        double all = a.cases() + b.cases();
        double sum = 0;
        for (Bin bin : List.of(a, b)) {
            double goods = bin.cases() * (a.goods() + b.goods()) / all;
            double bads = bin.cases() * (a.bads() + b.bads()) / all;
            sum += goods > 0 ? (bin.goods() - goods) * (bin.goods() - goods) / goods : 0;
            sum += bads > 0 ? (bin.bads() - bads) * (bin.bads() - bads) / bads : 0;
        }
        return sum;
    }
}

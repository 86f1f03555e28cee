package cn.jingshu.products.domain.masking;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How well the subjects of a sample hide among one another and among everybody in the table it was taken from. A class is what
 * the same quasi-identifiers have: k is the number of subjects in the smallest one (L. Sweeney, k-anonymity, 2002; GB/T 42460
 * annex D), l the fewest different values of a sensitive column in a class (distinct l-diversity: A. Machanavajjhala et al., 2007). Whoever
 * knows the quasi-identifiers of a person, but not whether the sample has them, finds them with a chance of one in so many as share them in the whole
 * table (journalist's risk: K. El Emam and F. K. Dankar, Protecting privacy using k-anonymity, 2008).
 *
 * @param rows of the sample
 * @param subjects different ones in the sample
 * @param k subjects in the smallest class of the sample; 0: the sample is empty
 * @param populationK subjects in the whole table in the class where they are fewest, of those the sample has
 * @param l fewest different values of a sensitive column in a class; 0: there is no sensitive column, or the sample is empty
 * @param highestRisk one by {@code populationK}: the chance to find the person most at risk
 * @param averageRisk the mean over the sample's rows
 * @param uniqueHistories share of the sample's subjects whose rows together nobody else in the whole table has: what k, which looks at
 *     one row at a time, does not see
 */
public record KAnonymity(long rows, long subjects, long k, long populationK, long l, double highestRisk, double averageRisk,
        double uniqueHistories) {

    /**
     * One row, as the measure sees it.
     *
     * @param subject whom it is about, by any name that is the same for the same subject in sample and table
     * @param quasi what others may know of them
     * @param sensitive what they may not; an empty value has a text of its own, here as there
     */
    public record Observed(String subject, List<String> quasi, List<String> sensitive) {}

    private static final class Alike {
        final Set<String> subjects = new HashSet<>();
        final List<Set<String>> sensitive = new ArrayList<>();
        int rows;

        void add(Observed row) {
            subjects.add(row.subject());
            rows++;
            for (int i = 0; i < row.sensitive().size(); i++) {
                if (sensitive.size() == i) {
                    sensitive.add(new HashSet<>());
                }
                sensitive.get(i).add(row.sensitive().get(i));
            }
        }
    }

    /**
     * @param sample rows of the sample, masked
     * @param population rows of the whole table, masked in the same way
     */
    public static KAnonymity of(List<Observed> sample, List<Observed> population) {
        Map<List<String>, Alike> inSample = classes(sample);
        Map<List<String>, Alike> inPopulation = classes(population);
        long k = Long.MAX_VALUE;
        long populationK = Long.MAX_VALUE;
        long l = Long.MAX_VALUE;
        double risk = 0;
        for (Map.Entry<List<String>, Alike> each : inSample.entrySet()) {
            Alike here = each.getValue();
            Alike there = inPopulation.getOrDefault(each.getKey(), here);
            k = Math.min(k, here.subjects.size());
            populationK = Math.min(populationK, there.subjects.size());
            for (Set<String> values : here.sensitive) {
                l = Math.min(l, values.size());
            }
            risk += (double) here.rows / there.subjects.size();
        }
        if (sample.isEmpty()) {
            return new KAnonymity(0, 0, 0, 0, 0, 0, 0, 0);
        }
        Map<String, TreeSet<String>> histories = histories(sample);
        Map<String, TreeSet<String>> all = histories(population);
        Map<TreeSet<String>, Integer> owners = new HashMap<>();
        all.values().forEach(history -> owners.merge(history, 1, Integer::sum));
        long unique = histories.keySet().stream()
                .filter(subject -> owners.getOrDefault(all.getOrDefault(subject, new TreeSet<>()), 0) == 1)
                .count();
        return new KAnonymity(sample.size(), histories.size(), k, populationK, l == Long.MAX_VALUE ? 0 : l, 1.0 / populationK,
                risk / sample.size(), (double) unique / histories.size());
    }

    /**
     * How many classes of a sample have as many subjects as each other, from the smallest on.
     *
     * @param subjects of each of these classes
     * @param classes of that size
     * @param rows of the sample in them
     */
    public record ClassSize(long subjects, long classes, long rows) {}

    /** The sizes of a sample's classes, the smallest first. */
    public static List<ClassSize> sizes(List<Observed> sample) {
        TreeMap<Integer, List<Alike>> bySize = new TreeMap<>();
        classes(sample).values().forEach(each -> bySize.computeIfAbsent(each.subjects.size(), _ -> new ArrayList<>()).add(each));
        return bySize.entrySet().stream()
                .map(each -> new ClassSize(each.getKey(), each.getValue().size(), each.getValue().stream().mapToLong(alike -> alike.rows).sum()))
                .toList();
    }

    private static Map<List<String>, Alike> classes(List<Observed> rows) {
        Map<List<String>, Alike> classes = new HashMap<>();
        rows.forEach(row -> classes.computeIfAbsent(row.quasi(), _ -> new Alike()).add(row));
        return classes;
    }

    private static Map<String, TreeSet<String>> histories(List<Observed> rows) {
        Map<String, TreeSet<String>> histories = new HashMap<>();
        rows.forEach(row -> histories.computeIfAbsent(row.subject(), _ -> new TreeSet<>()).add(row.quasi().toString()));
        return histories;
    }
}

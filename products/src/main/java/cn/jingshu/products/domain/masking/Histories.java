package cn.jingshu.products.domain.masking;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What others may know of each subject in all tables of a sample together. Subjects have one name in all of them, so whoever holds the sample holds their
 * rows together, however well each row hides by itself.
 */
public final class Histories {
    private final Map<List<String>, Integer> rows = new HashMap<>();
    private final Map<String, Set<Integer>> known = new HashMap<>();
    private final Set<String> shown = new HashSet<>();

    /**
     * A row of the whole table.
     *
     * @param column where the subject stands in it
     * @param quasi what others may know, masked as in the sample
     */
    void know(String subject, String table, String column, List<String> quasi) {
        List<String> row = new ArrayList<>(List.of(table, column));
        row.addAll(quasi);
        Integer number = rows.computeIfAbsent(row, _ -> rows.size());
        known.computeIfAbsent(subject, _ -> new HashSet<>()).add(number);
    }

    /** A subject stands in the sample. */
    void show(String subject) {
        shown.add(subject);
    }

    /** Share, 0 to 1, of the sample's subjects whose rows in all tables together nobody else has; 0: the sample has none. */
    public double unique() {
        if (shown.isEmpty()) {
            return 0;
        }
        Map<Set<Integer>, Integer> owners = new HashMap<>();
        known.values().forEach(history -> owners.merge(history, 1, Integer::sum));
        long unique = shown.stream().filter(subject -> owners.getOrDefault(known.getOrDefault(subject, Set.of()), 0) == 1).count();
        return (double) unique / shown.size();
    }
}

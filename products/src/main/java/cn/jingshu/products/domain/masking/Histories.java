package cn.jingshu.products.domain.masking;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What others may know of each subject in all tables of a sample together. Subjects have one name in all of them, so whoever holds the sample holds their
 * rows together, however well each row hides by itself. A table that names no subject is told by what it is joined by: the mortgages of a dwelling are known of
 * whoever holds the dwelling's code, since one code has one name in all tables of a sample.
 */
public final class Histories {
    private final Map<List<String>, Integer> rows = new HashMap<>();
    private final Map<String, Set<Integer>> known = new HashMap<>();
    private final Set<String> shown = new HashSet<>();
    private final Set<String> joins = new HashSet<>();
    private final Map<Code, Map<Integer, Integer>> joined = new HashMap<>();
    private final Map<String, Set<Code>> codes = new HashMap<>();

    /** A value of a column by which tables are joined. */
    private record Code(String column, String value) {}

    /** Names the columns by which tables that name no subject are joined with those that do. */
    public void joinBy(Set<String> columns) {
        joins.addAll(columns);
    }

    /** Whether rows are joined by a column of that name. */
    boolean isJoin(String column) {
        return joins.contains(column);
    }

    /** A row of a whole table that names no subject, with a value it is joined by. */
    void join(String column, String value, String table, List<String> quasi) {
        joined.computeIfAbsent(new Code(column, value), _ -> new HashMap<>()).merge(numberOf(table, column, quasi), 1, Integer::sum);
    }

    /** A row of a subject's holds a value that rows of other tables are joined by. */
    void leads(String subject, String column, String value) {
        codes.computeIfAbsent(subject, _ -> new HashSet<>()).add(new Code(column, value));
    }

    private int numberOf(String table, String column, List<String> quasi) {
        List<String> row = new ArrayList<>(List.of(table, column));
        row.addAll(quasi);
        return rows.computeIfAbsent(row, _ -> rows.size());
    }

    /**
     * A row of the whole table.
     *
     * @param column where the subject stands in it
     * @param quasi what others may know, masked as in the sample
     */
    void know(String subject, String table, String column, List<String> quasi) {
        known.computeIfAbsent(subject, _ -> new HashSet<>()).add(numberOf(table, column, quasi));
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
        // What is joined to a subject is told by its rows, not by the code that leads to them: that has a name of this sample.
        Map<Code, Integer> numbers = new HashMap<>();
        Map<Map<Integer, Integer>, Integer> contents = new HashMap<>();
        joined.forEach((code, rowsThere) -> numbers.put(code, contents.computeIfAbsent(rowsThere, _ -> contents.size())));
        Map<String, History> all = new HashMap<>();
        known.forEach((subject, own) -> {
            Map<Integer, Integer> through = new HashMap<>();
            for (Code code : codes.getOrDefault(subject, Set.of())) {
                Integer number = numbers.get(code);
                if (number != null) {
                    through.merge(number, 1, Integer::sum);
                }
            }
            all.put(subject, new History(own, through));
        });
        Map<History, Integer> owners = new HashMap<>();
        all.values().forEach(history -> owners.merge(history, 1, Integer::sum));
        long unique = shown.stream().filter(subject -> owners.getOrDefault(all.getOrDefault(subject, History.NONE), 0) == 1).count();
        return (double) unique / shown.size();
    }

    /**
     * What may be known of one subject.
     *
     * @param own its rows
     * @param through what its codes lead to, each content as often as it is led to
     */
    private record History(Set<Integer> own, Map<Integer, Integer> through) {
        static final History NONE = new History(Set.of(), Map.of());
    }
}

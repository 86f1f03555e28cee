package cn.jingshu.products.domain.masking;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.masking.KAnonymity.Observed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a masked sample (脱敏样例) of a table about persons, by the protection of each column:
 * <ul>
 * <li>subjects, and the row's own id, get names that hold in this sample only;
 * <li>{@code PERSONAL} columns are quasi-identifiers: the one with the most different values is made coarser by a level until
 *     few rows are left in classes of fewer than k subjects, and these rows are left out (Datafly: L. Sweeney, 1998);
 * <li>{@code SENSITIVE_PERSONAL} columns are made coarser by one level, or, where they are texts, dealt out anew among the rows of the sample, after
 *     values that fewer than k subjects have were replaced by the most frequent one;
 * <li>{@code PUBLIC} and {@code INTERNAL} columns stay.
 * </ul>
 * (Generalisation, suppression, randomisation and pseudonymisation of GB/T 37964.) Classes are counted in the whole table, with all its
 * subjects, as well as in the sample.
 */
public final class Masking {
    /** Share of the sample's rows that may be left out before a column is made coarser instead. */
    private static final double LEFT_OUT_AT_MOST = 0.05;

    private final ResourceTable table;
    private final int k;
    private final Random random;
    private final UnaryOperator<String> pseudonym;
    private final Optional<Column> subject;
    private final List<Column> quasi;
    private final List<Column> sensitive;

    /**
     * @param k fewest subjects of a class; at least 2
     * @param random deals sensitive texts out
     * @param pseudonym gives identifiers their names of this sample: the same for the same
     */
    public Masking(ResourceTable table, int k, Random random, UnaryOperator<String> pseudonym) {
        if (k < 2) {
            throw new IllegalArgumentException("k of " + k + " hides nobody");
        }
        this.table = table;
        this.k = k;
        this.random = random;
        this.pseudonym = pseudonym;
        this.subject = table.columns().stream().filter(column -> column.keeping() == Keeping.TOKEN).findFirst();
        this.quasi = table.columns().stream()
                .filter(column -> column.keeping() == Keeping.PLAIN && column.protection() == Protection.PERSONAL)
                .toList();
        this.sensitive = table.columns().stream()
                .filter(column -> column.keeping() != Keeping.TOKEN && column.protection() == Protection.SENSITIVE_PERSONAL)
                .toList();
    }

    /**
     * A masked sample.
     *
     * @param rows ready for the twin
     * @param levels how coarse each quasi-identifier was made
     * @param leftOut rows left out because too few share them
     * @param columns what was done to each column, in the table's order
     * @param classes how many subjects share what others may know of them
     */
    public record Sample(List<TableRow> rows, Map<String, Integer> levels, long leftOut, KAnonymity measure, List<MaskedColumn> columns,
            List<KAnonymity.ClassSize> classes) {
        public Sample {
            rows = List.copyOf(rows);
            columns = List.copyOf(columns);
            classes = List.copyOf(classes);
            levels = Map.copyOf(levels);
        }
    }

    /**
     * @param live every row of the table, values as text, subjects as tokens, sealed values opened
     * @param taken which of their subjects are in the sample; where the table has no column of subjects, each row is one by its key
     */
    public Sample mask(List<TableRow> live, Predicate<String> taken) {
        Map<String, Generalisation> steps = new LinkedHashMap<>();
        Map<String, Integer> levels = new LinkedHashMap<>();
        for (Column column : quasi) {
            steps.put(column.name(), stepsOf(column, live));
            levels.put(column.name(), 0);
        }
        List<TableRow> sample = live.stream().filter(row -> taken.test(subjectOf(row))).toList();
        Set<List<String>> crowded = crowded(sample, steps, levels);
        while (leftOut(sample, steps, levels, crowded) > LEFT_OUT_AT_MOST * sample.size()) {
            Optional<String> widest = widest(sample, steps, levels);
            if (widest.isEmpty()) {
                break;
            }
            levels.merge(widest.get(), 1, Integer::sum);
            crowded = crowded(sample, steps, levels);
        }
        Set<List<String>> kept = crowded;
        List<TableRow> shown = sample.stream().filter(row -> kept.contains(quasiOf(row, steps, levels))).toList();
        List<TableRow> masked = masked(shown, live, steps, levels);
        List<Observed> observed = observed(shown, masked, steps, levels);
        KAnonymity measure = KAnonymity.of(observed, live.stream()
                .map(row -> new Observed(subjectOf(row), quasiOf(row, steps, levels), List.of())).toList());
        return new Sample(masked, levels, sample.size() - shown.size(), measure,
                table.columns().stream().map(column -> howOf(column, steps, levels)).toList(), KAnonymity.sizes(observed));
    }

    private MaskedColumn howOf(Column column, Map<String, Generalisation> steps, Map<String, Integer> levels) {
        String name = column.name();
        Generalisation coarser = steps.get(name);
        if (column.keeping() == Keeping.TOKEN) {
            return new MaskedColumn(name, MaskedColumn.How.PSEUDONYM, 0, 0);
        }
        if (isOwnId(column)) {
            return new MaskedColumn(name, MaskedColumn.How.ROW_RENAMED, 0, 0);
        }
        if (coarser != null) {
            return new MaskedColumn(name, MaskedColumn.How.COARSER, levels.getOrDefault(name, 0), coarser.top());
        }
        if (!sensitive.contains(column)) {
            return new MaskedColumn(name, MaskedColumn.How.KEPT, 0, 0);
        }
        return column.type() == Type.TEXT
                ? new MaskedColumn(name, MaskedColumn.How.DEALT_OUT, 0, 0)
                : new MaskedColumn(name, MaskedColumn.How.SENSITIVE_COARSER, column.type() == Type.BOOLEAN ? 0 : 1,
                        Generalisation.of(column, List.of()).top());
    }

    private static Generalisation stepsOf(Column column, List<TableRow> live) {
        List<@Nullable String> values = new ArrayList<>();
        live.forEach(row -> values.add(row.get(column.name())));
        return Generalisation.of(column, values);
    }

    private List<Observed> observed(List<TableRow> rows, List<TableRow> masked,
            Map<String, Generalisation> steps, Map<String, Integer> levels) {
        List<Observed> observed = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            TableRow row = masked.get(i);
            List<String> secrets = new ArrayList<>();
            sensitive.forEach(column -> secrets.add(String.valueOf(row.get(column.name()))));
            observed.add(new Observed(subjectOf(rows.get(i)), quasiOf(rows.get(i), steps, levels), secrets));
        }
        return observed;
    }

    /** Classes that at least k subjects of the sample share. */
    private Set<List<String>> crowded(
            List<TableRow> sample, Map<String, Generalisation> steps, Map<String, Integer> levels) {
        Map<List<String>, Set<String>> subjects = new HashMap<>();
        sample.forEach(row -> subjects.computeIfAbsent(quasiOf(row, steps, levels), _ -> new HashSet<>()).add(subjectOf(row)));
        return subjects.entrySet().stream().filter(each -> each.getValue().size() >= k).map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    private long leftOut(List<TableRow> sample, Map<String, Generalisation> steps, Map<String, Integer> levels,
            Set<List<String>> crowded) {
        return sample.stream().filter(row -> !crowded.contains(quasiOf(row, steps, levels))).count();
    }

    /** The quasi-identifier with the most different values that can still be made coarser. */
    private Optional<String> widest(
            List<TableRow> sample, Map<String, Generalisation> steps, Map<String, Integer> levels) {
        String widest = null;
        long most = 0;
        for (Map.Entry<String, Generalisation> each : steps.entrySet()) {
            int level = levels.getOrDefault(each.getKey(), 0);
            if (level < each.getValue().top()) {
                Set<String> values = new HashSet<>();
                sample.forEach(row -> values.add(String.valueOf(each.getValue().at(level, row.get(each.getKey())))));
                if (values.size() > most) {
                    most = values.size();
                    widest = each.getKey();
                }
            }
        }
        return Optional.ofNullable(widest);
    }

    private List<String> quasiOf(
            TableRow row, Map<String, Generalisation> steps, Map<String, Integer> levels) {
        List<String> values = new ArrayList<>();
        steps.forEach((name, generalisation) -> values.add(String.valueOf(generalisation.at(levels.getOrDefault(name, 0), row.get(name)))));
        return values;
    }

    private String subjectOf(TableRow row) {
        return subject.map(column -> String.valueOf(row.get(column.name())))
                .orElseGet(() -> table.key().stream().map(name -> String.valueOf(row.get(name))).collect(Collectors.joining("\n")));
    }

    private List<TableRow> masked(List<TableRow> shown, List<TableRow> live,
            Map<String, Generalisation> steps, Map<String, Integer> levels) {
        List<TableRow> masked = new ArrayList<>();
        for (TableRow row : shown) {
            Map<String, @Nullable String> out = new HashMap<>(row.values());
            steps.forEach((name, generalisation) -> out.put(name, generalisation.at(levels.getOrDefault(name, 0), row.get(name))));
            for (Column column : table.columns()) {
                String value = row.get(column.name());
                if (value != null && (column.keeping() == Keeping.TOKEN || isOwnId(column))) {
                    out.put(column.name(), pseudonym.apply(value));
                }
            }
            masked.add(new TableRow(out));
        }
        for (Column column : sensitive) {
            maskSensitive(column, shown, live, masked);
        }
        return masked;
    }

    /** A text that alone identifies a row about a person could be looked up elsewhere. */
    private boolean isOwnId(Column column) {
        return subject.isPresent() && column.type() == Type.TEXT && column.keeping() == Keeping.PLAIN && table.key().equals(List.of(column.name()));
    }

    private void maskSensitive(Column column, List<TableRow> shown, List<TableRow> live,
            List<TableRow> masked) {
        String name = column.name();
        if (column.type() != Type.TEXT) {
            Generalisation steps = stepsOf(column, live);
            int level = column.type() == Type.BOOLEAN ? 0 : 1;
            masked.replaceAll(row -> row.with(name, steps.at(level, row.get(name))));
            return;
        }
        Map<String, Set<String>> having = new HashMap<>();
        live.forEach(row -> {
            String value = row.get(name);
            if (value != null) {
                having.computeIfAbsent(value, _ -> new HashSet<>()).add(subjectOf(row));
            }
        });
        String frequent = having.entrySet().stream()
                .filter(each -> each.getValue().size() >= k)
                .max(Map.Entry.<String, Set<String>>comparingByValue((a, b) -> Integer.compare(a.size(), b.size())).thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse("*");
        List<@Nullable String> values = new ArrayList<>();
        shown.forEach(row -> {
            String value = row.get(name);
            values.add(value == null || Objects.requireNonNull(having.get(value)).size() >= k ? value : frequent);
        });
        Collections.shuffle(values, random);
        for (int i = 0; i < masked.size(); i++) {
            masked.set(i, masked.get(i).with(name, values.get(i)));
        }
    }
}

package cn.jingshu.products.domain.masking;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.domain.masking.KAnonymity.Observed;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a masked sample (脱敏样例) of a table about persons, by the protection of each column:
 * <ul>
 * <li>subjects, and the row's own id, get names that hold in this sample only;
 * <li>so does every value of a {@code PUBLIC} or {@code INTERNAL} text that fewer than k subjects share: in a table about persons the code of a dwelling or
 *     the number of a registration leads to one of them. One value has one name, in all tables of the twin that are about persons;
 * <li>every column that is not sensitive is a quasi-identifier, with what is left of its values: the one with the most different values is made coarser by a
 *     level until few rows are left in classes of fewer than k subjects, and these rows are left out (Datafly: L. Sweeney, 1998). {@code PUBLIC} and
 *     {@code INTERNAL} texts, by which tables are joined and products decide, are made coarser last;
 * <li>{@code SENSITIVE_PERSONAL} columns are made coarser by one level, values of a band that fewer than k subjects share then moved to the nearest band that
 *     more share, or, where they are texts, dealt out anew among the rows of the sample, after values that fewer than k subjects have were replaced by the
 *     most frequent one;
 * <li>numbers beyond the k subjects with the greatest, or the k with the least, are cut to where these begin (top and bottom coding: A. Hundepool et al.,
 *     Statistical Disclosure Control, 2012), also before bands are laid, so that their width does not tell of one person.
 * </ul>
 * (Generalisation, suppression, randomisation and pseudonymisation of GB/T 37964.) Classes are counted in the whole table, with all its
 * subjects, as well as in the sample.
 */
public final class Masking {
    /** Share of the sample's rows that may be left out before a column is made coarser instead. */
    private static final double LEFT_OUT_AT_MOST = 0.05;

    /** What all pseudonyms of a code count as. */
    private static final String RENAMED = "\u0000 renamed";

    private final ResourceTable table;
    private final int k;
    private final Random random;
    private final UnaryOperator<String> pseudonym;
    private final BiPredicate<String, String> renamedElsewhere;
    private final List<Column> subjects;
    private final Optional<Column> subject;
    private final List<Column> quasi;
    private final List<Column> sensitive;

    /** The values of each code that have pseudonyms in this sample. */
    private final Map<String, Set<String>> rare = new HashMap<>();

    /**
     * @param k fewest subjects of a class; at least 2
     * @param random deals sensitive texts out
     * @param pseudonym gives identifiers their names of this sample: the same for the same
     */
    public Masking(ResourceTable table, int k, Random random, UnaryOperator<String> pseudonym) {
        this(table, k, random, pseudonym, (_, _) -> false);
    }

    /**
     * The same for one of several tables.
     *
     * @param renamedElsewhere whether a value of a column of that name has to have a pseudonym here because it has one in another table
     */
    public Masking(ResourceTable table, int k, Random random, UnaryOperator<String> pseudonym, BiPredicate<String, String> renamedElsewhere) {
        if (k < 2) {
            throw new IllegalArgumentException("k of " + k + " hides nobody");
        }
        this.table = table;
        this.k = k;
        this.random = random;
        this.pseudonym = pseudonym;
        this.renamedElsewhere = renamedElsewhere;
        this.subjects = subjectsOf(table);
        this.subject = subjects.stream().findFirst();
        this.sensitive = table.columns().stream().filter(column -> !isOwnId(column) && isSensitive(column)).toList();
        this.quasi = table.columns().stream()
                .filter(column -> column.keeping() == Keeping.PLAIN && !isOwnId(column) && !isSensitive(column))
                .toList();
    }

    /** The columns that name whom a row is about. */
    public static List<Column> subjectsOf(ResourceTable table) {
        return table.columns().stream().filter(column -> column.keeping() == Keeping.TOKEN).toList();
    }

    /** Texts that name no person by themselves, but may lead to one where few share a value. */
    public static List<Column> codesOf(ResourceTable table) {
        return table.columns().stream().filter(Masking::isCode).toList();
    }

    private static boolean isCode(Column column) {
        return column.keeping() == Keeping.PLAIN && column.type() == Type.TEXT
                && (column.protection() == Protection.PUBLIC || column.protection() == Protection.INTERNAL);
    }

    private static boolean isSensitive(Column column) {
        return column.keeping() == Keeping.SEALED || (column.keeping() == Keeping.PLAIN && column.protection() == Protection.SENSITIVE_PERSONAL);
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
        return mask(live, taken, new Histories());
    }

    /**
     * The same of one of several tables.
     *
     * @param histories is told what others may know of each subject in this table
     */
    public Sample mask(List<TableRow> asTheyAre, Predicate<String> taken, Histories histories) {
        List<TableRow> live = cut(asTheyAre);
        rare.clear();
        Map<String, Generalisation> steps = new LinkedHashMap<>();
        Map<String, Integer> levels = new LinkedHashMap<>();
        for (Column column : quasi) {
            steps.put(column.name(), stepsOf(column, live));
            levels.put(column.name(), 0);
            if (isCode(column)) {
                rare.put(column.name(), rareOf(column, live));
            }
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
        Set<List<@Nullable String>> keys = new HashSet<>();
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < masked.size(); i++) {
            if (keys.add(keyOf(masked.get(i)))) { // rows whose keys became one cannot both stand in the twin
                left.add(i);
            }
        }
        for (int before = -1; before != left.size(); ) {
            before = left.size();
            List<TableRow> now = shown;
            Set<List<String>> still = crowded(left.stream().map(now::get).toList(), steps, levels);
            left.removeIf(i -> !still.contains(quasiOf(now.get(i), steps, levels)));
        }
        shown = left.stream().map(shown::get).toList();
        masked = left.stream().map(masked::get).toList();
        for (Column column : subjects) {
            live.forEach(row -> histories.know(String.valueOf(row.get(column.name())), table.name(), column.name(), quasiOf(row, steps, levels)));
            shown.forEach(row -> histories.show(String.valueOf(row.get(column.name()))));
        }
        join(live, steps, levels, histories);
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
            return new MaskedColumn(name, isCode(column) ? MaskedColumn.How.RARE_RENAMED : MaskedColumn.How.COARSER, levels.getOrDefault(name, 0), coarser.top());
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

    /** The quasi-identifier with the most different values that can still be made coarser; codes after all others. */
    private Optional<String> widest(
            List<TableRow> sample, Map<String, Generalisation> steps, Map<String, Integer> levels) {
        Map<String, Generalisation> codes = new LinkedHashMap<>(steps);
        codes.keySet().retainAll(rare.keySet());
        Map<String, Generalisation> others = new LinkedHashMap<>(steps);
        others.keySet().removeAll(rare.keySet());
        return widestOf(sample, others, levels).or(() -> widestOf(sample, codes, levels));
    }

    private Optional<String> widestOf(
            List<TableRow> sample, Map<String, Generalisation> steps, Map<String, Integer> levels) {
        String widest = null;
        long most = 1; // who all have one value are not told apart by it
        for (Map.Entry<String, Generalisation> each : steps.entrySet()) {
            int level = levels.getOrDefault(each.getKey(), 0);
            if (level < each.getValue().top()) {
                Set<String> values = new HashSet<>();
                sample.forEach(row -> values.add(shownAs(each.getKey(), each.getValue(), level, row)));
                if (values.size() > most) {
                    most = values.size();
                    widest = each.getKey();
                }
            }
        }
        return Optional.ofNullable(widest);
    }

    /** Tells what the table's codes lead to, or where they lead from: its subjects. */
    private void join(List<TableRow> live, Map<String, Generalisation> steps, Map<String, Integer> levels, Histories histories) {
        for (Column column : codesOf(table)) {
            if (!histories.isJoin(column.name())) {
                continue;
            }
            for (TableRow row : live) {
                String value = row.get(column.name());
                if (value != null && subjects.isEmpty()) {
                    histories.join(column.name(), value, table.name(), quasiOf(row, steps, levels));
                } else if (value != null) {
                    subjects.forEach(subject -> histories.leads(String.valueOf(row.get(subject.name())), column.name(), value));
                }
            }
        }
    }

    private List<String> quasiOf(
            TableRow row, Map<String, Generalisation> steps, Map<String, Integer> levels) {
        List<String> values = new ArrayList<>();
        steps.forEach((name, generalisation) -> values.add(shownAs(name, generalisation, levels.getOrDefault(name, 0), row)));
        return values;
    }

    /** A pseudonym says no more than that it is one. */
    private String shownAs(String name, Generalisation generalisation, int level, TableRow row) {
        return isRare(name, row.get(name)) ? RENAMED : String.valueOf(generalisation.at(level, row.get(name)));
    }

    private boolean isRare(String name, @Nullable String value) {
        Set<String> ofColumn = rare.get(name);
        return value != null && ofColumn != null && (ofColumn.contains(value) || renamedElsewhere.test(name, value));
    }

    /** The values that fewer than k share of those of any column that names a subject; where none does, fewer than k rows. */
    private Set<String> rareOf(Column column, List<TableRow> live) {
        Set<String> few = new HashSet<>();
        if (subjects.isEmpty()) {
            few.addAll(fewHave(column, live, this::subjectOf));
        }
        for (Column each : subjects) {
            few.addAll(fewHave(column, live, row -> String.valueOf(row.get(each.name()))));
        }
        return few;
    }

    private Set<String> fewHave(Column column, List<TableRow> live, Function<TableRow, String> whom) {
        Map<String, Set<String>> having = new HashMap<>();
        for (TableRow row : live) {
            String value = row.get(column.name());
            if (value != null) {
                Set<String> some = having.computeIfAbsent(value, _ -> new HashSet<>());
                if (some.size() < k) {
                    some.add(whom.apply(row));
                }
            }
        }
        return having.entrySet().stream().filter(each -> each.getValue().size() < k).map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    /** The rows, with numbers cut to the range whose ends k subjects have reached. */
    private List<TableRow> cut(List<TableRow> live) {
        Map<String, Range> ranges = new HashMap<>();
        for (Column column : table.columns()) {
            if (column.keeping() == Keeping.PLAIN && (column.type() == Type.INTEGER || column.type() == Type.DECIMAL)) {
                range(column.name(), live).ifPresent(range -> ranges.put(column.name(), range));
            }
        }
        if (ranges.isEmpty()) {
            return live;
        }
        return live.stream().map(row -> {
            Map<String, @Nullable String> values = new HashMap<>(row.values());
            ranges.forEach((name, range) -> {
                String value = row.get(name);
                values.put(name, value == null ? null : range.cut(value));
            });
            return TableRow.of(values);
        }).toList();
    }

    /** Where a number of a column is cut. */
    private record Range(BigDecimal least, BigDecimal greatest) {
        String cut(String value) {
            BigDecimal number = new BigDecimal(value);
            return number.compareTo(greatest) > 0 ? greatest.toPlainString() : number.compareTo(least) < 0 ? least.toPlainString() : value;
        }
    }

    /** Empty: fewer than k subjects have a value. */
    private Optional<Range> range(String name, List<TableRow> live) {
        List<Map.Entry<BigDecimal, String>> values = new ArrayList<>();
        for (TableRow row : live) {
            String value = row.get(name);
            if (value != null) {
                values.add(Map.entry(new BigDecimal(value), subjectOf(row)));
            }
        }
        values.sort(Map.Entry.comparingByKey());
        Optional<BigDecimal> least = kth(values);
        Optional<BigDecimal> greatest = kth(values.reversed());
        if (least.isEmpty() || greatest.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Range(least.get().min(greatest.get()), greatest.get()));
    }

    /** The first value up to which k subjects have one. */
    private Optional<BigDecimal> kth(List<Map.Entry<BigDecimal, String>> values) {
        Set<String> met = new HashSet<>();
        for (Map.Entry<BigDecimal, String> each : values) {
            met.add(each.getValue());
            if (met.size() == k) {
                return Optional.of(each.getKey());
            }
        }
        return Optional.empty();
    }

    private List<@Nullable String> keyOf(TableRow row) {
        List<@Nullable String> key = new ArrayList<>();
        table.key().forEach(name -> key.add(row.get(name)));
        return key;
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
                if (value != null && (column.keeping() == Keeping.TOKEN || isOwnId(column) || isRare(column.name(), value))) {
                    out.put(column.name(), pseudonym.apply(value));
                }
            }
            masked.add(TableRow.of(out));
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
            NavigableMap<BigDecimal, String> shared = shared(column, live, steps, level);
            masked.replaceAll(row -> {
                String band = steps.at(level, row.get(name));
                return band == null ? row : row.with(name, shared.isEmpty() ? steps.at(steps.top(), band) : nearest(shared, placeOf(column, band)));
            });
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

    /** The bands of a sensitive column that at least k subjects share, in their order. */
    private NavigableMap<BigDecimal, String> shared(Column column, List<TableRow> live, Generalisation steps, int level) {
        Map<String, Set<String>> having = new HashMap<>();
        for (TableRow row : live) {
            String value = row.get(column.name());
            String band = value == null ? null : steps.at(level, value);
            if (band != null) {
                having.computeIfAbsent(band, _ -> new HashSet<>()).add(subjectOf(row));
            }
        }
        NavigableMap<BigDecimal, String> shared = new TreeMap<>();
        having.forEach((band, some) -> {
            if (some.size() >= k) {
                shared.put(placeOf(column, band), band);
            }
        });
        return shared;
    }

    private static String nearest(NavigableMap<BigDecimal, String> shared, BigDecimal place) {
        Map.Entry<BigDecimal, String> below = shared.floorEntry(place);
        Map.Entry<BigDecimal, String> above = shared.ceilingEntry(place);
        if (below == null || above == null) {
            return Objects.requireNonNull(below == null ? above : below).getValue();
        }
        return place.subtract(below.getKey()).compareTo(above.getKey().subtract(place)) <= 0 ? below.getValue() : above.getValue();
    }

    /** Where a value stands among those of its column. */
    private static BigDecimal placeOf(Column column, String value) {
        return switch (column.type()) {
            case INTEGER, DECIMAL -> new BigDecimal(value);
            case DATE, TIMESTAMP -> BigDecimal.valueOf(LocalDate.parse(value.substring(0, 10)).toEpochDay());
            case BOOLEAN -> Boolean.parseBoolean(value) ? BigDecimal.ONE : BigDecimal.ZERO;
            case TEXT -> throw new IllegalArgumentException("texts have no order here: " + column.name());
        };
    }
}

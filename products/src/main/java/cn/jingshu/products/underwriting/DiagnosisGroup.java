package cn.jingshu.products.underwriting;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Conditions that last, grouped by chapter of ICD-10 (GB/T 14396-2016 follows it). Only how many groups a person has enters a
 * score; which ones they are never leaves the engine.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists come from Stream.toList
public enum DiagnosisGroup {
    LASTING_INFECTION(List.of("A15-A19", "B18-B18", "B20-B24"), List.of("B20-B24")),
    NEOPLASM(List.of("C00-C97", "D00-D09", "D37-D48"), List.of("C00-C97")),
    BLOOD(List.of("D55-D75", "D80-D89"), List.of("D60-D61")),
    ENDOCRINE(List.of("E03-E07", "E10-E14", "E20-E27", "E66-E66", "E78-E78", "E88-E88"), List.of()),
    MENTAL(List.of("F00-F48"), List.of("F20-F29")),
    NERVOUS(List.of("G10-G14", "G20-G26", "G30-G41", "G43-G43", "G47-G47", "G70-G71"), List.of("G10-G14", "G30-G37")),
    CIRCULATORY(List.of("I05-I15", "I20-I28", "I34-I52", "I60-I79"), List.of("I20-I25", "I50-I50", "I60-I69")),
    RESPIRATORY(List.of("J40-J47", "J60-J70", "J80-J84", "J96-J96"), List.of("J44-J44", "J84-J84", "J96-J96")),
    DIGESTIVE(List.of("K50-K52", "K70-K77", "K86-K86"), List.of("K74-K74")),
    MUSCULOSKELETAL(List.of("M05-M19", "M30-M36", "M45-M46", "M80-M81"), List.of("M30-M36")),
    URINARY(List.of("N00-N08", "N18-N19", "N25-N28"), List.of("N18-N19"));

    private static final Pattern CODE = Pattern.compile("([A-Z])([0-9]{2})(?:\\.?[0-9A-Z]{0,8})?");
    private final List<Range> all;
    private final List<Range> serious;

    DiagnosisGroup(List<String> all, List<String> serious) {
        this.all = all.stream().map(Range::of).toList();
        this.serious = serious.stream().map(Range::of).toList();
    }

    private record Range(int from, int to) {
        static Range of(String written) {
            String[] ends = written.split("-", 2);
            return new Range(number(ends[0]), number(ends[1]));
        }

        static int number(String category) {
            return (category.charAt(0) - 'A') * 100 + Integer.parseInt(category, 1, 3, 10);
        }

        boolean has(int category) {
            return from <= category && category <= to;
        }
    }

    /** The lasting groups among ICD-10 codes; what is no such code belongs to none. */
    static Set<DiagnosisGroup> lasting(Iterable<String> codes) {
        return among(codes, false);
    }

    /** The groups with a condition that commonly changes what an insurer can offer. */
    static Set<DiagnosisGroup> serious(Iterable<String> codes) {
        return among(codes, true);
    }

    private static Set<DiagnosisGroup> among(Iterable<String> codes, boolean onlySerious) {
        Set<DiagnosisGroup> found = EnumSet.noneOf(DiagnosisGroup.class);
        for (String code : codes) {
            Matcher matcher = CODE.matcher(code.strip().toUpperCase(Locale.ROOT));
            if (matcher.matches()) {
                int category = Range.number(matcher.group(1) + matcher.group(2));
                for (DiagnosisGroup group : values()) {
                    if ((onlySerious ? group.serious : group.all).stream().anyMatch(r -> r.has(category))) {
                        found.add(group);
                    }
                }
            }
        }
        return found;
    }
}

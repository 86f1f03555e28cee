package cn.jingshu.products.address;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether two addresses mean one unit, part by part: every part both write is compared exactly, so 206号 is never 205号; a part
 * that only one writes is not guessed. A place is agreed when road and number, village and number, or the estate agree.
 *
 * @param compared parts both addresses write and that agree
 * @param differs the first part that differs; null unless {@link Verdict#DIFFERENT}
 * @param missing parts that would decide and that one of the two does not write; empty unless {@link Verdict#UNDECIDED}
 */
public record AddressMatch(Verdict verdict, Set<Address.Part> compared, Address.@Nullable Part differs, Set<Address.Part> missing) {
    /** The answer. */
    public enum Verdict {
        SAME,
        DIFFERENT,
        /** Nothing differs, and what is written does not suffice. */
        UNDECIDED
    }

    private static final Pattern ESTATE_ENDS = Pattern.compile("(?:住宅小区|住宅区|生活小区|小区|公寓楼|院内|附近|旁边?|对面|内|楼上)$");
    private static final Pattern PHASE = Pattern.compile("[东西南北中]区|[东西南北]苑|[东西南北]院|[A-Za-z0-9一二三四五六七八九十]+[期区]");
    private static final int SHORTEST_ESTATE = 2;
    private static final double ALIKE = 0.75;

    public AddressMatch {
        compared = Set.copyOf(compared);
        missing = Set.copyOf(missing);
    }

    /** Compares {@code a} and {@code b}; the order does not matter. */
    public static AddressMatch of(Address a, Address b) {
        return new Comparison(a, b).judge();
    }

    private enum Agreement {
        EQUAL,
        UNLIKE,
        UNSURE,
        NOT_COMPARED
    }

    private static final class Comparison {
        private final Address a;
        private final Address b;
        private final Set<Address.Part> compared = EnumSet.noneOf(Address.Part.class);
        private final Set<Address.Part> missing = EnumSet.noneOf(Address.Part.class);
        private Address.@Nullable Part differs;

        Comparison(Address a, Address b) {
            this.a = a;
            this.b = b;
        }

        AddressMatch judge() {
            divisions();
            text(Address.Part.VILLAGE, village(a), village(b));
            text(Address.Part.ROAD, a.road(), b.road());
            text(Address.Part.NUMBER, AddressNumber.key(a.number()), AddressNumber.key(b.number()));
            place();
            Unit one = a.unit();
            Unit other = b.unit();
            unitPart(Address.Part.BUILDING, one.building(), other.building());
            unitPart(Address.Part.ENTRANCE, one.entrance(), other.entrance());
            text(Address.Part.FLOOR, one.floor(), other.floor());
            unitPart(Address.Part.ROOM, one.room(), other.room());
            if (differs != null) {
                return new AddressMatch(Verdict.DIFFERENT, compared, differs, Set.of());
            }
            return new AddressMatch(missing.isEmpty() ? Verdict.SAME : Verdict.UNDECIDED, compared, null, missing);
        }

        private void divisions() {
            Division one = a.division();
            Division other = b.division();
            if (one != null && other != null) {
                Division x = Divisions.china().today(one);
                Division y = Divisions.china().today(other);
                if (!x.holds(y) && !y.holds(x)) {
                    differ(Address.Part.DISTRICT);
                } else if (x.level() == Division.Level.DISTRICT && y.level() == Division.Level.DISTRICT) {
                    compared.add(Address.Part.DISTRICT);
                }
            }
            text(Address.Part.STREET, DivisionNames.streetStem(a.townName()), DivisionNames.streetStem(b.townName()));
        }

        private void place() {
            boolean numbered = compared.contains(Address.Part.NUMBER)
                    && (compared.contains(Address.Part.ROAD) || compared.contains(Address.Part.VILLAGE));
            Agreement estate = estates(a, b);
            switch (estate) {
                case EQUAL -> compared.add(Address.Part.ESTATE);
                case UNLIKE -> {
                    if (!numbered) {
                        differ(Address.Part.ESTATE);
                    }
                }
                case UNSURE -> missing.add(Address.Part.ESTATE);
                case NOT_COMPARED -> {
                    // one of them names no estate: the number has to do
                }
            }
            if (!numbered && estate != Agreement.EQUAL && estate != Agreement.UNSURE) {
                boolean roads = compared.contains(Address.Part.ROAD) || compared.contains(Address.Part.VILLAGE);
                missing.add(roads ? Address.Part.NUMBER : a.road().isEmpty() && b.road().isEmpty() ? Address.Part.ESTATE : Address.Part.ROAD);
            }
        }

        private void text(Address.Part part, String one, String other) {
            if (one.isEmpty() || other.isEmpty()) {
                return;
            }
            if (one.equals(other)) {
                compared.add(part);
            } else {
                differ(part);
            }
        }

        private void unitPart(Address.Part part, String one, String other) {
            if (one.isEmpty() != other.isEmpty()) {
                missing.add(part);
            } else {
                text(part, one, other);
            }
        }

        private void differ(Address.Part part) {
            if (differs == null) {
                differs = part;
            }
        }
    }

    private static String village(Address a) {
        return a.village().replaceAll("(?:村民?委会?|居民?委会|村|社区)$", "");
    }

    private static Agreement estates(Address a, Address b) {
        List<String> ones = estatesOf(a);
        List<String> others = estatesOf(b);
        if (ones.isEmpty() || others.isEmpty()) {
            return Agreement.NOT_COMPARED;
        }
        Agreement best = Agreement.UNLIKE;
        for (String one : ones) {
            for (String other : others) {
                Agreement found = alike(one, other);
                if (found == Agreement.EQUAL) {
                    return found;
                }
                if (found == Agreement.UNSURE) {
                    best = found;
                }
            }
        }
        return best;
    }

    private static List<String> estatesOf(Address a) {
        List<String> all = new ArrayList<>();
        List<String> written = new ArrayList<>(a.remarks());
        written.add(a.place());
        for (String one : written) {
            String estate = ESTATE_ENDS.matcher(one).replaceFirst("");
            if (estate.length() >= SHORTEST_ESTATE) {
                all.add(estate);
            }
        }
        return all;
    }

    /** Equal, contained, or by pairs of characters (Dice 1945) alike, and of the same phase (东区, 二期). */
    private static Agreement alike(String one, String other) {
        if (one.equals(other)) {
            return Agreement.EQUAL;
        }
        Set<String> phases = phases(one);
        Set<String> otherPhases = phases(other);
        String x = PHASE.matcher(one).replaceAll("");
        String y = PHASE.matcher(other).replaceAll("");
        boolean contained = x.equals(y) || (Math.min(x.length(), y.length()) > SHORTEST_ESTATE && (x.contains(y) || y.contains(x)));
        if (!contained && dice(x, y) < ALIKE) {
            return Agreement.UNLIKE;
        }
        if (phases.equals(otherPhases)) {
            return Agreement.EQUAL;
        }
        return phases.isEmpty() || otherPhases.isEmpty() ? Agreement.UNSURE : Agreement.UNLIKE;
    }

    private static Set<String> phases(String estate) {
        Set<String> found = new HashSet<>();
        Matcher phases = PHASE.matcher(estate);
        while (phases.find()) {
            String phase = phases.group();
            found.add(AddressText.figures(phase.substring(0, phase.length() - 1)) + phase.charAt(phase.length() - 1));
        }
        return found;
    }

    private static double dice(String one, String other) {
        Set<String> pairs = pairs(one);
        Set<String> otherPairs = pairs(other);
        if (pairs.isEmpty() || otherPairs.isEmpty()) {
            return 0;
        }
        int all = pairs.size() + otherPairs.size();
        pairs.retainAll(otherPairs);
        return 2.0 * pairs.size() / all;
    }

    private static Set<String> pairs(String text) {
        Set<String> found = new HashSet<>();
        for (int i = 0; i + 1 < text.length(); i++) {
            found.add(text.substring(i, i + 2));
        }
        return found;
    }
}

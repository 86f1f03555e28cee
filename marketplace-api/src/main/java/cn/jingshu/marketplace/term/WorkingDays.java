package cn.jingshu.marketplace.term;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which days are worked (工作日), as it is known at one moment, and the one place where terms are reckoned. Monday to Friday are
 * worked, but for the days a year's notice gives off, and the weekend days on which it has people work. In a year without a notice
 * the days off by law alone are left out.
 *
 * @see "《民法典》 Art. 201: the day a term begins on is not counted"
 */
public final class WorkingDays {
    /** Longest term that is reckoned, in working days; about four years. */
    public static final int MOST = 1_000;

    private final Map<LocalDate, Special> notified;
    private final Map<LocalDate, Special> statutory;
    private final Set<Integer> noticed;
    private final Set<Integer> listed;

    /**
     * @param notices those in force, one a year
     * @param statutory days off by law
     * @throws IllegalArgumentException if two notices are about one year
     */
    public WorkingDays(List<YearNotice> notices, List<Special> statutory) {
        Map<LocalDate, Special> days = new HashMap<>();
        Set<Integer> years = new TreeSet<>();
        // Where the new year's holiday begins in the year before, the later notice knows better.
        for (YearNotice notice : notices.stream().sorted((a, b) -> Integer.compare(a.year(), b.year())).toList()) {
            if (!years.add(notice.year())) {
                throw new IllegalArgumentException("two notices in force for " + notice.year());
            }
            notice.days().forEach(day -> days.put(day.day(), day));
        }
        this.notified = Map.copyOf(days);
        this.statutory = statutory.stream().collect(Collectors.toUnmodifiableMap(Special::day, each -> each));
        this.noticed = Set.copyOf(years);
        this.listed = statutory.stream().map(each -> each.day().getYear()).collect(Collectors.toUnmodifiableSet());
    }

    /** What is particular about a day. */
    public enum Kind {
        /** Nobody works: 放假 or 调休. */
        OFF,
        /** A weekend day that is worked: 上班. */
        WORKED
    }

    /** A day that is not as its weekday says, and after which feast it is called. */
    public record Special(LocalDate day, Kind kind, String nameZh, String nameEn) {
        public Special {
            if (kind == Kind.WORKED && !isWeekend(day)) {
                throw new IllegalArgumentException(day + " is worked anyway");
            }
            if (nameZh.isBlank() || nameEn.isBlank()) {
                throw new IllegalArgumentException(day + ": a feast has a name");
            }
        }
    }

    /** What the notice of one year says. */
    public record YearNotice(int year, List<Special> days) {
        /** Days of the year before a notice may speak of: where the new year's holiday begins. */
        private static final int DAYS_BEFORE = 8;

        public YearNotice {
            days = List.copyOf(days);
            LocalDate first = LocalDate.of(year, 1, 1).minusDays(DAYS_BEFORE);
            LocalDate last = LocalDate.of(year, 12, 31);
            Set<LocalDate> seen = new TreeSet<>();
            for (Special each : days) {
                if (each.day().isBefore(first) || each.day().isAfter(last)) {
                    throw new IllegalArgumentException(each.day() + " is not of " + year);
                }
                if (!seen.add(each.day())) {
                    throw new IllegalArgumentException(each.day() + " comes twice");
                }
            }
            if (days.stream().noneMatch(each -> each.kind() == Kind.OFF)) {
                throw new IllegalArgumentException("a notice gives days off");
            }
        }
    }

    /** What is known of a year. */
    public enum Basis {
        /** Its notice. */
        NOTICE,
        /** No notice yet: weekends and the days off by law. */
        STATUTORY,
        /** Not even those are recorded: weekends alone. */
        WEEKENDS
    }

    /**
     * A date that was reckoned.
     *
     * @param withoutNotice years it rests on whose notice is not recorded, the next one for the last days of a year; none: it is
     *     certain
     */
    public record Due(LocalDate on, SortedSet<Integer> withoutNotice) {
        public Due {
            withoutNotice = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(withoutNotice));
        }

        /** Whether it can still change, with the notice of a year. */
        public boolean isProvisional() {
            return !withoutNotice.isEmpty();
        }
    }

    public Basis basisOf(int year) {
        return noticed.contains(year) ? Basis.NOTICE : listed.contains(year) ? Basis.STATUTORY : Basis.WEEKENDS;
    }

    public boolean isWorked(LocalDate day) {
        Special said = notified.get(day);
        if (said != null) {
            return said.kind() == Kind.WORKED;
        }
        return !isWeekend(day) && (noticed.contains(day.getYear()) || !statutory.containsKey(day));
    }

    private static boolean isWeekend(LocalDate day) {
        return day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY;
    }

    /**
     * The last day of a term of {@code workingDays} that begins on {@code start}, which itself is not counted.
     *
     * @param workingDays 1 to {@value #MOST}
     */
    public Due after(LocalDate start, int workingDays) {
        if (workingDays < 1 || workingDays > MOST) {
            throw new IllegalArgumentException(workingDays + " working days: 1 to " + MOST);
        }
        SortedSet<Integer> withoutNotice = new TreeSet<>();
        LocalDate day = start;
        int left = workingDays;
        while (left > 0) {
            day = day.plusDays(1);
            for (int year : List.of(day.getYear(), day.plusDays(YearNotice.DAYS_BEFORE).getYear())) {
                if (!noticed.contains(year)) {
                    withoutNotice.add(year); // the next year's notice may speak of the last days of December
                }
            }
            if (isWorked(day)) {
                left--;
            }
        }
        return new Due(day, withoutNotice);
    }

    /** Working days after {@code from} up to {@code to}, this included; below zero where {@code to} is the earlier. */
    public int between(LocalDate from, LocalDate to) {
        if (to.isBefore(from)) {
            return -between(to, from);
        }
        int worked = 0;
        for (LocalDate day = from.plusDays(1); !day.isAfter(to); day = day.plusDays(1)) {
            if (isWorked(day)) {
                worked++;
            }
        }
        return worked;
    }

    /** What is not as its weekday says in a year, by day. */
    public List<Special> specialsOf(int year) {
        Map<LocalDate, Special> source = noticed.contains(year) ? notified : statutory;
        return source.values().stream().filter(each -> each.day().getYear() == year)
                .sorted((a, b) -> a.day().compareTo(b.day())).toList();
    }
}

package cn.jingshu.products.transit.gtfs;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** On which days each service runs: the weekly pattern and its exceptions. */
public final class ServiceCalendar {
    private final Map<String, Week> weeks = new HashMap<>();
    private final Map<String, Set<LocalDate>> added = new HashMap<>();
    private final Map<String, Set<LocalDate>> removed = new HashMap<>();

    private record Week(Set<DayOfWeek> days, LocalDate first, LocalDate last) {}

    /** The service runs on these weekdays from {@code first} to {@code last}, both included. */
    public void addWeek(String serviceId, Set<DayOfWeek> days, LocalDate first, LocalDate last) {
        weeks.put(serviceId, new Week(Set.copyOf(days), first, last));
    }

    /** The service runs on {@code date} whatever the week says. */
    public void addDay(String serviceId, LocalDate date) {
        added.computeIfAbsent(serviceId, _ -> new HashSet<>()).add(date);
    }

    /** The service does not run on {@code date} whatever the week says. */
    public void removeDay(String serviceId, LocalDate date) {
        removed.computeIfAbsent(serviceId, _ -> new HashSet<>()).add(date);
    }

    public boolean knows(String serviceId) {
        return weeks.containsKey(serviceId) || added.containsKey(serviceId) || removed.containsKey(serviceId);
    }

    /** The last day the service runs on; empty: it never runs. */
    public Optional<LocalDate> lastDay(String serviceId) {
        @Nullable Week week = weeks.get(serviceId);
        Stream<LocalDate> regular = week == null || week.days.isEmpty() ? Stream.empty()
                : Stream.iterate(week.last, day -> !day.isBefore(week.first), day -> day.minusDays(1)).filter(day -> runs(serviceId, day)).limit(1);
        Stream<LocalDate> besides = added.getOrDefault(serviceId, Set.of()).stream().filter(day -> runs(serviceId, day));
        return Stream.concat(regular, besides).max(LocalDate::compareTo);
    }

    public boolean runs(String serviceId, LocalDate date) {
        if (removed.getOrDefault(serviceId, Set.of()).contains(date)) {
            return false;
        }
        @Nullable Week week = weeks.get(serviceId);
        return added.getOrDefault(serviceId, Set.of()).contains(date)
                || (week != null
                        && week.days.contains(date.getDayOfWeek())
                        && !date.isBefore(week.first)
                        && !date.isAfter(week.last));
    }
}

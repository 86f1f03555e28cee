package cn.jingshu.products.health.history;

import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.health.trend.Trend;
import java.time.LocalDate;
import java.time.Period;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The own records of one person.
 *
 * @param birth from the identity number
 * @param male from the identity number
 * @param readings possible values in their measure's unit, oldest first
 * @param treatedHypertension what the newest follow-up says; null: there is none
 * @param smoker what the newest examination that asked says; null: none did
 * @param conditions what outpatient visits diagnosed
 * @param rejected values left out because of their unit or size
 * @param examinedOn the newest examination; null: none
 */
public record History(LocalDate birth, boolean male, List<Reading> readings, @Nullable Told treatedHypertension, @Nullable Told smoker,
        Map<Condition, LocalDate> conditions, int rejected, @Nullable LocalDate examinedOn) {
    public History {
        readings = readings.stream().sorted(Comparator.comparing(Reading::day)).toList();
        conditions = Map.copyOf(conditions);
    }

    /** Where a reading is from. */
    public enum Origin { EXAMINATION, LABORATORY, FOLLOW_UP }

    /** One value of one day. */
    public record Reading(Measure measure, LocalDate day, double value, Origin origin) {}

    /** A yes or no of one day. */
    public record Told(boolean yes, LocalDate day) {}

    /** Years completed on that day. */
    public int ageOn(LocalDate day) {
        return Period.between(birth, day).getYears();
    }

    /** True: nothing is known of the person. */
    public boolean isEmpty() {
        return readings.isEmpty() && treatedHypertension == null && smoker == null && conditions.isEmpty() && rejected == 0;
    }

    /** The newest reading of a measure; of several of one day their mean, as the first of them. */
    public Optional<Reading> newest(Measure measure) {
        List<Reading> all = readings.stream().filter(reading -> reading.measure() == measure).toList();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        Reading last = all.getLast();
        double mean = all.stream().filter(reading -> reading.day().equals(last.day())).mapToDouble(Reading::value).average().orElseThrow();
        return Optional.of(new Reading(measure, last.day(), mean, last.origin()));
    }

    /** The days of a measure from a day on, each with the mean of its readings. */
    public List<Trend.Point> series(Measure measure, LocalDate from) {
        Map<LocalDate, Double> byDay = readings.stream()
                .filter(reading -> reading.measure() == measure && !reading.day().isBefore(from))
                .collect(Collectors.groupingBy(Reading::day, TreeMap::new, Collectors.averagingDouble(Reading::value)));
        return byDay.entrySet().stream().map(entry -> new Trend.Point(entry.getKey(), entry.getValue())).toList();
    }

    /** Whether one of these was diagnosed, and since when the records say so. */
    public Optional<LocalDate> since(Set<Condition> any) {
        return conditions.entrySet().stream().filter(entry -> any.contains(entry.getKey())).map(Map.Entry::getValue).min(Comparator.naturalOrder());
    }
}

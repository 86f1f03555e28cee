package cn.jingshu.products.underwriting;

import cn.jingshu.products.underwriting.HealthRecord.Examination;
import cn.jingshu.products.underwriting.HealthRecord.LaboratoryValue;
import cn.jingshu.products.underwriting.HealthRecord.Stay;
import cn.jingshu.products.underwriting.HealthRecord.Visit;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a record says of the use of care, on a day, looking back {@link #YEARS_BACK} years. What happened on that day or later is
 * not looked at.
 *
 * @param age in whole years
 * @param staysLastYear stays discharged within 365 days
 * @param staysEarlier stays discharged within the years before that
 * @param daysSinceStay since the last discharge; null: none
 * @param visitsLastYear outpatient visits within 365 days
 * @param visitsTwoYears outpatient visits within 730 days
 * @param emergencyTwoYears emergencies among these
 * @param lastingGroups groups of lasting conditions, 0 to 11
 * @param seriousGroups groups with a serious condition, 0 to 11
 * @param operations within the years looked back
 * @param daysSinceOperation null: none
 * @param outOfRange how many of the measures below were out of range when last taken, within {@link #MEASURES_YEARS} years
 * @param measuresTaken how many of them were taken in that time
 * @param smoker null: not known
 * @param bodyMassIndex kg/m²; null: not known
 * @param systolic mmHg; null: not known
 * @param totalCholesterol mmol/L; null: not known
 * @param fastingGlucose mmol/L; null: not known
 * @param historyYears from the first entry to the day, at most the years looked back
 */
public record CareFeatures(int age, boolean male, int staysLastYear, int staysEarlier, @Nullable Long daysSinceStay,
        int visitsLastYear, int visitsTwoYears, int emergencyTwoYears, int lastingGroups, int seriousGroups,
        int operations, @Nullable Long daysSinceOperation, int outOfRange, int measuresTaken, @Nullable Boolean smoker,
        @Nullable Double bodyMassIndex, @Nullable Double systolic, @Nullable Double totalCholesterol,
        @Nullable Double fastingGlucose, double historyYears) {
    /** How far back the engine looks. */
    public static final int YEARS_BACK = 5;
    /** Older measurements say little of today. */
    public static final int MEASURES_YEARS = 3;

    /** The names of {@link #vector}, in its order. */
    public static final List<String> NAMES = List.of("age_decades_from_50", "male", "log_stays",
            "stay_recency", "log_visits_last_year", "log_emergencies_two_years", "emergency_share", "lasting_groups", "serious_groups",
            "measures_out_of_range");

    /** LOINC codes of the laboratory values that are looked at. */
    static final List<String> LABORATORY_CODES = List.of("4548-4", "33914-3");

    private static final String HBA1C = "4548-4";
    private static final String FILTRATION = "33914-3";

    /** The features of a record on a day. */
    public static CareFeatures of(HealthRecord record, LocalDate on) {
        LocalDate start = on.minusYears(YEARS_BACK);
        List<Stay> stays = record.stays().stream().filter(s -> within(s.dischargedOn(), start, on)).toList();
        List<Visit> visits = record.visits().stream().filter(v -> within(v.visitedOn(), start, on)).toList();
        List<LocalDate> operations = record.operations().stream().filter(d -> within(d, start, on)).toList();
        List<String> codes = Stream.concat(stays.stream().flatMap(s -> s.diagnoses().stream()), visits.stream().flatMap(v -> v.diagnoses().stream())).toList();
        List<Examination> examinations = record.examinations().stream()
                .filter(e -> within(e.examinedOn(), on.minusYears(MEASURES_YEARS), on))
                .sorted(Comparator.comparing(Examination::examinedOn).reversed())
                .toList();
        List<LaboratoryValue> laboratory = record.laboratory().stream()
                .filter(v -> within(v.takenOn(), on.minusYears(MEASURES_YEARS), on))
                .sorted(Comparator.comparing(LaboratoryValue::takenOn).reversed())
                .toList();
        List<Optional<Boolean>> measures = measures(examinations, laboratory);
        LocalDate yearAgo = on.minusDays(365);
        LocalDate twoYearsAgo = on.minusDays(730);
        Optional<LocalDate> first = Stream.of(stays.stream().map(Stay::admittedOn), visits.stream().map(Visit::visitedOn),
                        operations.stream(), record.examinations().stream().map(Examination::examinedOn),
                        record.laboratory().stream().map(LaboratoryValue::takenOn))
                .flatMap(Function.identity())
                .filter(d -> d.isBefore(on))
                .min(Comparator.naturalOrder());
        return new CareFeatures(
                (int) ChronoUnit.YEARS.between(record.birth(), on),
                record.male(),
                (int) stays.stream().filter(s -> !s.dischargedOn().isBefore(yearAgo)).count(),
                (int) stays.stream().filter(s -> s.dischargedOn().isBefore(yearAgo)).count(),
                daysSince(stays.stream().map(Stay::dischargedOn), on),
                (int) visits.stream().filter(v -> !v.visitedOn().isBefore(yearAgo)).count(),
                (int) visits.stream().filter(v -> !v.visitedOn().isBefore(twoYearsAgo)).count(),
                (int) visits.stream().filter(v -> v.emergency() && !v.visitedOn().isBefore(twoYearsAgo)).count(),
                DiagnosisGroup.lasting(codes).size(),
                DiagnosisGroup.serious(codes).size(),
                operations.size(),
                daysSince(operations.stream(), on),
                (int) measures.stream().filter(m -> m.orElse(false)).count(),
                (int) measures.stream().filter(Optional::isPresent).count(),
                newest(examinations, Examination::smoker).orElse(null),
                examinations.stream().flatMap(e -> e.bodyMassIndex().stream()).findFirst().orElse(null),
                newest(examinations, Examination::systolic).orElse(null),
                newest(examinations, Examination::totalCholesterol).orElse(null),
                newest(examinations, Examination::fastingGlucose).orElse(null),
                first.map(d -> Math.min(YEARS_BACK, ChronoUnit.DAYS.between(d, on) / 365.25)).orElse(0.0));
    }

    /** The features of the model of care, by {@link #NAMES}. */
    public double[] vector() {
        return new double[] {
            (age - 50) / 10.0,
            male ? 1 : 0,
            Math.log1p(Math.min(staysLastYear + staysEarlier, 20)),
            daysSinceStay == null ? 0 : Math.exp(-daysSinceStay / 365.0),
            Math.log1p(Math.min(visitsLastYear, 60)),
            Math.log1p(Math.min(emergencyTwoYears, 20)),
            emergencyTwoYears / (visitsTwoYears + 4.0),
            lastingGroups,
            seriousGroups,
            outOfRange
        };
    }

    /** The same person with nothing of note: two visits a year, all measures in range. What a rating of 100 stands for. */
    public CareFeatures unremarkable() {
        return new CareFeatures(age, male, 0, 0, null, 2, 4, 0, 0, 0, 0, null, 0, measuresTaken, false, 23.0, 125.0, 4.7, 5.2, YEARS_BACK);
    }

    /**
     * True or false for each measure that was taken, empty for one that was not: pressure from 140/90 mmHg (中国高血压防治指南),
     * fasting glucose from 7.0 mmol/L or HbA1c from 6.5 % (中国2型糖尿病防治指南), body mass index from 28 or below 18.5 (WS/T
     * 428-2013), total cholesterol from 6.2, LDL from 4.1, triglycerides from 2.3, HDL below 1.0 mmol/L (中国血脂管理指南 2023),
     * filtration below 60 mL/min (KDIGO 2012).
     */
    private static List<Optional<Boolean>> measures(List<Examination> examinations, List<LaboratoryValue> laboratory) {
        Optional<Boolean> pressure = examinations.stream()
                .filter(e -> e.systolic() != null && e.diastolic() != null)
                .findFirst()
                .map(e -> Objects.requireNonNull(e.systolic()) >= 140 || Objects.requireNonNull(e.diastolic()) >= 90);
        List<Optional<Boolean>> all = new ArrayList<>();
        all.add(pressure);
        all.add(newest(examinations, Examination::fastingGlucose).map(v -> v >= 7.0));
        all.add(examinations.stream().flatMap(e -> e.bodyMassIndex().stream()).findFirst().map(v -> v >= 28 || v < 18.5));
        all.add(newest(examinations, Examination::totalCholesterol).map(v -> v >= 6.2));
        all.add(newest(examinations, Examination::ldl).map(v -> v >= 4.1));
        all.add(newest(examinations, Examination::triglycerides).map(v -> v >= 2.3));
        all.add(newest(examinations, Examination::hdl).map(v -> v < 1.0));
        all.add(newestValue(laboratory, HBA1C, "%").map(v -> v >= 6.5));
        all.add(newestValue(laboratory, FILTRATION, "mL/min").map(v -> v < 60));
        return all;
    }

    private static Optional<Double> newestValue(List<LaboratoryValue> laboratory, String code, String unit) {
        return laboratory.stream()
                .filter(v -> v.code().equals(code) && v.unit().startsWith(unit))
                .map(LaboratoryValue::amount)
                .findFirst();
    }

    private static <V> Optional<V> newest(List<Examination> newestFirst, Function<Examination, @Nullable V> value) {
        return newestFirst.stream().<V>mapMulti((e, sink) -> {
            V taken = value.apply(e);
            if (taken != null) {
                sink.accept(taken);
            }
        }).findFirst();
    }

    private static @Nullable Long daysSince(Stream<LocalDate> days, LocalDate on) {
        return days.max(Comparator.naturalOrder()).map(d -> ChronoUnit.DAYS.between(d, on)).orElse(null);
    }

    private static boolean within(LocalDate day, LocalDate from, LocalDate to) {
        return !day.isBefore(from) && day.isBefore(to);
    }
}

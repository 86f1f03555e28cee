package cn.jingshu.products.health.history;

import static cn.jingshu.products.records.HealthTables.EXAMINATION;
import static cn.jingshu.products.records.HealthTables.HYPERTENSION_FOLLOW_UP;
import static cn.jingshu.products.records.HealthTables.LABORATORY_RESULT;
import static cn.jingshu.products.records.HealthTables.OUTPATIENT_VISIT;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.Row;
import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.identifier.ResidentId;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one person's records out of the domain, by the person's token alone. */
public final class HealthRecords {
    /** The newest rows of a table that are read of one person. */
    private static final int MOST_ROWS = 2_000;

    /** What is read, and of it which columns: nothing else is asked to be granted. */
    public static final Map<ResourceTable, List<String>> READS = Map.of(
            EXAMINATION, List.of("person", "examined_on", "height_cm", "weight_kg", "waist_cm", "systolic_mmhg", "diastolic_mmhg",
                    "fasting_glucose_mmol_l", "total_cholesterol_mmol_l", "hdl_mmol_l", "ldl_mmol_l", "triglycerides_mmol_l", "smoker"),
            LABORATORY_RESULT, List.of("person", "taken_on", "test_code", "amount", "unit"),
            HYPERTENSION_FOLLOW_UP, List.of("person", "followed_up_on", "systolic_mmhg", "diastolic_mmhg", "treated"),
            OUTPATIENT_VISIT, List.of("person", "visited_on", "diagnosis_code"));

    private static final String EXAMINATIONS = """
            SELECT examined_on, height_cm, weight_kg, waist_cm, systolic_mmhg, diastolic_mmhg, fasting_glucose_mmol_l,
                   total_cholesterol_mmol_l, hdl_mmol_l, ldl_mmol_l, triglycerides_mmol_l, smoker
              FROM examination
             WHERE person = ? AND examined_on <= ?
             ORDER BY examined_on DESC
             LIMIT ?
            """;
    private static final String SMOKES = """
            SELECT examined_on, smoker
              FROM examination
             WHERE person = ? AND examined_on <= ? AND smoker IS NOT NULL
             ORDER BY examined_on DESC
             LIMIT 1
            """;
    private static final String RESULTS = """
            SELECT taken_on, test_code, amount, unit
              FROM laboratory_result
             WHERE person = ? AND taken_on <= ? AND test_code = ANY (?)
             ORDER BY taken_on DESC
             LIMIT ?
            """;
    private static final String FOLLOW_UPS = """
            SELECT followed_up_on, systolic_mmhg, diastolic_mmhg, treated
              FROM hypertension_follow_up
             WHERE person = ? AND followed_up_on <= ?
             ORDER BY followed_up_on DESC
             LIMIT ?
            """;
    private static final String VISITS = """
            SELECT visited_on, diagnosis_code
              FROM outpatient_visit
             WHERE person = ? AND visited_on <= ?
             ORDER BY visited_on DESC
             LIMIT ?
            """;

    private final List<History.Reading> readings = new ArrayList<>();
    private final Map<Condition, LocalDate> conditions = new EnumMap<>(Condition.class);
    private int rejected;

    private HealthRecords() {}

    /**
     * The records of the person whose token is given, up to a day: what is dated later is a mistake and left out.
     *
     * @param person whose sex and birth the identity number tells
     * @param token under which the domain keeps the person
     */
    public static History read(DataSession session, ResidentId person, String token, LocalDate today) {
        return new HealthRecords().gather(session, person, token, today);
    }

    private History gather(DataSession session, ResidentId person, String token, LocalDate today) {
        List<LocalDate> examined = session.select(EXAMINATIONS, this::examination, token, today, MOST_ROWS);
        session.select(RESULTS, this::result, token, today, Measure.tests(), MOST_ROWS);
        List<History.Told> treated = session.select(FOLLOW_UPS, this::followUp, token, today, MOST_ROWS);
        session.select(VISITS, this::visit, token, today, MOST_ROWS);
        History.@Nullable Told smoker = session.find(SMOKES, row -> new History.Told(row.bool("smoker"), row.date("examined_on")), token, today).orElse(null);
        return new History(person.birthDate(), person.male(), readings, treated.isEmpty() ? null : treated.getFirst(), smoker, conditions,
                rejected, examined.isEmpty() ? null : examined.getFirst());
    }

    private LocalDate examination(Row row) {
        LocalDate day = row.date("examined_on");
        take(Measure.WAIST, day, row.findDecimal("waist_cm"), History.Origin.EXAMINATION);
        pressures(day, row.findInteger("systolic_mmhg"), row.findInteger("diastolic_mmhg"), History.Origin.EXAMINATION);
        take(Measure.FASTING_GLUCOSE, day, row.findDecimal("fasting_glucose_mmol_l"), History.Origin.EXAMINATION);
        take(Measure.TOTAL_CHOLESTEROL, day, row.findDecimal("total_cholesterol_mmol_l"), History.Origin.EXAMINATION);
        take(Measure.HDL, day, row.findDecimal("hdl_mmol_l"), History.Origin.EXAMINATION);
        take(Measure.LDL, day, row.findDecimal("ldl_mmol_l"), History.Origin.EXAMINATION);
        take(Measure.TRIGLYCERIDES, day, row.findDecimal("triglycerides_mmol_l"), History.Origin.EXAMINATION);
        Optional<BigDecimal> height = row.findDecimal("height_cm");
        Optional<BigDecimal> weight = row.findDecimal("weight_kg");
        if (height.isPresent() && weight.isPresent()) {
            double metres = height.get().doubleValue() / 100;
            boolean possible = metres >= 0.8 && metres <= 2.5;
            takeValue(Measure.BMI, day, possible ? weight.get().doubleValue() / (metres * metres) : Double.NaN, History.Origin.EXAMINATION);
        }
        return day;
    }

    private History.Told followUp(Row row) {
        LocalDate day = row.date("followed_up_on");
        pressures(day, row.findInteger("systolic_mmhg"), row.findInteger("diastolic_mmhg"), History.Origin.FOLLOW_UP);
        return new History.Told(row.bool("treated"), day);
    }

    /** A pair of pressures the wrong way round is a slip and neither of them is taken. */
    private void pressures(LocalDate day, Optional<Long> systolic, Optional<Long> diastolic, History.Origin origin) {
        if (systolic.isPresent() && diastolic.isPresent() && systolic.get() <= diastolic.get()) {
            rejected += 2;
            return;
        }
        take(Measure.SYSTOLIC, day, systolic.map(BigDecimal::valueOf), origin);
        take(Measure.DIASTOLIC, day, diastolic.map(BigDecimal::valueOf), origin);
    }

    private boolean result(Row row) {
        Measure measure = Measure.ofTest(row.text("test_code")).orElseThrow();
        Optional<Double> value = measure.converted(row.decimal("amount").doubleValue(), row.text("unit"));
        takeValue(measure, row.date("taken_on"), value.orElse(Double.NaN), History.Origin.LABORATORY);
        return value.isPresent();
    }

    private boolean visit(Row row) {
        Optional<Condition> condition = Condition.of(row.sealed("diagnosis_code"));
        condition.ifPresent(known -> conditions.merge(known, row.date("visited_on"), (a, b) -> a.isBefore(b) ? a : b));
        return condition.isPresent();
    }

    private void take(Measure measure, LocalDate day, Optional<BigDecimal> value, History.Origin origin) {
        value.ifPresent(number -> takeValue(measure, day, number.doubleValue(), origin));
    }

    private void takeValue(Measure measure, LocalDate day, double value, History.Origin origin) {
        if (measure.possible(value)) {
            readings.add(new History.Reading(measure, day, value, origin));
        } else {
            rejected++;
        }
    }
}

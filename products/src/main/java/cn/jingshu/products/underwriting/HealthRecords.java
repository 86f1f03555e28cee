package cn.jingshu.products.underwriting;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.Row;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.underwriting.HealthRecord.Examination;
import cn.jingshu.products.underwriting.HealthRecord.LaboratoryValue;
import cn.jingshu.products.underwriting.HealthRecord.Stay;
import cn.jingshu.products.underwriting.HealthRecord.Visit;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one applicant's record from the domain: no column and no year more than the features need. */
final class HealthRecords {
    /** What the product's grants have to cover. */
    static final Map<ResourceTable, List<String>> READS = Map.of(
            HealthTables.DISCHARGE, List.of("person", "admitted_on", "discharged_on", "diagnosis_code", "further_diagnoses"),
            HealthTables.OUTPATIENT_VISIT, List.of("person", "visited_on", "emergency", "diagnosis_code"),
            HealthTables.OPERATION, List.of("person", "operated_on"),
            HealthTables.EXAMINATION, List.of("person", "examined_on", "height_cm", "weight_kg", "systolic_mmhg", "diastolic_mmhg",
                    "fasting_glucose_mmol_l", "total_cholesterol_mmol_l", "hdl_mmol_l", "ldl_mmol_l", "triglycerides_mmol_l", "smoker"),
            HealthTables.LABORATORY_RESULT, List.of("person", "taken_on", "test_code", "amount", "unit"));

    private static final String STAYS = """
            SELECT admitted_on, discharged_on, diagnosis_code, further_diagnoses
              FROM discharge WHERE person = ? AND discharged_on >= ? AND discharged_on < ?
             ORDER BY discharged_on DESC LIMIT 500
            """;
    private static final String VISITS = """
            SELECT visited_on, emergency, diagnosis_code
              FROM outpatient_visit WHERE person = ? AND visited_on >= ? AND visited_on < ?
             ORDER BY visited_on DESC LIMIT 2000
            """;
    private static final String OPERATIONS = """
            SELECT operated_on FROM operation_record WHERE person = ? AND operated_on >= ? AND operated_on < ?
             ORDER BY operated_on DESC LIMIT 500
            """;
    private static final String EXAMINATIONS = """
            SELECT examined_on, height_cm, weight_kg, systolic_mmhg, diastolic_mmhg, fasting_glucose_mmol_l,
                   total_cholesterol_mmol_l, hdl_mmol_l, ldl_mmol_l, triglycerides_mmol_l, CAST(smoker AS text) AS smoker
              FROM examination WHERE person = ? AND examined_on >= ? AND examined_on < ?
             ORDER BY examined_on DESC LIMIT 100
            """;
    private static final String LABORATORY = """
            SELECT taken_on, test_code, amount, unit
              FROM laboratory_result WHERE person = ? AND test_code = ANY (?) AND taken_on >= ? AND taken_on < ?
             ORDER BY taken_on DESC LIMIT 200
            """;

    private HealthRecords() {}

    /** What is on record before {@code on} of the person behind the token. */
    static HealthRecord read(DataSession session, ResidentId person, String token, LocalDate on) {
        LocalDate from = on.minusYears(CareFeatures.YEARS_BACK);
        return new HealthRecord(person.birthDate(), person.male(),
                session.select(STAYS, HealthRecords::stay, token, from, on),
                session.select(VISITS, r -> new Visit(r.date("visited_on"), r.bool("emergency"), List.of(r.sealed("diagnosis_code"))), token, from, on),
                session.select(OPERATIONS, r -> r.date("operated_on"), token, from, on),
                session.select(EXAMINATIONS, HealthRecords::examination, token, from, on),
                session.select(LABORATORY, r -> new LaboratoryValue(r.date("taken_on"), r.text("test_code"),
                        r.decimal("amount").doubleValue(), r.text("unit")), token, CareFeatures.LABORATORY_CODES, from, on));
    }

    private static Stay stay(Row row) {
        List<String> diagnoses = new ArrayList<>();
        diagnoses.add(row.sealed("diagnosis_code"));
        row.findSealed("further_diagnoses").ifPresent(all -> diagnoses.addAll(List.of(all.strip().split(" +", -1))));
        return new Stay(row.date("admitted_on"), row.date("discharged_on"), diagnoses);
    }

    private static Examination examination(Row row) {
        return new Examination(row.date("examined_on"), number(row, "height_cm"), number(row, "weight_kg"),
                whole(row, "systolic_mmhg"), whole(row, "diastolic_mmhg"), number(row, "fasting_glucose_mmol_l"),
                number(row, "total_cholesterol_mmol_l"), number(row, "hdl_mmol_l"), number(row, "ldl_mmol_l"),
                number(row, "triglycerides_mmol_l"), row.findText("smoker").map("true"::equals).orElse(null));
    }

    private static @Nullable Double number(Row row, String column) {
        return row.findDecimal(column).map(BigDecimal::doubleValue).orElse(null);
    }

    private static @Nullable Double whole(Row row, String column) {
        return row.findInteger(column).map(Long::doubleValue).orElse(null);
    }
}

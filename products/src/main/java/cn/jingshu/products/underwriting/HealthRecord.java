package cn.jingshu.products.underwriting;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the sources hold of one applicant, as far back as the engine looks. It lives for one call and never leaves.
 *
 * @param birth from the identity number
 * @param stays ended stays in hospital
 * @param visits outpatient visits
 * @param operations days of operations
 * @param examinations physical examinations, in any order
 * @param laboratory values of laboratories, in any order
 */
public record HealthRecord(LocalDate birth, boolean male, List<Stay> stays, List<Visit> visits,
        List<LocalDate> operations, List<Examination> examinations, List<LaboratoryValue> laboratory) {
    public HealthRecord {
        stays = List.copyOf(stays);
        visits = List.copyOf(visits);
        operations = List.copyOf(operations);
        examinations = List.copyOf(examinations);
        laboratory = List.copyOf(laboratory);
    }

    /**
     * A stay in hospital.
     *
     * @param diagnoses ICD-10 codes, the main one first
     */
    public record Stay(LocalDate admittedOn, LocalDate dischargedOn, List<String> diagnoses) {
        public Stay {
            diagnoses = List.copyOf(diagnoses);
        }
    }

    /**
     * An outpatient visit.
     *
     * @param diagnoses ICD-10 codes
     */
    public record Visit(LocalDate visitedOn, boolean emergency, List<String> diagnoses) {
        public Visit {
            diagnoses = List.copyOf(diagnoses);
        }
    }

    /**
     * A physical examination; null: not taken. Pressures in mmHg, lengths in cm, weight in kg, substances in mmol/L.
     */
    public record Examination(LocalDate examinedOn, @Nullable Double heightCm, @Nullable Double weightKg,
            @Nullable Double systolic, @Nullable Double diastolic, @Nullable Double fastingGlucose,
            @Nullable Double totalCholesterol, @Nullable Double hdl, @Nullable Double ldl, @Nullable Double triglycerides,
            @Nullable Boolean smoker) {
        /** Body mass index, kg/m². */
        Optional<Double> bodyMassIndex() {
            if (heightCm == null || weightKg == null || heightCm < 50) {
                return Optional.empty();
            }
            double metres = heightCm / 100;
            return Optional.of(weightKg / (metres * metres));
        }
    }

    /**
     * A value of a laboratory.
     *
     * @param code LOINC
     * @param unit UCUM
     */
    public record LaboratoryValue(LocalDate takenOn, String code, double amount, String unit) {}

    /** True: the sources hold nothing of this person. */
    public boolean empty() {
        return stays.isEmpty() && visits.isEmpty() && operations.isEmpty() && examinations.isEmpty() && laboratory.isEmpty();
    }
}

package cn.jingshu.products.underwriting;

import cn.jingshu.products.underwriting.CardiacFeatures.WorkUp;
import org.jspecify.annotations.Nullable;

/**
 * What the insurer asks about.
 *
 * @param sumInsuredFen above zero
 * @param workUp null: none was handed in
 */
public record Application(PolicyKind kind, long sumInsuredFen, Declared declared, @Nullable WorkUp workUp) {
    /** What the applicant declared; null: not asked. Lengths in cm, weight in kg. */
    public record Declared(@Nullable Boolean hospitalStayTwoYears, @Nullable Boolean longTermCondition,
            @Nullable Boolean operationFiveYears, @Nullable Boolean smoker, @Nullable Double heightCm, @Nullable Double weightKg) {
        /** Nothing was asked. */
        public static final Declared NOTHING = new Declared(null, null, null, null, null, null);

        /** Body mass index, kg/m²; null: not declared. */
        @Nullable Double bodyMassIndex() {
            return heightCm == null || weightKg == null ? null : Double.valueOf(weightKg / (heightCm * heightCm / 10_000));
        }
    }
}

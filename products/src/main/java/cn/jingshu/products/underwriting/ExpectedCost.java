package cn.jingshu.products.underwriting;

import java.util.List;

/**
 * The row of the model of expected cost: yearly charges by age, its square, children, body mass, sex, obesity, smoking, both
 * together, and region, after the form of Lantz (Machine Learning with R, ch. 6).
 */
public final class ExpectedCost {
    public static final List<String> NAMES = List.of("age", "age_squared", "children", "body_mass_index", "male",
            "obese", "smoker", "obese_smoker", "region_northwest", "region_southeast", "region_southwest");

    /** From this body mass index on a person is obese to the model, kg/m². */
    static final double OBESE = 30;

    private ExpectedCost() {}

    /** The row for a person; regions of the training data mean nothing here and stay at their first, as does the number of children. */
    static double[] row(int age, double bodyMassIndex, boolean male, boolean smoker) {
        return row(age, 0, bodyMassIndex, male, smoker, "northeast");
    }

    /** The row for a case of the training data. */
    public static double[] row(int age, int children, double bodyMassIndex, boolean male, boolean smoker, String region) {
        double obese = bodyMassIndex >= OBESE ? 1 : 0;
        return new double[] {
            age, (double) age * age, children, bodyMassIndex, male ? 1 : 0, obese, smoker ? 1 : 0, smoker ? obese : 0,
            region.equals("northwest") ? 1 : 0, region.equals("southeast") ? 1 : 0, region.equals("southwest") ? 1 : 0
        };
    }
}

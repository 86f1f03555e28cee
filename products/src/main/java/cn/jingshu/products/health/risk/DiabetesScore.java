package cn.jingshu.products.health.risk;

import java.util.List;
import java.util.Optional;

/**
 * 中国糖尿病风险评分: 0 to 51 points for undiagnosed type 2 diabetes, ages 20 to 74; from 25 points on an oral glucose tolerance
 * test is advised.
 *
 * @see "Zhou X et al. Diabet Med 2013;30:e88-e95; adopted by 中国2型糖尿病防治指南"
 */
public final class DiabetesScore extends RiskScore {
    /** From here on a glucose tolerance test is advised. */
    static final int CUT_OFF = 25;

    private static final double[][] AGE = {{20, 0}, {25, 4}, {35, 8}, {40, 11}, {45, 12}, {50, 13}, {55, 15}, {60, 16}, {65, 18}};
    private static final double[][] BMI = {{0, 0}, {22, 1}, {24, 3}, {30, 5}};
    private static final double[][] WAIST_MEN = {{0, 0}, {75, 3}, {80, 5}, {85, 7}, {90, 8}, {95, 10}};
    private static final double[][] WAIST_WOMEN = {{0, 0}, {70, 3}, {75, 5}, {80, 7}, {85, 8}, {90, 10}};
    private static final double[][] SYSTOLIC = {{0, 0}, {110, 1}, {120, 3}, {130, 6}, {140, 7}, {150, 8}, {160, 10}};

    public DiabetesScore() {
        super(new Facts("CHINA_DIABETES_SCORE", "中国糖尿病风险评分", "Chinese diabetes risk score", "2013",
                "Zhou X et al. Nonlaboratory-based risk assessment algorithm for undiagnosed type 2 diabetes developed on a nation-wide diabetes survey. Diabet Med 2013;30:e88-e95; 中国2型糖尿病防治指南",
                Scale.POINTS, 0, 51,
                "基于中国人群建立,适用于20至74岁、尚未诊断糖尿病者。", "Fitted in China for ages 20 to 74 without known diabetes.", ""));
    }

    @Override
    protected List<Input> needs(Inputs person) {
        return List.of(Input.AGE, Input.MALE, Input.BMI, Input.WAIST, Input.SYSTOLIC, Input.FAMILY_DIABETES);
    }

    @Override
    protected List<Outcome.Bound> bounds(Inputs person) {
        return List.of(new Outcome.Bound(Input.AGE, 20, 74.99));
    }

    @Override
    protected Optional<Outcome.NotApplicable> refusal(Inputs person) {
        return unknownDiabetesOnly(person);
    }

    /** The refusal of scores for people who are not known to have diabetes. */
    static Optional<Outcome.NotApplicable> unknownDiabetesOnly(Inputs person) {
        return person.isKnown(Input.DIABETES)
                ? Optional.of(new Outcome.NotApplicable("本评分用于尚未诊断糖尿病的人。", "For people not known to have diabetes."))
                : Optional.empty();
    }

    @Override
    protected Outcome.Scored score(Inputs person) {
        int points = points(person.value(Input.AGE), person.yes(Input.MALE), person.value(Input.BMI), person.value(Input.WAIST),
                person.value(Input.SYSTOLIC), person.value(Input.FAMILY_DIABETES) > 1.5);
        return new Outcome.Scored(points, null, points >= CUT_OFF
                ? new Outcome.Band("RAISED", "≥25分,建议做口服葡萄糖耐量试验", "25 points or more: an oral glucose tolerance test is advised", true)
                : new Outcome.Band("LOW", "低于25分", "below 25 points", false), true);
    }

    /** The points; {@code family}: a parent, sibling or child has diabetes. */
    static int points(double age, boolean male, double bmi, double waist, double systolic, boolean family) {
        return step(AGE, age) + step(BMI, bmi) + step(male ? WAIST_MEN : WAIST_WOMEN, waist) + step(SYSTOLIC, systolic)
                + (family ? 6 : 0) + (male ? 2 : 0);
    }

    /** The points of the last step whose lower bound is not above {@code value}. */
    private static int step(double[][] table, double value) {
        int points = 0;
        for (double[] row : table) {
            if (value >= row[0]) {
                points = (int) row[1];
            }
        }
        return points;
    }
}

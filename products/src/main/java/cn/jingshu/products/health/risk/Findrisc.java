package cn.jingshu.products.health.risk;

import java.util.List;
import java.util.Optional;

/**
 * FINDRISC, the eight-item form: 0 to 26 points for type 2 diabetes within ten years.
 *
 * @see "Lindström J, Tuomilehto J. Diabetes Care 2003;26:725-731"
 */
public final class Findrisc extends RiskScore {
    public Findrisc() {
        super(new Facts("FINDRISC", "芬兰糖尿病风险评分", "FINDRISC", "2003, 8 items",
                "Lindström J, Tuomilehto J. The Diabetes Risk Score. Diabetes Care 2003;26:725-731", Scale.POINTS, 10, 26,
                "基于芬兰人群建立,适用于尚未诊断糖尿病的成人;腰围与体质指数分界为欧洲标准,仅供参考。",
                "Fitted in Finland for adults without known diabetes; its bounds of waist and body mass index are European: for comparison only.", ""));
    }

    @Override
    protected List<Input> needs(Inputs person) {
        return List.of(Input.AGE, Input.MALE, Input.BMI, Input.WAIST, Input.DAILY_ACTIVITY, Input.DAILY_VEGETABLES,
                Input.EVER_TREATED_HYPERTENSION, Input.EVER_HIGH_GLUCOSE, Input.FAMILY_DIABETES);
    }

    @Override
    protected List<Outcome.Bound> bounds(Inputs person) {
        return List.of();
    }

    @Override
    protected Optional<Outcome.NotApplicable> refusal(Inputs person) {
        return DiabetesScore.unknownDiabetesOnly(person);
    }

    @Override
    protected Outcome.Scored score(Inputs person) {
        int points = points(person.value(Input.AGE), person.yes(Input.MALE), person.value(Input.BMI), person.value(Input.WAIST),
                person.yes(Input.DAILY_ACTIVITY), person.yes(Input.DAILY_VEGETABLES), person.yes(Input.EVER_TREATED_HYPERTENSION),
                person.yes(Input.EVER_HIGH_GLUCOSE), (int) person.value(Input.FAMILY_DIABETES));
        return new Outcome.Scored(points, null, band(points), true);
    }

    /** The points; {@code family}: 0 none, 1 second degree, 2 first degree. */
    static int points(double age, boolean male, double bmi, double waist, boolean active, boolean vegetables, boolean drugs, boolean highGlucose, int family) {
        double lower = male ? 94 : 80;
        double upper = male ? 102 : 88;
        return (age < 45 ? 0 : age < 55 ? 2 : age < 65 ? 3 : 4)
                + (bmi < 25 ? 0 : bmi <= 30 ? 1 : 3)
                + (waist < lower ? 0 : waist <= upper ? 3 : 4)
                + (active ? 0 : 2) + (vegetables ? 0 : 1) + (drugs ? 2 : 0) + (highGlucose ? 5 : 0)
                + (family == 2 ? 5 : family == 1 ? 3 : 0);
    }

    static Outcome.Band band(int points) {
        if (points < 7) {
            return new Outcome.Band("LOW", "低风险,约1/100", "low risk, about 1 in 100", false);
        }
        if (points <= 11) {
            return new Outcome.Band("SLIGHTLY_ELEVATED", "略高风险,约1/25", "slightly elevated risk, about 1 in 25", false);
        }
        if (points <= 14) {
            return new Outcome.Band("MODERATE", "中等风险,约1/6", "moderate risk, about 1 in 6", true);
        }
        return points <= 20 ? new Outcome.Band("HIGH", "高风险,约1/3", "high risk, about 1 in 3", true)
                : new Outcome.Band("VERY_HIGH", "很高风险,约1/2", "very high risk, about 1 in 2", true);
    }
}

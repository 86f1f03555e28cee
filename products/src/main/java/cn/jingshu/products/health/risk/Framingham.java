package cn.jingshu.products.health.risk;

import java.util.List;
import java.util.Optional;

/**
 * Framingham general cardiovascular risk profile (2008): ten-year risk of any cardiovascular event, with lipids or with the body
 * mass index in their place, {@code 1 - S^exp(sum - mean)}.
 *
 * @see "D'Agostino RB et al. Circulation 2008;117:743-753, tables 2 and 4"
 */
public final class Framingham extends RiskScore {
    private final boolean simple;

    /** @param simple true: the model without laboratory values */
    public Framingham(boolean simple) {
        super(new Facts(simple ? "FRAMINGHAM_2008_BMI" : "FRAMINGHAM_2008",
                simple ? "弗雷明汉总体心血管风险(无化验)" : "弗雷明汉总体心血管风险",
                simple ? "Framingham general risk without laboratory" : "Framingham general risk", "2008",
                "D'Agostino RB et al. General cardiovascular risk profile for use in primary care: the Framingham Heart Study. Circulation 2008;117:743-753",
                Scale.PERCENT, 10, 100,
                "基于美国弗雷明汉人群建立,适用于30至74岁、尚未患心血管病者;在中国人群中高估,仅供参考。",
                "Fitted in Framingham, USA, for ages 30 to 74 without cardiovascular disease; overestimates in China, for comparison only.", ""));
        this.simple = simple;
    }

    @Override
    protected List<Input> needs(Inputs person) {
        return simple
                ? List.of(Input.AGE, Input.MALE, Input.BMI, Input.SYSTOLIC, Input.TREATED_HYPERTENSION, Input.SMOKER, Input.DIABETES)
                : List.of(Input.AGE, Input.MALE, Input.TOTAL_CHOLESTEROL, Input.HDL, Input.SYSTOLIC, Input.TREATED_HYPERTENSION, Input.SMOKER, Input.DIABETES);
    }

    @Override
    protected List<Outcome.Bound> bounds(Inputs person) {
        var age = new Outcome.Bound(Input.AGE, 30, 74);
        var systolic = new Outcome.Bound(Input.SYSTOLIC, 90, 200);
        return simple ? List.of(age, systolic, new Outcome.Bound(Input.BMI, 15, 50))
                : List.of(age, systolic, new Outcome.Bound(Input.TOTAL_CHOLESTEROL, 100 / PooledCohort.MG_DL_PER_MMOL_L, 405 / PooledCohort.MG_DL_PER_MMOL_L),
                        new Outcome.Bound(Input.HDL, 10 / PooledCohort.MG_DL_PER_MMOL_L, 100 / PooledCohort.MG_DL_PER_MMOL_L));
    }

    @Override
    protected Optional<Outcome.NotApplicable> refusal(Inputs person) {
        return primaryPreventionOnly(person);
    }

    @Override
    protected Outcome.Scored score(Inputs person) {
        boolean male = person.yes(Input.MALE);
        double age = person.value(Input.AGE);
        double systolic = person.value(Input.SYSTOLIC);
        boolean treated = person.yes(Input.TREATED_HYPERTENSION);
        boolean smoker = person.yes(Input.SMOKER);
        boolean diabetes = person.yes(Input.DIABETES);
        double percent = simple ? simplePercent(male, age, person.value(Input.BMI), systolic, treated, smoker, diabetes)
                : percent(male, age, person.value(Input.TOTAL_CHOLESTEROL) * PooledCohort.MG_DL_PER_MMOL_L,
                        person.value(Input.HDL) * PooledCohort.MG_DL_PER_MMOL_L, systolic, treated, smoker, diabetes);
        return new Outcome.Scored(percent, null, band(percent), true);
    }

    /** Ten-year risk in percent; cholesterols in mg/dL. */
    static double percent(boolean male, double age, double total, double hdl, double systolic, boolean treated, boolean smoker, boolean diabetes) {
        double sum = male
                ? 3.06117 * Math.log(age) + 1.12370 * Math.log(total) - 0.93263 * Math.log(hdl) + (treated ? 1.99881 : 1.93303) * Math.log(systolic)
                        + (smoker ? 0.65451 : 0) + (diabetes ? 0.57367 : 0) - 23.9802
                : 2.32888 * Math.log(age) + 1.20904 * Math.log(total) - 0.70833 * Math.log(hdl) + (treated ? 2.82263 : 2.76157) * Math.log(systolic)
                        + (smoker ? 0.52873 : 0) + (diabetes ? 0.69154 : 0) - 26.1931;
        return 100 * (1 - Math.pow(male ? 0.88936 : 0.95012, Math.exp(sum)));
    }

    /** Ten-year risk in percent from the body mass index. */
    static double simplePercent(boolean male, double age, double bmi, double systolic, boolean treated, boolean smoker, boolean diabetes) {
        double sum = male
                ? 3.11296 * Math.log(age) + 0.79277 * Math.log(bmi) + (treated ? 1.92672 : 1.85508) * Math.log(systolic)
                        + (smoker ? 0.70953 : 0) + (diabetes ? 0.53160 : 0) - 23.9388
                : 2.72107 * Math.log(age) + 0.51125 * Math.log(bmi) + (treated ? 2.88267 : 2.81291) * Math.log(systolic)
                        + (smoker ? 0.61868 : 0) + (diabetes ? 0.77763 : 0) - 26.0145;
        return 100 * (1 - Math.pow(male ? 0.88431 : 0.94833, Math.exp(sum)));
    }

    private static Outcome.Band band(double percent) {
        if (percent >= 20) {
            return new Outcome.Band("HIGH", "高风险(≥20%)", "high risk (≥20 %)", true);
        }
        return percent >= 10 ? new Outcome.Band("INTERMEDIATE", "中等风险(10%至<20%)", "intermediate risk (10 % to <20 %)", true)
                : new Outcome.Band("LOW", "低风险(<10%)", "low risk (<10 %)", false);
    }
}

package cn.jingshu.products.health.risk;

import java.util.List;
import java.util.Optional;

/**
 * Pooled Cohort Equations (ACC/AHA 2013): ten-year risk of a first hard ASCVD event in the United States,
 * {@code 1 - S^exp(sum - mean)}, with an equation for each sex and for African Americans and others.
 *
 * @see "Goff DC et al. Circulation 2014;129(25 suppl 2):S49-S73, table A"
 */
public final class PooledCohort extends RiskScore {
    /** Milligrams a decilitre of cholesterol in one millimole a litre. */
    static final double MG_DL_PER_MMOL_L = 38.67;

    private record Equation(double lnAge, double lnAgeSquared, double lnTotal, double ageTotal, double lnHdl, double ageHdl,
            double treated, double ageTreated, double untreated, double ageUntreated, double smoker, double ageSmoker,
            double diabetes, double mean, double survival) {}

    private static final Equation WHITE_WOMEN = new Equation(-29.799, 4.884, 13.540, -3.114, -13.578, 3.149, 2.019, 0, 1.957, 0,
            7.574, -1.665, 0.661, -29.18, 0.9665);
    private static final Equation BLACK_WOMEN = new Equation(17.114, 0, 0.940, 0, -18.920, 4.475, 29.291, -6.432, 27.820, -6.087,
            0.691, 0, 0.874, 86.61, 0.9533);
    private static final Equation WHITE_MEN = new Equation(12.344, 0, 11.853, -2.664, -7.990, 1.769, 1.797, 0, 1.764, 0,
            7.837, -1.795, 0.658, 61.18, 0.9144);
    private static final Equation BLACK_MEN = new Equation(2.469, 0, 0.302, 0, -0.307, 0, 1.916, 0, 1.809, 0,
            0.549, 0, 0.645, 19.54, 0.8954);

    public PooledCohort() {
        super(new Facts("PCE_2013", "汇总队列方程 (PCE)", "Pooled Cohort Equations", "2013",
                "Goff DC et al. 2013 ACC/AHA guideline on the assessment of cardiovascular risk. Circulation 2014;129(25 suppl 2):S49-S73",
                Scale.PERCENT, 10, 100,
                "基于美国人群建立,适用于40至79岁、尚未患心血管病者;在中国人群中明显高估,仅供参考。",
                "Fitted in the United States for ages 40 to 79 without cardiovascular disease; overestimates in China, for comparison only.", ""));
    }

    @Override
    protected List<Input> needs(Inputs person) {
        return List.of(Input.AGE, Input.MALE, Input.POOLED_COHORT_BLACK, Input.TOTAL_CHOLESTEROL, Input.HDL, Input.SYSTOLIC,
                Input.TREATED_HYPERTENSION, Input.SMOKER, Input.DIABETES);
    }

    @Override
    protected List<Outcome.Bound> bounds(Inputs person) {
        return List.of(new Outcome.Bound(Input.AGE, 40, 79), new Outcome.Bound(Input.TOTAL_CHOLESTEROL, 130 / MG_DL_PER_MMOL_L, 320 / MG_DL_PER_MMOL_L),
                new Outcome.Bound(Input.HDL, 20 / MG_DL_PER_MMOL_L, 100 / MG_DL_PER_MMOL_L), new Outcome.Bound(Input.SYSTOLIC, 90, 200));
    }

    @Override
    protected Optional<Outcome.NotApplicable> refusal(Inputs person) {
        return primaryPreventionOnly(person);
    }

    @Override
    protected Outcome.Scored score(Inputs person) {
        double percent = percent(person.yes(Input.MALE), person.yes(Input.POOLED_COHORT_BLACK), person.value(Input.AGE),
                person.value(Input.TOTAL_CHOLESTEROL) * MG_DL_PER_MMOL_L, person.value(Input.HDL) * MG_DL_PER_MMOL_L,
                person.value(Input.SYSTOLIC), person.yes(Input.TREATED_HYPERTENSION), person.yes(Input.SMOKER), person.yes(Input.DIABETES));
        return new Outcome.Scored(percent, null, band(percent), true);
    }

    /** Ten-year risk in percent; cholesterols in mg/dL. */
    static double percent(boolean male, boolean black, double age, double total, double hdl, double systolic, boolean treated, boolean smoker, boolean diabetes) {
        Equation e = male ? (black ? BLACK_MEN : WHITE_MEN) : (black ? BLACK_WOMEN : WHITE_WOMEN);
        double a = Math.log(age);
        double sum = e.lnAge * a + e.lnAgeSquared * a * a + (e.lnTotal + e.ageTotal * a) * Math.log(total)
                + (e.lnHdl + e.ageHdl * a) * Math.log(hdl)
                + (treated ? e.treated + e.ageTreated * a : e.untreated + e.ageUntreated * a) * Math.log(systolic)
                + (smoker ? e.smoker + e.ageSmoker * a : 0) + (diabetes ? e.diabetes : 0);
        return 100 * (1 - Math.pow(e.survival, Math.exp(sum - e.mean)));
    }

    private static Outcome.Band band(double percent) {
        if (percent >= 20) {
            return new Outcome.Band("HIGH", "高风险(ACC/AHA 2019,≥20%)", "high risk (ACC/AHA 2019, ≥20 %)", true);
        }
        if (percent >= 7.5) {
            return new Outcome.Band("INTERMEDIATE", "中等风险(7.5%至<20%)", "intermediate risk (7.5 % to <20 %)", true);
        }
        return percent >= 5 ? new Outcome.Band("BORDERLINE", "临界风险(5%至<7.5%)", "borderline risk (5 % to <7.5 %)", false)
                : new Outcome.Band("LOW", "低风险(<5%)", "low risk (<5 %)", false);
    }
}

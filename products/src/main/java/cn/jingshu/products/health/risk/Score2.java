package cn.jingshu.products.health.risk;

import java.util.List;
import java.util.Optional;

/**
 * SCORE2 (ages 40 to 69) and SCORE2-OP (70 to 89): ten-year risk of fatal and non-fatal cardiovascular events in Europe. A sex
 * specific equation gives a risk, which is recalibrated to one of four regions by {@code 1 - exp(-exp(a + b ln(-ln(1 - risk))))}.
 *
 * @see "SCORE2 working group. Eur Heart J 2021;42:2439-2454, supplementary methods, tables 2 and 4"
 * @see "SCORE2-OP working group. Eur Heart J 2021;42:2455-2467, supplementary tables"
 */
public final class Score2 extends RiskScore {
    private static final double[][] CALIBRATION_MEN = {{-0.5699, 0.7476}, {-0.1565, 0.8009}, {0.3207, 0.9360}, {0.5836, 0.8294}};
    private static final double[][] CALIBRATION_WOMEN = {{-0.7380, 0.7019}, {-0.3143, 0.7701}, {0.5710, 0.9369}, {0.9412, 0.8329}};
    private static final double[][] OLDER_MEN = {{-0.34, 1.19}, {0.01, 1.25}, {0.08, 1.15}, {0.05, 0.70}};
    private static final double[][] OLDER_WOMEN = {{-0.52, 1.01}, {-0.10, 1.10}, {0.38, 1.09}, {0.38, 0.69}};

    private final boolean older;

    /** @param older true: SCORE2-OP */
    public Score2(boolean older) {
        super(older
                ? new Facts("SCORE2_OP", "SCORE2-OP 心血管病风险(70岁及以上)", "SCORE2-OP", "2021",
                        "SCORE2-OP working group. Eur Heart J 2021;42:2455-2467. doi:10.1093/eurheartj/ehab312", Scale.PERCENT, 10, 100,
                        "基于欧洲人群建立,适用于70至89岁;中国不属于任何风险地区,地区由本人选择,仅供参考。",
                        "Fitted in Europe for ages 70 to 89; China belongs to none of its regions, the region is the person's choice: for comparison only.", "")
                : new Facts("SCORE2", "SCORE2 心血管病风险", "SCORE2", "2021",
                        "SCORE2 working group. Eur Heart J 2021;42:2439-2454. doi:10.1093/eurheartj/ehab309", Scale.PERCENT, 10, 100,
                        "基于欧洲人群建立,适用于40至69岁、无糖尿病者;中国不属于任何风险地区,地区由本人选择,仅供参考。",
                        "Fitted in Europe for ages 40 to 69 without diabetes; China belongs to none of its regions, the region is the person's choice: for comparison only.", ""));
        this.older = older;
    }

    @Override
    protected List<Input> needs(Inputs person) {
        return List.of(Input.AGE, Input.MALE, Input.SMOKER, Input.SYSTOLIC, Input.DIABETES, Input.TOTAL_CHOLESTEROL, Input.HDL,
                Input.EUROPEAN_REGION);
    }

    @Override
    protected List<Outcome.Bound> bounds(Inputs person) {
        return List.of(new Outcome.Bound(Input.AGE, older ? 70 : 40, older ? 89.99 : 69.99),
                new Outcome.Bound(Input.SYSTOLIC, 60, 230), new Outcome.Bound(Input.TOTAL_CHOLESTEROL, 2, 12),
                new Outcome.Bound(Input.HDL, 0.3, 4));
    }

    @Override
    protected Optional<Outcome.NotApplicable> refusal(Inputs person) {
        if (!older && person.isKnown(Input.DIABETES)) {
            return Optional.of(new Outcome.NotApplicable("SCORE2不用于糖尿病患者。", "SCORE2 is not for people with diabetes."));
        }
        return primaryPreventionOnly(person);
    }

    @Override
    protected Outcome.Scored score(Inputs person) {
        double age = person.value(Input.AGE);
        double percent = percent(person.yes(Input.MALE), age, person.yes(Input.SMOKER), person.value(Input.SYSTOLIC),
                person.yes(Input.DIABETES), person.value(Input.TOTAL_CHOLESTEROL), person.value(Input.HDL),
                (int) person.value(Input.EUROPEAN_REGION));
        return new Outcome.Scored(percent, null, band(age, percent), true);
    }

    /**
     * Ten-year risk in percent; SCORE2 below 70 years, SCORE2-OP from then on.
     *
     * @param region 0 low, 1 moderate, 2 high, 3 very high
     */
    static double percent(boolean male, double age, boolean smoker, double systolic, boolean diabetes, double total, double hdl, int region) {
        return age < 70 ? younger(male, age, smoker, systolic, diabetes, total, hdl, region)
                : olderPercent(male, age, smoker, systolic, diabetes, total, hdl, region);
    }

    private static double younger(boolean male, double age, boolean smoker, double systolic, boolean diabetes, double total, double hdl, int region) {
        double a = (age - 60) / 5;
        double s = smoker ? 1 : 0;
        double p = (systolic - 120) / 20;
        double d = diabetes ? 1 : 0;
        double t = total - 6;
        double h = (hdl - 1.3) / 0.5;
        double sum = male
                ? 0.3742 * a + 0.6012 * s + 0.2777 * p + 0.6457 * d + 0.1458 * t - 0.2698 * h
                        - 0.0755 * a * s - 0.0255 * a * p - 0.0983 * a * d - 0.0281 * a * t + 0.0426 * a * h
                : 0.4648 * a + 0.7744 * s + 0.3131 * p + 0.8096 * d + 0.1002 * t - 0.2606 * h
                        - 0.1088 * a * s - 0.0277 * a * p - 0.1272 * a * d - 0.0226 * a * t + 0.0613 * a * h;
        double risk = 1 - Math.pow(male ? 0.9605 : 0.9776, Math.exp(sum));
        return recalibrate(risk, (male ? CALIBRATION_MEN : CALIBRATION_WOMEN)[region]);
    }

    private static double olderPercent(boolean male, double age, boolean smoker, double systolic, boolean diabetes, double total, double hdl, int region) {
        double a = age - 73;
        double s = smoker ? 1 : 0;
        double p = systolic - 150;
        double d = diabetes ? 1 : 0;
        double t = total - 6;
        double h = hdl - 1.4;
        double sum = male
                ? 0.0634 * a + 0.4245 * d + 0.3524 * s + 0.0094 * p + 0.0850 * t - 0.3564 * h
                        - 0.0174 * a * d - 0.0247 * a * s - 0.0005 * a * p + 0.0073 * a * t + 0.0091 * a * h - 0.0929
                : 0.0789 * a + 0.6010 * d + 0.4921 * s + 0.0102 * p + 0.0605 * t - 0.3040 * h
                        - 0.0107 * a * d - 0.0255 * a * s - 0.0004 * a * p - 0.0009 * a * t + 0.0154 * a * h - 0.2290;
        double risk = 1 - Math.pow(male ? 0.7576 : 0.8082, Math.exp(sum));
        return recalibrate(risk, (male ? OLDER_MEN : OLDER_WOMEN)[region]);
    }

    private static double recalibrate(double risk, double[] scales) {
        return 100 * (1 - Math.exp(-Math.exp(scales[0] + scales[1] * Math.log(-Math.log(1 - risk)))));
    }

    /** What a risk means at an age (ESC guidelines on prevention 2021, table 5): the bounds rise at 50 and 70 years. */
    static Outcome.Band band(double age, double percent) {
        double high = age < 50 ? 7.5 : age < 70 ? 10 : 15;
        double moderate = age < 50 ? 2.5 : age < 70 ? 5 : 7.5;
        double shown = Math.round(percent * 10) / 10.0;
        if (shown >= high) {
            return new Outcome.Band("HIGH", "高风险(ESC 2021)", "high risk (ESC 2021)", true);
        }
        return shown >= moderate ? new Outcome.Band("MODERATE", "中等风险(ESC 2021)", "moderate risk (ESC 2021)", true)
                : new Outcome.Band("LOW", "低风险(ESC 2021)", "low risk (ESC 2021)", false);
    }
}

package cn.jingshu.products.health.risk;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * China-PAR: risk of a heart attack, coronary death or stroke in Chinese adults, within ten years or up to the age of 85.
 *
 * <p>Ten years: {@code 1 - exp(-exp(a + sum))}, the sum over logarithms of age, systolic pressure (treated or not), total and HDL
 * cholesterol (mg/dL) and waist, over smoking, diabetes, living in the north, for men in a town and family history, and over
 * products with the logarithm of age. Lifetime: the same form without age in the sum and an {@code a} of its own for each age. The
 * printed equation has two decimals; the digits behind them, and all of the lifetime equation, were recovered from answers of the
 * official calculator. {@code china-par-2016.json} says how and how well.
 *
 * @see "Yang X et al. Circulation 2016;134:1430-1440"
 * @see "Liu F et al. Sci Bull 2018;63:779-787 (lifetime risk)"
 */
public final class ChinaPar extends RiskScore {
    /** From this lifetime risk on it is called high (中国心血管病风险评估和管理指南 2019). */
    static final double HIGH_LIFETIME = 32.8;

    private static final JsonNode FILE = ModelFile.read("china-par-2016.json");
    private static final SexEquations MEN = SexEquations.of(FILE.path("men"));
    private static final SexEquations WOMEN = SexEquations.of(FILE.path("women"));

    private final boolean lifetime;

    /** @param lifetime false: ten years */
    public ChinaPar(boolean lifetime) {
        super(lifetime
                ? new Facts("CHINA_PAR_LIFETIME", "China-PAR 心血管病终生风险", "China-PAR lifetime risk", ModelFile.text(FILE, "version"),
                        ModelFile.text(FILE, "lifetimeCitation"), Scale.PERCENT, 0, 100,
                        "基于中国人群建立;官方计算器对20至59岁给出终生风险(至85岁),系数由官方答案还原。",
                        "Fitted in China; the official calculator answers lifetime risk (to age 85) from 20 to 59, the coefficients were recovered from its answers.", "")
                : new Facts("CHINA_PAR_10Y", "China-PAR 心血管病10年风险", "China-PAR ten-year risk", ModelFile.text(FILE, "version"),
                        ModelFile.text(FILE, "citation"), Scale.PERCENT, 10, 100,
                        "基于中国人群建立,适用于35至74岁、尚未患心血管病者;官方计算器接受20至85岁,其他年龄仅供参考。",
                        "Fitted in China for ages 35 to 74 without cardiovascular disease; the official calculator takes 20 to 85, other ages are indicative.", ""));
        this.lifetime = lifetime;
    }

    private record SexEquations(Map<String, Double> tenYear, double intercept, Map<String, Double> lifetime, List<Double> byAge) {
        static SexEquations of(JsonNode node) {
            return new SexEquations(ModelFile.terms(node.path("tenYear"), "terms"), ModelFile.number(node.path("tenYear"), "intercept"),
                    ModelFile.terms(node.path("lifetime"), "terms"), ModelFile.numbers(node.path("lifetime"), "interceptByAge"));
        }
    }

    /** Ten-year risk in percent. */
    static double tenYearPercent(ChinaParReading of) {
        SexEquations equations = of.male() ? MEN : WOMEN;
        return percent(equations.intercept + sum(equations.tenYear, of));
    }

    /** Lifetime risk in percent; empty outside {@link ChinaParReading#FIRST_LIFETIME_AGE} to {@link ChinaParReading#LAST_LIFETIME_AGE}. */
    static Optional<Double> lifetimePercent(ChinaParReading of) {
        int age = (int) Math.floor(of.age());
        if (age < ChinaParReading.FIRST_LIFETIME_AGE || age > ChinaParReading.LAST_LIFETIME_AGE) {
            return Optional.empty();
        }
        SexEquations equations = of.male() ? MEN : WOMEN;
        return Optional.of(percent(equations.byAge.get(age - ChinaParReading.FIRST_LIFETIME_AGE) + sum(equations.lifetime, of)));
    }

    private static double percent(double eta) {
        return 100 * (1 - Math.exp(-Math.exp(eta)));
    }

    private static double sum(Map<String, Double> terms, ChinaParReading of) {
        double sum = 0;
        for (Map.Entry<String, Double> term : terms.entrySet()) {
            sum += term.getValue() * of.term(term.getKey());
        }
        return sum;
    }

    @Override
    protected List<Input> needs(Inputs person) {
        List<Input> needs = new ArrayList<>(List.of(Input.AGE, Input.MALE, Input.SYSTOLIC, Input.TREATED_HYPERTENSION,
                Input.TOTAL_CHOLESTEROL, Input.HDL, Input.WAIST, Input.SMOKER, Input.DIABETES, Input.NORTHERN));
        if (person.isKnown(Input.MALE)) {
            needs.add(Input.URBAN);
            needs.add(Input.FAMILY_ASCVD);
        }
        return needs;
    }

    @Override
    protected List<Outcome.Bound> bounds(Inputs person) {
        return List.of(new Outcome.Bound(Input.AGE, lifetime ? ChinaParReading.FIRST_LIFETIME_AGE : 20, lifetime ? ChinaParReading.LAST_LIFETIME_AGE + 0.99 : 85.99),
                new Outcome.Bound(Input.WAIST, 50, 130), new Outcome.Bound(Input.TOTAL_CHOLESTEROL, 2, 11),
                new Outcome.Bound(Input.HDL, 0.5, 4), new Outcome.Bound(Input.SYSTOLIC, 70, 200));
    }

    @Override
    protected Optional<Outcome.NotApplicable> refusal(Inputs person) {
        return primaryPreventionOnly(person);
    }

    @Override
    protected Outcome.Scored score(Inputs person) {
        boolean male = person.yes(Input.MALE);
        ChinaParReading reading = new ChinaParReading(male, Math.floor(person.value(Input.AGE)), person.value(Input.SYSTOLIC),
                person.yes(Input.TREATED_HYPERTENSION), person.value(Input.TOTAL_CHOLESTEROL) / ChinaParReading.MMOL_L_PER_MG_DL,
                person.value(Input.HDL) / ChinaParReading.MMOL_L_PER_MG_DL, person.value(Input.WAIST), person.yes(Input.SMOKER),
                person.yes(Input.DIABETES), person.yes(Input.NORTHERN), male && person.yes(Input.URBAN),
                male && person.yes(Input.FAMILY_ASCVD));
        boolean validated = reading.age() >= 35 && reading.age() <= 74;
        if (lifetime) {
            double percent = lifetimePercent(reading).orElseThrow();
            return new Outcome.Scored(percent, lifetimePercent(reading.ideal()).orElseThrow(), lifetimeBand(percent), validated);
        }
        double percent = tenYearPercent(reading);
        return new Outcome.Scored(percent, tenYearPercent(reading.ideal()), tenYearBand(percent), validated);
    }

    /** 低危 below 5 %, 中危 from 5 %, 高危 from 10 %, of the value as shown with one decimal. */
    static Outcome.Band tenYearBand(double percent) {
        double shown = Math.round(percent * 10) / 10.0;
        if (shown >= 10) {
            return new Outcome.Band("HIGH", "高危(≥10%)", "high risk (≥10 %)", true);
        }
        return shown >= 5 ? new Outcome.Band("MEDIUM", "中危(5%至<10%)", "medium risk (5 % to <10 %)", true)
                : new Outcome.Band("LOW", "低危(<5%)", "low risk (<5 %)", false);
    }

    static Outcome.Band lifetimeBand(double percent) {
        return Math.round(percent * 10) / 10.0 >= HIGH_LIFETIME
                ? new Outcome.Band("HIGH", "终生风险高(≥32.8%)", "high lifetime risk (≥32.8 %)", true)
                : new Outcome.Band("NOT_HIGH", "终生风险不高(<32.8%)", "lifetime risk not high (<32.8 %)", false);
    }
}

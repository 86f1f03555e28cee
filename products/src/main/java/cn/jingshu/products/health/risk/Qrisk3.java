package cn.jingshu.products.health.risk;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * QRISK3-2017: ten-year risk of a heart attack or stroke in England. The linear predictor is a sum over fractional polynomials
 * of age and body mass index, centred measurements and conditions, and their products with the two terms of age; the risk is
 * {@code 1 - S^exp(sum)}. Coefficients are read from {@code qrisk3-2017.json}, which says where they come from.
 *
 * @see "Hippisley-Cox J, Coupland C, Brindle P. BMJ 2017;357:j2099"
 */
public final class Qrisk3 extends RiskScore {
    private static final JsonNode FILE = ModelFile.read("qrisk3-2017.json");

    private static final List<Input> CONDITIONS = List.of(Input.ATRIAL_FIBRILLATION, Input.ATYPICAL_ANTIPSYCHOTICS,
            Input.CORTICOSTEROIDS, Input.MIGRAINE, Input.RHEUMATOID_ARTHRITIS, Input.CHRONIC_KIDNEY_DISEASE,
            Input.SEVERE_MENTAL_ILLNESS, Input.LUPUS, Input.TREATED_HYPERTENSION, Input.TYPE_1_DIABETES, Input.TYPE_2_DIABETES);

    private final Equation women = Equation.of(FILE.path("female"));
    private final Equation men = Equation.of(FILE.path("male"));

    public Qrisk3() {
        super(new Facts("QRISK3_2017", "QRISK3 心血管病风险", "QRISK3", "2017",
                ModelFile.text(FILE, "citation"), Scale.PERCENT, 10, 100,
                "基于英格兰人群建立,适用于25至84岁、尚未患心血管病者;未在中国人群校准,仅供参考。",
                "Fitted in England for ages 25 to 84 without cardiovascular disease; not calibrated for China, for comparison only.",
                ModelFile.text(FILE, "disclaimer")));
    }

    @Override
    protected List<Input> needs(Inputs person) {
        List<Input> needs = new ArrayList<>(List.of(Input.AGE, Input.MALE, Input.BMI, Input.TOTAL_CHOLESTEROL, Input.HDL,
                Input.SYSTOLIC, Input.SYSTOLIC_DEVIATION, Input.SMOKING_CATEGORY, Input.ETHNICITY, Input.TOWNSEND,
                Input.FAMILY_EARLY_CORONARY));
        needs.addAll(CONDITIONS);
        if (person.isKnown(Input.MALE)) {
            needs.add(Input.ERECTILE_DYSFUNCTION);
        }
        return needs;
    }

    @Override
    protected List<Outcome.Bound> bounds(Inputs person) {
        return List.of(new Outcome.Bound(Input.AGE, 25, 84), new Outcome.Bound(Input.BMI, 20, 40),
                new Outcome.Bound(Input.SYSTOLIC, 70, 210));
    }

    @Override
    protected Optional<Outcome.NotApplicable> refusal(Inputs person) {
        return primaryPreventionOnly(person);
    }

    @Override
    protected Outcome.Scored score(Inputs person) {
        double percent = percent(person);
        return new Outcome.Scored(percent, null, percent >= 10
                ? new Outcome.Band("RAISED", "达到NICE建议讨论干预的水平(≥10%)", "at the level where NICE advises to discuss treatment (≥10 %)", true)
                : new Outcome.Band("LOW", "低于10%", "below 10 %", false), true);
    }

    /** Ten-year risk in percent; what the equation needs must be known. The ratio is of total to HDL cholesterol. */
    double percent(Inputs person) {
        return (person.yes(Input.MALE) ? men : women).percent(person);
    }

    private record Equation(double survival, List<Double> agePowers, List<Double> ageMeans, List<Double> bmiMeans,
            Map<String, Double> means, List<Double> ethnicity, List<Double> smoking, List<Double> age,
            Map<String, Double> terms, Map<String, Double> withAge1, Map<String, Double> withAge2) {

        static Equation of(JsonNode node) {
            return new Equation(ModelFile.number(node, "survival"), ModelFile.numbers(node, "agePowers"),
                    ModelFile.numbers(node, "ageMeans"), ModelFile.numbers(node, "bmiMeans"), ModelFile.terms(node, "means"),
                    ModelFile.numbers(node, "ethnicity"), ModelFile.numbers(node, "smoking"), ModelFile.numbers(node, "age"),
                    ModelFile.terms(node, "terms"), ModelFile.terms(node, "withAge1"), ModelFile.terms(node, "withAge2"));
        }

        double percent(Inputs person) {
            double decades = person.value(Input.AGE) / 10;
            double age1 = Math.pow(decades, agePowers.get(0)) - ageMeans.get(0);
            double age2 = Math.pow(decades, agePowers.get(1)) - ageMeans.get(1);
            double sum = ethnicity.get((int) person.value(Input.ETHNICITY) - 1)
                    + smoking.get((int) person.value(Input.SMOKING_CATEGORY) - 1)
                    + age1 * age.get(0) + age2 * age.get(1)
                    + weigh(terms, person) + age1 * weigh(withAge1, person) + age2 * weigh(withAge2, person);
            return 100 * (1 - Math.pow(survival, Math.exp(sum)));
        }

        private double weigh(Map<String, Double> weights, Inputs person) {
            double sum = 0;
            for (Map.Entry<String, Double> term : weights.entrySet()) {
                sum += term.getValue() * value(term.getKey(), person);
            }
            return sum;
        }

        private double value(String term, Inputs person) {
            double tens = person.value(Input.BMI) / 10;
            return switch (term) {
                case "bmi1" -> Math.pow(tens, -2) - bmiMeans.get(0);
                case "bmi2" -> Math.pow(tens, -2) * Math.log(tens) - bmiMeans.get(1);
                case "ratio" -> person.value(Input.TOTAL_CHOLESTEROL) / person.value(Input.HDL) - mean(term);
                case "systolic" -> person.value(Input.SYSTOLIC) - mean(term);
                case "systolicDeviation" -> person.value(Input.SYSTOLIC_DEVIATION) - mean(term);
                case "townsend" -> person.value(Input.TOWNSEND) - mean(term);
                case "FAMILY_HISTORY" -> person.value(Input.FAMILY_EARLY_CORONARY);
                case "smoking2", "smoking3", "smoking4", "smoking5" ->
                    (int) person.value(Input.SMOKING_CATEGORY) == term.charAt(term.length() - 1) - '0' ? 1 : 0;
                default -> person.value(Input.valueOf(term)); // an unknown name in the file fails the first start
            };
        }

        private double mean(String term) {
            return Objects.requireNonNull(means.get(term));
        }
    }
}

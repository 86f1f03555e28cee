package cn.jingshu.products.health.guideline;

import java.util.ArrayList;
import java.util.List;

/** What Chinese guidelines call a value. A category is a range, never a diagnosis: that takes a doctor and repeated readings. */
public final class Guidelines {
    public static final String PRESSURE = "中国高血压防治指南(2024年修订版)";
    public static final String GLUCOSE = "中国糖尿病防治指南(2024版)";
    public static final String PREDIABETES = "ADA Standards of Care in Diabetes 2024 (5.7 %); 中国糖尿病防治指南(2024版) (6.5 %)";
    public static final String LIPIDS = "中国血脂管理指南(2023年)";
    public static final String WEIGHT = "WS/T 428-2013 成人体重判定";

    private static final String HIGH_NORMAL = "HIGH_NORMAL";

    private Guidelines() {}

    /** A bound of a guideline, drawn across a chart. */
    public record Line(double value, String zh, String en) {}

    private record Step(double from, Category category) {}

    private static Step step(double from, String code, String zh, String en, Concern concern, String citation) {
        return new Step(from, new Category(code, zh, en, concern, citation));
    }

    private static final List<Step> SYSTOLIC = List.of(
            step(0, "NORMAL", "正常", "normal", Concern.NORMAL, PRESSURE),
            step(120, HIGH_NORMAL, "正常高值", "high normal", Concern.WATCH, PRESSURE),
            step(140, "GRADE_1", "1级高血压范围", "range of grade 1 hypertension", Concern.SEE_DOCTOR, PRESSURE),
            step(160, "GRADE_2", "2级高血压范围", "range of grade 2 hypertension", Concern.SEE_DOCTOR, PRESSURE),
            step(180, "GRADE_3", "3级高血压范围", "range of grade 3 hypertension", Concern.URGENT, PRESSURE));
    private static final List<Step> DIASTOLIC = List.of(
            step(0, "NORMAL", "正常", "normal", Concern.NORMAL, PRESSURE),
            step(80, HIGH_NORMAL, "正常高值", "high normal", Concern.WATCH, PRESSURE),
            step(90, "GRADE_1", "1级高血压范围", "range of grade 1 hypertension", Concern.SEE_DOCTOR, PRESSURE),
            step(100, "GRADE_2", "2级高血压范围", "range of grade 2 hypertension", Concern.SEE_DOCTOR, PRESSURE),
            step(110, "GRADE_3", "3级高血压范围", "range of grade 3 hypertension", Concern.URGENT, PRESSURE));
    private static final List<Step> FASTING_GLUCOSE = List.of(
            step(0, "LOW", "偏低", "low", Concern.SEE_DOCTOR, GLUCOSE),
            step(3.9, "NORMAL", "正常", "normal", Concern.NORMAL, GLUCOSE),
            step(6.1, "IMPAIRED", "空腹血糖受损范围", "range of impaired fasting glucose", Concern.WATCH, GLUCOSE),
            step(7.0, "DIABETES_RANGE", "达到糖尿病诊断切点,需复查确认", "at the diagnostic bound of diabetes, to be confirmed", Concern.SEE_DOCTOR, GLUCOSE));
    private static final List<Step> HBA1C = List.of(
            step(0, "NORMAL", "正常", "normal", Concern.NORMAL, PREDIABETES),
            step(5.7, "RAISED", "偏高", "raised", Concern.WATCH, PREDIABETES),
            step(6.5, "DIABETES_RANGE", "达到糖尿病诊断切点,需复查确认", "at the diagnostic bound of diabetes, to be confirmed", Concern.SEE_DOCTOR, PREDIABETES));
    private static final List<Step> TOTAL_CHOLESTEROL = List.of(
            step(0, "SUITABLE", "合适水平", "suitable", Concern.NORMAL, LIPIDS),
            step(5.2, "BORDERLINE", "边缘升高", "borderline high", Concern.WATCH, LIPIDS),
            step(6.2, "HIGH", "升高", "high", Concern.SEE_DOCTOR, LIPIDS));
    private static final List<Step> LDL = List.of(
            step(0, "IDEAL", "理想水平", "ideal", Concern.NORMAL, LIPIDS),
            step(2.6, "SUITABLE", "合适水平", "suitable", Concern.NORMAL, LIPIDS),
            step(3.4, "BORDERLINE", "边缘升高", "borderline high", Concern.WATCH, LIPIDS),
            step(4.1, "HIGH", "升高", "high", Concern.SEE_DOCTOR, LIPIDS));
    private static final List<Step> HDL = List.of(
            step(0, "LOW", "降低", "low", Concern.WATCH, LIPIDS),
            step(1.0, "SUITABLE", "合适水平", "suitable", Concern.NORMAL, LIPIDS));
    private static final List<Step> TRIGLYCERIDES = List.of(
            step(0, "SUITABLE", "合适水平", "suitable", Concern.NORMAL, LIPIDS),
            step(1.7, "BORDERLINE", "边缘升高", "borderline high", Concern.WATCH, LIPIDS),
            step(2.3, "HIGH", "升高", "high", Concern.SEE_DOCTOR, LIPIDS),
            step(5.6, "VERY_HIGH", "重度升高", "very high", Concern.URGENT, LIPIDS));
    private static final List<Step> BMI = List.of(
            step(0, "UNDERWEIGHT", "体重过低", "underweight", Concern.WATCH, WEIGHT),
            step(18.5, "NORMAL", "体重正常", "normal", Concern.NORMAL, WEIGHT),
            step(24, "OVERWEIGHT", "超重", "overweight", Concern.WATCH, WEIGHT),
            step(28, "OBESE", "肥胖", "obese", Concern.SEE_DOCTOR, WEIGHT));
    private static final List<Step> WAIST_MEN = List.of(
            step(0, "NORMAL", "正常", "normal", Concern.NORMAL, WEIGHT),
            step(85, "BEFORE_CENTRAL_OBESITY", "中心型肥胖前期", "before central obesity", Concern.WATCH, WEIGHT),
            step(90, "CENTRAL_OBESITY", "中心型肥胖", "central obesity", Concern.WATCH, WEIGHT));
    private static final List<Step> WAIST_WOMEN = List.of(
            step(0, "NORMAL", "正常", "normal", Concern.NORMAL, WEIGHT),
            step(80, "BEFORE_CENTRAL_OBESITY", "中心型肥胖前期", "before central obesity", Concern.WATCH, WEIGHT),
            step(85, "CENTRAL_OBESITY", "中心型肥胖", "central obesity", Concern.WATCH, WEIGHT));

    /** What a value, rounded as it is shown, is called. */
    public static Category categoryOf(Measure measure, double value, boolean male) {
        double shown = measure.rounded(value);
        List<Step> steps = steps(measure, male);
        Category category = steps.getFirst().category();
        for (Step step : steps) {
            if (shown >= step.from()) {
                category = step.category();
            }
        }
        return category;
    }

    /** What a pair of pressures is called: the worse of the two. */
    public static Category pressure(double systolic, double diastolic) {
        Category upper = categoryOf(Measure.SYSTOLIC, systolic, true);
        Category lower = categoryOf(Measure.DIASTOLIC, diastolic, true);
        return rank(upper) >= rank(lower) ? upper : lower;
    }

    private static int rank(Category category) {
        return SYSTOLIC.stream().map(step -> step.category().code()).toList().indexOf(category.code());
    }

    /** The bounds at which a value's concern begins, lowest first. */
    public static List<Line> lines(Measure measure, boolean male) {
        List<Step> steps = steps(measure, male);
        List<Line> lines = new ArrayList<>();
        for (int i = 1; i < steps.size(); i++) {
            Category before = steps.get(i - 1).category();
            Category here = steps.get(i).category();
            if (before.concern() != here.concern()) {
                Category worse = here.concern().compareTo(before.concern()) > 0 ? here : before;
                lines.add(new Line(steps.get(i).from(), worse.zh(), worse.en()));
            }
        }
        return lines;
    }

    /** Where a category of a measure begins. @throws java.util.NoSuchElementException if the measure has no such category */
    public static double from(Measure measure, String code, boolean male) {
        return steps(measure, male).stream().filter(step -> step.category().code().equals(code)).findFirst().orElseThrow().from();
    }

    /** Where a category of a measure ends; infinite: nowhere. */
    public static double to(Measure measure, String code, boolean male) {
        List<Step> steps = steps(measure, male);
        for (int i = 0; i + 1 < steps.size(); i++) {
            if (steps.get(i).category().code().equals(code)) {
                return steps.get(i + 1).from();
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    /** Whether the category is the lowest, so that what matters is where it ends: low glucose, low HDL, underweight. */
    public static boolean endsBelow(Measure measure, String code, boolean male) {
        return steps(measure, male).getFirst().category().code().equals(code);
    }

    private static List<Step> steps(Measure measure, boolean male) {
        return switch (measure) {
            case SYSTOLIC -> SYSTOLIC;
            case DIASTOLIC -> DIASTOLIC;
            case FASTING_GLUCOSE -> FASTING_GLUCOSE;
            case HBA1C -> HBA1C;
            case TOTAL_CHOLESTEROL -> TOTAL_CHOLESTEROL;
            case LDL -> LDL;
            case HDL -> HDL;
            case TRIGLYCERIDES -> TRIGLYCERIDES;
            case BMI -> BMI;
            case WAIST -> male ? WAIST_MEN : WAIST_WOMEN;
        };
    }
}

package cn.jingshu.products.health.warning;

import cn.jingshu.products.health.guideline.Category;
import cn.jingshu.products.health.guideline.Concern;
import cn.jingshu.products.health.guideline.Guidelines;
import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.health.history.Condition;
import cn.jingshu.products.health.history.History;
import cn.jingshu.products.health.risk.Given;
import cn.jingshu.products.health.risk.Input;
import cn.jingshu.products.health.risk.Inputs;
import cn.jingshu.products.health.risk.Outcome;
import cn.jingshu.products.health.risk.RiskScore;
import cn.jingshu.products.health.risk.RiskScores;
import cn.jingshu.products.health.trend.Trend;
import cn.jingshu.products.health.warning.Warning.Words;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The rules that warn, over the readings of the last two years. A value warns by the category a guideline gives it; how sure that
 * is, is the probability that the usual value lies beyond the bound when single readings scatter by {@link Measure#deviation}. A
 * series warns when it rises significantly. A score warns from its published bound on; how sure that is, is the share of the
 * pressures the person may usually have at which the bound is still reached.
 */
public final class WarningRules {
    /** In every answer; raised with every change of a rule or of an advice. */
    public static final String VERSION = "health-warnings 1.0.0 (2026-11)";

    /** Whether doctors have reviewed the advice: an installation's health commission does so before it is used. */
    public static final boolean ADVICE_REVIEWED = false;

    private static final int RECENT_MONTHS = 24;
    private static final int TREND_YEARS = 5;
    private static final NormalDistribution NORMAL = new NormalDistribution(0, 1);
    private static final Set<Condition> DIABETES = Set.of(Condition.TYPE_1_DIABETES, Condition.TYPE_2_DIABETES, Condition.OTHER_DIABETES);

    private final RiskScores scores;

    public WarningRules(RiskScores scores) {
        this.scores = scores;
    }

    /** What an advice is for: a measure and the category it is in. */
    private record Advice(Topic topic, Words title, Words text) {}

    private static Advice advice(Topic topic, String titleZh, String titleEn, String zh, String en) {
        return new Advice(topic, new Words(titleZh, titleEn), new Words(zh, en));
    }

    private static final Map<String, Advice> PRESSURE = Map.of(
            "HIGH_NORMAL", advice(Topic.BLOOD_PRESSURE, "血压偏高(正常高值)", "Blood pressure is high normal",
                    "减少食盐(每天少于5克),控制体重,规律运动,限酒;每3个月至少测一次血压。",
                    "Eat less salt (under 5 g a day), mind your weight, move regularly, drink little alcohol; measure at least every three months."),
            "GRADE_1", advice(Topic.BLOOD_PRESSURE, "血压达到1级高血压范围", "Blood pressure in the range of grade 1 hypertension",
                    "请在4周内于非同日复测3次,并到社区卫生服务中心就诊确认;家庭血压达135/85毫米汞柱即偏高。已在服药者请勿自行停药。",
                    "Measure on three different days within four weeks and have it confirmed at your community health centre; at home 135/85 mmHg is already high. If you take drugs, do not stop them by yourself."),
            "GRADE_2", advice(Topic.BLOOD_PRESSURE, "血压达到2级高血压范围", "Blood pressure in the range of grade 2 hypertension",
                    "请在1至2周内就诊。在此之前安静休息后复测,避免剧烈活动;已在服药者请勿自行停药。",
                    "See a doctor within one or two weeks. Measure again at rest until then and avoid strain; if you take drugs, do not stop them by yourself."),
            "GRADE_3", advice(Topic.BLOOD_PRESSURE, "血压达到3级高血压范围", "Blood pressure in the range of grade 3 hypertension",
                    "请立即复测并尽快就诊;如有胸痛、剧烈头痛、视物模糊、肢体无力或言语不清,请拨打120。",
                    "Measure again now and see a doctor at once; with chest pain, violent headache, blurred sight, weak limbs or slurred speech call 120."));
    private static final Map<String, Advice> GLUCOSE = Map.of(
            "LOW", advice(Topic.GLUCOSE, "空腹血糖偏低", "Fasting glucose is low",
                    "若有心慌、出汗、手抖请立即进食含糖食物;使用降糖药者请尽快联系医生调整。",
                    "With palpitations, sweating or trembling eat something sugary at once; if you take drugs for diabetes, call your doctor to adjust them."),
            "IMPAIRED", advice(Topic.GLUCOSE, "空腹血糖受损范围", "Fasting glucose in the impaired range",
                    "建议做口服葡萄糖耐量试验;减重5%至10%、每周至少150分钟中等强度运动可明显降低患糖尿病的风险;每年复查。",
                    "An oral glucose tolerance test is advised; losing 5 to 10 % of weight and 150 minutes of moderate exercise a week lower the risk of diabetes clearly; test again each year."),
            "RAISED", advice(Topic.GLUCOSE, "糖化血红蛋白偏高", "HbA1c is raised",
                    "建议复查空腹血糖,必要时做口服葡萄糖耐量试验;控制体重,规律运动。",
                    "Have fasting glucose tested again, and a glucose tolerance test if needed; mind your weight and move regularly."),
            "DIABETES_RANGE", advice(Topic.GLUCOSE, "血糖指标达到糖尿病诊断切点", "Glucose at the diagnostic bound of diabetes",
                    "单次结果不能作出诊断。请尽快到内分泌科或全科门诊复查确认;已确诊者请与医生讨论控制目标与用药。",
                    "One result is no diagnosis. Have it confirmed soon at a clinic for endocrinology or general medicine; if you are treated already, talk to your doctor about your targets and drugs."));
    private static final Map<String, Advice> LIPIDS = Map.of(
            "BORDERLINE", advice(Topic.LIPIDS, "血脂边缘升高", "Blood lipids are borderline high",
                    "少吃动物脂肪与油炸食品,增加蔬菜、全谷物与鱼,规律运动;6至12个月复查。",
                    "Less animal fat and fried food, more vegetables, whole grain and fish, regular exercise; test again in 6 to 12 months."),
            "HIGH", advice(Topic.LIPIDS, "血脂升高", "Blood lipids are high",
                    "请就诊评估是否需要药物治疗,治疗目标取决于总体心血管风险;同时改善饮食与运动。",
                    "See a doctor about treatment, whose target depends on the overall cardiovascular risk; mend diet and exercise as well."),
            "VERY_HIGH", advice(Topic.LIPIDS, "甘油三酯重度升高", "Triglycerides are very high",
                    "有诱发急性胰腺炎的风险,请尽快就诊;戒酒,严格低脂饮食。若有剧烈腹痛请立即就医。",
                    "There is a risk of acute pancreatitis: see a doctor soon, no alcohol, a strict low-fat diet. With violent pain of the belly go to hospital at once."),
            "LOW", advice(Topic.LIPIDS, "高密度脂蛋白胆固醇偏低", "HDL cholesterol is low",
                    "戒烟、规律运动、控制体重有助于提高;请结合总体心血管风险咨询医生。",
                    "Not smoking, exercise and a healthy weight raise it; ask your doctor with the overall cardiovascular risk in view."));
    private static final Map<String, Advice> WEIGHT = Map.of(
            "UNDERWEIGHT", advice(Topic.WEIGHT, "体重过低", "Underweight",
                    "请增加优质蛋白与能量摄入;若近期无故消瘦,请就诊查明原因。", "Eat more protein and energy; if you lost weight without reason, have the cause found."),
            "OVERWEIGHT", advice(Topic.WEIGHT, "超重", "Overweight",
                    "控制总能量摄入,每周至少150分钟中等强度运动,先以减重5%为目标。", "Take in less energy, move at least 150 minutes a week, aim at 5 % less weight first."),
            "OBESE", advice(Topic.WEIGHT, "肥胖", "Obesity",
                    "建议到减重或营养门诊制定方案,并检查血压、血糖与血脂。", "Have a plan made at a clinic for weight or nutrition, and blood pressure, glucose and lipids checked."),
            "CENTRAL_OBESITY", advice(Topic.WEIGHT, "中心型肥胖", "Central obesity",
                    "腹部脂肪与糖尿病、心血管病相关;请减少精制主食与含糖饮料,增加运动。", "Fat of the belly goes with diabetes and heart disease; less refined staples and sweet drinks, more exercise."));

    /** Everything worth a warning on that day, the most urgent first. */
    public List<Warning> find(History history, Inputs inputs, LocalDate today) {
        List<Warning> found = new ArrayList<>();
        pressure(history, today).ifPresent(found::add);
        worst(history, today, GLUCOSE, Measure.FASTING_GLUCOSE, Measure.HBA1C).ifPresent(found::add);
        worst(history, today, LIPIDS, Measure.LDL, Measure.TOTAL_CHOLESTEROL, Measure.TRIGLYCERIDES).ifPresent(found::add);
        byCategory(history, today, Measure.HDL, LIPIDS).ifPresent(found::add);
        worst(history, today, WEIGHT, Measure.BMI, Measure.WAIST).ifPresent(found::add);
        rising(history, today, Measure.SYSTOLIC, 120, 2, Topic.BLOOD_PRESSURE, "BP_RISING").ifPresent(found::add);
        if (history.since(DIABETES).isEmpty()) {
            rising(history, today, Measure.FASTING_GLUCOSE, 5.6, 0.1, Topic.GLUCOSE, "GLUCOSE_RISING").ifPresent(found::add);
        }
        rising(history, today, Measure.LDL, 2.6, 0.1, Topic.LIPIDS, "LDL_RISING").ifPresent(found::add);
        rising(history, today, Measure.BMI, 23, 0.3, Topic.WEIGHT, "WEIGHT_RISING").ifPresent(found::add);
        score(inputs, "CHINA_PAR_10Y", 10, Topic.CARDIOVASCULAR, "CVD_HIGH", new Words("10年心血管病风险为高危", "Ten-year cardiovascular risk is high"),
                new Words("请到全科或心血管内科就诊,制定血压、血脂、戒烟的综合管理方案。", "See a doctor of general medicine or cardiology for a plan on pressure, lipids and smoking.")).ifPresent(found::add);
        if (found.stream().noneMatch(warning -> warning.rule().endsWith("DIABETES_RANGE"))) { // tested already: a screening score adds nothing
            score(inputs, "CHINA_DIABETES_SCORE", 25, Topic.GLUCOSE, "DIABETES_SCORE", new Words("糖尿病风险评分达到筛查标准", "Diabetes risk score reaches the bound for screening"),
                new Words("建议测空腹血糖或做口服葡萄糖耐量试验。", "Have fasting glucose tested, or an oral glucose tolerance test.")).ifPresent(found::add);
        }
        checkUp(history, today).ifPresent(found::add);
        found.sort(Comparator.comparing(Warning::concern).reversed().thenComparing(Warning::topic));
        return found;
    }

    private static Optional<Warning> pressure(History history, LocalDate today) {
        var systolic = history.newest(Measure.SYSTOLIC).filter(reading -> recent(reading, today));
        var diastolic = history.newest(Measure.DIASTOLIC).filter(reading -> recent(reading, today));
        if (systolic.isEmpty() || diastolic.isEmpty() || !systolic.get().day().equals(diastolic.get().day())) {
            return Optional.empty();
        }
        Category category = Guidelines.pressure(systolic.get().value(), diastolic.get().value());
        Advice advice = PRESSURE.get(category.code());
        if (advice == null) {
            return Optional.empty();
        }
        double sure = Math.max(sure(history, Measure.SYSTOLIC, category, today), sure(history, Measure.DIASTOLIC, category, today));
        String values = Measure.SYSTOLIC.shown(systolic.get().value()) + "/" + Measure.DIASTOLIC.shown(diastolic.get().value());
        return Optional.of(new Warning("BP_" + category.code(), advice.topic(), category.concern(), advice.title(),
                new Words("%s 测得 %s mmHg,属%s。".formatted(systolic.get().day(), values, category.zh()),
                        "%s mmHg on %s: %s.".formatted(values, systolic.get().day(), category.en())),
                advice.text(), sure, category.citation()));
    }

    /** The most concerning of several measures. */
    private static Optional<Warning> worst(History history, LocalDate today, Map<String, Advice> advices, Measure... measures) {
        List<Warning> found = new ArrayList<>();
        for (Measure measure : measures) {
            byCategory(history, today, measure, advices).ifPresent(found::add);
        }
        return found.stream().max(Comparator.comparing(Warning::concern).thenComparingDouble(Warning::confidence));
    }

    private static Optional<Warning> byCategory(History history, LocalDate today, Measure measure, Map<String, Advice> advices) {
        var newest = history.newest(measure).filter(reading -> recent(reading, today));
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        Category category = Guidelines.categoryOf(measure, newest.get().value(), history.male());
        Advice advice = advices.get(category.code());
        if (advice == null || category.concern() == Concern.NORMAL) {
            return Optional.empty();
        }
        String value = measure.shown(newest.get().value()) + " " + measure.shownUnit();
        return Optional.of(new Warning(measure.name() + "_" + category.code(), advice.topic(), category.concern(), advice.title(),
                new Words("%s %s %s,属%s。".formatted(newest.get().day(), measure.zh(), value, category.zh()),
                        "%s %s on %s: %s.".formatted(measure.en(), value, newest.get().day(), category.en())),
                advice.text(), sure(history, measure, category, today), category.citation()));
    }

    /** Probability that the usual value is in the category or beyond it, from the mean of the recent readings. */
    private static double sure(History history, Measure measure, Category category, LocalDate today) {
        List<Trend.Point> recent = history.series(measure, today.minusMonths(RECENT_MONTHS));
        if (recent.isEmpty()) {
            return 0;
        }
        double mean = recent.stream().mapToDouble(Trend.Point::value).average().orElseThrow();
        double scatter = measure.deviation() / Math.sqrt(recent.size());
        double bound = Guidelines.from(measure, category.code(), history.male());
        boolean below = Guidelines.endsBelow(measure, category.code(), history.male());
        double z = (mean - (below ? Guidelines.to(measure, category.code(), history.male()) : bound)) / scatter;
        return NORMAL.cumulativeProbability(below ? -z : z);
    }

    private static boolean recent(History.Reading reading, LocalDate today) {
        return !reading.day().isBefore(today.minusMonths(RECENT_MONTHS));
    }

    /** A significant rise of at least {@code leastSlope} a year that has reached {@code from} and not yet a doctor's range. */
    private static Optional<Warning> rising(History history, LocalDate today, Measure measure, double from, double leastSlope, Topic topic, String rule) {
        List<Trend.Point> points = history.series(measure, today.minusYears(TREND_YEARS));
        Trend trend = Trend.of(points);
        if (trend.direction() != Trend.Direction.RISING || trend.slopePerYear() == null || trend.pValue() == null
                || Guidelines.categoryOf(measure, points.getLast().value(), history.male()).concern().compareTo(Concern.SEE_DOCTOR) >= 0
                || trend.slopePerYear() < leastSlope || points.getLast().value() < from || points.getLast().day().isBefore(today.minusMonths(RECENT_MONTHS))) {
            return Optional.empty();
        }
        String slope = String.format(Locale.ROOT, "%.2f", trend.slopePerYear()) + " " + measure.shownUnit();
        String p = trend.pValue() < 0.001 ? "<0.001" : String.format(Locale.ROOT, "=%.3f", trend.pValue());
        return Optional.of(new Warning(rule, topic, Concern.WATCH,
                new Words(measure.zh() + "持续上升", measure.en() + " keeps rising"),
                new Words("%s 以来 %d 次测量,平均每年上升 %s(P%s)。".formatted(points.getFirst().day(), points.size(), slope, p),
                        "%d days of readings since %s: up by %s a year (p%s).".formatted(points.size(), points.getFirst().day(), slope, p)),
                new Words("趋势早于超标出现,是调整饮食、运动与体重的时机;请按期复查。", "A trend comes before a bound is crossed: the time to mend diet, exercise and weight; have it checked as planned."),
                1 - trend.pValue(), Trend.METHOD));
    }

    private Optional<Warning> score(Inputs inputs, String code, double bound, Topic topic, String rule, Words title, Words advice) {
        RiskScore score = scores.find(code).orElseThrow();
        if (!(score.assess(inputs) instanceof Outcome.Scored scored) || !scored.band().elevated() || scored.value() < bound - 0.05) {
            return Optional.empty();
        }
        boolean percent = score.facts().scale() == RiskScore.Scale.PERCENT;
        String value = percent ? String.format(Locale.ROOT, "%.1f%%", scored.value()) : String.format(Locale.ROOT, "%.0f", scored.value());
        return Optional.of(new Warning(rule, topic, Concern.SEE_DOCTOR, title,
                new Words("%s:%s%s,%s。".formatted(score.facts().nameZh(), value, percent ? "" : "分", scored.band().zh()),
                        "%s: %s%s, %s.".formatted(score.facts().nameEn(), value, percent ? "" : " points", scored.band().en())),
                advice, reaching(score, inputs, bound), score.facts().citation()));
    }

    /** Share of the systolic pressures the person may usually have at which the score still reaches its bound. */
    private static double reaching(RiskScore score, Inputs inputs, double bound) {
        double systolic = inputs.value(Input.SYSTOLIC);
        int steps = 41;
        double reached = 0;
        for (int i = 0; i < steps; i++) {
            double z = NORMAL.inverseCumulativeProbability((i + 0.5) / steps);
            double usual = Math.min(Input.SYSTOLIC.greatest(), Math.max(Input.SYSTOLIC.least(), systolic + z * Measure.SYSTOLIC.deviation()));
            if (score.assess(inputs.with(Input.SYSTOLIC, Given.answer(usual))) instanceof Outcome.Scored other && other.value() >= bound) {
                reached++;
            }
        }
        return reached / steps;
    }

    private static Optional<Warning> checkUp(History history, LocalDate today) {
        LocalDate last = history.examinedOn();
        if (last != null && !last.isBefore(today.minusMonths(RECENT_MONTHS))) {
            return Optional.empty();
        }
        return Optional.of(new Warning("CHECK_UP_DUE", Topic.CHECK_UP, Concern.WATCH, new Words("两年内没有体检记录", "No examination in two years"),
                last == null ? new Words("记录中没有体检。", "The records hold no examination.") : new Words("最近一次体检:" + last + "。", "Last examination: " + last + "."),
                new Words("建议预约一次健康体检;65岁及以上老年人和高血压、糖尿病患者可免费享受基本公共卫生服务体检。",
                        "Book a check-up; people from 65 on and patients with hypertension or diabetes have one free of charge as a basic public health service."),
                1, "国家基本公共卫生服务规范(第三版)"));
    }
}

package cn.jingshu.products.health;

import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.health.history.Condition;
import cn.jingshu.products.health.history.History;
import cn.jingshu.products.health.risk.Given;
import cn.jingshu.products.health.risk.Input;
import cn.jingshu.products.health.risk.Inputs;
import cn.jingshu.products.health.trend.Trend;
import cn.jingshu.products.health.v1.Answers;
import cn.jingshu.products.health.v1.CholesterolUnit;
import cn.jingshu.products.health.v1.Origin;
import cn.jingshu.products.health.v1.QriskAnswers;
import cn.jingshu.products.spi.Answer.Violation;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What scores know of a person: the records of the last two years, and over them what the person answered. Nothing is guessed:
 * no diagnosis in the records is not the absence of one.
 */
final class PersonInputs {
    /** Older measurements are no longer reckoned with. */
    private static final int RECENT_MONTHS = 24;

    /** QRISK3 takes the scatter of the pressures of five years. */
    private static final int SCATTER_YEARS = 5;

    private static final double CHOLESTEROL_MG_DL = 38.67;

    private final Map<Input, Given> given = new EnumMap<>(Input.class);
    private final Map<Input, Origin> origins = new EnumMap<>(Input.class);
    private final List<Violation> violations = new ArrayList<>();

    private PersonInputs() {}

    /** @param answers what the request tells; the default instance: nothing */
    static PersonInputs of(History history, Answers answers, LocalDate today) {
        PersonInputs inputs = new PersonInputs();
        inputs.recall(history, today);
        inputs.hear(answers);
        return inputs;
    }

    /** What is wrong with the answers; empty: nothing. */
    List<Violation> violations() {
        return List.copyOf(violations);
    }

    Inputs inputs() {
        return Inputs.of(given);
    }

    Origin originOf(Input input) {
        return origins.getOrDefault(input, Origin.ORIGIN_UNSPECIFIED);
    }

    private void recall(History history, LocalDate today) {
        put(Input.AGE, Given.record(history.ageOn(today), today), Origin.IDENTITY);
        put(Input.MALE, Given.record(history.male() ? 1 : 0, today), Origin.IDENTITY);
        Map<Measure, Input> measured = Map.of(Measure.SYSTOLIC, Input.SYSTOLIC, Measure.TOTAL_CHOLESTEROL, Input.TOTAL_CHOLESTEROL,
                Measure.HDL, Input.HDL, Measure.WAIST, Input.WAIST, Measure.BMI, Input.BMI);
        measured.forEach((measure, input) -> history.newest(measure)
                .filter(reading -> isRecent(reading.day(), today))
                .ifPresent(reading -> put(input, Given.record(reading.value(), reading.day()), origin(reading.origin()))));
        List<Trend.Point> pressures = history.series(Measure.SYSTOLIC, today.minusYears(SCATTER_YEARS));
        if (pressures.size() >= 2) {
            double mean = pressures.stream().mapToDouble(Trend.Point::value).average().orElseThrow();
            double squares = pressures.stream().mapToDouble(point -> (point.value() - mean) * (point.value() - mean)).sum();
            put(Input.SYSTOLIC_DEVIATION, Given.record(Math.sqrt(squares / (pressures.size() - 1)), pressures.getLast().day()), Origin.EXAMINATION);
        }
        History.Told treated = history.treatedHypertension();
        if (treated != null && isRecent(treated.day(), today)) {
            put(Input.TREATED_HYPERTENSION, Given.record(treated.yes() ? 1 : 0, treated.day()), Origin.FOLLOW_UP);
        }
        if (treated != null && treated.yes()) {
            put(Input.EVER_TREATED_HYPERTENSION, Given.record(1, treated.day()), Origin.FOLLOW_UP);
        }
        History.Told smoker = history.smoker();
        if (smoker != null && isRecent(smoker.day(), today)) {
            put(Input.SMOKER, Given.record(smoker.yes() ? 1 : 0, smoker.day()), Origin.EXAMINATION);
        }
        history.readings().stream()
                .filter(reading -> reading.measure() == Measure.FASTING_GLUCOSE && reading.value() >= 6.1)
                .findFirst()
                .ifPresent(reading -> put(Input.EVER_HIGH_GLUCOSE, Given.record(1, reading.day()), origin(reading.origin())));
        diagnosed(history, Input.DIABETES, Set.of(Condition.TYPE_1_DIABETES, Condition.TYPE_2_DIABETES, Condition.OTHER_DIABETES));
        diagnosed(history, Input.TYPE_1_DIABETES, Set.of(Condition.TYPE_1_DIABETES));
        diagnosed(history, Input.TYPE_2_DIABETES, Set.of(Condition.TYPE_2_DIABETES));
        diagnosed(history, Input.ESTABLISHED_ASCVD, Set.of(Condition.ATHEROSCLEROTIC_DISEASE));
        diagnosed(history, Input.ATRIAL_FIBRILLATION, Set.of(Condition.ATRIAL_FIBRILLATION));
        diagnosed(history, Input.MIGRAINE, Set.of(Condition.MIGRAINE));
        diagnosed(history, Input.RHEUMATOID_ARTHRITIS, Set.of(Condition.RHEUMATOID_ARTHRITIS));
        diagnosed(history, Input.CHRONIC_KIDNEY_DISEASE, Set.of(Condition.CHRONIC_KIDNEY_DISEASE));
        diagnosed(history, Input.SEVERE_MENTAL_ILLNESS, Set.of(Condition.SEVERE_MENTAL_ILLNESS));
        diagnosed(history, Input.LUPUS, Set.of(Condition.LUPUS));
        diagnosed(history, Input.ERECTILE_DYSFUNCTION, Set.of(Condition.ERECTILE_DYSFUNCTION));
    }

    private void diagnosed(History history, Input input, Set<Condition> any) {
        history.since(any).ifPresent(day -> put(input, Given.record(1, day), Origin.VISIT));
    }

    private static boolean isRecent(LocalDate day, LocalDate today) {
        return !day.isBefore(today.minusMonths(RECENT_MONTHS));
    }

    private static Origin origin(History.Origin origin) {
        return switch (origin) {
            case EXAMINATION -> Origin.EXAMINATION;
            case LABORATORY -> Origin.LABORATORY;
            case FOLLOW_UP -> Origin.FOLLOW_UP;
        };
    }

    private void hear(Answers answers) {
        if (answers.hasSystolicMmhg()) {
            tell(Input.SYSTOLIC, answers.getSystolicMmhg(), "answers.systolicMmhg");
        }
        if (answers.hasWaistCm()) {
            tell(Input.WAIST, answers.getWaistCm(), "answers.waistCm");
        }
        cholesterols(answers);
        if (answers.hasHeightCm() && answers.hasWeightKg()) {
            double metres = answers.getHeightCm() / 100;
            tell(Input.BMI, answers.getWeightKg() / (metres * metres), "answers.weightKg");
        } else if (answers.hasHeightCm() || answers.hasWeightKg()) {
            violate(answers.hasHeightCm() ? "answers.weightKg" : "answers.heightCm", "身高与体重须同时提供", "height and weight are needed together");
        }
        yesOrNo(Input.SMOKER, answers.hasSmokes(), answers.getSmokes());
        yesOrNo(Input.TREATED_HYPERTENSION, answers.hasTreatedHypertension(), answers.getTreatedHypertension());
        yesOrNo(Input.DIABETES, answers.hasDiabetes(), answers.getDiabetes());
        yesOrNo(Input.NORTHERN, answers.hasLivesNorthOfYangtze(), answers.getLivesNorthOfYangtze());
        yesOrNo(Input.URBAN, answers.hasLivesInTown(), answers.getLivesInTown());
        yesOrNo(Input.FAMILY_ASCVD, answers.hasFamilyAscvd(), answers.getFamilyAscvd());
        yesOrNo(Input.DAILY_ACTIVITY, answers.hasDailyActivity(), answers.getDailyActivity());
        yesOrNo(Input.DAILY_VEGETABLES, answers.hasDailyVegetables(), answers.getDailyVegetables());
        yesOrNo(Input.EVER_HIGH_GLUCOSE, answers.hasEverHighGlucose(), answers.getEverHighGlucose());
        yesOrNo(Input.EVER_TREATED_HYPERTENSION, answers.hasEverTreatedHypertension(), answers.getEverTreatedHypertension());
        // The numbers of these choices count from "not told".
        choice(Input.FAMILY_DIABETES, answers.getFamilyDiabetesValue(), 3, 1, "answers.familyDiabetes");
        choice(Input.EUROPEAN_REGION, answers.getEuropeanRegionValue(), 4, 1, "answers.europeanRegion");
        choice(Input.POOLED_COHORT_BLACK, answers.getPooledCohortEquationValue(), 2, 1, "answers.pooledCohortEquation");
        if (answers.hasQrisk3()) {
            hear(answers.getQrisk3());
        }
        if (answers.hasDiabetes() && !answers.getDiabetes()) {
            put(Input.TYPE_1_DIABETES, Given.answer(0), Origin.ANSWER);
            put(Input.TYPE_2_DIABETES, Given.answer(0), Origin.ANSWER);
        }
    }

    private void hear(QriskAnswers answers) {
        choice(Input.ETHNICITY, answers.getEthnicityValue(), 9, 0, "answers.qrisk3.ethnicity");
        choice(Input.SMOKING_CATEGORY, answers.getSmokingValue(), 5, 0, "answers.qrisk3.smoking");
        if (answers.hasTownsend()) {
            tell(Input.TOWNSEND, answers.getTownsend(), "answers.qrisk3.townsend");
        }
        if (answers.hasSystolicDeviation()) {
            tell(Input.SYSTOLIC_DEVIATION, answers.getSystolicDeviation(), "answers.qrisk3.systolicDeviation");
        }
        yesOrNo(Input.FAMILY_EARLY_CORONARY, answers.hasFamilyEarlyCoronary(), answers.getFamilyEarlyCoronary());
        yesOrNo(Input.ATRIAL_FIBRILLATION, answers.hasAtrialFibrillation(), answers.getAtrialFibrillation());
        yesOrNo(Input.ATYPICAL_ANTIPSYCHOTICS, answers.hasAtypicalAntipsychotics(), answers.getAtypicalAntipsychotics());
        yesOrNo(Input.CORTICOSTEROIDS, answers.hasCorticosteroids(), answers.getCorticosteroids());
        yesOrNo(Input.MIGRAINE, answers.hasMigraine(), answers.getMigraine());
        yesOrNo(Input.RHEUMATOID_ARTHRITIS, answers.hasRheumatoidArthritis(), answers.getRheumatoidArthritis());
        yesOrNo(Input.CHRONIC_KIDNEY_DISEASE, answers.hasChronicKidneyDisease(), answers.getChronicKidneyDisease());
        yesOrNo(Input.SEVERE_MENTAL_ILLNESS, answers.hasSevereMentalIllness(), answers.getSevereMentalIllness());
        yesOrNo(Input.LUPUS, answers.hasLupus(), answers.getLupus());
        yesOrNo(Input.ERECTILE_DYSFUNCTION, answers.hasErectileDysfunction(), answers.getErectileDysfunction());
        yesOrNo(Input.TYPE_1_DIABETES, answers.hasType1Diabetes(), answers.getType1Diabetes());
        yesOrNo(Input.TYPE_2_DIABETES, answers.hasType2Diabetes(), answers.getType2Diabetes());
    }

    /** A cholesterol without its unit is refused: 5 and 190 may both be typed into the wrong field. */
    private void cholesterols(Answers answers) {
        if (!answers.hasTotalCholesterol() && !answers.hasHdlCholesterol()) {
            return;
        }
        double perMmol = switch (answers.getCholesterolUnit()) {
            case MMOL_PER_L -> 1;
            case MG_PER_DL -> CHOLESTEROL_MG_DL;
            case CHOLESTEROL_UNIT_UNSPECIFIED, UNRECOGNIZED -> 0;
        };
        if (perMmol < 0.5) {
            violate("answers.cholesterolUnit", "提供胆固醇时须注明单位", "a cholesterol needs its unit");
            return;
        }
        String hint = answers.getCholesterolUnit() == CholesterolUnit.MMOL_PER_L ? ";是否为 mg/dL?" : ";是否为 mmol/L?";
        String hintEn = answers.getCholesterolUnit() == CholesterolUnit.MMOL_PER_L ? "; is it mg/dL?" : "; is it mmol/L?";
        if (answers.hasTotalCholesterol()) {
            cholesterol(Input.TOTAL_CHOLESTEROL, answers.getTotalCholesterol() / perMmol, "answers.totalCholesterol", hint, hintEn);
        }
        if (answers.hasHdlCholesterol()) {
            cholesterol(Input.HDL, answers.getHdlCholesterol() / perMmol, "answers.hdlCholesterol", hint, hintEn);
        }
    }

    private void cholesterol(Input input, double mmol, String field, String hintZh, String hintEn) {
        if (input.possible(mmol)) {
            put(input, Given.answer(mmol), Origin.ANSWER);
        } else {
            violate(field, "以所填单位计,人体不可能有此数值" + hintZh, "no body has this value in the unit given" + hintEn);
        }
    }

    private void tell(Input input, double value, String field) {
        if (input.possible(value)) {
            put(input, Given.answer(value), Origin.ANSWER);
        } else {
            violate(field, "人体不可能有此数值", "no body has this value");
        }
    }

    private void yesOrNo(Input input, boolean told, boolean yes) {
        if (told) {
            put(input, Given.answer(yes ? 1 : 0), Origin.ANSWER);
        }
    }

    private void choice(Input input, int number, int last, int first, String field) {
        if (number < 0 || number > last) {
            violate(field, "没有此选项", "is none of the choices");
        } else if (number > 0) {
            put(input, Given.answer(number - first), Origin.ANSWER);
        }
    }

    private void put(Input input, Given value, Origin origin) {
        if (input.possible(value.value())) {
            given.put(input, value);
            origins.put(input, origin);
        }
    }

    private void violate(String field, String zh, String en) {
        violations.add(new Violation(field, zh, en));
    }
}

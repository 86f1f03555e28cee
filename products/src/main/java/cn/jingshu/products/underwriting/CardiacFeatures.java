package cn.jingshu.products.underwriting;

import java.util.ArrayList;
import java.util.List;

/**
 * The inputs of the two cardiac models in the coding of the Cleveland data (Detrano et al. 1989, Am J Cardiol 64:304): five that
 * records and examinations hold, and eight of a cardiological work-up that only an applicant who had one can hand in.
 */
public final class CardiacFeatures {
    /** mg/dL of cholesterol in one mmol/L. */
    static final double CHOLESTEROL_MG_DL = 38.67;
    /** Fasting glucose counted as high in these data: 120 mg/dL, in mmol/L. */
    static final double HIGH_GLUCOSE = 120 / 18.016;

    /** The five that records hold. */
    public static final List<String> RECORD_NAMES = List.of(
            "age_decades_from_50", "male", "resting_pressure_20_from_120", "cholesterol_40_from_200", "high_fasting_glucose");

    /** Those five, then the work-up. */
    public static final List<String> FULL_NAMES = List.of(
            "age_decades_from_50", "male", "resting_pressure_20_from_120", "cholesterol_40_from_200", "high_fasting_glucose",
            "pain_atypical", "pain_non_anginal", "pain_none", "ecg_st_t", "ecg_hypertrophy", "heart_rate_20_from_150",
            "exertion_pain", "st_depression", "slope_flat", "slope_falling", "vessels", "perfusion_fixed", "perfusion_reversible");

    private CardiacFeatures() {}

    /** Chest pain as the work-up calls it. */
    public enum ChestPain {
        TYPICAL,
        ATYPICAL,
        NON_ANGINAL,
        NONE
    }

    /** The electrocardiogram at rest. */
    public enum RestingEcg {
        NORMAL,
        ST_T_CHANGE,
        HYPERTROPHY
    }

    /** The ST segment at the height of exertion. */
    public enum StSlope {
        RISING,
        FLAT,
        FALLING
    }

    /** Perfusion by scintigraphy. */
    public enum Perfusion {
        NORMAL,
        FIXED,
        REVERSIBLE
    }

    /**
     * A cardiological work-up that the applicant handed in.
     *
     * @param greatestHeartRate under exertion, beats a minute
     * @param exertionPain pain came with exertion
     * @param stDepression under exertion against rest, mm
     * @param vessels major vessels narrowed by fluoroscopy, 0 to 3
     */
    public record WorkUp(ChestPain pain, RestingEcg ecg, double greatestHeartRate, boolean exertionPain, double stDepression,
            StSlope slope, int vessels, Perfusion perfusion) {}

    /**
     * The row of the model without a work-up.
     *
     * @param pressure systolic at rest, mmHg
     * @param cholesterol total, mg/dL
     */
    public static double[] records(double age, boolean male, double pressure, double cholesterol, boolean highGlucose) {
        return new double[] {(age - 50) / 10, flag(male), (pressure - 120) / 20, (cholesterol - 200) / 40, flag(highGlucose)};
    }

    /** The row of the model with a work-up. */
    public static double[] full(double[] records, WorkUp w) {
        List<Double> row = new ArrayList<>();
        for (double value : records) {
            row.add(value);
        }
        row.add(flag(w.pain() == ChestPain.ATYPICAL));
        row.add(flag(w.pain() == ChestPain.NON_ANGINAL));
        row.add(flag(w.pain() == ChestPain.NONE));
        row.add(flag(w.ecg() == RestingEcg.ST_T_CHANGE));
        row.add(flag(w.ecg() == RestingEcg.HYPERTROPHY));
        row.add((w.greatestHeartRate() - 150) / 20);
        row.add(flag(w.exertionPain()));
        row.add(w.stDepression());
        row.add(flag(w.slope() == StSlope.FLAT));
        row.add(flag(w.slope() == StSlope.FALLING));
        row.add((double) w.vessels());
        row.add(flag(w.perfusion() == Perfusion.FIXED));
        row.add(flag(w.perfusion() == Perfusion.REVERSIBLE));
        return row.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double flag(boolean is) {
        return is ? 1 : 0;
    }
}

package cn.jingshu.products.health.guideline;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something measured of a person, in one unit. The bounds say what a body can have at all; the deviation is how far single
 * readings of one person scatter around the usual value, own settings in the size of the within-person variation that the EFLM
 * biological variation database gives (and, for pressures, of repeated office readings).
 */
public enum Measure {
    SYSTOLIC("收缩压", "Systolic pressure", "mm[Hg]", "mmHg", 0, 50, 300, 9),
    DIASTOLIC("舒张压", "Diastolic pressure", "mm[Hg]", "mmHg", 0, 20, 200, 6),
    FASTING_GLUCOSE("空腹血糖", "Fasting glucose", "mmol/L", "mmol/L", 1, 0.5, 60, 0.3),
    HBA1C("糖化血红蛋白", "HbA1c", "%", "%", 1, 2.5, 25, 0.1),
    TOTAL_CHOLESTEROL("总胆固醇", "Total cholesterol", "mmol/L", "mmol/L", 2, 0.5, 30, 0.28),
    LDL("低密度脂蛋白胆固醇", "LDL cholesterol", "mmol/L", "mmol/L", 2, 0.1, 20, 0.25),
    HDL("高密度脂蛋白胆固醇", "HDL cholesterol", "mmol/L", "mmol/L", 2, 0.1, 6, 0.08),
    TRIGLYCERIDES("甘油三酯", "Triglycerides", "mmol/L", "mmol/L", 2, 0.1, 60, 0.3),
    BMI("体质指数", "Body mass index", "kg/m2", "kg/m²", 1, 8, 100, 0.3),
    WAIST("腰围", "Waist", "cm", "cm", 0, 30, 250, 1.5);

    private static final double CHOLESTEROL = 38.67;
    private static final double TRIGLYCERIDE = 88.57;
    private static final double GLUCOSE = 18.016;

    private final String zh;
    private final String en;
    private final String unit;
    private final String shownUnit;
    private final int decimals;
    private final double least;
    private final double greatest;
    private final double deviation;

    Measure(String zh, String en, String unit, String shownUnit, int decimals, double least, double greatest, double deviation) {
        this.zh = zh;
        this.en = en;
        this.unit = unit;
        this.shownUnit = shownUnit;
        this.decimals = decimals;
        this.least = least;
        this.greatest = greatest;
        this.deviation = deviation;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return en;
    }

    /** UCUM. */
    public String unit() {
        return unit;
    }

    /** The unit as people write it. */
    public String shownUnit() {
        return shownUnit;
    }

    /** Within-person standard deviation of a single reading. */
    public double deviation() {
        return deviation;
    }

    /** Whether a body can have this value; false for what is no number. */
    public boolean possible(double value) {
        return value >= least && value <= greatest;
    }

    /** The value as shown to people. */
    public String shown(double value) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** The value with as many decimals as are shown. */
    public double rounded(double value) {
        double scale = Math.pow(10, decimals);
        return Math.round(value * scale) / scale;
    }

    private record Test(String loinc, Measure measure) {}

    /** LOINC codes of laboratory tests that measure one of these, whatever the unit of their results. */
    private static final List<Test> TESTS = List.of(
            new Test("1558-6", FASTING_GLUCOSE), new Test("14771-0", FASTING_GLUCOSE), new Test("76629-5", FASTING_GLUCOSE),
            new Test("4548-4", HBA1C), new Test("59261-8", HBA1C), new Test("17856-6", HBA1C),
            new Test("2093-3", TOTAL_CHOLESTEROL), new Test("14647-2", TOTAL_CHOLESTEROL),
            new Test("2089-1", LDL), new Test("13457-7", LDL), new Test("18262-6", LDL), new Test("22748-8", LDL), new Test("39469-2", LDL),
            new Test("69419-0", LDL), new Test("2085-9", HDL), new Test("14646-4", HDL),
            new Test("2571-8", TRIGLYCERIDES), new Test("14927-8", TRIGLYCERIDES));

    /** What a laboratory test measures; empty: nothing of this. */
    public static Optional<Measure> ofTest(String loinc) {
        return TESTS.stream().filter(test -> test.loinc().equals(loinc)).map(Test::measure).findFirst();
    }

    /** All LOINC codes {@link #ofTest} knows. */
    public static List<String> tests() {
        return TESTS.stream().map(Test::loinc).toList();
    }

    /**
     * The value in this measure's unit; empty: the unit is not one this is measured in, or no body can have the value. A unit is
     * never guessed from the size of a value.
     *
     * @param given UCUM: {@code mmol/L}, {@code mg/dL}, {@code g/L}, {@code %}, {@code mmol/mol}
     */
    public Optional<Double> converted(double value, String given) {
        double converted = switch (given) {
            case "mmol/L" -> unit.equals("mmol/L") ? value : Double.NaN;
            case "mg/dL" -> value / milligrams();
            case "g/L" -> value * 100 / milligrams();
            case "%" -> this == HBA1C ? value : Double.NaN;
            case "mmol/mol" -> this == HBA1C ? value * 0.0915 + 2.15 : Double.NaN; // NGSP from IFCC, master equation
            default -> Double.NaN;
        };
        return possible(converted) ? Optional.of(converted) : Optional.empty();
    }

    /** Milligrams a decilitre in one millimole a litre; no number for what is not told in moles. */
    private double milligrams() {
        return switch (this) {
            case FASTING_GLUCOSE -> GLUCOSE;
            case TOTAL_CHOLESTEROL, LDL, HDL -> CHOLESTEROL;
            case TRIGLYCERIDES -> TRIGLYCERIDE;
            case SYSTOLIC, DIASTOLIC, HBA1C, BMI, WAIST -> Double.NaN;
        };
    }
}

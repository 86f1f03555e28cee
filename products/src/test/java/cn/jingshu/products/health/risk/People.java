package cn.jingshu.products.health.risk;

import java.util.EnumMap;
import java.util.Map;

/** People of whom everything is known. */
public final class People {
    private People() {}

    /** A moderately healthy person of that age, every input known. */
    public static Inputs known(boolean male, double age) {
        Map<Input, Given> given = new EnumMap<>(Input.class);
        for (Input input : Input.values()) {
            given.put(input, Given.answer(Math.max(0, input.least())));
        }
        put(given, Input.AGE, age);
        put(given, Input.MALE, male ? 1 : 0);
        put(given, Input.SYSTOLIC, 128);
        put(given, Input.SYSTOLIC_DEVIATION, 8);
        put(given, Input.TOTAL_CHOLESTEROL, 5);
        put(given, Input.HDL, 1.3);
        put(given, Input.WAIST, 84);
        put(given, Input.BMI, 24.5);
        put(given, Input.ETHNICITY, 8);
        put(given, Input.SMOKING_CATEGORY, 1);
        put(given, Input.TOWNSEND, 0);
        return Inputs.of(given);
    }

    private static void put(Map<Input, Given> given, Input input, double value) {
        given.put(input, Given.answer(value));
    }
}

package cn.jingshu.products.lending.score;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is derived from six months of a card account for its scorecard. Month 1 is the newest. {@code PAY_n} is the state of
 * repayment (-2 nothing drawn, -1 paid in full, 0 the minimum paid, n months late); {@code BILL_AMTn} what was billed,
 * {@code PAY_AMTn} what was paid, {@code LIMIT_BAL} the limit.
 */
public final class CardBehaviour {
    private static final String[] STATES = {"PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6"};

    private CardBehaviour() {}

    /** The given values and those derived from them. @throws IllegalArgumentException if one is missing, naming it */
    public static Map<String, Input> derived(Map<String, Input> given) {
        Map<String, Input> all = new LinkedHashMap<>(given);
        double limit = number(given, "LIMIT_BAL");
        double worst = -2;
        double worstOlder = -2;
        double late = 0;
        double lateRecently = 0;
        double unused = 0;
        for (int m = 0; m < STATES.length; m++) {
            double state = number(given, STATES[m]);
            worst = Math.max(worst, state);
            worstOlder = m > 0 ? Math.max(worstOlder, state) : worstOlder;
            late += state >= 1 ? 1 : 0;
            lateRecently += m < 3 && state >= 1 ? 1 : 0;
            unused += state == -2 ? 1 : 0;
        }
        double billed = 0;
        double paid = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int m = 1; m <= 6; m++) {
            billed += number(given, "BILL_AMT" + m);
            double amount = number(given, "PAY_AMT" + m);
            paid += amount;
            least = Math.min(least, amount);
        }
        put(all, "WORST_STATE", worst);
        put(all, "WORST_STATE_OLDER", worstOlder);
        put(all, "MONTHS_LATE", late);
        put(all, "MONTHS_LATE_OF_THREE", lateRecently);
        put(all, "MONTHS_UNUSED", unused);
        put(all, "STATE_AND_HISTORY", 10 * number(given, "PAY_0") + late);
        put(all, "STATE_TWO_MONTHS", 10 * number(given, "PAY_0") + number(given, "PAY_2"));
        put(all, "UTILISATION", number(given, "BILL_AMT1") / Math.max(limit, 1));
        put(all, "UTILISATION_MEAN", billed / 6 / Math.max(limit, 1));
        put(all, "UTILISATION_TREND", (number(given, "BILL_AMT1") - number(given, "BILL_AMT6")) / Math.max(limit, 1));
        put(all, "PAID_OF_BILL", number(given, "PAY_AMT1") / Math.max(number(given, "BILL_AMT2"), 1));
        put(all, "PAID_OF_BILLS", paid / Math.max(billed, 1));
        put(all, "PAID_OF_LIMIT", paid / Math.max(limit, 1));
        put(all, "LEAST_PAID", least);
        put(all, "PAID_SUM", paid);
        return all;
    }

    private static void put(Map<String, Input> values, String name, double value) {
        values.put(name, new Input.Amount(value));
    }

    private static double number(Map<String, Input> values, String name) {
        if (values.get(name) instanceof Input.Amount(double value)) {
            return value;
        }
        throw new IllegalArgumentException("no number for " + name);
    }
}

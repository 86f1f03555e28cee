package cn.jingshu.products.health.risk;

/**
 * What China-PAR's equations read of a person.
 *
 * @param age in whole years
 * @param totalMgDl total cholesterol, mg/dL
 * @param hdlMgDl HDL cholesterol, mg/dL
 * @param waist in cm
 * @param northern lives north of the Yangtze
 * @param urban lives in a town; of men alone
 * @param family a parent or sibling had a heart attack or stroke; of men alone
 */
record ChinaParReading(boolean male, double age, double systolic, boolean treated, double totalMgDl, double hdlMgDl, double waist,
        boolean smoker, boolean diabetes, boolean northern, boolean urban, boolean family) {
    /** Millimoles a litre of cholesterol in one milligram a decilitre, as the official calculator reckons. */
    static final double MMOL_L_PER_MG_DL = 0.0259;

    /** The official calculator answers lifetime risk from this age. */
    static final int FIRST_LIFETIME_AGE = 20;

    /** The official calculator answers lifetime risk up to this age. */
    static final int LAST_LIFETIME_AGE = 59;

    /** The same person with ideal values: 120 mmHg untreated, 200 and 40 mg/dL, waist 90 (men) or 85 cm, nothing else. */
    ChinaParReading ideal() {
        return new ChinaParReading(male, age, 120, false, 200, 40, male ? 90 : 85, false, false, northern, urban, false);
    }

    /** The value a term of the equations multiplies; names as in the file of coefficients. */
    double term(String name) {
        double lnAge = Math.log(age);
        double lnSystolic = Math.log(systolic);
        return switch (name) {
            case "ln_age" -> lnAge;
            case "ln_sbp_treated" -> treated ? lnSystolic : 0;
            case "ln_sbp_untreated" -> treated ? 0 : lnSystolic;
            case "ln_tc" -> Math.log(totalMgDl);
            case "ln_hdl" -> Math.log(hdlMgDl);
            case "ln_waist" -> Math.log(waist);
            case "current_smoker" -> smoker ? 1 : 0;
            case "diabetes" -> diabetes ? 1 : 0;
            case "north" -> northern ? 1 : 0;
            case "urban" -> urban ? 1 : 0;
            case "family_history" -> family ? 1 : 0;
            case "ln_age_x_ln_sbp_treated" -> treated ? lnAge * lnSystolic : 0;
            case "ln_age_x_ln_sbp_untreated" -> treated ? 0 : lnAge * lnSystolic;
            case "ln_age_x_smoker" -> smoker ? lnAge : 0;
            case "ln_age_x_family_history" -> family ? lnAge : 0;
            default -> throw new IllegalArgumentException("no term of China-PAR is called " + name);
        };
    }
}

package cn.jingshu.products.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a year of claims says of one provider: counts, means and shares by the names of {@link #NUMBERS}, as the contract has them. */
public record ProviderSummary(String provider, Map<String, Double> numbers) {
    /** The numbers, in the order of the contract and of the model's features. */
    public static final List<String> NUMBERS = List.of("inpatient_days_median", "inpatient_days_mean", "outpatient_days_median", "outpatient_days_mean",
            "chronic_conditions_median", "chronic_conditions_mean", "chronic_conditions_mode", "patient_age_median",
            "patient_age_mean", "inpatients", "outpatients", "inpatient_regions", "outpatient_regions",
            "shared_physicians", "mean_reimbursed", "top_code_claims", "repeated_inpatient_claims",
            "repeated_inpatient_share", "repeated_inpatient_regions", "repeated_inpatient_providers",
            "repeated_inpatient_days", "repeated_outpatient_claims", "repeated_outpatient_share",
            "repeated_outpatient_regions", "repeated_outpatient_providers", "repeated_outpatient_days",
            "claim_days_mean", "patients", "claims", "claims_a_patient", "revenue", "revenue_a_patient",
            "claims_without_physician", "claims_with_all_physicians", "claims_without_procedure", "claims_a_day");

    private static final List<String> REPEATED = List.of("repeated_inpatient", "repeated_outpatient");
    private static final double MOST = 1e12;

    /** @throws IllegalArgumentException if a number is missing, unknown, below zero or not finite */
    public ProviderSummary {
        numbers = Map.copyOf(numbers);
        if (!numbers.keySet().equals(Set.copyOf(NUMBERS))) {
            throw new IllegalArgumentException("the names are not those of a provider's summary");
        }
        if (numbers.values().stream().anyMatch(v -> !(v >= 0 && v <= MOST))) {
            throw new IllegalArgumentException("a number is below zero or not finite");
        }
    }

    /** The names of {@link #vector}, in its order. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(NUMBERS.stream().map(n -> "log_" + n).toList());
        for (String repeated : REPEATED) {
            names.addAll(List.of(repeated + "_any", repeated + "_many_regions", repeated + "_many_providers", repeated + "_many_days"));
        }
        names.addAll(List.of("serves_inpatients", "serves_outpatients"));
        return names;
    }

    /** The features: {@code ln(1 + x)} of each number, for money and counts differ by orders of magnitude, then flags that follow from them. */
    public double[] vector() {
        List<Double> row = new ArrayList<>(NUMBERS.stream().map(n -> Math.log1p(number(n))).toList());
        for (String repeated : REPEATED) {
            row.add(flag(number(repeated + "_claims") > 0));
            row.add(flag(number(repeated + "_regions") > 1));
            row.add(flag(number(repeated + "_providers") > 1));
            row.add(flag(number(repeated + "_days") > 1));
        }
        row.add(flag(number("inpatients") > 0));
        row.add(flag(number("outpatients") > 0));
        return row.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** How many people the provider had claims of. */
    double people() {
        return number("patients");
    }

    private double number(String name) {
        return Objects.requireNonNull(numbers.get(name));
    }

    private static double flag(boolean is) {
        return is ? 1 : 0;
    }
}

package cn.jingshu.products.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a year of claims says of one provider: counts and means by the names of {@link #NUMBERS}, yes or no by those of
 * {@link #FLAGS}, and which kinds of claims it had.
 */
public record ProviderSummary(String provider, Map<String, Double> numbers, Map<String, Boolean> flags, boolean inpatient, boolean outpatient) {
    /** The numbers, in the order of the model's features. */
    public static final List<String> NUMBERS = List.of("DurationMedianIP", "DurationMeanIP", "DurationMedianOP", "DurationMeanOP",
            "ChronCondsMedian", "ChronCondsMean", "ChronConsMode", "PtAgeMedian", "PtAgeMean", "NumPtsIP", "NumPtsOP", "NumStatesIP",
            "NumStatesOP", "SharePhysician", "MergeAvgClaimReimbursed", "NumTopCodeClaim", "DupClaimNum_IP", "DupClaimRatio_IP",
            "DupClaimStatesNum_IP", "DupClaimProviderNum_IP", "DupClaimStartDtNum_IP", "DupClaimNum_OP", "DupClaimRatio_OP",
            "DupClaimStatesNum_OP", "DupClaimProviderNum_OP", "DupClaimStartDtNum_OP", "AvgDuration", "NumOfPt", "NumOfClm", "ClmPerPt",
            "TotalRev", "RevPerPt", "ClmNoPhy", "ClmAllPhy", "ClmNoProc", "ClmPerDt");
    /** The yes or no. */
    public static final List<String> FLAGS = List.of("DupClaim_IP", "DupClaimMultiState_IP", "DupClaimMultiProvider_IP",
            "DupClaimMultiStartDt_IP", "DupClaim_OP", "DupClaimMultiState_OP", "DupClaimMultiProvider_OP", "DupClaimMultiStartDt_OP");

    /** @throws IllegalArgumentException if a number or flag is missing, unknown, below zero or not finite */
    public ProviderSummary {
        numbers = Map.copyOf(numbers);
        flags = Map.copyOf(flags);
        if (!numbers.keySet().equals(Set.copyOf(NUMBERS)) || !flags.keySet().equals(Set.copyOf(FLAGS))) {
            throw new IllegalArgumentException("the names are not those of a provider's summary");
        }
        if (numbers.values().stream().anyMatch(v -> !(v >= 0 && v < 1e15))) {
            throw new IllegalArgumentException("a number is below zero or not finite");
        }
    }

    /** The names of {@link #vector}, in its order. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(NUMBERS.stream().map(n -> "log_" + n).toList());
        names.addAll(FLAGS);
        names.addAll(List.of("inpatient", "outpatient"));
        return names;
    }

    /** The features: {@code ln(1 + x)} of each number, for money and counts differ by orders of magnitude, then the flags. */
    public double[] vector() {
        double[] row = new double[NUMBERS.size() + FLAGS.size() + 2];
        int j = 0;
        for (String name : NUMBERS) {
            row[j++] = Math.log1p(Objects.requireNonNull(numbers.get(name)));
        }
        for (String name : FLAGS) {
            row[j++] = Objects.requireNonNull(flags.get(name)) ? 1 : 0;
        }
        row[j++] = inpatient ? 1 : 0;
        row[j] = outpatient ? 1 : 0;
        return row;
    }

    /** How many people the provider had claims of. */
    long people() {
        return Math.round(Objects.requireNonNull(numbers.get("NumOfPt")));
    }
}

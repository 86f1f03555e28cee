package cn.jingshu.products.underwriting;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came out.
 *
 * @param rating 100: a person of the same age and sex with nothing of note; it stays inside
 * @param interval of the probability of inpatient or emergency care within twelve months; null: nothing is on record
 * @param reasons the weightiest first
 * @param loadingPercent 0 to 150 in steps of 25; null: none is indicated
 */
public record Assessment(Band band, double rating, @Nullable Interval interval, List<Reason> reasons, List<ReferralRule> referrals,
        @Nullable Integer loadingPercent, String modelVersion) {
    public Assessment {
        reasons = List.copyOf(reasons);
        referrals = List.copyOf(referrals);
    }

    /** One reason; {@code logFactor} is what it adds to the log of the rating. */
    public record Reason(ReasonCode code, double logFactor) {
        /** How much it weighs. */
        public ReasonCode.Strength strength() {
            return ReasonCode.Strength.of(logFactor);
        }
    }

    /** A 90 % interval rounded outwards to 0.05: finer steps would let a caller reckon back to single entries. */
    public record Interval(double low, double high) {
        static Interval around(double logOdds, double standardError) {
            double reach = 1.6448536269514722 * standardError;
            return new Interval(Math.floor(20 * sigmoid(logOdds - reach)) / 20, Math.ceil(20 * sigmoid(logOdds + reach)) / 20);
        }

        double width() {
            return high - low;
        }

        private static double sigmoid(double z) {
            return 1 / (1 + Math.exp(-z));
        }
    }

    /** True: a person has to underwrite. */
    public boolean referToHuman() {
        return !referrals.isEmpty();
    }

    /** The reason of that code, if it is among them. */
    public Optional<Reason> find(ReasonCode code) {
        return reasons.stream().filter(r -> r.code() == code).findFirst();
    }
}

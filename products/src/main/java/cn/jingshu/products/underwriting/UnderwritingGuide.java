package cn.jingshu.products.underwriting;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How factors become a rating: an underwriting manual in the manner of the numerical rating system (Hunter and Rogers 1919,
 * Transactions of the Actuarial Society of America 20:273), in which an unremarkable person rates 100 and debits and credits
 * are added. Here they multiply, each raised to its weight for the policy type.
 *
 * @param version stands in every answer
 * @param from the first day it is in force
 * @param basis what its numbers rest on
 * @param seriousFactor by what the first serious group multiplies the rating; the second and further ones add the square root
 * @param operationFactor by what an operation within a year does
 * @param weights by policy type
 */
public record UnderwritingGuide(String version, LocalDate from, String basis, double seriousFactor, double operationFactor,
        Map<PolicyKind, Weights> weights) {
    /**
     * How much each factor counts for a policy type: an exponent, 0 not at all, 1 in full.
     *
     * @param care the model of care and the debits for serious history and operations
     * @param cardiac the cardiac model
     * @param cost the model of expected cost
     * @param referralSumFen from this sum insured on a person has to underwrite, fen
     */
    public record Weights(double care, double cardiac, double cost, long referralSumFen) {
        public Weights {
            if (!(care >= 0 && care <= 1 && cardiac >= 0 && cardiac <= 1 && cost >= 0 && cost <= 1) || referralSumFen < 1) {
                throw new IllegalArgumentException("weights %s %s %s, sum %d".formatted(care, cardiac, cost, referralSumFen));
            }
        }
    }

    private static final List<UnderwritingGuide> ALL = List.of(new UnderwritingGuide("guide-2026.1", LocalDate.of(2026, 1, 1),
            "Judgement of the product's authors, to be replaced by each insurer's own manual; no claims experience stands behind the weights.",
            1.8, 1.25, Map.of(
                    PolicyKind.CRITICAL_ILLNESS, new Weights(0.8, 0.6, 0.2, 50_000_000L),
                    PolicyKind.MEDICAL, new Weights(1.0, 0.3, 0.4, 300_000_000L),
                    PolicyKind.CANCER, new Weights(0.7, 0.0, 0.2, 50_000_000L),
                    PolicyKind.ACCIDENT, new Weights(0.5, 0.1, 0.0, 100_000_000L),
                    PolicyKind.OTHER, new Weights(0.8, 0.4, 0.3, 50_000_000L))));

    public UnderwritingGuide {
        weights = Map.copyOf(weights);
        for (PolicyKind kind : PolicyKind.values()) {
            if (!weights.containsKey(kind)) {
                throw new IllegalArgumentException("guide " + version + " has no weights for " + kind);
            }
        }
    }

    /** The guide in force on a day; before the first one, the first. */
    public static UnderwritingGuide at(LocalDate day) {
        return ALL.stream().filter(g -> !g.from().isAfter(day)).max(Comparator.comparing(UnderwritingGuide::from)).orElse(ALL.getFirst());
    }

    /** The weights of a policy type. */
    public Weights of(PolicyKind kind) {
        return Objects.requireNonNull(weights.get(kind)); // the constructor has seen to all
    }
}

package cn.jingshu.ledger.share;

import java.security.SecureRandom;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.math.BigDecimal;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * All that the shares of one product rest on; the same inputs give the same portions on any machine.
 *
 * @param product its code
 * @param from the first month the shares hold for
 * @param operator the party that runs the marketplace; null: shares among data providers, which the operator has no part in
 * @param basis what the shares were found from
 * @param salt 64 hexadecimal digits by chance, which the digest of the record is over too: those who are told the digest and not the figures cannot try out what
 *     they may be; null: of a record made before there were salts
 */
public record ShareInputs(String product, YearMonth from, @Nullable String operator, Basis basis, @Nullable String salt) {
    private static final int SALT_BYTES = 32;

    /** Not salted yet. */
    public ShareInputs(String product, YearMonth from, @Nullable String operator, Basis basis) {
        this(product, from, operator, basis, null);
    }

    /** The same with a salt drawn from {@code random}. */
    public ShareInputs salted(SecureRandom random) {
        byte[] drawn = new byte[SALT_BYTES];
        random.nextBytes(drawn);
        return new ShareInputs(product, from, operator, basis, HexFormat.of().formatHex(drawn));
    }

    /** The same without a salt: what was proposed. */
    public ShareInputs unsalted() {
        return new ShareInputs(product, from, operator, basis);
    }

    public ShareInputs {
        if (salt != null && !salt.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a salt is 64 hexadecimal digits");
        }
        if (product.isBlank()) {
            throw new IllegalArgumentException("shares of no product");
        }
        if (operator != null && !basis.parties().contains(operator)) {
            throw new IllegalArgumentException("the operator " + operator + " is not among " + basis.parties());
        }
    }

    /** What shares are found from. */
    public sealed interface Basis {
        /** Ids in their order. */
        List<String> parties();

        /** Where agreement or figures are written down. */
        String source();
    }

    /**
     * Shares that were agreed on, not computed.
     *
     * @param weights kept by party; read together, so they need not add up to anything
     * @param source the agreement, and why these weights
     */
    public record Agreed(List<Weight> weights, String source) implements Basis {
        public Agreed {
            weights = weights.stream().sorted(Comparator.comparing(Weight::party)).toList();
            requireParties(weights.stream().map(Weight::party).toList());
            requireSource(source);
            if (weights.stream().allMatch(each -> each.weight().signum() == 0)) {
                throw new IllegalArgumentException("every weight is zero");
            }
        }

        @Override
        public List<String> parties() {
            return weights.stream().map(Weight::party).toList();
        }
    }

    /** One party's weight, at least zero. */
    public record Weight(String party, BigDecimal weight) {
        public Weight {
            if (weight.signum() < 0 || weight.precision() > 30 || Math.abs(weight.scale()) > 30) {
                throw new IllegalArgumentException(party + ": weight " + weight + " is below zero, or too long");
            }
            weight = weight.signum() == 0 ? BigDecimal.ZERO : weight.stripTrailingZeros();
        }
    }

    /**
     * Shares by score.
     *
     * @param comparisons of processing cost, market demand and value contribution, in pairs, see {@link AhpWeights#of}
     * @param measures kept by party
     * @param contribution null: nobody's was measured, and its weight goes to cost and demand
     * @param source the documents the figures come from
     */
    public record Scored(List<List<BigFraction>> comparisons, List<Measure> measures, @Nullable Contribution contribution,
            String source) implements Basis {
        public Scored {
            comparisons = comparisons.stream().map(List::copyOf).toList();
            measures = measures.stream().sorted(Comparator.comparing(Measure::party)).toList();
            requireParties(measures.stream().map(Measure::party).toList());
            requireSource(source);
            if (contribution != null && !contribution.parties().equals(measures.stream().map(Measure::party).toList())) {
                throw new IllegalArgumentException("contributions are those of " + contribution.parties() + ", measures of "
                        + measures.stream().map(Measure::party).toList());
            }
        }

        @Override
        public List<String> parties() {
            return measures.stream().map(Measure::party).toList();
        }
    }

    /**
     * What is known of one party.
     *
     * @param processingCostFen 加工成本, by vouchers; at least zero
     * @param demand 市场需求: one measure for all parties; at least zero
     */
    public record Measure(String party, long processingCostFen, BigFraction demand) {
        public Measure {
            if (processingCostFen < 0 || demand.compareTo(BigFraction.ZERO) < 0) {
                throw new IllegalArgumentException(party + ": cost and demand must be at least zero");
            }
        }
    }

    /** How value contribution (价值贡献) was measured. */
    public sealed interface Contribution {
        List<String> parties();

        /** Every group was measured; for up to {@link Shapley#MOST_EXACT} parties. Its parties stand in the order of ids. */
        record Exact(CoalitionWorth worth) implements Contribution {
            public Exact {
                List<String> sorted = worth.parties().stream().sorted().toList();
                worth = sorted.equals(worth.parties()) ? worth : new CoalitionWorth(sorted, worth.worth());
            }

            @Override
            public List<String> parties() {
                return worth.parties();
            }
        }

        /**
         * The groups of some orders were measured; for more than {@link Shapley#MOST_EXACT} parties.
         *
         * @param worth of every group that {@link Shapley#groupsOf} names
         */
        record Sampled(GroupWorth worth, int orders, long seed) implements Contribution {
            public Sampled {
                if (worth.parties().size() <= Shapley.MOST_EXACT) {
                    throw new IllegalArgumentException(worth.parties().size() + " parties can be measured exactly");
                }
            }

            @Override
            public List<String> parties() {
                return worth.parties();
            }
        }
    }

    private static void requireParties(List<String> parties) {
        if (parties.isEmpty() || parties.stream().anyMatch(String::isBlank)
                || new HashSet<>(parties).size() != parties.size()) {
            throw new IllegalArgumentException("parties are missing, nameless or named twice: " + parties);
        }
    }

    private static void requireSource(String source) {
        if (source.isBlank()) {
            throw new IllegalArgumentException("the source of the shares is missing");
        }
    }
}

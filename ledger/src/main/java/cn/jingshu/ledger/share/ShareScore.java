package cn.jingshu.ledger.share;

import cn.jingshu.ledger.money.Portion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * The portions of operator and merchants (分成比例) from processing cost, market demand and value contribution: of each criterion
 * a party has the part that is its own, and the parts are weighed. Exact; anyone who has the inputs gets the same fractions.
 *
 * <p>A criterion of which nobody has anything tells the parties apart by nothing: its weight goes to the others in their
 * proportion.
 *
 * @param cost weight of processing cost; with the two others it adds up to one
 * @see "方案(征求意见稿):综合加工成本、市场需求、价值贡献等确定运营机构与数商的分成比例; the formula is this project's, no city's was found"
 */
public record ShareScore(Portion cost, Portion demand, Portion contribution) {

    /** @throws IllegalArgumentException if the weights do not add up to one */
    public ShareScore {
        if (!fraction(cost).add(fraction(demand)).add(fraction(contribution)).equals(BigFraction.ONE)) {
            throw new IllegalArgumentException("the weights " + cost + ", " + demand + " and " + contribution
                    + " do not add up to one");
        }
    }

    /**
     * The weights by comparisons of cost, demand and contribution, in this order.
     *
     * @throws IllegalArgumentException if there are not three, or they contradict each other too much
     */
    public static ShareScore by(AhpWeights weights) {
        if (weights.weights().size() != 3 || !weights.isConsistent()) {
            throw new IllegalArgumentException("three criteria with a consistency ratio of at most " + AhpWeights.MOST_RATIO
                    + " are needed, not " + weights.weights().size() + " with " + weights.consistencyRatio());
        }
        return new ShareScore(weights.weights().get(0), weights.weights().get(1), weights.weights().get(2));
    }

    /** One party's portion of what is shared. */
    public record PartyPortion(String party, Portion portion) {}

    /**
     * The portions of {@code parties}, in their order, adding up to exactly one.
     *
     * @throws IllegalArgumentException if there is no party, one comes twice, or of no criterion with a weight anybody has
     *     anything
     */
    public List<PartyPortion> portions(List<PartyScore> parties) {
        Set<String> seen = new HashSet<>();
        for (PartyScore one : parties) {
            if (!seen.add(one.party())) {
                throw new IllegalArgumentException(one.party() + " comes twice");
            }
        }
        List<BigFraction> scores = new ArrayList<>();
        parties.forEach(_ -> scores.add(BigFraction.ZERO));
        BigFraction counted = weigh(parties, one -> new BigFraction(one.processingCost().fen()), fraction(cost), scores)
                .add(weigh(parties, PartyScore::demand, fraction(demand), scores))
                .add(weigh(parties, one -> orZero(one.contribution()), fraction(contribution), scores));
        if (counted.equals(BigFraction.ZERO)) {
            throw new IllegalArgumentException("nobody has anything of what is weighed");
        }
        List<PartyPortion> portions = new ArrayList<>();
        for (int i = 0; i < parties.size(); i++) {
            BigFraction portion = scores.get(i).divide(counted);
            portions.add(new PartyPortion(
                    parties.get(i).party(), new Portion(portion.getNumerator(), portion.getDenominator())));
        }
        return portions;
    }

    /** Adds each party's part of one criterion to its score. @return the weight that counted; zero: nobody has anything */
    private static BigFraction weigh(List<PartyScore> parties, Function<PartyScore, BigFraction> criterion,
            BigFraction weight, List<BigFraction> scores) {
        BigFraction whole = BigFraction.ZERO;
        for (PartyScore one : parties) {
            whole = whole.add(criterion.apply(one));
        }
        if (whole.equals(BigFraction.ZERO)) {
            return BigFraction.ZERO;
        }
        for (int i = 0; i < parties.size(); i++) {
            scores.set(i, scores.get(i).add(criterion.apply(parties.get(i)).divide(whole).multiply(weight)));
        }
        return weight;
    }

    private static BigFraction orZero(BigFraction value) {
        return value.compareTo(BigFraction.ZERO) < 0 ? BigFraction.ZERO : value;
    }

    private static BigFraction fraction(Portion portion) {
        return new BigFraction(portion.numerator(), portion.denominator());
    }
}

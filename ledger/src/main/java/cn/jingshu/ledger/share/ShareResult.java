package cn.jingshu.ledger.share;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * The shares that {@link ShareInputs} give, with the steps that led there.
 *
 * @param score null: the shares were agreed on
 * @param portions by party, in the order of ids, adding up to one
 */
public record ShareResult(@Nullable Score score, List<ShareScore.PartyPortion> portions) {

    /**
     * The steps of a score.
     *
     * @param weights of processing cost, market demand and value contribution
     * @param consistencyRatio of the comparisons, see {@link AhpWeights}
     * @param contributions by party; empty: none was measured
     */
    public record Score(List<Portion> weights, BigDecimal consistencyRatio, List<Contributed> contributions) {
        public Score {
            weights = List.copyOf(weights);
            contributions = List.copyOf(contributions);
        }
    }

    /**
     * One party's Shapley value.
     *
     * @param halfWidth how far the true value may lie from it, at 95 %; null: it is exact
     */
    public record Contributed(String party, BigFraction value, @Nullable BigDecimal halfWidth) {}

    public ShareResult {
        portions = List.copyOf(portions);
    }

    /**
     * What the inputs give; nothing else is asked.
     *
     * @throws IllegalArgumentException if the comparisons contradict each other, a group that is needed was not measured, or
     *     nobody has anything of what is weighed
     */
    public static ShareResult of(ShareInputs inputs) {
        return switch (inputs.basis()) {
            case ShareInputs.Agreed agreed -> agreed(agreed);
            case ShareInputs.Scored scored -> scored(scored);
        };
    }

    private static ShareResult agreed(ShareInputs.Agreed agreed) {
        List<Portion> portions = Portion.ofWeights(agreed.weights().stream().map(ShareInputs.Weight::weight).toList());
        List<ShareScore.PartyPortion> named = new ArrayList<>();
        for (int i = 0; i < portions.size(); i++) {
            named.add(new ShareScore.PartyPortion(agreed.weights().get(i).party(), portions.get(i)));
        }
        return new ShareResult(null, named);
    }

    private static ShareResult scored(ShareInputs.Scored scored) {
        AhpWeights weights = AhpWeights.of(scored.comparisons());
        List<Contributed> contributions = contributions(scored.contribution());
        List<PartyScore> parties = new ArrayList<>();
        for (int i = 0; i < scored.measures().size(); i++) {
            ShareInputs.Measure measure = scored.measures().get(i);
            parties.add(new PartyScore(measure.party(), new Money(measure.processingCostFen()), measure.demand(),
                    contributions.isEmpty() ? BigFraction.ZERO : contributions.get(i).value()));
        }
        return new ShareResult(new Score(weights.weights(), weights.consistencyRatio(), contributions),
                ShareScore.by(weights).portions(parties));
    }

    private static List<Contributed> contributions(ShareInputs.@Nullable Contribution contribution) {
        List<Contributed> values = new ArrayList<>();
        switch (contribution) {
            case null -> {}
            case ShareInputs.Contribution.Exact(var worth) ->
                Shapley.exact(worth).forEach((party, value) -> values.add(new Contributed(party, value, null)));
            case ShareInputs.Contribution.Sampled(var worth, var orders, var seed) -> {
                Shapley.Estimate estimate = Shapley.estimate(worth.parties(), worth::of, orders, seed);
                worth.parties().forEach(party -> values.add(new Contributed(
                        party, known(estimate.values(), party), known(estimate.halfWidths(), party))));
            }
        }
        return values;
    }

    private static <V> V known(Map<String, V> values, String party) {
        V value = values.get(party);
        if (value == null) {
            throw new IllegalStateException("every party was there: " + party);
        }
        return value;
    }
}

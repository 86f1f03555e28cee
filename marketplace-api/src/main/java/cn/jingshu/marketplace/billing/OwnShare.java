package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareResult;
import cn.jingshu.ledger.share.ShareScore;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * What a party that shares in a product may read of the shares: how the criteria weigh, its own figures and portion, and all others together. What another
 * merchant's processing costs, or brings, is that merchant's trade secret; whoever reads the books sees all of it.
 *
 * @param portions the party's own, then the rest as {@link #OTHERS} unless there is none
 * @param figures the party's own; empty: the shares were agreed on
 * @param whole the sums by which the own figures are divided, so that the own portion can be computed again; null: they were agreed on, or the sums would tell
 *     one other merchant's figures
 * @see "反不正当竞争法第九条 (商业秘密); decision 0047"
 */
public record OwnShare(List<ShareScore.PartyPortion> portions, List<Figures> figures, @Nullable Whole whole) {
    /** Stands for every party but the reader. */
    public static final String OTHERS = "OTHERS";

    /**
     * One party's figures.
     *
     * @param processingCostFen 加工成本
     * @param contribution its Shapley value; null: none was measured
     */
    public record Figures(String party, long processingCostFen, BigFraction demand, ShareResult.@Nullable Contributed contribution) {}

    /**
     * All parties' figures added up.
     *
     * @param contribution only values above zero, which alone count; null: none was measured
     */
    public record Whole(BigInteger processingCostFen, BigFraction demand, @Nullable BigFraction contribution) {}

    public OwnShare {
        portions = List.copyOf(portions);
        figures = List.copyOf(figures);
    }

    /**
     * @param own ids or provider codes of the reader
     * @return empty: the reader has no part in these shares
     */
    public static Optional<OwnShare> of(ShareInputs inputs, ShareResult result, Set<String> own) {
        if (inputs.basis().parties().stream().noneMatch(own::contains)) {
            return Optional.empty();
        }
        List<ShareScore.PartyPortion> portions = new ArrayList<>();
        BigFraction rest = BigFraction.ONE;
        for (ShareScore.PartyPortion each : result.portions()) {
            if (own.contains(each.party())) {
                portions.add(each);
                rest = rest.subtract(new BigFraction(each.portion().numerator(), each.portion().denominator()));
            }
        }
        if (portions.size() < result.portions().size()) {
            portions.add(new ShareScore.PartyPortion(OTHERS, new Portion(rest.getNumerator(), rest.getDenominator())));
        }
        return Optional.of(switch (inputs.basis()) {
            case ShareInputs.Agreed _ -> new OwnShare(portions, List.of(), null);
            case ShareInputs.Scored scored -> new OwnShare(portions, figures(scored, result, own),
                    isOneSecret(inputs, own) ? null : whole(scored, result));
        });
    }

    /** Whether one merchant alone stands behind a sum from which the reader can take itself and, as far as it is known, the operator. */
    private static boolean isOneSecret(ShareInputs inputs, Set<String> own) {
        return inputs.basis().parties().stream().filter(party -> !own.contains(party) && !party.equals(inputs.operator())).count() == 1;
    }

    private static List<Figures> figures(ShareInputs.Scored scored, ShareResult result, Set<String> own) {
        ShareResult.Score score = result.score();
        List<Figures> figures = new ArrayList<>();
        for (ShareInputs.Measure measure : scored.measures()) {
            if (own.contains(measure.party())) {
                figures.add(new Figures(measure.party(), measure.processingCostFen(), measure.demand(), score == null ? null
                        : score.contributions().stream().filter(each -> each.party().equals(measure.party())).findFirst().orElse(null)));
            }
        }
        return figures;
    }

    private static Whole whole(ShareInputs.Scored scored, ShareResult result) {
        BigInteger cost = BigInteger.ZERO;
        BigFraction demand = BigFraction.ZERO;
        for (ShareInputs.Measure measure : scored.measures()) {
            cost = cost.add(BigInteger.valueOf(measure.processingCostFen()));
            demand = demand.add(measure.demand());
        }
        ShareResult.Score score = result.score();
        if (score == null || score.contributions().isEmpty()) {
            return new Whole(cost, demand, null);
        }
        BigFraction contribution = BigFraction.ZERO;
        for (ShareResult.Contributed each : score.contributions()) {
            contribution = each.value().compareTo(BigFraction.ZERO) > 0 ? contribution.add(each.value()) : contribution;
        }
        return new Whole(cost, demand, contribution);
    }
}

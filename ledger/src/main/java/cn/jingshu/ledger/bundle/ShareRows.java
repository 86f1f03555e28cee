package cn.jingshu.ledger.bundle;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareRecord;
import cn.jingshu.ledger.share.ShareResult;
import cn.jingshu.ledger.share.ShareScore;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * A record of shares as a person reads it in tables: the weights of the criteria, and of each party cost, demand, contribution and portion. All of it
 * follows from the record's inputs.
 *
 * @param basis {@code AGREED} or {@code SCORED}
 * @param source the document agreement or figures come from
 * @param weights of processing cost, market demand and value contribution (AHP), such as {@code 1/3}; empty: agreed
 * @param consistencyRatio of the comparisons in pairs; empty: agreed
 */
public record ShareRows(String basis, String source, List<String> weights, String consistencyRatio, List<Party> parties) {
    /** Shares of operator and merchants. */
    public static final String PARTIES = "PARTIES";

    /** Shares of data providers in what the treasury gets. */
    public static final String PROVIDERS = "PROVIDERS";

    /**
     * One party.
     *
     * @param processingCost null: agreed
     * @param demand null: agreed
     * @param contribution its Shapley value; null: none was measured
     * @param halfWidth of the value when it was sampled, at 95 %; empty: it is exact, or there is none
     */
    public record Party(String party, @Nullable Money processingCost, @Nullable String demand, @Nullable String contribution,
            String halfWidth, String portion) {}

    public ShareRows {
        weights = List.copyOf(weights);
        parties = List.copyOf(parties);
    }

    /** {@link #PARTIES} or {@link #PROVIDERS}. */
    public static String subjectOf(ShareInputs inputs) {
        return inputs.operator() == null ? PROVIDERS : PARTIES;
    }

    /** @throws IllegalArgumentException if the record's inputs give no shares */
    public static ShareRows of(ShareRecord record) {
        ShareInputs inputs = record.inputs();
        ShareResult result = ShareResult.of(inputs);
        ShareResult.Score score = result.score();
        List<Party> parties = new ArrayList<>();
        for (int i = 0; i < result.portions().size(); i++) {
            ShareScore.PartyPortion portion = result.portions().get(i);
            ShareInputs.@Nullable Measure measure = inputs.basis() instanceof ShareInputs.Scored scored ? scored.measures().get(i) : null;
            ShareResult.@Nullable Contributed contributed = contributed(score, portion.party());
            @Nullable BigDecimal halfWidth = contributed == null ? null : contributed.halfWidth();
            parties.add(new Party(portion.party(), measure == null ? null : new Money(measure.processingCostFen()),
                    measure == null ? null : text(measure.demand()), contributed == null ? null : text(contributed.value()),
                    halfWidth == null ? "" : halfWidth.toPlainString(), portion.portion().toString()));
        }
        return new ShareRows(inputs.basis() instanceof ShareInputs.Scored ? "SCORED" : "AGREED", inputs.basis().source(),
                score == null ? List.of() : score.weights().stream().map(Portion::toString).toList(),
                score == null ? "" : score.consistencyRatio().toPlainString(), parties);
    }

    private static ShareResult.@Nullable Contributed contributed(ShareResult.@Nullable Score score, String party) {
        if (score == null) {
            return null;
        }
        return score.contributions().stream().filter(each -> each.party().equals(party)).findFirst().orElse(null);
    }

    /** A number with decimals for a table; null: an empty cell. */
    public static @Nullable BigDecimal decimal(String text) {
        return text.isEmpty() ? null : new BigDecimal(text);
    }

    private static String text(BigFraction fraction) {
        return fraction.getDenominator().equals(java.math.BigInteger.ONE)
                ? fraction.getNumerator().toString() : fraction.getNumerator() + "/" + fraction.getDenominator();
    }
}

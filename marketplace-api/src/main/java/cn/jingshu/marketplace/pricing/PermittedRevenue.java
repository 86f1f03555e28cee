package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the authorised operation may earn in one year (最高准许收入): {@code C + C·ρ + T}, less what earlier cycles earned
 * too much.
 *
 * @param cycleFirst first year of its review cycle (评估周期), which is at most three years long
 * @param platform cost of building and running the platform, of providing products for industry alone, like every cost here
 * @param processing cost of transmitting, gathering, storing and governing data
 * @param staff cost of staff
 * @param acquisition expenses for obtaining public data resources
 * @param period period expenses (期间费用)
 * @param subsidies government subsidies, deducted from the cost
 * @param surveyYear year of the cost survey (成本调查)
 * @param bondYear the year the bond yield is the average of: the one before the survey
 * @param bondYield average yield of ten-year treasury bonds, such as 0.022
 * @param rate permitted rate of profit (准许利润率), such as 0.08
 * @param taxes as current rules have them; a signed input, for 65号 does not say which
 * @param vatInTaxes whether VAT is among them: then revenue is compared with its VAT, otherwise without
 * @param carried over-recovery of earlier cycles that is deducted in this year
 * @param smoothing why not all of it is deducted at once; null: all is
 * @param highest the permitted revenue as the decision states it
 * @param citation report of the cost survey and decision; never blank
 * @see "发改价格〔2025〕65号: 最高准许收入=经营成本+经营成本×准许利润率+税金; 准许利润率不超过10年期国债平均收益率加6个百分点"
 */
public record PermittedRevenue(UUID id, int year, int cycleFirst, int cycleLast, Money platform, Money processing,
        Money staff, Money acquisition, Money period, Money subsidies, int surveyYear, int bondYear, BigDecimal bondYield,
        BigDecimal rate, Money taxes, boolean vatInTaxes, Money carried, @Nullable String smoothing, Money highest,
        String citation) {

    private static final int SCALE = 8;

    /** @throws ArithmeticException if the yield or the rate is finer than eight decimals */
    public PermittedRevenue {
        bondYield = bondYield.setScale(SCALE, RoundingMode.UNNECESSARY);
        rate = rate.setScale(SCALE, RoundingMode.UNNECESSARY);
        if (citation.isBlank() || (smoothing != null && smoothing.isBlank())) {
            throw new IllegalArgumentException("a permitted revenue cites the decision it rests on");
        }
    }

    /** The cost C: its items less subsidies. */
    public Money cost() {
        return platform.plus(processing).plus(staff).plus(acquisition).plus(period).minus(subsidies);
    }

    /** The permitted profit C·ρ, rounded half up to whole fen. */
    public Money profit() {
        return new Money(BigDecimal.valueOf(cost().fen()).multiply(rate).setScale(0, RoundingMode.HALF_UP).longValueExact());
    }

    /** What the formula gives: C + C·ρ + T, less what is carried. */
    public Money reckoned() {
        return cost().plus(profit()).plus(taxes).minus(carried);
    }

    /** How far it has come. */
    public enum Status {
        OPEN,
        SIGNED,
        REFUSED
    }

    /**
     * A permitted revenue and who stands behind it.
     *
     * @param decidedBy null, with {@code decidedAt} and {@code ground}: open
     */
    public record Kept(PermittedRevenue revenue, UUID proposedBy, Instant proposedAt, Status status,
            @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground) {}
}

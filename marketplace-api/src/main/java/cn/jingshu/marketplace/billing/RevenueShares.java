package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;
import io.micronaut.data.annotation.MappedProperty;
import io.micronaut.data.annotation.TypeDef;
import io.micronaut.data.model.DataType;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * Who shares in the net profit a product brings, and by what weight (分成比例); dated by month, approved, never changed
 * afterwards.
 *
 * @see "方案(征求意见稿):综合加工成本、市场需求、价值贡献等确定运营机构与数商的分成比例"
 */
@Singleton
public final class RevenueShares {
    /** One party's weight in one product from {@code effectiveFrom} on. */
    @MappedEntity(schema = "market", value = "revenue_share")
    public record RevenueShare(
            @Id UUID id,
            @MappedProperty("product_code") String product,
            @MappedProperty("party_id") UUID party,
            BigDecimal weight,
            @TypeDef(type = DataType.DATE, converter = MonthColumn.class) YearMonth effectiveFrom,
            UUID approvedBy,
            String reason) {}

    /**
     * How a month's net profit is shared.
     *
     * @param operator the operator's portion; with the merchants' it adds up to one
     * @param merchants by organisation id
     */
    public record Portions(Portion operator, Map<String, Portion> merchants) {
        public Portions {
            merchants = Map.copyOf(merchants);
        }
    }

    /** One party's weight in one product; {@code operator}: the party runs the marketplace. */
    @Introspected
    record Weight(String productCode, UUID partyId, BigDecimal weight, boolean operator) {}

    private final RevenueShareRepository repository;
    private final Clock clock;

    RevenueShares(RevenueShareRepository repository, Clock clock) {
        this.repository = repository;
        this.clock = clock;
    }

    public void approve(RevenueShare share) {
        repository.addOnce(share.id(), share.product(), share.party(), share.weight(), share.effectiveFrom(),
                share.approvedBy(), clock.instant(), share.reason());
    }

    /**
     * The portions of {@code month}: each product's revenue is weighed by its own shares, and a product without shares
     * is the operator's own. Without revenue there is no profit to share, so all of it is the operator's.
     *
     * @param netRevenue revenue without tax by product; none below zero
     */
    public Portions portionsOf(YearMonth month, Map<String, Money> netRevenue) {
        List<Weight> weights = repository.listInForce(month.atDay(1));
        Map<String, List<Weight>> byProduct = new LinkedHashMap<>();
        weights.forEach(weight -> byProduct.computeIfAbsent(weight.productCode(), _ -> new ArrayList<>()).add(weight));
        BigFraction total = BigFraction.ZERO;
        Map<String, BigFraction> merchants = new TreeMap<>();
        for (Map.Entry<String, Money> product : netRevenue.entrySet()) {
            BigFraction revenue = new BigFraction(product.getValue().fen());
            total = total.add(revenue);
            List<Weight> shares = byProduct.getOrDefault(product.getKey(), List.of());
            if (shares.isEmpty()) {
                continue;
            }
            List<Portion> portions = Portion.ofWeights(shares.stream().map(Weight::weight).toList());
            for (int i = 0; i < shares.size(); i++) {
                if (!shares.get(i).operator()) {
                    BigFraction part = new BigFraction(portions.get(i).numerator(), portions.get(i).denominator());
                    merchants.merge(shares.get(i).partyId().toString(), part.multiply(revenue), BigFraction::add);
                }
            }
        }
        if (total.equals(BigFraction.ZERO)) {
            return new Portions(Portion.WHOLE, Map.of());
        }
        BigFraction operator = BigFraction.ONE;
        Map<String, Portion> shares = new LinkedHashMap<>();
        for (Map.Entry<String, BigFraction> merchant : merchants.entrySet()) {
            BigFraction share = merchant.getValue().divide(total);
            operator = operator.subtract(share);
            shares.put(merchant.getKey(), portion(share));
        }
        return new Portions(portion(operator), shares);
    }

    private static Portion portion(BigFraction fraction) {
        return new Portion(fraction.getNumerator(), fraction.getDenominator());
    }
}

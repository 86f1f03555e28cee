package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareScore;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * The portions of a whole line from those of its products: each product's net revenue is weighed by its own shares.
 *
 * @param operator with the merchants' it adds up to one
 * @param merchants by id, those with a portion above zero
 * @param providers of what the treasury gets, by id, adding up to one; {@link #GENERAL}: of no provider
 */
public record ProductShares(Portion operator, List<MerchantShare> merchants, List<ProviderShare> providers) {

    /** Where the treasury's money goes that products without a provider's resources brought (财政统筹). */
    public static final String GENERAL = "GENERAL";

    /** A data provider's portion of what the treasury gets. */
    public record ProviderShare(String provider, Portion portion) {}

    public ProductShares {
        merchants = List.copyOf(merchants);
        providers = List.copyOf(providers);
    }

    /** Without revenue there is no profit to share: all is the operator's, and of no provider. */
    public static ProductShares of(List<ProductRevenue> products) {
        BigFraction total = BigFraction.ZERO;
        Map<String, BigFraction> merchants = new TreeMap<>();
        Map<String, BigFraction> providers = new TreeMap<>();
        for (ProductRevenue product : products) {
            BigFraction revenue = new BigFraction(product.netRevenue().orZeroIfNegative().fen());
            total = total.add(revenue);
            if (product.shares() != null) {
                ShareInputs inputs = product.shares().inputs();
                for (ShareScore.PartyPortion each : product.shares().result().portions()) {
                    if (!each.party().equals(inputs.operator())) {
                        add(merchants, each.party(), revenue, each.portion());
                    }
                }
            }
            if (product.providerShares() != null) {
                product.providerShares().result().portions()
                        .forEach(each -> add(providers, each.party(), revenue, each.portion()));
            } else {
                addByResources(providers, revenue, product.resources());
            }
        }
        if (total.equals(BigFraction.ZERO)) {
            return new ProductShares(Portion.WHOLE, List.of(), List.of(new ProviderShare(GENERAL, Portion.WHOLE)));
        }
        BigFraction operator = BigFraction.ONE;
        List<MerchantShare> merchantShares = new ArrayList<>();
        for (Map.Entry<String, BigFraction> merchant : merchants.entrySet()) {
            BigFraction share = merchant.getValue().divide(total);
            operator = operator.subtract(share);
            merchantShares.add(new MerchantShare(merchant.getKey(), portion(share)));
        }
        List<ProviderShare> providerShares = new ArrayList<>();
        for (Map.Entry<String, BigFraction> provider : providers.entrySet()) {
            providerShares.add(new ProviderShare(provider.getKey(), portion(provider.getValue().divide(total))));
        }
        return new ProductShares(portion(operator), merchantShares, providerShares);
    }

    private static void addByResources(
            Map<String, BigFraction> providers, BigFraction revenue, List<ProductRevenue.ProviderResources> resources) {
        int all = resources.stream().mapToInt(ProductRevenue.ProviderResources::resources).sum();
        if (all == 0) {
            add(providers, GENERAL, revenue, Portion.WHOLE);
        }
        resources.forEach(each -> add(providers, each.provider(), revenue, Portion.of(each.resources(), all)));
    }

    private static void add(Map<String, BigFraction> sums, String party, BigFraction revenue, Portion portion) {
        BigFraction part = new BigFraction(portion.numerator(), portion.denominator()).multiply(revenue);
        if (part.getNumerator().compareTo(BigInteger.ZERO) > 0) {
            sums.merge(party, part, BigFraction::add);
        }
    }

    private static Portion portion(BigFraction fraction) {
        return new Portion(fraction.getNumerator(), fraction.getDenominator());
    }
}

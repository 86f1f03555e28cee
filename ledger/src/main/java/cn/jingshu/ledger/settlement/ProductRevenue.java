package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.share.ShareRecord;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one product brought in under one set of shares, and those shares.
 *
 * @param product its code; {@link #NONE}: revenue of no single product
 * @param netRevenue without VAT; below zero if more was taken back than charged, which then shares in nothing
 * @param shares of operator and merchants; null: none were approved, so all is the operator's
 * @param providerShares of the data providers in what the treasury gets; null: by {@code resources}
 * @param resources how many of each provider's resources the product is made from; kept by provider
 */
public record ProductRevenue(String product, Money netRevenue, @Nullable ShareRecord shares,
        @Nullable ShareRecord providerShares, List<ProviderResources> resources) {

    /** Stands for no product. */
    public static final String NONE = "-";

    /** @param resources above zero */
    public record ProviderResources(String provider, int resources) {
        public ProviderResources {
            if (provider.isBlank() || resources < 1) {
                throw new IllegalArgumentException("provider " + provider + " with " + resources + " resources");
            }
        }
    }

    /** @throws IllegalArgumentException if a record of shares is another product's, or is not what its inputs give */
    public ProductRevenue {
        resources = resources.stream().sorted(Comparator.comparing(ProviderResources::provider)).toList();
        require(product, shares);
        require(product, providerShares);
        if (shares != null && shares.inputs().operator() == null) {
            throw new IllegalArgumentException("shares of " + product + " without the operator");
        }
        if (providerShares != null && providerShares.inputs().operator() != null) {
            throw new IllegalArgumentException("the operator among the data providers of " + product);
        }
    }

    private static void require(String product, @Nullable ShareRecord record) {
        if (record == null) {
            return;
        }
        record.findFault().ifPresent(fault -> {
            throw new IllegalArgumentException("shares of " + product + ": " + fault);
        });
        if (!record.inputs().product().equals(product)) {
            throw new IllegalArgumentException("shares of " + record.inputs().product() + " used for " + product);
        }
    }
}

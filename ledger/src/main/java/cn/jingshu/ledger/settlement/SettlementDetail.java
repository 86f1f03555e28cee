package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;

/**
 * What a settlement of the second or third form rests on besides: the revenue of each product with its shares, how shared costs are
 * divided, and what earlier settlements left.
 *
 * @param bookedOn the voucher date of the entries: the period's last day, or a later one if its month is closed
 * @param products kept by product and first month of the shares
 * @param taxLosses losses of earlier years that income tax may still be reduced by, at least zero
 * @param carried by treasury, operator and merchants
 * @param carriedByProvider by data provider
 * @param vatByMonth the third form, of a year: its months in their order; empty: the second form, which takes surcharges of the whole at the rates of
 *     the last day
 */
public record SettlementDetail(LocalDate bookedOn, List<ProductRevenue> products, CostKey costKey, Money taxLosses,
        List<Carried> carried, List<Carried> carriedByProvider, List<MonthVat> vatByMonth) {

    public SettlementDetail {
        products = products.stream()
                .sorted(Comparator.comparing(ProductRevenue::product).thenComparing(SettlementDetail::since))
                .toList();
        carried = carried.stream().sorted(Comparator.comparing(Carried::party)).toList();
        carriedByProvider = carriedByProvider.stream().sorted(Comparator.comparing(Carried::party)).toList();
        if (taxLosses.isNegative()) {
            throw new IllegalArgumentException("losses are given as an amount above zero: " + taxLosses);
        }
        vatByMonth = List.copyOf(vatByMonth);
    }

    /** Of the second form. */
    public SettlementDetail(LocalDate bookedOn, List<ProductRevenue> products, CostKey costKey, Money taxLosses, List<Carried> carried,
            List<Carried> carriedByProvider) {
        this(bookedOn, products, costKey, taxLosses, carried, carriedByProvider, List.of());
    }

    private static String since(ProductRevenue product) {
        String own = product.shares() == null ? "" : product.shares().inputs().from().toString();
        return own + " " + (product.providerShares() == null ? "" : product.providerShares().inputs().from());
    }

    /** The portions the products give. */
    public ProductShares shares() {
        return ProductShares.of(products);
    }
}

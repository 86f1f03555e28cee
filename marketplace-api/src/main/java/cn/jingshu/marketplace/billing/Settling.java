package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.BookFacts;
import cn.jingshu.ledger.settlement.Carried;
import cn.jingshu.ledger.settlement.CostKey;
import cn.jingshu.ledger.settlement.DistributionDetail;
import cn.jingshu.ledger.settlement.Losses;
import cn.jingshu.ledger.settlement.MonthVat;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.PolicyChoices;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.ProductRevenue;
import cn.jingshu.ledger.settlement.ProductShares;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementDetail;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementRates;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.ledger.share.ShareRecord;
import cn.jingshu.marketplace.store.Database;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gathers all that a settlement rests on: what the books say, merchants' vouchers, the shares in force in each month, the
 * resources products are made from, metered use, dated rates, and what earlier settlements left.
 */
@Singleton
final class Settling {
    /** Units by use, those of corrections with them; a month's bill may take more back than it counts. */
    private static final String METERED_UNITS = """
            SELECT CAST(coalesce(sum(quantity) FILTER (WHERE purpose <> 'PUBLIC_INTEREST'), 0) AS bigint) AS paid,
                   CAST(coalesce(sum(quantity) FILTER (WHERE purpose = 'PUBLIC_INTEREST'), 0) AS bigint) AS free
              FROM market.charge
             WHERE period >= ? AND period <= ?
            """;
    /** Of each product's latest approved version, how many resources of which provider it is made from. */
    private static final String RESOURCES = """
            SELECT r.product_code, d.provider_code, CAST(count(*) AS integer) AS resources
              FROM market.registration r
              JOIN market.registration_resource q ON q.registration_id = r.id
              JOIN market.data_resource d ON d.id = q.resource_id
             WHERE r.product_version = (SELECT max(l.product_version)
                                          FROM market.registration l
                                         WHERE l.product_code = r.product_code AND l.approved_at IS NOT NULL)
             GROUP BY r.product_code, d.provider_code
             ORDER BY r.product_code, d.provider_code
            """;

    private final Database database;
    private final SettlementBook settlements;
    private final CostVouchers costs;
    private final CostCancellations cancellations;
    private final RevenueShares shares;
    private final Provider<PolicyRates> rates;
    private final Provider<PolicyChoices> choices;

    Settling(Database database, SettlementBook settlements, CostVouchers costs, CostCancellations cancellations, RevenueShares shares,
            Provider<PolicyRates> rates, Provider<PolicyChoices> choices) {
        this.database = database;
        this.settlements = settlements;
        this.costs = costs;
        this.cancellations = cancellations;
        this.shares = shares;
        this.rates = rates;
        this.choices = choices;
    }

    /** @param bookedOn the voucher date of the entries, not before the period's last day */
    SettlementInputs inputs(SettlementPeriod period, LocalDate bookedOn) {
        BookFacts facts = settlements.facts(period, Dimensions.AUTHORISED_OPERATION);
        List<StoredSettlement> before = settlements.listSettlements(Dimensions.AUTHORISED_OPERATION);
        boolean year = period.basis() == SettlementPeriod.Basis.ANNUAL_BINDING;
        // A month is an estimate by itself; only the year makes up what earlier years lost.
        Losses losses = year
                ? Losses.before(Year.of(period.first().getYear()), before.stream().map(StoredSettlement::result).toList(),
                        choices.get().taxLossYearsAt(period.lastDay()))
                : new Losses(Money.ZERO, Money.ZERO);
        DistributionDetail left = null;
        for (StoredSettlement each : before) {
            if (each.period().equals(previous(period))) {
                left = each.result().detail();
            }
        }
        SettlementDetail detail = new SettlementDetail(bookedOn, products(period), costKey(period), losses.forTax(),
                left == null ? List.<Carried>of() : left.carried(), left == null ? List.<Carried>of() : left.carriedByProvider(), year ? vatByMonth(period) : List.of());
        ProductShares portions = detail.shares();
        return new SettlementInputs(period, Dimensions.AUTHORISED_OPERATION, facts.gross(), facts.outputVat(),
                facts.inputVat(), merchantCosts(period), facts.costs(), SettlementRates.at(rates.get(), period.lastDay()),
                choices.get().treasuryBaseAt(period.lastDay()), losses.booked(), portions.operator(), portions.merchants(), detail);
    }

    /** Surcharges are due by the month, so a rate that changed within the year counts from then on. */
    private List<MonthVat> vatByMonth(SettlementPeriod year) {
        List<MonthVat> months = new ArrayList<>();
        for (YearMonth month = year.first(); !month.isAfter(year.last()); month = month.plusMonths(1)) {
            BookFacts facts = settlements.facts(SettlementPeriod.month(month), Dimensions.AUTHORISED_OPERATION);
            months.add(MonthVat.of(month, facts.outputVat(), facts.inputVat(), rates.get()));
        }
        return months;
    }

    /** The settlement whose rounding goes on in this one: the month before, of the same year, or the year before. */
    private static SettlementPeriod previous(SettlementPeriod period) {
        return period.basis() == SettlementPeriod.Basis.ANNUAL_BINDING
                ? SettlementPeriod.year(Year.of(period.first().getYear() - 1))
                : SettlementPeriod.month(period.first().minusMonths(1));
    }

    /** What told two lines of a product apart: the shares that held. */
    private record Line(String product, @Nullable ShareRecord parties, @Nullable ShareRecord providers) {}

    private List<ProductRevenue> products(SettlementPeriod period) {
        Map<YearMonth, List<ShareProposal>> inForce = new HashMap<>();
        Map<Line, Money> sums = new LinkedHashMap<>();
        for (SettlementBook.MonthRevenue each : settlements.productRevenue(period, Dimensions.AUTHORISED_OPERATION)) {
            List<ShareProposal> records = inForce.computeIfAbsent(each.month(), shares::listInForce);
            Line line = new Line(each.product(), of(records, each.product(), ShareProposal.Subject.PARTIES),
                    of(records, each.product(), ShareProposal.Subject.PROVIDERS));
            sums.merge(line, each.netRevenue(), Money::plus);
        }
        Map<String, List<ProductRevenue.ProviderResources>> resources = resources();
        List<ProductRevenue> products = new ArrayList<>();
        sums.forEach((line, revenue) -> products.add(new ProductRevenue(line.product(), revenue, line.parties(),
                line.providers(), resources.getOrDefault(line.product(), List.of()))));
        return products;
    }

    /**
     * Revenue by product with some of it changed; a product that had none in that month comes with the shares in force then.
     *
     * @param more what each product brings besides; below zero: brings less
     */
    List<ProductRevenue> changed(YearMonth month, List<ProductRevenue> known, Map<String, Money> more) {
        Map<String, Money> left = new TreeMap<>(more);
        List<ProductRevenue> products = new ArrayList<>();
        for (ProductRevenue each : known) {
            Money besides = left.remove(each.product());
            products.add(besides == null ? each : new ProductRevenue(each.product(), each.netRevenue().plus(besides), each.shares(),
                    each.providerShares(), each.resources()));
        }
        left.values().removeIf(Money::isZero);
        if (!left.isEmpty()) {
            List<ShareProposal> records = shares.listInForce(month);
            Map<String, List<ProductRevenue.ProviderResources>> resources = resources();
            left.forEach((product, revenue) -> products.add(new ProductRevenue(product, revenue,
                    of(records, product, ShareProposal.Subject.PARTIES), of(records, product, ShareProposal.Subject.PROVIDERS),
                    resources.getOrDefault(product, List.of()))));
        }
        return products;
    }

    private static @Nullable ShareRecord of(List<ShareProposal> records, String product, ShareProposal.Subject subject) {
        for (ShareProposal each : records) {
            if (each.inputs().product().equals(product) && each.subject() == subject) {
                return each.record();
            }
        }
        return null;
    }

    private record Resources(String product, ProductRevenue.ProviderResources of) {}

    private Map<String, List<ProductRevenue.ProviderResources>> resources() {
        List<Resources> rows = database.inTransaction(t -> t.list(RESOURCES, row -> new Resources(row.text("product_code"),
                new ProductRevenue.ProviderResources(row.text("provider_code"), row.integer("resources")))));
        Map<String, List<ProductRevenue.ProviderResources>> byProduct = new HashMap<>();
        rows.forEach(row -> byProduct.computeIfAbsent(row.product(), _ -> new ArrayList<>()).add(row.of()));
        return byProduct;
    }

    private CostKey costKey(SettlementPeriod period) {
        return database.inTransaction(t -> t.find(METERED_UNITS,
                row -> new CostKey(CostKey.METERED_UNITS, Math.max(0, row.number("paid")), Math.max(0, row.number("free"))),
                period.first().atDay(1), period.last().atDay(1))).orElseThrow();
    }

    /** Below zero where more was cancelled than entered: of a month closed before, in whose payables it is seen. */
    private List<PartyAmount> merchantCosts(SettlementPeriod period) {
        Map<String, Money> owed = new TreeMap<>();
        for (YearMonth month = period.first(); !month.isAfter(period.last()); month = month.plusMonths(1)) {
            for (CostVouchers.CostVoucher voucher : costs.listOf(month)) {
                UUID merchant = voucher.merchant();
                if (merchant != null) {
                    owed.merge(merchant.toString(), voucher.amount(), Money::plus);
                }
            }
            for (CostCancellations.Less less : cancellations.ofMerchants(month)) {
                owed.merge(less.merchant().toString(), less.amount().negated(), Money::plus);
            }
        }
        owed.values().removeIf(Money::isZero);
        return owed.entrySet().stream().map(cost -> new PartyAmount(cost.getKey(), cost.getValue())).toList();
    }
}

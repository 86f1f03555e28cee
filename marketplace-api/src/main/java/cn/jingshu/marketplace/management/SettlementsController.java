package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.DistributionDetail;
import cn.jingshu.ledger.settlement.Earmark;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.ProductRevenue;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementDetail;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.ledger.share.ShareRecord;
import cn.jingshu.marketplace.billing.OwnShare;
import cn.jingshu.marketplace.billing.YearClose;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** How the net profit was split: months as accruals, years as what binds. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class SettlementsController {
    private final SettlementBook settlements;
    private final YearClose years;
    private final SharingParties parties;

    SettlementsController(SettlementBook settlements, YearClose years, SharingParties parties) {
        this.settlements = settlements;
        this.years = years;
        this.parties = parties;
    }

    @Serdeable
    record Party(String organisationId, String amountYuan) {}

    /** @param provider code of the data provider, or GENERAL for what no provider's resources brought */
    @Serdeable
    record EarmarkView(String provider, String amountYuan) {}

    /**
     * How the net profit of a period was split; {@code basis} says whether it is an accrual or binding.
     *
     * @param sharedPaidCostsYuan the part of shared costs that paid use bears; null: a settlement of the first form
     * @param earmarks the treasury's money by data provider
     * @param recomputed true: computed again just now from {@code inputs}, with this result and digest
     */
    @Serdeable
    record SettlementView(
            String period,
            String basis,
            String basisZh,
            String basisEn,
            int revision,
            String grossYuan,
            String vatYuan,
            String revenueYuan,
            List<Party> merchantCosts,
            String directPaidCostsYuan,
            String directFreeCostsYuan,
            String sharedCostsYuan,
            @Nullable String sharedPaidCostsYuan,
            @Nullable String sharedFreeCostsYuan,
            String surchargesYuan,
            String incomeTaxYuan,
            @Nullable String taxLossesUsedYuan,
            String netProfitYuan,
            String treasuryBaseYuan,
            String treasuryYuan,
            List<EarmarkView> earmarks,
            String operatorYuan,
            List<Party> merchants,
            String sha256,
            boolean recomputed,
            String inputs,
            String result) {}

    @Serdeable
    record Line(String period, String basis, int revision, String netProfitYuan, String treasuryYuan, String sha256,
            Instant settledAt) {}

    @Serdeable
    record Settlements(List<Line> settlements) {}

    /** The settlements that count, the oldest first. */
    @Get("/settlements")
    Settlements list(Visitor visitor) {
        Rights.requireBooks(visitor);
        return new Settlements(settlements.listSettlements(Dimensions.AUTHORISED_OPERATION).stream()
                .map(stored -> new Line(stored.period().toString(), stored.period().basis().name(), stored.revision(),
                        stored.result().netProfit().toYuan(), stored.result().treasury().toYuan(), stored.sha256(),
                        stored.settledAt()))
                .toList());
    }

    /**
     * What a merchant or a data provider it names may read of a settlement (收益分配账单): the sums its own part was computed from, and that part. Costs and
     * portions of others, and the inputs they stand in, are not the reader's to see.
     *
     * @param costsYuan everything deducted before taxes, all merchants' cost of service among it
     * @param distributedYuan net profit less the treasury's part, or zero: what portions are of
     * @param ownCostYuan the merchant's own cost of service, inside {@code costsYuan}
     * @param ownPortion an exact fraction of {@code distributedYuan}
     * @param ownShareYuan what came of it, the odd fen decided by largest remainder
     * @param othersShareYuan of the operator and all other merchants together
     * @param products those the reader shares in
     * @param ownEarmarks of the treasury's part, what is earmarked for the reader as a data provider
     * @param recomputed true: the whole settlement was computed again just now, with the same result
     */
    @Serdeable
    record PartySettlement(String period, String basis, String basisZh, String basisEn, int revision, String grossYuan, String vatYuan,
            String revenueYuan, String costsYuan, String surchargesYuan, String incomeTaxYuan, String netProfitYuan, String treasuryYuan,
            String distributedYuan, String ownCostYuan, String ownPortion, String ownShareYuan, String othersShareYuan,
            List<PartyProduct> products, List<EarmarkView> ownEarmarks, String sha256, boolean recomputed) {}

    /**
     * A product the reader shares in.
     *
     * @param sharesSha256 of the approved shares, to be found in {@code GET /api/shares/{month}}
     */
    @Serdeable
    record PartyProduct(String product, String netRevenueYuan, List<SharesController.Portion> portions, String sharesSha256) {}

    /**
     * The settlement of a month (2026-11) or of a year (2026): all of it ({@link SettlementView}) for readers of the books, their own part
     * ({@link PartySettlement}) for merchants and data providers it names.
     */
    @Get("/settlements/{period}")
    Object settlement(Visitor visitor, String period) {
        Rights.requireParty(visitor);
        Optional<StoredSettlement> stored = settlements.findSettlement(period(period), Dimensions.AUTHORISED_OPERATION);
        Optional<?> seen = Rights.mayReadBooks(visitor) || !(visitor instanceof Visitor.SignedIn signedIn)
                ? stored.map(SettlementsController::view)
                : stored.flatMap(each -> ownView(each, parties.of(signedIn.person())));
        return seen.orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND, "该期间尚未结算。", "That period is not settled yet."));
    }

    private static Optional<PartySettlement> ownView(StoredSettlement stored, Set<String> own) {
        SettlementResult result = stored.result();
        SettlementInputs inputs = StoredSettlement.readInputs(stored.inputsJson());
        Money cost = ofParties(result.merchantCosts(), own);
        Money share = ofParties(result.merchantShares(), own);
        List<EarmarkView> earmarks = result.earmarks().stream().filter(each -> own.contains(each.provider()))
                .map(SettlementsController::view).toList();
        boolean named = !earmarks.isEmpty()
                || Stream.concat(result.merchantCosts().stream(), result.merchantShares().stream()).anyMatch(each -> own.contains(each.merchant()));
        if (!named) {
            return Optional.empty();
        }
        Money costs = Money.sum(result.merchantCosts().stream().map(PartyAmount::amount).toList())
                .plus(result.directPaidCosts()).plus(result.directFreeCosts()).plus(result.sharedCosts());
        Money others = Money.sum(result.merchantShares().stream().map(PartyAmount::amount).toList()).plus(result.operator()).minus(share);
        return Optional.of(new PartySettlement(stored.period().toString(), stored.period().basis().name(), stored.period().basis().labelZh(),
                stored.period().basis().labelEn(), stored.revision(), result.gross().toYuan(), result.outputVat().toYuan(),
                result.revenue().toYuan(), costs.toYuan(), result.surcharges().toYuan(), result.incomeTax().toYuan(),
                result.netProfit().toYuan(), result.treasury().toYuan(), others.plus(share).toYuan(), cost.toYuan(),
                portion(inputs, own), share.toYuan(), others.toYuan(), products(inputs, own), earmarks, stored.sha256(),
                confirmed(stored)));
    }

    private static Money ofParties(List<PartyAmount> amounts, Set<String> own) {
        return Money.sum(amounts.stream().filter(each -> own.contains(each.merchant())).map(PartyAmount::amount).toList());
    }

    private static String portion(SettlementInputs inputs, Set<String> own) {
        return inputs.merchantShares().stream().filter(each -> own.contains(each.merchant()))
                .map(each -> each.portion().toString()).findFirst().orElse("0/1");
    }

    private static List<PartyProduct> products(SettlementInputs inputs, Set<String> own) {
        SettlementDetail detail = inputs.detail();
        List<PartyProduct> products = new ArrayList<>();
        for (ProductRevenue product : detail == null ? List.<ProductRevenue>of() : detail.products()) {
            for (ShareRecord record : Stream.of(Optional.ofNullable(product.shares()), Optional.ofNullable(product.providerShares()))
                    .flatMap(Optional::stream).toList()) {
                OwnShare.of(record.inputs(), record.result(), own).ifPresent(share -> products.add(new PartyProduct(product.product(),
                        product.netRevenue().toYuan(),
                        share.portions().stream().map(each -> new SharesController.Portion(each.party(), each.portion().toString())).toList(),
                        record.sha256())));
            }
        }
        return products;
    }

    /**
     * What a merchant has of each settlement.
     *
     * @param binding false: an estimate that the year's settlement corrects
     * @param costYuan its cost of service, owed with the month
     * @param shareYuan its portion of net profit, owed with the year
     * @param products those it shares in, with what each took and its portion
     * @param recomputed true: the whole settlement was computed again just now, with the same result
     */
    @Serdeable
    record Earning(String period, boolean binding, String costYuan, String shareYuan, String netProfitYuan,
            List<PartyProduct> products, String sha256, boolean recomputed) {}

    @Serdeable
    record Earnings(UUID organisationId, List<Earning> earnings) {}

    /** A merchant's own part in every settlement, the latest first. */
    @Get("/earnings")
    Earnings earnings(Visitor visitor) {
        UUID merchant = Rights.require(visitor, Role.MERCHANT_OFFICER).organisationId();
        return new Earnings(merchant, settlements.listSettlements(Dimensions.AUTHORISED_OPERATION).reversed().stream()
                .filter(stored -> own(stored.result(), merchant).recorded())
                .map(stored -> {
                    Own own = own(stored.result(), merchant);
                    return new Earning(stored.period().toString(), binding(stored), own.cost().toYuan(), own.share().toYuan(),
                            stored.result().netProfit().toYuan(),
                            products(StoredSettlement.readInputs(stored.inputsJson()), Set.of(merchant.toString())), stored.sha256(), confirmed(stored));
                })
                .toList());
    }

    private record Own(boolean recorded, Money cost, Money share) {}

    private static Own own(SettlementResult result, UUID organisation) {
        List<Money> costs = amounts(result.merchantCosts(), organisation);
        List<Money> portions = amounts(result.merchantShares(), organisation);
        return new Own(!costs.isEmpty() || !portions.isEmpty(), Money.sum(costs), Money.sum(portions));
    }

    private static List<Money> amounts(List<PartyAmount> amounts, UUID organisation) {
        return amounts.stream()
                .filter(each -> each.merchant().equals(organisation.toString()))
                .map(PartyAmount::amount)
                .toList();
    }

    @Serdeable
    record YearClosed(boolean before, SettlementView settlement) {}

    /** Settles a year for good; all its months have to be closed. Closing again changes nothing. */
    @Post("/settlements/{year}/close")
    YearClosed close(Visitor visitor, String year) {
        UUID person = Rights.require(visitor, Role.OPERATIONS).id();
        SettlementPeriod period = period(year);
        if (period.basis() != SettlementPeriod.Basis.ANNUAL_BINDING) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "只有年度可以决算;月份用 close 命令关账。",
                    "Only a year is settled so; a month is closed by the command close.");
        }
        return switch (years.close(Year.of(period.first().getYear()), person, _ -> {})) {
            case YearClose.Outcome.Closed(var _, var settlement, var before) -> new YearClosed(before, view(settlement));
            case YearClose.Outcome.Refused(var _, var reason) ->
                throw new ManagementProblem(Refusal.RULE_BROKEN, "年度决算未完成:" + reason, reason);
        };
    }

    private static boolean binding(StoredSettlement stored) {
        return stored.period().basis() == SettlementPeriod.Basis.ANNUAL_BINDING;
    }

    private static boolean confirmed(StoredSettlement stored) {
        return stored.recompute() instanceof StoredSettlement.Recomputation.Confirmed;
    }

    private static SettlementView view(StoredSettlement stored) {
        SettlementResult result = stored.result();
        DistributionDetail detail = result.detail();
        return new SettlementView(stored.period().toString(), stored.period().basis().name(),
                stored.period().basis().labelZh(), stored.period().basis().labelEn(), stored.revision(),
                result.gross().toYuan(), result.outputVat().toYuan(), result.revenue().toYuan(),
                parties(result.merchantCosts()), result.directPaidCosts().toYuan(), result.directFreeCosts().toYuan(),
                result.sharedCosts().toYuan(), detail == null ? null : detail.sharedPaid().toYuan(),
                detail == null ? null : detail.sharedFree().toYuan(), result.surcharges().toYuan(),
                result.incomeTax().toYuan(), detail == null ? null : detail.taxLossesUsed().toYuan(),
                result.netProfit().toYuan(), result.treasuryBase().toYuan(), result.treasury().toYuan(),
                result.earmarks().stream().map(SettlementsController::view).toList(), result.operator().toYuan(),
                parties(result.merchantShares()), stored.sha256(), confirmed(stored), stored.inputsJson(), stored.resultJson());
    }

    private static EarmarkView view(Earmark earmark) {
        return new EarmarkView(earmark.provider(), earmark.amount().toYuan());
    }

    private static List<Party> parties(List<PartyAmount> amounts) {
        return amounts.stream().map(each -> new Party(each.merchant(), each.amount().toYuan())).toList();
    }

    private static SettlementPeriod period(String text) {
        try {
            return text.length() == 4 ? SettlementPeriod.year(Year.parse(text)) : SettlementPeriod.month(YearMonth.parse(text));
        } catch (DateTimeException neither) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "期间须为 2026-11 或 2026 形式。",
                    "A period has the form 2026-11 or 2026.");
        }
    }
}

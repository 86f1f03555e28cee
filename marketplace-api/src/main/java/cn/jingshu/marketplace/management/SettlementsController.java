package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.DistributionDetail;
import cn.jingshu.ledger.settlement.Earmark;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
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
import java.util.List;
import java.util.UUID;

/** How the net profit was split: months as accruals, years as what binds. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class SettlementsController {
    private final SettlementBook settlements;
    private final YearClose years;

    SettlementsController(SettlementBook settlements, YearClose years) {
        this.settlements = settlements;
        this.years = years;
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

    /** The settlement of a month (2026-11) or of a year (2026), for readers of the books and for merchants it names. */
    @Get("/settlements/{period}")
    SettlementView settlement(Visitor visitor, String period) {
        Rights.requireParty(visitor);
        StoredSettlement stored = settlements
                .findSettlement(period(period), Dimensions.AUTHORISED_OPERATION)
                .filter(each -> Rights.mayReadBooks(visitor) || names(each.result(), visitor))
                .orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND, "该期间尚未结算。", "That period is not settled yet."));
        return view(stored);
    }

    private static boolean names(SettlementResult result, Visitor visitor) {
        return visitor instanceof Visitor.SignedIn signedIn
                && own(result, signedIn.person().organisationId()).recorded();
    }

    /**
     * What a merchant has of each settlement.
     *
     * @param binding false: an estimate that the year's settlement corrects
     * @param costYuan its cost of service, owed with the month
     * @param shareYuan its portion of net profit, owed with the year
     * @param recomputed true: the whole settlement was computed again just now, with the same result
     */
    @Serdeable
    record Earning(String period, boolean binding, String costYuan, String shareYuan, String netProfitYuan, String sha256,
            boolean recomputed) {}

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
                            stored.result().netProfit().toYuan(), stored.sha256(), confirmed(stored));
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

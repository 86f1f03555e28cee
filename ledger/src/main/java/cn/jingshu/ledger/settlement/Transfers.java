package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a settlement moves between accounts, as amounts that can be added and subtracted: a revision books the
 * difference to the revision before, the annual settlement the difference to the months.
 */
final class Transfers {

    /** From credit to debit, about a merchant, a data provider or, if null, about none. */
    private record Route(SettlementStep step, AccountCode debit, AccountCode credit, @Nullable String merchant,
            @Nullable String provider) {}

    private final Map<Route, Money> amounts = new LinkedHashMap<>();

    /** All movements of a settlement that nothing was booked for yet. */
    static Transfers of(SettlementInputs in, SettlementResult result) {
        Transfers all = new Transfers();
        for (PartyAmount cost : result.merchantCosts()) {
            all.add(SettlementStep.MERCHANT_COST, Chart.COST_OF_SERVICE, Chart.MERCHANT_PAYABLES, cost.merchant(), cost.amount());
        }
        all.add(SettlementStep.SURCHARGES, Chart.SURCHARGES, Chart.SURCHARGES_PAYABLE, null, result.surcharges());
        all.add(SettlementStep.INCOME_TAX, Chart.INCOME_TAX, Chart.INCOME_TAX_PAYABLE, null, result.incomeTax());

        all.add(SettlementStep.CLOSING, Chart.REVENUE, Chart.PROFIT_OF_THE_YEAR, null, result.revenue());
        for (PartyAmount cost : result.merchantCosts()) {
            all.add(SettlementStep.CLOSING, Chart.PROFIT_OF_THE_YEAR, Chart.COST_OF_SERVICE, cost.merchant(), cost.amount());
        }
        for (Cost cost : in.costs()) {
            all.add(SettlementStep.CLOSING, Chart.PROFIT_OF_THE_YEAR, cost.account(), null, cost.amount());
        }
        all.add(SettlementStep.CLOSING, Chart.PROFIT_OF_THE_YEAR, Chart.SURCHARGES, null, result.surcharges());
        all.add(SettlementStep.CLOSING, Chart.PROFIT_OF_THE_YEAR, Chart.INCOME_TAX, null, result.incomeTax());

        all.add(SettlementStep.NET_PROFIT, Chart.PROFIT_OF_THE_YEAR, Chart.PROFIT_TO_DISTRIBUTE, null, result.netProfit());
        for (Earmark earmark : result.earmarks()) {
            String provider = earmark.provider().equals(ProductShares.GENERAL) ? null : earmark.provider();
            all.add(new Route(SettlementStep.TREASURY, Chart.PROFIT_TO_DISTRIBUTE, Chart.TREASURY_PAYABLE, null, provider),
                    earmark.amount());
        }
        all.add(SettlementStep.PARTIES, Chart.PROFIT_TO_DISTRIBUTE, Chart.OPERATOR_RETAINED, null, result.operator());
        for (PartyAmount share : result.merchantShares()) {
            all.add(SettlementStep.PARTIES, Chart.PROFIT_TO_DISTRIBUTE, Chart.MERCHANT_PAYABLES, share.merchant(), share.amount());
        }
        return all;
    }

    static Transfers none() {
        return new Transfers();
    }

    Transfers plus(Transfers other) {
        Transfers sum = new Transfers();
        sum.amounts.putAll(amounts);
        other.amounts.forEach((route, amount) -> sum.amounts.merge(route, amount, Money::plus));
        return sum;
    }

    Transfers minus(Transfers other) {
        Transfers difference = new Transfers();
        difference.amounts.putAll(amounts);
        other.amounts.forEach((route, amount) -> difference.amounts.merge(route, amount.negated(), Money::plus));
        return difference;
    }

    /** One balanced entry per step with anything to move; the same settlement always makes the same ids. */
    List<JournalEntry> entries(SettlementPeriod period, LocalDate bookedOn, String businessLine, int revision) {
        Dimensions line = Dimensions.NONE.withBusinessLine(businessLine);
        List<JournalEntry> entries = new ArrayList<>();
        for (SettlementStep step : SettlementStep.values()) {
            List<Posting> postings = new ArrayList<>();
            amounts.forEach((route, amount) -> {
                if (route.step() == step && !amount.isZero()) {
                    Dimensions about = line.withMerchant(route.merchant()).withProvider(route.provider());
                    boolean back = amount.isNegative();
                    Money moved = back ? amount.negated() : amount;
                    postings.add(Posting.debit(back ? route.credit() : route.debit(), moved, about));
                    postings.add(Posting.credit(back ? route.debit() : route.credit(), moved, about));
                }
            });
            if (!postings.isEmpty()) {
                entries.add(new JournalEntry(
                        entryId(period, businessLine, revision, step),
                        bookedOn,
                        step.reason(),
                        period + " " + step.nameZh() + " · " + period.basis().labelZh() + " · r" + revision,
                        postings));
            }
        }
        return entries;
    }

    static UUID entryId(SettlementPeriod period, String businessLine, int revision, SettlementStep step) {
        String name = "jingshu/settlement/" + period + "/" + businessLine + "/" + revision + "/" + step;
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private void add(
            SettlementStep step, AccountCode debit, AccountCode credit, @Nullable String merchant, Money amount) {
        add(new Route(step, debit, credit, merchant, null), amount);
    }

    private void add(Route route, Money amount) {
        amounts.merge(route, amount, Money::plus);
    }
}

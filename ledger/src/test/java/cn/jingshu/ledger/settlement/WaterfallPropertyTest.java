package cn.jingshu.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Laws of the split of revenue; jqwik prints the seed of every run. */
class WaterfallPropertyTest {

    @Property(tries = 1500)
    void whatConsumersOweIsWhatAllPartiesGet(
            @ForAll @LongRange(min = 0, max = 10_000_000_000_00L) long gross,
            @ForAll @IntRange(max = 30) int vatPercent,
            @ForAll @LongRange(min = 0, max = 5_000_000_000_00L) long cost,
            @ForAll @LongRange(min = 0, max = 1_000_000_000_00L) long merchantCost,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 1000) Integer> weights,
            @ForAll TreasuryBase base) {
        SettlementResult result = Waterfall.settle(inputs(gross, vatPercent, cost, merchantCost, weights, base));

        Money everything = result.outputVat()
                .plus(result.directPaidCosts()).plus(result.directFreeCosts()).plus(result.sharedCosts())
                .plus(result.surcharges()).plus(result.incomeTax())
                .plus(result.treasury()).plus(result.operator()).plus(result.merchants());
        assertThat(everything).isEqualTo(result.gross());

        assertThat(result.treasury().isNegative()).isFalse();
        if (result.netProfit().isNegative()) {
            assertThat(result.treasury()).isEqualTo(Money.ZERO);
            assertThat(result.operator()).isEqualTo(result.netProfit());
        } else {
            // Less than a fen away from exactly 30 % of the base.
            BigInteger apart = BigInteger.valueOf(result.treasury().fen()).multiply(BigInteger.TEN)
                    .subtract(BigInteger.valueOf(result.treasuryBase().fen()).multiply(BigInteger.valueOf(3)))
                    .abs();
            assertThat(apart).isLessThan(BigInteger.TEN);
        }
    }

    @Property(tries = 300)
    void theEntriesEmptyProfitAndLossAndOweWhatTheResultSays(
            @ForAll @LongRange(min = 0, max = 10_000_000_00L) long gross,
            @ForAll @LongRange(min = 0, max = 10_000_000_00L) long cost,
            @ForAll @LongRange(min = 0, max = 1_000_000_00L) long merchantCost,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 9) Integer> weights) {
        SettlementInputs in = inputs(gross, 6, cost, merchantCost, weights, TreasuryBase.NET_PROFIT);
        SettlementResult result = Waterfall.settle(in);
        List<JournalEntry> entries = Transfers.of(in, result).entries(in.period(), in.bookedOn(), in.businessLine(), 1);

        assertThat(debits(entries, Chart.REVENUE)).isEqualTo(result.revenue());
        assertThat(debits(entries, Chart.ADMINISTRATION)).isEqualTo(result.sharedCosts().negated());
        assertThat(debits(entries, Chart.COST_OF_SERVICE)).isEqualTo(Money.ZERO);
        assertThat(debits(entries, Chart.SURCHARGES)).isEqualTo(Money.ZERO);
        assertThat(debits(entries, Chart.INCOME_TAX)).isEqualTo(Money.ZERO);
        assertThat(debits(entries, Chart.PROFIT_OF_THE_YEAR)).isEqualTo(Money.ZERO);
        assertThat(debits(entries, Chart.PROFIT_TO_DISTRIBUTE)).isEqualTo(Money.ZERO);
        assertThat(debits(entries, Chart.TREASURY_PAYABLE).negated()).isEqualTo(result.treasury());
        assertThat(debits(entries, Chart.OPERATOR_RETAINED).negated()).isEqualTo(result.operator());
        assertThat(debits(entries, Chart.MERCHANT_PAYABLES).negated()).isEqualTo(result.merchants());
        assertThat(Transfers.of(in, result).entries(in.period(), in.bookedOn(), in.businessLine(), 1)).isEqualTo(entries);
    }

    @Property(tries = 200)
    void aStoredSettlementCanBeRecomputedAndAnyChangedDigitShows(
            @ForAll @LongRange(min = 1, max = 10_000_000_00L) long gross,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 9) Integer> weights,
            @ForAll @IntRange(max = 100_000) int place) {
        SettlementInputs in = inputs(gross, 6, gross / 3, gross / 7, weights, TreasuryBase.NET_PROFIT);
        String inputs = SettlementJson.write(in);
        String result = SettlementJson.write(Waterfall.settle(in));
        String sha256 = SettlementJson.digest(inputs, result);
        assertThat(StoredSettlement.recompute(inputs, result, sha256))
                .isEqualTo(new StoredSettlement.Recomputation.Confirmed());

        StringBuilder changed = new StringBuilder(result);
        int at = place % result.length();
        changed.setCharAt(at, (char) (changed.charAt(at) ^ 1));
        assertThat(StoredSettlement.recompute(inputs, changed.toString(), sha256))
                .isInstanceOf(StoredSettlement.Recomputation.DigestDiffers.class);
        assertThat(StoredSettlement.recompute(inputs, changed.toString(), SettlementJson.digest(inputs, changed.toString())))
                .isInstanceOf(StoredSettlement.Recomputation.ResultDiffers.class);
    }

    /** The first weight is the operator's. */
    private static SettlementInputs inputs(
            long gross, int vatPercent, long cost, long merchantCost, List<Integer> weights, TreasuryBase base) {
        List<Portion> portions = Portion.ofWeights(weights.stream().map(BigDecimal::valueOf).toList());
        List<MerchantShare> shares = new ArrayList<>();
        for (int i = 1; i < portions.size(); i++) {
            shares.add(new MerchantShare("m" + i, portions.get(i)));
        }
        Money vat = Portion.percent(vatPercent).of(new Money(gross));
        return Examples.shared(
                Examples.with(
                        Examples.policy(base),
                        new Money(gross),
                        vat,
                        List.of(new Cost(CostKind.SHARED, Chart.ADMINISTRATION, new Money(cost))),
                        List.of(new PartyAmount("m1", new Money(merchantCost)))),
                portions.getFirst(),
                shares);
    }

    private static Money debits(List<JournalEntry> entries, AccountCode account) {
        Money balance = Money.ZERO;
        for (JournalEntry entry : entries) {
            for (Posting posting : entry.postings()) {
                if (posting.account().equals(account)) {
                    balance = posting.side() == Side.DEBIT
                            ? balance.plus(posting.amount())
                            : balance.minus(posting.amount());
                }
            }
        }
        return balance;
    }
}

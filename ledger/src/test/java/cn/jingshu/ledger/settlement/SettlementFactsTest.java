package cn.jingshu.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.share.ShareRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What goes into a settlement, what it moves between accounts, and what is refused. */
class SettlementFactsTest {
    private static final YearMonth JANUARY = YearMonth.of(2026, 1);
    private static final SettlementPeriod YEAR = SettlementPeriod.year(Year.of(2026));
    private static final String LINE = Dimensions.AUTHORISED_OPERATION;

    /** 1,000 yuan of a product whose operator has a third, and whose treasury money goes to two providers. */
    private static SettlementInputs ofProduct(String revenue) {
        SettlementDetail detail = new SettlementDetail(YEAR.lastDay(), List.of(
                new ProductRevenue("transit", Money.ofYuan(revenue), Examples.shares("transit", JANUARY, "op", "1", "m1", "2"),
                        Examples.providers("transit", JANUARY, "bus", "3", "police", "1"), List.of()),
                new ProductRevenue("echo", Money.ofYuan(revenue), null, null, List.of())),
                new CostKey(CostKey.METERED_UNITS, 1, 1), Money.ZERO, List.of(), List.of());
        Money all = Money.ofYuan(revenue).plus(Money.ofYuan(revenue));
        return new SettlementInputs(YEAR, LINE, all, Money.ZERO, Money.ZERO, List.of(new PartyAmount("m1", Money.ofYuan("100"))),
                List.of(new Cost(CostKind.SHARED, Chart.ADMINISTRATION, Money.ofYuan("60"))),
                SettlementRates.at(Examples.RATES, YEAR.lastDay()), TreasuryBase.NET_PROFIT, Money.ZERO,
                detail.shares().operator(), detail.shares().merchants(), detail);
    }

    private static List<JournalEntry> entries(Transfers transfers) {
        return transfers.entries(YEAR, YEAR.lastDay(), LINE, 2);
    }

    /** Balance by account, and of what is payable by whom it is owed to; above zero on the debit side. */
    private static Map<String, Money> balances(List<JournalEntry> entries) {
        Map<String, Money> sums = new TreeMap<>();
        for (JournalEntry entry : entries) {
            for (Posting posting : entry.postings()) {
                String party = posting.account().equals(Chart.MERCHANT_PAYABLES) ? posting.dimensions().merchant()
                        : posting.account().equals(Chart.TREASURY_PAYABLE) ? posting.dimensions().provider() : null;
                sums.merge(posting.account() + (party == null ? "" : " " + party),
                        posting.side() == Side.DEBIT ? posting.amount() : posting.amount().negated(), Money::plus);
            }
        }
        sums.values().removeIf(Money::isZero);
        return sums;
    }

    @Test
    void aSettlementOwesEachPartyItsPartAndEmptiesProfitAndLoss() {
        SettlementInputs in = ofProduct("1000");
        // 2,000 − 100 of m1 − 60 shared = 1,840; tax 460; net 1,380; treasury 414; of the 966 left m1 has a third, for half the revenue.
        List<JournalEntry> entries = entries(Transfers.of(in, Waterfall.settle(in)));
        assertThat(balances(entries)).isEqualTo(Map.of(
                "6001", Money.ofYuan("2000"), "6602", Money.ofYuan("-60"), "222103", Money.ofYuan("-460"),
                "2202 m1", Money.ofYuan("-422"), "2232", Money.ofYuan("-207"), "2232 bus", Money.ofYuan("-155.25"),
                "2232 police", Money.ofYuan("-51.75"), "410402", Money.ofYuan("-644")));
    }

    @Test
    void eachStepIsOneEntryThatSaysWhatItIs() {
        SettlementInputs in = ofProduct("1000");
        List<JournalEntry> entries = entries(Transfers.of(in, Waterfall.settle(in)));
        assertThat(entries).extracting(JournalEntry::reason).containsExactly(EntryReason.MERCHANT_COST, EntryReason.INCOME_TAX,
                EntryReason.CLOSING, EntryReason.CLOSING, EntryReason.DISTRIBUTION, EntryReason.DISTRIBUTION);
        assertThat(entries.getFirst().description()).isEqualTo("2026 计提数商成本 · 年度决算(最终) · r2");
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.effectiveOn()).isEqualTo(LocalDate.of(2026, 12, 31));
            assertThat(entry.postings()).allSatisfy(posting -> assertThat(posting.dimensions().businessLine()).isEqualTo(LINE));
        });
        assertThat(entries).extracting(JournalEntry::entryId).doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(Transfers.of(in, Waterfall.settle(in)).entries(YEAR, YEAR.lastDay(), LINE, 3).stream()
                        .map(JournalEntry::entryId).toList())
                .doesNotContainAnyElementsOf(Transfers.of(in, Waterfall.settle(in)).entries(YEAR, YEAR.lastDay(), "OTHER", 2).stream()
                        .map(JournalEntry::entryId).toList());
    }

    @Test
    void aRevisionBooksTheDifferenceAndTheSameAgainBooksNothing() {
        SettlementInputs before = ofProduct("1000");
        SettlementInputs after = ofProduct("900");
        Transfers first = Transfers.of(before, Waterfall.settle(before));
        Transfers second = Transfers.of(after, Waterfall.settle(after));
        assertThat(entries(second.minus(second))).isEmpty();
        assertThat(entries(Transfers.none())).isEmpty();
        List<JournalEntry> both = new ArrayList<>(entries(first));
        both.addAll(entries(second.minus(first)));
        assertThat(balances(both)).isEqualTo(balances(entries(second)));
        assertThat(balances(entries(first.plus(second.minus(first))))).isEqualTo(balances(entries(second)));
        assertThat(balances(entries(first))).as("neither sum nor difference changed its parts").containsEntry("6001", Money.ofYuan("2000"));
    }

    @Test
    void whatAProductBroughtIsWeighedByItsOwnShares() {
        ProductShares shares = ProductShares.of(List.of(
                new ProductRevenue("transit", Money.ofYuan("600"), Examples.shares("transit", JANUARY, "op", "1", "m1", "1", "m2", "2"), null,
                        List.of(new ProductRevenue.ProviderResources("police", 1), new ProductRevenue.ProviderResources("bus", 2))),
                new ProductRevenue("weather", Money.ofYuan("400"), Examples.shares("weather", JANUARY, "op", "1", "m1", "0"), null, List.of()),
                new ProductRevenue("taken-back", Money.ofYuan("-50"), Examples.shares("taken-back", JANUARY, "op", "1", "m9", "9"), null,
                        List.of(new ProductRevenue.ProviderResources("none", 1)))));
        assertThat(shares.operator()).isEqualTo(Portion.of(55, 100)); // a quarter of 600 and all of 400
        assertThat(shares.merchants()).containsExactly(
                new MerchantShare("m1", Portion.of(15, 100)), new MerchantShare("m2", Portion.of(30, 100)));
        assertThat(shares.providers()).containsExactly(
                new ProductShares.ProviderShare(ProductShares.GENERAL, Portion.of(40, 100)),
                new ProductShares.ProviderShare("bus", Portion.of(40, 100)), new ProductShares.ProviderShare("police", Portion.of(20, 100)));
    }

    @Test
    void withoutRevenueAllIsTheOperatorsAndOfNoProvider() {
        ProductShares nothing = new ProductShares(Portion.WHOLE, List.of(),
                List.of(new ProductShares.ProviderShare(ProductShares.GENERAL, Portion.WHOLE)));
        assertThat(ProductShares.of(List.of())).isEqualTo(nothing);
        assertThat(ProductShares.of(List.of(new ProductRevenue("transit", Money.ZERO,
                Examples.shares("transit", JANUARY, "op", "1", "m1", "2"), null, List.of())))).isEqualTo(nothing);
    }

    @Test
    void sharesBelongToTheirProductAndAreWhatTheirInputsGive() {
        ShareRecord shares = Examples.shares("transit", JANUARY, "op", "1", "m1", "2");
        ShareRecord providers = Examples.providers("transit", JANUARY, "bus", "1");
        refused("used for echo", () -> new ProductRevenue("echo", Money.ZERO, shares, null, List.of()));
        refused("used for echo", () -> new ProductRevenue("echo", Money.ZERO, null, providers, List.of()));
        refused("without the operator", () -> new ProductRevenue("transit", Money.ZERO, providers, null, List.of()));
        refused("among the data providers", () -> new ProductRevenue("transit", Money.ZERO, null, shares, List.of()));
        refused("digest", () -> new ProductRevenue("transit", Money.ZERO,
                new ShareRecord(shares.inputsJson(), shares.resultJson().replace("2/3", "1/3"), shares.sha256()), null, List.of()));
        refused("with 0 resources", () -> new ProductRevenue.ProviderResources("bus", 0));
        refused("provider", () -> new ProductRevenue.ProviderResources(" ", 1));
        assertThat(new ProductRevenue("-", Money.ZERO, null, null, List.of(new ProductRevenue.ProviderResources("b", 1),
                new ProductRevenue.ProviderResources("a", 2))).resources()).extracting(ProductRevenue.ProviderResources::provider)
                .containsExactly("a", "b");
    }

    private static void refused(String because, org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
        assertThatIllegalArgumentException().isThrownBy(what).withMessageContaining(because);
    }

    @Test
    void amountsAndPartiesThatMakeNoSenseAreRefused() {
        refused("without an id", () -> new PartyAmount(" ", Money.ZERO));
        refused("without an id", () -> new MerchantShare("", Portion.NONE));
        refused("-1 paid", () -> new CostKey("X", -1, 0));
        refused("-1 free", () -> new CostKey("X", 0, -1));
        refused("shared costs by", () -> new CostKey(" ", 0, 0));
        assertThat(new Carried("m1", new BigDecimal("0.5")).fen()).isEqualTo(new BigDecimal("0.500000"));
        assertThatThrownBy(() -> new Carried("m1", new BigDecimal("0.0000001"))).isInstanceOf(ArithmeticException.class);
        refused("above zero", () -> new SettlementDetail(YEAR.lastDay(), List.of(), new CostKey("X", 0, 0), new Money(-1), List.of(), List.of()));
        SettlementInputs in = Examples.policy(TreasuryBase.NET_PROFIT);
        refused("above zero", () -> new SettlementInputs(in.period(), in.businessLine(), in.gross(), in.outputVat(), in.inputVat(),
                in.merchantCosts(), in.costs(), in.rates(), in.treasuryBase(), new Money(-1), in.operatorShare(), List.of()));
        refused("named twice", () -> Examples.with(in, in.gross(), in.outputVat(), in.costs(),
                List.of(new PartyAmount("m1", new Money(1)), new PartyAmount("m1", new Money(2)))));
    }

    @Test
    void aSettlementIsBookedWhenItsPeriodHasEndedOrLater() {
        SettlementInputs in = ofProduct("1000");
        SettlementDetail given = Objects.requireNonNull(in.detail());
        assertThat(in.bookedOn()).isEqualTo(LocalDate.of(2026, 12, 31));
        assertThat(Examples.policy(TreasuryBase.NET_PROFIT).bookedOn()).isEqualTo(LocalDate.of(2026, 11, 30));
        assertThat(bookedOn(in, given, LocalDate.of(2027, 1, 31)).bookedOn()).isEqualTo(LocalDate.of(2027, 1, 31));
        refused("before it ended", () -> bookedOn(in, given, LocalDate.of(2026, 12, 30)));
    }

    private static SettlementInputs bookedOn(SettlementInputs in, SettlementDetail given, LocalDate day) {
        SettlementDetail detail = new SettlementDetail(day, given.products(), given.costKey(), given.taxLosses(), given.carried(),
                given.carriedByProvider());
        return new SettlementInputs(in.period(), in.businessLine(), in.gross(), in.outputVat(), in.inputVat(), in.merchantCosts(),
                in.costs(), in.rates(), in.treasuryBase(), in.lossesCarried(), in.operatorShare(), in.merchantShares(), detail);
    }

    @Test
    void productsPartiesAndCostsHaveOneOrderWhoeverListsThem() {
        SettlementDetail detail = new SettlementDetail(YEAR.lastDay(), List.of(
                new ProductRevenue("b", Money.ZERO, null, null, List.of()),
                new ProductRevenue("a", new Money(1), Examples.shares("a", YearMonth.of(2026, 6), "op", "1"), null, List.of()),
                new ProductRevenue("a", new Money(2), Examples.shares("a", JANUARY, "op", "1"),
                        Examples.providers("a", YearMonth.of(2026, 3), "bus", "1"), List.of()),
                new ProductRevenue("a", new Money(3), Examples.shares("a", JANUARY, "op", "1"),
                        Examples.providers("a", YearMonth.of(2026, 2), "bus", "1"), List.of())),
                new CostKey("X", 0, 0), Money.ZERO,
                List.of(new Carried("m2", BigDecimal.ONE), new Carried("m1", BigDecimal.ONE)),
                List.of(new Carried("police", BigDecimal.ONE), new Carried("bus", BigDecimal.ONE)));
        assertThat(detail.products()).extracting(product -> product.product() + product.netRevenue().fen()).containsExactly("a3", "a2", "a1", "b0");
        assertThat(detail.carried()).extracting(Carried::party).containsExactly("m1", "m2");
        assertThat(detail.carriedByProvider()).extracting(Carried::party).containsExactly("bus", "police");
        SettlementInputs in = Examples.with(Examples.policy(TreasuryBase.NET_PROFIT), Money.ZERO, Money.ZERO, List.of(
                new Cost(CostKind.SHARED, Chart.ADMINISTRATION, new Money(1)), new Cost(CostKind.SHARED, Chart.COST_OF_SERVICE, new Money(2)),
                new Cost(CostKind.DIRECT_FREE, Chart.COST_OF_SERVICE, new Money(3))),
                List.of(new PartyAmount("m2", new Money(1)), new PartyAmount("m1", new Money(2))));
        assertThat(in.costs()).extracting(cost -> cost.amount().fen()).containsExactly(3L, 2L, 1L);
        assertThat(in.merchantCosts()).extracting(PartyAmount::merchant).containsExactly("m1", "m2");
    }

    @Test
    void whatRoundingGaveTooLittleIsMadeUpAndWhoHadNoPartKeepsIt() {
        // 4 fen of profit, 1 of tax; of the 3 left exactly 0.9 to the treasury and 1.05 each to the two others.
        SettlementDetail detail = new SettlementDetail(YEAR.lastDay(), List.of(new ProductRevenue("transit", new Money(4),
                Examples.shares("transit", JANUARY, "op", "1", "m1", "1"), null, List.of())), new CostKey("X", 1, 0), Money.ZERO,
                List.of(new Carried("m1", new BigDecimal("0.95")), new Carried("gone", new BigDecimal("0.25"))), List.of());
        SettlementInputs in = new SettlementInputs(YEAR, LINE, new Money(4), Money.ZERO, Money.ZERO, List.of(), List.of(),
                SettlementRates.at(Examples.RATES, YEAR.lastDay()), TreasuryBase.NET_PROFIT, Money.ZERO, detail.shares().operator(),
                detail.shares().merchants(), detail);
        SettlementResult result = Waterfall.settle(in);
        assertThat(result.treasury()).isEqualTo(Money.ZERO);
        assertThat(result.operator()).isEqualTo(new Money(1));
        assertThat(result.merchantShares()).containsExactly(new PartyAmount("m1", new Money(2)));
        assertThat(Objects.requireNonNull(result.detail()).carried()).containsExactly(new Carried("OPERATOR", new BigDecimal("0.05")),
                new Carried("TREASURY", new BigDecimal("0.9")), new Carried("gone", new BigDecimal("0.25")), new Carried("m1", BigDecimal.ZERO));
    }

    @Test
    void earlierLossesLowerTheTaxedProfitAtMostToNothing() {
        SettlementResult large = Waterfall.settle(Examples.ofYear(2026, "1000", "0", new Losses(Money.ZERO, Money.ofYuan("5000"))));
        assertThat(large.incomeTax()).isEqualTo(Money.ZERO);
        assertThat(Objects.requireNonNull(large.detail()).taxLossesUsed()).isEqualTo(Money.ofYuan("1000"));
        SettlementResult loss = Waterfall.settle(Examples.ofYear(2026, "0", "1000", new Losses(Money.ZERO, Money.ofYuan("5000"))));
        assertThat(Objects.requireNonNull(loss.detail()).taxLossesUsed()).isEqualTo(Money.ZERO);
    }

    @Test
    void onlySettledYearsBeforeItLeaveLosses() {
        SettlementResult year = Waterfall.settle(Examples.ofYear(2026, "0", "10", new Losses(Money.ZERO, Money.ZERO)));
        SettlementResult month = Waterfall.settle(Examples.with(Examples.policy(TreasuryBase.NET_PROFIT), Money.ZERO, Money.ZERO,
                List.of(new Cost(CostKind.SHARED, Chart.ADMINISTRATION, Money.ofYuan("7"))), List.of()));
        List<SettlementResult> settled = List.of(year, month);
        assertThat(Losses.before(Year.of(2027), settled, 5)).isEqualTo(new Losses(Money.ofYuan("10"), Money.ofYuan("10")));
        assertThat(Losses.before(Year.of(2026), settled, 5)).isEqualTo(new Losses(Money.ZERO, Money.ZERO));
        assertThat(Losses.before(Year.of(2028), settled, 1).forTax()).isEqualTo(Money.ZERO);
    }

    @Test
    void theFreePartOfSharedCostsIsWhatNoPaidUseCanBeBlamedFor() {
        SettlementResult year = Waterfall.settle(Examples.ofYear(2026, "10", "4", new Losses(Money.ZERO, Money.ZERO)));
        assertThat(Objects.requireNonNull(year.detail()).sharedPaid()).isEqualTo(Money.ofYuan("3"));
        SettlementInputs in = Examples.ofYear(2026, "10", "4", new Losses(Money.ZERO, Money.ZERO));
        SettlementDetail given = Objects.requireNonNull(in.detail());
        SettlementDetail freeAlone = new SettlementDetail(given.bookedOn(), given.products(), new CostKey("X", 0, 0), given.taxLosses(),
                given.carried(), given.carriedByProvider());
        DistributionDetail free = Objects.requireNonNull(Waterfall.settle(new SettlementInputs(in.period(), in.businessLine(), in.gross(),
                in.outputVat(), in.inputVat(), in.merchantCosts(), in.costs(), in.rates(), in.treasuryBase(), in.lossesCarried(),
                in.operatorShare(), in.merchantShares(), freeAlone)).detail());
        assertThat(free.sharedPaid()).isEqualTo(Money.ZERO);
        assertThat(free.sharedFree()).isEqualTo(Money.ofYuan("4"));
    }

    @Test
    void aResultIsShownStepByStep() {
        SettlementInputs in = ofProduct("1000");
        assertThat(steps(Waterfall.settle(in))).containsExactly("GROSS 2000.00", "OUTPUT_VAT 0.00", "REVENUE 2000.00", "MERCHANT_COST m1 100.00",
                "DIRECT_PAID 0.00", "DIRECT_FREE 0.00", "SHARED_PAID 30.00", "SHARED_FREE 30.00", "SURCHARGES 0.00",
                "PROFIT_BEFORE_TAX 1840.00", "INCOME_TAX 460.00", "NET_PROFIT 1380.00", "TREASURY 414.00", "EARMARK GENERAL 207.00",
                "EARMARK bus 155.25", "EARMARK police 51.75", "OPERATOR 644.00", "MERCHANT_SHARE m1 322.00");
        SettlementResult first = Waterfall.settle(Examples.policy(TreasuryBase.NET_PROFIT));
        assertThat(steps(first)).contains("SHARED 0.00").doesNotContain("SHARED_PAID 0.00").noneMatch(step -> step.startsWith("EARMARK"));
        assertThat(first.earmarks()).containsExactly(new Earmark(ProductShares.GENERAL, Money.ofYuan("436500")));
        assertThat(Waterfall.settle(in).merchants()).isEqualTo(Money.ofYuan("422"));
    }

    private static List<String> steps(SettlementResult result) {
        return result.lines().stream()
                .map(line -> line.step() + (line.merchant().isEmpty() ? "" : " " + line.merchant()) + " " + line.amount().toYuan()).toList();
    }

    /** One fen more in one place: the figures no longer add up, whatever place it is. */
    @Test
    void noFigureOfAResultCanBeChangedAlone() {
        String written = SettlementJson.write(Waterfall.settle(ofProduct("1000")));
        for (String field : List.of("gross", "outputVat", "revenue", "directPaidCosts", "directFreeCosts", "sharedCosts", "surcharges",
                "urbanMaintenance", "education", "localEducation", "profitBeforeTax", "incomeTax", "netProfit", "treasury", "operator",
                "sharedPaid", "sharedFree")) {
            String changed = written.replaceFirst("\"" + field + "Fen\":(-?\\d+)", "\"" + field + "Fen\":" + "7");
            assertThat(changed).as(field).isNotEqualTo(written);
            assertThatIllegalArgumentException().as(field).isThrownBy(() -> SettlementJson.readResult(changed));
        }
    }

    @Test
    void whatIsNoSettlementIsNotRead() {
        String written = SettlementJson.write(Waterfall.settle(ofProduct("1000")));
        assertThatIllegalArgumentException().isThrownBy(() -> SettlementJson.readResult("{"));
        assertThatIllegalArgumentException().isThrownBy(() -> SettlementJson.readResult(written.replace("\"grossFen\":200000", "\"grossFen\":200000.5")))
                .withMessageContaining("grossFen");
        assertThatIllegalArgumentException().isThrownBy(
                () -> SettlementJson.readResult(written.replace("\"grossFen\":200000", "\"grossFen\":92233720368547758080"))).withMessageContaining("grossFen");
    }

    @Test
    void whatIsStoredNamesItsFormAndIsDigestedAsAnyoneCan() {
        SettlementInputs first = Examples.policy(TreasuryBase.NET_PROFIT);
        assertThat(SettlementJson.write(first)).startsWith("{\"form\":\"jingshu settlement inputs 1\",\"firstMonth\":\"2026-11\",");
        assertThat(SettlementJson.write(Waterfall.settle(first))).startsWith("{\"form\":\"jingshu settlement result 1\",");
        assertThat(SettlementJson.write(ofProduct("1000"))).startsWith("{\"form\":\"jingshu settlement inputs 2\",");
        assertThat(SettlementJson.write(Waterfall.settle(ofProduct("1000")))).startsWith("{\"form\":\"jingshu settlement result 2\",");
        // printf 'a\nb' | sha256sum
        assertThat(SettlementJson.digest("a", "b")).isEqualTo("7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78");
    }

    @Test
    void aStoredSettlementIsReadAndRecomputed() {
        SettlementInputs in = ofProduct("1000");
        SettlementResult result = Waterfall.settle(in);
        String inputs = SettlementJson.write(in);
        String outcome = SettlementJson.write(result);
        StoredSettlement stored = new StoredSettlement(YEAR, LINE, 1, inputs, outcome, SettlementJson.digest(inputs, outcome), Instant.EPOCH);
        assertThat(stored.inputs()).isEqualTo(in);
        assertThat(stored.result()).isEqualTo(result);
        assertThat(stored.recompute()).isEqualTo(new StoredSettlement.Recomputation.Confirmed());
        assertThat(new StoredSettlement(YEAR, LINE, 1, inputs, outcome, "00", Instant.EPOCH).recompute())
                .isEqualTo(new StoredSettlement.Recomputation.DigestDiffers("00", stored.sha256()));
    }

    @Test
    void aPeriodSaysWhatItsFiguresMayBeUsedFor() {
        SettlementPeriod month = SettlementPeriod.month(YearMonth.of(2028, 2));
        assertThat(month).hasToString("2028-02");
        assertThat(month.lastDay()).isEqualTo(LocalDate.of(2028, 2, 29));
        assertThat(month.basis()).isEqualTo(SettlementPeriod.Basis.MONTHLY_ACCRUAL);
        assertThat(month.basis().labelEn()).isEqualTo("monthly accrual, not final");
        assertThat(YEAR).hasToString("2026");
        assertThat(YEAR.basis().labelEn()).isEqualTo("annual, binding");
        for (YearMonth last : List.of(YearMonth.of(2025, 12), YearMonth.of(2026, 11), YearMonth.of(2027, 1))) {
            assertThatIllegalArgumentException().isThrownBy(() -> new SettlementPeriod(JANUARY, last));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new SettlementPeriod(YearMonth.of(2026, 2), YearMonth.of(2027, 1)));
    }

    @Test
    void aChoiceIsTheOneInForceOnTheDay() {
        PolicyChoices choices = new PolicyChoices(List.of(
                new PolicyChoices.Choice(PolicyChoices.Rule.TREASURY_BASE, LocalDate.of(2026, 1, 1), "NET_PROFIT", "draft"),
                new PolicyChoices.Choice(PolicyChoices.Rule.TREASURY_BASE, LocalDate.of(2027, 1, 1), "NP_AFTER_LOSS_RESERVE", "plan"),
                new PolicyChoices.Choice(PolicyChoices.Rule.TAX_LOSS_YEARS, LocalDate.of(2026, 1, 1), "5", "企业所得税法 Art. 18")));
        assertThat(choices.treasuryBaseAt(LocalDate.of(2026, 12, 31))).isEqualTo(TreasuryBase.NET_PROFIT);
        assertThat(choices.treasuryBaseAt(LocalDate.of(2027, 1, 1))).isEqualTo(TreasuryBase.NP_AFTER_LOSS_RESERVE);
        assertThat(choices.taxLossYearsAt(LocalDate.of(2027, 1, 1))).isEqualTo(5);
        assertThatIllegalStateException().isThrownBy(() -> choices.taxLossYearsAt(LocalDate.of(2025, 12, 31))).withMessageContaining("TAX_LOSS_YEARS");
    }

    @Test
    void eachRateIsOfItsOwnRule() {
        SettlementRates rates = SettlementRates.at(Examples.RATES, YEAR.lastDay());
        DatedRate vat = Examples.RATES.rateAt(Rule.VAT, YEAR.lastDay());
        for (int place = 0; place < 6; place++) {
            int wrong = place;
            assertThatIllegalArgumentException().as("place %d", place).isThrownBy(() -> new SettlementRates(
                    wrong == 0 ? vat : rates.urbanMaintenance(), wrong == 1 ? vat : rates.education(), wrong == 2 ? vat : rates.localEducation(),
                    wrong == 3 ? vat : rates.incomeTax(), wrong == 4 ? vat : rates.statutoryReserve(), wrong == 5 ? vat : rates.treasury()));
        }
    }
}

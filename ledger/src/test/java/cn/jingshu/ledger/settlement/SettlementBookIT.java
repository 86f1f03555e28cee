package cn.jingshu.ledger.settlement;

import static cn.jingshu.ledger.LedgerDatabase.execute;
import static cn.jingshu.ledger.LedgerDatabase.queryLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.FailingDataSource;
import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.export.LedgerTables;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.journal.Rejection;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.Vat;
import cn.jingshu.ledger.period.CloseResult;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.verify.Check;
import cn.jingshu.ledger.verify.Finding;
import cn.jingshu.ledger.verify.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettlementBookIT {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-12-01T02:00:00Z"), ZoneOffset.UTC);
    private static final String LINE = Dimensions.AUTHORISED_OPERATION;
    private static final Dimensions ABOUT = Dimensions.authorisedOperation();

    private final DataSource dataSource = LedgerDatabase.create();
    private final Journal journal = new Journal(dataSource, CLOCK);
    private final Balances balances = new Balances(dataSource);
    private final SettlementBook book = new SettlementBook(dataSource, journal, CLOCK);

    @Test
    void theWorkedExampleIsBookedAndTheMonthCloses() {
        bookPolicyExample();
        SettlementInputs inputs = Examples.policy(TreasuryBase.NET_PROFIT);
        assertThat(book.settle(inputs)).isInstanceOf(SettleResult.Settled.class);

        assertThat(credit(Chart.TREASURY_PAYABLE)).isEqualTo(Money.ofYuan("436500"));
        assertThat(credit(Chart.OPERATOR_RETAINED)).isEqualTo(Money.ofYuan("1018500"));
        assertThat(credit(Chart.MERCHANT_PAYABLES)).isEqualTo(Money.ofYuan("2500000"));
        assertThat(balances.balance(Chart.MERCHANT_PAYABLES, Dimensions.NONE.withMerchant("m2"), ReadPoint.LATEST)
                        .creditBalance())
                .isEqualTo(Money.ofYuan("1000000"));
        assertThat(credit(Chart.SURCHARGES_PAYABLE)).isEqualTo(Money.ofYuan("60000"));
        assertThat(credit(Chart.INCOME_TAX_PAYABLE)).isEqualTo(Money.ofYuan("485000"));
        for (AccountCode emptied : List.of(
                Chart.REVENUE, Chart.COST_OF_SERVICE, Chart.SURCHARGES, Chart.INCOME_TAX, Chart.PROFIT_OF_THE_YEAR,
                Chart.PROFIT_TO_DISTRIBUTE)) {
            assertThat(credit(emptied)).as("account %s", emptied).isEqualTo(Money.ZERO);
        }
        assertThat(new Periods(dataSource, CLOCK).close(Examples.NOVEMBER.first()))
                .isInstanceOf(CloseResult.Closed.class);
        // The books answer the same question the same way after the settlement and after the close.
        assertThat(book.facts(Examples.NOVEMBER, LINE).gross()).isEqualTo(inputs.gross());
        assertThat(book.settle(inputs)).isInstanceOf(SettleResult.AlreadySettled.class);
    }

    @Test
    void whatIsStoredCanBeRecomputedByItsReader() {
        bookPolicyExample();
        book.settle(Examples.policy(TreasuryBase.NET_PROFIT));
        StoredSettlement stored = book.findSettlement(Examples.NOVEMBER, LINE).orElseThrow();
        assertThat(stored.inputs()).isEqualTo(Examples.policy(TreasuryBase.NET_PROFIT));
        assertThat(stored.result()).isEqualTo(Waterfall.settle(stored.inputs()));
        assertThat(stored.recompute()).isEqualTo(new StoredSettlement.Recomputation.Confirmed());
        assertThat(stored.settledAt()).isEqualTo(CLOCK.instant());
        for (JournalEntry entry : book.entriesOf(stored)) {
            assertThat(journal.findEntry(entry.entryId()).orElseThrow().entry()).isEqualTo(entry);
        }
        assertThatThrownBy(() -> execute(dataSource, "UPDATE ledger.settlement SET result = '{}'"))
                .isInstanceOfSatisfying(LedgerStoreException.class, refused ->
                        assertThat(refused.sqlState()).isEqualTo("JL001"));
    }

    @Test
    void aCrashAnywhereLeavesNothingOrAllAndSettlingAgainCompletesItOnce() {
        bookPolicyExample();
        long entriesBefore = count("entry");
        SettlementInputs inputs = Examples.policy(TreasuryBase.NET_PROFIT);
        int crashes = 0;
        for (int calls = 0; ; calls++) {
            FailingDataSource failing = new FailingDataSource(dataSource, calls);
            SettlementBook crashing = new SettlementBook(failing, new Journal(failing, CLOCK), CLOCK);
            try {
                crashing.settle(inputs);
            } catch (LedgerStoreException crash) {
                crashes++;
                assertThat(crash.sqlState()).isEqualTo("08006");
            }
            assertThat(List.of(entriesBefore, entriesBefore + 7)).contains(count("entry"));
            assertThat(count("settlement")).isEqualTo(count("entry") == entriesBefore ? 0 : 1);
            if (!failing.hasFailed()) {
                break;
            }
        }
        assertThat(crashes).isGreaterThan(5);
        assertThat(book.settle(inputs)).isInstanceOf(SettleResult.AlreadySettled.class);
        assertThat(count("entry")).isEqualTo(entriesBefore + 7);
        assertThat(credit(Chart.TREASURY_PAYABLE)).isEqualTo(Money.ofYuan("436500"));
    }

    @Test
    void manyWhoSettleAtOnceSettleOnce() throws Exception {
        bookPolicyExample();
        SettlementInputs inputs = Examples.policy(TreasuryBase.NET_PROFIT);
        List<Callable<SettleResult>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(() -> book.settle(inputs));
        }
        List<SettleResult> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(10)) {
            for (Future<SettleResult> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        assertThat(results).filteredOn(SettleResult.Settled.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(SettleResult.AlreadySettled.class::isInstance).hasSize(9);
    }

    @Test
    void inputsThatAreNotThoseOfTheBooksAreRefused() {
        bookPolicyExample();
        SettlementInputs in = Examples.policy(TreasuryBase.NET_PROFIT);
        SettlementInputs wrong = Examples.with(
                in, in.gross().plus(new Money(1)), in.outputVat(), in.costs().subList(1, 2), in.merchantCosts());
        assertThat(book.settle(wrong)).isInstanceOfSatisfying(SettleResult.Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(SettleResult.Fault.BOOKS_DISAGREE);
            assertThat(refused.detail())
                    .contains("gross: inputs say 1060000001 fen, the books 1060000000 fen")
                    .contains("DIRECT_PAID on 6401: inputs say 0 fen, the books 480000000 fen")
                    .doesNotContain("DIRECT_FREE")
                    .doesNotContain("output VAT");
        });
        assertThat(count("settlement")).isZero();
    }

    @Test
    void aSettlementOfAClosedMonthIsRefusedWhole() {
        new Periods(dataSource, CLOCK).close(Examples.NOVEMBER.first());
        SettlementInputs nothingEarned = onlyMerchantCost(Examples.NOVEMBER, new Money(100));
        assertThat(book.settle(nothingEarned)).isInstanceOfSatisfying(SettleResult.Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(SettleResult.Fault.ENTRY_REJECTED);
            assertThat(refused.detail()).contains("PERIOD_CLOSED");
        });
        assertThat(count("settlement")).isZero();
        assertThat(count("entry")).isZero();
    }

    @Test
    void aLateChargeMakesARevisionThatBooksTheDifference() {
        bookPolicyExample();
        book.settle(Examples.policy(TreasuryBase.NET_PROFIT));
        charge(LocalDate.of(2026, 11, 30), Money.ofYuan("106"));

        assertThat(book.settle(inputsFromBooks(Examples.NOVEMBER)))
                .isInstanceOfSatisfying(SettleResult.Settled.class, settled ->
                        assertThat(settled.settlement().revision()).isEqualTo(2));

        // 100 net, surcharges 0.72, before tax 99.28, tax 24.82, net profit 74.46 more than before.
        SettlementResult result = book.findSettlement(Examples.NOVEMBER, LINE).orElseThrow().result();
        assertThat(result.netProfit()).isEqualTo(Money.ofYuan("1455074.46"));
        assertThat(credit(Chart.TREASURY_PAYABLE)).isEqualTo(result.treasury());
        assertThat(credit(Chart.OPERATOR_RETAINED)).isEqualTo(result.operator());
        assertThat(credit(Chart.REVENUE)).isEqualTo(Money.ZERO);
        assertThat(credit(Chart.PROFIT_TO_DISTRIBUTE)).isEqualTo(Money.ZERO);
        assertThat(book.listRevisions(Examples.NOVEMBER, LINE)).hasSize(2);
        assertThat(new Periods(dataSource, CLOCK).close(Examples.NOVEMBER.first()))
                .isInstanceOf(CloseResult.Closed.class);
    }

    @Test
    void theYearBooksTheDifferenceToItsMonthsAndEndsThem() {
        SettlementPeriod year = SettlementPeriod.year(Year.of(2026));
        SettlementPeriod december = SettlementPeriod.month(YearMonth.of(2026, 12));
        // November earns 1,000, December loses 400: the months accrue 30 % of 1,000 less tax, the year owes less.
        charge(LocalDate.of(2026, 11, 5), Money.ofYuan("1060"));
        book.settle(inputsFromBooks(Examples.NOVEMBER));
        Money accrued = credit(Chart.TREASURY_PAYABLE);
        cost(LocalDate.of(2026, 12, 5), "400");
        book.settle(inputsFromBooks(december));
        assertThat(credit(Chart.TREASURY_PAYABLE)).isEqualTo(accrued);

        SettlementInputs annual = inputsFromBooks(year);
        assertThat(book.settle(annual)).isInstanceOf(SettleResult.Settled.class);

        SettlementResult result = Waterfall.settle(annual);
        assertThat(credit(Chart.TREASURY_PAYABLE)).isEqualTo(result.treasury()).isLessThan(accrued);
        assertThat(credit(Chart.INCOME_TAX_PAYABLE)).isEqualTo(result.incomeTax());
        assertThat(credit(Chart.OPERATOR_RETAINED)).isEqualTo(result.operator());
        assertThat(credit(Chart.REVENUE)).isEqualTo(Money.ZERO);
        assertThat(credit(Chart.PROFIT_TO_DISTRIBUTE)).isEqualTo(Money.ZERO);
        assertThat(result.period().basis()).isEqualTo(SettlementPeriod.Basis.ANNUAL_BINDING);

        charge(LocalDate.of(2026, 12, 6), Money.ofYuan("1"));
        assertThat(book.settle(inputsFromBooks(december))).isInstanceOfSatisfying(SettleResult.Refused.class, refused ->
                assertThat(refused.fault()).isEqualTo(SettleResult.Fault.YEAR_SETTLED));
        assertThat(book.settle(inputsFromBooks(year))).isInstanceOfSatisfying(SettleResult.Settled.class, settled ->
                assertThat(settled.settlement().revision()).isEqualTo(2));
    }

    @Test
    void theYearIsEarmarkedByProviderAndBookedInALaterMonthIfItsOwnIsClosed() {
        YearMonth december = YearMonth.of(2026, 12);
        charge(LocalDate.of(2026, 12, 5), "transit", Money.ofYuan("1060"));
        charge(LocalDate.of(2026, 12, 6), "echo", Money.ofYuan("530.01"));
        assertThat(book.settle(detailed(SettlementPeriod.month(december), december.atEndOfMonth())))
                .isInstanceOf(SettleResult.Settled.class);
        assertThat(new Periods(dataSource, CLOCK).close(december)).isInstanceOf(CloseResult.Closed.class);
        cost(LocalDate.of(2027, 1, 4), "1"); // of the year after: no part of it

        SettlementPeriod year = SettlementPeriod.year(Year.of(2026));
        SettlementInputs annual = detailed(year, LocalDate.of(2027, 1, 1));
        assertThat(book.settle(annual)).isInstanceOf(SettleResult.Settled.class);

        SettlementResult result = book.findSettlement(year, LINE).orElseThrow().result();
        assertThat(result.earmarks()).extracting(Earmark::provider).containsExactly("GENERAL", "bus", "police");
        assertThat(Money.sum(result.earmarks().stream().map(Earmark::amount).toList())).isEqualTo(result.treasury());
        for (Earmark earmark : result.earmarks()) {
            Dimensions of = earmark.provider().equals(ProductShares.GENERAL)
                    ? Dimensions.NONE : Dimensions.NONE.withProvider(earmark.provider());
            if (!of.equals(Dimensions.NONE)) {
                assertThat(balances.balance(Chart.TREASURY_PAYABLE, of, ReadPoint.LATEST).creditBalance())
                        .as(earmark.provider()).isEqualTo(earmark.amount());
            }
        }
        assertThat(credit(Chart.TREASURY_PAYABLE)).isEqualTo(result.treasury());
        assertThat(credit(Chart.MERCHANT_PAYABLES)).isEqualTo(result.merchants());
        assertThat(credit(Chart.PROFIT_TO_DISTRIBUTE)).isEqualTo(Money.ZERO);
        StoredSettlement stored = book.findSettlement(year, LINE).orElseThrow();
        assertThat(stored.recompute()).isEqualTo(new StoredSettlement.Recomputation.Confirmed());
        assertThat(stored.inputs()).isEqualTo(annual);
        assertThat(book.listSettlements(LINE)).extracting(each -> each.period().toString()).containsExactly("2026-12", "2026");
        assertThat(new Periods(dataSource, CLOCK).close(YearMonth.of(2027, 1)))
                .as("the cost of January is not settled, the year's entries are empty of profit and loss")
                .isInstanceOfSatisfying(CloseResult.Refused.class, refused -> assertThat(refused.detail()).contains("6401"));
    }

    @Test
    void revenueOfProductsThatIsNotThatOfTheBooksIsRefused() {
        charge(LocalDate.of(2026, 12, 5), "transit", Money.ofYuan("1060"));
        SettlementInputs in = detailed(SettlementPeriod.month(YearMonth.of(2026, 12)), LocalDate.of(2026, 12, 31));
        post(EntryReason.CHARGE, LocalDate.of(2026, 12, 7), List.of( // moves revenue from one product to another
                Posting.debit(Chart.REVENUE, new Money(7), ABOUT.withProduct("transit")),
                Posting.credit(Chart.REVENUE, new Money(7), ABOUT.withProduct("echo"))));
        assertThat(book.settle(in)).isInstanceOfSatisfying(SettleResult.Refused.class, refused ->
                assertThat(refused.detail()).isEqualTo("revenue of echo: inputs say 0 fen, the books 7 fen; "
                        + "revenue of transit: inputs say 100000 fen, the books 99993 fen"));
    }

    private void charge(LocalDate day, String product, Money gross) {
        Vat vat = Vat.inside(gross, Portion.percent(6));
        Dimensions about = ABOUT.withProduct(product);
        post(EntryReason.CHARGE, day, List.of(Posting.debit(Chart.RECEIVABLES, gross, about),
                Posting.credit(Chart.REVENUE, vat.net(), about), Posting.credit(Chart.OUTPUT_VAT, vat.tax(), about)));
    }

    /** transit shared 2:1 and with two resources of the bus company and one of the police, echo the operator's own. */
    private SettlementInputs detailed(SettlementPeriod period, LocalDate bookedOn) {
        BookFacts facts = book.facts(period, LINE);
        List<ProductRevenue> products = new ArrayList<>();
        for (SettlementBook.MonthRevenue each : book.productRevenue(period, LINE)) {
            boolean transit = each.product().equals("transit");
            products.add(new ProductRevenue(each.product(), each.netRevenue(),
                    transit ? Examples.shares("transit", YearMonth.of(2026, 12), "op", "2", "m1", "1") : null, null,
                    transit ? List.of(new ProductRevenue.ProviderResources("police", 1), new ProductRevenue.ProviderResources("bus", 2))
                            : List.of()));
        }
        SettlementDetail detail = new SettlementDetail(
                bookedOn, products, new CostKey(CostKey.METERED_UNITS, 2, 1), Money.ZERO, List.of(), List.of());
        ProductShares shares = detail.shares();
        return new SettlementInputs(period, LINE, facts.gross(), facts.outputVat(), facts.inputVat(), List.of(), facts.costs(),
                Examples.policy(TreasuryBase.NET_PROFIT).rates(), TreasuryBase.NET_PROFIT, Money.ZERO, shares.operator(),
                shares.merchants(), detail);
    }

    /** Jan. to Nov. 7 %, 3 % and 2 %, from December on 5 % for urban maintenance. */
    private static PolicyRates cheaperInDecember() {
        List<DatedRate> rates = new ArrayList<>(Examples.RATES.rates());
        rates.add(new DatedRate(Rule.URBAN_MAINTENANCE, Portion.percent(5), LocalDate.of(2026, 12, 1), "test"));
        return new PolicyRates(rates);
    }

    private SettlementInputs byMonth(PolicyRates rates) {
        SettlementPeriod year = SettlementPeriod.year(Year.of(2026));
        SettlementInputs given = detailed(year, year.lastDay());
        SettlementDetail detail = Objects.requireNonNull(given.detail());
        List<MonthVat> months = new ArrayList<>();
        for (int month = 1; month <= 12; month++) {
            BookFacts facts = book.facts(SettlementPeriod.month(YearMonth.of(2026, month)), LINE);
            months.add(MonthVat.of(YearMonth.of(2026, month), facts.outputVat(), facts.inputVat(), rates));
        }
        return new SettlementInputs(given.period(), LINE, given.gross(), given.outputVat(), given.inputVat(), given.merchantCosts(), given.costs(),
                SettlementRates.at(rates, year.lastDay()), given.treasuryBase(), given.lossesCarried(), given.operatorShare(), given.merchantShares(),
                new SettlementDetail(detail.bookedOn(), detail.products(), detail.costKey(), detail.taxLosses(), detail.carried(), detail.carriedByProvider(), months));
    }

    @Test
    void surchargesOfAYearAreThoseOfItsMonths() {
        charge(LocalDate.of(2026, 11, 5), Money.ofYuan("10600"));
        book.settle(inputsFromBooks(Examples.NOVEMBER));
        charge(LocalDate.of(2026, 12, 5), Money.ofYuan("5300"));
        SettlementInputs year = byMonth(cheaperInDecember());
        // November: 600 of VAT, 42 + 18 + 12. December: 300 of VAT, 15 + 9 + 6. At the rates of 31 December it would be 45 + 27 + 18.
        SettlementResult result = Waterfall.settle(year);
        assertThat(List.of(result.urbanMaintenance(), result.education(), result.localEducation()))
                .containsExactly(Money.ofYuan("57"), Money.ofYuan("27"), Money.ofYuan("18"));
        assertThat(Waterfall.settle(year.ofTheSecondForm()).surcharges()).isEqualTo(Money.ofYuan("90"));
        assertThat(book.settle(year)).isInstanceOf(SettleResult.Settled.class);
        assertThat(credit(Chart.SURCHARGES_PAYABLE)).isEqualTo(Money.ofYuan("102"));
        StoredSettlement stored = book.findSettlement(year.period(), LINE).orElseThrow();
        assertThat(stored.inputsJson()).startsWith("{\"form\":\"jingshu settlement inputs 3\"").contains("\"vatByMonth\":[{\"month\":\"2026-01\",");
        assertThat(stored.inputs()).isEqualTo(year);
        assertThat(stored.recompute()).isInstanceOf(StoredSettlement.Recomputation.Confirmed.class);
        assertThat(SettlementJson.write(year.ofTheSecondForm())).startsWith("{\"form\":\"jingshu settlement inputs 2\"").doesNotContain("vatByMonth");
    }

    /** A month's VAT moved to another one would be taxed at that one's rates. */
    @Test
    void monthsTheBooksDoNotKnowAreRefused() {
        charge(LocalDate.of(2026, 11, 5), Money.ofYuan("10600"));
        SettlementInputs year = byMonth(cheaperInDecember());
        SettlementDetail detail = Objects.requireNonNull(year.detail());
        List<MonthVat> moved = new ArrayList<>(detail.vatByMonth());
        moved.set(10, MonthVat.of(YearMonth.of(2026, 11), Money.ZERO, Money.ZERO, cheaperInDecember()));
        moved.set(11, MonthVat.of(YearMonth.of(2026, 12), Money.ofYuan("600"), Money.ZERO, cheaperInDecember()));
        SettlementInputs otherwise = with(year, moved);
        assertThat(book.settle(otherwise)).isInstanceOfSatisfying(SettleResult.Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(SettleResult.Fault.BOOKS_DISAGREE);
            assertThat(refused.detail()).contains("output VAT of 2026-11");
        });
        for (List<MonthVat> wrong : List.of(moved.subList(0, 11), moved.subList(1, 12), List.of(moved.get(11)))) {
            assertThatIllegalArgumentException().isThrownBy(() -> with(year, wrong));
        }
    }

    @Test
    void ratesOfAMonthThatNobodyEnactedAreNamedByTheVerifier(@TempDir Path folder) throws IOException {
        charge(LocalDate.of(2026, 12, 5), Money.ofYuan("10600"));
        List<DatedRate> rates = new ArrayList<>(PolicyRates.load(dataSource).rates());
        rates.add(new DatedRate(Rule.EDUCATION, Portion.percent(1), LocalDate.of(2026, 11, 1), "nobody's"));
        rates.add(new DatedRate(Rule.EDUCATION, Portion.percent(3), LocalDate.of(2026, 12, 1), "nobody's"));
        assertThat(book.settle(byMonth(new PolicyRates(rates)))).isInstanceOf(SettleResult.Settled.class);
        assertThat(new Periods(dataSource, CLOCK).close(YearMonth.of(2026, 12))).isInstanceOf(CloseResult.Closed.class);
        Path bundle = folder.resolve("year.zip");
        new BundleExport(dataSource, LedgerTables.list(), List::of, CLOCK).write(Months.parse("2026"), bundle, ExportProgress.SILENT);
        assertThat(new Verifier(List.of()).verify(bundle).findings()).filteredOn(finding -> finding.check() == Check.SETTLEMENT).extracting(Finding::en)
                .satisfiesExactlyInAnyOrder(
                        year -> assertThat(year).startsWith("2026: EDUCATION 3/100 from 2026-12-01, the table of rates says 3/100 from "),
                        november -> assertThat(november).startsWith("2026 (2026-11): EDUCATION 1/100 from 2026-11-01, the table of rates says 3/100 from "),
                        december -> assertThat(december).startsWith("2026 (2026-12): EDUCATION 3/100 from 2026-12-01, the table of rates says 3/100 from "));
    }

    private static SettlementInputs with(SettlementInputs in, List<MonthVat> months) {
        SettlementDetail detail = Objects.requireNonNull(in.detail());
        return new SettlementInputs(in.period(), in.businessLine(), in.gross(), in.outputVat(), in.inputVat(), in.merchantCosts(), in.costs(), in.rates(),
                in.treasuryBase(), in.lossesCarried(), in.operatorShare(), in.merchantShares(), new SettlementDetail(detail.bookedOn(), detail.products(),
                        detail.costKey(), detail.taxLosses(), detail.carried(), detail.carriedByProvider(), months));
    }

    @Test
    void inputVatAMonthCannotUseCountsInTheMonthsAfterIt() {
        charge(LocalDate.of(2026, 11, 5), Money.ofYuan("106"));
        post(EntryReason.COST, LocalDate.of(2026, 10, 5), List.of(Posting.debit(Chart.INPUT_VAT, Money.ofYuan("4"), ABOUT),
                Posting.credit(Chart.BANK, Money.ofYuan("4"), ABOUT)));
        post(EntryReason.COST, LocalDate.of(2026, 12, 5), List.of(Posting.debit(Chart.INPUT_VAT, Money.ofYuan("1"), ABOUT),
                Posting.credit(Chart.BANK, Money.ofYuan("1"), ABOUT)));
        // November owes 6 less the 4 of October; what December cannot use comes too late for it.
        assertThat(Waterfall.settle(byMonth(Examples.RATES)).surcharges()).isEqualTo(Money.ofYuan("0.24"));
    }

    @Test
    void theEntriesOfASettlementAreRevisedAndNotReversed() {
        bookPolicyExample();
        book.settle(Examples.policy(TreasuryBase.NET_PROFIT));
        JournalEntry first = book.entriesOf(book.findSettlement(Examples.NOVEMBER, LINE).orElseThrow()).getFirst();
        assertThat(journal.post(first.reversal(UUID.randomUUID(), first.effectiveOn(), "by hand")))
                .isInstanceOfSatisfying(PostResult.Rejected.class, rejected ->
                        assertThat(rejected.code()).isEqualTo(Rejection.SETTLEMENT_NOT_REVERSIBLE));
    }

    @Test
    void theBooksCountTheirOwnLineOnlyAndNoTaxPayment() {
        charge(LocalDate.of(2026, 11, 5), Money.ofYuan("106"));
        Dimensions other = Dimensions.NONE.withBusinessLine("CONSULTING");
        post(EntryReason.CHARGE, LocalDate.of(2026, 11, 5), List.of(
                Posting.debit(Chart.RECEIVABLES, new Money(500), other), Posting.credit(Chart.REVENUE, new Money(500), other)));
        post(EntryReason.TAX_PAYMENT, LocalDate.of(2026, 11, 15), List.of(
                Posting.debit(Chart.OUTPUT_VAT, new Money(600), ABOUT), Posting.credit(Chart.BANK, new Money(600), ABOUT)));
        assertThat(book.facts(Examples.NOVEMBER, LINE))
                .isEqualTo(new BookFacts(Money.ofYuan("106"), Money.ofYuan("6"), Money.ZERO, List.of()));
    }

    @Test
    void everyRateIsDatedAndCited() {
        PolicyRates rates = PolicyRates.load(dataSource);
        SettlementRates november = SettlementRates.at(rates, Examples.NOVEMBER.lastDay());
        assertThat(november.treasury().rate()).isEqualTo(Portion.percent(30));
        assertThat(november.treasury().citation()).contains("荆门市公共数据资源授权运营实施方案");
        assertThat(rates.rateAt(Rule.VAT, LocalDate.of(2026, 1, 1)).rate()).isEqualTo(Portion.percent(6));
        assertThat(rates.rates()).hasSize(Rule.values().length).allMatch(rate -> !rate.citation().isBlank());
    }

    /** What was paid to the tax office is no fact of the period, and neither is taking back a payment that was booked wrongly. */
    @Test
    void aTaxPaymentAndItsReversalChangeNoFact() {
        bookPolicyExample();
        BookFacts before = book.facts(Examples.NOVEMBER, LINE);
        JournalEntry paid = new JournalEntry(UUID.randomUUID(), LocalDate.of(2026, 11, 22), EntryReason.TAX_PAYMENT, "银行回单", List.of(
                Posting.debit(Chart.OUTPUT_VAT, Money.ofYuan("10000"), ABOUT), Posting.credit(Chart.BANK, Money.ofYuan("10000"), ABOUT)));
        assertThat(journal.post(paid)).isInstanceOf(PostResult.Posted.class);
        assertThat(book.facts(Examples.NOVEMBER, LINE)).isEqualTo(before);
        assertThat(journal.post(paid.reversal(UUID.randomUUID(), LocalDate.of(2026, 11, 23), "误记"))).isInstanceOf(PostResult.Posted.class);
        assertThat(book.facts(Examples.NOVEMBER, LINE)).isEqualTo(before);
    }

    private void bookPolicyExample() {
        charge(LocalDate.of(2026, 11, 20), Money.ofYuan("10600000"));
        cost(LocalDate.of(2026, 11, 21), "4800000");
        post(EntryReason.COST, LocalDate.of(2026, 11, 21), List.of(
                Posting.debit(Chart.COST_OF_SERVICE, Money.ofYuan("700000"), ABOUT.withPurposeClass("PUBLIC_INTEREST")),
                Posting.debit(Chart.INPUT_VAT, Money.ofYuan("100000"), ABOUT),
                Posting.credit(Chart.BANK, Money.ofYuan("800000"), ABOUT)));
    }

    private void charge(LocalDate day, Money gross) {
        Vat vat = Vat.inside(gross, Portion.percent(6));
        List<Posting> postings = new ArrayList<>();
        postings.add(Posting.debit(Chart.RECEIVABLES, gross, ABOUT));
        postings.add(Posting.credit(Chart.REVENUE, vat.net(), ABOUT));
        postings.add(Posting.credit(Chart.OUTPUT_VAT, vat.tax(), ABOUT));
        post(EntryReason.CHARGE, day, postings);
    }

    private void cost(LocalDate day, String yuan) {
        post(EntryReason.COST, day, List.of(
                Posting.debit(Chart.COST_OF_SERVICE, Money.ofYuan(yuan), ABOUT.withPurposeClass("INDUSTRY")),
                Posting.credit(Chart.BANK, Money.ofYuan(yuan), ABOUT)));
    }

    private void post(EntryReason reason, LocalDate day, List<Posting> postings) {
        assertThat(journal.post(new JournalEntry(UUID.randomUUID(), day, reason, "凭证", postings)))
                .isInstanceOf(PostResult.Posted.class);
    }

    private SettlementInputs inputsFromBooks(SettlementPeriod period) {
        BookFacts facts = book.facts(period, LINE);
        SettlementInputs example = Examples.policy(TreasuryBase.NET_PROFIT);
        List<PartyAmount> merchants = facts.gross().compareTo(Money.ofYuan("1000000")) > 0 ? example.merchantCosts() : List.of();
        return new SettlementInputs(
                period, LINE, facts.gross(), facts.outputVat(), facts.inputVat(), merchants, facts.costs(),
                example.rates(), TreasuryBase.NET_PROFIT, Money.ZERO, Portion.WHOLE, List.of());
    }

    private static SettlementInputs onlyMerchantCost(SettlementPeriod period, Money cost) {
        SettlementInputs example = Examples.policy(TreasuryBase.NET_PROFIT);
        return new SettlementInputs(
                period, LINE, Money.ZERO, Money.ZERO, Money.ZERO, List.of(new PartyAmount("m1", cost)), List.of(),
                example.rates(), TreasuryBase.NET_PROFIT, Money.ZERO, Portion.WHOLE, List.of());
    }

    private Money credit(AccountCode account) {
        return balances.balance(account, Dimensions.NONE, ReadPoint.LATEST).creditBalance();
    }

    private long count(String table) {
        return queryLong(dataSource, "SELECT count(*) FROM ledger." + table);
    }
}

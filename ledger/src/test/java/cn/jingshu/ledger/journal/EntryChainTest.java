package cn.jingshu.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.AccountKind;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.money.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests and links of entries beside those of an independent reckoning (Python's hashlib and struct), and what entries are made of. */
class EntryChainTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final UUID ID = new UUID(1, 2);
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Instant BOOKED = Instant.parse("2026-11-23T04:00:00.123456Z");
    private static final Dimensions ABOUT = Dimensions.authorisedOperation().withConsumer("c1");
    private static final JournalEntry CHARGE = new JournalEntry(ID, DAY, EntryReason.CHARGE, "11月服务费", List.of(
            Posting.debit(Chart.RECEIVABLES, new Money(106), ABOUT),
            Posting.credit(Chart.REVENUE, new Money(100), ABOUT),
            Posting.credit(Chart.OUTPUT_VAT, new Money(6), ABOUT)));
    private static final String CONTENT = "7dcefe9fbd5bd05ce75a0a58c44871de8c09b6877f36f14c6fe47dc11879fd3a";
    private static final String START = "4c055653dc9c31b1231a45c2ebb2a05f1ec9b1acc91004db123725e2a78c3a53";
    private static final String LINK = "ac7b1c37793f0cb990bf1601b89a649732c7620ce3edf7b511f0b32b0325fb69";

    @Test
    void digestAndLinkAreReckonedAsTheyAreWrittenDown() {
        assertThat(EntryDigest.of(CHARGE)).isEqualTo(CONTENT);
        assertThat(HEX.formatHex(EntryDigest.bytesOf(CHARGE))).isEqualTo(CONTENT);
        assertThat(HEX.formatHex(EntryChain.start(NOVEMBER))).isEqualTo(START);
        assertThat(HEX.formatHex(EntryChain.link(HEX.parseHex(START), HEX.parseHex(CONTENT), 1, BOOKED))).isEqualTo(LINK);
    }

    @Test
    void oneLineWithAServicePeriodPutsTheWholeEntryIntoTheSecondForm() {
        Dimensions every = new Dimensions("p", "d", "m", "c", "INDUSTRY", "L", "v", YearMonth.of(2026, 10));
        JournalEntry entry = new JournalEntry(ID, DAY, EntryReason.REVERSAL, "x", new UUID(9, 9), List.of(
                Posting.debit(Chart.RECEIVABLES, new Money(106), every),
                Posting.credit(Chart.REVENUE, new Money(106), Dimensions.NONE)));
        assertThat(EntryDigest.of(entry)).isEqualTo("9488073f1dac582146edaf84727dddb229a4393f77c3f0dfe3d140cf311cca2a");
    }

    @Test
    void anAlteredEntryAndAForeignLinkShow() {
        BookedEntry booked = new BookedEntry(CHARGE, 1, BOOKED, CONTENT, LINK);
        assertThat(booked.isUnaltered()).isTrue();
        assertThat(booked.follows(EntryChain.start(NOVEMBER))).isTrue();
        assertThat(booked.follows(EntryChain.start(NOVEMBER.minusMonths(1)))).isFalse();
        assertThat(new BookedEntry(CHARGE, 2, BOOKED, CONTENT, LINK).follows(EntryChain.start(NOVEMBER))).isFalse();
        assertThat(new BookedEntry(CHARGE, 1, BOOKED.plusNanos(1_000), CONTENT, LINK).follows(EntryChain.start(NOVEMBER))).isFalse();
        assertThat(new BookedEntry(CHARGE, 1, BOOKED, START, LINK).isUnaltered()).isFalse();
        assertThat(new BookedEntry(CHARGE, 1, BOOKED, START, LINK).follows(EntryChain.start(NOVEMBER))).isFalse();
    }

    @Test
    void eachDimensionIsSetAloneAndCanBeTakenAway() {
        Dimensions every = new Dimensions("a", "b", "c", "d", "e", "f", "g", NOVEMBER);
        assertThat(Dimensions.NONE.withProduct("a").withProvider("b").withMerchant("c").withConsumer("d").withPurposeClass("e")
                .withBusinessLine("f").withPriceVersion("g").withServicePeriod(NOVEMBER)).isEqualTo(every);
        assertThat(every.withProduct(null).withProvider(null).withMerchant(null).withConsumer(null).withPurposeClass(null)
                .withBusinessLine(null).withPriceVersion(null).withServicePeriod(null)).isEqualTo(Dimensions.NONE);
        assertThat(Dimensions.authorisedOperation().businessLine()).isEqualTo("AUTHORISED_OPERATION");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void everyDimensionHasOneToTwoHundredCharacters(int place) {
        assertThat(dimensions(place, "x".repeat(200))).isNotEqualTo(Dimensions.NONE);
        for (String unfit : List.of("", " ", "x".repeat(201), "x\0y", "\0")) {
            assertThatIllegalArgumentException().isThrownBy(() -> dimensions(place, unfit));
        }
    }

    private static Dimensions dimensions(int place, String value) {
        return new Dimensions(place == 0 ? value : null, place == 1 ? value : null, place == 2 ? value : null,
                place == 3 ? value : null, place == 4 ? value : null, place == 5 ? value : null, place == 6 ? value : null, null);
    }

    @Test
    void aDescriptionHasOneToFiveHundredCharacters() {
        assertThat(described("x".repeat(500)).description()).hasSize(500);
        for (String unfit : List.of("", "\t", "x".repeat(501), "\0", "x\0")) {
            assertThatIllegalArgumentException().isThrownBy(() -> described(unfit)).withMessageContaining(ID.toString());
        }
    }

    private static JournalEntry described(String description) {
        return new JournalEntry(ID, DAY, EntryReason.CHARGE, description, CHARGE.postings());
    }

    @Test
    void aReversalKeepsAccountsAndDimensionsAndItsOwnDay() {
        JournalEntry reversal = CHARGE.reversal(new UUID(3, 4), DAY.plusDays(9), "价格有误");
        assertThat(reversal.entryId()).isEqualTo(new UUID(3, 4));
        assertThat(reversal.effectiveOn()).isEqualTo(DAY.plusDays(9));
        assertThat(reversal.period()).isEqualTo(YearMonth.of(2026, 12));
        assertThat(reversal.description()).isEqualTo("价格有误");
        assertThat(reversal.postings()).containsExactly(
                Posting.credit(Chart.RECEIVABLES, new Money(106), ABOUT),
                Posting.debit(Chart.REVENUE, new Money(100), ABOUT),
                Posting.debit(Chart.OUTPUT_VAT, new Money(6), ABOUT));
    }

    @Test
    void booksWhoseDebitsAreNotTheirCreditsAreNoTrialBalance() {
        AccountBalance bank = new AccountBalance(Chart.BANK, new Money(150), new Money(30));
        AccountBalance revenue = new AccountBalance(Chart.REVENUE, new Money(20), new Money(140));
        TrialBalance trial = new TrialBalance(ReadPoint.LATEST, List.of(bank, revenue));
        assertThat(trial.total()).isEqualTo(new Money(170));
        assertThat(bank.debitBalance()).isEqualTo(new Money(120));
        assertThat(bank.creditBalance()).isEqualTo(new Money(-120));
        assertThatThrownBy(() -> new TrialBalance(ReadPoint.LATEST, List.of(bank)))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("debits 150 fen, credits 30 fen");
    }

    @Test
    void aQuestionToTheBooksKeepsItsTwoDates() {
        ReadPoint point = ReadPoint.endOf(YearMonth.of(2028, 2)).knownAt(BOOKED);
        assertThat(point).isEqualTo(new ReadPoint(LocalDate.of(2028, 2, 29), BOOKED));
        assertThat(ReadPoint.asOf(DAY)).isEqualTo(new ReadPoint(DAY, null));
    }

    @Test
    void aReservationStandsAsItsTimesSay() {
        Instant ends = BOOKED.plusSeconds(60);
        assertThat(new PendingEntry(CHARGE, BOOKED, ends, null, null).stateAt(ends.minusNanos(1))).isEqualTo(PendingEntry.State.PENDING);
        assertThat(new PendingEntry(CHARGE, BOOKED, ends, null, null).stateAt(ends)).isEqualTo(PendingEntry.State.EXPIRED);
        assertThat(new PendingEntry(CHARGE, BOOKED, ends, BOOKED, null).stateAt(ends)).isEqualTo(PendingEntry.State.VOIDED);
        assertThat(new PendingEntry(CHARGE, BOOKED, ends, null, BOOKED).stateAt(ends)).isEqualTo(PendingEntry.State.POSTED);
    }

    @ParameterizedTest
    @EnumSource
    void onlySettlementsMakeTheEntriesOfASettlement(EntryReason reason) {
        assertThat(reason.isSettlement()).isEqualTo(List.of(EntryReason.MERCHANT_COST, EntryReason.SURCHARGES, EntryReason.INCOME_TAX,
                EntryReason.CLOSING, EntryReason.DISTRIBUTION).contains(reason));
    }

    @ParameterizedTest
    @CsvSource({"ASSET,false", "LIABILITY,false", "EQUITY,false", "INCOME,true", "EXPENSE,true"})
    void incomeAndExpensesAreOfProfitAndLoss(AccountKind kind, boolean profitAndLoss) {
        assertThat(kind.isProfitAndLoss()).isEqualTo(profitAndLoss);
    }

    @Test
    void anAccountCodeHasTwoDigitsMoreForEachLevel() {
        assertThat(List.of("1002", "222101", "22210101", "2221010101", "222101010101")).allSatisfy(code ->
                assertThat(new AccountCode(code)).hasToString(code));
        for (String unfit : List.of("", "100", "10021", "22210101010101", "10a2")) {
            assertThatIllegalArgumentException().isThrownBy(() -> new AccountCode(unfit));
        }
        assertThat(new AccountCode("2221")).isLessThan(new AccountCode("222101")).isGreaterThan(new AccountCode("2203"));
        assertThat(Side.DEBIT.opposite()).isEqualTo(Side.CREDIT);
        assertThat(Side.CREDIT.opposite()).isEqualTo(Side.DEBIT);
    }
}

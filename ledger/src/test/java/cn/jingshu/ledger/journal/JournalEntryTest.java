package cn.jingshu.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.money.Money;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JournalEntryTest {

    private static final UUID ID = new UUID(1, 2);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Dimensions ABOUT = Dimensions.authorisedOperation().withConsumer("c1");

    private final JournalEntry entry = new JournalEntry(
            ID,
            DAY,
            EntryReason.CHARGE,
            "11月服务费",
            List.of(
                    Posting.debit(Chart.RECEIVABLES, new Money(106), ABOUT),
                    Posting.credit(Chart.REVENUE, new Money(100), ABOUT),
                    Posting.credit(Chart.OUTPUT_VAT, new Money(6), ABOUT)));

    @Test
    void anUnbalancedEntryCannotBeBuilt() {
        assertThatThrownBy(() -> new JournalEntry(
                        ID,
                        DAY,
                        EntryReason.CHARGE,
                        "off by one",
                        List.of(
                                Posting.debit(Chart.RECEIVABLES, new Money(3000), ABOUT),
                                Posting.credit(Chart.REVENUE, new Money(2999), ABOUT))))
                .isInstanceOf(UnbalancedEntryException.class)
                .hasMessageContaining("debits 3000 fen, credits 2999 fen");
    }

    @Test
    void anEntryWithoutPostingsCannotBeBuilt() {
        assertThatThrownBy(() -> new JournalEntry(ID, DAY, EntryReason.CHARGE, "empty", List.of()))
                .isInstanceOf(UnbalancedEntryException.class);
    }

    @Test
    void aPostingIsAboveZero() {
        assertThatThrownBy(() -> Posting.debit(Chart.BANK, Money.ZERO, ABOUT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Posting.debit(Chart.BANK, new Money(-1), ABOUT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thePeriodIsTheMonthOfTheVoucherDate() {
        assertThat(entry.period()).isEqualTo(YearMonth.of(2026, 11));
        assertThat(entry.amount()).isEqualTo(new Money(106));
    }

    @Test
    void aReversalMirrorsEverySideAndNamesItsOriginal() {
        JournalEntry reversal = entry.reversal(new UUID(3, 4), DAY.plusDays(1), "价格有误");
        assertThat(reversal.reason()).isEqualTo(EntryReason.REVERSAL);
        assertThat(reversal.reverses()).isEqualTo(ID);
        assertThat(reversal.postings()).extracting(Posting::side).containsExactly(Side.CREDIT, Side.DEBIT, Side.DEBIT);
        assertThat(reversal.postings()).extracting(Posting::amount)
                .isEqualTo(entry.postings().stream().map(Posting::amount).toList());
    }

    @Test
    void onlyAReversalNamesAnotherEntry() {
        assertThatThrownBy(() -> new JournalEntry(ID, DAY, EntryReason.REVERSAL, "of what?", entry.postings()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new JournalEntry(ID, DAY, EntryReason.CHARGE, "x", new UUID(9, 9), entry.postings()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyPartOfAnEntryCountsInItsDigest() {
        String digest = EntryDigest.of(entry);
        assertThat(EntryDigest.of(new JournalEntry(
                        ID, DAY, EntryReason.CHARGE, "11月服务费", List.copyOf(entry.postings()))))
                .isEqualTo(digest);
        assertThat(List.of(
                        new JournalEntry(new UUID(1, 3), DAY, EntryReason.CHARGE, "11月服务费", entry.postings()),
                        new JournalEntry(ID, DAY.plusDays(1), EntryReason.CHARGE, "11月服务费", entry.postings()),
                        new JournalEntry(ID, DAY, EntryReason.RECEIPT, "11月服务费", entry.postings()),
                        new JournalEntry(ID, DAY, EntryReason.CHARGE, "11月服务费。", entry.postings()),
                        new JournalEntry(ID, DAY, EntryReason.CHARGE, "11月服务费", entry.postings().reversed()),
                        new JournalEntry(
                                ID,
                                DAY,
                                EntryReason.CHARGE,
                                "11月服务费",
                                List.of(
                                        Posting.debit(Chart.RECEIVABLES, new Money(106), ABOUT.withProduct("p")),
                                        entry.postings().get(1),
                                        entry.postings().get(2)))))
                .extracting(EntryDigest::of)
                .doesNotContain(digest)
                .doesNotHaveDuplicates();
    }

    @Test
    void whatCannotBeStoredCannotBeBuilt() {
        assertThatThrownBy(() -> new JournalEntry(ID, DAY, EntryReason.CHARGE, " ", entry.postings()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JournalEntry(ID, DAY, EntryReason.CHARGE, "a\0b", entry.postings()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ABOUT.withMerchant("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ABOUT.withMerchant("m\0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AccountCode("60O1")).isInstanceOf(IllegalArgumentException.class);
    }
}

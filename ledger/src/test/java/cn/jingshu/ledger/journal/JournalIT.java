package cn.jingshu.ledger.journal;

import static cn.jingshu.ledger.LedgerDatabase.entry;
import static cn.jingshu.ledger.LedgerDatabase.execute;
import static cn.jingshu.ledger.LedgerDatabase.queryLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.LedgerSchema;
import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.money.Money;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class JournalIT {

    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Instant NOW = Instant.parse("2026-11-23T04:00:00.123456Z");

    private final DataSource dataSource = LedgerDatabase.create();
    private final Journal journal = new Journal(dataSource, Clock.fixed(NOW, ZoneOffset.UTC));
    private final Balances balances = new Balances(dataSource);

    @Test
    void aBookedEntryReadsBackAsItWasGiven() {
        Dimensions about = new Dimensions("bus", "transit", "m1", "c1", "INDUSTRY", "AUTHORISED_OPERATION", "v3", NOVEMBER.minusMonths(1));
        JournalEntry given = new JournalEntry(
                UUID.randomUUID(),
                DAY,
                EntryReason.CHARGE,
                "描述 with 'quotes', \"double\"\nand a line break \\",
                List.of(
                        Posting.debit(Chart.RECEIVABLES, new Money(106), about),
                        Posting.credit(Chart.REVENUE, new Money(100), about.withMerchant(null)),
                        Posting.credit(Chart.OUTPUT_VAT, new Money(6), Dimensions.NONE)));

        assertThat(journal.post(given)).isEqualTo(new PostResult.Posted(NOVEMBER, 1, NOW));

        BookedEntry booked = journal.findEntry(given.entryId()).orElseThrow();
        assertThat(booked.entry()).isEqualTo(given);
        assertThat(booked.isUnaltered()).isTrue();
        assertThat(journal.findEntry(NOVEMBER, 1)).contains(booked);
        assertThat(journal.findEntry(UUID.randomUUID())).isEmpty();
    }

    @Test
    void aRetryIsAlreadyPostedAndOtherContentIsRejected() {
        JournalEntry given = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100);
        journal.post(given);

        assertThat(journal.post(given)).isEqualTo(new PostResult.AlreadyPosted(NOVEMBER, 1, NOW));
        assertThat(journal.post(entry(given.entryId(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 101)))
                .isInstanceOfSatisfying(PostResult.Rejected.class, rejected ->
                        assertThat(rejected.code()).isEqualTo(Rejection.ID_REUSED_WITH_OTHER_CONTENT));
        // The same id in another month shares no lock with the first.
        assertThat(journal.post(entry(given.entryId(), DAY.plusMonths(1), Chart.RECEIVABLES, Chart.REVENUE, 100)))
                .isInstanceOfSatisfying(PostResult.Rejected.class, rejected ->
                        assertThat(rejected.code()).isEqualTo(Rejection.ID_REUSED_WITH_OTHER_CONTENT));
        assertThat(count("entry")).isEqualTo(1);
    }

    @Test
    void fiftyEqualPostsAtOnceBookOnce() throws Exception {
        JournalEntry given = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100);
        List<PostResult> results = atOnce(50, i -> journal.post(given));

        assertThat(results).filteredOn(PostResult.Posted.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(PostResult.AlreadyPosted.class::isInstance).hasSize(49);
        assertThat(count("entry")).isEqualTo(1);
        assertThat(count("posting")).isEqualTo(2);
    }

    @Test
    void oneIdInTwoMonthsAtOnceBooksOnce() throws Exception {
        for (int round = 0; round < 10; round++) {
            UUID id = UUID.randomUUID();
            List<PostResult> results = atOnce(
                    8, i -> journal.post(entry(id, DAY.plusMonths(i % 4), Chart.RECEIVABLES, Chart.REVENUE, 100)));
            assertThat(results).filteredOn(PostResult.Posted.class::isInstance).hasSize(1);
            assertThat(results).filteredOn(PostResult.AlreadyPosted.class::isInstance).hasSize(1);
        }
        assertThat(count("entry")).isEqualTo(10);
    }

    @Test
    void numbersHaveNoGapsUnderConcurrencyAndRejections() throws Exception {
        atOnce(40, i -> i % 4 == 0
                ? journal.post(entry(UUID.randomUUID(), DAY, new AccountCode("9999"), Chart.REVENUE, 1))
                : journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, i)));

        assertThat(journal.listEntries(NOVEMBER, 0, 100)).extracting(BookedEntry::number)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 30).boxed().toList());
    }

    @Test
    void bookingsThatShareAccountsAndMonthsTheOtherWayRoundDoNotDeadlock() throws Exception {
        List<PostResult> results = atOnce(60, i -> {
            List<JournalEntry> batch = new ArrayList<>();
            for (int month = 0; month < 3; month++) {
                LocalDate day = DAY.plusMonths(i % 2 == 0 ? month : 2 - month);
                batch.add(i % 2 == 0
                        ? entry(UUID.randomUUID(), day, Chart.BANK, Chart.RECEIVABLES, 7)
                        : entry(UUID.randomUUID(), day, Chart.RECEIVABLES, Chart.BANK, 7));
            }
            return journal.postAll(batch).getLast();
        });

        assertThat(results).allMatch(PostResult.Posted.class::isInstance);
        assertThat(balances.balance(Chart.BANK, Dimensions.NONE, ReadPoint.LATEST).debitBalance()).isEqualTo(Money.ZERO);
        assertThat(count("entry")).isEqualTo(180);
    }

    @Test
    void aBatchBooksWhatIsGoodAndNamesWhatIsNot() {
        JournalEntry good = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100);
        JournalEntry unknown = entry(UUID.randomUUID(), DAY, new AccountCode("9999"), Chart.REVENUE, 1);
        JournalEntry group = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, new AccountCode("2221"), 1);
        JournalEntry last = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 5);

        List<PostResult> results = journal.postAll(List.of(good, unknown, good, group, last));

        assertThat(results.get(0)).isEqualTo(new PostResult.Posted(NOVEMBER, 1, NOW));
        assertThat(results.get(1)).isEqualTo(
                new PostResult.Rejected(Rejection.UNKNOWN_ACCOUNT, "entry " + unknown.entryId() + ": account 9999"));
        assertThat(results.get(2)).isEqualTo(new PostResult.AlreadyPosted(NOVEMBER, 1, NOW));
        assertThat(results.get(3)).isInstanceOfSatisfying(PostResult.Rejected.class, rejected ->
                assertThat(rejected.code()).isEqualTo(Rejection.ACCOUNT_NOT_POSTABLE));
        assertThat(results.get(4)).isEqualTo(new PostResult.Posted(NOVEMBER, 2, NOW));
        assertThat(journal.postAll(List.of())).isEmpty();
    }

    /** What stands earlier in a batch counts for what stands later in it, as if each had come alone. */
    @Test
    void entriesOfABatchSpeakOfOneAnother() {
        JournalEntry wrong = entry(UUID.randomUUID(), DAY, new AccountCode("9999"), Chart.REVENUE, 1);
        JournalEntry right = entry(wrong.entryId(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 1);
        JournalEntry reversal = right.reversal(UUID.randomUUID(), DAY.plusMonths(1), "价格有误");
        JournalEntry december = entry(UUID.randomUUID(), DAY.plusMonths(1), Chart.RECEIVABLES, Chart.REVENUE, 3);
        YearMonth then = NOVEMBER.plusMonths(1);

        assertThat(journal.postAll(List.of(reversal, wrong, right, reversal, wrong, december, right, reversal,
                        reversal.reversal(UUID.randomUUID(), DAY, "仍然有效"))))
                .containsExactly(
                        rejected(Rejection.REVERSED_ENTRY_UNKNOWN, reversal, ": reverses " + right.entryId()),
                        rejected(Rejection.UNKNOWN_ACCOUNT, wrong, ": account 9999"),
                        new PostResult.Posted(NOVEMBER, 1, NOW),
                        new PostResult.Posted(then, 1, NOW),
                        rejected(Rejection.ID_REUSED_WITH_OTHER_CONTENT, wrong, " is number 1 of 2026-11 with other content"),
                        new PostResult.Posted(then, 2, NOW),
                        new PostResult.AlreadyPosted(NOVEMBER, 1, NOW),
                        new PostResult.AlreadyPosted(then, 1, NOW),
                        new PostResult.Posted(NOVEMBER, 2, NOW));
        assertThat(balances.balance(Chart.REVENUE, Dimensions.NONE, ReadPoint.LATEST).creditBalance()).isEqualTo(new Money(4));
    }

    /** Each of these reversals differs from the mirror in one thing. */
    @Test
    void nothingButTheMirrorReverses() {
        Dimensions about = new Dimensions("bus", "transit", "m1", "c1", "INDUSTRY", "AUTHORISED_OPERATION", "v3", NOVEMBER.minusMonths(1));
        List<Posting> given = List.of(
                Posting.debit(Chart.RECEIVABLES, new Money(106), about),
                Posting.credit(Chart.REVENUE, new Money(100), about),
                Posting.credit(Chart.OUTPUT_VAT, new Money(6), Dimensions.NONE));
        JournalEntry original = new JournalEntry(UUID.randomUUID(), DAY, EntryReason.CHARGE, "十一月服务费", given);
        journal.post(original);
        List<Posting> mirror = original.mirroredPostings();
        List<List<Posting>> others = new ArrayList<>();
        others.add(given); // the same sides
        others.add(List.of(mirror.get(0), mirror.get(2), mirror.get(1))); // another order
        others.add(List.of(mirror.get(0), Posting.debit(Chart.REVENUE, new Money(106), about))); // a line less
        others.add(List.of(mirror.get(0), mirror.get(1), mirror.get(2), Posting.debit(Chart.BANK, new Money(1), about),
                Posting.credit(Chart.BANK, new Money(1), about))); // two more
        others.add(List.of(mirror.get(0), Posting.debit(Chart.REVENUE, new Money(101), about),
                Posting.debit(Chart.OUTPUT_VAT, new Money(5), Dimensions.NONE)));
        others.add(List.of(mirror.get(0), Posting.debit(Chart.BANK, new Money(100), about), mirror.get(2)));
        for (Dimensions other : List.of(
                new Dimensions(null, "transit", "m1", "c1", "INDUSTRY", "AUTHORISED_OPERATION", "v3", NOVEMBER.minusMonths(1)),
                new Dimensions("bus", "transit2", "m1", "c1", "INDUSTRY", "AUTHORISED_OPERATION", "v3", NOVEMBER.minusMonths(1)),
                new Dimensions("bus", "transit", "m2", "c1", "INDUSTRY", "AUTHORISED_OPERATION", "v3", NOVEMBER.minusMonths(1)),
                new Dimensions("bus", "transit", "m1", null, "INDUSTRY", "AUTHORISED_OPERATION", "v3", NOVEMBER.minusMonths(1)),
                new Dimensions("bus", "transit", "m1", "c1", "PUBLIC_INTEREST", "AUTHORISED_OPERATION", "v3", NOVEMBER.minusMonths(1)),
                new Dimensions("bus", "transit", "m1", "c1", "INDUSTRY", "OTHER", "v3", NOVEMBER.minusMonths(1)),
                new Dimensions("bus", "transit", "m1", "c1", "INDUSTRY", "AUTHORISED_OPERATION", "v4", NOVEMBER.minusMonths(1)),
                new Dimensions("bus", "transit", "m1", "c1", "INDUSTRY", "AUTHORISED_OPERATION", "v3", null))) {
            others.add(List.of(mirror.get(0), Posting.debit(Chart.REVENUE, new Money(100), other), mirror.get(2)));
        }
        List<JournalEntry> tried = new ArrayList<>();
        for (List<Posting> postings : others) {
            tried.add(new JournalEntry(UUID.randomUUID(), DAY, EntryReason.REVERSAL, "不是镜像", original.entryId(), postings));
        }
        for (JournalEntry one : tried) {
            assertThat(journal.post(one)).as("%s", one.postings())
                    .isEqualTo(rejected(Rejection.REVERSAL_IS_NO_MIRROR, one, ": reverses " + original.entryId()));
        }
        tried.add(original.reversal(UUID.randomUUID(), DAY, "价格有误"));
        List<PostResult> together = journal.postAll(tried);
        assertThat(together.subList(0, others.size())).allMatch(result -> code(result) == Rejection.REVERSAL_IS_NO_MIRROR);
        assertThat(together.getLast()).isEqualTo(new PostResult.Posted(NOVEMBER, 2, NOW));
    }

    /** An entry with several faults is rejected for the first of them. */
    @Test
    void eachRejectionSaysWhatIsAtFault() {
        JournalEntry original = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100);
        JournalEntry closing = new JournalEntry(UUID.randomUUID(), DAY, EntryReason.CLOSING, "结转", original.postings());
        journal.postAll(List.of(original, closing));
        execute(dataSource, """
                INSERT INTO ledger.period (period, closed_at, closed_entries, closed_total_fen, closed_sha256)
                VALUES ('2026-09-01', now(), 0, 0, '')
                """);
        AccountCode none = new AccountCode("9999");
        AccountCode group = new AccountCode("2221");
        JournalEntry early = entry(UUID.randomUUID(), LocalDate.of(2026, 8, 31), none, group, 1);
        JournalEntry first = entry(UUID.randomUUID(), DAY, none, group, 1);
        JournalEntry second = entry(UUID.randomUUID(), DAY, group, none, 1);
        JournalEntry lost = new JournalEntry(UUID.randomUUID(), DAY, EntryReason.REVERSAL, "?", UUID.randomUUID(), first.postings());
        JournalEntry unknown = new JournalEntry(UUID.randomUUID(), DAY, EntryReason.REVERSAL, "?", UUID.randomUUID(), original.postings());
        JournalEntry settled = closing.reversal(UUID.randomUUID(), DAY, "?");
        assertThat(journal.postAll(List.of(early, first, second, lost, unknown, settled))).containsExactly(
                rejected(Rejection.PERIOD_CLOSED, early, ": period 2026-08"),
                rejected(Rejection.UNKNOWN_ACCOUNT, first, ": account 9999"),
                rejected(Rejection.ACCOUNT_NOT_POSTABLE, second, ": account 2221"),
                rejected(Rejection.UNKNOWN_ACCOUNT, lost, ": account 9999"),
                rejected(Rejection.REVERSED_ENTRY_UNKNOWN, unknown, ": reverses " + unknown.reverses()),
                rejected(Rejection.SETTLEMENT_NOT_REVERSIBLE, settled, ": reverses " + closing.entryId()));
        assertThat(count("entry")).isEqualTo(2);
    }

    /** The database may refuse when all is written and about to be committed: then nothing was booked, and nobody is told that it was. */
    @Test
    void whatIsRefusedAtTheCommitIsNotAnsweredAsBooked() {
        execute(dataSource, """
                CREATE FUNCTION ledger.never() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'never' USING ERRCODE = 'JL999'; END $$;
                CREATE CONSTRAINT TRIGGER late AFTER INSERT ON ledger.posting
                    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.never();
                """);
        assertThatThrownBy(() -> journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100)))
                .isInstanceOfSatisfying(LedgerStoreException.class, refused -> assertThat(refused.sqlState()).isEqualTo("JL999"));
        assertThat(count("entry")).isZero();
    }

    @Test
    void aThousandEntriesAreOneTransaction() {
        List<JournalEntry> batch = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            batch.add(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, i));
        }
        assertThat(journal.postAll(batch)).allMatch(PostResult.Posted.class::isInstance);
        assertThat(balances.trialBalance(ReadPoint.LATEST).total()).isEqualTo(new Money(500_500));
        execute(dataSource, "SELECT ledger.sum_up('2026-11-01')"); // as the journal itself does by thousands of entries
        assertThat(balances.trialBalance(ReadPoint.LATEST).total()).isEqualTo(new Money(500_500));
        journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 1));
        execute(dataSource, "SELECT ledger.sum_up('2026-11-01')");
        journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 1));
        assertThat(balances.trialBalance(ReadPoint.LATEST).total()).isEqualTo(new Money(500_502));

        List<BookedEntry> page = journal.listEntries(NOVEMBER, 990, 100);
        assertThat(page).extracting(BookedEntry::number).startsWith(991L).hasSize(12);
        assertThat(queryLong(dataSource, "SELECT count(DISTINCT CAST(xmin AS text)) FROM ledger.entry WHERE number <= 1000")).isEqualTo(1);
    }

    @Test
    void anEntryIsReversedOnceByItsMirrorOnly() {
        JournalEntry original = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100);
        JournalEntry early = original.reversal(UUID.randomUUID(), DAY, "before it exists");
        assertThat(code(journal.post(early))).isEqualTo(Rejection.REVERSED_ENTRY_UNKNOWN);

        journal.post(original);
        JournalEntry partial = new JournalEntry(
                UUID.randomUUID(),
                DAY,
                EntryReason.REVERSAL,
                "half",
                original.entryId(),
                List.of(
                        Posting.debit(Chart.REVENUE, new Money(50), Dimensions.NONE),
                        Posting.credit(Chart.RECEIVABLES, new Money(50), Dimensions.NONE)));
        assertThat(code(journal.post(partial))).isEqualTo(Rejection.REVERSAL_IS_NO_MIRROR);

        JournalEntry reversal = original.reversal(UUID.randomUUID(), DAY.plusMonths(1), "价格有误");
        assertThat(journal.post(reversal)).isInstanceOf(PostResult.Posted.class);
        assertThat(journal.post(reversal)).isInstanceOf(PostResult.AlreadyPosted.class);
        assertThat(code(journal.post(original.reversal(UUID.randomUUID(), DAY, "again"))))
                .isEqualTo(Rejection.ALREADY_REVERSED);
        assertThat(balances.balance(Chart.REVENUE, Dimensions.NONE, ReadPoint.LATEST).creditBalance())
                .isEqualTo(Money.ZERO);
        assertThat(journal.findEntry(reversal.entryId()).orElseThrow().entry()).isEqualTo(reversal);
    }

    @Test
    void anEntryAndItsReversalMayComeInOneBatchButOnlyOnce() {
        JournalEntry original = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100);
        List<PostResult> results = journal.postAll(List.of(
                original,
                original.reversal(UUID.randomUUID(), DAY, "once"),
                original.reversal(UUID.randomUUID(), DAY, "twice")));
        assertThat(results.get(1)).isInstanceOf(PostResult.Posted.class);
        assertThat(code(results.get(2))).isEqualTo(Rejection.ALREADY_REVERSED);
    }

    @Test
    void whatIsWrittenStaysWritten() {
        journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100));
        execute(dataSource, "SELECT ledger.sum_up('2026-11-01')");
        for (String change : List.of(
                "UPDATE ledger.entry SET description = 'x'",
                "DELETE FROM ledger.entry",
                "TRUNCATE ledger.entry CASCADE",
                "UPDATE ledger.posting SET amount_fen = 1",
                "DELETE FROM ledger.posting",
                "TRUNCATE ledger.posting CASCADE",
                "DELETE FROM ledger.account_sum",
                "DELETE FROM ledger.account",
                "TRUNCATE ledger.account CASCADE",
                "TRUNCATE ledger.period CASCADE",
                "UPDATE ledger.policy_rate SET numerator = 1")) {
            assertThatThrownBy(() -> execute(dataSource, change))
                    .as(change)
                    .isInstanceOfSatisfying(LedgerStoreException.class, refused ->
                            assertThat(refused.sqlState()).isEqualTo("JL001"));
        }
        assertThat(count("posting")).isEqualTo(2);
    }

    @Test
    void theDatabaseItselfRefusesAnUnbalancedEntry() {
        String head = """
                INSERT INTO ledger.period (period) VALUES ('2026-11-01') ON CONFLICT DO NOTHING;
                INSERT INTO ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, lines,
                                          amount_fen, content_sha256, chain_sha256)
                VALUES ('00000000-0000-0000-0000-000000000001', '2026-11-01', 1, '2026-11-02', now(), 'CHARGE', 'x', 2, 100, '',
                        ledger.chain_link(ledger.chain_start('2026-11-01'), '', 1, now()));
                """;
        assertRefused("JL004", head + posting(1, 100, 99));
        assertRefused("JL004", head); // postings that never come
        assertRefused("JL004", head + posting(1, 99, 99)); // not what was announced
        assertRefused("JL004", head + posting(2, 100, 100)); // of an entry that is not there
        assertRefused("JL004", head + posting(1, 100, 100).replace("2026-11-01", "2026-12-01"));
        assertRefused("JL004", head + posting(1, 100, 100) + posting(2, 100, 100));
        assertRefused("JL016", head + posting(1, 100, 100).replace("6001", "9999")); // an account the chart does not have
        assertRefused("JL016", head + posting(1, 100, 100).replace("6001", "2221")); // one that only adds up others
        assertRefused("JL004", head + """
                INSERT INTO ledger.posting (period, number, line, account_code, side, amount_fen) VALUES
                ('2026-11-01', 1, 1, '1122', 'DEBIT', 100), ('2026-11-01', 1, 3, '6001', 'CREDIT', 100);
                """); // a line left out
        assertRefused("JL018", head.replace("reason, description, lines", "reason, description, reverses, lines")
                .replace("'CHARGE', 'x', 2", "'REVERSAL', 'x', '00000000-0000-0000-0000-000000000007', 2"));
        assertRefused("JL003", head.replace("VALUES ('2026-11-01') ON CONFLICT", "VALUES ('2026-10-01') ON CONFLICT"));
        assertThat(count("entry")).isZero();
    }

    @Test
    void theDatabaseItselfRefusesAPostingAddedLaterAndANumberOutOfTurn() {
        JournalEntry given = entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100);
        journal.post(given);
        assertRefused("JL004", """
                INSERT INTO ledger.posting (period, number, line, account_code, side, amount_fen)
                SELECT period, number, line + 2, account_code, side, amount_fen FROM ledger.posting
                """);
        assertRefused("JL003", """
                INSERT INTO ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, lines,
                                          amount_fen, content_sha256, chain_sha256)
                SELECT '00000000-0000-0000-0000-000000000001', period, 3, effective_on, booked_at, reason, description,
                       lines, amount_fen, content_sha256, chain_sha256 FROM ledger.entry
                """);
    }

    @Test
    void theDatabaseItselfRefusesAnEntryOutOfTheChain() {
        journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100));
        assertRefused("JL005", """
                INSERT INTO ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, lines,
                                          amount_fen, content_sha256, chain_sha256)
                SELECT '00000000-0000-0000-0000-000000000001', period, 2, effective_on, booked_at, reason, description,
                       lines, amount_fen, content_sha256, ledger.chain_link(ledger.chain_start(period), content_sha256, 2, booked_at)
                  FROM ledger.entry
                """);
    }

    @Test
    void aMonthIsOneChain() {
        List<JournalEntry> given = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            given.add(entry(UUID.randomUUID(), i % 3 == 0 ? DAY.plusMonths(1) : DAY, Chart.RECEIVABLES, Chart.REVENUE, 1 + i));
        }
        journal.postAll(given.subList(0, 5));
        given.subList(5, 12).forEach(journal::post);
        for (YearMonth month : List.of(NOVEMBER, NOVEMBER.plusMonths(1))) {
            byte[] before = EntryChain.start(month);
            List<BookedEntry> booked = journal.listEntries(month, 0, 100);
            assertThat(booked).hasSizeGreaterThan(3);
            for (BookedEntry one : booked) {
                assertThat(one.follows(before)).isTrue();
                assertThat(one.follows(EntryChain.start(month.plusMonths(7)))).isFalse();
                before = HexFormat.of().parseHex(one.chainSha256());
            }
        }
    }

    @Test
    void everyReadTakesWhatWasInEffectAndWhatWasKnown() {
        Instant first = NOW;
        Instant second = NOW.plusSeconds(60);
        journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100));
        Journal later = new Journal(dataSource, Clock.fixed(second, ZoneOffset.UTC));
        later.post(entry(UUID.randomUUID(), DAY.minusDays(20), Chart.RECEIVABLES, Chart.REVENUE, 30));
        later.post(entry(UUID.randomUUID(), DAY.plusMonths(1), Chart.RECEIVABLES, Chart.REVENUE, 7));

        assertThat(revenue(ReadPoint.LATEST)).isEqualTo(137);
        assertThat(revenue(ReadPoint.endOf(NOVEMBER))).isEqualTo(130);
        assertThat(revenue(ReadPoint.asOf(DAY.minusDays(1)))).isEqualTo(30);
        assertThat(revenue(ReadPoint.LATEST.knownAt(first))).isEqualTo(100);
        assertThat(revenue(ReadPoint.asOf(DAY.minusDays(1)).knownAt(first))).isEqualTo(0);
        for (ReadPoint at : List.of(
                ReadPoint.LATEST,
                ReadPoint.endOf(NOVEMBER),
                ReadPoint.asOf(DAY.minusDays(1)),
                ReadPoint.LATEST.knownAt(first))) {
            assertThat(balances.trialBalance(at).total()).as("%s", at).isEqualTo(new Money(revenue(at)));
        }
        assertThat(balances.turnover(Chart.REVENUE, Dimensions.NONE, NOVEMBER.plusMonths(1)).credits())
                .isEqualTo(new Money(7));
    }

    @Test
    void balancesAreToldApartByDimensionAndAddedUpByParent() {
        Dimensions one = Dimensions.authorisedOperation().withMerchant("m1");
        Dimensions two = one.withMerchant("m2");
        journal.post(new JournalEntry(UUID.randomUUID(), DAY, EntryReason.COST, "两家", List.of(
                Posting.debit(Chart.COST_OF_SERVICE, new Money(70), one),
                Posting.debit(Chart.INPUT_VAT, new Money(5), two),
                Posting.credit(Chart.MERCHANT_PAYABLES, new Money(45), one),
                Posting.credit(Chart.MERCHANT_PAYABLES, new Money(20), two),
                Posting.credit(Chart.OUTPUT_VAT, new Money(10), two))));
        AccountCode taxes = new AccountCode("2221");
        assertThat(balances.balance(Chart.MERCHANT_PAYABLES, one, ReadPoint.LATEST).creditBalance())
                .isEqualTo(new Money(45));
        assertThat(balances.balance(Chart.MERCHANT_PAYABLES, Dimensions.NONE, ReadPoint.LATEST).creditBalance())
                .isEqualTo(new Money(65));
        assertThat(balances.balance(taxes, Dimensions.NONE, ReadPoint.LATEST).creditBalance()).isEqualTo(new Money(5));
    }

    @Test
    void aClockSetBackDoesNotDisorderTheBooks() {
        journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 1));
        Journal behind = new Journal(dataSource, Clock.fixed(NOW.minusSeconds(3600), ZoneOffset.UTC));
        assertThat(behind.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 1)))
                .isEqualTo(new PostResult.Posted(NOVEMBER, 2, NOW));
    }

    @Test
    void migratingAgainChangesNothing() {
        journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 1));
        LedgerSchema.migrate(dataSource);
        assertThat(count("entry")).isEqualTo(1);
        assertThat(new Chart(dataSource).listAccounts()).hasSizeGreaterThan(15)
                .allMatch(account -> account.parent() == null
                        || account.code().value().startsWith(account.parent().value()));
    }

    private static String posting(long number, long debitFen, long creditFen) {
        return """
                INSERT INTO ledger.posting (period, number, line, account_code, side, amount_fen) VALUES
                ('2026-11-01', %1$d, 1, '1122', 'DEBIT', %2$d), ('2026-11-01', %1$d, 2, '6001', 'CREDIT', %3$d);
                """.formatted(number, debitFen, creditFen);
    }

    private interface Attempt {
        PostResult run(int i);
    }

    private static List<PostResult> atOnce(int times, Attempt attempt) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(times)) {
            List<Callable<PostResult>> calls = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                int number = i + 1;
                calls.add(() -> attempt.run(number));
            }
            List<PostResult> results = new ArrayList<>();
            for (Future<PostResult> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        }
    }

    private long revenue(ReadPoint at) {
        return balances.balance(Chart.REVENUE, Dimensions.NONE, at).creditBalance().fen();
    }

    private long count(String table) {
        return queryLong(dataSource, "SELECT count(*) FROM ledger." + table);
    }

    private void assertRefused(String sqlState, String sql) {
        assertThatThrownBy(() -> execute(dataSource, "BEGIN; " + sql + "; COMMIT"))
                .isInstanceOfSatisfying(LedgerStoreException.class, refused ->
                        assertThat(refused.sqlState()).as("%s", refused.getMessage()).isEqualTo(sqlState));
    }

    private static PostResult rejected(Rejection code, JournalEntry entry, String what) {
        return new PostResult.Rejected(code, "entry " + entry.entryId() + what);
    }

    private static Rejection code(PostResult result) {
        assertThat(result).isInstanceOf(PostResult.Rejected.class);
        return ((PostResult.Rejected) result).code();
    }
}

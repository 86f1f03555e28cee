package cn.jingshu.ledger.journal;

import static cn.jingshu.ledger.LedgerDatabase.entry;
import static cn.jingshu.ledger.LedgerDatabase.execute;
import static cn.jingshu.ledger.LedgerDatabase.queryLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.FailingDataSource;
import cn.jingshu.ledger.LedgerDatabase;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JournalWriterIT {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");

    private final DataSource dataSource = LedgerDatabase.create();
    private final Journal journal = new Journal(dataSource, Clock.fixed(NOW, ZoneOffset.UTC));

    private static JournalEntry charge(UUID id, long fen) {
        return entry(id, DAY, Chart.RECEIVABLES, Chart.REVENUE, fen);
    }

    private long count(String what) {
        return queryLong(dataSource, "SELECT " + what + " FROM ledger.entry");
    }

    /** 64 threads, each of which waits for one booking before it asks for the next. */
    private List<PostResult> byManyThreads(JournalWriter writer, int each) throws InterruptedException {
        List<PostResult> results = java.util.Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(64);
        for (int thread = 0; thread < 64; thread++) {
            Thread.ofVirtual().start(() -> {
                for (int i = 0; i < each; i++) {
                    results.add(writer.post(charge(UUID.randomUUID(), 1 + i)).toCompletableFuture().join());
                }
                done.countDown();
            });
        }
        assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
        return results;
    }

    @Test
    void whatManyAskForAtOnceIsBookedInFewTransactionsAndOneChain() throws Exception {
        try (JournalWriter writer = new JournalWriter(journal)) {
            List<PostResult> results = byManyThreads(writer, 20);
            assertThat(results).hasSize(1_280).allMatch(PostResult.Posted.class::isInstance);
            assertThat(results.stream().map(one -> ((PostResult.Posted) one).number()).sorted().toList())
                    .isEqualTo(IntStream.rangeClosed(1, 1_280).mapToObj(i -> (long) i).toList());
        }
        assertThat(count("count(*)")).isEqualTo(1_280);
        assertThat(count("count(DISTINCT CAST(xmin AS text))")).isLessThan(640);
        byte[] before = EntryChain.start(NOVEMBER);
        for (BookedEntry booked : journal.listEntries(NOVEMBER, 0, 2_000)) {
            assertThat(booked.follows(before)).isTrue();
            before = HexFormat.of().parseHex(booked.chainSha256());
        }
        assertThat(new Balances(dataSource).trialBalance(ReadPoint.LATEST).total()).isEqualTo(new Money(64 * 210));
    }

    /** What one asks for together is answered one by one, in its order; a rejected one takes no other with it, and asking again changes nothing. */
    @Test
    void entriesAskedForTogetherShareTransactionsAndAreAnsweredInTheirOrder() throws Exception {
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            entries.add(charge(UUID.randomUUID(), 1 + i));
        }
        entries.add(charge(entries.get(7).entryId(), 999_999)); // another content under a used id
        try (JournalWriter writer = new JournalWriter(journal)) {
            assertThat(writer.bookAll(List.of())).isEmpty();
            List<PostResult> results = writer.bookAll(entries);
            assertThat(results.subList(0, 2_500)).allMatch(PostResult.Posted.class::isInstance);
            assertThat(results.getLast()).isInstanceOfSatisfying(PostResult.Rejected.class,
                    refused -> assertThat(refused.code()).isEqualTo(Rejection.ID_REUSED_WITH_OTHER_CONTENT));
            assertThat(writer.bookAll(entries.subList(0, 2_500))).allMatch(PostResult.AlreadyPosted.class::isInstance);
        }
        assertThat(count("count(*)")).isEqualTo(2_500);
        assertThat(count("count(DISTINCT CAST(xmin AS text))")).isLessThan(100);
    }

    @Test
    void oneIdIsBookedOnceHoweverManyAskForIt() throws Exception {
        JournalEntry same = charge(UUID.randomUUID(), 5);
        List<CompletableFuture<PostResult>> asked = new ArrayList<>();
        try (JournalWriter writer = new JournalWriter(journal)) {
            for (int i = 0; i < 50; i++) {
                asked.add(writer.post(same).toCompletableFuture());
            }
            asked.add(writer.post(charge(same.entryId(), 6)).toCompletableFuture());
        }
        assertThat(asked).allMatch(CompletableFuture::isDone);
        List<PostResult> results = asked.stream().map(CompletableFuture::join).toList();
        assertThat(results.subList(0, 50)).filteredOn(PostResult.Posted.class::isInstance).hasSize(1);
        assertThat(results.subList(0, 50)).filteredOn(PostResult.AlreadyPosted.class::isInstance).hasSize(49);
        assertThat(results.get(50)).isInstanceOfSatisfying(PostResult.Rejected.class,
                rejected -> assertThat(rejected.code()).isEqualTo(Rejection.ID_REUSED_WITH_OTHER_CONTENT));
        assertThat(count("count(*)")).isEqualTo(1);
    }

    @Test
    void anEntryTheDatabaseRefusesTakesNoOtherWithIt() throws Exception {
        // A rule the code does not know of, as a later version of the schema could bring one.
        execute(dataSource, "ALTER TABLE ledger.entry ADD CONSTRAINT small CHECK (amount_fen < 1000)");
        List<CompletableFuture<PostResult>> asked = new ArrayList<>();
        try (JournalWriter writer = new JournalWriter(journal)) {
            for (int i = 0; i < 30; i++) {
                asked.add(writer.post(charge(UUID.randomUUID(), i == 17 ? 1_000 : 1)).toCompletableFuture());
            }
        }
        for (int i = 0; i < 30; i++) {
            if (i == 17) {
                assertThatThrownBy(asked.get(i)::get).isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(LedgerStoreException.class).hasMessageContaining("small");
            } else {
                assertThat(asked.get(i).join()).isInstanceOf(PostResult.Posted.class);
            }
        }
        assertThat(count("count(*)")).isEqualTo(29);
    }

    /** Whatever call the line breaks at, asking again books each entry exactly once. */
    @Test
    void aBrokenLineLosesAndDoublesNothing() {
        int failed = 0;
        for (int calls = 0; calls < 12; calls++) {
            FailingDataSource failing = new FailingDataSource(dataSource, calls);
            JournalEntry given = charge(UUID.randomUUID(), 3);
            try (JournalWriter writer = new JournalWriter(new Journal(failing, Clock.fixed(NOW, ZoneOffset.UTC)))) {
                CompletableFuture<PostResult> first = writer.post(given).toCompletableFuture();
                if (first.handle((_, failure) -> failure != null).join()) {
                    failed++;
                    assertThatThrownBy(first::join).hasCauseInstanceOf(LedgerStoreException.class);
                    assertThat(writer.post(given).toCompletableFuture().join()).isNotInstanceOf(PostResult.Rejected.class);
                }
            }
            assertThat(journal.findEntry(given.entryId())).isPresent();
            assertThat(count("count(*)")).isEqualTo(calls + 1L);
        }
        assertThat(failed).isEqualTo(2); // one statement: it is not sent, or its answer is lost
    }

    /** Counted on the line itself: the driver's own statements count too. */
    @Test
    void aGroupIsOneRoundTrip() throws Exception {
        try (CountedLine line = new CountedLine(dataSource)) {
            Journal counted = new Journal(line.dataSource(), Clock.fixed(NOW, ZoneOffset.UTC));
            for (int group = 0; group < 8; group++) { // the driver prepares a statement for good when it comes the fifth time
                List<JournalEntry> entries = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    entries.add(charge(UUID.randomUUID(), 1 + i));
                }
                JournalEntry reversed = entries.get(500);
                entries.add(reversed.reversal(UUID.randomUUID(), DAY.plusMonths(1), "价格有误"));
                entries.add(entry(UUID.randomUUID(), DAY, new AccountCode("9999"), Chart.REVENUE, 1));
                long before = line.roundTrips();
                List<PostResult> results = counted.postAll(entries);
                assertThat(line.roundTrips() - before).isEqualTo(1);
                assertThat(results.subList(0, 1_001)).allMatch(PostResult.Posted.class::isInstance);
                assertThat(results.getLast()).isInstanceOf(PostResult.Rejected.class);
                assertThat(counted.postAll(entries).subList(0, 1_001)).allMatch(PostResult.AlreadyPosted.class::isInstance);
                assertThat(line.roundTrips() - before).isEqualTo(2);
            }
        }
        assertThat(count("count(*)")).isEqualTo(8_008);
    }

    @Test
    void twoWritersOnOneDatabaseShareTheChain() throws Exception {
        try (JournalWriter one = new JournalWriter(journal); JournalWriter other = new JournalWriter(journal)) {
            List<CompletableFuture<PostResult>> asked = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                asked.add((i % 2 == 0 ? one : other).post(charge(UUID.randomUUID(), 1)).toCompletableFuture());
            }
            assertThat(asked).allSatisfy(answer -> assertThat(answer.join()).isInstanceOf(PostResult.Posted.class));
        }
        assertThat(count("max(number)")).isEqualTo(300);
    }

    @Test
    void closingBooksWhatWasAskedForAndTakesNoMore() {
        JournalWriter writer = new JournalWriter(journal);
        List<CompletableFuture<PostResult>> asked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asked.add(writer.post(charge(UUID.randomUUID(), 1)).toCompletableFuture());
        }
        writer.close();
        writer.close();
        assertThat(asked).allMatch(answer -> answer.isDone() && answer.join() instanceof PostResult.Posted);
        assertThatThrownBy(() -> writer.post(charge(UUID.randomUUID(), 1))).isInstanceOf(IllegalStateException.class);
        assertThat(count("count(*)")).isEqualTo(100);
    }
}

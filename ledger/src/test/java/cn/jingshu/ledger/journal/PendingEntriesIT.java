package cn.jingshu.ledger.journal;

import static cn.jingshu.ledger.LedgerDatabase.entry;
import static cn.jingshu.ledger.LedgerDatabase.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.period.Periods;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Reserve, book, void, expire; the tests work as the role of a node. */
class PendingEntriesIT {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Instant START = Instant.parse("2026-11-23T04:00:00Z");

    private final DataSource owner = LedgerDatabase.create();
    private final DataSource dataSource = LedgerDatabase.asNode(owner);
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Clock clock = clockOf(now);
    private final Journal journal = new Journal(dataSource, clock);
    private final PendingEntries pending = new PendingEntries(dataSource, journal, clock);
    private final Balances balances = new Balances(dataSource);

    private static JournalEntry use(UUID id, long fen) {
        return entry(id, DAY, Chart.PREPAYMENTS, Chart.REVENUE, fen);
    }

    private Instant in(long seconds) {
        return now.get().plusSeconds(seconds);
    }

    @Test
    void whatIsReservedCountsInNoBalanceUntilItIsBooked() {
        JournalEntry given = use(UUID.randomUUID(), 40);
        assertThat(pending.reserve(given, in(60))).isEqualTo(new PendingResult.Reserved(START, START.plusSeconds(60), false));
        assertThat(balances.trialBalance(ReadPoint.LATEST).accounts()).isEmpty();
        assertThat(pending.reserved(Chart.PREPAYMENTS, Side.DEBIT, Dimensions.NONE)).isEqualTo(new Money(40));
        assertThat(pending.reserved(Chart.PREPAYMENTS, Side.CREDIT, Dimensions.NONE)).isEqualTo(Money.ZERO);
        assertThat(pending.reserved(Chart.PREPAYMENTS, Side.DEBIT, Dimensions.NONE.withConsumer("other"))).isEqualTo(Money.ZERO);
        assertThat(pending.find(given.entryId())).hasValueSatisfying(found -> {
            assertThat(found.entry()).isEqualTo(given);
            assertThat(found.stateAt(START)).isEqualTo(PendingEntry.State.PENDING);
        });

        assertThat(pending.post(given.entryId())).isInstanceOf(PostResult.Posted.class);
        assertThat(pending.post(given.entryId())).isInstanceOf(PostResult.AlreadyPosted.class);
        assertThat(pending.reserved(Chart.PREPAYMENTS, Side.DEBIT, Dimensions.NONE)).isEqualTo(Money.ZERO);
        assertThat(balances.trialBalance(ReadPoint.LATEST).total()).isEqualTo(new Money(40));
        assertThat(journal.findEntry(given.entryId()).orElseThrow().entry()).isEqualTo(given);
        now.set(START.plusSeconds(600));
        assertThat(pending.post(given.entryId())).isInstanceOf(PostResult.AlreadyPosted.class);
        assertThat(code(pending.voidPending(given.entryId(), "too late"))).isEqualTo(Rejection.PENDING_POSTED);
    }

    private PendingEntry.State stateOf(JournalEntry given) {
        return pending.find(given.entryId()).orElseThrow().stateAt(now.get());
    }

    /** A step of a procedure reserves, books or lets go with everything else it does, or not at all. */
    @Test
    void inACallersTransactionNothingStaysOfWhatIsRolledBack() throws SQLException {
        JournalEntry given = use(UUID.randomUUID(), 40);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            pending.reserve(connection, given, in(60));
            connection.rollback();
            assertThat(pending.find(given.entryId())).isEmpty();
            assertThat(pending.reserve(connection, given, in(60))).isEqualTo(new PendingResult.Reserved(START, START.plusSeconds(60), false));
            connection.commit();
            assertThat(pending.post(connection, given.entryId())).isInstanceOf(PostResult.Posted.class);
            connection.rollback();
            assertThat(stateOf(given)).isEqualTo(PendingEntry.State.PENDING);
            assertThat(pending.voidPending(connection, given.entryId(), "given up")).isInstanceOf(PendingResult.Voided.class);
            connection.rollback();
            assertThat(stateOf(given)).isEqualTo(PendingEntry.State.PENDING);
            assertThat(pending.post(connection, given.entryId())).isInstanceOf(PostResult.Posted.class);
            connection.commit();
            assertThat(stateOf(given)).isEqualTo(PendingEntry.State.POSTED);
            assertThat(pending.post(connection, given.entryId())).isInstanceOf(PostResult.AlreadyPosted.class);
            assertThat(pending.post(connection, UUID.randomUUID())).isInstanceOfSatisfying(PostResult.Rejected.class,
                    unknown -> assertThat(unknown.code()).isEqualTo(Rejection.PENDING_UNKNOWN));
        }
    }

    @Test
    void whatIsReservedIsSummedByConsumerWhileItIsReserved() throws SQLException {
        Dimensions one = Dimensions.NONE.withConsumer("one");
        Dimensions other = Dimensions.NONE.withConsumer("other");
        List<JournalEntry> entries = new ArrayList<>();
        for (Dimensions about : List.of(one, one, other, other, Dimensions.NONE)) {
            JournalEntry entry = new JournalEntry(UUID.randomUUID(), DAY, EntryReason.REFUND, "退还", List.of(
                    Posting.debit(Chart.PREPAYMENTS, new Money(10 + entries.size()), about),
                    Posting.credit(Chart.PREPAYMENTS_RETURNED, new Money(10 + entries.size()), about)));
            entries.add(entry);
            pending.reserve(entry, in(entries.size() * 60L));
        }
        pending.post(entries.get(2).entryId());
        try (Connection connection = dataSource.getConnection()) {
            assertThat(pending.reservedByConsumer(connection, Chart.PREPAYMENTS, Side.DEBIT))
                    .isEqualTo(Map.of("one", new Money(21), "other", new Money(13)));
            assertThat(pending.reservedByConsumer(connection, Chart.PREPAYMENTS, Side.CREDIT)).isEmpty();
            now.set(in(60));
            pending.voidPending(entries.get(3).entryId(), "given up");
            assertThat(pending.reservedByConsumer(connection, Chart.PREPAYMENTS, Side.DEBIT)).isEqualTo(Map.of("one", new Money(11)));
        }
    }

    @Test
    void aRetryReservesOnceAndOtherContentIsRejected() {
        JournalEntry given = use(UUID.randomUUID(), 40);
        pending.reserve(given, in(60));
        now.set(in(5));
        assertThat(pending.reserve(given, in(60))).isEqualTo(new PendingResult.Reserved(START, START.plusSeconds(60), true));
        assertThat(code(pending.reserve(use(given.entryId(), 41), in(60)))).isEqualTo(Rejection.ID_REUSED_WITH_OTHER_CONTENT);
        assertThat(code(pending.reserve(entry(UUID.randomUUID(), DAY, new AccountCode("9999"), Chart.REVENUE, 1), in(60))))
                .isEqualTo(Rejection.UNKNOWN_ACCOUNT);
        assertThat(code(pending.reserve(entry(UUID.randomUUID(), DAY, new AccountCode("2221"), Chart.REVENUE, 1), in(60))))
                .isEqualTo(Rejection.UNKNOWN_ACCOUNT);
        assertThat(code(pending.reserve(use(UUID.randomUUID(), 1), in(0)))).isEqualTo(Rejection.PENDING_EXPIRED);
        assertThat(pending.post(UUID.randomUUID())).isInstanceOfSatisfying(PostResult.Rejected.class,
                rejected -> assertThat(rejected.code()).isEqualTo(Rejection.PENDING_UNKNOWN));
        JournalEntry booked = use(UUID.randomUUID(), 3);
        journal.post(booked);
        assertThat(code(pending.reserve(booked, in(60)))).isEqualTo(Rejection.PENDING_POSTED);
    }

    @Test
    void whatWasVoidedIsNeverBooked() {
        JournalEntry given = use(UUID.randomUUID(), 40);
        pending.reserve(given, in(60));
        assertThat(pending.voidPending(given.entryId(), "给错了")).isEqualTo(new PendingResult.Voided(START, false));
        now.set(in(5));
        assertThat(pending.voidPending(given.entryId(), "again")).isEqualTo(new PendingResult.Voided(START, true));
        assertThat(pending.reserved(Chart.PREPAYMENTS, Side.DEBIT, Dimensions.NONE)).isEqualTo(Money.ZERO);
        assertThat(pending.post(given.entryId())).isInstanceOfSatisfying(PostResult.Rejected.class,
                rejected -> assertThat(rejected.code()).isEqualTo(Rejection.PENDING_VOIDED));
        refused("JL017", () -> journal.post(given)); // past the reservation: the database refuses
        assertThat(code(pending.voidPending(UUID.randomUUID(), "x"))).isEqualTo(Rejection.PENDING_UNKNOWN);
    }

    @Test
    void aReservationExpiresByTheClock() {
        JournalEntry given = use(UUID.randomUUID(), 40);
        pending.reserve(given, in(60));
        now.set(in(59));
        assertThat(pending.reserved(Chart.PREPAYMENTS, Side.DEBIT, Dimensions.NONE)).isEqualTo(new Money(40));
        now.set(in(1));
        assertThat(pending.reserved(Chart.PREPAYMENTS, Side.DEBIT, Dimensions.NONE)).isEqualTo(Money.ZERO);
        assertThat(pending.post(given.entryId())).isInstanceOfSatisfying(PostResult.Rejected.class,
                rejected -> assertThat(rejected.code()).isEqualTo(Rejection.PENDING_EXPIRED));
        refused("JL017", () -> journal.post(given));
    }

    @Test
    void aClosedMonthTakesNoReservedEntryEither() {
        JournalEntry given = use(UUID.randomUUID(), 40);
        pending.reserve(given, in(60));
        new Periods(dataSource, clock).close(YearMonth.from(DAY));
        assertThat(pending.post(given.entryId())).isInstanceOfSatisfying(PostResult.Rejected.class,
                rejected -> assertThat(rejected.code()).isEqualTo(Rejection.PERIOD_CLOSED));
    }

    @Test
    void reservationsAtOneMomentDoNotOverdrawABalance() throws Exception {
        Dimensions mine = Dimensions.NONE.withBusinessLine(Dimensions.AUTHORISED_OPERATION);
        journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.PREPAYMENTS, 100));
        var cover = new PendingEntries.Cover(Chart.PREPAYMENTS, Side.CREDIT, mine);
        List<PendingResult> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
            List<Callable<PendingResult>> calls = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                calls.add(() -> pending.reserveWithin(use(UUID.randomUUID(), 30), in(60), cover));
            }
            for (Future<PendingResult> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        assertThat(results).filteredOn(PendingResult.Reserved.class::isInstance).hasSize(3);
        assertThat(results).filteredOn(PendingResult.Rejected.class::isInstance).hasSize(9)
                .allSatisfy(result -> assertThat(code(result)).isEqualTo(Rejection.BALANCE_TOO_LOW));
        assertThat(pending.reserveWithin(use(UUID.randomUUID(), 10), in(60), cover)).isInstanceOf(PendingResult.Reserved.class);
    }

    @Test
    void aReservationIsNotChanged() {
        pending.reserve(use(UUID.randomUUID(), 40), in(60));
        for (String table : List.of("pending", "pending_line", "pending_void")) {
            assertThatThrownBy(() -> execute(dataSource, "DELETE FROM ledger." + table))
                    .isInstanceOfSatisfying(LedgerStoreException.class, failure -> assertThat(failure.sqlState()).isEqualTo("42501"));
        }
        assertThatThrownBy(() -> execute(owner, "UPDATE ledger.pending SET expires_at = expires_at + interval '1 day'"))
                .isInstanceOfSatisfying(LedgerStoreException.class, failure -> assertThat(failure.sqlState()).isEqualTo("JL001"));
    }

    private static Clock clockOf(AtomicReference<Instant> now) {
        return new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }

    private static void refused(String sqlState, Runnable booking) {
        assertThatThrownBy(booking::run).isInstanceOfSatisfying(LedgerStoreException.class,
                failure -> assertThat(failure.sqlState()).isEqualTo(sqlState));
    }

    private static Rejection code(PendingResult result) {
        assertThat(result).isInstanceOf(PendingResult.Rejected.class);
        return ((PendingResult.Rejected) result).code();
    }
}

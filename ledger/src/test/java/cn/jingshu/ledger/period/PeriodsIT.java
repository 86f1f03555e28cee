package cn.jingshu.ledger.period;

import static cn.jingshu.ledger.LedgerDatabase.entry;
import static cn.jingshu.ledger.LedgerDatabase.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.LedgerStoreException;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Rejection;
import cn.jingshu.ledger.money.Money;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
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
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class PeriodsIT {

    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-12-01T02:00:00Z"), ZoneOffset.UTC);

    private final DataSource dataSource = LedgerDatabase.create();
    private final Journal journal = new Journal(dataSource, CLOCK);
    private final Periods periods = new Periods(dataSource, CLOCK);

    @Test
    void aClosedMonthTakesNoEntryButStillKnowsItsOwn() {
        JournalEntry booked = entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 100);
        journal.post(booked);
        assertThat(periods.close(NOVEMBER)).isInstanceOf(CloseResult.Closed.class);

        assertThat(journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 1)))
                .isInstanceOfSatisfying(PostResult.Rejected.class, rejected ->
                        assertThat(rejected.code()).isEqualTo(Rejection.PERIOD_CLOSED));
        assertThat(journal.post(booked)).isInstanceOf(PostResult.AlreadyPosted.class);
        assertThat(journal.post(booked.reversal(UUID.randomUUID(), DAY.plusMonths(1), "下期更正")))
                .isInstanceOf(PostResult.Posted.class);
    }

    @Test
    void theClosingFactsAreThoseOfTheEntries() throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (int i = 1; i <= 5; i++) {
            journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, i));
        }
        for (BookedEntry booked : journal.listEntries(NOVEMBER, 0, 10)) {
            sha256.update(HexFormat.of().parseHex(booked.contentSha256()));
        }
        ClosingFacts facts = new ClosingFacts(
                NOVEMBER, CLOCK.instant(), 5, new Money(15), HexFormat.of().formatHex(sha256.digest()));

        assertThat(periods.close(NOVEMBER)).isEqualTo(new CloseResult.Closed(facts));
        assertThat(periods.close(NOVEMBER)).isEqualTo(new CloseResult.AlreadyClosed(facts));
        assertThat(periods.findPeriod(NOVEMBER)).contains(new PeriodState(NOVEMBER, 5, facts));
        assertThat(periods.listPeriods()).hasSize(1);
        assertThat(periods.findPeriod(NOVEMBER.plusMonths(1))).isEmpty();
    }

    @Test
    void monthsCloseInTheirOrderAndNeverOpenBehind() {
        journal.post(entry(UUID.randomUUID(), DAY.minusMonths(1), Chart.BANK, Chart.RECEIVABLES, 1));
        journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 1));
        assertThat(periods.close(NOVEMBER)).isEqualTo(new CloseResult.Refused(
                CloseResult.Obstacle.EARLIER_PERIOD_OPEN, "2026-10 is open"));
        periods.close(NOVEMBER.minusMonths(1));
        assertThat(periods.close(NOVEMBER)).isInstanceOf(CloseResult.Closed.class);

        assertThat(journal.post(entry(UUID.randomUUID(), DAY.minusMonths(5), Chart.BANK, Chart.RECEIVABLES, 1)))
                .isInstanceOf(PostResult.Rejected.class);
        assertThat(periods.findPeriod(NOVEMBER.minusMonths(5))).isEmpty();
    }

    @Test
    void aMonthWhoseProfitIsNotSettledStaysOpen() {
        journal.post(entry(UUID.randomUUID(), DAY, Chart.RECEIVABLES, Chart.REVENUE, 100));
        assertThat(periods.close(NOVEMBER)).isEqualTo(new CloseResult.Refused(
                CloseResult.Obstacle.PROFIT_AND_LOSS_NOT_SETTLED, "account 6001 holds -100 fen"));
        assertThat(periods.findPeriod(NOVEMBER).orElseThrow().isOpen()).isTrue();
    }

    @Test
    void anEmptyMonthCanBeClosed() {
        assertThat(periods.close(NOVEMBER)).isInstanceOfSatisfying(CloseResult.Closed.class, closed ->
                assertThat(closed.facts().entries()).isZero());
    }

    @Test
    void theDatabaseItselfKeepsAClosedMonthClosed() {
        journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 1));
        periods.close(NOVEMBER);
        assertRefused("JL001", "UPDATE ledger.period SET closed_at = NULL");
        assertRefused("JL001", "DELETE FROM ledger.period");
        assertRefused("JL002", """
                INSERT INTO ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, lines,
                                          amount_fen, content_sha256, chain_sha256)
                SELECT '00000000-0000-0000-0000-000000000001', period, 2, effective_on, booked_at, reason, description,
                       lines, amount_fen, content_sha256, chain_sha256 FROM ledger.entry
                """);
    }

    @Test
    void whatWasPostedWhileClosingIsInTheFactsOrRejected() throws Exception {
        List<Callable<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            calls.add(() -> journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 1)));
        }
        calls.add(20, () -> periods.close(NOVEMBER));
        List<Object> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(calls.size())) {
            for (Future<Object> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        long posted = results.stream().filter(PostResult.Posted.class::isInstance).count();
        long rejected = results.stream().filter(PostResult.Rejected.class::isInstance).count();
        assertThat(posted + rejected).isEqualTo(40);
        assertThat(results).filteredOn(CloseResult.Closed.class::isInstance).singleElement()
                .isInstanceOfSatisfying(CloseResult.Closed.class, closed ->
                        assertThat(closed.facts().entries()).isEqualTo(posted));
    }

    @Test
    void aYearIsClosedOnceItsLastMonthIs() {
        Year year = Year.of(2026);
        journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 100));
        journal.post(entry(UUID.randomUUID(), DAY.plusMonths(1), Chart.BANK, Chart.PROFIT_OF_THE_YEAR, 7));
        assertThat(periods.closeYear(year)).isEqualTo(
                new YearCloseResult.Refused(YearCloseResult.Obstacle.MONTH_OPEN, "2026-12 is open"));
        assertRefused("JL002", "INSERT INTO ledger.fiscal_year VALUES (2026, now(), 0, 0, '')");
        periods.close(NOVEMBER);
        periods.close(NOVEMBER.plusMonths(1));
        assertThat(periods.closeYear(year)).isEqualTo(
                new YearCloseResult.Refused(YearCloseResult.Obstacle.PROFIT_NOT_DISTRIBUTED, "account 4103 holds 7 fen"));
    }

    @Test
    void aClosedYearChangesOnlyThroughTheNext() {
        Year year = Year.of(2026);
        journal.post(entry(UUID.randomUUID(), DAY, Chart.BANK, Chart.RECEIVABLES, 100));
        journal.post(entry(UUID.randomUUID(), DAY.plusMonths(1), Chart.BANK, Chart.RECEIVABLES, 7));
        periods.close(NOVEMBER);
        periods.close(NOVEMBER.plusMonths(1));
        assertThat(periods.closeYear(year)).isInstanceOfSatisfying(YearCloseResult.Closed.class, closed -> {
            assertThat(closed.already()).isFalse();
            assertThat(closed.facts().entries()).isEqualTo(2);
            assertThat(closed.facts().total()).isEqualTo(new Money(107));
            assertThat(periods.listYears()).containsExactly(closed.facts());
            assertThat(periods.closeYear(year)).isEqualTo(new YearCloseResult.Closed(closed.facts(), true));
        });
        for (LocalDate day : List.of(DAY, DAY.plusMonths(1), LocalDate.of(2026, 1, 1))) {
            assertThat(journal.post(entry(UUID.randomUUID(), day, Chart.BANK, Chart.RECEIVABLES, 1)))
                    .isInstanceOfSatisfying(PostResult.Rejected.class, rejected ->
                            assertThat(rejected.code()).isEqualTo(Rejection.PERIOD_CLOSED));
        }
        assertThat(journal.post(entry(UUID.randomUUID(), LocalDate.of(2027, 1, 1), Chart.BANK, Chart.RECEIVABLES, 1)))
                .isInstanceOf(PostResult.Posted.class);
        assertRefused("JL001", "UPDATE ledger.fiscal_year SET entries = 0");
        assertRefused("JL001", "DELETE FROM ledger.fiscal_year");
        // Past the journal: a month that was never begun cannot be begun under a later one that is closed.
        assertRefused("JL002", """
                INSERT INTO ledger.period (period) VALUES ('2026-10-01');
                INSERT INTO ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, lines,
                                          amount_fen, content_sha256, chain_sha256)
                VALUES ('00000000-0000-0000-0000-000000000001', '2026-10-01', 1, '2026-10-02', now(), 'CHARGE', 'x', 2, 100, '',
                        ledger.chain_link(ledger.chain_start('2026-10-01'), '', 1, now()))
                """);
    }

    private void assertRefused(String sqlState, String sql) {
        assertThatThrownBy(() -> execute(dataSource, sql))
                .isInstanceOfSatisfying(LedgerStoreException.class, refused ->
                        assertThat(refused.sqlState()).as("%s", refused.getMessage()).isEqualTo(sqlState));
    }
}

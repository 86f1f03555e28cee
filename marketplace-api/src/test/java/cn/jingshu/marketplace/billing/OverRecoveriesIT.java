package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.LedgerSchema;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What closes and signatures book on the memo: 2026 may earn 100 fen and earned 140, and 2027 deducts 25 of them. */
class OverRecoveriesIT {
    private final DataSource dataSource = MarketDatabase.create();
    private final List<PermittedRevenue.Kept> revenues = new CopyOnWriteArrayList<>(List.of(signed(2026, 100, 0), signed(2027, 200, 25)));
    private final AtomicReference<Year> closed = new AtomicReference<>(Year.of(2026));
    private final OverRecoveries memo = new OverRecoveries(new Database(dataSource),
            new Journal(dataSource, Clock.fixed(Instant.parse("2028-01-05T02:00:00Z"), ZoneOffset.UTC)), () -> revenues, _ -> new Money(140),
            _ -> PermittedRevenues.Left.of(Money.ZERO), () -> Optional.of(closed.get()), () -> Optional.of(YearMonth.of(2027, 12)));

    private static PermittedRevenue.Kept signed(int year, long highest, long carried) {
        return new PermittedRevenue.Kept(new PermittedRevenue(new UUID(9, year), year, year, year, new Money(highest + carried), Money.ZERO, Money.ZERO, Money.ZERO,
                Money.ZERO, Money.ZERO, 2026, 2025, new BigDecimal("0.02"), BigDecimal.ZERO, Money.ZERO, false, new Money(carried), null, new Money(highest), "依据"),
                new UUID(1, 1), Instant.EPOCH, PermittedRevenue.Status.SIGNED, new UUID(1, 2), Instant.EPOCH, "依据");
    }

    private OverRecoveries.Proof proof(long reckoned, long booked, long toBook) {
        return new OverRecoveries.Proof(new Money(reckoned), new Money(booked), new Money(toBook));
    }

    OverRecoveriesIT() {
        LedgerSchema.migrate(dataSource);
    }

    /** A repetition of an earlier close reckons what holds when its turn comes: what it found before another close was booked it would book away. */
    @Test
    void aCloseThatWaitedForAnotherReckonsBehindIt() throws Exception {
        assertThat(memo.book()).isEmpty();
        assertThat(memo.prove()).contains(proof(40, 40, 0));
        CompletableFuture<Optional<String>> repeated;
        try (Connection other = dataSource.getConnection(); Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('over-recovery', 0))");
            repeated = CompletableFuture.supplyAsync(memo::book);
            Instant end = Instant.now().plus(Duration.ofSeconds(20));
            while (MarketDatabase.texts(dataSource, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                    + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").isEmpty()) {
                assertThat(Instant.now()).isBefore(end);
                Thread.sleep(20);
            }
            closed.set(Year.of(2027));
            other.commit();
        }
        assertThat(repeated.get()).isEmpty();
        assertThat(memo.prove()).contains(proof(15, 15, 0));
        assertThat(memo.book()).isEmpty();
        assertThat(MarketDatabase.texts(dataSource, "SELECT description FROM ledger.entry WHERE reason = 'OVER_RECOVERY' ORDER BY period, number"))
                .containsExactly("超额收入认定(至 2026 年)", "超额收入抵减(至 2027 年)");
    }

    /** Signed in January for the year that was closed in January: no close comes for a year. */
    @Test
    void aSignatureAboutAClosedYearIsBookedWithIt() {
        assertThat(memo.book()).isEmpty();
        PermittedRevenue.Kept late = revenues.removeLast();
        closed.set(Year.of(2027));
        assertThat(memo.book()).isEmpty();
        assertThat(memo.prove()).contains(proof(40, 40, 0));
        revenues.add(late);
        assertThat(memo.prove()).contains(proof(15, 40, 0));
        memo.signed(2028);
        assertThat(memo.prove()).as("its year is open").contains(proof(15, 40, 0));
        memo.signed(2027);
        assertThat(memo.prove()).contains(proof(15, 15, 0));
    }

    /** Of years closed before there was a memo the next close books: nothing is wrong until then. */
    @Test
    void yearsClosedBeforeTheMemoAreToBeBooked() {
        assertThat(memo.prove()).contains(proof(40, 0, 40));
        closed.set(Year.of(2027));
        assertThat(memo.book()).isEmpty();
        assertThat(memo.prove()).contains(proof(15, 15, 0));
    }
}

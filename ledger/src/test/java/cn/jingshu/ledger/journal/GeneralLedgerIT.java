package cn.jingshu.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.GeneralLedger.Dimension;
import cn.jingshu.ledger.journal.GeneralLedger.Line;
import cn.jingshu.ledger.journal.GeneralLedger.Position;
import cn.jingshu.ledger.journal.GeneralLedger.Statement;
import cn.jingshu.ledger.journal.GeneralLedger.Turnover;
import cn.jingshu.ledger.journal.GeneralLedger.Turnovers;
import cn.jingshu.ledger.money.Money;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class GeneralLedgerIT {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");

    private final DataSource dataSource = LedgerDatabase.create();
    private final GeneralLedger ledger = new GeneralLedger(LedgerDatabase.asNode(dataSource));
    private final Balances balances = new Balances(dataSource);

    private void charge(LocalDate day, Instant bookedAt, String consumer, String product, long fen) {
        Dimensions about = Dimensions.authorisedOperation().withConsumer(consumer).withProduct(product);
        new Journal(dataSource, Clock.fixed(bookedAt, ZoneOffset.UTC)).post(new JournalEntry(UUID.randomUUID(), day, EntryReason.CHARGE,
                "服务费", List.of(Posting.debit(Chart.RECEIVABLES, new Money(fen), about),
                        Posting.credit(Chart.REVENUE, new Money(fen), about.withServicePeriod(YearMonth.from(day).minusMonths(1))))));
    }

    private List<Line> pages(Dimensions about, LocalDate from, ReadPoint at, int limit) {
        List<Line> lines = new ArrayList<>();
        Money balance = null;
        Position after = null;
        while (true) {
            Statement page = ledger.statement(Chart.RECEIVABLES, about, from, at, after, limit);
            if (balance != null) {
                assertThat(page.opening()).isEqualTo(balance); // one page begins where the other ended
            }
            lines.addAll(page.lines());
            balance = page.closing();
            if (page.next().isEmpty()) {
                return lines;
            }
            after = page.next().get();
        }
    }

    @Test
    void aStatementRunsFromItsOpeningToItsClosingWhateverThePages() {
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            charge(DAY.minusDays(random.nextInt(80)), NOW.plusSeconds(i), random.nextBoolean() ? "c1" : "c2", "p" + random.nextInt(3), 1 + random.nextInt(99));
        }
        LocalDate from = DAY.minusDays(40);
        for (String consumer : List.of("c1", "c2")) {
            Dimensions about = Dimensions.NONE.withConsumer(consumer);
            Statement whole = ledger.statement(Chart.RECEIVABLES, about, from, ReadPoint.LATEST, null, 1_000);
            assertThat(whole.opening()).isEqualTo(balances.balance(Chart.RECEIVABLES, about, ReadPoint.asOf(from.minusDays(1))).debitBalance());
            assertThat(whole.closing()).isEqualTo(balances.balance(Chart.RECEIVABLES, about, ReadPoint.LATEST).debitBalance());
            assertThat(whole.lines()).isNotEmpty().allSatisfy(line -> {
                assertThat(line.posting().dimensions().consumer()).isEqualTo(consumer);
                assertThat(line.position().effectiveOn()).isAfterOrEqualTo(from);
            });
            assertThat(pages(about, from, ReadPoint.LATEST, 7)).isEqualTo(whole.lines());
            ReadPoint then = ReadPoint.asOf(DAY.minusDays(10)).knownAt(NOW.plusSeconds(29));
            assertThat(pages(about, from, then, 3)).isEqualTo(whole.lines().stream()
                    .filter(line -> !line.bookedAt().isAfter(NOW.plusSeconds(29)) && !line.position().effectiveOn().isAfter(DAY.minusDays(10)))
                    .map(Line::position).map(position -> find(ledger.statement(Chart.RECEIVABLES, about, from, then, null, 1_000), position))
                    .toList());
        }
    }

    private static Line find(Statement statement, Position position) {
        return statement.lines().stream().filter(line -> line.position().equals(position)).findFirst().orElseThrow();
    }

    @Test
    void theGeneralLedgerByDimensionAddsUpToTheAccounts() {
        charge(DAY.minusMonths(1), NOW, "c1", "bus", 5);
        charge(DAY, NOW.plusSeconds(1), "c1", "bus", 70);
        charge(DAY, NOW.plusSeconds(2), "c2", "bus", 200);
        charge(DAY, NOW.plusSeconds(3), "c2", "loan", 1_000);
        LocalDate from = DAY.withDayOfMonth(1);
        Turnovers all = ledger.byDimension("", Dimension.CONSUMER, from, ReadPoint.LATEST, null, 100);
        assertThat(all.rows()).containsExactly(
                new Turnover(Chart.RECEIVABLES, "c1", new Money(5), new Money(70), Money.ZERO),
                new Turnover(Chart.RECEIVABLES, "c2", Money.ZERO, new Money(1_200), Money.ZERO),
                new Turnover(Chart.REVENUE, "c1", new Money(-5), Money.ZERO, new Money(70)),
                new Turnover(Chart.REVENUE, "c2", Money.ZERO, Money.ZERO, new Money(1_200)));
        assertThat(all.rows().getFirst().closing()).isEqualTo(new Money(75));
        Turnovers first = ledger.byDimension("", Dimension.CONSUMER, from, ReadPoint.LATEST, null, 3);
        assertThat(first.rows()).isEqualTo(all.rows().subList(0, 3));
        assertThat(ledger.byDimension("", Dimension.CONSUMER, from, ReadPoint.LATEST, first.next().orElseThrow(), 3).rows())
                .isEqualTo(all.rows().subList(3, 4));
        assertThat(ledger.byDimension("6001", Dimension.PRODUCT, null, ReadPoint.LATEST.knownAt(NOW.plusSeconds(2)), null, 100).rows())
                .containsExactly(new Turnover(Chart.REVENUE, "bus", Money.ZERO, Money.ZERO, new Money(275)));
        assertThat(ledger.byDimension("1122", Dimension.MERCHANT, null, ReadPoint.LATEST, null, 100).rows())
                .containsExactly(new Turnover(Chart.RECEIVABLES, "", Money.ZERO, new Money(1_275), Money.ZERO));
        assertThat(ledger.byDimension("6001", Dimension.SERVICE_PERIOD, null, ReadPoint.LATEST, null, 100).rows())
                .extracting(Turnover::value).containsExactly("2026-09", "2026-10");
        assertThat(balances.balance(Chart.REVENUE, Dimensions.NONE.withServicePeriod(YearMonth.of(2026, 10)), ReadPoint.LATEST).creditBalance())
                .isEqualTo(new Money(1_270));
        assertThat(ledger.byDimension("", Dimension.PURPOSE_CLASS, null, ReadPoint.asOf(DAY.minusMonths(2)), null, 100).rows()).isEmpty();
        assertThat(ledger.statement(new AccountCode("2221"), Dimensions.NONE, null, ReadPoint.LATEST, null, 10).closing()).isEqualTo(Money.ZERO);
    }

    @Test
    void aPageOfEntriesIsWhatWasInEffectAndKnown() {
        Journal journal = new Journal(dataSource, Clock.fixed(NOW, ZoneOffset.UTC));
        for (int i = 0; i < 10; i++) {
            charge(DAY.minusDays(i), NOW.plusSeconds(i), "c", "p", 1);
        }
        YearMonth month = YearMonth.from(DAY);
        assertThat(journal.listEntries(month, 0, 3, ReadPoint.asOf(DAY.minusDays(4)))).extracting(BookedEntry::number).containsExactly(5L, 6L, 7L);
        assertThat(journal.listEntries(month, 7, 3, ReadPoint.asOf(DAY.minusDays(4)).knownAt(NOW.plusSeconds(8))))
                .extracting(BookedEntry::number).containsExactly(8L, 9L);
    }
}

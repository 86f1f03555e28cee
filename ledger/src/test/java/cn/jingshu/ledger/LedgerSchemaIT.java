package cn.jingshu.ledger;

import static cn.jingshu.ledger.LedgerDatabase.entry;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.EntryChain;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.PostResult;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** Books that were begun under an earlier schema. */
class LedgerSchemaIT {
    private static final YearMonth OCTOBER = YearMonth.of(2026, 10);

    /** Three entries of October, which is closed, and two of November, in their order, as the first schema took them. */
    private static final String BOOKED_BEFORE_THE_CHAIN = """
            INSERT INTO ledger.period (period) VALUES ('2026-10-01'), ('2026-11-01');
            DO $$
            BEGIN
                FOR i IN 1..5 LOOP
                    INSERT INTO ledger.entry (entry_id, period, number, effective_on, booked_at, reason, description, lines,
                                              amount_fen, content_sha256)
                    VALUES (CAST('00000000-0000-0000-0000-00000000000' || i AS uuid),
                            CASE WHEN i <= 3 THEN date '2026-10-01' ELSE '2026-11-01' END,
                            CASE WHEN i <= 3 THEN i ELSE i - 3 END,
                            CASE WHEN i <= 3 THEN date '2026-10-07' ELSE '2026-11-07' END,
                            timestamptz '2026-11-08 10:00:00.123456+08' + i * interval '1 second',
                            'CHARGE', 'x', 2, 100, sha256(int4send(i)));
                    INSERT INTO ledger.posting (entry_id, line, period, account_code, side, amount_fen)
                    SELECT e.entry_id, l.line, e.period, l.account, l.side, 100
                      FROM ledger.entry e,
                           (VALUES (1, '1002', 'DEBIT'), (2, '1122', 'CREDIT')) AS l(line, account, side)
                     WHERE e.entry_id = CAST('00000000-0000-0000-0000-00000000000' || i AS uuid);
                END LOOP;
            END $$;
            UPDATE ledger.period SET closed_at = now(), closed_entries = 3, closed_total_fen = 300, closed_sha256 = ''
             WHERE period = '2026-10-01';
            """;

    @Test
    void whatWasBookedBeforeIsChainedAndWhatComesFollows() {
        DataSource dataSource = LedgerDatabase.createWithoutSchema();
        Flyway.configure(LedgerSchema.class.getClassLoader())
                .dataSource(dataSource).schemas("ledger").defaultSchema("ledger").locations("classpath:db/ledger").target("1")
                .load().migrate();
        LedgerDatabase.execute(dataSource, BOOKED_BEFORE_THE_CHAIN);

        LedgerSchema.migrate(dataSource);

        Journal journal = new Journal(dataSource, Clock.systemUTC());
        assertThat(journal.post(entry(UUID.randomUUID(), LocalDate.of(2026, 11, 9), Chart.BANK, Chart.RECEIVABLES, 7)))
                .isInstanceOfSatisfying(PostResult.Posted.class, posted -> assertThat(posted.number()).isEqualTo(3));
        for (YearMonth month : new YearMonth[] {OCTOBER, OCTOBER.plusMonths(1)}) {
            byte[] before = EntryChain.start(month);
            assertThat(journal.listEntries(month, 0, 10)).hasSize(3);
            for (BookedEntry booked : journal.listEntries(month, 0, 10)) {
                assertThat(booked.follows(before)).isTrue();
                before = HexFormat.of().parseHex(booked.chainSha256());
            }
        }
        assertThat(LedgerDatabase.queryLong(dataSource, "SELECT count(*) FROM ledger.period WHERE closed_at IS NOT NULL")).isEqualTo(1);
    }
}

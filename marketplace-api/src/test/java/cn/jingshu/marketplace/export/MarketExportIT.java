package cn.jingshu.marketplace.export;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.LedgerSchema;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.metering.MeteringSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The market's own tables of a large market, in a heap that none of them fits into: what is written does not grow what is held. */
class MarketExportIT {
    private static final int CONSUMERS = 2_000;
    private static final int LINES_OF_EACH = 100;
    private static final int ENTRIES = 20_000;
    private static final String HEAP = "-Xmx40m";

    /** Past the market's own code, and its keys: only what the export reads is there. */
    private static final String MARKET = """
            SET session_replication_role = replica;
            INSERT INTO market.organisation (id, uscc, name_zh, name_en, kinds, status, synthetic, joined_at)
            SELECT CAST(md5('o' || i) AS uuid), '91420800' || lpad(CAST(i AS text), 10, '0'), '数据使用方' || i, 'Consumer ' || i, ARRAY['CONSUMER'], 'ACTIVE', true, now()
              FROM generate_series(1, {consumers}) i;
            INSERT INTO market.organisation (id, uscc, name_zh, name_en, kinds, status, synthetic, joined_at)
            VALUES (CAST(md5('operator') AS uuid), '914208000000000000', '运营机构', 'Operator', ARRAY['OPERATOR'], 'ACTIVE', true, now());
            INSERT INTO market.charge (id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit, tariff_id, fen_per_unit,
                                       ceiling_fen, quantity, amount_fen, vat_fen, terms, month_share, total_quantity, ceiling_id)
            SELECT CAST(md5('c' || i || '/' || n) AS uuid), DATE '2026-11-01', DATE '2026-11-01', CAST(md5('s' || i || '/' || n) AS uuid), CAST(md5('o' || i) AS uuid),
                   'transit', 'position', 'INDUSTRY', 'CALL', CAST(md5('t') AS uuid), 35.5, 900, 10, 355, 20, '{"kind":"PER_UNIT","fenPerUnit":"35.5"}', '1/1', 10,
                   CAST(md5('l') AS uuid)
              FROM generate_series(1, {consumers}) i CROSS JOIN generate_series(1, {lines}) n;
            INSERT INTO market.statement (id, organisation_id, period, year, number, issued_at, due_on, opening_fen, charges_fen, vat_fen, closing_fen, last_movement,
                                          content, sha256)
            SELECT CAST(md5('b' || i) AS uuid), CAST(md5('o' || i) AS uuid), DATE '2026-11-01', 2026, 1, now(), DATE '2026-12-31', 0, 355, 20, 355, 1, t.content,
                   sha256(convert_to(t.content, 'UTF8'))
              FROM generate_series(1, {consumers}) i CROSS JOIN LATERAL (SELECT '{"statement":"' || i || '","lines":"' || repeat('行' || i, 12000) || '"}' AS content) t;
            INSERT INTO metering.usage_hour (hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox, calls, quantity, answer_bytes)
            SELECT TIMESTAMPTZ '2026-11-03 04:00+08', CAST(md5('s' || i || '/' || n) AS uuid), 'transit', 'position', 'INDUSTRY', 'CALL', 'ANSWERED', false, 10, 10, 1000
              FROM generate_series(1, {consumers}) i CROSS JOIN generate_series(1, {lines}) n;
            SET session_replication_role = DEFAULT;
            """;

    private record Ended(int status, String output) {}

    private static Ended run(DataSource dataSource, String what) throws Exception {
        String address = ((PGSimpleDataSource) dataSource).getUrl();
        String url = address + (address.contains("?") ? "&" : "?") + "user=postgres";
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP, "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), MarketExportLoad.class.getName(), url, what).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private static void book(DataSource dataSource) {
        Journal journal = new Journal(dataSource, Clock.systemUTC());
        for (int done = 0; done < ENTRIES; done += 1_000) {
            List<JournalEntry> group = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                Dimensions about = Dimensions.authorisedOperation().withProduct("transit").withConsumer("c" + (done + i));
                group.add(new JournalEntry(new UUID(1, done + i), LocalDate.of(2026, 11, 3), EntryReason.CHARGE, "服务费 " + "数".repeat(200), List.of(
                        Posting.debit(Chart.RECEIVABLES, new Money(355), about), Posting.credit(Chart.REVENUE, new Money(355), about))));
            }
            assertThat(journal.postAll(group)).allMatch(PostResult.Posted.class::isInstance);
        }
    }

    @Test
    void aLargeMarketIsWrittenInASmallHeap() throws Exception {
        DataSource dataSource = MarketDatabase.create();
        LedgerSchema.migrate(dataSource);
        MeteringSchema.migrate(dataSource);
        MarketDatabase.execute(dataSource, MARKET.replace("{consumers}", Integer.toString(CONSUMERS)).replace("{lines}", Integer.toString(LINES_OF_EACH)));
        book(dataSource);
        assertThat(run(dataSource, "AT_ONCE")).as("the lines alone do not fit").satisfies(ended -> {
            assertThat(ended.status()).isNotZero();
            assertThat(ended.output()).containsIgnoringCase("memory");
        });
        Ended ended = run(dataSource, "EXPORT");
        assertThat(ended.status()).as(ended.output()).isZero();
        Map<String, Long> bytes = new HashMap<>();
        ended.output().lines().forEach(line -> bytes.put(line.substring(0, line.indexOf(' ')), Long.parseLong(line.substring(line.indexOf(' ') + 1))));
        assertThat(bytes.get("charges.csv")).isGreaterThan(40_000_000L);
        assertThat(bytes.get("focus-1-2.csv")).isGreaterThan(40_000_000L);
        assertThat(bytes.get("statement-texts.csv")).isGreaterThan(80_000_000L);
        assertThat(bytes.get("usage.csv")).isGreaterThan(10_000_000L);
        assertThat(bytes.entrySet()).as(bytes.toString()).anyMatch(file -> file.getKey().endsWith(".xml") && file.getValue() > 20_000_000L);
    }
}

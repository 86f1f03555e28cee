package cn.jingshu.marketplace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The table with 10,000 keys and 100,000 consents: read by pieces it is what it is read whole. Prints how long each takes. */
class AccessTableSizeIT {
    private static final int ROUNDS = 5;

    private final DemoMarket market = new DemoMarket();
    private final AccessTableSource source =
            new AccessTableSource(new PostgresAccessFacts(market.database), () -> new Lineage(Map.of()), Clock.systemUTC());

    /** 5,000 consumers with a subscription and two keys each, and 20 consents for each. */
    private void fill() {
        String person = DemoMarket.person("AUTHORITY").toString();
        String scenario = DemoMarket.id("scenario", "travel-apps").toString();
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.organisation
                       (id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at)
                SELECT CAST(md5('o' || n) AS uuid), '91420800' || lpad(CAST(n AS text), 10, '0'), '测试', 'Test',
                       '{CONSUMER}', 'ACTIVE', 'DOCUMENT', true, now()
                  FROM generate_series(1, 5000) AS n;
                INSERT INTO market.subscription
                       (id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at)
                SELECT CAST(md5('s' || n) AS uuid), CAST(md5('o' || n) AS uuid),
                       (SELECT id FROM market.plan WHERE code = 'transit-standard'), 'INDUSTRY', 'test', 'ACTIVE',
                       '%1$s', now()
                  FROM generate_series(1, 5000) AS n;
                INSERT INTO market.authorised_use
                       (id, subscription_id, purpose, operations, scenario_id, starts_at, ends_at, approved_by_rule,
                        approved_at)
                SELECT CAST(md5('s' || n) AS uuid), CAST(md5('s' || n) AS uuid), 'INDUSTRY', '{}', '%2$s', now(),
                       now() + INTERVAL '1 year', 'TEST', now()
                  FROM generate_series(1, 5000) AS n;
                INSERT INTO market.api_key (id, subscription_id, sandbox, hash, last_four, slot, created_at)
                SELECT CAST(md5('k' || n || '/' || slot) AS uuid), CAST(md5('s' || n) AS uuid), false,
                       sha256(convert_to('k' || n || '/' || slot, 'UTF8')), 'abcd', slot, now()
                  FROM generate_series(1, 5000) AS n, generate_series(1, 2) AS slot;
                INSERT INTO market.consent
                       (id, subject_token, recipient_id, scenario_id, purpose, product_code, operations, notice_version,
                        evidence, starts_at, ends_at, recorded_by, recorded_at)
                SELECT CAST(md5('c' || n || '/' || m) AS uuid), sha256(convert_to('c' || n || '/' || m, 'UTF8')),
                       CAST(md5('o' || n) AS uuid), '%2$s', 'INDUSTRY', 'transit', '{}', 'v1', 'doc', now(),
                       now() + INTERVAL '1 year', '%1$s', now()
                  FROM generate_series(1, 5000) AS n, generate_series(1, 20) AS m;
                ANALYZE
                """.formatted(person, scenario));
    }

    private static Announced announced(String what) {
        Announced announced = new Announced();
        announced.add(what);
        return announced;
    }

    private void timed(String what, Runnable change, Supplier<AccessTable> reading) {
        List<Long> millis = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            change.run();
            long started = System.nanoTime();
            AccessTable read = reading.get();
            millis.add((System.nanoTime() - started) / 1_000_000);
            assertThat(read.keys()).isNotEmpty();
        }
        Collections.sort(millis);
        System.out.printf("access table, 10,000 keys and 100,000 consents: %s %d ms (median of %d), %d ms at the most%n",
                what, millis.get(ROUNDS / 2), ROUNDS, millis.getLast());
    }

    private int next;

    private UUID withdrawOne() {
        UUID id = UUID.fromString(MarketDatabase.texts(market.dataSource, """
                SELECT id FROM market.consent WHERE withdrawn_at IS NULL ORDER BY id LIMIT 1
                """).getFirst());
        MarketDatabase.execute(market.dataSource, """
                UPDATE market.consent SET withdrawn_at = now(), withdrawn_by = recorded_by WHERE id = '%s'
                """.formatted(id));
        return id;
    }

    private void revokeOne() {
        MarketDatabase.execute(market.dataSource, """
                UPDATE market.api_key SET revoked_at = now(), retired_at = now()
                 WHERE id = CAST(md5('k' || %d || '/1') AS uuid)
                """.formatted(++next));
    }

    @Test
    void readByPiecesItIsWhatItIsReadWhole() {
        fill();
        timed("read whole", () -> {}, source::read);
        AccessTable whole = source.read();
        assertThat(whole.keys()).hasSizeGreaterThanOrEqualTo(10_000);
        assertThat(whole.consents().size()).isEqualTo(100_000);
        UUID[] withdrawn = new UUID[1];
        timed("one consent withdrawn", () -> withdrawn[0] = withdrawOne(),
                () -> source.read(announced("consent:" + withdrawn[0])));
        timed("one key revoked", this::revokeOne, () -> source.read(announced("api_key")));
        timed("one scenario changed", () -> {}, () -> source.read(announced("scenario")));
        timed("looked over, nothing missed", () -> {}, source::check);
        AccessTable pieces = source.check();
        AccessTable again = new AccessTableSource(new PostgresAccessFacts(market.database), () -> new Lineage(Map.of()), Clock.systemUTC()).read();
        assertThat(pieces.keys()).isEqualTo(again.keys());
        assertThat(pieces.products()).isEqualTo(again.products());
        assertThat(pieces.scenarios()).isEqualTo(again.scenarios());
        assertThat(pieces.consents().size()).isEqualTo(again.consents().size()).isEqualTo(100_000 - ROUNDS);
        assertThat(pieces.consents().versions()).isEqualTo(again.consents().versions());
        assertThat(pieces.keys().values().stream().filter(key -> key.revokedAt() != null)).hasSize(ROUNDS);
    }

    @Test
    void whatWasNeverAnnouncedIsFoundByLookingOver() {
        fill();
        source.read();
        withdrawOne();
        revokeOne();
        MarketDatabase.execute(market.dataSource, "UPDATE market.plan SET monthly_quota_units = monthly_quota_units + 1");
        AccessTable checked = source.check();
        assertThat(checked.consents().size()).isEqualTo(99_999);
        assertThat(checked.keys().values().stream().filter(key -> key.revokedAt() != null)).hasSize(1);
        AccessTable again = new AccessTableSource(new PostgresAccessFacts(market.database), () -> new Lineage(Map.of()), Clock.systemUTC()).read();
        assertThat(checked.keys()).isEqualTo(again.keys());
    }

    @Test
    void aKeyWhoseSubscriptionWasNeverAnnouncedIsFoundWithIt() {
        source.read();
        fill();
        AccessTable table = source.read(announced("api_key"));
        assertThat(table.keys()).hasSizeGreaterThanOrEqualTo(10_000);
    }
}

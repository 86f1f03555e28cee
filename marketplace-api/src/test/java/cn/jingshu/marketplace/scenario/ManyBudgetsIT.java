package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of consumers with budgets, all of whom use something: counted in statements, as PostgreSQL's own log has them. */
class ManyBudgetsIT {
    private static final int CONSUMERS = 300;
    /** What judging one consumer by itself asks, once. */
    private static final List<String> JUDGED = List.of("FROM market.consumer_account WHERE organisation_id = $1",
            "FROM market.payment_stop WHERE organisation_id = $1", "pg_advisory_xact_lock(hashtextextended('market.account");

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static RunningNode node;
    private static Subscription model;

    @BeforeAll
    static void openTheMarket() throws Exception {
        node = RunningNode.start(data.resolve("node"), Clock.systemUTC(), Map.of());
        Market market = new Market(node);
        market.sellLibrary("5", "1.37");
        model = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        // Whoever signs up does so one by one; what is asked here is what many cost once they are there.
        asOwner("""
                INSERT INTO market.organisation (id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at)
                SELECT gen_random_uuid(), '91420800' || 'MA' || lpad(n::text, 8, '0'), '预算' || n, 'Budget ' || n, ARRAY['CONSUMER'], 'ACTIVE', 'DOCUMENT', true, now()
                  FROM generate_series(1, %d) n""".formatted(CONSUMERS));
        asOwner("""
                INSERT INTO market.subscription (id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at)
                SELECT gen_random_uuid(), o.id, s.plan_id, s.purpose, s.statement, 'ACTIVE', s.applied_by, s.applied_at
                  FROM market.organisation o, market.subscription s WHERE o.name_en LIKE 'Budget %%' AND s.id = '%s'""".formatted(model.id()));
        asOwner("""
                INSERT INTO market.consumer_account (organisation_id, budget_fen, budget_hard)
                SELECT id, 1000, true FROM market.organisation WHERE name_en LIKE 'Budget %'""");
    }

    @AfterAll
    static void closeTheMarket() {
        node.close();
    }

    private static Connection owner() throws SQLException {
        RunningNode.Postgres postgres = node.postgres();
        return DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
    }

    private static void asOwner(String sql) throws SQLException {
        try (Connection owner = owner(); Statement statement = owner.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(sql);
        }
    }

    private static long count(String sql) throws SQLException {
        try (Connection owner = owner(); Statement statement = owner.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Everybody has used so many more units in this hour. */
    private static void used(int units) throws SQLException {
        asOwner("""
                INSERT INTO metering.usage_hour AS h (hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox, calls, quantity, answer_bytes)
                SELECT date_trunc('hour', now()), s.id, 'library', 'ListBooks', 'INDUSTRY', 'ROW', 'ANSWERED', false, 1, %d, 1
                  FROM market.subscription s JOIN market.organisation o ON o.id = s.organisation_id WHERE o.name_en LIKE 'Budget %%'
                ON CONFLICT ON CONSTRAINT usage_hour_pk DO UPDATE SET quantity = h.quantity + EXCLUDED.quantity""".formatted(units));
    }

    private static long stops() throws SQLException {
        return count("SELECT count(*) FROM market.payment_stop p JOIN market.organisation o ON o.id = p.organisation_id WHERE o.name_en LIKE 'Budget %'");
    }

    @Test
    void judgingHundredsAsksAsOftenAsJudgingOneUnlessAStopChanges() throws Exception {
        Path log = data.resolve("node").resolve("postgres.log");
        asOwner("ALTER SYSTEM SET log_statement = 'all'");
        count("SELECT pg_reload_conf()::int");
        used(100); // 1.37 yuan of 10
        long from = whenJudgedTogether(log, 0);
        used(100);
        String flat = said(log, from, whenJudgedTogether(log, from));
        for (String one : JUDGED) {
            assertThat(times(flat, one)).as(one).isLessThan(CONSUMERS / 10);
        }
        assertThat(stops()).isZero();

        used(450); // 8.90 of 10 yuan: each is warned
        Until.holds(Duration.ofSeconds(60), () -> count("SELECT count(*) FROM market.notification WHERE kind = 'BUDGET_80'"), told -> told == CONSUMERS);
        assertThat(stops()).isZero();
        used(500);
        Until.holds(Duration.ofSeconds(60), () -> stops(), stopped -> stopped == CONSUMERS);
        assertThat(count("SELECT count(*) FROM market.notification WHERE kind = 'BUDGET_STOPPED'")).isEqualTo(CONSUMERS);
    }

    /** Waits until all were judged behind {@code from} and the look that did it is over, since the next one asks. @return where the log is then */
    private static long whenJudgedTogether(Path log, long from) throws Exception {
        return Until.holds(Duration.ofSeconds(60), () -> {
            long end = Files.size(log);
            String flat = said(log, from, end);
            int together = flat.indexOf("FROM market.consumer_account WHERE organisation_id = ANY");
            return together >= 0 && flat.indexOf("FROM metering.usage_hour", together) >= 0 ? end : -1;
        }, end -> end >= 0);
    }

    private static String said(Path log, long from, long until) throws IOException {
        byte[] bytes = Files.readAllBytes(log);
        return new String(bytes, (int) from, (int) (until - from), StandardCharsets.UTF_8).replaceAll("\\s+", " ");
    }

    private static int times(String text, String part) {
        int times = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
            times++;
        }
        return times;
    }
}

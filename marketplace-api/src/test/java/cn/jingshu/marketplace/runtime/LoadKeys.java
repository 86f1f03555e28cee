package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.products.identifier.Uscc;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.limit.RateLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The key file of a load test: one line per key, {@code key <tab> consumer <tab> plan <tab> scope}. Every key becomes a
 * live key of a subscription of its own, in paid use of the echo product, with a rate and a quota that never refuse.
 */
public final class LoadKeys {
    private static final int PER_TRANSACTION = 1_000;

    /** Never refuse. */
    public static final RateLimit WIDE = new RateLimit(1_000_000, Duration.ofSeconds(1));
    public static final long ENDLESS = 1_000_000_000_000L;

    /** Of a unified social credit code (GB 32100). */
    private static final String CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    private static final String OPERATOR = "SELECT id FROM market.person WHERE sign_in_name = 'operator'";
    private static final String SCENARIO = "SELECT id FROM market.scenario WHERE code = 'connectivity'";
    private static final String KNOWN = "SELECT 1 AS one FROM market.api_key WHERE hash = ?";
    private static final String ADD_ORGANISATION = """
            INSERT INTO market.organisation
                   (id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at)
            VALUES (?, ?, ?, ?, ARRAY['CONSUMER'], 'ACTIVE', 'CHECK_DIGITS', true, ?)
            ON CONFLICT DO NOTHING
            """;
    private static final String ADD_BUDGET = """
            INSERT INTO market.consumer_account (organisation_id, budget_fen, budget_hard, budget_set_at)
            VALUES (?, ?, true, ?)
            ON CONFLICT DO NOTHING
            """;
    private static final String ADD_PLAN = """
            INSERT INTO market.plan
                   (id, code, product_code, product_version, purpose, name_zh, name_en, monthly_quota_units,
                    rate_capacity, rate_period_millis, effective_from, published_at)
            VALUES (?, ?, 'echo', 1, 'INDUSTRY', '负载测试', 'Load test', ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;
    private static final String ADD_SUBSCRIPTION = """
            INSERT INTO market.subscription
                   (id, organisation_id, plan_id, purpose, statement, status, applied_by, applied_at)
            VALUES (?, ?, ?, 'INDUSTRY', 'load test', 'ACTIVE', ?, ?)
            """;
    private static final String ADD_USE = """
            INSERT INTO market.authorised_use
                   (id, subscription_id, purpose, scenario_id, operations, starts_at, ends_at, approved_by_rule, approved_at)
            VALUES (?, ?, 'INDUSTRY', ?, ?, ?, ?, 'load test', ?)
            """;
    private static final String ADD_KEY = """
            INSERT INTO market.api_key (id, subscription_id, sandbox, hash, last_four, slot, created_at)
            VALUES (?, ?, false, ?, ?, 1, ?)
            """;

    private final Beans node;
    private final UUID operator;
    private final UUID scenario;
    private final Instant now;

    public LoadKeys(Beans node) {
        this.node = node;
        this.operator = idOf(OPERATOR);
        this.scenario = idOf(SCENARIO);
        this.now = node.get(Clock.class).instant();
    }

    private UUID idOf(String query) {
        return node.get(Database.class)
                .inTransaction(t -> t.find(query, row -> row.uuid("id")))
                .orElseThrow(() -> new IllegalStateException("the demo city is not there"));
    }

    private record Line(ApiKey key, String consumer, String plan, String scope) {}

    /** Writes a file of new keys; each consumer has ten of them. */
    static void write(Path file, int keys) throws IOException {
        SecureRandom random = new SecureRandom();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            lines.add(String.join("\t", ApiKey.next(false, random).reveal(), "consumer-" + i / 10, "standard", "echo"));
        }
        Files.write(file, lines, StandardCharsets.US_ASCII);
    }

    /** @return how many keys were new; those that are known already stay as they are */
    int importFrom(Path file) throws IOException {
        List<Line> lines = read(file);
        Map<String, Integer> ordinals = new HashMap<>();
        int added = 0;
        for (int from = 0; from < lines.size(); from += PER_TRANSACTION) {
            List<Line> some = lines.subList(from, Math.min(lines.size(), from + PER_TRANSACTION));
            added += node.get(Database.class).inTransaction(t -> {
                int fresh = 0;
                for (Line line : some) {
                    int ordinal = ordinals.merge(line.consumer() + "\t" + line.plan(), 1, Integer::sum);
                    fresh += add(t, line, ordinal);
                }
                return fresh;
            });
        }
        return added;
    }

    private static List<Line> read(Path file) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (String text : Files.readAllLines(file)) {
            if (text.isBlank()) {
                continue;
            }
            String[] fields = text.split("\t", -1);
            int number = lines.size() + 1;
            if (fields.length != 4) {
                throw new IOException(file + ", key " + number + ": not key, consumer, plan, scope with tabs between");
            }
            ApiKey key = ApiKey.parse(fields[0]).orElseThrow(() -> new IOException(file + ", key " + number
                    + ": not an API key (js_live_, 30 base62 characters, 6 of their CRC-32)"));
            lines.add(new Line(key, fields[1], fields[2], fields[3]));
        }
        return lines;
    }

    /** A subscription has two keys at the most and an organisation one subscription to a plan, so each key has its own plan. */
    private int add(Transaction t, Line line, int ordinal) throws SQLException {
        byte[] hash = node.get(Pepper.class).hash(line.key()).bytes();
        if (t.find(KNOWN, row -> row.integer("one"), hash).isPresent()) {
            return 0;
        }
        return sell(t, new Sale(UUID.randomUUID(), line.key(), line.consumer(), line.plan() + " " + ordinal, ENDLESS, ENDLESS, WIDE));
    }

    /**
     * A subscription in paid use of the echo product, with one live key.
     *
     * @param plan its own: no two sales have the same
     * @param monthlyBudgetFen the consumer's hard budget, the same in all its sales; {@link #ENDLESS}: it has none
     */
    public record Sale(
            UUID subscriptionId,
            ApiKey key,
            String consumer,
            String plan,
            long monthlyQuota,
            long monthlyBudgetFen,
            RateLimit rate) {}

    /** Sells all of them, or none. */
    public void sell(List<Sale> sales) {
        int _ = node.get(Database.class).inTransaction(t -> {
            int sold = 0;
            for (Sale sale : sales) {
                sold += sell(t, sale);
            }
            return sold;
        });
    }

    private int sell(Transaction t, Sale sale) throws SQLException {
        UUID organisation = id("organisation " + sale.consumer());
        UUID plan = id("plan " + sale.plan());
        UUID subscription = sale.subscriptionId();
        String name = "负载 " + sale.consumer();
        t.change(ADD_ORGANISATION, organisation, uscc(sale.consumer()), name, "Load " + sale.consumer(), now);
        if (sale.monthlyBudgetFen() != ENDLESS) {
            t.change(ADD_BUDGET, organisation, sale.monthlyBudgetFen(), now);
        }
        t.change(ADD_PLAN, plan, "load-" + plan, sale.monthlyQuota(), sale.rate().capacity(),
                sale.rate().period().toMillis(), now, now);
        t.change(ADD_SUBSCRIPTION, subscription, organisation, plan, operator, now);
        t.change(ADD_USE, UUID.randomUUID(), subscription, scenario, List.of("Echo"), now, now.plus(Duration.ofDays(365)), now);
        byte[] hash = node.get(Pepper.class).hash(sale.key()).bytes();
        return t.change(ADD_KEY, UUID.randomUUID(), subscription, hash, sale.key().lastFour(), now);
    }

    private static UUID id(String name) {
        return UUID.nameUUIDFromBytes(("load test " + name).getBytes(StandardCharsets.UTF_8));
    }

    /** A code with right check characters, made from the name: a collision would be refused by the database. */
    private static String uscc(String consumer) {
        long number = id(consumer).getMostSignificantBits() >>> 1;
        StringBuilder organisation = new StringBuilder("MA");
        for (int i = 0; i < 6; i++) {
            organisation.append(CODE_CHARACTERS.charAt((int) (number % CODE_CHARACTERS.length())));
            number /= CODE_CHARACTERS.length();
        }
        return Uscc.complete("91", "420802", organisation.toString()).code();
    }
}

package cn.jingshu.marketplace.billing.account;

import cn.jingshu.marketplace.billing.BudgetReckoning;
import cn.jingshu.marketplace.billing.UnratedUsageException;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.HourTotal;
import cn.jingshu.metering.usage.LiveTotal;
import cn.jingshu.metering.usage.LiveUsage;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks several times a second whether a consumer with a limit has used anything since, shipped or not, and has it judged if so. No call waits
 * for it: what it finds reaches the gates as a row they read with everything else. Of several nodes one looks at a time.
 */
@Singleton
public final class SpendWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SpendWatch.class);
    private static final Duration EVERY = Duration.ofMillis(250);
    /** Usage may reach the meter late and count in an older hour, so everyone is looked at anew that often. */
    private static final Duration ALL_EVERY = Duration.ofMinutes(1);

    private static final String TAKE_TURN = """
            SELECT pg_try_advisory_xact_lock(hashtextextended('market.spend_watch', 0)) AS taken
            """;
    // What is owed for an act and not for a call is in the version too: subscriptions, their plans and uses, and prices.
    private static final String WATCHED = """
            SELECT a.organisation_id, a.budget_hard,
                   CAST(a.xmin AS text) || ':' || coalesce((SELECT max(m.number) FROM market.account_movement m
                                                             WHERE m.organisation_id = a.organisation_id), 0)
                                        || ':' || coalesce(owed.version, '') || ':' || prices.version AS version
              FROM market.consumer_account a
              LEFT JOIN (
                   SELECT s.organisation_id,
                          count(u.id) FILTER (WHERE u.starts_at <= asked.now) || '/' || count(u.id) FILTER (WHERE u.ends_at <= asked.now) || '/'
                          || sum(CAST(CAST(s.xmin AS text) AS bigint)) || '/' || coalesce(sum(CAST(CAST(u.xmin AS text) AS bigint)), 0) AS version
                     FROM market.subscription s
                     LEFT JOIN market.authorised_use u ON u.subscription_id = s.id
                    CROSS JOIN (SELECT CAST(? AS timestamptz) AS now) asked
                    GROUP BY s.organisation_id
                   ) owed ON owed.organisation_id = a.organisation_id
             CROSS JOIN (
                   SELECT (SELECT count(*) || '/' || count(*) FILTER (WHERE t.effective_from <= asked.now) FROM market.tariff t) || '/'
                          || (SELECT count(*) || '/' || count(*) FILTER (WHERE c.effective_from <= asked.now) FROM market.price_ceiling c) AS version
                     FROM (SELECT CAST(? AS timestamptz) AS now) asked
                   ) prices
             WHERE a.credit_limit_fen IS NOT NULL OR a.budget_fen IS NOT NULL
                OR EXISTS (SELECT 1 FROM market.payment_stop p
                            WHERE p.organisation_id = a.organisation_id AND p.reason <> 'OVERDUE')
             ORDER BY a.organisation_id
            """;
    private static final String SUBSCRIPTIONS = """
            SELECT s.id, s.organisation_id
              FROM market.subscription s
              JOIN market.consumer_account a ON a.organisation_id = s.organisation_id
            """;

    private final Database database;
    private final LiveUsage usage;
    private final Spending spending;
    private final BudgetReckoning reckoning;
    private final Clock clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<UUID, Seen> seen = new HashMap<>();
    private @Nullable Thread thread;
    private @Nullable Instant allAt;
    private String saidLast = "";

    SpendWatch(Database database, LiveUsage usage, Spending spending, BudgetReckoning reckoning, Clock clock) {
        this.database = database;
        this.usage = usage;
        this.spending = spending;
        this.reckoning = reckoning;
        this.clock = clock;
    }

    /**
     * What a consumer was judged by last: while it stays the same, so does the judgement.
     *
     * @param hours with what of them is not shipped, since a budget is reckoned by what is
     * @param stored taken of its budget for calls that are stored, in thousandths of a fen
     */
    private record Seen(String version, YearMonth month, List<LiveTotal<HourTotal>> hours, long stored) {}

    record Watched(UUID organisationId, boolean hardBudget, String version) {}

    /** Begins looking; to be called once. */
    public synchronized void start() {
        thread = Thread.ofPlatform().daemon().name("spend-watch").start(this::run);
    }

    private void run() {
        try {
            while (!closing.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    look();
                    saidLast = "";
                } catch (DatabaseException | SQLException away) {
                    say("limits on spending are not looked at until PostgreSQL can be asked: " + away);
                } catch (RuntimeException broken) {
                    say("a limit on spending cannot be judged: " + broken);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String what) {
        if (!what.equals(saidLast)) {
            LOG.warn("{}", what);
            saidLast = what;
        }
    }

    /** Judges everyone who used something, or whose account changed, since the last look. */
    void look() throws SQLException {
        // The turn is held by its own transaction while others judge in theirs.
        database.inTransaction(t -> {
            if (t.find(TAKE_TURN, row -> row.flag("taken")).orElse(false)) {
                lookAround(watched(t, clock.instant()),
                        t.list(SUBSCRIPTIONS, row -> Map.entry(row.uuid("id"), row.uuid("organisation_id"))));
            }
            return true;
        });
    }

    /** Whom limits concern, each with a version that changes with whatever is owed for an act. */
    static List<Watched> watched(Transaction t, Instant now) throws SQLException {
        return t.list(WATCHED, row -> new Watched(row.uuid("organisation_id"), row.flag("budget_hard"), row.text("version")), now, now);
    }

    private void lookAround(List<Watched> watched, List<Map.Entry<UUID, UUID>> subscriptions) throws SQLException {
        if (watched.isEmpty()) {
            seen.clear();
            return;
        }
        Instant now = clock.instant();
        boolean all = allAt == null || !now.isBefore(allAt.plus(ALL_EVERY));
        Instant recent = now.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
        Map<UUID, UUID> consumers = subscriptions.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        Map<UUID, List<LiveTotal<HourTotal>>> hours = usage.listHours(consumers.keySet(), recent, now.plus(1, ChronoUnit.HOURS)).totals().stream()
                .collect(Collectors.groupingBy(hour -> consumers.getOrDefault(hour.total().subscriptionId(), hour.total().subscriptionId())));
        Map<UUID, Long> stored = reckoning.stored(watched.stream().filter(Watched::hardBudget).map(Watched::organisationId).toList());
        YearMonth month = BillingPeriod.of(now).month();
        Map<UUID, Seen> changed = new LinkedHashMap<>();
        for (Watched each : watched) {
            Seen current = new Seen(each.version(), month, hours.getOrDefault(each.organisationId(), List.of()),
                    stored.getOrDefault(each.organisationId(), 0L));
            if (all || !current.equals(seen.get(each.organisationId()))) {
                changed.put(each.organisationId(), current);
            }
        }
        Map<UUID, UnratedUsageException> unrated = spending.judgeAll(changed.keySet());
        unrated.forEach((organisation, why) -> say("the limit of " + organisation + " cannot be judged: " + why.getMessage()));
        seen.putAll(changed); // who cannot be judged is tried again when it uses more, or in a minute
        if (all) {
            allAt = now;
        }
    }

    @PreDestroy
    void close() throws InterruptedException {
        closing.countDown();
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null) {
            running.join(Duration.ofSeconds(5));
        }
    }
}

package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Rounds;
import com.github.f4b6a3.uuid.UuidCreator;
import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;
import io.micronaut.data.annotation.MappedProperty;
import io.micronaut.data.model.Pageable;
import io.micronaut.data.model.Sort;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alerts about calls outside an authorised scope: counted in memory by hour, party and rule, and written behind the
 * calls. What PostgreSQL does not take now is kept and tried again, so no breach goes uncounted while the process lives;
 * of more kinds than are kept at once only their number per hour and rule is.
 */
public final class ScopeAlerts implements Alarm, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScopeAlerts.class);

    /** Most kinds of breach told apart at once; of those beyond it only the number is kept. */
    static final int MOST_COUNTERS = 10_000;

    private static final String ADD = """
            INSERT INTO market.scope_alert AS a
                   (id, window_start, organisation_id, subscription_id, product_code, operation, rule, calls,
                    first_at, last_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
            ON CONFLICT ON CONSTRAINT scope_alert_aggregated DO UPDATE
               SET calls = a.calls + EXCLUDED.calls,
                   first_at = LEAST(a.first_at, EXCLUDED.first_at),
                   last_at = GREATEST(a.last_at, EXCLUDED.last_at)
            """;
    private static final String ADD_UNDETAILED = """
            INSERT INTO market.scope_alert_undetailed AS a (window_start, rule, calls)
            VALUES (?, ?, ?)
            ON CONFLICT ON CONSTRAINT scope_alert_undetailed_pk DO UPDATE SET calls = a.calls + EXCLUDED.calls
            """;
    private static final String UNDETAILED = """
            SELECT coalesce(sum(calls), 0) AS calls FROM market.scope_alert_undetailed
            """;
    private static final String PAGE = """
            SELECT id, window_start, organisation_id, subscription_id, product_code, operation, rule, calls, first_at,
                   last_at, status, reason
              FROM market.scope_alert
             WHERE (window_start, id) < (?, ?)
             ORDER BY window_start DESC, id DESC
             LIMIT ?
            """;
    private static final String DECIDE = """
            UPDATE market.scope_alert
               SET status = ?, decided_by = ?, decided_at = ?, reason = ?
             WHERE id = ? AND status = 'OPEN'
            """;
    private static final String STATUS = """
            SELECT status FROM market.scope_alert WHERE id = ?
            """;
    private static final Sort NEWEST_FIRST = Sort.of(Sort.Order.desc("lastAt"), Sort.Order.asc("id"));

    /** Behind every hour there will be. */
    private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");

    /** All nodes lock the rows of one write in this order, so that two of them cannot wait for one another. */
    private static final Comparator<Counter> IN_ORDER = Comparator.comparing(Counter::hour).thenComparing(Counter::organisationId)
            .thenComparing(Counter::subscriptionId).thenComparing(Counter::product).thenComparing(Counter::operation)
            .thenComparing(Counter::rule);
    private static final Comparator<Undetailed> UNDETAILED_IN_ORDER =
            Comparator.comparing(Undetailed::hour).thenComparing(Undetailed::rule);

    private final Database database;
    private final ScopeAlertRepository repository;
    private final Clock clock;
    private final Map<Counter, Tally> tallies = new ConcurrentHashMap<>();
    private final Map<Undetailed, Long> undetailed = new ConcurrentHashMap<>();
    private final Rounds rounds;

    /** @param writeEvery how long a breach may wait in memory */
    ScopeAlerts(Database database, ScopeAlertRepository repository, Clock clock, Duration writeEvery) {
        this.database = database;
        this.repository = repository;
        this.clock = clock;
        this.rounds = new Rounds("scope-alerts", writeEvery, writeEvery, this::write);
    }

    private record Counter(Instant hour, UUID organisationId, UUID subscriptionId, String product, String operation,
            Refusal rule) {}

    private record Undetailed(Instant hour, Refusal rule) {}

    private record Tally(long calls, Instant firstAt, Instant lastAt) {
        Tally plus(Tally other) {
            return new Tally(calls + other.calls, firstAt.isBefore(other.firstAt) ? firstAt : other.firstAt,
                    lastAt.isAfter(other.lastAt) ? lastAt : other.lastAt);
        }
    }

    /** One alert as the bureau sees it: one hour of one party's calls against one rule. */
    @MappedEntity(schema = "market", value = "scope_alert")
    public record ScopeAlert(@Id UUID id, UUID organisationId, UUID subscriptionId,
            @MappedProperty("product_code") String product, String operation, String rule, long calls, Instant firstAt, Instant lastAt, String status) {}

    /** What a person of the bureau found an alert to be. */
    public enum Finding {
        /** The party did go beyond its scope; what follows is decided about the party. */
        VERIFIED,
        /** There is an innocent reason. */
        DISMISSED
    }

    /**
     * An alert on a page of them; {@code reason} null: nobody has decided about it.
     *
     * @param hour when its hour begins; with the id its place among all alerts
     */
    public record Listed(Instant hour, ScopeAlert alert, @Nullable String reason) {}

    /** Begins writing; to be called once. */
    public void start() {
        rounds.start();
    }

    @Override
    public void raise(Breach breach) {
        Counter counter = new Counter(breach.at().truncatedTo(ChronoUnit.HOURS), breach.organisationId(),
                breach.subscriptionId(), breach.product(), breach.operation(), breach.rule());
        if (tallies.size() >= MOST_COUNTERS && !tallies.containsKey(counter)) {
            undetailed.merge(new Undetailed(counter.hour(), counter.rule()), 1L, Long::sum);
            return;
        }
        tallies.merge(counter, new Tally(1, breach.at(), breach.at()), Tally::plus);
    }

    /** Writes what is counted; on failure everything stays counted. */
    void write() {
        Map<Counter, Tally> taken = takeAll(tallies, IN_ORDER);
        Map<Undetailed, Long> numbers = takeAll(undetailed, UNDETAILED_IN_ORDER);
        if (taken.isEmpty() && numbers.isEmpty()) {
            return;
        }
        boolean written = false;
        try {
            database.inTransaction(t -> {
                for (Map.Entry<Counter, Tally> entry : taken.entrySet()) {
                    Counter c = entry.getKey();
                    Tally tally = entry.getValue();
                    t.change(ADD, UuidCreator.getTimeOrderedEpoch(), c.hour(), c.organisationId(), c.subscriptionId(),
                            c.product(), c.operation(), c.rule(), tally.calls(), tally.firstAt(), tally.lastAt());
                }
                for (Map.Entry<Undetailed, Long> entry : numbers.entrySet()) {
                    t.change(ADD_UNDETAILED, entry.getKey().hour(), entry.getKey().rule(), entry.getValue());
                }
                return taken;
            });
            written = true;
        } finally {
            if (!written) {
                taken.forEach((counter, tally) -> tallies.merge(counter, tally, Tally::plus));
                numbers.forEach((kind, calls) -> undetailed.merge(kind, calls, Long::sum));
            }
        }
        if (!numbers.isEmpty()) {
            LOG.warn("calls outside their scope were of too many kinds; of {} only the number is kept",
                    numbers.values().stream().mapToLong(Long::longValue).sum());
        }
    }

    /** Each entry leaves the map as a whole: what is added meanwhile is either taken with it or stays. */
    private static <K, V> Map<K, V> takeAll(Map<K, V> counted, Comparator<K> order) {
        Map<K, V> taken = new TreeMap<>(order);
        for (K key : List.copyOf(counted.keySet())) {
            V value = counted.remove(key);
            if (value != null) {
                taken.put(key, value);
            }
        }
        return taken;
    }

    /** The newest alerts first, at most {@code most}. */
    public List<ScopeAlert> listNewest(int most) {
        return repository.list(Pageable.from(0, most, NEWEST_FIRST));
    }

    /**
     * At most {@code most} alerts, the newest hour first, behind the place {@code hour} and {@code id}.
     *
     * @param hour null, with {@code id}: from the newest
     */
    public List<Listed> list(@Nullable Instant hour, @Nullable UUID id, int most) {
        Instant before = hour == null ? END_OF_TIME : hour;
        UUID behind = id == null ? new UUID(-1, -1) : id;
        return database.inTransaction(t -> t.list(PAGE,
                row -> new Listed(row.instant("window_start"),
                        new ScopeAlert(row.uuid("id"), row.uuid("organisation_id"), row.uuid("subscription_id"),
                                row.text("product_code"), row.text("operation"), row.text("rule"), row.number("calls"),
                                row.instant("first_at"), row.instant("last_at"), row.text("status")),
                        row.textOrNull("reason")),
                before, behind, most));
    }

    /** How many calls were counted without their kind, ever. */
    public long countUndetailed() {
        return database.inTransaction(t -> t.find(UNDETAILED, row -> row.number("calls"))).orElseThrow();
    }

    /** Records what an alert was found to be; calls that come to the same alert later are still added to it. */
    public Change decide(UUID alertId, Finding finding, UUID decidedBy, String reason) {
        return database.inTransaction(t -> {
            if (t.change(DECIDE, finding, decidedBy, clock.instant(), reason, alertId) == 1) {
                AuditLog.append(t, clock, decidedBy, "alert." + finding.name().toLowerCase(Locale.ROOT), "scope_alert",
                        alertId, Map.of("reason", reason));
                return new Change.Done(false);
            }
            Optional<String> status = t.find(STATUS, row -> row.text("status"), alertId);
            if (status.isEmpty()) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            return status.get().equals(finding.name()) ? new Change.Done(true) : new Change.Refused(Change.Fault.OVER);
        });
    }

    @Override
    public void close() {
        rounds.close();
        try {
            write();
        } catch (DatabaseException away) {
            LOG.warn("the last calls outside their scope are not told to anyone: {}", away.toString());
        }
    }
}

package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import com.github.f4b6a3.uuid.UuidCreator;
import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;
import io.micronaut.data.annotation.MappedProperty;
import io.micronaut.data.model.Pageable;
import io.micronaut.data.model.Sort;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alerts about calls outside an authorised scope: counted in memory by hour, party and rule, and written behind the
 * calls. What PostgreSQL does not take now is kept and tried again.
 */
public final class ScopeAlerts implements Alarm, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScopeAlerts.class);

    /** Most counters kept at once; a flood of different breaches beyond that is counted as one number. */
    private static final int MOST_COUNTERS = 10_000;

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
    private static final Sort NEWEST_FIRST = Sort.of(Sort.Order.desc("lastAt"), Sort.Order.asc("id"));

    private final Database database;
    private final ScopeAlertRepository repository;
    private final Duration writeEvery;
    private final Map<Counter, Tally> tallies = new ConcurrentHashMap<>();
    private final AtomicLong uncounted = new AtomicLong();
    private final ScheduledExecutorService writer;

    /** @param writeEvery how long a breach may wait in memory */
    ScopeAlerts(Database database, ScopeAlertRepository repository, Duration writeEvery) {
        this.database = database;
        this.repository = repository;
        this.writeEvery = writeEvery;
        this.writer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("scope-alerts").factory());
    }

    private record Counter(Instant hour, UUID organisationId, UUID subscriptionId, String product, String operation,
            Refusal rule) {}

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

    /** Begins writing; to be called once. */
    public void start() {
        var _ = writer.scheduleWithFixedDelay(
                this::writeUnattended, writeEvery.toMillis(), writeEvery.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void raise(Breach breach) {
        Counter counter = new Counter(breach.at().truncatedTo(ChronoUnit.HOURS), breach.organisationId(),
                breach.subscriptionId(), breach.product(), breach.operation(), breach.rule());
        if (tallies.size() >= MOST_COUNTERS && !tallies.containsKey(counter)) {
            uncounted.incrementAndGet();
            return;
        }
        tallies.merge(counter, new Tally(1, breach.at(), breach.at()), Tally::plus);
    }

    /** Writes what is counted; on failure everything stays counted. */
    void write() {
        List<Map.Entry<Counter, Tally>> taken = new ArrayList<>();
        for (Counter counter : List.copyOf(tallies.keySet())) {
            Tally tally = tallies.remove(counter);
            if (tally != null) {
                taken.add(Map.entry(counter, tally));
            }
        }
        if (taken.isEmpty()) {
            return;
        }
        boolean written = false;
        try {
            database.inTransaction(t -> {
                for (Map.Entry<Counter, Tally> entry : taken) {
                    Counter c = entry.getKey();
                    Tally tally = entry.getValue();
                    t.change(ADD, UuidCreator.getTimeOrderedEpoch(), c.hour(), c.organisationId(), c.subscriptionId(),
                            c.product(), c.operation(), c.rule(), tally.calls(), tally.firstAt(), tally.lastAt());
                }
                return taken;
            });
            written = true;
        } finally {
            if (!written) {
                taken.forEach(entry -> tallies.merge(entry.getKey(), entry.getValue(), Tally::plus));
            }
        }
        long lost = uncounted.getAndSet(0);
        if (lost > 0) {
            LOG.warn("{} calls outside their scope were too many to be counted one by one", lost);
        }
    }

    private void writeUnattended() {
        try {
            write();
        } catch (DatabaseException e) {
            LOG.warn("scope alerts wait in memory: {}", e.toString());
        }
    }

    /** The newest alerts first, at most {@code most}. */
    public List<ScopeAlert> listNewest(int most) {
        return repository.list(Pageable.from(0, most, NEWEST_FIRST));
    }

    @Override
    public void close() {
        writer.close();
        writeUnattended();
    }
}

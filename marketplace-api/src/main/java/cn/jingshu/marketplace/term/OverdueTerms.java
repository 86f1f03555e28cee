package cn.jingshu.marketplace.term;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who has let a term pass, and the bureau, once for each term and last day. Every node looks; the same notification is stored
 * once.
 */
public final class OverdueTerms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OverdueTerms.class);

    private static final String AUTHORITIES = """
            SELECT id FROM market.organisation WHERE kinds @> ARRAY['AUTHORITY'] AND status = 'ACTIVE' ORDER BY id
            """;

    private final Database database;
    private final Supplier<List<Deadline>> open;
    private final Notifications notifications;
    private final Duration every;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("overdue-terms").factory());

    /** @param open everything that is to be done within a term */
    OverdueTerms(Database database, Supplier<List<Deadline>> open, Notifications notifications, Duration every) {
        this.database = database;
        this.open = open;
        this.notifications = notifications;
        this.every = every;
    }

    /** Begins at once; to be called once. */
    public void start() {
        var _ = looking.scheduleWithFixedDelay(this::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            tell();
        } catch (DatabaseException away) {
            LOG.warn("overdue terms wait to be told of: {}", away.toString());
        } catch (RuntimeException defect) { // thrown on, it would end the looking for good, and nobody would hear of it
            LOG.error("looking for overdue terms failed and goes on", defect);
        }
    }

    /** Tells of everything that is overdue now; how much is. */
    public int tell() {
        List<Deadline> overdue = open.get().stream().filter(Deadline::overdue).toList();
        if (overdue.isEmpty()) {
            return 0;
        }
        return database.inTransaction(t -> {
            List<UUID> authorities = t.list(AUTHORITIES, row -> row.uuid("id"));
            for (Deadline each : overdue) {
                Set<UUID> told = new LinkedHashSet<>(authorities);
                each.whose().ifPresent(told::add);
                for (UUID organisation : told) {
                    notifications.tell(t, organisation, Notifications.Kind.TERM_OVERDUE, each.reference(), null,
                            each.term() + " " + each.subject() + " " + each.due().on());
                }
            }
            return overdue.size();
        });
    }

    @Override
    public void close() {
        looking.close();
    }
}

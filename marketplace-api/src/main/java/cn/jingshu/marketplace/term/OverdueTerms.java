package cn.jingshu.marketplace.term;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Rounds;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Tells who has let a term pass, and the bureau, once for each term and last day. Every node looks; the same notification is stored
 * once.
 */
public final class OverdueTerms implements AutoCloseable {

    private static final String AUTHORITIES = """
            SELECT id FROM market.organisation WHERE kinds @> ARRAY['AUTHORITY'] AND status = 'ACTIVE' ORDER BY id
            """;

    private final Database database;
    private final Supplier<List<Deadline>> open;
    private final Notifications notifications;
    private final Rounds rounds;

    /** @param open everything that is to be done within a term */
    OverdueTerms(Database database, Supplier<List<Deadline>> open, Notifications notifications, Duration every) {
        this.database = database;
        this.open = open;
        this.notifications = notifications;
        this.rounds = new Rounds("overdue-terms", Duration.ZERO, every, this::tell);
    }

    /** Begins at once; to be called once. */
    public void start() {
        rounds.start();
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
        rounds.close();
    }
}

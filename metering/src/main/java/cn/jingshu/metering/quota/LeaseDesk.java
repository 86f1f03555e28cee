package cn.jingshu.metering.quota;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL for leases, one question at a time: whoever wishes for one while a question is under way goes into the
 * next, so that the first calls of a thousand subscriptions cost one transaction and not a thousand.
 */
final class LeaseDesk {
    private final LeaseStore book;
    private final Executor executor;

    // Guarded by this.
    private final ArrayDeque<Lease> queue = new ArrayDeque<>();
    private boolean asking;

    LeaseDesk(LeaseStore book, Executor executor) {
        this.book = book;
        this.executor = executor;
    }

    /** Asks for {@code lease}, which waits in no other question; it hears the answer by {@link Lease#heard} or {@link Lease#failed}. */
    void ask(Lease lease) {
        synchronized (this) {
            queue.add(lease);
            if (asking) {
                return;
            }
            asking = true;
        }
        executor.execute(this::askForAll);
    }

    private void askForAll() {
        for (List<Lease> group = next(); !group.isEmpty(); group = next()) {
            List<Runnable> answers = new ArrayList<>();
            try {
                List<LeaseStore.@Nullable Grant> grants =
                        book.lease(group.stream().map(Lease::wish).toList());
                for (int i = 0; i < group.size(); i++) {
                    LeaseStore.Grant grant = grants.get(i);
                    if (grant == null) {
                        group.get(i).passed(answers);
                    } else if (group.get(i).heard(grant, answers)) {
                        again(group.get(i));
                    }
                }
            } catch (SQLException | RuntimeException e) {
                group.forEach(lease -> lease.failed(e, answers));
            }
            answers.forEach(Runnable::run); // outside all locks: they run what the callers hung on their stages
        }
    }

    private synchronized List<Lease> next() {
        List<Lease> group = new ArrayList<>();
        while (group.size() < LeaseStore.MOST_AT_ONCE && !queue.isEmpty()) {
            group.add(queue.remove());
        }
        asking = !group.isEmpty();
        return group;
    }

    private synchronized void again(Lease lease) {
        queue.add(lease);
    }
}

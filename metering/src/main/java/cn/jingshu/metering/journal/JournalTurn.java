package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One serving thread's way into the journal: what the thread appends while it works through a round of requests is written by
 * the thread itself at the end of the round, in one group, so that no call waits for another thread to wake up. Belongs
 * to one thread; its own methods are called there alone.
 *
 * <p>Only with {@link Durability#PROCESS}, where a write is a copy into the operating system's memory. With {@link
 * Durability#DISK} a write waits for the disk, which a thread that serves many connections must not: then the journal's
 * own thread writes, as for everybody else.
 */
public final class JournalTurn {
    private final UsageJournal journal;
    private final Executor endOfRound;
    private final boolean ownWrites;
    private boolean planned;

    /** Who waits for the events of this round; null: none so far. */
    private @Nullable Waiting waiting;

    /** @param endOfRound runs a task on the same thread, after the requests of the round under way */
    public JournalTurn(UsageJournal journal, Executor endOfRound) {
        this.journal = journal;
        this.endOfRound = endOfRound;
        this.ownWrites = journal.durability() == Durability.PROCESS;
    }

    /** As {@link UsageJournal#append}; the stage completes at the end of the round, mostly on the same thread. */
    public CompletionStage<Void> append(UsageEvent event) {
        if (!ownWrites) {
            return journal.append(event);
        }
        CompletionStage<Void> durable = journal.appendInTurn(event);
        if (!planned) {
            planned = true;
            endOfRound.execute(this::write);
        }
        return durable;
    }

    /**
     * As {@link #append(UsageEvent)}, for who needs no stage: all calls of a round wait on one.
     *
     * @param recorded is told once the event is durable (null), or why it could not be recorded; it throws nothing
     */
    public void append(UsageEvent event, Consumer<@Nullable Throwable> recorded) {
        CompletionStage<Void> durable = append(event);
        Waiting last = waiting;
        if (last == null || !last.isFor(durable)) {
            last = new Waiting(durable);
            waiting = last;
        }
        last.add(recorded);
    }

    private void write() {
        planned = false;
        waiting = null;
        journal.writeInTurn();
    }

    /** Who waits for one group of events; mostly the group's stage completes on the turn's thread, but it need not. */
    private static final class Waiting {
        private final CompletionStage<Void> durable;
        // Guarded by this.
        private final List<Consumer<@Nullable Throwable>> callers = new ArrayList<>();
        private boolean over;
        private @Nullable Throwable failure;

        private Waiting(CompletionStage<Void> durable) {
            this.durable = durable;
            var _ = durable.whenComplete((_, fault) -> tell(fault));
        }

        @SuppressWarnings("ReferenceEquality") // a group has one stage
        private boolean isFor(CompletionStage<Void> stage) {
            return durable == stage;
        }

        private void add(Consumer<@Nullable Throwable> caller) {
            Throwable fault;
            synchronized (this) {
                if (!over) {
                    callers.add(caller);
                    return;
                }
                fault = failure;
            }
            caller.accept(fault);
        }

        private void tell(@Nullable Throwable fault) {
            synchronized (this) {
                over = true;
                failure = fault;
            }
            callers.forEach(caller -> caller.accept(fault)); // nobody adds any more
            callers.clear();
        }
    }
}

package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

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

    private void write() {
        planned = false;
        journal.writeInTurn();
    }
}

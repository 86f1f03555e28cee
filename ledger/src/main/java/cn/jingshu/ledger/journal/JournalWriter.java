package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.LedgerStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Books what many threads ask for at one moment in one transaction: the lock on the month, the round trips and the commit are shared
 * by all of them instead of being waited for in turn. What is asked for while one group is booked is the next
 * group. Safe beside other writers, here or on another node; one a node is enough.
 */
public final class JournalWriter implements AutoCloseable {
    /** Entries of one transaction: beyond this a group gains little, and its first caller waits the longer. */
    static final int MOST_AT_ONCE = 1_000;

    /** Entries that may wait; whoever comes then is held until there is room. */
    static final int MOST_WAITING = 10_000;

    /** Classes of SQLSTATE that no entry is to blame for: the connection, resources, the operator, the system. */
    private static final Set<String> NOBODYS_FAULT = Set.of("08", "53", "57", "58");

    private sealed interface Item {}

    private record Asked(DigestedEntry entry, CompletableFuture<PostResult> answer) implements Item {}

    private record End() implements Item {}

    private final Journal journal;
    private final BlockingQueue<Item> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread writer;

    // Guarded by this.
    private boolean closed;

    public JournalWriter(Journal journal) {
        this.journal = journal;
        this.writer = Thread.ofPlatform().name("journal-writer").daemon().start(this::write);
    }

    /**
     * Books {@code entry} with whatever else is asked for meanwhile; see {@link Journal#postAll(List)}. Completes, on the writer's
     * thread, once it is committed or rejected.
     *
     * @return fails with {@link LedgerStoreException} if the database is gone: then it is booked or not, ask again
     * @throws IllegalStateException if the writer was closed
     */
    public CompletionStage<PostResult> post(JournalEntry entry) {
        CompletableFuture<PostResult> answer = new CompletableFuture<>();
        DigestedEntry digested = DigestedEntry.of(entry); // by the caller's thread, of which there are many
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the writer is closed");
            }
            put(new Asked(digested, answer));
        }
        return answer;
    }

    /**
     * {@link #post(JournalEntry)}, and waits for the answer.
     *
     * @throws LedgerStoreException if the database refused it or is gone: then it is booked or not, ask again
     */
    public PostResult book(JournalEntry entry) {
        return answer(post(entry).toCompletableFuture());
    }

    /**
     * {@link #post(JournalEntry)} of each, and waits for all answers. They share transactions with one another and with what others ask for; one that is
     * rejected or fails takes none of the others back, so that whoever asks again finds those booked.
     *
     * @return the answers, in the order of {@code entries}
     * @throws LedgerStoreException as {@link #book} does, once each of them is answered
     */
    public List<PostResult> bookAll(List<JournalEntry> entries) {
        List<CompletableFuture<PostResult>> answers = new ArrayList<>();
        entries.forEach(entry -> answers.add(post(entry).toCompletableFuture()));
        answers.forEach(answer -> answer.handle((_, _) -> true).join());
        return answers.stream().map(JournalWriter::answer).toList();
    }

    private static PostResult answer(CompletableFuture<PostResult> answer) {
        try {
            return answer.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof LedgerStoreException refused) {
                throw refused;
            }
            throw failure;
        }
    }

    /** Waits for room, whoever is in a hurry: an entry half asked for would be worse than a late one. */
    private void put(Item item) {
        boolean interrupted = false;
        while (true) {
            try {
                waiting.put(item);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        boolean open = true;
        while (open) {
            List<Asked> group = new ArrayList<>();
            open = gather(group);
            if (!group.isEmpty()) {
                book(group);
            }
        }
    }

    /** Waits for the first entry and takes what came with it. @return false: these are the last */
    private boolean gather(List<Asked> group) {
        List<Item> taken = new ArrayList<>();
        try {
            taken.add(waiting.take());
        } catch (InterruptedException nobodyInterruptsThisThread) {
            throw new IllegalStateException(nobodyInterruptsThisThread);
        }
        waiting.drainTo(taken, MOST_AT_ONCE - 1);
        boolean open = true;
        for (Item item : taken) {
            switch (item) {
                case Asked asked -> group.add(asked);
                case End() -> open = false;
            }
        }
        return open;
    }

    private void book(List<Asked> group) {
        try {
            List<PostResult> results = journal.postDigested(group.stream().map(Asked::entry).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer().complete(results.get(i));
            }
        } catch (LedgerStoreException failure) {
            if (group.size() == 1 || NOBODYS_FAULT.contains(classOf(failure))) {
                group.forEach(asked -> asked.answer().completeExceptionally(failure));
            } else {
                group.forEach(asked -> book(List.of(asked))); // one of them is refused by the database: the others are not to suffer
            }
        } catch (RuntimeException | Error failure) { // the thread goes on: with it gone, whoever asks next would wait for ever
            group.forEach(asked -> asked.answer().completeExceptionally(failure));
        }
    }

    private static String classOf(LedgerStoreException failure) {
        return failure.sqlState().isEmpty() ? "08" : failure.sqlState().substring(0, 2);
    }

    /** Books what was asked for before, and stops. */
    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                put(new End());
            }
        }
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true; // what was asked for is booked before anyone goes
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

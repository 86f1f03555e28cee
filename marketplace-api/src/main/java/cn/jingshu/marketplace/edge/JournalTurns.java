package cn.jingshu.marketplace.edge;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalTurn;
import cn.jingshu.metering.journal.UsageJournal;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of the edges into the usage journal: an event loop writes what its own calls append, at the end of its round;
 * what is appended elsewhere is written by the journal's own thread.
 */
@Singleton
final class JournalTurns implements UsageRecords {
    private final UsageJournal journal;
    private final FastThreadLocal<Optional<JournalTurn>> turns = new FastThreadLocal<>() {
        @Override
        protected Optional<JournalTurn> initialValue() {
            return turnOfThisThread();
        }
    };
    private final EventLoopGroup eventLoops;

    JournalTurns(UsageJournal journal, EventLoopGroupRegistry groups) {
        this.journal = journal;
        this.eventLoops = groups.getDefaultEventLoopGroup();
    }

    @Override
    public String nodeId() {
        return journal.nodeId();
    }

    @Override
    public void append(UsageEvent event, Consumer<@Nullable Throwable> recorded) {
        if (Thread.currentThread() instanceof FastThreadLocalThread) {
            Optional<JournalTurn> turn = turns.get();
            if (turn.isPresent()) {
                turn.get().append(event, recorded);
                return;
            }
        }
        var _ = journal.append(event).whenComplete((_, failure) -> recorded.accept(failure));
    }

    private Optional<JournalTurn> turnOfThisThread() {
        for (EventExecutor eventLoop : eventLoops) {
            if (eventLoop.inEventLoop()) {
                return Optional.of(new JournalTurn(journal, eventLoop));
            }
        }
        return Optional.empty();
    }
}

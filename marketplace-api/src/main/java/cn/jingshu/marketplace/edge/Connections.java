package cn.jingshu.marketplace.edge;

import io.micronaut.context.annotation.Value;
import io.netty.channel.Channel;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The connections of this node, over HTTP and over gRPC together. Each costs memory and an open file before anything is known of who
 * opened it, so there is a bound on them; whoever comes beyond it is closed without a word.
 */
@Singleton
public final class Connections {
    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();

    /** @param most that may be open at one time; above zero */
    Connections(@Value("${jingshu.limits.connections}") int most) {
        this.most = most;
    }

    /** Counts a connection until it is closed; false: there is no room for it, it is not counted, and whoever accepted it closes it. */
    public boolean admits(Channel connection) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            refused.increment();
            return false;
        }
        var _ = connection.closeFuture().addListener(_ -> open.decrementAndGet());
        return true;
    }

    /** Connections that are open now. */
    public int open() {
        return open.get();
    }

    /** Connections for which there was no room since the node started. */
    public long refused() {
        return refused.sum();
    }
}

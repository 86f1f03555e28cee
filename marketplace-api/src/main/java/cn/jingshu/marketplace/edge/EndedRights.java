package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.store.Rounds;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Ends open streams whose right has ended: each is judged again once the node has read its facts anew, however many changed at
 * once. In between a look costs the reading of one number, and an item never costs anything.
 */
@Singleton
public final class EndedRights {
    /** How long after the facts are there the streams are judged at the latest; a tenth of the second within which a right ends. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Gate gate;
    private final StreamPath streams;
    private final Rounds looks = new Rounds("ended-rights", LOOK_EVERY, LOOK_EVERY, this::look);
    private long seen; // by the thread of the rounds alone

    EndedRights(Gate gate, StreamPath streams) {
        this.gate = gate;
        this.streams = streams;
    }

    /** Begins; to be called once. */
    public void start() {
        looks.start();
    }

    /** Looks once. */
    void look() {
        long read = gate.factsRead();
        if (read != seen) {
            seen = read; // before they are judged: what is read meanwhile is for the next look
            streams.endWithoutRight();
        }
    }

    @PreDestroy
    void stop() {
        looks.close();
    }
}

package cn.jingshu.products.transit.feed;

import java.io.IOException;
import java.util.Optional;

/** Where the messages of a feed come from. */
public interface FeedSource {
    /** What the source is called in messages to the operator. */
    String name();

    /** What the source is called in the history of loads, which providers and the bureau read; no secret is in it. */
    default String origin() {
        return name();
    }

    /**
     * The message as it is now; empty: it is still the one fetched last.
     *
     * @throws IOException when the source is away
     * @throws FeedException when what it gives is too large or no message
     */
    Optional<byte[]> fetch() throws IOException, InterruptedException;
}

package cn.jingshu.products.transit.feed;

import java.util.function.Consumer;

/** Where the readings of one feed go. */
@FunctionalInterface
public interface FeedSink extends Consumer<FeedContent> {
    /** Takes a reading; says what of it was not taken. */
    Taken take(FeedContent content);

    @Override
    default void accept(FeedContent content) {
        take(content);
    }
}

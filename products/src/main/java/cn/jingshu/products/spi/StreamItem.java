package cn.jingshu.products.spi;

import com.google.protobuf.Message;

/**
 * One item of a stream.
 *
 * @param eventId names the position after this item; a caller that comes back with it (SSE {@code Last-Event-ID})
 *     continues behind it
 * @param message what is sent
 * @param stale true: the data behind it is less than the contract promises; where that is free, a minute that begins with such an item is
 */
public record StreamItem<A extends Message>(String eventId, A message, boolean stale) {
    public StreamItem(String eventId, A message) {
        this(eventId, message, false);
    }
}

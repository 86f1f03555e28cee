package cn.jingshu.products.spi;

import com.google.protobuf.Message;

/**
 * One item of a stream.
 *
 * @param eventId names the position after this item; a caller that comes back with it (SSE {@code Last-Event-ID})
 *     continues behind it
 * @param message what is sent
 */
public record StreamItem<A extends Message>(String eventId, A message) {}

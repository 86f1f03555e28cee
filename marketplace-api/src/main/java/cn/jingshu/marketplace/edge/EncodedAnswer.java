package cn.jingshu.marketplace.edge;

import cn.jingshu.metering.event.Outcome;

/**
 * An answer ready to be sent, as the meter needs to know it.
 *
 * @param payload what the edge sends once the call is recorded
 * @param outcome {@link Outcome#ANSWERED} or {@link Outcome#NOT_MODIFIED}
 * @param status the HTTP status it is sent with; 200 on gRPC
 * @param bytes size of the body
 */
public record EncodedAnswer<E>(E payload, Outcome outcome, int status, long bytes) {}
